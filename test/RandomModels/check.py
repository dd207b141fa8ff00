"""Compiles random models and compares every row and level with the reference. Standard library only.

    check.py [--first SEED] [--count N] [--only MODULE ...] [--jobs 2] [--target host]     from a build's bin folder in PATH

mnv3c --keep-rows makes an object, run_heads.c runs it; mnv3-reference runs the layers as written, in double, before any pass. Both
make up the same weights. A row may be off by 2e-4 of its largest value, or 2e-4 if that is more: fp32 noise of some ten layers
is below 2e-5 of it, Winograd's 1e-4; the smallest mistake seen was 3e-3. Exit status 1 with the smallest failing model if any
differs, is refused, crashes, touches what is not its own, or is not finite.
"""
import argparse
import array
import concurrent.futures
import math
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

from random_model import MODULES, Model, random_model

HARNESS = pathlib.Path(__file__).resolve().parents[1] / "EndToEnd" / "harness"
sys.path.insert(0, str(HARNESS))
from compare_heads import read_heads

LIMIT = 2e-4
CLANG = ["clang-22", "-static", "-fuse-ld=lld"]
RUNNERS = {"arm64": (["aarch64-linux-gnu-gcc", "-static"], ["qemu-aarch64"]),
           "armv7": ([*CLANG, "--target=arm-linux-gnueabihf"], ["qemu-arm"]),
           "riscv64": ([*CLANG, "--target=riscv64-linux-gnu"], ["qemu-riscv64"])}


class Failure(Exception):
    """`kind` stays the same while a model shrinks."""

    def __init__(self, kind, message):
        super().__init__(message)
        self.kind = kind


def gist(text):
    """The first error without place and numbers: a shrinking model must not end in another error than it began with."""
    first = next((line for line in text.splitlines() if "error:" in line), text.strip()[-200:])
    return re.sub(r"[0-9]+", "N", first.rpartition("error:")[2].strip())


def call(kind, command):
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=600)
    except subprocess.TimeoutExpired:
        raise Failure(f"{kind} does not end", "stopped after 600 s")
    if done.returncode < 0:
        raise Failure(f"{kind} crashes", f"signal {-done.returncode}: {done.stderr[-400:]}")
    if done.returncode:
        raise Failure(f"{kind} refuses: {gist(done.stderr)}", done.stderr[-400:].strip())


def floats(path, count):
    values = array.array("f")
    with open(path, "rb") as file:
        values.fromfile(file, count)
    return values


def expected_shapes(stem):
    """{"head0": [3, 8, 8, 7], "row2": [1, 8, 8, 16]}, as mnv3-reference lists them."""
    with open(f"{stem}.index", encoding="ascii") as index:
        return {kind + number: list(map(int, shape.split("x"))) for kind, number, shape in map(str.split, index)}


def check(model, folder, target="host"):
    """Rows and levels compared, and rows that a pass took into their readers; raises Failure."""
    size = "x".join(map(str, model.size))
    yaml, stem = folder / "model.yaml", folder / "expected"
    yaml.write_text(model.text())
    call("image", [sys.executable, HARNESS / "pattern_image.py", size, folder / "image.f32"])
    call("mnv3c", ["mnv3c", yaml, "--imgsz", size, "--keep-rows", "--target", target, "-o", folder / "det.o"])
    compiler, emulator = RUNNERS.get(target, (["cc"], []))
    call("cc", [*compiler, "-std=c11", "-O1", "-I", folder, HARNESS / "run_heads.c", folder / "det.o", "-o", folder / "run"])
    call("run", [*emulator, folder / "run", folder / "image.f32", folder / "heads"])
    call("reference", ["mnv3-reference", yaml, "--imgsz", size, "--image", folder / "image.f32", "-o", stem])
    compared, shapes = 0, expected_shapes(stem)
    for (row, level), (shape, found) in read_heads(str(folder / "heads")).items():
        name = f"head{level}" if row < 0 else f"row{row}"
        if shapes.pop(name, None) != shape:
            raise Failure("other shape", f"{name} has shape {shape}, not that of the reference")
        expected = floats(f"{stem}.{name}.f32", math.prod(shape))
        if not all(map(math.isfinite, expected)):
            raise Failure("not finite", f"{name} of the reference")
        worst = max(abs(a - b) if math.isfinite(a) else math.inf for a, b in zip(found, expected))
        largest = max(1.0, max(map(abs, expected)))
        if worst > LIMIT * largest:
            raise Failure("differs", f"{name} {shape} by {worst:.3g}, its largest value is {largest:.3g}")
        compared += 1
    if any(name.startswith("head") for name in shapes):
        raise Failure("missing", f"the object has no {', '.join(shapes)}")
    return compared, len(shapes)


def without_row(model, index):
    """The model without one row; its readers read what it read. None if they would read the picture: only row 0 can."""
    def absolute(reader, value):
        return value + reader if value < 0 else value  # -1 is the picture

    removed = model.rows[index][0]
    replacement = absolute(index, removed[0] if isinstance(removed, list) else removed)

    def source(reader, value):
        at = absolute(reader, value)
        at = replacement if at == index else at
        return at - (at > index)

    rows = []
    for i, (sources, *rest) in enumerate(model.rows):
        if i != index:
            rows.append([[source(i, s) for s in sources] if isinstance(sources, list) else source(i, sources), *rest])
    if any(s < 0 for sources, *_ in rows[1:] for s in (sources if isinstance(sources, list) else [sources])):
        return None
    return model._replace(rows=rows)


def simpler(model):
    """Models with one thing less, or smaller."""
    for index in reversed(range(len(model.rows) - 1)):
        if (shorter := without_row(model, index)) is not None:
            yield shorter
    *rows, detect = model.rows
    if detect[0] != [len(rows) - 1] and len(detect[0]) == 1:
        yield model._replace(rows=rows + [[[len(rows) - 1], *detect[1:]]])
    for level in range(len(detect[0])):
        if len(detect[0]) > 1:
            keys = dict(model.keys)
            if isinstance(keys["anchors"], list):
                keys["anchors"] = keys["anchors"][:-1]
            fewer = detect[0][:level] + detect[0][level + 1:]
            yield Model(model.size, keys, rows + [[fewer, *detect[1:]]])
    for index, (source, number, module, arguments) in enumerate(rows):
        if number > 1:
            yield model._replace(rows=model.rows[:index] + [[source, 1, module, arguments]] + model.rows[index + 1:])
        if len(arguments) > 1:
            yield model._replace(rows=model.rows[:index] + [[source, number, module, arguments[:-1]]] + model.rows[index + 1:])
        if isinstance(source, list) and len(source) > 1:
            yield model._replace(rows=model.rows[:index] + [[source[:-1], number, module, arguments]] + model.rows[index + 1:])
    if "activation" in model.keys:
        yield model._replace(keys={k: v for k, v in model.keys.items() if k != "activation"})
    for axis in (0, 1):
        if model.size[axis] > 16:
            yield model._replace(size=tuple(s // 16 * 8 if a == axis else s for a, s in enumerate(model.size)))


def shrink(model, kind, fails):
    """The smallest model found for which `fails` still says `kind`."""
    while True:
        for candidate in simpler(model):
            if fails(candidate) == kind:
                model = candidate
                break
        else:
            return model


def failure_kind(target):
    def fails(model):
        with tempfile.TemporaryDirectory() as folder:
            try:
                check(model, pathlib.Path(folder), target)
            except Failure as failure:
                return failure.kind
        return None
    return fails


def one(seed, only, target):
    model = random_model(seed, only)
    with tempfile.TemporaryDirectory() as folder:
        try:
            return seed, *check(model, pathlib.Path(folder), target), None
        except Failure as failure:
            return seed, 0, 0, failure


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--only", nargs="+", choices=sorted(MODULES))
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--target", default="host")
    a = parser.parse_args()
    for tool in ("mnv3c", "mnv3-reference"):
        if not shutil.which(tool):
            sys.exit(f"{tool} is not in PATH")
    rows, absent, failed = 0, 0, []
    with concurrent.futures.ThreadPoolExecutor(a.jobs) as pool:
        jobs = [pool.submit(one, seed, a.only, a.target) for seed in range(a.first, a.first + a.count)]
        for job in concurrent.futures.as_completed(jobs):
            seed, compared, fused, failure = job.result()
            rows, absent = rows + compared, absent + fused
            if failure:
                failed.append((seed, failure))
                print(f"seed {seed}: {failure.kind}: {failure}", flush=True)
    print(f"checked {a.count} models, {rows} rows and levels: {'all alike' if not failed else f'{len(failed)} failed'}")
    if failed:
        seed, failure = min(failed, key=lambda pair: len(random_model(pair[0], a.only).rows))
        print(f"the smallest of seed {seed} that fails ({failure.kind}):")
        print(shrink(random_model(seed, a.only), failure.kind, failure_kind(a.target)).text())
    # Some 5 % are fused away, and compared at their readers; many more would mean that rows are no longer looked at.
    few = not a.only and absent > rows / 5
    if few:
        print(f"{absent} rows have no head: too many")
    return 1 if failed or few else 0


if __name__ == "__main__":
    sys.exit(main())
