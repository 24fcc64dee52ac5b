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

    dataset = tf.data.Dataset.from_generator(stream.payloads, tf.string, tf.TensorShape([])).map(parse)
    if not batched:
        dataset = dataset.flat_map(tf.data.Dataset.from_tensor_slices)
    return _once(_with_options(tf, dataset))


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
