"""Jobs that are stopped, suspended, killed or looked into."""

import os
import pty
import signal
import subprocess
import time
import unittest

import support
from support import JobTest, kill, script, state, wait_until

TRIALS = int(os.environ.get("ALINKTF_TRIALS", "5"))


class StayTest(JobTest):
    """Jobs of testdata/workers/stay.py, whose files in `seen` tell how far they are."""

    def setUp(self):
        super().setUp()
        self.work.write_file("in.csv", "1\n2\n3\n")
        os.mkdir(self.work.file("seen"))

    def start(self, where: str, *args, strays: str = "", then: str = "", popen=None, **keys) -> support.Job:
        environment = {
            "STAY_OUT": self.work.file("seen"),
            "STAY_IN": where,
            "STAY_STRAYS": strays,
            "STAY_THEN": then,
        }
        self.work.write_job(mainScriptFile=script("stay"), env=environment, **keys)
        return self.work.start("run", "job.json", *args, **(popen or {}))

    def start_in_main(self, where: str = "main", *args, **keys) -> support.Job:
        job = self.start(where, *args, **keys)
        roles = ["chief_0", *(f"worker_{i}" for i in range(keys.get("numWorkers", 1) - 1))]
        self.wait_for(*roles, *(f"ps_{i}" for i in range(keys.get("numPSs", 0))))
        return job

    def wait_for(self, *names: str) -> None:
        self.assertTrue(wait_until(lambda: all(self.work.exists("seen/" + name) for name in names)), names)

    def go(self) -> None:
        self.work.write_file("seen/go", "")

    def assert_stopped(self, job: support.Job, signo: int) -> support.Ended:
        """It died by the signal and left nothing."""
        ended = job.wait()
        self.assert_failed(ended, -signo)
        return ended


class SignalTest(StayTest):
    def test_interrupt_at_any_moment_of_the_start(self):
        for number in range(3 * TRIALS):
            with self.subTest(number=number):
                job = self.start("main", numWorkers=2)
                time.sleep(0.01 * (number % 15))
                os.killpg(job.front, signal.SIGINT)
                self.assert_stopped(job, signal.SIGINT)

    def test_interrupt_while_importing(self):
        job = self.start("import", numWorkers=2)
        self.wait_for("importing")
        os.killpg(job.front, signal.SIGINT)
        self.assert_stopped(job, signal.SIGINT)

    def test_interrupt_in_main(self):
        job = self.start_in_main(numWorkers=2, numPSs=1)
        os.killpg(job.front, signal.SIGINT)
        ended = self.assert_stopped(job, signal.SIGINT)
        self.assertIn("stopped by SIGINT", ended.err)
        self.assertNotIn("Traceback", ended.err, "nobody is to blame")

    def test_interrupt_while_the_input_has_not_come(self):
        ours, theirs = os.pipe()
        job = self.start("main", "--input", "-", popen={"stdin": ours})
        os.close(ours)
        self.assertTrue(wait_until(job.tasks))
        os.killpg(job.front, signal.SIGINT)
        self.assert_stopped(job, signal.SIGINT)
        os.close(theirs)

    def test_other_signals_to_each_process(self):
        for signo in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            for process in ("front", "guardian", "runner"):
                with self.subTest(signal=signo.name, process=process):
                    job = self.start_in_main()
                    kill(getattr(job, process), signo)
                    self.assert_stopped(job, signo)
                    os.remove(self.work.file("seen/chief_0"))

    def test_script_that_does_not_stop_is_killed_after_the_grace_period(self):
        job = self.start_in_main("main, whatever happens", gracePeriod="700ms")
        began = time.monotonic()
        kill(job.front, signal.SIGTERM)
        self.assert_stopped(job, signal.SIGTERM)
        self.assertGreaterEqual(time.monotonic() - began, 0.7)

    def test_second_interrupt_does_not_wait(self):
        job = self.start_in_main("main, whatever happens", gracePeriod="10m")
        os.killpg(job.front, signal.SIGINT)
        time.sleep(0.6)  # two at once are one: the terminal's, and the front's copy of it
        self.assertIsNone(job.process.poll(), "it waits")
        os.killpg(job.front, signal.SIGINT)
        self.assert_stopped(job, signal.SIGINT)

    def test_timeout(self):
        ended = self.start("main", timeout="600ms").wait()
        self.assert_failed(ended, 7, "timeout", "0.6 s")
        self.assertGreaterEqual(ended.seconds, 0.6)

    def test_quit_shows_where_the_tasks_are(self):
        job = self.start_in_main(numWorkers=2)
        kill(job.front, signal.SIGQUIT)
        shown = wait_until(lambda: job.err.count(", in stay\n") == 2)
        self.assertTrue(shown, job.err)
        for text in ("[chief:0] running main", "[worker:0] running main", ", in main\n    stay(name)\n"):
            self.assertIn(text, job.err)
        self.go()
        self.assert_done(job.wait())

    def test_quit_twice(self):
        job = self.start_in_main()
        for number in (1, 2):
            kill(job.runner, signal.SIGQUIT)
            self.assertTrue(wait_until(lambda: job.err.count(", in stay\n") == number), job.err)
        self.go()
        self.assert_done(job.wait())


class SuspendTest(StayTest):
    def assert_states(self, pids, stopped: bool) -> None:
        good = wait_until(lambda: all((state(pid) == "T") == stopped for pid in pids))
        self.assertTrue(good, [(pid, state(pid)) for pid in pids])

    def test_stop_and_continue_the_runner(self):
        job = self.start_in_main(numWorkers=2, numPSs=1)
        tasks = job.tasks()
        self.assertEqual(len(tasks), 3)
        kill(job.runner, signal.SIGTSTP)
        self.assert_states([*tasks, job.runner], stopped=True)
        kill(job.runner, signal.SIGCONT)
        self.assert_states([*tasks, job.runner], stopped=False)
        self.go()
        self.assert_done(job.wait())

    def test_time_does_not_pass_for_a_suspended_job(self):
        job = self.start_in_main(timeout="4s")
        kill(job.runner, signal.SIGTSTP)
        self.assert_states([job.runner], stopped=True)
        time.sleep(max(0.0, job.began + 4.2 - time.monotonic()))
        kill(job.runner, signal.SIGCONT)
        self.assert_states(job.tasks(), stopped=False)
        self.go()
        self.assert_done(job.wait())

    def test_stopped_job_can_be_ended(self):
        job = self.start_in_main()
        kill(job.runner, signal.SIGTSTP)
        self.assert_states([job.runner], stopped=True)
        kill(job.front, signal.SIGTERM)
        self.assert_stopped(job, signal.SIGTERM)

    def test_control_z_and_fg_in_a_shell(self):
        job_file = self.work.file("job.json")
        self.work.write_job(
            mainScriptFile=script("stay"), env={"STAY_OUT": self.work.file("seen"), "STAY_IN": "main"}
        )
        ours, theirs = pty.openpty()
        lines = f'"{support.BINARY}" run "{job_file}"; echo first $?; read -r line; fg; echo then $?'
        shell = subprocess.Popen(
            ["setsid", "--ctty", "--wait", "bash", "--norc", "-m", "-c", lines],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env=self.work.environment,
        )
        os.close(theirs)
        shown = b""

        def wait_for_text(text: bytes) -> None:
            nonlocal shown
            while text not in shown:
                shown += os.read(ours, 4096)

        try:
            self.wait_for("chief_0")
            os.write(ours, b"\x1a")
            wait_for_text(b"first 148")
            tasks = [
                pid for pid in self.work.survivors() if b"start.py" in support.read(f"/proc/{pid}/cmdline")
            ]
            self.assertEqual(len(tasks), 1)
            self.assert_states(tasks, stopped=True)
            os.write(ours, b"\n")
            self.assert_states(tasks, stopped=False)
            self.go()
            wait_for_text(b"then 0")
        except OSError:
            self.fail(shown.decode())
        finally:
            os.close(ours)  # which also ends a shell that still waits for us
            shell.wait(support.LIMIT)
        self.assert_clean()


class KillTest(StayTest):
    """SIGKILL of our own processes: nothing of the job outlives them, work dir included."""

    def assert_nothing_left(self, job: support.Job, status: int) -> None:
        self.assertEqual(job.wait().status, status)
        self.assertTrue(wait_until(lambda: not self.work.survivors()), self.work.survivors())
        self.assertTrue(wait_until(lambda: not self.work.work_dirs()), self.work.work_dirs())
        self.assertFalse(self.work.exists("out.csv"))
        os.remove(self.work.file("seen/chief_0"))

    def test_kill_each(self):
        for strays in ("", "plain setsid daemon"):
            for process, status in (("front", -9), ("guardian", -15), ("runner", -9)):
                with self.subTest(process=process, strays=strays):
                    job = self.start_in_main(strays=strays, numWorkers=2, numPSs=1)
                    kill(getattr(job, process), signal.SIGKILL)
                    self.assert_nothing_left(job, status)

    def test_kill_the_group(self):
        for strays in ("", "plain setsid daemon"):
            with self.subTest(strays=strays):
                job = self.start_in_main(strays=strays, numWorkers=2)
                os.killpg(job.front, signal.SIGKILL)
                self.assert_nothing_left(job, -9)

    def test_kill_a_task(self):
        job = self.start_in_main(numWorkers=2, numPSs=1, strays="plain setsid daemon")
        victim = job.tasks()[0]
        kill(victim, signal.SIGKILL)
        self.assert_failed(job.wait(), 5, "chief:0", f"pid {victim}", "SIGKILL")


class StrayTest(StayTest):
    """What the scripts have started ends with the job."""

    STRAYS = "plain setsid daemon"

    def test_strays_of_a_job_that_succeeds(self):
        self.assert_done(self.start("", strays=self.STRAYS, numWorkers=2).wait())
        self.assertTrue(self.work.exists("out.csv"))

    def test_strays_of_a_job_that_fails(self):
        self.assert_failed(self.start("", strays=self.STRAYS, then="no luck").wait(), 5, "no luck")

    def test_strays_of_a_job_that_is_interrupted(self):
        job = self.start_in_main(strays=self.STRAYS)
        os.killpg(job.front, signal.SIGINT)
        self.assert_stopped(job, signal.SIGINT)


class CauseTest(StayTest):
    def test_the_first_failure_is_the_cause(self):
        for number in range(TRIALS):
            with self.subTest(number=number):
                out = self.work.file(f"race{number}")
                os.mkdir(out)
                self.work.write_job(mainScriptFile=script("race"), userParams={"out": out}, numWorkers=3)
                ended = self.work.run("run", "job.json")
                self.assert_failed(ended, 5, "worker:0", "SystemExit")
                self.assertNotIn("worker:1", ended.error)
                self.assertNotIn("chief:0", ended.error)

    def test_stall(self):
        self.work.write_file("sleep.py", "import time\ndef main(config):\n    time.sleep(600)\n")
        self.work.write_job(mainScriptFile="sleep.py", stallTimeout="1s", numPSs=1)
        self.assert_failed(
            self.work.run("run", "job.json"), 7, "stallTimeout", "[chief:0] running main", "time.sleep(600)"
        )


if __name__ == "__main__":
    unittest.main()
