"""Training runs of Estimators and Keras models, up to the exported model."""
import os

from akdl.engine.inputs import get_dataset_fn, get_feature_placeholders, parse_feature_specs
from akdl.runner import io_helper
from akdl.runner.tf_helper import require_estimator, tf
from alinktf_worker import wait_for_workers
from alinktf_worker.datasets import read_records


def train_estimator(estimator, input_config, train_config, export_config, task_config):
    """Train with `train_and_evaluate`; the chief exports to `task_config.saved_model_dir`.

    Args:
        input_config: `example_config` (see `parse_feature_specs`) and `label_col`.
        train_config: keywords of `get_dataset`, such as `batch_size` and `num_epochs`.
        export_config: keywords of `get_feature_placeholders`.
        task_config: a TrainTaskConfig, or a StreamTaskConfig with a `saved_model_dir`.
    """
    api = require_estimator()
    dataset_fn = _dataset_fn(input_config, train_config, task_config)
    if (task_config.cluster or {}).get("ps"):
        look_again_soon()
    hooks = [_WaitForWorkers(estimator.model_dir)] if _exports_for_others(task_config) else []
    api.train_and_evaluate(estimator, api.TrainSpec(dataset_fn, hooks=hooks), api.EvalSpec(dataset_fn, steps=1))
    if _exports(task_config):
        estimator.export_saved_model(task_config.saved_model_dir, _serving_input(export_config))


def train_estimator_one_worker(estimator, input_config, train_config, export_config, task_config):
    """Train in one process, with validation, early stopping and a choice of the exported model.

    Args as of `train_estimator`, and besides:
        train_config: `valid_raw_dataset_fn` gives the rows to evaluate on (default: those to train on);
            `early_stopping_patience_steps` stops when the metric has not improved for so many steps.
        export_config: `exporter_type` "latest" (default) or "best"; `best_exporter_metric` and
            `metric_bigger` say which metric decides and whether more is better.

    Raises:
        ValueError: another `exporter_type`.
    """
    api = require_estimator()
    kind = export_config.get("exporter_type", "latest")
    if kind not in ("latest", "best"):
        raise ValueError("exporter_type %r: expected latest or best" % kind)
    serving_input = _serving_input(export_config)
    if kind == "best":
        exporter = api.BestExporter("best_exporter", serving_input, compare_fn=_better(export_config))
    else:
        exporter = api.LatestExporter("latest", serving_input)
    evaluation = dict(train_config, num_epochs=1, shuffle_factor=0)
    if train_config.get("valid_raw_dataset_fn"):
        evaluation["raw_dataset_fn"] = train_config["valid_raw_dataset_fn"]
    api.train_and_evaluate(
        estimator,
        api.TrainSpec(_dataset_fn(input_config, train_config, task_config),
                      hooks=_early_stopping(api, estimator, train_config, export_config)),
        api.EvalSpec(_dataset_fn(input_config, evaluation, task_config), steps=None, exporters=[exporter],
                     start_delay_secs=0, throttle_secs=0))
    io_helper.gfile_copy_dir_content(os.path.join(estimator.model_dir, "export", exporter.name),
                                     task_config.saved_model_dir)


def train_keras_model(model, input_config, train_config, task_config):
    """`model.fit` on the task's rows."""
    model.fit(_dataset_fn(input_config, train_config, task_config)())


def look_again_soon():
    """Let a worker look every second, not every 30, whether the chief has made the variables.

    All tasks start at the same time here, so a worker comes too early about every other time, and TensorFlow's
    SessionManager would then sleep for its whole `recovery_wait_secs`.
    """
    manager = tf.train.SessionManager
    original = manager.__init__
    if getattr(original, "looks_again_soon", False):
        return

    def init(self, *args, **kwargs):
        if len(args) < 5:
            kwargs.setdefault("recovery_wait_secs", 1)
        original(self, *args, **kwargs)

    init.looks_again_soon = True
    manager.__init__ = init


class _WaitForWorkers(tf.train.SessionRunHook):
    """At the end of the chief's own data: wait for the workers, then save what they have all trained.

    The checkpoint that Estimator writes itself holds only what was trained until the chief's data ended.
    """

    def __init__(self, model_dir):
        self._model_dir = model_dir

    def end(self, session):
        wait_for_workers()
        savers = tf.get_collection(tf.GraphKeys.SAVERS)
        step = session.run(tf.train.get_global_step())
        savers[0].save(session, os.path.join(self._model_dir, "model.ckpt"), global_step=step)


def _exports(task_config):
    return task_config.task_type == "chief" or (task_config.task_type == "worker" and task_config.num_workers == 1)


def _exports_for_others(task_config):
    cluster = task_config.cluster or {}
    return task_config.task_type == "chief" and bool(cluster.get("ps")) and bool(cluster.get("worker"))


def _dataset_fn(input_config, train_config, task_config):
    settings = dict(train_config)
    settings.setdefault("raw_dataset_fn", _raw_dataset_fn(task_config))
    return get_dataset_fn(feature_specs=parse_feature_specs(input_config["example_config"]),
                          label_col=input_config["label_col"], **settings)


def _raw_dataset_fn(task_config):
    if getattr(task_config, "dataset_fn", None) is not None:
        return task_config.dataset_fn
    return lambda: read_records(tf, task_config.dataset_file)


def _serving_input(export_config):
    """Each placeholder becomes an input whose first dimension is the batch (Estimator replaces it by None)."""
    return require_estimator().export.build_raw_serving_input_receiver_fn(get_feature_placeholders(**export_config))


def _better(export_config):
    metric, bigger = export_config["best_exporter_metric"], export_config["metric_bigger"]

    def compare(best_eval_result, current_eval_result):
        best, current = best_eval_result[metric], current_eval_result[metric]
        return current > best if bigger else current < best

    return compare


def _early_stopping(api, estimator, train_config, export_config):
    patience, every = (train_config.get(name) for name in ("early_stopping_patience_steps", "save_checkpoints_steps"))
    metric, bigger = (export_config.get(name) for name in ("best_exporter_metric", "metric_bigger"))
    if patience is None or every is None or metric is None or bigger is None:
        return []
    os.makedirs(estimator.eval_dir(), exist_ok=True)
    stop = api.experimental.stop_if_no_increase_hook if bigger else api.experimental.stop_if_no_decrease_hook
    return [stop(estimator, metric, int(patience), run_every_secs=None, run_every_steps=int(every))]
