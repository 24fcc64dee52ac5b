"""Train components: what a script exports becomes a model table or a SavedModel's directory."""

import base64
import csv
import io
import os
import sys
import unittest
import zipfile

import support
from support import JobTest

csv.field_size_limit(1 << 24)
GOLDEN = os.path.abspath(os.path.join(support.TESTDATA, "golden", "jobs"))
MODEL = {"17/saved_model.pb": "graph", "17/variables/variables.index": "index", "17/assets/words.txt": ""}
ATTRIBUTES = ["cluster", "dataset_file", "dataset_length", "latest_ckpt_dir", "num_workers", "saved_model_dir",
              "task_index", "task_type", "tf_context", "user_params", "work_dir"]


class TrainTest(JobTest):
    def write_job(self, layout: dict, params=None, **keys) -> None:
        """A train job whose chief exports `layout`; see testdata/workers/export.py."""
        self.work.write_file("in.csv", "1\n2\n3\n")
        job = {"component": "TF2TableModelTrainBatchOp", "mainScriptFile": support.script("export"),
               "userParams": {"layout": layout, **(params or {})}, "outputSchemaStr": None}
        self.work.write_job(**{**job, **keys})

    def train(self, layout: dict, output: dict, *args: str, **keys) -> support.Ended:
        self.write_job(layout, output=output, **keys)
        ended = self.work.run("run", "job.json", *args)
        self.assert_done(ended)
        return ended

    def files(self, directory: str) -> "dict[str, str]":
        """What is below `directory`: files with their text, directories that are empty with None."""
        found = {}
        top = self.work.file(directory)
        for folder, folders, files in os.walk(top):
            for name in files:
                path = os.path.join(folder, name)
                found[os.path.relpath(path, top)] = support.read(path).decode("latin-1")
            if not folders and not files:
                found[os.path.relpath(folder, top)] = None
        return found

    def archive(self, name: str) -> "tuple[str, zipfile.ZipFile]":
        """The name and the archive of a model table in a CSV file."""
        rows = list(csv.reader(io.StringIO(self.work.read_file(name))))
        self.assertEqual([int(row[0]) for row in rows], list(range(len(rows))))
        pieces = [base64.b64decode(row[1], validate=True) for row in rows[1:]]
        for piece in pieces[:-1]:
            self.assertEqual(len(piece), 1 << 20)
        return rows[0][1], zipfile.ZipFile(io.BytesIO(b"".join(pieces)))


class TableTest(TrainTest):
    def test_the_table_has_the_layout_of_alink(self):
        ended = self.train(MODEL, {"filePath": "out.csv"}, "--print-process-info")
        self.assertIn("attributes %s" % ATTRIBUTES, ended.err)
        name, archive = self.archive("out.csv")
        self.assertEqual(name, "17.zip")
        self.assertIsNone(archive.testzip())
        self.assertEqual([info.filename for info in archive.infolist()],
                         ["assets/", "variables/", "saved_model.pb", "assets/words.txt", "variables/variables.index"])
        for info in archive.infolist():
            stored = info.filename.endswith("/")
            self.assertEqual(info.compress_type, zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED)
            self.assertEqual(info.flag_bits, 0, "sizes stand before the bytes")

    def test_user_files_do_not_get_in_the_way_of_the_model(self):
        """Else the script would write into the user's own directory, and an old model could pass as the new one."""
        os.makedirs(self.work.file("m/savedmodel"))
        self.work.write_file("m/savedmodel/old", "mine")
        with zipfile.ZipFile(self.work.file("m.zip"), "w") as archive:
            archive.writestr("savedmodel/old", "mine")
        for files in (["m/savedmodel"], ["m.zip"], [{"path": "m.zip", "name": "latest_ckpt"}]):
            self.write_job(MODEL, userFiles=files)
            self.assert_failed(self.work.run("run", "job.json"), 3, "/userFiles/0", "the work directory needs")
            self.assertEqual(list(self.files("m")), ["savedmodel/old"])

    def test_large_models_come_in_pieces(self):
        self.train({**MODEL, "17/variables/data": 3}, {"filePath": "out.csv"})
        _, archive = self.archive("out.csv")
        self.assertIsNone(archive.testzip())
        self.assertEqual(archive.getinfo("variables/data").file_size, 3 << 20)

    def test_any_format_of_rows_becomes_the_directory_again(self):
        for name in ("m.ak", "m.csv", "m.tfrecord", "m.jsonl.gz"):
            with self.subTest(name):
                self.train(MODEL, {"filePath": name, "overwriteSink": True})
                self.assert_done(self.work.run("convert", name, name + ".model", "--to", "savedmodel"))
                self.assertEqual(self.files(name + ".model"),
                                 {path[3:]: content for path, content in MODEL.items()})

    def test_a_checkpoint_beside_the_model_is_left_out_of_it(self):
        layout = {**MODEL, "../latest_ckpt/checkpoint": "text", "../latest_ckpt/model.ckpt-7.index": 1}
        for name, output in (("m.ak", {"filePath": "m.ak"}), ("m", {"filePath": "m", "format": "savedmodel"})):
            with self.subTest(name):
                self.train(layout, output, params={"ALINK:save_latest_checkpoint": True})
                if name == "m.ak":
                    self.assert_done(self.work.run("convert", "m.ak", "m", "--to", "savedmodel", "--overwrite"))
                self.assertEqual(self.files("m"), {path[3:]: content for path, content in MODEL.items()})
                support.shutil.rmtree(self.work.file("m"))

    def test_no_checkpoint_is_asked_for_by_a_false_that_arrives_as_text(self):
        self.train(MODEL, {"filePath": "out.csv"}, params={"ALINK:save_latest_checkpoint": False})
        self.assertEqual(self.archive("out.csv")[0], "17.zip")

    def test_only_the_chief_gives_a_model(self):
        self.train(MODEL, {"filePath": "out.csv"}, numWorkers=3, numPSs=1)
        self.assertEqual(self.archive("out.csv")[0], "17.zip")


class ExportTest(TrainTest):
    def test_the_newest_complete_export_counts(self):
        for layout, expected in (
            ({"9/saved_model.pb": "old", "10/saved_model.pb": "new"}, "10.zip"),
            ({"9/saved_model.pb": "old", "temp-10/saved_model.pb": "half", "11/variables/x": "half"}, "9.zip"),
            ({"saved_model.pb": "itself", "variables/x": "y"}, "savedmodel.zip"),
            ({"best/saved_model.pbtxt": "text"}, "best.zip"),
        ):
            with self.subTest(expected=expected):
                self.train(layout, {"filePath": "out.csv", "overwriteSink": True})
                self.assertEqual(self.archive("out.csv")[0], expected)

    def test_no_export_fails_and_tells_what_is_there(self):
        for layout, there in (({}, "it does not exist"), ({"17/variables/x": "y"}, "it holds 17")):
            self.write_job(layout)
            ended = self.work.run("run", "job.json")
            self.assert_failed(ended, 5, "no SavedModel in ", there, "Export the model there")

    def test_leaving_with_status_0_does_not_hide_that_there_is_no_model(self):
        self.work.write_file("leave.py", "import sys\ndef main(config):\n    sys.exit(0)\n")
        self.write_job({}, mainScriptFile="leave.py")
        self.assert_failed(self.work.run("run", "job.json"), 5, "no SavedModel in ")


class DirectoryTest(TrainTest):
    OUTPUT = {"format": "savedmodel", "filePath": "out"}

    def test_the_directory_is_written(self):
        self.train({**MODEL, "17/variables/data": 2}, self.OUTPUT)
        found = self.files("out")
        self.assertEqual(len(found.pop("variables/data")), 2 << 20)
        self.assertEqual(found, {path[3:]: content for path, content in MODEL.items()})

    def test_nothing_is_left_of_a_job_that_fails(self):
        self.write_job(MODEL, {"fail": 1}, output=self.OUTPUT)
        self.assert_failed(self.work.run("run", "job.json"), 5, "as asked for", output="out")

    def test_what_exists_is_replaced_only_if_asked_for_and_a_saved_model(self):
        self.train(MODEL, self.OUTPUT)
        ended = self.work.run("run", "job.json")
        self.assertEqual(ended.status, 6, ended.err)
        self.assertIn("exists already", ended.err)
        self.train({"18/saved_model.pb": "other"}, {**self.OUTPUT, "overwriteSink": True})
        self.assertEqual(self.files("out"), {"saved_model.pb": "other"})
        self.work.write_file("out/thesis.txt", "do not lose me")
        ended = self.work.run("run", "job.json")
        self.assertEqual(ended.status, 6, ended.err)
        self.assertIn("holds 'thesis.txt', which is no part of a SavedModel", ended.err)
        self.assertEqual(sorted(os.listdir(self.work.path)), ["in.csv", "job.json", "out"])

    def test_a_batch_job_gives_none(self):
        self.write_job(MODEL, component="TensorFlow2BatchOp", outputSchemaStr="id long", output=self.OUTPUT)
        ended = self.work.run("run", "job.json")
        self.assert_failed(ended, 3, "/output/format: 'savedmodel' is what train components give", output="out")


class ConvertTest(TrainTest):
    def test_models_of_alink_become_directories_and_tables_again(self):
        for job in ("r2", "r5"):
            table, model = os.path.join(GOLDEN, job, "model.ak"), self.work.file(job)
            self.assert_done(self.work.run("convert", table, model, "--to", "savedmodel"))
            self.assertGreater(len(self.files(job)["saved_model.pb"]), 70000)
            self.assert_done(self.work.run("convert", model, model + ".ak", "--from", "savedmodel"))
            self.assert_done(self.work.run("convert", model + ".ak", model + "2", "--to", "savedmodel"))
            self.assertEqual(self.files(job), self.files(job + "2"))
            told = self.work.run("show", model, "--from", "savedmodel")
            self.assert_done(told)
            self.assertIn("schema  model_id BIGINT,model_info STRING", told.out)

    def test_memory_does_not_grow_with_the_model(self):
        """A model of 48 MiB, in a process that may have 24 MiB more than one that prints its version."""
        # Sanitizers remember memory in more memory, and AddressSanitizer would keep what has been freed.
        self.work.environment["ASAN_OPTIONS"] = "quarantine_size_mb=0"
        allowed = (24 << 10) * (4 if os.environ.get("ALINKTF_SANITIZE") else 1)
        least = self.peak("--version")
        os.makedirs(self.work.file("m"))
        self.work.write_file("m/saved_model.pb", os.urandom(48 << 20))
        for args in (["m", "m.ak", "--from", "savedmodel"], ["m.ak", "n", "--to", "savedmodel"]):
            peak = self.peak("convert", *args)
            self.assertLess(peak, least + allowed, "KiB of convert %s" % args)

    def peak(self, *args: str) -> int:
        """The most memory in KiB that one of the program's processes took, which must do well."""
        code = "import resource, subprocess, sys; s = subprocess.call(sys.argv[1:]); " \
               "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss); sys.exit(s)"
        done = support.subprocess.run([sys.executable, "-c", code, support.BINARY, *args], cwd=self.work.path,
                                      env=self.work.environment, capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        return int(done.stdout.splitlines()[-1])

    def test_tables_that_are_damaged_are_told_with_the_row(self):
        self.train({**MODEL, "17/variables/data": 2}, {"filePath": "m.csv"})
        lines = self.work.read_file("m.csv").splitlines(True)
        self.assertEqual(len(lines), 4)
        for text, told in (
            (lines[0] + lines[1] + lines[3], "row id 2: is missing, the next one is 3"),
            (lines[0] + lines[1] + lines[2], "row id 2: the zip archive in it: byte "),
            (lines[0] + lines[1] + lines[2].replace("A", "#") + lines[3], "row id 2: found '"),
            ("".join(lines) + lines[2], "row id 2: stands twice"),
        ):
            self.work.write_file("bad.csv", text)
            ended = self.work.run("convert", "bad.csv", "out", "--to", "savedmodel")
            self.assert_failed(ended, 4, "model table '", told, output="out")


if __name__ == "__main__":
    unittest.main()
