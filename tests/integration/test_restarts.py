"""maxRestarts: after a task has failed all begin again, with the input from its start; no row is lost or doubled."""

import json
import os
import signal
import time
import unittest

import support
from support import JobTest, kill, wait_until

# Does DO in the attempts and the task that the parameters say, then writes every row back.
SCRIPT = '''\
import os, signal, struct, subprocess, sys, threading, time

def main(config):
    params = config.user_params
    attempt = int(os.environ["ALINKTF_ATTEMPT"])
    name = "%s:%d" % (config.task_type, config.task_index)
    with open(params["said"], "a") as file:
        file.write("%s %d %d %s\\n" % (name, attempt, os.getpid(), config.work_dir))
    if config.task_type == "ps":
        time.sleep(100)
    fails = attempt < int(params["fails"]) and name == params["who"]
    if fails and params.get("when") == "before":
        DO
    with open(config.dataset_file, "rb") as file:
        for header in iter(lambda: file.read(12), b""):
            config.output_writer.write(file.read(struct.unpack("<Q4x", header)[0]))
            file.seek(4, 1)
    if fails:
        DO
'''
ROWS = 2_000


class RestartsTest(JobTest):
    def setUp(self):
        super().setUp()
        self.said = self.work.file("said")

    def write_job(self, do: str = "sys.exit(3)", fails: int = 1, who: str = "chief:0", params=None, **keys) -> None:
        """A job whose task `who` does `do` in its first `fails` attempts, having written all its rows."""
        if not self.work.exists("in.csv"):
            self.work.write_file("in.csv", "".join(f"{n}\n" for n in range(ROWS)))
        text = SCRIPT.replace("DO", do)
        keys = {"mainScriptFile": self.work.write_file("script.py", text), "maxRestarts": 2, **keys}
        params = {"said": self.said, "fails": fails, "who": who, **(params or {})}
        self.work.write_job(**{"userParams": params, **keys})

    def start(self, *args, popen=None, **keys) -> support.Job:
        self.write_job(**keys)
        return self.work.start(
            "run", "job.json", "--report", "report.json", "--log-dir", "logs", *args, **(popen or {})
        )

    def report(self) -> dict:
        return json.loads(self.work.read_file("report.json"))

    def tasks_said(self) -> "list[list[str]]":
        """Of every start of main: task, attempt, pid, work dir."""
        return [line.split(" ", 3) for line in self.work.read_file("said").splitlines()]

    def attempts_of(self, task: str) -> "list[int]":
        return [int(attempt) for name, attempt, _, _ in self.tasks_said() if name == task]

    def assert_each_row_once(self) -> None:
        rows = sorted(int(line) for line in self.work.read_file("out.csv").split())
        self.assertEqual(rows, list(range(ROWS)))

    def assert_not_restarted(self, ended: support.Ended, status: int, *texts: str) -> None:
        self.assert_failed(ended, status, *texts)
        self.assertNotIn("attempt", ended.err)


class DoneTest(RestartsTest):
    """Jobs that succeed in the end."""

    def test_max_restarts_the_whole_group_begins_again_and_no_row_is_lost_or_doubled(self):
        ended = self.start(who="worker:0", fails=2, numWorkers=2, numPSs=1, evenSplit="off").wait()
        self.assert_done(ended)
        self.assert_each_row_once()
        self.assertEqual(self.attempts_of("worker:0"), [0, 1, 2])
        self.assertEqual(self.attempts_of("chief:0")[-1], 2)
        for text in ("attempt 0 failed: worker:0", "restart 1 of 2", "attempt 1 failed: worker:0", "restart 2 of 2",
                     "done in", "in attempt 2", "\nattempt 0\n", "\nattempt 2\n"):
            self.assertIn(text, ended.err)
        report = self.report()
        self.assertEqual((report["attempt"], report["exit_status"], report["error"]), (2, 0, None))
        self.assertEqual((report["rows"]["read"], report["rows"]["collected"]), (ROWS, ROWS))
        failed = report["failed_attempts"]
        self.assertEqual([each["attempt"] for each in failed], [0, 1])
        for each in failed:
            self.assertIn("worker:0", each["error"])
            self.assertIn("SystemExit: 3", each["error"])
            self.assertLessEqual(each["started"], each["ended"])
            self.assertEqual([task["task"] for task in each["tasks"]], ["chief:0", "worker:0", "ps:0"])
            self.assertFalse(each["tasks"][1]["stopped_by_us"])
        self.assertLessEqual(failed[1]["ended"], report["tasks"][0]["started"])

    def test_every_failure_of_a_task_restarts(self):
        ways = {
            "exception": "raise ValueError('no good')",
            "os._exit(0)": "os._exit(0)",
            "SIGKILL": "os.kill(os.getpid(), signal.SIGKILL)",
            "SIGSEGV": "os.kill(os.getpid(), signal.SIGSEGV)",
            "garbage": "os.write(4, b'garbage, and enough of it')",
        }
        for name, do in ways.items():
            with self.subTest(name):
                ended = self.start("--set", "output.overwriteSink=true", do=do).wait()
                self.assert_done(ended)
                self.assert_each_row_once()
                self.assertEqual(len(self.report()["failed_attempts"]), 1)

    def test_a_parameter_server_that_fails_restarts_the_workers(self):
        do = "pass"
        self.write_job(do=do, numPSs=1)
        text = self.work.read_file("script.py").replace(
            "time.sleep(100)", "sys.exit(4) if attempt == 0 else time.sleep(100)"
        ).replace("    with open(config.dataset", "    if attempt == 0: time.sleep(100)\n    with open(config.dataset")
        self.work.write_file("script.py", text)
        ended = self.work.run("run", "job.json", "--report", "report.json")
        self.assert_done(ended)
        self.assert_each_row_once()
        self.assertIn("ps:0", self.report()["failed_attempts"][0]["error"])

    def test_work_dirs_and_checkpoints_are_kept_and_the_rows_come_anew(self):
        self.write_job()
        self.work.write_file("script.py", '''\
import os
def main(config):
    checkpoint = os.path.join(config.work_dir, "checkpoint")
    before = open(checkpoint).read() if os.path.exists(checkpoint) else "none"
    with open(config.user_params["said"], "a") as file:
        file.write("%s %s %d %s\\n" % (config.work_dir, before, config.dataset_length,
                                       sorted(os.listdir(config.work_dir))))
    with open(config.dataset_file, "ab") as file:
        file.write(b"spoiled")
    with open(checkpoint, "w") as file:
        file.write(os.environ["ALINKTF_ATTEMPT"])
    if before != "1":
        raise ValueError("not yet")
''')
        self.assert_done(self.work.run("run", "job.json"))
        lines = [line.split(" ", 3) for line in self.work.read_file("said").splitlines()]
        self.assertEqual([line[1] for line in lines], ["none", "0", "1"])
        self.assertEqual({line[2] for line in lines}, {str(ROWS)})
        self.assertEqual(len({line[0] for line in lines}), 1)
        self.assertIn("tensor_shapes.txt", lines[2][3])

    def test_each_attempt_has_logs_of_its_own(self):
        self.write_job()
        text = self.work.read_file("script.py").replace("    if config.task", "    print('this is', attempt)\n    if config.task")
        self.work.write_file("script.py", text)
        self.assert_done(self.work.run("run", "job.json", "--log-dir", "logs"))
        self.assertEqual(sorted(os.listdir(self.work.file("logs"))), ["chief-0.attempt-1.log", "chief-0.log"])
        self.assertIn("this is 0", self.work.read_file("logs/chief-0.log"))
        second = self.work.read_file("logs/chief-0.attempt-1.log")
        self.assertIn("this is 1", second)
        self.assertNotIn("this is 0", second)

    def test_nothing_of_an_attempt_runs_when_the_next_one_begins(self):
        stray = ("subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(1000)'], start_new_session=True)"
                 "\n        sys.exit(3)")
        self.write_job(do=stray, params={"when": "before"})
        text = self.work.read_file("script.py").replace(
            "    if config.task",
            "    mark = os.environ['ALINKTF_TEST_MARK'].encode()\n"
            "    for pid in filter(str.isdigit, os.listdir('/proc')):\n"
            "        try:\n"
            "            cmdline = open('/proc/%s/cmdline' % pid, 'rb').read()\n"
            "            if b'time.sleep(1000)' in cmdline and mark in open('/proc/%s/environ' % pid, 'rb').read():\n"
            "                raise ValueError('still there: ' + pid)\n"
            "        except OSError:\n"
            "            pass\n"
            "    if config.task")
        self.work.write_file("script.py", text)
        self.assert_done(self.work.run("run", "job.json", "--report", "report.json"))
        self.assertEqual(self.attempts_of("chief:0"), [0, 1])

    def test_broadcast_and_rejected_rows_are_those_of_one_attempt(self):
        self.work.write_file("in.csv", "1\nx\n2\n")
        self.write_job(
            do="sys.exit(3)",
            input={"filePath": "in.csv", "schemaStr": "id long", "onBadRow": {"rejects": "bad.csv"}},
            broadcastInputs=[{"filePath": "b.csv", "schemaStr": "a long"}],
        )
        self.work.write_file("b.csv", "7\n8\n")
        text = self.work.read_file("script.py").replace(
            "    if config.task", "    assert open(config.work_dir + '/bc_data_1').read() == '7\\n8\\n'\n    if config.task", 1)
        self.work.write_file("script.py", text)
        self.assert_done(self.work.run("run", "job.json"))
        self.assertEqual(self.work.read_file("out.csv"), "1\n2\n")
        self.assertEqual(len(self.work.read_file("bad.csv").splitlines()), 2)
        self.assertEqual(self.attempts_of("chief:0"), [0, 1])

    def test_rows_of_a_failed_attempt_leave_a_growing_output(self):
        self.work.write_file("in.csv", "".join(f"{n}\n" for n in range(ROWS)))
        self.work.write_file("script.py", '''\
import os, sys
sys.path.insert(0, os.environ["WORKERS"])
import stream, time
def main(config):
    config.user_params["most"] = 7 if os.environ["ALINKTF_ATTEMPT"] == "0" else None
    stream.main(config)
    if config.user_params["most"]:
        while not os.path.exists(config.user_params["partial"]) or os.path.getsize(config.user_params["partial"]) < 14:
            time.sleep(0.005)
        raise ValueError("no good")
''')
        self.work.write_job(component="TensorFlow2StreamOp", mainScriptFile="script.py", maxRestarts=1,
                            env={"WORKERS": support.WORKERS}, userParams={"partial": self.work.file("out.csv.partial")})
        ended = self.work.run("run", "job.json")
        self.assert_done(ended)
        self.assertIn("attempt 0 failed", ended.err)
        self.assert_each_row_once()
        self.assertFalse(self.work.exists("out.csv.partial"))

    def test_a_model_of_a_failed_attempt_is_not_taken(self):
        self.work.write_file("in.csv", "1\n")
        self.work.write_file("script.py", '''\
import os
def main(config):
    assert not os.path.exists(config.saved_model_dir), "stale"
    attempt = os.environ["ALINKTF_ATTEMPT"]
    name = os.path.join(config.saved_model_dir, str(9 - int(attempt)))
    os.makedirs(name)
    open(os.path.join(name, "saved_model.pb"), "w").write("model of attempt " + attempt)
    if attempt == "0":
        raise ValueError("no good")
''')
        self.work.write_job(component="TF2TableModelTrainBatchOp", mainScriptFile="script.py", outputSchemaStr=None,
                            maxRestarts=1, output={"filePath": "out", "format": "savedmodel"})
        self.assert_done(self.work.run("run", "job.json"))
        self.assertEqual(self.work.read_file("out/saved_model.pb"), "model of attempt 1")


class FailedTest(RestartsTest):
    """Jobs that fail although they may restart."""

    def test_after_the_last_restart_the_job_fails_with_the_last_cause(self):
        ended = self.start(fails=9, maxRestarts=1).wait()
        self.assert_failed(ended, 5, "attempt 0 failed", "attempt 1, the last", "SystemExit: 3")
        self.assertEqual(self.attempts_of("chief:0"), [0, 1])
        report = self.report()
        self.assertEqual((report["attempt"], report["exit_status"]), (1, 5))
        self.assertIn("attempt 1", report["error"])

    def test_a_script_that_does_not_compile_is_not_restarted(self):
        self.write_job(do="no python")
        self.assert_not_restarted(self.work.run("run", "job.json"), 5, "compile")

    def test_bad_rows_are_not_restarted(self):
        self.work.write_file("in.csv", "1\nx\n")
        self.assert_not_restarted(self.start().wait(), 4, "found 'x'")

    def test_a_stall_is_not_restarted(self):
        ended = self.start(do="time.sleep(100)", stallTimeout="500ms").wait()
        self.assert_not_restarted(ended, 7, "stallTimeout")

    def test_timeout_bounds_all_attempts_together(self):
        ended = self.start(do="(time.sleep(1.2), sys.exit(3))", fails=100, maxRestarts=100, timeout="4s").wait()
        self.assert_failed(ended, 7, "attempt 0 failed", "timeout of 4 s")
        self.assertLessEqual(2, len(self.attempts_of("chief:0")))
        self.assertLessEqual(len(self.attempts_of("chief:0")), 4)

    def test_a_stop_signal_is_not_restarted(self):
        for signo in (signal.SIGINT, signal.SIGTERM):
            with self.subTest(signo):
                job = self.start(do="time.sleep(100)", params={"when": "before"})
                self.assertTrue(wait_until(lambda: self.work.exists("said")))
                os.kill(job.front, signo)
                self.assert_not_restarted(job.wait(), -signo)
                os.remove(self.said)

    def test_a_stop_signal_while_a_failed_attempt_ends_is_not_forgotten(self):
        do = "signal.signal(signal.SIGTERM, signal.SIG_IGN); open(params['said'] + '2', 'w'); time.sleep(100)"
        self.write_job(do=do, who="worker:0", numWorkers=2, gracePeriod="1m", params={"when": "before"})
        text = self.work.read_file("script.py").replace(
            "    with open(config.dataset",
            "    if config.task_type == 'chief':\n"
            "        while not os.path.exists(params['said'] + '2'): time.sleep(0.005)\n"
            "        raise ValueError('first')\n"
            "    with open(config.dataset", 1)
        self.work.write_file("script.py", text)
        job = self.work.start("run", "job.json")
        self.assertTrue(wait_until(lambda: self.work.exists("said2") and "chief:0" in self.work.read_file("said")))
        chief = next(int(pid) for name, _, pid, _ in self.tasks_said() if name == "chief:0")
        self.assertTrue(wait_until(lambda: support.state(chief) in ("", "Z")))
        while job.process.poll() is None:  # the second one does not wait for the grace period
            kill(job.front, signal.SIGTERM)
            time.sleep(0.1)
        ended = job.wait()
        self.assertEqual(ended.status, -signal.SIGTERM, ended.err)
        self.assertIn("ValueError: first", ended.err)
        self.assertEqual(self.attempts_of("chief:0"), [0])
        self.assert_clean()


class RefusedTest(RestartsTest):
    """What cannot begin again is told before anything starts."""

    def assert_refused(self, *texts: str, args=(), popen=None, **keys) -> None:
        self.write_job(**keys)
        for command in ("run", "check"):
            ended = self.work.run(command, "job.json", *args, **(popen or {}))
            self.assert_failed(ended, 3, "maxRestarts", *texts)
        self.assertFalse(self.work.exists("said"))

    def test_inputs_that_can_be_read_once(self):
        fifo = self.work.file("fifo")
        os.mkfifo(fifo)
        self.assert_refused("/input/filePath: '-' is standard input", args=("--input", "-"))
        as_csv = ("--set", "input.format=csv")
        self.assert_refused("is a FIFO", args=("--input", fifo, *as_csv))
        self.assert_refused("is a device", args=("--input", "/dev/null", *as_csv))
        self.assert_refused("/broadcastInputs/1/filePath", "is a FIFO", broadcastInputs=[
            {"filePath": "in.csv", "schemaStr": "a long"}, {"filePath": "fifo", "schemaStr": "a long", "format": "csv"}])

    def test_outputs_that_cannot_be_taken_back(self):
        os.mkfifo(self.work.file("fifo"))
        self.assert_refused("/output/filePath: the rows go to standard output", args=("--output", "-"))
        self.assert_refused("/output: the rows go to standard output", output=None)
        self.assert_refused("a FIFO", output={"filePath": "fifo", "format": "csv"})
        self.assert_refused("standard output", component="TensorFlow2StreamOp", output={"filePath": "-"})

    def test_without_restarts_they_are_taken(self):
        self.write_job(maxRestarts=0, fails=0)
        self.assert_done(self.work.run("run", "job.json", "--output", "-"))

    def test_predictions(self):
        self.work.write_file("in.csv", "1\n")
        self.work.write_job(component="TFSavedModelPredictBatchOp", modelPath="m", mainScriptFile=None, maxRestarts=1)
        self.assert_failed(self.work.run("run", "job.json"), 3, "/maxRestarts: expected 0", "TFSavedModelPredictBatchOp")

    def test_check_tells_of_restarts(self):
        self.write_job(maxRestarts=3)
        self.assertIn("up to 3 times", self.work.run("check", "job.json").out)


if __name__ == "__main__":
    unittest.main()
