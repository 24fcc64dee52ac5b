"""alinktf serve: lines in, lines out, and TensorFlow Serving's REST API."""

import csv
import http.client
import json
import os
import re
import signal
import subprocess
import threading

import tf
from tf import support

SCHEMA = "a double, b long, s string"


class ServeTest(tf.SavedModelTest):
    # --- lines ---

    def lines(self, text: str, *args: str) -> support.Ended:
        self.work.write_file("lines", text)
        with open(self.work.file("lines"), "rb") as stdin:
            ended = self.work.run("serve", "--python", tf.PYTHON, *args, stdin=stdin, timeout=tf.LIMIT)
        self.assert_done(ended)
        return ended

    def test_lines_of_csv(self):
        ended = self.lines(
            "1.5,3,x\n-2,4,y\n",
            *("--model", self.model("plain"), "--inputSchemaStr", SCHEMA),
            *("--outputSchemaStr", "sum double, shout string", "--reservedCols", "s"),
        )
        self.assertEqual(ended.out, "x,4.5,x!\ny,2.0,y!\n")

    def test_lines_of_json_and_all_outputs(self):
        ended = self.lines(
            '{"x": "1 2 3"}\n{"x": "1 2"}\n{"x": "0 1 0"}\n',
            *("--model", self.model("net"), "--inputSchemaStr", "x string", "--from", "jsonl"),
        )
        answers = [json.loads(line) for line in ended.out.splitlines()]
        self.assertEqual([answer.get("y") for answer in answers], [321.0, None, 10.0])
        self.assertIn("found 2 values, but the signature wants float32 of shape [3]", answers[1]["error"])

    def test_a_line_that_is_bad_has_an_empty_answer_in_its_place(self):
        ended = self.lines(
            "1.5,3,x\nzz,3,x\n2.5,,x\n3.5,2000,x\n4.5,3,x\n",
            *("--model", self.model("plain"), "--inputSchemaStr", SCHEMA, "--outputSchemaStr", "sum double"),
            *("--set", "reservedCols=[]"),
        )
        self.assertEqual(ended.out, "4.5\n\n\n\n7.5\n")
        for part in ("row 2: ", "row 3: ", "row 4: ", "b is too large"):
            self.assertIn(part, ended.err)

    def test_a_line_is_answered_before_the_next_comes(self):
        job = self.work.start(
            *("serve", "--python", tf.PYTHON, "--model", self.model("plain"), "--inputSchemaStr", SCHEMA),
            *("--outputSchemaStr", "sum double", "--set", "reservedCols=[]"),
            stdin=subprocess.PIPE,
        )
        for number in range(3):
            job.process.stdin.write(b"%d,1,x\n" % number)
            job.process.stdin.flush()
            expected = "".join(f"{i + 1}.0\n" for i in range(number + 1)).encode()
            self.assertTrue(support.wait_until(lambda: support.read(job.paths[0]) == expected, tf.LIMIT))
        job.process.send_signal(signal.SIGTERM)
        self.assert_done(job.wait(tf.LIMIT))
        job.process.stdin.close()

    # --- pipelines ---

    def write_pipeline(self, *stages: dict) -> None:
        """p.ak as Alink saves a PipelineModel of the model `plain` with these parameters of each stage."""
        self.assert_done(self.work.run("convert", self.model("plain"), "model.csv", "--from", "savedmodel"))
        with open(self.work.file("model.csv"), encoding="ascii", newline="") as file:
            model = list(csv.reader(file))
        meta = [{"identifier": None, "params": {"params": {}}, "parent": -1}]
        rows = []
        for number, params in enumerate(stages, 1):
            meta.append(
                {
                    "identifier": "com.alibaba.alink.pipeline.tensorflow.TFTableModelPredictor",
                    "params": {"params": {key: json.dumps(value) for key, value in params.items()}},
                    "parent": 0,
                    "schemaIndices": [1, 0],
                    "colNames": ["model_id", "model_info"],
                }
            )
            rows += [[number, info, identifier] for identifier, info in model]
        rows.insert(0, [-1, json.dumps({"stages": json.dumps(meta)}), None])
        with open(self.work.file("p.csv"), "w", encoding="ascii", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(rows)
        self.assert_done(self.work.run("convert", "p.csv", "p.ak", "--schema", "id long, p0 string, p1 long"))

    def test_a_pipeline_runs_stage_by_stage(self):
        self.write_pipeline(
            {"selectedCols": ["a", "b", "s"], "outputSchemaStr": "sum double, twice long"},
            {
                "selectedCols": ["sum", "twice", "s"],
                "inputSignatureDefs": ["a", "b", "s"],
                "outputSignatureDefs": ["sum", "shout"],
                "outputSchemaStr": "total double, shout string",
                "reservedCols": ["a", "sum"],
            },
        )
        ended = self.lines("1.5,3,x\n-2,4,y\n", "--model", "p.ak", "--inputSchemaStr", SCHEMA)
        self.assertEqual(ended.out, "1.5,4.5,10.5,x!\n-2.0,2.0,10.0,y!\n")

    def test_a_pipeline_of_one_stage_over_http(self):
        self.write_pipeline({"selectedCols": ["a", "b", "s"], "outputSchemaStr": "sum double", "reservedCols": ["a"]})
        job, port = self.start_http("p.ak")
        body = {"inputs": {"a": [1.5], "b": [3], "s": ["x"]}}
        status, answer = self.ask(port, "POST", "/v1/models/p:predict", body)
        self.assertEqual((status, answer["outputs"]["sum"]), (200, [4.5]))
        self.end(job)

    def test_a_pipeline_whose_stages_do_not_fit_is_told(self):
        self.write_pipeline({"selectedCols": ["a", "b", "nothing"], "outputSchemaStr": "sum double"})
        ended = self.work.run(
            "serve", "--python", tf.PYTHON, "--model", "p.ak", "--inputSchemaStr", SCHEMA, timeout=tf.LIMIT
        )
        self.assertEqual(ended.status, 3)
        self.assertIn("nothing", ended.error)
        self.assert_clean()

    # --- HTTP ---

    def start_http(self, model: str, before: "list[str]" = ()) -> "tuple[support.Job, int]":
        """`model`: a file of ours, or one of the models."""
        path = model if self.work.exists(model) else self.model(model)
        job = self.work.start("serve", "--python", tf.PYTHON, "--model", path, "--http", "0", before=before)
        found = support.wait_until(
            lambda: job.process.poll() is not None or re.search(r"http://127.0.0.1:(\d+)/v1", job.err), tf.LIMIT
        )
        self.assertNotEqual(found, True, job.err)
        return job, int(found.group(1))

    def test_a_connection_that_the_machine_refuses_a_thread(self):
        nobody = self.as_nobody()
        job, port = self.start_http("net", before=nobody)
        limit = [*nobody, "prlimit", f"--pid={job.runner}"]
        subprocess.run([*limit, "--nproc=1:"], check=True)
        status, answer = self.ask(port, "GET", "/v1/models/net")
        self.assertEqual(status, 503)
        self.assertIn("start a thread", answer["error"])
        subprocess.run([*limit, "--nproc=1000:"], check=True)
        self.assertEqual(self.ask(port, "GET", "/v1/models/net")[0], 200)
        self.end(job)

    def test_nothing_is_left_whoever_is_killed(self):
        for who in ("front", "guardian", "runner", "engine"):
            with self.subTest(who):
                job, _ = self.start_http("net")
                pid = job.tasks()[0] if who == "engine" else getattr(job, who)
                os.kill(pid, signal.SIGKILL)
                # Without its guardian the runner is asked to end once or twice: in order, or at once.
                self.assertIn(job.wait(tf.LIMIT).status, {"engine": (5,), "guardian": (0, -signal.SIGTERM)}.get(who, (-signal.SIGKILL,)))
                self.assertTrue(support.wait_until(lambda: not self.work.survivors(), tf.LIMIT))
                self.assertTrue(support.wait_until(lambda: not self.work.work_dirs(), tf.LIMIT))

    def ask(self, port: int, method: str, path: str, body=None) -> "tuple[int, dict]":
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=tf.LIMIT)
        connection.request(method, path, json.dumps(body) if isinstance(body, dict) else body)
        response = connection.getresponse()
        answer = json.loads(response.read())
        connection.close()
        return response.status, answer

    def end(self, job: support.Job) -> None:
        job.process.send_signal(signal.SIGTERM)
        self.assert_done(job.wait(tf.LIMIT))

    def test_predict_status_and_metadata(self):
        job, port = self.start_http("net")
        url = "/v1/models/net"
        for body, expected in (
            ({"instances": [[1, 2, 3], [0.5, 0, 0]]}, {"predictions": [[321.0], [0.5]]}),
            ({"instances": [{"x": [1, 2, 3]}]}, {"predictions": [[321.0]]}),
            ({"inputs": [[1, 2, 3]]}, {"outputs": [[321.0]]}),
            ({"inputs": {"x": [[1, 2, 3]]}, "signature_name": "serving_default"}, {"outputs": [[321.0]]}),
        ):
            with self.subTest(body):
                self.assertEqual(self.ask(port, "POST", url + ":predict", body), (200, expected))
        status, answer = self.ask(port, "GET", url)
        self.assertEqual((status, answer["model_version_status"][0]["state"]), (200, "AVAILABLE"))
        status, answer = self.ask(port, "GET", url + "/metadata")
        signature = answer["metadata"]["signature_def"]["signature_def"]["serving_default"]
        self.assertEqual(signature["inputs"]["x"]["dtype"], "DT_FLOAT")
        self.assertEqual([dim["size"] for dim in signature["inputs"]["x"]["tensor_shape"]["dim"]], ["-1", "3"])
        self.end(job)

    def test_several_inputs_and_outputs(self):
        job, port = self.start_http("plain")
        body = {"instances": [{"a": 1.5, "b": 3, "s": "x"}, {"a": -2, "b": 4, "s": {"b64": "eXk="}}]}
        status, answer = self.ask(port, "POST", "/v1/models/plain:predict", body)
        self.assertEqual(status, 200, answer)
        self.assertEqual(
            answer["predictions"],
            [
                {"sum": 4.5, "twice": 6, "shout": "x!", "pair": [1.5, 3.0], "positive": True},
                {"sum": 2.0, "twice": 8, "shout": "yy!", "pair": [-2.0, -4.0], "positive": False},
            ],
        )
        self.end(job)

    def test_requests_that_do_not_fit_are_errors_of_their_own(self):
        job, port = self.start_http("plain")
        url = "/v1/models/plain:predict"
        good = {"a": 1, "b": 1, "s": "x"}
        for body in (
            "no json",
            "[1]",
            {},
            {"instances": []},
            {"instances": [1]},
            {"instances": [{"a": 1, "b": 1}]},
            {"instances": [dict(good, more=1)]},
            {"instances": [dict(good, a="x")]},
            {"instances": [dict(good, b=1.5)]},
            {"instances": [dict(good, b=2000)]},
            {"instances": [dict(good, a=[1, 2])]},
            {"instances": [good, dict(good, a=[1])]},
            {"inputs": {"a": [1], "b": [1], "s": ["x", "y"]}, "instances": [good]},
            {"signature_name": "other", "instances": [good]},
        ):
            with self.subTest(body):
                status, answer = self.ask(port, "POST", url, body)
                self.assertEqual((status, list(answer)), (400, ["error"]))
        self.assertEqual(self.ask(port, "POST", "/v1/models/other:predict", {"instances": [good]})[0], 404)
        self.assertEqual(self.ask(port, "GET", "/v2/models")[0], 400)
        self.assertEqual(self.ask(port, "POST", url, {"instances": [good]})[0], 200, "it goes on")
        self.end(job)

    def test_concurrent_clients_get_their_own_answers(self):
        job, port = self.start_http("net")
        wrong = []

        def client(number: int) -> None:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=tf.LIMIT)
            for i in range(50):
                connection.request("POST", "/v1/models/net:predict", json.dumps({"instances": [[number, i, 0]]}))
                answer = json.loads(connection.getresponse().read())
                if answer != {"predictions": [[float(number + 10 * i)]]}:
                    wrong.append(answer)
            connection.close()

        clients = [threading.Thread(target=client, args=(number,)) for number in range(8)]
        for each in clients:
            each.start()
        for each in clients:
            each.join()
        self.assertEqual(wrong, [])
        self.end(job)

    def ask_a_stopped_engine(self) -> "tuple[support.Job, int, http.client.HTTPConnection]":
        """The engine has got no answer out yet, and cannot before a CONT."""
        job, port = self.start_http("net")
        engine = job.tasks()[0]
        os.kill(engine, signal.SIGSTOP)
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=tf.LIMIT)
        connection.request("POST", "/v1/models/net:predict", json.dumps({"instances": [[1, 2, 3]]}))
        return job, engine, connection

    def test_a_request_whose_engine_dies_is_told(self):
        job, engine, connection = self.ask_a_stopped_engine()
        os.kill(engine, signal.SIGKILL)
        response = connection.getresponse()
        self.assertEqual((response.status, list(json.loads(response.read()))), (503, ["error"]))
        connection.close()
        self.assert_engine_was_killed(job, "SIGKILL")

    def test_a_request_in_flight_is_answered_before_the_end(self):
        job, engine, connection = self.ask_a_stopped_engine()
        job.process.send_signal(signal.SIGTERM)
        os.kill(engine, signal.SIGCONT)
        response = connection.getresponse()
        self.assertEqual((response.status, json.loads(response.read())), (200, {"predictions": [[321.0]]}))
        connection.close()
        self.assert_done(job.wait(tf.LIMIT))

    def test_an_engine_that_dies_while_nobody_asks_is_noticed(self):
        lines = ("serve", "--python", tf.PYTHON, "--model", self.model("plain"), "--inputSchemaStr", SCHEMA)
        for serves in ("lines", "http"):
            with self.subTest(serves):
                job = self.start_http("net")[0] if serves == "http" else self.work.start(*lines, stdin=subprocess.PIPE)
                engine = support.wait_until(job.tasks, tf.LIMIT)[0]
                os.kill(engine, signal.SIGABRT)
                self.assert_engine_was_killed(job, "SIGABRT")
                if job.process.stdin:
                    job.process.stdin.close()

    def assert_engine_was_killed(self, job: support.Job, signal_name: str) -> None:
        ended = job.wait(tf.LIMIT)
        self.assertEqual(ended.status, 5)
        self.assertRegex(ended.error, rf"the prediction engine \(pid \d+\) ended: killed by signal \d+ \({signal_name}\)")
        self.assert_clean()


if __name__ == "__main__":
    tf.main()
