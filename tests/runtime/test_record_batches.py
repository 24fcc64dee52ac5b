"""Batches cut from chunks of records, whatever the sizes of both. Without TensorFlow."""
import sys
import unittest

import fake_runner
from records_payload import head, payload, tensor

sys.path.insert(0, fake_runner.RUNTIME)
from alinktf_worker import record_batches  # noqa: E402


class RecordBatchesTest(unittest.TestCase):
    RECORDS = [b"%d" % number * (number % 5) for number in range(23)]

    def groups(self, *sizes):
        """The records in chunks of these sizes, as many as are needed, two in a group."""
        chunks, at = [], 0
        while at < len(self.RECORDS):
            size = sizes[len(chunks) % len(sizes)]
            records = self.RECORDS[at:at + size]
            chunks.append((payload(records), len(records)))
            at += size
        return [chunks[index:index + 2] for index in range(0, len(chunks), 2)]

    def test_whole_batches_of_any_size_from_chunks_of_any_size(self):
        for size in 1, 2, 4, 7, 22, 23, 24, 300:
            for sizes in [1], [2], [5, 1], [1, 9], [23], [40]:
                for drop_remainder in False, True:
                    with self.subTest(size=size, sizes=sizes, drop_remainder=drop_remainder):
                        found = list(record_batches.whole_batches(self.groups(*sizes), size, drop_remainder))
                        ends = self.ends_of_batches(size, sizes, drop_remainder)
                        self.assertEqual(found, [tensor(self.RECORDS[begin:end]) for begin, end in zip([0] + ends, ends)])

    def ends_of_batches(self, size, sizes, drop_remainder):
        """Where tensors are to end: at the last whole batch of each group that completes one, and at the end."""
        ends, read = [], 0
        for group in self.groups(*sizes):
            read += sum(records for _, records in group)
            ends.append(read // size * size)
        if not drop_remainder:
            ends.append(len(self.RECORDS))
        return sorted(set(ends) - {0})

    def test_tensors_of_as_many_values_are_concatenated(self):
        self.assertEqual(record_batches.concatenated([tensor([b"a", b""]), tensor([b"bc", b"d"])], 2),
                         tensor([b"a", b"", b"bc", b"d"]))

    def test_a_batch_that_is_too_large_for_tensorflow_is_an_error(self):
        self.addCleanup(setattr, record_batches, "MOST_BYTES", record_batches.MOST_BYTES)
        record_batches.MOST_BYTES = 20
        with self.assertRaisesRegex(ValueError, "a tensor of 23 strings has more than 2 GiB"):
            list(record_batches.whole_batches(self.groups(3), 23, False))

    def test_no_records_are_no_batches(self):
        self.assertEqual(list(record_batches.whole_batches([], 4, False)), [])

    def test_all_records_of_a_group_are_one_tensor(self):
        self.assertEqual([record_batches.joined(group) for group in self.groups(9, 2)],
                         [tensor(self.RECORDS[:11]), tensor(self.RECORDS[11:22]), tensor(self.RECORDS[22:])])


if __name__ == "__main__":
    unittest.main()
