"""What the integration tests share: a fresh directory to run the real program in, and eyes for /proc.

Environment: ALINKTF_BINARY, the program; ALINKTF_PYTHON, the interpreter of the jobs (default: the tests' own).
"""

import dataclasses
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest
import uuid

BINARY = os.environ.get("ALINKTF_BINARY", "")
PYTHON = os.environ.get("ALINKTF_PYTHON", sys.executable)
TESTDATA = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "testdata")
WORKERS = os.path.abspath(os.path.join(TESTDATA, "workers"))
LIMIT = 100.0  # seconds that anything may take; only a broken program takes so long
ALL = "ALINKTF_TRIALS" in os.environ  # every case of the long tests
NOBODY = 65534
POLL = 0.005


def wait_until(condition, seconds: float = LIMIT):
    """The first true value of `condition()`; its last one when the time is over."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value or time.monotonic() > end:
            return value
        time.sleep(POLL)


def read(path: str) -> bytes:
    """The file's bytes; none if it, or the process it tells of, is gone."""
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return b""


def children(pid: int) -> "list[int]":
    """Of all its threads; none if it is gone."""
    try:
        threads = os.listdir(f"/proc/{pid}/task")
    except OSError:
        return []
    return [int(word) for each in threads for word in read(f"/proc/{pid}/task/{each}/children").split()]


def state(pid: int) -> str:
    """The letter of /proc/PID/stat; "" if the process is gone."""
    fields = read(f"/proc/{pid}/stat").rpartition(b")")[2].split()
    return fields[0].decode() if fields else ""


def kill(pid: int, signo: int) -> None:
    try:
        os.kill(pid, signo)
    except ProcessLookupError:
        pass


@dataclasses.dataclass
class Ended:
    """How a run ended: exit status, or -N for death by signal N."""

    status: int
    out: str
    err: str
    seconds: float

    @property
    def error(self) -> str:
        """The error that was told, without the table of tasks before it."""
        return self.err[self.err.index(" error ") :]


class Job:
    """A run that goes on."""

    def __init__(self, work: "Workdir", args, **popen):
        self.work = work
        number = len(work.jobs)
        self.args = [str(arg) for arg in args]
        self.paths = [os.path.join(work.logs, f"{number}.{name}") for name in ("out", "err")]
        self.began = time.monotonic()
        environment = dict(work.environment, **popen.pop("env", {}))
        with open(self.paths[0], "wb") as out, open(self.paths[1], "wb") as err:
            popen = {"stdin": subprocess.DEVNULL, "stdout": out, "stderr": err, **popen}
            self.process = subprocess.Popen(
                [*popen.pop("before", ()), BINARY, *self.args], cwd=work.path, env=environment, start_new_session=True, **popen
            )
        self.front = self.process.pid
        work.jobs.append(self)

    @property
    def err(self) -> str:
        return read(self.paths[1]).decode("utf-8", "replace")

    @property
    def guardian(self) -> int:
        return wait_until(lambda: children(self.front))[0]

    @property
    def runner(self) -> int:
        return wait_until(lambda: children(self.guardian))[0]

    def tasks(self) -> "list[int]":
        return children(self.runner)

    def wait(self, timeout: float = LIMIT) -> Ended:
        """Raises subprocess.TimeoutExpired."""
        status = self.process.wait(timeout)
        out, err = (read(path).decode("utf-8", "replace") for path in self.paths)
        return Ended(status, out, err, time.monotonic() - self.began)


class Workdir:
    """A fresh directory, which is the cwd of the program; its $TMPDIR is beside it."""

    def __init__(self):
        self.root = tempfile.mkdtemp(prefix="alinktf-test-")
        self.path, self.tmp, self.logs = (os.path.join(self.root, name) for name in ("cwd", "tmp", "logs"))
        for folder in (self.path, self.tmp, self.logs):
            os.mkdir(folder)
        self.mark = uuid.uuid4().hex
        hidden = ("TF_CONFIG", "VIRTUAL_ENV", "TF231_PYTHON_ENV_PATH", "TF115_PYTHON_ENV_PATH", "PYTHONPATH")
        kept = {name: value for name, value in os.environ.items() if name not in hidden}
        self.environment = dict(kept, TMPDIR=self.tmp, XDG_STATE_HOME=os.path.join(self.root, "state"), ALINKTF_TEST_MARK=self.mark)
        self.jobs: "list[Job]" = []

    # --- files ---

    def file(self, name: str) -> str:
        return os.path.join(self.path, name)

    def write_file(self, name: str, text: "str | bytes") -> str:
        path = self.file(name)
        with open(path, "wb") as file:
            file.write(text.encode() if isinstance(text, str) else text)
        return path

    def read_file(self, name: str) -> str:
        with open(self.file(name), encoding="utf-8", newline="") as file:
            return file.read()

    def exists(self, name: str) -> bool:
        return os.path.lexists(self.file(name))

    def write_job(self, name: str = "job.json", **keys) -> str:
        """A batch job: in.csv of `id long` through the script echo.py to out.csv, but for `keys`; None takes one out."""
        job = {
            "component": "TensorFlow2BatchOp",
            "input": {"filePath": "in.csv", "schemaStr": "id long"},
            "mainScriptFile": script("echo"),
            "outputSchemaStr": "id long",
            "output": {"filePath": "out.csv"},
            "pythonEnv": PYTHON,
        }
        job.update(keys)
        return self.write_file(
            name, json.dumps({key: value for key, value in job.items() if value is not None})
        )

    # --- running ---

    def start(self, *args, **popen) -> Job:
        return Job(self, args, **popen)

    def run(self, *args, timeout: float = LIMIT, **popen) -> Ended:
        return self.start(*args, **popen).wait(timeout)

    def survivors(self) -> "list[int]":
        """All living processes that have inherited this directory's environment, whoever their parent is now."""
        mark = self.mark.encode()
        return [
            int(name)
            for name in os.listdir("/proc")
            if name.isdigit() and mark in read(f"/proc/{name}/environ") and state(int(name)) not in "ZX"
        ]

    def work_dirs(self) -> "list[str]":
        return os.listdir(self.tmp)

    def show(self) -> None:
        """Print everything there is, for a test that has failed."""
        print(f"\n=== {self.root}", file=sys.stderr)
        for name in sorted(os.listdir(self.path)):
            if not os.path.isfile(self.file(name)):  # a FIFO would be waited for
                continue
            data = read(self.file(name))
            print(f"--- {name} ({len(data)} bytes)\n{shorten(data)}", file=sys.stderr)
        for job in self.jobs:
            print(f"--- alinktf {' '.join(job.args)}: {job.process.poll()}", file=sys.stderr)
            for path in job.paths:
                print(f"--- {os.path.basename(path)}\n{shorten(read(path))}", file=sys.stderr)
        print(f"--- left in $TMPDIR: {self.work_dirs()}; processes: {self.survivors()}", file=sys.stderr)

    def remove(self) -> None:
        wait_until(lambda: not [kill(pid, signal.SIGKILL) for pid in self.survivors()], 5.0)
        for job in self.jobs:
            job.process.wait()
        shutil.rmtree(self.root, ignore_errors=True)


def may(*command: str) -> bool:
    """The kernel lets us do this here."""
    return subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0


def shorten(data: bytes) -> str:
    text = data.decode("utf-8", "replace")
    return text if len(text) <= 8000 else text[:4000] + "\n[...]\n" + text[-4000:]


def script(name: str) -> str:
    """Path of a worker script of testdata."""
    return os.path.join(WORKERS, name + ".py")


@unittest.skipUnless(BINARY, "ALINKTF_BINARY does not name the program")
class JobTest(unittest.TestCase):
    """A test with a Workdir, `self.work`, which is printed if the test fails."""

    def setUp(self):
        self.work = Workdir()

    def run(self, result=None):
        def bad() -> int:
            return len(result.failures) + len(result.errors)

        if result is None:
            result = self.defaultTestResult()
        before = bad()
        super().run(result)
        if hasattr(self, "work"):
            if bad() > before:
                self.work.show()
            self.work.remove()

    def assert_done(self, ended: Ended) -> None:
        self.assertEqual(ended.status, 0, ended.err)
        self.assert_clean()

    def as_nobody(self) -> "list[str]":
        """What stands before a command of another user, for whom limits count; needs root, skips without."""
        command = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
        os.chmod(self.work.root, 0o755)
        for folder in (self.work.path, self.work.tmp, self.work.root + "/state"):
            os.makedirs(folder, exist_ok=True)
            os.chmod(folder, 0o777)
        if not may(*command, BINARY, "--version"):
            self.skipTest("no other user can run the program here")
        # The leak check of AddressSanitizer needs a process of its own, and aborts without.
        self.work.environment["ASAN_OPTIONS"] = "detect_leaks=0"
        return command

    def assert_clean(self) -> None:
        """Nothing of the job is running and no work dir is left."""
        self.assertEqual(self.work.survivors(), [], "processes that are left")
        self.assertEqual(self.work.work_dirs(), [], "left in $TMPDIR")

    def assert_failed(self, ended: Ended, status: int, *texts: str, output: str = "out.csv") -> None:
        """The status, all texts on stderr, and nothing left: no output, no temporary sibling of it, no process."""
        self.assertEqual(ended.status, status, ended.err)
        for text in texts:
            self.assertIn(text, ended.err)
        self.assertEqual([name for name in os.listdir(self.work.path) if output in name], [])
        self.assert_clean()
