"""A larger classifier of one tensor column."""
import json
import os

from akdl.models.tf.dnn.classifier import train
from akdl.runner.config import TrainTaskConfig


def dnn_tensor(task_config: TrainTaskConfig):
    """Train a two-class DNN of 1024, 1024, 512, 256 and 128 units and export it.

    user_params: `tensorCol`, `labelCol` (0 or 1), `batch_size`, `num_epochs`. The tensors' shape is that of the work
    dir's tensor_shapes.txt.

    Raises:
        ValueError: that file has no shape for the column.
    """
    column = task_config.user_params["tensorCol"]
    train([1024, 1024, 512, 256, 128],
          [{"name": column, "dtype": tensor_dtype(task_config.work_dir, column),
            "shape": tensor_shape(task_config.work_dir, column)}], task_config)


main = dnn_tensor


def tensor_shape(work_dir, column):
    """The shape of a tensor column.

    Raises:
        ValueError: tensor_shapes.txt has none for it.
    """
    shapes = _read(work_dir, "tensor_shapes.txt")
    if column not in shapes:
        raise ValueError("column %r has no shape in tensor_shapes.txt (%s): expected a tensor or vector column with "
                         "values" % (column, ", ".join(shapes) or "which is empty"))
    return shapes[column]


def tensor_dtype(work_dir, column):
    """The dtype that the column's features are parsed with: "float" or "long"."""
    kind = _read(work_dir, "tensor_types.txt").get(column, "float")
    return "float" if kind in ("float", "double") else "long"


def _read(work_dir, name):
    path = os.path.join(work_dir, name)
    if not os.path.exists(path):
        return {}
    with open(path, encoding="utf-8") as file:
        return json.load(file)
