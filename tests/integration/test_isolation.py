"""isolateNetwork: the tasks reach each other and nothing else, and nothing else reaches them."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import unittest

import support
from support import JobTest, kill, wait_until

NOBODY = support.NOBODY
WARNING = "isolateNetwork"

# The worker listens on its port of TF_CONFIG and greets the chief, which tries to reach the test first.
SCRIPT = '''\
import json, os, socket, struct, subprocess, sys, time

def main(config):
    params = config.user_params
    ours = json.loads(os.environ["TF_CONFIG"])
    host, port = ours["cluster"]["worker"][0].split(":")
    if config.task_type == "chief":
        outside = socket.socket().connect_ex(("127.0.0.1", int(params["outside"])))
        while True:
            try:
                greeting = socket.create_connection((host, int(port))).makefile().read()
                break
            except ConnectionRefusedError:
                time.sleep(0.005)
        with open(params["said"], "w") as file:
            json.dump([outside, greeting, os.getuid(), os.getgid(), os.getpid(),
                       [line.split(":")[0].strip() for line in open("/proc/net/dev").readlines()[2:]]], file)
    else:
        server = socket.socket()
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        server.bind(("", int(port)))
        server.listen()
        peer, _ = server.accept()
        peer.sendall(b"hello")
        peer.close()
    DO
    with open(config.dataset_file, "rb") as file:
        for header in iter(lambda: file.read(12), b""):
            config.output_writer.write(file.read(struct.unpack("<Q4x", header)[0]))
            file.seek(4, 1)
'''


def refusal() -> str:
    """Why a process may not have namespaces of its own here; "" if it may."""
    if b"__tsan_init" in support.read(support.BINARY):
        return "a program under ThreadSanitizer has a second thread from its start"
    code = ("import ctypes, os; lib = ctypes.CDLL(None, use_errno=True); "
            "print(os.strerror(ctypes.get_errno()) if lib.unshare(0x10000000) or lib.unshare(0x40000000) else '')")
    return subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, check=True).stdout.strip()


class IsolationTest(JobTest):
    def setUp(self):
        super().setUp()
        self.outside = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(self.outside.close)

    def write_job(self, do: str = "pass", rows: str = "1\n2\n3\n4\n", **keys) -> None:
        self.work.write_file("in.csv", rows)
        self.work.write_file("script.py", SCRIPT.replace("DO", do))
        params = {"outside": self.outside.getsockname()[1], "said": self.work.file("said")}
        self.work.write_job(**{"mainScriptFile": "script.py", "userParams": params, "numWorkers": 2,
                               "isolateNetwork": True, **keys})

    def said(self) -> list:
        return json.loads(self.work.read_file("said"))

    def sorted_output(self) -> "list[str]":
        return sorted(self.work.read_file("out.csv").split())


REFUSAL = refusal()


@unittest.skipIf(REFUSAL, "no namespaces: " + REFUSAL)
class IsolatedTest(IsolationTest):
    def test_tasks_reach_each_other_and_nothing_outside(self):
        self.write_job()
        ended = self.work.run("run", "job.json", "--report", "report.json")
        self.assert_done(ended)
        outside, greeting, uid, gid, pid, interfaces = self.said()
        self.assertNotEqual(outside, 0)
        self.assertEqual(greeting, "hello")
        self.assertEqual((uid, gid), (os.getuid(), os.getgid()))
        self.assertEqual(interfaces, ["lo"])
        self.assertEqual(self.sorted_output(), ["1", "2", "3", "4"])
        self.assertNotIn(WARNING, ended.err)
        # We see outer pids, they their own.
        pids = [task["pid"] for task in json.loads(self.work.read_file("report.json"))["tasks"]]
        self.assertNotIn(pid, pids)

    def test_without_it_they_reach_everything_and_a_warning_says_so(self):
        self.write_job(isolateNetwork=False)
        ended = self.work.run("run", "job.json")
        self.assert_done(ended)
        self.assertEqual(self.said()[0], 0)
        self.assertEqual(ended.err.count(WARNING), 1)

    def test_what_is_written_belongs_to_the_user(self):
        self.write_job(do="open(params['said'] + config.task_type, 'w')")
        self.assert_done(self.work.run("run", "job.json"))
        for name in ("out.csv", "said", "saidchief", "saidworker"):
            status = os.stat(self.work.file(name))
            self.assertEqual((status.st_uid, status.st_gid), (os.geteuid(), os.getegid()), name)

    @unittest.skipUnless(os.geteuid() == 0, "only root may become somebody else")
    def test_root_reads_files_of_others(self):
        self.write_job()
        os.chown(self.work.file("in.csv"), NOBODY, NOBODY)
        os.chmod(self.work.file("in.csv"), 0o600)
        self.assert_done(self.work.run("run", "job.json"))
        self.assertEqual(self.sorted_output(), ["1", "2", "3", "4"])

    @unittest.skipUnless(os.geteuid() == 0 and shutil.which("setpriv"), "only root may become somebody else")
    def test_a_user_without_rights_has_it_too(self):
        self.write_job()
        for folder, _, files in os.walk(self.work.root):
            for path in (folder, *(os.path.join(folder, name) for name in files)):
                os.chown(path, NOBODY, NOBODY)
        binary = os.path.join(self.work.root, "alinktf")
        with open(support.BINARY, "rb") as source, open(binary, "wb") as copy:
            copy.write(source.read())
        os.chmod(binary, 0o755)
        os.chmod(self.work.root, 0o755)
        python = "/usr/bin/python3"  # others may be in root's home
        done = subprocess.run(
            ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", binary, "run", "job.json",
             "--python", python],
            cwd=self.work.path, env=dict(self.work.environment, HOME=self.work.root),
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        outside, greeting, uid, gid, *_ = self.said()
        self.assertNotEqual(outside, 0)
        self.assertEqual((greeting, uid, gid), ("hello", NOBODY, NOBODY))
        self.assertEqual(os.stat(self.work.file("out.csv")).st_uid, NOBODY)
        self.assertEqual(self.sorted_output(), ["1", "2", "3", "4"])
        self.assert_clean()

    def test_strays_end_with_the_job(self):
        stray = "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(1000)'], start_new_session=True)"
        self.write_job(do=stray)
        self.assert_done(self.work.run("run", "job.json"))

    def test_strays_end_when_all_processes_of_alinktf_are_killed_at_once(self):
        self.write_job(do="subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(1000)'], start_new_session=True);"
                          " open(params['said'] + config.task_type, 'w'); time.sleep(1000)")
        job = self.work.start("run", "job.json")
        self.assertTrue(wait_until(lambda: self.work.exists("saidchief") and self.work.exists("saidworker")))
        self.assertGreater(len(self.work.survivors()), 6)
        for pid in (job.front, job.guardian, job.runner):  # stopped, none can act before the last one is dead
            kill(pid, signal.SIGSTOP)
        for pid in (job.front, job.guardian, job.runner):
            kill(pid, signal.SIGKILL)
        self.assertEqual(wait_until(lambda: [] if self.work.survivors() else ["none"]), ["none"])

    def test_a_stop_signal_ends_it(self):
        self.write_job(do="open(params['said'] + config.task_type, 'w'); time.sleep(1000)")
        job = self.work.start("run", "job.json")
        self.assertTrue(wait_until(lambda: self.work.exists("saidchief") and self.work.exists("saidworker")))
        kill(job.front, signal.SIGINT)
        self.assert_failed(job.wait(), -signal.SIGINT)

    def test_restarts_stay_isolated_and_leave_nothing(self):
        do = ("subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(1000)'], start_new_session=True)\n"
              "    assert os.environ['ALINKTF_ATTEMPT'] != '0'")
        self.write_job(do=do, maxRestarts=1)
        ended = self.work.run("run", "job.json")
        self.assert_done(ended)
        self.assertIn("attempt 0 failed", ended.err)
        self.assertEqual(self.sorted_output(), ["1", "2", "3", "4"])
        self.assertNotEqual(self.said()[0], 0)

    def test_a_stream_has_it_too(self):
        self.work.write_file("in.csv", "1\n2\n3\n")
        self.work.write_job(component="TensorFlow2StreamOp", mainScriptFile=support.script("stream"),
                            userFiles=[support.script("stream_records")], isolateNetwork=True)
        self.assert_done(self.work.run("run", "job.json"))
        self.assertEqual(self.work.read_file("out.csv"), "1\n2\n3\n")


@unittest.skipIf(REFUSAL, "no namespaces: " + REFUSAL)
@unittest.skipUnless(os.geteuid() == 0 and shutil.which("unshare"), "only root may limit namespaces")
class RefusedTest(IsolationTest):
    def test_a_kernel_that_refuses_is_told_with_the_step_and_the_settings(self):
        self.write_job()
        # In a user namespace of its own the limit is that namespace's.
        limited = "echo 0 > /proc/sys/user/max_user_namespaces && exec \"$@\""
        command = ["unshare", "--user", "--map-root-user", "sh", "-c", limited, "sh", support.BINARY, "run", "job.json"]
        done = subprocess.run(command, cwd=self.work.path, env=self.work.environment, stdout=subprocess.DEVNULL,
                              stderr=subprocess.PIPE, text=True, check=False)
        if "Permission denied" in done.stderr or "Operation not permitted" in done.stderr:
            self.skipTest("the limit cannot be set here: " + done.stderr)
        self.assertEqual(done.returncode, 1, done.stderr)
        for text in ("isolateNetwork: own user namespace", "user.max_user_namespaces (above 0; here 0)",
                     "kernel.unprivileged_userns_clone", "kernel.apparmor_restrict_unprivileged_userns"):
            self.assertIn(text, done.stderr)
        self.assertFalse(self.work.exists("out.csv"))
        self.assert_clean()


if __name__ == "__main__":
    unittest.main()
