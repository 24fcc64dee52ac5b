"""The objects that `main(config)` is called with. Importing this imports no TensorFlow."""

__all__ = ["TrainTaskConfig", "BatchTaskConfig", "StreamTaskConfig"]


class BaseConfig:
    """What all of them have. Unknown keywords are left out; nothing is type-checked, as in Alink.

    Attributes, in this order in `__dict__`, which scripts pass on as keywords:
        tf_context: the task's `TFContext`.
        num_workers: workers including the chief, without parameter servers; the same in every task.
        cluster: TF_CONFIG's cluster, role -> list of "host:port".
        task_type: "chief", "worker", "ps" or "evaluator".
        task_index: from 0, within the role.
        work_dir: this task's own folder.
        user_params: the job's userParams; batch and train: str or None.
    """

    def __init__(self, tf_context, num_workers, cluster, task_type, task_index, work_dir, user_params, **kwargs):
        self.tf_context = tf_context
        self.num_workers = num_workers
        self.cluster = cluster
        self.task_type = task_type
        self.task_index = task_index
        self.work_dir = work_dir
        self.user_params = user_params


class _FileConfig(BaseConfig):
    """Of a task whose rows are a file."""

    def dataset(self):
        """The rows as a `tf.data.Dataset` of serialized Examples, to be read as often as you like; imports TensorFlow.

        Auto-sharding is off, because the file holds this task's share alone, and so is tf.data's autotuner.
        """
        import tensorflow as tf
        from alinktf_worker.datasets import read_records
        return read_records(tf, self.dataset_file)


class BatchTaskConfig(_FileConfig):
    """Of the batch components: a whole share of the rows in a file, rows written back.

    Attributes besides the common ones:
        dataset_file: a TFRecord file of `tf.train.Example`; empty in a parameter server.
        dataset_length: its number of records.
        output_writer: see `akdl.runner.output_writer.DirectOutputWriter`.
    """

    def __init__(self, dataset_file, dataset_length, output_writer, **kwargs):
        super().__init__(**kwargs)
        self.dataset_file = dataset_file
        self.dataset_length = dataset_length
        self.output_writer = output_writer


class StreamTaskConfig(BaseConfig):
    """Of the stream components: `dataset_fn()` gives the rows once, as they arrive."""

    def __init__(self, dataset_fn, output_writer, **kwargs):
        super().__init__(**kwargs)
        self.dataset_fn = dataset_fn
        self.output_writer = output_writer


class TrainTaskConfig(_FileConfig):
    """Of the train components: the chief leaves a SavedModel below `saved_model_dir`, which becomes the output."""

    def __init__(self, dataset_file, dataset_length, saved_model_dir, latest_ckpt_dir=None, **kwargs):
        super().__init__(**kwargs)
        self.dataset_file = dataset_file
        self.dataset_length = dataset_length
        self.saved_model_dir = saved_model_dir
        self.latest_ckpt_dir = latest_ckpt_dir
