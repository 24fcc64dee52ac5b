"""`dnn_train` as the script of a batch component: the chief writes the model as rows itself."""
import os

from akdl.models.tf.dnn import dnn_train
from akdl.runner import io_helper
from akdl.runner.config import BatchTaskConfig, TrainTaskConfig


def main(batch_config: BatchTaskConfig):
    """Train as `dnn_train.main` does; rows (model_id, model_info) come from the chief."""
    saved_model_dir = os.path.join(batch_config.work_dir, "saved_model_dir")
    dnn_train.main(TrainTaskConfig(saved_model_dir=saved_model_dir, **batch_config.__dict__))
    if batch_config.task_type == "chief" and batch_config.task_index == 0:
        io_helper.output_model_to_flink(saved_model_dir, batch_config.output_writer)
