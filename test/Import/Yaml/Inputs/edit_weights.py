"""Copies a .safetensors file with one tensor changed: edit_weights.py IN OUT drop|add|reshape|spoil KEY"""
import json
import struct
import sys

source, target, action, key = sys.argv[1:]
with open(source, "rb") as file:
    size = struct.unpack("<Q", file.read(8))[0]
    header, data = json.loads(file.read(size)), file.read()
if action == "drop":  # the last tensor, or the file would have a hole
    begin, end = header.pop(key)["data_offsets"]
    data = data[:begin] + data[end:]
    for entry in header.values():
        if isinstance(entry, dict) and "data_offsets" in entry and entry["data_offsets"][0] >= end:
            entry["data_offsets"] = [at - (end - begin) for at in entry["data_offsets"]]
elif action == "add":
    header[key] = {"dtype": "F32", "shape": [1], "data_offsets": [len(data), len(data) + 4]}
    data += bytes(4)
elif action == "spoil":  # twelve bytes in: what is no number as float32 is none as float16 either
    at = header[key]["data_offsets"][0] + 12
    data = data[:at] + struct.pack("<f", float("nan")) + data[at + 4:]
else:
    header[key]["shape"] = header[key]["shape"] + [1]
text = json.dumps(header).encode()
with open(target, "wb") as file:
    file.write(struct.pack("<Q", len(text)) + text + data)
