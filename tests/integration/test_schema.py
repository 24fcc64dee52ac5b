"""The JSON Schema that `alinktf schema` prints, in a real validator: what it takes and refuses is what the program does.

The validator is the package jsonschema, which .venv has; without it the tests are skipped.
"""

import glob
import json
import os
import re
import subprocess
import sys
import unittest

import support

VENV = os.environ.get("ALINKTF_TENSORFLOW_PYTHON", "")
MODULE = "jsonschema"
DOCS = os.path.join(support.TESTDATA, "..", "docs")
CSV = {"filePath": "in.csv", "schemaStr": "id long"}

# What is right in the one is right in the other.
RIGHT = (
    {},
    {"$schema": "alinktf.schema.json"},
    {"input": {"filePath": ["in.csv"], "schema": "id long", "lenient": True}},
    {"input": {"format": "random", "numRows": 5, "numCols": 2, "outputColConfs": {"col0": "gauss(0,1)"}}},
    {"input": {"format": "random", "maxRows": 5, "outputColNames": ["a", "b"], "idColName": "n"}},
    {"input": {**CSV, "onBadRow": {"rejects": "bad.csv", "max": 3}}},
    {"input": {**CSV, "onBadRow": "skip", "quoteChar": None, "handleInvalid": "skip"}},
    {"input": {**CSV, "format": "jsonl", "filePath": "in.csv", "compression": "none"}},
    {"broadcastInputs": [CSV]},
    {"select": None, "where": "id > 0", "selectedColNames": ["id"]},
    {"userFiles": ["in.csv", {"path": "in.csv", "name": "other.csv"}]},
    {"userFiles": {"filePaths": ["in.csv"], "fileRenameMap": {"in.csv": "b.csv"}}},
    {"userParams": '{"a": 1}', "userParamTypes": "native"},
    {"userParams": {"a": [1, None, {"b": True}]}},
    {"output": {"filePath": "-", "header": True}},
    {"output": {"filePath": "out", "format": "csv", "numFiles": 3}},
    {"numWorkers": 2, "numPSs": 1, "numEvaluators": 1, "evenSplit": "drop"},
    {"parallelism": 4, "intraOpParallelism": 2, "seed": 9007199254740993},
    {"timeout": "1h", "stallTimeout": "90s", "gracePeriod": "0s", "downloadTimeout": "500ms"},
    {"env": {"A": "b"}, "holdPorts": False, "printProcessInfo": True},
    {"component": "TensorFlow2StreamOp", "dataTo": "chief", "rescan": "error", "spillLimit": "512MiB"},
    {"component": "TensorFlow2StreamOp", "holdChief": "off", "evenSplit": "off", "spillLimit": "0"},
    {"component": "TF2TableModelTrainBatchOp", "outputSchemaStr": None},
)

# What is wrong in the one is wrong in the other; the place that the program names.
WRONG = (
    ({"component": None}, "/component"),
    ({"component": "TensorFlow3BatchOp"}, "/component"),
    ({"input": None}, "/input"),
    ({"input": "in.csv"}, "/input"),
    ({"input": {"schemaStr": "id long"}}, "/input/filePath"),
    ({"input": {"filePath": "in.csv"}}, "/input/schemaStr"),
    ({"input": {**CSV, "format": "xml"}}, "/input/format"),
    ({"input": {**CSV, "schema": "id long"}}, "/input/schema"),
    ({"input": {**CSV, "delimiter": ";"}}, "/input/delimiter"),
    ({"input": {**CSV, "quoteChar": "''"}}, "/input/quoteChar"),
    ({"input": {**CSV, "header": "yes"}}, "/input/header"),
    ({"input": {**CSV, "threads": 0}}, "/input/threads"),
    ({"input": {**CSV, "onBadRow": "ignore"}}, "/input/onBadRow"),
    ({"input": {**CSV, "onBadRow": {"max": 1}}}, "/input/onBadRow/rejects"),
    ({"input": {**CSV, "compression": "bzip2"}}, "/input/compression"),
    ({"input": {"format": "random", "numCols": 2}}, "/input/numRows"),
    ({"broadcastInputs": CSV}, "/broadcastInputs"),
    ({"broadcastInputs": [{"schemaStr": "id long"}]}, "/broadcastInputs/0/filePath"),
    ({"mainScriptFile": None}, "/mainScriptFile"),
    ({"mainScriptFile": 3}, "/mainScriptFile"),
    ({"outputSchemaStr": None}, "/outputSchemaStr"),
    ({"userParamTypes": "java"}, "/userParamTypes"),
    ({"userParams": [1]}, "/userParams"),
    ({"userFiles": 1}, "/userFiles"),
    ({"selectedCols": "id"}, "/selectedCols"),
    ({"selectedCols": []}, "/selectedCols"),
    ({"output": {"filePath": "out.csv", "overwrite": True}}, "/output/overwrite"),
    ({"output": {}}, "/output/filePath"),
    ({"output": {"filePath": "out", "numFiles": 0}}, "/output/numFiles"),
    ({"numWorkers": 0}, "/numWorkers"),
    ({"numWorkers": 1.5}, "/numWorkers"),
    ({"numWorkers": "2"}, "/numWorkers"),
    ({"numPSs": 65536}, "/numPSs"),
    ({"numWorker": 2}, "/numWorker"),
    ({"evenSplit": "even"}, "/evenSplit"),
    ({"timeout": 10}, "/timeout"),
    ({"timeout": "10 minutes"}, "/timeout"),
    ({"gracePeriod": "5"}, "/gracePeriod"),
    ({"env": {"A": 1}}, "/env"),
    ({"env": ["A=b"]}, "/env"),
    ({"seed": -1}, "/seed"),
    ({"holdPorts": 0}, "/holdPorts"),
    ({"dataTo": "chief"}, "/dataTo"),
    ({"modelPath": "model"}, "/modelPath"),
    ({"component": "TensorFlow2StreamOp", "dataTo": "ps"}, "/dataTo"),
    ({"component": "TensorFlow2StreamOp", "spillLimit": "8 GB"}, "/spillLimit"),
    ({"component": "TensorFlow2StreamOp", "broadcastInputs": [CSV]}, "/broadcastInputs"),
    ({"component": "TFSavedModelPredictBatchOp", "mainScriptFile": None}, "/modelPath"),
    ({"component": "TFTableModelPredictBatchOp", "mainScriptFile": None}, "/modelFilePath"),
)


def without_comments(text: str) -> str:
    """JSON from JSON with comments."""
    return re.sub(r'("(?:\\.|[^"\\])*")|//[^\n]*|/\*.*?\*/', lambda found: found[1] or "", text, flags=re.S)


class SchemaTest(support.JobTest):
    def setUp(self):
        super().setUp()
        import jsonschema

        schema = json.loads(self.work.run("schema").out)
        jsonschema.Draft202012Validator.check_schema(schema)
        self.validator = jsonschema.Draft202012Validator(schema)
        self.work.write_file("in.csv", '{"id": 1}\n')

    def problems(self, text: str) -> "list[str]":
        return [f"{error.json_path}: {error.message}" for error in self.validator.iter_errors(json.loads(text))]

    def job(self, keys: dict) -> str:
        """The text of a job that differs in `keys`; both readers get the same one."""
        self.work.write_job(**keys)
        return self.work.read_file("job.json")

    def test_the_jobs_of_the_repository(self):
        jobs = glob.glob(os.path.join(support.TESTDATA, "jobs", "*", "*.json"))
        self.assertGreaterEqual(len(jobs), 6)
        for path in jobs:
            with self.subTest(path=os.path.relpath(path, support.TESTDATA)):
                with open(path, encoding="utf-8") as file:
                    self.assertEqual(self.problems(without_comments(file.read())), [])

    def test_the_examples_of_the_pages(self):
        found = 0
        for page in glob.glob(os.path.join(DOCS, "*.md")) + [os.path.join(DOCS, "..", "README.md")]:
            with open(page, encoding="utf-8") as file:
                for text in re.findall(r"^```jsonc?\n(\{.*?)^```$", file.read(), re.M | re.S):
                    if '"component"' not in text:
                        continue
                    found += 1
                    with self.subTest(page=os.path.basename(page), text=text[:60]):
                        # An ellipsis stands for what a reader does not need to see.
                        self.assertEqual(self.problems(without_comments(text)), [])
        self.assertGreaterEqual(found, 6)

    def test_both_take_what_is_right(self):
        for keys in RIGHT:
            with self.subTest(**keys):
                self.assertEqual(self.problems(self.job(keys)), [])
                ended = self.work.run("check", "job.json")
                self.assertNotEqual(ended.status, 3, ended.err)

    def test_both_refuse_what_is_wrong(self):
        for keys, place in WRONG:
            with self.subTest(**keys):
                self.assertNotEqual(self.problems(self.job(keys)), [])
                self.assert_failed(self.work.run("check", "job.json"), 3, place)


def has_validator(python: str) -> bool:
    return python != "" and subprocess.run([python, "-c", f"import {MODULE}"], stderr=subprocess.DEVNULL).returncode == 0


if __name__ == "__main__":
    if has_validator(sys.executable):
        unittest.main()
    elif has_validator(VENV):
        os.execv(VENV, [VENV, "-B", *sys.argv])
    else:
        print(f"skipped: ALINKTF_TENSORFLOW_PYTHON names no Python with {MODULE}")
