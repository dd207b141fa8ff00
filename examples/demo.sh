#!/usr/bin/env bash
# The whole way: builds mnv3c if need be, compiles a trained model for this machine and for arm64, finds the objects in
# three pictures with both, and shows that they agree. Results go to build/demo.
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."

say() { printf '\n== %s\n' "$*"; }

bash setup.sh

demo=build/demo
scenes=(wood cloth stone)
pictures=("${scenes[@]/#/examples/models/sorting/demo/}")
pictures=("${pictures[@]/%/.png}")
mkdir -p $demo

say "Installing mnv3c into $demo/prefix"
cmake --install build/release --prefix $demo/prefix --strip >$demo/install.log

# examples/detect is a project of its own: all it gets is the place of the installed tool.
configure() { cmake -S examples/detect -B "$demo/$1" -G Ninja -DCMAKE_PREFIX_PATH="$PWD/$demo/prefix" "${@:2}" >"$demo/$1.log" || { cat "$demo/$1.log"; exit 1; }; }

say "Compiling the sorting model and a program around it, for this machine"
configure host
cmake --build $demo/host

say "The same for arm64 (no image libraries there: it reads PPM)"
configure arm64 -DCMAKE_SYSTEM_NAME=Linux -DCMAKE_SYSTEM_PROCESSOR=aarch64 -DDETECT_IMAGE_LIBRARIES=OFF \
  -DCMAKE_C_COMPILER=aarch64-linux-gnu-gcc -DCMAKE_CXX_COMPILER=aarch64-linux-gnu-g++
cmake --build $demo/arm64

say "Detecting on this machine: picture, class, score, x1 y1 x2 y2"
$demo/host/detect "${pictures[@]}" -o $demo
$demo/host/detect "${pictures[@]}" --format json >$demo/host.json

say "Detecting as arm64, under qemu"
ppms=()
for scene in "${scenes[@]}"; do
  $demo/host/to-ppm "examples/models/sorting/demo/$scene.png" "$demo/$scene.ppm"
  ppms+=("$demo/$scene.ppm")
done
qemu-aarch64 -L /usr/aarch64-linux-gnu $demo/arm64/detect "${ppms[@]}" --format json >$demo/arm64.json

say "Do both find the same boxes? (IoU at least 0.99, scores within 0.001)"
python3 examples/compare-boxes.py $demo/host.json $demo/arm64.json

say "Do the two objects need anything from outside?"
undefined=$(nm -u $demo/host/detector.mnv3c/det.o; aarch64-linux-gnu-nm -u $demo/arm64/detector.mnv3c/det.o)
[[ -z "$undefined" ]] || { echo "yes:" "$undefined"; exit 1; }
echo "no: no library, no heap, no system call"

say "Done. The pictures with their boxes:"
printf '%s\n' "${scenes[@]/#/$demo/}" | sed 's/$/.png/'
