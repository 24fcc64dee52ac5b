"""The examples of docs/scripts.md, each run as it stands there."""

import os
import re

import tf

PAGE = os.path.join(tf.support.TESTDATA, "..", "docs", "scripts.md")
INPUT = "1,0.5,a,0.25 1\n2,-1.0,b,2 0\n3,8.0,\u00e9,0.5 -1\n"
OUTPUT = "1,a,1.75\n2,b,1.0\n3,\u00e9,7.5\n"


def blocks(language: str) -> "list[str]":
    with open(PAGE, encoding="utf-8") as file:
        return re.findall(r"^```%s\n(.*?)^```$" % language, file.read(), re.M | re.S)


class ScriptsTest(tf.TensorFlowTest):
    def test_the_examples_of_the_page(self):
        scripts = blocks("python")
        self.assertEqual(len(scripts), 3)
        (job,) = blocks("jsonc")
        self.work.write_file("in.csv", INPUT)
        self.work.write_file("job.json", job)
        for number, text in enumerate(scripts):
            with self.subTest(number=number):
                self.work.write_file("script.py", text)
                args = ("--python", tf.PYTHON, *tf.component("TensorFlow2BatchOp"), "--set", "output.overwriteSink=true")
                self.assert_done(self.work.run("run", "job.json", *args, timeout=tf.LIMIT))
                self.assertEqual(self.work.read_file("out.csv"), OUTPUT)


if __name__ == "__main__":
    tf.main(least=(2, 0))
