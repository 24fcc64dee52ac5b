"""`tf.train.Example` from a dict, without TensorFlow (tensorflow/core/example/{example,feature}.proto)."""
from struct import error as StructError, pack

_BYTES_LIST, _FLOAT_LIST, _INT64_LIST = 1, 2, 3  # the field numbers of Feature
_SINGLE = {float, int, bool, str, bytes}
_FLOAT_MAX = 3.4028235677973366e38  # from here on, half-way to the next one, a float32 is infinite


def encode(columns: dict) -> bytes:
    """Serialize one row, features in the order of the dict.

    Args:
        columns: name -> None (a feature without a kind), text, bytes, integer, bool, float or a list of them;
            numpy arrays and scalars and TensorFlow tensors count as what they hold, flattened in row order.

    Raises:
        TypeError: a value is something else or a list mixes kinds; names the column.
        ValueError: an integer does not fit into 64 bits, or a text is no Unicode.
    """
    entries = []
    for name, value in columns.items():
        encoder = _encoders.get((name, type(value))) or _encoder(name, type(value))
        try:
            entries.append(encoder(value) if encoder else _entry(name, _feature(native(value))))
        except (TypeError, ValueError, OverflowError):
            entries.append(_any_entry(name, value))
    features = b"".join(entries)
    return b"\n" + _varint(len(features)) + features


def native(value: object) -> object:
    """`value` as Python's own numbers, bytes, text and lists."""
    if hasattr(value, "numpy"):
        value = value.numpy()
    return value.tolist() if hasattr(value, "tolist") else value


# (name, type of a single value) -> the function that makes an entry of Features from such a value, or None: most rows
# look like the one before. Functions raise errors for values that are out of their range.
_encoders = {}
_MAX_ENCODERS = 10000
_MAX_TEXT_HEADS = 1000


def _encoder(name: str, kind: type) -> "callable | None":
    make = _MAKERS.get(kind.__name__ if kind.__module__ == "numpy" else kind)
    if len(_encoders) >= _MAX_ENCODERS:
        _encoders.clear()
    encoder = _encoders[name, kind] = make and make(name)
    return encoder


def _float_encoder(name: str) -> "callable":
    head = _head(name, _FLOAT_LIST, 4)
    return lambda value: head + pack("<f", value)


def _int_encoder(name: str) -> "callable":
    heads = [_head(name, _INT64_LIST, size) for size in range(11)]

    def encode_int(value: int) -> bytes:
        data = _SMALL[value] if 0 <= value < 128 else _int64(int(value))
        return heads[len(data)] + data
    return encode_int


def _bytes_encoder(name: str) -> "callable":
    heads = {}

    def encode_bytes(value: bytes) -> bytes:
        size = len(value)
        head = heads.get(size)
        if head is None:
            if len(heads) >= _MAX_TEXT_HEADS:
                heads.clear()
            head = heads[size] = _head(name, _BYTES_LIST, size)
        return head + value
    return encode_bytes


def _text_encoder(name: str) -> "callable":
    encode_bytes = _bytes_encoder(name)
    return lambda value: encode_bytes(value.encode("utf-8"))


_SMALL = [bytes((number,)) for number in range(128)]
_MAKERS = {float: _float_encoder, int: _int_encoder, bool: _int_encoder, bytes: _bytes_encoder, str: _text_encoder}
_MAKERS.update((kind, _float_encoder) for kind in ("float16", "float32", "float64"))  # of numpy
_MAKERS.update((kind, _int_encoder) for kind in ("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32"))


def _head(name: str, kind: int, size: int) -> bytes:
    """The entry of a feature with one list of one piece of `size` bytes, without that piece."""
    entry = _entry(name, _field(kind, _field(1, bytes(size))))
    return entry[:len(entry) - size]


def _entry(name: str, feature: bytes) -> bytes:
    return _field(1, _field(1, name.encode("utf-8")) + _field(2, feature))


def _any_entry(name: str, value: object) -> bytes:
    try:
        return _entry(name, _feature(native(value)))
    except TypeError as error:
        raise TypeError("column %r: %s" % (name, error)) from None
    except (ValueError, OverflowError) as error:
        raise ValueError("column %r: %s" % (name, error)) from None


def _feature(value: object) -> bytes:
    if value is None:
        return b""
    items = list(_flat(value))
    types = set(map(type, items))
    if types == {float}:
        kind, payload = _FLOAT_LIST, _field(1, _float32s(items))
    elif all(issubclass(each, (str, bytes, bytearray)) for each in types):
        kind, payload = _BYTES_LIST, b"".join([_field(1, _bytes(item)) for item in items])
    elif all(issubclass(each, int) for each in types):
        kind, payload = _INT64_LIST, _field(1, b"".join(map(_int64, items)))
    elif all(issubclass(each, (int, float)) for each in types):
        kind, payload = _FLOAT_LIST, _field(1, _float32s(items))
    else:
        raise TypeError("cannot be written: it holds %s; text or bytes, integers, floats or None are possible"
                        % " and ".join(sorted(each.__name__ for each in types)))
    return _field(kind, payload)


def _flat(value: object) -> "iterable":
    """The items of nested lists in order; a single value as one item."""
    value = native(value)
    if not isinstance(value, (list, tuple)):
        return (value,)
    if set(map(type, value)) <= _SINGLE:
        return value
    return [leaf for item in value for leaf in _flat(item)]


def _bytes(item: "str | bytes | bytearray") -> bytes:
    return item.encode("utf-8") if isinstance(item, str) else bytes(item)


def _int64(item: int) -> bytes:
    if not -1 << 63 <= item < 1 << 63:
        raise ValueError("%d does not fit into 64 bits" % item)
    return _varint(int(item) & 0xFFFFFFFFFFFFFFFF)


def _float32s(items: list) -> bytes:
    try:
        return pack("<%df" % len(items), *items)
    except (OverflowError, StructError):
        return b"".join(map(_float32, items))


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
