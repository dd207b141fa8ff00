#!/usr/bin/env python3
"""Compares two lists of detections, as `detect --format json` prints them, and fails where they disagree.

    compare-boxes.py EXPECTED.json FOUND.json [--iou 0.99] [--score 0.001]

Boxes match if picture (without its ending: a.png and a.ppm are one picture) and class are the same, the intersection over
union is at least --iou, and the scores differ by at most --score. Each box must have a partner of its own.
The two defaults are the project's limits for floating-point noise: folding and reordering sums moves logits by less than
1e-3, and that moves a box and its score by less than this.
"""
import argparse
import json
import pathlib
import sys


def iou(a, b):
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    shared = max(width, 0) * max(height, 0)
    area = lambda box: (box[2] - box[0]) * (box[3] - box[1])
    return shared / max(area(a) + area(b) - shared, 1e-12)


def picture(box):
    return pathlib.PurePath(box["image"]).stem


def describe(box):
    return f'{box["image"]} class {box["class"]} score {box["score"]:.4f} at {" ".join(f"{x:.1f}" for x in box["xyxy"])}'


def read(path):
    try:
        return json.loads(pathlib.Path(path).read_text())
    except (OSError, ValueError) as error:
        sys.exit(f"compare-boxes.py: {path}: {error}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("expected")
    parser.add_argument("found")
    parser.add_argument("--iou", type=float, default=0.99)
    parser.add_argument("--score", type=float, default=0.001)
    arguments = parser.parse_args()
    expected, found = read(arguments.expected), read(arguments.found)

    faults, worst_iou, worst_score = [], 1.0, 0.0
    left = list(found)
    for box in expected:
        partners = [other for other in left if picture(other) == picture(box) and other["class"] == box["class"]]
        partner = max(partners, key=lambda other: iou(box["xyxy"], other["xyxy"]), default=None)
        if partner is None or iou(box["xyxy"], partner["xyxy"]) < 0.5:
            faults.append(f"missing: {describe(box)}")
            continue
        left.remove(partner)
        overlap, difference = iou(box["xyxy"], partner["xyxy"]), abs(box["score"] - partner["score"])
        worst_iou, worst_score = min(worst_iou, overlap), max(worst_score, difference)
        # Written so that a NaN is a fault.
        if not (overlap >= arguments.iou and difference <= arguments.score):
            faults.append(f"differs: {describe(box)}\n     is: {describe(partner)} (IoU {overlap:.4f})")
    faults += [f"not expected: {describe(box)}" for box in left]

    for fault in faults:
        print(fault)
    print(f"{len(expected)} boxes expected, {len(found)} found, {len(faults)} faults; of those that pair up: "
          f"least IoU {worst_iou:.5f}, largest difference of scores {worst_score:.6f}")
    if not expected:
        print("nothing was expected: that compares nothing")
    return 1 if faults or not expected else 0


if __name__ == "__main__":
    sys.exit(main())
