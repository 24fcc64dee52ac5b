"""What every `tf.data` source of ours has in common. TensorFlow 1.15 to 2.x."""


def read_records(tf: object, path: str) -> object:
    """A dataset of the records of the TFRecord file `path`: scalar strings.

    Auto-sharding is off, because each task has its own share already. So is tf.data's autotuner: ending an
    iterator can wait for its thread for seconds (seen in TensorFlow 2.15 to 2.21). Options travel on to
    whatever the script appends; the script may set them back.
    """
    dataset = tf.data.TFRecordDataset(path)
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
