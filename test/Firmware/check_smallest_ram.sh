# check_smallest_ram.sh ROOT DIR BOARD: links the firmware again, where check_board.sh left it, with as little stack as it printed in
# DIR/BOARD.txt, rounded up to 64 bytes, which kernels align it to: it works. With 64 less it must stop by a word. Prints the RAM, which
# the example's README must name.
set -e
root=$1 dir=$2 board=$3
used=$(sed -n 's/.*stack \([0-9]*\),.*/\1/p' "$dir/$board.txt")
enough=$(((used + 63) / 64 * 64))
for stack in $enough $((enough - 64)); do
  cmake -DFIRMWARE_STACK=$stack "$dir/$board" > "$dir/$board.log"
  result=works
  sh "$root/test/Firmware/check_board.sh" "$root" "$dir" "$board" || result=fails
  if grep -q '^stack overflow$' "$dir/$board.txt"; then
    result='stack overflow'
  fi
  set -- $(llvm-nm-22 "$dir/$board/firmware" | sed -n 's/^\([0-9a-f]*\) . \(ram_start\|bss_end\)$/\1/p' | sort)
  ram=$((0x$2 - 0x$1))
  echo "$board: RAM $ram bytes, stack $stack: $result"
  if [ "$result" = works ] && ! grep -q "$ram bytes" "$root/examples/firmware/README.md"; then
    echo "examples/firmware/README.md does not say so"
    exit 1
  fi
done
