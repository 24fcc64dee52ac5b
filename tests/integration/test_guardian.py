"""Kill front, guardian and runner in every way, at random moments: nothing may be left.

The one case in which something is (all three killed before any of them can act) is not here.
Environment: ALINKTF_STRAY_TREE, the helper program (tests/helpers/stray_tree.cpp);
ALINKTF_TRIALS, trials per case (default 5); ALINKTF_SEED, to repeat a run's random choices.
"""

import dataclasses
import os
import random
import resource
import signal
import subprocess
import time
import typing
import unittest
import uuid

PROGRAM = os.environ.get("ALINKTF_STRAY_TREE", "")
TRIALS = int(os.environ.get("ALINKTF_TRIALS", "5"))
SEED = os.environ.get("ALINKTF_SEED", str(random.SystemRandom().randrange(10**6)))
DEADLINE_SECONDS = 20.0  # generous: the machine may be busy
POLL_SECONDS = 0.005
GRACE_MS = 200

KILL = signal.SIGKILL
CHOICE = random.Random(SEED)

# A sanitizer's build turns SIGSEGV into an exit status unless it is told not to.
LEAVE_CRASHES_ALONE = {
    name: os.environ.get(name, "") + ":handle_segv=0" for name in ("ASAN_OPTIONS", "TSAN_OPTIONS")
}


def read(path: str) -> bytes:
    """The file's bytes; none if it, or the process it tells of, is gone."""
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return b""


def children(pid: int) -> "list[int]":
    return [int(word) for word in read(f"/proc/{pid}/task/{pid}/children").split()]


def send(pid: int, signo: int) -> None:
    try:
        os.kill(pid, signo)
    except ProcessLookupError:
        pass


def send_group(pgid: int, signo: int) -> None:
    try:
        os.killpg(pgid, signo)
    except ProcessLookupError:
        pass


def gap() -> None:
    """Let a random time pass, often none: what happens in it is the subject of these tests."""
    time.sleep(CHOICE.choice([0.0, 0.0, CHOICE.random() * 0.003, CHOICE.random() * 0.02]))


def wait_until(condition, seconds: float = DEADLINE_SECONDS) -> bool:
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(POLL_SECONDS)
    return True


def ignore_hangup() -> None:
    signal.signal(signal.SIGHUP, signal.SIG_IGN)


def ignore_children_and_term() -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)


class Trial:
    """One guarded job. `settled`: its tree is complete; otherwise it is at a random moment of its start."""

    def __init__(self, *args: str, kinds: str = "psditeD", settled: bool = True, before_exec=None):
        self.mark = uuid.uuid4().hex
        self.settled = settled

        def prepare() -> None:
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            if before_exec is not None:
                before_exec()

        self.job = subprocess.Popen(
            [PROGRAM, "--kinds", kinds, "--grace", str(GRACE_MS), *args],
            env=dict(os.environ, ALINKTF_TRIAL=self.mark, **LEAVE_CRASHES_ALONE),
            start_new_session=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            preexec_fn=prepare,
        )
        if settled:
            self.job.stdout.readline()
        else:
            time.sleep(CHOICE.choice([0.05, 0.03, CHOICE.random() * 0.03, CHOICE.random() * 0.004]))
        # A process that is not there yet is stood in for by the one that will start it.
        self.front = self.job.pid
        self.guardian = next(iter(children(self.front)), self.front)
        self.runner = next(iter(children(self.guardian)), self.guardian)

    def processes(self) -> "list[int]":
        """All living processes of this job, whoever their parent is now."""
        mark = self.mark.encode()
        found = []
        for name in os.listdir("/proc"):
            if not name.isdigit():
                continue
            if mark in read(f"/proc/{name}/environ") or mark in read(f"/proc/{name}/cmdline"):
                state = read(f"/proc/{name}/stat").rpartition(b")")[2].split()
                if state and state[0] not in (b"Z", b"X"):
                    found.append(int(name))
        return found

    def kill_by_name(self) -> None:
        """As killall -9, but among this job's processes only."""
        name = os.path.basename(PROGRAM).encode()[:15]
        for pid in self.processes():
            if read(f"/proc/{pid}/comm").strip() == name:
                send(pid, KILL)

    def end(self) -> "int | str":
        """What the shell sees: exit status, or -N for death by signal N."""
        try:
            return self.job.wait(DEADLINE_SECONDS)
        except subprocess.TimeoutExpired:
            return "still running"
        finally:
            self.job.stdout.close()

    def clean_up(self) -> None:
        """For trials that have failed: leave no processes to the machine either."""

        def kill_all() -> bool:
            left = self.processes()
            for pid in left:
                send(pid, KILL)
            return not left

        wait_until(kill_all, 5.0)


# What the shell may see besides when a process that is killed stood in for one not started yet: the
# victim's own death, or that of a runner whose parent has gone.
EARLY = (-KILL, -signal.SIGTERM)


@dataclasses.dataclass(frozen=True)
class Case:
    """How jobs are killed, and what their shell may see then."""

    deed: "typing.Callable[[Trial], None]"
    status: "tuple[int, ...]"
    early: "tuple[int, ...]" = ()  # also possible when the tree was not complete
    front_killed: bool = False  # the shell learns of the end before the rest has gone
    args: "tuple[str, ...]" = ()
    kinds: str = ""


@unittest.skipUnless(PROGRAM, "ALINKTF_STRAY_TREE does not name the helper program")
class GuardianTest(unittest.TestCase):
    def check(self, trial: Trial, case: Case) -> None:
        try:
            status = trial.end()
            if not case.front_killed:
                self.assertEqual(trial.processes(), [], "alive when the shell had the status")
            gone = wait_until(lambda: not trial.processes())
            self.assertTrue(gone, f"left behind: {trial.processes()}")
            self.assertIn(status, case.status + (() if trial.settled else case.early))
        finally:
            trial.clean_up()

    def run_case(self, deed, *status: int, **options) -> None:
        """Trials with random strays, in turn in a complete tree and at a random moment of its start."""
        case = Case(deed=deed, status=status, **options)
        for number in range(TRIALS):
            with self.subTest(trial=number, seed=SEED):
                kinds = "psditeD" + case.kinds + CHOICE.choice(["", "", "", "h", "b", "hb"])
                trial = Trial(*case.args, kinds=kinds, settled=number % 2 == 0)
                case.deed(trial)
                self.check(trial, case)

    # --- nobody is killed ---------------------------------------------------------------------

    def test_normal_end_leaves_no_strays(self):
        self.run_case(lambda trial: None, 0, args=("--after", "20"))

    def test_exit_status_reaches_the_shell(self):
        self.run_case(lambda trial: None, 3, args=("--after", "20", "--exit", "3"))

    # --- one of the three is killed -----------------------------------------------------------

    def test_kill_runner(self):
        self.run_case(lambda trial: send(trial.runner, KILL), -KILL, early=EARLY)

    def test_runner_crashes(self):
        self.run_case(
            lambda trial: send(trial.runner, signal.SIGSEGV), -signal.SIGSEGV, early=EARLY
        )

    def test_kill_guardian(self):
        self.run_case(
            lambda trial: send(trial.guardian, KILL), -signal.SIGTERM, early=EARLY
        )

    def test_kill_guardian_of_a_stopped_runner(self):
        def deed(trial: Trial) -> None:
            send(trial.runner, signal.SIGSTOP)
            gap()
            send(trial.guardian, KILL)

        self.run_case(deed, -signal.SIGTERM, early=EARLY)

    def test_kill_front(self):
        self.run_case(lambda trial: send(trial.front, KILL), -KILL, front_killed=True)

    # --- two of the three are killed ----------------------------------------------------------

    def kill_two(self, first: str, second: str) -> None:
        def deed(trial: Trial) -> None:
            send(getattr(trial, first), KILL)
            gap()
            send(getattr(trial, second), KILL)

        # Front takes the runner over from a killed guardian: all may have ended before the second.
        statuses = (-KILL, -signal.SIGTERM) if first == "guardian" else (-KILL,)
        self.run_case(deed, *statuses, early=EARLY, front_killed="front" in (first, second))

    def test_kill_front_then_runner(self):
        self.kill_two("front", "runner")

    def test_kill_runner_then_front(self):
        self.kill_two("runner", "front")

    def test_kill_front_then_guardian(self):
        self.kill_two("front", "guardian")

    def test_kill_guardian_then_front(self):
        self.kill_two("guardian", "front")

    def test_kill_guardian_then_runner(self):
        self.kill_two("guardian", "runner")

    def test_kill_runner_then_guardian(self):
        self.kill_two("runner", "guardian")

    # --- many at once -------------------------------------------------------------------------

    def test_kill_group(self):
        self.run_case(lambda trial: send_group(trial.front, KILL), -KILL, front_killed=True)

    def test_kill_stopped_group(self):
        def deed(trial: Trial) -> None:
            send_group(trial.front, signal.SIGSTOP)
            gap()
            send_group(trial.front, KILL)

        self.run_case(deed, -KILL, front_killed=True)

    def test_kill_by_name(self):
        self.run_case(Trial.kill_by_name, -KILL, front_killed=True)

    # --- asked to stop ------------------------------------------------------------------------

    def test_term_to_front(self):
        self.run_case(lambda trial: send(trial.front, signal.SIGTERM), -signal.SIGTERM)

    def test_term_to_guardian(self):
        self.run_case(lambda trial: send(trial.guardian, signal.SIGTERM), -signal.SIGTERM)

    def test_term_to_runner(self):
        self.run_case(lambda trial: send(trial.runner, signal.SIGTERM), -signal.SIGTERM)

    def test_term_to_workers_that_ignore_it(self):
        self.run_case(lambda trial: send(trial.front, signal.SIGTERM), -signal.SIGTERM, kinds="I")

    def test_term_to_a_stopped_job(self):
        def deed(trial: Trial) -> None:
            send(trial.runner, signal.SIGSTOP)
            gap()
            send(trial.front, signal.SIGTERM)
            send(trial.front, signal.SIGCONT)  # it may have stood in for the runner

        self.run_case(deed, -signal.SIGTERM)

    def test_interrupt_to_front(self):
        self.run_case(lambda trial: send(trial.front, signal.SIGINT), -signal.SIGINT)

    def test_interrupt_to_group(self):
        self.run_case(lambda trial: send_group(trial.front, signal.SIGINT), -signal.SIGINT)

    def test_hangup_to_front(self):
        self.run_case(lambda trial: send(trial.front, signal.SIGHUP), -signal.SIGHUP)

    # --- what the job inherits ----------------------------------------------------------------

    def test_ignored_hangup_stays_ignored(self):
        trial = Trial("--after", "50", before_exec=ignore_hangup)
        send_group(trial.front, signal.SIGHUP)
        self.check(trial, Case(deed=lambda _: None, status=(0,)))

    def test_parent_that_ignores_children_and_term(self):
        trial = Trial("--after", "50", "--exit", "4", before_exec=ignore_children_and_term)
        self.check(trial, Case(deed=lambda _: None, status=(4,)))
        trial = Trial(before_exec=ignore_children_and_term)
        send(trial.front, signal.SIGTERM)
        self.check(trial, Case(deed=lambda _: None, status=(-signal.SIGTERM,)))


if __name__ == "__main__":
    unittest.main()
