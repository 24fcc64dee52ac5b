"""Strategies over several tasks, and an Estimator with an evaluator."""

import tf

# Estimators are in TensorFlow up to 2.15.
ESTIMATOR = '''\
import json, os
import tensorflow as tf

COLUMNS = {"id": tf.io.FixedLenFeature([], tf.int64)}

def rows(config):
    return config.dataset().map(lambda record: ({"x": tf.io.parse_single_example(record, COLUMNS)["id"]}, 1.0)).repeat().batch(4)

def main(config):
    x = tf.feature_column.numeric_column("x")
    estimator = tf.estimator.LinearRegressor([x], model_dir=os.path.join(config.user_params["out"], "model"),
        config=tf.estimator.RunConfig(save_checkpoints_steps=10))
    evaluated = lambda: tf.data.Dataset.from_tensors(({"x": [1, 2]}, [1.0, 1.0]))
    tf.estimator.train_and_evaluate(estimator,
        tf.estimator.TrainSpec(lambda: rows(config), max_steps=20),
        tf.estimator.EvalSpec(evaluated, steps=1, start_delay_secs=0, throttle_secs=0))
    with open(os.path.join(config.user_params["out"], config.task_type), "w") as file:
        file.write(str(os.path.isdir(estimator.eval_dir())))
'''

MULTI_WORKER = '''\
import os
import tensorflow as tf

COLUMNS = {"id": tf.io.FixedLenFeature([], tf.int64)}

def parse(record):
    x = tf.cast(tf.io.parse_single_example(record, COLUMNS)["id"], tf.float32)
    return tf.reshape(x, [1]), tf.reshape(x, [1])

def main(config):
    strategy = tf.distribute.MultiWorkerMirroredStrategy()
    keras = tf.keras
    with strategy.scope():
        model = keras.Sequential([keras.layers.Dense(1, input_shape=(1,))])
        model.compile("sgd", "mse")
    model.fit(config.dataset().map(parse).batch(2), epochs=2, verbose=0)
    if config.task_type == "chief":
        config.output_writer.write({"id": 7})
'''


class RolesTest(tf.TensorFlowTest):
    def run_script(self, text: str, rows: int = 8, **keys) -> tf.support.Ended:
        self.work.write_file("in.csv", "".join(f"{number % 3}\n" for number in range(rows)))
        self.work.write_job(
            mainScriptFile=self.work.write_file("script.py", text),
            userParams={"out": self.work.path},
            pythonEnv=tf.PYTHON,
            timeout="8m",
            **keys,
        )
        return self.work.run("run", "job.json", timeout=tf.LIMIT)

    @tf.support.unittest.skipUnless((2, 0) <= tf.version() < (2, 16), "needs the Estimator of TensorFlow 2")
    def test_an_evaluator_evaluates_the_last_checkpoint_and_ends_by_itself(self):
        ended = self.run_script(ESTIMATOR, numEvaluators=1)
        self.assert_done(ended)
        self.assertEqual(self.work.read_file("evaluator"), "True")

    def test_all_reduce_over_two_workers(self):
        keras = {"TF_USE_LEGACY_KERAS": "1"} if tf.version() >= (2, 16) else {}
        self.assert_done(self.run_script(MULTI_WORKER, numWorkers=2, env=keras))
        self.assertEqual(self.work.read_file("out.csv"), "7\n")

    @tf.support.unittest.skipUnless(tf.version() >= (2, 16), "needs Keras 3")
    def test_keras_3_under_all_reduce_is_refused_with_advice(self):
        ended = self.run_script(MULTI_WORKER, numWorkers=2)
        self.assert_failed(ended, 5, "Keras 3 cannot train under MultiWorkerMirroredStrategy", "TF_USE_LEGACY_KERAS")


if __name__ == "__main__":
    tf.main(least=(2, 4))
