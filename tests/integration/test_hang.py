"""Jobs that hang: what is shown on SIGQUIT, at the warning of a stall, and at a time-out."""

import os
import signal
import time
import unittest

import support
from support import JobTest, kill, state, wait_until

# One that waits with Python's lock held, on a mutex that is never released, so that no signal wakes it.
STUCK_IN_C = '''\
import ctypes

def main(config):
    native = ctypes.PyDLL(None)
    mutex = ctypes.create_string_buffer(256)
    native.pthread_mutex_lock(mutex)
    open("in_main", "w").close()
    get_stuck(native, mutex)

def get_stuck(native, mutex):
    native.pthread_mutex_lock(mutex)
'''

WAITS = '''\
import os, time

def main(config):
    open("in_main_%s" % config.task_type, "w").close()
    wait_for_something()

def wait_for_something():
    while not os.path.exists("go"):
        time.sleep(0.01)
'''

# The chief has its server, and waits for a worker without one.
SERVES = '''\
import json, os, socket, time

def main(config):
    if config.task_type == "chief":
        server = socket.socket()
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        server.bind(("0.0.0.0", int(config.cluster["chief"][0].split(":")[1])))
        server.listen(1)
    open("in_main_%s" % config.task_type, "w").close()
    while not os.path.exists("go"):
        time.sleep(0.01)
'''


class HangTest(JobTest):
    def start(self, text: str, *args, **keys) -> support.Job:
        self.work.write_file("in.csv", "1\n2\n3\n")
        self.work.write_job(mainScriptFile=self.work.write_file("script.py", text), **keys)
        return self.work.start("run", "job.json", *args)

    def wait_for(self, *names: str) -> None:
        self.assertTrue(wait_until(lambda: all(self.work.exists(name) for name in names)), names)

    def look(self, job: support.Job, *texts: str) -> None:
        """Send SIGQUIT; all of `texts` come on stderr within 5 s."""
        kill(job.front, signal.SIGQUIT)
        self.assertTrue(wait_until(lambda: all(text in job.err for text in texts), 5.0), job.err)

    def wait_until_stuck(self, job: support.Job) -> None:
        """A script says that it is there before it gets stuck: its main thread then sleeps, whenever one looks."""

        def sleeps() -> bool:
            (task,) = job.tasks()
            return all(not time.sleep(0.01) and state(task) == "S" for _ in range(10))

        self.wait_for("in_main")
        self.assertTrue(wait_until(sleeps))

    def go(self) -> None:
        self.work.write_file("go", "")

    def test_a_task_stuck_in_native_code_shows_its_stacks(self):
        job = self.start(STUCK_IN_C)
        self.wait_until_stuck(job)
        self.look(job, "[chief:0] does not answer", "rows in 3, rows out 0", "in get_stuck\n")
        self.assertIsNone(job.process.poll(), "it goes on")
        kill(job.front, signal.SIGTERM)
        self.assert_failed(job.wait(), -signal.SIGTERM)

    def test_stacks_from_native_code_are_shown_once_if_logs_are_shown(self):
        job = self.start(STUCK_IN_C, "--print-process-info")
        self.wait_until_stuck(job)
        self.look(job, "in get_stuck\n")
        kill(job.front, signal.SIGTERM)
        ended = job.wait()
        self.assertEqual(ended.err.count("in get_stuck\n"), 1, ended.err)
        self.assertNotIn("did not answer to a signal", ended.err)

    def test_a_stopped_task_is_said_to_be_stopped(self):
        job = self.start(WAITS)
        self.wait_for("in_main_chief")
        (pid,) = job.tasks()
        kill(pid, signal.SIGSTOP)
        self.assertTrue(wait_until(lambda: state(pid) == "T"))
        self.look(job, "[chief:0] does not answer", "[chief:0] did not answer to a signal either: the process is stopped")
        kill(pid, signal.SIGCONT)
        self.assertTrue(wait_until(lambda: "in wait_for_something" in job.err), "answers late")
        self.go()
        self.assert_done(job.wait())

    def test_a_task_that_has_not_begun_is_said_to_be_starting(self):
        slow = self.work.write_file("slow", f"#!/bin/sh\nwhile [ ! -e {self.work.file('go')} ]; do sleep 0.01; done\nexec {support.PYTHON} \"$@\"\n")
        os.chmod(slow, 0o755)
        job = self.start(WAITS, pythonEnv=slow)
        self.assertTrue(wait_until(job.tasks))
        self.look(job, "[chief:0] starting Python, has not looked at its script yet")
        self.go()
        self.assert_done(job.wait())

    def test_a_task_whose_data_has_not_come_waits_for_data(self):
        self.work.write_file("script.py", WAITS)
        self.work.write_job(mainScriptFile="script.py")
        ours, theirs = os.pipe()
        job = self.work.start("run", "job.json", "--input", "-", stdin=ours)
        os.close(ours)
        self.assertTrue(wait_until(job.tasks))
        end = time.monotonic() + support.LIMIT
        while "waiting for data" not in job.err and time.monotonic() < end:
            before = job.err
            kill(job.front, signal.SIGQUIT)
            wait_until(lambda: job.err != before, 5.0)
        self.assertIn("[chief:0] waiting for data; rows in 0, rows out 0\n", job.err)
        os.close(theirs)
        self.go()
        self.assertEqual(job.wait().status, 0)

    def test_ports_tell_who_waits_for_whom(self):
        job = self.start(SERVES, numWorkers=2)
        self.wait_for("in_main_chief", "in_main_worker")
        self.look(job, "[chief:0] running main; its port ", "[worker:0] running main; its port ")
        lines = {line.split()[0]: line for line in job.err.splitlines() if "running main" in line}
        self.assertRegex(lines["[chief:0]"], r"its port \d+ is open; .*not open yet is the port of worker:0; rows")
        self.assertRegex(lines["[worker:0]"], r"its port \d+ is not open yet; rows")
        self.go()
        self.assert_done(job.wait())

    def test_a_stall_is_warned_of_and_ends_the_job_with_stacks_each_time(self):
        ended = self.start(STUCK_IN_C, stallTimeout="6s").wait()
        self.assert_failed(ended, 7, "nothing has happened for 6 s (stallTimeout)")
        warning = ended.err.index("nothing has happened for 3 s; what the tasks are doing:")
        self.assertEqual(ended.err[warning:].count("in get_stuck\n"), 2, ended.err)

    def test_a_time_out_shows_stacks_first(self):
        ended = self.start(WAITS, timeout="1s").wait()
        self.assert_failed(ended, 7, "did not end within its timeout of 1 s", "[chief:0] running main", "in wait_for_something\n")
        self.assertLess(ended.err.index("in wait_for_something"), ended.err.index("did not end within"))
        self.assertIn('(MainThread):\n  File "%s", line' % self.work.file("script.py"), ended.err, "it begins in the script")
        self.assertNotIn("alinktf_worker", ended.err)

    def test_a_time_out_of_a_task_that_does_not_answer(self):
        ended = self.start(STUCK_IN_C, timeout="1s").wait()
        self.assert_failed(ended, 7, "[chief:0] does not answer", "in get_stuck\n")
        self.assertLess(ended.seconds, 1 + 5 + 5)


if __name__ == "__main__":
    unittest.main()
