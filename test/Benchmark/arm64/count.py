#!/usr/bin/env python3
"""Instructions that a model retires on arm64, kernel by kernel, and what its inner loops take of real cores.

Without a board, two things can be known: how many instructions run (qemu-user counts them; no cache, no clock), and how many cycles a
processor's pipelines need for a loop whose data is at hand (llvm-mca). Peers counted the same way stand in this folder's README.
"""
import argparse
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(HERE)))
MULTIPLY_ADD = re.compile(r"fmla|fmls|fmadd|fmul")


def call(*command, **options):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)
    if done.returncode:
        sys.exit(f"count.py: {' '.join(command)} failed:\n{done.stderr}")
    return done.stdout


def functions_of(program):
    """(address, address behind, name) of all that comes from our object."""
    ours = re.compile(r"(mnv3_\w+|det_\w+|run_few)$")
    for line in call("aarch64-linux-gnu-nm", "-S", program).splitlines():
        fields = line.split()
        if len(fields) == 4 and fields[2] in "tT" and ours.match(fields[3]):
            yield int(fields[0], 16), int(fields[0], 16) + int(fields[1], 16), fields[3]


def count(a):
    """{function: {mnemonic: count}}"""
    call(a.mnv3c, a.description, *(["--weights", a.weights] if a.weights else []), "--imgsz", a.imgsz, "--target", "arm64", "--cpu", a.cpu,
         "-o", a.work + "/det.o")
    call("aarch64-linux-gnu-gcc", "-O2", "-static", "-I", a.work, HERE + "/run_once.c", a.work + "/det.o", "-o", a.work + "/run_once")
    call("cc", "-O2", "-Wall", "-Wextra", "-shared", "-fPIC", HERE + "/count.c", "-o", a.work + "/count.so")
    with open(a.work + "/functions", "w") as file:
        for first, end, name in functions_of(a.work + "/run_once"):
            file.write(f"{first:x} {end:x} {name}\n")
    call("qemu-aarch64", "-plugin", f"{a.work}/count.so,functions={a.work}/functions,counts={a.work}/counts", a.work + "/run_once")
    counts = {}
    for line in open(a.work + "/counts"):
        function, mnemonic, number = line.split()
        if int(number):
            counts.setdefault(function, {})[mnemonic] = int(number)
    return counts


def inner_loop(assembly, function):
    """The instructions of the densest loop, of those that jump to their own start and hold at least eight multiply-adds."""
    body = re.search(rf"^{re.escape(function)}:\n(.*?)^\.Lfunc_end", assembly, re.S | re.M)
    best, density, block, label = [], 0, [], None
    for line in body[1].splitlines() if body else []:
        line = re.sub(r"//.*", "", line).strip()
        if found := re.match(r"(\.L\w+):", line):
            label, block = found[1], []
        elif line and not line.startswith("."):
            block.append(line)
            if line.startswith("b") and label and line.endswith(label):
                work = sum(bool(MULTIPLY_ADD.match(i)) for i in block)
                if work >= 8 and work / len(block) > density:
                    best, density = block, work / len(block)
                block = []
    return best


def cycles(loop, cpu, mca):
    text = call(mca, "-mtriple=aarch64", "-mcpu=" + cpu, "-iterations=100", input="\n".join(loop) + "\n")
    return int(re.search(r"Total Cycles:\s+(\d+)", text)[1]) / 100


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("description", nargs="?", default=ROOT + "/examples/models/yolov5s-mobilenetv3-small.yaml", help="default: small")
    parser.add_argument("--weights", help="default: seeded ones, as what runs does not depend on values")
    parser.add_argument("--imgsz", default="320")
    parser.add_argument("--cpu", default="cortex-a72")
    parser.add_argument("--kernels", type=int, default=20, help="how many to print (default 20)")
    parser.add_argument("--mca", default="cortex-a72,cortex-a53,neoverse-n1", help="CPUs for llvm-mca; empty: none")
    parser.add_argument("--llvm-mca", default="llvm-mca-22")
    parser.add_argument("--mnv3c", default=ROOT + "/build/release/bin/mnv3c")
    parser.add_argument("--work", default=ROOT + "/build/benchmark/arm64", help="folder for everything that is made")
    a = parser.parse_args()
    os.makedirs(a.work, exist_ok=True)
    counts = count(a)
    totals = {function: sum(n for name, n in by.items() if name != "[sp]") for function, by in counts.items()}
    total = sum(totals.values())
    print(f"{total} instructions in one run of {os.path.basename(a.description)} at {a.imgsz}, compiled for {a.cpu}\n")
    cpus = [cpu for cpu in a.mca.split(",") if cpu]
    assembly = ""
    if cpus:
        call(a.mnv3c, a.description, "--imgsz", a.imgsz, "--target", "arm64", "--cpu", a.cpu, "--emit=asm", "-o", a.work + "/det.s")
        assembly = open(a.work + "/det.s").read()
    print("| function | instructions | % | % multiply-adds | % through the stack |" + "".join(f" {cpu} |" for cpu in cpus))
    print("|---" * (5 + len(cpus)) + "|")
    for function in sorted(totals, key=totals.get, reverse=True)[:a.kernels]:
        by, all_of_it = counts[function], totals[function]
        fused = sum(n for name, n in by.items() if MULTIPLY_ADD.match(name))
        line = f"| {function} | {all_of_it} | {100 * all_of_it / total:.1f} | {100 * fused / all_of_it:.0f} | {100 * by.get('[sp]', 0) / all_of_it:.0f} |"
        loop = inner_loop(assembly, function) if cpus else []
        work = sum(bool(MULTIPLY_ADD.match(i)) for i in loop)
        for cpu in cpus:
            line += f" {cycles(loop, cpu, a.llvm_mca) / work:.2f} |" if work else " |"
        print(line)
    if cpus:
        print("\nThe last columns: cycles a vector multiply-add in the kernel's inner loop, by llvm-mca, data in the first cache.")


if __name__ == "__main__":
    main()
