"""Reads the payload of a `columns` chunk as PROTOCOL.md says, apart from the code that writes it."""
import struct

NONE, INT64, FLOAT32, FLOAT64, BOOL, BYTES = range(6)
COLUMNS, RECORDS, END = 3, 4, 5


def take(data, form):
    size = struct.calcsize("<" + form)
    return struct.unpack("<" + form, data[:size]), data[size:]


def parse(payload, rows):
    """Name -> (kind, inner shape, values of all rows, None where the row is null), read as PROTOCOL.md says."""
    (count,), rest = take(payload, "I")
    found = {}
    for _ in range(count):
        (size,), rest = take(rest, "I")
        name, rest = rest[:size].decode("utf-8"), rest[size:]
        (kind, flags, rank), rest = take(rest, "3B")
        dims, rest = take(rest, "%dI" % rank)
        nulls, rest = (rest[:rows], rest[rows:]) if flags else (bytes(rows), rest)
        k = 1
        for dim in dims:
            k *= dim
        if kind == BYTES:
            sizes, rest = take(rest, "%dI" % (rows * k))
            values = []
            for size in sizes:
                values.append(rest[:size])
                rest = rest[size:]
        elif kind == NONE:
            values = [None] * rows
        else:
            values, rest = take(rest, "%d%s" % (rows * k, "?qfd?"[kind]))
        cells = [tuple(values[i * k:i * k + k]) if dims else values[i] for i in range(rows)]
        found[name] = kind, dims, [None if null else cell for null, cell in zip(nulls, cells)]
    if rest:
        raise ValueError("%d bytes are left" % len(rest))
    return found
