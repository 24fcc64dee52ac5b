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

WITHOUT_TENSORFLOW = (
    "akdl.entry.base_entry", "akdl.entry.batch_entry", "akdl.entry.stream_entry", "akdl.entry.train_entry",
    "akdl.runner.config", "akdl.runner.io_helper", "akdl.runner.output_writer", "flink_ml_framework.context",
    "flink_ml_framework.java_file", "flink_ml_tensorflow.tensorflow_context",
    "flink_ml_tensorflow.tensorflow_on_flink_ops", "flink_ml_tensorflow2.tensorflow_context",
    "flink_ml_tensorflow2.tensorflow_on_flink_ops")

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


class ImportsTest(unittest.TestCase):
    def test_nothing_imports_tensorflow_before_it_is_used(self):
        code = "import sys; sys.path.insert(0, %r)\nsys.modules['tensorflow'] = None\n" % RUNTIME
        code += "".join("import %s\n" % name for name in WITHOUT_TENSORFLOW)
        for python in fake_runner.pythons():
            done = subprocess.run([python, "-B", "-c", code], stderr=subprocess.PIPE)
            self.assertEqual(done.returncode, 0, done.stderr.decode())


if __name__ == "__main__":
    unittest.main()
