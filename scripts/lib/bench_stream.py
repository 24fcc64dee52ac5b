"""Benchmarks of stream components: what a worker pays for a row, beside what TensorFlow can do from a local file."""

import json
import os
import statistics

from bench_tools import ALINKTF, FOLDER, ROOT, SCHEMA, job, run, table, watch

WAYS = ROOT / "tests" / "bench" / "stream_ways.py"
PYARROW_FOLDER = FOLDER / "pyarrow"
TENSORFLOWS = "ALINKTF_BENCH_TENSORFLOWS"  # interpreters, separated by colons; default: the project's own
RUNNER_BOUND = 0.25
# By TensorFlow's version: our worker's CPU over that of a local file, at most.
FILE_BOUNDS = {"1.15": 1.45, "2.3": 1.45, "2.15": 1.2}
NEWEST_FILE_BOUND = 1.3
CSV_BOUND, MAKE_CSV_BOUND, GENERATOR_BOUND = 2, 5, 20
PYARROW = "pyarrow==19.0.1"
COLUMNS_BOUND, COLUMNS_WITH_RUNNER_BOUND, PYARROW_BOUND, FIT_BOUND = 5, 3, 2, 1.9


class Bench:
    """One interpreter's figures: microseconds of CPU a row."""

    def __init__(self, python, quick):
        self.python = python
        self.rows = 200_000 if quick else 1_000_000
        self.rounds = 3 if quick else 5
        self.csv = table(self.rows)
        self.records = FOLDER / ("rows_%d.tfrecords" % self.rows)
        if not self.records.exists():
            run([ALINKTF, "convert", self.csv, self.records, "--header", "--schema", SCHEMA])
        self.version = version_of(python)

    def params(self, way, rows, **more):
        csv, records = (str(path) for path in (self.csv, self.records))
        if rows != self.rows:
            small = Bench(self.python, quick=True)
            csv, records = str(small.csv), str(small.records)
        return dict(way=way, rows=rows, csv=csv, records=records, told=str(FOLDER / "told"), **more)

    def ours(self, way, **more):
        """(worker, runner): CPU of a stream job."""
        spec = job("stream", self.csv, WAYS.read_text(encoding="utf-8"), component=component_of(self.version),
                   pythonEnv=self.python, intraOpParallelism=os.cpu_count(),  # what the peers have
                   userParams=self.params(way, self.rows, **more))
        _, runner = watch(spec)
        return self.told(), runner / self.rows * 1e6

    def peer(self, way, rows=None, **more):
        run([*self.before(way), self.python, WAYS, json.dumps(self.params(way, rows or self.rows, **more))])
        return self.told()

    @staticmethod
    def before(way):
        return ["env", "PYTHONPATH=%s" % PYARROW_FOLDER] if way == "pyarrow" else []

    @staticmethod
    def told():
        return json.loads((FOLDER / "told").read_text(encoding="utf-8"))

    def row(self, what, ours, peer, peer_name, bound):
        """`bound`: peer over ours, at least."""
        ratio = peer / ours
        return ("stream %s: %s, CPU a row" % (self.version, what), "%.3f us" % ours, "%.3f us, %s" % (peer, peer_name),
                "%.2f" % ratio, "at least %.2f" % bound, ratio >= bound)


def version_of(python):
    """Its TensorFlow's, such as 2.15."""
    version = FOLDER / "version"
    code = "import sys, tensorflow as tf; open(sys.argv[1], 'w').write(tf.__version__)"
    run([python, "-c", code, version])
    return ".".join(version.read_text(encoding="ascii").split(".")[:2])


def component_of(version):
    return "TensorFlowStreamOp" if version.startswith("1.") else "TensorFlow2StreamOp"


def tensorflows():
    """The interpreters to measure with."""
    return os.environ.get(TENSORFLOWS, str(ROOT / ".venv" / "bin" / "python")).split(":")


def median(figures):
    return statistics.median(figures)


def bench_version(python, quick):
    bench = Bench(python, quick)
    figures = figures_of(bench)
    examples, runner, columns, with_runner, file, csv = map(median, zip(*figures["rows"]))
    bound = FILE_BOUNDS.get(bench.version, NEWEST_FILE_BOUND)
    yield bench.row("Examples", examples, file, "file, parse_example", 1 / bound)
    yield bench.row("Examples", examples, csv, "CsvDataset", CSV_BOUND)
    yield bench.row("Examples", examples, bench.peer("make_csv", 200_000), "make_csv_dataset", MAKE_CSV_BOUND)
    yield bench.row("Examples", examples, bench.peer("generator", 200_000), "a generator", GENERATOR_BOUND)
    yield bench.row("the runner of Examples", runner, examples, "its worker", 1 / RUNNER_BOUND)
    yield bench.row("columns", columns, file, "file, parse_example", COLUMNS_BOUND)
    yield bench.row("columns with the runner", with_runner, file, "file, parse_example", COLUMNS_WITH_RUNNER_BOUND)
    if figures["pyarrow"]:
        yield bench.row("columns with the runner", with_runner, median(figures["pyarrow"]), "pyarrow, rebatch",
                        PYARROW_BOUND)
    if figures["fit"]:
        ours, theirs = map(median, zip(*figures["fit"]))
        yield bench.row("columns, a small fit", ours, theirs, "file, parse_example", FIT_BOUND)


def figures_of(bench):
    """What each round gave, one way after the other, so that all see the same machine."""
    figures = {"rows": [], "pyarrow": [], "fit": []}
    if can_pyarrow(bench.version):
        install_pyarrow(bench.python)
    for _ in range(bench.rounds):
        columns = bench.ours("columns")
        figures["rows"].append((*bench.ours("examples"), columns[0], sum(columns), bench.peer("file"), bench.peer("csv")))
        if can_pyarrow(bench.version):
            figures["pyarrow"].append(bench.peer("pyarrow"))
        if not bench.version.startswith("1."):
            fit = bench.ours("columns", fit=True, batch_size=1024)[0]
            figures["fit"].append((fit, bench.peer("file", fit=True)))
    return figures


def can_pyarrow(version):
    """Older TensorFlows have no `rebatch`."""
    return tuple(map(int, version.split("."))) >= (2, 15)


def install_pyarrow(python):
    """Once for all interpreters of the same Python, beside what they have."""
    if not (PYARROW_FOLDER / "pyarrow").exists():
        part = PYARROW_FOLDER.with_suffix(".part")
        run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "--target", part,
             PYARROW])
        part.rename(PYARROW_FOLDER)


def bench_streams(quick):
    """Rows for each TensorFlow."""
    for python in tensorflows():
        for row in bench_version(python, quick):
            yield row
