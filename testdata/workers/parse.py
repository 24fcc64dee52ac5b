"""Parse the data with TensorFlow, tell in the file `out` what it finds, and write every row back.

User parameters: `out`, and `dtypes`, JSON of an object: column -> dtype.
"""

import json
import os

import numpy
import tensorflow as tf

if tf.__version__.startswith("1."):
    tf.compat.v1.enable_eager_execution()

DEFAULTS = {"int64": -1, "float32": -1.0, "string": b"none"}


def main(config):
    dtypes = json.loads(config.user_params["dtypes"])
    types = read_json(config, "tensor_types.txt")
    # A tensor of bytes is a text per row.
    shapes = {
        name: shape[:-1] if types.get(name) == "byte" else shape
        for name, shape in read_json(config, "tensor_shapes.txt").items()
    }
    dataset = tf.data.TFRecordDataset(config.dataset_file).batch(config.dataset_length)
    serialized = next(iter(dataset))
    fixed = tf.io.parse_example(
        serialized,
        {
            name: tf.io.FixedLenFeature(
                shapes.get(name, []), dtype, numpy.full(shapes.get(name, []), DEFAULTS[dtype])
            )
            for name, dtype in dtypes.items()
        },
    )
    ragged = tf.io.parse_example(
        serialized, {name: tf.io.VarLenFeature(dtype) for name, dtype in dtypes.items()}
    )
    rows = [values_of(ragged, row) for row in range(config.dataset_length)]
    with open(config.user_params["out"], "w") as file:
        json.dump(
            {
                "fixed": {name: plain(value.numpy()) for name, value in fixed.items()},
                "ragged": [{name: plain(values) for name, values in row.items()} for row in rows],
                "shapes": read_json(config, "tensor_shapes.txt"),
                "types": types,
            },
            file,
        )
    for row in rows:
        features = {name: feature(dtypes[name], values) for name, values in row.items()}
        config.output_writer.write(tf.train.Example(features=tf.train.Features(feature=features)))


def read_json(config, name):
    with open(os.path.join(config.work_dir, name)) as file:
        return json.load(file)


def values_of(ragged, row):
    """Column -> values of one row."""
    return {name: each.values.numpy()[each.indices.numpy()[:, 0] == row] for name, each in ragged.items()}


def feature(dtype, values):
    """A row's value; without values it is a null."""
    if len(values) == 0:
        return tf.train.Feature()
    if dtype == "int64":
        return tf.train.Feature(int64_list=tf.train.Int64List(value=values))
    if dtype == "float32":
        return tf.train.Feature(float_list=tf.train.FloatList(value=values))
    return tf.train.Feature(bytes_list=tf.train.BytesList(value=list(values)))


def plain(array):
    """Lists of numbers, and of texts with a character for each byte."""
    if isinstance(array, bytes):
        return array.decode("latin-1")
    return [plain(each) for each in array] if numpy.ndim(array) else array.item()
