"""The TensorFlow 2 name of `flink_ml_tensorflow.tensorflow_context`."""
from flink_ml_tensorflow import tensorflow_context as _tensorflow_context


class TFContext(_tensorflow_context.TFContext):
    """`config.tf_context` of the TensorFlow 2 components."""
