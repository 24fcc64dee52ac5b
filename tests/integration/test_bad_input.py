"""Bad job files, command lines, inputs and outputs: the status, what is said, and that nothing is left."""

import os
import stat
import sys
import unittest

import support
from support import JobTest


class JobFileTest(JobTest):
    """Status 3, before anything starts."""

    def test_all_problems_at_once(self):
        self.work.write_file(
            "job.json",
            """{
  // every line has one
  "component": "TensorFlow2BatchOP",
  "numWorker": 2,
  "numPSs": -1,
  "input": { "filePath": "in.csv", "schemaStr": "id lonk", "header": "yes" },
  "mainScriptFile": "none.py",
  "timeout": "3 days",
  "output": { "filePath": "out.csv" }
}""",
        )
        ended = self.work.run("run", "job.json")
        self.assert_failed(
            ended,
            3,
            "/component",
            "'TensorFlow2BatchOP'",
            "'TensorFlow2BatchOp'",
            "/numWorker: unknown key (did you mean 'numWorkers'?)",
            "/numPSs: expected an integer from 0",
            "/input/schemaStr",
            "lonk",
            "/input/header: expected true or false, found 'yes'",
            "/mainScriptFile",
            "none.py",
            "/timeout",
            "'3 days'",
            "/outputSchemaStr: missing",
        )
        self.assertEqual(ended.out, "")

    def test_problems_of_set(self):
        self.work.write_job()
        ended = self.work.run("run", "job.json", "--set", "numPSs=-1", "--set", "inputt.filePath=x")
        self.assert_failed(ended, 3, "--set numPSs: expected an integer", "inputt", "did you mean 'input'?")

    def test_not_json(self):
        self.work.write_file("job.json", '{\n  "component": "TensorFlow2BatchOp",\n  "input" {}\n}')
        self.assert_failed(self.work.run("run", "job.json"), 3, "job.json", "3")

    def test_no_job_file(self):
        self.assert_failed(self.work.run("run", "none.json"), 3, "none.json", "No such file")

    def test_environment_variable_that_is_not_set(self):
        self.work.write_job(output={"filePath": "${env:ALINKTF_NO_SUCH_VARIABLE}/out.csv"})
        self.assert_failed(
            self.work.run("run", "job.json"), 3, "ALINKTF_NO_SUCH_VARIABLE", "/output/filePath"
        )

    def test_missing_interpreter(self):
        self.work.write_file("in.csv", "1\n")
        self.work.write_job(pythonEnv="no/such/env")
        self.assert_failed(self.work.run("run", "job.json"), 3, "/pythonEnv", "no/such/env")
        ended = self.work.run("run", "job.json", "--python", "other/env")
        self.assert_failed(ended, 3, "--python", "other/env")

    def test_interpreter_that_is_no_python(self):
        self.work.write_file("in.csv", "1\n")
        for name, text, *texts in (
            ("broken", "#!/bin/sh\necho libpython3.9.so is missing >&2; exit 127\n", "exit status 127", "libpython3.9.so"),
            ("silent", "#!/bin/sh\n", "exit status 0"),
            ("nothing", "#!/no/such/python\n", "No such file"),
            ("other", "\x7fELF of another machine", "Exec format error"),
        ):
            with self.subTest(name):
                self.work.write_file(name, text)
                os.chmod(self.work.file(name), 0o755)
                self.work.write_job(pythonEnv=name, numWorkers=2, maxRestarts=1)
                ended = self.work.run("run", "job.json")
                self.assert_failed(ended, 3, "/pythonEnv: '%s' does not start as Python" % self.work.file(name),
                                   "expected Python 3.6 or newer", *texts)

    def test_tensorflow_that_is_missing(self):
        self.work.write_file("in.csv", "1\n")
        for text in ("import tensorflow\ndef main(config): pass\n", "def main(config):\n  import tensorflow\n"):
            self.work.write_file("script.py", text)
            self.work.write_file("python", "#!/bin/sh\nexec %s -S \"$@\"\n" % sys.executable)  # no site-packages
            os.chmod(self.work.file("python"), 0o755)
            self.work.write_job(mainScriptFile="script.py", pythonEnv="python", maxRestarts=1)
            ended = self.work.run("run", "job.json")
            self.assert_failed(ended, 3, "chief:0", "No module named 'tensorflow'; '%s' (/pythonEnv) has none: install it"
                               % self.work.file("python"), 'script.py", line')

    def test_missing_script(self):
        self.work.write_file("in.csv", "1\n")
        self.work.write_job(mainScriptFile="none.py")
        self.assert_failed(self.work.run("run", "job.json"), 3, "none.py")

    def test_key_of_another_version(self):
        self.work.write_job(inferSelectedCols=True)
        self.assert_failed(self.work.run("run", "job.json"), 3, "/inferSelectedCols", "not supported by this version")


class UsageTest(JobTest):
    def assert_usage(self, *args: str) -> None:
        ended = self.work.run(*args)
        self.assert_failed(ended, 2)
        self.assertNotEqual(ended.err, "")

    def test_usage_errors(self):
        for args in (
            [],
            ["run"],
            ["fly"],
            ["run", "job.json", "--no-such-option"],
            ["run", "job.json", "--workers", "two"],
            ["run", "job.json", "--set", "novalue"],
            ["run", "job.json", "--log-level", "loud"],
        ):
            with self.subTest(args=args):
                self.assert_usage(*args)


class NothingStartsTest(JobTest):
    """Errors found before any worker is started: a script that leaves a file proves it."""

    def setUp(self):
        super().setUp()
        self.work.write_file("in.csv", "1\n")
        self.work.write_file(
            "mark.py", f"open({self.work.file('started')!r}, 'w').close()\ndef main(config):\n    pass\n"
        )
        self.work.write_job(mainScriptFile="mark.py")

    def assert_refused(self, ended: support.Ended, status: int, *texts: str) -> None:
        self.assertEqual(ended.status, status, ended.err)
        for text in texts:
            self.assertIn(text, ended.err)
        self.assertFalse(self.work.exists("started"), "the script was started")
        self.assert_clean()

    def test_the_script_leaves_its_mark(self):
        self.assert_done(self.work.run("run", "job.json"))
        self.assertTrue(self.work.exists("started"))

    def test_existing_output(self):
        self.work.write_file("out.csv", "precious\n")
        self.assert_refused(self.work.run("run", "job.json"), 6, "out.csv", "overwriteSink")
        self.assertEqual(self.work.read_file("out.csv"), "precious\n")

    def test_output_in_a_missing_folder(self):
        self.assert_refused(self.work.run("run", "job.json", "--output", "no/folder/out.csv"), 6, "no/folder")

    def test_output_that_is_a_folder(self):
        os.mkdir(self.work.file("folder.csv"))
        ended = self.work.run(
            "run", "job.json", "--output", "folder.csv", "--set", "output.overwriteSink=true"
        )
        self.assert_refused(ended, 6, "folder.csv")

    def test_output_in_a_folder_that_cannot_be_written(self):
        if os.geteuid() == 0:
            folder = "/proc"  # not even root can create a file there
        else:
            folder = self.work.file("locked")
            os.mkdir(folder, stat.S_IRUSR | stat.S_IXUSR)
        self.assert_refused(
            self.work.run("run", "job.json", "--output", f"{folder}/out.csv"), 6, f"{folder}/out.csv"
        )

    def test_missing_input(self):
        self.assert_refused(
            self.work.run("run", "job.json", "--input", "none.csv"), 4, "none.csv", "No such file"
        )

    def test_input_that_is_a_folder(self):
        os.mkdir(self.work.file("folder.csv"))
        self.assert_refused(self.work.run("run", "job.json", "--input", "folder.csv"), 4, "folder.csv")

    def test_work_dir_that_cannot_be_made(self):
        self.assert_refused(self.work.run("run", "job.json", "--work-dir", "no/folder"), 1, "no/folder")


class BadRowTest(JobTest):
    def run_csv(self, text: str, schema: str, *args, **keys) -> support.Ended:
        self.work.write_file("in.csv", text)
        self.work.write_job(input={"filePath": "in.csv", "schemaStr": schema}, outputSchemaStr=schema, **keys)
        return self.work.run("run", "job.json", *args)

    def test_bad_cell(self):
        ended = self.run_csv("1,1.5\n2,2.5\n3,three\n", "id long, x double")
        self.assert_failed(ended, 4, "in.csv", "line 3", "x", "'three'", "DOUBLE")

    def test_bad_cells_of_other_types(self):
        for kind, text, name in (
            ("long", "1.5", "BIGINT"),
            ("boolean", "maybe", "BOOLEAN"),
            ("int", "3000000000", "INT"),
        ):
            with self.subTest(kind=kind):
                self.assert_failed(
                    self.run_csv(f"{text}\n", f"value {kind}"), 4, "line 1", "value", f"'{text}'", name
                )

    def test_too_few_fields(self):
        self.assert_failed(self.run_csv("1,2\n3\n", "a long, b long"), 4, "in.csv", "line 2")

    def test_wrong_header(self):
        self.work.write_file("in.csv", "id,other\n1,2\n")
        schema = "id long, value long"
        self.work.write_job(
            input={"filePath": "in.csv", "schemaStr": schema, "header": True}, outputSchemaStr=schema
        )
        self.assert_failed(self.work.run("run", "job.json"), 4, "in.csv", "other", "value")

    def test_bad_row_amid_the_input_of_three_workers(self):
        rows = [f"{number},{'y' * 50}\n" for number in range(60_000)]
        rows[30_000] = "bad,row\n"
        ended = self.run_csv("".join(rows), "id long, s string", numWorkers=3, numPSs=1)
        self.assert_failed(ended, 4, "in.csv", "line 30001", "id", "'bad'", "BIGINT")
        self.assertNotIn("worker:", ended.error, "no task is to blame")

    def test_bad_rows_are_skipped_if_asked_for(self):
        self.work.write_file("in.csv", "1\nx\n3\n")
        self.work.write_job(input={"filePath": "in.csv", "schemaStr": "id long", "onBadRow": "skip"})
        self.assert_done(self.work.run("run", "job.json"))
        self.assertEqual(self.work.read_file("out.csv"), "1\n3\n")

    def test_select_that_is_not_sql(self):
        self.assert_failed(
            self.run_csv("1\n", "id long", select="id, nothing(id) as x"), 3, "/select", "nothing"
        )


if __name__ == "__main__":
    unittest.main()
