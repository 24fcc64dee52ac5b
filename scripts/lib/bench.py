"""The project's figures, each beside a peer that is measured in the same run, alternating with it.

start   a job whose script does nothing, against the bare interpreter: wall time, median of the differences
data    what records cost, CPU time, ratio of the medians: CSV to framed Examples by our reader and encoder, and
        by a whole run that spools them, against tests/bench/csv_floor.cpp; through a select with a computed
        column, against no select; against TensorFlow's Python writer
echo    rows a second that a script parses with TensorFlow in batches and writes back, from its first row to the end
        of the job, against what a real Alink was measured to do; by write_batch, and by write of dicts
launch  workers that do nothing, against the same interpreters started by hand; a million rows counted, against the
        import of TensorFlow; Alink's DNN example, against its script by hand; the runner's memory with 16 workers
stream  CPU of a worker for a row of a stream, as Examples and as columns, against TensorFlow's own ways from a local file
latency a line of an input that goes on to the script's loop, and a row to the output: the worst one against its bound
endless memory of runner and worker that read an input without end, after --rows, beside that after a million
memory  peak memory of the runner, its libraries included, that feeds 8 workers from a large table in each format,
        beside that for a smaller one; --size says how many MB the large one has as CSV

Exit status: 0 if every figure is within its bound, 1 otherwise.
"""

import argparse
import os
import statistics
import sys
import time

import bench_predict
import bench_supervision
from bench_endless import bench_endless, bench_latency
from bench_stream import bench_streams
from bench_tasks import (bench_count, bench_dnn, bench_import, bench_launch_eight, bench_launch_one, bench_notice,
                         bench_sixteen)
from bench_tools import (ALINKTF, FOLDER, PROGRAMS, PYTHON, ROOT, ROW_BYTES, SCHEMA, converted, job, run, table,
                         watch)

START_BOUND_MS = 60
ENCODE_BOUND = 0.85
RUNNER_BOUND = 0.7
SELECT_BOUND = 0.6
PYTHON_BOUND = 40
THREADS_BOUND = 1.7
PASS_BOUND_GB = 1.0
MEMORY_BOUND_MIB = 64
MEMORY_WORKERS = 8
SMALL_MB = 100
ALINK_ROWS = 10_000  # a second: Alink 1.6.2, whose script parses and rebuilds every Example
BATCH_BOUND = 30
WRITE_BOUND = 5
NOTHING = "def main(config):\n    pass\n"
ECHO = """
import pathlib, time
import tensorflow as tf

def main(config):
    spec = {"f%%d" %% i: tf.io.FixedLenFeature([], tf.float32) for i in range(10)}
    spec["label"] = tf.io.FixedLenFeature([], tf.int64)
    batches = tf.data.TFRecordDataset(config.dataset_file).batch(4096)
    batches = batches.map(lambda records: tf.io.parse_example(records, spec)).prefetch(2)
    pathlib.Path(config.user_params["started"]).write_text(str(time.monotonic()))
    writer = config.output_writer
    for columns in batches:
        %s
"""
WRITE_BATCH = "writer.write_batch(columns)"
WRITE = """lists = {name: column.numpy().tolist() for name, column in columns.items()}
        for row in zip(*lists.values()):
            writer.write(dict(zip(lists, row)))"""
COMPUTED_COLUMN = "*, case when f0 > 0.5 then 1. else 0. end as above"

options = argparse.Namespace()  # what stands on the command line


def bench_start(quick):
    spec = job("nothing", table(1), NOTHING)
    ours, bare = [ALINKTF, "run", spec, "--log-level", "error"], [PYTHON, "-c", "pass"]
    run(ours), run(bare)
    pairs = [(run(ours)[0] * 1e3, run(bare)[0] * 1e3) for _ in range(7 if quick else 31)]
    over = statistics.median(job_ms - bare_ms for job_ms, bare_ms in pairs)
    return ("start: wall of a job that does nothing",
            "%.1f ms" % statistics.median(pair[0] for pair in pairs),
            "%.1f ms, bare %s" % (statistics.median(pair[1] for pair in pairs), os.path.basename(PYTHON)),
            "+%.1f ms" % over, "at most +%d ms" % START_BOUND_MS, over <= START_BOUND_MS)


def cpu_row(what, ours, peer, peer_name, bound, rounds, megabytes):
    """A row for two functions that do the same work and return CPU seconds: ratio of the peer's median to ours."""
    ours(), peer()
    our_cpu, peer_cpu = (statistics.median(column) for column in zip(*((ours(), peer()) for _ in range(rounds))))
    ratio = peer_cpu / our_cpu
    return (what, "%.3f s, %.0f MB/s" % (our_cpu, megabytes / our_cpu),
            "%.3f s, %.0f MB/s, %s" % (peer_cpu, megabytes / peer_cpu, peer_name),
            "%.2f" % ratio, "at least %.2f" % bound, ratio >= bound)


def csv_floor(csv):
    return lambda: run([PROGRAMS / "csv_floor", csv, FOLDER / "floor.tfrecords"])[1]


def csv_to_examples(csv, *select):
    return lambda: run([PROGRAMS / "csv_to_examples", csv, FOLDER / "ours.tfrecords", *select])[1]


def bench_encode(quick):
    csv = table(200_000 if quick else 1_000_000)
    ours, floor = csv_to_examples(csv), csv_floor(csv)
    ours(), floor()
    if (FOLDER / "ours.tfrecords").read_bytes() != (FOLDER / "floor.tfrecords").read_bytes():
        sys.exit("bench: csv_to_examples and csv_floor wrote different bytes")
    return cpu_row("data: CSV to framed Examples, CPU", ours, floor, "csv_floor", ENCODE_BOUND, 3 if quick else 7,
                   csv.stat().st_size / 1e6)


def bench_select(quick):
    csv = table(200_000 if quick else 1_000_000)
    return cpu_row("data: the same with a computed column", csv_to_examples(csv, COMPUTED_COLUMN), csv_to_examples(csv),
                   "no select", SELECT_BOUND, 3 if quick else 7, csv.stat().st_size / 1e6)


def bench_runner(quick):
    csv = table(200_000 if quick else 1_000_000)
    spec = job("spool", csv, NOTHING)
    one_core = ("taskset", "-c", "0")  # as the floor: threads that share a core's units count more CPU time each
    return cpu_row("data: a run that spools, CPU of the runner", lambda: watch(spec, one_core)[1], csv_floor(csv), "csv_floor",
                   RUNNER_BOUND, 3 if quick else 7, csv.stat().st_size / 1e6)


def read_records(*arguments):
    return lambda: run([PROGRAMS / "read_records", *arguments])


def bench_threads(quick):
    csv = table(200_000 if quick else 4_000_000)  # a second, beside which the process's start does not count
    two, one = read_records("csv", 2, csv), read_records("csv", 1, csv)
    two(), one()
    pairs = [(two()[0], one()[0]) for _ in range(3 if quick else 9)]
    two_s, one_s = (statistics.median(column) for column in zip(*pairs))
    return ("data: CSV to records by two threads, wall", "%.3f s" % two_s, "%.3f s, one thread" % one_s,
            "%.2f" % (one_s / two_s), "at least %.2f" % THREADS_BOUND, one_s / two_s >= THREADS_BOUND)


def bench_pass(quick):
    csv = table(200_000 if quick else 1_000_000)
    csv_to_examples(csv)()
    records = FOLDER / "ours.tfrecords"
    through = read_records("tfrecord", 1, records)
    through()
    cpu = statistics.median(through()[1] for _ in range(3 if quick else 9))
    speed = records.stat().st_size / 1e9 / cpu
    return ("data: TFRecord passed through, CPU", "%.3f s" % cpu, "none", "%.2f GB/s" % speed,
            "at least %.2f" % PASS_BOUND_GB, speed >= PASS_BOUND_GB)


def bench_python(quick):
    csv = table(20_000 if quick else 50_000)
    writer = [ROOT / ".venv" / "bin" / "python", ROOT / "tests" / "bench" / "write_examples.py", csv,
              FOLDER / "python.tfrecords"]

    def python():
        run(writer)  # it prints the CPU seconds of its loop, without the import
        return float((FOLDER / "log").read_text(encoding="utf-8").split()[-1])

    return cpu_row("data: the same by TensorFlow's Python writer", csv_to_examples(csv), python, "Python",
                   PYTHON_BOUND, 2 if quick else 5, csv.stat().st_size / 1e6)


def echo_row(what, body, bound, quick):
    rows = 200_000 if quick else 1_000_000
    started = FOLDER / "echo_started"
    spec = job("echo", table(rows), ECHO % body, outputSchemaStr=SCHEMA, userParams={"started": str(started)},
               pythonEnv=str(ROOT / ".venv" / "bin" / "python"))
    seconds = []
    for _ in range(2 if quick else 3):
        run([ALINKTF, "run", spec, "--log-level", "error"])
        seconds.append(time.monotonic() - float(started.read_text(encoding="ascii")))
    speed = rows / statistics.median(seconds)
    ratio = speed / ALINK_ROWS
    return ("echo: rows back by " + what, "%.0f rows/s" % speed, "%d rows/s, Alink" % ALINK_ROWS, "%.1f" % ratio,
            "at least %d" % bound, ratio >= bound)


def bench_write_batch(quick):
    return echo_row("write_batch", WRITE_BATCH, BATCH_BOUND, quick)


def bench_write(quick):
    return echo_row("write of dicts", WRITE, WRITE_BOUND, quick)


def bench_memory(what, ending, schema=SCHEMA, **keys):
    """A row maker for inputs of that format; `keys` are of the job."""

    def peak(megabytes):
        path = converted(table(megabytes * 1_000_000 // ROW_BYTES), ending)
        source = {"filePath": str(path), **({"header": True} if ".csv" in ending else {}),
                  **({"schemaStr": schema} if schema else {})}
        return watch(job("memory", path, NOTHING, input=source, numWorkers=MEMORY_WORKERS, **keys))[0]

    def bench(quick):
        megabytes = options.size or (200 if quick else 500)
        small, large = peak(SMALL_MB), peak(megabytes)
        return ("memory: %s" % what, "%.1f MiB, %d MB" % (large, megabytes), "%.1f MiB, %d MB" % (small, SMALL_MB),
                "+%.1f MiB" % (large - small), "at most %d MiB" % MEMORY_BOUND_MIB, large <= MEMORY_BOUND_MIB)

    return bench


# Each function makes one row: what, ours, the peer, their ratio, what is wanted, whether it is met.
BENCHES = {
    "start": [bench_start],
    "data": [bench_encode, bench_select, bench_threads, bench_pass, bench_runner, bench_python],
    "echo": [bench_write_batch, bench_write],
    "launch": [bench_launch_one, bench_launch_eight, bench_notice, bench_import, bench_count, bench_dnn, bench_sixteen],
    "stream": [bench_streams],
    "latency": [bench_latency],
    "endless": [bench_endless(lambda: options.rows)],
    "predict": bench_predict.BENCHES,
    "supervision": bench_supervision.BENCHES,
    "memory": [
        bench_memory("CSV", ".csv"),
        bench_memory("CSV, packed", ".csv.gz"),
        bench_memory("CSV, select", ".csv", select=COMPUTED_COLUMN, where="f1 < 0.9"),
        bench_memory("JSON lines", ".jsonl"),
        bench_memory("TFRecord passed through", ".tfrecord", schema=None),
        bench_memory("TFRecord", ".tfrecord"),
    ],
}


def main():
    parser = argparse.ArgumentParser(prog="scripts/bench")
    parser.add_argument("--quick", action="store_true", help="fewer rounds and smaller files")
    parser.add_argument("--size", type=int, metavar="MB", help="memory: size of the large file, as CSV")
    parser.add_argument("--rows", type=int, default=100_000_000, metavar="N", help="endless: rows to read")
    parser.add_argument("bench", nargs="*", help="some of: " + ", ".join(BENCHES))
    arguments = parser.parse_args(namespace=options)
    unknown = set(arguments.bench) - set(BENCHES)
    if unknown:
        parser.error("unknown bench %s; expected some of: %s" % (", ".join(sorted(unknown)), ", ".join(BENCHES)))
    FOLDER.mkdir(parents=True, exist_ok=True)
    layout = "%-46s %-20s %-28s %-10s %-16s %s"
    print(layout % ("", "ours", "peer", "ratio", "wanted", ""))
    good = True
    for name in arguments.bench or BENCHES:
        for bench in BENCHES[name]:
            rows = bench(arguments.quick)
            for *cells, within in [rows] if isinstance(rows, tuple) else rows:
                print(layout % (*cells, "ok" if within else "MISSED"), flush=True)
                good = good and within
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
