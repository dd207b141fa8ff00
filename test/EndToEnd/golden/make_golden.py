"""Makes the recipes and golden values of this folder. By hand, never in a test: it needs torch.

    apt-get install python3-torch python3-numpy python3-yaml python3-pil
    MNV3_SHARED=... /usr/bin/python3 make_golden.py [NAME...]        all, or those named

MNV3_SHARED is the folder with reference/reference.py, a PyTorch model of YOLOv5 that gives the same bits as YOLOv5's
own code, and with the real checkpoints. Golden values are what that computes in fp32 with BatchNorm unfolded, from fp16
weights. Of the real checkpoints only logits for a synthetic picture, and boxes, are kept.
"""
import json
import math
import os
import sys
import zlib

import numpy as np
import torch
from PIL import Image
from torch import nn

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(HERE)))
SHARED = os.environ.get("MNV3_SHARED", os.path.join(ROOT, "..", "shared"))
sys.path[:0] = [os.path.join(SHARED, "reference"), os.path.join(HERE, "..", "harness"), HERE]
import detector
import make_weights
import reference
from checkpoint import Checkpoint
from pattern_image import pattern

MODELS = os.path.join(ROOT, "examples", "models")
SORTING = MODELS + "/sorting/model.yaml", MODELS + "/sorting/yolov5s-mobilenetv3-sorting.safetensors"
TAG, YOLOV5N = SHARED + "/real/tag_mnv3s.pt", SHARED + "/real/yolov5n.pt"


# ---------------------------------------------------------------- models

def network(path):
    return reference.Net(reference.load_spec(path))


def load_safetensors(net, path):
    with open(path, "rb") as file:
        size = int.from_bytes(file.read(8), "little")
        header, data = json.loads(file.read(size)), file.read()
    header.pop("__metadata__", None)
    state = {}
    for key, entry in header.items():
        kind = {"F16": "<f2", "F32": "<f4", "I64": "<i8"}[entry["dtype"]]
        values = np.frombuffer(data[slice(*entry["data_offsets"])], kind).reshape(entry["shape"])
        state[key] = torch.from_numpy(values.astype(np.float32 if kind != "<i8" else np.int64))
    net.load_state_dict(state, strict=True)
    return net


def load_checkpoint(path):
    stored = Checkpoint(path)
    net = reference.Net(stored.spec)
    net.load_state_dict({key: torch.from_numpy(np.array(v)) for key, v in stored.weights().items()}, strict=True)
    return net


# ---------------------------------------------------------------- recipes

def rule_for(module, name, tensor, gate):
    """The recipe's rule of a parameter. Amplitudes keep activations of O(1); gates get to 0 and to 1."""
    if isinstance(module, nn.BatchNorm2d):
        return {"weight": "gamma", "bias": "around 0.5 0.7"}.get(name)
    spread = math.sqrt(3 / tensor[0].numel()) if tensor.dim() > 1 else 0
    if isinstance(module, reference.Attention):
        return "around 0 0.3" if name == "in_proj_bias" else f"around 0 {0.7 * spread:.4f}"  # a softmax that is not one-hot
    if isinstance(module, nn.ConvTranspose2d) and name == "weight":  # input channels come first
        spread *= math.sqrt(module.out_channels * module.stride[0] * module.stride[1] / module.in_channels)
    if isinstance(module, (nn.Conv2d, nn.ConvTranspose2d)):
        return "around 0 0.8" if name == "bias" else f"rows {spread:.4f}" if module.bias is None else f"around 0 {spread:.4f}"
    if isinstance(module, nn.Linear):
        return ("around 0.5 3" if gate else "around 0 0.5") if name == "bias" else f"around 0 {(3 if gate else 1) * spread:.4f}"
    return None


def calibrated(net, size=384):
    """Sets running statistics to what arrives at each batch norm, perturbed, as fp16 values."""
    def hook(key):
        def measure(norm, inputs):
            x, draw = inputs[0], np.random.RandomState(zlib.crc32(key.encode()))
            mean, var = x.mean((0, 2, 3)), x.var((0, 2, 3), unbiased=False)
            var = torch.maximum(var, 0.05 * var.mean() + 1e-4)  # a dead channel must not be blown up
            n = len(mean)
            norm.running_mean.copy_((mean + var.sqrt() * torch.from_numpy(0.25 * draw.standard_normal(n))).half())
            norm.running_var.copy_((var * torch.from_numpy(np.exp(draw.uniform(-0.4, 0.4, n)))).half())
        return measure
    hooks = [m.register_forward_pre_hook(hook(k)) for k, m in net.named_modules() if isinstance(m, nn.BatchNorm2d)]
    net.double()(picture(size, size).double())
    for h in hooks:
        h.remove()
    return net.float()


def write_recipe(name, yaml):
    net, lines = network(yaml), {}
    modules = dict(net.named_modules())
    for key, tensor in net.state_dict().items():
        owner, _, field = key.rpartition(".")
        rule = rule_for(modules[owner], field, tensor, owner.endswith(".fc.2"))
        dims = "x".join(map(str, tensor.shape)) or "-"
        lines[key] = f"{key} {'I64' if tensor.dtype == torch.int64 else 'F16'} {dims} {rule or 'hex'}"
        if rule:
            made = make_weights.tensor(key, list(tensor.shape), *[rule.split()[0], rule.split()[1:]])
            tensor.copy_(torch.from_numpy(np.frombuffer(made, "<f2").astype(np.float32)).view_as(tensor))
        elif field == "num_batches_tracked":
            tensor.fill_(1000)
    anchors = net.model[-1].anchors.clone()
    calibrated(net)
    net.model[-1].anchors.copy_(anchors)
    with open(f"{HERE}/{name}.recipe", "w") as file:
        file.write(f"# {os.path.basename(yaml)}; made by make_golden.py, read by make_weights.py\n")
        for key, tensor in net.state_dict().items():
            stored = tensor.numpy().astype("<i8" if tensor.dtype == torch.int64 else "<f2").tobytes().hex()
            file.write(lines[key] + (" " + stored if lines[key].endswith(" hex") else "") + "\n")
    made = f"/tmp/{os.path.basename(name)}.{os.getpid()}.safetensors"
    make_weights.main(f"{HERE}/{name}.recipe", made)
    load_safetensors(net, made)
    os.remove(made)
    return net


# ---------------------------------------------------------------- golden values

def picture(height, width):
    planes = np.frombuffer(bytes(pattern(height, width)), np.uint8).reshape(1, 3, height, width)
    return torch.from_numpy(planes.astype(np.float32)) / 255


def golden_line(values, count, **what):
    flat = np.ascontiguousarray(values).ravel()
    wide, last = flat.astype(np.float64), flat.size - 1
    picks = [float(f"{flat[k * last // (count - 1)]:.7g}") for k in range(count)]
    return json.dumps(dict(what, shape=list(values.shape), max=float(f"{abs(wide).max():.6g}"), mean=wide.mean(),
                           rms=math.sqrt((wide * wide).mean()), values=picks), separators=(",", ":"))


def write_heads(name, net, height, width, rows, counts=(256, 1024)):
    """`counts`: values sampled of each row, and of each level."""
    kept, x = [], picture(height, width)
    raw = net(x, kept)[1]
    exact = net.double()(x.double())[1]
    net.float()
    lines = [golden_line(t.permute(0, 2, 3, 1).numpy(), counts[0], row=i) for i, t in enumerate(kept[:-1])] if rows else []
    lines += [golden_line(t[0].numpy(), counts[1], row=len(kept) - 1, level=i) for i, t in enumerate(raw)]
    with open(f"{HERE}/{name}-{height}x{width}.jsonl", "w") as file:
        file.write("\n".join(lines) + "\n")
    noise = max((a - b).abs().max().item() for a, b in zip(raw, exact))
    largest = max(t.abs().max().item() for t in kept[:-1])
    print(f"{name} {height}x{width}: logits up to {max(t.abs().max() for t in raw):.2f}, rows up to {largest:.1f}, fp32 off fp64 by {noise:.1e}")


def boxes_of(net, path, height, width, **options):
    image = np.asarray(Image.open(path).convert("RGB"))
    boxed = detector.letterbox(image, width, height)
    decoded = net(reference.as_input(boxed))[0][0].numpy()
    found = detector.detect(decoded, image.shape[1::-1], (width, height), **options)
    return [dict(image=os.path.basename(path), **box) for box in found]


def write_boxes(name, net, folder, files, height, width, **options):
    """Scores to 1e-5 and corners to 1e-2 pixel: below what the comparison allows."""
    with open(f"{HERE}/{name}-boxes-{height}x{width}.json", "w") as file:
        lines = [json.dumps({"image": b["image"], "class": b["class"], "score": round(b["score"], 5),
                             "xyxy": [round(v, 2) for v in b["xyxy"]]})
                 for f in files for b in boxes_of(net, f"{folder}/{f}", height, width, **options)]
        file.write("[" + ",\n ".join(lines) + "]\n")
    print(f"{name} {height}x{width}: {len(lines)} boxes")


def small():
    write_heads("small", write_recipe("small", MODELS + "/yolov5s-mobilenetv3-small.yaml"), 320, 320, True)


def large():
    write_heads("large", write_recipe("large", MODELS + "/yolov5-mobilenetv3-large.yaml"), 320, 320, True)


def family():
    for folder in f"{HERE}/../family", f"{SHARED}/reference/zoo":
        for yaml in sorted(os.listdir(folder)):
            name = yaml.removesuffix(".yaml")
            if yaml.endswith(".yaml"):
                write_heads(f"family/{name}", write_recipe(f"family/{name}", f"{folder}/{yaml}"), 128, 256, True, (48, 256))


def sorting():
    net = load_safetensors(network(SORTING[0]), SORTING[1])
    write_heads("sorting", net, 320, 320, True)
    write_heads("sorting", net, 160, 160, True, (48, 256))
    write_boxes("sorting", net, MODELS + "/sorting/demo", ["cloth.png", "stone.png", "wood.png"], 320, 320)
    write_boxes("sorting", net, ROOT + "/examples/firmware", ["picture.ppm"], 160, 160)


def tag():
    net = load_checkpoint(TAG)
    for height in 640, 480:
        write_heads("tag", net, height, 640, False)
        write_boxes("tag", net, SHARED + "/real/tags", ["rotated.jpg", "small.jpg"], height, 640)


def yolov5n():
    write_heads("yolov5n", load_checkpoint(YOLOV5N), 320, 320, False)


if __name__ == "__main__":
    torch.set_grad_enabled(False)
    torch.set_num_threads(1)
    for chosen in sys.argv[1:] or ["small", "large", "family", "sorting", "tag", "yolov5n"]:
        globals()[chosen]()
