"""Alink's documented DNN example on an Estimator: one task, parameter server, all-reduce."""
import base64
import io
import json
import os
import random
import tempfile
import unittest
import zipfile

from cluster import Job

import tensorflow as tf

COLUMNS = ["col%d" % index for index in range(10)]
PARAMS = {"featureCols": json.dumps(COLUMNS), "labelCol": "label", "batch_size": "16", "num_epochs": "1"}
SCRIPT = "from akdl.models.tf.dnn import dnn_batch\ndef main(config):\n    dnn_batch.main(config)\n"
# The worker begins when the chief has come to the end of its own rows, which is step 4.
LATE_WORKER_SCRIPT = '''
import os, time
from akdl.models.tf.dnn import dnn_batch
def main(config):
    if config.task_type == "worker":
        chief = os.path.join(os.path.dirname(config.work_dir), "chief-0", "model_dir", "model.ckpt-4.index")
        while not os.path.exists(chief):
            time.sleep(0.05)
    dnn_batch.main(config)
'''
TRAIN_SCRIPT = SCRIPT.replace("dnn_batch", "dnn_train")


def rows(count=100):
    """`count` serialized Examples: ten random floats and a label of 0 or 1."""
    draw = random.Random(7)
    found = []
    for _ in range(count):
        features = {name: tf.train.Feature(float_list=tf.train.FloatList(value=[draw.random()])) for name in COLUMNS}
        features["label"] = tf.train.Feature(int64_list=tf.train.Int64List(value=[draw.randrange(2)]))
        found.append(tf.train.Example(features=tf.train.Features(feature=features)).SerializeToString())
    return found


class DnnTest(unittest.TestCase):
    def model_rows(self, job):
        """(model_id, model_info) of the chief; nobody else has written."""
        for key, task in job.tasks.items():
            if key[0] != "chief":
                self.assertEqual(task.results()[0], [], key)
        found = []
        for record in job.tasks["chief", 0].results()[0]:
            feature = tf.train.Example.FromString(record).features.feature
            self.assertEqual(sorted(feature), ["model_id", "model_info"])
            found.append((feature["model_id"].int64_list.value[0], feature["model_info"].bytes_list.value[0].decode()))
        return found

    def assert_model_predicts(self, model_rows):
        self.assertEqual([model_id for model_id, _ in model_rows], list(range(len(model_rows))))
        self.assertRegex(model_rows[0][1], r"^\d{10}\.zip$")
        archive = zipfile.ZipFile(io.BytesIO(b"".join(base64.b64decode(text) for _, text in model_rows[1:])))
        self.assertTrue({"variables/", "saved_model.pb", "variables/variables.index"} <= set(archive.namelist()))
        with tempfile.TemporaryDirectory() as folder:
            archive.extractall(folder)
            predict = tf.saved_model.load(folder).signatures["predict"]
            columns = {name: tf.constant([0.1, 0.5, 0.9]) for name in COLUMNS}
            self.assertEqual(sorted(predict.structured_input_signature[1]), sorted(COLUMNS))
            self.assertEqual(predict(**columns)["logits"].shape, (3, 1))

    def steps(self, job):
        folder = os.path.join(job.tasks["chief", 0].work_dir, "model_dir")
        return int(tf.train.load_checkpoint(folder).get_tensor("global_step"))

    def test_one_task(self):
        with Job(SCRIPT, rows(), 1, 0, component="TensorFlowBatchOp", user_params=PARAMS) as job:
            self.assert_model_predicts(self.model_rows(job))
            self.assertEqual(self.steps(job), 7)
            self.assertEqual(job.tasks["chief", 0].stderr().count("alinktf: warning: component TensorFlowBatchOp"), 1)
            self.assertIn("TensorFlow 1.15, this interpreter has TensorFlow " + tf.__version__,
                          job.tasks["chief", 0].stderr())

    def test_two_workers_with_a_parameter_server_export_what_both_have_trained(self):
        with Job(LATE_WORKER_SCRIPT, rows(), 2, 1, component="TensorFlowBatchOp", user_params=PARAMS) as job:
            self.assert_model_predicts(self.model_rows(job))
            self.assertEqual(self.steps(job), 8)  # 4 batches of 50 rows each

    def test_three_workers_with_all_reduce(self):
        with Job(SCRIPT, rows(), 3, 0, component="TensorFlowBatchOp", user_params=PARAMS) as job:
            self.assert_model_predicts(self.model_rows(job))
            self.assertEqual(self.steps(job), 3)  # 34 rows each, steps in common

    def test_the_component_for_tensorflow_2_needs_no_warning(self):
        with Job(SCRIPT, rows(), 1, 0, component="TensorFlow2BatchOp", user_params=PARAMS) as job:
            self.assert_model_predicts(self.model_rows(job))
            self.assertNotIn("alinktf: warning", job.tasks["chief", 0].stderr())

    def test_a_train_component_writes_the_model_itself(self):
        with Job(TRAIN_SCRIPT, rows(), 1, 0, component="TF2TableModelTrainBatchOp", user_params=PARAMS) as job:
            self.assert_model_predicts(self.model_rows(job))


if __name__ == "__main__":
    unittest.main()
