"""Evaluators, and the numbers of tasks that Alink's parallelism makes."""

import json
import unittest

import support
from support import JobTest

EVALUATOR = '''\
import json, os, time

def out(name):
    return os.path.join(config_out, name)

def workers_have_ended():
    # Their processes: main may be over long before.
    return has_ended("chief_0") and has_ended("worker_0")

def has_ended(role):
    # And has been reaped, so alinktf knows.
    return os.path.exists(out(role)) and not os.path.exists("/proc/" + open(out(role)).read())

def wait(condition):
    while not condition():
        time.sleep(0.005)

def main(config):
    global config_out
    config_out = config.user_params["out"]
    with open(out("%s_%d.new" % (config.task_type, config.task_index)), "w") as file:
        file.write(str(os.getpid()))
    os.rename(file.name, file.name[:-4])
    with open(out("config_%s_%d" % (config.task_type, config.task_index)), "w") as file:
        json.dump([os.environ["TF_CONFIG"], config.dataset_length, os.path.getsize(config.dataset_file),
                   config.cluster, config.num_workers, os.path.basename(config.work_dir),
                   config.tf_context.get_role_name(), config.tf_context.get_index()], file)
    if config.task_type == "evaluator":
        EVALUATE
    else:
        wait(lambda: os.path.exists(out("evaluator_0")))
        WORK
'''


class EvaluatorTest(JobTest):
    """Jobs of a chief, a worker and an evaluator; all of them have begun before one ends."""

    def start(self, evaluate: str, work: str = "pass", **keys) -> support.Job:
        self.work.write_file("in.csv", "1\n2\n3\n4\n")
        text = EVALUATOR.replace("EVALUATE", evaluate).replace("WORK", work)
        self.work.write_job(
            **{
                "mainScriptFile": self.work.write_file("script.py", text),
                "userParams": {"out": self.work.path},
                "numWorkers": 2,
                "numEvaluators": 1,
                **keys,
            }
        )
        return self.work.start("run", "job.json", "--report", "report.json", "--log-dir", "logs")

    def evaluator_report(self) -> dict:
        tasks = json.loads(self.work.read_file("report.json"))["tasks"]
        return next(task for task in tasks if task["role"] == "evaluator")

    def test_an_evaluator_is_outside_of_the_cluster_and_gets_no_rows(self):
        self.assert_done(self.start("print('evaluating')").wait())
        config = json.loads(self.work.read_file("config_evaluator_0"))
        chief = json.loads(self.work.read_file("config_chief_0"))
        tf_config = json.loads(config[0])
        self.assertEqual(tf_config["task"], {"type": "evaluator", "index": 0})
        self.assertEqual(tf_config["cluster"], json.loads(chief[0])["cluster"])
        self.assertEqual(sorted(tf_config["cluster"]), ["chief", "worker"])
        self.assertEqual(config[1:], [0, 0, tf_config["cluster"], 2, "evaluator-0", "evaluator", 0])
        self.assertEqual(self.evaluator_report()["rows_in"], 0)
        self.assertIn("evaluating", self.work.read_file("logs/evaluator-0.log"))

    def test_an_evaluator_that_returns_ends_with_the_workers(self):
        ended = self.start("return").wait()
        self.assert_done(ended)
        self.assertLess(ended.seconds, 30, "nobody waits for the 60 s")
        self.assertEqual(self.evaluator_report()["exit_status"], 0)
        self.assertNotIn("ended before the workers", ended.err)

    def test_an_evaluator_may_go_on_after_the_workers(self):
        ended = self.start("wait(workers_have_ended); print('the last checkpoint')").wait()
        self.assert_done(ended)
        self.assertIn("evaluators get up to 60 s more", ended.err)
        self.assertIn("the last checkpoint", self.work.read_file("logs/evaluator-0.log"))
        self.assertFalse(self.evaluator_report()["stopped_by_us"])

    def test_an_evaluator_that_does_not_end_is_stopped_and_no_failure(self):
        ended = self.start("wait(lambda: False)", evaluatorTimeout="300ms").wait()
        self.assert_done(ended)
        self.assertTrue(self.evaluator_report()["stopped_by_us"])
        self.assertIn("evaluators get up to 0.3 s more", ended.err)
        self.assertNotIn("Traceback", ended.err)

    def test_an_evaluator_that_fails_while_the_workers_run_fails_the_job(self):
        ended = self.start("raise ValueError('no metric')", work="wait(lambda: False)").wait()
        self.assert_failed(ended, 5, "evaluator:0", "ValueError: no metric")

    def test_an_evaluator_that_dies_while_the_workers_run_fails_the_job(self):
        ended = self.start("os._exit(9)", work="wait(lambda: False)").wait()
        self.assert_failed(ended, 5, "evaluator:0", "exit status 9")

    def assert_warned(self, how: str, told: str) -> None:
        ended = self.start("wait(workers_have_ended); " + how).wait()
        self.assert_done(ended)
        self.assertIn("evaluator:0 failed after the workers had ended: " + told, ended.err)

    def test_an_evaluator_that_fails_after_the_workers_is_a_warning(self):
        self.assert_warned("raise ValueError('no metric')", "ValueError: no metric")

    def test_an_evaluator_that_dies_after_the_workers_is_a_warning(self):
        self.assert_warned("os._exit(9)", "exit status 9")

    def test_rows_of_an_evaluator_are_dropped_with_a_warning(self):
        ended = self.start("config.output_writer.write({'id': 9})", work="config.output_writer.write({'id': 1})").wait()
        self.assert_done(ended)
        self.assertIn("evaluator:0 writes rows: they are dropped", ended.err)
        self.assertEqual(self.work.read_file("out.csv"), "1\n1\n")

    def test_parameter_servers_do_not_wait_for_evaluators(self):
        """The evaluator ends only when the PS has gone."""
        ended = self.start("wait(lambda: has_ended('ps_0'))",
                           work="wait(lambda: os.path.exists(out('ps_0'))) if config.task_type != 'ps' else wait(lambda: False)",
                           numPSs=1).wait()
        self.assert_done(ended)
        self.assertFalse(self.evaluator_report()["stopped_by_us"])


class ParallelismTest(JobTest):
    def numbers(self, **keys) -> "tuple[int, int]":
        """The workers and parameter servers of the plan."""
        self.work.write_file("in.csv", "1\n")
        self.work.write_job(**keys)
        self.ended = self.work.run("check", "job.json")
        self.assert_done(self.ended)
        tasks = [line.split()[0] for line in self.ended.out.splitlines() if "TF_CONFIG=" in line]
        pss = sum(task.startswith("ps:") for task in tasks)
        return len(tasks) - pss, pss

    def test_alink_s_table(self):
        # W, PS and parallelism given; what Alink's test expects.
        for workers, pss, parallelism, expected in (
            (None, None, 1, (1, 0)),
            (None, None, 2, (1, 1)),
            (None, None, 3, (2, 1)),
            (None, None, 4, (3, 1)),
            (None, None, 8, (6, 2)),
            (None, None, 16, (12, 4)),
            (None, None, 103, (78, 25)),
            (2, None, 1, (1, 0)),
            (1, None, 8, (1, 7)),
            (3, None, 5, (3, 2)),
            (4, None, 4, (4, 0)),
            (None, 0, 4, (4, 0)),
            (None, 3, 5, (2, 3)),
            (3, 2, 4, (3, 2)),
        ):
            with self.subTest(workers=workers, pss=pss, parallelism=parallelism):
                found = self.numbers(numWorkers=workers, numPSs=pss, parallelism=parallelism)
                self.assertEqual(found, expected)
                told = f"parallelism {parallelism} " in self.ended.err
                self.assertEqual(told, expected != (workers, pss) and pss is None or None not in (workers, pss))

    def test_what_alink_fails_at_later_is_refused(self):
        for keys, text in (
            ({"numWorkers": 6, "parallelism": 4}, "/parallelism: expected at least 6 with numWorkers 6, found 4"),
            ({"numPSs": 4, "parallelism": 4}, "/parallelism: expected at least 5 with numPSs 4, found 4"),
            ({"parallelism": 0}, "/parallelism: expected an integer from 1"),
        ):
            with self.subTest(**keys):
                self.work.write_file("in.csv", "1\n")
                self.work.write_job(**keys)
                self.assert_failed(self.work.run("check", "job.json"), 3, text)


if __name__ == "__main__":
    unittest.main()
