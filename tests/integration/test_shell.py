"""What shells and containers do to programs: nohup, pipelines, being the first process."""

import os
import signal
import subprocess
import unittest

import support
from support import JobTest, script, wait_until


class ShellTest(JobTest):
    def setUp(self):
        super().setUp()
        self.work.write_file("in.csv", "1\n2\n3\n")
        os.mkdir(self.work.file("seen"))

    def start_staying(self, before, *args, **keys) -> support.Job:
        environment = {"STAY_OUT": self.work.file("seen"), "STAY_IN": "main"}
        self.work.write_job(mainScriptFile=script("stay"), env=environment, **keys)
        job = self.work.start("run", "job.json", *args, before=before)
        self.assertTrue(wait_until(lambda: self.work.exists("seen/chief_0") or job.process.poll() is not None))
        return job

    def test_nohup(self):
        job = self.start_staying(["nohup"])
        os.killpg(job.front, signal.SIGHUP)
        self.work.write_file("seen/go", "")
        self.assert_done(job.wait())

    def test_the_reader_of_a_pipeline_leaves(self):
        self.work.write_file("in.csv", "".join(f"{n}\n" for n in range(200_000)))
        self.work.write_job(output=None)
        line = f"'{support.BINARY}' run job.json 2>err | head -n 1; echo ${{PIPESTATUS[@]}}"
        done = subprocess.run(["bash", "-c", line], cwd=self.work.path, env=self.work.environment, stdout=subprocess.PIPE, timeout=support.LIMIT)
        first, statuses = done.stdout.decode().splitlines()
        self.assertEqual(first, "0")
        self.assertIn(statuses.split()[0], ("6", "141"), self.work.read_file("err"))
        self.assert_clean()

    def test_in_the_middle_of_a_pipeline(self):
        self.work.write_job(output=None)
        line = f"seq 1000 | '{support.BINARY}' run job.json --input - 2>err | tail -n 1; echo ${{PIPESTATUS[@]}}"
        done = subprocess.run(["bash", "-c", line], cwd=self.work.path, env=self.work.environment, stdout=subprocess.PIPE, timeout=support.LIMIT)
        self.assertEqual(done.stdout.decode().split(), ["1000", "0", "0", "0"], self.work.read_file("err"))
        self.assert_clean()

    def as_pid_1(self, *more: str) -> "list[str]":
        before = ["unshare", "--pid", "--fork", *more]
        if not support.may(*before, "true"):
            self.skipTest("this machine lets us make no pid namespace")
        return before

    def test_as_the_first_process_of_a_container(self):
        before = self.as_pid_1("--mount-proc")
        self.work.write_job()
        self.assert_done(self.work.run("run", "job.json", before=before))
        self.work.write_job(mainScriptFile=script("fail"), userParams={"how": "raise"}, output={"filePath": "2.csv"})
        self.assert_failed(self.work.run("run", "job.json", before=before), 5, "no luck", output="2.csv")

    def test_the_first_process_of_a_container_is_asked_to_stop(self):
        for name, signo in (("TERM", signal.SIGTERM), ("INT", signal.SIGINT)):
            with self.subTest(signal=name):
                job = self.start_staying(self.as_pid_1("--mount-proc"))
                (first,) = support.children(job.front)
                support.kill(first, signo)
                self.assert_failed(job.wait(), 128 + signo, f"stopped by SIG{name}")
                os.remove(self.work.file("seen/chief_0"))

    def test_with_the_process_table_of_another_namespace(self):
        self.work.write_job()
        self.assert_done(self.work.run("run", "job.json", before=self.as_pid_1()))


if __name__ == "__main__":
    unittest.main()
