"""Benchmarks of streams that do not end: how long a row is under way, and memory after many rows."""

import os
import pathlib
import random
import signal
import statistics
import subprocess
import time

from bench_stream import component_of, tensorflows, version_of
from bench_tools import ALINKTF, FOLDER, ROOT, check, job, own_processes

LOOP = ROOT / "tests" / "bench" / "stream_loop.py"
ARRIVAL_BOUND_MS, RESULT_BOUND_MS = 50, 100
RUNNER_GROWTH_MIB, WORKER_GROWTH_MIB = 8, 64
FIRST_ROWS = 1_000_000
PATIENCE = 120  # seconds without anything that happens


class Stream:
    """A job that reads our pipe, as a context manager; at its end it has ended with 0."""

    def __init__(self, python, way, echo, source):
        self.told = FOLDER / "told"
        self.out = FOLDER / "stream_out.csv.partial"
        for path in (self.told, self.out):
            path.unlink(missing_ok=True)
        spec = job("stream", "-", LOOP.read_text(encoding="utf-8"), component=component_of(version_of(python)),
                   pythonEnv=python, input={"filePath": "-", "format": "csv", "schemaStr": "x long"},
                   userParams={"way": way, "echo": echo, "told": str(self.told)})
        self.others = set(own_processes())
        with open(FOLDER / "log", "wb") as log:
            self.process = subprocess.Popen([str(ALINKTF), "run", str(spec), "--log-level", "error"], stdin=source,
                                            stdout=log, stderr=log, env=dict(os.environ, TMPDIR=str(FOLDER)))

    def __enter__(self):
        return self

    def __exit__(self, *error):
        if error[0] is not None:
            self.process.terminate()
        self.process.wait()
        if error[0] is None:
            check(self.process)

    def wait_until(self, condition, pause):
        end = time.monotonic() + PATIENCE
        while not condition():
            if self.process.poll() is not None or time.monotonic() > end:
                check(self.process)
                raise AssertionError("the job did not go on; see %s" % (FOLDER / "log"))
            time.sleep(pause)

    def rows(self):
        return int(self.told.read_bytes() or 0) if self.told.exists() else 0

    def memory(self):
        """MiB of the runner and of its worker, now."""
        ours = {pid: figures for pid, figures in own_processes().items() if pid not in self.others}
        runner = max(ours, key=lambda pid: ours[pid][0])
        threads = pathlib.Path("/proc/%d/task" % runner).glob("*/children")
        worker, = (int(pid) for thread in threads for pid in thread.read_text(encoding="ascii").split())
        return resident(runner), resident(worker)


def resident(pid):
    status = pathlib.Path("/proc/%d/status" % pid).read_text(encoding="ascii", errors="replace")
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


def moments(python, way, rows):
    """(arrival, result): milliseconds from our write to the script's loop, and from its write to the output, of each row."""
    read, write = os.pipe()
    sent, seen = [], []
    with Stream(python, way, True, read) as stream:
        os.close(read)
        for row in range(1, rows + 1):
            time.sleep(random.uniform(0.02, 0.08))  # not in step with anything
            sent.append(time.monotonic())
            os.write(write, b"1\n")
            stream.wait_until(lambda: stream.out.exists() and stream.out.stat().st_size >= 2 * row, 0.0005)
            seen.append(time.monotonic())
        os.close(write)
    told = [tuple(map(float, line.split())) for line in stream.told.read_text(encoding="ascii").splitlines()]
    arrival = [(came - at) * 1e3 for at, (came, _) in zip(sent, told)]
    result = [(at - wrote) * 1e3 for at, (_, wrote) in zip(seen, told)]
    warm = 10
    return arrival[warm:], result[warm:]


def bench_latency(quick):
    """Rows for each TensorFlow; the worst row counts."""
    for python in tensorflows():
        version = version_of(python)
        for way in "examples", "batched", "columns":
            figures = moments(python, way, 60 if quick else 300)
            for what, found, bound in zip(("a line to the loop", "a row to the output"), figures,
                                          (ARRIVAL_BOUND_MS, RESULT_BOUND_MS)):
                worst = max(found)
                yield ("latency %s: %s, %s" % (version, what, way), "median %.1f ms" % statistics.median(found),
                       "worst of %d %.1f ms" % (len(found), worst), "%.2f" % (worst / bound), "at most %d ms" % bound,
                       worst <= bound)


def endless(python, way, rows):
    """((runner, worker) MiB after the first million of rows, the same after `rows`, seconds between)."""
    with subprocess.Popen(["yes", "1"], stdout=subprocess.PIPE) as source:
        with Stream(python, way, False, source.stdout) as stream:
            stream.wait_until(lambda: stream.rows() >= FIRST_ROWS, 0.002)
            began, first = time.monotonic(), stream.memory()
            last_rows = 0
            while last_rows < rows:
                stream.wait_until(lambda: stream.rows() > last_rows, 0.05)
                last_rows = stream.rows()
            took, last = time.monotonic() - began, stream.memory()
            stream.process.send_signal(signal.SIGINT)  # the end of the input
        source.terminate()
    return first, last, took


def bench_endless(rows):
    """A row maker: memory after so many rows of an input without end, which SIGINT ends."""
    def bench(quick):
        count = 5_000_000 if quick else rows()
        for python in tensorflows():
            version = version_of(python)
            for way in "batched", "columns":
                first, last, took = endless(python, way, count)
                for who, before, after, bound in zip(("runner", "worker"), first, last,
                                                     (RUNNER_GROWTH_MIB, WORKER_GROWTH_MIB)):
                    yield ("endless %s: memory of the %s, %s" % (version, who, way),
                           "%.1f MiB, %d M rows" % (after, count // 1_000_000),
                           "%.1f MiB, 1 M rows, %.0f s before" % (before, took), "+%.1f MiB" % (after - before),
                           "at most +%d MiB" % bound, after - before <= bound)

    return bench
