"""What a component sets up in TensorFlow before `main` (Alink's order: before the script is imported).

Nothing here runs an operation or touches a device: MultiWorkerMirroredStrategy can only be made before the
first operation of a process.
"""
import functools
import os
import sys


def set_up(tf: object, component: str, role: str, intra_op_parallelism: int) -> None:
    """Prepare the freshly imported module `tf` for `component`; never raises, a failure is a warning on stderr."""
    # Instead of asking every GPU for memory growth: that would create the driver's context here, before the
    # script had a chance to set CUDA_VISIBLE_DEVICES.
    os.environ.setdefault("TF_FORCE_GPU_ALLOW_GROWTH", "true")
    try:
        version = tf.__version__
        is_tf1 = version.startswith("1.")
        graph_mode = is_tf1
        if not is_tf1 and component.startswith(("TensorFlowBatch", "TensorFlowStream", "TFTable")):
            if role == "chief":
                _warn("component %s is for TensorFlow 1.15, this interpreter has TensorFlow %s: tf.compat.v1 mode "
                      "(disable_v2_behavior) is on" % (component, version))
            tf.compat.v1.disable_v2_behavior()
            graph_mode = True
        _limit_threads(tf, intra_op_parallelism, graph_mode)
    except Exception as error:
        _warn("could not set up TensorFlow for component %s: %s: %s" % (component, type(error).__name__, error))


def refuse_keras3(trainer: type) -> None:
    """Make `fit` of Keras 3's class `trainer` say what to do under MultiWorkerMirroredStrategy, which Keras 3 lacks.

    Without this it fails with "Attempt to convert a value (PerReplica:{...})" in all workers.
    """
    fit = getattr(trainer, "fit", None)
    if fit is None:
        return

    @functools.wraps(fit)
    def checked_fit(self: object, *args: object, **kwargs: object) -> object:
        if _is_multi_worker(getattr(self, "distribute_strategy", None)):
            raise RuntimeError(
                "Keras 3 cannot train under MultiWorkerMirroredStrategy. Use Keras 2: pip install tf_keras, and give "
                "the job \"env\": {\"TF_USE_LEGACY_KERAS\": \"1\"}; or write the training loop yourself; or use one "
                "worker")
        return fit(self, *args, **kwargs)

    trainer.fit = checked_fit


def refuse_coordinator(strategy: type) -> None:
    """Make ParameterServerStrategyV2, the class `strategy`, say what to do where each worker has a share of a stream.

    It runs the dataset in the chief alone: what the other workers have would never be read.
    """
    def refusing_init(self: object, *args: object, **kwargs: object) -> None:
        raise RuntimeError(
            "with ParameterServerStrategy the chief reads all rows, but each worker has been given a share of them, which "
            "nobody would read: give the job \"dataTo\": \"chief\"")

    strategy.__init__ = functools.wraps(strategy.__init__)(refusing_init)


def _is_multi_worker(strategy: object) -> bool:
    """True under MultiWorkerMirroredStrategy with more than one worker."""
    classes = [each.__name__ for each in type(strategy).__mro__]
    if "CollectiveAllReduceStrategy" not in classes:
        return False
    return getattr(strategy.extended, "_num_workers", 2) > 1


def _limit_threads(tf: object, threads: int, graph_mode: bool) -> None:
    if not threads:
        return
    tf.config.threading.set_intra_op_parallelism_threads(threads)
    if graph_mode:
        # Sessions do not read that setting, but all of a process share the pool of the first one made.
        config = tf.compat.v1.ConfigProto(intra_op_parallelism_threads=threads, device_count={"GPU": 0})
        tf.compat.v1.Session(graph=tf.Graph(), config=config).close()


def _warn(text: str) -> None:
    sys.stderr.write("alinktf: warning: %s\n" % text)
    sys.stderr.flush()
