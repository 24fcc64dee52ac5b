"""The project's pages are true where a machine can tell: links lead somewhere, named scripts run."""

import os
import pathlib
import re
import subprocess
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))
import check_layers  # noqa: E402
LISTED = subprocess.run(["git", "ls-files", "-z"], cwd=str(ROOT), stdout=subprocess.PIPE, encoding="utf-8")
TRACKED = [ROOT / name for name in LISTED.stdout.split("\0") if name and (ROOT / name).exists()]
PAGES = [path for path in TRACKED if path.suffix == ".md"]


class DocsTest(unittest.TestCase):
    def test_pages_are_found(self):
        self.assertIn(ROOT / "README.md", PAGES)

    def test_links_lead_to_files(self):
        for page in PAGES:
            for target in re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8")):
                if "://" not in target:
                    self.assertTrue((page.parent / target).exists(), "%s links to %s" % (page, target))

    def test_scripts_that_pages_name_can_be_run(self):
        for page in PAGES:
            for name in re.findall(r"\bscripts/[a-z_/]+(?:\.py)?\b", page.read_text(encoding="utf-8")):
                path = ROOT / name
                self.assertTrue(path.is_dir() or os.access(str(path), os.X_OK) or path.suffix == ".py",
                                "%s names %s, which cannot be run" % (page, name))

    def test_the_readme_shows_the_example_job(self):
        readme = (ROOT / "README.md").read_text(encoding="utf-8")
        job = (ROOT / "testdata/jobs/breast_cancer/job.json").read_text(encoding="utf-8")
        for line in re.search(r"```jsonc\n(.*?)```", readme, re.S).group(1).splitlines():
            if "…" not in line:
                self.assertIn(line.strip(), job)

    def test_both_pages_list_every_exit_status(self):
        for page in ("README.md", "docs/failures.md"):
            text = (ROOT / page).read_text(encoding="utf-8")
            self.assertEqual(re.findall(r"^\| (\d) \|", text, re.M), [str(status) for status in range(8)], page)

    def test_the_map_of_lib_shows_the_rule_of_the_layer_check(self):
        page = (ROOT / "lib/README.md").read_text(encoding="utf-8")
        shown = {}
        for room, allowed in re.findall(r"^\| `(?:\.\./)?([a-z_/]+)` \|[^|]*\|([^|]*)\|", page, re.M):
            names = set(allowed.replace("–", "").replace(",", " ").split())
            if "formats" in names:
                names = names - {"formats"} | set(check_layers.FORMATS)
            shown[room] = set(shown) if allowed.strip() == "all above" else names
        self.assertEqual(shown, check_layers.ROOMS)

    def test_every_promise_names_tests_that_exist(self):
        page = (ROOT / "docs/reliability.md").read_text(encoding="utf-8")
        rows = re.findall(r"^\| (?!promise|---)(.*?) \| (.*) \|$", page, re.M)
        self.assertGreater(len(rows), 15)
        for promise, cell in rows:
            named = re.findall(r"`((?:tensorflow/)?test_\w+\.py)`:((?: `test_\w+`)+)", cell)
            self.assertTrue(named, promise)
            self.assertEqual(cell, "; ".join("`%s`:%s" % each for each in named), "the form of the list of tests")
            for file, tests in named:
                text = (ROOT / "tests/integration" / file).read_text(encoding="utf-8")
                for test in re.findall(r"`(\w+)`", tests):
                    self.assertIn("    def %s(self" % test, text, file)

    def test_shell_scripts_parse(self):
        scripts = [path for path in TRACKED if path.read_bytes().startswith(b"#!/usr/bin/env bash")]
        self.assertIn(ROOT / "scripts/quickstart", scripts)
        for path in scripts + [ROOT / "scripts/lib/common.sh"]:
            done = subprocess.run(["bash", "-n", str(path)], stderr=subprocess.PIPE, encoding="utf-8")
            self.assertEqual(done.returncode, 0, done.stderr)


if __name__ == "__main__":
    unittest.main()
