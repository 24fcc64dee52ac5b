"""From serialized Examples to batches of tensors, and the inputs of an exported model."""
from akdl.runner.tf_helper import tf

#: Alink's type names. "double" is float32 because the rows arrive as float features.
dtype_str_map = {
    "byte": tf.int8,
    "ubyte": tf.uint8,
    "int": tf.int64,
    "long": tf.int64,
    "float": tf.float32,
    "double": tf.float32,
    "boolean": tf.bool,
    "string": tf.string,
}


def _dtype(name):
    return dtype_str_map[name] if isinstance(name, str) else name


def parse_feature_specs(example_config):
    """What `tf.io.parse_single_example` needs.

    Args:
        example_config: dicts with `name`, `dtype` (see `dtype_str_map`), `shape`, and optionally `feature_type`, one of
            "FixedLenFeature" (the default), "FixedLenSequenceFeature" (missing ones are empty) and "VarLenFeature".

    Returns:
        dict name -> feature.
    """
    return {config["name"]: _feature_spec(config) for config in example_config}


def _feature_spec(config):
    dtype = _dtype(config["dtype"])
    kind = config.get("feature_type", "FixedLenFeature")
    if kind == "FixedLenFeature":
        return tf.FixedLenFeature(config["shape"], dtype)
    if kind == "FixedLenSequenceFeature":
        return tf.FixedLenSequenceFeature(config["shape"], dtype, allow_missing=True)
    if kind == "VarLenFeature":
        return tf.VarLenFeature(dtype)
    raise ValueError("feature_type %r of %r: expected FixedLenFeature, FixedLenSequenceFeature or VarLenFeature"
                     % (kind, config["name"]))


def get_example_parser(feature_specs, label_col):
    """A function: scalar string -> (dict of the features without the label, label)."""
    def parse(serialized):
        features = tf.parse_single_example(serialized, feature_specs)
        label = features.pop(label_col)
        return features, label

    return parse


def get_feature_placeholders(placeholders_config, export_batch_dim=False, **kwargs):
    """The inputs of an exported model: dict name -> placeholder of `dtype` and `shape`.

    With `export_batch_dim` the shape gets a first dimension of 1. Other keywords are left out.
    """
    placeholders = {}
    for config in placeholders_config:
        shape = ([1] if export_batch_dim else []) + list(config["shape"])
        placeholders[config["name"]] = tf.placeholder(_dtype(config["dtype"]), shape, name=config["name"])
    return placeholders


def get_dataset(feature_specs, raw_dataset_fn, label_col, batch_size, num_epochs, num_parallel_calls=8,
                shuffle_factor=10, prefetch_buffer_size=None, post_process_dataset=None, **_):
    """Batches of (features, label): parse, post-process, shuffle, repeat, batch, prefetch.

    Args:
        raw_dataset_fn: gives the dataset of serialized Examples.
        shuffle_factor: the shuffle buffer holds this many batches; 0: no shuffling.
        post_process_dataset: dataset -> dataset, between parsing and shuffling.
    """
    batch_size, num_epochs = int(batch_size), int(num_epochs)
    dataset = raw_dataset_fn().map(get_example_parser(feature_specs, label_col), num_parallel_calls)
    if post_process_dataset is not None:
        dataset = post_process_dataset(dataset)
    if shuffle_factor > 0:
        dataset = dataset.shuffle(batch_size * shuffle_factor)
    dataset = dataset.repeat(num_epochs).batch(batch_size)
    if prefetch_buffer_size:
        dataset = dataset.prefetch(prefetch_buffer_size)
    return dataset


def get_dataset_fn(**kwargs):
    """`get_dataset` as an input function without arguments."""
    return lambda: get_dataset(**kwargs)
