"""Jobs that succeed: data in and out."""

import os
import pty
import re
import struct
import subprocess
import unittest

import support
from support import JobTest, script


class EchoTest(JobTest):
    """CSV through one worker to CSV."""

    def echo(self, text: str, schema: str, *args, **keys) -> support.Ended:
        self.work.write_file("in.csv", text)
        self.work.write_job(input={"filePath": "in.csv", "schemaStr": schema}, outputSchemaStr=schema, **keys)
        ended = self.work.run("run", "job.json", *args)
        self.assert_done(ended)
        return ended

    def test_values_nulls_quotes_and_order(self):
        text = (
            '1,"a, ""b""",1.5,true\n'
            "2,,,\n"
            '-3,"",-0.25,false\n'
            "9223372036854775807,ü€😀,1.0E10,true\n"
            '-9223372036854775808,"two\nlines",0.125,\n'
        )
        ended = self.echo(text, "id long, s string, x double, b boolean")
        self.assertEqual(self.work.read_file("out.csv"), text)
        self.assertEqual(ended.out, "")
        self.assertIn("5 rows read, 5 rows written", ended.err)

    def test_other_delimiters_and_headers(self):
        self.work.write_file("in.csv", "id;s\r\n1;'a;b'\r\n2;c\r\n")
        self.work.write_job(
            input={
                "filePath": "in.csv",
                "schemaStr": "id long, s string",
                "fieldDelimiter": ";",
                "rowDelimiter": "\r\n",
                "quoteChar": "'",
                "header": True,
            },
            outputSchemaStr="id long, s string",
            output={"filePath": "out.csv", "fieldDelimiter": "\t", "header": True},
        )
        self.assert_done(self.work.run("run", "job.json"))
        self.assertEqual(self.work.read_file("out.csv"), "id\ts\n1\ta;b\n2\tc\n")

    def test_stdin_to_stdout(self):
        self.work.write_job()
        ended = self.run_with_stdin("3\n1\n2\n", "run", "job.json", "--input", "-", "--output", "-")
        self.assert_done(ended)
        self.assertEqual(ended.out, "3\n1\n2\n")
        self.assertFalse(self.work.exists("out.csv"))

    def run_with_stdin(self, text: str, *args) -> support.Ended:
        job = self.work.start(*args, stdin=subprocess.PIPE)
        job.process.stdin.write(text.encode())
        job.process.stdin.close()
        return job.wait()

    def test_job_file_alone_means_run(self):
        self.work.write_file("in.csv", "1\n")
        self.work.write_job()
        self.assert_done(self.work.run("job.json"))
        self.assertEqual(self.work.read_file("out.csv"), "1\n")

    def test_set_wins_over_the_file(self):
        self.work.write_file("in.csv", "1|x\n")
        self.work.write_job(outputSchemaStr="s string", output={"filePath": "never.csv"})
        settings = ("input.fieldDelimiter=|", "/input/schemaStr=id long, s string", "output.filePath=out.csv")
        ended = self.work.run("run", "job.json", *(word for each in settings for word in ("--set", each)))
        self.assert_done(ended)
        self.assertEqual(self.work.read_file("out.csv"), "x\n")
        self.assertFalse(self.work.exists("never.csv"))

    def test_paths_in_the_file_start_at_the_file(self):
        os.mkdir(self.work.file("deep"))
        self.work.write_file("deep/in.csv", "1\n")
        self.work.write_job("deep/job.json")
        self.assert_done(self.work.run("run", "deep/job.json"))
        self.assertEqual(self.work.read_file("deep/out.csv"), "1\n")

    def test_overwrite(self):
        self.work.write_file("out.csv", "old and longer\n")
        self.echo("1\n", "id long", "--set", "output.overwriteSink=true")
        self.assertEqual(self.work.read_file("out.csv"), "1\n")

    def test_empty_input_is_said(self):
        ended = self.echo("", "id long")
        self.assertEqual(self.work.read_file("out.csv"), "")
        self.assertIn("the input is empty", ended.err)

    def test_empty_input_of_three_workers(self):
        self.echo("", "id long", "--workers", "3", "--ps", "1")
        self.assertEqual(self.work.read_file("out.csv"), "")

    def test_print_process_info(self):
        ended = self.echo("1\n2\n", "id long", "--print-process-info")
        self.assertIn('[chief:0] TF_CONFIG={"cluster": {"chief": ["127.0.0.1:', ended.err)
        self.assertIn("[chief:0] number of records: 2", ended.err)
        self.assertIn("[chief:0] rows in 2, rows out 2", ended.err)

    def test_prints_of_any_language_whatever_the_locale(self):
        """As in Alink. These variables make Python believe that the terminal knows ASCII alone."""
        self.work.environment.update(LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0")
        self.work.environment.pop("PYTHONIOENCODING", None)
        self.work.write_file("in.csv", "1\n")
        self.work.write_file("print.py", "def main(config):\n    print('gr\u00f6\u00dfe \u6570\u636e')\n")
        self.work.write_job(mainScriptFile="print.py")
        ended = self.work.run("run", "job.json", "--print-process-info")
        self.assert_done(ended)
        self.assertIn("[chief:0] gr\u00f6\u00dfe \u6570\u636e\n", ended.err)

    def test_table_on_a_terminal(self):
        self.work.write_file("in.csv", "1,a\n20,\n")
        self.work.write_job(
            input={"filePath": "in.csv", "schemaStr": "id long, s string"},
            outputSchemaStr="id long, s string",
            output=None,
        )
        ours, theirs = pty.openpty()
        job = self.work.start("run", "job.json", stdout=theirs)
        os.close(theirs)
        shown = b""
        try:
            while piece := os.read(ours, 4096):
                shown += piece
        except OSError:  # how a terminal says that nobody holds its other side
            pass
        os.close(ours)
        self.assert_done(job.wait())
        self.assertEqual(shown.decode().split("\r\n"), ["id  s", "--  ----", " 1  a", "20  null", ""])


class GeneratedInputTest(JobTest):
    def test_random_table_is_java_s(self):
        columns = ", ".join(f"col{number} double" for number in range(10))
        self.work.write_job(
            input={"format": "random", "numRows": 100, "numCols": 10},
            outputSchemaStr=columns,
            mainScriptFile=script("echo"),
        )
        self.assert_done(self.work.run("run", "job.json"))
        path = os.path.join(support.TESTDATA, "golden", "random", "random_100x10_p1.csv")
        golden = [float32(cell) for cell in re.split("[,\n]", support.read(path).decode().strip())]
        ours = [float32(cell) for cell in re.split("[,\n]", self.work.read_file("out.csv").strip())]
        self.assertEqual(ours, golden)

    def test_select_with_integer_literals_and_random_numbers(self):
        keys = {
            "input": {"format": "random", "numRows": 200, "numCols": 1, "idCol": "id"},
            "select": "id, case when RAND() > 0.5 then 1. else 0. end as label, col0 * 2 as twice",
            "outputSchemaStr": "id long, label long, twice double",
        }
        outputs = []
        for name, seed in (("a", 0), ("b", 0), ("c", 1)):
            self.work.write_job(**keys, seed=seed, output={"filePath": name + ".csv"})
            self.assert_done(self.work.run("run", "job.json"))
            outputs.append(self.work.read_file(name + ".csv"))
        rows = [line.split(",") for line in outputs[0].splitlines()]
        self.assertEqual([row[0] for row in rows], [str(number) for number in range(200)])
        ones = sum(row[1] == "1" for row in rows)
        self.assertEqual(ones + sum(row[1] == "0" for row in rows), 200)
        self.assertTrue(60 < ones < 140, ones)
        self.assertAlmostEqual(float(rows[0][2]), 2 * 0.7309677, places=5)
        self.assertEqual(outputs[0], outputs[1], "same seed")
        self.assertNotEqual(outputs[0], outputs[2], "other seed")

    def test_where_and_selected_columns(self):
        self.work.write_file("in.csv", "1,a,1.5\n2,b,2.5\n3,c,3.5\n")
        self.work.write_job(
            input={"filePath": "in.csv", "schemaStr": "id long, s string, x double"},
            where="x > 2",
            selectedCols=["s", "id"],
            outputSchemaStr="s string, id long",
        )
        self.assert_done(self.work.run("run", "job.json"))
        self.assertEqual(self.work.read_file("out.csv"), "b,2\nc,3\n")


def float32(text: str) -> bytes:
    return struct.pack("<f", float(text))


class VolumeTest(JobTest):
    def test_many_larger_rows_through_three_workers(self):
        rows = [f"{number},{str(number) * 60}\n" for number in range(50_000)]
        schema = "id long, s string"
        self.work.write_file("in.csv", "".join(rows))
        self.work.write_job(
            input={"filePath": "in.csv", "schemaStr": schema},
            outputSchemaStr=schema,
            numWorkers=3,
            evenSplit="off",
        )
        self.assert_done(self.work.run("run", "job.json"))
        written = self.work.read_file("out.csv").splitlines(keepends=True)
        self.assertEqual(sorted(written), sorted(rows))
        for worker in range(3):
            mine = [int(row.split(",", 1)[0]) for row in written]
            mine = [number for number in mine if number % 3 == worker]
            self.assertEqual(mine, sorted(mine), "the order inside a worker")

    def test_far_more_rows_out_than_in(self):
        self.work.write_file("in.csv", "1\n2\n")
        self.work.write_job(
            mainScriptFile=script("many"),
            userParams={"times": 20_000, "bytes": 300},
            outputSchemaStr="id long, text string",
        )
        self.assert_done(self.work.run("run", "job.json"))
        self.assertEqual(self.work.read_file("out.csv").count("\n"), 40_000)

    def test_one_row_of_many_megabytes(self):
        self.work.write_file("in.csv", "x" * (5 << 20) + "\n")
        schema = "s string"
        self.work.write_job(input={"filePath": "in.csv", "schemaStr": schema}, outputSchemaStr=schema)
        self.assert_done(self.work.run("run", "job.json"))
        self.assertEqual(len(self.work.read_file("out.csv")), (5 << 20) + 1)

    def test_script_that_reads_nothing_and_writes_nothing(self):
        self.work.write_file("in.csv", "1\n" * 300_000)
        self.work.write_file("quick.py", "def main(config):\n    pass\n")
        self.work.write_job(mainScriptFile="quick.py")
        self.assert_done(self.work.run("run", "job.json"))
        self.assertEqual(self.work.read_file("out.csv"), "")

    def test_rows_of_a_ps_are_dropped_with_a_warning(self):
        self.work.write_file("in.csv", "1\n2\n")
        self.work.write_job(
            mainScriptFile=script("many"),
            userParams={"ps": 7, "bytes": 400_000, "after": self.work.file("ps_done")},
            outputSchemaStr="id long, text string",
            numPSs=1,
        )
        ended = self.work.run("run", "job.json")
        self.assert_done(ended)
        self.assertEqual(self.work.read_file("out.csv").count("\n"), 2)
        self.assertEqual(ended.err.count("ps:0 writes rows"), 1, ended.err)


if __name__ == "__main__":
    unittest.main()
