"""TFRecord files of tf.train.Example, read without TensorFlow."""

import struct


def frames(path: str) -> "list[bytes]":
    """The records of a TFRecord file."""
    with open(path, "rb") as file:
        data = file.read()
    found, at = [], 0
    while at < len(data):
        (size,) = struct.unpack_from("<Q", data, at)
        found.append(data[at + 12 : at + 12 + size])
        at += 16 + size
    return found


def varint(data: bytes, at: int) -> "tuple[int, int]":
    """The number that begins at `at`, and where the next thing begins."""
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value, at


def varints(data: bytes) -> "list[int]":
    found, at = [], 0
    while at < len(data):
        value, at = varint(data, at)
        found.append(value - (1 << 64) if value >= 1 << 63 else value)
    return found


def fields(message: bytes) -> "list[tuple[int, bytes]]":
    """(number, value) of a protobuf message of length-delimited fields only."""
    found, at = [], 0
    while at < len(message):
        key, at = varint(message, at)
        size, at = varint(message, at)
        found.append((key >> 3, message[at : at + size]))
        at += size
    return found


def features(example: bytes) -> "dict[str, list]":
    """Name -> values of a serialized tf.train.Example: bytes, floats or ints; [] for a feature without a kind."""
    found = {}
    for _, all_features in fields(example):
        for _, entry in fields(all_features):
            parts = dict(fields(entry))
            values = []
            for kind, message in fields(parts[2]):
                for _, data in fields(message):
                    if kind == 1:
                        values.append(data)
                    elif kind == 2:
                        values += struct.unpack(f"<{len(data) // 4}f", data)
                    else:
                        values += varints(data)
            found[parts[1].decode()] = values
    return found
