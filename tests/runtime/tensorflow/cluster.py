"""Runs a cluster of tasks as the runner would: ports held, roles, split with padding, barrier, PS stopped."""
import os
import signal
import socket
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import fake_runner
from fake_runner import Task

fake_runner.PATIENCE = 240.0

#: Begins a script that uses eager mode, which a script has to ask TensorFlow 1 for.
EAGER_SCRIPT = "import tensorflow as tf\nif not tf.executing_eagerly():\n    tf.compat.v1.enable_eager_execution()\n"


def hold_port():
    """A bound socket that does not listen: nobody else gets its number, TensorFlow's server can share it."""
    held = socket.socket()
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    held.bind(("0.0.0.0", 0))
    return held


def shares(records, workers):
    """Record k goes to worker k mod workers; the last record is repeated until all have the same number."""
    padded = records + records[-1:] * (-len(records) % workers)
    return [padded[worker::workers] for worker in range(workers)]


class Job:
    """What a finished job has left: the tasks by (role, index), their records, their work dirs until `close`."""

    def __init__(self, script, records, workers, pss, **members):
        self._dir = tempfile.TemporaryDirectory(prefix="alinktf-test-")
        self.tasks = {}
        ports = [hold_port() for _ in range(workers + pss)]
        try:
            addresses = ["127.0.0.1:%d" % port.getsockname()[1] for port in ports]
            self._start(script, shares(records, workers), workers, pss, addresses, members)
            self._drive()
        except BaseException:
            self.close()
            raise
        finally:
            for port in ports:
                port.close()

    def _start(self, script, parts, workers, pss, addresses, members):
        cluster = {}
        if pss:
            cluster["ps"] = addresses[workers:]
        if workers > 1:
            cluster["worker"] = addresses[1:workers]
        cluster["chief"] = addresses[:1]
        for number in range(workers + pss):
            role, index = ("chief", 0) if number == 0 else ("worker", number - 1)
            if number >= workers:
                role, index = "ps", number - workers
            work_dir = os.path.join(self._dir.name, "%s-%d" % (role, index))
            os.mkdir(work_dir)
            self.tasks[role, index] = Task(
                script, records=parts[number] if number < workers else [], work_dir=work_dir, role=role, index=index,
                task_number=number, num_workers=workers, num_pss=pss, cluster=cluster,
                env={"TF_CPP_MIN_LOG_LEVEL": "2"}, **members)

    def _drive(self):
        """One message after the other; a task that fails shows up as the wrong message of that task."""
        for task in self.tasks.values():
            task.expect("hello")
            task.feed()
        for task in self.tasks.values():
            task.send("go")
        for task in self.tasks.values():
            task.expect("main_started")
        chief = self.tasks["chief", 0]
        members = [task for (role, _), task in self.tasks.items() if role != "ps"]
        for task in members:
            if task is not chief:
                task.expect("main_done")
        chief.send("workers_done")
        chief.expect("main_done")
        for task in members:
            task.send("all_done")
            task.expect("done")
            if task.wait() != 0:
                raise AssertionError("status %d\n%s" % (task.status, task.logs()))
        for (role, _), task in self.tasks.items():
            if role == "ps":
                os.kill(task.pid, signal.SIGTERM)
                if task.wait() != -signal.SIGTERM:
                    raise AssertionError("a parameter server ended with %d\n%s" % (task.status, task.logs()))

    def close(self):
        for task in self.tasks.values():
            task.__exit__()
        self._dir.cleanup()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
