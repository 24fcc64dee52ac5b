"""write_batch: what goes over the wire, and what is refused. Without numpy: fake arrays have its interface."""
import array
import collections
import enum
import struct
import sys
import unittest

import fake_runner
from columns_payload import BOOL, BYTES, COLUMNS, END, FLOAT32, FLOAT64, INT64, NONE, RECORDS, parse
from fake_runner import Task

sys.path.insert(0, fake_runner.RUNTIME)
from alinktf_worker import chunks, columns  # noqa: E402


def cut(batch):
    """(rows, columns) of each chunk."""
    found = []
    for parts, size, rows in columns.cut(batch):
        payload = b"".join(parts)
        assert len(payload) == size
        found.append((rows, parse(payload, rows)))
    return found


def one(values):
    """The column of a batch that makes one chunk."""
    (_, found), = cut({"x": values})
    return found["x"]


class FakeType:
    """As much of a numpy.dtype as is used."""

    def __init__(self, name):
        self.name = name
        self.kind = {"float": "f", "int": "i", "bool": "b", "complex": "c"}[name.rstrip("0123456789")]
        self.itemsize = {"bool": 1}.get(name) or int("".join(filter(str.isdigit, name))) // 8

    def __str__(self):
        return self.name


class FakeArray:
    """As much of a numpy.ndarray as is used: values of one row after the other."""

    def __init__(self, dtype, shape, values):
        self.dtype, self.shape, self.values = FakeType(dtype), shape, values

    def astype(self, dtype, order, copy, subok):
        assert (order, copy, subok) == ("C", False, False)
        return array.array({"<f4": "f", "<f8": "d", "<i8": "q", "?": "b"}[dtype], self.values)


class FakeTensor:
    """An eager tensor."""

    def __init__(self, values):
        self.values = values

    def numpy(self):
        return self.values


class FakeSeries:
    """A column of a pandas.DataFrame."""

    def __init__(self, values):
        self.values = values

    def to_numpy(self):
        return self.values


class Color(enum.IntEnum):
    RED = 3


class ColumnsTest(unittest.TestCase):
    def test_kinds_of_lists(self):
        for values, kind, cells in [
                ([1, -2, 1 << 62], INT64, None), ([True, False], BOOL, None), ([True, 2], INT64, [1, 2]),
                ([0.1, 1e300, float("inf")], FLOAT64, None), ([1, 0.5], FLOAT64, None), (range(3), INT64, [0, 1, 2]),
                (("a", "\xe9"), BYTES, [b"a", b"\xc3\xa9"]), ([b"", "a", bytearray(b"b")], BYTES, [b"", b"a", b"b"]),
                ([Color.RED, 1], INT64, [3, 1]), (array.array("h", [1, 2]), INT64, [1, 2]),
                ([None, None], NONE, None)]:
            with self.subTest(values=values):
                self.assertEqual(one(values), (kind, (), list(values) if cells is None else cells))

    def test_none_is_null_and_nan_is_not(self):
        self.assertEqual(one([None, 1, None]), (INT64, (), [None, 1, None]))
        self.assertEqual(one([None, 1, 0.5]), (FLOAT64, (), [None, 1.0, 0.5]))
        self.assertEqual(one(["a", None]), (BYTES, (), [b"a", None]))
        self.assertEqual(one([None, False]), (BOOL, (), [None, False]))
        self.assertEqual(str(one([float("nan")])[2]), "[nan]")

    def test_inner_shapes_of_lists(self):
        self.assertEqual(one([[1, 2.5], (3, 4)]), (FLOAT64, (2,), [(1, 2.5), (3, 4)]))
        self.assertEqual(one([[[1], [2]], None]), (INT64, (2, 1), [(1, 2), None]))
        self.assertEqual(one([("a", b"bc"), None]), (BYTES, (2,), [(b"a", b"bc"), None]))
        Pair = collections.namedtuple("Pair", "a b")
        self.assertEqual(one([Pair(1, 2)]), (INT64, (2,), [(1, 2)]))
        self.assertEqual(one([[], []]), (NONE, (), [None, None]))

    def test_arrays_and_tensors(self):
        self.assertEqual(one(FakeArray("float32", (2,), [1, 0.5])), (FLOAT32, (), [1, 0.5]))
        self.assertEqual(one(FakeArray("float16", (1,), [0.5])), (FLOAT32, (), [0.5]))
        self.assertEqual(one(FakeArray("float64", (1, 2), [1, 0.1])), (FLOAT64, (2,), [(1, 0.1)]))
        self.assertEqual(one(FakeArray("bool", (2,), [1, 0])), (BOOL, (), [True, False]))
        self.assertEqual(one(FakeTensor(FakeArray("int8", (1, 2, 2), range(4)))), (INT64, (2, 2), [(0, 1, 2, 3)]))
        self.assertEqual(one(FakeArray("float32", (2, 0), [])), (NONE, (), [None, None]))
        self.assertEqual(one(FakeSeries(FakeArray("int64", (2,), [1, 2]))), (INT64, (), [1, 2]))
        self.assertEqual(one([FakeTensor(1), FakeTensor(2)]), (INT64, (), [1, 2]))

    def test_a_batch_without_rows_sends_nothing(self):
        for batch in ({}, {"x": []}, {"x": FakeArray("float32", (0, 3), [])}):
            self.assertEqual(cut(batch), [])

    def test_what_is_refused(self):
        for batch, kind, text in [
                ({"a": [1, 2], "b": [1]}, ValueError, "the columns of a batch differ in length: {'a': 2, 'b': 1}"),
                ({"a": [[1], [1, 2]]}, ValueError, "column 'a': its lists hold 1 and 2 values"),
                ({"a": [[1], 2]}, TypeError, "column 'a': mixes lists with other values"),
                ({"a": [[1, None]]}, TypeError, "it holds NoneType and int"),
                ({"a": [1, "x"]}, TypeError, "column 'a': cannot be written: it holds int and str"),
                ({"a": [1j]}, TypeError, "it holds complex"),
                ({"a": FakeArray("complex64", (1,), [1])}, TypeError, "it holds complex64"),
                ({"a": FakeArray("int64", (), [1])}, TypeError, "holds a single value"),
                ({"a": [1, 1 << 63]}, ValueError, "column 'a': 9223372036854775808 does not fit into 64 bits"),
                ({"a": ["\ud800"]}, ValueError, "column 'a': 'utf-8' codec"),
                ({"a": "text"}, TypeError, "column 'a': str is neither a list nor an array"),
                ({"a": 5}, TypeError, "int is neither a list nor an array"),
                ({"a": {1: 2}}, TypeError, "dict is neither a list nor an array")]:
            with self.subTest(batch=batch), self.assertRaises(kind) as raised:
                cut(batch)
            self.assertIn(text, str(raised.exception))

    def test_chunks_are_cut_by_size_and_hold_all_rows_in_order(self):
        batch = {"i": list(range(100000)), "s": [None if i % 7 else "x" * (i % 50) for i in range(100000)]}
        found = cut(batch)
        self.assertGreater(len(found), 2)
        self.assertEqual(sum((each["i"][2] for _, each in found), []), batch["i"])
        texts = sum((each["s"][2] for _, each in found), [])
        self.assertEqual(texts, [None if s is None else s.encode() for s in batch["s"]])
        for _, size, _ in columns.cut(batch):
            self.assertLess(size, 1 << 20)

    def test_texts_that_differ_much_do_not_make_large_chunks(self):
        found = list(columns.cut({"s": ["x"] * 5000 + ["y" * 700000] * 3}))
        self.assertEqual(sum(rows for _, _, rows in found), 5003)
        for _, size, rows in found:
            self.assertTrue(size < 1100000 or rows == 1, (size, rows))


class WriteBatchTest(unittest.TestCase):
    def test_rows_come_in_the_order_they_were_written_in_and_all_count(self):
        script = """
def main(config):
    for i in range(3):
        config.output_writer.write(b"record")
        config.output_writer.write_batch({"i": range(i, i + 1000)})
"""
        for python in fake_runner.pythons():
            with self.subTest(python=python), Task(script, python=python) as task:
                self.assertEqual(task.run()["written"], 3003)
                found = fake_runner.parse_chunks(bytes(task.results_bytes))
                self.assertEqual([kind for kind, _, _ in found], [RECORDS, COLUMNS] * 3 + [END])
                for i in range(3):
                    _, rows, payload = found[2 * i + 1]
                    self.assertEqual(parse(payload, rows)["i"], (INT64, (), list(range(i, i + 1000))))
                self.assertEqual(struct.unpack("<Q", found[-1][2]), (3003,))

    def test_a_batch_that_is_refused_sends_nothing(self):
        script = """
def main(config):
    try:
        config.output_writer.write_batch({"i": range(1000000), "j": [1]})
    except ValueError as error:
        print(error)
    config.output_writer.write_batch({"i": [1]})
"""
        with Task(script) as task:
            self.assertEqual(task.run()["written"], 1)
            self.assertIn("differ in length", task.stdout())

    def test_a_row_that_is_too_large_is_refused(self):
        results = chunks.Results(-1)
        with self.assertRaisesRegex(ValueError, "at most"):
            results.write_columns([b""], chunks.MAX_PAYLOAD_BYTES + 1, 1)
        self.assertEqual(results.count, 0)

    def test_threads_may_write_batches_at_the_same_time(self):
        script = """
import threading
def main(config):
    def work(name):
        for i in range(50):
            config.output_writer.write_batch({"name": [name] * 200, "i": range(200 * i, 200 * i + 200)})
    threads = [threading.Thread(target=work, args=(name,)) for name in "abcd"]
    [t.start() for t in threads]
    [t.join() for t in threads]
"""
        with Task(script) as task:
            self.assertEqual(task.run()["written"], 40000)
            found = fake_runner.parse_chunks(bytes(task.results_bytes))
        seen = collections.defaultdict(list)
        for _, rows, payload in found[:-1]:
            for name, i in zip(*(parse(payload, rows)[key][2] for key in ("name", "i"))):
                seen[name].append(i)
        self.assertEqual(seen, {name: list(range(10000)) for name in (b"a", b"b", b"c", b"d")})


if __name__ == "__main__":
    unittest.main()
