"""The TensorFlow 2 name of `flink_ml_tensorflow.tensorflow_on_flink_ops`."""
from flink_ml_tensorflow.tensorflow_on_flink_ops import FlinkStreamDataSet, FlinkTFRecordWriter

__all__ = ["FlinkStreamDataSet", "FlinkTFRecordWriter"]
