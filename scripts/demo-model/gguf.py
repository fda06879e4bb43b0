"""Reads and writes the GGUF files of the demo model: version 3, F32, F16 and I2_S tensors.

I2_S: weights as codes 0, 1, 2 for -1, 0, 1; of 128 successive weights, byte p of
32 holds weights p, p+32, p+64, p+96 from the high bits down; after the bytes
the tensor's scale as f32, filled to 32 bytes.
"""
import struct

import numpy as np

ALIGNMENT = 32
F32, F16, I2_S = 0, 1, 36
_SCALARS = {0: "<B", 1: "<b", 2: "<H", 3: "<h", 4: "<I", 5: "<i", 6: "<f", 7: "<?", 10: "<Q",
            11: "<q", 12: "<d"}
STRING, ARRAY = 8, 9
UINT32, INT32, FLOAT32, BOOL = 4, 5, 6, 7


def _string(text):
    data = text.encode()
    return struct.pack("<Q", len(data)) + data


def _value(kind, value):
    if kind == STRING:
        return _string(value)
    if kind == ARRAY:
        element, values = value
        return struct.pack("<IQ", element, len(values)) + b"".join(
            _value(element, v) for v in values)
    return struct.pack(_SCALARS[kind], value)


def pack_i2s(codes, scale):
    """Bytes of an I2_S tensor from codes -1, 0, 1 (a multiple of 128) and its scale."""
    parts = (codes.reshape(-1, 4, 32) + 1).astype(np.uint8)
    packed = parts[:, 0] << 6 | parts[:, 1] << 4 | parts[:, 2] << 2 | parts[:, 3]
    return packed.tobytes() + struct.pack("<f", scale) + bytes(28)


def unpack_i2s(data, count):
    """Codes -1, 0, 1 as int8, and the scale."""
    packed = np.frombuffer(data, np.uint8, count // 4).reshape(-1, 1, 32)
    shifts = np.array([6, 4, 2, 0], np.uint8).reshape(1, 4, 1)
    codes = (packed >> shifts & 3).astype(np.int8).reshape(-1) - 1
    return codes, struct.unpack_from("<f", data, count // 4)[0]


def write(path, metadata, tensors):
    """metadata: (key, kind, value)s; tensors: (name, shape with rows first, type, bytes)s."""
    head = b"GGUF" + struct.pack("<IQQ", 3, len(tensors), len(metadata))
    for key, kind, value in metadata:
        head += _string(key) + struct.pack("<I", kind) + _value(kind, value)
    offset = 0
    for name, shape, kind, data in tensors:
        head += _string(name) + struct.pack("<I", len(shape))
        head += b"".join(struct.pack("<Q", n) for n in reversed(shape))
        head += struct.pack("<IQ", kind, offset)
        offset += len(data) + -len(data) % ALIGNMENT
    with open(path, "wb") as f:
        f.write(head + bytes(-len(head) % ALIGNMENT))
        for _, _, _, data in tensors:
            f.write(data + bytes(-len(data) % ALIGNMENT))


def read(path):
    """Metadata by key, and tensors by name as float32 arrays or (codes, scale) for I2_S."""
    with open(path, "rb") as f:
        data = f.read()
    at = 0

    def scalar(form):
        nonlocal at
        value = struct.unpack_from(form, data, at)[0]
        at += struct.calcsize(form)
        return value

    def string():
        nonlocal at
        length = scalar("<Q")
        at += length
        return data[at - length:at].decode()

    def value(kind):
        if kind == STRING:
            return string()
        if kind == ARRAY:
            element, count = scalar("<I"), scalar("<Q")
            return [value(element) for _ in range(count)]
        return scalar(_SCALARS[kind])

    if data[:4] != b"GGUF":
        raise ValueError(f"{path} is no GGUF file")
    at = 4
    version, tensor_count, key_count = scalar("<I"), scalar("<Q"), scalar("<Q")
    if version != 3:
        raise ValueError(f"{path}: version {version} instead of 3")
    metadata = {}
    for _ in range(key_count):
        key = string()
        metadata[key] = value(scalar("<I"))
    directory = []
    for _ in range(tensor_count):
        name = string()
        shape = [scalar("<Q") for _ in range(scalar("<I"))][::-1]
        directory.append((name, shape, scalar("<I"), scalar("<Q")))
    start = at + -at % ALIGNMENT
    tensors = {}
    for name, shape, kind, offset in directory:
        count, begin = int(np.prod(shape)), start + offset
        if kind == I2_S:
            codes, scale = unpack_i2s(data[begin:begin + count // 4 + 32], count)
            tensors[name] = codes.reshape(shape), scale
        else:
            dtype = {F32: np.float32, F16: np.float16}[kind]
            tensors[name] = np.frombuffer(data, dtype, count, begin).reshape(shape).astype(
                np.float32)
    return metadata, tensors
