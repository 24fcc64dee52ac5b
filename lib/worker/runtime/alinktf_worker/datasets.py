"""What every `tf.data` source of ours has in common. TensorFlow 1.15 to 2.x."""
from . import record_batches

# How many records in a batch may come as a string: for fewer, taking it apart costs more than putting them together,
# and more could have more bytes than TensorFlow parses.
_LEAST_CUT, _MOST_CUT = 16, 8192


def read_records(tf: object, path: str) -> object:
    """A dataset of the records of the TFRecord file `path`: scalar strings."""
    return _with_options(tf, tf.data.TFRecordDataset(path))


def stream_records(tf: object, stream: object, batched: bool) -> object:
    """A dataset of the records of a `stream.Stream` as they arrive: scalar strings, or vectors of them.

    No Python runs for a record: many of them are one string that TensorFlow itself takes apart. `batch` of the dataset
    itself gives what it always gives for less work: the strings are cut to that size, none is taken apart
    and put together again.
    """
    stream.open("records")

    def parse(chunk: object, rows: "int | None" = None) -> object:
        records = tf.io.parse_tensor(chunk, tf.string)
        records.set_shape([rows])
        return records

    vectors = _generate(tf, lambda: map(record_batches.joined, stream.groups()), 1, []).map(parse)
    if batched:
        return _once(_with_options(tf, vectors))
    dataset = _once(_with_options(tf, vectors.flat_map(tf.data.Dataset.from_tensor_slices)))
    any_batch = dataset.batch

    def batch(batch_size: object, drop_remainder: object = False, **options: object) -> object:
        plain = isinstance(batch_size, int) and isinstance(drop_remainder, bool) and not options
        if not plain or not _LEAST_CUT <= batch_size <= _MOST_CUT:
            return any_batch(batch_size, drop_remainder, **options)

        def batches() -> "iterator":
            return record_batches.cut(stream.groups(), batch_size, drop_remainder)

        def parse_batch(chunk: object) -> object:
            return parse(chunk, batch_size if drop_remainder else None)

        return _with_options(tf, _generate(tf, batches, 1, [None]).unbatch().map(parse_batch))

    dataset.batch = batch
    return dataset


def stream_columns(tf: object, stream: object, batch_size: "int | None") -> object:
    """A dataset of batches of a `stream.Stream`: dicts column -> dense tensor, whose first axis is the row.

    The runner cuts the batches: `batch_size` rows each but for the last one, or as many as there are. One string holds
    all numbers of a batch, so that TensorFlow takes it apart with a copy and some views.
    """
    columns = stream.open_columns(batch_size or 0)
    flat = {dtype: [column["name"] for column in columns if not column["nested"] and column["dtype"] == dtype]
            for dtype in ("int64", "float32", "string")}
    nested = [column for column in columns if column["nested"]]
    numbers = len(flat["int64"]) + len(flat["float32"])
    parts = bool(numbers) + bool(flat["string"]) + len(nested)

    def groups() -> "iterator":
        for group in stream.groups():
            payloads = [_cut(payload, parts) for payload, _ in group]
            yield [payload[0] for payload in payloads] if parts == 1 else tuple(map(list, zip(*payloads)))

    def unpack(*pieces: object) -> dict:
        pieces, found = list(pieces), {}
        if numbers:
            _unpack_numbers(tf, pieces.pop(0), flat["int64"], flat["float32"], found)
        if flat["string"]:
            texts = tf.reshape(tf.io.parse_tensor(pieces.pop(0), tf.string), [len(flat["string"]), -1])
            found.update(zip(flat["string"], tf.unstack(texts)))
        for column, piece in zip(nested, pieces):
            values = tf.io.parse_tensor(piece, getattr(tf, column["dtype"]))
            if column["vector"]:
                values.set_shape([None, None])
            found[column["name"]] = values
        return {column["name"]: found[column["name"]] for column in columns}

    return _once(_with_options(tf, _generate(tf, groups, parts, [None]).unbatch().map(unpack)))


def _generate(tf: object, generator: "callable", strings: int, shape: list) -> object:
    """A dataset of what `generator` yields: strings of that shape, or tuples of so many."""
    def structure(leaf: object) -> object:
        return leaf if strings == 1 else (leaf,) * strings

    shape = tf.TensorShape(shape)
    if tuple(map(int, tf.__version__.split(".")[:2])) >= (2, 4):
        return tf.data.Dataset.from_generator(generator, output_signature=structure(tf.TensorSpec(shape, tf.string)))
    return tf.data.Dataset.from_generator(generator, structure(tf.string), structure(shape))


def _cut(payload: bytes, parts: int) -> list:
    """The parts of a payload of columns, each of which has its length before it."""
    found, at = [], 0
    for _ in range(parts):
        size = int.from_bytes(payload[at:at + 4], "little")
        found.append(payload[at + 4:at + 4 + size])
        at += 4 + size
    return found


def _unpack_numbers(tf: object, piece: object, integers: list, floats: list, found: dict) -> None:
    """Put the columns of numbers into `found`: first those of int64, then those of float32, each for all rows."""
    words = tf.io.decode_raw(piece, tf.float32)
    rows = tf.size(words) // (2 * len(integers) + len(floats))
    middle = 2 * len(integers) * rows
    if integers:
        values = tf.bitcast(tf.reshape(words[:middle], [len(integers), rows, 2]), tf.int64)
        found.update(zip(integers, tf.unstack(values)))
    if floats:
        found.update(zip(floats, tf.unstack(tf.reshape(words[middle:], [len(floats), rows]))))


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
