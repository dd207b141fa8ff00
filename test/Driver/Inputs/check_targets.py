"""check_targets.py MODEL.yaml DIR: compiles the model for every target that mnv3c prints, once as it is and once with all that adds to an
object, and looks at each object as check_object.py does."""
import pathlib
import subprocess
import sys

from check_object import check, output

ALL = ["--profile", "--keep-rows", "--external-weights", "-O", "size"]

model, directory = sys.argv[1], pathlib.Path(sys.argv[2])
for line in output("mnv3c", "--print-targets").splitlines():
    target, triple = line.split()[:2]
    for name, options in (("plain", []), ("all", ALL)):
        path = directory / f"{name}_{target.replace('-', '_')}.o"
        subprocess.run(["mnv3c", model, "--imgsz", "32", "--target", target, *options, "-o", path], check=True, stderr=subprocess.DEVNULL)
        print(f"{target} {name}: {check(path, hosted='linux' in triple)}", flush=True)
