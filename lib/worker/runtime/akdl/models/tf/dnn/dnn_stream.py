"""`dnn_train` as the script of a stream component: one pass over the rows, then the chief writes the model as rows."""
import os

from akdl.models.tf.dnn import dnn_train
from akdl.runner import io_helper
from akdl.runner.config import StreamTaskConfig, TrainTaskConfig


def main(stream_config: StreamTaskConfig):
    """Train as `dnn_train.main` does, but once over the rows, whatever `num_epochs` says: a stream cannot be read again.
    """
    saved_model_dir = os.path.join(stream_config.work_dir, "saved_model_dir")
    task_config = TrainTaskConfig(dataset_file=None, dataset_length=None, saved_model_dir=saved_model_dir,
                                  **stream_config.__dict__)
    task_config.dataset_fn = stream_config.dataset_fn
    task_config.user_params = dict(stream_config.user_params, num_epochs=1)
    dnn_train.main(task_config)
    if stream_config.task_type == "chief" and stream_config.task_index == 0:
        io_helper.output_model_to_flink(saved_model_dir, stream_config.output_writer)
