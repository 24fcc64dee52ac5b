"""The layer check accepts this tree and finds each kind of offence."""

import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "scripts" / "check_layers.py"


def check(root):
    """Run the check on `root`; returns (exit status, text on stderr)."""
    done = subprocess.run([sys.executable, str(SCRIPT), str(root)], stderr=subprocess.PIPE, encoding="utf-8")
    return done.returncode, done.stderr


class CheckLayersTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        for name in ("lib", "cmd", "tests"):
            (self.root / name).mkdir()

    def plant(self, name, *lines):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")

    def assert_offence(self, text):
        status, errors = check(self.root)
        self.assertEqual(status, 1, errors)
        self.assertIn(text, errors)
        self.assertEqual(len(errors.splitlines()), 1, errors)

    def test_this_tree_is_accepted(self):
        self.assertEqual(check(ROOT), (0, ""))

    def test_allowed_includes_are_accepted(self):
        self.plant("lib/sys/fd.cpp", '#include "sys/fd.hpp"', '#include "base/result.hpp"', "#include <fmt/core.h>")
        self.plant("lib/formats/example/encoder.cpp", '#include "formats/tfrecord/crc32c.hpp"')
        self.plant("tests/unit/formats/example/encoder_test.cpp", "#include <formats/example/example.pb.h>")
        self.plant("lib/process/spawn.cpp", "#include <boost/process/child.hpp>")
        self.plant("cmd/main.cpp", '#include "job/run.hpp"', "#include <CLI/CLI.hpp>", "#include <vector>")
        self.plant("tests/unit/sys/fd_test.cpp", '#include "sys/fd.hpp"', "#include <catch2/catch.hpp>")
        self.assertEqual(check(self.root), (0, ""))

    def test_a_room_that_includes_a_higher_one_is_named_with_its_line(self):
        self.plant("lib/base/text.cpp", '#include "base/text.hpp"', '#include "sys/fd.hpp"')
        self.assert_offence("lib/base/text.cpp:2: base may not include sys/fd.hpp")

    def test_a_format_may_not_include_its_neighbour(self):
        self.plant("lib/formats/csv/reader.cpp", '#include "formats/chunk/chunk.hpp"')
        self.assert_offence("formats/csv may not include formats/chunk/chunk.hpp")

    def test_a_package_outside_its_room_is_found(self):
        self.plant("lib/sink/sink.cpp", "#include <nlohmann/json.hpp>")
        self.assert_offence("nlohmann/json.hpp is for the .cpp files of doctor, formats/ak, job, model, spec, worker")

    def test_a_package_in_a_header_is_found_even_in_its_room(self):
        self.plant("lib/process/spawn.hpp", "#include <boost/process/child.hpp>")
        self.assert_offence("lib/process/spawn.hpp:1: boost/process/child.hpp is for the .cpp files of process")

    def test_generated_protobuf_classes_are_for_tests(self):
        self.plant("lib/job/run.cpp", '#include "example.pb.h"')
        self.assert_offence("example.pb.h is for the .cpp files of no room")

    def test_catch2_outside_tests_is_found(self):
        self.plant("lib/base/text.cpp", "#include <catch2/catch.hpp>")
        self.assert_offence("catch2/catch.hpp is for the .cpp files of no room")

    def test_an_include_without_its_room_is_found(self):
        self.plant("lib/base/text.cpp", '#include "text.hpp"')
        self.assert_offence('"text.hpp" is not in a room')

    def test_a_folder_that_is_no_room_is_found(self):
        self.plant("lib/misc/helper.hpp", "#pragma once")
        self.assert_offence("lib/misc/helper.hpp: not in a room")

    def test_a_test_of_one_room_may_not_use_the_package_of_another(self):
        self.plant("tests/unit/sys/fd_test.cpp", "#include <boost/process/child.hpp>")
        self.assert_offence("boost/process/child.hpp is for process and its tests")


if __name__ == "__main__":
    unittest.main()
