"""Mean average precision of detections against YOLO labels, as COCO defines it. Standard library only.

    detect IMAGES/* --confidence .001 --iou .6 --multi-label --format json > found.json
    evaluate.py found.json IMAGES [--labels FOLDER] [--expect MAP50 MAP50-95 [--within .001]]

FOLDER (default: IMAGES) has a .txt for each picture: class, centre x, centre y, width, height as fractions. A picture
without one shows no object. Per class, detections by falling score; each takes the free object of its class in its picture
with the highest IoU, if that is at least the threshold. Precision made monotone from the right, read at recall
0, .01 .. 1 and averaged; thresholds .50, .55 .. .95; mean over the classes that have objects.
"""
import argparse
import bisect
import collections
import os
import sys

from boxes import overlap, picture_size, read_detections, read_labels

THRESHOLDS = [0.5 + 0.05 * k for k in range(10)]


def read_objects(images, labels):
    """{class: {picture: [box]}}"""
    objects = collections.defaultdict(lambda: collections.defaultdict(list))
    for name in sorted(os.listdir(images)):
        stem, kind = os.path.splitext(name)
        if kind.lower() in (".png", ".jpg", ".jpeg"):
            size = picture_size(os.path.join(images, name))
            for label, box in read_labels(os.path.join(labels, stem + ".txt"), *size):
                objects[label][name].append(box)
    return objects


def hits(detections, objects, threshold):
    """True for each detection (by falling score) that takes an object."""
    taken, result = set(), []
    for found in detections:
        best, pick = threshold - 1e-10, None  # .5 + .05 k is not exact
        for k, box in enumerate(objects.get(found["image"], ())):
            iou = found["overlaps"][k]
            if iou >= best and (found["image"], k) not in taken:
                best, pick = iou, (found["image"], k)
        result.append(pick is not None)
        taken.add(pick)
    return result


def average_precision(flags, count):
    recalls, precisions, right = [], [], 0
    for n, flag in enumerate(flags, 1):
        right += flag
        recalls.append(right / count)
        precisions.append(right / n)
    for k in range(len(precisions) - 2, -1, -1):
        precisions[k] = max(precisions[k], precisions[k + 1])
    total = 0.0
    for k in range(101):
        at = bisect.bisect_left(recalls, k / 100)
        total += precisions[at] if at < len(precisions) else 0
    return total / 101


def evaluate(detections, objects):
    """{class: [AP at each threshold]}"""
    result = {}
    for label, pictures in sorted(objects.items()):
        mine = sorted((d for d in detections if d["class"] == label), key=lambda d: -d["score"])
        for found in mine:
            found["overlaps"] = [overlap(found["xyxy"], box) for box in pictures.get(found["image"], ())]
        count = sum(map(len, pictures.values()))
        result[label] = [average_precision(hits(mine, pictures, t), count) for t in THRESHOLDS]
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("detections")
    parser.add_argument("images")
    parser.add_argument("--labels")
    parser.add_argument("--expect", type=float, nargs=2, metavar=("MAP50", "MAP50-95"))
    parser.add_argument("--within", type=float, default=0.001)
    a = parser.parse_args()
    precision = evaluate(read_detections(a.detections), read_objects(a.images, a.labels or a.images))
    for label, values in precision.items():
        print(f"class {label}: AP50 {values[0]:.4f} AP50-95 {sum(values) / 10:.4f}")
    means = [sum(v[0] for v in precision.values()) / len(precision),
             sum(sum(v) for v in precision.values()) / 10 / len(precision)]
    print(f"mAP50 {means[0]:.5f} mAP50-95 {means[1]:.5f}")
    if a.expect and any(abs(got - want) > a.within for got, want in zip(means, a.expect)):
        print(f"expected {a.expect[0]} {a.expect[1]} within {a.within}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
