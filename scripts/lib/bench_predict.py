"""Benchmarks of prediction: a small network beside pandas and TensorFlow from Python."""

import os
import statistics
import subprocess
import time

from bench_tools import ALINKTF, FOLDER, PROGRAMS, ROOT, job, run, table, watch

TENSORFLOW = str(ROOT / ".venv" / "bin" / "python")
PEER = ROOT / "tests" / "bench" / "predict_peer.py"
COLUMNS = ["f%d" % i for i in range(10)]
ONE_CORE_BOUND, TWO_CORES_BOUND, KERAS_BOUND = 3, 5, 7
SERVE_BOUND, ENGINE_BOUND, FIRST_BOUND = 0.5, 0.25, 0.25
MEMORY_BOUND_MIB = 64
FIND = "import importlib.util; print(importlib.util.find_spec('tensorflow').submodule_search_locations[0])"
PANDAS = ["pandas==2.2.3", "python-dateutil==2.9.0.post0", "pytz==2024.2", "tzdata==2024.2", "six==1.16.0"]


def model():
    """The folder of the network; made once."""
    path = FOLDER / "predict_model"
    if not path.exists():
        part = FOLDER / "predict_model_part"
        run([TENSORFLOW, PEER, "save", part])
        part.rename(path)
    return path


def spec(csv, **keys):
    """A job that scores `csv` and writes the results alone."""
    return job(
        "predict", csv, "", component="TFSavedModelPredictBatchOp", userFiles=None, mainScriptFile=None,
        modelPath=str(model()), selectedCols=COLUMNS, reservedCols=[], batchSize=1024, outputSchemaStr="y float",
        pythonEnv=TENSORFLOW, **keys)


def seconds(cores, csv):
    """Wall seconds of the job on that many cores."""
    return run(["taskset", "-c", ",".join(map(str, range(cores))), ALINKTF, "run", spec(csv), "--log-level", "error"])[0]


def pandas():
    """A folder with pandas for the peer, beside the TensorFlow that is measured; made once."""
    folder = FOLDER / "pandas"
    if not folder.exists():
        part = FOLDER / "pandas_part"
        run([TENSORFLOW, "-m", "pip", "install", "-q", "--no-deps", "--target", part, *PANDAS])
        part.rename(folder)
    return str(folder)


def printed(command, **env):
    """What the command writes to standard output."""
    return subprocess.run([str(part) for part in command], check=True, capture_output=True, text=True,
                          env=dict(os.environ, **env)).stdout.strip()


def peer(cores, mode, *arguments):
    """The figures that the peer prints."""
    command = ["taskset", "-c", ",".join(map(str, range(cores))), TENSORFLOW, PEER, mode, model(), *arguments]
    return [float(word) for word in printed(command, PYTHONPATH=pandas()).split()]


def rate_row(what, cores, mode, bound, quick):
    """Rows a second without the start of either: ours is told by a job of one row."""
    rows = 200_000 if quick else 1_000_000
    csv, one, out = table(rows), table(1), FOLDER / "predict_peer.csv"
    pairs = []
    for _ in range(2 if quick else 5):
        ours = rows / (seconds(cores, csv) - seconds(cores, one))
        pairs.append((ours, rows / peer(cores, mode, csv, out)[0]))
    ratio = statistics.median(a / b for a, b in pairs)
    return ("predict: " + what, "%.0f k rows/s" % (statistics.median(a for a, _ in pairs) / 1e3),
            "%.0f k rows/s, Python" % (statistics.median(b for _, b in pairs) / 1e3), "%.1f x" % ratio,
            "at least %d x" % bound, ratio >= bound)


def bench_one_core(quick):
    return rate_row("pandas + signature, one core", 1, "signature", ONE_CORE_BOUND, quick)


def bench_two_cores(quick):
    return rate_row("pandas + signature, two cores", 2, "signature", TWO_CORES_BOUND, quick)


def bench_keras(quick):
    return rate_row("pandas + model.predict, one core", 1, "keras", KERAS_BOUND, quick)


class Serving:
    """alinktf serve, with a line to ask."""

    LINE = (",".join(["0.1"] * 10) + "\n").encode()

    def __init__(self):
        schema = ", ".join(name + " float" for name in COLUMNS)
        self.process = subprocess.Popen(
            [str(ALINKTF), "serve", "--model", str(model()), "--inputSchemaStr", schema, "--outputSchemaStr", "y float",
             "--set", "reservedCols=[]", "--python", TENSORFLOW], stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)

    def ask(self):
        self.process.stdin.write(self.LINE)
        self.process.stdout.readline()

    def end(self):
        self.process.stdin.close()
        self.process.wait()


def bench_serve(quick):
    calls = 2_000 if quick else 20_000
    serving = Serving()
    times = []
    for _ in range(calls + 20):
        started = time.perf_counter()
        serving.ask()
        times.append((time.perf_counter() - started) * 1e6)
    serving.end()
    times = sorted(times[20:])
    p50, p99 = times[len(times) // 2], times[len(times) * 99 // 100]
    peer50, peer99 = peer(2, "latency", calls)
    good = p50 <= SERVE_BOUND * peer50 and p99 <= peer99
    return ("predict: one row through serve, p50 (p99)", "%.0f us (%.0f)" % (p50, p99),
            "%.0f us (%.0f), signature" % (peer50, peer99), "%.2f" % (p50 / peer50), "at most %.2f" % SERVE_BOUND, good)


def bench_engine(quick):
    """The same without pipes and text: what the engine does for a call."""
    calls = 2_000 if quick else 20_000
    wheel = printed([TENSORFLOW, "-c", FIND])
    p50, p99 = map(float, printed([PROGRAMS / "score_rows", wheel, model(), calls]).split())
    peer50, peer99 = peer(2, "latency", calls)
    return ("predict: one row in the engine, p50 (p99)", "%.0f us (%.0f)" % (p50, p99),
            "%.0f us (%.0f), signature" % (peer50, peer99), "%.2f" % (p50 / peer50), "at most %.2f" % ENGINE_BOUND,
            p50 <= ENGINE_BOUND * peer50)


def bench_first(quick):
    """From the start of the process to the first answer."""
    pairs = []
    for _ in range(3 if quick else 7):
        started = time.perf_counter()
        serving = Serving()
        serving.ask()
        ours = time.perf_counter() - started
        serving.end()
        pairs.append((ours, run([TENSORFLOW, PEER, "first", model()])[0]))
    ratio = statistics.median(a / b for a, b in pairs)
    return ("predict: first answer", "%.2f s" % statistics.median(a for a, _ in pairs),
            "%.2f s, Python" % statistics.median(b for _, b in pairs), "%.2f" % ratio, "at most %.2f" % FIRST_BOUND,
            ratio <= FIRST_BOUND)


def bench_memory(quick):
    """The largest of our processes, the engine, over what it takes for one row."""
    one, many = watch(spec(table(1)))[0], watch(spec(table(200_000 if quick else 1_000_000)))[0]
    return ("predict: memory over that of one row", "%.0f MiB" % many, "%.0f MiB, one row" % one, "+%.0f MiB" % (many - one),
            "at most %d MiB" % MEMORY_BOUND_MIB, many - one <= MEMORY_BOUND_MIB)


BENCHES = [bench_one_core, bench_two_cores, bench_keras, bench_serve, bench_engine, bench_first, bench_memory]
