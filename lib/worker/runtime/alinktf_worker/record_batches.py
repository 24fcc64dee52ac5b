"""The records of `tensorproto` chunks (PROTOCOL.md, "Streams") as string tensors of other sizes. No Python per record."""

_HEAD_BYTES = 12
_END_BYTES = 4  # of what tells where a record ends
MOST_BYTES = (2 << 30) - (64 << 10)  # protobuf parses no more than 2 GiB


def joined(parts: list) -> bytes:
    """One serialized string tensor of the records of `parts`: pairs of payload and number of records."""
    records = sum(count for _, count in parts)
    return _tensor(records, [payload[_HEAD_BYTES:-_END_BYTES * count] for payload, count in parts])


def cut(groups: "iterable", size: int, drop_remainder: bool) -> "iterator":
    """Lists of serialized string tensors of `size` records each, from lists of such parts; the last one has the rest.

    A list holds what its group completes; there is none for a group that completes nothing.

    Raises:
        ValueError: a tensor would be larger than TensorFlow parses.
    """
    held, count = [], 0  # of the batch that is not complete yet
    for parts in groups:
        batches = []
        for payload, records in parts:
            ends = len(payload) - _END_BYTES * records
            taken, begin = 0, _HEAD_BYTES
            while records - taken >= size - count:
                taken += size - count
                at = ends + _END_BYTES * (taken - 1)
                end = _HEAD_BYTES + int.from_bytes(payload[at:at + _END_BYTES], "little")
                held.append(payload[begin:end])
                batches.append(_tensor(size, held))
                held, count, begin = [], 0, end
            if taken < records:
                held.append(payload[begin:ends])
                count += records - taken
        if batches:
            yield batches
    if count and not drop_remainder:
        yield [_tensor(count, held)]


def _tensor(records: int, values: list) -> bytes:
    """A TensorProto of strings, one dimension; `values` hold them as its fields."""
    if sum(map(len, values)) > MOST_BYTES:
        raise ValueError("a batch of %d records has more than 2 GiB: make it smaller" % records)
    size = bytes((records >> 7 * i & 0x7F) | 0x80 for i in range(4))
    return b"".join([b"\x08\x07\x12\x08\x12\x06\x08", size, bytes((records >> 28,))] + values)
