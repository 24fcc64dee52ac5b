"""--report and the table at the end: what a run was."""

import hashlib
import json
import os
import unittest

from support import JobTest, script


class ReportTest(JobTest):
    def report(self, *args, **keys) -> dict:
        """Runs a job with --report; `self.ended` is how it ended."""
        self.work.write_file("in.csv", keys.pop("text", "1\n2\n3\n"))
        self.work.write_job(**keys)
        self.ended = self.work.run("run", "job.json", "--report", "report.json", *args)
        return json.loads(self.work.read_file("report.json"))

    def test_a_run_that_succeeds(self):
        report = self.report(numWorkers=2, numPSs=1)
        self.assert_done(self.ended)
        self.assertEqual(report["exit_status"], 0)
        self.assertIsNone(report["error"])
        self.assertEqual(
            report["rows"],
            {
                "read": 3, "repeated": 1, "sent": 4, "dropped": 0, "filtered": 0, "skipped": 0,
                "received": 4, "unread": 0, "written": 4, "collected": 4,
            },
        )
        self.assertEqual([task["task"] for task in report["tasks"]], ["chief:0", "worker:0", "ps:0"])
        chief, _, ps = report["tasks"]
        self.assertEqual((chief["rows_in"], chief["rows_out"], chief["exit_status"]), (2, 2, 0))
        self.assertTrue(ps["stopped_by_us"])
        self.assertLess(0, chief["peak_memory_bytes"])
        times = [chief[name] for name in ("started", "ready", "main_started", "main_done", "ended")]
        self.assertEqual(times, sorted(times))
        self.assertLessEqual(chief["ready"], chief["first_record"])
        self.assertIsNone(ps["first_record"])
        self.assertLessEqual(times[-1], report["seconds"])

    def test_it_names_what_was_run(self):
        report = self.report("--set", "seed=7")
        self.assertEqual(report["command_line"][1:], ["run", "job.json", "--report", "report.json", "--set", "seed=7"])
        for key, path in (("job_file", self.work.file("job.json")), ("main_script", script("echo"))):
            with open(path, "rb") as file:
                self.assertEqual(report[key]["sha256"], hashlib.sha256(file.read()).hexdigest())
        self.assertEqual(report["input"], [self.work.file("in.csv")])
        self.assertEqual(os.path.basename(report["output"]), "out.csv")

    def test_a_run_that_fails_is_reported_too(self):
        report = self.report(mainScriptFile=script("fail"), userParams={"how": "raise"})
        self.assert_failed(self.ended, 5)
        self.assertEqual(report["exit_status"], 5)
        self.assertIn("chief:0", report["error"])
        self.assertEqual(report["tasks"][0]["exit_status"], 1)

    def test_a_bad_row_is_reported_with_its_status(self):
        report = self.report(text="1\nx\n")
        self.assert_failed(self.ended, 4)
        self.assertEqual(report["exit_status"], 4)
        self.assertIn("line 2", report["error"])

    def test_the_table_has_a_line_per_task(self):
        self.report(numWorkers=2, numPSs=1)
        for text in ("rows in", "chief:0", "worker:0", "ps:0", "stopped by alinktf"):
            self.assertIn(text, self.ended.err)

    def test_a_report_that_cannot_be_written(self):
        self.work.write_file("in.csv", "1\n")
        self.work.write_job()
        ended = self.work.run("run", "job.json", "--report", "no/such/report.json")
        self.assertEqual(ended.status, 6, ended.err)
        self.assertIn("--report", ended.err)
        self.assertTrue(self.work.exists("out.csv"))


if __name__ == "__main__":
    unittest.main()
