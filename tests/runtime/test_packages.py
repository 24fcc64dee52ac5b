"""Alink's packages in a task without TensorFlow: the streams as files, entries, what is imported."""
import os
import subprocess
import sys
import tempfile
import unittest

import fake_runner
from fake_runner import RUNTIME, Task

sys.path.insert(0, RUNTIME)

from flink_ml_framework.java_file import BytesRecorder, JavaFile, JsonRecorder  # noqa: E402

# Modules whose names are TensorFlow's objects, or of which Alink's import TensorFlow to begin with.
NEED_TENSORFLOW = {
    "akdl.runner.tf_helper", "akdl.engine.classifier", "akdl.engine.eager", "akdl.engine.early_stopping",
    "akdl.engine.inputs", "akdl.engine.keras_train", "akdl.engine.run_config", "akdl.engine.train",
    "akdl.models.tf.deepar.deepar_main", "akdl.models.tf.dnn.classifier", "akdl.models.tf.dnn.dnn_batch",
    "akdl.models.tf.dnn.dnn_stream", "akdl.models.tf.dnn.dnn_tensor", "akdl.models.tf.dnn.dnn_train",
    "akdl.models.tf.keras_sequential.keras_sequential_main", "akdl.models.tf.lstnet.lstnet_main"}

# Prints the modules of its arguments that cannot be imported for want of TensorFlow.
IMPORT_ALL = '''
import importlib, sys
sys.modules["tensorflow"] = None
for name in sys.argv[1:]:
    try:
        importlib.import_module(name)
    except ImportError as error:
        if error.name != "tensorflow":
            raise
        print(name)
'''

COPY_FRAMES = '''
from flink_ml_framework.java_file import JavaFile
def main(config):
    context = config.tf_context
    file = JavaFile(context.from_java(), context.to_java())
    while True:
        try:
            head = file.read(12)
        except EOFError:
            break
        file.write(head[:5], 5)
        file.write(head[5:] + file.read(int.from_bytes(head[:8], "little") + 4) + b"rest", 11 + head[0])
'''
COPY_RECORDS = '''
from flink_ml_framework.java_file import BytesRecorder
def main(config):
    recorder = BytesRecorder(config.tf_context.from_java(), config.tf_context.to_java())
    try:
        while True:
            recorder.write_record(recorder.read_record())
    except EOFError:
        pass
'''
ENTRY = '''
from akdl.entry.batch_entry import TF2_TYPE, BatchEntry
def main(config):
    BatchEntry("tf_user_main.inner", TF2_TYPE).entry_func(config.tf_context)
def inner(config):
    same = [name for name in sorted(config.__dict__) if name not in ("tf_context", "output_writer")]
    print("config", type(config).__name__, [getattr(config, name) for name in same])
    config.output_writer.write(b"inner")
'''
OTHER_ENTRY = '''
import os
from akdl.entry.MODULE_entry import TF1_TYPE, KINDEntry
def main(config):
    KINDEntry("tf_user_main.inner", TF1_TYPE).entry_func(config.tf_context)
def inner(config):
    length = getattr(config, "dataset_length", "no file")
    print("config", type(config).__name__, length, getattr(config, "dataset_fn", None) and config.dataset_fn.__name__)
    os.makedirs(config.work_dir + "/savedmodel/7")
    open(config.work_dir + "/savedmodel/7/saved_model.pb", "w").close()
'''


class StreamsTest(unittest.TestCase):
    def copies(self, script):
        records = [b"A", b"", b"CD" * 40]
        for python in fake_runner.pythons():
            with self.subTest(python=python), Task(script, python, records=records) as task:
                task.run()
                self.assertEqual(task.results(), (records, 3), task.logs())

    def test_frames_in_pieces(self):
        self.copies(COPY_FRAMES)

    def test_records(self):
        self.copies(COPY_RECORDS)


class FilesTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = os.path.join(folder.name, "file")

    def made(self, file):
        self.addCleanup(file.close)
        return file

    def test_a_file_that_ends_early(self):
        self.assertIs(self.made(JavaFile(None, self.path)).write(b"abc", 2), True)
        file = self.made(JavaFile(self.path, None))
        self.assertEqual(file.read(1), b"a")
        with self.assertRaisesRegex(EOFError, "after 1 of 2 bytes"):
            file.read(2)

    def test_json_records_have_their_length_before_them(self):
        writer = self.made(JsonRecorder(None, self.path))
        for value in ({"a": 1}, None):
            self.assertIs(writer.write_record(value), True)
        with open(self.path, "rb") as file:
            self.assertEqual(file.read(), b'\x08\0\0\0{"a": 1}\x04\0\0\0null')
        reader = self.made(JsonRecorder(self.path, None))
        self.assertEqual([reader.read_record(), reader.read_record()], [{"a": 1}, None])
        with self.assertRaises(EOFError):
            reader.read_record()
        self.assertEqual(self.made(BytesRecorder(self.path, None)).read_record(), b'{"a": 1}')


class EntryTest(unittest.TestCase):
    def test_a_batch_entry_builds_the_same_config(self):
        with tempfile.TemporaryDirectory() as folder:
            work_dir = os.path.join(folder, "work")
            os.mkdir(work_dir)
            properties = {"ALINK:work_dir": work_dir, "ALINK:num_workers": "1",
                          "ALINK:user_defined_params": '{"a": "1"}', "ALINK:bc_1": "/w/bc_data_1"}
            with Task(ENTRY, records=[b"A", b"BC"], work_dir=work_dir, properties=properties) as task:
                task.run()
                self.assertEqual(task.results(), ([b"inner"], 1))
                expected = [{"chief": ["127.0.0.1:5001"]}, os.path.join(work_dir, "dataset.tfrecords"), 2, 1, 0,
                            "chief", {"a": "1", "ALINK:bc_1": "/w/bc_data_1"}, work_dir]
                self.assertIn("config BatchTaskConfig %r\n" % expected, task.stdout())

    def run_entry(self, kind):
        """A finished task whose script calls the entry of this kind."""
        with tempfile.TemporaryDirectory() as folder:
            work_dir = os.path.join(folder, "work")
            os.mkdir(work_dir)
            script = OTHER_ENTRY.replace("KIND", kind).replace("MODULE", kind.lower())
            with Task(script, records=[b"A", b"BC"], work_dir=work_dir, properties={"ALINK:work_dir": work_dir}) as task:
                task.run()
                return task

    def test_a_train_entry_writes_the_model_that_was_exported(self):
        task = self.run_entry("Train")
        self.assertIn("config TrainTaskConfig 2 None\n", task.stdout())
        rows = task.results()[0]
        self.assertEqual(len(rows), 2)
        self.assertIn(b"7.zip", rows[0])

    def test_a_stream_entry_has_a_dataset_and_no_file(self):
        task = self.run_entry("Stream")
        self.assertIn("config StreamTaskConfig no file flink_stream_dataset\n", task.stdout())
        self.assertEqual(task.results()[0], [])


class ImportsTest(unittest.TestCase):
    def test_nothing_imports_tensorflow_but_what_is_tensorflows(self):
        for python in fake_runner.pythons():
            with self.subTest(python=python):
                done = subprocess.run([python, "-B", "-c", IMPORT_ALL] + fake_runner.modules(), stdout=subprocess.PIPE,
                                      stderr=subprocess.PIPE, env=dict(os.environ, PYTHONPATH=RUNTIME))
                self.assertEqual(done.returncode, 0, done.stderr.decode())
                self.assertEqual(set(done.stdout.decode().split()), NEED_TENSORFLOW)

    def test_every_module_is_ours_though_a_copy_is_installed(self):
        names = [name for name in fake_runner.modules() if name not in NEED_TENSORFLOW]
        with tempfile.TemporaryDirectory() as installed:
            fake_runner.install_copies(installed)
            with Task(fake_runner.importing(names), env={"PYTHONPATH": installed}) as task:
                task.run()
        self.assertEqual(fake_runner.imported(task.stdout()), names, task.logs())


if __name__ == "__main__":
    unittest.main()
