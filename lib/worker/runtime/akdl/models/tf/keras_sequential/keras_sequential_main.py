"""A Keras model whose layers are named in the user params: a classifier or a regression of one tensor column."""
import json

from akdl.engine.keras_train import KerasRun, train_keras
from akdl.engine.tensors import tensor_feature
from akdl.runner.config import TrainTaskConfig


def main(task_config: TrainTaskConfig):
    """Train and export a Sequential model with an output layer of our own.

    user_params, besides those of `akdl.engine.keras_train.train_keras`:
        tensor_cols: the one column, as a JSON list, or its name.
        label_col: from 0 in a classifier. label_type: its column's type; "float" and "double" are parsed as floats.
        model_config: JSON, a list of layers or an object with `layers`, such as "Dense(32, activation='relu')": what
            tf.keras.layers has, or an expression with tf or hub (tensorflow_hub).
        optimizer: a name, or such an expression of tf.keras.optimizers; default "Adam()".
        ALINK:bc_1: a file with the number of classes; without it the model is a regression.

    Outputs: `logits` and `probabilities` (one per class; two classes have one logit), or `predictions`.
    """
    params = task_config.user_params
    feature = tensor_feature(task_config.work_dir, _one_column(params["tensor_cols"]))
    classes = _number_of_classes(params)
    dtype = "float" if params.get("label_type", "").lower() in ("float", "double") else "long"
    label = {"name": params["label_col"], "dtype": dtype, "shape": [1]}
    layers = _layers(params["model_config"])
    units = 1 if classes is None or classes == 2 else classes

    def build(tf):
        made = [_evaluate(tf, text, tf.keras.layers) for text in layers]
        return tf.keras.Sequential([tf.keras.Input(shape=feature["shape"], dtype=_input_dtype(feature))] + made
                                   + [tf.keras.layers.Flatten(), tf.keras.layers.Dense(units)])

    def compile(tf, model):
        loss, metrics = _loss(tf, classes)
        model.compile(_optimizer(tf, params.get("optimizer") or "Adam()"), loss=loss, metrics=metrics)

    train_keras(KerasRun(build, compile, lambda tf, result: _outputs(tf, classes, result), feature, label), params,
                task_config)


def _one_column(columns):
    if isinstance(columns, str):
        columns = json.loads(columns) if columns.lstrip().startswith("[") else [columns]
    if len(columns) != 1:
        raise ValueError("tensor_cols: found %d columns, expected one: a Sequential model has one input"
                         % len(columns))
    return columns[0]


def _number_of_classes(params):
    path = params.get("ALINK:bc_1")
    if not path:
        return None
    with open(path, encoding="utf-8") as file:
        return int(float(file.read().split()[0]))


def _layers(config):
    if isinstance(config, str):
        config = json.loads(config)
    layers = config.get("layers") if isinstance(config, dict) else config
    return json.loads(layers) if isinstance(layers, str) else layers


def _input_dtype(feature):
    return {"float": "float32", "long": "int64", "string": "string"}[feature["dtype"]]


def _evaluate(tf, text, module):
    """The object that an expression such as "Dense(32)" makes; names are those of `module`, tf, keras and hub."""
    names = dict(vars(module), tf=tf, keras=tf.keras, regularizers=tf.keras.regularizers)
    if "hub." in text:
        try:
            import tensorflow_hub
        except ImportError:
            raise ImportError("the layer %s needs tensorflow_hub: pip install tensorflow_hub" % text) from None
        names["hub"] = tensorflow_hub
    try:
        return eval(text, names)  # as in Alink; whoever writes the job writes the script as well
    except (NameError, SyntaxError, TypeError) as error:
        raise ValueError("%r is no expression of %s: %s" % (text, module.__name__, error)) from error


def _optimizer(tf, text):
    return _evaluate(tf, text, tf.keras.optimizers) if "(" in text else text


def _loss(tf, classes):
    if classes is None:
        return "mse", ["mae"]
    if classes == 2:
        return tf.keras.losses.BinaryCrossentropy(from_logits=True), [
            tf.keras.metrics.BinaryAccuracy(name="accuracy", threshold=0.0),
            _auc_of_logits(tf)]
    return (tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True),
            [tf.keras.metrics.SparseCategoricalAccuracy(name="accuracy")])


def _auc_of_logits(tf):
    """The area under the ROC curve; AUC(from_logits=True) came with TensorFlow 2.4 only."""
    class AucOfLogits(tf.keras.metrics.AUC):
        def update_state(self, y_true, y_pred, sample_weight=None):
            return super().update_state(y_true, tf.sigmoid(y_pred), sample_weight)

    return AucOfLogits(name="auc")


def _outputs(tf, classes, result):
    if classes is None:
        return {"predictions": result}
    if classes == 2:
        positive = tf.sigmoid(result)
        return {"logits": result, "probabilities": tf.concat([1 - positive, positive], axis=1)}
    return {"logits": result, "probabilities": tf.nn.softmax(result)}
