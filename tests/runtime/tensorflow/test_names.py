"""Alink's modules and public names are all there, whatever the TensorFlow; what it cannot do says what to install."""
import json
import os
import subprocess
import sys
import tempfile
import unittest

from cluster import Task, fake_runner
from fake_runner import RUNTIME

import tensorflow as tf

HAS_ESTIMATOR = hasattr(tf.compat.v1, "estimator")

THRESHOLD = "estimator metric_name threshold eval_dir min_steps run_every_secs run_every_steps"
PATIENCE = "estimator metric_name {} eval_dir min_steps run_every_secs run_every_steps"

# Module -> name -> the parameters that Alink's has, in its order; None: no function, or one of any parameters.
NAMES = {
    "akdl.runner.config": {"TrainTaskConfig": None, "BatchTaskConfig": None, "StreamTaskConfig": None},
    "akdl.runner.output_writer": {
        "get_fake_output_writer": "", "fake_output_writer_op": "input_list", "OutputWriter.write": "self example",
        "OutputWriter.close": "self", "DirectOutputWriter": "from_java to_java", "DirectOutputWriter.write": "self example",
        "DirectOutputWriter.close": "self", "DirectOutputWriter.masked_crc": "data"},
    "akdl.runner.io_helper": {
        "convert_java_queue_file_to_repeatable_dataset": "java_file output_data_path",
        "find_timestamp_dir": "saved_model_dir", "pack_dir_to_file": "directory chunk_size",
        "output_model_to_flink": "model_dir output_writer",
        "output_model_ckpt_to_flink": "saved_model_dir latest_ckpt_dir output_writer",
        "unpack_model_from_flink": "model_path work_dir", "remove_checkpoint_files": "model_dir",
        "gfile_copy_dir_content": "remote_dir local_dir", "file_io_copy_fix": "src dst overwrite"},
    "akdl.runner.tf_helper": {
        "tf": None, "gfile": None, "GPUOptions": None, "ConfigProto": None,
        "set_intra_op_parallelism": "intra_op_parallelism_threads", "preview_tfrecords_file": "filepath count"},
    "akdl.engine.inputs": {
        "dtype_str_map": None, "parse_feature_specs": "example_config",
        "get_example_parser": "feature_specs label_col",
        "get_feature_placeholders": "placeholders_config export_batch_dim kwargs",
        "get_dataset": "feature_specs raw_dataset_fn label_col batch_size num_epochs num_parallel_calls "
                       "shuffle_factor prefetch_buffer_size post_process_dataset _",
        "get_dataset_fn": "kwargs"},
    "akdl.engine.run_config": {
        "generate_run_config": "intra_op_parallelism_threads inter_op_parallelism_threads log_device_placement "
                               "save_checkpoints_steps log_step_count_steps keep_checkpoint_max device_count "
                               "gpu_devices kwargs"},
    "akdl.engine.train": {
        "train_estimator": "estimator input_config train_config export_config task_config",
        "train_estimator_one_worker": "estimator input_config train_config export_config task_config",
        "train_keras_model": "model input_config train_config task_config"},
    "akdl.engine.early_stopping": {
        "make_early_stopping_hook": "estimator should_stop_fn run_every_secs run_every_steps",
        "stop_if_higher_hook": THRESHOLD, "stop_if_lower_hook": THRESHOLD,
        "stop_if_no_increase_hook": PATIENCE.format("max_steps_without_increase"),
        "stop_if_no_decrease_hook": PATIENCE.format("max_steps_without_decrease"), "read_eval_metrics": "eval_dir"},
    "akdl.entry.base_entry": {
        "TF1_TYPE": None, "TF2_TYPE": None, "BaseEntry": "func_name engine_type",
        "BaseEntry.get_func_by_name": "name", "BaseEntry.construct_args": "self kwargs", "BaseEntry.is_batch": "self",
        "BaseEntry.post_process": "self kwargs", "BaseEntry.entry_func": "self context"},
    "akdl.entry.batch_entry": {"BatchEntry": None},
    "akdl.entry.stream_entry": {"StreamEntry": None},
    "akdl.entry.train_entry": {"TrainEntry": None},
    "akdl.models.tf.dnn.dnn_train": {"main": "task_config"},
    "akdl.models.tf.dnn.dnn_batch": {"main": "batch_config"},
    "akdl.models.tf.dnn.dnn_stream": {"main": "stream_config"},
    "akdl.models.tf.dnn.dnn_tensor": {"dnn_tensor": "task_config"},
    "akdl.models.tf.deepar.deepar_main": {"main": "task_config"},
    "akdl.models.tf.lstnet.lstnet_main": {"main": "task_config"},
    "akdl.models.tf.keras_sequential.keras_sequential_main": {"main": "task_config"},
    "flink_ml_framework.context": {
        "Context.from_java": "self", "Context.to_java": "self", "Context.get_property": "self key",
        "Context.get_role_parallelism_map": "self", "Context.get_index": "self", "Context.get_role_name": "self",
        "Context.get_failed_num": "self", "Context.get_context_proto": "self", "Context.get_finish_workers": "self",
        "Context.stop_job": "self"},
    "flink_ml_framework.java_file": {
        "JavaFile": "read_file write_file", "JavaFile.read": "self n", "JavaFile.write": "self data n",
        "BytesRecorder.read_record": "self", "BytesRecorder.write_record": "self data",
        "JsonRecorder.read_record": "self", "JsonRecorder.write_record": "self data"},
}
for _package in ("flink_ml_tensorflow", "flink_ml_tensorflow2"):
    NAMES[_package + ".tensorflow_context"] = {
        "TFContext": "other", "TFContext.to_tf_cluster": "cluster_str", "TFContext.get_tf_cluster": "self",
        "TFContext.cluster_to_estimator": "cluster_str",
        "TFContext.export_cluster_env": "cluster_str job_name index", "TFContext.export_estimator_cluster": "self",
        "TFContext.flink_stream_dataset": "self compression_type buffer_size num_parallel_reads",
        "TFContext.output_writer_op": "self input_list", "TFContext.example_input_dataset": "self"}
    NAMES[_package + ".tensorflow_on_flink_ops"] = {
        "FlinkTFRecordWriter": "address container shared_name name", "FlinkTFRecordWriter.write": "self tensor_list",
        "FlinkTFRecordWriter.close": "self",
        "FlinkStreamDataSet": "filenames compression_type buffer_size num_parallel_reads"}

# Prints module -> name -> parameters, or null for what has none; what cannot be had is absent.
LOOK = '''
import importlib, inspect, json, sys
found = {}
for module, names in json.load(sys.stdin).items():
    found[module] = {}
    for name in names:
        value = importlib.import_module(module)
        try:
            for part in name.split("."):
                value = getattr(value, part)
        except AttributeError:
            continue
        try:
            found[module][name] = list(inspect.signature(value).parameters)
        except (TypeError, ValueError):
            found[module][name] = None
print("FOUND" + json.dumps(found))
'''

# Calls that need Estimator; `any` stands for what a script would have made.
CALLS = """
from akdl.engine import early_stopping, run_config, train
run_config.generate_run_config()
train.train_estimator(any, {}, {}, {}, any)
train.train_estimator_one_worker(any, {}, {}, {}, any)
early_stopping.make_early_stopping_hook(any, any)
early_stopping.stop_if_higher_hook(any, "accuracy", 0.9)
early_stopping.stop_if_lower_hook(any, "loss", 0.1)
early_stopping.stop_if_no_increase_hook(any, "accuracy", 10)
early_stopping.stop_if_no_decrease_hook(any, "loss", 10)
"""


def run(code, text=""):
    """What a fresh process prints: importing some of the modules changes TensorFlow for good."""
    done = subprocess.run([sys.executable, "-B", "-c", code], input=text.encode(), stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, env=dict(os.environ, PYTHONPATH=RUNTIME, TF_CPP_MIN_LOG_LEVEL="3"))
    if done.returncode != 0:
        raise AssertionError(done.stderr.decode())
    return done.stdout.decode()


class NamesTest(unittest.TestCase):
    def test_every_module_can_be_imported_and_is_ours_though_a_copy_is_installed(self):
        names = fake_runner.modules()
        script = fake_runner.importing(names)
        with tempfile.TemporaryDirectory() as installed:
            fake_runner.install_copies(installed)
            for component in ("TensorFlowBatchOp", "TensorFlow2BatchOp"):
                env = {"PYTHONPATH": installed, "TF_CPP_MIN_LOG_LEVEL": "3"}
                with self.subTest(component=component), Task(script, env=env, component=component) as task:
                    task.run()
                    self.assertEqual(fake_runner.imported(task.stdout()), names, task.logs())

    def test_every_name_is_there_with_alinks_parameters_first(self):
        printed = run(LOOK, json.dumps(NAMES))
        found = json.loads(printed[printed.index("FOUND") + len("FOUND"):])
        for module, names in NAMES.items():
            for name, parameters in names.items():
                with self.subTest(module=module, name=name):
                    self.assertIn(name, found[module])
                    if parameters is not None:
                        expected = parameters.split()
                        self.assertEqual(found[module][name][:len(expected)], expected)

    @unittest.skipIf(HAS_ESTIMATOR, "this TensorFlow has Estimator")
    def test_what_needs_estimator_says_in_one_line_what_to_install(self):
        first, *calls = CALLS.strip().splitlines()
        code = first + "\nfor call in %r:\n    try:\n        eval(call)\n        print('done')\n" % calls
        code += "    except ImportError as error:\n        print('ImportError', error)\n"
        lines = run(code).splitlines()
        self.assertEqual(len(lines), len(calls))
        for call, line in zip(calls, lines):
            with self.subTest(call=call):
                self.assertRegex(line, r"^ImportError TensorFlow \S+ has no Estimator .* install 'tensorflow<2\.16'")


if __name__ == "__main__":
    unittest.main()
