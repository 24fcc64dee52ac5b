"""What the benchmarks share: the program and its peers, generated tables, jobs, and how a process is measured."""

import json
import os
import pathlib
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
RELEASE = ROOT / "build" / "release"
ALINKTF = RELEASE / "cmd" / "alinktf"
PROGRAMS = RELEASE / "tests" / "bench"
FOLDER = ROOT / "build" / "bench"
PYTHON = os.environ.get("ALINKTF_BENCH_PYTHON", "/usr/bin/python3.11")

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


def converted(csv, ending):
    """The table of `csv` in a file with that ending, made by alinktf itself; made once."""
    path = csv.with_suffix(ending)
    if not path.exists():
        part = csv.with_name("part_" + path.name)
        header = ["--set", "output.header=true"] if ".csv" in ending else []
        run([ALINKTF, "convert", csv, part, "--header", "--schema", SCHEMA, "--overwrite", *header])
        part.rename(path)
    return path


def job(name, csv, script, **keys):
    """A job file that feeds `csv` to a script with this text; `keys` replace those of the job, None takes one out."""
    (FOLDER / (name + ".py")).write_text(script, encoding="utf-8")
    spec = {
        "component": "TensorFlow2BatchOp",
        "input": {"format": "csv", "filePath": str(csv), "header": True, "schemaStr": SCHEMA},
        "userFiles": [name + ".py"],
        "mainScriptFile": name + ".py",
        "outputSchemaStr": "x long",
        "output": {"filePath": name + "_out.csv", "overwriteSink": True},
        "pythonEnv": PYTHON,
        **keys,
    }
    spec = {key: value for key, value in spec.items() if value is not None}
    path = FOLDER / (name + ".json")
    path.write_text(json.dumps(spec, indent=2), encoding="utf-8")
    return path


def own_processes():
    """The processes that run our program now: pid -> (peak resident memory in KiB, CPU seconds of its own)."""
    found = {}
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            if os.readlink("/proc/%s/exe" % pid) == str(ALINKTF):
                status = pathlib.Path("/proc/%s/status" % pid).read_text(encoding="ascii", errors="replace")
                stat = pathlib.Path("/proc/%s/stat" % pid).read_text(encoding="ascii", errors="replace")
                ticks = sum(map(int, stat.rpartition(")")[2].split()[11:13]))  # proc(5): utime, stime
                found[int(pid)] = int(status.split("VmHWM:")[1].split()[0]), ticks / os.sysconf("SC_CLK_TCK")
        except (OSError, IndexError):  # it has just ended
            continue
    return found


def watch(spec, before=()):
    """Run the job `spec`; returns (peak MiB of the largest of alinktf's own processes, CPU seconds of all of them).

    Workers are left out. The kernel keeps both figures, so looking now and then misses only what happens after the
    last look, some milliseconds; CPU time comes in clock ticks of 10 ms. `before` stands before the command.
    """
    others = set(own_processes())
    process = start([*before, ALINKTF, "run", spec, "--log-level", "error"])
    seen = {}
    while process.poll() is None:
        seen.update((pid, figures) for pid, figures in own_processes().items() if pid not in others)
        time.sleep(0.002)
    check(process)
    return max(peak for peak, _ in seen.values()) / 1024, sum(cpu for _, cpu in seen.values())
