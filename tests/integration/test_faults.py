"""Every fault in every kind of task at every moment ends as the table of faults.py says.

By default a diagonal of the table is run: every fault in both forms of a job, every role at every moment. With ALINKTF_TRIALS set
all of it is. Environment: ALINKTF_FAULTS, a regular expression: only the cells of the whole table that it is found in.
"""

import concurrent.futures
import glob
import os
import re
import signal
import sys
import tempfile
import threading
import unittest

import faults
import support

ALL = support.ALL
CHOSEN = os.environ.get("ALINKTF_FAULTS")


@unittest.skipUnless(support.BINARY, "ALINKTF_BINARY does not name the program")
class FaultsTest(unittest.TestCase):
    def setUp(self):
        self.lock = threading.Lock()
        self.bad: "list[str]" = []
        self.late = 0.0

    def tell(self, cell: faults.Cell, job: faults.Run) -> None:
        with self.lock:
            if job.problems:
                self.bad.append(f"{cell}: {'; '.join(job.problems)}")
                print(f"\n##### {self.bad[-1]}", file=sys.stderr)
                job.work.show()
            elif cell.fault != "stopped":
                self.late = max(self.late, job.late if job.ended.status else 0.0)

    def run_cells(self, cells: "list[faults.Cell]", megabytes: int) -> None:
        with tempfile.TemporaryDirectory() as folder:
            os.environ["ALINKTF_FAULT_ROWS"] = os.path.join(folder, "rows.csv")
            faults.write_rows(os.environ["ALINKTF_FAULT_ROWS"])
            with concurrent.futures.ThreadPoolExecutor(2 * (os.cpu_count() or 1)) as pool:
                list(pool.map(lambda cell: faults.run(cell, megabytes, self.tell), cells))
        print(f"{len(cells)} cells; the slowest failure was over after {self.late:.2f} s", file=sys.stderr)
        self.assertEqual(self.bad, [], f"{len(self.bad)} of {len(cells)} cells")

    def test_fault_matrix(self):
        cells = faults.all_cells() if ALL or CHOSEN else faults.some_cells()
        self.run_cells([cell for cell in cells if re.search(CHOSEN or "", str(cell))], 64)

    def test_a_gigabyte_on_standard_output(self):
        self.run_cells([faults.Cell("prints_much", "only worker", "mid", "batch")], 1024 if ALL else 128)

    def test_the_cells_that_run_by_default_show_everything_once(self):
        cells = faults.some_cells()
        self.assertLessEqual(set(cells), set(faults.all_cells()))
        self.assertEqual({(cell.fault, cell.form) for cell in cells}, {(f, k) for f in faults.FAULTS for k in faults.FORMS})
        pairs = {(cell.role, cell.moment) for cell in faults.all_cells()}
        self.assertEqual({(cell.role, cell.moment) for cell in cells}, pairs)


class FeedTest(support.JobTest):
    """A batch task while its rows are coming: only the program's own code runs in it then, so it is signals that it gets."""

    ROLES = (("chief:0", {}), ("worker:2", {"numWorkers": 4}), ("ps:0", {"numPSs": 1}), ("evaluator:0", {"numEvaluators": 1}))

    def start(self, who: str, signo: int, **keys) -> "tuple[support.Job, int]":
        """The job, whose task has got the signal amid its rows, and the other end of its standard input."""
        self.work.write_job(gracePeriod="1s", stallTimeout="1s", evenSplit="off", **keys)
        ours, theirs = os.pipe()
        job = self.work.start("run", "job.json", "--input", "-", "--print-process-info", "--report", "report.json", stdin=ours)
        os.close(ours)
        os.write(theirs, b"".join(b"%d\n" % number for number in range(10_000)))
        spool = os.path.join(self.work.tmp, "*", "chief-0", "dataset.tfrecords")
        self.assertTrue(support.wait_until(lambda: any(map(os.path.getsize, glob.glob(spool)))), job.err)
        support.kill(int(re.search(rf"\[{who}\] pid (\d+):", job.err).group(1)), signo)
        return job, theirs

    def test_a_task_that_dies_while_its_rows_come(self):
        for signo, text in ((signal.SIGKILL, "SIGKILL"), (signal.SIGSEGV, "SIGSEGV")):
            for who, keys in self.ROLES:
                with self.subTest(signal=text, who=who):
                    job, pipe = self.start(who, signo, **keys)
                    try:
                        self.assert_failed(job.wait(), 5, f"{who} (pid ", text)
                    finally:
                        os.close(pipe)

    def test_a_task_that_is_stopped_while_its_rows_come(self):
        for who, keys in self.ROLES[:2]:  # the others' rows are none, and nobody here waits for them
            with self.subTest(who=who):
                job, pipe = self.start(who, signal.SIGSTOP, **keys)
                os.close(pipe)  # or the input would be what is waited for
                self.assert_failed(job.wait(), 7, "stallTimeout", f"[{who}] ")


if __name__ == "__main__":
    unittest.main()
