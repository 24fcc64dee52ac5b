"""Writing rows back. Importing this imports no TensorFlow."""
import alinktf_worker

__all__ = ["get_fake_output_writer", "OutputWriter", "DirectOutputWriter"]


class DirectOutputWriter:
    """The object behind `config.output_writer`. All of a task's writers write to the same stream."""

    def __init__(self, from_java=None, to_java=None):
        """The arguments are Alink's and have no meaning here.

        Raises:
            RuntimeError: this process is not a task of a job.
        """
        if alinktf_worker.current is None:
            raise RuntimeError("DirectOutputWriter works only in a task that alinktf runs; "
                               "get_fake_output_writer() gives one that prints")
        self._results = alinktf_worker.current.results

    def write(self, example):
        """Write one row. May be called from any thread of the task; blocks while the runner is behind.

        Args:
            example: a `tf.train.Example` (any object with SerializeToString), its serialized bytes, or a dict
                column -> value: text or bytes, integer or bool, float, None, or a list of these of one kind;
                numpy and TensorFlow values of these kinds are understood.

        Raises:
            TypeError: it is something else.
        """
        if isinstance(example, bytes):
            self._results.write(example)
        elif hasattr(example, "SerializeToString"):
            self._results.write(example.SerializeToString())
        elif isinstance(example, dict):
            from alinktf_worker.example import encode
            self._results.write(encode(example))
        elif isinstance(example, (bytearray, memoryview)):
            self._results.write(bytes(example))
        else:
            raise TypeError("output_writer.write takes a tf.train.Example, its bytes or a dict of columns, not %s"
                            % type(example).__name__)

    def write_batch(self, columns):
        """Write many rows at once, many times as fast as `write`.

        Args:
            columns: a dict of columns of equal length: lists, in which None is a null, numpy arrays or eager tensors,
                whose first axis is the row. Further axes are the values of a vector or tensor.

        Raises:
            TypeError: a column is something else, or holds something else than numbers, texts and bytes.
            ValueError: columns or lists in a column differ in length, or an integer does not fit into 64 bits.
        """
        from alinktf_worker.columns import cut
        for parts, size, rows in cut(columns):
            self._results.write_columns(parts, size, rows)

    def close(self):
        """Does nothing: the stream ends when `main` has returned."""

    @staticmethod
    def masked_crc(data):
        """The checksum of TFRecord frames: masked CRC-32C of `data`, 4 bytes, little-endian."""
        from alinktf_worker.crc32c import masked
        return masked(data).to_bytes(4, "little")


class OutputWriter:
    """Writes through graph operations, for TensorFlow 1 style scripts (see `TFContext.output_writer_op`)."""

    def __init__(self, output_writer_op):
        """`output_writer_op` maps a list with one string tensor to (write operation, close operation)."""
        from akdl.runner.tf_helper import tf
        self._graph = tf.Graph()
        with self._graph.as_default():
            self._examples = tf.placeholder(tf.string, [None])
            self._write, self._close = output_writer_op([self._examples])
        self._session = tf.Session(graph=self._graph)

    def write(self, example):
        """Write one `tf.train.Example`."""
        self._session.run(self._write, feed_dict={self._examples: [example.SerializeToString()]})

    def close(self):
        self._session.run(self._close)
        self._session.close()


class _FakeOutputWriter:
    """Prints what it is given."""

    def write(self, example):
        print(example)

    def close(self):
        pass


def get_fake_output_writer():
    """A writer for trying a script outside a job: it prints the rows."""
    return _FakeOutputWriter()


def fake_output_writer_op(input_list):
    """For `OutputWriter`, for the same purpose: operations that print the tensors of the list, and do nothing."""
    from akdl.runner.tf_helper import tf
    return tf.print(*input_list), tf.no_op()
