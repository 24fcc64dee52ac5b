"""A runner in Python for the tests: starts real tasks over the real descriptors and plays the other side.

`Task` is one task; `run_job` drives a whole cluster of them through PROTOCOL.md's messages.
"""
import fcntl
import json
import os
import queue
import select
import signal
import socket
import struct
import sys
import tempfile
import threading
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
RUNTIME = os.path.join(ROOT, "lib", "worker", "runtime")
PROTOCOL_DATA = os.path.join(ROOT, "testdata", "protocol")
PATIENCE = 60.0  # seconds until a test that hangs fails

TFRECORD, RECORDS, END, ERROR = 1, 4, 5, 6


def pythons():
    """The interpreters under test: this one and those that ALINKTF_TEST_PYTHONS names (separated by colons)."""
    return [sys.executable] + [path for path in os.environ.get("ALINKTF_TEST_PYTHONS", "").split(":") if path]


def modules():
    """The names of all modules of the runtime but start.py."""
    found = []
    for folder, _, files in os.walk(RUNTIME):
        for name in files:
            path = os.path.relpath(os.path.join(folder, name), RUNTIME)
            if name.endswith(".py") and path != "start.py":
                found.append(path[:-len(".py")].replace(os.sep, ".").replace(".__init__", ""))
    return sorted(found)


def install_copies(folder):
    """Make a package path of all the runtime's modules, none of which can be imported."""
    for name in modules():
        path = os.path.join(folder, *name.split("."))
        is_package = os.path.isdir(os.path.join(RUNTIME, *name.split(".")))
        path = os.path.join(path, "__init__.py") if is_package else path + ".py"
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as file:
            file.write("raise ImportError('a copy of %s')\n" % name)


def importing(names):
    """A script that imports these modules and prints a line for each; `imported` reads what it printed."""
    return ("import importlib\n"
            "def main(config):\n"
            "    for name in %r:\n"
            "        print(name, importlib.import_module(name).__file__)\n") % list(names)


def imported(text):
    """The names of those modules that are the runtime's own, in order."""
    return sorted(line.split()[0] for line in text.splitlines() if RUNTIME in line)


def chunk(kind, payload, records=0):
    return struct.pack("<III", kind, len(payload), records) + payload


def end_chunk(total):
    return chunk(END, struct.pack("<Q", total))


def frame(record):
    """A TFRecord frame with right checksums."""
    length = struct.pack("<Q", len(record))
    return length + struct.pack("<I", _masked(length)) + record + struct.pack("<I", _masked(record))


def _masked(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    crc ^= 0xFFFFFFFF
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def parse_chunks(data):
    """Cut bytes into (kind, records, payload); an unfinished one at the end raises ValueError."""
    found, at = [], 0
    while at < len(data):
        if at + 12 > len(data):
            raise ValueError("ends inside a header")
        kind, size, records = struct.unpack_from("<III", data, at)
        if at + 12 + size > len(data):
            raise ValueError("ends inside a payload")
        found.append((kind, records, data[at + 12:at + 12 + size]))
        at += 12 + size
    return found


def records_of(payload):
    found, at = [], 0
    while at < len(payload):
        size, = struct.unpack_from("<I", payload, at)
        found.append(payload[at + 4:at + 4 + size])
        at += 4 + size
    return found


def _start_process(argv, env, descriptors):
    """Start a program with /dev/null as 0 and the descriptors {its number: ours}, ours 100 and above; returns its pid.

    As the real runner does, with the default for signals: a caller that ignores SIGINT (a shell's background job)
    hands that on otherwise.
    """
    signals = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]
    if hasattr(os, "posix_spawn"):
        actions = [(os.POSIX_SPAWN_OPEN, 0, "/dev/null", os.O_RDONLY, 0)]
        actions += [(os.POSIX_SPAWN_DUP2, fd, to) for to, fd in descriptors.items()]
        return os.posix_spawn(argv[0], argv, env, file_actions=actions, setsigmask=[], setsigdef=signals)
    pid = os.fork()  # Python 3.7 and older
    if pid == 0:
        try:
            os.dup2(os.open("/dev/null", os.O_RDONLY), 0)
            for to, fd in descriptors.items():
                os.dup2(fd, to)
            for each in signals:
                signal.signal(each, signal.SIG_DFL)
            os.execve(argv[0], argv, env)
        finally:
            os._exit(127)
    return pid


class Task:
    """A running task. Use as a context manager: at the end the process is gone, whatever happened."""

    def __init__(self, script, python=None, records=(), work_dir=None, env=None, take_results=True,
                 runtime=RUNTIME, **members):
        """Start the process and send `task`.

        Args:
            script: the text of the user's script; None writes no file.
            records: what `feed` will send.
            take_results: False leaves the results in their pipe until `wait`.
            runtime: the folder of start.py.
            members: replace or add members of the `task` message.
        """
        self.python = python or sys.executable
        self._own_dir = None
        if work_dir is None:
            self._own_dir = tempfile.TemporaryDirectory(prefix="alinktf-test-")
            work_dir = os.path.join(self._own_dir.name, "work")
            os.mkdir(work_dir)
        self.work_dir = work_dir
        self.script_path = os.path.join(os.path.dirname(work_dir), "user_script_%d.py" % os.getpid())
        if script is not None:
            # The tasks of a job share the file, and one may be reading it already: replace it whole.
            with open(self.script_path + ".new", "w", encoding="utf-8") as file:
                file.write(script)
            os.replace(self.script_path + ".new", self.script_path)
        link = os.path.join(work_dir, "tf_user_main.py")
        if not os.path.lexists(link):
            os.symlink(self.script_path, link)
        self.records = list(records)
        self._take_results = take_results
        self._start = os.path.join(runtime, "start.py")
        cluster = {"chief": ["127.0.0.1:5001"]}
        self.message = {
            "type": "task", "protocol": 1, "job": "test", "component": "TensorFlow2BatchOp", "role": "chief",
            "index": 0, "task_number": 0, "num_workers": 1, "num_pss": 0, "attempt": 0, "cluster": cluster,
            "work_dir": work_dir, "main_script": self.script_path, "user_params": {}, "properties": {},
            "intra_op_parallelism": 4, "output_schema": [{"name": "x", "type": "BIGINT"}], "data": "tfrecord"}
        self.message.update(members)
        self.message.setdefault("tf_config", json.dumps(
            {"cluster": self.message["cluster"],
             "task": {"type": self.message["role"], "index": self.message["index"]}}))
        self._spawn(dict(os.environ, PYTHONUNBUFFERED="1", TF_CONFIG=self.message["tf_config"],
                         ALINKTF_ATTEMPT="0", **(env or {})))
        self.send_line(self.message)

    def _spawn(self, env):
        feed_read, self.feed_fd = os.pipe()
        results_fd, results_write = os.pipe()
        out_fd, out_write = os.pipe()
        err_fd, err_write = os.pipe()
        self.control, theirs = socket.socketpair()
        ends = [feed_read, results_write, theirs.detach(), out_write, err_write]
        high = [fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, 100) for fd in ends]
        self.pid = _start_process([self.python, self._start], env, dict(zip((3, 4, 5, 1, 2), high)))
        self.status = None
        for fd in ends + high:
            os.close(fd)
        self.messages = queue.Queue()
        self.results_bytes, self.out, self.err = bytearray(), bytearray(), bytearray()
        self._threads = [self._read_into(out_fd, self.out), self._read_into(err_fd, self.err)]
        self._results_fd = results_fd
        if self._take_results:
            self._threads.append(self._read_into(results_fd, self.results_bytes))
        reader = threading.Thread(target=self._read_control, daemon=True)
        reader.start()
        self._threads.append(reader)

    def _read_into(self, fd, into):
        def loop():
            while True:
                data = os.read(fd, 1 << 16)
                if not data:
                    break
                into.extend(data)
            os.close(fd)
        thread = threading.Thread(target=loop, daemon=True)
        thread.start()
        return thread

    def _read_control(self):
        with self.control.makefile("rb") as lines:
            try:
                for line in lines:
                    self.messages.put(json.loads(line.decode("utf-8")))
            except OSError:
                pass
        self.messages.put(None)

    # The runner's side of the conversation.

    def send_line(self, message):
        self.control.sendall(json.dumps(message).encode() + b"\n")

    def send(self, kind, **members):
        self.send_line(dict({"type": kind}, **members))

    def feed_bytes(self, data):
        view = memoryview(data)
        while view:
            view = view[os.write(self.feed_fd, view):]

    def feed(self):
        """Send all records and the end."""
        if self.records:
            self.feed_bytes(chunk(TFRECORD, b"".join(map(frame, self.records)), len(self.records)))
        self.feed_bytes(end_chunk(len(self.records)))
        self.close_feed()

    def close_feed(self):
        if self.feed_fd is not None:
            os.close(self.feed_fd)
            self.feed_fd = None

    def expect(self, kind):
        """The next message, which must be of this type; `failing` goes before `failed`."""
        if kind == "failed":
            at = self.expect("failing")["at"]
            if not isinstance(at, float) or not 0 <= time.monotonic() - at < PATIENCE:
                raise AssertionError("failing at %r" % at)
        message = self.next_message()
        if message is None or message["type"] != kind:
            raise AssertionError("expected %s, got %s\n%s" % (kind, message, self.logs()))
        return message

    def next_message(self):
        try:
            return self.messages.get(timeout=PATIENCE)
        except queue.Empty:
            raise AssertionError("no message in %d s\n%s" % (PATIENCE, self.logs())) from None

    def go(self):
        """Everything up to `main_started`; returns that message."""
        self.expect("hello")
        self.feed()
        self.send("go")
        return self.expect("main_started")

    def run(self):
        """A whole life without failures; returns main_done."""
        self.go()
        done = self.expect("main_done")
        self.send("all_done")
        self.expect("done")
        self.wait()
        return done

    def wait_for_results(self, records):
        """Until so many records have come back."""
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                got = sum(each[1] for each in parse_chunks(bytes(self.results_bytes)))
            except ValueError:
                got = 0
            if got >= records:
                return
            if time.monotonic() > deadline:
                raise AssertionError("%d records of %d came back\n%s" % (got, records, self.logs()))
            select.select([], [], [], 0.002)

    def wait(self):
        """Reap the process and read all it has written; returns its exit status, negative for a signal."""
        deadline = time.monotonic() + PATIENCE
        if not self._take_results:
            self._take_results = True
            self._threads.append(self._read_into(self._results_fd, self.results_bytes))
        while self.status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.status = -os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)
            elif time.monotonic() > deadline:
                raise AssertionError("the process did not end in %d s\n%s" % (PATIENCE, self.logs()))
            else:
                select.select([], [], [], 0.002)
        for thread in self._threads:
            thread.join(PATIENCE)
        return self.status

    def wait_for_output(self, text, stream="out"):
        """Return when the task has printed `text`."""
        deadline = time.monotonic() + PATIENCE
        while text.encode() not in getattr(self, stream):
            if time.monotonic() > deadline:
                raise AssertionError("%r was not printed in %d s\n%s" % (text, PATIENCE, self.logs()))
            select.select([], [], [], 0.002)

    def results(self):
        """(records, total of the end chunk or None). After `wait`."""
        records, total = [], None
        for kind, count, payload in parse_chunks(bytes(self.results_bytes)):
            if total is not None:
                raise AssertionError("a chunk after the end chunk")
            if kind == RECORDS:
                found = records_of(payload)
                if len(found) != count:
                    raise AssertionError("%d records in a chunk that says %d" % (len(found), count))
                records += found
            elif kind == END:
                total, = struct.unpack("<Q", payload)
            else:
                raise AssertionError("unexpected chunk kind %d" % kind)
        return records, total

    def stdout(self):
        return self.out.decode("utf-8")

    def stderr(self):
        return self.err.decode("utf-8")

    def logs(self):
        return "--- stdout\n%s--- stderr\n%s" % (self.stdout(), self.stderr())

    def close_control(self):
        self.control.shutdown(socket.SHUT_RDWR)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.status is None:
            try:
                os.kill(self.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            self.wait()
        self.close_feed()
        self.control.close()
        if self._own_dir is not None:
            self._own_dir.cleanup()
