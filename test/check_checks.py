"""Finds tests that test nothing.

    check_checks.py FOLDER      prints one line a fault, exit status 1 if there is one
    check_checks.py --self-test

A CHECK line counts only if a RUN line pipes into a FileCheck that knows its prefix and reads its file. A misspelt
directive, a RUN without its colon or a forgotten FileCheck leave a test that passes whatever the tool prints.
"""
import pathlib
import re
import sys

SUFFIXES = {".mlir", ".test", ".yaml"}
COMMENT = r"^\s*(?://|#|;)+\s*"
SUFFIX = r"(?:-(?:NEXT|SAME|NOT|DAG|LABEL|EMPTY|COUNT-\d+))?"
DIRECTIVE = re.compile(COMMENT + r"([A-Z][A-Z0-9_-]*?)" + SUFFIX + r"(?:\{[A-Z]+\})?:(?=\s|$)")
ALMOST_RUN = re.compile(COMMENT + r"(?:RUN|Run|run)\b(?!:)\s*:?\s*(?:not\s+)?(?:--\S+\s+)*(?:mnv3|%|FileCheck|cat\b)")
ALMOST_CHECK = re.compile(
    COMMENT + r"CHECK(?:-[A-Z]+)*(?:\s*$|\s+:|\s+(?=%|nn\.|func|yolo\.|kern\.|error|note)|-[A-Z]+:)")


def run_lines(lines):
    """RUN lines with their continuations joined."""
    joined, open_line = [], None
    for line in lines:
        match = re.match(COMMENT + r"RUN:\s?(.*)$", line)
        if not match:
            continue
        text = match.group(1)
        text = open_line + " " + text if open_line is not None else text
        open_line = text[:-1].rstrip() if text.endswith("\\") else None
        if open_line is None:
            joined.append(text)
    return joined


def read_prefixes(runs):
    """The prefixes that some FileCheck looks for in this very file."""
    found = set()
    for run in runs:
        for command in re.split(r"\||&&|;", run):
            words = command.split()
            if "FileCheck" not in words or "%s" not in words[words.index("FileCheck") + 1:]:
                continue
            named = re.findall(r"--?check-prefix(?:es)?[= ](\S+)", command)
            found.update(p for names in named for p in names.split(","))
            if not named:
                found.add("CHECK")
    return found


def faults(text):
    """(line number, what is wrong) of one test's text."""
    lines = text.splitlines()
    runs = run_lines(lines)
    prefixes = read_prefixes(runs)
    result, seen = [], set()
    for number, line in enumerate(lines, 1):
        if ALMOST_RUN.match(line):
            result.append((number, "RUN without its colon"))
            continue
        match = DIRECTIVE.match(line)
        word = match.group(1) if match else None
        if word in prefixes:
            seen.add(word)
        elif word and "CHECK" in word:
            result.append((number, f"no FileCheck reads {word}"))
        elif ALMOST_CHECK.match(line):
            result.append((number, "not a directive: a colon or a known suffix is missing"))
    for prefix in sorted(prefixes - seen):
        result.append((1, f"FileCheck looks for {prefix}, no line has it"))
    if not runs:
        result.append((1, "no RUN line"))
    expected = [n for n, line in enumerate(lines, 1) if re.search(r"expected-(error|warning|note|remark)", line)]
    if expected and not any("-verify-diagnostics" in run for run in runs):
        result.append((expected[0], "nothing verifies the expected diagnostics"))
    return result


def check(folder):
    bad = 0
    for path in sorted(pathlib.Path(folder).rglob("*")):
        inside = path.relative_to(folder).parts
        if path.suffix not in SUFFIXES or "Inputs" in inside:
            continue
        for number, what in faults(path.read_text(errors="replace")):
            print(f"{path}:{number}: {what}")
            bad += 1
    return bad


RUN = "// RUN: mnv3-opt --nn-x %s | FileCheck %s\n"
GOOD = [
    RUN + "// CHECK-LABEL: func.func @f\n// CHECK-NEXT: x\n",
    "// RUN: mnv3-opt %s \\\n// RUN: | FileCheck --check-prefixes=A,B-C %s\n// A: x\n// B-C-NOT: y\n// A-COUNT-2: z\n",
    "// RUN: mnv3-opt -verify-diagnostics %s\n// expected-error @below {{no}}\n",
    "# RUN: not mnv3c %s 2>&1 | FileCheck %s\n# CHECK: error: no\n# TODO: more\n",
    RUN + "// CHECK: x\n// This CHECK line is spoken of, not read.\n",
]
BAD = [
    ("RUN lost its colon", "// RUN mnv3-opt %s | FileCheck %s\n// CHECK: x\n"),
    ("no FileCheck", "// RUN: mnv3-opt %s\n// CHECK: x\n"),
    ("FileCheck reads another file", "// RUN: mnv3-opt %s | FileCheck other.mlir\n// CHECK: x\n"),
    ("prefix nobody reads", RUN + "// CHECK: x\n// DEEP-CHECK: y\n"),
    ("prefix without lines", "// RUN: mnv3-opt %s | FileCheck --check-prefix=OFF %s\n"),
    ("misspelt suffix", RUN + "// CHECK: x\n// CHECK-NXT: y\n"),
    ("missing colon", RUN + "// CHECK: x\n// CHECK nn.conv2d\n"),
    ("no RUN at all", "func.func @f()\n"),
    ("nobody verifies", "// RUN: mnv3-opt %s\n// expected-error @below {{no}}\n"),
]


def self_test():
    bad = [text for text in GOOD if faults(text)] + [why for why, text in BAD if not faults(text)]
    for text in bad:
        print("judged wrongly:", text)
    return len(bad)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(1 if (self_test() if sys.argv[1] == "--self-test" else check(sys.argv[1])) else 0)
