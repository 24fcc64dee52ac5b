"""Failure promises that no other test is about; docs/reliability.md names the test of each promise."""

import json
import os
import re
import signal
import stat
import unittest

import support
from support import JobTest, kill, script, wait_until

PS_ENDS = '''
import os, time

def main(config):
    if config.task_type == "ps":
        open("in_main", "w").close()
        HOW
    while not os.path.exists("go"):
        time.sleep(0.005)
'''


class ParameterServerTest(JobTest):
    def start(self, how: str) -> support.Job:
        self.work.write_file("in.csv", "1\n2\n")
        self.work.write_file("script.py", PS_ENDS.replace("HOW", how))
        self.work.write_job(mainScriptFile="script.py", numPSs=1)
        return self.work.start("run", "job.json", "--report", "report.json")

    def test_a_ps_ends_when_the_workers_have_ended(self):
        job = self.start("time.sleep(600)")
        self.assertTrue(wait_until(lambda: self.work.exists("in_main")), job.err)  # of the signal it dies only there
        self.work.write_file("go", "")
        self.assert_done(job.wait())
        ps = json.loads(self.work.read_file("report.json"))["tasks"][-1]
        self.assertEqual((ps["role"], ps["stopped_by_us"], ps["signal"]), ("ps", True, signal.SIGTERM))

    def test_a_ps_that_ends_with_an_error_fails_the_job(self):
        self.assert_failed(self.start("os._exit(3)").wait(), 5, "ps:0 (pid ", "exit status 3")

    def test_a_ps_that_ends_early_with_0_is_a_warning(self):
        job = self.start("os._exit(0)")
        warned = wait_until(lambda: "ps:0 ended before the workers, with exit status 0" in job.err)
        self.assertTrue(warned, job.err)
        self.work.write_file("go", "")
        self.assert_done(job.wait())


class ReportTest(JobTest):
    """It is there on every way out."""

    def setUp(self):
        super().setUp()
        self.work.write_file("in.csv", "1\n2\n3\n")
        os.mkdir(self.work.file("seen"))

    def start(self, *args, **keys) -> support.Job:
        environment = {"STAY_OUT": self.work.file("seen"), "STAY_IN": "main"}
        self.work.write_job(**{"mainScriptFile": script("stay"), "env": environment, **keys})
        return self.work.start("run", "job.json", "--report", "report.json", *args)

    def check(self, ended: support.Ended, status: int, exit_status: "int | None" = None) -> dict:
        self.assertEqual(ended.status, status, ended.err)
        report = json.loads(self.work.read_file("report.json"))
        self.assertEqual(report["exit_status"], status if exit_status is None else exit_status)
        for name in ("command_line", "versions", "job_file", "main_script", "input", "rows", "seconds", "error"):
            self.assertIn(name, report)
        return report

    def test_it_is_written_after_a_signal(self):
        for signo in (signal.SIGINT, signal.SIGTERM):
            with self.subTest(signal=signo.name):
                job = self.start()
                wait_until(lambda: self.work.exists("seen/chief_0"))
                kill(job.front, signo)
                ended = job.wait()
                report = json.loads(self.work.read_file("report.json"))
                self.assertEqual((ended.status, report["signal"]), (-signo, signo))
                self.assertIn(f"stopped by {signo.name}", report["error"])
                self.assertTrue(report["tasks"][0]["stopped_by_us"])
                os.remove(self.work.file("seen/chief_0"))
                os.remove(self.work.file("report.json"))

    def test_it_is_written_after_a_time_out(self):
        report = self.check(self.start(timeout="500ms").wait(), 7)
        self.assertEqual(report["tasks"][0]["role"], "chief")

    def test_it_is_written_when_the_output_cannot_be(self):
        report = self.check(self.start(output={"filePath": "no/such/out.csv"}).wait(), 6)
        self.assertEqual(report["tasks"], [])

    def test_it_is_written_when_the_input_is_missing(self):
        self.check(self.start(input={"filePath": "none.csv", "schemaStr": "id long"}).wait(), 4)


class WorkDirTest(JobTest):
    def start(self, *args, **keys) -> support.Job:
        self.work.write_file("in.csv", "1\n")
        os.mkdir(self.work.file("seen"))
        environment = {"STAY_OUT": self.work.file("seen"), "STAY_IN": "main"}
        self.work.write_job(mainScriptFile=script("stay"), env=environment, **keys)
        job = self.work.start("run", "job.json", *args)
        self.assertTrue(wait_until(lambda: self.work.exists("seen/chief_0")))
        return job

    def test_it_is_private_with_a_name_that_cannot_be_guessed_below_the_named_parent(self):
        os.mkdir(self.work.file("parent"))
        job = self.start("--work-dir", "parent")
        (name,) = os.listdir(self.work.file("parent"))
        self.assertRegex(name, r"^alinktf-job-[A-Za-z0-9]{6}$")
        self.assertEqual(stat.S_IMODE(os.stat(self.work.file(f"parent/{name}")).st_mode), 0o700)
        self.assertEqual(self.work.work_dirs(), [])
        self.work.write_file("seen/go", "")
        self.assert_done(job.wait())
        self.assertEqual(os.listdir(self.work.file("parent")), [])

    def test_the_last_20_lines_of_the_log_are_told(self):
        self.work.write_file("in.csv", "1\n")
        self.work.write_job(mainScriptFile=script("fail"), userParams={"how": "kill"})
        ended = self.work.run("run", "job.json")
        told = re.findall(r"^    log line (\d+)$", ended.error, re.M)
        self.assertEqual(told, [str(number) for number in range(10, 30)])


if __name__ == "__main__":
    unittest.main()
