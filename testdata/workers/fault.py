"""Write every row back; the task that user_params name does something bad at a given moment. Needs no TensorFlow.

user_params: `fault`, a function of this file named fault_…; `who`, the task; `moment`: before (no row was read), mid
(some were), last (all were) or exit (main is over); `out`, a folder of files that say how far the tasks are; `megabytes`
to print. The other tasks do not end before the bad one is over its fault: a job that fails fails because of it.
"""

import atexit
import ctypes
import fcntl
import os
import resource
import signal
import struct
import subprocess
import sys
import threading
import time

import alinktf_worker
from stream_records import stream_records

SOME_ROWS = 20
RESULTS = 4  # descriptor, see lib/worker/runtime/PROTOCOL.md
PIPES = (1, 2, 3, 4, 5)
LONG = 600


class Fault:
    """What the tasks of this job know of the fault, and of each other."""

    def __init__(self, config):
        self.config = config
        self.params = config.user_params
        self.name = "%s:%d" % (config.task_type, config.task_index)
        self.bad = self.params["who"] == self.name
        self.reads = self.writes = True
        self.lock = open(self.file("lock"), "a")
        if self.bad:
            fcntl.flock(self.lock, fcntl.LOCK_EX)  # which ends with the process, too
            self.say("armed")

    def file(self, name):
        return os.path.join(self.params["out"], name)

    def say(self, name, text=""):
        with open(self.file(name) + ".new", "w") as file:
            file.write(text)
        os.rename(file.name, self.file(name))

    def at(self, moment):
        """The moment has come in this task."""
        self.say("%s %s" % (self.name, moment))
        if self.bad and moment == self.params["moment"]:
            self.say("fault", "%d %r" % (os.getpid(), time.monotonic()))
            globals()["fault_" + self.params["fault"]](self)
            self.survive()

    def survive(self):
        self.say("survived")
        fcntl.flock(self.lock, fcntl.LOCK_UN)

    def wait_for(self, name):
        while not os.path.exists(self.file(name)):
            time.sleep(0.005)

    def wait_until_it_is_over(self):
        """Without using CPU time: a job whose bad task is stopped has to stall."""
        if not self.bad and self.params["moment"] != "exit":
            self.wait_for("armed")
            fcntl.flock(self.lock, fcntl.LOCK_SH)
            if not os.path.exists(self.file("survived")):
                time.sleep(LONG)
            if self.params["fault"] == "half_a_chunk":  # its process has to be over, and reaped
                with open(self.file("fault")) as file:
                    process = "/proc/" + file.read().split()[0]
                while os.path.exists(process):
                    time.sleep(0.005)


# --- what can be wrong: each returns if the task goes on ---


def fault_exit_3(fault):
    sys.exit(3)


def fault_exit_0_early(fault):
    fault.survive()
    sys.exit(0)


def fault_os_exit(fault):
    os._exit(7)


def fault_exception(fault):
    raise ValueError("no luck")


def fault_exception_in_a_thread(fault):
    thread = threading.Thread(target=fault_exception, args=(fault,))
    thread.start()
    thread.join()


def fault_killed(fault):
    os.kill(os.getpid(), signal.SIGKILL)


def fault_crash(fault):
    ctypes.string_at(0)


def fault_stopped(fault):
    os.kill(os.getpid(), signal.SIGSTOP)


def fault_out_of_memory(fault):
    with open("/proc/self/statm") as file:
        limit = int(file.read().split()[0]) * resource.getpagesize() + (64 << 20)
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    bytearray(1 << 30)


def fault_never_reads(fault):
    fault.reads = False


def fault_never_writes(fault):
    fault.writes = False


def fault_garbage(fault):
    os.write(RESULTS, b"\xff garbage " * 10)
    time.sleep(LONG)


def fault_half_a_chunk(fault):
    os.write(RESULTS, struct.pack("<3I", 4, 100, 1) + b"x" * 50)
    if fault.config.task_type in ("ps", "evaluator"):
        fault.say("survived")  # the others learn of it by the lock, which ends with this process
    os._exit(0)


def fault_too_long_a_record(fault):
    fault.config.output_writer.write(bytes((1 << 30) + 1))


def fault_closed_output(fault):
    os.close(RESULTS)
    if fault.params["moment"] != "exit":
        time.sleep(LONG)


def fault_children_that_hold_the_pipes(fault):
    subprocess.Popen(["sleep", str(LONG)], pass_fds=PIPES)
    subprocess.Popen(["sh", "-c", "sleep %d & sleep %d" % (LONG, LONG)], pass_fds=PIPES)


def fault_setsid_children(fault):
    subprocess.Popen(["sleep", str(LONG)], start_new_session=True)
    subprocess.Popen(["setsid", "sh", "-c", "trap '' TERM HUP; sleep %d & sleep %d" % (LONG, LONG)])


def fault_prints_much(fault):
    text = (b"x" * 1023 + b"\n") * 1024
    for _ in range(int(fault.params["megabytes"])):
        alinktf_worker.chunks.write_all(1, text)


def fault_prints_binary(fault):
    alinktf_worker.chunks.write_all(1, bytes(range(256)) * 1024)
    alinktf_worker.chunks.write_all(2, b"no end of line \xff\xfe")


def fault_ignores_term(fault):
    for signo in signal.SIGTERM, signal.SIGINT:
        signal.signal(signo, signal.SIG_IGN)
    if fault.config.task_type in ("ps", "evaluator"):
        fault.survive()
    fault.say("ready")
    while True:
        time.sleep(LONG)


# --- the work ---


def records_of_file(path):
    with open(path, "rb") as file:
        for head in iter(lambda: file.read(12), b""):
            yield file.read(struct.unpack("<Q4x", head)[0])
            file.seek(4, 1)


def work(fault, records):
    fault.at("before")
    if not fault.reads:
        return
    for number, record in enumerate(records, 1):
        if fault.writes:
            fault.config.output_writer.write(record)
        if number == SOME_ROWS:
            fault.at("mid")
            if not fault.reads:
                return
    fault.at("last")


def look_on(fault):
    """What a PS or an evaluator does: it has no rows, so its moments are the chief's."""
    fault.at("before")
    for moment in "mid", "last":
        if fault.bad and fault.params["moment"] == moment:
            fault.wait_for("chief:0 " + moment)
            fault.at(moment)


def main(config):
    fault = Fault(config)
    atexit.register(fault.at, "exit")
    if config.task_type in ("ps", "evaluator"):
        look_on(fault)
        return
    batch = hasattr(config, "dataset_file")
    work(fault, records_of_file(config.dataset_file) if batch else stream_records(alinktf_worker.current.stream))
    fault.wait_until_it_is_over()
