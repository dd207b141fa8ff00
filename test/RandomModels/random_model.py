"""Random models: random_model.py SEED prints a yaml that is valid, the same for the same seed.

One entry of MODULES is one module: a function that draws arguments for a given input and says what picture results, or raises
Unfit. A picture is its channels and its extents at two sizes: the size to compile for, and 256 x 256, from which strides come.
"""
import fractions
import math
import random
import sys
from typing import NamedTuple

PROBE = (256, 256)


class Unfit(Exception):
    """This module does not go here with these arguments."""


class Picture(NamedTuple):
    channels: int
    sizes: tuple  # (height, width) to compile for, (height, width) of the probe


class Draw:
    """Draws arguments; knows what scales channels."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.width = self.pick([0.25, 0.5, 0.5, 1.0, 1.25])
        self.depth = self.pick([0.33, 0.5, 1.0])
        self.classes = self.random.randint(1, 4)
        self.anchors = self.random.randint(1, 3)

    def pick(self, values):
        return self.random.choice(values)

    def chance(self, share):
        return self.random.random() < share

    def scaled(self, channels):
        if channels == self.anchors * (self.classes + 5):
            return channels
        return math.ceil(fractions.Fraction(channels) * fractions.Fraction(self.width) / 8) * 8

    def channels(self, like=None, divisor=1):
        """Yaml's number and the scaled one; sometimes, or with `like`, those that give as many channels as there are."""
        for _ in range(20):
            number = self.pick([8, 12, 16, 20, 24, 32, 40, 48, 64]) if like is None else self.random.randint(1, 160)
            if self.scaled(number) <= 64 and (like is None or self.scaled(number) == like) and self.scaled(number) % divisor == 0:
                return number, self.scaled(number)
        raise Unfit

    def divisor(self, *numbers):
        return self.pick([d for d in range(1, 9) if all(n % d == 0 for n in numbers)])

    def activation(self):
        return self.pick([True, True, False, 1, "nn.ReLU()", "nn.Hardswish()", "nn.LeakyReLU(0.2)", "nn.Hardsigmoid()", "nn.ReLU6()", "nn.Identity()"])


def both(value):
    return value if isinstance(value, (list, tuple)) else (value, value)


def window(picture, channels, kernel, stride=1, pad=None, dilation=1, ceil=False):
    """What a sliding window makes of a picture; `pad` None: half the window."""
    kernel, stride = both(kernel), both(stride)
    reach = [dilation * (k - 1) + 1 for k in kernel]
    pads = [r // 2 for r in reach] if pad is None else both(pad)
    sizes = []
    for size in picture.sizes:
        extents = []
        for extent, r, s, p in zip(size, reach, stride, pads):
            room = extent + 2 * p - r
            if room < 0:
                raise Unfit
            count = (-(-room // s) if ceil else room // s) + 1
            extents.append(count - 1 if ceil and (count - 1) * s >= extent + p else count)
        sizes.append(tuple(extents))
    return Picture(channels, tuple(sizes))


def like(picture, channels):
    return Picture(channels, picture.sizes)


def trimmed(draw, arguments, least):
    """Later arguments have defaults: leave some out if they are those. `arguments`: (value, default)."""
    count = len(arguments)
    while count > least and arguments[count - 1][0] == arguments[count - 1][1] and draw.chance(0.7):
        count -= 1
    return [value for value, _ in arguments[:count]]


NONE = "None"


def conv(draw, x):
    number, out = draw.channels(like=x.channels if draw.chance(0.2) else None)
    kernel = draw.pick([1, 1, 3, 3, 3, 5, 2, 6, [1, 3], [3, 1], [5, 3]])
    stride, dilation = draw.pick([1, 1, 1, 2, 2, 3]), draw.pick([1, 1, 1, 1, 2])
    pad = draw.pick([NONE, NONE, NONE, 0, 1, 2])
    groups = draw.divisor(x.channels, out) if draw.chance(0.15) else 1
    y = window(x, out, kernel, stride, None if pad == NONE else pad, dilation)
    act = draw.activation() if draw.chance(0.4) else True
    arguments = [(number, None), (kernel, 1), (stride, 1), (pad, NONE), (groups, 1), (dilation, 1), (act, True)]
    return trimmed(draw, arguments, 1), y


def dwconv(draw, x):
    number, out = draw.channels(like=x.channels if draw.chance(0.7) else None)
    kernel, stride, dilation = draw.pick([1, 2, 3, 5]), draw.pick([1, 1, 2]), draw.pick([1, 1, 2])
    y = window(x, out, kernel, stride, None, dilation)
    return trimmed(draw, [(number, None), (kernel, 1), (stride, 1), (dilation, 1), (draw.activation(), True)], 1), y


def conv_bn_hswish(draw, x):
    number, out = draw.channels()
    stride = draw.pick([1, 2])
    return [number, stride], window(x, out, 3, stride)


def mobilenetv3(draw, x):
    number, out = draw.channels(like=x.channels if draw.chance(0.5) else None)
    hidden = x.channels if draw.chance(0.25) else draw.random.randint(1, 100)
    kernel, stride = draw.pick([1, 3, 5, 7]), draw.pick([1, 1, 2])
    squeeze = int(draw.chance(0.6) and hidden >= 4)
    return [number, hidden, kernel, stride, squeeze, draw.pick([0, 1])], window(x, out, kernel, stride)


def se_layer(draw, x):
    return trimmed(draw, [(x.channels, None), (draw.pick([r for r in (1, 2, 4, 8) if x.channels >= r]), 4)], 1), x


def cbrm(draw, x):
    number, out = draw.channels()
    return [number], window(window(x, out, 3, 2), out, 3, 2)


def shuffle_block(draw, x):
    stride = draw.pick([1, 2])
    number, out = draw.channels(like=x.channels if stride == 1 else None, divisor=2)
    return [number, stride], window(x, out, 3, stride)


def stem_block(draw, x):
    number, out = draw.channels()
    kernel, stride = draw.pick([1, 3, 5]), draw.pick([1, 2])
    y = window(window(x, out, kernel, stride), out, 3, 2)
    act = draw.pick([True, False, "nn.ReLU()"])
    return trimmed(draw, [(number, None), (kernel, 3), (stride, 2), (NONE, NONE), (1, 1), (act, True)], 1), y


def focus(draw, x):
    if any(extent % 2 for size in x.sizes for extent in size):
        raise Unfit
    number, out = draw.channels()
    kernel, stride = draw.pick([1, 2, 3, 5]), draw.pick([1, 1, 2])
    half = Picture(x.channels, tuple((h // 2, w // 2) for h, w in x.sizes))
    arguments = [(number, None), (kernel, 1), (stride, 1), (NONE, NONE), (1, 1), (draw.activation(), True)]
    return trimmed(draw, arguments, 1), window(half, out, kernel, stride, kernel // 2)


def expansion(draw, out, divisor=1):
    return draw.pick([e for e in (0.25, 0.5, 0.5, 0.75, 1.0) if int(out * e) >= max(divisor, 2) and int(out * e) % divisor == 0] or [1.0])


def bottleneck(draw, x):
    number, out = draw.channels(like=x.channels if draw.chance(0.6) else None)
    e = expansion(draw, out)
    groups = draw.divisor(int(out * e), out) if draw.chance(0.3) else 1
    return trimmed(draw, [(number, None), (draw.pick([True, False]), True), (groups, 1), (e, 0.5)], 1), like(x, out)


def cross_conv(draw, x):
    number, out = draw.channels(like=x.channels if draw.chance(0.6) else None)
    kernel, stride, e = draw.pick([1, 3, 5]), draw.pick([1, 1, 2]), expansion(draw, out)
    groups = draw.divisor(int(out * e), out) if draw.chance(0.3) else 1
    y = window(x, out, kernel, stride)
    shortcut = draw.pick([True, False]) and (out != x.channels or y == x)
    arguments = [(number, None), (kernel, 3), (stride, 1), (groups, 1), (e, 1.0), (shortcut, False)]
    return trimmed(draw, arguments, 1), y


def ghost_conv(draw, x):
    number, out = draw.channels(divisor=2)
    kernel, stride = draw.pick([1, 3, 5]), draw.pick([1, 1, 2])
    groups = draw.divisor(x.channels, out // 2) if draw.chance(0.2) else 1
    return trimmed(draw, [(number, None), (kernel, 1), (stride, 1), (groups, 1), (draw.activation(), True)], 1), window(x, out, kernel, stride)


def ghost_bottleneck(draw, x):
    stride = draw.pick([1, 2])
    number, out = draw.channels(like=x.channels if stride == 1 else None, divisor=4)
    kernel = draw.pick([3, 5])
    return trimmed(draw, [(number, None), (kernel, 3), (stride, 1)], 1), window(x, out, kernel, stride) if stride == 2 else like(x, out)


def mix_conv(draw, x):
    number, out = draw.channels()
    kernels, stride = draw.pick([[1, 3], [3, 5, 7], [5], [1, 3, 5, 7]]), draw.pick([1, 2])
    return trimmed(draw, [(number, None), (kernels, [1, 3]), (stride, 1)], 1), window(x, out, 1, stride)


def c3(draw, x, divisor=1, grouped=True):
    number, out = draw.channels()
    e = expansion(draw, out, divisor)
    if int(out * e) % divisor:
        raise Unfit
    groups = draw.divisor(int(out * e)) if grouped and draw.chance(0.2) else 1
    return trimmed(draw, [(number, None), (draw.pick([True, False]), True), (groups, 1), (e, 0.5)], 1), like(x, out)


def c3_ghost(draw, x):
    return c3(draw, x, divisor=4, grouped=False)


def c3_tr(draw, x):
    if x.sizes[0][0] * x.sizes[0][1] > 400:
        raise Unfit
    return c3_ghost(draw, x)


def c3_spp(draw, x):
    number, out = draw.channels()
    return trimmed(draw, [(number, None), (draw.pick([[5, 9, 13], [3], [3, 7], [1, 5]]), [5, 9, 13])], 1), like(x, out)


def spp(draw, x):
    number, out = draw.channels()
    return trimmed(draw, [(number, None), (draw.pick([[5, 9, 13], [3], [7, 3], [3, 3, 5]]), [5, 9, 13])], 1), like(x, out)


def sppf(draw, x):
    number, out = draw.channels()
    return trimmed(draw, [(number, None), (draw.pick([3, 5, 7]), 5)], 1), like(x, out)


def plain_conv(draw, x):
    kernel, stride, dilation = draw.pick([1, 3, [3, 1], 4]), draw.pick([1, 1, 2]), draw.pick([1, 1, 2])
    pad, groups = draw.pick([0, 1, [1, 0]]), draw.divisor(x.channels) if draw.chance(0.4) else 1
    y = window(x, x.channels, kernel, stride, pad, dilation)
    arguments = [(x.channels, None), (x.channels, None), (kernel, None), (stride, 1), (pad, 0), (dilation, 1), (groups, 1), (draw.pick([True, False]), True)]
    return trimmed(draw, arguments, 3), y


def transposed(draw, x, full):
    number, out = draw.channels(like=x.channels if draw.chance(0.5) else None)
    kernel, stride, dilation = draw.pick([1, 2, 3, 4, 5]), draw.pick([1, 2, 2, 3]), draw.pick([1, 1, 2]) if full else 1
    pad, more = draw.pick([0, 0, 1, 2]), draw.pick([0, 0, 1])
    if more >= max(stride, dilation):
        raise Unfit
    sizes = tuple(tuple((extent - 1) * stride - 2 * pad + dilation * (kernel - 1) + more + 1 for extent in size) for size in x.sizes)
    if min(map(min, sizes)) < 1:
        raise Unfit
    arguments = [(number, None), (kernel, None), (stride, 1), (pad, 0), (more, 0)]
    if full:
        groups = draw.divisor(x.channels, out) if draw.chance(0.3) else 1
        arguments += [(groups, 1), (draw.pick([True, False]), True), (dilation, 1)]
    return trimmed(draw, arguments, 2), Picture(out, sizes)


def max_pool(draw, x):
    kernel, ceil = draw.pick([1, 2, 3, 5]), draw.chance(0.3)
    stride, pad = draw.pick([kernel, 1, 2]), draw.random.randint(0, kernel // 2)
    y = window(x, x.channels, kernel, stride, pad, ceil=ceil)
    return trimmed(draw, [(kernel, None), (stride, kernel), (pad, 0), (1, 1), (False, False), (ceil, False)], 1), y


def avg_pool(draw, x):
    kernel = draw.pick([1, 2, 3, 5])
    stride, pad = draw.pick([kernel, 1, 2]), draw.random.randint(0, kernel // 2)
    return trimmed(draw, [(kernel, None), (stride, kernel), (pad, 0), (False, False), (True, True)], 1), window(x, x.channels, kernel, stride, pad)


def zero_pad(draw, x):
    left, right, top, bottom = pads = [draw.random.randint(0, 2) for _ in range(4)]
    return [pads], Picture(x.channels, tuple((h + top + bottom, w + left + right) for h, w in x.sizes))


def upsample(draw, x):
    factor = draw.pick([1, 2, 2, 2, 3])
    return [NONE, factor, "nearest"], Picture(x.channels, tuple((h * factor, w * factor) for h, w in x.sizes))


def contract(draw, x):
    gain = draw.pick([2, 2, 3])
    if x.channels * gain * gain > 128 or any(extent % gain for size in x.sizes for extent in size):
        raise Unfit
    return [gain], Picture(x.channels * gain * gain, tuple((h // gain, w // gain) for h, w in x.sizes))


def expand(draw, x):
    gain = draw.pick([2, 2, 3])
    if x.channels % (gain * gain):
        raise Unfit
    return [gain], Picture(x.channels // (gain * gain), tuple((h * gain, w * gain) for h, w in x.sizes))


def unchanged(*choices):
    return lambda draw, x: (draw.pick(choices)(x), x)


MODULES = {
    "Conv": conv, "DWConv": dwconv, "Conv_bn_hswish": conv_bn_hswish, "MobileNetV3": mobilenetv3, "SELayer": se_layer, "CBRM": cbrm,
    "Shuffle_Block": shuffle_block, "StemBlock": stem_block, "Focus": focus, "Bottleneck": bottleneck, "CrossConv": cross_conv,
    "GhostConv": ghost_conv, "GhostBottleneck": ghost_bottleneck, "MixConv2d": mix_conv, "C3": c3, "C3x": c3, "C3Ghost": c3_ghost,
    "C3TR": c3_tr, "C3SPP": c3_spp, "BottleneckCSP": c3, "SPP": spp, "SPPF": sppf, "nn.Conv2d": plain_conv,
    "nn.ConvTranspose2d": lambda draw, x: transposed(draw, x, True), "DWConvTranspose2d": lambda draw, x: transposed(draw, x, False),
    "nn.BatchNorm2d": unchanged(lambda x: [x.channels], lambda x: []), "nn.MaxPool2d": max_pool, "nn.AvgPool2d": avg_pool, "nn.ZeroPad2d": zero_pad,
    "nn.Upsample": upsample, "nn.SiLU": unchanged(lambda x: []), "nn.ReLU": unchanged(lambda x: []), "nn.ReLU6": unchanged(lambda x: []),
    "nn.LeakyReLU": unchanged(lambda x: [0.1], lambda x: []), "nn.Hardswish": unchanged(lambda x: []),
    "nn.Hardsigmoid": unchanged(lambda x: []), "nn.Identity": unchanged(lambda x: []), "Contract": contract, "Expand": expand,
}
REPEATS_INSIDE = {"C3", "C3x", "C3Ghost", "C3TR", "BottleneckCSP"}
LARGEST = 40000  # numbers in a picture: a model should compile and run in a second or two


class Model(NamedTuple):
    size: tuple    # height, width
    keys: dict     # nc, depth_multiple, width_multiple, anchors, perhaps activation
    rows: list     # [from, number, module, arguments]

    def text(self):
        lines = [f"# imgsz {self.size[0]}x{self.size[1]}"]
        lines += [f"{key}: {value}" for key, value in self.keys.items()]
        cut = max(1, len(self.rows) // 2) if len(self.rows) > 1 else 0
        for part, rows in (("backbone", self.rows[:cut]), ("head", self.rows[cut:])):
            lines.append(part + ":")
            lines += ["  - [%s, %d, %s, [%s]]" % (source, number, module, ", ".join(map(str, arguments))) for source, number, module, arguments in rows]
        return "\n".join(lines) + "\n"


def written(draw, index, source):
    """`from` as one may write it: absolute, or counted back."""
    return source - index if source < 0 or source == index - 1 or draw.chance(0.5) else source


def draw_row(draw, index, pictures, image, only):
    source = index - 1 if index == 0 or draw.chance(0.8) else draw.random.randrange(index)
    x = pictures[source] if index else image
    if index > 1 and draw.chance(0.15):
        fitting = [i for i in range(index) if pictures[i].sizes == x.sizes]
        sources = [source] + [draw.pick(fitting) for _ in range(draw.random.randint(1, 3))]
        y = Picture(sum(pictures[i].channels for i in sources), x.sizes)
        if y.channels > 128:
            raise Unfit
        return [[written(draw, index, i) for i in sources], 1, "Concat", [1]], y
    module = "MobileNetV3" if "MobileNetV3" in only and draw.chance(0.15) else draw.pick(only)  # what this project is about
    arguments, y = MODULES[module](draw, x)
    number = draw.pick([1, 1, 1, 2, 3, 4])
    times = max(round(number * draw.depth), 1) if number > 1 else 1
    if module not in REPEATS_INSIDE and times > 1 and y != x:
        number = 1  # only what leaves the picture as it is goes behind itself
    if min(min(size) for size in y.sizes) < 1 or y.channels * y.sizes[0][0] * y.sizes[0][1] > LARGEST or max(y.sizes[1]) > 600:
        raise Unfit
    return [-1 if index == 0 else written(draw, index, source), number, module, arguments], y


def draw_model(seed, only):
    draw = Draw(seed)
    size = (draw.random.randint(16, 96), draw.random.randint(16, 96))
    image, pictures, rows = Picture(3, (size, PROBE)), [], []
    for _ in range(draw.random.randint(2, 9)):
        for _ in range(60):
            try:
                row, picture = draw_row(draw, len(rows), pictures, image, only)
            except Unfit:
                continue
            rows.append(row)
            pictures.append(picture)
            break
    if not rows:
        raise Unfit
    levels = [len(rows) - 1] + draw.random.sample(range(len(rows) - 1), min(len(rows) - 1, draw.random.randint(0, 3)))
    largest = int(max(PROBE[1] / pictures[i].sizes[1][1] for i in levels))
    if largest > 0 and (size[0] % largest or size[1] % largest):
        raise Unfit
    anchors = draw.anchors if draw.chance(0.2) else [
        [draw.random.randint(4, 300) for _ in range(2 * draw.anchors)] for _ in levels]
    keys = {"nc": draw.classes, "depth_multiple": draw.depth, "width_multiple": draw.width, "anchors": anchors}
    if draw.chance(0.3):
        keys["activation"] = draw.pick(["nn.ReLU()", "nn.LeakyReLU(0.1)", "nn.Hardswish()", "nn.Identity()"])
    rows.append([[written(draw, len(rows), i) for i in levels], 1, "Detect", ["nc", "anchors"]])
    return Model(size, keys, rows)


def random_model(seed, only=None):
    for attempt in range(1000):
        try:
            return draw_model(f"{seed}.{attempt}", sorted(only or MODULES))
        except Unfit:
            continue
    raise SystemExit(f"no model of {only} for seed {seed}")


if __name__ == "__main__":
    print(random_model(int(sys.argv[1]), sys.argv[2:]).text(), end="")
