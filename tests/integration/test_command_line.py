"""The command line: which options each command has, and what its help says of exit statuses."""

import re
import unittest

import support
from support import JobTest

JOB = {"--input", "--output", "--set", "--workers", "--ps", "--python", "--work-dir", "--log-level"}
TABLE = {"--from", "--schema", "--header", "--select", "--where", "--set", "--log-level", "--no-progress"}
OPTIONS = {
    "run": JOB | {"--print-process-info", "--report", "--log-dir", "--keep-work-dir", "--no-progress"},
    "check": JOB | {"--format"},
    "serve": {
        "--model", "--http", "--model-name", "--inputSchemaStr", "--outputSchemaStr", "--from", "--to", "--selectedCols",
        "--inputSignatureDefs", "--outputSignatureDefs", "--reservedCols", "--graphDefTag", "--signatureDefKey",
        "--intraOpParallelism", "--batchSize", "--threads", "--tensorflowLibrary", "--set", "--python", "--work-dir",
        "--log-level",
    },
    "convert": TABLE | {"--to", "--overwrite"},
    "show": TABLE | {"--rows", "--verify", "--format"},
    "doctor": {"--python", "--work-dir", "--format"},
    "schema": set(),
}  # fmt: skip


class CommandLineTest(JobTest):
    def help(self, *command: str) -> str:
        ended = self.work.run(*command, "--help")
        self.assert_done(ended)
        return ended.out

    def test_every_command_is_in_the_help(self):
        commands = re.findall(r"^  ([a-z]+) {3,}[A-Z]", self.help(), re.M)
        self.assertEqual(set(commands), set(OPTIONS))

    def test_every_command_has_its_options_and_no_others(self):
        for command, options in OPTIONS.items():
            with self.subTest(command=command):
                found = re.findall(r"^  (?:-\w,)?(--[A-Za-z-]+)", self.help(command), re.M)
                self.assertEqual(set(found) - {"--help"}, options)

    def test_the_help_of_every_command_tells_the_exit_statuses(self):
        for command in OPTIONS:
            with self.subTest(command=command):
                self.assertEqual(re.findall(r"^  (\d)  \w", self.help(command), re.M), list("01234567"))

    def test_mistakes_of_other_commands_than_run_are_status_2(self):
        for args in (["check", "job.json", "--format", "yaml"], ["convert", "in.csv"], ["serve"], ["doctor", "now"]):
            with self.subTest(args=args):
                ended = self.work.run(*args)
                self.assertEqual(ended.status, 2, ended.err)
                self.assertIn("--help", ended.err)
                self.assertEqual(ended.out, "")

    def test_numbers_that_are_none_are_told_with_what_was_expected(self):
        whole = "expected a whole number"
        for args, text in (
            (["run", "job.json", "--workers", "x"], "--workers: found 'x', " + whole),
            (["run", "job.json", "--workers=2.5"], "--workers: found '2.5', " + whole),
            (["check", "job.json", "--ps", "99999999999"], "--ps: found '99999999999', " + whole),
            (["serve", "model", "--http", "-1"], "--http: found '-1', expected a port from 0 to 65535"),
            (["serve", "model", "--threads", ""], "--threads: found '', " + whole),
            (["show", "in.csv", "--rows", "all"], "--rows: found 'all', expected a number of rows"),
        ):
            with self.subTest(args=args):
                ended = self.work.run(*args)
                self.assertEqual(ended.status, 2, ended.err)
                self.assertEqual(ended.err.splitlines()[0], text)
                self.assertEqual(ended.out, "")

    def test_what_is_set_wins_over_the_file_and_what_is_set_last_over_the_first(self):
        self.work.write_file("in.csv", "1\n")
        self.work.write_job(numWorkers=5)
        for args, workers in (
            (["--set", "numWorkers=2"], 2),
            (["--set", "/numWorkers=3"], 3),
            (["--set", "numWorkers=2", "--set", "numWorkers=4"], 4),
            (["--workers", "6"], 6),
        ):
            with self.subTest(args=args):
                ended = self.work.run("check", "job.json", *args)
                self.assert_done(ended)
                self.assertEqual(len(re.findall("TF_CONFIG=", ended.out)), workers)


if __name__ == "__main__":
    unittest.main()
