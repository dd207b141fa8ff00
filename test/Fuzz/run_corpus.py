#!/usr/bin/env python3
"""Reads every file of the corpus, and damaged copies of its valid files, with a reader built with sanitizers.

  run_corpus.py READER

An ok-* file must be read, a bad-* one refused, a damaged copy either; none may crash, hang or take a lot of memory.
"""
import os
import pathlib
import random
import subprocess
import sys
import tempfile

# Generous for a file of some kilobytes under sanitizers, on a machine that is busy with other tests.
SECONDS = 60
# Far above what the reader may allocate for the largest file here (Budget.h), as memory freed stays in quarantine.
# No leak check: it needs ptrace, which containers often forbid, and nothing here owns raw memory.
LIMITS = ":".join(["exitcode=99", "detect_leaks=0", "allocator_may_return_null=0", "max_allocation_size_mb=512",
                   "hard_rss_limit_mb=1500", "quarantine_size_mb=16"])
# What tends to be a size, a count, an offset or an opcode's argument.
WRONG = [b"\0", b"\xff", b"\x7f", b"\xff" * 4, b"\xff\xff\xff\x7f", b"\0" * 4]


def read(reader, files):
    """The exit status and output for some files at once: 0 all read, 1 some refused, anything else is a bug."""
    environment = dict(os.environ, ASAN_OPTIONS=LIMITS, UBSAN_OPTIONS="halt_on_error=1:exitcode=99")
    try:
        done = subprocess.run([reader, *map(str, files)], capture_output=True, text=True, errors="replace",
                              timeout=SECONDS, env=environment)
    except subprocess.TimeoutExpired:
        return "no end", ""
    return done.returncode, done.stdout + done.stderr


def damaged_copies(file, folder, chance):
    """Truncations, single wrong bytes, and words that look like sizes where there were others."""
    content = file.read_bytes()
    for i in range(120):
        copy = bytearray(content)
        if i < 30:
            copy = copy[:chance.randrange(len(copy))]
        else:
            for _ in range(chance.randint(1, 3)):
                value = chance.choice([*WRONG, bytes([chance.randrange(256)])])
                at = chance.randrange(len(copy))
                copy[at:at + len(value)] = value
        path = folder / f"damaged-{i}-{file.name}"
        path.write_bytes(copy)
        yield path


def batches(files, size=30):
    """As many at once as take a small part of SECONDS."""
    return [files[i:i + size] for i in range(0, len(files), size)]


def main():
    reader = sys.argv[1]
    failures = []
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        maker = pathlib.Path(__file__).with_name("make_corpus.py")
        subprocess.run([sys.executable, maker, folder / "corpus"], check=True)
        files = sorted((folder / "corpus").iterdir())
        assert len(files) > 130, "the corpus is not what it was"
        for file in files:
            status, output = read(reader, [file])
            if status != (0 if file.name.startswith("ok-") else 1):
                failures.append(f"{file.name}: exit status {status}\n{output}")
        chance = random.Random(1)
        (folder / "damaged").mkdir()
        for file in (f for f in files if f.name.startswith("ok-")):
            for copies in batches(list(damaged_copies(file, folder / "damaged", chance))):
                status, output = read(reader, copies)
                if status not in (0, 1):
                    failures.append(f"copies of {file.name}: exit status {status}\n{output[-4000:]}")
    print("\n".join(failures) or f"{len(files)} files and damaged copies: all as expected")
    sys.exit(bool(failures))


if __name__ == "__main__":
    main()
