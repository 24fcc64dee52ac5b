"""Stream components: rows reach the script while the input is read, results the output while the script runs."""

import json
import os
import signal
import subprocess
import time
import unittest

import support
from support import JobTest, kill, script, wait_until

PARTIAL = "out.csv.partial"


class StreamTest(JobTest):
    def start(self, *args, params=None, popen=None, **keys) -> support.Job:
        stream = {"component": "TensorFlow2StreamOp", "mainScriptFile": script("stream"), "userFiles": [script("stream_records")]}
        keys = dict(stream, **keys)
        self.work.write_job(userParams=params or {}, **keys)
        return self.work.start("run", "job.json", "--report", "report.json", *args, **(popen or {}))

    def start_on_pipe(self, **more) -> "tuple[support.Job, int]":
        """A job that reads its stdin, and the end to write to."""
        ours, theirs = os.pipe()
        job = self.start("--input", "-", popen={"stdin": ours}, **more)
        os.close(ours)
        return job, theirs

    def wait_for_rows(self, text: str, name: str = PARTIAL) -> None:
        self.assertTrue(wait_until(lambda: self.work.exists(name) and self.work.read_file(name) == text))

    def counts(self) -> dict:
        return json.loads(self.work.read_file("report.json"))["rows"]


class FeedTest(StreamTest):
    def test_each_row_comes_once_and_in_its_workers_order(self):
        self.work.write_file("in.csv", "".join(f"{n}\n" for n in range(100_001)))
        for workers in 1, 3:
            with self.subTest(workers=workers):
                self.assert_done(self.start("--workers", workers, output={"filePath": "out.csv", "overwriteSink": True}).wait())
                rows = [int(line) for line in self.work.read_file("out.csv").split()]
                self.assertEqual(sorted(rows), list(range(100_001)))
                for worker in range(workers):
                    share = [row for row in rows if row % workers == worker]
                    self.assertEqual(share, sorted(share))
                self.assertFalse(self.work.exists(PARTIAL))

    def test_an_empty_input_gives_an_empty_output(self):
        self.work.write_file("in.csv", "")
        self.assert_done(self.start("--workers", "2").wait())
        self.assertEqual(self.work.read_file("out.csv"), "")

    def test_records_of_tfrecord_files_pass_as_they_are(self):
        self.work.write_file("in.csv", "1\n2\n3\n")
        self.assertEqual(self.work.run("convert", "in.csv", "in.tfrecords", "--schema", "id long").status, 0)
        self.assert_done(self.start(input={"filePath": "in.tfrecords"}).wait())
        self.assertEqual(self.work.read_file("out.csv"), "1\n2\n3\n")

    def test_parameter_servers_get_an_empty_stream(self):
        self.work.write_file("in.csv", "1\n2\n3\n")
        say = self.work.file("said")
        until = self.work.file("all have ended")
        job = self.start("--ps", "1", "--workers", "2", params={"say": say, "until": until}, holdChief="off")
        names = ["ps:0: ended", "worker:0: ended", "worker:1: ended"]
        self.assertTrue(wait_until(lambda: sorted(support.read(say).decode().splitlines()) == names))
        self.work.write_file("all have ended", "")
        self.assert_done(job.wait())
        self.assertEqual(sorted(self.work.read_file("out.csv")), sorted("1\n2\n3\n"))


    def test_the_chiefs_end_waits_for_the_workers_where_there_are_parameter_servers(self):
        self.work.write_file("in.csv", "1\n2\n3\n")
        say, go = self.work.file("said"), self.work.file("go")
        job = self.start("--ps", "1", "--workers", "2", params={"say": say, "wait": {"worker:1": go}})
        self.wait_for_rows("1\n3\n")  # the chief has got its rows
        self.work.write_file("go", "")
        self.assert_done(job.wait())
        told = [line for line in self.work.read_file("said").splitlines() if not line.startswith("ps")]
        self.assertEqual(told, ["worker:1: ended", "worker:0: ended"])

    def test_all_rows_can_go_to_the_chief(self):
        self.work.write_file("in.csv", "1\n2\n3\n")
        self.assert_done(self.start("--workers", "3", params={"idle": ["worker:1"]}, dataTo="chief").wait())
        self.assertEqual(self.work.read_file("out.csv"), "1\n2\n3\n")


class TimeTest(StreamTest):
    def test_a_row_goes_through_though_none_follows(self):
        """How fast it does is measured by scripts/bench latency."""
        job, pipe = self.start_on_pipe()
        text = ""
        for number in range(1, 12):
            os.write(pipe, b"%d\n" % number)
            text += "%d\n" % number
            self.wait_for_rows(text)
        os.close(pipe)
        self.assert_done(job.wait())
        self.assertEqual(self.work.read_file("out.csv"), text)

    def test_a_computed_column_does_not_wait_for_a_thousand_rows(self):
        job, pipe = self.start_on_pipe(select="id + 1 as id")
        os.write(pipe, b"1\n")
        self.wait_for_rows("2\n")
        os.write(pipe, b"5\n")
        self.wait_for_rows("2\n6\n")
        os.close(pipe)
        self.assert_done(job.wait())

    def test_every_worker_gets_its_rows_though_no_round_is_full(self):
        job, pipe = self.start_on_pipe(numWorkers=3)
        os.write(pipe, b"1\n")
        self.wait_for_rows("1\n")
        os.write(pipe, b"2\n")
        self.wait_for_rows("1\n2\n")
        os.close(pipe)
        self.assert_done(job.wait())


class EndTest(StreamTest):
    def test_a_bad_row_keeps_the_rows_before_it(self):
        job, pipe = self.start_on_pipe()
        os.write(pipe, b"1\n2\n")
        self.wait_for_rows("1\n2\n")
        os.write(pipe, b"x\n")
        os.close(pipe)
        ended = job.wait()
        self.assertEqual(ended.status, 4, ended.err)
        self.assertIn("line 3", ended.err)
        self.assertIn("the output is not complete: its first 2 rows are in '%s'" % self.work.file(PARTIAL), ended.err)
        self.assertEqual(self.work.read_file(PARTIAL), "1\n2\n")
        self.assertFalse(self.work.exists("out.csv"))
        self.assert_clean()

    def test_a_script_is_told_of_a_bad_row_behind_all_rows_before_it(self):
        for workers, told in (1, ["worker:0"]), (2, ["worker:0", "worker:1"]):
            with self.subTest(workers=workers):
                self.work.write_file("in.csv", "1\n2\n3\n4\nx\n6\n")
                self.work.write_file("said", "")
                output = {"filePath": "out.csv", "overwriteSink": True}
                ended = self.start("--workers", workers, params={"say": self.work.file("said")}, output=output).wait()
                self.assertEqual(ended.status, 4, ended.err)
                self.assertIn("line 5, column 'id' (BIGINT): found 'x'", ended.error)
                said = sorted(self.work.read_file("said").splitlines())
                self.assertEqual([line[:8] for line in said], told)
                for line in said:
                    self.assertIn("the input failed after %d rows: " % (4 // workers), line)
                    self.assertIn("in.csv: line 5, column 'id'", line)
                self.assertIn("its first 4 rows are in", ended.err)
                self.assertEqual(sorted(self.work.read_file(PARTIAL)), sorted("1\n2\n3\n4\n"))
                self.assert_clean()

    def test_bad_rows_may_be_left_out_up_to_a_number(self):
        self.work.write_file("in.csv", "1\nx\n2\ny\n3\n")
        for most, status, rows in (2, 0, "1\n2\n3\n"), (1, 4, "1\n2\n"):
            with self.subTest(most=most):
                on_bad_row = {"rejects": "bad.csv", "max": most}
                ended = self.start(
                    params={"say": self.work.file("said%d" % most)},
                    input={"filePath": "in.csv", "schemaStr": "id long", "onBadRow": on_bad_row},
                    output={"filePath": "out.csv", "overwriteSink": True},
                ).wait()
                self.assertEqual(ended.status, status, ended.err)
                self.assertEqual(self.work.read_file(PARTIAL if status else "out.csv"), rows)
                said = self.work.read_file("said%d" % most)
                if status:
                    self.assertIn("line 4", ended.error)
                    self.assertIn("the input failed after 2 rows", said)
                    self.assertIn("line 4", said)
                else:
                    self.assertEqual(said, "worker:0: ended\n")
                    self.assertEqual(len(self.work.read_file("bad.csv").splitlines()), 3)  # with its header
                self.assert_clean()

    def test_a_script_is_told_why_there_are_no_columns(self):
        self.work.write_file("in.csv", "1\n")
        job = self.start("--workers", "2", params={"columns": True, "say": self.work.file("said")}, evenSplit="pad")
        ended = job.wait()
        self.assertEqual(ended.status, 3, ended.err)
        self.assertIn("/evenSplit: expected off", ended.error)
        said = self.work.read_file("said").splitlines()
        self.assertEqual(len(said), 2)
        for line in said:
            self.assertIn("the input failed after 0 rows: /evenSplit: expected off", line)
        self.assert_clean()

    def test_a_script_that_fails_because_of_the_input_is_not_the_cause(self):
        self.work.write_file("in.csv", "1\n2\nx\n")
        ended = self.start("--workers", "2", maxRestarts=1).wait()
        self.assertEqual(ended.status, 4, ended.err)
        self.assertIn("line 3", ended.error)
        self.assertNotIn("script failed", ended.error)
        self.assertNotIn("worker:", ended.error)
        self.assertEqual(sorted(self.work.read_file(PARTIAL)), sorted("1\n2\n"))
        tasks = json.loads(self.work.read_file("report.json"))["tasks"]
        self.assertEqual([task["stopped_by_us"] for task in tasks], [False, False])

    def test_a_script_may_write_after_the_input_has_failed(self):
        self.work.write_file("in.csv", "1\nx\n")
        job = self.start(params={"say": self.work.file("said"), "until": self.work.file("go"), "last": "7"}, gracePeriod="1m")
        self.assertTrue(wait_until(lambda: self.work.exists("said")))
        self.work.write_file("go", "")
        ended = job.wait()
        self.assertEqual(ended.status, 4, ended.err)
        self.assertIn("its first 2 rows are in", ended.err)
        self.assertEqual(self.work.read_file(PARTIAL), "1\n7\n")
        self.assert_clean()

    def test_a_script_that_has_not_read_the_rows_before_a_bad_one_has_time_for_it(self):
        self.work.write_file("in.csv", "1\n2\n3\nx\n")
        go = self.work.file("go")
        params = {"say": self.work.file("said"), "pause": go}
        job = self.start(params=params, gracePeriod="100ms")
        self.wait_for_rows("1\n")
        time.sleep(1.0)  # ten times the grace period, while the script does not read on
        self.work.write_file("go", "")
        self.assertEqual(job.wait().status, 4)
        self.assertIn("the input failed after 3 rows", self.work.read_file("said"))
        self.assertEqual(self.work.read_file(PARTIAL), "1\n2\n3\n")

    def test_a_script_that_goes_on_after_the_input_has_failed_is_stopped_after_the_grace_period(self):
        self.work.write_file("in.csv", "1\nx\n")
        params = {"say": self.work.file("said"), "until": self.work.file("never")}
        ended = self.start("--ps", "1", params=params, gracePeriod="500ms").wait()
        self.assertEqual(ended.status, 4, ended.err)
        self.assertIn("the input failed after 1 rows", self.work.read_file("said"))
        self.assertEqual(self.work.read_file(PARTIAL), "1\n")
        self.assert_clean()

    def test_a_signal_stops_a_job_at_once_whose_input_has_failed(self):
        self.work.write_file("in.csv", "1\nx\n")
        params = {"say": self.work.file("said"), "until": self.work.file("never")}
        job = self.start(params=params, gracePeriod="1h")
        self.assertTrue(wait_until(lambda: self.work.exists("said")))
        kill(job.front, signal.SIGTERM)
        self.assertEqual(job.wait().status, -signal.SIGTERM)
        self.assert_clean()

    def test_what_a_failed_job_has_left_is_not_overwritten_unasked(self):
        self.work.write_file("in.csv", "1\n")
        self.work.write_file(PARTIAL, "old\n")
        ended = self.start().wait()
        self.assertEqual(ended.status, 6, ended.err)
        self.assertIn("exists already", ended.err)
        self.assertEqual(self.work.read_file(PARTIAL), "old\n")
        self.assert_done(self.start(output={"filePath": "out.csv", "overwriteSink": True}).wait())
        self.assertEqual(self.work.read_file("out.csv"), "1\n")

    def test_a_script_may_leave_rows_unread(self):
        self.work.write_file("in.csv", "".join(f"{n}\n" for n in range(1_000_000)))
        for params, received in ({"most": 1}, None), ({"open": False}, 0):
            with self.subTest(params=params):
                self.assert_done(self.start(params=params, output={"filePath": "out.csv", "overwriteSink": True}).wait())
                counts = self.counts()
                self.assertEqual(counts["sent"], counts["received"] + counts["unread"])
                if received is not None:
                    self.assertEqual(counts["received"], received)

    def test_a_task_dies_with_its_runner(self):
        job, pipe = self.start_on_pipe()
        os.write(pipe, b"1\n")
        self.wait_for_rows("1\n")
        kill(job.runner, signal.SIGKILL)
        self.assertEqual(job.wait().status, -signal.SIGKILL)
        os.close(pipe)
        self.assertTrue(wait_until(lambda: not self.work.survivors()))
        self.assertEqual(self.work.read_file(PARTIAL), "1\n")

    def test_a_second_pass_is_empty_or_an_error(self):
        self.work.write_file("in.csv", "".join(f"{n}\n" for n in range(1_000)))
        say = self.work.file("said")
        ended = self.start(params={"passes": 2, "say": say}).wait()
        self.assert_done(ended)
        self.assertEqual(self.work.read_file("said"), "worker:0: ended\n" * 2)
        os.remove(say)
        output = {"filePath": "out.csv", "overwriteSink": True}
        self.assert_done(self.start(params={"passes": 2, "say": say}, rescan="error", output=output).wait())
        first, second = self.work.read_file("said").splitlines()
        self.assertEqual(first, "worker:0: ended")
        self.assertIn("all its 1000 rows have been read", second)


class WriteTest(StreamTest):
    def test_a_worker_that_writes_much_and_reads_little_does_not_block(self):
        """More than all pipes and queues hold, in both directions."""
        self.work.write_file("in.csv", "".join("%d,%s\n" % (n, "x" * 1000) for n in range(20_000)))
        schema = "id long, text string"
        for params, rows in ({"most": 1, "times": 50_000}, 100_000), ({"times": 4}, 80_000):
            with self.subTest(params=params):
                ended = self.start(
                    "--workers",
                    "2",
                    params=params,
                    input={"filePath": "in.csv", "schemaStr": schema},
                    outputSchemaStr=schema,
                    output={"filePath": "out.csv", "overwriteSink": True},
                ).wait()
                self.assert_done(ended)
                self.assertEqual(self.counts()["collected"], rows)


class LagTest(StreamTest):
    """Two workers, of which one reads nothing before the other has read all."""

    def start_lagging(self, rows: int, **keys) -> support.Job:
        self.work.write_file("in.csv", "".join("%d,%s\n" % (n, "x" * 1000) for n in range(rows)))
        schema = "id long, text string"
        return self.start(
            "--workers", "2", input={"filePath": "in.csv", "schemaStr": schema}, outputSchemaStr=schema, **keys
        )

    def test_a_worker_that_lags_does_not_hold_up_the_other(self):
        job = self.start_lagging(60_000, params={"wait": {"worker:1": self.work.file("go")}})
        size = sum(len("%d,%s\n" % (n, "x" * 1000)) for n in range(0, 60_000, 2))  # of all rows of the other
        self.assertTrue(wait_until(lambda: self.work.exists(PARTIAL) and os.path.getsize(self.work.file(PARTIAL)) == size))
        self.work.write_file("go", "")
        self.assert_done(job.wait())
        with open(self.work.file("out.csv")) as file:
            rows = [int(line.split(",")[0]) for line in file]
        self.assertEqual(sorted(rows), list(range(60_000)))
        self.assertEqual(rows[30_000:], list(range(1, 60_000, 2)))

    def test_a_worker_that_reads_nothing_does_not_hold_up_the_other(self):
        job = self.start_lagging(60_000, params={"idle": ["worker:1"]})
        self.assert_done(job.wait())
        counts = self.counts()
        self.assertEqual((counts["received"], counts["unread"], counts["collected"]), (30_000, 30_000, 30_000))

    def test_a_worker_that_lags_too_far_fails_the_job(self):
        never = self.work.file("never")
        ended = self.start_lagging(60_000, params={"wait": {"worker:1": never}}, spillLimit="1MiB").wait()
        self.assertEqual(ended.status, 5, ended.err)
        self.assertIn("worker:0: it has not taken", ended.err)
        self.assertIn("spillLimit allows (1048576)", ended.err)
        self.assert_clean()


class InterruptTest(StreamTest):
    def test_interrupt_ends_the_input_of_a_pipe(self):
        job, pipe = self.start_on_pipe()
        os.write(pipe, b"1\n2\n3")
        self.wait_for_rows("1\n2\n")
        os.killpg(job.front, signal.SIGINT)
        self.assertTrue(wait_until(lambda: "the input ends here" in job.err))
        os.write(pipe, b"4\n5\n")
        self.assert_done(job.wait())
        self.assertTrue(self.work.read_file("out.csv").startswith("1\n2\n34\n"))
        os.close(pipe)

    def test_interrupt_ends_the_input_of_a_fifo(self):
        os.mkfifo(self.work.file("fifo"))
        job = self.start(input={"filePath": "fifo", "format": "csv", "schemaStr": "id long"})
        with open(self.work.file("fifo"), "wb", buffering=0) as pipe:
            pipe.write(b"1\n2\n")
            self.wait_for_rows("1\n2\n")
            os.killpg(job.front, signal.SIGINT)
            self.assert_done(job.wait())
        self.assertEqual(self.work.read_file("out.csv"), "1\n2\n")

    def test_a_second_interrupt_stops_the_job(self):
        job, pipe = self.start_on_pipe(params={"until": self.work.file("never")})
        os.write(pipe, b"1\n")
        self.wait_for_rows("1\n")
        os.killpg(job.front, signal.SIGINT)
        self.assertTrue(wait_until(lambda: "the input ends here" in job.err))
        time.sleep(0.4)  # Ctrl-C comes twice by itself: from the terminal, and from the front
        os.killpg(job.front, signal.SIGINT)
        self.assertEqual(job.wait().status, -signal.SIGINT)
        self.assertFalse(self.work.exists("out.csv"))
        os.close(pipe)
        self.assert_clean()

    def test_interrupt_stops_a_job_over_a_file(self):
        self.work.write_file("in.csv", "1\n")
        job = self.start(params={"until": self.work.file("never")})
        self.wait_for_rows("1\n")
        os.killpg(job.front, signal.SIGINT)
        self.assertEqual(job.wait().status, -signal.SIGINT)
        self.assert_clean()


if __name__ == "__main__":
    unittest.main()
