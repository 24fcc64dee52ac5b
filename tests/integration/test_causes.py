"""The first failure is named, never what follows from it: races between a task and those that wait for it.

Environment: ALINKTF_TRIALS, runs of each race (default 5).
"""

import os
import unittest

import support
from support import JobTest, script

TRIALS = int(os.environ.get("ALINKTF_TRIALS", "5"))

COMPLAINS = '''
import signal, sys, time

def complain(signo, frame):
    raise RuntimeError("I was stopped")

def main(config):
    signal.signal(signal.SIGTERM, complain)
    signal.signal(signal.SIGINT, complain)
    open("%s/ready %s" % (config.user_params["out"], config.task_type), "w").close()
    if config.task_type == "chief":
        import os
        while len(os.listdir(config.user_params["out"])) < 2:
            time.sleep(0.005)
        sys.exit(3)
    time.sleep(600)
'''


class CausesTest(JobTest):
    def setUp(self):
        super().setUp()
        self.work.write_file("in.csv", "1\n2\n3\n4\n")

    def assert_chief_is_the_cause(self, ended: support.Ended, *texts: str) -> None:
        self.assert_failed(ended, 5, "chief:0 (pid ", *texts)
        for number in range(3):
            self.assertNotIn(f"worker:{number}", ended.error)

    def run_race(self, how: str, others: str, *texts: str) -> None:
        for number in range(TRIALS):
            with self.subTest(number=number):
                self.work.write_job(mainScriptFile=script("peers"), userParams={"how": how, "others": others}, numWorkers=4)
                self.assert_chief_is_the_cause(self.work.run("run", "job.json"), *texts)

    def test_a_killed_task_and_peers_that_raise(self):
        self.run_race("killed", "raise", "killed by signal 9 (SIGKILL)")

    def test_a_killed_task_and_peers_that_exit(self):
        self.run_race("killed", "exit", "killed by signal 9 (SIGKILL)")

    def test_a_task_that_exits_and_peers_that_raise(self):
        self.run_race("exits", "raise", "exit status 9")

    def test_a_task_whose_exit_takes_longer_than_that_of_its_peers(self):
        self.run_race("raises", "exit", "ValueError: the first failure")

    def test_tasks_that_we_stop_are_no_causes(self):
        self.work.write_file("script.py", COMPLAINS)
        os.mkdir(self.work.file("seen"))
        self.work.write_job(mainScriptFile="script.py", userParams={"out": self.work.file("seen")}, numWorkers=2)
        ended = self.work.run("run", "job.json")
        self.assert_chief_is_the_cause(ended, "SystemExit: 3")
        self.assertNotIn("I was stopped", ended.error)


if __name__ == "__main__":
    unittest.main()
