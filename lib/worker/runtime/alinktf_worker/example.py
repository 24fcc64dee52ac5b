"""`tf.train.Example` from a dict, without TensorFlow (tensorflow/core/example/{example,feature}.proto)."""
from struct import pack

_BYTES_LIST, _FLOAT_LIST, _INT64_LIST = 1, 2, 3  # the field numbers of Feature
_FLOAT_MAX = 3.4028235677973366e38  # from here on, half-way to the next one, a float32 is infinite


def encode(columns: dict) -> bytes:
    """Serialize one row, features in the order of the dict.

    Args:
        columns: name -> None (a feature without a kind), text, bytes, integer, bool, float or a list of them;
            numpy arrays and scalars and TensorFlow tensors count as what they hold, flattened in row order.

    Raises:
        TypeError: a value is something else or a list mixes kinds; names the column.
        ValueError: an integer does not fit into 64 bits.
    """
    features = b""
    for name, value in columns.items():
        try:
            feature = _feature(native(value))
        except (TypeError, ValueError) as error:
            raise type(error)("column %r: %s" % (name, error)) from None
        features += _field(1, _field(1, name.encode("utf-8")) + _field(2, feature))
    return _field(1, features)


def native(value: object) -> object:
    """`value` as Python's own numbers, bytes, text and lists."""
    if hasattr(value, "numpy"):
        value = value.numpy()
    return value.tolist() if hasattr(value, "tolist") else value


def _feature(value: object) -> bytes:
    if value is None:
        return b""
    items = list(_flat(value))
    if all(isinstance(item, (str, bytes, bytearray)) for item in items):
        kind, payload = _BYTES_LIST, b"".join(_field(1, _bytes(item)) for item in items)
    elif all(isinstance(item, int) for item in items):
        kind, payload = _INT64_LIST, _field(1, b"".join(map(_int64, items)))
    elif all(isinstance(item, (int, float)) for item in items):
        kind, payload = _FLOAT_LIST, _field(1, b"".join(map(_float32, items)))
    else:
        kinds = sorted({type(item).__name__ for item in items})
        raise TypeError("cannot be written: it holds %s; text or bytes, integers, floats or None are possible"
                        % " and ".join(kinds))
    return _field(kind, payload)


def _flat(value: object) -> "iterator":
    """The items of nested lists in order; a single value as one item."""
    value = native(value)
    if isinstance(value, (list, tuple)):
        for item in value:
            for leaf in _flat(item):
                yield leaf
    else:
        yield value


def _bytes(item: "str | bytes | bytearray") -> bytes:
    return item.encode("utf-8") if isinstance(item, str) else bytes(item)


def _int64(item: int) -> bytes:
    if not -1 << 63 <= item < 1 << 63:
        raise ValueError("%d does not fit into 64 bits" % item)
    return _varint(int(item) & 0xFFFFFFFFFFFFFFFF)


def _float32(item: "int | float") -> bytes:
    item = float(item)
    if abs(item) >= _FLOAT_MAX:
        item = float("inf") if item > 0 else -float("inf")
    return pack("<f", item)


def _varint(number: int) -> bytes:
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def _field(number: int, payload: bytes) -> bytes:
    """A length-delimited field, protobuf's wire type 2."""
    return _varint(number << 3 | 2) + _varint(len(payload)) + payload
