"""What the tests of this folder share: jobs on a Python with TensorFlow.

Environment: ALINKTF_TENSORFLOW_PYTHON, that Python; without it the tests are skipped.
"""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))

import support  # noqa: E402

PYTHON = os.environ.get("ALINKTF_TENSORFLOW_PYTHON", "")
LIMIT = 600.0  # seconds; TensorFlow alone takes many to be imported by several tasks on a busy machine


def main() -> None:
    """Run the tests of the program that is running, or say why not."""
    if not PYTHON:
        print("skipped: ALINKTF_TENSORFLOW_PYTHON does not name a Python with TensorFlow")
        return
    support.unittest.main()


class TensorFlowTest(support.JobTest):
    def run_job(self, name: str, *args: str) -> support.Ended:
        """A job of testdata/jobs, with its output in out.csv."""
        job = os.path.abspath(os.path.join(support.TESTDATA, "jobs", name))
        ended = self.work.run("run", job, "--python", PYTHON, "--output", "out.csv", *args, timeout=LIMIT)
        self.assert_done(ended)
        return ended
