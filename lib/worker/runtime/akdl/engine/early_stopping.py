"""Hooks that stop the training of an Estimator, by its evaluations. Under all-reduce all workers stop together.

Needs a TensorFlow with Estimator (1.15 to 2.15) when a hook is made, not when this is imported.
"""
import collections
import operator
import os

from akdl.runner.tf_helper import require_estimator, tf

__all__ = ["make_early_stopping_hook", "stop_if_higher_hook", "stop_if_lower_hook", "stop_if_no_increase_hook",
           "stop_if_no_decrease_hook", "read_eval_metrics"]


def make_early_stopping_hook(estimator, should_stop_fn, run_every_secs=60, run_every_steps=None):
    """A hook that asks `should_stop_fn()` every so many seconds or steps, one of which is None.

    The chief asks; other workers see its answer in a variable. Under all-reduce every worker asks, after the same
    steps: give `run_every_steps`.
    """
    return require_estimator().experimental.make_early_stopping_hook(
        estimator, should_stop_fn, run_every_secs=run_every_secs, run_every_steps=run_every_steps)


def stop_if_higher_hook(estimator, metric_name, threshold, eval_dir=None, min_steps=0, run_every_secs=60,
                        run_every_steps=None):
    """Stop when the metric of an evaluation after `min_steps` or later is above `threshold`."""
    return _threshold_hook(operator.gt, estimator, metric_name, threshold, eval_dir, min_steps, run_every_secs,
                           run_every_steps)


def stop_if_lower_hook(estimator, metric_name, threshold, eval_dir=None, min_steps=0, run_every_secs=60,
                       run_every_steps=None):
    """Stop when the metric of an evaluation after `min_steps` or later is below `threshold`."""
    return _threshold_hook(operator.lt, estimator, metric_name, threshold, eval_dir, min_steps, run_every_secs,
                           run_every_steps)


def stop_if_no_increase_hook(estimator, metric_name, max_steps_without_increase, eval_dir=None, min_steps=0,
                             run_every_secs=60, run_every_steps=None):
    """Stop when the metric has had no new maximum for `max_steps_without_increase` steps."""
    return _patience_hook(operator.gt, estimator, metric_name, max_steps_without_increase, eval_dir, min_steps,
                          run_every_secs, run_every_steps)


def stop_if_no_decrease_hook(estimator, metric_name, max_steps_without_decrease, eval_dir=None, min_steps=0,
                             run_every_secs=60, run_every_steps=None):
    """Stop when the metric has had no new minimum for `max_steps_without_decrease` steps."""
    return _patience_hook(operator.lt, estimator, metric_name, max_steps_without_decrease, eval_dir, min_steps,
                          run_every_secs, run_every_steps)


def read_eval_metrics(eval_dir):
    """All evaluations whose summaries are in `eval_dir`: ordered dict step -> dict of metrics, steps ascending."""
    found = collections.defaultdict(dict)
    if not tf.gfile.IsDirectory(eval_dir):  # nothing was evaluated yet, and older TensorFlows raise then
        return collections.OrderedDict()
    for path in sorted(tf.gfile.Glob(os.path.join(eval_dir, "*.tfevents.*"))):
        for event in tf.train.summary_iterator(path):
            for value in event.summary.value:
                if value.HasField("simple_value"):
                    found[event.step][value.tag] = value.simple_value
    return collections.OrderedDict(sorted(found.items()))


def _threshold_hook(beyond, estimator, metric_name, threshold, eval_dir, min_steps, run_every_secs, run_every_steps):
    require_estimator()
    eval_dir = eval_dir or estimator.eval_dir()

    def should_stop():
        return any(step >= min_steps and beyond(metrics[metric_name], threshold)
                   for step, metrics in read_eval_metrics(eval_dir).items() if metric_name in metrics)

    return make_early_stopping_hook(estimator, should_stop, run_every_secs, run_every_steps)


def _patience_hook(better, estimator, metric_name, patience, eval_dir, min_steps, run_every_secs, run_every_steps):
    require_estimator()
    eval_dir = eval_dir or estimator.eval_dir()

    def should_stop():
        best, best_step = None, None
        for step, metrics in read_eval_metrics(eval_dir).items():
            if step < min_steps or metric_name not in metrics:
                continue
            if best is None or better(metrics[metric_name], best):
                best, best_step = metrics[metric_name], step
            elif step - best_step >= patience:
                return True
        return False

    return make_early_stopping_hook(estimator, should_stop, run_every_secs, run_every_steps)
