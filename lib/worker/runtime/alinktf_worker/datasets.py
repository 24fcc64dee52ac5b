"""What every `tf.data` source of ours has in common. TensorFlow 1.15 to 2.x."""


def read_records(tf: object, path: str) -> object:
    """A dataset of the records of the TFRecord file `path`: scalar strings."""
    return _with_options(tf, tf.data.TFRecordDataset(path))


def stream_records(tf: object, stream: object, batched: bool) -> object:
    """A dataset of the records of a `stream.Stream` as they arrive: scalar strings, or vectors of them.

    No Python runs for a record: a chunk of them is one string that TensorFlow itself takes apart.
    """
    stream.open("records")

    def parse(chunk: object) -> object:
        records = tf.io.parse_tensor(chunk, tf.string)
        records.set_shape([None])
        return records

    dataset = _generate(tf, stream.payloads, 1).map(parse)
    if not batched:
        dataset = dataset.flat_map(tf.data.Dataset.from_tensor_slices)
    return _once(_with_options(tf, dataset))


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

    def batches() -> "iterator":
        for payload in stream.payloads():
            yield _cut(payload, parts)

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

    return _once(_with_options(tf, _generate(tf, batches, parts).map(unpack)))


def _generate(tf: object, generator: "callable", strings: int) -> object:
    """A dataset of what `generator` yields: a scalar string, or tuples of so many."""
    def structure(leaf: object) -> object:
        return leaf if strings == 1 else (leaf,) * strings

    scalar = tf.TensorShape([])
    if tuple(map(int, tf.__version__.split(".")[:2])) >= (2, 4):
        return tf.data.Dataset.from_generator(generator, output_signature=structure(tf.TensorSpec(scalar, tf.string)))
    return tf.data.Dataset.from_generator(generator, structure(tf.string), structure(scalar))


def _cut(payload: bytes, parts: int) -> "bytes | tuple":
    """The parts of a payload of columns, each of which has its length before it."""
    if parts == 1:
        return payload[4:]
    found, at = [], 0
    for _ in range(parts):
        size = int.from_bytes(payload[at:at + 4], "little")
        found.append(payload[at + 4:at + 4 + size])
        at += 4 + size
    return tuple(found)


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
