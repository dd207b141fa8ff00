# check_board.sh ROOT DIR BOARD [OPTION...]: builds examples/firmware for BOARD against the mnv3c installed in DIR/prefix, runs it, and
# compares what it prints with DIR/expected; OPTIONs go to compare_serial.py.
set -e
root=$1 dir=$2 board=$3
shift 3
cmake -S "$root/examples/firmware" -B "$dir/$board" -G Ninja -DCMAKE_PREFIX_PATH="$dir/prefix" -DCMAKE_C_COMPILER=clang-22 \
  -DCMAKE_BUILD_TYPE=Release -DFIRMWARE_BOARD="$board" > "$dir/$board.log"
cmake --build "$dir/$board" >> "$dir/$board.log"
screen=
if [ "$board" = raspi3b ]; then
  screen="--screen $dir/$board.ppm"
fi
python3 "$root/test/EndToEnd/harness/run_board.py" "$board" "$dir/$board/firmware" $screen > "$dir/$board.txt"
python3 "$root/test/Firmware/compare_serial.py" "$dir/$board.txt" "$dir/expected" "$@"
