"""Compares what run_heads wrote with golden values, row by row. Standard library only.

    compare_heads.py OUT GOLDEN.jsonl [--least-rows N]        OUT: as given to run_heads

Golden values: a JSON object a line, {"row", "level" (Detect only), "shape", "max", "mean", "rms", "values"}. `values`
are elements int(k (n - 1) / (K - 1)) of the flattened n; mean and rms cover the elements between them: no element
can be off by much without moving one of the three.

Limits: a logit may be off by 1e-3. The floor of any fp32 implementation is 5e-5 (BN folding, summation order), Winograd
takes it to 1.5e-4 on rows; the smallest mistake tried (a wrong gate function) moves logits by 1.6. A row may be off by 1e-3,
or 1e-4 of its largest value if that is more, as fp32 noise grows with what is summed.
Rows that have no head (a pass removed them) are compared at their reader; --least-rows guards against losing all.
"""
import argparse
import array
import json
import math
import sys

LOGIT_LIMIT, ROW_LIMIT, ROW_RELATIVE = 1e-3, 1e-3, 1e-4


def read_heads(stem):
    """{(row, level): (shape, floats)}; row is -1 for the levels of Detect, level None for rows."""
    heads, level = {}, 0
    with open(stem + ".txt", encoding="ascii") as index, open(stem + ".f32", "rb") as data:
        for line in index:
            words = line.split()
            row, shape = int(words[3]), [int(word) for word in words[5:]]
            values = array.array("f")
            values.fromfile(data, math.prod(shape))
            if sys.byteorder == "big":
                values.byteswap()
            heads[(row, level if row < 0 else None)] = shape, values
            level += row < 0
    return heads


def sample(values, count):
    last = len(values) - 1
    return [values[k * last // (count - 1)] for k in range(count)]


def differences(values, golden):
    """Largest difference of a sample, and those of mean and root mean square over everything."""
    worst = 0.0
    for got, want in zip(sample(values, len(golden["values"])), golden["values"]):
        distance = abs(got - want)
        worst = distance if not distance <= worst else worst  # a NaN must win
    mean = sum(values) / len(values)
    rms = math.sqrt(sum(v * v for v in values) / len(values))
    return worst, abs(mean - golden["mean"]), abs(rms - golden["rms"])


def compare(heads, lines):
    """Prints the table; returns (rows compared, levels compared, names of the bad ones)."""
    rows, levels, bad = 0, 0, []
    print(f"{'':9s} {'shape':>16s} {'max|want|':>10s} {'max diff':>9s} {'mean diff':>9s} {'rms diff':>9s} {'limit':>8s}")
    for golden in lines:
        level = golden.get("level")
        name = f"row {golden['row']}" if level is None else f"level {level}"
        found = heads.get((golden["row"], None) if level is None else (-1, level))
        if found is None:
            print(f"{name:9s} has no head")
            if level is not None:
                bad.append(name)
            continue
        shape, values = found
        if shape != golden["shape"]:
            print(f"{name:9s} has shape {shape}, expected {golden['shape']}  BAD")
            bad.append(name)
            continue
        limit = max(ROW_LIMIT, ROW_RELATIVE * golden["max"]) if level is None else LOGIT_LIMIT
        got = differences(values, golden)
        fine = all(d <= limit for d in got)
        print(f"{name:9s} {'x'.join(map(str, shape)):>16s} {golden['max']:10.3f} {got[0]:9.1e} {got[1]:9.1e} {got[2]:9.1e} "
              f"{limit:8.1e}{'' if fine else '  BAD'}")
        rows, levels = rows + (level is None), levels + (level is not None)
        if not fine:
            bad.append(name)
    return rows, levels, bad


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("heads")
    parser.add_argument("golden")
    parser.add_argument("--least-rows", type=int, default=0)
    arguments = parser.parse_args()
    with open(arguments.golden, encoding="ascii") as file:
        lines = [json.loads(line) for line in file]
    rows, levels, bad = compare(read_heads(arguments.heads), lines)
    print(f"compared {rows} rows and {levels} levels: " + ("first bad one " + bad[0] if bad else "all within limits"))
    if rows < arguments.least_rows:
        print(f"expected at least {arguments.least_rows} rows")
    return 1 if bad or not levels or rows < arguments.least_rows else 0


if __name__ == "__main__":
    sys.exit(main())
