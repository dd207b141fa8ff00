# installed.sh TREE BUILD SCRATCH: installs BUILD, moves the result, and builds examples/detect against it elsewhere.
# What only worked because the build tree is still there would fail here: nothing of it is named in the environment, and
# RUNPATH or package files that point into it are looked for.
set -euo pipefail
tree=$1 build=$2 scratch=$3
rm -rf "$scratch"
mkdir -p "$scratch"
fail() { echo "installed.sh: $*" >&2; exit 1; }

cmake --install "$build" --prefix "$scratch/first" --strip >"$scratch/install.log"
mv "$scratch/first" "$scratch/moved to"
prefix="$scratch/moved to"

grep -rIl -e "$scratch/first" -e "$build" -e "$tree" "$prefix" && fail "these installed files know where they were made"
readelf -d "$prefix/bin/mnv3c" | grep -E 'R(UN)?PATH' | grep -q '\[\$ORIGIN/\.\./lib[^:]*\]$' || fail "mnv3c looks for libraries elsewhere than beside itself"
for file in share/doc/mnv3c/LICENSE share/doc/mnv3c/NOTICE share/doc/mnv3c/LICENSE.Halide.txt include/mnv3/abi.h; do
  [[ -s "$prefix/$file" ]] || fail "$file is not installed"
done
(cd / && env -i "$prefix/bin/mnv3c" --version && env -i "$prefix/bin/mnv3-opt" --help >/dev/null)

# A copy of the project with a model of its own beside it, to see what is made anew when.
cp -r "$tree/examples/detect" "$scratch/detect"
cp "$tree"/examples/models/sorting/{model.yaml,*.safetensors} "$scratch"
cmake -S "$scratch/detect" -B "$scratch/build" -G Ninja -DCMAKE_PREFIX_PATH="$prefix" -DDETECT_IMGSZ=320x256 \
  -DDETECT_MODEL="$scratch/model.yaml" -DDETECT_WEIGHTS="$scratch/yolov5s-mobilenetv3-sorting.safetensors" >"$scratch/configure.log"
remake() { cmake --build "$scratch/build" >"$scratch/build.log" 2>&1 || { cat "$scratch/build.log"; exit 1; }; }
made() { remake; grep -q 'mnv3c: det.o' "$scratch/build.log"; }
made || fail "the model was not compiled"
made && fail "the model was compiled again though nothing changed"
for input in "$scratch/model.yaml" "$scratch/yolov5s-mobilenetv3-sorting.safetensors" "$prefix/bin/mnv3c"; do
  touch "$input"
  made || fail "the model was not compiled again after a change of $input"
done

grep -q '#define DET_HEIGHT 320' "$scratch/build/detector.mnv3c/det.h" || fail "IMGSZ did not arrive"
found=$("$scratch/build/detect" "$tree/examples/models/sorting/demo/wood.png" -o "$scratch/wood.png" | wc -l)
((found == 6)) || fail "$found objects found on wood.png, six are there"
[[ -s "$scratch/wood.png" ]] || fail "no picture drawn"

# A wrong argument is a message, not a wrong object.
for arguments in '' 'SOURCE /no/such.yaml' "SOURCE $scratch/model.yaml IMAGE 320"; do
  mkdir -p "$scratch/wrong"
  printf 'cmake_minimum_required(VERSION 3.25)\nproject(wrong C)\nfind_package(mnv3c REQUIRED)\nmnv3c_add_model(it %s)\n' "$arguments" >"$scratch/wrong/CMakeLists.txt"
  cmake -S "$scratch/wrong" -B "$scratch/wrong/build" -G Ninja -DCMAKE_PREFIX_PATH="$prefix" >"$scratch/wrong.log" 2>&1 && fail "mnv3c_add_model(it $arguments) was accepted"
  grep -q 'mnv3c_add_model(it)' "$scratch/wrong.log" || fail "no message of ours for: $arguments"
done
rm -rf "$scratch"
