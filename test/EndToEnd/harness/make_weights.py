"""Makes weights out of a recipe, without numpy or torch: the same bytes on every machine.

    make_weights.py RECIPE OUT.safetensors

A recipe has one tensor a line: key, type (F16 or I64), shape (8x3x3x3, or - for a scalar) and a rule. So a model of
five million weights is a text file of a few hundred lines; only what cannot be drawn at random stands there in full:
the running statistics of batch norm, which must be those that really arrive there, or activations would grow or
die from row to row.

    around C A    C + A * r                                   r: uniform in [-1, 1), a draw of its own for each value
    rows A        A * r * (0.2 + 1.3 s * s)                   s: uniform in [0, 1), one draw for each output channel, so
                                                              that variances range widely
    gamma         0.4 + 0.6 s, 8 % of them negated, 5 % tripled
    hex DIGITS    the little-endian bytes themselves

Draws come from Python's Mersenne twister seeded with the crc32 of the key: `random()` is specified to give the same
sequence in every version. All else is one multiplication or addition of doubles at a time, then rounding to fp16.
"""
import json
import math
import random
import struct
import sys
import zlib


def around(draw, _, count, center, reach):
    return [center + reach * (2 * draw() - 1) for _ in range(count)]


def rows(draw, shape, count, reach):
    values, per_row = [], count // shape[0]
    for _ in range(shape[0]):
        spread = draw()
        factor = reach * (0.2 + 1.3 * spread * spread)
        values += [factor * (2 * draw() - 1) for _ in range(per_row)]
    return values


def gamma(draw, _, count):
    values = []
    for _ in range(count):
        odd, size = draw(), 0.4 + 0.6 * draw()
        values.append(-size if odd < 0.08 else 3 * size if odd > 0.95 else size)
    return values


RULES = {"around": around, "rows": rows, "gamma": gamma}


def tensor(key, shape, rule, arguments):
    """The little-endian bytes of one tensor."""
    if rule == "hex":
        return bytes.fromhex(arguments[0])
    count = math.prod(shape)
    draw = random.Random(zlib.crc32(key.encode())).random
    values = RULES[rule](draw, shape, count, *map(float, arguments))
    return struct.pack(f"<{count}e", *values)


def read_recipe(path):
    """(key, type, shape, rule, arguments) of each line."""
    with open(path, encoding="ascii") as file:
        for line in file:
            if not line.startswith("#"):
                key, kind, dims, rule, *arguments = line.split()
                yield key, kind, [] if dims == "-" else [int(d) for d in dims.split("x")], rule, arguments


def main(recipe, out):
    header, data, offset = {}, [], 0
    for key, kind, shape, rule, arguments in read_recipe(recipe):
        data.append(tensor(key, shape, rule, arguments))
        size = math.prod(shape) * {"F16": 2, "I64": 8}[kind]
        if len(data[-1]) != size:
            sys.exit(f"{recipe}: {key} has {len(data[-1])} bytes, its shape needs {size}")
        header[key] = {"dtype": kind, "shape": shape, "data_offsets": [offset, offset + size]}
        offset += size
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(out, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + b"".join(data))


if __name__ == "__main__":
    main(*sys.argv[1:])
