"""broadcastInputs: what scripts see of them, and what is wrong with them."""

import os
import unittest

import support
from side_files import ROLES, SideFiles


class BroadcastTest(SideFiles):
    def broadcast(self, second: str) -> support.Ended:
        """A job with two broadcast inputs of three columns."""
        self.work.write_file("one.csv", "1,one two,1.5\n2,,2\n")
        self.work.write_file("two.csv", second)
        schema = "id long, t string, v double"
        return self.see(
            "1\n2\n",
            "i int",
            broadcastInputs=[
                {"filePath": name, "schemaStr": schema} for name in ("one.csv", "two.csv")
            ],
        )

    def test_every_task_has_alink_s_files(self):
        self.assert_done(self.broadcast(""))
        for role in ROLES:
            seen = self.seen(role)
            self.assertEqual(seen["texts"]["bc_data_1"], "1 one two 1.5\n2 null 2.0\n", role)
            self.assertEqual(seen["texts"]["bc_data_2"], "", role)
            work_dir = seen["config"]["work_dir"]["value"]
            params = seen["config"]["user_params"]["value"]
            for number in (1, 2):
                told = params[f"ALINK:bc_{number}"]
                self.assertEqual(told["value"], f"{work_dir}/bc_data_{number}", role)

    def test_a_bad_row_is_an_error_with_its_place(self):
        ended = self.broadcast("1,x,1\nx,y,2\n")
        self.assert_failed(ended, 4, "two.csv", "line 2", "'id'", "'x'")
        self.assertFalse(os.listdir(self.work.file("seen")), "no main was called")

    def test_a_file_that_is_missing_is_told_before_anything_starts(self):
        ended = self.see("1\n", "i int", broadcastInputs=[{"filePath": "no.csv", "schemaStr": "i int"}])
        self.assert_failed(ended, 4, "no.csv")


if __name__ == "__main__":
    unittest.main()
