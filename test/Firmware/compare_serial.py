"""Compares what a firmware printed with what the same program printed on this machine. Standard library only.

    compare_serial.py PRINTED EXPECTED [--most SUM=BYTES ...] [--screen SCREEN.ppm PICTURE.ppm]

Boxes must be the same, in the same order: scores within 2e-4 and corners within .05 pixel, as everywhere in the project, and one
unit of the last decimal that is printed. --most arena+stack=600000: what may be used. --screen: shows the picture, twice as
large, and nothing else but the boxes' outlines.
"""
import argparse
import sys

SCORE, CORNER, PRINTED = 2e-4, .05, .01
ZOOM, OUTLINE = 2, 3


def read(path):
    """(boxes: [name, score, x1, y1, x2, y2], facts: {name: bytes})"""
    boxes, facts, lines = [], {}, open(path, encoding="ascii").read().splitlines()
    if not lines or lines[-1] != "done":
        raise SystemExit(f"{path} ends with {lines[-1:]}, not with 'done'")
    for line in lines[:-2]:
        name, *numbers = line.split()
        boxes.append([name, *map(float, numbers)])
    for fact in lines[-2].split(", "):
        name, number = fact.split()
        facts[name] = int(number)
    return boxes, facts


def same(got, want):
    limits = [SCORE + PRINTED] + 4 * [CORNER + PRINTED]
    return got[0] == want[0] and all(abs(a - b) <= limit + 1e-9 for a, b, limit in zip(got[1:], want[1:], limits))


def read_ppm(path):
    """(width, height, pixels)"""
    data = open(path, "rb").read()
    width, height = map(int, data.split(maxsplit=3)[1:3])
    return width, height, data[-3 * width * height:]


def wrong_pixels(boxes, screen, picture):
    """What the screen shows elsewhere than on outlines, and of outlines what it does not show."""
    width, height, shown = read_ppm(screen)
    pixels_across, _, source = read_ppm(picture)

    def changed(x, y):
        at, source_at = 3 * (y * width + x), 3 * (y // ZOOM * pixels_across + x // ZOOM)
        return shown[at:at + 3] != source[source_at:source_at + 3]

    def distance(x, y, box):
        """From the outline's middle, negative inside."""
        x1, y1, x2, y2 = (value * ZOOM for value in box[2:])
        return max(x1 - x, x - x2, y1 - y, y - y2)

    stray = sum(changed(x, y) and not any(-OUTLINE - 1 <= distance(x, y, box) <= 1 for box in boxes)
                for y in range(height) for x in range(width))
    missing = [box[0] for box in boxes if not changed(int(box[2] * ZOOM) + 1, int(box[3] + box[5]) * ZOOM // 2)]
    return stray, missing


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("printed")
    parser.add_argument("expected")
    parser.add_argument("--most", action="append", default=[])
    parser.add_argument("--screen", nargs=2)
    arguments = parser.parse_args()
    (boxes, facts), (expected, _) = read(arguments.printed), read(arguments.expected)
    bad = [f"{got} is not {want}" for got, want in zip(boxes, expected) if not same(got, want)]
    if len(boxes) != len(expected) or not expected:
        bad.append(f"{len(boxes)} boxes, not {len(expected)}")
    for limit in arguments.most:
        names, most = limit.split("=")
        used = sum(facts[name] for name in names.split("+"))
        print(f"{names}: {used} of {most} bytes")
        if used > int(most):
            bad.append(f"{names} is more than {most} bytes")
    if arguments.screen:
        stray, missing = wrong_pixels(boxes, *arguments.screen)
        if stray or missing:
            bad.append(f"the screen: {stray} stray pixels, no outline of {missing}")
    print(", ".join(f"{name} {number}" for name, number in facts.items()))
    print("\n".join(bad) if bad else f"{len(boxes)} boxes as expected")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
