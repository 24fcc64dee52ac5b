"""The feed of a stream task: passes, the window, the end and its faults. Without TensorFlow."""
import os
import struct
import sys
import threading
import unittest

import fake_runner
from fake_runner import Task, chunk, end_chunk

sys.path.insert(0, fake_runner.RUNTIME)
from alinktf_worker import stream as stream_module  # noqa: E402
from alinktf_worker.stream import Stream, StreamError  # noqa: E402

TENSORPROTO, COLUMNS = 2, 3


def payloads(stream):
    """One pass."""
    for group in stream.groups():
        for payload, _ in group:
            yield payload


class Feed:
    """A Stream and the other end of its pipe."""

    def __init__(self, rescan="empty", shared=False):
        read, self.fd = os.pipe()
        self.asked = []
        self.stream = Stream(read, rescan, shared, lambda **members: self.asked.append(members))
        self._read = read

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for fd in (self._read, self.fd):
            try:
                os.close(fd)
            except OSError:
                pass

    def send(self, *payloads, end=None):
        for payload in payloads:
            os.write(self.fd, chunk(COLUMNS, payload, 1))
        if end is not None:
            os.write(self.fd, end_chunk(end))

    def close(self):
        os.close(self.fd)
        self.fd = -1

    def passed(self):
        return list(self.payloads())

    def payloads(self):
        return payloads(self.stream)


class StreamTest(unittest.TestCase):
    def setUp(self):
        for name in "WINDOW_BYTES", "_GROUP_BYTES":
            self.addCleanup(setattr, stream_module, name, getattr(stream_module, name))
        stream_module._GROUP_BYTES = 1  # a chunk is a group
        stderr, sys.stderr = sys.stderr, self
        self.addCleanup(setattr, sys, "stderr", stderr)
        self.text = ""

    def write(self, text):
        self.text += text

    def flush(self):
        pass

    def assert_fails(self, stream, *texts):
        with self.assertRaises(StreamError) as caught:
            list(payloads(stream))
        for text in texts:
            self.assertIn(text, str(caught.exception))

    def test_one_pass_gives_all_chunks_and_counts_records(self):
        with Feed() as feed:
            feed.send(b"a", b"b", end=2)
            self.assertEqual(feed.passed(), [b"a", b"b"])
            self.assertEqual(feed.stream.count, 2)

    def test_a_pass_after_the_end_is_empty_with_one_warning(self):
        with Feed() as feed:
            feed.send(b"a", end=1)
            feed.passed()
            self.assertEqual([feed.passed(), feed.passed()], [[], []])
            self.assertEqual(self.text.count("warning"), 1)
            self.assertIn("all its 1 rows", self.text)

    def test_a_pass_after_the_end_can_be_an_error(self):
        with Feed("error") as feed:
            feed.send(b"a", end=1)
            feed.passed()
            self.assert_fails(feed.stream, "all its 1 rows", "rescan")

    def test_a_peek_loses_nothing(self):
        with Feed() as feed:
            feed.send(b"a", b"b", b"c", end=3)
            self.assertEqual(next(feed.payloads()), b"a")
            self.assertEqual(feed.passed(), [b"a", b"b", b"c"])
            self.assertEqual(feed.passed(), [])

    def test_a_pass_that_goes_on_beside_a_later_one_does_not_end_it(self):
        with Feed() as feed:
            feed.send(b"a", b"b", end=2)
            peek = feed.payloads()
            next(peek)
            real = feed.payloads()
            self.assertEqual(next(real), b"a")
            self.assertEqual(list(peek), [b"b"])  # what a prefetch of the peek does
            self.assertEqual(list(real), [b"b"])
            self.assertEqual(feed.passed(), [])

    def test_a_peek_of_keras_may_read_all_of_a_small_stream(self):
        def _symbolic_build(feed):
            return feed.passed()

        with Feed() as feed:
            feed.send(b"a", end=1)
            self.assertEqual(_symbolic_build(feed), [b"a"])
            self.assertEqual(feed.passed(), [b"a"])
            self.assertEqual(feed.passed(), [])

    def test_what_is_read_beyond_the_window_cannot_be_read_again(self):
        stream_module.WINDOW_BYTES = 3
        for rescan in "empty", "error":
            with self.subTest(rescan=rescan), Feed(rescan) as feed:
                feed.send(b"aa", b"bb", b"cc", end=3)
                first = feed.payloads()
                self.assertEqual([next(first), next(first)], [b"aa", b"bb"])
                self.assert_fails(feed.stream, "can be read once: 2 of them")
                self.assertEqual(list(first), [b"cc"])

    def test_shared_passes_take_turns(self):
        with Feed(shared=True) as feed:
            feed.send(b"a", b"b", b"c", end=3)
            one, two = feed.payloads(), feed.payloads()
            self.assertEqual([next(one), next(two), next(one)], [b"a", b"b", b"c"])
            self.assertEqual([list(one), list(two), feed.passed()], [[], [], []])
            self.assertEqual(self.text, "")

    def test_a_stream_that_fails_says_so_in_every_pass(self):
        cut = chunk(COLUMNS, b"abc", 1)
        cases = [(b"", "without their end mark"), (cut[:5], "inside a chunk's header"), (cut[:14], "inside a chunk"),
                 (end_chunk(7), "7 rows were sent, 1 arrived"), (chunk(6, b"line 3 is bad"), "line 3 is bad"),
                 (struct.pack("<III", 9, 0, 0), "unknown chunk kind 9")]
        for data, text in cases:
            with self.subTest(text=text), Feed() as feed:
                feed.send(b"a")
                os.write(feed.fd, data)
                feed.close()
                passing = feed.payloads()
                self.assertEqual(next(passing), b"a")
                with self.assertRaises(StreamError) as caught:
                    next(passing)
                self.assertIn(text, str(caught.exception))
                again = feed.payloads()
                self.assertEqual(next(again), b"a")
                with self.assertRaises(StreamError):
                    next(again)

    def test_columns_that_cannot_be_had_are_an_error_that_says_why(self):
        with Feed() as feed:
            os.write(feed.fd, chunk(6, b"line 1 is bad"))
            feed.stream.opened(None)
            for _ in range(2):
                with self.assertRaisesRegex(StreamError, "failed after 0 rows: line 1 is bad"):
                    feed.stream.open_columns(0)

    def test_the_runner_is_told_once_that_the_failure_of_the_input_has_been_read(self):
        read, write = os.pipe()
        told = []
        stream = Stream(read, "empty", False, lambda **_: None, lambda: told.append(stream.count))
        os.write(write, chunk(COLUMNS, b"a", 1) + chunk(6, b"line 2 is bad"))
        for _ in range(2):
            self.assert_fails(stream, "failed after 1 rows: line 2 is bad")
        self.assertEqual(told, [1])
        os.close(read)
        os.close(write)

    def test_large_chunks_come_in_pieces(self):
        with Feed() as feed:
            payload = bytes(range(256)) * 20000
            writer = threading.Thread(target=lambda: fake_runner.Task.feed_bytes(
                type("To", (), {"feed_fd": feed.fd}), chunk(COLUMNS, payload, 1) + end_chunk(1)))
            writer.start()
            self.assertEqual(feed.passed(), [payload])
            writer.join()

    def test_chunks_that_are_there_come_together(self):
        stream_module._GROUP_BYTES = 100
        with Feed() as feed:
            feed.send(b"a" * 60, b"b" * 60, b"c")
            groups = feed.stream.groups()
            self.assertEqual(next(groups), [(b"a" * 60, 1), (b"b" * 60, 1)])
            self.assertEqual(feed.stream.count, 2)
            os.write(feed.fd, chunk(COLUMNS, b"d" * 50, 1)[:40])
            self.assertEqual(next(groups), [(b"c", 1)])
            os.write(feed.fd, chunk(COLUMNS, b"d" * 50, 1)[40:])
            feed.send(end=4)
            self.assertEqual(list(groups), [[(b"d" * 50, 1)]])

    def test_passes_that_share_get_a_chunk_at_a_time(self):
        stream_module._GROUP_BYTES = 100
        with Feed(shared=True) as feed:
            feed.send(b"a", b"b", end=2)
            one, two = feed.stream.groups(), feed.stream.groups()
            self.assertEqual([next(one), next(two)], [[(b"a", 1)], [(b"b", 1)]])

    def test_rows_are_asked_for_once_and_in_one_form(self):
        with Feed() as feed:
            feed.stream.open("columns", 32)
            feed.stream.open("columns", 32)
            self.assertEqual(feed.asked, [{"format": "columns", "batch_rows": 32}])
            with self.assertRaisesRegex(ValueError, "columns in batches of 32 before, and now for records"):
                feed.stream.open("records")


class TaskTest(unittest.TestCase):
    MEMBERS = {"component": "TensorFlow2StreamOp", "data": "stream", "rescan": "empty", "shared_passes": False}

    def test_a_stream_task_asks_for_its_rows_and_sends_results_at_once(self):
        script = ("import alinktf_worker\n"
                  "def main(config):\n"
                  "    assert sorted(config.__dict__) == sorted(['tf_context', 'num_workers', 'cluster', 'task_type',\n"
                  "        'task_index', 'work_dir', 'user_params', 'dataset_fn', 'output_writer'])\n"
                  "    stream = alinktf_worker.current.stream\n"
                  "    stream.open('records')\n"
                  "    for group in stream.groups():\n"
                  "        for payload, _ in group:\n"
                  "            config.output_writer.write(payload)\n"
                  "            config.output_writer.write(payload)\n")
        for python in fake_runner.pythons():
            with self.subTest(python=python), Task(script, python=python, **self.MEMBERS) as task:
                task.expect("hello")
                task.send("go")
                self.assertEqual(task.expect("main_started")["records"], 0)
                self.assertEqual(task.expect("open"), {"type": "open", "format": "records", "batch_rows": 0})
                for number in range(3):
                    task.feed_bytes(chunk(TENSORPROTO, b"%d" % number, 1))
                    task.wait_for_results(2 * number + 2)  # though the script waits for more
                task.feed_bytes(end_chunk(3))
                done = task.expect("main_done")
                self.assertEqual((done["read"], done["written"]), (3, 6))
                task.send("all_done")
                task.expect("done")
                self.assertEqual(task.wait(), 0)

    def test_a_task_that_reads_nothing_lets_go_of_its_feed(self):
        with Task("def main(config):\n    pass\n", **self.MEMBERS) as task:
            task.expect("hello")
            task.send("go")
            task.expect("main_started")
            self.assertEqual(task.expect("main_done")["read"], 0)
            with self.assertRaises(BrokenPipeError):
                task.feed_bytes(chunk(TENSORPROTO, b"a", 1))
            task.send("all_done")
            task.expect("done")


if __name__ == "__main__":
    unittest.main()
