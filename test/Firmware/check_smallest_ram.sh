# check_smallest_ram.sh ROOT DIR: the Cortex-M7 firmware in as little RAM as it prints that it uses: check_board.sh has run for it and left
# DIR/mps2-an500.txt. The stack is rounded up to 64 bytes, which kernels align it to; with 64 less it must not work. Prints the
# RAM, which the example's README must name.
set -e
root=$1 dir=$2 board=mps2-an500
used=$(sed -n 's/.*stack \([0-9]*\),.*/\1/p' "$dir/$board.txt")
enough=$(((used + 63) / 64 * 64))
for stack in $enough $((enough - 64)); do
  cmake -S "$root/examples/firmware" -B "$dir/stack" -G Ninja -DCMAKE_PREFIX_PATH="$dir/prefix" -DCMAKE_C_COMPILER=clang-22 \
    -DCMAKE_BUILD_TYPE=Release -DFIRMWARE_BOARD=$board "-DCMAKE_EXE_LINKER_FLAGS=-Wl,--defsym=stack_bytes=$stack" > "$dir/stack.log"
  cmake --build "$dir/stack" >> "$dir/stack.log"
  result=works
  timeout 20 python3 "$root/test/EndToEnd/harness/run_board.py" $board "$dir/stack/firmware" > "$dir/stack.txt" &&
    python3 "$root/test/Firmware/compare_serial.py" "$dir/stack.txt" "$dir/expected" || result=fails
  set -- $(llvm-nm-22 "$dir/stack/firmware" | sed -n 's/^\([0-9a-f]*\) . \(ram_start\|bss_end\)$/\1/p' | sort)
  echo "RAM $((0x$2 - 0x$1)) bytes, stack $stack: $result"
  if [ "$result" = works ] && ! grep -q "$((0x$2 - 0x$1)) bytes" "$root/examples/firmware/README.md"; then
    echo "examples/firmware/README.md does not say so"
    exit 1
  fi
done
