"""Streams as tf.data datasets, from 1.15 on: the streams' other ends are written here, in the same process."""
import ctypes
import gc
import os
import struct
import sys
import threading
import time
import unittest

from cluster import Task  # finds the folders

import fake_runner
import records_payload
from fake_runner import chunk, end_chunk

import tensorflow as tf

sys.path.insert(0, fake_runner.RUNTIME)
from alinktf_worker import datasets  # noqa: E402
from alinktf_worker.stream import Stream  # noqa: E402

assert Task
V1 = tf.compat.v1
EAGER = tf.executing_eagerly()
VERSION = tuple(map(int, tf.__version__.split(".")[:2]))
TENSORPROTO, COLUMNS = 2, 3
FLOAT32 = {"name": "f", "dtype": "float32", "nested": False, "vector": False}
INT64 = {"name": "i", "dtype": "int64", "nested": False, "vector": False}
TEXT = {"name": "s", "dtype": "string", "nested": False, "vector": False}
VECTOR = {"name": "v", "dtype": "float32", "nested": True, "vector": True}


def records_chunk(records):
    """As the runner makes it."""
    return chunk(TENSORPROTO, records_payload.payload(records), len(records))


def part(data):
    return struct.pack("<I", len(data)) + data


class Feed:
    """A stream whose chunks `pieces` gives, written by a thread; None ends it early."""

    def __init__(self, pieces, columns=(), rescan="empty"):
        read, self._fd = os.pipe()
        self.stream = Stream(read, rescan, False, lambda **_: self.stream.opened(list(columns)))
        self._thread = threading.Thread(target=self._write, args=(pieces,), daemon=True)
        self._thread.start()

    def _write(self, pieces):
        try:
            for piece in pieces:
                view = memoryview(piece)
                while view:
                    view = view[os.write(self._fd, view):]
        except BrokenPipeError:
            pass
        os.close(self._fd)

    def records(self, **options):
        return datasets.stream_records(tf, self.stream, options.get("batched", False))

    def columns(self, batch_size=None):
        return datasets.stream_columns(tf, self.stream, batch_size)


def elements(dataset):
    """All of them as numpy values."""
    return [tf.nest.map_structure(lambda value: value.numpy(), element) for element in dataset]


def graph_elements(make):
    """The same in a graph of its own; `make()` gives the dataset."""
    found = []
    with tf.Graph().as_default():
        element = V1.data.make_one_shot_iterator(make()).get_next()
        with V1.Session() as session:
            try:
                while True:
                    found.append(session.run(element))
            except tf.errors.OutOfRangeError:
                return found


def all_ways(make):
    """Elements in each mode that this TensorFlow has; `make()` makes the feed and its dataset anew."""
    return ([elements(make())] if EAGER else []) + [graph_elements(make)]


class RecordsTest(unittest.TestCase):
    PIECES = [records_chunk([b"a", b""]), records_chunk([b"c" * 300]), end_chunk(3)]

    def test_records_and_vectors_of_them(self):
        for found in all_ways(lambda: Feed(self.PIECES).records()):
            self.assertEqual(found, [b"a", b"", b"c" * 300])
        for found in all_ways(lambda: Feed(self.PIECES).records(batched=True)):
            self.assertEqual(sum((vector.tolist() for vector in found), []), [b"a", b"", b"c" * 300])

    def test_no_python_runs_for_a_record(self):
        calls = []

        def make():
            feed = Feed([records_chunk([b"x"] * 1000), end_chunk(1000)])
            groups = feed.stream.groups

            def counted():
                for group in groups():
                    calls.append(group)
                    yield group

            feed.stream.groups = counted
            return feed.records()

        ways = all_ways(make)
        self.assertEqual([len(found) for found in ways], [1000] * len(ways))
        self.assertEqual(len(calls), len(ways))

    def test_batch_gives_what_it_gives_of_any_dataset(self):
        records = [b"%d" % number for number in range(100)]
        pieces = [records_chunk(records[:30]), records_chunk(records[30:31]), records_chunk(records[31:]), end_chunk(100)]
        for size, drop_remainder in (16, False), (16, True), (50, True), (33, False), (100, False), (101, False), (3, True):
            def ours():
                return Feed(pieces).records().batch(size, drop_remainder=drop_remainder)

            def any_dataset():
                return tf.data.Dataset.from_tensor_slices(records).batch(size, drop_remainder=drop_remainder)

            with self.subTest(size=size, drop_remainder=drop_remainder):
                wanted = [batch.tolist() for batch in graph_elements(any_dataset)]
                for found in all_ways(ours):
                    self.assertEqual([batch.tolist() for batch in found], wanted)
                with tf.Graph().as_default():
                    shapes = [V1.data.get_output_shapes(dataset()).as_list() for dataset in (ours, any_dataset)]
                self.assertEqual(*shapes)

    def test_a_batch_that_is_cut_short_by_a_failure_is_an_error(self):
        pieces = [records_chunk([b"a"] * 20), chunk(6, b"line 3 is bad")]
        with self.assertRaisesRegex(tf.errors.OpError, "line 3 is bad"):
            all_ways(lambda: Feed(pieces).records().batch(16))

    def test_an_empty_stream_is_an_empty_dataset(self):
        for found in all_ways(lambda: Feed([end_chunk(0)]).records()):
            self.assertEqual(found, [])

    def test_repeat_on_the_dataset_itself_raises(self):
        with self.assertRaisesRegex(ValueError, "come once"):
            Feed([end_chunk(0)]).records().repeat(2)

    def test_a_failed_stream_is_an_error_with_its_words(self):
        for pieces, text in (([], "without their end mark"), ([chunk(6, b"line 3 is bad")], "line 3 is bad")):
            with self.assertRaisesRegex(tf.errors.OpError, text):
                all_ways(lambda: Feed([records_chunk([b"a"])] + pieces).records())

    @unittest.skipUnless(EAGER, "datasets are iterated in eager mode")
    def test_a_peek_loses_nothing_and_a_second_pass_is_empty(self):
        many = [records_chunk([b"%d" % number]) for number in range(100)] + [end_chunk(100)]
        dataset = Feed(many).records()
        self.assertEqual(next(iter(dataset.prefetch(4))).numpy(), b"0")
        self.assertEqual(len(elements(dataset)), 100)
        self.assertEqual(elements(dataset), [])
        self.assertEqual(elements(dataset.map(lambda record: record).repeat()), [])
        with self.assertRaisesRegex(tf.errors.OpError, "all its 100 rows"):
            dataset = Feed(many, rescan="error").records()
            elements(dataset), elements(dataset)

    def test_a_record_comes_at_once(self):
        """Each one is written when the one before it has come."""
        came = threading.Semaphore(0)

        def pieces():
            for number in range(20):
                yield records_chunk([b"%d" % number])
                if not came.acquire(timeout=30):
                    return
            yield end_chunk(20)

        def seen(record):
            came.release()
            return record

        def make():
            return Feed(pieces()).records().map(lambda record: V1.py_func(seen, [record], tf.string))

        for found in all_ways(make):
            self.assertEqual(len(found), 20)

    @unittest.skipUnless(EAGER, "datasets are iterated in eager mode")
    def test_the_end_is_noticed_at_once(self):
        """tf.data's autotuner would hold up every fourth loop of this length for half a second or so; a busy machine some."""
        def pieces():
            end = time.monotonic() + 0.7
            count = 0
            while time.monotonic() < end:
                yield records_chunk([b"x"] * 1000)
                count += 1000
                time.sleep(0.02)
            yield end_chunk(count)

        ends = []

        def loops():
            for _ in range(12):
                batches = Feed(pieces()).records().batch(100).map(tf.strings.length, num_parallel_calls=2).prefetch(2)
                for _ in batches:
                    last = time.monotonic()
                ends.append(time.monotonic() - last)

        threads = [threading.Thread(target=loops) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(len(ends), 96)
        late = [end for end in ends if end > 0.2]
        self.assertLessEqual(len(late), 6, late)


class MallocTest(unittest.TestCase):
    """Memory of a tensor goes to the next one: see malloc.py."""
    IS_MMAPPED = 2  # in the word before what malloc gives

    @unittest.skipIf(VERSION < (2, 21), "this TensorFlow leaves malloc as it is")
    def test_buffers_stay_in_the_heap(self):
        elements(Feed(RecordsTest.PIECES).records())
        libc = ctypes.CDLL(None)
        libc.malloc.restype = ctypes.c_void_p
        buffers = [libc.malloc(ctypes.c_size_t(512 << 10)) for _ in range(64)]
        for buffer in buffers:
            self.addCleanup(libc.free, ctypes.c_void_p(buffer))
        heads = [ctypes.c_size_t.from_address(buffer - ctypes.sizeof(ctypes.c_size_t)).value for buffer in buffers]
        self.assertEqual([head & self.IS_MMAPPED for head in heads], [0] * 64)


class ColumnsTest(unittest.TestCase):
    # Rows of i, f, s and v: a [2] vector.
    NUMBERS = struct.pack("<2q2f", 1, -2, 0.5, float("nan"))
    TENSOR = bytes([8, 1, 0x12, 8, 0x12, 2, 8, 2, 0x12, 2, 8, 2, 0x22, 16]) + struct.pack("<4f", 1, 2, 3, 4)
    PIECES = [chunk(COLUMNS, part(NUMBERS) + part(records_payload.tensor([b"a", b""])) + part(TENSOR), 2), end_chunk(2)]

    def test_all_kinds_of_columns(self):
        for found in all_ways(lambda: Feed(self.PIECES, [VECTOR, INT64, TEXT, FLOAT32]).columns()):
            row, = found
            self.assertEqual(list(row), ["v", "i", "s", "f"] if sys.version_info > (3, 7) and EAGER else list(row))
            self.assertEqual(row["i"].tolist(), [1, -2])
            self.assertEqual(row["f"].tolist()[0], 0.5)
            self.assertNotEqual(row["f"].tolist()[1], row["f"].tolist()[1])
            self.assertEqual(row["s"].tolist(), [b"a", b""])
            self.assertEqual(row["v"].tolist(), [[1, 2], [3, 4]])
            self.assertEqual((row["i"].dtype, row["f"].dtype, row["v"].dtype), ("int64", "float32", "float32"))

    def test_batches_that_came_together_stay_apart_whatever_their_sizes(self):
        def make(sizes, columns):
            begins = [sum(sizes[:at]) for at in range(len(sizes))]
            together = b"".join(self.batch(begin, rows, columns) for begin, rows in zip(begins, sizes))
            return Feed([together, end_chunk(sum(sizes))], columns).columns()

        for columns in [INT64, FLOAT32, TEXT, VECTOR], [FLOAT32], [TEXT, dict(TEXT, name="t")], [VECTOR]:
            for sizes in [2, 2, 2], [3, 3, 1, 1, 2], [1]:
                with self.subTest(columns=columns, sizes=sizes):
                    for found in all_ways(lambda: make(sizes, columns)):
                        self.assertEqual([len(batch[columns[0]["name"]]) for batch in found], sizes)
                        for column in columns:
                            values = sum((batch[column["name"]].tolist() for batch in found), [])
                            self.assertEqual(values, [self.value(column, row) for row in range(sum(sizes))])

    @staticmethod
    def value(column, row):
        """What stands there in the rows of `batch`."""
        return {"i": -row, "f": row / 2, "v": [row, 1]}.get(column["name"], b"%s%d" % (column["name"].encode(), row))

    def batch(self, begin, rows, columns):
        """A chunk of the rows from `begin` on."""
        columns_of = {dtype: [[self.value(column, begin + row) for row in range(rows)] for column in columns
                              if column["dtype"] == dtype and not column["nested"]] for dtype in ("int64", "float32", "string")}
        numbers = b"".join([struct.pack("<%dq" % rows, *column) for column in columns_of["int64"]] +
                           [struct.pack("<%df" % rows, *column) for column in columns_of["float32"]])
        parts = [numbers] if numbers else []
        if columns_of["string"]:
            parts.append(records_payload.tensor(sum(columns_of["string"], [])))
        if VECTOR in columns:
            vectors = sum((self.value(VECTOR, begin + row) for row in range(rows)), [])
            parts.append(bytes([8, 1, 0x12, 8, 0x12, 2, 8, rows, 0x12, 2, 8, 2, 0x22, 8 * rows]) +
                         struct.pack("<%df" % len(vectors), *vectors))
        return chunk(COLUMNS, b"".join(map(part, parts)), rows)

    @unittest.skipUnless(EAGER, "datasets are iterated in eager mode")
    def test_what_a_script_makes_of_it_is_all_that_it_has_to_keep(self):
        batches = Feed(self.PIECES, [VECTOR, INT64, TEXT, FLOAT32]).columns(2).map(lambda row: row["i"]).prefetch(1)
        gc.collect()
        iterator = iter(batches)
        del batches
        gc.collect()
        self.assertEqual([batch.numpy().tolist() for batch in iterator], [[1, -2]])

    def test_numbers_alone_come_in_any_number_of_rows(self):
        def pieces():
            for rows in (3, 1):
                yield chunk(COLUMNS, part(struct.pack("<%dq" % rows, *range(rows))), rows)
            yield end_chunk(4)

        for found in all_ways(lambda: Feed(pieces(), [INT64]).columns(3)):
            self.assertEqual([row["i"].tolist() for row in found], [[0, 1, 2], [0]])

    @unittest.skipUnless(EAGER, "datasets are iterated in eager mode")
    def test_a_peek_loses_nothing_and_a_second_pass_is_empty(self):
        pieces = [chunk(COLUMNS, part(struct.pack("<q", number)), 1) for number in range(100)] + [end_chunk(100)]
        dataset = Feed(pieces, [INT64]).columns(1)
        self.assertEqual(next(iter(dataset.prefetch(4)))["i"].numpy().tolist(), [0])
        self.assertEqual([row["i"].tolist() for row in elements(dataset)], [[number] for number in range(100)])
        self.assertEqual(elements(dataset), [])

    @unittest.skipUnless(EAGER and hasattr(tf, "keras"), "for Keras in eager mode")
    def test_fit_trains_on_all_rows_in_its_first_epoch_and_on_none_in_its_second(self):
        """Keras 3 looks at a first batch before."""
        def pieces():
            for _ in range(10):
                yield chunk(COLUMNS, part(struct.pack("<64f", *range(64))), 64)
            yield end_chunk(640)

        for strategy in tf.distribute.get_strategy(), tf.distribute.MirroredStrategy(["/cpu:0"]):
            with self.subTest(strategy=type(strategy).__name__):
                batches = Feed(pieces(), [FLOAT32]).columns(64)
                with strategy.scope():
                    model = tf.keras.Sequential([tf.keras.layers.Dense(1)])
                    model.compile("sgd", "mse")
                steps = []
                count = tf.keras.callbacks.LambdaCallback(on_train_batch_end=lambda batch, logs: steps.append(batch))
                model.fit(batches.map(lambda row: (row["f"][:, None] / 64, row["f"][:, None] / 64)), epochs=2, verbose=0,
                          callbacks=[count])
                self.assertEqual(steps, list(range(10)))


if __name__ == "__main__":
    unittest.main()
