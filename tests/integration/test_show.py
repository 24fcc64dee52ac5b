"""alinktf show: what files hold."""

import gzip
import json
import os
import unittest

import support
from support import JobTest


class ShowTest(JobTest):
    def show(self, *args) -> str:
        ended = self.work.run("show", *args)
        self.assert_done(ended)
        return ended.out

    def test_a_file_with_names(self):
        self.work.write_file("in.csv", "id,name\n1,x\n2,\n")
        out = self.show("in.csv")
        for line in (
            f"file    {self.work.file('in.csv')}",
            "format  csv",
            "bytes   15",
            "rows    2",
            "schema  id BIGINT,name STRING",
            '        inferred from the first rows; to use it: --schema "id BIGINT,name STRING" --header',
            "id  name",
            " 1  x",
            " 2  null",
        ):
            self.assertIn(line, out.splitlines())

    def test_a_given_schema_is_used(self):
        self.work.write_file("in.csv", "1,x\n")
        out = self.show("in.csv", "--schema", "a double, b string")
        self.assertIn("schema  a DOUBLE,b STRING\n", out)
        self.assertNotIn("inferred", out)
        self.assertIn("1.0  x\n", out)

    def test_some_rows_and_none(self):
        self.work.write_file("in.csv", "".join(f"{i}\n" for i in range(1000, 1100)))
        self.assertIn("1009", self.show("in.csv"))
        self.assertNotIn("1010", self.show("in.csv"))
        self.assertIn("1049", self.show("in.csv", "--rows", "50"))
        self.assertNotIn("1000", self.show("in.csv", "--rows", "0"))
        self.assertIn("rows    100\n", self.show("in.csv", "--rows", "0"))

    def test_select_and_where(self):
        self.work.write_file("in.csv", "1\n2\n3\n")
        out = self.show("in.csv", "--schema", "id long", "--select", "id * 100 as big", "--where", "id > 1")
        self.assertIn("rows    3\n", out)
        self.assertNotIn("100", out)
        self.assertIn("200", out)

    def test_many_files(self):
        os.mkdir(self.work.file("in"))
        for i in range(3):
            self.work.write_file(f"in/{i}.csv", f"{i}\n")
        out = self.show("in", "--from", "csv")
        self.assertIn("files   3, ", out)
        self.assertIn("rows    3\n", out)

    def test_records_are_counted_and_checked(self):
        self.work.write_file("in.csv", "1\n2\n")
        self.assertEqual(self.work.run("convert", "in.csv", "a.tfrecord", "--schema", "id long").status, 0)
        out = self.show("a.tfrecord")
        self.assertIn("format  tfrecord\n", out)
        self.assertIn("rows    2\n", out)
        self.assertIn("schema  id BIGINT\n", out)
        self.assertTrue(out.endswith("id\n--\n 1\n 2\n"), out)
        data = support.read(self.work.file("a.tfrecord"))
        self.work.write_file("a.tfrecord", data[:-1])
        self.assert_failed(self.work.run("show", "a.tfrecord"), 4, "a.tfrecord: record 1 at byte ")

    def test_json_lines(self):
        self.work.write_file("in.jsonl", '{"a": 1}\n\n{"a": 2, "b": {"c": 1}}\n')
        out = self.show("in.jsonl")
        self.assertIn("rows    2\n", out)
        self.assertIn("schema  a BIGINT\n", out)
        self.assertIn("left out: b, no column type holds it\n", out)

    def test_facts_for_programs(self):
        self.work.write_file("in.csv", "id,name\n1,x\n")
        facts = json.loads(self.show("in.csv", "--format", "json"))
        self.assertEqual(
            facts,
            {
                "files": [self.work.file("in.csv")],
                "format": "csv",
                "compression": "none",
                "bytes": 12,
                "rows": 1,
                "schemaStr": "id BIGINT,name STRING",
                "header": True,
                "inferred": True,
            },
        )

    def test_bad_rows_are_found_by_verify_alone(self):
        self.work.write_file("in.csv", "1\n" * 100 + "x\n")
        self.assertIn("rows    101\n", self.show("in.csv", "--schema", "id long"))
        ended = self.work.run("show", "in.csv", "--schema", "id long", "--verify")
        self.assert_failed(ended, 4, "in.csv: line 101, column 'id' (BIGINT): found 'x', expected a whole number")
        self.work.write_file("in.csv", "1\n" * 100)
        self.assertIn("rows    100\n", self.show("in.csv", "--schema", "id long", "--verify"))

    def test_verify_goes_on_behind_bad_rows(self):
        self.work.write_file("in.csv", "1\nx\n2\n" + "y\n" * 30)
        ended = self.work.run("show", "in.csv", "--schema", "id long", "--verify")
        self.assert_failed(ended, 4, "31 of 33 rows are bad; the first 20 are listed above")
        self.assertIn("line 2, column 'id' (BIGINT): found 'x'", ended.err)
        self.assertIn("line 22, column 'id'", ended.err)
        self.assertNotIn("line 23, column 'id'", ended.err)
        self.work.write_file("in.jsonl", '{"id":1}\n{"id":"x"}\n{\n')
        ended = self.work.run("show", "in.jsonl", "--schema", "id long", "--verify")
        self.assert_failed(ended, 4, "2 of 3 rows are bad; they are listed above")
        self.assertIn("in.jsonl: line 2, column 'id'", ended.err)
        self.assertIn("in.jsonl: line 3, byte", ended.err)

    def test_the_packing_is_shown(self):
        with gzip.open(self.work.file("in.csv.gz"), "wb") as file:
            file.write(b"1\n2\n")
        self.assertIn("packed  gzip\n", self.show("in.csv.gz", "--schema", "id long"))
        self.work.write_file("in.csv", "1\n")
        self.assertNotIn("packed", self.show("in.csv", "--schema", "id long"))
        self.assertIn("packed  mixed\n", self.show("in.csv*", "--from", "csv", "--schema", "id long"))

    def test_standard_input_needs_a_schema(self):
        def show_stdin(*args) -> support.Ended:
            with open(self.work.write_file("stdin", "1\n2\n"), "rb") as file:
                return self.work.run("show", "-", *args, stdin=file)

        ended = show_stdin("--schema", "id long")
        self.assertEqual(ended.status, 0, ended.err)
        self.assertIn(" 2\n", ended.out)
        self.assert_failed(show_stdin(), 3, "is read once and has no schema; give --schema")

    def test_what_cannot_be_shown(self):
        self.work.write_file("empty.csv", "")
        self.assert_failed(self.work.run("show", "none.csv"), 4, "none.csv")
        self.assert_failed(self.work.run("show", "empty.csv"), 4, "holds no rows, so its columns cannot be told")
        self.assert_failed(self.work.run("show", "a.txt"), 3, "IN: expected a name that ends in .csv")
        self.assertEqual(self.work.run("show").status, 2)
        self.assertEqual(self.work.run("show", "a.csv", "--format", "xml").status, 2)


if __name__ == "__main__":
    unittest.main()
