"""The records of `tensorproto` chunks (PROTOCOL.md, "Streams") as string tensors of other sizes. No Python per record."""

_HEAD_BYTES = 12
_END_BYTES = 4  # of what tells where a record ends
MOST_BYTES = (2 << 30) - (64 << 10)  # protobuf parses no more than 2 GiB


def joined(parts: list) -> bytes:
    """One serialized string tensor of the records of `parts`: pairs of payload and number of records."""
    records = sum(count for _, count in parts)
    return _tensor(records, [payload[_HEAD_BYTES:-_END_BYTES * count] for payload, count in parts])


def concatenated(tensors: list, values: int) -> bytes:
    """One serialized string tensor of the values of `tensors`, each of which has so many."""
    return _tensor(values * len(tensors), [tensor[_HEAD_BYTES:] for tensor in tensors])


def whole_batches(groups: "iterable", size: int, drop_remainder: bool) -> "iterator":
    """Serialized string tensors of a multiple of `size` records each, from lists of such parts; the last one has the rest.

    Each list gives a tensor of the batches that it completes.

    Raises:
        ValueError: a tensor would be larger than TensorFlow parses.
    """
    held, count = [], 0  # of the batch that is not complete yet
    for parts in groups:
        begin, count = count, count + sum(records for _, records in parts)
        left = count - count % size - begin  # of this group's records, until its last whole batch ends
        for payload, records in parts:
            ends = len(payload) - _END_BYTES * records
            if 0 < left <= records:
                at = ends + _END_BYTES * (left - 1)
                end = _HEAD_BYTES + int.from_bytes(payload[at:at + _END_BYTES], "little")
                yield _tensor(count - count % size, held + [payload[_HEAD_BYTES:end]])
                held = [payload[end:ends]]
            else:
                held.append(payload[_HEAD_BYTES:ends])
            left -= records
        count %= size
    if count and not drop_remainder:
        yield _tensor(count, held)


def _tensor(strings: int, values: list) -> bytes:
    """A TensorProto of strings, one dimension; `values` hold them as its fields."""
    if sum(map(len, values)) > MOST_BYTES:
        raise ValueError("a tensor of %d strings has more than 2 GiB: make the batches smaller" % strings)
    size = bytes((strings >> 7 * i & 0x7F) | 0x80 for i in range(4))
    return b"".join([b"\x08\x07\x12\x08\x12\x06\x08", size, bytes((strings >> 28,))] + values)
