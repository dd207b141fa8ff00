# check_smallest_ram.sh ROOT DIR: builds the Cortex-M7 firmware again in as little RAM as it printed in DIR/mps2-an500.txt, where
# check_board.sh left it. The stack is rounded up to 64 bytes, which kernels align it to; with 64 less it must not work. Prints the
# RAM, which the example's README must name.
set -e
root=$1 dir=$2 board=mps2-an500
used=$(sed -n 's/.*stack \([0-9]*\),.*/\1/p' "$dir/$board.txt")
enough=$(((used + 63) / 64 * 64))
for stack in $enough $((enough - 64)); do
  rm -r "$dir/$board" # CMake reads LDFLAGS for a new folder only
  result=works
  LDFLAGS=-Wl,--defsym=stack_bytes=$stack sh "$root/test/Firmware/check_board.sh" "$root" "$dir" $board || result=fails
  set -- $(llvm-nm-22 "$dir/$board/firmware" | sed -n 's/^\([0-9a-f]*\) . \(ram_start\|bss_end\)$/\1/p' | sort)
  ram=$((0x$2 - 0x$1))
  echo "RAM $ram bytes, stack $stack: $result"
  if [ $result = works ] && ! grep -q "$ram bytes" "$root/examples/firmware/README.md"; then
    echo "examples/firmware/README.md does not say so"
    exit 1
  fi
done
