"""A small classifier of numeric columns: Alink's example of a train script."""
import json
import os

from akdl.engine.run_config import generate_run_config
from akdl.engine.train import train_estimator
from akdl.runner.config import TrainTaskConfig
from akdl.runner.tf_helper import require_estimator, tf


def main(task_config: TrainTaskConfig):
    """Train a two-class DNN of 30 and 10 units and export it.

    user_params: `featureCols` (JSON list of column names, as text), `labelCol` (0 or 1), `batch_size`, `num_epochs`.
    """
    params = task_config.user_params
    columns, label = params["featureCols"], params["labelCol"]
    if isinstance(columns, str):
        columns = json.loads(columns)
    features = [{"name": name, "dtype": "float", "shape": [1]} for name in columns]
    estimator = require_estimator().DNNClassifier(
        hidden_units=[30, 10],
        feature_columns=[tf.feature_column.numeric_column(name) for name in columns],
        model_dir=os.path.join(task_config.work_dir, "model_dir"),
        n_classes=2,
        config=generate_run_config())
    train_estimator(
        estimator,
        input_config={"example_config": features + [{"name": label, "dtype": "long", "shape": [1]}],
                      "label_col": label},
        train_config={"batch_size": params["batch_size"], "num_epochs": params["num_epochs"]},
        export_config={"placeholders_config": features},
        task_config=task_config)
