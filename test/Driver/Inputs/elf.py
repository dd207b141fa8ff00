"""Little-endian ELF files, 32 and 64 bits: as much of them as the tests ask for."""
import struct
from collections import namedtuple

Section = namedtuple("Section", "name kind flags size alignment")
Symbol = namedtuple("Symbol", "name binding kind section")  # section: index, 0 if undefined
WRITE, ALLOCATED, EXECUTABLE = 1, 2, 4
SYMBOL_TABLE, GLOBAL, FUNCTION = 2, 1, 2


class Object:
    def __init__(self, content):
        self.content, is64 = content, content[4] == 2
        assert content[:4] == b"\x7fELF" and content[5] == 1
        table = struct.unpack_from("<Q" if is64 else "<I", content, 40 if is64 else 32)[0]
        entry_bytes, count, names = struct.unpack_from("<HHH", content, 58 if is64 else 46)
        layout = "<IIQQQQIIQQ" if is64 else "<10I"
        entries = [struct.unpack_from(layout, content, table + i * entry_bytes) for i in range(count)]
        self.sections = [Section(self._text(entries[names], name), kind, flags, size, max(alignment, 1))
                         for name, kind, flags, _, _, size, _, _, alignment, _ in entries]
        self.symbols = []
        for _, kind, _, _, offset, size, link, _, _, each in entries:
            for at in range(offset, offset + size, each) if kind == SYMBOL_TABLE else ():
                if is64:
                    name, info, _, section = struct.unpack_from("<IBBH", content, at)
                else:
                    name, _, _, info, _, section = struct.unpack_from("<IIIBBH", content, at)
                self.symbols.append(Symbol(self._text(entries[link], name), info >> 4, info & 15, section))

    def _text(self, table, at):
        begin = table[4] + at
        return self.content[begin:self.content.index(b"\0", begin)].decode()
