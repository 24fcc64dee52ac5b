"""Alink's documented DNN example: the output is a model table whose SavedModel loads and predicts."""

import base64
import io
import json
import os
import subprocess
import zipfile

import tf

COLUMNS = [f"col{number}" for number in range(10)]

# Prints what the SavedModel in argv[1] predicts for three rows: signature, shape of the probabilities.
PREDICT = """
import json, sys
import tensorflow as tf
v1 = tf.compat.v1
with v1.Graph().as_default(), v1.Session() as session:
    predict = v1.saved_model.loader.load(session, ["serve"], sys.argv[1]).signature_def["predict"]
    feed = {info.name: [0.1, 0.5, 0.9] for info in predict.inputs.values()}
    found = session.run(predict.outputs["probabilities"].name, feed)
print(json.dumps({"columns": sorted(predict.inputs), "probabilities": found.tolist()}))
"""


class DnnTest(tf.TensorFlowTest):
    def model(self) -> zipfile.ZipFile:
        rows = [line.split(",", 1) for line in self.work.read_file("out.csv").splitlines()]
        self.assertGreater(len(rows), 1)
        self.assertEqual([int(row[0]) for row in rows], list(range(len(rows))), "contiguous, each once")
        self.assertRegex(rows[0][1], r"^\d{10}\.zip$")
        return zipfile.ZipFile(
            io.BytesIO(b"".join(base64.b64decode(row[1], validate=True) for row in rows[1:]))
        )

    def assert_trains(self, job: str) -> None:
        ended = self.run_job("dnn/" + job, *tf.component("TensorFlow2BatchOp"))
        self.assertNotIn("Traceback", ended.err)
        self.model().extractall(self.work.file("model"))
        done = subprocess.run(
            [tf.PYTHON, "-c", PREDICT, self.work.file("model")],
            capture_output=True,
            text=True,
            timeout=tf.LIMIT,
            check=False,
        )
        self.assertEqual(done.returncode, 0, done.stderr)
        told = json.loads(done.stdout.splitlines()[-1])
        self.assertEqual(told["columns"], COLUMNS)
        self.assertEqual([len(row) for row in told["probabilities"]], [2, 2, 2])
        for row in told["probabilities"]:
            self.assertAlmostEqual(sum(row), 1.0, places=5)

    def test_one_worker(self):
        self.assert_trains("job.json")

    def test_two_workers_and_a_parameter_server(self):
        if tf.version() < (2, 16):
            self.assert_trains("ps.json")
            return
        job = os.path.join(tf.support.TESTDATA, "jobs", "dnn", "ps.json")
        ended = self.work.run("run", job, "--python", tf.PYTHON, "--output", "out.csv", timeout=tf.LIMIT)
        self.assert_failed(ended, 5, "has no Estimator", "set numPSs to 0")

    def test_three_workers_that_average(self):
        self.assert_trains("allreduce.json")


if __name__ == "__main__":
    tf.main()
