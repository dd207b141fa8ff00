"""Keeps the README's table of modules: readme_modules.py PROGRAM README.md [--write]

PROGRAM prints the table (PrintModules.cpp). Without --write: exit status 1 if the README's differs.
"""
import pathlib
import re
import subprocess
import sys

table = subprocess.run([sys.argv[1]], stdout=subprocess.PIPE, text=True, check=True).stdout
readme = pathlib.Path(sys.argv[2])
text = readme.read_text()
written, count = re.subn(r"^\| module \|.*?\n(?=\n)", lambda _: table, text, flags=re.M | re.S)
if count != 1:
    sys.exit(f"{readme}: {count} tables of modules, one is wanted")
if "--write" in sys.argv:
    readme.write_text(written)
elif written != text:
    sys.exit(f"{readme}: the table of modules is not that of compiler/Import; run\n  python3 {' '.join(sys.argv)} --write")
