"""The networks that are timed, and what is made of them: files for the peers, the program with our object in it."""
import os
import sys

from peers import call, interpreter, is_newer

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
SHARED = os.environ.get("MNV3_SHARED", os.path.join(ROOT, "..", "shared"))
PORT = os.path.join(ROOT, "runtime", "port", "pthread")
EXAMPLES, GOLDEN = os.path.join(ROOT, "examples", "models"), os.path.join(ROOT, "test", "EndToEnd", "golden")

# name: description, recipe of its weights (none: a checkpoint), size, multiply-accumulates of convolutions and linear layers
MODELS = {
    "small640": (EXAMPLES + "/yolov5s-mobilenetv3-small.yaml", GOLDEN + "/small.recipe", "640x640", 1036696352),
    "small320": (EXAMPLES + "/yolov5s-mobilenetv3-small.yaml", GOLDEN + "/small.recipe", "320x320", 259513952),
    "large640": (EXAMPLES + "/yolov5-mobilenetv3-large.yaml", GOLDEN + "/large.recipe", "640x640", 3672046176),
    "yolov5n640": (SHARED + "/real/yolov5n.pt", None, "640x640", 2234060800),
}


def export(name, work):
    """(stem of .onnx and the rest, weights for mnv3c or None); remade when their sources are newer."""
    description, recipe, size, _ = MODELS[name]
    stem, weights = f"{work}/{name}", f"{work}/{name}.safetensors" if recipe else None
    sources = [description, HERE + "/export_network.py", GOLDEN + "/make_golden.py"] + ([recipe] if recipe else [])
    if not is_newer(stem + ".onnx", *sources):
        if recipe:
            call(sys.executable, GOLDEN + "/../harness/make_weights.py", recipe, weights)
        call(interpreter(work), "-W", "ignore", HERE + "/export_network.py", description, weights or "-", size, stem,
             env=dict(os.environ, MNV3_SHARED=SHARED))
    return stem, weights


def build_object(name, weights, work, a, profile=False):
    """The timing program with the compiled model in it."""
    description, _, size, _ = MODELS[name]
    folder = f"{work}/{name}{'-profile' if profile else ''}"
    os.makedirs(folder, exist_ok=True)
    call(a.mnv3c, description, *(["--weights", weights] if weights else []), "--imgsz", size, *a.options.split(),
         *(["--profile"] if profile else []), "-o", folder + "/det.o")
    call(a.cc, "-O2", "-std=c11", "-pthread", "-I", folder, "-I", PORT, HERE + "/engines/time_object.c",
         PORT + "/mnv3_threads.c", folder + "/det.o", "-lm", "-o", folder + "/time_object")
    return folder + "/time_object"
