"""Estimator's DNNClassifier for TensorFlow without Estimator (2.16 and later): same network, training and export.

Two classes, ReLU layers, Adagrad as `tf.compat.v1.estimator` sets it up. Workers average their gradients.
"""
from akdl.engine.eager import eager_tensorflow, exports, make_parser, make_strategy, read_rows, save
from akdl.runner.tf_helper import no_estimator

_LEARNING_RATE = 0.05
_FIRST_ACCUMULATOR = 0.1
_SHUFFLED_BATCHES = 10


def train_classifier(hidden_units, features, label_col, batch_size, num_epochs, task_config):
    """Train on the task's rows; the chief exports the signature `predict` below `task_config.saved_model_dir`.

    Args:
        features: dicts with `name`, `dtype` and `shape`, see `akdl.engine.eager.make_parser`.
        label_col: the column of the label, an integer of 0 or 1.

    Raises:
        ImportError: there are parameter servers, which need Estimator.
    """
    if (task_config.cluster or {}).get("ps"):
        raise no_estimator("training with parameter servers", "set numPSs to 0, so that workers average gradients")
    tf = eager_tensorflow()
    strategy = make_strategy(tf)
    sizes = [sum(_size(each) for each in features)] + list(hidden_units) + [1]
    with strategy.scope():
        weights = _first_weights(tf, sizes)
        accumulators = [tf.Variable(tf.fill(each.shape, _FIRST_ACCUMULATOR), trainable=False) for each in weights]
    step = _train_step(tf, strategy, weights, accumulators, features)
    batch_size = int(batch_size)
    parse = make_parser(tf, features, {"name": label_col, "dtype": "long", "shape": [1]})
    dataset = read_rows(tf, task_config).shuffle(batch_size * _SHUFFLED_BATCHES)
    dataset = dataset.repeat(int(num_epochs)).batch(batch_size).map(parse)
    for batch in strategy.distribute_datasets_from_function(lambda _: dataset):
        step(*batch)
    if exports(task_config):
        _export(tf, weights, features, task_config.saved_model_dir)


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

    return tf.function(step, reduce_retracing=True)


def _export(tf, weights, features, saved_model_dir):
    holder = tf.Module()
    holder.weights = [tf.Variable(each.numpy()) for each in weights]

    def predict(**columns):
        return _predictions(tf, _logits(tf, holder.weights, columns, features))

    save(tf, predict, holder, features, saved_model_dir)


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
