"""check_manifest.py DET.json INPUTFOLDER...: the manifest against the files that it tells of, by other means than the compiler's."""
import hashlib
import json
import pathlib
import struct
import subprocess
import sys


def sections(elf):
    """(name, type, flags, size, alignment) of a 64-bit little-endian ELF file's sections."""
    table, entry_bytes, count, names = struct.unpack_from("<Q", elf, 40)[0], *struct.unpack_from("<HHH", elf, 58)
    entries = [struct.unpack_from("<IIQQQQIIQQ", elf, table + i * entry_bytes) for i in range(count)]
    if not count:  # more than an ELF header can say
        raise SystemExit("no sections")
    texts = elf[entries[names][4]:]
    for name, kind, flags, _, _, size, _, _, alignment, _ in entries:
        yield texts[name:texts.index(b"\0", name)].decode(), kind, flags, size, alignment


manifest_path = pathlib.Path(sys.argv[1])
folders = [manifest_path.parent, *map(pathlib.Path, sys.argv[2:])]
manifest = json.loads(manifest_path.read_text())

for file in manifest["inputs"] + manifest["outputs"]:
    found = [folder / file["name"] for folder in folders if (folder / file["name"]).exists()]
    content = found[0].read_bytes()
    assert len(content) == file["bytes"] and hashlib.sha256(content).hexdigest() == file["sha256"], file["name"]

outputs = [file["name"] for file in manifest["outputs"]]
elf = (manifest_path.parent / outputs[0]).read_bytes()
ALLOCATED = 2
loaded = weights = 0
for name, kind, flags, size, alignment in sections(elf):
    rounded = -(-size // max(alignment, 1)) * max(alignment, 1)
    loaded += rounded if flags & ALLOCATED else 0
    weights += rounded if name.endswith("_weights") and name.startswith(".rodata") else 0
external = [name for name in outputs if name.endswith(".weights")]
figures, rows = manifest["bytes"], manifest["rows"]
assert figures["code"] == loaded - weights, (figures, loaded, weights)
if external:
    assert weights == 0
    weights = (manifest_path.parent / external[0]).stat().st_size - 64
    assert figures["weights"] == weights + 64
else:
    assert figures["weights"] == weights, (figures, weights)
assert sum(row["weights"] for row in rows) == weights
assert 0.5 * figures["code"] < sum(row["code"] for row in rows) < figures["code"]
assert max(row["arena"] for row in rows) == figures["arena_lower_bound"] <= figures["arena"]
assert all(row["arena"] > 0 and row["kernels"] for row in rows)
assert figures["stack"] == max(manifest["stack"].values())

nm = subprocess.run(["llvm-nm", "-g", "--defined-only", "-j", manifest_path.parent / outputs[0]], capture_output=True, text=True, check=True)
assert manifest["symbols"] == sorted(nm.stdout.split()), manifest["symbols"]

header = (manifest_path.with_suffix(".h")).read_text()
for macro, key in (("ARENA", "arena"), ("STACK", "stack"), ("CODE", "code"), ("WEIGHTS", "weights")):
    assert f"_{macro}_BYTES {figures[key]} " in header, macro
print(f"{len(rows)} rows, {len(manifest['inputs'])} inputs, {len(manifest['outputs'])} outputs: all as it says")
