"""User files of every kind: renamed, unpacked, from a web server; Python environments in an archive."""

import hashlib
import http.server
import io
import json
import os
import signal
import sys
import tarfile
import threading
import unittest
import zipfile

import support
from support import JobTest

LIST = """
import json, os
def main(config):
    names = []
    for folder, _, files in os.walk(config.work_dir):
        for name in files:
            path = os.path.join(folder, name)
            names.append([os.path.relpath(path, config.work_dir), os.path.islink(path), open(path, errors="replace").read(99)])
    with open(%r + "/seen-%%s-%%d.json" %% (config.task_type, config.task_index), "w") as file:
        json.dump(sorted(names), file)
    for name in os.environ.get("DISTURB", "").split():
        with open(os.path.join(config.work_dir, name), "a") as file:
            file.write("disturbed")
"""


class Web:
    """A web server in a thread; `paths` are its files; /slow never answers."""

    def __init__(self):
        web = self
        self.paths = {}
        self.asked = []
        self.waiting = threading.Event()
        self.end = threading.Event()

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                web.asked.append(self.path)
                path = self.path.partition("?")[0]
                if path == "/slow":
                    web.waiting.set()
                    web.end.wait()
                    return
                if path.startswith("/to"):
                    self.send_response(302)
                    self.send_header("Location", web.paths[path])
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                    return
                body = web.paths.get(path)
                self.send_response(404 if body is None else 200)
                self.send_header("Content-Length", str(len(body or b"")))
                self.end_headers()
                self.wfile.write(body or b"")

            def log_message(self, *args):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def url(self, path: str, user: str = "") -> str:
        return "http://%s127.0.0.1:%d%s" % (user, self.server.server_address[1], path)

    def close(self) -> None:
        self.end.set()
        self.server.shutdown()
        self.server.server_close()


def zip_of(files: "dict[str, str]") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return out.getvalue()


def tar_of(files: "dict[str, str]", mode: str = "w:gz", links=()) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as archive:
        for name, text in files.items():
            info = tarfile.TarInfo(name)
            info.size, info.mode = len(text.encode()), 0o755 if "/bin/" in "/" + name else 0o644
            archive.addfile(info, io.BytesIO(text.encode()))
        for name, target in links:
            info = tarfile.TarInfo(name)
            info.type, info.linkname = tarfile.SYMTYPE, target
            archive.addfile(info)
    return out.getvalue()


class UserFilesTest(JobTest):
    def setUp(self):
        super().setUp()
        for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
            self.work.environment.pop(name, None)
        self.web = Web()
        self.addCleanup(self.web.close)
        self.script = LIST % self.work.root
        self.work.write_file("in.csv", "1\n2\n")
        self.work.write_file("list.py", self.script)

    def run_job(self, files, **keys) -> support.Ended:
        self.work.write_job(**{"userFiles": files, "mainScriptFile": "list.py", **keys})
        return self.work.run("run", "job.json")

    def seen(self, task: str = "chief-0") -> "dict[str, list]":
        """What the script saw of the user's files: name to [is a link, text]."""
        with open(os.path.join(self.work.root, "seen-%s.json" % task), encoding="utf-8") as file:
            ours = ("tf_user_main.py", "tensor_shapes.txt", "tensor_types.txt", "dataset.tfrecords")
            return {name: rest for name, *rest in json.load(file) if name not in ours}

    def test_archives_are_unpacked_and_stay(self):
        self.work.write_file("a.zip", zip_of({"pkg/__init__.py": "", "pkg/a.py": "a"}))
        self.work.write_file("b.tar.xz", tar_of({"pkg/b.py": "b", "größe.txt": "c"}, "w:xz"))
        self.work.write_file("m.tgz", tar_of({"pkg/a.py": "m"}))
        self.work.write_file("plain.txt", "plain")
        files = ["a.zip", "b.tar.xz", {"path": "m.tgz", "name": "model"}, {"path": "plain.txt", "name": "new.txt"}]
        self.assert_done(self.run_job(files))
        seen = self.seen()
        self.assertEqual(
            sorted(seen),
            sorted(["a.zip", "b.tar.xz", "m.tgz", "new.txt", "pkg/__init__.py", "pkg/a.py", "pkg/b.py",
                    "größe.txt", "model/pkg/a.py"]),
        )
        self.assertEqual(seen["pkg/a.py"], [False, "a"])
        self.assertEqual(seen["model/pkg/a.py"], [False, "m"])
        self.assertEqual(seen["new.txt"], [True, "plain"])

    def test_tasks_do_not_disturb_each_other(self):
        self.work.write_file("a.zip", zip_of({"conf.txt": "as it was"}))
        ended = self.run_job(["a.zip"], numWorkers=2, env={"DISTURB": "conf.txt"})
        self.assert_done(ended)
        for task in ("chief-0", "worker-0"):
            self.assertEqual(self.seen(task)["conf.txt"], [False, "as it was"])
        self.assertEqual(self.run_job(["a.zip"], output=None).status, 0)
        self.assertEqual(self.seen()["conf.txt"], [False, "as it was"])

    def test_downloads(self):
        self.web.paths = {"/d/x.txt": b"from the web", "/d/a.zip": zip_of({"in/a.txt": "a"}), "/to": "/d/x.txt",
                          "/d/main.py": self.script.encode()}
        md5 = hashlib.md5(b"from the web").hexdigest()
        files = [self.web.url("/d/x.txt?key=1&md5=" + md5), self.web.url("/d/a.zip"),
                 {"path": self.web.url("/to"), "name": "y.txt"}]
        ended = self.run_job(files, mainScriptFile=self.web.url("/d/main.py", "me:hunter2@"), numWorkers=2)
        self.assert_done(ended)
        self.assertEqual(sorted(self.web.asked),
                         ["/d/a.zip", "/d/main.py", "/d/x.txt", "/d/x.txt?key=1", "/to"])  # once, not for each task
        for task in ("chief-0", "worker-0"):
            seen = self.seen(task)
            self.assertEqual(sorted(seen), ["a.zip", "in/a.txt", "x.txt", "y.txt"])
            self.assertEqual(seen["x.txt"][1], "from the web")
            self.assertEqual(seen["y.txt"][1], "from the web")

    def test_downloads_that_fail(self):
        self.web.paths = {"/x.txt": b"x", "/to": "file:///etc/passwd"}
        wrong = "0" * 32
        for address, *texts in (
            (self.web.url("/none?token=hunter2", "me:hunter2@"), "status 404", "token=***", "me:***@"),
            (self.web.url("/x.txt?md5=" + wrong), "MD5 is " + wrong),
            ({"path": self.web.url("/to"), "name": "y"}, "/userFiles/0/path: download"),
            ("http://127.0.0.1:1/x.txt", "onnect"),
        ):
            ended = self.run_job([address])
            self.assert_failed(ended, 3, "/userFiles/0", *texts)
            self.assertNotIn("hunter2", ended.err)
            self.assertNotIn("pid ", ended.err)

    def test_a_server_that_does_not_answer(self):
        ended = self.run_job([self.web.url("/slow")], downloadTimeout="100ms")
        self.assert_failed(ended, 3, "/userFiles/0: download", "0 bytes came in 0.1 s", "downloadTimeout")

    def test_downloads_count_for_the_timeout(self):
        ended = self.run_job([self.web.url("/slow")], timeout="100ms")
        self.assert_failed(ended, 7, "/userFiles/0: download", "the job did not end within its timeout of 0.1 s")

    def test_stop_during_a_download(self):
        for signo in (signal.SIGINT, signal.SIGTERM):
            self.web.waiting.clear()
            self.work.write_job(userFiles=[self.web.url("/slow")], mainScriptFile="list.py")
            job = self.work.start("run", "job.json")
            self.assertTrue(self.web.waiting.wait(support.LIMIT))
            os.kill(job.front, signo)
            ended = job.wait()
            self.assertEqual(ended.status, -signo, ended.err)
            self.assertIn("stopped by " + signal.Signals(signo).name, ended.err)
            self.assert_clean()

    def test_archives_that_mean_harm(self):
        outside = os.path.join(self.work.root, "evil")
        for data, text in (
            (tar_of({"../../../evil": "x"}), "'..'"),
            (tar_of({outside: "x"}), "absolute"),
            (tar_of({}, links=[("way", self.work.root)]), "symbolic link"),
            (zip_of({"../evil": "x"}), "'..'"),
            (tar_of({"d/" * 2100 + "x": "x"}), "bytes below the archive's directory, found one of 4201"),
            (zip_of({"n" * 256: "x"}), "at most 255 bytes between slashes, found 256"),
            (b"no archive", "expected a zip or tar archive"),
        ):
            self.work.write_file("a.tar.gz", data)
            self.assert_failed(self.run_job(["a.tar.gz"]), 3, "/userFiles/0: archive '", text)
            self.assertFalse(os.path.lexists(outside))

    def test_names_that_collide(self):
        self.work.write_file("a.zip", zip_of({"pkg/a.py": "1", "list2.py": ""}))
        self.work.write_file("b.zip", zip_of({"pkg/a.py": "2"}))
        self.work.write_file("c.zip", zip_of({"tf_user_main.py": ""}))
        self.work.write_file("list2.py", "")
        self.assert_failed(self.run_job(["a.zip", "b.zip"]), 3, "/userFiles/1", "'a.zip'", "'b.zip'", "'pkg/a.py'")
        self.assert_failed(self.run_job(["a.zip", "list2.py"]), 3, "/userFiles/0", "'list2.py'", self.work.file("list2.py"))
        self.assert_failed(self.run_job(["c.zip"]), 3, "/userFiles/0", "'tf_user_main.py'")

    def test_check_shows_no_secrets_and_downloads_nothing(self):
        address = self.web.url("/x.txt?token=hunter2", "me:hunter2@")
        self.work.write_job(userFiles=[address, {"path": address, "name": "list.py"}], mainScriptFile="list.py",
                            userParams={"password": "hunter2"})
        ended = self.work.run("check", "job.json")
        self.assertNotIn("hunter2", ended.out + ended.err)
        self.assertEqual(self.web.asked, [])

    def test_the_report_shows_no_secrets(self):
        self.web.paths = {"/list.py": self.script.encode()}
        self.work.write_job(mainScriptFile=self.web.url("/list.py?sig=hunter2", "me:hunter2@"))
        ended = self.work.run("run", "job.json", "--report", "report.json", "--print-process-info",
                              "--set", "userParams.api_key=hunter2", "--set", 'userParams.auth={"keys": ["hunter2"]}')
        self.assert_done(ended)
        report = self.work.read_file("report.json")
        self.assertNotIn("hunter2", report + ended.err)
        shown = json.loads(report)["command_line"]
        self.assertIn("userParams.api_key=***", shown)
        self.assertIn("userParams.auth=***", shown)

    def test_lists_and_objects_of_secrets_are_not_shown_where_they_are_wrong(self):
        self.work.environment["BYTES"] = "hunter2\udcff"
        self.work.write_job(mainScriptFile="list.py", userParams={"passwords": ["${env:BYTES}"], "auth": {"a": ["${env:BYTES}"]}})
        for command in (["run", "job.json"], ["check", "job.json"], ["check", "job.json", "--format", "json"]):
            ended = self.work.run(*command)
            self.assertEqual(ended.status, 3, ended.err)
            self.assertIn("/userParams/auth/a/0: expected UTF-8, found ***", ended.err)
            self.assertNotIn("hunter2", ended.out + ended.err)


class PackedPythonTest(JobTest):
    """An environment whose python is a script, so that it is small."""

    def setUp(self):
        super().setUp()
        self.work.environment["XDG_CACHE_HOME"] = os.path.join(self.work.root, "cache")
        self.work.write_file("in.csv", "1\n2\n")

    PYTHON = "#!/bin/sh\nexec %s \"$@\"\n" % sys.executable
    UNPACK = "import os, sys\nopen(os.path.dirname(os.path.dirname(__file__)) + '/unpacked', 'a').write('once\\n')\n"

    def pack(self, name: str = "env.tar.gz", top: str = "", **files) -> None:
        files = {"bin/python": self.PYTHON, "bin/conda-unpack": self.UNPACK, **files}
        files = {top + path: text for path, text in files.items() if text is not None}
        self.work.write_file(name, tar_of(files, links=[(top + "bin/python3", "/usr/bin/python3")]))

    def envs(self) -> str:
        return os.path.join(self.work.root, "cache", "alinktf", "python-envs")

    def unpacked(self) -> "list[str]":
        found = []
        for folder, _, names in os.walk(self.envs()):
            found += [os.path.join(folder, name) for name in names if name == "unpacked"]
        return found

    def test_unpacked_once(self):
        for top in ("", "env/"):
            self.pack(top=top)
            self.work.write_job(pythonEnv="env.tar.gz", output=None)
            jobs = [self.work.start("run", "job.json") for _ in range(3)]
            for ended in [job.wait() for job in jobs]:
                self.assert_done(ended)
            again = self.work.run("run", "job.json")
            self.assert_done(again)
            self.assertNotIn("unpacking", again.err)
        for path in self.unpacked():
            self.assertEqual(support.read(path), b"once\n")
        self.assertEqual(len(self.unpacked()), 2)

    def test_check_unpacks_nothing(self):
        self.pack()
        self.work.write_job(pythonEnv="env.tar.gz")
        ended = self.work.run("check", "job.json")
        self.assert_done(ended)
        self.assertIn("env.tar.gz, which the first run unpacks", ended.out)
        self.assertFalse(os.path.exists(self.envs()))

    def test_predictions_and_servers_unpack_too(self):
        """To look for TensorFlow's library, which is not in this one."""
        self.work.write_file("model.ak", "")
        predict = {"component": "TFTableModelPredictBatchOp", "modelFilePath": "model.ak", "mainScriptFile": None}
        self.work.write_job(pythonEnv="predict.tar.gz", **predict)
        for name, args in (("predict", ["run", "job.json"]), ("serve", ["serve", "model.ak", "--http", "0", "--python", "serve.tar.gz"])):
            with self.subTest(name=name):
                self.pack(name + ".tar.gz", **{"bin/" + name: "x"})
                ended = self.work.run(*args)
                self.assert_failed(ended, 3, "unpacking", "has no TensorFlow, which prediction needs")
        self.assertEqual(len(self.unpacked()), 2)

    def test_archives_that_are_no_environment(self):
        self.work.write_file("env.zip", zip_of({"readme.txt": "x"}))
        self.work.write_job(pythonEnv="env.zip")
        self.assert_failed(self.work.run("run", "job.json"), 3, "/pythonEnv: archive '", "found no bin/python")
        self.pack(**{"bin/conda-unpack": "raise SystemExit(3)"})
        self.work.write_job(pythonEnv="env.tar.gz")
        for _ in range(2):  # a failure is not taken for ready
            self.assert_failed(self.work.run("run", "job.json"), 3, "/pythonEnv", "conda-unpack")


if __name__ == "__main__":
    unittest.main()
