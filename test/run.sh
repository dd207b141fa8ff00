#!/usr/bin/env bash
# Everything that a change must pass, on a machine that need have nothing but git and bash: sets up, builds, runs all tests.
# The last line counts them.
set -uo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."

say() { printf '\n== %s\n' "$*"; }
results=build/release/results
rm -rf $results

bash setup.sh || exit 1

say "Building the tests"
cmake --build build/release --parallel "$(nproc)" || exit 1
mkdir -p $results

# Each step records its counts in a file of $results; test/count.py adds them up, and a missing file is a failure.
say "Unit tests (ctest)"
ctest --test-dir build/release --parallel "$(nproc)" --output-on-failure --output-junit "$PWD/$results/ctest.xml"

say "Dialects, passes, tools (lit)"
LIT_OPTS="--output $PWD/$results/lit.json ${LIT_OPTS:-}" cmake --build build/release --target check-mnv3

say "The README's commands, the demo among them"
build/venv/bin/python test/readme.py README.md --results $results/readme.json

echo
exec build/venv/bin/python test/count.py $results/ctest.xml $results/lit.json $results/readme.json
