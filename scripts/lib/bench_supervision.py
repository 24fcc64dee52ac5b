"""Benchmarks of what supervision costs: the two processes beside the runner, and a runner whose worker idles."""

import os
import pathlib
import signal
import statistics
import subprocess
import time

from bench_tools import ALINKTF, FOLDER, job, own_processes, start, table

START_BOUND_MS = 2
MEMORY_BOUND_MIB = 4
IDLE_BOUND = 0.01
IDLES = """
import pathlib, signal

def main(config):
    pathlib.Path(config.user_params["idle"]).touch()
    signal.pause()
"""


def wall_ms(*command):
    """Wall milliseconds of alinktf with a job file that is not there: all that it does is start and say so."""
    started = time.perf_counter()
    ended = subprocess.run([ALINKTF, *command, FOLDER / "missing.json"], stderr=subprocess.DEVNULL)
    assert ended.returncode == 3, "exit status %d" % ended.returncode
    return (time.perf_counter() - started) * 1e3


def bench_start(quick):
    wall_ms("run"), wall_ms("check")
    pairs = [(wall_ms("run"), wall_ms("check")) for _ in range(21 if quick else 201)]
    supervised, alone = (statistics.median(column) for column in zip(*pairs))
    over = statistics.median(one - other for one, other in pairs)
    return ("supervision: wall of its start", "%.2f ms" % supervised, "%.2f ms, check, which starts none" % alone,
            "+%.2f ms" % over, "at most +%d ms" % START_BOUND_MS, over <= START_BOUND_MS)


def own_memory(pid):
    """KiB of `pid` that would be free without it: its share of what it has in common with others among them."""
    rollup = pathlib.Path("/proc/%d/smaps_rollup" % pid).read_text(encoding="ascii")
    return int(rollup.split("\nPss:")[1].split()[0])


def bench_idle(quick):
    """A job whose worker idles: memory of front and guardian, CPU of all three of alinktf's processes."""
    idle = FOLDER / "idle"
    idle.unlink(missing_ok=True)
    others = set(own_processes())
    process = start([ALINKTF, "run", job("idles", table(1), IDLES, userParams={"idle": str(idle)})])
    while not idle.exists():
        assert process.poll() is None, (FOLDER / "log").read_text(encoding="utf-8")
        time.sleep(0.01)
    pids = set(own_processes()) - others
    guards = sorted(map(own_memory, pids))[:-1]  # the runner is the largest
    assert len(guards) == 2, "processes: %s" % pids
    seconds = 5 if quick else 60
    before = sum(own_processes()[pid][1] for pid in pids)
    time.sleep(seconds)
    share = (sum(own_processes()[pid][1] for pid in pids) - before) / seconds
    os.kill(process.pid, signal.SIGTERM)
    process.wait()
    memory = sum(guards) / 1024
    return [("supervision: memory of front and guardian", "%.1f MiB" % memory, "none", "",
             "at most %d MiB" % MEMORY_BOUND_MIB, memory <= MEMORY_BOUND_MIB),
            ("supervision: CPU while a worker idles, %d s" % seconds, "%.2f %%" % (share * 100), "none", "",
             "at most %.0f %%" % (IDLE_BOUND * 100), share <= IDLE_BOUND)]


BENCHES = [bench_start, bench_idle]
