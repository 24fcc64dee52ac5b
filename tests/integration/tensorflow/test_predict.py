"""Tables that a SavedModel scores, through TensorFlow's C library in processes of its own."""

import os
import subprocess
import tarfile
import tempfile

import tf

# Makes in argv[1] a SavedModel that adds two columns and writes the first as text.
MAKE = """
import sys
import tensorflow as tf

class Model(tf.Module):
    @tf.function(input_signature=[tf.TensorSpec([None], tf.float32, name=name) for name in "ab"])
    def score(self, a, b):
        return {"sum": a + b, "text": tf.strings.as_string(tf.cast(a, tf.int32))}

model = Model()
tf.saved_model.save(model, sys.argv[1], signatures={"serving_default": model.score.get_concrete_function()})
"""
ROWS = "1,0.5,0.25\n2,1.5,-1\n3,4,2\n"


class PredictTest(tf.TensorFlowTest):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="alinktf-test-")
        cls.model = os.path.join(cls.folder.name, "model")
        subprocess.run([tf.PYTHON, "-c", MAKE, cls.model], check=True, capture_output=True, timeout=tf.LIMIT)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def predict(self, rows: str = ROWS, **keys) -> tf.support.Ended:
        """Score `rows`; `keys` replace those of the job."""
        self.work.write_file("in.csv", rows)
        job = {
            "component": "TFSavedModelPredictBatchOp",
            "input": {"filePath": "in.csv", "schemaStr": "id long, a double, b double"},
            "mainScriptFile": None,
            "modelPath": self.model,
            "selectedCols": ["a", "b"],
            "outputSchemaStr": "sum double, text string",
            "pythonEnv": tf.PYTHON,
        }
        self.work.write_job(**{**job, **keys})
        return self.work.run("run", "job.json", timeout=tf.LIMIT)

    def assert_scored(self, ended: tf.support.Ended, expected: str) -> None:
        self.assert_done(ended)
        self.assertEqual(self.work.read_file("out.csv"), expected)

    def test_kept_and_scored_columns(self):
        self.assert_scored(self.predict(), "1,0.5,0.25,0.75,0\n2,1.5,-1.0,0.5,1\n3,4.0,2.0,6.0,4\n")

    def test_reserved_columns(self):
        self.assert_scored(self.predict(reservedCols=["id"]), "1,0.75,0\n2,0.5,1\n3,6.0,4\n")

    def test_names_of_the_signature(self):
        ended = self.predict(
            selectedCols=["b", "a"],
            inputSignatureDefs=["b", "a"],
            outputSchemaStr="total double",
            outputSignatureDefs=["sum"],
            reservedCols=["id"],
        )
        self.assert_scored(ended, "1,0.75\n2,0.5\n3,6.0\n")

    def test_rows_keep_their_order_over_processes_and_threads(self):
        rows = [(number, number / 4, 1) for number in range(5000)]
        ended = self.predict(
            "".join("%d,%r,%d\n" % row for row in rows), reservedCols=["id"], numWorkers=2, threads=2, batchSize=64
        )
        expected = "".join("%d,%r,%d\n" % (number, a + b, int(a)) for number, a, b in rows)
        self.assert_scored(ended, expected)

    def test_an_archive_of_the_model(self):
        with tarfile.open(self.work.file("model.tar.gz"), "w:gz") as archive:
            archive.add(self.model, "model")
        self.assert_scored(self.predict(modelPath="model.tar.gz", reservedCols=["id"]), "1,0.75,0\n2,0.5,1\n3,6.0,4\n")

    def test_a_value_that_the_model_cannot_take(self):
        ended = self.predict("1,0.5,0.25\n2,,1\n")
        self.assert_failed(ended, 4, "row 2", "column 'a'", "wants float32")

    def test_bad_rows_can_be_skipped(self):
        source = {"filePath": "in.csv", "schemaStr": "id long, a double, b double", "onBadRow": "skip"}
        self.assert_scored(self.predict("1,0.5,0.25\n2,,1\n", input=source, reservedCols=["id"]), "1,0.75,0\n")

    def test_models_that_are_none(self):
        self.assert_failed(self.predict(modelPath="none"), 4, "none")
        os.mkdir(self.work.file("empty"))
        self.assert_failed(self.predict(modelPath="empty"), 4, "empty")

    def test_a_signature_that_is_not_there(self):
        self.assert_failed(self.predict(signatureDefKey="other"), 3, "other", "serving_default")


if __name__ == "__main__":
    tf.main(least=(2, 0))
