"""What Python peers share: the input, the check, the loop over bursts. See README.md for the protocol."""
import json
import sys
import time

import numpy as np


def as_heads(outputs):
    """NCHW convolution outputs, flattened in the order of det_run's heads: anchor, row, column, field (3 anchors)."""
    return np.concatenate([o.reshape(3, -1, *o.shape[2:]).transpose(0, 2, 3, 1).ravel() for o in map(np.asarray, outputs)])


def serve(load):
    """load(stem, threads, x) -> (run, version)"""
    stem, threads, height, width = sys.argv[1], *map(int, sys.argv[2:5])
    x = np.fromfile(stem + ".image.f32", np.float32).reshape(1, 3, height, width)
    run, version = load(stem, threads, x)
    difference = np.abs(as_heads(run()) - np.fromfile(stem + ".heads.f32", np.float32)).max()
    print(json.dumps({"version": version, "difference": float(difference)}), flush=True)
    for line in sys.stdin:
        times = []
        for _ in range(int(line)):
            start = time.perf_counter()
            run()
            times.append(time.perf_counter() - start)
        print(json.dumps(times), flush=True)
