# run_heads.sh ROOT DIR TARGET MODEL IMAGE.f32 OUT [OPTION...]: compiles the model with mnv3c for TARGET and further OPTIONs as
# DIR/det.o, and runs it by run_heads.c, emulated where TARGET is not this machine. TARGET is mnv3c's; riscv64+v: with vectors.
set -e
root=$1 dir=$2 target=$3 model=$4 image=$5 out=$6
shift 6
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
wasm32) compiler='clang-22 --target=wasm32-wasi -Wno-deprecated' emulator="node --no-warnings $root/test/EndToEnd/harness/wasi.mjs" ;;
*) compiler=cc emulator= ;;
esac
mnv3c "$model" --target "$target" "$@" -o "$dir/det.o"
sh "$root/test/EndToEnd/harness/check_object.sh" "$dir/det.o"
$compiler -std=c11 -O1 -I "$dir" "$root/test/EndToEnd/harness/run_heads.c" "$dir/det.o" -o "$dir/run"
$emulator "$dir/run" "$image" "$out"
