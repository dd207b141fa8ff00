"""Writes a training checkpoint of four rows, all weights zero, one thing about it changed: make_checkpoint.py OUT.pt [CHANGE]

Rows: MobileNetV3 3 -> 16 (hidden 32, 3x3, stride 2, SE, hard-swish), Bottleneck 16, Conv 16 -> 16 (3x3), Detect (nc 1, one level).
"""
import pathlib
import struct
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "Fuzz"))
from make_corpus import module, number, numbers, table, tensor, text, torch

out, change = sys.argv[1], (sys.argv + [""])[2]
COUNT = 8192


def zeros(*shape):
    strides = [1]
    for extent in reversed(shape[1:]):
        strides.insert(0, strides[0] * extent)
    return tensor("0", COUNT, 0, shape, strides)


def conv(inputs, outputs, kernel=1, stride=1, groups=1, padding=None, dilation=1):
    pad = kernel // 2 if padding is None else padding
    return module("torch.nn.modules.conv.Conv2d", {"weight": zeros(outputs, inputs // groups, kernel, kernel), "bias": b"N"},
                  stride=numbers([stride, stride]), padding=numbers([pad, pad]), dilation=numbers([dilation, dilation]),
                  groups=number(groups))


def norm(channels):
    return module("torch.nn.modules.batchnorm.BatchNorm2d", {"weight": zeros(channels), "bias": zeros(channels)},
                  {"running_mean": zeros(channels), "running_var": zeros(channels)})


def linear(inputs, outputs):
    parameters = {"weight": zeros(outputs, inputs), "bias": b"N" if change == "no-gate-bias" else zeros(outputs)}
    return module("torch.nn.modules.linear.Linear", parameters)


def sequence(*children):
    return module("torch.nn.modules.container.Sequential", children={str(i): child for i, child in enumerate(children)})


def unit(convolution, channels, act="torch.nn.modules.activation.SiLU"):
    return module("models.common.Conv", children={"conv": convolution, "bn": norm(channels), "act": module(act)})


squeezed = 12 if change == "squeezed" else 8
gate = module("models.common.SELayer", children={"fc": sequence(
    linear(32, squeezed), module("torch.nn.modules.activation.ReLU"), linear(squeezed, 32), module("models.common.h_sigmoid"))})
act = {"act": "torch.nn.modules.activation.ReLU", "act-class": "models.common.Hswish"}.get(change, "models.common.h_swish")
depthwise = conv(32, 32, 3, stride=1 if change == "stride" else 2, groups=32, padding=0 if change == "padding" else None)
behind = (module(act), gate) if change == "gate-last" else (gate, module(act))
block = module("models.common.MobileNetV3", children={"conv": sequence(
    conv(3, 32), norm(32), module(act), depthwise, norm(32), *behind, conv(32, 16), norm(16))},
    identity=b"\x88" if change == "identity" else b"\x89")
bottleneck = module("models.common.Bottleneck", children={"cv1": unit(conv(16, 8), 8), "cv2": unit(conv(8, 16, 3), 16)},
                    add=b"\x89" if change == "add" else b"\x88")
slope = "torch.nn.modules.activation.LeakyReLU" if change == "conv-act" else "torch.nn.modules.activation.SiLU"
third = unit(conv(16, 16, 3, dilation=2 if change == "dilation" else 1), 16, slope)
if change == "class":
    third = unit(module("torch.nn.modules.linear.Linear", {"weight": zeros(16, 16, 3, 3)}), 16)
head = module("models.yolo.Detect", buffers={"anchors": tensor("1", 2, 0, (1, 1, 2), (2, 2, 1))},
              children={"m": sequence(module("torch.nn.modules.conv.Conv2d", {"weight": zeros(6, 16, 1, 1), "bias": zeros(6)}))},
              stride=tensor("2", 1, 0, (1,), (1,)), nc=number(1))


def plain(value):
    if isinstance(value, list):
        return b"](" + b"".join(map(plain, value)) + b"e"
    return text(value) if isinstance(value, str) else number(value)


yaml = {"nc": 1, "depth_multiple": 1, "width_multiple": 1, "anchors": [[2, 4]],
        "backbone": [[-1, 1, "MobileNetV3", [16, 32, 3, 2, 1, 1]], [-1, 1, "Bottleneck", [16]]],
        "head": [[-1, 1, "Conv", [16, 3]], [[-1], 1, "Detect", ["nc", "anchors"]]]}
model = module("models.yolo.DetectionModel", children={"model": sequence(block, bottleneck, third, head)},
               yaml=table({key: plain(value) for key, value in yaml.items()}), names=plain(["thing"]))
storages = {"0": bytes(4 * COUNT), "1": struct.pack("<2f", 1, 2), "2": struct.pack("<f", 2)}
with open(out, "wb") as file:
    file.write(torch(table({"model": model, "ema": b"N"}), storages))
