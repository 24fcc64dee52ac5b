"""Alink's documented DNN example on an Estimator: one task, parameter server, all-reduce."""
import base64
import io
import json
import os
import random
import re
import sys
import tempfile
import unittest
import zipfile

from cluster import Job, Task, fake_runner

import tensorflow as tf

sys.path.insert(0, fake_runner.RUNTIME)

from akdl.runner import tf_helper  # noqa: E402

TENSORFLOW_1 = tf.__version__.startswith("1.")
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
OUTPUTS = ["all_class_ids", "all_classes", "class_ids", "classes", "logistic", "logits", "probabilities"]
# As on TensorFlow 2.16 and later.
NO_ESTIMATOR = "from akdl.runner import tf_helper\ntf_helper.has_estimator = lambda: False\n"
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


def example(**features):
    return tf.train.Example(features=tf.train.Features(feature=features)).SerializeToString()


def integer(value):
    return tf.train.Feature(int64_list=tf.train.Int64List(value=[value]))


def floats(values):
    return tf.train.Feature(float_list=tf.train.FloatList(value=values))


def easy_rows(count=300):
    """All ten columns say the label."""
    draw = random.Random(7)
    found = []
    for _ in range(count):
        label = draw.randrange(2)
        found.append(example(label=integer(label), **{name: floats([label * 0.5 + draw.random() / 2])
                                                      for name in COLUMNS}))
    return found


def tensor_rows(count=64):
    draw = random.Random(7)
    return [example(label=integer(draw.randrange(2)), t=floats([draw.random() for _ in range(10)]))
            for _ in range(count)]


class ModelTest(unittest.TestCase):
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

    def load(self, model_rows):
        """The model that the rows hold."""
        archive = zipfile.ZipFile(io.BytesIO(b"".join(base64.b64decode(text) for _, text in model_rows[1:])))
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        archive.extractall(folder.name)
        return tf.saved_model.load(folder.name)

    def assert_model_predicts(self, model_rows):
        self.assertEqual([model_id for model_id, _ in model_rows], list(range(len(model_rows))))
        self.assertRegex(model_rows[0][1], r"^\d{10}\.zip$")
        archive = zipfile.ZipFile(io.BytesIO(b"".join(base64.b64decode(text) for _, text in model_rows[1:])))
        self.assertTrue({"variables/", "saved_model.pb", "variables/variables.index"} <= set(archive.namelist()))
        with tempfile.TemporaryDirectory() as folder:
            archive.extractall(folder)
            with tf.Graph().as_default(), tf.compat.v1.Session() as session:
                meta_graph = tf.compat.v1.saved_model.load(session, ["serve"], folder)
                predict = meta_graph.signature_def["predict"]
                self.assertEqual(sorted(predict.outputs), OUTPUTS)
                self.assertEqual(sorted(predict.inputs), sorted(COLUMNS))
                columns = {tensor.name: [0.1, 0.5, 0.9] for tensor in predict.inputs.values()}
                self.assertEqual(session.run(predict.outputs["logits"].name, columns).shape, (3, 1))


@unittest.skipUnless(tf_helper.has_estimator(), "this TensorFlow has no Estimator")
class DnnTest(ModelTest):
    def steps(self, job):
        folder = os.path.join(job.tasks["chief", 0].work_dir, "model_dir")
        return int(tf.train.load_checkpoint(folder).get_tensor("global_step"))

    def test_one_task(self):
        with Job(SCRIPT, rows(), 1, 0, component="TensorFlowBatchOp", user_params=PARAMS) as job:
            self.assert_model_predicts(self.model_rows(job))
            self.assertEqual(self.steps(job), 7)
            warnings = re.findall(r"alinktf: warning: (.*)", job.tasks["chief", 0].stderr())
            if TENSORFLOW_1:
                self.assertEqual(warnings, [])
            else:
                self.assertEqual(len(warnings), 1)
                self.assertIn("TensorFlow 1.15, this interpreter has TensorFlow " + tf.__version__, warnings[0])

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


@unittest.skipIf(TENSORFLOW_1, "for TensorFlow 2.16 and later, tried on any TensorFlow 2")
class WithoutEstimatorTest(ModelTest):
    def test_one_task(self):
        for component in ("TensorFlow2BatchOp", "TensorFlowBatchOp"):
            with self.subTest(component=component):
                with Job(NO_ESTIMATOR + SCRIPT, rows(), 1, 0, component=component, user_params=PARAMS) as job:
                    self.assert_model_predicts(self.model_rows(job))

    def test_three_workers_learn_together(self):
        params = dict(PARAMS, num_epochs="30")
        with Job(NO_ESTIMATOR + SCRIPT, easy_rows(), 3, 0, component="TensorFlow2BatchOp", user_params=params) as job:
            model = self.load(self.model_rows(job))
            columns = {name: tf.constant([0.05, 0.95]) for name in COLUMNS}
            found = model.signatures["predict"](**columns)
            self.assertEqual(found["class_ids"].numpy().tolist(), [[0], [1]])
            self.assertEqual(found["classes"].numpy().tolist(), [[b"0"], [b"1"]])
            self.assertGreater(found["probabilities"].numpy()[1, 1], 0.8)

    def test_a_tensor_column(self):
        script = (NO_ESTIMATOR + "from akdl.models.tf.dnn import dnn_tensor\ndef main(config):\n"
                  "    with open(config.work_dir + '/tensor_shapes.txt', 'w') as file:\n"
                  "        file.write('{\"t\":[2,5]}')\n    dnn_tensor.dnn_tensor(config)\n")
        params = {"tensorCol": "t", "labelCol": "label", "batch_size": "16", "num_epochs": "1"}
        with Job(script, tensor_rows(), 1, 0, component="TF2TableModelTrainBatchOp", user_params=params) as job:
            predict = self.load(self.model_rows(job)).signatures["predict"]
            self.assertEqual(predict(t=tf.zeros([3, 2, 5]))["logits"].shape, (3, 1))

    def test_parameter_servers_are_refused_in_one_line(self):
        cluster = {"ps": ["127.0.0.1:1"], "chief": ["127.0.0.1:2"]}
        with Task(NO_ESTIMATOR + SCRIPT, records=rows(4), cluster=cluster, num_pss=1, user_params=PARAMS) as task:
            task.go()
            failed = task.expect("failed")
        self.assertEqual(failed["exception"], "ImportError")
        self.assertRegex(failed["message"], r"has no Estimator.*install 'tensorflow<2.16'.*numPSs to 0")
        self.assertNotIn("\n", failed["message"])


if __name__ == "__main__":
    unittest.main()
