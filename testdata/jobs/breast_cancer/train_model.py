"""Train a small network that tells malignant from benign tumours, and export it as a SavedModel.

Runs on any TensorFlow 2 as the script of train.json. The model takes the 30 measurements by their columns' names,
each a float tensor of any number of rows, and gives the probability of "malignant".
"""

import os

import tensorflow as tf

BASE = ["radius", "texture", "perimeter", "area", "smoothness", "compactness", "concavity",
        "concave_points", "symmetry", "fractal_dimension"]
FEATURES = ["mean_" + name for name in BASE] + [name + "_error" for name in BASE] + ["worst_" + name for name in BASE]
SPEC = {name: tf.io.FixedLenFeature([], tf.float32) for name in FEATURES}
SPEC["diagnosis"] = tf.io.FixedLenFeature([], tf.string)


class Scorer(tf.Module):
    """Standardized measurements through one hidden layer. Plain TensorFlow, so that the export is the same on
    every version."""

    def __init__(self, features):
        super().__init__()
        self.mean = tf.Variable(tf.reduce_mean(features, axis=0))
        self.deviation = tf.Variable(tf.math.reduce_std(features, axis=0))
        random = tf.random.Generator.from_seed(7)
        self.hidden = tf.Variable(random.normal([len(FEATURES), 16], stddev=0.2))
        self.hidden_bias = tf.Variable(tf.zeros([16]))
        self.last = tf.Variable(random.normal([16, 1], stddev=0.2))
        self.last_bias = tf.Variable(tf.zeros([1]))

    def logits(self, features):
        hidden = tf.nn.relu(tf.matmul((features - self.mean) / self.deviation, self.hidden) + self.hidden_bias)
        return tf.squeeze(tf.matmul(hidden, self.last) + self.last_bias, axis=1)

    @tf.function(input_signature=[{name: tf.TensorSpec([None], tf.float32, name=name) for name in FEATURES}])
    def serve(self, columns):
        return {"probability": tf.sigmoid(self.logits(tf.stack([columns[name] for name in FEATURES], axis=1)))}


def main(config):
    records = tf.data.TFRecordDataset(config.dataset_file)
    rows = next(iter(records.batch(config.dataset_length).map(lambda batch: tf.io.parse_example(batch, SPEC))))
    features = tf.stack([rows[name] for name in FEATURES], axis=1)  # float32, shape (rows, 30)
    malignant = tf.cast(rows["diagnosis"] == "malignant", tf.float32)

    scorer = Scorer(features)
    train(scorer, features, malignant, int(config.user_params["steps"]), float(config.user_params["rate"]))
    right = tf.reduce_mean(tf.cast((scorer.logits(features) > 0) == (malignant > 0), tf.float32))
    print("right about %.1f %% of %d tumours" % (100 * right, config.dataset_length))

    tf.saved_model.save(scorer, os.path.join(config.saved_model_dir, "1"), signatures=scorer.serve)


def train(scorer, features, labels, steps, rate):
    """Gradient descent with momentum over all rows at once."""
    weights = [scorer.hidden, scorer.hidden_bias, scorer.last, scorer.last_bias]
    speeds = [tf.Variable(tf.zeros_like(weight)) for weight in weights]
    for _ in range(steps):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(
                tf.nn.sigmoid_cross_entropy_with_logits(labels=labels, logits=scorer.logits(features)))
        for weight, speed, slope in zip(weights, speeds, tape.gradient(loss, weights)):
            speed.assign(0.9 * speed - rate * slope)
            weight.assign_add(speed)
