"""Runs a firmware on a board of QEMU's and prints what its serial line says, up to a line "done". Standard library only.

    run_board.py BOARD FIRMWARE [--screen FILE]        --screen: then stores what the board's screen shows, as png or ppm

Exit status 1 if the firmware says "fault", stops, or is not done after a minute and a half.
"""
import argparse
import os
import socket
import subprocess
import sys
import tempfile
import threading

SYSTEMS = {"mps2": "qemu-system-arm", "mps3": "qemu-system-arm", "virt": "qemu-system-aarch64", "rasp": "qemu-system-aarch64"}
CPUS = {"virt": ["-cpu", "cortex-a53"]}
SECONDS = 90


def store_screen(path, monitor):
    """Asks QEMU's monitor; returns once it has answered."""
    with socket.socket(socket.AF_UNIX) as line:
        line.connect(monitor)
        talk = line.makefile("rw", newline="")
        for command in "", f"screendump {path} -f {path[-3:]}\n":
            talk.write(command)
            talk.flush()
            text = ""
            while not text.endswith("(qemu) "):
                text += talk.read(1)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("board")
    parser.add_argument("firmware")
    parser.add_argument("--screen")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        monitor = os.path.join(folder, "monitor")
        command = [SYSTEMS[arguments.board[:4]], "-M", arguments.board, *CPUS.get(arguments.board, []), "-kernel", arguments.firmware,
                   "-display", "none", "-nic", "none", "-serial", "stdio", "-monitor", f"unix:{monitor},server,nowait"]
        with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True) as board:
            clock = threading.Timer(SECONDS, board.kill)
            clock.start()
            last = ""
            for last in board.stdout:
                sys.stdout.write(last)
                if last in ("done\n", "fault\n"):
                    break
            if last == "done\n" and arguments.screen:
                store_screen(os.path.abspath(arguments.screen), monitor)
            clock.cancel()
            board.kill()
    return 0 if last == "done\n" else 1


if __name__ == "__main__":
    sys.exit(main())
