"""A larger classifier of one tensor column."""
from akdl.engine.tensors import tensor_feature
from akdl.models.tf.dnn.classifier import train
from akdl.runner.config import TrainTaskConfig


def dnn_tensor(task_config: TrainTaskConfig):
    """Train a two-class DNN of 1024, 1024, 512, 256 and 128 units and export it.

    user_params: `tensorCol`, `labelCol` (0 or 1), `batch_size`, `num_epochs`.

    Raises:
        ValueError: tensor_shapes.txt has no shape for `tensorCol`.
    """
    feature = tensor_feature(task_config.work_dir, task_config.user_params["tensorCol"])
    train([1024, 1024, 512, 256, 128], [feature], task_config)


main = dnn_tensor
