"""The steps around a function of one config. Importing this imports no TensorFlow."""
import importlib
import json
import os

from akdl.runner.output_writer import DirectOutputWriter
from alinktf_worker.user_params import truth

TF1_TYPE = "tf1"
TF2_TYPE = "tf2"
_MOST_BROADCASTS = 1023  # as in Alink


class BaseEntry:
    """Builds the config of a task from its context and calls a function with it."""

    def __init__(self, func_name, engine_type):
        """
        Args:
            func_name: "module.function", such as "tf_user_main.main".
            engine_type: `TF1_TYPE` or `TF2_TYPE`.
        """
        self.func_name = func_name
        self.engine_type = engine_type

    @staticmethod
    def get_func_by_name(name):
        """The function that "module.function" names; its module is imported."""
        module, _, function = name.rpartition(".")
        return getattr(importlib.import_module(module), function)

    def construct_args(self, **kwargs):
        """The config, made of everything that `entry_func` knows."""
        raise NotImplementedError("%s has no construct_args" % type(self).__name__)

    def is_batch(self):
        """True if all rows are there before the function is called."""
        return True

    def post_process(self, **kwargs):
        """Called with the same keywords when the function has returned."""

    def entry_func(self, context):
        """Call the function for the task of `context`, a `flink_ml_framework.context.Context`."""
        tf_context = self._tf_context(context)
        cluster, task_type, task_index = tf_context.export_estimator_cluster()
        properties = tf_context.properties
        work_dir = properties["ALINK:work_dir"]
        user_params = self._user_params(properties)
        known = {
            "tf_context": tf_context, "cluster": cluster, "task_type": task_type, "task_index": task_index,
            "num_workers": int(properties["ALINK:num_workers"] or 1), "work_dir": work_dir,
            "user_params": user_params, "saved_model_dir": os.path.join(work_dir, "savedmodel"),
            "latest_ckpt_dir": os.path.join(work_dir, "latest_ckpt")
                               if truth(user_params.get("ALINK:save_latest_checkpoint")) else None,
            "dataset_file": None, "dataset_length": None, "dataset_fn": None, "output_writer": DirectOutputWriter()}
        if self.is_batch():
            known["dataset_file"] = os.path.join(work_dir, "dataset.tfrecords")
            known["dataset_length"] = _count_records(known["dataset_file"])
        else:
            known["dataset_fn"] = tf_context.flink_stream_dataset
        config = self.construct_args(**known)
        self.get_func_by_name(self.func_name)(config)
        self.post_process(**known)

    def _tf_context(self, context):
        if self.engine_type == TF1_TYPE:
            from flink_ml_tensorflow.tensorflow_context import TFContext
        else:
            from flink_ml_tensorflow2.tensorflow_context import TFContext
        return TFContext(context)

    @staticmethod
    def _user_params(properties):
        params = json.loads(properties["ALINK:user_defined_params"] or "{}")
        names = ["ALINK:bc_%d" % number for number in range(1, _MOST_BROADCASTS + 1)] + ["ALINK:model_dir"]
        params.update((name, properties[name]) for name in names if name in properties)
        return params


def _count_records(path):
    """How many frames the TFRecord file `path` holds, by their lengths alone."""
    count = 0
    with open(path, "rb") as file:
        while True:
            head = file.read(12)
            if not head:
                return count
            file.seek(int.from_bytes(head[:8], "little") + 4, os.SEEK_CUR)
            count += 1
