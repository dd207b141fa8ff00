"""The reference's way from picture to network input and from network output to boxes, in numpy.

Bit for bit OpenCV's 8-bit INTER_LINEAR behind YOLOv5's letterbox(auto=False), and YOLOv5's rules for boxes with exact
ties. Written for being checked against, not for speed: the C runtime has its own, this one never shares code with it.
"""
import numpy as np


def shape_of_fit(w, h, width, height):
    """(scale, new width, new height, left, top)."""
    r = min(height / h, width / w)
    nw, nh = round(w * r), round(h * r)
    return r, nw, nh, round((width - nw) / 2 - 0.1), round((height - nh) / 2 - 0.1)


def taps(old, new, clamp):
    """First source index and the two 11-bit weights of each output position; `clamp`: at the edges one source only."""
    f = ((np.arange(new) + 0.5) * (1.0 / (new / old)) - 0.5).astype(np.float32)
    s = np.floor(f).astype(np.int64)
    f = f - s.astype(np.float32)
    if clamp:
        f[(s < 0) | (s >= old - 1)] = 0
        s = np.clip(s, 0, old - 1)
    weights = np.rint(np.stack([np.float32(1) - f, f]) * np.float32(2048)).astype(np.int64)
    return s, weights[0], weights[1]


def resize(image, new_w, new_h):
    h, w = image.shape[:2]
    if (w, h) == (new_w, new_h):
        return image
    pixels = image.astype(np.int64)
    s, a, b = taps(w, new_w, clamp=True)
    wide = a[None, :, None] * pixels[:, s] + b[None, :, None] * pixels[:, np.minimum(s + 1, w - 1)]
    s, a, b = taps(h, new_h, clamp=False)
    upper, lower = (wide[np.clip(rows, 0, h - 1)] >> 4 for rows in (s, s + 1))
    return ((((a[:, None, None] * upper) >> 16) + ((b[:, None, None] * lower) >> 16) + 2) >> 2).astype(np.uint8)


def letterbox(image, width, height):
    h, w = image.shape[:2]
    _, nw, nh, left, top = shape_of_fit(w, h, width, height)
    out = np.full((height, width, 3), 114, np.uint8)
    out[top:top + nh, left:left + nw] = resize(image, nw, nh)
    return out


def candidates(decoded, confidence, multi_label):
    """(score, index, class) of each possible box, best first, ties by index and class."""
    objectness, classes = decoded[:, 4], decoded[:, 5:]
    kept = np.flatnonzero(objectness > np.float32(confidence))
    scores = objectness[kept, None] * classes[kept]
    if multi_label:
        row, label = np.nonzero(scores > np.float32(confidence))
    else:
        label = scores.argmax(1)
        row = np.flatnonzero(scores.max(1) > np.float32(confidence))
        label = label[row]
    found = list(zip(scores[row, label].tolist(), kept[row].tolist(), label.tolist()))
    return sorted(found, key=lambda c: (-c[0], c[1], c[2]))


def suppress(boxes, limit):
    """Indices of the boxes (best first) that no better kept one overlaps by more than `limit`."""
    area = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    left, kept = np.arange(len(boxes)), []
    while len(left):
        best, left = left[0], left[1:]
        kept.append(best)
        size = np.minimum(boxes[best, 2:], boxes[left, 2:]) - np.maximum(boxes[best, :2], boxes[left, :2])
        inter = np.maximum(size, 0).prod(1)
        left = left[inter / np.maximum(area[best] + area[left] - inter, 1e-12) <= np.float32(limit)]
    return kept


def detect(decoded, frame, network, confidence=0.25, iou=0.45, multi_label=False, most=300):
    """[{"class", "score", "xyxy"}], best first, of decoded rows [n, 5 + classes]; frame and network are (w, h)."""
    found = candidates(decoded, confidence, multi_label)[:30000]
    scores, rows, labels = (np.array(column) for column in zip(*found)) if found else ([], [], np.zeros(0))
    result = []
    for label in np.unique(labels):
        mine = np.flatnonzero(labels == label)
        x, y, w, h = decoded[rows[mine], :4].T
        boxes = np.stack([x - w / 2, y - h / 2, x + w / 2, y + h / 2], 1)
        result += [(-scores[mine[k]], int(label), rows[mine[k]], boxes[k]) for k in suppress(boxes, iou)]
    result.sort(key=lambda b: b[:3])
    r, _, _, left, top = shape_of_fit(*frame, *network)
    size = np.array([*frame, *frame])
    return [{"class": label, "score": float(-score),
             "xyxy": np.clip((box.astype(np.float64) - [left, top, left, top]) / r, 0, size).tolist()}
            for score, label, _, box in result[:most]]


def self_test():
    """Pictures of known bytes through the letterbox; the crc32 were made with OpenCV 4.6."""
    import zlib
    for w, h, width, height, crc in [(810, 1080, 640, 640, 0x567b69cd), (810, 1080, 480, 640, 0x2222de2d),
                                     (1280, 720, 640, 384, 0x95f8afc1), (427, 640, 640, 640, 0x4be215e4),
                                     (1280, 325, 640, 640, 0x0b23d330), (1280, 327, 640, 640, 0x4597df12),
                                     (97, 61, 640, 640, 0xc066d052), (333, 500, 256, 320, 0x08855a18)]:
        y, x, c = np.mgrid[0:h, 0:w, 0:3]
        got = zlib.crc32(letterbox(((x * x + 3 * y * y + x * y + 85 * c) & 255).astype(np.uint8), width, height).tobytes())
        print(f"{w}x{h} -> {width}x{height}: {got:08x}{'' if got == crc else f', expected {crc:08x}'}")


if __name__ == "__main__":
    self_test()
