"""Train components with TensorFlow: what they leave loads, and knows what it was taught."""

import csv
import json
import os
import subprocess

import tf

JOBS = os.path.abspath(os.path.join(tf.support.TESTDATA, "jobs"))
COLUMNS = [f"col{number}" for number in range(10)]

# Prints how many rows of the CSV file in argv[2] the SavedModel in argv[1] tells rightly.
SCORE = """
import csv, sys
import tensorflow as tf
model = tf.saved_model.load(sys.argv[1])
serve = model.signatures["serving_default"]
rows = list(csv.DictReader(open(sys.argv[2])))
names = list(serve.structured_input_signature[1])
found = serve(**{name: tf.constant([float(row[name]) for row in rows]) for name in names})["probability"].numpy()
print(sum((p > 0.5) == (row["diagnosis"] == "malignant") for p, row in zip(found, rows)) / len(rows))
"""

# Prints the signatures of the SavedModel in argv[1], on any TensorFlow.
SIGNATURES = """
import json, sys
import tensorflow as tf
v1 = tf.compat.v1
with v1.Graph().as_default(), v1.Session() as session:
    found = v1.saved_model.loader.load(session, ["serve"], sys.argv[1]).signature_def
    print(json.dumps({name: sorted(each.inputs) for name, each in found.items()}))
"""


class TrainTest(tf.TensorFlowTest):
    def python(self, code: str, *args: str) -> str:
        """The last line that `code` prints on PYTHON."""
        done = subprocess.run([tf.PYTHON, "-c", code, *args], capture_output=True, text=True, timeout=tf.LIMIT,
                              check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout.splitlines()[-1]

    def test_breast_cancer(self):
        if tf.version() < (2, 0):
            self.skipTest("the script needs TensorFlow 2")
        job = os.path.join(JOBS, "breast_cancer", "train.json")
        ended = self.work.run("run", job, "--python", tf.PYTHON, "--output", "m.ak", timeout=tf.LIMIT)
        self.assert_done(ended)
        self.assert_done(self.work.run("convert", "m.ak", "model", "--to", "savedmodel"))
        right = float(self.python(SCORE, self.work.file("model"), os.path.join(JOBS, "breast_cancer/breast_cancer.csv")))
        self.assertGreater(right, 0.95)
        self.predict_and_serve(job.replace("train.json", "predict.json"))

    def predict_and_serve(self, job: str) -> None:
        """The model in m.ak scores the rows right, as a job and line by line, and the same both ways."""
        ended = self.work.run("run", job, "--python", tf.PYTHON, "--output", "scores.csv", "--set", "modelFilePath=m.ak",
                              timeout=tf.LIMIT)
        self.assert_done(ended)
        rows = list(csv.DictReader(self.work.read_file("scores.csv").splitlines()))
        self.assertEqual(len(rows), 569)
        right = sum((float(row["probability"]) > 0.5) == (row["diagnosis"] == "malignant") for row in rows)
        self.assertGreater(right / len(rows), 0.95)
        with open(os.path.join(JOBS, "breast_cancer", "breast_cancer.csv"), encoding="utf-8") as file:
            names, *lines = file.read().splitlines()
        numbers = names.split(",")[1:-1]
        self.work.write_file("lines", "\n".join(lines) + "\n")
        with open(self.work.file("lines"), "rb") as stdin:
            served = self.work.run(
                *("serve", "--model", "m.ak", "--python", tf.PYTHON, "--selectedCols", ",".join(numbers)),
                *("--inputSchemaStr", "id long, " + ", ".join(name + " double" for name in numbers) + ", diagnosis string"),
                *("--outputSchemaStr", "probability double", "--reservedCols", "id,diagnosis"),
                stdin=stdin,
                timeout=tf.LIMIT,
            )
        self.assert_done(served)
        self.assertEqual(served.out, self.work.read_file("scores.csv").partition("\n")[2])

    def train_dnn(self, *args: str) -> None:
        script = self.work.write_file("train.py", "from akdl.models.tf.dnn.dnn_train import main\n")
        with open(os.path.join(JOBS, "dnn", "job.json"), encoding="utf-8") as file:
            job = json.loads("".join(line for line in file if not line.strip().startswith("//")))
        del job["outputSchemaStr"]
        job.update(component="TF2TableModelTrainBatchOp", userFiles=[script], mainScriptFile=script)
        self.work.write_file("job.json", json.dumps(job))
        ended = self.work.run("run", "job.json", "--python", tf.PYTHON, "--output", "m.csv",
                              *tf.component("TF2TableModelTrainBatchOp"), *args, timeout=tf.LIMIT)
        self.assert_done(ended)
        csv.field_size_limit(1 << 24)
        rows = list(csv.reader(self.work.read_file("m.csv").splitlines()))
        self.assertRegex(rows[0][1], r"^\d{10}\.zip$")
        self.assert_done(self.work.run("convert", "m.csv", "model", "--to", "savedmodel"))
        signatures = json.loads(self.python(SIGNATURES, self.work.file("model")))
        self.assertEqual(signatures["predict"], COLUMNS)

    def test_dnn(self):
        self.train_dnn()

    def test_dnn_with_two_workers_and_a_parameter_server(self):
        if tf.version() < (2, 16):
            self.train_dnn("--workers", "2", "--ps", "1")


if __name__ == "__main__":
    tf.main()
