"""Estimator's settings for the task that TF_CONFIG describes. Importing this turns off TensorFlow 2 behaviour."""
import json
import os

from akdl.runner.tf_helper import ConfigProto, GPUOptions, require_estimator, tf

if hasattr(tf, "disable_v2_behavior"):
    tf.disable_v2_behavior()


def generate_run_config(intra_op_parallelism_threads=4, inter_op_parallelism_threads=1, log_device_placement=False,
                        save_checkpoints_steps=50, log_step_count_steps=10, keep_checkpoint_max=1, device_count=None,
                        gpu_devices=None, **kwargs):
    """A `tf.estimator.RunConfig`.

    With parameter servers each worker trains on its own (asynchronously); with workers but without parameter servers
    MultiWorkerMirroredStrategy averages their gradients; a chief alone needs neither.

    Args:
        gpu_devices: numbers of GPUs to train on in this process alone: TF_CONFIG is removed then.
        kwargs: left out.
    """
    gpu_devices = list(gpu_devices or ())
    if gpu_devices:
        os.environ["CUDA_DEVICE_ORDER"] = "PCI_BUS_ID"
        os.environ["CUDA_VISIBLE_DEVICES"] = ",".join(map(str, gpu_devices))
        os.environ.pop("TF_CONFIG", None)
        device_count = {"GPU": len(gpu_devices)}
    config = json.loads(os.environ.get("TF_CONFIG") or "{}")
    cluster, task = config.get("cluster", {}), config.get("task", {})
    session_config = ConfigProto(
        device_count=device_count or {"CPU": 1}, device_filters=_device_filters(cluster, task),
        intra_op_parallelism_threads=intra_op_parallelism_threads,
        inter_op_parallelism_threads=inter_op_parallelism_threads, log_device_placement=log_device_placement,
        allow_soft_placement=True, gpu_options=GPUOptions(allow_growth=True))
    return require_estimator().RunConfig(
        session_config=session_config, save_checkpoints_steps=save_checkpoints_steps,
        log_step_count_steps=log_step_count_steps, keep_checkpoint_max=keep_checkpoint_max,
        train_distribute=_strategy(cluster, gpu_devices),
        # Else worker n starts training 5 n seconds late.
        experimental_max_worker_delay_secs=0)


def _device_filters(cluster, task):
    """With parameter servers no worker talks to another one, so that one that has ended does not stop the others."""
    if "ps" not in cluster:
        return None
    return ["/job:ps", "/job:%s/task:%d" % (task["type"], task["index"])]


def _strategy(cluster, gpu_devices):
    if "worker" in cluster and "ps" not in cluster:
        return tf.distribute.experimental.MultiWorkerMirroredStrategy()
    return tf.distribute.MirroredStrategy() if len(gpu_devices) > 1 else None
