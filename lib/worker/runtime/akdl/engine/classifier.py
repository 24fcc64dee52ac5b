"""Estimator's DNNClassifier for TensorFlow without Estimator (2.16 and later): same network, training and export.

Two classes, ReLU layers, Adagrad as `tf.compat.v1.estimator` sets it up. Workers average their gradients.
"""
import json
import os
import time

from akdl.engine.inputs import dtype_str_map
from akdl.runner.tf_helper import no_estimator
from alinktf_worker.datasets import read_records

_LEARNING_RATE = 0.05
_FIRST_ACCUMULATOR = 0.1
_SHUFFLED_BATCHES = 10


def train_classifier(hidden_units, features, label_col, batch_size, num_epochs, task_config):
    """Train on the task's rows; the chief exports the signature `predict` below `task_config.saved_model_dir`.

    Args:
        features: dicts with `name`, `dtype` (see `akdl.engine.inputs.dtype_str_map`) and `shape`. The model's inputs
            have the batch as their first dimension, and no other one where the shape is [1].
        label_col: the column of the label, an integer of 0 or 1.

    Raises:
        ImportError: there are parameter servers, which need Estimator.
    """
    import tensorflow as tf
    if (task_config.cluster or {}).get("ps"):
        raise no_estimator("training with parameter servers", "set numPSs to 0, so that workers average gradients")
    if not tf.executing_eagerly():
        tf.compat.v1.enable_v2_behavior()
    strategy = _strategy(tf)
    sizes = [sum(_size(each) for each in features)] + list(hidden_units) + [1]
    with strategy.scope():
        weights = _first_weights(tf, sizes)
        accumulators = [tf.Variable(tf.fill(each.shape, _FIRST_ACCUMULATOR), trainable=False) for each in weights]
    step = _train_step(tf, strategy, weights, accumulators, features)
    dataset = strategy.distribute_datasets_from_function(
        lambda _: _dataset(tf, features, label_col, int(batch_size), int(num_epochs), task_config))
    for batch in dataset:
        step(*batch)
    if task_config.task_type == "chief":
        _export(tf, [each.numpy() for each in weights], features, task_config.saved_model_dir)


def _strategy(tf):
    cluster = json.loads(os.environ.get("TF_CONFIG") or "{}").get("cluster", {})
    return tf.distribute.MultiWorkerMirroredStrategy() if "worker" in cluster else tf.distribute.get_strategy()


def _size(feature):
    size = 1
    for dimension in feature["shape"]:
        size *= dimension
    return size


def _first_weights(tf, sizes):
    """Kernel and bias of each layer, one after the other."""
    kernel = tf.initializers.GlorotUniform()
    weights = []
    for layer, shape in enumerate(zip(sizes, sizes[1:])):
        name = "dnn/logits" if layer == len(sizes) - 2 else "dnn/hiddenlayer_%d" % layer
        weights.append(tf.Variable(kernel(shape), name=name + "/kernel"))
        weights.append(tf.Variable(tf.zeros(shape[1:]), name=name + "/bias"))
    return weights


def _logits(tf, weights, inputs, features):
    """Scores of shape (batch, 1) for a dict of the columns."""
    columns = [tf.reshape(tf.cast(inputs[each["name"]], tf.float32), [-1, _size(each)]) for each in features]
    values = tf.concat(columns, axis=1)
    for layer in range(0, len(weights) - 2, 2):
        values = tf.nn.relu(tf.matmul(values, weights[layer]) + weights[layer + 1])
    return tf.matmul(values, weights[-2]) + weights[-1]


def _dataset(tf, features, label_col, batch_size, num_epochs, task_config):
    specs = {each["name"]: tf.io.FixedLenFeature(each["shape"], dtype_str_map[each["dtype"]]) for each in features}
    specs[label_col] = tf.io.FixedLenFeature([1], tf.int64)

    def parse(serialized):
        columns = tf.io.parse_example(serialized, specs)
        return columns, columns.pop(label_col)

    if getattr(task_config, "dataset_fn", None) is not None:
        records = task_config.dataset_fn()
    else:
        records = read_records(tf, task_config.dataset_file)
    return records.shuffle(batch_size * _SHUFFLED_BATCHES).repeat(num_epochs).batch(batch_size).map(parse)


def _train_step(tf, strategy, weights, accumulators, features):
    def gradients(columns, labels):
        with tf.GradientTape() as tape:
            logits = _logits(tf, weights, columns, features)
            loss = tf.reduce_sum(tf.nn.sigmoid_cross_entropy_with_logits(tf.cast(labels, tf.float32), logits))
        return tape.gradient(loss, weights)

    def step(columns, labels):
        of_replicas = strategy.run(gradients, args=(columns, labels))
        for weight, accumulator, each in zip(weights, accumulators, of_replicas):
            gradient = strategy.reduce(tf.distribute.ReduceOp.MEAN, each, axis=None)
            accumulator.assign_add(tf.square(gradient))
            weight.assign_sub(_LEARNING_RATE * gradient * tf.math.rsqrt(accumulator))

    return tf.function(step, reduce_retracing=True) if _can_relax(tf) else tf.function(
        step, experimental_relax_shapes=True)


def _can_relax(tf):
    return tuple(int(part) for part in tf.__version__.split(".")[:2]) >= (2, 9)


def _export(tf, values, features, saved_model_dir):
    """Save plain variables: the model must not ask for the strategy it was trained with."""
    module = tf.Module()
    module.weights = [tf.Variable(value) for value in values]

    def predict(**columns):
        return _predictions(tf, _logits(tf, module.weights, columns, features))

    inputs = {each["name"]: tf.TensorSpec(_exported_shape(each), dtype_str_map[each["dtype"]], each["name"])
              for each in features}
    signature = tf.function(predict).get_concrete_function(**inputs)
    # Under a name of its own first: a model that is there is complete.
    target = os.path.join(saved_model_dir, str(int(time.time())))
    unfinished = os.path.join(saved_model_dir, "temp-%d" % os.getpid())
    tf.saved_model.save(module, unfinished, signatures={"predict": signature})
    os.rename(unfinished, target)


def _exported_shape(feature):
    shape = list(feature["shape"])
    return [None] + ([] if shape == [1] else shape)


def _predictions(tf, logits):
    """What Estimator's head for two classes gives."""
    rows = tf.shape(logits)[0]
    class_ids = tf.cast(logits > 0, tf.int64)
    logistic = tf.sigmoid(logits)
    return {
        "logits": logits,
        "logistic": logistic,
        "probabilities": tf.concat([1 - logistic, logistic], axis=1),
        "class_ids": class_ids,
        "classes": tf.strings.as_string(class_ids),
        "all_class_ids": tf.tile(tf.constant([[0, 1]], tf.int32), [rows, 1]),
        "all_classes": tf.tile(tf.constant([["0", "1"]]), [rows, 1]),
    }
