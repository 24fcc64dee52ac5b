"""What a person sees while a job runs: a last line on a terminal that the log does not cross."""

import os
import pty
import re
import unittest

from support import JobTest, wait_until

# Ends when the file `go` is there, so that the test decides how long the job runs.
WAITING = """
import os
import time

def main(config):
    while not os.path.exists(config.user_params["go"]):
        print("still here")
        print("\\x1b[2J\\x1b[Hat the top 1 %\\rat the top 100 %\\r\\x1b[1m")
        time.sleep(0.05)
"""


class ProgressTest(JobTest):
    def start(self, *args, term="xterm"):
        """A job of two workers whose standard error is a terminal; `self.screen` gets what that shows."""
        self.work.environment["TERM"] = term
        self.work.write_file("in.csv", "1\n2\n")
        self.work.write_file("wait.py", WAITING)
        self.go = self.work.file("go")
        self.work.write_job(mainScriptFile="wait.py", userParams={"go": self.go}, numWorkers=2)
        self.ours, theirs = pty.openpty()
        self.addCleanup(os.close, self.ours)
        self.screen = ""
        job = self.work.start("run", "job.json", *args, stderr=theirs)
        os.close(theirs)
        return job

    def read(self) -> str:
        try:
            self.screen += os.read(self.ours, 1 << 16).decode("utf-8", "replace")
        except OSError:  # the terminal's last user has gone
            pass
        return self.screen

    def finish(self, job):
        self.work.write_file("go", "")
        job.process.wait()
        while len(self.screen) < len(self.read()):
            pass

    def test_a_line_tells_rows_and_tasks(self):
        job = self.start()
        self.assertTrue(wait_until(lambda: re.search(r"2 rows in \(.*100 %\).*chief:0, worker:0 running", self.read())))
        self.finish(job)
        self.assertEqual(job.wait().status, 0)

    def test_log_lines_are_whole_and_the_line_goes_at_the_end(self):
        job = self.start("--print-process-info")
        self.assertTrue(wait_until(lambda: self.read().count("rows in (") >= 3))
        self.finish(job)
        for line in self.screen.split("\r\n"):
            shown = line.rpartition("\r\x1b[K")[2]  # what an erased line left behind is not seen
            if "still here" in shown:
                self.assertRegex(shown, r"^\[(chief|worker):0\] still here$")
        self.assertNotIn("rows in (", self.screen.split("\r\n")[-1].rpartition("\r\x1b[K")[2])

    def test_what_scripts_print_does_not_move_the_cursor(self):
        job = self.start("--print-process-info", "--log-dir", "logs", "--no-progress")
        self.assertTrue(wait_until(lambda: self.read().count("at the top") >= 3))
        self.finish(job)
        ours = [line for line in self.screen.split("\r\n") if "at the top" in line]
        self.assertEqual(set(ours), {"[%s:0] at the top 100 %%" % role for role in ("chief", "worker")})
        self.assertIn("\x1b[2J\x1b[Hat the top 1 %\rat the top 100 %\r\x1b[1m\n", self.work.read_file("logs/chief-0.log"))

    def test_a_terminal_that_cannot_move_its_cursor(self):
        for term in ("dumb", ""):
            job = self.start("--print-process-info", term=term)
            self.assertTrue(wait_until(lambda: self.read().count("still here") >= 12))
            self.finish(job)
            self.assertNotIn("\x1b", self.screen)
            self.assertNotIn("\r", self.screen.replace("\r\n", ""))
            for name in ("out.csv", "go"):
                os.remove(self.work.file(name))

    def test_it_can_be_turned_off(self):
        job = self.start("--no-progress", "--print-process-info")
        self.assertTrue(wait_until(lambda: self.read().count("still here") >= 12))
        self.finish(job)
        self.assertNotIn("rows in (", self.screen)


if __name__ == "__main__":
    unittest.main()
