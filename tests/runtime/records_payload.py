"""Makes the payload of a `tensorproto` chunk as PROTOCOL.md says, apart from the code that reads it."""
import itertools
import struct


def varint(number):
    out = b""
    while number >= 0x80:
        out, number = out + bytes([number & 0x7F | 0x80]), number >> 7
    return out + bytes([number])


def head(count):
    """Of a string tensor of so many values: their number always takes five bytes."""
    return b"\x08\x07\x12\x08\x12\x06\x08" + bytes([count >> 7 * i & 0x7F | (0x80 if i < 4 else 0) for i in range(5)])


def tensor(texts):
    return head(len(texts)) + b"".join(map(_value, texts))


def payload(records):
    ends = list(itertools.accumulate(len(_value(record)) for record in records))
    return tensor(records) + struct.pack("<%dI" % len(ends), *ends)


def _value(text):
    return b"\x42" + varint(len(text)) + text
