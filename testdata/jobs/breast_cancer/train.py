"""Train a small Keras network that tells malignant from benign tumours; write predictions for a hold-out.

Runs on any TensorFlow 2 as the script of the job beside it. Every fifth row (by id) is held out:
the network never sees it, and the output holds one row for each of them.
"""

import random

import numpy
import tensorflow as tf

BASE = ["radius", "texture", "perimeter", "area", "smoothness", "compactness", "concavity",
        "concave_points", "symmetry", "fractal_dimension"]
FEATURES = ["mean_" + name for name in BASE] + [name + "_error" for name in BASE] + ["worst_" + name for name in BASE]
SPEC = {name: tf.io.FixedLenFeature([], tf.float32) for name in FEATURES}
SPEC["id"] = tf.io.FixedLenFeature([], tf.int64)
SPEC["diagnosis"] = tf.io.FixedLenFeature([], tf.string)


def main(config):
    for seed in (random.seed, numpy.random.seed, tf.random.set_seed):
        seed(7)
    records = tf.data.TFRecordDataset(config.dataset_file)
    rows = next(iter(records.batch(config.dataset_length).map(lambda batch: tf.io.parse_example(batch, SPEC))))
    features = tf.stack([rows[name] for name in FEATURES], axis=1)  # float32, shape (rows, 30)
    malignant = tf.cast(rows["diagnosis"] == "malignant", tf.float32)
    held_out = rows["id"] % 5 == 0

    mean, variance = tf.nn.moments(features[~held_out], axes=[0])
    features = (features - mean) / tf.sqrt(variance)
    model = tf.keras.Sequential([
        tf.keras.layers.Dense(16, activation="relu"),
        tf.keras.layers.Dense(1, activation="sigmoid"),
    ])
    model.compile(optimizer=tf.keras.optimizers.Adam(0.01), loss="binary_crossentropy", metrics=["accuracy"])
    model.fit(features[~held_out], malignant[~held_out],
              batch_size=int(config.user_params["batch_size"]), epochs=int(config.user_params["epochs"]), verbose=2)

    probability = model.predict(features[held_out], verbose=0)[:, 0]
    for row, diagnosis, p in zip(rows["id"][held_out].numpy(), rows["diagnosis"][held_out].numpy(), probability):
        config.output_writer.write(example(row, diagnosis, p))


def example(row, diagnosis, probability):
    """One output row: id, the true diagnosis, the probability of "malignant", the predicted diagnosis."""
    prediction = b"malignant" if probability > 0.5 else b"benign"
    return tf.train.Example(features=tf.train.Features(feature={
        "id": tf.train.Feature(int64_list=tf.train.Int64List(value=[row])),
        "diagnosis": tf.train.Feature(bytes_list=tf.train.BytesList(value=[diagnosis])),
        "probability": tf.train.Feature(float_list=tf.train.FloatList(value=[probability])),
        "prediction": tf.train.Feature(bytes_list=tf.train.BytesList(value=[prediction])),
    }))
