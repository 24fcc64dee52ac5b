"""How a task fails: what the runner is told, what the log shows, the exit status."""
import os
import subprocess
import sys
import unittest

import fake_runner
from fake_runner import Task, chunk, end_chunk, frame
from test_life import NOTHING


class ScriptCheckTest(unittest.TestCase):
    def failure(self, script, **members):
        with Task(script, **members) as task:
            failed = task.expect("failed")
            self.assertEqual(task.wait(), 1)
            self.assertEqual(task.results_bytes, b"")
            return task, failed

    def assert_has_main(self, script):
        with Task(script) as task:
            task.expect("hello")

    def test_syntax_error_is_told_before_any_data_flows(self):
        for python in fake_runner.pythons():
            with self.subTest(python=python):
                task, failed = self.failure("def main(config):\n    x = = 1\n", python=python)
                self.assertEqual((failed["stage"], failed["exception"]), ("compile", "SyntaxError"))
                self.assertIn("invalid syntax", failed["message"])
                self.assertIn('File "%s", line 2' % task.script_path, failed["traceback"])
                self.assertIn('line 2', task.stderr())
                self.assertNotIn("alinktf_worker", task.stderr())

    def test_errors_that_only_the_compiler_finds_are_told_as_early(self):
        _, failed = self.failure("def main(config):\n    pass\nreturn 1\n")
        self.assertEqual((failed["stage"], failed["exception"]), ("compile", "SyntaxError"))

    def test_a_script_without_main_is_told_what_it_has_instead(self):
        for python in fake_runner.pythons():
            with self.subTest(python=python):
                task, failed = self.failure("def train(config):\n    pass\n", python=python)
                self.assertEqual((failed["stage"], failed["exception"]), ("compile", ""))
                self.assertEqual(failed["message"], task.script_path + " has no function main at module level; "
                                 "it defines train. Define `def main(config):`")

    def test_a_main_inside_something_else_does_not_count(self):
        for script in ("class Trainer:\n    def main(self, config):\n        pass\n",
                       "def make():\n    def main(config):\n        pass\n", "", "main\n", "print(main=1)\n"):
            with self.subTest(script=script):
                self.assertEqual(self.failure(script)[1]["exception"], "")

    def test_an_async_main_is_refused(self):
        _, failed = self.failure("async def main(config):\n    pass\n")
        self.assertIn("async", failed["message"])

    def test_a_missing_script_and_null_bytes(self):
        self.assertIn("cannot read the script", self.failure(None)[1]["message"])
        self.assertIn(self.failure("def main(config): pass\0")[1]["exception"], ("", "SyntaxError"))

    def test_every_way_to_bind_main_counts(self):
        for script in ("main = print", "a, main = 1, print", "main: object = print", "import json as main",
                       "import main", "from json import dumps as main", "from json import *",
                       "if 1:\n  def main(c): pass", "try:\n  x = 1\nexcept E:\n  pass\nelse:\n  main = 1",
                       "try:\n  from a import main\nexcept ImportError:\n  def main(c): pass",
                       "try:\n  x\nexcept E:\n  main = 1", "with open('x') as main:\n  pass",
                       "for main in []:\n  pass", "class main:\n  pass", "globals()['main'] = print",
                       "def f():\n  exec('def main(c): pass', globals())"):
            with self.subTest(script=script):
                self.assert_has_main(script)

    def test_encoding_declarations_are_honoured(self):
        with Task(None) as task:  # the first task fails: the file does not exist
            task.expect("failed")
        with Task("# -*- coding: latin-1 -*-\ndef main(config):\n    print(len('\u00e9'))\n") as task:
            task.run()  # written as UTF-8, declared as Latin-1: two characters
            self.assertIn("\n2\n", task.stdout())


class MainFailsTest(unittest.TestCase):
    def failure(self, script, status=1, **members):
        with Task(script, **members) as task:
            task.go()
            failed = task.expect("failed")
            self.assertEqual(task.wait(), status)
            self.assertIsNone(task.results()[1])
            return task, failed

    def test_exception_with_type_message_and_the_scripts_own_frames(self):
        script = "def inner():\n    raise KeyError('no column x')\ndef main(config):\n    inner()\n"
        for python in fake_runner.pythons():
            with self.subTest(python=python):
                task, failed = self.failure(script, python=python)
                self.assertEqual((failed["stage"], failed["exception"], failed["message"]),
                                 ("main", "KeyError", "'no column x'"))
                lines = failed["traceback"].splitlines()
                self.assertEqual(lines[0], "Traceback (most recent call last):")
                self.assertEqual(lines[1], '  File "%s", line 4, in main' % task.script_path)
                self.assertEqual(lines[-1], "KeyError: 'no column x'")
                self.assertEqual(task.stderr(), failed["traceback"])

    def test_causes_are_shown_too(self):
        script = ("def main(c):\n    try:\n        1 / 0\n"
                  "    except Exception as e:\n        raise ValueError('bad') from e\n")
        _, failed = self.failure(script)
        self.assertIn("ZeroDivisionError", failed["traceback"])
        self.assertNotIn("alinktf_worker", failed["traceback"])

    def test_exception_while_importing_the_script(self):
        _, failed = self.failure("import no_such_module\n" + NOTHING)
        self.assertEqual((failed["stage"], failed["exception"]), ("import", "ModuleNotFoundError"))
        self.assertIn("line 1, in <module>", failed["traceback"])

    def test_main_that_is_not_there_after_the_import(self):
        task, failed = self.failure("from json import *\n")
        self.assertEqual((failed["stage"], failed["exception"]), ("import", "AttributeError"))
        self.assertIn(task.script_path + " has no main after its import", failed["message"])

    def test_main_with_the_wrong_arguments(self):
        _, failed = self.failure("def main():\n    pass\n")
        self.assertEqual((failed["stage"], failed["exception"]), ("main", "TypeError"))

    def test_sys_exit_with_a_status(self):
        _, failed = self.failure("import sys\ndef main(config):\n    sys.exit(3)\n", status=3)
        self.assertEqual((failed["stage"], failed["exception"], failed["message"]), ("main", "SystemExit", "3"))

    def test_sys_exit_with_a_text(self):
        _, failed = self.failure("import sys\ndef main(config):\n    sys.exit('no data today')\n")
        self.assertEqual((failed["exception"], failed["message"]), ("SystemExit", "no data today"))

    def test_sys_exit_0_counts_as_a_return(self):
        script = "import sys\ndef main(config):\n    config.output_writer.write(b'row')\n    sys.exit(0)\n"
        with Task(script) as task:
            self.assertEqual(task.run()["written"], 1)
            self.assertEqual(task.wait(), 0)

    def test_sys_exit_while_importing_is_a_failure(self):
        _, failed = self.failure("import sys\nsys.exit(0)\n" + NOTHING)
        self.assertEqual(failed["stage"], "import")
        self.assertIn("before its main was called", failed["message"])

    def test_exit_handlers_run_after_the_failure_is_told(self):
        script = "import atexit, time\natexit.register(print, 'handler')\ndef main(c):\n    raise ValueError('x')\n"
        task, _ = self.failure(script)
        self.assertIn("handler", task.stdout())

    THREAD = '''
import sys, threading
def main(config):
    t = threading.Thread(target=lambda: %s, daemon=%s)
    t.start()
    t.join()
'''

    def test_exception_in_another_thread_fails_the_task_at_once(self):
        script = self.THREAD.replace("t.join()", "t.join(); threading.Event().wait()") % ("1 / 0", False)
        for python in fake_runner.pythons():
            with self.subTest(python=python):
                _, failed = self.failure(script, python=python)
                self.assertEqual((failed["stage"], failed["exception"]), ("main", "ZeroDivisionError"))
                self.assertIn("in <lambda>", failed["traceback"])

    def test_sys_exit_with_a_status_in_another_thread_fails_the_task(self):
        _, failed = self.failure(self.THREAD % ("sys.exit(3)", False), status=3)
        self.assertEqual((failed["stage"], failed["exception"]), ("main", "SystemExit"))

    def test_daemon_threads_may_fail_and_others_may_end_well(self):
        for code, daemon, told in (("1 / 0", True, "ZeroDivisionError"), ("sys.exit(0)", False, ""), ("sys.exit()", False, "")):
            with self.subTest(code=code), Task(self.THREAD % (code, daemon)) as task:
                task.run()
                self.assertIn(told, task.stderr())
                self.assertEqual(task.status, 0)

    def test_exception_in_an_exit_handler_fails_the_task(self):
        for code, exception, status in (("1 / 0", "ZeroDivisionError", 1), ("sys.exit(3)", "SystemExit", 3)):
            script = "import atexit, sys\natexit.register(lambda: %s)\ndef main(config):\n    pass\n" % code
            for python in fake_runner.pythons():
                with self.subTest(code=code, python=python), Task(script, python=python) as task:
                    task.go()
                    task.expect("main_done")
                    task.send("all_done")
                    failed = task.expect("failed")
                    self.assertEqual((failed["stage"], failed["exception"]), ("exit", exception))
                    self.assertEqual(task.wait(), status)

    def test_a_crash_in_native_code_leaves_its_python_stack(self):
        script = "import os, signal\ndef main(config):\n    os.kill(os.getpid(), signal.SIGSEGV)\n"
        with Task(script) as task:
            task.go()
            self.assertEqual(task.wait(), -fake_runner.signal.SIGSEGV)
            self.assertIn("in main", task.stderr())

    def test_messages_of_any_characters_and_size_arrive(self):
        _, failed = self.failure("def main(c):\n    raise ValueError('\\udcff \\n \U0001f600 ' + 'x' * 1000000)\n")
        self.assertTrue(failed["message"].startswith("\\udcff \n \U0001f600 x"))
        self.assertLess(len(failed["message"]), 20000)

    def test_a_component_without_a_script_is_refused(self):
        with Task(NOTHING, component="TFSavedModelPredictBatchOp") as task:
            task.expect("hello")
            task.feed()
            task.send("go")
            failed = task.expect("failed")
            self.assertEqual(failed["stage"], "runtime")
            self.assertIn("TFSavedModelPredictBatchOp", failed["message"])


class FeedTest(unittest.TestCase):
    def failure(self, data, **members):
        with Task(NOTHING, **members) as task:
            task.expect("hello")
            task.feed_bytes(data)
            task.close_feed()
            failed = task.expect("failed")
            self.assertEqual(task.wait(), 1)
            self.assertEqual(failed["stage"], "feed")
            self.assertIn(failed["message"], task.stderr())
            return failed["message"]

    def test_feed_that_ends_without_its_end_mark(self):
        self.assertEqual(self.failure(chunk(1, frame(b"A"), 1)), "the data ends after 1 records without its end mark")

    def test_feed_that_ends_inside_a_chunk(self):
        self.assertIn("inside a chunk", self.failure(chunk(1, frame(b"A" * 100), 1)[:-3]))
        self.assertIn("inside a chunk's header", self.failure(b"\x01\0\0"))

    def test_count_that_does_not_match(self):
        self.assertEqual(self.failure(chunk(1, frame(b"A"), 1) + end_chunk(2)), "2 records were sent, 1 arrived")

    def test_error_of_the_input(self):
        self.assertEqual(self.failure(chunk(1, frame(b"A"), 1) + chunk(6, b"in.csv line 7: bad cell")),
                         "the input failed after 1 records: in.csv line 7: bad cell")

    def test_chunks_that_do_not_belong_here(self):
        self.assertIn("unknown chunk kind 9", self.failure(chunk(9, b"")))
        self.assertIn("kind 4", self.failure(chunk(4, b"\x01\0\0\0A", 1)))
        self.assertIn("at most", self.failure(fake_runner.struct.pack("<III", 1, 0xFFFFFFFF, 1)))

    def test_spool_that_cannot_be_written(self):
        with fake_runner.tempfile.TemporaryDirectory() as folder:
            os.mkdir(os.path.join(folder, "dataset.tfrecords"))
            self.assertIn("Is a directory", self.failure(b"", work_dir=folder))

    def test_disk_full(self):
        if not os.path.exists("/dev/full"):
            self.skipTest("no /dev/full")
        with fake_runner.tempfile.TemporaryDirectory() as folder:
            os.symlink("/dev/full", os.path.join(folder, "dataset.tfrecords"))
            self.assertIn("no space left", self.failure(chunk(1, frame(b"A"), 1) + end_chunk(1), work_dir=folder))


class RunnerTest(unittest.TestCase):
    def test_the_task_ends_when_the_runner_is_gone(self):
        script = "import threading\ndef main(config):\n    threading.Event().wait()\n"
        for python in fake_runner.pythons():
            with self.subTest(python=python), Task(script, python=python) as task:
                task.go()
                task.close_control()
                self.assertEqual(task.wait(), 1)

    def test_the_task_ends_when_the_runner_dies_before_it_has_said_anything(self):
        with Task(NOTHING) as task:
            task.close_control()
            self.assertEqual(task.wait(), 1)

    def test_dump_shows_the_stack_of_every_thread(self):
        script = '''
import threading
def wait_here(event):
    event.set()
    threading.Event().wait()
def main(config):
    event = threading.Event()
    threading.Thread(target=wait_here, args=(event,), name="my helper").start()
    event.wait()
    print("ready")
    threading.Event().wait()
'''
        for python in fake_runner.pythons():
            with self.subTest(python=python), Task(script, python=python) as task:
                task.go()
                task.wait_for_output("ready")
                task.send("dump")
                stacks = task.expect("stacks")
                self.assertEqual(stacks["state"], "running main")
                self.assertIn("in main\n", stacks["text"])
                self.assertIn("(my helper)", stacks["text"])
                self.assertIn("in wait_here\n    threading.Event().wait()", stacks["text"])
                self.assertTrue(stacks["text"].split("(MainThread):")[0].startswith("Thread "), stacks["text"])

    def test_dump_tells_when_the_results_are_not_taken(self):
        script = "def main(config):\n    while True:\n        config.output_writer.write(b'x' * 100000)\n"
        with Task(script, take_results=False) as task:
            task.go()
            state = ""
            while state != "waiting for space":
                task.send("dump")
                state = task.expect("stacks")["state"]

    def test_abort_before_main_ends_at_once(self):
        with Task(NOTHING) as task:
            task.expect("hello")
            task.send("abort", reason="worker 1 failed")
            self.assertEqual(task.wait(), 1)
            self.assertIsNone(task.next_message())

    def test_abort_in_main_runs_the_scripts_clean_up_and_tells_no_failure(self):
        script = '''
import time
def main(config):
    try:
        print("ready")
        while True:
            time.sleep(0.01)
    finally:
        print("cleaned up")
'''
        with Task(script) as task:
            task.go()
            task.wait_for_output("ready")
            task.send("abort", reason="worker 1 failed")
            self.assertEqual(task.wait(), 1)
            self.assertIsNone(task.next_message())
            self.assertIn("cleaned up", task.stdout())
            self.assertIn("stopped: worker 1 failed", task.stderr())

    def test_unknown_messages_are_an_error(self):
        with Task(NOTHING) as task:
            task.expect("hello")
            task.send("dance")
            failed = task.expect("failed")
            self.assertEqual((failed["stage"], failed["exception"]), ("runtime", ""))
            self.assertIn("dance", failed["message"])

    def test_unknown_members_are_ignored(self):
        with Task(NOTHING, new_member={"a": [1, 2.5, None, True]}) as task:
            task.run()

    def test_another_protocol_is_refused(self):
        with Task(NOTHING, protocol=2) as task:
            self.assertIn("expected task of protocol 1", task.expect("failed")["message"])

    def test_start_needs_no_import_beyond_a_bare_interpreter(self):
        code = ("import os, sys; sys.path.insert(0, %r); before = set(sys.modules); import alinktf_worker.session, "
                "alinktf_worker.configs, flink_ml_tensorflow2.tensorflow_context; "
                "print(sorted(m for m in set(sys.modules) - before if m.split('.')[0] not in "
                "('alinktf_worker', 'akdl', 'flink_ml_framework', 'flink_ml_tensorflow', 'flink_ml_tensorflow2')))"
                % fake_runner.RUNTIME)
        found = subprocess.run([sys.executable, "-S", "-c", code], stdout=subprocess.PIPE, check=True).stdout.decode()
        self.assertLessEqual(set(eval(found)), {"_json", "time", "errno", "faulthandler"})


if __name__ == "__main__":
    unittest.main()
