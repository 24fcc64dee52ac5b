"""Training of Keras models on a task's rows, up to the exported model."""
import os

from akdl.engine.eager import eager_tensorflow, exports, make_parser, make_strategy, read_rows, save
from akdl.runner import io_helper
from alinktf_worker.user_params import truth

_SHUFFLED_BATCHES = 10
_WEIGHTS = "model.ckpt-latest.weights.h5"


class KerasRun:
    """One training of a model that `build(tf)` makes.

    Attributes:
        build: makes the model, without variables of any strategy: input is the one column's batch.
        compile: called with (tf, model): compiles it.
        outputs: (tf, the model's result) -> dict of the outputs of the exported signatures.
        feature, label: dicts of `name`, `dtype`, `shape`.
    """

    def __init__(self, build, compile, outputs, feature, label):
        self.build = build
        self.compile = compile
        self.outputs = outputs
        self.feature = feature
        self.label = label


def train_keras(run, settings, task_config):
    """Fit, then export from the chief with the signatures `serving_default` and `predict`.

    Args:
        run: a `KerasRun`.
        settings: user params. `batch_size`, `num_epochs`; optional: `validation_split` (share of the last rows to
            evaluate on after each epoch), `save_best_only` with `best_exporter_metric` (keep the weights of the best
            epoch by that metric), `model_dir` with `save_checkpoints_epochs` (weights are kept there and training goes
            on from them, unless `ALINK:remove_checkpoint_before_training`), `ALINK:ONLY_ONE_WORKER`.

    Raises:
        ImportError: several workers, and a Keras that cannot train with them.
    """
    tf = eager_tensorflow()
    if truth(settings.get("ALINK:ONLY_ONE_WORKER")):
        os.environ.pop("TF_CONFIG", None)
    strategy = make_strategy(tf)
    if strategy.num_replicas_in_sync > 1:
        _check_several_workers(tf)
    with strategy.scope():
        model = run.build(tf)
        run.compile(tf, model)
    checkpoint = _checkpoint(settings, task_config, model)
    train, validation = _datasets(tf, run, settings, task_config)
    callbacks = _callbacks(tf, settings, checkpoint, validation is not None)
    model.fit(train, validation_data=validation, epochs=int(settings["num_epochs"]), callbacks=callbacks, verbose=2)
    if exports(task_config):
        _export(tf, run, model.get_weights(), task_config.saved_model_dir)


def _check_several_workers(tf):
    version = getattr(tf.keras, "__version__", None) or (tf.keras.version() if hasattr(tf.keras, "version") else "2")
    if version.startswith("3"):
        raise ImportError("Keras %s cannot train with several workers: set numWorkers to 1, or install tf_keras (pip "
                          "install --no-deps tf_keras) and set TF_USE_LEGACY_KERAS=1 in the job's env" % version)


def _datasets(tf, run, settings, task_config):
    """(rows to train on, rows to evaluate on or None), in batches."""
    batch_size = int(settings["batch_size"])
    parse = make_parser(tf, [run.feature], run.label)

    def batches(rows):
        return rows.batch(batch_size).map(lambda records: _one_column(parse(records)))

    rows = read_rows(tf, task_config)
    split = float(settings.get("validation_split") or 0)
    held_out = int(split * (task_config.dataset_length or 0))
    if not held_out:
        return batches(rows.shuffle(batch_size * _SHUFFLED_BATCHES)), None
    first = task_config.dataset_length - held_out
    return batches(rows.take(first).shuffle(batch_size * _SHUFFLED_BATCHES)), batches(rows.skip(first))


def _one_column(parsed):
    columns, label = parsed
    (column,) = columns.values()
    return column, label


def _checkpoint(settings, task_config, model):
    """The file of the kept weights, which the model has taken over if it was there; None without `model_dir`."""
    model_dir = settings.get("model_dir")
    if not model_dir or not exports(task_config):
        return None
    os.makedirs(model_dir, exist_ok=True)
    if truth(settings.get("ALINK:remove_checkpoint_before_training")):
        io_helper.remove_checkpoint_files(model_dir)
    path = os.path.join(model_dir, _WEIGHTS)
    if os.path.exists(path):
        model.load_weights(path)
    return path


def _callbacks(tf, settings, checkpoint, validates):
    every = int(float(settings.get("save_checkpoints_epochs") or 1))
    best_only = truth(settings.get("save_best_only"))
    metric = settings.get("best_exporter_metric") or "loss"
    if validates and not metric.startswith("val_"):
        metric = "val_" + metric

    class Keeper(tf.keras.callbacks.Callback):
        """Keeps the best weights, and from time to time all on disk."""

        best, best_weights = None, None

        def on_epoch_end(self, epoch, logs=None):
            if best_only:
                self._look(dict(logs or {}))
            if checkpoint and (epoch + 1) % every == 0:
                self.model.save_weights(checkpoint)

        def on_train_end(self, logs=None):
            if self.best_weights is not None:
                self.model.set_weights(self.best_weights)

        def _look(self, logs):
            if metric not in logs:
                raise ValueError("best_exporter_metric %r: expected one of %s" % (metric, ", ".join(sorted(logs))))
            value = -logs[metric] if _less_is_better(metric) else logs[metric]
            if self.best is None or value > self.best:
                self.best, self.best_weights = value, self.model.get_weights()

    return [Keeper()]


def _less_is_better(metric):
    return any(word in metric for word in ("loss", "error", "mse", "mae"))


def _export(tf, run, weights, saved_model_dir):
    """From a second model, because the first one may hold variables of a strategy."""
    holder = tf.Module()
    holder.model = run.build(tf)
    holder.model.set_weights(weights)
    # Keras 3 does not track the state of random layers, which some touch although they are not training.
    holder.states = [each if callable(each.value) else each.value for each in holder.model.variables]

    def predict(**columns):
        column = columns[run.feature["name"]]
        if list(run.feature["shape"]) == [1]:
            column = tf.reshape(column, [-1, 1])
        return run.outputs(tf, holder.model(column, training=False))

    save(tf, predict, holder, [run.feature], saved_model_dir, ("serving_default", "predict"))
