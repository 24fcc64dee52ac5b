"""What the tests of this folder share: jobs on a Python with TensorFlow.

Environment: ALINKTF_TENSORFLOW_PYTHON, that Python; without it the tests are skipped.
"""

import glob
import os
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))

import support  # noqa: E402

PYTHON = os.environ.get("ALINKTF_TENSORFLOW_PYTHON", "")
LIMIT = 600.0  # seconds; TensorFlow alone takes many to be imported by several tasks on a busy machine


def version() -> "tuple[int, int]":
    """Of PYTHON's TensorFlow, by its package data; (0, 0) if there is none."""
    for path in glob.glob(os.path.join(os.path.dirname(PYTHON), "../lib/python3.*/site-packages/tensorflow*.dist-info")):
        found = re.match(r"tensorflow(?:_cpu)?-(\d+)\.(\d+)", os.path.basename(path))
        if found:
            return int(found.group(1)), int(found.group(2))
    return 0, 0


def main(least: "tuple[int, int]" = (1, 0)) -> None:
    """Run the tests of the program that is running, or say why not; `least` is the TensorFlow that they need."""
    if not PYTHON:
        print("skipped: ALINKTF_TENSORFLOW_PYTHON does not name a Python with TensorFlow")
    elif version() < least:
        print("skipped: ALINKTF_TENSORFLOW_PYTHON has TensorFlow %d.%d, and this test" % version(), "needs %d.%d" % least)
    else:
        support.unittest.main()


def needs(least: "tuple[int, int]", what: str):
    """Decorates a test that older TensorFlows cannot run, for they lack `what`."""
    return support.unittest.skipIf(version() < least, "TensorFlow %d.%d has not %s" % (*version(), what))


def component(kind: str) -> "list[str]":
    """The arguments that choose the component for PYTHON's TensorFlow; `kind` is as in TensorFlow2BatchOp."""
    return ["--set", "component=" + (kind if version() >= (2, 0) else kind.replace("2", "", 1))]


class TensorFlowTest(support.JobTest):
    def run_job(self, name: str, *args: str) -> support.Ended:
        """A job of testdata/jobs, with its output in out.csv."""
        job = os.path.abspath(os.path.join(support.TESTDATA, "jobs", name))
        ended = self.work.run("run", job, "--python", PYTHON, "--output", "out.csv", *args, timeout=LIMIT)
        self.assert_done(ended)
        return ended


class SavedModelTest(TensorFlowTest):
    """With the models of saved_model.py, made once for all tests of the class."""

    models = None

    @classmethod
    def setUpClass(cls):
        cls.models = tempfile.mkdtemp(prefix="alinktf-models-")
        script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "saved_model.py")
        subprocess.run([PYTHON, script, cls.models], check=True, capture_output=True, timeout=LIMIT)

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.models)

    def as_nobody(self) -> "list[str]":
        command = super().as_nobody()
        if not support.may(*command, "test", "-x", PYTHON):
            self.skipTest("no other user can run this Python")
        for folder, _, names in os.walk(self.models):
            os.chmod(folder, 0o755)
            for name in names:
                os.chmod(os.path.join(folder, name), 0o644)
        return command

    def model(self, name: str) -> str:
        return os.path.join(self.models, name)
