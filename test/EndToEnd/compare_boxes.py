"""Compares detections with the expected ones, one to one. Standard library only.

    compare_boxes.py FOUND.json EXPECTED.json [--iou .99] [--score .001]

Each expected box must have a found one of its picture and class with IoU and score
within the limits, and nothing else may be found in those pictures. IoU .99 and score .001: with every logit moved by 1e-3 (the
limit of compare_heads.py) boxes of trained models kept .992 where two candidates are nearly tied, and scores moved by .0003.
"""
import argparse
import sys

from boxes import overlap, read_detections


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("found")
    parser.add_argument("expected")
    parser.add_argument("--iou", type=float, default=0.99)
    parser.add_argument("--score", type=float, default=0.001)
    a = parser.parse_args()
    found, expected = read_detections(a.found), read_detections(a.expected)
    left, bad, least, furthest = list(found), 0, 1.0, 0.0
    for want in expected:
        alike = [f for f in left if f["image"] == want["image"] and f["class"] == want["class"]]
        best = max(alike, key=lambda f: overlap(f["xyxy"], want["xyxy"]), default=None)
        if best is None:
            print(f"{want['image']}: class {want['class']} at {want['xyxy']} not found")
            bad += 1
            continue
        left.remove(best)
        iou, shift = overlap(best["xyxy"], want["xyxy"]), abs(best["score"] - want["score"])
        least, furthest = min(least, iou), max(furthest, shift)
        if iou < a.iou or not shift <= a.score:
            print(f"{want['image']}: class {want['class']}: IoU {iou:.4f}, score {best['score']} expected {want['score']}")
            bad += 1
    for extra in left:
        print(f"{extra['image']}: class {extra['class']} at {extra['xyxy']} (score {extra['score']}) should not be there")
    print(f"{len(expected)} boxes expected, {len(found)} found, least IoU {least:.4f}, largest score difference {furthest:.5f}: "
          + ("alike" if not bad and not left else "different"))
    return 1 if bad or left or not expected else 0


if __name__ == "__main__":
    sys.exit(main())
