"""What every `tf.data` source of ours has in common. TensorFlow 1.15 to 2.x."""
from itertools import groupby
from operator import itemgetter

from . import malloc, record_batches

_MOST_IN_BATCH = 8192  # records; of more, a batch could have more bytes than TensorFlow parses


def read_records(tf: object, path: str) -> object:
    """A dataset of the records of the TFRecord file `path`: scalar strings."""
    return _with_options(tf, tf.data.TFRecordDataset(path))


def stream_records(tf: object, stream: object, batched: bool) -> object:
    """A dataset of the records of a `stream.Stream` as they arrive: scalar strings, or vectors of them.

    No Python runs for a record: many of them are one string that TensorFlow itself takes apart. `batch` of the dataset
    itself gives what it always gives for less work: the strings are cut where a batch ends, so that TensorFlow takes
    whole batches apart.
    """
    stream.open("records")
    text = tf.TensorSpec([], tf.string)

    def parse(tensor: object) -> object:
        return _parse_strings(tf, tensor)

    vectors = _generate(tf, lambda: map(record_batches.joined, stream.groups()), text).map(parse)
    if batched:
        return _once(_with_options(tf, vectors))
    dataset = _once(_with_options(tf, vectors.flat_map(tf.data.Dataset.from_tensor_slices)))
    any_batch = dataset.batch

    def batch(batch_size: object, drop_remainder: object = False, **options: object) -> object:
        plain = isinstance(batch_size, int) and isinstance(drop_remainder, bool) and not options
        if not plain or not 1 <= batch_size <= _MOST_IN_BATCH:
            return any_batch(batch_size, drop_remainder, **options)

        def batches() -> "iterator":
            return record_batches.whole_batches(stream.groups(), batch_size, drop_remainder)

        def parse_batches(tensor: object) -> object:
            records = parse(tensor)
            size = batch_size if drop_remainder else tf.minimum(batch_size, tf.size(records))
            return tf.reshape(records, [-1, size])

        return _with_options(tf, _generate(tf, batches, text).map(parse_batches).unbatch())

    dataset.batch = batch
    return dataset


def stream_columns(tf: object, stream: object, batch_size: "int | None") -> object:
    """A dataset of batches of a `stream.Stream`: dicts column -> dense tensor, whose first axis is the row.

    The runner cuts the batches: `batch_size` rows each but for the last one, or as many as there are. One string holds
    all numbers of a batch, and batches of the same size are taken apart together, with a copy and some views.
    """
    columns = stream.open_columns(batch_size or 0)
    flat = {dtype: [column["name"] for column in columns if not column["nested"] and column["dtype"] == dtype]
            for dtype in ("int64", "float32", "string")}
    nested = [column for column in columns if column["nested"]]
    numbers = len(flat["int64"]) + len(flat["float32"])
    parts = bool(numbers) + bool(flat["string"]) + len(nested)

    def groups() -> "iterator":
        for group in stream.groups():
            for rows, same in groupby(group, itemgetter(1)):
                pieces = [list(piece) for piece in zip(*(_cut(payload, parts) for payload, _ in same))]
                if flat["string"]:
                    texts = int(bool(numbers))
                    pieces[texts] = record_batches.concatenated(pieces[texts], rows * len(flat["string"]))
                yield (rows, *pieces)

    def unpack(rows: object, *pieces: object) -> dict:
        pieces, found = list(pieces), {}
        if numbers:
            _unpack_numbers(tf, pieces.pop(0), rows, flat["int64"], flat["float32"], found)
        if flat["string"]:
            texts = tf.reshape(_parse_strings(tf, pieces.pop(0)), [-1, len(flat["string"]), rows])
            found.update(zip(flat["string"], tf.unstack(texts, axis=1)))
        found.update((column["name"], piece) for column, piece in zip(nested, pieces))
        return {column["name"]: found[column["name"]] for column in columns}

    def parse_nested(batch: dict) -> dict:
        for column in nested:
            values = tf.io.parse_tensor(batch[column["name"]], getattr(tf, column["dtype"]))
            if column["vector"]:
                values.set_shape([None, None])
            batch[column["name"]] = values
        return batch

    shapes = [[None]] * bool(numbers) + [[]] * bool(flat["string"]) + [[None]] * len(nested)
    specs = [tf.TensorSpec(shape, tf.string) for shape in shapes]
    batches = _generate(tf, groups, tf.TensorSpec([], tf.int32), *specs).map(unpack).unbatch()
    return _once(_with_options(tf, batches.map(parse_nested) if nested else batches))


def _generate(tf: object, generator: "callable", *specs: object) -> object:
    """A dataset of what `generator` yields: tensors of that spec, or tuples of such tensors."""
    def begun() -> "iterator":
        malloc.keep_buffers(tf)
        return generator()

    def structure(leaves: list) -> object:
        return leaves[0] if len(leaves) == 1 else tuple(leaves)

    if tuple(map(int, tf.__version__.split(".")[:2])) >= (2, 4):
        return tf.data.Dataset.from_generator(begun, output_signature=structure(specs))
    types, shapes = zip(*((spec.dtype, spec.shape) for spec in specs))
    return tf.data.Dataset.from_generator(begun, structure(types), structure(shapes))


def _cut(payload: bytes, parts: int) -> list:
    """The parts of a payload of columns, each of which has its length before it."""
    found, at = [], 0
    for _ in range(parts):
        size = int.from_bytes(payload[at:at + 4], "little")
        found.append(payload[at + 4:at + 4 + size])
        at += 4 + size
    return found


def _parse_strings(tf: object, tensor: object) -> object:
    """The values of a serialized string tensor, [values]. `parse_tensor` would make each of them twice."""
    _, (values,) = tf.io.decode_proto([tensor], "tensorflow.TensorProto", ["string_val"], [tf.string],
                                      descriptor_source="local://")
    return tf.reshape(values, [-1])


def _unpack_numbers(tf: object, pieces: object, rows: object, integers: list, floats: list, found: dict) -> None:
    """Put the columns of numbers into `found`, [batches, rows] each: first those of int64, then those of float32.

    `pieces`: a string for each batch, that holds all of them.
    """
    words = tf.io.decode_raw(pieces, tf.float32)
    middle = 2 * len(integers) * rows
    if integers:
        values = tf.bitcast(tf.reshape(words[:, :middle], [-1, len(integers), rows, 2]), tf.int64)
        found.update(zip(integers, tf.unstack(values, axis=1)))
    if floats:
        found.update(zip(floats, tf.unstack(tf.reshape(words[:, middle:], [-1, len(floats), rows]), axis=1)))


def _once(dataset: object) -> object:
    """`dataset` without `repeat`: the rows of a stream come once."""
    def repeat(count: object = None, **_: object) -> object:
        raise ValueError("repeat: the rows of a stream come once. For several epochs use a batch component, or write the "
                         "rows to a file")

    dataset.repeat = repeat
    return dataset


def _with_options(tf: object, dataset: object) -> object:
    """`dataset` without auto-sharding and without tf.data's autotuner.

    Each task has its own share already. Ending an iterator can wait for the autotuner's thread for seconds (seen in
    TensorFlow 2.15 to 2.21). Options travel on to whatever the script appends; the script may set them back.
    """
    options = tf.data.Options()
    if hasattr(options, "autotune"):
        options.autotune.enabled = False
    else:
        options.experimental_optimization.autotune = False
    distribute = options.experimental_distribute
    if hasattr(distribute, "auto_shard_policy"):
        distribute.auto_shard_policy = tf.data.experimental.AutoShardPolicy.OFF
    else:
        distribute.auto_shard = False
    return dataset.with_options(options)
