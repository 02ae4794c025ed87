"""Safetensors and model files by hand, in numpy or torch, for python.test.ts.

    python.py LIBRARY write FILE    writes the tensors that standard input describes
    python.py LIBRARY read FILE     prints the tensors of a file
    python.py LIBRARY model FILE    prints what a 2-3-1 network predicts, then writes it back with
                                    twice its last biases, its header laid out by Python

LIBRARY is numpy or torch.
"""

import json
import struct
import sys
import zlib

import numpy

library, task, path = sys.argv[1:]
if library == "torch":
    import torch

NUMPY = {
    "F64": "<f8",
    "F32": "<f4",
    "F16": "<f2",
    "I64": "<i8",
    "I32": "<i4",
    "I16": "<i2",
    "I8": "<i1",
    "U64": "<u8",
    "U32": "<u4",
    "U16": "<u2",
    "U8": "<u1",
    "BOOL": "?",
}


def torch_types():
    return {
        "F64": torch.float64,
        "F32": torch.float32,
        "F16": torch.float16,
        "BF16": torch.bfloat16,
        "I64": torch.int64,
        "I32": torch.int32,
        "I16": torch.int16,
        "I8": torch.int8,
        "U8": torch.uint8,
        "BOOL": torch.bool,
    }


def numbers(values):
    return [int(v) if v.lstrip("-").isdigit() and v != "-0" else float(v) for v in values]


def to_bytes(dtype, shape, values):
    """The values as an array of the library, and its bytes."""
    if library == "torch":
        tensor = torch.tensor(numbers(values), dtype=torch_types()[dtype]).reshape(shape)
        bits = tensor.view(torch.int16) if dtype == "BF16" else tensor
        return bits.numpy().tobytes()
    if dtype == "BF16":  # numpy has none: the upper halves of float32
        return numpy.array(numbers(values), "<f4").view("<u2")[1::2].tobytes()
    return numpy.array(numbers(values), NUMPY[dtype]).reshape(shape).tobytes()


def to_values(dtype, shape, data):
    if library == "torch":
        flat = torch.frombuffer(bytearray(data), dtype=torch_types()[dtype]) if data else []
        values = flat.tolist() if data else []
    elif dtype == "BF16":
        halves = numpy.frombuffer(data, "<u2").astype("<u4") << 16
        values = halves.view("<f4").tolist()
    else:
        values = numpy.frombuffer(data, NUMPY[dtype]).reshape(shape).flatten().tolist()
    return [repr(v) if isinstance(v, float) else str(int(v)) for v in values]


def write(tensors, metadata):
    header, data = {"__metadata__": metadata}, b""
    for name, (dtype, shape, content) in tensors.items():
        offsets = [len(data), len(data) + len(content)]
        header[name] = {"shape": shape, "data_offsets": offsets, "dtype": dtype}
        data += content
    text = json.dumps(header).encode()  # spaces after commas and colons, escapes beyond ASCII
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + data)


def read():
    with open(path, "rb") as file:
        content = file.read()
    (length,) = struct.unpack("<Q", content[:8])
    header, data = json.loads(content[8 : 8 + length]), content[8 + length :]
    metadata = header.pop("__metadata__", {})
    tensors = {
        name: (entry["dtype"], entry["shape"], data[slice(*entry["data_offsets"])])
        for name, entry in header.items()
    }
    return tensors, metadata


def checksum(tensors, metadata):
    parts = [[name, text] for name, text in sorted(metadata.items()) if name != "checksum"]
    shapes = [[name, dtype, shape] for name, (dtype, shape, _) in tensors.items()]
    text = json.dumps(parts + shapes, ensure_ascii=False, separators=(",", ":"))
    data = b"".join(content for _, _, content in tensors.values())
    return f"{zlib.crc32(text.encode() + data):08x}"


def predict(tensors, rows):
    """tanh, then the identity."""
    w1, b1, w2, b2 = (
        numpy.frombuffer(content, "<f8").reshape(shape)
        for _, shape, content in (tensors[name] for name in ("W1", "b1", "W2", "b2"))
    )
    return (numpy.tanh(rows @ w1.T + b1) @ w2.T + b2).flatten().tolist()


if task == "write":
    given = json.load(sys.stdin)
    tensors = {
        name: (t["dtype"], t["shape"], to_bytes(t["dtype"], t["shape"], t["values"]))
        for name, t in given.items()
    }
    write(tensors, {"library": library, "é": "😀"})
elif task == "read":
    tensors, metadata = read()
    found = {
        name: {"dtype": dtype, "shape": shape, "values": to_values(dtype, shape, content)}
        for name, (dtype, shape, content) in tensors.items()
    }
    print(json.dumps({"tensors": found, "metadata": metadata}))
elif task == "model":
    tensors, metadata = read()
    rows = numpy.array(json.load(sys.stdin))
    found = {"checksum": checksum(tensors, metadata), "predictions": predict(tensors, rows)}
    dtype, shape, content = tensors["b2"]
    twice = (2 * numpy.frombuffer(content, "<f8")).tobytes()
    tensors["b2"] = (dtype, shape, twice)
    metadata["checksum"] = checksum(tensors, metadata)
    write(tensors, metadata)
    print(json.dumps({**found, "changed": predict(tensors, rows)}))
