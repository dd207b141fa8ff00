"""check_object.py DET.o [--hosted]: what a linker may expect of every object that mnv3c makes.

--hosted: position-independent code for an operating system: tables of pointers are relocated by the loader, which then
makes them read-only (.data.rel.ro), and the linker must hear that the stack holds no code."""
import pathlib
import re
import subprocess
import sys

import elf

# What wasm-ld makes itself, in every program.
WASM_LINKER = {"__stack_pointer", "__indirect_function_table"}


def output(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def names_are_its_own(undefined, public, path):
    header = path.with_suffix(".h").read_text()
    assert not undefined, f"undefined: {undefined}"
    assert public, "nothing to link against"
    for name in public:
        assert name.startswith(path.stem + "_"), f"{name} does not begin with {path.stem}_"
        assert f"{name}(" in header or f"{name}[" in header, f"{name} is not in the header"


def check_elf(path, hosted):
    object_ = elf.Object(path.read_bytes())
    public = [symbol.name for symbol in object_.symbols if symbol.binding != 0 and symbol.section]
    names_are_its_own([symbol.name for symbol in object_.symbols if symbol.section == 0 and symbol.name], public, path)
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
    return len(public), len(functions)


def check_wasm(path):
    """Here the stack never holds code, each function is the linker's to drop, and whether data can be written only its name tells."""
    undefined = {line.split()[-1] for line in output("llvm-nm", "--undefined-only", path).splitlines()}
    defined = [line.split() for line in output("llvm-nm", "--defined-only", path).splitlines()]
    public = [name for _, kind, name in defined if kind.isupper()]
    names_are_its_own(sorted(undefined - WASM_LINKER), public, path)
    text = output("llvm-readobj", "--sections", path)
    assert "Type: GLOBAL" not in text, "a global of WebAssembly's can be written"
    segments = re.findall(r"Name: (\S+)\n\s+Size", text)
    assert segments, "no data at all"
    for segment in segments:
        assert segment.startswith(".rodata."), f"{segment} can be written"
    return len(public), sum(kind in "tT" for _, kind, _ in defined)


def check(path, hosted):
    """An object beside its header, named as --name says. Returns a word, or fails with one."""
    counts = check_wasm(path) if path.read_bytes()[:4] == b"\0asm" else check_elf(path, hosted)
    return "{} public names, {} functions: a linker's friend".format(*counts)


if __name__ == "__main__":
    print(check(pathlib.Path(sys.argv[1]), "--hosted" in sys.argv))
