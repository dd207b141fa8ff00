# run_heads.sh ROOT DIR TARGET MODEL IMAGE.f32 OUT [OPTION...]: compiles the model with mnv3c for TARGET and further OPTIONs as
# DIR/det.o, and runs it by run_heads.c, emulated where TARGET is not this machine. TARGET is mnv3c's; riscv64+v: with vectors. A
# Cortex-M has neither files nor memory for all that run_heads.c looks at: run_heads_board.c is its firmware. With cpp+ before TARGET the
# object comes from the compiler that the head of mnv3c's C++ names; with object+ DIR/det.o is there already. With PICTURE=FILE.ppm in
# the environment its boxes go to OUT.json (not on a Cortex-M: test/Firmware sees to that).
set -e
root=$1 dir=$2 target=$3 model=$4 image=$5 out=$6
shift 6
form=object
case $target in
cpp+*) form=cpp target=${target#cpp+} ;;
object+*) form=given target=${target#object+} ;;
esac
harness=$root/test/EndToEnd/harness
static='-static -fuse-ld=lld'
case $target in
arm64) compiler='aarch64-linux-gnu-gcc -static' emulator=qemu-aarch64 ;;
armv7) compiler="clang-22 --target=arm-linux-gnueabihf $static" emulator=qemu-arm ;;
riscv64) compiler="clang-22 --target=riscv64-linux-gnu $static" emulator='qemu-riscv64 -cpu rv64,v=false' ;;
riscv64+v)
  compiler="clang-22 --target=riscv64-linux-gnu $static" emulator='qemu-riscv64 -cpu rv64,v=true'
  target=riscv64
  set -- --features +v "$@"
  ;;
wasm32) compiler='clang-22 --target=wasm32-wasi -Wno-deprecated' emulator="node --no-warnings $harness/wasi.mjs" ;;
cortex-m4) board=mps2-an386 triple=thumbv7em-none-eabihf ;;
cortex-m7) board=mps2-an500 triple=thumbv7em-none-eabihf ;;
cortex-m33) board=mps2-an505 triple=thumbv8m.main-none-eabihf ;;
cortex-m55) board=mps3-an547 triple=thumbv8.1m.main-none-eabihf ;;
*) compiler=cc emulator= ;;
esac
if [ $form = cpp ]; then
  mnv3c "$model" --target "$target" "$@" --emit=cpp -o "$dir/det.cpp"
  sh "$harness/compile_cpp.sh" "$dir"
else
  [ $form = given ] || mnv3c "$model" --target "$target" "$@" -o "$dir/det.o"
  sh "$harness/check_object.sh" "$dir/det.o"
fi
if [ -n "$board" ]; then
  firmware=$root/examples/firmware
  clang-22 --target=$triple -mcpu="$target" -std=c11 -O1 -ffreestanding -fno-builtin -nostdlib -fuse-ld=lld -I "$dir" -I "$firmware" \
    -DPICTURE="\"$image\"" -L "$firmware/boards" -T "$firmware/boards/$board.ld" "$harness/run_heads_board.c" "$firmware/picture.S" \
    "$firmware/boards/cortex-m.c" "$firmware/boards/memory.c" "$firmware/boards/no-screen.c" "$dir/det.o" -o "$dir/run"
  python3 "$harness/run_board.py" $board "$dir/run" > "$dir/run.txt" || { tail -n 3 "$dir/run.txt"; exit 1; }
  python3 "$harness/board_heads.py" "$dir/run.txt" "$out"
  exit
fi
$compiler -std=c11 -O1 -I "$dir" "$harness/run_heads.c" "$dir/det.o" -o "$dir/run"
$emulator "$dir/run" "$image" "$out" $PICTURE
