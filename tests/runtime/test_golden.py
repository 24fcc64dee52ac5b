"""The bytes of testdata/protocol/, as the runtime reads and writes them."""
import json
import os
import unittest

import fake_runner
from fake_runner import PROTOCOL_DATA, Task

WRITE_TWO = "def main(config):\n    config.output_writer.write(b'A')\n    config.output_writer.write(b'BC')\n"


def data(name):
    with open(os.path.join(PROTOCOL_DATA, name), "rb") as file:
        return file.read()


def lines(name):
    return [json.loads(line) for line in data(name).decode("utf-8").splitlines()]


class GoldenTest(unittest.TestCase):
    def test_results_are_the_golden_bytes_but_for_where_chunks_are_cut(self):
        script = ("def main(config):\n    import alinktf_worker\n"
                  "    alinktf_worker.current.results._flushed = float('inf')\n"  # one chunk, however slow the machine
                  + WRITE_TWO[WRITE_TWO.index("\n") + 1:])
        with Task(script) as task:
            task.run()
            self.assertEqual(bytes(task.results_bytes), data("results_two_records.bin"))

    def test_columns_are_the_golden_bytes(self):
        script = "def main(config):\n    config.output_writer.write_batch({'i': [1, 2], 's': ['a', None]})\n"
        for python in fake_runner.pythons():
            with self.subTest(python=python), Task(script, python=python) as task:
                self.assertEqual(task.run()["written"], 2)
                self.assertEqual(bytes(task.results_bytes), data("results_columns.bin"))

    def test_feed_is_spooled_frame_by_frame(self):
        script = "def main(config):\n    print('spool', open(config.dataset_file, 'rb').read().hex())\n"
        with Task(script) as task:
            task.expect("hello")
            task.feed_bytes(data("feed_two_chunks.bin"))
            task.send("go")
            self.assertEqual(task.expect("main_started")["records"], 3)
            task.expect("main_done")
            task.send("all_done")
            task.wait()
            spool = b"".join(map(fake_runner.frame, (b"A", b"BC", b"")))
            self.assertIn("spool " + spool.hex(), task.stdout())

    def test_empty_feed(self):
        with Task(WRITE_TWO) as task:
            task.expect("hello")
            task.feed_bytes(data("feed_empty.bin"))
            task.send("go")
            self.assertEqual(task.expect("main_started")["records"], 0)

    def test_end_of_tensors_writes_their_files_before_main(self):
        script = ("import os\n\ndef main(config):\n"
                  "    for name in ('tensor_shapes.txt', 'tensor_types.txt'):\n"
                  "        print(name, open(os.path.join(config.work_dir, name)).read())\n")
        with Task(script) as task:
            task.expect("hello")
            task.feed_bytes(data("feed_tensors.bin"))
            task.send("go")
            self.assertEqual(task.expect("main_started")["records"], 1)
            task.expect("main_done")
            task.send("all_done")
            task.wait()
            self.assertIn('tensor_shapes.txt {"d":[2,2]}\n', task.stdout())
            self.assertIn('tensor_types.txt {"d":"double"}\n', task.stdout())

    def test_feed_with_an_error(self):
        with Task(WRITE_TWO) as task:
            task.expect("hello")
            task.feed_bytes(data("feed_error.bin"))
            self.assertEqual(task.expect("failed")["message"],
                             'the input failed after 1 records: in.csv line 7: bad cell "\u00e9"')

    def test_control_lines(self):
        to_task = lines("control_to_task.jsonl")
        task_message = dict(to_task[0])
        del task_message["work_dir"], task_message["main_script"]
        from_task = lines("control_from_task.jsonl")
        with Task(WRITE_TWO, **task_message) as task:
            got = [task.expect("hello")]
            task.feed_bytes(data("feed_two_chunks.bin"))
            task.send_line(to_task[1])
            got += [task.expect("main_started"), task.expect("main_done")]
            task.send_line(to_task[2])
            got.append(task.expect("done"))
            self.assertEqual(task.wait(), 0)
        self.assertEqual([list(message) for message in got], [list(message) for message in from_task])
        self.assertEqual(got[1:], from_task[1:])


if __name__ == "__main__":
    unittest.main()
