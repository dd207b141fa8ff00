"""The time of each kernel of a profiled object, as Markdown.

A kernel's name, as det_kernel_names has it, says what it computes: "row 19: conv2d 3x3 stride 1 winograd, 44 -> 80x80x44".
"""
import re
import statistics

NAME = re.compile(r"(?P<row>.*?): (?P<op>\w+)(?: (?P<kh>\d+)x(?P<kw>\d+) stride \d+)?(?: \w+)*, (?P<c_in>\d+) -> (?P<h>\d+)x(?P<w>\d+)x(?P<c_out>\d+)$")
DENSE, PER_CHANNEL = {"conv2d", "detect", "fully_connected", "stem"}, {"depthwise"}


def multiplies(name):
    """Multiply-accumulates of the direct method (Winograd needs fewer: its GF/s may pass the peak)."""
    found = NAME.match(name)
    if not found or found["op"] not in DENSE | PER_CHANNEL:
        return 0
    window = int(found["kh"] or 1) * int(found["kw"] or 1)
    outputs = int(found["h"]) * int(found["w"]) * int(found["c_out"])
    return window * outputs * (int(found["c_in"]) if found["op"] in DENSE else 1)


def row_order(row):
    number = re.search(r"\d+", row)
    return (int(number[0]) if number else 10 ** 6, row)


def kernel_table(profile, peak):
    """profile: {"kernels": [name], "runs": [[ns]]}; peak: GF/s of the core. A line a kernel, then a line a yaml row."""
    names = profile["kernels"]
    times = [statistics.median(run[k] for run in profile["runs"]) / 1e6 for k in range(len(names))]
    total, by_row = sum(times), {}
    lines = ["| kernel | ms | % of time | GF/s | % of peak |", "|---|---|---|---|---|"]

    def line(name, ms, macs):
        rate = 2 * macs / ms / 1e6 if ms else 0
        speed = f"{rate:.0f} | {100 * rate / peak:.0f}" if macs else " | "
        return f"| {name} | {ms:.3f} | {100 * ms / total:.1f} | {speed} |"

    kernels = {}  # strips of rows of one kernel are one line: name without rows -> name, ms, multiplies, calls
    for name, ms in zip(names, times):
        macs, row = multiplies(name), name.split(":")[0]
        whole = re.sub(r"-> \d+x", "-> ", name)
        first, sum_ms, sum_macs, calls = kernels.get(whole, (name, 0, 0, 0))
        kernels[whole] = first, sum_ms + ms, sum_macs + macs, calls + 1
        before = by_row.get(row, (0, 0))
        by_row[row] = before[0] + ms, before[1] + macs
    for whole, (name, ms, macs, calls) in kernels.items():
        lines.append(line(f"{whole} in {calls} calls" if calls > 1 else name, ms, macs))
    lines += ["", "| row | ms | % of time | GF/s | % of peak |", "|---|---|---|---|---|"]
    lines += [line(row, *by_row[row]) for row in sorted(by_row, key=row_order)]
    lines.append(line("all", total, sum(macs for _, macs in by_row.values())))
    return "\n".join(lines)
