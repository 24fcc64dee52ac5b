"""Benchmarks of starting tasks and of what they cost beside the same Pythons started by hand."""

import json
import os
import statistics
import subprocess
import time

from bench_tools import ALINKTF, FOLDER, PROGRAMS, PYTHON, ROOT, job, run, table, watch

LAUNCH_BOUND_MS = 20
LAUNCH_BOUND_MS_WORKER = 5
NOTICE_BOUND_MS = 20
IMPORT_BOUND_S = 0.2
COUNT_BOUND_S = 0.5
DNN_BOUND = 1.05
SIXTEEN_BOUND_MIB = 64
TENSORFLOW = str(ROOT / ".venv" / "bin" / "python")
RUNTIME = ROOT / "lib" / "worker" / "runtime"
NOTHING = "def main(config):\n    pass\n"
IMPORT = "import tensorflow as tf\n"
# Dies at a time that it tells. The clock is the same for all processes.
DIES = """
import os, pathlib, signal, time

def main(config):
    died = pathlib.Path(config.user_params["died"])
    died.write_text(str(time.monotonic()))
    os.kill(os.getpid(), signal.SIGKILL)
"""
# Alink's example: count the records, write the count.
COUNT = """
import tensorflow as tf

def main(config):
    records = config.dataset().batch(4096)
    rows = int(records.reduce(tf.constant(0, tf.int64), lambda sum, batch: sum + tf.shape(batch, tf.int64)[0]))
    assert rows == config.dataset_length
    config.output_writer.write({"x": rows})
"""
DNN = "from akdl.models.tf.dnn import dnn_batch\ndef main(config):\n    dnn_batch.main(config)\n"
# The same script without a runner: what a user would write to run it on a file that is there already.
BY_HAND = """
import json, os, sys, tempfile, types
runtime, script, dataset, rows, params = sys.argv[1:]
sys.path.insert(0, runtime)
os.environ["TF_CONFIG"] = json.dumps({"cluster": {"chief": ["127.0.0.1:0"]}, "task": {"type": "chief", "index": 0}})
with tempfile.TemporaryDirectory() as work_dir:
    for name in ("tensor_shapes.txt", "tensor_types.txt"):
        with open(os.path.join(work_dir, name), "w") as file:
            file.write("{}")
    config = types.SimpleNamespace(
        tf_context=None, num_workers=1, cluster={"chief": ["127.0.0.1:0"]}, task_type="chief", task_index=0,
        work_dir=work_dir, user_params=json.loads(params), dataset_file=dataset, dataset_length=int(rows),
        output_writer=types.SimpleNamespace(write=lambda example: None))
    module = {}
    exec(open(script).read(), module)
    module["main"](config)
"""


def by_shell(workers):
    """Wall seconds of that many interpreters that do nothing, started by hand and waited for."""
    started = time.perf_counter()
    processes = [subprocess.Popen([PYTHON, "-c", "pass"]) for _ in range(workers)]
    for process in processes:
        process.wait()
    return time.perf_counter() - started


def launch_row(workers, quick):
    spec = job("launch_%d" % workers, table(workers), NOTHING, numWorkers=workers)
    ours = [ALINKTF, "run", spec, "--log-level", "error"]
    run(ours), by_shell(workers)
    pairs = [(run(ours)[0] * 1e3, by_shell(workers) * 1e3) for _ in range(7 if quick else 31)]
    over = statistics.median(job_ms - bare_ms for job_ms, bare_ms in pairs)
    bound = LAUNCH_BOUND_MS + LAUNCH_BOUND_MS_WORKER * workers
    return ("launch: wall of %d worker%s that do nothing" % (workers, "s"[workers == 1:]),
            "%.1f ms" % statistics.median(pair[0] for pair in pairs),
            "%.1f ms, fork of the same Pythons" % statistics.median(pair[1] for pair in pairs),
            "+%.1f ms" % over, "at most +%d ms" % bound, over <= bound)


def bench_launch_one(quick):
    return launch_row(1, quick)


def bench_launch_eight(quick):
    return launch_row(8, quick)


def bench_notice(quick):
    died = FOLDER / "died"
    spec = job("dies", table(1), DIES, userParams={"died": str(died)})
    ours = [ALINKTF, "run", spec, "--log-level", "error"]
    took = []
    for _ in range(7 if quick else 31):
        ended = subprocess.run(ours, stderr=subprocess.DEVNULL).returncode
        took.append((time.monotonic() - float(died.read_text(encoding="ascii"))) * 1e3)
        assert ended == 5, "exit status %d" % ended
    median = statistics.median(took)
    return ("launch: from a task's death to the job's end", "%.1f ms" % median, "none", "",
            "at most %d ms" % NOTICE_BOUND_MS, median <= NOTICE_BOUND_MS)


def bench_import(quick):
    spec = job("import", table(1), IMPORT + NOTHING, pythonEnv=TENSORFLOW)
    ours, bare = [ALINKTF, "run", spec, "--log-level", "error"], [TENSORFLOW, "-c", IMPORT]
    run(ours), run(bare)
    pairs = [(run(ours)[0], run(bare)[0]) for _ in range(3 if quick else 7)]
    over = statistics.median(job_s - import_s for job_s, import_s in pairs)
    return ("launch: a script that imports TensorFlow", "%.2f s" % statistics.median(pair[0] for pair in pairs),
            "%.2f s, import tensorflow" % statistics.median(pair[1] for pair in pairs),
            "+%.2f s" % over, "at most +%.1f s" % IMPORT_BOUND_S, over <= IMPORT_BOUND_S)


def bench_count(quick):
    csv = table(200_000 if quick else 1_000_000)
    spec = job("count", csv, COUNT, pythonEnv=TENSORFLOW)
    ours, bare = [ALINKTF, "run", spec, "--log-level", "error"], [TENSORFLOW, "-c", IMPORT]
    run(ours), run(bare)
    pairs = [(run(ours)[0], run(bare)[0]) for _ in range(3 if quick else 7)]
    over = statistics.median(job_s - import_s for job_s, import_s in pairs)
    return ("launch: counting the rows with TensorFlow", "%.2f s" % statistics.median(pair[0] for pair in pairs),
            "%.2f s, import tensorflow" % statistics.median(pair[1] for pair in pairs),
            "+%.2f s" % over, "at most +%.1f s" % COUNT_BOUND_S, over <= COUNT_BOUND_S)


def bench_dnn(quick):
    rows = 20_000 if quick else 50_000
    csv = table(rows)
    params = {"featureCols": json.dumps(["f%d" % i for i in range(10)]), "labelCol": "label", "batch_size": "64",
              "num_epochs": "1"}
    spec = job("dnn", csv, DNN, pythonEnv=TENSORFLOW, userParams=params, outputSchemaStr="model_id long, model_info string")
    dataset = FOLDER / "dnn.tfrecords"
    run([PROGRAMS / "csv_to_examples", csv, dataset])
    ours = [ALINKTF, "run", spec, "--log-level", "error"]
    hand = [TENSORFLOW, "-c", BY_HAND, RUNTIME, FOLDER / "dnn.py", dataset, rows, json.dumps(params)]
    run(ours), run(hand)
    pairs = [(run(ours)[0], run(hand)[0]) for _ in range(3 if quick else 7)]
    ratio = statistics.median(job_s / hand_s for job_s, hand_s in pairs)
    return ("launch: Alink's DNN example, wall", "%.2f s" % statistics.median(pair[0] for pair in pairs),
            "%.2f s, the script by hand" % statistics.median(pair[1] for pair in pairs),
            "%.2f" % ratio, "at most %.2f" % DNN_BOUND, ratio <= DNN_BOUND)


def bench_sixteen(quick):
    csv = table(200_000 if quick else 1_000_000)
    spec = job("sixteen", csv, NOTHING, numWorkers=16)
    peak = statistics.median(watch(spec)[0] for _ in range(1 if quick else 3))
    return ("launch: runner's peak with 16 workers", "%.1f MiB" % peak, "none", "", "at most %d MiB" % SIXTEEN_BOUND_MIB,
            peak <= SIXTEEN_BOUND_MIB)
