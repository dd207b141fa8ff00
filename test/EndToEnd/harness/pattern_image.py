"""Writes a picture that needs no file: integer arithmetic only, so the same everywhere.

    pattern_image.py HxW OUT.f32        planar red, green, blue, byte / 255 as little-endian fp32

Triangle waves give smooth slopes, blocks give edges, a hash gives noise: each convolution sees something.
"""
import array
import sys

WORD = 0xFFFFFFFF


def noise(x, y, channel, seed):
    n = (x * 73856093 ^ y * 19349663 ^ (channel + 1) * 83492791 ^ (seed + 1) * 2654435761) & WORD
    n = (n ^ n >> 15) * 0x2C1B3C6D & WORD
    return ((n ^ n >> 12) * 0x297A2D39 & WORD) >> 24


def pattern(height, width, seed=0):
    """Bytes of the three planes, one after the other."""
    out = bytearray()
    for k in range(3):
        across = [abs((11 * x + 97 * k + 31 * seed) % 512 - 256) for x in range(width)]
        for y in range(height):
            down, part = 7 * y + 151 * k, (y >> 4) * 13 + k * 5
            for x in range(width):
                wave = (across[x] + abs((down + 3 * x) % 512 - 256)) // 2
                block = ((x >> 4) * 7 + part) % 11 * 25
                out.append(min((wave * 4 + block * 3 + noise(x, y, k, seed) * 3) // 10, 255))
    return out


def main(size, path):
    height, width = map(int, size.split("x"))
    # The nearest double, rounded once more to fp32, is the fp32 quotient: 53 bits are more than twice 24 and 2.
    as_float = [value / 255 for value in range(256)]
    floats = array.array("f", [as_float[value] for value in pattern(height, width)])
    if sys.byteorder == "big":
        floats.byteswap()
    with open(path, "wb") as file:
        floats.tofile(file)


if __name__ == "__main__":
    main(*sys.argv[1:])
