#!/usr/bin/env python3
"""Writes weight files and yaml files, valid and hostile, for fuzz.corpus and as seeds of the fuzzers.

  make_corpus.py FOLDER

ok-* must be readable, bad-* must be refused with an error. Standard library only, and always the same bytes.
"""
import json
import pathlib
import struct
import sys
import zipfile
import zlib


# Pieces of a pickle. Each pushes one value; nothing here is ever unpickled.
def text(s):
    b = s.encode()
    return b"X" + struct.pack("<I", len(b)) + b


def number(n):
    return b"\x8a\x08" + struct.pack("<q", n)


def items(pieces):
    return b"(" + b"".join(pieces) + b"t"


def numbers(values):
    return items([number(v) for v in values])


def table(d):
    return b"}(" + b"".join(text(k) + v for k, v in d.items()) + b"u"


def name(module, what):
    return f"c{module}\n{what}\n".encode()


def call(callee, arguments):
    return callee + arguments + b"R"


def program(value):
    return b"\x80\x02" + value + b"."


def tensor(key="0", count=4, offset=0, shape=(4,), strides=(1,), kind="FloatStorage"):
    storage = items([text("storage"), name("torch", kind), text(key), text("cpu"), number(count)]) + b"Q"
    return call(name("torch._utils", "_rebuild_tensor_v2"),
                items([storage, number(offset), numbers(shape), numbers(strides), b"\x89", b"}"]))


def module(cls, parameters={}, buffers={}, children={}, **attributes):
    state = dict(_parameters=table(parameters), _buffers=table(buffers), _modules=table(children), **attributes)
    return name(*cls.rsplit(".", 1)) + b")\x81" + table(state) + b"b"


def detector(extra_rows={}, **attributes):
    conv = module("torch.nn.modules.conv.Conv2d", {"weight": tensor(), "bias": b"N"}, stride=numbers([2, 2]))
    buffers = {"anchors": tensor("1", 8, 0, (2, 2, 2), (4, 2, 1)), "anchor_grid": tensor()}
    head = module("models.yolo.Detect", buffers=buffers, stride=tensor("2", 2, 0, (2,)), nc=number(2))
    rows = module("torch.nn.modules.container.Sequential", children={"0": conv, **extra_rows, "9": head})
    plain = dict(yaml=table({"nc": number(2)}), names=b"](" + text("cat") + text("dog") + b"e")
    return module("models.yolo.DetectionModel", children={"model": rows}, **{**plain, **attributes})


STORAGES = {"0": struct.pack("<4f", 1, 2, 3, 4), "1": struct.pack("<8f", *range(1, 9)), "2": struct.pack("<2f", 8, 16)}


def archive(members, **damage):
    """A zip of stored members. damage: what to write instead of a right value, by the names used below."""
    data, directory = b"", b""
    for member, content in members:
        method = damage.get("method", 0)
        packed = content
        if method == 8:
            squeeze = zlib.compressobj(9, zlib.DEFLATED, -15)
            packed = squeeze.compress(content) + squeeze.flush()
        size = damage.get("size", len(content))
        encoded = member.encode()
        # Version, flags, method, time and date, checksum, sizes.
        checksum = damage.get("checksum", zlib.crc32(content))
        common = struct.pack("<HHHIIII", 20, damage.get("flags", 0), method, 0, checksum,
                             damage.get("packed", len(packed)), size)
        directory += b"PK\1\2" + struct.pack("<H", 20) + common + struct.pack(
            "<HHHHHII", len(encoded), 0, 0, 0, 0, 0, damage.get("start", len(data))) + encoded
        data += b"PK\3\4" + common + struct.pack("<HH", len(encoded), 0) + encoded + packed
    end = b""
    if "zip64" in damage:  # count, size, start as the zip64 record claims them
        claimed = damage["zip64"](len(members), len(directory), len(data))
        end = b"PK\6\6" + struct.pack("<QHHIIQQQQ", 44, 45, 45, 0, 0, claimed[0], claimed[0], claimed[1], claimed[2])
        end += b"PK\6\7" + struct.pack("<IQI", 0, damage.get("locator", len(data) + len(directory)), 1)
    claims = [damage.get("count", len(members)), len(directory), len(data)]
    if "saturated" in damage:  # all ones: see the zip64 record
        claims = [0xffff, 0xffffffff, 0xffffffff]
    last = struct.pack("<HHHHIIH", 0, 0, claims[0], *claims, damage.get("comment", 0))
    return data + directory + end + b"PK\5\6" + last


def torch(value, storages=STORAGES, **damage):
    members = [("small/data.pkl", program(value)), ("small/byteorder", b"little")]
    members += [(f"small/data/{k}", v) for k, v in storages.items()]
    return archive(members + [("small/version", b"3\n")], **damage)


def checkpoint(model, **more):
    return torch(table({"model": model, **more}))


def npy(shape="(4,)", descr="<f4", data=STORAGES["0"], fortran=False, length=None):
    header = f"{{'descr': '{descr}', 'fortran_order': {fortran}, 'shape': {shape}, }}\n".encode()
    return b"\x93NUMPY\1\0" + struct.pack("<H", length or len(header)) + header + data


def safetensors(header, data=b"\0" * 16, length=None):
    encoded = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(encoded) if length is None else length) + encoded + data


def entry(dtype="F32", shape=(4,), begin=0, end=16):
    return {"dtype": dtype, "shape": list(shape), "data_offsets": [begin, end]}


def nested(inner):
    """Two members, the second inside the first's data: read twice, the bytes would be two different arrays."""
    outer = archive([("a.npy", inner), ("b.npy", npy())])
    entry_of_b = outer.rindex(b"PK\1\2")
    return outer[:entry_of_b + 42] + struct.pack("<I", outer.index(inner)) + outer[entry_of_b + 46:]


def state_dict(**tensor_arguments):
    return torch(table({"w": tensor(**tensor_arguments)}))


def shared_levels(count):
    """Modules that hold the one below twice: 2^count of them in some hundred bytes."""
    below = module("m.M")
    for level in range(count):
        slot = bytes([level + 1])
        below = module("m.M", children={"a": below + b"q" + slot, "b": b"h" + slot})
    return below


def torch_files():
    yield "ok-state-dict.pt", state_dict()
    yield "ok-checkpoint.pt", torch(table({"ema": b"N", "model": detector()}))
    yield "ok-strided.pt", state_dict(shape=(2, 2), strides=(1, 2))
    yield "ok-empty-tensor.pt", state_dict(shape=(0, 5), strides=(5, 1))
    yield "ok-zip64.pt", torch(table({"w": tensor()}), zip64=lambda *real: real)
    yield "ok-self-reference.pt", checkpoint(detector(loop=b"]q\1h\1a"))
    path = call(name("pathlib", "PosixPath"), items([text("runs")]))
    array = call(name("numpy.core.multiarray", "_reconstruct"), items([name("numpy", "ndarray")]))
    yield "ok-inert-objects.pt", checkpoint(detector(), opt=path, best_fitness=array)
    yield "bad-no-model.pt", torch(table({"epoch": number(3)}))
    rows = module("m.S", children={"0": module("m.M")})
    yield "bad-not-a-head.pt", checkpoint(module("m.M", children={"model": rows}))
    for what, arguments in {
        "too-long": dict(shape=(5,)), "offset": dict(offset=1), "negative-offset": dict(offset=-1),
        "stride": dict(strides=(2,)), "negative-stride": dict(offset=3, strides=(-1,)),
        "negative-dim": dict(shape=(-4,)), "huge-stride": dict(strides=(2**62,)),
        "huge-dims": dict(shape=(2**40, 2**40), strides=(0, 0)), "stride-zero-bomb": dict(shape=(2**34,), strides=(0,)),
        "wrapping-dims": dict(shape=(2**32, 2**32, 4), strides=(2**32, 1, 0)),
        "wrapping-offset": dict(offset=2**63 - 1),
        "many-dims": dict(shape=(1,) * 200, strides=(1,) * 200), "dims-disagree": dict(strides=(1, 1)),
        "storage-count": dict(count=2**61), "negative-count": dict(count=-4), "no-storage": dict(key="9"),
        "path-storage": dict(key="../../../etc/passwd"), "quantized": dict(kind="QInt8Storage"),
    }.items():
        yield f"bad-tensor-{what}.pt", state_dict(**arguments)
    short = call(name("torch._utils", "_rebuild_tensor_v2"), items([b"N", b"N"]))
    yield "bad-tensor-arguments.pt", torch(table({"w": short}))
    itself = name("m", "M") + b")\x81q\1" + table({"_modules": table({"a": b"h\1"})}) + b"b"
    yield "bad-cycle.pt", checkpoint(detector({"1": itself}))
    yield "bad-yaml-cycle.pt", checkpoint(detector(yaml=b"}q\1" + text("a") + b"h\1s"))
    yield "bad-shared-levels.pt", checkpoint(detector({"1": shared_levels(40)}))
    yield "bad-long-name-repeated.pt", torch(table({"model": detector({"1": module(
        "m.M", note=b"](" + text("x" * 100000) + b"q\1" + b"h\1" * 60000 + b"e")})}))
    yield "bad-deep-list.pt", checkpoint(detector(yaml=b"](" * 5000 + b"e" * 5000))


def pickles():
    for danger in ("posix system", "os system", "subprocess Popen", "builtins eval", "__builtin__ exec",
                   "builtins getattr", "runpy run_path"):
        module_name, what = danger.split()
        attack = call(name(module_name, what), items([text("echo ran")]))
        yield f"bad-global-{module_name}-{what}.pt", checkpoint(attack)
    yield "bad-opcode-inst.pt", torch(b"(S'x'\nios\nsystem\n")
    yield "bad-opcode-unknown.pt", torch(b"\xff")
    yield "bad-stack-empty.pt", torch(b"0")
    yield "bad-memo-slot.pt", torch(b"Nr\xff\xff\xff\xff")
    yield "bad-memo-missing.pt", torch(b"j\0\0\0\1")
    yield "bad-string-length.pt", torch(b"X\xff\xff\xff\xff")
    yield "bad-string-length8.pt", torch(b"\x8d" + b"\xff" * 8)
    yield "bad-long4.pt", torch(b"\x8b\xff\xff\xff\xff")
    yield "bad-no-end.pt", archive([("small/data.pkl", b"\x80\2}")])
    yield "bad-many-marks.pt", torch(b"(" * 500000)
    yield "bad-many-values.pt", torch(b"]" * 2500000)


def zips():
    good = torch(table({"w": tensor()}))
    for part in (1, 4, 21, 100, len(good) // 2, len(good) - 22, len(good) - 1):
        yield f"bad-truncated-{part}.pt", good[:part]
    yield "bad-overlap.pt", torch(table({"w": tensor()}), start=0)
    yield "bad-checksum.pt", torch(table({"w": tensor()}), checksum=1)
    yield "bad-encrypted.pt", torch(table({"w": tensor()}), flags=1)
    yield "bad-method.pt", torch(table({"w": tensor()}), method=93)
    yield "bad-deflated.pt", torch(table({"w": tensor()}), method=8)
    yield "bad-size.pt", torch(table({"w": tensor()}), size=0xfffffff0, packed=0xfffffff0)
    yield "bad-zip64-missing.pt", torch(table({"w": tensor()}), size=0xffffffff, packed=0xffffffff)
    yield "bad-count.pt", torch(table({"w": tensor()}), count=0xffff)
    yield "bad-comment.pt", torch(table({"w": tensor()}), comment=5)
    yield "bad-twice.pt", archive([("small/data.pkl", program(b"}"))] * 2)
    yield "bad-zip64-count.pt", torch(table({"w": tensor()}), zip64=lambda n, size, start: (2**60, size, start))
    yield "bad-zip64-start.pt", torch(table({"w": tensor()}), zip64=lambda n, size, start: (n, size, 2**64 - 8))
    yield "bad-zip64-size.pt", torch(table({"w": tensor()}), zip64=lambda n, size, start: (n, 2**64 - start, start))
    for what, claim in {
        "count": lambda n, size, start: (2**60, size, start), "start": lambda n, size, start: (n, size, 2**64 - 8),
        "size": lambda n, size, start: (n, 2**64 - start, start),
        "wrap": lambda n, size, start: (n, 2**64 - 1, start + size + 1),
    }.items():
        yield f"bad-zip64-only-{what}.pt", torch(table({"w": tensor()}), zip64=claim, saturated=True)
    yield "ok-zip64-only.pt", torch(table({"w": tensor()}), zip64=lambda *real: real, saturated=True)
    inner = archive([("b.npy", npy())])  # its local header lies inside the member before
    yield "bad-nested-members.npz", nested(inner)
    yield "bad-zip64-locator.pt", torch(table({"w": tensor()}), zip64=lambda *real: real, locator=2**64 - 4)
    yield "bad-zip-of-text.pt", archive([("readme.txt", b"hello")])
    yield "bad-zip-empty.pt", archive([])


def arrays():
    yield "ok-npz.npz", archive([("w.npy", npy()), ("n.npy", npy("()", "<i8", b"\0" * 8))])
    yield "ok-npz-deflated.npz", archive([("w.npy", npy("(1000,)", data=b"\0" * 4000))], method=8)
    yield "ok-npz-fortran.npz", archive([("w.npy", npy("(2, 2)", fortran=True))])
    yield "bad-npz-objects.npz", archive([("w.npy", npy(descr="|O"))])
    yield "bad-npz-shape.npz", archive([("w.npy", npy("(5,)"))])
    yield "bad-npz-huge-shape.npz", archive([("w.npy", npy("(4611686018427387905, 4)"))])
    yield "bad-npz-header-length.npz", archive([("w.npy", npy(length=65535))])
    yield "bad-npz-bomb.npz", archive([("w.npy", npy("(50000000,)", data=b"\0" * 200000000))], method=8)
    yield "bad-npz-bomb-size.npz", archive([("w.npy", npy("(4,)", data=b"\0" * 4000000))], method=8)
    yield "bad-npz-declared-less.npz", archive([("w.npy", npy())], method=8, size=60)
    yield "bad-npz-declared-more.npz", archive([("w.npy", npy())], method=8, size=1 << 30)
    header = {"__metadata__": {"format": "pt"}, "w": entry(), "n": entry("I64", (), 16, 24)}
    yield "ok-safetensors.safetensors", safetensors(header, b"\0" * 24)
    yield "bad-st-outside.safetensors", safetensors({"w": entry(begin=8, end=24)})
    yield "bad-st-overlap.safetensors", safetensors({"w": entry(), "v": entry("F32", (2,), 8, 16)})
    yield "bad-st-reversed.safetensors", safetensors({"w": entry(begin=16, end=0)})
    yield "bad-st-shape.safetensors", safetensors({"w": entry(shape=(2**62, 4, 4))})
    yield "bad-st-dtype.safetensors", safetensors({"w": entry("F8_E5M2", (16,))})
    yield "bad-st-length.safetensors", safetensors({"w": entry()}, length=2**55)
    yield "bad-st-deep.safetensors", safetensors(b'{"a":' + b"[" * 100000)
    once = b'"w":{"dtype":"F32","shape":[],"data_offsets":[0,4]}'
    yield "bad-st-twice.safetensors", safetensors(b"{" + once + b"," + once + b"}")
    yield "bad-st-not-json.safetensors", safetensors(b"{'w': 1}")


def others():
    yield "bad-empty.pt", b""
    yield "bad-page.pt", b"<!DOCTYPE html>\n<html><title>best.pt</title></html>"
    yield "bad-lfs.pt", b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 3208470\n"
    yield "bad-old-pickle.pt", b"\x80\2\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.\x80\2M\xe9\3."
    yield "bad-yaml.pt", b"nc: 80\nbackbone: []\n"
    yield "bad-zeros.pt", b"\0" * 100


DESCRIPTION = b"""nc: 2
depth_multiple: 1.0
width_multiple: 1.0
anchors: [[1,2, 3,4]]
backbone: [[-1, 1, Conv, [16, 3, 2]]]
head: [[[0], 1, Detect, [nc, anchors]]]
"""


def descriptions():
    def yaml(old=b"", new=b"", more=b""):
        assert old in DESCRIPTION
        return (DESCRIPTION.replace(old, new) if old else DESCRIPTION) + more

    yield "ok-plain.yaml", yaml()
    yield "ok-alias.yaml", yaml(b"[16, 3, 2]", b"&a [16, 3, 2]", b"more: *a\n")
    yield "ok-long-comment.yaml", yaml(more=b"# " + b"x" * (1 << 20) + b"\n")
    yield "ok-long-text.yaml", yaml(more=b"note: " + b"x" * (1 << 20) + b"\n")
    yield "ok-not-ascii.yaml", yaml(more=b"note: \xff\xfe\n")
    yield "ok-many-keys.yaml", b"".join(b"k%d: 1\n" % i for i in range(50000)) + yaml()
    yield "ok-one-document.yaml", b"---\n" + yaml(more=b"...\n")
    yield "ok-text-tag.yaml", yaml(more=b"note: !!str 3\n")
    levels = [b"a0: &a0 [x, x, x, x, x, x, x, x, x]\n"]
    levels += [b"a%d: &a%d [%s]\n" % (i, i, b", ".join([b"*a%d" % (i - 1)] * 9)) for i in range(1, 12)]
    yield "bad-bomb.yaml", b"".join(levels) + yaml()
    yield "bad-bomb-text.yaml", yaml(more=b'a: &s "' + b"x" * 100000 + b'"\nb: [' + b", ".join([b"*s"] * 3000) + b"]\n")
    yield "bad-cycle.yaml", yaml(more=b"a: &a [*a, *a]\n")
    yield "bad-cycle-map.yaml", yaml(more=b"a: &a {b: *a}\n")
    yield "bad-alias.yaml", yaml(more=b"a: *nobody\n")
    yield "bad-deep-open.yaml", b"[" * 100000
    yield "bad-deep-closed.yaml", b"[" * 20000 + b"]" * 20000
    yield "bad-deep-map.yaml", b"{a: " * 100000
    yield "bad-deep-block.yaml", b"- " * 100000
    yield "bad-deep-question.yaml", b"? " * 100000
    yield "bad-deep-value.yaml", yaml(more=b"a: " + b"[" * 40 + b"]" * 40 + b"\n")
    yield "bad-nul.yaml", yaml(b"Conv", b"Co\0nv")
    yield "bad-zeros.yaml", b"\0" * 100
    yield "bad-escape.yaml", yaml(more=b"activation: \"nn.LeakyReLU(0.1\\0 and more)\"\n")
    yield "bad-twice.yaml", yaml(more=b"nc: 3\n")
    yield "bad-second-document.yaml", yaml(more=b"---\nnc: 3\n")
    yield "bad-tag.yaml", yaml(more=b"a: !!python/object/apply:os.system ['echo ran']\n")
    yield "bad-tag-only.yaml", b"!!python/object/apply:os.system ['echo ran']\n"
    yield "bad-bare-tag.yaml", b"!2"
    yield "bad-merge.yaml", yaml(more=b"b: &b {x: 1}\nc: {<<: *b}\n")
    yield "bad-endless.yaml", b',4 0.&a 91\xc9\xc8\xc7\xb6\xd24.1)\n'  # yaml-cpp finds one document after the other in it
    yield "bad-tab.yaml", yaml(more=b"a:\n\t- 1\n")
    yield "bad-complex-key.yaml", yaml(more=b"? [a]\n: 1\n")
    yield "bad-empty.yaml", b""
    yield "bad-classes.yaml", yaml(b"nc: 2", b"nc: 99999999999999999999")
    yield "bad-classes-largest.yaml", yaml(b"nc: 2", b"nc: 9223372036854775807")
    yield "bad-depth.yaml", yaml(b"depth_multiple: 1.0", b"depth_multiple: .inf")
    yield "bad-number.yaml", yaml(b"[-1, 1, Conv", b"[-1, 2147483648, Conv")
    yield "bad-from.yaml", yaml(b"[-1, 1, Conv", b"[-9223372036854775808, 1, Conv")


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for files in (torch_files, pickles, zips, arrays, others, descriptions):
        for file, content in files():
            (folder / file).write_bytes(content)
    # Our own zips are taken for granted above: let Python's reader agree that they are zips.
    for file in folder.glob("ok-*.pt"):
        assert zipfile.ZipFile(file).testzip() is None, file


if __name__ == "__main__":
    main()
