"""Runs what a README tells its readers to do: readme.py README.md [--results FILE.json]

In order of appearance:
- a block of any language whose first line is a comment that names a file (/* first.c */, # names.txt) becomes that file;
- in a ```console block a line "$ command" is run by bash, and the lines below it must appear in what it prints, in that
  order; a line "..." stands for anything.
A command that cannot be run here (SKIPPED below) is skipped. Commands run in a scratch folder that shows the tree through
links, so that files they make do not land in the tree; nothing of an earlier run is there.
"""
import argparse
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import time

SKIPPED = {"bash test/run.sh": "it is what runs this"}
FILE_NAME = re.compile(r"^(?:/\*|//|#)\s*([\w.-]+\.\w+)\s*(?:\*/)?$")


def blocks(text):
    """(language, lines) of each fenced block."""
    for match in re.finditer(r"^```(\w*)\n(.*?)^```$", text, re.M | re.S):
        yield match.group(1), match.group(2).splitlines()


def commands(lines):
    """(command, expected lines) of a console block."""
    result = []
    for line in lines:
        if line.startswith("$ "):
            result.append((line[2:], []))
        elif result:
            result[-1][1].append(line.rstrip())
    return result


def missing_line(expected, printed):
    """The first expected line that does not follow, or None."""
    rest = iter(line.rstrip() for line in printed.splitlines())
    for line in expected:
        if line.strip() not in ("", "...") and line not in rest:
            return line
    return None


def run(command, expected, folder):
    """None, or what went wrong."""
    # From a file, not a pipe: what a command leaves running in the background must not hold this up.
    with tempfile.TemporaryFile() as output:
        status = subprocess.run(["bash", "-o", "pipefail", "-c", command], cwd=folder, stdin=subprocess.DEVNULL,
                                stdout=output, stderr=subprocess.STDOUT).returncode
        output.seek(0)
        printed = output.read().decode(errors="replace")
    print(printed, end="")
    if status:
        return f"exit status {status}"
    missing = missing_line(expected, printed)
    return f"did not print: {missing}" if missing is not None else None


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("readme", type=pathlib.Path)
    parser.add_argument("--results", type=pathlib.Path)
    arguments = parser.parse_args()
    tree = arguments.readme.resolve().parent
    tests = []
    with tempfile.TemporaryDirectory(prefix="readme-") as scratch:
        folder = pathlib.Path(scratch)
        for entry in tree.iterdir():
            (folder / entry.name).symlink_to(entry)
        for language, lines in blocks(arguments.readme.read_text()):
            named = FILE_NAME.match(lines[0]) if lines else None
            if named:
                (folder / named.group(1)).write_text("\n".join(lines) + "\n")
            for command, expected in commands(lines) if language == "console" else []:
                print(f"$ {command}", flush=True)
                if command in SKIPPED:
                    print(f"skipped: {SKIPPED[command]}")
                    continue
                start, wrong = time.monotonic(), run(command, expected, folder)
                if wrong:
                    print(f"readme.py: {wrong}")
                tests.append({"name": f"README: {command}", "code": "FAIL" if wrong else "PASS", "elapsed": time.monotonic() - start})
    if arguments.results:
        arguments.results.write_text(json.dumps({"tests": tests}, indent=1))
    failed = sum(test["code"] == "FAIL" for test in tests)
    print(f"README: {len(tests) - failed} commands passed, {failed} failed")
    return 1 if failed or not tests else 0


if __name__ == "__main__":
    sys.exit(main())
