"""check_object.py DET.o [--hosted]: what a linker may expect of every object that mnv3c makes.

--hosted: position-independent code for an operating system: tables of pointers are relocated by the loader, which then
makes them read-only (.data.rel.ro), and the linker must hear that the stack holds no code."""
import pathlib
import sys

import elf

path, hosted = pathlib.Path(sys.argv[1]), "--hosted" in sys.argv
object_, header = elf.Object(path.read_bytes()), path.with_suffix(".h").read_text()

undefined = [symbol.name for symbol in object_.symbols if symbol.section == 0 and symbol.name]
assert not undefined, f"undefined: {undefined}"
public = [symbol.name for symbol in object_.symbols if symbol.binding != 0 and symbol.section]
assert public, "nothing to link against"
for name in public:
    assert name.startswith(path.stem + "_"), f"{name} does not begin with {path.stem}_"
    assert f"{name}(" in header or f"{name}[" in header, f"{name} is not in the header"
for section in object_.sections:
    if section.flags & elf.ALLOCATED and section.size:
        constant = hosted and section.name.startswith(".data.rel.ro.")
        assert constant or not section.flags & elf.WRITE, f"{section.name} can be written"
        assert not (section.flags & elf.WRITE and section.flags & elf.EXECUTABLE), section.name
stacks = [section for section in object_.sections if section.name == ".note.GNU-stack"]
assert all(not section.flags & elf.EXECUTABLE for section in stacks), "the stack holds code"
assert stacks or not hosted, "nothing says that the stack holds no code"
functions = [symbol.section for symbol in object_.symbols if symbol.kind == elf.FUNCTION]
assert len(functions) == len(set(functions)), "two functions in one section"
print(f"{len(public)} public names, {len(functions)} functions: a linker's friend")
