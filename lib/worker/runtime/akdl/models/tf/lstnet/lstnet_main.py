"""LSTNet, a forecast of several series that move together.

Source: Lai, Chang, Yang, Liu, "Modeling Long- and Short-Term Temporal Patterns with Deep Neural Networks", 2018.
"""
import json

from akdl.engine.keras_train import KerasRun, train_keras
from akdl.engine.tensors import tensor_feature
from akdl.runner.config import TrainTaskConfig

#: `model_config` replaces any of these: convolution over `kernel` steps, a GRU, a GRU over every `skip`-th step
#: (0: none), and an autoregression over the last `highway` steps of each series (0: none).
DEFAULTS = {"filters": 100, "kernel": 6, "rnn_units": 100, "skip_rnn_units": 5, "skip": 0, "highway": 24,
            "dropout": 0.2, "learning_rate": 0.001}


def main(task_config: TrainTaskConfig):
    """Train on windows and export the output `pred`, the next value of each series.

    user_params: `tensorCol` (shape steps x series), `labelCol` (one value per series), `batch_size`, `num_epochs`,
    `model_config` (JSON, see `DEFAULTS`).
    """
    params = task_config.user_params
    feature = tensor_feature(task_config.work_dir, params["tensorCol"])
    label = tensor_feature(task_config.work_dir, params["labelCol"])
    if len(feature["shape"]) != 2:
        raise ValueError("column %r has the shape %s, expected steps x series" % (feature["name"], feature["shape"]))
    config = dict(DEFAULTS, **json.loads(params.get("model_config") or "{}"))
    series = 1
    for dimension in label["shape"]:
        series *= dimension

    def compile(tf, model):
        model.compile(tf.keras.optimizers.Adam(learning_rate=float(config["learning_rate"])), loss="mse",
                      metrics=["mae"])

    train_keras(KerasRun(lambda tf: _build(tf, feature["shape"], series, config), compile,
                         lambda tf, result: {"pred": result}, feature, dict(label, shape=[series])),
                params, task_config)


def _build(tf, shape, series, config):
    layers = tf.keras.layers
    steps = shape[0]
    kernel = min(int(config["kernel"]), steps)
    inputs = tf.keras.Input(shape=shape)
    patterns = layers.Conv1D(int(config["filters"]), kernel, activation="relu")(inputs)
    patterns = layers.Dropout(config["dropout"])(patterns)
    found = [layers.Dropout(config["dropout"])(layers.GRU(int(config["rnn_units"]))(patterns))]
    skip, left = int(config["skip"]), steps - kernel + 1
    if skip > 0 and left >= skip:
        found.append(_skip_rnn(layers, patterns, left, skip, int(config["filters"]), int(config["skip_rnn_units"])))
    result = layers.Dense(series)(layers.Concatenate()(found) if len(found) > 1 else found[0])
    highway = min(int(config["highway"]), steps)
    if highway > 0 and series == shape[1]:
        last = layers.Permute((2, 1))(layers.Cropping1D((steps - highway, 0))(inputs))
        result = layers.Add()([result, layers.Flatten()(layers.Dense(1)(last))])
    return tf.keras.Model(inputs, result)


def _skip_rnn(layers, patterns, steps, skip, filters, units):
    """The state of a GRU over the steps of each phase of the period `skip`, all phases beside each other."""
    periods = steps // skip
    kept = layers.Cropping1D((steps - periods * skip, 0))(patterns)
    by_phase = layers.Permute((2, 1, 3))(layers.Reshape((periods, skip, filters))(kept))
    return layers.Flatten()(layers.TimeDistributed(layers.GRU(units))(by_phase))
