"""Finds objects in a picture with a model in a shared library, by ctypes alone.

    mnv3c best.pt -o det.o && cc -shared det.o -o libdet.so
    python3 detect.py libdet.so det.json picture.ppm

det.json is the manifest that mnv3c writes beside the object: it knows the arena's size."""
import ctypes
import json
import pathlib
import re
import sys

RGB8, ALIGNMENT, MOST_BOXES = 0, 64, 100
STATUS = ["", "bad argument", "bad alignment", "bad format", "bad weights"]


class Image(ctypes.Structure):  # mnv3_image
    _fields_ = [("pixels", ctypes.c_void_p * 2), ("row_bytes", ctypes.c_int32 * 2), ("width", ctypes.c_int32),
                ("height", ctypes.c_int32), ("format", ctypes.c_int32)]


class Box(ctypes.Structure):  # mnv3_box
    _fields_ = [(name, ctypes.c_float) for name in ("x1", "y1", "x2", "y2", "score")] + [("class_id", ctypes.c_int32)]


class Detector:
    def __init__(self, library, manifest):
        facts = json.loads(pathlib.Path(manifest).read_text())
        prefix = next(name for name in facts["symbols"] if name.endswith("_detect"))[:-len("_detect")]
        loaded = ctypes.CDLL(str(pathlib.Path(library).resolve()))
        self.call = getattr(loaded, prefix + "_detect")
        self.call.restype = ctypes.c_int32
        self.call.argtypes = [ctypes.POINTER(Image), ctypes.c_void_p, ctypes.POINTER(Box), ctypes.c_int32, ctypes.POINTER(ctypes.c_int32),
                              ctypes.c_void_p, ctypes.c_void_p]
        names = ctypes.c_char_p * facts["network"]["classes"]
        self.names = [name.decode() for name in names.in_dll(loaded, prefix + "_class_names")]
        self.memory = ctypes.create_string_buffer(facts["bytes"]["arena"] + ALIGNMENT)
        self.arena = -(-ctypes.addressof(self.memory) // ALIGNMENT) * ALIGNMENT

    def __call__(self, width, height, rgb):
        """(name, score, x1, y1, x2, y2) of each object in width x height pixels of red, green, blue; best first."""
        if len(rgb) != 3 * width * height:
            raise ValueError("the picture's size and its bytes disagree")
        pixels = ctypes.create_string_buffer(bytes(rgb), len(rgb))
        frame = Image((ctypes.addressof(pixels), None), (3 * width, 0), width, height, RGB8)
        boxes, count = (Box * MOST_BOXES)(), ctypes.c_int32()
        status = self.call(frame, None, boxes, MOST_BOXES, count, self.arena, None)
        if status:
            raise RuntimeError(STATUS[status])
        return [(self.names[box.class_id], box.score, box.x1, box.y1, box.x2, box.y2) for box in boxes[:count.value]]


def read_ppm(path):
    """Width, height and RGB bytes of a binary PPM."""
    content = pathlib.Path(path).read_bytes()
    header = re.match(rb"P6\s+(\d+)\s+(\d+)\s+255\s", content)
    if not header:
        raise ValueError(f"{path} is not a binary PPM of 8 bits without comments")
    return int(header[1]), int(header[2]), content[header.end():]


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    for name, score, x1, y1, x2, y2 in Detector(sys.argv[1], sys.argv[2])(*read_ppm(sys.argv[3])):
        print(f"{name} {score:.2f} at {x1:.0f}, {y1:.0f} to {x2:.0f}, {y2:.0f}")
