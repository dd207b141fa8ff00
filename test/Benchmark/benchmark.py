#!/usr/bin/env python3
"""Times compiled models against other inference engines on this machine. One command, a Markdown table out.

    benchmark.py [MODEL...] [--peers onnxruntime] [--profile] [--mnv3c build/release/bin/mnv3c]

One thread, pinned to one core. All engines are alive at once and take bursts in random order, round after round, so that a
slow minute of the machine hits all alike; the first inference of a burst is thrown away (caches are someone else's). An engine
whose logits differ from PyTorch's by more than 1e-3 is not timed. The core's fused multiply-add peak is measured in the same minutes.
"""
import argparse
import json
import os
import platform
import random
import re
import statistics
import subprocess
import sys
import time

from kernel_table import kernel_table

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
SHARED = os.environ.get("MNV3_SHARED", os.path.join(ROOT, "..", "shared"))
EXAMPLES, GOLDEN = os.path.join(ROOT, "examples", "models"), os.path.join(ROOT, "test", "EndToEnd", "golden")

# name: description, recipe of its weights (none: a checkpoint), size, multiply-accumulates of convolutions and linear layers
MODELS = {
    "small640": (EXAMPLES + "/yolov5s-mobilenetv3-small.yaml", GOLDEN + "/small.recipe", "640x640", 1036696352),
    "small320": (EXAMPLES + "/yolov5s-mobilenetv3-small.yaml", GOLDEN + "/small.recipe", "320x320", 259513952),
    "large640": (EXAMPLES + "/yolov5-mobilenetv3-large.yaml", GOLDEN + "/large.recipe", "640x640", 3672046176),
    "yolov5n640": (SHARED + "/real/yolov5n.pt", None, "640x640", 2234060800),
}
PEERS = ["onnxruntime"]
LIMIT = 1e-3


def call(*command, **options):
    print("+ " + " ".join(command), file=sys.stderr)
    subprocess.run(command, check=True, stdout=sys.stderr, **options)


# ---------------------------------------------------------------- what is timed

def python_of_peers(work):
    """The interpreter with the peers in it: a venv on top of the distribution's Python, whose torch exports the networks."""
    python = work + "/venv/bin/python"
    stamp, wanted = work + "/venv/requirements.txt", open(HERE + "/requirements.txt", encoding="ascii").read()
    if not os.path.exists(stamp) or open(stamp, encoding="ascii").read() != wanted:
        call("/usr/bin/python3", "-m", "venv", "--system-site-packages", work + "/venv")
        call(python, "-m", "pip", "install", "-q", "-r", HERE + "/requirements.txt")
        with open(stamp, "w", encoding="ascii") as file:
            file.write(wanted)
    return python


def export(name, work, python):
    """(stem of .onnx and the arrays, weights for mnv3c or None); remade when their sources are newer."""
    description, recipe, size, _ = MODELS[name]
    stem, weights = f"{work}/{name}", f"{work}/{name}.safetensors" if recipe else None
    sources = [description, HERE + "/export_onnx.py", GOLDEN + "/make_golden.py"] + ([recipe] if recipe else [])
    made = stem + ".onnx"
    if not os.path.exists(made) or os.path.getmtime(made) < max(map(os.path.getmtime, sources)):
        if recipe:
            call(sys.executable, GOLDEN + "/../harness/make_weights.py", recipe, weights)
        call(python, "-W", "ignore", HERE + "/export_onnx.py", description, weights or "-", size, stem, env=dict(os.environ, MNV3_SHARED=SHARED))
    return stem, weights


def build_object(name, weights, work, a, profile=False):
    """The timing program with the compiled model in it."""
    description, _, size, _ = MODELS[name]
    folder = f"{work}/{name}{'-profile' if profile else ''}"
    os.makedirs(folder, exist_ok=True)
    call(a.mnv3c, description, *(["--weights", weights] if weights else []), "--imgsz", size, *a.options.split(),
         *(["--profile"] if profile else []), "-o", folder + "/det.o")
    call(a.cc, "-O2", "-std=c11", "-I", folder, HERE + "/engines/time_object.c", folder + "/det.o", "-lm", "-o", folder + "/time_object")
    return folder + "/time_object"


# ---------------------------------------------------------------- workers

class Worker:
    """A process that runs bursts; see engines/README.md."""

    def __init__(self, name, command, core):
        self.name, self.times = name, []
        quiet = dict(os.environ, OMP_NUM_THREADS="1", KMP_BLOCKTIME="0")
        self.process = subprocess.Popen(["taskset", "-c", str(core), *command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=quiet)
        self.facts = self.read("{")

    def read(self, start):
        for line in self.process.stdout:
            if line.startswith(start):
                return json.loads(line)
        raise RuntimeError(f"{self.name} ended")

    def ask(self, command, start="["):
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()
        return self.read(start)

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def percentile(values, part):
    return sorted(values)[int(part * (len(values) - 1))]


def race(workers, peak, a):
    """Fills worker.times; returns the peaks measured in between."""
    peaks = []
    for _ in range(a.rounds):
        for worker in random.sample(workers, len(workers)):
            time.sleep(0.004)
            worker.times += worker.ask(str(a.burst))[1:]
        peaks.append(float(subprocess.run(["taskset", "-c", str(a.core), peak], capture_output=True, text=True, check=True).stdout))
    return statistics.median(peaks)


def measure(name, work, python, peak, a):
    """Table lines for one model, and its kernel table if asked for."""
    stem, weights = export(name, work, python)
    size = MODELS[name][2].split("x")
    commands = {"mnv3c": [build_object(name, weights, work, a), stem]}
    for peer in a.peers.split(",") if a.peers else []:
        commands[peer] = [python, f"{HERE}/engines/{peer}_worker.py", stem, "1", *size]
    workers, lines, failed = [], [], False
    for engine, command in commands.items():
        worker = Worker(engine, command, a.core)
        if not worker.facts["difference"] <= LIMIT:
            lines.append(f"| {name} | {worker.facts['version']} | wrong: logits off by {worker.facts['difference']:.1e} | | | | |")
            worker.close()
            failed = True
            continue
        workers.append(worker)
    for worker in workers:
        worker.ask("3")
    rate = race(workers, peak, a)
    for worker in sorted(workers, key=lambda w: percentile(w.times, 0.1)):
        ms = [1e3 * t for t in worker.times]
        p10 = percentile(ms, 0.1)
        share = 100 * 2 * MODELS[name][3] / p10 / 1e6 / rate
        lines.append(f"| {name} | {worker.facts['version']} | {p10:.2f} | {statistics.median(ms):.2f} | {share:.0f} % | "
                     f"{worker.facts['difference']:.0e} | {len(ms)} |")
        worker.close()
    kernels = None
    if a.profile:
        worker = Worker("profile", [build_object(name, weights, work, a, profile=True), stem], a.core)
        worker.ask("3")
        kernels = f"\n{name}, median of {a.rounds} profiled runs:\n\n" + kernel_table(worker.ask(f"profile {a.rounds}", "{"), rate)
        worker.close()
    return lines, kernels, rate, failed


def processor():
    with open("/proc/cpuinfo", encoding="ascii") as file:
        text = file.read()
    found = {key: value for key, value in re.findall(r"^([\w ]+?)\s*: (.*)$", text, re.M)}
    return f"{found.get('model name', platform.machine())}, family {found.get('cpu family', '?')} model {found.get('model', '?')}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="*", metavar="MODEL", help=f"of {', '.join(MODELS)}; default: small640 large640 small320")
    parser.add_argument("--peers", default=",".join(PEERS), help="comma-separated; empty: none")
    parser.add_argument("--profile", action="store_true", help="also print the time of each kernel and yaml row")
    parser.add_argument("--mnv3c", default=ROOT + "/build/release/bin/mnv3c")
    parser.add_argument("--options", default="", help="further options for mnv3c, such as '--target x86-64'")
    parser.add_argument("--cc", default="cc")
    parser.add_argument("--work", default=ROOT + "/build/benchmark", help="folder for everything that is made")
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--burst", type=int, default=5)
    parser.add_argument("--core", type=int, default=os.cpu_count() - 1)
    a = parser.parse_args()
    names = a.models or ["small640", "large640", "small320"]
    if unknown := [n for n in names if n not in MODELS]:
        parser.error(f"unknown model {unknown[0]}; there are {', '.join(MODELS)}")
    os.makedirs(a.work, exist_ok=True)
    python, peak = python_of_peers(a.work), a.work + "/peak"
    call(a.cc, "-O3", "-march=native", "-ffp-contract=fast", HERE + "/peak.c", "-o", peak)
    results = [measure(name, a.work, python, peak, a) for name in names]
    print(f"{processor()}, {os.cpu_count()} cores; one thread on core {a.core}; fp32 FMA peak "
          f"{max(rate for _, _, rate, _ in results):.0f} GF/s; {time.strftime('%Y-%m-%d')}\n")
    print("| model | engine | p10 ms | median ms | of peak | difference | runs |\n|---|---|---|---|---|---|---|")
    print("\n".join(line for lines, _, _, _ in results for line in lines))
    for _, kernels, _, _ in results:
        if kernels:
            print(kernels)
    return any(failed for _, _, _, failed in results)


if __name__ == "__main__":
    sys.exit(main())
