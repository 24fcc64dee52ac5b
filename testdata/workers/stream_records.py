"""The records of a stream, read without TensorFlow: a user file of scripts that need them."""


def stream_records(stream):
    """Each record of a `Stream` of alinktf_worker as bytes."""
    stream.open("records")
    for group in stream.groups():
        for payload, count in group:
            at = 12  # dtype and shape of the tensor
            for _ in range(count):
                at, size = varint(payload, at + 1)
                yield payload[at : at + size]
                at += size


def varint(data, at):
    value = shift = 0
    while True:
        value |= (data[at] & 0x7F) << shift
        shift += 7
        at += 1
        if data[at - 1] < 0x80:
            return at, value
