"""Writes a network for the peers: eval mode, batch norm folded, the three convolutions of Detect as outputs.

    export_network.py MODEL.yaml|CHECKPOINT.pt WEIGHTS|- HxW OUT

Writes OUT.onnx (input x, outputs out0..2, NCHW: nobody pays for view and permute), OUT.pt (the same as a traced torch module, which
another version of PyTorch can load), OUT.image.f32 (the picture) and OUT.heads.f32 (the logits in the order of det_run's heads,
from the unfolded network). Squeeze-excite is written as 1x1 convolutions behind a
global pool, hard-swish and hard-sigmoid as the operators of those names: the forms that every importer knows. MNV3_SHARED as in
test/EndToEnd/golden/make_golden.py.
"""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "EndToEnd", "golden"))
import make_golden as golden
import torch
import torch.fx
from make_golden import reference
from torch import nn


class Gate(nn.Module):
    def __init__(self, squeeze):
        super().__init__()
        self.down, self.up = (self.as_convolution(squeeze.fc[k]) for k in (0, 2))

    @staticmethod
    def as_convolution(linear):
        conv = nn.Conv2d(linear.in_features, linear.out_features, 1)
        conv.weight.data.copy_(linear.weight.data[:, :, None, None])
        conv.bias.data.copy_(linear.bias.data)
        return conv

    def forward(self, x):
        squeezed = torch.relu(self.down(nn.functional.adaptive_avg_pool2d(x, 1)))
        return x * nn.functional.hardsigmoid(self.up(squeezed))


class Heads(nn.Module):
    """The rows up to the convolutions of Detect."""

    def __init__(self, net):
        super().__init__()
        self.rows, self.model = net.rows, simplified(net.model)

    def forward(self, x):
        done = []
        for row, module in zip(self.rows, self.model):
            pick = lambda source: done[source] if done else x
            if row.name == "Detect":
                return tuple(conv(pick(s)) for conv, s in zip(module.m, row.source))
            done.append(module([pick(s) for s in row.source] if isinstance(row.source, list) else pick(row.source)))


def simplified(module):
    """Folds each batch norm into the convolution before it and spells the gates and activations canonically."""
    names = list(module._modules)
    for name, following in zip(names, names[1:] + [None]):
        child, after = module._modules[name], module._modules.get(following)
        if isinstance(child, nn.Conv2d) and isinstance(after, nn.BatchNorm2d):
            module._modules[name] = nn.utils.fuse_conv_bn_eval(child, after)
            module._modules[following] = nn.Identity()
        elif isinstance(child, reference.HardSwish):
            module._modules[name] = nn.Hardswish()
        elif isinstance(child, reference.SqueezeExcite):
            module._modules[name] = Gate(child)
        else:
            simplified(child)
    return module


def main(model, weights, size, out):
    torch.set_grad_enabled(False)
    height, width = map(int, size.split("x"))
    net = golden.load_checkpoint(model) if model.endswith(".pt") else golden.load_safetensors(golden.network(model), weights)
    x = golden.picture(height, width)
    raw = net(x)[1]
    x.numpy().tofile(out + ".image.f32")
    with open(out + ".heads.f32", "wb") as file:
        for level in raw:
            level.numpy().tofile(file)
    heads = Heads(net).eval()
    torch.save(torch.fx.symbolic_trace(heads), out + ".pt")
    torch.onnx.export(heads, (x,), out + ".onnx", opset_version=17, input_names=["x"],
                      output_names=[f"out{i}" for i in range(len(raw))], do_constant_folding=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
