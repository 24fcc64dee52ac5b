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

    def test_batches_of_any_size_from_chunks_of_any_size(self):
        for size in 1, 2, 4, 7, 22, 23, 24, 300:
            wanted = [tensor(self.RECORDS[at:at + size]) for at in range(0, 23, size)]
            for sizes in [1], [2], [5, 1], [1, 9], [23], [40]:
                with self.subTest(size=size, sizes=sizes):
                    cut = sum(record_batches.cut(self.groups(*sizes), size, False), [])
                    self.assertEqual(cut, wanted)
                    whole = sum(record_batches.cut(self.groups(*sizes), size, True), [])
                    self.assertEqual(whole, [batch for batch in wanted if batch.startswith(head(size))])

    def test_a_batch_is_given_with_the_group_that_completes_it(self):
        found = [len(batches) for batches in record_batches.cut(self.groups(3), 4, False)]
        self.assertEqual(found, [1, 2, 1, 1, 1])  # of 6, 12, 18, 23 records; the rest at the end

    def test_a_batch_that_is_too_large_for_tensorflow_is_an_error(self):
        self.addCleanup(setattr, record_batches, "MOST_BYTES", record_batches.MOST_BYTES)
        record_batches.MOST_BYTES = 20
        with self.assertRaisesRegex(ValueError, "a batch of 23 records has more than 2 GiB"):
            list(record_batches.cut(self.groups(3), 23, False))

    def test_no_records_are_no_batches(self):
        self.assertEqual(list(record_batches.cut([], 4, False)), [])

    def test_all_records_of_a_group_are_one_tensor(self):
        self.assertEqual([record_batches.joined(group) for group in self.groups(9, 2)],
                         [tensor(self.RECORDS[:11]), tensor(self.RECORDS[11:22]), tensor(self.RECORDS[22:])])


if __name__ == "__main__":
    unittest.main()
