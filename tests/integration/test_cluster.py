"""What the scripts of each role see: TF_CONFIG, their share of the rows, the config object, the work dir."""

import json
import os
import re
import socket
import threading
import unittest

import support
from records import features, frames
from support import JobTest, script

GOLDEN = os.path.join(support.TESTDATA, "golden", "jobs")
GOLDEN_SCHEMA = "id int, x double, s string"


def golden_rows(count: int) -> str:
    return "".join(f"{number},{number / 2},s{number}\n" for number in range(count))


def framed(path: str) -> "list[bytes]":
    """The records of a TFRecord file with lengths and checksums."""
    data, at, found = support.read(path), 0, []
    for record in frames(path):
        found.append(data[at : at + len(record) + 16])
        at += len(record) + 16
    return found


class ClusterTest(JobTest):
    """What the scripts of each role see."""

    def prepare(self, rows: int, workers: int, ps: int = 0, **keys) -> None:
        self.work.write_file("in.csv", golden_rows(rows))
        os.mkdir(self.work.file("seen"))
        self.work.write_job(
            **{
                "input": {"filePath": "in.csv", "schemaStr": GOLDEN_SCHEMA},
                "mainScriptFile": script("see"),
                "userParams": {"out": self.work.file("seen")},
                "outputSchemaStr": "role string, rows long",
                "numWorkers": workers,
                "numPSs": ps,
                **keys,
            }
        )

    def see(self, rows: int, workers: int, ps: int = 0, **keys) -> None:
        self.prepare(rows, workers, ps, **keys)
        self.ended = self.work.run("run", "job.json")
        self.assert_done(self.ended)

    def seen(self, name: str) -> str:
        return self.work.read_file("seen/" + name)

    def ids(self, role: str) -> "list[int]":
        return [features(record)["id"][0] for record in frames(self.work.file(f"seen/{role}.tfrecords"))]

    def assert_shares(self, *shares: "list[int]") -> None:
        """The ids of chief:0, worker:0, worker:1."""
        self.assertEqual([self.ids(role) for role in ("chief_0", "worker_0", "worker_1")], list(shares))

    def test_a_tf_config_of_the_environment_is_replaced_with_a_warning(self):
        self.work.environment["TF_CONFIG"] = '{"cluster": {"worker": ["elsewhere:1"]}}'
        self.see(1, 1)
        self.assertNotIn("elsewhere", self.seen("chief_0.tf_config"))
        self.assertIn("TF_CONFIG is set in the environment", self.ended.err)

    def assert_tf_config(self, workers: int, ps: int, expected: "dict[str, str]") -> None:
        self.see(1, workers, ps)
        found = {role: self.seen(role + ".tf_config") for role in expected}
        ports = sorted(set(re.findall(r"127\.0\.0\.1:(\d+)", "".join(found.values()))))
        self.assertEqual(len(ports), workers + ps, "the same ports in all roles")
        # Alink's numbers: workers first, chief = 0, then PS.
        names = {}
        cluster = json.loads(found["chief_0"])["cluster"]
        for number, address in enumerate(
            cluster["chief"] + cluster.get("worker", []) + cluster.get("ps", [])
        ):
            names[address] = f"h:p{number}"
        for role, text in found.items():
            for address, name in names.items():
                text = text.replace(f'"{address}"', f'"{name}"')
            self.assertEqual(text, expected[role])
        self.assertEqual(len(os.listdir(self.work.file("seen"))), 3 * len(expected), "no other roles")

    def test_tf_config_of_one_worker(self):
        config = '{"cluster": {"chief": ["h:p0"]}, "task": {"type": "chief", "index": 0}}'
        self.assert_tf_config(1, 0, {"chief_0": config})

    def test_tf_config_of_three_workers(self):
        cluster = '{"cluster": {"worker": ["h:p1", "h:p2"], "chief": ["h:p0"]}, "task": '
        self.assert_tf_config(
            3,
            0,
            {
                "chief_0": cluster + '{"type": "chief", "index": 0}}',
                "worker_0": cluster + '{"type": "worker", "index": 0}}',
                "worker_1": cluster + '{"type": "worker", "index": 1}}',
            },
        )

    def test_tf_config_of_two_workers_and_a_ps(self):
        cluster = '{"cluster": {"ps": ["h:p2"], "worker": ["h:p1"], "chief": ["h:p0"]}, "task": '
        self.assert_tf_config(
            2,
            1,
            {
                "chief_0": cluster + '{"type": "chief", "index": 0}}',
                "worker_0": cluster + '{"type": "worker", "index": 0}}',
                "ps_0": cluster + '{"type": "ps", "index": 0}}',
            },
        )

    def test_tf_config_of_one_worker_and_a_ps(self):
        cluster = '{"cluster": {"ps": ["h:p1"], "chief": ["h:p0"]}, "task": '
        self.assert_tf_config(
            1,
            1,
            {
                "chief_0": cluster + '{"type": "chief", "index": 0}}',
                "ps_0": cluster + '{"type": "ps", "index": 0}}',
            },
        )

    def assert_golden_datasets(self, job: str, *roles: str) -> None:
        for role in roles:
            with open(os.path.join(GOLDEN, job, f"dataset_{role}.tfrecords"), "rb") as file:
                golden = file.read()
            self.assertEqual(support.read(self.work.file(f"seen/{role}.tfrecords")), golden, role)

    def test_dataset_of_one_worker(self):
        self.see(5, 1)
        self.assert_golden_datasets("b1", "chief_0")

    def test_datasets_of_one_worker_and_a_ps(self):
        self.see(7, 1, 1)
        self.assert_golden_datasets("b4", "chief_0", "ps_0")

    def test_dataset_of_two_workers_and_a_ps(self):
        self.see(10, 2, 1)
        self.assertEqual(self.ids("chief_0"), [0, 2, 4, 6, 8])
        self.assertEqual(self.ids("worker_0"), [1, 3, 5, 7, 9])
        self.assertEqual(self.ids("ps_0"), [])

    def test_datasets_padded_for_three_workers(self):
        self.see(10, 3, userParams={"out": self.work.file("seen"), "write": "yes"})
        self.assert_golden_datasets("b3", "chief_0", "worker_0", "worker_1")
        self.assertIn("2 rows were repeated", self.ended.err)

    def pass_on(self, workers: int, even_split: str) -> "tuple[list[bytes], list[bytes]]":
        """A job over a TFRecord file without schemaStr: the frames of the file, and those that the tasks got."""
        path = os.path.join(GOLDEN, "b4", "dataset_chief_0.tfrecords")
        self.see(
            0, workers, input={"filePath": path, "format": "tfrecord"}, evenSplit=even_split
        )
        roles = ["chief_0"] + [f"worker_{index}" for index in range(workers - 1)]
        shares = [framed(self.work.file(f"seen/{role}.tfrecords")) for role in roles]
        return framed(path), shares

    def test_tfrecord_files_without_schema_pass_byte_for_byte(self):
        frames_in, shares = self.pass_on(1, "off")
        self.assertEqual(shares, [frames_in])

    def test_records_that_pass_are_dealt_out_and_padded(self):
        frames_in, shares = self.pass_on(3, "pad")
        padded = frames_in + frames_in[-1:] * 2
        self.assertEqual(shares, [padded[worker::3] for worker in range(3)])

    def test_rows_dropped_for_three_workers(self):
        self.see(10, 3, evenSplit="drop")
        self.assert_shares([0, 3, 6], [1, 4, 7], [2, 5, 8])

    def test_rows_left_as_they_are_for_three_workers(self):
        self.see(10, 3, evenSplit="off")
        self.assert_shares([0, 3, 6, 9], [1, 4, 7], [2, 5, 8])

    def test_config_is_alink_s(self):
        with open(os.path.join(GOLDEN, "b3", "chief_0.json"), encoding="utf-8") as file:
            golden = json.load(file)
        # Numbers reach the script as the job file writes them, so this one is not made by json.dumps.
        params = (
            '"out": "%s", "i": 16, "f": 1e-3, "f2": 0.1, "b": true, "n": null, "s": "x y", '
            '"big": 12345678901234567890, "ALINK:save_latest_checkpoint": false' % self.work.file("seen")
        )
        self.prepare(10, 3, userParams="HERE")
        text = self.work.read_file("job.json")
        self.work.write_file("job.json", text.replace('"HERE"', "{" + params + "}"))
        self.assert_done(self.work.run("run", "job.json"))
        seen = json.loads(self.seen("chief_0.json"))
        self.assertEqual(seen["config_class"], golden["config_class"])
        self.assertEqual(list(seen["config"]), golden["config_dict_order"])
        config, expected = seen["config"], golden["config"]
        self.assertEqual(
            {k: v["type"] for k, v in config.items()}, {k: v["type"] for k, v in expected.items()}
        )
        expected["user_params"]["value"].pop("dump_dir")
        config["user_params"]["value"].pop("out")
        for name in ("dataset_length", "num_workers", "task_index", "task_type", "user_params"):
            self.assertEqual(config[name], expected[name], name)
        work_dir = config["work_dir"]["value"]
        self.assertTrue(work_dir.startswith(self.work.tmp + "/"), work_dir)
        self.assertEqual(config["dataset_file"]["value"], work_dir + "/dataset.tfrecords")

    def test_surroundings_of_a_script(self):
        self.work.write_file("more.txt", "with it\n")
        self.see(3, 1, userFiles=["more.txt"])
        seen = json.loads(self.seen("chief_0.json"))
        self.assertEqual(seen["cwd"], os.path.realpath(self.work.path))
        self.assertEqual(seen["name"], "tf_user_main")
        for name in (
            "dataset.tfrecords",
            "more.txt",
            "tensor_shapes.txt",
            "tensor_types.txt",
            "tf_user_main.py",
        ):
            self.assertIn(name, seen["files"])

    def test_our_packages_come_before_copies_that_are_installed(self):
        """As in the environments that Alink itself comes with."""
        names = ("akdl", "flink_ml_framework", "flink_ml_tensorflow", "flink_ml_tensorflow2")
        for name in names:
            os.makedirs(self.work.file(f"installed/{name}"))
            self.work.write_file(f"installed/{name}/__init__.py", "raise ImportError('another one')\n")
        self.work.environment["PYTHONPATH"] = self.work.file("installed")
        imports = "".join(f"    import {name}\n" for name in names)
        self.work.write_file("imports.py", "def main(config):\n" + imports)
        self.work.write_file("in.csv", "1\n")
        self.work.write_job(mainScriptFile="imports.py")
        self.assert_done(self.work.run("run", "job.json"))


# Serves at its own address, as TensorFlow's servers do, and asks all others of its cluster whose they are.
MEETS = """
import socket, threading, time
def main(config):
    name = config.user_params["job"].encode()
    members = sorted(address for role in config.cluster.values() for address in role)
    own = config.cluster[config.task_type][config.task_index]
    server = socket.socket()
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    server.bind(("0.0.0.0", int(own.split(":")[1])))
    server.listen(8)
    def serve():
        for _ in members[1:]:
            peer = server.accept()[0]
            peer.sendall(name)
            peer.close()
    thread = threading.Thread(target=serve)
    thread.start()
    for address in members:
        while address != own:
            peer = socket.socket()
            try:
                peer.connect(("127.0.0.1", int(address.split(":")[1])))
            except ConnectionRefusedError:
                time.sleep(0.01)  # not there yet
                continue
            assert peer.recv(99) == name, "somebody else's port"
            break
    thread.join()
"""


class PortsTest(JobTest):
    def test_fifty_jobs_beside_one_who_takes_free_ports_stay_among_themselves(self):
        self.work.write_file("in.csv", "1\n2\n")
        self.work.write_file("meets.py", MEETS)
        end = threading.Event()

        def take_ports():
            while not end.is_set():
                taken = [socket.create_server(("127.0.0.1", 0)) for _ in range(50)]
                for server in taken:
                    server.close()

        taker = threading.Thread(target=take_ports)
        taker.start()
        try:
            jobs = []
            for number in range(50):
                job = self.work.write_job("job%d.json" % number, mainScriptFile="meets.py", numWorkers=2,
                                          userParams={"job": "job%d" % number}, output=None)
                jobs.append(self.work.start("run", job))
            for ended in [job.wait() for job in jobs]:
                self.assert_done(ended)
        finally:
            end.set()
            taker.join()


if __name__ == "__main__":
    unittest.main()
