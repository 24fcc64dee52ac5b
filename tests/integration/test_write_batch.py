"""Scripts that write batches of columns: what comes out, and what does not fit."""

import support
from support import JobTest

ECHO = """
import struct

def main(config):
    rows = []
    with open(config.dataset_file, "rb") as file:
        for header in iter(lambda: file.read(12), b""):
            record = file.read(struct.unpack("<Q4x", header)[0])
            rows.append(record[-1])
            file.seek(4, 1)
    config.output_writer.write_batch({"id": rows[:50]})
    config.output_writer.write_batch({"id": rows[50:]})
"""


class WriteBatchTest(JobTest):
    def run_script(self, text: str, schema: str, **keys) -> support.Ended:
        self.work.write_file("in.csv", keys.pop("rows", "1\n"))
        self.work.write_file("script.py", text)
        self.work.write_job(mainScriptFile="script.py", outputSchemaStr=schema, **keys)
        return self.work.run("run", "job.json")

    def run_batch(self, batch: str, schema: str, **keys) -> support.Ended:
        text = f"def main(config):\n    config.output_writer.write_batch({batch})\n"
        return self.run_script(text, schema, **keys)

    def test_every_row_comes_back_in_order(self):
        rows = "".join(f"{i}\n" for i in range(1, 101))
        self.assert_done(self.run_script(ECHO, "id long", rows=rows))
        self.assertEqual(self.work.read_file("out.csv"), rows)

    def test_rows_of_all_tasks_come_back(self):
        rows = "".join(f"{i}\n" for i in range(1, 121))
        self.assert_done(self.run_script(ECHO, "id long", rows=rows, numWorkers=3))
        self.assertEqual(
            sorted(self.work.read_file("out.csv").split(), key=int), rows.split(), "all of them, once"
        )

    def test_values_of_every_kind(self):
        batch = """{"i": [1, None], "b": [True, False], "f": [0.1, float("nan")], "d": [0.1, None],
            "s": ["a,b", b"\\xff"], "n": [None, None], "v": [[1, 0.5], None], "t": [[[1], [2]]] * 2}"""
        schema = "i tinyint, b boolean, f float, d double, s string, n date, v vector, t long_tensor"
        self.assert_done(self.run_batch(batch, schema))
        self.assertEqual(
            self.work.read_file("out.csv"),
            '1,true,0.1,0.1,"a,b",,1.0 0.5,"LONG#2,1#1 2 "\n,false,NaN,,\ufffd,,,"LONG#2,1#1 2 "\n',
        )

    def test_batches_and_rows_keep_their_order(self):
        text = """
def main(config):
    for i in range(0, 30, 3):
        config.output_writer.write({"id": i})
        config.output_writer.write_batch({"id": [i + 1, i + 2]})
"""
        self.assert_done(self.run_script(text, "id long"))
        self.assertEqual(self.work.read_file("out.csv"), "".join(f"{i}\n" for i in range(30)))

    def test_many_rows_in_one_batch(self):
        self.assert_done(self.run_batch("""{"id": range(300000), "s": ["x" * 10] * 300000}""", "id long"))
        self.assertEqual(
            self.work.read_file("out.csv"), "".join(f"{i}\n" for i in range(300000)), "cut into chunks"
        )

    def test_a_value_out_of_range_is_told_with_its_row(self):
        ended = self.run_batch("""{"id": list(range(200)) + [300]}""", "id tinyint")
        self.assert_failed(ended, 5, "chief:0: output row 129: column 'id' (TINYINT): found 128")

    def test_a_wrong_kind(self):
        ended = self.run_batch("""{"x": [None, 1]}""", "x double")
        self.assert_failed(
            ended, 5, "chief:0: output row 2: column 'x' (DOUBLE): found integers, expected floats"
        )

    def test_several_values_for_a_scalar(self):
        ended = self.run_batch("""{"x": [[1.0, 2.0]]}""", "x double")
        self.assert_failed(ended, 5, "output row 1: column 'x'", "found 2 values, expected one")

    def test_an_absent_column(self):
        ended = self.run_batch("""{"y": [1], "z": [2]}""", "x double")
        self.assert_failed(ended, 5, "output row 1: column 'x'", "no such column; it has 'y', 'z'")

    def test_columns_that_differ_in_length_fail_in_the_script(self):
        ended = self.run_batch("""{"x": [1], "y": [1, 2]}""", "x double")
        self.assert_failed(ended, 5, "chief:0", "ValueError: the columns of a batch differ in length")

    def test_bytes_that_are_no_columns(self):
        text = """
def main(config):
    import alinktf_worker
    alinktf_worker.current.results.write_columns([b"\\1\\0\\0\\0junk"], 8, 1)
"""
        self.assert_failed(self.run_script(text, "x double"), 5, "chief:0", "a chunk of columns ends")


if __name__ == "__main__":
    support.unittest.main()
