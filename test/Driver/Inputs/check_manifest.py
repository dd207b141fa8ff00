"""check_manifest.py DET.json INPUTFOLDER...: the manifest against the files that it tells of, by other means than the compiler's."""
import hashlib
import json
import pathlib
import sys

import elf


manifest_path = pathlib.Path(sys.argv[1])
folders = [manifest_path.parent, *map(pathlib.Path, sys.argv[2:])]
manifest = json.loads(manifest_path.read_text())

for file in manifest["inputs"] + manifest["outputs"]:
    found = [folder / file["name"] for folder in folders if (folder / file["name"]).exists()]
    content = found[0].read_bytes()
    assert len(content) == file["bytes"] and hashlib.sha256(content).hexdigest() == file["sha256"], file["name"]

outputs = [file["name"] for file in manifest["outputs"]]
external = [name for name in outputs if name.endswith(".weights")]
figures, rows = manifest["bytes"], manifest["rows"]
header = (manifest_path.with_suffix(".h")).read_text()


def check_object(object_):
    """Sections, symbols and stack. Returns the bytes of weights."""
    loaded = weights = 0
    for section in object_.sections:
        rounded = -(-section.size // section.alignment) * section.alignment
        loaded += rounded if section.flags & elf.ALLOCATED else 0
        weights += rounded if section.name.endswith("_weights") and section.name.startswith(".rodata") else 0
    assert figures["code"] == loaded - weights, (figures, loaded, weights)
    assert 0.5 * figures["code"] < sum(row["code"] for row in rows) < figures["code"]
    assert figures["stack"] == max(manifest["stack"].values())
    public = sorted(symbol.name for symbol in object_.symbols if symbol.binding == elf.GLOBAL and symbol.section)
    assert manifest["symbols"] == public, manifest["symbols"]
    return weights


def check_cpp():
    """What only its own compiler can say is not said. Returns the bytes of weights, as far as no file of their own tells."""
    unknown = [figures["code"], figures["stack"], manifest["stack"], manifest["symbols"], *(row["code"] for row in rows)]
    assert all(value is None for value in unknown), unknown
    assert "_STACK_BYTES" not in header and "_CODE_BYTES" not in header
    return 0 if external else figures["weights"]


is_cpp = outputs[0].endswith(".cpp")
weights = check_cpp() if is_cpp else check_object(elf.Object((manifest_path.parent / outputs[0]).read_bytes()))
if external:
    assert weights == 0
    weights = (manifest_path.parent / external[0]).stat().st_size - 64
    assert figures["weights"] == weights + 64
else:
    assert figures["weights"] == weights, (figures, weights)
assert sum(row["weights"] for row in rows) == weights
assert max(row["arena"] for row in rows) == figures["arena_lower_bound"] <= figures["arena"]
assert all(row["arena"] > 0 and row["kernels"] for row in rows)
for macro, key in (("ARENA", "arena"), ("STACK", "stack"), ("CODE", "code"), ("WEIGHTS", "weights")):
    assert figures[key] is None or f"_{macro}_BYTES {figures[key]} " in header, macro
print(f"{len(rows)} rows, {len(manifest['inputs'])} inputs, {len(manifest['outputs'])} outputs: all as it says")
