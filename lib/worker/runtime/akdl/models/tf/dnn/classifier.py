"""What the classifiers of this package share: with Estimator where TensorFlow has it, else without."""
import os

from akdl.runner.tf_helper import has_estimator


def train(hidden_units, features, task_config):
    """Train a two-class DNN on the task's rows; the chief exports it with the signature `predict`.

    Args:
        features: dicts with `name`, `dtype` and `shape` of the columns to learn from.
        task_config: its user_params are `labelCol` (0 or 1), `batch_size` and `num_epochs`.
    """
    run = _train_estimator if has_estimator() else _train_without
    run(hidden_units, features, task_config)


def _train_estimator(hidden_units, features, task_config):
    # Imported here: this turns off TensorFlow 2 behaviour for the whole process, as Alink does.
    from akdl.engine.run_config import generate_run_config
    from akdl.engine.train import train_estimator
    from akdl.runner.tf_helper import require_estimator, tf
    params = task_config.user_params
    estimator = require_estimator().DNNClassifier(
        hidden_units=hidden_units,
        feature_columns=[tf.feature_column.numeric_column(each["name"], shape=each["shape"]) for each in features],
        model_dir=os.path.join(task_config.work_dir, "model_dir"),
        n_classes=2,
        config=generate_run_config())
    train_estimator(
        estimator,
        input_config={"example_config": features + [{"name": params["labelCol"], "dtype": "long", "shape": [1]}],
                      "label_col": params["labelCol"]},
        train_config={"batch_size": params["batch_size"], "num_epochs": params["num_epochs"]},
        export_config={"placeholders_config": [dict(each, shape=_exported(each["shape"])) for each in features]},
        task_config=task_config)


def _exported(shape):
    """Estimator puts the batch in place of the first dimension, which a column of one value a row does not need."""
    return shape if list(shape) == [1] else [1] + list(shape)


def _train_without(hidden_units, features, task_config):
    from akdl.engine.classifier import train_classifier
    params = task_config.user_params
    train_classifier(hidden_units, features, params["labelCol"], params["batch_size"], params["num_epochs"],
                     task_config)
