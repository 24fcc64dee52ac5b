"""Streams under TensorFlow's strategies, each with real tasks."""

import csv
import io
import json
import os
import re
import tempfile

import tf

PAGE = os.path.join(tf.support.TESTDATA, "..", "docs", "streams.md")

SERVE = """
import os
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
import tensorflow as tf

def parse(records):
    return tf.io.parse_example(records, {"x": tf.io.FixedLenFeature([], tf.int64)})["x"]
"""
MIRRORED = SERVE + "from akdl.engine.eager import make_strategy\n"
KERAS = (
    MIRRORED
    + """
def main(config):
    strategy = make_strategy(tf)
    assert isinstance(strategy, tf.distribute.experimental.MultiWorkerMirroredStrategy)
    if config.user_params["columns"]:
        batches = config.dataset_fn(format="columns", batch_size=20).map(lambda row: row["x"])
    else:
        batches = config.dataset_fn().batch(20).map(parse)
    pairs = batches.map(lambda x: (tf.cast(x[:, None], tf.float32) / 1000, tf.cast(x[:, None], tf.float32) / 500))
    with strategy.scope():
        model = tf.keras.Sequential([tf.keras.layers.Dense(1, input_shape=(1,))])
        model.compile("sgd", "mse")
    model.fit(pairs, verbose=0)
    config.output_writer.write({"task": config.tf_context.identity, "count": int(model.optimizer.iterations.numpy())})
"""
)
LOOP = (
    MIRRORED
    + """
def main(config):
    strategy = make_strategy(tf)
    assert isinstance(strategy, tf.distribute.experimental.MultiWorkerMirroredStrategy)
    batches = strategy.experimental_distribute_dataset(config.dataset_fn().batch(20).map(parse))

    @tf.function
    def step(batch):
        return strategy.reduce("SUM", strategy.run(lambda x: tf.size(x), (batch,)), axis=None)

    count = sum(int(step(batch)) for batch in batches)
    config.output_writer.write({"task": config.tf_context.identity, "count": count})
"""
)
COORDINATOR = (
    SERVE
    + """
def main(config):
    resolver = tf.distribute.cluster_resolver.TFConfigClusterResolver()
    if config.task_type in ("worker", "ps"):
        tf.distribute.Server(resolver.cluster_spec(), job_name=config.task_type, task_index=config.task_index,
                             protocol="grpc", start=True).join()
    strategy = tf.distribute.ParameterServerStrategy(resolver)
    coordinator = tf.distribute.coordinator.ClusterCoordinator(strategy)
    with strategy.scope():
        seen = tf.Variable(0, dtype=tf.int64)

    def rows():
        counts = config.dataset_fn().batch(20).map(lambda batch: tf.shape(batch, tf.int64)[0])
        return counts.concatenate(tf.data.Dataset.from_tensors(tf.constant(0, tf.int64)).repeat())

    iterator = iter(coordinator.create_per_worker_dataset(rows))

    @tf.function
    def step(iterator):
        rows = next(iterator)
        seen.assign_add(rows)
        return rows

    while True:
        steps = [coordinator.schedule(step, (iterator,)) for _ in range(20)]
        coordinator.join()
        if not any(int(each.fetch()) for each in steps):
            break
    config.output_writer.write({"task": config.tf_context.identity, "count": int(seen)})
"""
)
DRAIN = """
import os
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
import tensorflow as tf

SPEC = {"x": tf.io.FixedLenFeature([], tf.int64)}

WAYS = {
    "records": lambda config: config.dataset_fn(),
    "alink": lambda config: config.tf_context.flink_stream_dataset(),
    "parsed": lambda config: config.dataset_fn().batch(1).map(lambda batch: tf.io.parse_example(batch, SPEC)).prefetch(2),
    "batched": lambda config: config.dataset_fn(batched=True),
    "columns": lambda config: config.dataset_fn(format="columns"),
    "batches": lambda config: config.dataset_fn(format="columns", batch_size=2),
}

def elements(dataset):
    if tf.executing_eagerly():
        for element in dataset:
            yield element
    else:
        element = tf.compat.v1.data.make_one_shot_iterator(dataset).get_next()
        with tf.compat.v1.Session() as session:
            while True:
                try:
                    yield session.run(element)
                except tf.errors.OutOfRangeError:
                    return

def rows_of(element):
    value = element["x"] if isinstance(element, dict) else element
    return len(value) if len(getattr(value, "shape", ())) else 1
"""
TOLD = (
    DRAIN
    + """
def main(config):
    count, said = 0, "ended"
    try:
        for element in elements(WAYS[config.user_params["way"]](config)):
            count += rows_of(element)
    except tf.errors.OpError as error:
        said = error.message
    config.output_writer.write({"task": said, "count": count})
"""
)
ECHO = (
    DRAIN
    + """
def main(config):
    for element in elements(WAYS[config.user_params["way"]](config)):
        config.output_writer.write({"task": "row", "count": rows_of(element)})
"""
)
ALL_COLUMNS = (
    DRAIN
    + """
import json

def main(config):
    for rows in elements(config.dataset_fn(format="columns", batch_size=3)):
        found = {}
        for name, values in rows.items():
            values = getattr(values, "numpy", lambda: values)()
            found[name] = [value.decode() if isinstance(value, bytes) else value for value in values.tolist()]
        config.output_writer.write({"task": json.dumps(found), "count": len(found["i"])})
"""
)
ESTIMATOR = "from akdl.models.tf.dnn.dnn_stream import main\n"


class StreamsTest(tf.TensorFlowTest):
    def end_of(self, script: str, rows: int = 0, text: "str | None" = None, args=(), **keys) -> tf.support.Ended:
        """A job whose script is `script`, with `rows` rows, `x` 0, 1, 2 …, or those of `text`."""
        self.work.write_file("in.csv", "".join("%d\n" % n for n in range(rows)) if text is None else text)
        self.write_job(script, **keys)
        return self.work.run("run", "job.json", *args, timeout=tf.LIMIT)

    def write_job(self, script: str, **keys) -> None:
        self.work.write_file("script.py", script)
        job = {
            "component": "TensorFlow2StreamOp",
            "mainScriptFile": "script.py",
            "input": {"filePath": "in.csv", "schemaStr": "x long"},
            "outputSchemaStr": "task string, count long",
            "output": {"filePath": "out.csv", "overwriteSink": True},
            "pythonEnv": tf.PYTHON,
        }
        self.work.write_job(**dict(job, **keys))

    def run_script(self, text: str, rows: int = 0, **keys) -> "list[list[str]]":
        """The rows that come out."""
        self.assert_done(self.end_of(text, rows, **keys))
        return sorted(csv.reader(io.StringIO(self.work.read_file("out.csv"))))

    @tf.needs((2, 3), "shares that differ")
    def test_keras_under_multi_worker_mirrored_strategy(self):
        # Each replica takes at most 10 rows a step; with 201 rows the chief has one step more than the worker, which
        # takes part in it without rows.
        env = {} if tf.version() < (2, 16) else {"TF_USE_LEGACY_KERAS": "1"}  # Keras 3 cannot do it
        for columns, rows, steps in (False, 201, 11), (True, 200, 10):
            with self.subTest(columns=columns):
                found = self.run_script(KERAS, rows, numWorkers=2, env=env, userParams={"columns": columns})
                self.assertEqual([row[0] for row in found], ["worker:0", "worker:1"])
                self.assertEqual(found[0][1], found[1][1])
                self.assertGreaterEqual(int(found[0][1]), steps)

    @tf.needs((2, 3), "strategies in plain loops")
    def test_a_loop_under_multi_worker_mirrored_strategy(self):
        rows = 201 if tf.version() >= (2, 4) else 200  # 2.3 waits for ever where shares differ, of any dataset
        self.assertEqual(self.run_script(LOOP, rows, numWorkers=2), [["worker:0", str(rows)], ["worker:1", str(rows)]])

    @tf.needs((2, 4), "the strategies that are no longer experimental")
    def test_a_coordinator_gets_all_rows(self):
        found = self.run_script(COORDINATOR, 1000, numWorkers=3, numPSs=1, dataTo="chief")
        self.assertEqual(found, [["worker:0", "1000"]])

    def test_columns_come_in_batches_of_the_asked_size(self):
        schema = "i long, f double, s string, b boolean, v vector"
        text = "".join("%d,%s,t%d,%s,%d %d\n" % (n, "" if n == 6 else n / 2, n, n % 2 == 0, n, -n) for n in range(14))
        text = text.replace(",t4,", ",,")
        self.write_job(ALL_COLUMNS, input={"filePath": "in.csv", "schemaStr": schema}, numWorkers=2)
        self.work.write_file("in.csv", text)
        ended = self.work.run("run", "job.json", *tf.component("TensorFlow2StreamOp"), "--report", "report", timeout=tf.LIMIT)
        self.assert_done(ended)
        batches = [(json.loads(said), int(count)) for said, count in csv.reader(io.StringIO(self.work.read_file("out.csv")))]
        for worker in 0, 1:
            mine = [(rows, count) for rows, count in batches if rows["i"][0] % 2 == worker]
            self.assertEqual([count for _, count in mine], [3, 3, 1])
            numbers = [number for rows, _ in mine for number in rows["i"]]
            self.assertEqual(numbers, list(range(worker, 14, 2)))
            self.assertEqual([v for rows, _ in mine for v in rows["v"]], [[n, -n] for n in numbers])
            self.assertEqual([b for rows, _ in mine for b in rows["b"]], [n % 2 == 0 for n in numbers])
            self.assertEqual([s for rows, _ in mine for s in rows["s"]], ["" if n == 4 else "t%d" % n for n in numbers])
            floats = [f for rows, _ in mine for f in rows["f"]]
            self.assertEqual([f for f in floats if f == f], [n / 2 for n in numbers if n != 6])
            self.assertEqual(len(floats), 7)
        counts = json.loads(self.work.read_file("report"))["rows"]
        self.assertEqual((counts["read"], counts["sent"], counts["received"], counts["unread"]), (14, 14, 14, 0))

    @tf.needs((2, 0), "loops over datasets")
    def test_the_examples_of_the_page(self):
        with open(PAGE, encoding="utf-8") as file:
            page = file.read()
        (job,) = re.findall(r"^```jsonc\n(.*?)^```$", page, re.M | re.S)
        scripts = re.findall(r"^```python\n(.*?)^```$", page, re.M | re.S)[:2]
        for number, text in enumerate(scripts):
            with self.subTest(number=number):
                self.work.write_file("score.py", text)
                self.work.write_file("job.json", job)
                args = ("--python", tf.PYTHON, "--set", "output.overwriteSink=true")
                with tempfile.TemporaryFile() as rows:
                    rows.write(b"1,0.5\n2,-3\n")
                    rows.seek(0)
                    self.assert_done(self.work.run("run", "job.json", *args, stdin=rows, timeout=tf.LIMIT))
                self.assertEqual(self.work.read_file("scores.csv"), "1,1.0\n2,-6.0\n")

    def test_a_line_reaches_the_loop_and_its_result_the_output_though_none_follows(self):
        """How fast they do is measured by scripts/bench latency."""
        for way in "records", "batched", "columns":
            with self.subTest(way=way):
                ours, theirs = os.pipe()
                keys = {"input": {"filePath": "-", "format": "csv", "schemaStr": "x long"}, "userParams": {"way": way}}
                self.write_job(ECHO, output={"filePath": way + ".csv"}, **keys)
                job = self.work.start("run", "job.json", *tf.component("TensorFlow2StreamOp"), stdin=ours)
                os.close(ours)
                text = ""
                for number in range(5):
                    os.write(theirs, b"%d\n" % number)
                    text += "row,1\n"
                    self.assertTrue(tf.support.wait_until(lambda: self.so_far(way + ".csv.partial") == text, tf.LIMIT))
                os.close(theirs)
                self.assert_done(job.wait())

    def so_far(self, name: str) -> str:
        return self.work.read_file(name) if self.work.exists(name) else ""

    @tf.needs((2, 4), "the strategies that are no longer experimental")
    def test_a_coordinator_without_all_rows_is_an_error(self):
        ended = self.end_of(COORDINATOR, 1000, numWorkers=3, numPSs=1)
        self.assertEqual(ended.status, 5, ended.err)
        self.assertIn("chief:0", ended.error)
        self.assertIn('"dataTo": "chief"', ended.error)
        self.assert_clean()

    def test_a_bad_row_is_an_error_of_the_dataset_behind_the_rows_before_it(self):
        component = tf.component("TensorFlow2StreamOp")
        for way in "records", "alink", "parsed", "batched", "columns", "batches":
            with self.subTest(way=way):
                output = {"filePath": way + ".csv"}
                ended = self.end_of(TOLD, text="1\n2\n3\nx\n", userParams={"way": way}, output=output, args=component)
                self.assertEqual(ended.status, 4, ended.err)
                self.assertIn("line 4, column 'x' (BIGINT): found 'x'", ended.error)
                self.assertIn("its first 1 rows are in", ended.err)
                (said, count), = csv.reader(io.StringIO(self.work.read_file(way + ".csv.partial")))
                self.assertIn("the input failed after 3 rows: ", said)
                self.assertIn("in.csv: line 4, column 'x'", said)
                self.assertEqual(count, "3")
                self.assert_clean()

    def test_a_script_that_fails_because_of_a_bad_row_is_not_the_cause(self):
        text = DRAIN + "\ndef main(config):\n    for row in elements(config.dataset_fn()):\n        pass\n"
        ended = self.end_of(text, text="1\nx\n", args=tf.component("TensorFlow2StreamOp"))
        self.assertEqual(ended.status, 4, ended.err)
        self.assertIn("line 2", ended.error)
        self.assertNotIn("script failed", ended.err)

    def test_an_estimator_with_a_parameter_server(self):
        keys = dict(
            component="TensorFlowStreamOp",
            input={"format": "random", "numRows": 400, "numCols": 2},
            select="*, case when col0 > 0.5 then 1. else 0. end as label",
            outputSchemaStr="model_id long, model_info string",
            userParams={"featureCols": '["col0", "col1"]', "labelCol": "label", "batch_size": 16, "num_epochs": 1},
            numWorkers=2,
            numPSs=1,
        )
        if tf.version() >= (2, 16):
            ended = self.end_of(ESTIMATOR, **keys)
            self.assertEqual(ended.status, 5, ended.err)
            self.assertIn("has no Estimator", ended.err)
            return
        found = self.run_script(ESTIMATOR, **keys)
        self.assertGreater(len(found), 1)
        self.assertTrue(found[0][1].endswith(".zip"))


if __name__ == "__main__":
    tf.main()
