"""A task's life: what a script sees, what comes back, how it ends."""
import os
import shutil
import unittest

import fake_runner
from fake_runner import Task

NOTHING = "def main(config):\n    pass\n"
ECHO = '''
import struct
def main(config):
    data = open(config.dataset_file, "rb").read()
    at = 0
    while at < len(data):
        size, = struct.unpack_from("<Q", data, at)
        config.output_writer.write(data[at + 12:at + 12 + size])
        at += size + 16
'''


class LifeTest(unittest.TestCase):
    def test_a_script_that_does_nothing_ends_with_status_0(self):
        for python in fake_runner.pythons():
            with self.subTest(python=python), Task(NOTHING, python=python) as task:
                hello = task.expect("hello")
                self.assertEqual(hello["pid"], task.pid)
                self.assertRegex(hello["python"], r"^3\.\d+\.\d+$")
                self.assertIn("executable", hello)
                self.assertIn("tensorflow", hello)
                task.feed()
                task.send("go")
                self.assertEqual(task.expect("main_started"), {"type": "main_started", "records": 0})
                self.assertEqual(task.expect("main_done"), {"type": "main_done", "read": 0, "written": 0})
                task.send("all_done")
                task.expect("done")
                self.assertEqual(task.wait(), 0)
                self.assertEqual(task.results(), ([], 0))
                self.assertEqual(task.stderr(), "")

    def test_records_come_back_as_they_went_in(self):
        records = [b"", b"A", b"BC" * 1000, b"x" * 3000000] + [b"%d" % i for i in range(1000)]
        for python in fake_runner.pythons():
            with self.subTest(python=python), Task(ECHO, python=python, records=records) as task:
                done = task.run()
                self.assertEqual((done["read"], done["written"]), (1004, 1004))
                self.assertEqual(task.results(), (records, 1004))

    def test_main_runs_only_after_go_although_its_data_is_there(self):
        with Task(NOTHING) as task:
            task.expect("hello")
            task.feed()
            state = ""
            while state != "waiting for the other tasks to start":
                task.send("dump")
                state = task.expect("stacks")["state"]
            task.send("go")
            task.expect("main_started")

    def test_the_process_waits_for_all_done(self):
        script = "import atexit\natexit.register(print, 'exit handler')\n" + NOTHING
        with Task(script) as task:
            task.go()
            task.expect("main_done")
            task.send("dump")
            self.assertEqual(task.expect("stacks")["state"], "waiting for the other tasks to end")
            self.assertNotIn("exit handler", task.stdout())
            task.send("all_done")
            task.expect("done")
            self.assertEqual(task.wait(), 0)
            self.assertIn("exit handler", task.stdout())


class ScriptsViewTest(unittest.TestCase):
    def test_config_has_exactly_the_attributes_of_alink_in_its_order(self):
        script = "def main(config):\n    print(type(config).__name__, list(config.__dict__))\n"
        with Task(script) as task:
            task.run()
            self.assertIn("BatchTaskConfig ['tf_context', 'num_workers', 'cluster', 'task_type', 'task_index', "
                          "'work_dir', 'user_params', 'dataset_file', 'dataset_length', 'output_writer']",
                          task.stdout())

    def test_what_each_component_gets(self):
        script = '''
import json
def main(config):
    kind = lambda value: type(value).__module__ + "." + type(value).__name__
    print(json.dumps([kind(config), {name: kind(value) for name, value in config.__dict__.items()}]))
    if hasattr(config, "saved_model_dir"):
        import os
        os.mkdir(config.saved_model_dir)
        open(os.path.join(config.saved_model_dir, "saved_model.pb"), "w").close()
'''
        common = {"num_workers": "builtins.int", "cluster": "builtins.dict", "task_type": "builtins.str",
                  "task_index": "builtins.int", "work_dir": "builtins.str", "user_params": "builtins.dict"}
        file = {"dataset_file": "builtins.str", "dataset_length": "builtins.int"}
        writer = {"output_writer": "akdl.runner.output_writer.DirectOutputWriter"}
        train = dict(file, saved_model_dir="builtins.str", latest_ckpt_dir="builtins.NoneType")
        stream = dict({"dataset_fn": "builtins.method"}, **writer)
        for component, kind, members, own in (
                ("TensorFlow%sBatchOp", "Batch", {}, dict(file, **writer)),
                ("TF%sTableModelTrainBatchOp", "Train", {}, train),
                ("TensorFlow%sStreamOp", "Stream", {"data": "stream", "rescan": "empty", "shared_passes": False}, stream)):
            for version in ("", "2"):
                with self.subTest(component=component % version), \
                        Task(script, component=component % version, **members) as task:
                    task.expect("hello")
                    if kind != "Stream":
                        task.feed()
                    task.send("go")
                    task.expect("main_started")
                    task.expect("main_done")
                    task.send("all_done")
                    task.expect("done")
                    task.wait()
                    line = next(line for line in task.stdout().splitlines() if line.startswith("["))
                    context = {"tf_context": "flink_ml_tensorflow%s.tensorflow_context.TFContext" % version}
                    self.assertEqual(fake_runner.json.loads(line),
                                     ["akdl.runner.config.%sTaskConfig" % kind, dict(context, **common, **own)])

    def test_the_latest_checkpoint_is_kept_if_the_params_say_so(self):
        script = '''
import os
def main(config):
    print("kept", config.latest_ckpt_dir)
    for path in filter(None, (config.saved_model_dir, config.latest_ckpt_dir)):
        os.mkdir(path)
        open(os.path.join(path, "saved_model.pb"), "w").close()
'''
        for value, kept in (("true", True), ("false", False), ("False", False), (None, False), ("1", True), (False, False)):
            with self.subTest(value=value), Task(script, component="TF2TableModelTrainBatchOp",
                                                 user_params={"ALINK:save_latest_checkpoint": value}) as task:
                task.run()
                expected = os.path.join(task.work_dir, "latest_ckpt") if kept else None
                self.assertIn("kept %s\n" % expected, task.stdout())
                self.assertEqual(len(task.results()[0]), 3 if kept else 2)

    def test_values_of_config(self):
        script = '''
import json, os
def main(config):
    print(json.dumps(dict(length=config.dataset_length, file=os.path.basename(config.dataset_file),
                          same=os.path.dirname(config.dataset_file) == config.work_dir, params=config.user_params,
                          who=[config.task_type, config.task_index, config.num_workers], cluster=config.cluster,
                          context=[config.tf_context.identity, config.tf_context.get_tf_cluster(),
                                   config.tf_context.properties["no such key"]])))
'''
        cluster = {"ps": ["h:3"], "worker": ["h:2"], "chief": ["h:1"]}
        with Task(script, records=[b"1", b"2"], role="worker", index=0, task_number=1, num_workers=2, num_pss=1,
                  cluster=cluster, user_params={"batch_size": "16", "x": None}) as task:
            task.run()
            seen = fake_runner.json.loads(task.stdout().splitlines()[2])
        self.assertEqual(seen, {
            "length": 2, "file": "dataset.tfrecords", "same": True, "params": {"batch_size": "16", "x": None},
            "who": ["worker", 0, 2], "cluster": cluster,
            "context": ["worker:1", {"ps": ["h:3"], "worker": ["h:1", "h:2"]}, ""]})

    def test_module_name_file_argv_and_path(self):
        script = '''
import os, sys
import helper
def main(config):
    print(__name__, os.path.dirname(__file__) == config.work_dir, os.path.realpath(__file__) == sys.argv[0],
          len(sys.argv), sys.path[0] == config.work_dir, helper.ANSWER, sys.dont_write_bytecode)
'''
        with Task(script, env={"PYTHONDONTWRITEBYTECODE": ""}) as task:
            with open(os.path.join(task.work_dir, "helper.py"), "w") as file:
                file.write("ANSWER = 42\n")
            task.run()
            self.assertIn("tf_user_main True True 1 True 42 False", task.stdout())

    def test_starting_leaves_no_byte_code_in_the_runtime(self):
        with fake_runner.tempfile.TemporaryDirectory() as folder:
            runtime = os.path.join(folder, "runtime")
            shutil.copytree(fake_runner.RUNTIME, runtime, ignore=shutil.ignore_patterns("__pycache__"))
            with Task(NOTHING, env={"PYTHONDONTWRITEBYTECODE": ""}, runtime=runtime) as task:
                task.run()
            self.assertEqual([path for path, _, _ in os.walk(runtime) if path.endswith("__pycache__")], [])

    def test_markers_in_alinks_order(self):
        with Task("def main(config):\n    print('in main')\n", records=[b"r"] * 5) as task:
            task.run()
            self.assertEqual(task.stdout().splitlines(), [
                task.message["tf_config"], "number of records: 5", "in main",
                "task_type = chief, task_index = 0: done tf_user_main", "task_type = chief, task_index = 0: exit"])

    def test_secrets_in_user_params_are_not_printed(self):
        with Task(NOTHING, user_params={"password": "hunter2"}, properties={"token": "hunter2"}) as task:
            task.run()
            self.assertNotIn("hunter2", task.logs())

    def test_descriptors_do_not_leak_into_programs_that_the_script_starts(self):
        script = "import os\ndef main(config):\n    os.system('ls -l /proc/self/fd >&2')\n"
        with Task(script) as task:
            task.run()
            self.assertNotIn("socket:", task.stderr())


class WritingTest(unittest.TestCase):
    def test_threads_may_write_at_the_same_time(self):
        script = '''
import threading
def main(config):
    def work(name):
        for i in range(2000):
            config.output_writer.write(("%s-%d-" % (name, i)).encode() * 20)
    threads = [threading.Thread(target=work, args=(name,)) for name in "abcd"]
    [t.start() for t in threads]
    [t.join() for t in threads]
'''
        with Task(script) as task:
            task.run()
            records, total = task.results()
        self.assertEqual((len(records), total), (8000, 8000))
        for name in b"abcd":
            own = [record for record in records if record[0] == name]
            self.assertEqual(own, [(b"%c-%d-" % (name, i)) * 20 for i in range(2000)])

    def test_a_thread_may_write_after_main_has_returned(self):
        script = '''
import threading
def main(config):
    go = threading.Event()
    def work():
        threading.main_thread().join()
        config.output_writer.write(b"late")
    threading.Thread(target=work).start()
'''
        with Task(script) as task:
            self.assertEqual(task.run()["written"], 1)
            self.assertEqual(task.results(), ([b"late"], 1))

    def test_an_executor_that_is_never_shut_down_does_not_hold_up_the_end(self):
        script = '''
import concurrent.futures
POOL = concurrent.futures.ThreadPoolExecutor(2)
def main(config):
    POOL.submit(config.output_writer.write, b"one").result()
'''
        for python in fake_runner.pythons():
            with self.subTest(python=python), Task(script, python=python) as task:
                task.run()
                self.assertEqual(task.results(), ([b"one"], 1))

    def test_the_first_record_is_sent_at_once(self):
        script = '''
import threading
def main(config):
    config.output_writer.write(b"first")
    threading.Event().wait()
'''
        with Task(script) as task:
            task.go()
            chunk = fake_runner.chunk(4, b"\x05\0\0\0first", 1)
            task.wait_for_output(chunk.decode(), "results_bytes")
            self.assertEqual(bytes(task.results_bytes), chunk)

    def test_objects_bytes_and_dicts_can_be_written(self):
        script = '''
class Example:
    def SerializeToString(self):
        return b"object"
def main(config):
    for value in (Example(), b"bytes", bytearray(b"array"), {"id": 1, "s": "s0", "none": None}):
        config.output_writer.write(value)
    try:
        config.output_writer.write("text")
    except TypeError as error:
        print(error)
'''
        with Task(script) as task:
            task.run()
            features = (b"\n\x0b\n\x02id\x12\x05\x1a\x03\n\x01\x01" b"\n\x0b\n\x01s\x12\x06\n\x04\n\x02s0"
                        b"\n\x08\n\x04none\x12\x00")
            row = b"\n" + bytes([len(features)]) + features
            self.assertEqual(task.results()[0], [b"object", b"bytes", b"array", row])
            self.assertIn("a tf.train.Example, its bytes or a dict of columns, not str", task.stdout())

    def test_a_child_process_that_writes_is_told_so(self):
        script = '''
import multiprocessing
def work(config, told):
    try:
        config.output_writer.write(b"lost")
    except RuntimeError as error:
        told.put(str(error))
def main(config):
    context = multiprocessing.get_context("fork")
    told = context.SimpleQueue()
    child = context.Process(target=work, args=(config, told))
    child.start()
    print(told.get())
    child.join()
'''
        with Task(script) as task:
            task.run()
            self.assertIn("belongs to the task's own process", task.stdout())
            self.assertEqual(task.results(), ([], 0))

    def test_spawned_child_processes_work(self):
        script = '''
import multiprocessing
def double(x):
    return 2 * x
def main(config):
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        print(pool.map(double, [1, 2]))
'''
        with Task(script) as task:
            task.run()
            self.assertIn("[2, 4]", task.stdout())


if __name__ == "__main__":
    unittest.main()
