"""DeepAR, a forecast with its uncertainty.

Source: Salinas, Flunkert, Gasthaus, "DeepAR: Probabilistic Forecasting with Autoregressive Recurrent Networks", 2017.
"""
import json

from akdl.engine.keras_train import KerasRun, train_keras
from akdl.engine.tensors import tensor_feature
from akdl.runner.config import TrainTaskConfig

#: `model_config` replaces any of these.
DEFAULTS = {"hidden_size": 40, "num_layers": 2, "dropout": 0.1, "learning_rate": 0.001}
_LEAST_SIGMA = 1e-4


def main(task_config: TrainTaskConfig):
    """Train on windows and export the output `pred`: mean and standard deviation of the values.

    user_params: `tensorCol` (shape steps x features: the value before each step and what else is known), `labelCol`
    (the value at each step, or only at the last one), `batch_size`, `num_epochs`, `model_config` (JSON, see `DEFAULTS`).
    `pred` has the label's shape and, as its last dimension, the two numbers.
    """
    params = task_config.user_params
    feature = tensor_feature(task_config.work_dir, params["tensorCol"])
    label = tensor_feature(task_config.work_dir, params["labelCol"])
    if len(feature["shape"]) != 2:
        raise ValueError("column %r has the shape %s, expected steps x features" % (feature["name"], feature["shape"]))
    values = 1
    for dimension in label["shape"]:
        values *= dimension
    if values not in (1, feature["shape"][0]):
        raise ValueError("column %r has %d values, expected one for each of the %d steps or one for the last"
                         % (label["name"], values, feature["shape"][0]))
    config = dict(DEFAULTS, **json.loads(params.get("model_config") or "{}"))

    def compile(tf, model):
        model.compile(tf.keras.optimizers.Adam(learning_rate=float(config["learning_rate"])), loss=_likelihood(tf))

    train_keras(KerasRun(lambda tf: _build(tf, feature["shape"], values, config), compile,
                         lambda tf, result: {"pred": result}, feature, dict(label, shape=[values])),
                params, task_config)


def _build(tf, shape, values, config):
    layers = tf.keras.layers
    inputs = tf.keras.Input(shape=shape)
    state = inputs
    for _ in range(int(config["num_layers"])):
        state = layers.LSTM(int(config["hidden_size"]), return_sequences=True, dropout=config["dropout"])(state)
    if values == 1:
        state = layers.Cropping1D((shape[0] - 1, 0))(state)
    mean = layers.Dense(1)(state)
    sigma = layers.Dense(1, activation="softplus")(state)
    return tf.keras.Model(inputs, layers.Concatenate()([mean, sigma]))


def _likelihood(tf):
    """Minus the logarithm of the normal density, without its constant."""
    def loss(labels, predictions):
        mean, sigma = predictions[..., 0], predictions[..., 1] + _LEAST_SIGMA
        return tf.math.log(sigma) + 0.5 * tf.square((labels - mean) / sigma)

    return loss
