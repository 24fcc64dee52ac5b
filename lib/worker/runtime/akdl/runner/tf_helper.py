"""TensorFlow under one set of names for 1.15 and 2.x: `tf` is `tensorflow.compat.v1` on 2.x."""
import tensorflow as _tensorflow

tf = _tensorflow if _tensorflow.__version__.startswith("1.") else _tensorflow.compat.v1
gfile = tf.gfile
GPUOptions = tf.GPUOptions
ConfigProto = tf.ConfigProto

__all__ = ["tf", "gfile", "GPUOptions", "ConfigProto", "set_intra_op_parallelism", "preview_tfrecords_file"]


def require_estimator():
    """The module `tf.estimator`.

    Raises:
        ImportError: this TensorFlow has none any more.
    """
    try:
        return tf.estimator
    except (AttributeError, ImportError):
        raise ImportError("TensorFlow %s has no Estimator (it was removed in 2.16), which this script needs: use "
                          "TensorFlow 2.15 or older, or train with Keras" % _tensorflow.__version__) from None


def set_intra_op_parallelism(intra_op_parallelism_threads=1):
    """Fix the number of threads that one operation may use, for all sessions of this process; first call wins."""
    config = ConfigProto(intra_op_parallelism_threads=intra_op_parallelism_threads, inter_op_parallelism_threads=1,
                         gpu_options=GPUOptions(allow_growth=True))
    tf.Session(graph=tf.Graph(), config=config).close()


def preview_tfrecords_file(filepath, count=None):
    """Print the first `count` Examples of a TFRecord file; all of them by default."""
    for index, record in enumerate(tf.python_io.tf_record_iterator(filepath)):
        if index == count:
            break
        print(tf.train.Example.FromString(record))
