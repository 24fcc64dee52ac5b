"""`alinktf doctor`: what stands in the way on this machine, with exit status 1 if something does."""

import json
import os
import stat
import tarfile

import support


class DoctorTest(support.JobTest):
    def doctor(self, *args: str, **environment: str) -> "tuple[int, dict]":
        """Exit status, and findings by what they are about (Pythons as a list), with only these variables set."""
        env = {"PATH": self.work.file("bin"), "HOME": self.work.file("home"), "TMPDIR": self.work.file("."), **environment}
        ended = self.work.run("doctor", "--format", "json", *args, env=env)
        found = json.loads(ended.out)
        findings = {"Python": []}
        for finding in found["findings"]:
            if finding["what"] == "Python":
                findings["Python"].append(finding)
            else:
                findings[finding["what"]] = finding
        problems = sum(finding["verdict"] == "problem" for finding in found["findings"])
        self.assertEqual(found["problems"], problems)
        self.assertEqual(ended.status, 1 if problems else 0)
        return ended.status, findings

    def python(self, name: str, text: str) -> str:
        path = self.work.file(name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        self.work.write_file(name, "#!/bin/sh\n" + text)
        os.chmod(path, stat.S_IRWXU)
        return path

    def tensorflow(self, prefix: str, version: str) -> None:
        os.makedirs(self.work.file(f"{prefix}/lib/python3.11/site-packages/tensorflow_cpu-{version}.dist-info"))

    def test_no_python(self):
        status, findings = self.doctor()
        self.assertEqual(status, 1)
        self.assertIn("no python3 on PATH", findings["Python"][0]["found"])
        self.assertIn("--python", findings["Python"][0]["fix"])

    def test_python_without_tensorflow(self):
        status, findings = self.doctor("--python", support.PYTHON)
        (python, path) = findings["Python"]
        self.assertEqual((status, python["verdict"], path["verdict"]), (1, "note", "problem"))
        self.assertIn("without TensorFlow", python["found"])
        self.assertEqual(findings["TensorFlow"]["verdict"], "problem")
        self.assertIn("pip install", findings["TensorFlow"]["fix"])

    def test_packed_environments_are_no_problem(self):
        """Nobody has unpacked them yet, and that is what a job would do."""
        with tarfile.open(self.work.file("env.tar.gz"), "w:gz") as archive:
            archive.add(self.python("env/bin/python", "exit 1\n"), "bin/python")
        self.python("bin/python3", "echo alinktf-doctor-python 3.11\n")
        status, findings = self.doctor(TF231_PYTHON_ENV_PATH=self.work.file("env.tar.gz"))
        packed, path = findings["Python"]
        self.assertEqual((status, packed["verdict"], path["verdict"]), (0, "note", "note"))
        self.assertIn("env.tar.gz (TF231_PYTHON_ENV_PATH): an archive, which the first job unpacks", packed["found"])
        self.assertNotIn("TensorFlow", findings)
        self.assertFalse(self.work.exists("home"))

    def test_every_place_is_tried_once(self):
        text = "echo alinktf-doctor-python 3.11\necho alinktf-doctor-tensorflow 2.15.1\n"
        self.python("bin/python3", text)
        self.tensorflow(".", "2.15.1")
        self.python("broken/bin/python", "echo alinktf-doctor-python 3.11\necho broken package >&2\nexit 1\n")
        self.tensorflow("broken", "2.3.1")
        status, findings = self.doctor(
            "--python", "bin/python3", TF231_PYTHON_ENV_PATH=self.work.file("broken"), TF115_PYTHON_ENV_PATH="/nonexistent"
        )
        first, missing, broken = findings["Python"]
        self.assertEqual(status, 1)
        self.assertEqual(first["verdict"], "good")
        self.assertIn("(--python): Python 3.11, TensorFlow 2.15.1, runs all components", first["found"])
        self.assertIn("TF115_PYTHON_ENV_PATH: found '/nonexistent'", missing["found"])
        self.assertEqual(missing["fix"], "correct or unset TF115_PYTHON_ENV_PATH")
        self.assertIn("TensorFlow 2.3.1 cannot be imported: exit status 1: broken package", broken["found"])
        self.assertNotIn("TensorFlow", findings)

    def test_a_machine_where_all_is_well(self):
        self.python("bin/python3", "echo alinktf-doctor-python 3.11\necho alinktf-doctor-tensorflow 2.15.1\n")
        self.tensorflow(".", "2.15.1")
        status, findings = self.doctor()
        self.assertEqual(status, 0, findings)
        self.assertEqual(findings["logs"]["verdict"], "good")
        text = self.work.run("doctor", env={"PATH": self.work.file("bin"), "HOME": "/", "TMPDIR": self.work.file(".")})
        self.assertIn("no problem found", text.out)
        self.assertRegex(text.out, r"good +kernel +Linux ")

    def test_a_work_dir_that_cannot_be_made(self):
        status, findings = self.doctor("--work-dir", "/nonexistent")
        self.assertEqual((status, findings["work dir"]["verdict"]), (1, "problem"))
        self.assertIn("--work-dir", findings["work dir"]["fix"])


if __name__ == "__main__":
    support.unittest.main()
