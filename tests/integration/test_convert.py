"""alinktf convert: tables from file to file."""

import gzip
import os
import re
import signal
import unittest

import records
import support
from support import JobTest

TEXT = (
    '1,"a, ""b""",1.5,true,2021-01-31\n'
    "2,,,,\n"
    '-3,"",-0.25,false,1999-12-31\n'
    '9223372036854775807,"two\nlines",1.0E10,true,2000-02-29\n'
)
SCHEMA = "id long, s string, x double, b boolean, d date"


class ConvertTest(JobTest):
    def convert(self, *args) -> support.Ended:
        ended = self.work.run("convert", *args)
        self.assert_done(ended)
        return ended


class FormatsTest(ConvertTest):
    def test_csv_to_csv_is_the_same(self):
        self.work.write_file("in.csv", TEXT)
        ended = self.convert("in.csv", "out.csv", "--schema", SCHEMA)
        self.assertEqual(self.work.read_file("out.csv"), TEXT)
        self.assertEqual(ended.out, "")
        self.assertIn("4 rows read, 4 rows written to ", ended.err)

    def test_csv_to_tfrecord(self):
        self.work.write_file("in.csv", "1,a\n2,b\n")
        self.convert("in.csv", "out.tfrecord", "--schema", "id long, s string")
        found = [records.features(frame) for frame in records.frames(self.work.file("out.tfrecord"))]
        self.assertEqual(found, [{"id": [1], "s": [b"a"]}, {"id": [2], "s": [b"b"]}])

    def test_records_are_copied_as_they_are(self):
        self.work.write_file("in.csv", "1,a\n2,b\n")
        self.convert("in.csv", "a.tfrecord", "--schema", "id long, s string")
        data = support.read(self.work.file("a.tfrecord"))
        ended = self.convert("a.tfrecord", "b.tfrecords")
        self.assertEqual(support.read(self.work.file("b.tfrecords")), data)
        self.assertIn("2 rows read, 2 rows written", ended.err)
        self.convert("a.tfrecord", "c.tfrecord.gz")
        self.assertEqual(gzip.decompress(support.read(self.work.file("c.tfrecord.gz"))), data)
        self.work.write_file("bad.tfrecord", data[:-1] + b"?")
        ended = self.work.run("convert", "bad.tfrecord", "out.tfrecord")
        self.assert_failed(ended, 4, "bad.tfrecord: record 1 at byte ", output="out.tfrecord")

    def test_records_tell_their_columns(self):
        self.work.write_file("in.csv", TEXT)
        self.convert("in.csv", "a.tfrecord", "--schema", SCHEMA)
        self.convert("a.tfrecord", "b.csv", "--schema", SCHEMA)
        self.assertEqual(self.work.read_file("b.csv"), TEXT)
        self.work.write_file("few.csv", "1,a,0.5\n2,,0.25\n")
        self.convert("few.csv", "few.tfrecord", "--schema", "id long, s string, x double")
        self.convert("few.tfrecord", "back.csv", "--set", "output.header=true")
        self.assertEqual(self.work.read_file("back.csv"), "id,s,x\n1,a,0.5\n2,,0.25\n")

    def test_there_and_back_through_json_lines_and_packed(self):
        self.work.write_file("in.csv", TEXT)
        self.convert("in.csv", "a.jsonl.gz", "--schema", SCHEMA)
        self.convert("a.jsonl.gz", "b.csv.gz", "--schema", SCHEMA)
        self.assertEqual(gzip.decompress(support.read(self.work.file("b.csv.gz"))).decode(), TEXT)
        self.convert("b.csv.gz", "c.csv", "--schema", SCHEMA)
        self.assertEqual(self.work.read_file("c.csv"), TEXT)

    def test_vectors_and_tensors_there_and_back(self):
        text = '1,1.0 2.5,$4$0:1.0 2:3.0,"FLOAT#2,2#0.5 0.25 1.0 2.0 "\n2,,,\n'
        schema = "id long, v dense_vector, s sparse_vector, t float_tensor"
        self.work.write_file("in.csv", text)
        self.convert("in.csv", "a.jsonl", "--schema", schema)
        self.convert("a.jsonl", "b.csv", "--schema", schema)
        self.assertEqual(self.work.read_file("b.csv"), text)
        self.convert("in.csv", "a.tfrecord", "--schema", schema)
        self.convert("a.tfrecord", "c.csv", "--schema", schema)
        # A feature is flat, so a tensor comes back with one dimension.
        self.assertEqual(self.work.read_file("c.csv"), text.replace('"FLOAT#2,2#0.5 0.25 1.0 2.0 "', "FLOAT#4#0.5 0.25 1.0 2.0 "))

    def test_json_lines_to_csv(self):
        self.work.write_file("in.jsonl", '{"s": "a,b", "id": 1}\n\n{"id": null, "x": 2}\n')
        self.convert("in.jsonl", "out.csv", "--schema", "id long, s string, x double")
        self.assertEqual(self.work.read_file("out.csv"), '1,"a,b",\n,,2.0\n')

    def test_names_that_tell_nothing_and_formats_that_are_given(self):
        self.work.write_file("in.txt", "1\n2\n")
        self.convert("in.txt", "out.dat", "--schema", "id long", "--from", "csv", "--to", "csv")
        self.assertEqual(self.work.read_file("out.dat"), "1\n2\n")

    def test_a_number_may_be_a_name(self):
        self.work.write_file("7", "1\n")
        self.convert("7", "8", "--schema", "id long", "--from", "csv", "--to", "csv")
        self.assertEqual(self.work.read_file("8"), "1\n")

    def test_other_delimiters_and_headers(self):
        self.work.write_file("in.csv", "id;s\r\n1;'a;b'\r\n")
        self.convert(
            "in.csv", "out.csv", "--schema", "id long, s string", "--header",
            "--set", "input.fieldDelimiter=;", "--set", "input.quoteChar='", "--set", "input.rowDelimiter=\"\\r\\n\"",
            "--set", "output.header=true", "--set", "output.fieldDelimiter=\"\\t\"",
        )
        self.assertEqual(self.work.read_file("out.csv"), "id\ts\n1\ta;b\n")

    def test_stdin_to_stdout(self):
        ended = self.run_with_stdin("3\n1\n", "convert", "-", "-", "--schema", "id long")
        self.assertEqual((ended.status, ended.out), (0, "3\n1\n"), ended.err)

    def run_with_stdin(self, text: str, *args) -> support.Ended:
        with open(self.work.write_file("stdin", text), "rb") as file:
            return self.work.run(*args, stdin=file)


class RowsTest(ConvertTest):
    def test_select_and_where(self):
        self.work.write_file("in.csv", "1,a\n2,b\n3,c\n")
        ended = self.convert(
            "in.csv", "out.csv", "--schema", "id long, s string", "--select", "s, id * 2 as twice", "--where", "id <> 2"
        )
        self.assertEqual(self.work.read_file("out.csv"), "a,2\nc,6\n")
        self.assertIn("3 rows read, 2 rows written", ended.err)
        self.assertIn("1 did not fulfil the condition", ended.err)

    def test_selected_columns(self):
        self.work.write_file("in.csv", "1,a\n")
        self.convert("in.csv", "out.csv", "--schema", "id long, s string", "--set", 'selectedCols=["s"]')
        self.assertEqual(self.work.read_file("out.csv"), "a\n")

    def test_bad_rows_that_are_skipped_are_counted(self):
        self.work.write_file("in.csv", "1\nx\n3\n")
        ended = self.convert("in.csv", "out.csv", "--schema", "id long", "--set", "input.onBadRow=skip")
        self.assertEqual(self.work.read_file("out.csv"), "1\n3\n")
        self.assertIn("3 rows read, 2 rows written", ended.err)
        self.assertIn("1 did not parse and were left out", ended.err)

    def test_many_files_to_many_files(self):
        os.mkdir(self.work.file("in"))
        for i in range(3):
            self.work.write_file(f"in/part-{i}.csv", f"{i}\n{i + 10}\n")
        self.convert("in/part-*.csv", "out", "--schema", "id long", "--to", "csv", "--set", "output.numFiles=2")
        self.assertEqual(sorted(os.listdir(self.work.file("out"))), ["1", "2"])
        rows = (self.work.read_file("out/1") + self.work.read_file("out/2")).split()
        self.assertEqual(sorted(rows, key=int), ["0", "1", "2", "10", "11", "12"])

    def test_partitions(self):
        self.work.write_file("in.csv", "1,a\n2,b\n3,a\n")
        self.convert(
            "in.csv", "out", "--schema", "id long, s string", "--to", "csv", "--set", 'output.partitionCols=["s"]'
        )
        self.assertEqual(sorted(os.listdir(self.work.file("out"))), ["s=a", "s=b"])


class RefusalTest(ConvertTest):
    def test_a_bad_row_ends_it_with_its_place(self):
        self.work.write_file("in.csv", "1\nx\n")
        ended = self.work.run("convert", "in.csv", "out.csv", "--schema", "id long")
        self.assert_failed(ended, 4, "in.csv: line 2, column 'id' (BIGINT): found 'x', expected a whole number")

    def test_an_input_that_is_not_there(self):
        ended = self.work.run("convert", "in.csv", "out.csv", "--schema", "id long")
        self.assert_failed(ended, 4, "in.csv")

    def test_without_columns_the_first_rows_suggest_them(self):
        self.work.write_file("in.csv", "id,name\n1,x\n")
        ended = self.work.run("convert", "in.csv", "out.csv")
        self.assert_failed(ended, 3, "the columns of ", "are not given; its first rows look like --schema ")
        options = re.search(r'--schema "([^"]*)" --header', ended.err)
        self.convert("in.csv", "out.csv", "--schema", options.group(1), "--header")
        self.assertEqual(self.work.read_file("out.csv"), "1,x\n")

    def test_standard_input_cannot_suggest_columns(self):
        ended = self.work.run("convert", "-", "out.csv")
        self.assert_failed(ended, 3, "is read once and has no schema; give --schema")

    def test_an_output_that_exists(self):
        self.work.write_file("in.csv", "1\n")
        self.work.write_file("out.csv", "old\n")
        ended = self.work.run("convert", "in.csv", "out.csv", "--schema", "id long")
        self.assertEqual(ended.status, 6, ended.err)
        self.assertEqual(self.work.read_file("out.csv"), "old\n")
        self.convert("in.csv", "out.csv", "--schema", "id long", "--overwrite")
        self.assertEqual(self.work.read_file("out.csv"), "1\n")

    def test_problems_name_their_option(self):
        self.work.write_file("in.csv", "1\n")
        for args, text in [
            (("in.txt", "out.csv"), "IN: expected a name that ends in .csv"),
            (("in.csv", "out"), "OUT: expected a name that ends in .csv"),
            (("in.csv", "out.csv", "--schema", "id lung"), "--schema: column 'id': found type 'lung'"),
            (("in.csv", "out.csv", "--from", "parquet"), "--from: expected one of csv, tfrecord, jsonl"),
            (("in.csv", "out.csv", "--set", "numWorkers=2"), "--set numWorkers: unknown key"),
        ]:
            with self.subTest(args=args):
                self.assert_failed(self.work.run("convert", *args), 3, text)

    def test_usage(self):
        for args in [(), ("in.csv",), ("in.csv", "out.csv", "more"), ("in.csv", "out.csv", "--nonsense")]:
            with self.subTest(args=args):
                self.assertEqual(self.work.run("convert", *args).status, 2)


class SignalTest(ConvertTest):
    def test_signals_leave_no_output(self):
        for signo in (signal.SIGINT, signal.SIGTERM):
            with self.subTest(signal=signo):
                reader, writer = os.pipe()
                with os.fdopen(reader, "rb") as stdin, os.fdopen(writer, "wb") as pipe:
                    job = self.work.start("convert", "-", "out.csv", "--schema", "id long", stdin=stdin)
                    pipe.write(b"1\n2\n")
                    pipe.flush()
                    support.wait_until(lambda: any("alinktf" in name for name in os.listdir(self.work.path)))
                    os.kill(job.process.pid, signo)
                    ended = job.wait()
                self.assertEqual(ended.status, -signo, ended.err)
                self.assertEqual(os.listdir(self.work.path), [])

    def test_a_reader_that_does_not_read_holds_nothing_up(self):
        reader, writer = os.pipe()
        self.work.write_file("in.csv", "123456789\n" * 100_000)
        job = self.work.start("convert", "in.csv", "-", "--schema", "id long", stdout=writer)
        os.close(writer)
        with os.fdopen(reader, "rb") as out:
            out.read(1)  # rows have begun to flow; the rest does not fit into the pipe
            os.kill(job.process.pid, signal.SIGTERM)
            self.assertEqual(job.wait().status, -signal.SIGTERM)


if __name__ == "__main__":
    unittest.main()
