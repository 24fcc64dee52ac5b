"""The object that `main` is called with, per component (Alink's akdl.runner.config and TFContext)."""
import os

from akdl.runner import config as akdl_config
from akdl.runner.output_writer import DirectOutputWriter
from flink_ml_framework.context import Context

from .user_params import truth


def build(task: dict, records: int) -> object:
    """Make the config that `main` gets.

    Args:
        task: the runner's `task` message.
        records: the number of records in the spool; None in a stream task, which has none.

    Raises:
        ValueError: the component has no script.
    """
    work_dir = task["work_dir"]
    members = {
        "tf_context": context_class(task["component"])(Context(task)),
        "num_workers": task["num_workers"],
        "cluster": task["cluster"],
        "task_type": task["role"],
        "task_index": task["index"],
        "work_dir": work_dir,
        "user_params": task["user_params"],
    }
    component = task["component"]
    if component in ("TensorFlowStreamOp", "TensorFlow2StreamOp"):
        return akdl_config.StreamTaskConfig(dataset_fn=members["tf_context"].stream_dataset,
                                            output_writer=DirectOutputWriter(), **members)
    members.update(dataset_file=os.path.join(work_dir, "dataset.tfrecords"), dataset_length=records)
    if component in ("TensorFlowBatchOp", "TensorFlow2BatchOp"):
        return akdl_config.BatchTaskConfig(output_writer=DirectOutputWriter(), **members)
    if writes_model(task):
        keep = truth(task["user_params"].get("ALINK:save_latest_checkpoint"))
        return akdl_config.TrainTaskConfig(saved_model_dir=os.path.join(work_dir, "savedmodel"),
                                           latest_ckpt_dir=os.path.join(work_dir, "latest_ckpt") if keep else None,
                                           **members)
    raise ValueError("component %s does not run as a task" % component)


def writes_model(task: dict) -> bool:
    """True for the components whose rows are the model that the chief has exported."""
    return task["component"] in ("TFTableModelTrainBatchOp", "TF2TableModelTrainBatchOp")


def after_main(task: dict, config: object) -> None:
    """Write the model's rows, in a train component's chief."""
    if writes_model(task) and task["role"] == "chief":
        from akdl.runner import io_helper
        if config.latest_ckpt_dir:
            io_helper.output_model_ckpt_to_flink(config.saved_model_dir, config.latest_ckpt_dir, DirectOutputWriter())
        else:
            io_helper.output_model_to_flink(config.saved_model_dir, DirectOutputWriter())


def context_class(component: str) -> type:
    """The class of `config.tf_context`, whose module Alink names after the component's TensorFlow."""
    if component.startswith(("TensorFlow2", "TF2")):
        from flink_ml_tensorflow2.tensorflow_context import TFContext
    else:
        from flink_ml_tensorflow.tensorflow_context import TFContext
    return TFContext
