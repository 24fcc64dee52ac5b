"""A small classifier of numeric columns: Alink's example of a train script."""
import json

from akdl.models.tf.dnn.classifier import train
from akdl.runner.config import TrainTaskConfig


def main(task_config: TrainTaskConfig):
    """Train a two-class DNN of 30 and 10 units and export it.

    user_params: `featureCols` (JSON list of column names, as text), `labelCol` (0 or 1), `batch_size`, `num_epochs`.
    """
    columns = task_config.user_params["featureCols"]
    if isinstance(columns, str):
        columns = json.loads(columns)
    train([30, 10], [{"name": name, "dtype": "float", "shape": [1]} for name in columns], task_config)
