"""The context with what TensorFlow scripts need. Imports TensorFlow only in the methods that use it."""
from flink_ml_framework.context import Context

_MOST_ROWS = 1 << 20  # of a batch of columns
_BATCHED_RECORDS = 1024  # of a file, which has no chunks of its own


class TFContext(Context):
    """`config.tf_context`."""

    def __init__(self, other):
        """`other`: the `Context` whose attributes it takes over."""
        if isinstance(other, Context):
            self.__dict__ = other.__dict__.copy()
        else:
            super().__init__(None)

    def get_tf_cluster(self):
        """The cluster in Alink's roles: "ps" if there are any, and "worker", whose first one is the chief."""
        cluster = {"ps": list(self._cluster["ps"])} if self._cluster.get("ps") else {}
        cluster["worker"] = list(self._cluster.get("chief", [])) + list(self._cluster.get("worker", []))
        return cluster

    @staticmethod
    def to_tf_cluster(cluster_str):
        """The same from Alink's JSON text of the cluster (property "cluster")."""
        import json
        addresses = {job["name"]: _addresses(job["tasks"]) for job in json.loads(cluster_str)["job"]}
        return {role: addresses[role] for role in ("ps", "worker") if addresses.get(role)}

    @staticmethod
    def cluster_to_estimator(cluster_str):
        """The cluster of `to_tf_cluster` in TensorFlow's roles: worker 0 is the chief."""
        cluster = TFContext.to_tf_cluster(cluster_str)
        workers = cluster.pop("worker", [])
        if workers[1:]:
            cluster["worker"] = workers[1:]
        if workers:
            cluster["chief"] = workers[:1]
        return cluster

    @staticmethod
    def export_cluster_env(cluster_str, job_name, index):
        """Set TF_CONFIG for the task `index` of Alink's role `job_name`, print it.

        Returns:
            (cluster, task_type, task_index) in TensorFlow's roles.
        """
        import json
        import os
        cluster = TFContext.cluster_to_estimator(cluster_str)
        task_type, task_index = job_name, index
        if job_name == "worker":
            task_type, task_index = ("chief", 0) if index == 0 else ("worker", index - 1)
        os.environ["TF_CONFIG"] = json.dumps({"cluster": cluster, "task": {"type": task_type, "index": task_index}})
        print(os.environ["TF_CONFIG"])
        return cluster, task_type, task_index

    def export_estimator_cluster(self):
        """Set TF_CONFIG to this task's value again (it is set from the start), print it.

        Returns:
            (cluster, task_type, task_index) in TensorFlow's roles.
        """
        import os
        os.environ["TF_CONFIG"] = self._tf_config
        print(self._tf_config)
        return (self._cluster,) + self._tf_task

    def flink_stream_dataset(self, compression_type=None, buffer_size=0, num_parallel_reads=None, batched=False):
        """The task's rows as a `tf.data.Dataset` of serialized Examples; in batch and train they may be read again.

        Its options: `alinktf_worker.datasets`. The arguments but the last are Alink's and not needed.

        Args:
            batched: give vectors of Examples, as many as there are, for `tf.io.parse_example`.
        """
        return self.stream_dataset(batched=batched)

    def stream_dataset(self, format="records", batch_size=None, batched=False):
        """The task's rows as a `tf.data.Dataset`; a stream component's `config.dataset_fn`.

        Args:
            format: "records", serialized Examples; or, in stream components, "columns": dicts of dense columns, many
                times as fast. FLOAT, DOUBLE and DECIMAL are float32 (a null is NaN), BOOLEAN to LONG int64, texts and
                bytes strings (a null is empty); vectors and tensors have their shape behind the axis of the rows.
            batch_size: columns: rows of each batch but the last one; None: as many as there are, up to 8192.
            batched: records: vectors of them, as many as there are.

        Raises:
            ValueError: the arguments do not suit each other or the component.
        """
        import tensorflow as tf
        import alinktf_worker
        from alinktf_worker import datasets
        session = alinktf_worker.current
        stream = session.stream if session is not None else None
        _check_form(format, batch_size, stream is not None)
        if format == "columns":
            return datasets.stream_columns(tf, stream, batch_size)
        if stream is not None:
            return datasets.stream_records(tf, stream, batched)
        dataset = datasets.read_records(tf, self._dataset_file)
        return dataset.batch(_BATCHED_RECORDS) if batched else dataset

    def example_input_dataset(self):
        """In Alink this fails as well: nobody says which features to parse."""
        raise AttributeError("example_input_dataset does not know the features; parse what flink_stream_dataset() "
                             "gives with tf.io.parse_single_example")

    def output_writer_op(self, input_list):
        """Graph operations that write: (write, close). Each element of the one string tensor becomes a row."""
        from flink_ml_tensorflow.tensorflow_on_flink_ops import FlinkTFRecordWriter
        writer = FlinkTFRecordWriter(self.to_java())
        return writer.write(input_list), writer.close()


def _check_form(form, batch_size, streams):
    if form not in ("records", "columns"):
        raise ValueError("format %r: expected \"records\" or \"columns\"" % (form,))
    if form == "records" and batch_size is not None:
        raise ValueError("batch_size belongs to format=\"columns\"; records are batched by dataset.batch(%r)" % batch_size)
    if form == "columns" and not streams:
        raise ValueError("format=\"columns\" works in stream components; here the rows are records in a file")
    if batch_size is not None and not 1 <= batch_size <= _MOST_ROWS:
        raise ValueError("batch_size %r: expected 1 to %d" % (batch_size, _MOST_ROWS))


def _addresses(tasks):
    """The addresses of one job of Alink's cluster JSON, whose tasks are keyed by their index as text."""
    return ["%s:%s" % (tasks[key]["ip"], tasks[key]["props"]["sys:tf_port"]) for key in sorted(tasks, key=int)]
