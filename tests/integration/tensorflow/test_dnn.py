"""Alink's documented DNN example: the output is a model table whose SavedModel loads and predicts."""

import base64
import io
import json
import subprocess
import zipfile

import tf

COLUMNS = [f"col{number}" for number in range(10)]

# Prints what the SavedModel in argv[1] predicts for three rows: signature, shape of the probabilities.
PREDICT = """
import json, sys
import tensorflow as tf
predict = tf.saved_model.load(sys.argv[1]).signatures["predict"]
columns = {f"col{number}": tf.constant([0.1, 0.5, 0.9]) for number in range(10)}
found = predict(**columns)["probabilities"]
print(json.dumps({"columns": sorted(predict.structured_input_signature[1]), "probabilities": found.numpy().tolist()}))
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
        ended = self.run_job("dnn/" + job)
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
        self.assert_trains("ps.json")

    def test_three_workers_that_average(self):
        self.assert_trains("allreduce.json")


if __name__ == "__main__":
    tf.main()
