"""The machine refuses: full disks, no descriptors, no processes; inputs that change while they are read; ports that are taken."""

import os
import socket
import subprocess
import threading
import unittest

import support
from support import JobTest, script, wait_until

ALL = support.ALL
PRINTS = "def main(config):\n    for number in range(20000):\n        print('a line of the log %d' % number)\n"

# Reads its first row, says so, waits for `go`, then goes on: what it has not read by then is still in the input.
WAITS = '''
import os, sys, time
sys.path.insert(0, {workers!r})
import alinktf_worker, stream

def main(config):
    for number, record in enumerate(stream.stream_records(alinktf_worker.current.stream)):
        config.output_writer.write(record)
        if number == 0:
            open("reading", "w").close()
            stream.wait_for("go")
'''

# Serves its port after a while; all tasks then ask each other who they are.
SERVES = '''
import json, os, socket, threading, time

def main(config):
    me = "%s:%d" % (config.task_type, config.task_index)
    time.sleep(0.3 * config.task_index)
    server = socket.socket()
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    server.bind(("0.0.0.0", int(config.cluster[config.task_type][config.task_index].split(":")[1])))
    server.listen(10)
    peers = [(role, i, a.split(":")) for role, all in config.cluster.items() for i, a in enumerate(all)]
    def serve():
        for _ in peers:
            with server.accept()[0] as peer:
                peer.sendall(("%s %s" % (config.user_params["job"], me)).encode())
    thread = threading.Thread(target=serve)
    thread.start()
    for role, index, (host, port) in peers:
        config.output_writer.write({"id": ask(host, int(port)) == "%s %s:%d" % (config.user_params["job"], role, index)})
    thread.join()

def ask(host, port):
    while True:
        try:
            with socket.create_connection((host, port)) as peer:
                return peer.recv(100).decode()
        except ConnectionRefusedError:
            time.sleep(0.01)
'''


class FullDiskTest(JobTest):
    """Disks of a few hundred KiB, in a mount namespace of the job's own."""

    def setUp(self):
        super().setUp()
        self.work.write_file("in.csv", "".join(f"{n},{'x' * 1000}\n" for n in range(3000)))
        self.small = self.work.file("small")
        os.mkdir(self.small)

    def run_on_small_disk(self, *args, stdin=None, **keys) -> support.Ended:
        mount = f"mount -t tmpfs -o size=256k none '{self.small}'"
        if not support.may("unshare", "-m", "sh", "-c", mount):
            self.skipTest("this machine lets us mount nothing: no disk can be made full")
        keys = {"input": {"filePath": "in.csv", "schemaStr": "id long, text string"}, **keys}
        self.work.write_job(**keys)
        shell = f'{mount} && "$@"; status=$?; ls -A small >left; [ $status -lt 128 ] || kill -$((status - 128)) $$; exit $status'
        return self.work.run("run", "job.json", *args, before=["unshare", "-m", "sh", "-c", shell, "sh"], stdin=stdin)

    def assert_small_disk_is_empty(self, *names: str) -> None:
        self.assertEqual(self.work.read_file("left").split(), list(names))

    def test_a_full_disk_of_the_output(self):
        ended = self.run_on_small_disk(
            outputSchemaStr="id long, text string", output={"filePath": "small/out.csv"}
        )
        self.assert_failed(ended, 6, "small/out.csv", "No space left on device")
        self.assert_small_disk_is_empty()

    def test_a_full_disk_of_the_work_dir(self):
        ended = self.run_on_small_disk("--work-dir", "small")
        self.assert_failed(ended, 1, "--work-dir", "the rows will take")
        self.assert_small_disk_is_empty()

    def test_a_disk_of_the_work_dir_that_fills_up(self):
        """What the rows of a pipe will take is not known before they have come."""
        with open(self.work.file("in.csv"), "rb") as rows:
            ended = self.run_on_small_disk("--work-dir", "small", "--input", "-", stdin=rows)
        self.assert_failed(ended, 1, "no space left for the task's data", "--work-dir")
        self.assert_small_disk_is_empty()

    def test_a_full_disk_of_the_logs_does_not_fail_the_job(self):
        self.work.write_file("script.py", PRINTS)
        ended = self.run_on_small_disk("--log-dir", "small", mainScriptFile="script.py")
        self.assert_done(ended)
        self.assertIn("the log of chief:0 cannot be written: disk full?", ended.err)

    def test_a_full_disk_of_a_report(self):
        self.work.write_job(input={"filePath": "in.csv", "schemaStr": "id long, text string"})
        ended = self.work.run("run", "job.json", "--report", "/dev/full")
        self.assertEqual(ended.status, 6, ended.err)
        self.assertIn("/dev/full", ended.err)
        self.assert_clean()

    def test_a_full_disk_of_standard_output(self):
        self.work.write_job(input={"filePath": "in.csv", "schemaStr": "id long, text string"})
        with open("/dev/full", "wb") as full:
            ended = self.work.run("run", "job.json", "--output", "-", stdout=full)
        self.assert_failed(ended, 6, "No space left on device")

    def test_a_full_disk_of_standard_error_does_not_fail_the_job(self):
        self.work.write_job(input={"filePath": "in.csv", "schemaStr": "id long, text string"})
        with open("/dev/full", "wb") as full:
            ended = self.work.run("run", "job.json", "--print-process-info", stderr=full)
        self.assert_done(ended)

    def test_a_limit_of_file_size(self):
        self.work.write_job(
            input={"filePath": "in.csv", "schemaStr": "id long, text string"},
            outputSchemaStr="id long, text string",
            component="TensorFlow2StreamOp",
            mainScriptFile=script("stream"),
            userFiles=[script("stream_records")],
        )
        ended = self.work.run("run", "job.json", before=["prlimit", "--fsize=65536"])
        self.assertEqual(ended.status, 6, ended.err)
        self.assertIn("out.csv", ended.error)
        self.assertFalse(self.work.exists("out.csv"))
        self.assert_clean()


class ChangingInputTest(JobTest):
    ROWS = 40_000  # of 1 KB: far more than all queues and pipes hold

    def start(self, **keys) -> support.Job:
        text = "x" * 1000
        for name in ("in.csv", "more.csv"):
            self.work.write_file(name, "".join(f"{number},{text}\n" for number in range(self.ROWS)))
        self.work.write_file("script.py", WAITS.format(workers=support.WORKERS))
        self.work.write_job(
            **{
                "component": "TensorFlow2StreamOp",
                "mainScriptFile": "script.py",
                "input": {"filePath": "in.csv", "schemaStr": "id long, text string"},
                **keys,
            }
        )
        job = self.work.start("run", "job.json", "--report", "report.json")
        self.assertTrue(wait_until(lambda: self.work.exists("reading") or job.process.poll() is not None))
        return job

    def go(self, job: support.Job) -> support.Ended:
        self.work.write_file("go", "")
        return job.wait()

    def rows(self) -> "list[int]":
        return list(map(int, self.work.read_file("out.csv").split()))

    def test_an_input_that_is_removed_while_it_is_read_is_read_to_its_end(self):
        job = self.start()
        os.remove(self.work.file("in.csv"))
        self.assert_done(self.go(job))
        self.assertEqual(self.rows(), list(range(self.ROWS)))

    def test_an_input_that_grows_while_it_is_read_gives_whole_rows(self):
        job = self.start()
        with open(self.work.file("in.csv"), "a") as file:
            file.write("100000,last\n")
        self.assert_done(self.go(job))
        self.assertIn(self.rows(), (list(range(self.ROWS)), [*range(self.ROWS), 100_000]))

    def test_an_input_that_is_cut_while_it_is_read_is_told_or_ends_there(self):
        job = self.start()
        os.truncate(self.work.file("in.csv"), os.path.getsize(self.work.file("in.csv")) - 1502)
        ended = self.go(job)
        if ended.status == 0:  # the row that was cut is a whole one, as nothing says how long its text was
            self.assertEqual(self.rows(), list(range(self.ROWS - 1)))
            self.assert_clean()
        else:
            self.assertEqual(ended.status, 4, ended.err)
            self.assertIn("in.csv", ended.error)
            self.assertEqual(self.work.survivors(), [])

    def test_a_file_of_several_that_vanishes_is_named(self):
        job = self.start(input={"filePath": ["in.csv", "more.csv"], "schemaStr": "id long, text string"})
        os.remove(self.work.file("more.csv"))
        ended = self.go(job)
        self.assertEqual(ended.status, 4, ended.err)
        self.assertIn("more.csv", ended.error)
        self.assertEqual(self.work.survivors(), [])
        self.assertFalse(self.work.exists("out.csv"))


class NothingLeftToGiveTest(JobTest):
    def setUp(self):
        super().setUp()
        self.work.write_file("in.csv", "1\n2\n3\n")

    def test_no_descriptors_left(self):
        """Wherever they run out, the job is done or says so."""
        self.work.write_job(numWorkers=4, output={"filePath": "out.csv", "overwriteSink": True})
        statuses = set()
        for limit in range(8, 64, 1 if ALL else 7):
            with self.subTest(limit=limit):
                ended = self.work.run("run", "job.json", before=["prlimit", f"--nofile={limit}"])
                self.assertIn(ended.status, (0, 1, 3, 4, 6), ended.err)
                if ended.status:
                    self.assertIn("Too many open files", ended.err)
                self.assert_clean()
                statuses.add(ended.status)
        self.assertIn(1, statuses)

    def test_no_processes_left(self):
        nobody = self.as_nobody()
        python = "/usr/bin/python3"
        self.work.write_job(numWorkers=2, pythonEnv=python, mainScriptFile=self.work.write_file("script.py", "def main(config):\n    pass\n"),
                            output={"filePath": "out.csv", "overwriteSink": True})
        if not support.may(*nobody, python, "-c", ""):
            self.skipTest("no other user can run Python here")
        statuses = set()
        for limit in range(1, 10):
            with self.subTest(limit=limit):
                ended = self.work.run("run", "job.json", before=["prlimit", f"--nproc={limit}", *nobody])
                self.assertIn(ended.status, (0, 1, 5), ended.err)
                if ended.status:
                    self.assertRegex(ended.err, "Resource temporarily unavailable|can't start new thread")
                self.assert_clean()
                statuses.add(ended.status)
        self.assertIn(1, statuses)

    def test_no_thread_for_a_conversion(self):
        command = ["prlimit", "--nproc=1", *self.as_nobody()]
        ended = self.work.run("convert", "in.csv", "out.csv", "--schema", "id long", before=command)
        self.assert_failed(ended, 1, "start a thread (see ulimit -u and the pids limit of the cgroup)")


class PortsTest(JobTest):
    JOBS = 50 if ALL else 8

    def take_ports(self) -> None:
        """As other programs do: listen where the kernel says, give some back, take others."""
        taken = []
        while not self.enough.is_set():
            for reuse in (0, 1):
                taken.append(socket.socket())
                taken[-1].setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, reuse)
                taken[-1].bind(("0.0.0.0", 0))
                taken[-1].listen(1)
            while len(taken) > 400:
                taken.pop(0).close()
            self.enough.wait(0.001)
        for each in taken:
            each.close()

    def test_many_jobs_at_once_while_ports_are_being_taken(self):
        self.enough = threading.Event()
        hog = threading.Thread(target=self.take_ports)
        hog.start()
        try:
            self.work.write_file("in.csv", "1\n")
            self.work.write_file("script.py", SERVES)
            jobs = []
            for number in range(self.JOBS):
                self.work.write_job(
                    f"job{number}.json",
                    mainScriptFile="script.py",
                    userParams={"job": f"job{number}"},
                    numWorkers=4,
                    output={"filePath": f"out{number}.csv"},
                )
                jobs.append(self.work.start("run", f"job{number}.json"))
            for number, job in enumerate(jobs):
                ended = job.wait(300)
                self.assertEqual(ended.status, 0, ended.err)
                self.assertEqual(self.work.read_file(f"out{number}.csv"), "1\n" * 16)
        finally:
            self.enough.set()
            hog.join()
        self.assert_clean()


if __name__ == "__main__":
    unittest.main()
