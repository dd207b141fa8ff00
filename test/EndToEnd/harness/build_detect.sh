# build_detect.sh CXX ROOT DIR: the example program with the model DIR/det.o, as DIR/detect. By hand, not by its own
# CMake project: that wants an installed mnv3c, and has a test of its own. The program's objects are kept between calls.
set -e
for name in main Detector Draw Font Options Report Picture Ppm Png Jpeg; do
  if [ ! -e "$3/$name.obj" ] || [ $name = Detector ]; then # only Detector sees the generated header
    "$1" -std=c++17 -O1 -DDETECT_IMAGE_LIBRARIES -I "$3" -I "$2/runtime/include" -c "$2/examples/detect/$name.cpp" -o "$3/$name.obj"
  fi
  objects="$objects $3/$name.obj"
done
"$1" $objects "$3/det.o" -lpng -ljpeg -o "$3/detect"
