"""The names of Alink's native operations, without native code: graph or eager, TensorFlow 1.15 to 2.x.

Importing this imports no TensorFlow.
"""


class FlinkTFRecordWriter:
    """Writes rows with operations of a graph, or at once where execution is eager."""

    def __init__(self, address, container="", shared_name="", name="FlinkRecordWriter"):
        """`address`: what `TFContext.to_java` gives. The other arguments are Alink's and have no meaning here."""
        from akdl.runner.output_writer import DirectOutputWriter
        self._writer = DirectOutputWriter(None, address)
        self._name = name

    def write(self, tensor_list):
        """An operation that writes each element of the one string tensor in `tensor_list` as a row.

        Raises:
            ValueError: the list holds another number of tensors.
        """
        if len(tensor_list) != 1:
            raise ValueError("write takes a list of exactly one string tensor, got %d" % len(tensor_list))
        from akdl.runner.tf_helper import tf

        def write(records):
            # A scalar comes as it is; numpy would cut zeros off its end.
            for record in [records] if isinstance(records, bytes) else records.reshape(-1).tolist():
                self._writer.write(record)
            return False

        return tf.py_func(write, tensor_list, tf.bool, name=self._name)

    def close(self):
        """An operation that does nothing: the rows end when `main` has returned."""
        from akdl.runner.tf_helper import tf
        return tf.no_op()


class FlinkStreamDataSet:
    """Makes a dataset of the records of TFRecord files, such as `TFContext.from_java` names."""

    def __new__(cls, filenames, compression_type=None, buffer_size=None, num_parallel_reads=None):
        """A `tf.data.Dataset` of serialized Examples. Arguments but the first are Alink's and not needed."""
        import tensorflow as tf
        from alinktf_worker.datasets import read_records
        return read_records(tf, filenames)
