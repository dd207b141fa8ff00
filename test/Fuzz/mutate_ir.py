"""Damaged IR for mnv3-opt: mutate_ir.py MNV3-OPT TEST-FOLDER [--count 400] [--first 1] [--keep FOLDER] [--jobs 2]
                      mutate_ir.py --seeds FOLDER TEST-FOLDER

Each run takes one of the *.mlir tests with the passes of its RUN line, changes a few tokens of it, the same ones for the same
number, and asks for an answer: a result or an error, within 20 seconds. A signal is a finding; --keep writes its input there.
With --seeds, the tests' functions are written to FOLDER instead, a file each, and their words to FOLDER.dict: mnv3-fuzz-ir begins with them.
"""
import argparse
import concurrent.futures
import os
import pathlib
import random
import re
import shlex
import subprocess
import sys
import tempfile

TOKEN = re.compile(r"\d+x|-?\d+\.\d+(?:e[+-]?\d+)?|-?\d+|[%@#!]?[A-Za-z_][\w.$-]*|\"[^\"]*\"|\S")
NUMBERS = ["0", "1", "-1", "2", "3", "7", "64", "65536", "2147483647", "2147483648", "-9223372036854775808", "9223372036854775807"]


def tests(folder):
    """(flags, text) of each test that mnv3-opt runs."""
    for path in sorted(folder.rglob("*.mlir")):
        text = path.read_text()
        run = re.search(r"RUN: (?:not )?mnv3-opt (.*?)(?:\||$)", text, re.M)
        if run:
            flags = [f for f in shlex.split(run[1].replace("2>&1", "")) if f.startswith("-") and "verify-diagnostics" not in f]
            body = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("//") or line.startswith("// -----"))
            yield flags, body


def mutate(draw, text):
    pieces = text.split("// -----")
    at = draw.randrange(len(pieces))
    text = pieces[at]  # one function at a time: an error in another would hide it
    for _ in range(draw.choice([1, 1, 1, 2, 3])):
        found = list(TOKEN.finditer(text))
        if not found:
            break
        one = draw.choice(found)
        word = one[0]
        kind = draw.random()
        if re.fullmatch(r"-?\d+x?", word) and kind < 0.8:
            new = draw.choice(NUMBERS).lstrip("-" if word.endswith("x") else "") + ("x" if word.endswith("x") else "")
        elif kind < 0.25:
            new = ""
        elif kind < 0.4:
            new = word + " " + word
        elif kind < 0.75:
            new = draw.choice(found)[0]
        else:
            dense = list(re.finditer(r"dense<[^>]*>", text))
            if dense:
                one = draw.choice(dense)
                new = draw.choice(["dense_resource<__elided__>", "dense<0.0>", "dense<0x7FC00000>", "dense<-1.0e30>", "sparse<[[0]], [1.0]>"])
            else:
                new = draw.choice(NUMBERS)
        text = text[:one.start()] + new + text[one.end():]
    return text


def answer(tool, flags, text):
    with tempfile.NamedTemporaryFile("w", suffix=".mlir") as file:
        file.write(text)
        file.flush()
        try:
            done = subprocess.run([tool, *flags, file.name], capture_output=True, timeout=20)
        except subprocess.TimeoutExpired:
            return "no answer in 20 s"
        return f"signal {-done.returncode}" if done.returncode < 0 else None


def write_seeds(folder, functions):
    folder.mkdir(parents=True, exist_ok=True)
    for number, text in enumerate(functions):
        (folder / f"{number:03}.mlir").write_text(text)
    words = sorted({word for text in functions for word in TOKEN.findall(text) if len(word) > 2 and word[0] not in "%@\""})
    folder.with_suffix(".dict").write_text("".join(f'"{word}"\n' for word in words))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tool", nargs="?")
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--count", type=int, default=400)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--keep", type=pathlib.Path)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--seeds", type=pathlib.Path)
    a = parser.parse_args()
    corpus = list(tests(a.folder))
    if not corpus:
        sys.exit(f"no tests of mnv3-opt in {a.folder}")
    if a.seeds:
        return write_seeds(a.seeds, [piece for _, text in corpus for piece in text.split("// -----")])
    if not a.tool:
        parser.error("which mnv3-opt?")

    def one(number):
        draw = random.Random(number)
        flags, text = draw.choice(corpus)
        text = mutate(draw, text)
        return number, flags, text, answer(a.tool, flags, text)

    findings = 0
    with concurrent.futures.ThreadPoolExecutor(a.jobs) as pool:
        for number, flags, text, wrong in pool.map(one, range(a.first, a.first + a.count)):
            if wrong:
                findings += 1
                print(f"{number}: {wrong}: mnv3-opt {' '.join(flags)}", flush=True)
                if a.keep:
                    a.keep.mkdir(parents=True, exist_ok=True)
                    (a.keep / f"{number}.mlir").write_text(f"// RUN: mnv3-opt {' '.join(flags)} %s\n{text}")
    print(f"{a.count} damaged files: {findings} findings")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
