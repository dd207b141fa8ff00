# check_object.sh OBJECT: fails with a word if the object leaves a symbol undefined, has data that can be written, or an executable
# stack. WebAssembly has no such sections; its linker makes a stack pointer and a table of functions itself.
undefined=$(llvm-nm -u "$1" | grep -v -e ' U __stack_pointer$' -e ' U __indirect_function_table$')
if [ "$(head -c 4 "$1" | tail -c 3)" = ELF ]; then
  sections=$(llvm-readelf -S --wide "$1" | sed -n 's/^ *\[ *[0-9]*\] //p')
  # .data.rel.ro: addresses that a loader fills in, and protects. g++ writes every section, empty ones, too.
  writable=$(echo "$sections" | awk '$7 ~ /W/ && $5 !~ /^0+$/ && $1 !~ /^\.data\.rel\.ro/')
  executable=$(echo "$sections" | awk '$1 == ".note.GNU-stack" && $7 ~ /X/')
fi
if [ -n "$undefined$writable$executable" ]; then
  printf '%s: undefined: %s; writable: %s; executable stack: %s\n' "$1" "$undefined" "$writable" "$executable" >&2
  exit 1
fi
