"""Prediction: tables through SavedModels and model tables, in a child process that may crash."""

import json
import os
import shutil
import signal
import subprocess
import time

import tf
from tf import support

GOLDEN = os.path.join(support.TESTDATA, "golden", "jobs")
SCHEMA = "id long, a double, b long, s string"
ROWS = "1,1.5,3,x\n2,-2.0,4,a text that is longer than twenty-two bytes\n"


class PredictTest(tf.SavedModelTest):
    def job(self, **keys) -> str:
        job = {
            "component": "TFSavedModelPredictBatchOp",
            "input": {"filePath": "in.csv", "schemaStr": SCHEMA},
            "selectedCols": ["a", "b", "s"],
            "modelPath": self.model("plain"),
            "outputSchemaStr": "sum double, twice int, shout string, pair tensor, positive boolean",
            "output": {"filePath": "out.csv", "overwriteSink": True},
            "pythonEnv": tf.PYTHON,
        }
        job.update(keys)
        self.work.write_file("job.json", json.dumps({key: value for key, value in job.items() if value is not None}))
        return "job.json"

    def predict(self, rows: str = ROWS, *args: str, before: "list[str]" = (), **keys) -> support.Ended:
        self.work.write_file("in.csv", rows)
        return self.work.run("run", self.job(**keys), *args, before=before, timeout=tf.LIMIT)

    def predicted(self, rows: str = ROWS, *args: str, **keys) -> str:
        self.assert_done(self.predict(rows, *args, **keys))
        return self.work.read_file("out.csv")

    def test_threads_that_the_machine_refuses(self):
        """Wherever they run out, TensorFlow's own too, the job is done or says so, and its work dir goes."""
        nobody = self.as_nobody()
        refused = 0
        for limit in range(1, 40 if support.ALL else 12):
            with self.subTest(limit=limit):
                before = ["prlimit", f"--nproc={limit}", *nobody]
                ended = self.predict(before=before, threads=2)
                self.assertIn(ended.status, (0, 1, 5), ended.err)
                self.assert_clean()
                self.assertEqual(self.work.exists("out.csv"), ended.status == 0)
                refused += "start a thread (see ulimit -u" in ended.err
                if ended.status == 0:
                    os.remove(self.work.file("out.csv"))
        self.assertGreater(refused, 0)

    def test_an_engine_that_dies_while_rows_are_waited_for_is_noticed(self):
        keys = {"component": "TFSavedModelPredictStreamOp", "input": {"filePath": "-", "schemaStr": SCHEMA}}
        job = self.work.start("run", self.job(**keys), stdin=subprocess.PIPE)
        job.process.stdin.write(ROWS.encode())
        job.process.stdin.flush()
        self.assertTrue(support.wait_until(lambda: self.work.exists("out.csv.partial") and self.work.read_file("out.csv.partial"), tf.LIMIT))
        os.kill(job.tasks()[0], signal.SIGKILL)
        ended = job.wait(tf.LIMIT)
        job.process.stdin.close()
        self.assertEqual(ended.status, 5)
        self.assertIn("killed by signal 9 (SIGKILL)", ended.error)
        self.assertIn("the output is not complete: its first 2 rows are in ", ended.err)
        self.assert_clean()

    def test_the_work_dir_goes_with_a_runner_that_is_killed(self):
        keys = {"component": "TFSavedModelPredictStreamOp", "input": {"filePath": "-", "schemaStr": SCHEMA}}
        job = self.work.start("run", self.job(**keys), stdin=subprocess.PIPE)
        self.assertTrue(support.wait_until(self.work.work_dirs, tf.LIMIT))
        os.kill(job.runner, signal.SIGKILL)
        self.assertEqual(job.wait(tf.LIMIT).status, -signal.SIGKILL)
        job.process.stdin.close()
        self.assert_clean()

    def test_a_model_that_is_newer_than_the_library_is_explained(self):
        """Of the future: an operation that this TensorFlow does not know, saved by a later version."""
        shutil.copytree(self.model("net"), self.work.file("future"))
        path = self.work.file("future/saved_model.pb")
        graph = support.read(path)
        version = ".".join(map(str, tf.version())).encode()
        future = b"9" + version[1:]
        self.assertIn(version, graph)
        self.work.write_file(path, graph.replace(b"MatMul", b"NewMul").replace(version, future))
        ended = self.predict(
            "1 2 3\n", input={"filePath": "in.csv", "schemaStr": "x string"}, selectedCols=["x"], modelPath="future",
            outputSchemaStr="y double",
        )
        self.assert_failed(ended, 4, "was saved by TensorFlow 9.", "models must not be newer", "pythonEnv or tensorflowLibrary")

    def test_every_kind_of_output(self):
        self.assertEqual(
            self.predicted(),
            '1,1.5,3,x,4.5,6,x!,"FLOAT#1,2#1.5 3.0 ",true\n'
            "2,-2.0,4,a text that is longer than twenty-two bytes,2.0,8,"
            'a text that is longer than twenty-two bytes!,"FLOAT#1,2#-2.0 -4.0 ",false\n',
        )

    def test_outputs_take_the_place_of_columns_of_their_name(self):
        self.assertEqual(
            self.predicted(outputSchemaStr="a double, t string", outputSignatureDefs=["sum", "twice"], reservedCols=["id"]),
            "1,4.5,6\n2,2.0,8\n",
        )

    def test_no_reserved_columns_leave_the_outputs(self):
        self.assertEqual(self.predicted(outputSchemaStr="sum float", reservedCols=[]), "4.5\n2.0\n")

    def test_many_rows_in_order_through_several_processes_and_threads(self):
        rows = "".join(f"{i},{i}.0,{i % 7},r{i}\n" for i in range(5000))
        out = self.predicted(
            rows, outputSchemaStr="sum double, shout string", reservedCols=["id"], batchSize=64, threads=2, numWorkers=2
        )
        self.assertEqual(out, "".join(f"{i},{i + i % 7}.0,r{i}!\n" for i in range(5000)))

    def test_several_columns_feed_one_input(self):
        out = self.predicted(
            "1,2,3\n4,5,6\n",
            input={"filePath": "in.csv", "schemaStr": "p double, q int, r float"},
            selectedCols=["p", "q", "r"],
            modelPath=self.model("net"),
            outputSchemaStr="y double",
        )
        self.assertEqual(out, "1.0,2,3.0,321.0\n4.0,5,6.0,654.0\n")

    def test_whole_tensors_and_their_batches_of_several_entries(self):
        out = self.predicted(
            'one,1 2 3\ntwo,"$2 3$ 1,0,0,0,1,0"\n',
            input={"filePath": "in.csv", "schemaStr": "n string, x string"},
            selectedCols=["x"],
            modelPath=self.model("net"),
            outputSchemaStr="y string",
            reservedCols=["n"],
        )
        self.assertEqual(out, "one,321.0\ntwo,1.0 10.0\n")

    @tf.support.unittest.skipIf(tf.version() < (2, 3), "the golden model is one of TensorFlow 2.3")
    def test_a_model_and_predictions_of_alink(self):
        columns = [f"col{i}" for i in range(10)]
        with open(os.path.join(GOLDEN, "p1", "output.csv"), encoding="utf-8") as file:
            expected = file.read()
        out = self.predicted(
            "".join(line.rpartition(",")[0] + "\n" for line in expected.splitlines()),
            component="TFTableModelPredictBatchOp",
            input={"filePath": "in.csv", "schemaStr": "id long, " + ", ".join(name + " double" for name in columns)},
            selectedCols=columns,
            modelPath=None,
            modelFilePath=os.path.abspath(os.path.join(GOLDEN, "r2", "model.ak")),
            signatureDefKey="predict",
            outputSignatureDefs=["logits"],
            outputSchemaStr="logits double",
        )
        if tf.version() == (2, 3):
            self.assertEqual(out, expected)
        for ours, theirs in zip(out.splitlines(), expected.splitlines()):
            self.assertEqual(ours.rpartition(",")[0], theirs.rpartition(",")[0], "kept columns")
            self.assertAlmostEqual(float(ours.rpartition(",")[2]), float(theirs.rpartition(",")[2]), 6)

    def test_model_rows_in_every_format(self):
        for name in ("m.ak", "m.csv", "m.tfrecord", "m.jsonl", "m.csv.gz"):
            with self.subTest(name):
                converted = self.work.run("convert", self.model("plain"), name, "--from", "savedmodel")
                self.assert_done(converted)
                out = self.predicted(component="TFTableModelPredictBatchOp", modelPath=None, modelFilePath=name,
                                     outputSchemaStr="sum float", reservedCols=[])
                self.assertEqual(out, "4.5\n2.0\n")

    def test_model_rows_that_are_damaged_or_mixed_up(self):
        self.assert_done(self.work.run("convert", self.model("plain"), "m.csv", "--from", "savedmodel"))
        self.assert_done(self.work.run("convert", self.model("net"), "other.csv", "--from", "savedmodel"))
        name, *pieces = self.work.read_file("m.csv").splitlines(True)
        self.assertEqual(len(pieces), 1)
        for text, part in (
            (name, "row id 1: is missing, expected the first piece of a zip archive"),
            (pieces[0], "row id 0 is missing, expected the name of a zip archive"),
            (name + pieces[0] + pieces[0], "row id 1: stands twice; are there two models in one table?"),
            (name + self.work.read_file("other.csv"), "row id 0: stands twice; are there two models in one table?"),
            (name + pieces[0].replace("1,", "2,", 1), "row id 1: is missing, the next one is 2; the table is incomplete"),
            (name + pieces[0][:802] + "\n", "row id 1: the zip archive in it: byte "),
            (name + "1,no base64\n", "row id 1: found 'no base64' (9 bytes), expected a piece of a zip archive in base64"),
            ('0,"{}"\n' + pieces[0], "row id 0: found '{}', expected the name of a zip archive"),
            ("x,y\n", "found 'x'"),
        ):
            with self.subTest(part):
                self.work.write_file("bad.csv", text)
                ended = self.predict(component="TFTableModelPredictBatchOp", modelPath=None, modelFilePath="bad.csv")
                self.assertEqual(ended.status, 4, ended.error)
                self.assertIn(part, ended.error)
        self.assert_done(self.work.run("convert", "m.csv", "m.ak", "--schema", "model_id long, model_info string"))
        with open(self.work.file("m.ak"), "rb") as file:
            whole = file.read()
        with open(self.work.file("m.ak"), "wb") as file:
            file.write(whole[: len(whole) // 2])
        ended = self.predict(component="TFTableModelPredictBatchOp", modelPath=None, modelFilePath="m.ak")
        self.assertEqual(ended.status, 4, ended.error)
        self.assertIn("cut off", ended.error)

    def test_archives(self):
        shutil.make_archive(os.path.join(self.work.path, "plain"), "gztar", self.models, "plain")
        shutil.make_archive(os.path.join(self.work.path, "flat"), "zip", self.model("plain"))
        for name in ("plain.tar.gz", "flat.zip"):
            with self.subTest(name):
                out = self.predicted(modelPath=name, outputSchemaStr="sum float", reservedCols=[])
                self.assertEqual(out, "4.5\n2.0\n")

    def test_a_row_that_does_not_fit(self):
        ended = self.predict("1,1.0,2,x\n2,,2,y\n")
        self.assertEqual(ended.status, 4)
        self.assertIn("row 2: column 'a': it is null; the signature's input 'a' wants float32 of shape [-1]", ended.error)
        self.assertFalse(os.path.exists(os.path.join(self.work.path, "out.csv")))

    def test_a_row_that_the_model_refuses(self):
        ended = self.predict("1,1.0,2,x\n2,1.0,2000,y\n3,1.0,2,z\n")
        self.assertEqual(ended.status, 4)
        self.assertIn("row 2: ", ended.error)
        self.assertIn("b is too large", ended.error)

    def test_on_bad_row_covers_scoring(self):
        rows = "1,1.0,2,x\n2,,2,y\n3,1.0,2000,z\n4,1.0,zz,z\n5,2.0,2,z\n"
        source = {"filePath": "in.csv", "schemaStr": SCHEMA, "onBadRow": {"rejects": "rejects.csv"}}
        out = self.predicted(rows, input=source, outputSchemaStr="sum float", reservedCols=["id"])
        self.assertEqual(out, "1,3.0\n5,4.0\n")
        rejects = self.work.read_file("rejects.csv")
        for part in ("column 'a': it is null", "2,,2,y", "b is too large", "found 'zz'"):
            self.assertIn(part, rejects)

    def test_what_the_signature_has_is_told(self):
        for keys, part in (
            ({"outputSchemaStr": "summ double"}, "did you mean 'sum'?"),
            ({"selectedCols": ["a", "b"]}, "wants a: float32 of shape [-1]; b: int64 of shape [-1]; s: string"),
            ({"signatureDefKey": "serving"}, "/signatureDefKey: found 'serving', expected a signature of the model"),
            ({"graphDefTag": "train"}, "/graphDefTag: found 'train', expected the tags of a graph in the model: serve"),
        ):
            with self.subTest(keys):
                ended = self.predict(**keys)
                self.assertEqual(ended.status, 3)
                self.assertIn(part, ended.error)

    def test_models_that_cannot_be_read(self):
        os.mkdir(os.path.join(self.work.path, "broken"))
        self.work.write_file("broken/saved_model.pb", "this is no protocol buffer")
        self.work.write_file("model.zip", "this is no archive")
        for path in ("broken", "model.zip", "missing", self.models):
            with self.subTest(path):
                self.assertEqual(self.predict(modelPath=path).status, 4)

    def test_a_crash_of_the_engine_is_an_error_message(self):
        self.work.write_file("in.csv", "".join(f"{i},1.0,2,x\n" for i in range(2000000)))
        job = self.work.start("run", self.job(batchSize=8))
        support.kill(self.engine_of(job), signal.SIGABRT)
        ended = job.wait(tf.LIMIT)
        self.assertEqual(ended.status, 5)
        self.assertIn("killed by signal 6 (SIGABRT)", ended.error)

    def engine_of(self, job: support.Job) -> int:
        """The process of the only engine, once TensorFlow is in it."""
        (engine,) = support.wait_until(
            lambda: [pid for pid in job.tasks() if b"engine" in support.read(f"/proc/{pid}/cmdline")]
        )
        support.wait_until(lambda: b"tensorflow" in support.read(f"/proc/{engine}/maps"))
        return engine

    def test_an_engine_that_hangs_ends_the_job_as_a_stall(self):
        self.work.write_file("in.csv", "".join(f"{i},1.0,2,x\n" for i in range(2000000)))
        job = self.work.start("run", self.job(batchSize=8, stallTimeout="2s"), "--report", "report.json")
        engine = self.engine_of(job)
        support.kill(engine, signal.SIGSTOP)
        ended = job.wait(tf.LIMIT)
        self.assertEqual(ended.status, 7, ended.error)
        self.assertRegex(ended.err, f"warning nothing has happened for 1 s: engine:0 \\(pid {engine}\\) has ")
        self.assertRegex(
            ended.error,
            r"nothing has happened for 2 s \(stallTimeout\): no answer of any prediction engine and no CPU time used by "
            rf"any; engine:0 \(pid {engine}\) has (rows \d+ to \d+|the model to load) for \d+\.\d s, the process is "
            r"stopped",
        )
        self.assertFalse(os.path.exists(f"/proc/{engine}"))
        self.assertFalse(os.path.exists(os.path.join(self.work.path, "out.csv")))
        (told,) = json.loads(self.work.read_file("report.json"))["engines"]
        self.assertEqual((told["pid"], told["signal"], told["stopped_by_us"]), (engine, signal.SIGKILL, True))

    def test_a_model_that_loops_is_no_stall_and_ends_with_the_timeout(self):
        ended = self.predict(
            "".join(f"{i},{1 if i < 20 else -1},2,x\n" for i in range(24)),
            modelPath=self.model("endless"), selectedCols=["a"], outputSchemaStr="sum float",
            batchSize=8, stallTimeout="1s", timeout="30s" if tf.version() < (2, 0) else "15s",
        )
        self.assertEqual(ended.status, 7, ended.error)
        self.assertRegex(
            ended.error,
            r"the job did not end within its timeout of \d+ s; engine:0 \(pid \d+\) has rows 17 to 24 for \d+\.\d s, "
            r"the process is (computing|asleep)",
        )
        self.assertFalse(os.path.exists(os.path.join(self.work.path, "out.csv")))

    def test_waiting_for_rows_is_no_stall(self):
        read, write = os.pipe()
        job = self.work.start(
            "run",
            self.job(
                component="TFSavedModelPredictStreamOp", input={"filePath": "-", "schemaStr": SCHEMA, "format": "csv"},
                outputSchemaStr="sum float", reservedCols=["id"], stallTimeout="5s",
            ),
            stdin=read,
        )
        os.close(read)
        os.write(write, b"1,1.0,2,x\n")
        partial = os.path.join(self.work.path, "out.csv.partial")
        self.assertTrue(support.wait_until(lambda: support.read(partial) == b"1,3.0\n", tf.LIMIT / 4))
        over = time.monotonic() + 7
        support.wait_until(lambda: time.monotonic() > over)
        os.write(write, b"2,2.0,2,x\n")
        os.close(write)
        self.assert_done(job.wait(tf.LIMIT))
        self.assertEqual(self.work.read_file("out.csv"), "1,3.0\n2,4.0\n")

    def test_the_report_tells_of_the_engines(self):
        rows = "".join(f"{i},1.0,2,x\n" for i in range(1000))
        out = self.predicted(rows, "--report", "report.json", outputSchemaStr="sum float", numWorkers=2, batchSize=10)
        self.assertEqual(out.count("\n"), 1000)
        report = json.loads(self.work.read_file("report.json"))
        self.assertEqual(report["tasks"], [])
        self.assertEqual([each["engine"] for each in report["engines"]], ["engine:0", "engine:1"])
        self.assertEqual(sum(each["rows"] for each in report["engines"]), 1000)
        self.assertEqual(sum(each["batches"] for each in report["engines"]), 100)
        for each in report["engines"]:
            self.assertLessEqual(0, each["started"])
            self.assertLess(each["started"], each["ready"])
            self.assertLess(each["ready"], each["ended"])
            self.assertLessEqual(each["ended"], report["seconds"])
            self.assertLess(20 << 20, each["peak_memory_bytes"])
            self.assertLess(0, each["cpu_seconds"])
            self.assertLess(0, each["busy_seconds"])
            self.assertEqual((each["exit_status"], each["signal"], each["stopped_by_us"]), (0, None, False))

    def test_the_table_at_the_end_has_a_line_for_each_engine(self):
        ended = self.predict(numWorkers=2)
        self.assert_done(ended)
        for part in (r"engine +rows +batches", r"engine:0 +\d+ +\d+", r"engine:1 +\d+ +\d+.*exit status 0"):
            self.assertRegex(ended.err, part)

    def test_a_signal_stops_it(self):
        self.work.write_file("in.csv", "".join(f"{i},1.0,2,x\n" for i in range(2000000)))
        job = self.work.start("run", self.job(batchSize=8))
        support.wait_until(lambda: job.tasks())
        os.kill(job.front, signal.SIGTERM)
        self.assertEqual(job.wait(tf.LIMIT).status, -signal.SIGTERM)
        self.assertEqual(os.listdir(self.work.tmp), [], "unpacked models and the like")

    def test_rows_of_a_stream_come_out_as_they_come_in(self):
        read, write = os.pipe()
        job = self.work.start(
            "run",
            self.job(
                component="TFSavedModelPredictStreamOp",
                input={"filePath": "-", "schemaStr": SCHEMA, "format": "csv"},
                outputSchemaStr="sum float",
                reservedCols=["id"],
            ),
            stdin=read,
        )
        os.close(read)
        os.write(write, b"1,1.0,2,x\n")
        partial = os.path.join(self.work.path, "out.csv.partial")
        self.assertEqual(support.wait_until(lambda: support.read(partial) == b"1,3.0\n" and b"1", tf.LIMIT), b"1")
        os.write(write, b"2,2.0,2,x\n")
        os.close(write)
        self.assert_done(job.wait(tf.LIMIT))
        self.assertEqual(self.work.read_file("out.csv"), "1,3.0\n2,4.0\n")

    def test_check_shows_what_feeds_what(self):
        self.work.write_file("in.csv", ROWS)
        ended = self.work.run("check", self.job(), timeout=tf.LIMIT)
        self.assertEqual(ended.status, 0, ended.err)
        self.assertIn("a -> a: float32 of shape [-1]", ended.out)
        self.assertIn("sum: float32 of shape [-1] -> sum DOUBLE", ended.out)
        found = json.loads(self.work.run("check", "job.json", "--format", "json", timeout=tf.LIMIT).out)["prediction"]
        self.assertEqual(found["signatureDefKey"], "serving_default")
        self.assertEqual(found["inputs"][0]["columns"], ["a"])

    def test_show_lists_signatures(self):
        ended = self.work.run("show", self.model("net"))
        self.assertEqual(ended.status, 0, ended.err)
        self.assertIn("signature serving_default", ended.out)
        self.assertRegex(ended.out, r"inputs\s+x\s+float32\s+\[-1, 3\]")
        shown = json.loads(self.work.run("show", self.model("net"), "--format", "json").out)
        signature = shown["graphs"][0]["signatures"]["serving_default"]
        self.assertEqual(signature["inputs"]["x"]["shape"], [-1, 3])


if __name__ == "__main__":
    tf.main()
