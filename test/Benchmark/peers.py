"""The other engines: which there are, the interpreters they run in, the files that are made for them."""
import filecmp
import functools
import os
import shutil
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


def attempt(what, log, *command):
    """Runs a command that may fail for reasons of its own: its words go to a file, the telling one into the reason."""
    print("+ " + " ".join(command), file=sys.stderr)
    with open(log, "w", encoding="utf-8") as file:
        if subprocess.run(command, stdout=file, stderr=file, check=False).returncode:
            raise Unavailable(f"cannot be {what}: {reason(log)}")


def reason(log):
    """The last line that names an error, or else the last."""
    with open(log, encoding="utf-8", errors="replace") as file:
        lines = [line.strip() for line in file if line.strip()] or ["ended without a word"]
    telling = [line for line in lines if "error" in line.lower()] or lines
    return telling[-1][:160].replace("|", "/")


@functools.cache
def install(requirements, venv):
    """Makes the venv; returns why it could not."""
    try:
        attempt("installed", venv + ".log", "/usr/bin/python3", "-m", "venv", "--clear", "--system-site-packages", venv)
        attempt("installed", venv + ".log", venv + "/bin/python", "-m", "pip", "install", "-q", "--disable-pip-version-check", "-r", requirements)
        shutil.copy(requirements, venv + "/requirements.txt")
    except Unavailable as why:
        return str(why)
    return ""


def interpreter(work, packages=""):
    """A Python with the packages of requirements{packages}.txt, on top of the distribution's, whose torch exports the networks."""
    requirements, venv = f"{HERE}/requirements{packages}.txt", f"{work}/venv{packages}"
    installed = venv + "/requirements.txt"
    if not (os.path.exists(installed) and filecmp.cmp(requirements, installed, shallow=False)):
        if why := install(requirements, venv):
            raise Unavailable(why)
    return venv + "/bin/python"


def is_newer(path, *sources):
    return os.path.exists(path) and os.path.getmtime(path) >= max(map(os.path.getmtime, sources))


def command(name, stem, work):
    """What starts the worker, up to the model; installs and converts what is missing."""
    peer = PEERS[name]
    converter = f"{ENGINES}/{name}_convert.py"
    if peer.product and not is_newer(stem + peer.product, stem + ".onnx", converter):
        attempt("converted", f"{stem}.{name}.log", interpreter(work, peer.converter), converter, stem)
    return [interpreter(work, peer.packages), f"{ENGINES}/{name}_worker.py"]
