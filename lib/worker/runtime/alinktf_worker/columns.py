"""Columns of many rows as `columns` chunks (PROTOCOL.md; C++: formats/columns). Imports no numpy: arrays bring theirs."""
from array import array
from itertools import chain

from .example import native

_NONE, _INT64, _FLOAT32, _FLOAT64, _BOOL, _BYTES = range(6)
_HAS_NULLS = 1
_CHUNK_BYTES = 512 << 10
_MAX_RANK = 255

_LISTS = {list, tuple}
_TEXTS = {str, bytes, bytearray}
_PLAIN = {type(None), bool, int, float} | _LISTS | _TEXTS


def cut(columns: dict) -> "iterator":
    """Yield (parts, bytes, rows) for each chunk of the rows; all columns are checked before the first one.

    Args:
        columns: name -> list, tuple, array or eager tensor of any rank but 0, whose first axis is the row. In lists None
            is a null.

    Raises:
        TypeError: a column is something else, or holds something else than numbers, texts and bytes.
        ValueError: columns or lists in a column differ in length, or an integer does not fit into 64 bits.
    """
    packed = [_named(name, column) for name, column in columns.items()]
    lengths = {column.name: column.rows for column in packed}
    if len(set(lengths.values())) > 1:
        raise ValueError("the columns of a batch differ in length: %s" % lengths)
    rows = packed[0].rows if packed else 0
    if rows:
        step = max(1, rows * _CHUNK_BYTES // (sum(column.bytes_of(0, rows) for column in packed) + 1))
        for start in range(0, rows, step):
            for chunk in _cut(packed, start, min(start + step, rows)):
                yield chunk


def _cut(packed: list, start: int, stop: int) -> "iterator":
    """Chunks of these rows. Texts differ in length, so even few rows may be too much for one chunk."""
    if stop - start > 1 and sum(column.bytes_of(start, stop) for column in packed) > 2 * _CHUNK_BYTES:
        middle = (start + stop) // 2
        for chunk in chain(_cut(packed, start, middle), _cut(packed, middle, stop)):
            yield chunk
    else:
        parts = [len(packed).to_bytes(4, "little")]
        for column in packed:
            parts += column.parts(start, stop)
        yield parts, sum(map(len, parts)), stop - start


class _Column:
    """A column in the layout of the wire: `values` are bytes, `width` of them a row, or one list of texts."""

    def __init__(self, kind: int, rows: int, dims: tuple = (), values: object = None) -> None:
        self.name = ""
        self.kind = kind
        self.rows = rows
        self.dims = dims
        self.nulls = None
        self._count = 1
        for dim in dims:
            self._count *= dim
        self._texts = values if kind == _BYTES else None
        if kind == _BYTES:
            self._lengths = memoryview(array("I", map(len, values))).cast("B")
        else:
            self._values = memoryview(b"" if values is None else values).cast("B")
            self._width = len(self._values) // rows if rows else 0

    def bytes_of(self, start: int, stop: int) -> int:
        """How many bytes these rows take, without what stands before them."""
        nulls = stop - start if self.nulls else 0
        if self._texts is None:
            return nulls + (stop - start) * self._width
        texts = self._texts[start * self._count:stop * self._count]
        return nulls + 4 * len(texts) + sum(map(len, texts))

    def parts(self, start: int, stop: int) -> list:
        """These rows as the wire has them. Numbers are not copied."""
        name = self.name.encode("utf-8")
        head = len(name).to_bytes(4, "little") + name
        head += bytes((self.kind, _HAS_NULLS if self.nulls else 0, len(self.dims)))
        parts = [head + b"".join(dim.to_bytes(4, "little") for dim in self.dims)]
        if self.nulls:
            parts.append(self.nulls[start:stop])
        if self._texts is None:
            parts.append(self._values[start * self._width:stop * self._width])
        else:
            start, stop = start * self._count, stop * self._count
            parts += [self._lengths[4 * start:4 * stop], b"".join(self._texts[start:stop])]
        return parts


def _named(name: str, values: object) -> _Column:
    try:
        column = _column(values)
        if len(column.dims) > _MAX_RANK:
            raise ValueError("has %d dimensions; at most %d are possible" % (len(column.dims), _MAX_RANK))
    except TypeError as error:
        raise TypeError("column %r: %s" % (name, error)) from None
    except (ValueError, OverflowError) as error:
        raise ValueError("column %r: %s" % (name, error)) from None
    column.name = name
    return column


def _column(values: object) -> _Column:
    for convert in ("numpy", "to_numpy"):  # TensorFlow's eager tensors; series of pandas
        if hasattr(values, convert):
            values = getattr(values, convert)()
    if hasattr(values, "dtype") and hasattr(values, "astype"):
        if not values.shape:
            raise TypeError("holds a single value, not one for each row")
        if values.dtype.kind not in "SUO":
            return _of_array(values)
    if not isinstance(values, (list, tuple, range)):
        if not hasattr(values, "tolist"):
            raise TypeError("%s is neither a list nor an array" % type(values).__name__)
        values = values.tolist()
    return _of_list(values)


def _of_array(values: "numpy.ndarray") -> _Column:
    rows, dims = values.shape[0], tuple(values.shape[1:])
    if rows and not all(dims):
        return _all_null(rows)
    kind, dtype = _kind_of(values.dtype)
    if rows and str(values.dtype) == "uint64" and values.max() >= 1 << 63:
        raise ValueError("%d does not fit into 64 bits" % values.max())
    values = values.astype(dtype, order="C", copy=False, subok=False)
    return _Column(kind, rows, dims, values if rows else None)


def _kind_of(dtype: "numpy.dtype") -> "tuple[int, str]":
    if dtype.kind == "b":
        return _BOOL, "?"
    if dtype.kind in "iu":
        return _INT64, "<i8"
    if dtype.kind == "f" or dtype.name.startswith("bfloat"):
        return (_FLOAT32, "<f4") if dtype.itemsize <= 4 else (_FLOAT64, "<f8")
    raise TypeError("cannot be written: it holds %s; numbers, texts and bytes are possible" % dtype)


def _all_null(rows: int) -> _Column:
    column = _Column(_NONE, rows)
    column.nulls = b"\1" * rows
    return column


def _of_list(values: "list | tuple") -> _Column:
    rows = len(values)
    values, types = _plain(values)
    nulls = None
    if type(None) in types:
        nulls = bytes([value is None for value in values])
        present = next((value for value in values if value is not None), None)
        if present is None:
            return _all_null(rows)
        blank = _blank(present)
        values = [blank if value is None else value for value in values]
        types = types - {type(None)} | {type(blank)}
    dims = []
    while types & _LISTS:
        dims.append(_common_length(values, types))
        values, types = _plain(list(chain.from_iterable(values)))
    if rows and not values:
        return _all_null(rows)
    column = _Column(*_packed(values, types, rows, tuple(dims)))
    column.nulls = nulls
    return column


def _plain(values: list) -> "tuple[list, set]":
    """`values` of Python's own types, and these types."""
    types = set(map(type, values))
    if not types <= _PLAIN:
        values = [_plain_value(value) for value in values]
        types = set(map(type, values))
    return values, types


def _plain_value(value: object) -> object:
    value = native(value)
    for plain in (bool, int, float, str, bytes, list, tuple):
        if isinstance(value, plain):  # an enum or a named tuple, say
            return plain(value) if type(value) is not plain else value
    return value


def _blank(value: object) -> object:
    """What stands in the place of a null among values like this one."""
    return [_blank(item) for item in value] if isinstance(value, (list, tuple)) else type(value)()


def _common_length(values: list, types: set) -> int:
    if not types <= _LISTS:
        raise TypeError("mixes lists with other values: every row must hold as many values as the others")
    lengths = set(map(len, values))
    if len(lengths) > 1:
        raise ValueError("its lists hold %s values: every row must hold as many as the others; write rows that differ "
                         "one by one with write()" % " and ".join(map(str, sorted(lengths)[:3])))
    return lengths.pop()


def _packed(values: list, types: set, rows: int, dims: tuple) -> tuple:
    """The arguments of a _Column: the kind that all values have."""
    if types <= {bool}:
        return _BOOL, rows, dims, bytes(values)
    if types <= {bool, int}:
        try:
            return _INT64, rows, dims, array("q", values)
        except OverflowError:
            bad = next(value for value in values if not -1 << 63 <= value < 1 << 63)
            raise ValueError("%d does not fit into 64 bits" % bad) from None
    if types <= {bool, int, float}:
        return _FLOAT64, rows, dims, array("d", values)
    if types <= _TEXTS:
        return _BYTES, rows, dims, [value.encode("utf-8") if type(value) is str else value for value in values]
    raise TypeError("cannot be written: it holds %s; texts and bytes, integers and floats are possible, and None for a "
                    "whole row" % " and ".join(sorted(kind.__name__ for kind in types)))
