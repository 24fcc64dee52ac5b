"""The project's figures, each beside a peer that is measured in the same run, alternating with it.

start   a job whose script does nothing, against the bare interpreter: wall time, median of the differences
data    CSV to framed Examples, against tests/bench/csv_floor.cpp: CPU time, ratio of the medians
memory  peak memory of the runner for a large CSV, against a small one

Exit status: 0 if every figure is within its bound, 1 otherwise.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
RELEASE = ROOT / "build" / "release"
ALINKTF = RELEASE / "cmd" / "alinktf"
PROGRAMS = RELEASE / "tests" / "bench"
FOLDER = ROOT / "build" / "bench"
PYTHON = os.environ.get("ALINKTF_BENCH_PYTHON", "/usr/bin/python3.11")

START_BOUND_MS = 60
DATA_BOUND = 0.6
MEMORY_BOUND_MIB = 8

SCHEMA = ", ".join("f%d double" % i for i in range(10)) + ", label int"
ROW_BYTES = 200  # of csv_gen, about


def run(command):
    """Run `command` to its end; returns (wall seconds, CPU seconds). CPU includes children that it waited for."""
    started = time.perf_counter()
    process = start(command)
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    check(process)
    return wall, usage.ru_utime + usage.ru_stime


def start(command):
    """Start `command` with its work dir in the build tree and what it says in a file."""
    with open(str(FOLDER / "log"), "wb") as log:
        return subprocess.Popen([str(part) for part in command], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                env=dict(os.environ, TMPDIR=str(FOLDER)))


def check(process):
    """End the benchmark if a process that has ended has failed."""
    if process.returncode != 0:
        sys.stderr.write((FOLDER / "log").read_text(encoding="utf-8", errors="replace"))
        sys.exit("bench: status %d of: %s" % (process.returncode, " ".join(process.args)))


def table(rows):
    """A CSV file of csv_gen with that many rows; made once."""
    path = FOLDER / ("rows_%d.csv" % rows)
    if not path.exists():
        part = path.with_suffix(".part")
        run([PROGRAMS / "csv_gen", rows, part])
        part.rename(path)
    return path


def job(name, csv, script):
    """A job file that feeds `csv` to a script with this text."""
    (FOLDER / (name + ".py")).write_text(script, encoding="utf-8")
    spec = {
        "component": "TensorFlow2BatchOp",
        "input": {"format": "csv", "filePath": str(csv), "header": True, "schemaStr": SCHEMA},
        "userFiles": [name + ".py"],
        "mainScriptFile": name + ".py",
        "outputSchemaStr": "x long",
        "output": {"filePath": name + "_out.csv", "overwriteSink": True},
        "pythonEnv": PYTHON,
    }
    path = FOLDER / (name + ".json")
    path.write_text(json.dumps(spec, indent=2), encoding="utf-8")
    return path


def bench_start(quick):
    spec = job("nothing", table(1), "def main(config):\n    pass\n")
    ours, bare = [ALINKTF, "run", spec, "--log-level", "error"], [PYTHON, "-c", "pass"]
    run(ours), run(bare)
    pairs = [(run(ours)[0] * 1e3, run(bare)[0] * 1e3) for _ in range(7 if quick else 31)]
    over = statistics.median(job_ms - bare_ms for job_ms, bare_ms in pairs)
    return ("start: wall of a job that does nothing",
            "%.1f ms" % statistics.median(pair[0] for pair in pairs),
            "%.1f ms, bare %s" % (statistics.median(pair[1] for pair in pairs), os.path.basename(PYTHON)),
            "+%.1f ms" % over, "at most +%d ms" % START_BOUND_MS, over <= START_BOUND_MS)


def bench_data(quick):
    csv = table(200_000 if quick else 1_000_000)
    outs = FOLDER / "ours.tfrecords", FOLDER / "floor.tfrecords"
    ours, floor = [PROGRAMS / "csv_to_examples", csv, outs[0]], [PROGRAMS / "csv_floor", csv, outs[1]]
    run(ours), run(floor)
    if outs[0].read_bytes() != outs[1].read_bytes():
        sys.exit("bench: csv_to_examples and csv_floor wrote different bytes")
    pairs = [(run(ours)[1], run(floor)[1]) for _ in range(3 if quick else 7)]
    our_cpu, floor_cpu = (statistics.median(column) for column in zip(*pairs))
    megabytes = csv.stat().st_size / 1e6
    ratio = floor_cpu / our_cpu
    return ("data: CSV to framed Examples, CPU",
            "%.3f s, %.0f MB/s" % (our_cpu, megabytes / our_cpu),
            "%.3f s, %.0f MB/s, csv_floor" % (floor_cpu, megabytes / floor_cpu),
            "%.2f" % ratio, "at least %.2f" % DATA_BOUND, ratio >= DATA_BOUND)


def alinktf_processes():
    """The processes that run our program now: pid -> peak resident memory in KiB."""
    peaks = {}
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            if os.readlink("/proc/%s/exe" % pid) == str(ALINKTF):
                status = pathlib.Path("/proc/%s/status" % pid).read_text(encoding="ascii", errors="replace")
                peaks[int(pid)] = int(status.split("VmHWM:")[1].split()[0])
        except (OSError, IndexError):  # it has just ended
            continue
    return peaks


def peak_mib(spec):
    """Peak memory in MiB of the largest of alinktf's own processes while it runs `spec`; not of its workers.

    The kernel keeps the peak, so looking at it now and then misses only what happens after the last look.
    """
    others = set(alinktf_processes())
    process = start([ALINKTF, "run", spec, "--log-level", "error"])
    peak = 0
    while process.poll() is None:
        peak = max([peak] + [kib for pid, kib in alinktf_processes().items() if pid not in others])
        time.sleep(0.002)
    check(process)
    return peak / 1024


def bench_memory(quick):
    sizes = [10_000_000, 100_000_000 if quick else 1_000_000_000]
    specs = [job("memory_%d" % size, table(size // ROW_BYTES), "def main(config):\n    pass\n") for size in sizes]
    pairs = [[peak_mib(spec) for spec in specs] for _ in range(1 if quick else 3)]
    small, large = (statistics.median(column) for column in zip(*pairs))
    return ("memory: runner's peak, CSV of %d MB" % (sizes[1] // 1_000_000),
            "%.1f MiB" % large, "%.1f MiB, CSV of 10 MB" % small,
            "+%.1f MiB" % (large - small), "at most +%d MiB" % MEMORY_BOUND_MIB, large - small <= MEMORY_BOUND_MIB)


BENCHES = {"start": bench_start, "data": bench_data, "memory": bench_memory}


def main():
    parser = argparse.ArgumentParser(prog="scripts/bench")
    parser.add_argument("--quick", action="store_true", help="fewer rounds and smaller files")
    parser.add_argument("bench", nargs="*", help="some of: " + ", ".join(BENCHES))
    arguments = parser.parse_args()
    unknown = set(arguments.bench) - set(BENCHES)
    if unknown:
        parser.error("unknown bench %s; expected some of: %s" % (", ".join(sorted(unknown)), ", ".join(BENCHES)))
    FOLDER.mkdir(parents=True, exist_ok=True)
    layout = "%-40s %-20s %-28s %-10s %-16s %s"
    print(layout % ("", "ours", "peer", "ratio", "wanted", ""))
    good = True
    for name in arguments.bench or BENCHES:
        *cells, within = BENCHES[name](arguments.quick)
        print(layout % (*cells, "ok" if within else "MISSED"), flush=True)
        good = good and within
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
