"""One task from its start to its end: the orders of PROTOCOL.md, "Order of a batch or train task" and "Streams"."""
import faulthandler
import os
import sys
import time
from _thread import allocate_lock, interrupt_main

import alinktf_worker

from . import tensorflow_hook, unattended
from .chunks import ProtocolError, Results
from .control import Control, Gate
from .script import Script, tensorflow_version
from .spool import Spool

_FEED_FD, _RESULTS_FD, _CONTROL_FD = 3, 4, 5
_PROTOCOL = 1
_PF_EXITING = 4  # in the flags of /proc/PID/stat
_STACKS_SIGNAL = 23  # SIGURG; the module signal costs an import


def run(runtime: str, writes_bytecode: bool) -> None:
    """Be the task that the runner tells us to be; ends the process.

    Args:
        runtime: the folder of this package and of start.py.
        writes_bytecode: what `sys.dont_write_bytecode` was not before it was set for our own imports.
    """
    session = Session(runtime)
    alinktf_worker.current = session
    try:
        session.prepare()
        sys.dont_write_bytecode = not writes_bytecode
        session.feed()
        session.main()
        session.finish()
    except BaseException as error:
        session.fail(session.stage, error)


class Session:
    """The state of the task that is this process.

    Attributes:
        task: the runner's `task` message.
        stream: the rows of a stream task, a `stream.Stream`; None in others.
        results: where `output_writer` writes to.
        doing: what the main thread is at, in words, for `stacks`.
        stage: the `stage` of an exception that comes up now, for `failed`.
    """

    def __init__(self, runtime: str) -> None:
        self.task = {}
        self.stream = None
        self.results = Results(_RESULTS_FD)
        self.doing = "starting"
        self.stage = "runtime"
        self._runtime = runtime
        self._control = Control(_CONTROL_FD)
        self._go, self._workers_done, self._all_done = Gate(), Gate(), Gate()
        self._failing = allocate_lock()
        self._ending = False
        self._pids = ()
        self._abort_reason = None
        self._spool = None
        self._config = None

    # The steps, in order. Each runs in the main thread.

    def prepare(self) -> None:
        """Read the task, look at the script, say hello. Nothing of the user's runs yet."""
        faulthandler.enable()  # a crash in native code leaves its Python stack in the log
        # So does the runner's signal when native code keeps the lock that answering a dump needs. It does nothing
        # where there is no handler, so nothing happens to a script that takes it.
        faulthandler.register(_STACKS_SIGNAL, all_threads=True)
        for fd in (_FEED_FD, _RESULTS_FD, _CONTROL_FD):
            os.set_inheritable(fd, False)
            os.set_blocking(fd, True)
        self.task = self._receive_task()
        sys.path.insert(0, self.task["work_dir"])
        sys.argv = [self.task["main_script"]]
        self.stage = "compile"
        self._script = Script(self._linked_script(), self.task["main_script"])
        self.stage = "runtime"
        self._control.listen(self._handle, self._runner_gone)
        self._control.send("hello", pid=os.getpid(), python="%d.%d.%d" % sys.version_info[:3],
                           executable=sys.executable, tensorflow=tensorflow_version())
        self._start_feed()
        if "threading" in sys.modules:
            self._watch_threads(sys.modules["threading"])
        else:
            tensorflow_hook.after_import("threading", self._watch_threads)
        tensorflow_hook.after_import("tensorflow", self._set_up_tensorflow)
        tensorflow_hook.after_import("keras.src.backend.tensorflow.trainer", self._refuse_keras3)
        if self.stream is not None and self.task["num_workers"] > 1 and not self.task["shared_passes"]:
            tensorflow_hook.after_import("tensorflow.python.distribute.parameter_server_strategy_v2",
                                         self._refuse_coordinator)
        from . import configs
        configs.context_class(self.task["component"])  # imported now, while the data comes in
        self._configs = configs

    def feed(self) -> None:
        """Wait for the data and for the other tasks; import TensorFlow in the meantime."""
        if self._script.wants_tensorflow:
            self.doing = "importing TensorFlow"
            try:
                __import__("tensorflow")
            except Exception:
                pass  # the script's own import raises it again, where it can be dealt with
        if self._spool is not None:
            self.doing = "waiting for data"
            self._spool.wait()
        self.doing = "waiting for the other tasks to start"
        self._go.wait()

    def main(self) -> None:
        """Import the script and call its `main`; what Alink's entry does around it."""
        task = self.task
        records = None if self._spool is None else self._spool.count
        print(task["tf_config"])
        if records is not None:
            print("number of records: %d" % records)
        self._config = self._configs.build(task, records)
        self.stage, self.doing = "import", "importing the script"
        self._control.send("main_started", records=records or 0)
        module = self._import_script()
        self.stage, self.doing = "main", "running main"
        try:
            module.main(self._config)
        except SystemExit as request:
            if not unattended.ends_well(request):
                raise
        self.doing = "writing the model" if self._configs.writes_model(task) else "ending"
        who = "task_type = %s, task_index = %d" % (task["role"], task["index"])
        print("%s: done tf_user_main" % who)
        self._configs.after_main(task, self._config)
        print("%s: exit" % who)

    def finish(self) -> None:
        """Wait for the script's threads, then for the other tasks; end the process with 0."""
        self.doing = "waiting for the script's threads"
        if "threading" in sys.modules:
            # As the interpreter does at its end: also ends the idle threads of concurrent.futures.
            sys.modules["threading"]._shutdown()
        self.stage = "runtime"
        self.results.end()
        _flush()
        self.doing = "waiting for the other tasks to end"
        read = (self.stream or self._spool).count
        if self.stream is not None:
            self.stream.close()
        self._control.send("main_done", read=read, written=self.results.count)
        self._all_done.wait()
        self.stage, self.doing = "exit", "ending"
        error = unattended.run_exit_handlers()
        _flush()
        if error is not None:
            self.fail("exit", error)
        self.stage, self._ending = "runtime", True
        self._control.send("done")
        os._exit(0)

    # What the steps are made of.

    def _start_feed(self) -> None:
        task = self.task
        if task.get("data") == "stream":
            from .stream import Stream
            self.stream = Stream(_FEED_FD, task["rescan"], task["shared_passes"],
                                 lambda **members: self._control.send("open", **members),
                                 lambda: self._control.send("input_failed"))
            self.results.flush_soon()
        else:
            self._spool = Spool(_FEED_FD, os.path.join(task["work_dir"], "dataset.tfrecords"))
            self._spool.start(lambda error: self.fail("feed", error))

    def _receive_task(self) -> dict:
        message = self._control.receive()
        if message is None:
            os._exit(1)
        if message["type"] != "task" or message.get("protocol") != _PROTOCOL:
            raise ProtocolError("the first message is %s of protocol %s, expected task of protocol %d"
                                % (message["type"], message.get("protocol"), _PROTOCOL))
        return message

    def _linked_script(self) -> str:
        return os.path.join(self.task["work_dir"], "tf_user_main.py")

    def _import_script(self) -> object:
        try:
            module = __import__("tf_user_main")
        except SystemExit as request:
            raise RuntimeError("the script ended itself with sys.exit(%r) while it was imported, before its main "
                               "was called" % request.code) from request
        if not hasattr(module, "main"):
            raise AttributeError("%s has no main after its import. Define `def main(config):` at module level"
                                 % self.task["main_script"])
        return module

    def _watch_threads(self, module: object) -> None:
        unattended.watch_threads(module, lambda error: self.fail(self.stage, error))

    def _set_up_tensorflow(self, module: object) -> None:
        from . import tensorflow_setup
        tensorflow_setup.set_up(module, self.task["component"], self.task["role"],
                                self.task.get("intra_op_parallelism", 0))

    def _refuse_keras3(self, module: object) -> None:
        from . import tensorflow_setup
        tensorflow_setup.refuse_keras3(module.TensorFlowTrainer)

    def _refuse_coordinator(self, module: object) -> None:
        from . import tensorflow_setup
        tensorflow_setup.refuse_coordinator(module.ParameterServerStrategyV2)

    def wait_for_workers(self) -> None:
        """See `alinktf_worker.wait_for_workers`."""
        if self.task["role"] == "chief" and self.task["cluster"].get("worker"):
            before, self.doing = self.doing, "waiting for the workers to end"
            self._workers_done.wait()
            self.doing = before

    # The control channel's thread.

    def _handle(self, message: dict) -> None:
        kind = message["type"]
        if kind == "go":
            self._pids = message.get("pids", ())
            self._go.open()
        elif kind == "workers_done":
            self._workers_done.open()
        elif kind == "all_done":
            self._all_done.open()
        elif kind == "opened":
            self.stream.opened(message["columns"])
        elif kind == "not_opened":
            self.stream.opened(None)
        elif kind == "dump":
            from . import stacks
            text = stacks.text(self._runtime, self._linked_script(), self.task["main_script"])
            self._control.send("stacks", text=text, state=self._state())
        elif kind == "abort":
            self._abort(message.get("reason"))
        else:
            raise ProtocolError("unknown message type %r" % kind)

    def _state(self) -> str:
        if self.results.waits_for_space:
            return "waiting for space"
        if self.stream is not None and self.stream.waits_for_data:
            return "waiting for data"
        return self.doing

    def _abort(self, reason: "str | None") -> None:
        """End soon: at once where nothing of the user's runs, else as Ctrl-C would."""
        self._abort_reason = reason or "the job has ended"
        if self.stage in ("import", "main"):
            interrupt_main()
        else:
            self._stop()

    def _runner_gone(self, error: "BaseException | None") -> None:
        if error is not None:
            self.fail("runtime", error)
        elif not self._ending:
            os._exit(1)

    # The end in failure.

    def fail(self, stage: str, error: BaseException) -> None:
        """Tell the runner, then the log, and end the process. The first failure of any thread is the one told."""
        at = time.monotonic()  # before anything that takes time: it decides whose failure is the cause
        if self._abort_reason is not None:
            self._stop()
        self._failing.acquire()  # never released: a second failure waits here for the end
        _ignore_requests_to_stop()
        # Now: others may be about to fail because of it, or have, and it because of them.
        self._control.send("failing", at=at, gone=_ending_processes(self._pids))
        from . import failure
        told = failure.Failure(error, self._runtime, self._linked_script() if self.task else "",
                               self.task.get("main_script", ""))
        self._control.send("failed", stage=stage, exception=told.exception, message=told.message,
                           traceback=told.traceback, at=at)
        _write_error(told.traceback or told.message + "\n")
        if stage in ("import", "main"):
            unattended.run_exit_handlers()
        _flush()
        os._exit(_status(error))

    def _stop(self) -> None:
        """End because of an `abort`: a consequence, so no failure is told."""
        self._failing.acquire()
        _write_error("alinktf: stopped: %s\n" % self._abort_reason)
        if self.stage in ("import", "main"):
            unattended.run_exit_handlers()
        _flush()
        os._exit(1)


def _ending_processes(pids: list) -> list:
    """Those of `pids` but our own that are on their way out: the kernel marks them before others can notice."""
    found = []
    try:
        if os.readlink("/proc/self") != str(os.getpid()):
            return found
        for pid in pids:
            try:
                with open("/proc/%d/stat" % pid, "rb") as file:
                    flags = int(file.read().rpartition(b")")[2].split()[6])
            except FileNotFoundError:
                flags = _PF_EXITING
            if flags & _PF_EXITING and pid != os.getpid():
                found.append(pid)
    except Exception:  # there may be no /proc, no memory, no descriptor left
        pass
    return found


def _ignore_requests_to_stop() -> None:
    """So that a failure is told although another task's consequence of it was faster; we are ending anyway."""
    import _signal  # the module signal costs an import
    try:
        _signal.signal(_signal.SIGTERM, _signal.SIG_IGN)
    except ValueError:  # not in the main thread
        pass


def _status(error: BaseException) -> int:
    """The exit status that Python itself would end with, never 0."""
    code = error.code if isinstance(error, SystemExit) else 1
    return code & 0xFF or 1 if isinstance(code, int) else 1


def _write_error(text: str) -> None:
    try:
        sys.stdout.flush()
        sys.stderr.write(text)
    except Exception:  # the script may have replaced or closed them
        os.write(2, text.encode("utf-8", "backslashreplace"))


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except Exception:
            pass
