"""Reads what the tests compare: detections, labels, picture sizes."""
import json
import os
import struct


def read_detections(path):
    """[{"image", "class", "score", "xyxy"}] of a JSON list; pictures by their name without the folder."""
    with open(path, encoding="utf-8") as file:
        found = json.load(file)
    for box in found:
        box["image"] = os.path.basename(box["image"])
    return found


def picture_size(path):
    """(width, height) out of the header of a PNG or JPEG file."""
    with open(path, "rb") as file:
        data = file.read()
    if data.startswith(b"\x89PNG"):
        return struct.unpack(">II", data[16:24])
    at = 2
    while data[at] == 0xFF:  # segments; the frame header is 0xC0..0xCF, but for three tables among them
        kind, length = data[at + 1], struct.unpack(">H", data[at + 2:at + 4])[0]
        if 0xC0 <= kind <= 0xCF and kind not in (0xC4, 0xC8, 0xCC):
            return struct.unpack(">HH", data[at + 5:at + 9])[::-1]
        at += 2 + length
    raise ValueError(f"{path}: neither PNG nor JPEG")


def read_labels(path, width, height):
    """[(class, (x1, y1, x2, y2))] in pixels; a missing file is a picture without objects."""
    if not os.path.exists(path):
        return []
    objects = []
    with open(path, encoding="ascii") as file:
        for line in file:
            label, cx, cy, w, h = map(float, line.split())
            objects.append((int(label), ((cx - w / 2) * width, (cy - h / 2) * height, (cx + w / 2) * width, (cy + h / 2) * height)))
    return objects


def overlap(a, b):
    """Intersection over union of two (x1, y1, x2, y2)."""
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    if width <= 0 or height <= 0:
        return 0.0
    inter = width * height
    return inter / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - inter)
