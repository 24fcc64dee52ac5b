"""The entry of train components."""
from akdl.entry.base_entry import TF1_TYPE, TF2_TYPE, BaseEntry
from akdl.runner import io_helper
from akdl.runner.config import TrainTaskConfig

__all__ = ["TrainEntry", "TF1_TYPE", "TF2_TYPE"]


class TrainEntry(BaseEntry):
    """Calls a function with a TrainTaskConfig; then the chief writes the exported model as rows."""

    def construct_args(self, **kwargs):
        return TrainTaskConfig(**kwargs)

    def post_process(self, task_type, task_index, saved_model_dir, latest_ckpt_dir, output_writer, **kwargs):
        if task_type != "chief" or task_index != 0:
            return
        if latest_ckpt_dir:
            io_helper.output_model_ckpt_to_flink(saved_model_dir, latest_ckpt_dir, output_writer)
        else:
            io_helper.output_model_to_flink(saved_model_dir, output_writer)
