"""Scripts that fail: the task, the exception and the log are told, and nothing is left."""

import os
import unittest

import support
from support import JobTest, script

# How many times longer than by itself the program may take (a build with sanitizers, a busy machine).
SLOWER = float(os.environ.get("ALINKTF_SLOWER", "5"))


class ScriptTest(JobTest):
    def setUp(self):
        super().setUp()
        self.work.write_file("in.csv", "1\n2\n3\n")

    def run_failing(self, how: str, *args, **keys) -> support.Ended:
        params = {"how": how, **keys.pop("userParams", {})}
        self.work.write_job(mainScriptFile=script("fail"), userParams=params, **keys)
        return self.work.run("run", "job.json", *args)

    def run_script(self, text: str, **keys) -> support.Ended:
        self.work.write_file("script.py", text)
        self.work.write_job(mainScriptFile="script.py", **keys)
        return self.work.run("run", "job.json")

    def test_exception(self):
        ended = self.run_failing("raise")
        self.assert_failed(
            ended,
            5,
            "chief:0",
            "ValueError: no luck with row 17",
            f'File "{script("fail")}", line ',
            "in fail",
            "log line 29",
        )
        self.assertRegex(ended.err, r"pid \d+")
        self.assertNotIn("log line 5\n", ended.err, "only the last lines")

    def test_exception_in_one_of_several(self):
        ended = self.run_failing(
            "raise",
            numWorkers=3,
            numPSs=1,
            gracePeriod="10s",
            userParams={"who": "worker:1", "others": "wait"},
        )
        self.assert_failed(ended, 5, "worker:1", "ValueError: no luck with row 17")
        for other in ("chief:0", "worker:0", "ps:0"):
            self.assertNotIn(other, ended.error)

    def test_exception_in_a_ps(self):
        ended = self.run_failing("raise", numPSs=1, userParams={"who": "ps:0", "others": "wait"})
        self.assert_failed(ended, 5, "ps:0", "ValueError: no luck with row 17")

    def test_exit_status(self):
        self.assert_failed(self.run_failing("sys.exit(3)"), 5, "chief:0", "SystemExit", "3")

    def test_exit_status_0_is_success(self):
        self.assert_done(self.run_failing("sys.exit(0)"))
        self.assertEqual(self.work.read_file("out.csv"), "1\n")

    def test_exit_without_an_end(self):
        self.assert_failed(
            self.run_failing("os._exit(0)"), 5, "chief:0", "exit status 0 before main had returned"
        )

    def test_exit_status_from_inside(self):
        self.assert_failed(self.run_failing("os._exit(9)"), 5, "chief:0", "9")

    def test_killed(self):
        self.assert_failed(self.run_failing("kill"), 5, "chief:0", "SIGKILL", "out-of-memory killer", "log line 29")

    def test_segmentation_fault(self):
        self.assert_failed(self.run_failing("segv"), 5, "chief:0", "SIGSEGV")

    def test_syntax_error(self):
        ended = self.run_script("def main(config):\n    return (\n", numWorkers=2)
        self.assert_failed(ended, 5, "SyntaxError", "script.py", "line 2")
        self.assertLess(ended.seconds, 1 * SLOWER)

    def test_missing_main(self):
        ended = self.run_script("def mian(config):\n    pass\n")
        self.assert_failed(ended, 5, "main", "script.py")
        self.assertLess(ended.seconds, 1 * SLOWER)

    def test_missing_main_is_found_before_the_data_ends(self):
        self.work.write_file("script.py", "x = 1\n")
        self.work.write_job(mainScriptFile="script.py")
        ours, theirs = os.pipe()
        try:
            job = self.work.start("run", "job.json", "--input", "-", stdin=ours)
            self.assert_failed(job.wait(), 5, "main", "script.py")
        finally:
            os.close(ours)
            os.close(theirs)

    def test_import_that_fails(self):
        ended = self.run_script("import no_such_module\ndef main(config):\n    pass\n")
        self.assert_failed(ended, 5, "ModuleNotFoundError", "no_such_module", "script.py")

    def test_row_that_does_not_fit(self):
        text = 'def main(config):\n    w = config.output_writer\n    w.write({"id": 1})\n    w.write({"id": "two"})\n'
        self.assert_failed(self.run_script(text), 5, "chief:0", "row 2", "id")

    def test_row_without_a_column(self):
        ended = self.run_script('def main(config):\n    config.output_writer.write({"other": 1})\n')
        self.assert_failed(ended, 5, "chief:0", "row 1", "'id'", "other")

    def test_row_with_several_values(self):
        ended = self.run_script('def main(config):\n    config.output_writer.write({"id": [1, 2]})\n')
        self.assert_failed(ended, 5, "chief:0", "row 1", "id")

    def test_row_that_is_no_example(self):
        ended = self.run_script('def main(config):\n    config.output_writer.write(b"\\xff\\xff")\n')
        self.assert_failed(ended, 5, "chief:0", "row 1")

    def test_output_of_a_failed_job_leaves_the_old_one(self):
        self.work.write_file("out.csv", "old\n")
        self.work.write_job(
            mainScriptFile=script("fail"),
            userParams={"how": "raise"},
            output={"filePath": "out.csv", "overwriteSink": True},
        )
        self.assertEqual(self.work.run("run", "job.json").status, 5)
        self.assertEqual(self.work.read_file("out.csv"), "old\n")
        self.assert_clean()

    def test_kept_work_dir_and_logs(self):
        ended = self.run_failing("raise", "--keep-work-dir", "--log-dir", "logs", numWorkers=1)
        self.assertEqual(ended.status, 5)
        self.assertEqual(len(self.work.work_dirs()), 1)
        self.assertIn("log line 0\n", self.work.read_file("logs/chief-0.log"))


if __name__ == "__main__":
    unittest.main()
