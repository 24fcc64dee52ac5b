"""TensorFlow under one set of names for 1.15 and 2.x: `tf` is `tensorflow.compat.v1` on 2.x."""
import tensorflow as _tensorflow

tf = _tensorflow if _tensorflow.__version__.startswith("1.") else _tensorflow.compat.v1
gfile = tf.gfile
GPUOptions = tf.GPUOptions
ConfigProto = tf.ConfigProto

__all__ = ["tf", "gfile", "GPUOptions", "ConfigProto", "set_intra_op_parallelism", "preview_tfrecords_file"]


def has_estimator():
    """True up to TensorFlow 2.15."""
    try:
        return bool(tf.estimator)
    except (AttributeError, ImportError):
        return False


def require_estimator():
    """The module `tf.estimator`.

    Raises:
        ImportError: this TensorFlow has none any more.
    """
    if not has_estimator():
        raise no_estimator("this script", "train with Keras")
    return tf.estimator


def no_estimator(who, instead):
    """The ImportError that says that `who` needs Estimator, what to install, or what to do instead."""
    return ImportError("TensorFlow %s has no Estimator (it was removed in 2.16), which %s needs: install "
                       "'tensorflow<2.16' (Python 3.11 or older), or %s" % (_tensorflow.__version__, who, instead))


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
