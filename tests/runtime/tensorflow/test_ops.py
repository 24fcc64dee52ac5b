"""Alink's operations and the helpers of akdl that use TensorFlow, in a task."""
import unittest

from cluster import EAGER_SCRIPT, Task

import tensorflow as tf

HAS_ESTIMATOR = hasattr(tf.compat.v1, "estimator")

OPS = '''
import tensorflow as tf
from flink_ml_tensorflow2.tensorflow_on_flink_ops import FlinkStreamDataSet, FlinkTFRecordWriter
def main(config):
    context = config.tf_context
    dataset = FlinkStreamDataSet(context.from_java())
    writer = FlinkTFRecordWriter(address=context.to_java())
    if tf.executing_eagerly():
        for record in dataset.batch(2):
            writer.write([record])
        writer.close()
        return
    record = tf.compat.v1.data.make_one_shot_iterator(dataset).get_next()
    write, close = writer.write([record]), writer.close()
    with tf.compat.v1.Session() as session:
        try:
            while True:
                session.run(write)
        except tf.errors.OutOfRangeError:
            session.run(close)
'''
CONVERT = EAGER_SCRIPT + '''
import os
from akdl.runner.io_helper import convert_java_queue_file_to_repeatable_dataset
from akdl.runner.output_writer import OutputWriter, fake_output_writer_op
from flink_ml_framework.java_file import JavaFile
def main(config):
    context = config.tf_context
    file = JavaFile(context.from_java(), context.to_java())
    dataset, count = convert_java_queue_file_to_repeatable_dataset(file, os.path.join(config.work_dir, "copy"))
    print("records", count, [[record.numpy() for record in dataset] for _ in range(2)])
    writer = OutputWriter(context.output_writer_op)
    writer.write(tf.train.Example())
    writer.close()
    fake = OutputWriter(fake_output_writer_op)
    fake.write(tf.train.Example())
    fake.close()
'''
STOP = '''
import os
from akdl.engine.run_config import generate_run_config
from akdl.engine import early_stopping
from akdl.runner.tf_helper import tf
def main(config):
    estimator = tf.estimator.LinearClassifier(
        [tf.feature_column.numeric_column("x")], model_dir=os.path.join(config.work_dir, "model"),
        config=generate_run_config())
    def rows():
        return tf.data.Dataset.from_tensors(({"x": [[1.0]]}, [[1]])).repeat(20)
    def hook(patience):
        return early_stopping.stop_if_no_decrease_hook(estimator, "loss", patience, run_every_secs=None,
                                                       run_every_steps=1)
    estimator.train(rows, hooks=[hook(10)])
    estimator.evaluate(rows, steps=1)
    metrics = early_stopping.read_eval_metrics(estimator.eval_dir())
    print("steps", list(metrics), "loss" in metrics[20])
    # As if the loss had been lower at step 5.
    early_stopping.read_eval_metrics = lambda _: {5: {"loss": 0.0}, 20: metrics[20]}
    for patience in (16, 15):
        estimator.train(rows, hooks=[hook(patience)])
        print("patience", patience, "step", estimator.get_variable_value("global_step"))
'''


class OpsTest(unittest.TestCase):
    def run_script(self, script, **members):
        with Task(script, env={"TF_CPP_MIN_LOG_LEVEL": "2"}, **members) as task:
            task.run()
            return task

    def test_rows_through_operations(self):
        for component in ("TensorFlow2BatchOp", "TensorFlowBatchOp"):
            with self.subTest(component=component):
                task = self.run_script(OPS, records=[b"A", b"", b"CD\0"], component=component)
                self.assertEqual(task.results(), ([b"A", b"", b"CD\0"], 3))

    def test_a_copy_can_be_read_again_and_writers_work_in_graphs(self):
        task = self.run_script(CONVERT, records=[b"A", b""])
        self.assertIn("records 2 [[b'A', b''], [b'A', b'']]\n", task.stdout())
        self.assertEqual(task.results(), ([b""], 1))

    @unittest.skipUnless(HAS_ESTIMATOR, "this TensorFlow has no Estimator")
    def test_training_stops_when_the_metric_does_not_get_better(self):
        out = self.run_script(STOP, component="TensorFlowBatchOp").stdout()
        self.assertIn("steps [20] True\n", out)
        self.assertIn("patience 16 step 40\n", out)
        self.assertIn("patience 15 step 41\n", out)


if __name__ == "__main__":
    unittest.main()
