# package.sh TREE BUILD SCRATCH CXX: makes the Debian package of BUILD, looks at what is in it, installs it, builds a fresh project against
# the result (the README's first program, and the model as a shared library for examples/python), and removes it.
set -euo pipefail
tree=$1 build=$2 scratch=$3 cxx=$4
rm -rf "$scratch"
mkdir -p "$scratch/fresh"
cd "$scratch"
fail() { echo "package.sh: $*" >&2; exit 1; }

cpack -G DEB --config "$build/CPackConfig.cmake" -B "$scratch/made" >"$scratch/cpack.log" || { cat "$scratch/cpack.log"; exit 1; }
package=("$scratch"/made/mnv3c_*.deb)
content=$(dpkg-deb -c "${package[0]}")
for file in bin/mnv3c bin/mnv3-opt include/mnv3/abi.h lib/libHalide.so lib/cmake/mnv3c/mnv3cConfig.cmake lib/pkgconfig/mnv3c.pc \
  share/mnv3c/port/pthread/mnv3_threads.c share/doc/mnv3c/LICENSE share/doc/mnv3c/NOTICE share/doc/mnv3c/LICENSE.Halide.txt; do
  grep -q " \./usr/$file\$" <<<"$content" || fail "$file is not in the package"
done
depends=$(dpkg-deb -f "${package[0]}" Depends)
for library in libllvm22 libyaml-cpp0.7 libfmt9 libc6; do
  [[ "$depends" == *"$library"* ]] || fail "the package does not depend on $library, but on $depends"
done
# A system of its own: nothing but this package is there, so what it depends on is this machine's.
database=$scratch/root/var/lib/dpkg
mkdir -p "$database/info" "$database/updates"
touch "$database/status"
debian() {
  dpkg --root="$scratch/root" --log=/dev/null --force-not-root --force-script-chrootless --force-depends "$@" >dpkg.log 2>&1 ||
    { cat dpkg.log; fail "dpkg $*"; }
}
debian --install "${package[0]}"
prefix=$scratch/root/usr

compiler=$(PKG_CONFIG_PATH=$prefix/lib/pkgconfig pkg-config --variable=mnv3c mnv3c)
[[ "$(env -i "$compiler" --version)" == "mnv3c $(PKG_CONFIG_PATH=$prefix/lib/pkgconfig pkg-config --modversion mnv3c)" ]] || fail "pkg-config finds another mnv3c"
echo '#include <mnv3/abi.h>' | cc $(PKG_CONFIG_PATH=$prefix/lib/pkgconfig pkg-config --cflags mnv3c) -x c -fsyntax-only - || fail "pkg-config finds no headers"

cat >fresh/CMakeLists.txt <<'END'
cmake_minimum_required(VERSION 3.25)
project(fresh C)

find_package(mnv3c 0.1 REQUIRED)
set(model SOURCE ${SORTING}/model.yaml WEIGHTS ${SORTING}/yolov5s-mobilenetv3-sorting.safetensors IMGSZ 320)

mnv3c_add_model(detector NAME det ${model})
add_executable(first first.c)
target_link_libraries(first PRIVATE detector)

# For programs that load it.
mnv3c_add_model(loadable SHARED NAME det ${model})
END
(($(wc -l <fresh/CMakeLists.txt) == 12)) || fail "twelve lines were promised"
sed -n '/^\/\* first.c \*\/$/,/^```$/p' "$tree/README.md" | sed '$d' >fresh/first.c
cmake -S fresh -B fresh/build -G Ninja -DCMAKE_PREFIX_PATH="$prefix" -DSORTING="$tree/examples/models/sorting" >configure.log
cmake --build fresh/build >build.log 2>&1 || { cat build.log; exit 1; }

(cd "$tree/examples/detect" && "$cxx" -std=c++17 -O1 -DDETECT_IMAGE_LIBRARIES to-ppm.cpp Picture.cpp Ppm.cpp Png.cpp Jpeg.cpp -lpng -ljpeg -o "$scratch/to-ppm")
./to-ppm "$tree/examples/models/sorting/demo/wood.png" wood.ppm
fresh/build/first <wood.ppm >first.txt
grep -q '^can 0.95 at 463, 277$' first.txt || { cat first.txt; fail "the first program does not find the can"; }
python3 "$tree/examples/python/detect.py" fresh/build/libloadable.so fresh/build/loadable.mnv3c/det.json wood.ppm >python.txt
cut -d ' ' -f 1-5 python.txt | cmp - first.txt || fail "Python and C find other things"
(($(wc -l <python.txt) == 6)) || fail "six objects are on wood.png"
truncate -s -1 wood.ppm
python3 "$tree/examples/python/detect.py" fresh/build/libloadable.so fresh/build/loadable.mnv3c/det.json wood.ppm 2>/dev/null && fail "half a picture was accepted"

debian --remove mnv3c
left=$(find "$scratch/root" -path "$database" -prune -o ! -type d -print)
[[ -z "$left" ]] || fail "once removed it leaves $left"
rm -rf "$scratch"
