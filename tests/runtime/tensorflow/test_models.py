"""The Keras models of akdl.models: trained in a task, written as rows, loaded again."""
import base64
import io
import json
import os
import random
import tempfile
import unittest
import zipfile

from cluster import Job, Task

import tensorflow as tf

TENSORFLOW_1 = tf.__version__.startswith("1.")
SCRIPT = '''
import os
from akdl.models.tf.%s import %s as model
def main(config):
    for name, text in %r.items():
        with open(os.path.join(config.work_dir, name), "w") as file:
            file.write(text)
    if os.path.exists(os.path.join(config.work_dir, "classes")):
        config.user_params["ALINK:bc_1"] = os.path.join(config.work_dir, "classes")
    model.main(config)
'''


def example(**columns):
    """Lists of floats become floats, integers an int64."""
    features = {}
    for name, value in columns.items():
        if isinstance(value, int):
            features[name] = tf.train.Feature(int64_list=tf.train.Int64List(value=[value]))
        else:
            features[name] = tf.train.Feature(float_list=tf.train.FloatList(value=value))
    return tf.train.Example(features=tf.train.Features(feature=features)).SerializeToString()


@unittest.skipUnless(TENSORFLOW_1, "this TensorFlow can train them")
class OldTensorFlowTest(unittest.TestCase):
    def test_tensorflow_1_is_told_in_one_line_what_to_install(self):
        params = {"batch_size": "16", "num_epochs": "2", "tensor_cols": "t", "tensorCol": "t", "labelCol": "y", "label_col": "y",
                  "model_config": "{\"layers\": []}"}
        files = {"tensor_shapes.txt": '{"t":[3,2],"y":[2]}', "tensor_types.txt": "{}"}
        for module in ("keras_sequential", "lstnet", "deepar"):
            files["tensor_shapes.txt"] = '{"t":[3,2],"y":[%d]}' % (3 if module == "deepar" else 2)
            with self.subTest(module=module), \
                    Task(SCRIPT % (module, module + "_main", files), component="TFTableModelTrainBatchOp", user_params=params) as task:
                task.go()
                failed = task.expect("failed")
                self.assertEqual(failed["exception"], "ImportError")
                self.assertRegex(failed["message"], r"^TensorFlow 1\.\S+ cannot .*TensorFlow 2.*: install 'tensorflow>=2\.3'")
                self.assertNotIn("\n", failed["message"])


@unittest.skipIf(TENSORFLOW_1, "for TensorFlow 2")
class ModelsTest(unittest.TestCase):
    def train(self, module, records, files, **params):
        """The signatures of the model that one task trains."""
        package = module.replace("_main", "")
        files = dict({"tensor_types.txt": "{}"}, **files)
        params = dict({"batch_size": "16", "num_epochs": "2"}, **params)
        with Job(SCRIPT % (package, module, files), records, 1, 0, component="TF2TableModelTrainBatchOp",
                 user_params=params) as job:
            task = job.tasks["chief", 0]
            infos = [tf.train.Example.FromString(record).features.feature["model_info"].bytes_list.value[0]
                     for record in task.results()[0]]
            archive = zipfile.ZipFile(io.BytesIO(b"".join(map(base64.b64decode, infos[1:]))))
            folder = tempfile.TemporaryDirectory()
            self.addCleanup(folder.cleanup)
            archive.extractall(folder.name)
            self.logs = task.logs()
        self.model = tf.saved_model.load(folder.name)
        self.assertEqual(sorted(self.model.signatures), ["predict", "serving_default"])
        return self.model.signatures["predict"]

    def sequential(self, labels, classes, **params):
        draw = random.Random(3)
        records = []
        for index in range(96):
            label = labels[index % len(labels)]
            records.append(example(t=[label + draw.random() / 4 for _ in range(6)], y=label))
        files = {"tensor_shapes.txt": '{"t":[3,2]}'}
        if classes:
            files["classes"] = "%d\n" % classes
        return self.train("keras_sequential_main", records, files, tensor_cols='["t"]', label_col="y",
                          # Not relu, whose units can be dead from the start on.
                          model_config=json.dumps({"layers": ["Flatten()", "Dense(8, activation='tanh')"]}), **params)

    def test_a_classifier_of_three_classes(self):
        predict = self.sequential([0, 1, 2], 3, num_epochs="60", optimizer="Adam(learning_rate=0.05)",
                                  label_type="long")
        found = predict(t=tf.constant([[[value] * 2] * 3 for value in (0.1, 1.1, 2.1)]))
        self.assertEqual(sorted(found), ["logits", "probabilities"])
        self.assertEqual(found["probabilities"].numpy().argmax(axis=1).tolist(), [0, 1, 2])

    def test_a_classifier_of_two_classes_keeps_its_best_weights(self):
        with tempfile.TemporaryDirectory() as model_dir:
            predict = self.sequential([0, 1], 2, label_type="int", validation_split="0.25", save_best_only="true",
                                      best_exporter_metric="auc", model_dir=model_dir)
            self.assertEqual(os.listdir(model_dir), ["model.ckpt-latest.weights.h5"])
        found = predict(t=tf.zeros([4, 3, 2]))
        self.assertEqual((found["logits"].shape, found["probabilities"].shape), ((4, 1), (4, 2)))
        self.assertIn("val_auc", self.logs)

    def test_a_regression(self):
        records = [example(t=[1.0, 2.0], y=[0.5])] * 20
        predict = self.train("keras_sequential_main", records, {"tensor_shapes.txt": '{"t":[2]}'}, tensor_cols="t",
                             label_col="y", label_type="double", model_config='["Dense(2)"]')
        self.assertEqual(predict(t=tf.zeros([4, 2]))["predictions"].shape, (4, 1))

    def test_lstnet(self):
        records = [example(t=[float(step % 4) for step in range(24)], y=[1.0, 2.0])] * 20
        config = {"filters": 4, "kernel": 3, "rnn_units": 4, "skip": 4, "skip_rnn_units": 2, "highway": 4}
        predict = self.train("lstnet_main", records, {"tensor_shapes.txt": '{"t":[12,2],"y":[2]}'}, tensorCol="t",
                             labelCol="y", model_config=json.dumps(config))
        self.assertEqual(predict(t=tf.zeros([3, 12, 2]))["pred"].shape, (3, 2))

    def test_deepar(self):
        for shape, expected in (("[6]", (3, 6, 2)), ("[1]", (3, 1, 2))):
            with self.subTest(label=shape):
                label = [1.0] * json.loads(shape)[0]
                records = [example(t=[0.5] * 12, y=label)] * 20
                files = {"tensor_shapes.txt": '{"t":[6,2],"y":%s}' % shape}
                predict = self.train("deepar_main", records, files, tensorCol="t", labelCol="y",
                                     model_config='{"hidden_size": 4}')
                pred = predict(t=tf.zeros([3, 6, 2]))["pred"]
                self.assertEqual(pred.shape, expected)
                self.assertGreaterEqual(pred.numpy()[..., 1].min(), 0)


if __name__ == "__main__":
    unittest.main()
