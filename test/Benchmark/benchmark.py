#!/usr/bin/env python3
"""Times compiled models beside other inference engines on this machine: same graph, same weights, fp32.

    benchmark.py [MODEL...] [--threads 1,2] [--peers onnxruntime,openvino] [--profile] [--mnv3c build/release/bin/mnv3c]

Prints a table and leaves it, with a plot, as benchmark.md and benchmark.svg in the work folder. All engines are alive at once, on the
same cores, and take bursts in random order, round after round, so that a slow minute of the machine hits all alike. A burst starts
when the threads of the burst before have gone to sleep, and its first inference is thrown away (caches are someone else's). An engine
whose logits differ from PyTorch's by more than 1e-3 is not timed. The fused multiply-add peak of the cores is measured in the same minutes.
"""
import argparse
import itertools
import json
import os
import platform
import random
import re
import statistics
import subprocess
import sys
import time

import peers
from kernel_table import kernel_table
from networks import MODELS, ROOT, build_object, export
from peers import PEERS, Unavailable
from plot import plot

HERE = os.path.dirname(os.path.abspath(__file__))
OURS, LIMIT = "mnv3c", 1e-3


class Worker:
    """A process that runs bursts; see engines/README.md."""

    def __init__(self, name, command, cores, log):
        self.name, self.log, self.times = name, log, []
        own_cores = ["taskset", "-c", ",".join(map(str, cores))]
        environment = dict(os.environ, OMP_NUM_THREADS=str(len(cores)))
        with open(log, "w", encoding="utf-8") as file:
            self.process = subprocess.Popen([*own_cores, *command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=file, text=True,
                                            env=environment)
        self.facts = self.read("{")
        if not self.facts["difference"] <= LIMIT:
            self.close()
            raise Unavailable(f"wrong: logits off by {self.facts['difference']:.1e}")

    def read(self, start):
        for line in self.process.stdout:
            if line.startswith(start):
                return json.loads(line)
        self.process.wait()
        raise Unavailable(peers.reason(self.log))

    def ask(self, command, start="["):
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()
        answer = self.read(start)
        self.fall_asleep()
        return answer

    def fall_asleep(self):
        """Idle threads of some engines spin for milliseconds: they would steal the core from the next."""
        for _ in range(500):
            if not any(self.runs(task) for task in os.listdir(f"/proc/{self.process.pid}/task")):
                return
            time.sleep(0.001)

    def runs(self, task):
        try:
            with open(f"/proc/{self.process.pid}/task/{task}/stat", encoding="utf-8", errors="replace") as file:
                return file.read().rpartition(")")[2].split()[0] == "R"
        except OSError:
            return False  # it ended

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def percentile(values, part):
    return sorted(values)[int(part * (len(values) - 1))]


def cores_for(threads):
    return sorted(os.sched_getaffinity(0))[-threads:]


def peak_of(peak, cores):
    """GF/s of fused multiply-adds of all these cores at work together."""
    running = [subprocess.Popen(["taskset", "-c", str(core), peak], stdout=subprocess.PIPE, text=True) for core in cores]
    return sum(float(process.communicate()[0]) for process in running)


def race(workers, peak, cores, a):
    """Fills worker.times; returns the peak measured in between."""
    for worker in workers:
        worker.ask("3")
    peaks = []
    for _ in range(a.rounds):
        for worker in random.sample(workers, len(workers)):
            worker.times += worker.ask(str(a.burst))[1:]
        peaks.append(peak_of(peak, cores))
    return statistics.median(peaks)


def measure(model, threads, program, stem, peak, a):
    """(a dictionary of facts an engine, fastest first; the peak)."""
    size = MODELS[model][2].split("x")
    cores = cores_for(threads)
    workers, missing = [], []
    for engine in [OURS] + a.peers:
        try:
            command = [program] if engine == OURS else peers.command(engine, stem, a.work)
            arguments = [stem, str(threads)] if engine == OURS else [stem, str(threads), *size]
            workers.append(Worker(engine, command + arguments, cores, f"{a.work}/{engine}.log"))
        except Unavailable as why:
            missing.append({"model": model, "threads": threads, "engine": engine, "reason": str(why)})
    rate = race(workers, peak, cores, a)
    found = []
    for worker in workers:
        ms = [1e3 * t for t in worker.times]
        p10 = percentile(ms, 0.1)
        found.append({"model": model, "threads": threads, "engine": worker.name, "p10": p10, "median": statistics.median(ms), "runs": len(ms),
                      "share": 2 * MODELS[model][3] / p10 / 1e6 / rate, **worker.facts})
        worker.close()
    return sorted(found, key=lambda f: f["median"]) + missing, rate


def profile(model, threads, program, stem, rate, a):
    """The time of each kernel, as Markdown."""
    worker = Worker("profile", [program, stem, str(threads)], cores_for(threads), a.work + "/profile.log")
    worker.ask("3")
    kernels = kernel_table(worker.ask(f"profile {a.rounds}", "{"), rate)
    worker.close()
    return f"\n{model}, {threads} thread{'s' if threads > 1 else ''}, median of {a.rounds} profiled runs:\n\n{kernels}"


def table(results):
    lines = ["| model | threads | engine | median ms | p10 ms | of peak | difference | runs |", "|---|---|---|---|---|---|---|---|"]
    for f in results:
        start = f"| {f['model']} | {f['threads']} | {f.get('version', f['engine'])} | "
        if "reason" in f:
            lines.append(f"{start}{f['reason']} | | | | |")
        else:
            lines.append(f"{start}{f['median']:.2f} | {f['p10']:.2f} | {100 * f['share']:.0f} % | {f['difference']:.0e} | {f['runs']} |")
    return "\n".join(lines)


def comparison(results):
    """Our median over that of the fastest peer."""
    lines = ["| model | threads | ours ms | fastest peer | its ms | ours / its |", "|---|---|---|---|---|---|"]
    for (model, threads), group in itertools.groupby(results, key=lambda f: (f["model"], f["threads"])):
        timed = [f for f in group if "reason" not in f]
        ours = [f for f in timed if f["engine"] == OURS]
        others = [f for f in timed if f["engine"] != OURS]
        if ours and others:
            mine, best = ours[0]["median"], others[0]
            lines.append(f"| {model} | {threads} | {mine:.2f} | {best['version']} | {best['median']:.2f} | {mine / best['median']:.2f} |")
    return "\n".join(lines) if len(lines) > 2 else ""


def processor():
    with open("/proc/cpuinfo", encoding="ascii") as file:
        text = file.read()
    found = {key: value for key, value in re.findall(r"^([\w ]+?)\s*: (.*)$", text, re.M)}
    return (f"{found.get('model name', platform.machine())}, family {found.get('cpu family', '?')} model {found.get('model', '?')}, "
            f"{os.cpu_count()} cores")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="*", metavar="MODEL", help=f"of {', '.join(MODELS)}; default: small640 large640 small320")
    parser.add_argument("--threads", default="1,2", help="how many, each in a race of its own on as many cores (default 1,2)")
    parser.add_argument("--peers", default=",".join(PEERS), help=f"of {','.join(PEERS)} (default: all); empty: none")
    parser.add_argument("--profile", action="store_true", help="also print the time of each kernel and yaml row")
    parser.add_argument("--mnv3c", default=ROOT + "/build/release/bin/mnv3c")
    parser.add_argument("--options", default="", help="further options for mnv3c, such as '--target x86-64'")
    parser.add_argument("--cc", default="cc")
    parser.add_argument("--work", default=ROOT + "/build/benchmark", help="folder for everything that is made")
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--burst", type=int, default=5)
    a = parser.parse_args()
    a.work = os.path.abspath(a.work)
    a.models = a.models or ["small640", "large640", "small320"]
    a.peers = [peer for peer in a.peers.split(",") if peer]
    a.threads = [int(count) for count in a.threads.split(",")]
    for word, known in ((a.models, MODELS), (a.peers, PEERS), (a.threads, range(1, len(os.sched_getaffinity(0)) + 1))):
        if unknown := [w for w in word if w not in known]:
            parser.error(f"no {unknown[0]}; there are {', '.join(map(str, known))}")
    return a


def main():
    a = arguments()
    os.makedirs(a.work, exist_ok=True)
    peak = a.work + "/peak"
    peers.call(a.cc, "-O3", "-march=native", "-ffp-contract=fast", HERE + "/peak.c", "-o", peak)
    results, rates, kernels = [], {}, []
    for model in a.models:
        stem, weights = export(model, a.work)
        program = build_object(model, weights, a.work, a)
        profiled = a.profile and build_object(model, weights, a.work, a, profile=True)
        for threads in a.threads:
            found, rate = measure(model, threads, program, stem, peak, a)
            results += found
            rates[threads] = max(rate, rates.get(threads, 0))
            if profiled:
                kernels.append(profile(model, threads, profiled, stem, rate, a))
    version = subprocess.run([a.mnv3c, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    peaks = ", ".join(f"{rate:.0f} GF/s on {threads}" for threads, rate in rates.items())
    title = f"{version}; {processor()}; fp32 FMA peak {peaks}; {time.strftime('%Y-%m-%d')}"
    report = "\n\n".join(filter(None, [title, table(results), comparison(results)]))
    with open(a.work + "/benchmark.md", "w", encoding="utf-8") as file:
        file.write(report + "\n")
    plot(results, title, a.work + "/benchmark.svg")
    print(report)
    for text in kernels:
        print(text)
    return any(f["engine"] == OURS and "reason" in f for f in results)


if __name__ == "__main__":
    sys.exit(main())
