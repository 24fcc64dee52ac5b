"""No row is lost or doubled unseen: the counts of every run, in its last line, its report and its output."""

import collections
import csv
import json
import os
import unittest

from support import JobTest

ROWS = 10  # ids 0 to 9
BAD = 2  # lines that are no id


class CountsTest(JobTest):
    def count(self, workers: int, even_split: str, **keys) -> "tuple[dict, str]":
        """Run a job over ten rows; the counts of its report, and what it has logged."""
        lines = [str(number) for number in range(ROWS)]
        lines[3:3] = ["x"]
        lines += ["y"]
        self.work.write_file("in.csv", "".join(line + "\n" for line in lines))
        self.work.write_job(
            **{
                "input": {"filePath": "in.csv", "schemaStr": "id long", "onBadRow": "skip"},
                "numWorkers": workers,
                "evenSplit": even_split,
                **keys,
            }
        )
        ended = self.work.run("run", "job.json", "--report", "report.json")
        self.assert_done(ended)
        return json.loads(self.work.read_file("report.json"))["rows"], ended.err

    def ids(self) -> "list[int]":
        return [int(line) for line in self.work.read_file("out.csv").splitlines()]

    def assert_counts(self, workers: int, even_split: str, where: str, good: int) -> None:
        """`good` rows are left to be dealt out."""
        rows, log = self.count(workers, even_split, where=where)
        left = good % workers
        repeated = (workers - left) % workers if even_split == "pad" else 0
        dropped = left if even_split == "drop" else 0
        sent = good + repeated - dropped
        expected = {
            "read": ROWS + BAD,
            "repeated": repeated,
            "sent": sent,
            "dropped": dropped,
            "filtered": ROWS - good,
            "skipped": BAD,
            "received": sent,
            "unread": 0,
            "written": sent,
            "collected": sent,
        }
        self.assertEqual(rows, expected)
        others = [f"{BAD} skipped"]
        others += [f"{expected[name]} {name}" for name in ("filtered", "dropped", "repeated") if expected[name]]
        self.assertIn(f"{ROWS + BAD} rows read, {sent} rows written", log)
        self.assertIn(f" ({', '.join(others)})", log)
        kept = list(range(ROWS))[:good]
        expected_ids = collections.Counter(kept[: good - dropped] + kept[-1:] * repeated)
        self.assertEqual(collections.Counter(self.ids()), expected_ids)

    def test_pad(self):
        for workers in (1, 2, 3):
            with self.subTest(workers=workers):
                self.assert_counts(workers, "pad", "", ROWS)
                self.remove_output()

    def test_drop(self):
        for workers in (1, 2, 3):
            with self.subTest(workers=workers):
                self.assert_counts(workers, "drop", "", ROWS)
                self.remove_output()

    def test_off(self):
        for workers in (1, 2, 3):
            with self.subTest(workers=workers):
                self.assert_counts(workers, "off", "", ROWS)
                self.remove_output()

    def test_with_a_condition(self):
        for workers, even_split in ((2, "pad"), (3, "drop"), (3, "off")):
            with self.subTest(workers=workers, even_split=even_split):
                self.assert_counts(workers, even_split, "id < 7", 7)
                self.remove_output()

    def test_rejected_rows_lie_in_their_file(self):
        rejects = {"filePath": "in.csv", "schemaStr": "id long", "onBadRow": {"rejects": "bad.csv"}}
        rows, log = self.count(2, "off", input=rejects)
        self.assertEqual((rows["read"], rows["skipped"], rows["sent"]), (ROWS + BAD, BAD, ROWS))
        self.assertIn(f"({BAD} skipped)", log)
        bad = list(csv.DictReader(self.work.read_file("bad.csv").splitlines()))
        self.assertEqual([(row["line"], row["row"]) for row in bad], [("4", "x"), ("12", "y")])
        for row in bad:
            self.assertEqual(row["source"], self.work.file("in.csv"))
            self.assertIn(f"line {row['line']}, column 'id' (BIGINT): found '{row['row']}'", row["reason"])
        self.remove_output()
        rejects["onBadRow"]["max"] = 1
        self.work.write_job(input=rejects)
        ended = self.work.run("run", "job.json")
        self.assert_failed(ended, 4, "2 rows were rejected, onBadRow.max allows 1")
        self.assertEqual(len(self.work.read_file("bad.csv").splitlines()), 1 + BAD)
        self.assertFalse(os.path.exists(self.work.file("out.csv")))

    def test_invalid_values_are_counted(self):
        for name, text in (
            ("v.csv", "1,1 2\n2,x\n3,y 1\n4,\n"),
            ("v.jsonl", '{"id":1,"v":[1]}\n{"id":2,"v":["x"]}\n{"id":3,"v":{}}\n{"id":4}\n'),
        ):
            with self.subTest(name=name):
                self.work.write_file(name, text)
                source = {"filePath": name, "schemaStr": "id long, v dense_vector", "handleInvalidMethod": "SKIP"}
                self.work.write_job(input=source, numWorkers=1)
                ended = self.work.run("run", "job.json", "--report", "report.json")
                self.assert_done(ended)
                self.assertIn("(2 values invalid)", ended.err)
                self.assertEqual(json.loads(self.work.read_file("report.json"))["invalid_values"], 2)
                self.remove_output()

    def remove_output(self) -> None:
        os.remove(self.work.file("out.csv"))


if __name__ == "__main__":
    unittest.main()
