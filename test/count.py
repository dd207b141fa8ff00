"""Adds up test results: count.py FILE...

Reads what ctest writes (.xml) and what lit and readme.py write (.json), names what failed or was skipped, and prints one
last line: "N passed, N failed, N skipped". Exit status 1 if a test failed, a file is missing, or nothing passed.
"""
import json
import pathlib
import sys
import xml.etree.ElementTree

PASSED, FAILED, SKIPPED = "passed", "failed", "skipped"
# An expected failure passes; one that passes all the same is a failure: its mark is stale.
LIT_CODES = {"PASS": PASSED, "FLAKYPASS": PASSED, "XFAIL": PASSED, "UNSUPPORTED": SKIPPED, "SKIPPED": SKIPPED, "EXCLUDED": None}


def from_ctest(path):
    """A test that could not run at all (no executable) has the status of a skipped one, but another message."""
    for case in xml.etree.ElementTree.parse(path).getroot().iter("testcase"):
        status, skipped = case.get("status"), case.find("skipped")
        message = skipped.get("message", "") if skipped is not None else ""
        if status == "run":
            yield case.get("name"), PASSED
        elif status == "disabled" or message.startswith("SKIP_"):
            yield case.get("name"), SKIPPED
        else:
            yield case.get("name"), FAILED


def from_lit(path):
    """lit's own JSON, and readme.py's, which has the same form."""
    for test in json.loads(path.read_text())["tests"]:
        outcome = LIT_CODES.get(test["code"], FAILED)
        if outcome:
            yield test["name"], outcome


def main(paths):
    counts = {PASSED: 0, FAILED: 0, SKIPPED: 0}
    for path in map(pathlib.Path, paths):
        if path.exists():
            results = list((from_ctest if path.suffix == ".xml" else from_lit)(path))
        else:
            results = []
        if not results:
            results = [(f"{path.name}: no results", FAILED)]
        for name, outcome in results:
            counts[outcome] += 1
            if outcome != PASSED:
                print(f"{outcome}: {name}")
    print(", ".join(f"{count} {outcome}" for outcome, count in counts.items()))
    return 1 if counts[FAILED] or not counts[PASSED] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
