"""The example of the README: a Keras network that must be right about nine of ten tumours it has not seen."""

import csv
import io

import tf


class BreastCancerTest(tf.TensorFlowTest):
    def test_accuracy(self):
        self.run_job("breast_cancer/job.json")
        rows = list(csv.DictReader(io.StringIO(self.work.read_file("out.csv"))))
        self.assertEqual(
            [int(row["id"]) for row in rows], list(range(0, 569, 5)), "the rows that were held out"
        )
        right = sum(row["diagnosis"] == row["prediction"] for row in rows)
        self.assertGreaterEqual(right / len(rows), 0.9)
        for row in rows:
            self.assertEqual(row["prediction"], "malignant" if float(row["probability"]) > 0.5 else "benign")


if __name__ == "__main__":
    tf.main(least=(2, 0))
