"""The other engines: which there are, the interpreters they run in, the files that are made for them."""
import functools
import os
import subprocess
import sys
from typing import NamedTuple

HERE = os.path.dirname(os.path.abspath(__file__))
ENGINES = HERE + "/engines"


class Peer(NamedTuple):
    packages: str = ""   # of requirements.txt: "" itself, "-torch" that with this suffix
    converter: str = ""  # the same for engines/NAME_convert.py
    product: str = ""    # suffix of the file that it makes of the .onnx, last


PEERS = {
    "onnxruntime": Peer(),
    "openvino": Peer(),
    "ncnn": Peer(product=".ncnn.param"),
    "litert": Peer(converter="-tflite", product=".tflite"),
    "torch": Peer(packages="-torch"),
}


class Unavailable(Exception):
    """An engine that cannot take part; the text says why."""


def call(*command, **options):
    print("+ " + " ".join(command), file=sys.stderr)
    subprocess.run(command, check=True, stdout=sys.stderr, **options)


def logged(log, *command):
    """Runs a command that may fail for reasons of its own: its words go to a file, the last of them into the reason."""
    print("+ " + " ".join(command), file=sys.stderr)
    with open(log, "w", encoding="utf-8") as file:
        if subprocess.run(command, stdout=file, stderr=file, check=False).returncode:
            raise Unavailable(last_line(log))


def last_line(log):
    with open(log, encoding="utf-8", errors="replace") as file:
        lines = [line.strip() for line in file if line.strip()]
    return lines[-1][:160].replace("|", "/") if lines else "ended without a word"


@functools.cache
def interpreter(work, packages=""):
    """A Python with the packages of requirements{packages}.txt, on top of the distribution's, whose torch exports the networks."""
    requirements, venv = f"{HERE}/requirements{packages}.txt", f"{work}/venv{packages}"
    with open(requirements, encoding="ascii") as file:
        wanted = file.read()
    stamp = venv + "/requirements.txt"
    if not os.path.exists(stamp) or open(stamp, encoding="ascii").read() != wanted:
        call("/usr/bin/python3", "-m", "venv", "--system-site-packages", venv)
        logged(venv + "/pip.log", venv + "/bin/python", "-m", "pip", "install", "-q", "-r", requirements)
        with open(stamp, "w", encoding="ascii") as file:
            file.write(wanted)
    return venv + "/bin/python"


def is_newer(path, *sources):
    return os.path.exists(path) and os.path.getmtime(path) >= max(map(os.path.getmtime, sources))


def command(name, stem, work):
    """What starts the worker, up to the model; installs and converts what is missing."""
    peer = PEERS[name]
    converter = f"{ENGINES}/{name}_convert.py"
    if peer.product and not is_newer(stem + peer.product, stem + ".onnx", converter):
        logged(f"{stem}.{name}.log", interpreter(work, peer.converter), converter, stem)
    return [interpreter(work, peer.packages), f"{ENGINES}/{name}_worker.py"]
