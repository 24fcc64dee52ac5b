"""What tasks print is kept: a file per task, a folder per run."""

import os
import unittest

from support import JobTest, script, wait_until

PRINTING = """
import sys

def main(config):
    print("from %s" % config.task_type)
    sys.stdout.buffer.write(b"\\xff\\x00 bytes\\n")
    sys.stderr.write("no end of line")
"""
STAYING = """
import os
import time

def main(config):
    while not os.path.exists(config.user_params["go"]):
        time.sleep(0.01)
"""
KEPT = 20


class LogsTest(JobTest):
    def setUp(self):
        super().setUp()
        self.runs = os.path.join(self.work.root, "state", "alinktf", "runs")
        self.work.write_file("in.csv", "1\n2\n")
        self.work.write_file("print.py", PRINTING)
        self.work.write_job(mainScriptFile="print.py", numWorkers=2)

    def lines(self, folder: str, name: str) -> "list[bytes]":
        with open(os.path.join(folder, name), "rb") as file:
            return file.read().split(b"\n")

    def test_a_folder_in_the_state_directory(self):
        ended = self.work.run("run", "job.json")
        self.assert_done(ended)
        (run,) = os.listdir(self.runs)
        self.assertIn("-job-", run)
        folder = os.path.join(self.runs, run)
        self.assertEqual(sorted(os.listdir(folder)), ["chief-0.log", "worker-0.log"])
        for name, role in (("chief-0.log", b"chief"), ("worker-0.log", b"worker")):
            lines = self.lines(folder, name)
            for line in (b"from " + role, b"\xff\x00 bytes", b"no end of line"):
                self.assertIn(line, lines)
        self.assertTrue(ended.err.strip().endswith(folder), ended.err)

    def test_a_folder_that_was_chosen(self):
        ended = self.work.run("run", "job.json", "--log-dir", "logs/mine")
        self.assert_done(ended)
        self.assertIn(b"from chief", self.lines(self.work.file("logs/mine"), "chief-0.log"))
        self.assertTrue(ended.err.strip().endswith("logs/mine"), ended.err)
        self.assertFalse(os.path.exists(self.runs))

    def test_after_a_failure_too(self):
        ended = self.work.run("run", "job.json", "--set", f"mainScriptFile={script('fail')}", "--set", "userParams.how=raise")
        self.assert_failed(ended, 5)
        (run,) = os.listdir(self.runs)
        self.assertTrue(ended.err.strip().endswith(run), ended.err)

    def test_a_run_that_started_nothing_leaves_no_folder(self):
        os.remove(self.work.file("in.csv"))
        self.assert_failed(self.work.run("run", "job.json"), 4)
        self.assertEqual(os.listdir(self.runs), [])

    def test_the_oldest_go_but_not_those_of_runs_that_go_on(self):
        for number in range(KEPT + 5):
            os.makedirs(os.path.join(self.runs, f"20010101T0000{number:02}Z-old-1"))
        self.assert_done(self.work.run("run", "job.json"))
        left = sorted(os.listdir(self.runs))
        self.assertEqual(len(left), KEPT)
        self.assertEqual(left[0], "20010101T000006Z-old-1")

        self.work.write_file("stay.py", STAYING)
        go = self.work.file("go")
        self.work.write_job("stay.json", mainScriptFile="stay.py", userParams={"go": go}, output={"filePath": "stay.csv"})
        staying = self.work.start("run", "stay.json")
        (name,) = wait_until(self.staying)
        # These look newer and would push it out of the last 20, if nobody held it.
        for number in range(KEPT + 5):
            os.makedirs(os.path.join(self.runs, f"20990101T0000{number:02}Z-new-1"))
        self.assertEqual(self.work.run("run", "job.json", "--set", "output.overwriteSink=true").status, 0)
        self.assertEqual(self.staying(), [name])
        self.work.write_file("go", "")
        self.assert_done(staying.wait())

    def staying(self) -> "list[str]":
        """The folder of the run of stay.json, once a task of it has printed."""
        return [name for name in os.listdir(self.runs) if "-stay-" in name and os.listdir(os.path.join(self.runs, name))]

    def test_no_home_is_no_reason_to_fail(self):
        ended = self.work.run("run", "job.json", env={"XDG_STATE_HOME": "/proc/no/such"})
        self.assert_done(ended)
        self.assertNotIn("logs of the tasks", ended.err)


if __name__ == "__main__":
    unittest.main()
