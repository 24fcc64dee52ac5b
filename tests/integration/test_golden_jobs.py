"""What a script sees of a job, beside what the same script saw in Alink: config, parameters, context, work dir, prints."""

import json
import os
import re
import unittest

import support
from support import JobTest, script

GOLDEN = os.path.join(support.TESTDATA, "golden", "jobs")
BATCH_PARAMS = (
    '"i": 16, "f": 1e-3, "f2": 0.1, "b": true, "n": null, "s": "x y", "big": 12345678901234567890, '
    '"ALINK:save_latest_checkpoint": false'
)
STREAM_PARAMS = '"i": 16, "f": 1e-3, "f2": 0.1, "b": true, "n": null, "s": "x y", "l": [1, "a"], "o": {"k": 1.5}'

# What is of Java and Flink, and not there.
OF_JAVA = re.compile(
    r"^(Alink:dl_|ENV:|sys:|node\.|storage_|job_version$|script_runner_class$|startup_file_name$|"
    r"virtual_env_dir$|ALINK:(script|python_env|external_file_config_json)$)"
)
FILES_OF_JAVA = re.compile(r"^(\.|\.mark|__pycache__.*|startup\.py|tf2_\w+_entry\.py)$")

def without_ports(text: str) -> str:
    """Each port as the number of its first appearance, since they are others in every run."""
    seen: "dict[str, str]" = {}
    return re.sub(r"127\.0\.0\.1:(\d+)", lambda found: "h:" + seen.setdefault(found[1], str(len(seen))), text)


def cluster_without_ports(properties: dict) -> dict:
    text = re.sub(r'("sys:tf_port": )"(\d+)"', r'\1"127.0.0.1:\2"', properties["cluster"])
    return json.loads(without_ports(text))


class GoldenJobTest(JobTest):
    def see(self, rows: int, params: str, component: str = "TensorFlow2BatchOp", **keys) -> None:
        os.mkdir(self.work.file("seen"))
        self.work.write_file("in.csv", "".join(f"{number},{number / 2},s{number}\n" for number in range(rows)))
        self.work.write_job(
            **{
                "component": component,
                "input": {"filePath": "in.csv", "schemaStr": "id int, x double, s string"},
                "mainScriptFile": script("dump"),
                "userParams": "HERE",
                **keys,
            }
        )
        # Numbers reach the script as the job file writes them, so these are not made by json.dumps.
        params = '{"out": "%s"%s}' % (self.work.file("seen"), ", " + params if params else "")
        self.work.write_file("job.json", self.work.read_file("job.json").replace('"HERE"', params))
        ended = self.work.run("run", "job.json", "--log-dir", "logs")
        self.assert_done(ended)

    def compare(self, job: str, *roles: str) -> None:
        for role in roles:
            with self.subTest(job=job, role=role):
                with open(os.path.join(GOLDEN, job, role + ".json"), encoding="utf-8") as file:
                    golden = json.load(file)
                seen = json.loads(self.work.read_file(f"seen/{role}.json"))
                self.compare_config(seen, golden)
                self.compare_context(seen, golden)
                self.compare_files(seen, golden)
                self.compare_prints(job, role)

    def compare_config(self, seen: dict, golden: dict) -> None:
        self.assertEqual(seen["config_class"], golden["config_class"])
        self.assertEqual(seen["name"], golden["name"])
        self.assertEqual(list(seen["config"]), golden["config_dict_order"])
        ours, theirs = seen["config"], golden["config"]
        for name, value in theirs.items():
            # Ours is a method of the context, since it takes more than Alink's.
            expected = "builtins.method" if name == "dataset_fn" else value["type"]
            self.assertEqual(ours[name]["type"], expected, name)
        self.assertTrue(os.path.basename(ours["user_params"]["value"].pop("out")["value"]))
        theirs["user_params"]["value"].pop("dump_dir")
        for name in ("dataset_length", "num_workers", "task_index", "task_type", "user_params"):
            self.assertEqual(ours.get(name), theirs.get(name), name)
        clusters = [without_ports(json.dumps(config["cluster"], sort_keys=True)) for config in (ours, theirs)]
        self.assertEqual(*clusters)
        self.assertEqual(without_ports(seen["tf_config"]), without_ports(golden["environ"]["TF_CONFIG"]))

    def compare_context(self, seen: dict, golden: dict) -> None:
        for name, value in seen["context"].items():
            self.assertEqual(value, golden["context_attrs"][name], name)
        parallelism = golden["context_attrs"]["roleParallelism"]["repr"].replace("'", '"')
        self.assertEqual(seen["parallelism"], json.loads(parallelism))
        self.assertEqual(seen["missing"], "")
        ours, theirs = seen["properties"], golden["properties"]
        self.assertEqual(sorted(name for name in theirs if not OF_JAVA.match(name)), sorted(ours))
        self.assertEqual(cluster_without_ports(ours), cluster_without_ports(theirs))
        work_dir = seen["config"]["work_dir"]["value"]
        for name in ("ALINK:entry_func", "ALINK:intra_op_parallelism", "ALINK:num_pss", "ALINK:num_workers"):
            self.assertEqual(ours[name], theirs[name], name)
        for name in ("ALINK:work_dir", "current_work_dir"):
            self.assertEqual(ours[name], work_dir, name)
        params = json.loads(ours["ALINK:user_defined_params"])
        del params["out"]
        expected = json.loads(theirs["ALINK:user_defined_params"])
        del expected["dump_dir"]
        self.assertEqual(params, expected)

    def compare_files(self, seen: dict, golden: dict) -> None:
        expected = [name for name, _, _ in golden["work_dir_files"] if not FILES_OF_JAVA.match(name)]
        self.assertEqual(seen["files"], sorted(expected))

    def compare_prints(self, job: str, role: str) -> None:
        """What Alink's entry prints around main, in its order. Properties are not printed: they may hold secrets."""
        task, _, index = role.partition("_")
        log = self.work.read_file(f"logs/{task}-{index}.log")
        records = [] if job == "s1" else ["number of records: "]
        done = f"task_type = {task}, task_index = {index}: "
        at = 0
        ends = [] if task == "ps" else [done + "exit"]  # a PS is stopped when the workers have ended, at any place
        for text in ['{"cluster": {', *records, "from main", done + "done tf_user_main", *ends]:
            self.assertIn(text, log[at:])
            at = log.index(text, at)

    def test_one_worker(self):
        self.see(5, "")
        self.compare("b1", "chief_0")

    def test_three_workers(self):
        self.see(10, BATCH_PARAMS, numWorkers=3)
        self.compare("b3", "chief_0", "worker_0", "worker_1")

    def test_one_worker_and_a_ps(self):
        self.see(7, BATCH_PARAMS, numPSs=1)
        self.compare("b4", "chief_0", "ps_0")

    def test_a_stream(self):
        self.see(20, STREAM_PARAMS, component="TensorFlow2StreamOp")
        self.compare("s1", "chief_0")


if __name__ == "__main__":
    unittest.main()
