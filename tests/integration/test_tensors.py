"""The files that tell scripts of vectors and tensors, in every role."""

import os
import unittest

import support
from side_files import ROLES, SideFiles

GOLDEN = os.path.join(support.TESTDATA, "golden", "jobs", "tensor", "dataset_chief_0.tfrecords")


class TensorFilesTest(SideFiles):
    def assert_tensor_files(self, shapes: str, types: str) -> None:
        for role in ROLES:
            texts = self.seen(role)["texts"]
            self.assertEqual(texts, {"tensor_shapes.txt": shapes, "tensor_types.txt": types}, role)

    def test_dataset_and_tensor_files_are_alink_s(self):
        self.assert_done(self.see('1,"DOUBLE#2,2#1 2 3 4"\n', "i int, d double_tensor"))
        self.assertEqual(support.read(self.work.file("seen/chief_0.tfrecords")), support.read(GOLDEN))
        self.assert_tensor_files('{"d":[2,2]}', '{"d":"double"}')

    def test_columns_of_the_select_count(self):
        ended = self.see(
            '1,"INT#2,1#1 2",1 2 3\n', "i int, t int_tensor, v dense_vector", select="v as w, i"
        )
        self.assert_done(ended)
        self.assert_tensor_files('{"w":[3]}', '{"w":"double"}')

    def test_a_table_without_tensors(self):
        self.assert_done(self.see("1\n2\n", "i int"))
        self.assert_tensor_files("{}", "{}")

    def test_columns_of_nulls_have_a_type_and_no_shape(self):
        self.assert_done(self.see("1,\n2,\n", "i int, t float_tensor"))
        self.assert_tensor_files("{}", '{"t":"float"}')


if __name__ == "__main__":
    unittest.main()
