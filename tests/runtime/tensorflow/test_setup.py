"""What is set up in TensorFlow before `main`, and the parts of akdl that scripts use on their own."""
import json
import struct
import unittest

from cluster import EAGER_SCRIPT, Task

from columns_payload import COLUMNS, END, FLOAT32, INT64, parse
from fake_runner import parse_chunks

import tensorflow as tf

REPORT = '''
def main(config):
    import json
    import tensorflow as tf
    print(json.dumps({"eager": tf.executing_eagerly(),
                      "threads": tf.config.threading.get_intra_op_parallelism_threads()}))
'''


def example(**columns):
    feature = {name: tf.train.Feature(float_list=tf.train.FloatList(value=values)) for name, values in columns.items()}
    return tf.train.Example(features=tf.train.Features(feature=feature)).SerializeToString()


class SetUpTest(unittest.TestCase):
    def run_script(self, script, **members):
        with Task(script, env={"TF_CPP_MIN_LOG_LEVEL": "2"}, **members) as task:
            task.run()
            self.assertEqual(task.status, 0)
            return task

    def report(self, script, **members):
        return json.loads(self.run_script(script, **members).stdout().splitlines()[2])

    def test_eager_in_the_component_for_tensorflow_2_graph_in_that_for_1(self):
        for component, eager in (("TensorFlow2BatchOp", tf.executing_eagerly()), ("TensorFlowBatchOp", False)):
            for script in (REPORT, REPORT.replace("import tensorflow as tf", "tf = __import__('tensorflow')")):
                with self.subTest(component=component, imported_ahead=script is REPORT):
                    found = self.report(script, component=component, intra_op_parallelism=3)
                    self.assertEqual(found, {"eager": eager, "threads": 3})

    def test_sessions_have_as_many_threads_as_the_job_says(self):
        script = '''
import os
import tensorflow as tf
def main(config):
    v1 = tf.compat.v1
    with v1.Session() as session:
        session.run(tf.random.uniform([10]))
    print("threads", len(os.listdir("/proc/self/task")))
'''
        counts = [int(self.run_script(script, component="TensorFlowBatchOp", intra_op_parallelism=threads)
                      .stdout().split("threads ")[1].split()[0]) for threads in (3, 13)]
        # Before 2.4 there was an XLA device with a pool of its own.
        version = tuple(map(int, tf.__version__.split(".")[:2]))
        self.assertEqual(counts[1] - counts[0], 20 if version < (2, 4) else 10)

    def test_a_worker_of_a_job_with_ps_looks_every_second_for_the_chiefs_variables(self):
        script = '''
import akdl.engine.run_config
from akdl.engine import train
import tensorflow as tf
def main(config):
    train.look_again_soon()
    train.look_again_soon()
    manager = tf.compat.v1.train.SessionManager
    print("waits", manager()._recovery_wait_secs, manager(recovery_wait_secs=7)._recovery_wait_secs)
'''
        self.assertIn("waits 1 7\n", self.run_script(script, component="TensorFlowBatchOp").stdout())

    def test_environment_that_the_script_sets_reaches_tensorflow(self):
        script = '''
import os, sys
print("imported ahead", "tensorflow" in sys.modules)
os.environ["TF_USE_LEGACY_KERAS"] = "1"
import tensorflow as tf
def main(config):
    pass
'''
        self.assertIn("imported ahead False", self.run_script(script).stdout())
        without = script.replace('os.environ["TF_USE_LEGACY_KERAS"] = "1"\n', "")
        self.assertIn("imported ahead True", self.run_script(without).stdout())

    def test_strategies_can_be_made_in_main(self):
        script = '''
import tensorflow as tf
def main(config):
    (getattr(tf.distribute, "MultiWorkerMirroredStrategy", None) or tf.distribute.experimental.MultiWorkerMirroredStrategy)()
'''
        self.run_script(script)

    def test_a_script_without_tensorflow_does_not_import_it(self):
        script = '''
import sys
from akdl.runner.config import BatchTaskConfig
from flink_ml_tensorflow.tensorflow_context import TFContext
def main(config):
    print(isinstance(config, BatchTaskConfig), "tensorflow" in sys.modules)
'''
        # It imports akdl, so TensorFlow is imported ahead; without that the line says False.
        self.assertIn("True True", self.run_script(script).stdout())
        dynamic = script.replace("from akdl.runner.config import BatchTaskConfig",
                                 "BatchTaskConfig = __import__('ak' 'dl.runner.config').runner.config.BatchTaskConfig")
        self.assertIn("True False", self.run_script(dynamic).stdout())

    def test_hello_names_the_version_of_tensorflow(self):
        with Task("def main(config):\n    pass\n") as task:
            self.assertEqual(task.expect("hello")["tensorflow"], tf.__version__)

    def test_stream_dataset_reads_the_spool_twice(self):
        script = EAGER_SCRIPT + '''
def main(config):
    dataset = config.tf_context.flink_stream_dataset()
    options = dataset.options()
    print("read", len(list(dataset)), len(list(dataset)))
    print("autotuner", options.autotune.enabled if hasattr(options, "autotune") else options.experimental_optimization.autotune)
    distribute = options.experimental_distribute
    print("shards", distribute.auto_shard if hasattr(distribute, "auto_shard") else distribute.auto_shard_policy.name)
    if hasattr(config, "saved_model_dir"):
        import os
        os.mkdir(config.saved_model_dir)
        open(os.path.join(config.saved_model_dir, "saved_model.pb"), "w").close()
'''
        for component in ("TensorFlow2BatchOp", "TF2TableModelTrainBatchOp"):
            with self.subTest(component=component):
                task = self.run_script(script, component=component, records=[example(x=[float(i)]) for i in range(5)])
                self.assertRegex(task.stdout(), r"read 5 5\nautotuner False\nshards (OFF|False)\n")

    def test_written_dicts_are_what_tensorflow_would_write(self):
        script = EAGER_SCRIPT + '''
import numpy
def main(config):
    config.output_writer.write({"i": [1, -1, 2**40], "f": numpy.float32([0.1, 1e30]), "s": ["a", b"\\xff"], "b": True,
                                "t": tf.constant([[1.5, 2.5]]), "none": None, "big": 1e300, "n": numpy.int32(7)})
'''
        (record,), _ = self.run_script(script).results()
        feature = tf.train.Example.FromString(record).features.feature
        self.assertEqual(list(feature["i"].int64_list.value), [1, -1, 2**40])
        self.assertEqual(list(feature["f"].float_list.value), [0.10000000149011612, 1.0000000150474662e30])
        self.assertEqual(list(feature["s"].bytes_list.value), [b"a", b"\xff"])
        self.assertEqual(list(feature["b"].int64_list.value), [1])
        self.assertEqual(list(feature["t"].float_list.value), [1.5, 2.5])
        self.assertIsNone(feature["none"].WhichOneof("kind"))
        self.assertEqual(feature["big"].float_list.value[0], float("inf"))
        self.assertEqual(list(feature["n"].int64_list.value), [7])

    def test_batches_take_arrays_and_eager_tensors(self):
        script = EAGER_SCRIPT + '''
import numpy
def main(config):
    config.output_writer.write_batch({"i": numpy.arange(3), "f": tf.constant([1.0, 2.0, 3.0])})
'''
        task = self.run_script(script)
        (kind, rows, payload), (end, _, total) = parse_chunks(bytes(task.results_bytes))
        self.assertEqual((kind, rows, end, total), (COLUMNS, 3, END, struct.pack("<Q", 3)))
        self.assertEqual(parse(payload, rows), {"i": (INT64, (), [0, 1, 2]), "f": (FLOAT32, (), [1.0, 2.0, 3.0])})

    @unittest.skipUnless(hasattr(tf.compat.v1, "estimator"), "this TensorFlow has no Estimator")
    def test_run_config_follows_tf_config(self):
        script = '''
from akdl.engine.run_config import generate_run_config
def main(config):
    run_config = generate_run_config(intra_op_parallelism_threads=2, save_checkpoints_secs=5)
    session = run_config.session_config
    print("run_config", run_config.train_distribute, list(session.device_filters),
          session.intra_op_parallelism_threads, session.allow_soft_placement, run_config.save_checkpoints_steps)
'''
        task = self.run_script(script)
        self.assertIn("run_config None [] 2 True 50", task.stdout())
        task = self.run_script(script, cluster={"ps": ["127.0.0.1:1"], "worker": ["127.0.0.1:2"],
                                                "chief": ["127.0.0.1:3"]}, num_workers=2, num_pss=1)
        self.assertIn("run_config None ['/job:ps', '/job:chief/task:0'] 2 True 50", task.stdout())


if __name__ == "__main__":
    unittest.main()
