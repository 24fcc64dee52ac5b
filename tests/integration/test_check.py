"""What starts no job: check, schema, help and version."""

import json
import os
import re
import unittest

import support
from support import JobTest, script


class CheckTest(JobTest):
    def check(self, **keys) -> support.Ended:
        self.work.write_file("in.csv", "1,a,1.5\n")
        source = {"filePath": "in.csv", "schemaStr": "id long, s string, x double"}
        self.work.write_job(**{"input": source, **keys})
        return self.work.run("check", "job.json")

    def test_plan(self):
        ended = self.check(numWorkers=2, numPSs=1, select="*, id * 2 as twice")
        self.assert_done(ended)
        cluster = '{"ps": ["127.0.0.1:PORT"], "worker": ["127.0.0.1:PORT"], "chief": ["127.0.0.1:PORT"]}'
        for text in (
            "TensorFlow2BatchOp",
            support.PYTHON,
            '{"cluster": %s, "task": {"type": "chief", "index": 0}}' % cluster,
            '{"cluster": %s, "task": {"type": "worker", "index": 0}}' % cluster,
            '{"cluster": %s, "task": {"type": "ps", "index": 0}}' % cluster,
            "row k goes to worker k mod 2",
            '"id": tf.io.FixedLenFeature([], tf.int64)',
            '"s": tf.io.FixedLenFeature([], tf.string)',
            '"x": tf.io.FixedLenFeature([], tf.float32)',
            '"twice": tf.io.FixedLenFeature([], tf.int64)',
            "id BIGINT",
        ):
            self.assertIn(text, ended.out)
        self.assertEqual(ended.err, "")

    def test_starts_no_process_and_writes_nothing(self):
        starts = self.work.write_file("starts", f"#!/bin/sh\ntouch {self.work.file('started')}\n")
        os.chmod(starts, 0o755)
        self.assert_done(self.check(pythonEnv=starts))
        self.assertFalse(self.work.exists("started"))
        self.assertFalse(self.work.exists("out.csv"))

    def test_feature_spec_is_python(self):
        features = re.search(r"^  features = (\{.*?^  \})", self.check().out, re.M | re.S)

        class io:  # noqa: as in tf.io
            FixedLenFeature = staticmethod(lambda shape, dtype: (shape, dtype))

        tf = type("tf", (), {"io": io, "int64": "int64", "string": "string", "float32": "float32"})
        self.assertEqual(
            eval(features[1], {"tf": tf}), {"id": ([], "int64"), "s": ([], "string"), "x": ([], "float32")}
        )

    def test_problems_are_those_of_run(self):
        self.assert_failed(self.check(numWorkers=0), 3, "/numWorkers")
        self.assert_failed(self.check(pythonEnv="no/env"), 3, "no/env")
        self.assert_failed(self.check(input={"filePath": "none.csv", "schemaStr": "id long"}), 4, "none.csv")

    def test_an_existing_output_is_refused(self):
        self.work.write_file("old.csv", "old\n")
        self.assert_failed(self.check(output={"filePath": "old.csv"}), 6, "old.csv")
        self.assertEqual(self.work.read_file("old.csv"), "old\n")

    def test_bad_rows_at_the_beginning_are_found(self):
        self.assert_failed(self.check(input={"filePath": "in.csv", "schemaStr": "id long, s long, x double"}), 4, "in.csv", "line 1")

    def test_plan_for_programs(self):
        self.check()
        ended = self.work.run("check", "job.json", "--format", "json", "--workers", "2", "--work-dir", self.work.tmp)
        self.assert_done(ended)
        plan = json.loads(ended.out)
        self.assertEqual(plan["problems"], [])
        self.assertEqual(plan["python"]["path"], support.PYTHON)
        self.assertEqual([task["name"] for task in plan["tasks"]], ["chief:0", "worker:0"])
        self.assertEqual(plan["tasks"][1]["tfConfig"]["task"], {"type": "worker", "index": 0})
        self.assertEqual(plan["split"], {"readers": 2, "evenSplit": "pad"})
        self.assertEqual([feature["dtype"] for feature in plan["features"]], ["int64", "string", "float32"])
        self.assertEqual(plan["outputColumns"], [{"name": "id", "type": "BIGINT"}])
        self.assertEqual(plan["disk"]["folder"], self.work.tmp)
        self.assertGreater(plan["disk"]["neededBytes"], 0)
        self.assertTrue(plan["disk"]["exact"])

    def test_problems_for_programs(self):
        self.check()
        ended = self.work.run("check", "job.json", "--format", "json", "--set", "numWorker=2", "--set", "numPSs=-1")
        self.assert_failed(ended, 3, "numWorker", "numPSs")
        problems = json.loads(ended.out)["problems"]
        self.assertEqual(len(problems), 2)
        self.assertIn("did you mean 'numWorkers'", problems[0] + problems[1])

    def test_a_spool_that_cannot_fit_is_refused_before_anything_starts(self):
        starts = self.work.write_file("starts", f"#!/bin/sh\ntouch {self.work.file('started')}\n")
        os.chmod(starts, 0o755)
        source = {"format": "random", "numRows": 10**14, "numCols": 3}
        for command in ("check", "run"):
            with self.subTest(command=command):
                self.work.write_job(input=source, pythonEnv=starts)
                ended = self.work.run(command, "job.json")
                self.assert_failed(ended, 1, "work dir: the rows will take about", " free", "--work-dir")
                self.assertIn(self.work.tmp, ended.err)
                self.assertFalse(self.work.exists("started"))

    def test_script_problems_are_left_to_run(self):
        self.assert_done(self.check(mainScriptFile=script("fail")))


class InformationTest(JobTest):
    def test_schema(self):
        ended = self.work.run("schema")
        self.assert_done(ended)
        schema = json.loads(ended.out)
        self.assertEqual(schema["type"], "object")
        self.assertIn("TensorFlow2BatchOp", schema["properties"]["component"]["enum"])
        self.assertEqual(schema["properties"]["numWorkers"]["type"], "integer")
        self.assertFalse(schema["additionalProperties"])

    def test_help(self):
        for args in (["--help"], ["run", "--help"], ["check", "--help"]):
            with self.subTest(args=args):
                ended = self.work.run(*args)
                self.assert_done(ended)
                self.assertIn("job" if len(args) > 1 else "schema", ended.out)

    def test_version(self):
        root = os.path.join(support.TESTDATA, "..", "CMakeLists.txt")
        version = re.search(rb"project\(alinktf VERSION (\S+)", support.read(root))[1].decode()
        ended = self.work.run("--version")
        self.assert_done(ended)
        self.assertRegex(ended.out, rf"^alinktf {re.escape(version)}( |$)")


if __name__ == "__main__":
    unittest.main()
