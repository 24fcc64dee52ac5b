"""What training without Estimator shares: TensorFlow 2 in eager mode, one strategy, rows, a whole exported model."""
import json
import os
import time

from akdl.engine.inputs import dtype_str_map
from alinktf_worker.datasets import read_records


def eager_tensorflow():
    """The module `tensorflow`, with TensorFlow 2 behaviour on: a component for TensorFlow 1 has turned it off.

    Raises:
        ImportError: this is TensorFlow 1.
    """
    import tensorflow as tf
    if tf.__version__.startswith("1."):
        raise ImportError("TensorFlow %s cannot train this model, which is one of TensorFlow 2: install 'tensorflow>=2.3', "
                          "and use a component for TensorFlow 2 such as TF2TableModelTrainBatchOp" % tf.__version__)
    if not tf.executing_eagerly():
        tf.compat.v1.enable_v2_behavior()
    return tf


def make_strategy(tf):
    """All-reduce if TF_CONFIG names workers beside the chief, else the default. Before the first operation."""
    cluster = json.loads(os.environ.get("TF_CONFIG") or "{}").get("cluster", {})
    if "worker" not in cluster:
        return tf.distribute.get_strategy()
    if hasattr(tf.distribute, "MultiWorkerMirroredStrategy"):
        return tf.distribute.MultiWorkerMirroredStrategy()
    return tf.distribute.experimental.MultiWorkerMirroredStrategy()


def read_rows(tf, task_config):
    """The task's serialized Examples: those of its stream, if it has one, else of its dataset file."""
    if getattr(task_config, "dataset_fn", None) is not None:
        return task_config.dataset_fn()
    return read_records(tf, task_config.dataset_file)


def make_parser(tf, features, label):
    """A function: batch of serialized Examples -> (dict of columns, label).

    Args:
        features: dicts with `name`, `dtype` (see `akdl.engine.inputs.dtype_str_map`) and `shape`.
        label: one such dict.
    """
    specs = {each["name"]: tf.io.FixedLenFeature(each["shape"], dtype_str_map[each["dtype"]])
             for each in features + [label]}

    def parse(serialized):
        columns = tf.io.parse_example(serialized, specs)
        return columns, columns.pop(label["name"])

    return parse


def exports(task_config):
    """True for the task that writes the model."""
    return task_config.task_type == "chief" and task_config.task_index == 0


def save(tf, predict, holder, features, saved_model_dir, signatures=("predict",)):
    """Save a SavedModel below `saved_model_dir`, in a folder named by the time.

    Args:
        predict: keywords by column, each with the batch in front -> dict of outputs. A shape of [1] has no other
            dimension than the batch, as in an export by Estimator.
        holder: a `tf.Module` that has the variables that `predict` uses. They belong to no strategy.
        signatures: the names under which `predict` is found.
    """
    inputs = {each["name"]: tf.TensorSpec(_batch_shape(each), dtype_str_map[each["dtype"]], each["name"])
              for each in features}
    signature = tf.function(predict).get_concrete_function(**inputs)
    # Under a name of its own first: a model that is there is complete.
    unfinished = os.path.join(saved_model_dir, "temp-%d" % os.getpid())
    tf.saved_model.save(holder, unfinished, signatures={name: signature for name in signatures})
    os.rename(unfinished, os.path.join(saved_model_dir, str(int(time.time()))))


def _batch_shape(feature):
    shape = list(feature["shape"])
    return [None] + ([] if shape == [1] else shape)
