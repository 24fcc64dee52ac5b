"""The parts of akdl and of Alink's context that need no TensorFlow, called directly."""
import base64
import contextlib
import io
import json
import os
import sys
import tempfile
import unittest
import zipfile

import fake_runner

sys.path.insert(0, fake_runner.RUNTIME)

from akdl.runner import config, io_helper, output_writer  # noqa: E402
from alinktf_worker import crc32c, example  # noqa: E402
from flink_ml_framework.context import Context  # noqa: E402
from flink_ml_tensorflow2.tensorflow_context import TFContext  # noqa: E402

BASE = dict(tf_context=None, num_workers=1, cluster=None, task_type="chief", task_index=0, work_dir="/w",
            user_params={})
CLUSTER = json.dumps({"job": [
    {"name": "worker", "tasks": {"0": {"roleName": "worker", "ip": "h0", "props": {"sys:tf_port": "1"}},
                                 "1": {"index": 1, "ip": "h1", "props": {"sys:tf_port": "2"}}}},
    {"name": "ps", "tasks": {"0": {"ip": "h2", "props": {"sys:tf_port": "3"}}}}]})


class Writer:
    """Keeps the model rows it is given."""

    def __init__(self):
        self.records = []

    def write(self, row):
        self.records.append(row.SerializeToString())


class ConfigTest(unittest.TestCase):
    def test_attributes_and_their_order(self):
        base = list(BASE)
        batch = config.BatchTaskConfig(dataset_file="f", dataset_length=3, output_writer=None, **BASE)
        self.assertEqual(list(batch.__dict__), base + ["dataset_file", "dataset_length", "output_writer"])
        stream = config.StreamTaskConfig(dataset_fn=None, output_writer=None, **BASE)
        self.assertEqual(list(stream.__dict__), base + ["dataset_fn", "output_writer"])
        train = config.TrainTaskConfig(dataset_file="f", dataset_length=3, saved_model_dir="s", **BASE)
        self.assertEqual(list(train.__dict__),
                         base + ["dataset_file", "dataset_length", "saved_model_dir", "latest_ckpt_dir"])
        self.assertIsNone(train.latest_ckpt_dir)

    def test_a_batch_config_makes_a_train_config(self):
        batch = config.BatchTaskConfig(dataset_file="f", dataset_length=3, output_writer=None, **BASE)
        train = config.TrainTaskConfig(saved_model_dir="s", **batch.__dict__)
        self.assertEqual((train.dataset_length, train.saved_model_dir), (3, "s"))

    def test_unknown_keywords_are_left_out_and_missing_ones_refused(self):
        batch = config.BatchTaskConfig(dataset_file="f", dataset_length=3, output_writer=None, color=1, **BASE)
        self.assertFalse(hasattr(batch, "color"))
        with self.assertRaises(TypeError):
            config.BatchTaskConfig(dataset_file="f", output_writer=None, **BASE)


class ModelRowsTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def make(self, *path, text="x"):
        path = os.path.join(self.folder, *path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as file:
            file.write(text)

    def found(self):
        return os.path.relpath(io_helper.find_timestamp_dir(self.folder), self.folder)

    def test_the_newest_complete_export_is_chosen(self):
        self.make("1700000001", "saved_model.pb")
        self.make("1700000003", "variables", "variables.index")
        self.make("temp-1700000004", "saved_model.pb")
        self.make("999", "saved_model.pb")
        self.make("other", "saved_model.pb")
        self.assertEqual(self.found(), "1700000001")

    def test_a_model_saved_directly_into_the_folder_is_found(self):
        self.make("saved_model.pb")
        self.make("variables", "variables.index")
        self.make("assets", "saved_model.pb")
        self.assertEqual(self.found(), ".")

    def test_no_model_says_what_is_there_instead(self):
        with self.assertRaisesRegex(FileNotFoundError, "it holds nothing"):
            self.found()
        self.make("weights.h5")
        with self.assertRaisesRegex(FileNotFoundError, "it holds weights.h5"):
            self.found()
        with self.assertRaisesRegex(FileNotFoundError, "it does not exist"):
            io_helper.find_timestamp_dir(os.path.join(self.folder, "none"))

    def test_rows_of_a_model_and_back(self):
        noise = base64.b64encode(os.urandom(2 << 20)).decode()
        self.make("1700000001", "saved_model.pb", text=noise)
        self.make("1700000001", "variables", "variables.index")
        os.mkdir(os.path.join(self.folder, "1700000001", "assets"))
        writer = Writer()
        io_helper.output_model_to_flink(self.folder, writer)
        with open(os.path.join(self.folder, "1700000001.zip"), "rb") as file:
            packed = file.read()
        pieces = [base64.b64encode(packed[at:at + (1 << 20)]).decode() for at in range(0, len(packed), 1 << 20)]
        infos = ["1700000001.zip"] + pieces
        self.assertGreater(len(infos), 3)
        self.assertEqual(writer.records, [example.encode({"model_id": model_id, "model_info": info})
                                          for model_id, info in enumerate(infos)])
        self.assertEqual(sorted(zipfile.ZipFile(io.BytesIO(packed)).namelist()),
                         ["assets/", "saved_model.pb", "variables/", "variables/variables.index"])

        self.make("bc_data_1", text="".join("%d %s\n" % row for row in reversed(list(enumerate(infos)))))
        target = os.path.join(self.folder, "unpacked")
        os.mkdir(target)
        found = io_helper.unpack_model_from_flink(os.path.join(self.folder, "bc_data_1"), target)
        self.assertEqual(found, os.path.join(target, "1700000001"))
        with open(os.path.join(found, "saved_model.pb")) as file:
            self.assertEqual(file.read(), noise)

    def test_model_and_checkpoint_share_their_rows(self):
        self.make("model", "1", "saved_model.pb")
        self.make("ckpt", "model.ckpt-1.index")
        writer = Writer()
        model, checkpoint = (os.path.join(self.folder, name) for name in ("model", "ckpt"))
        io_helper.output_model_ckpt_to_flink(model, checkpoint, writer)
        self.assertEqual(len(writer.records), 3)
        self.assertIn(b'"chunk_size": 1048576, "chunks": 1}', writer.records[0])

    def test_remove_checkpoint_files_leaves_the_rest(self):
        for name in ("checkpoint", "model.ckpt-50.index", "graph.pbtxt", "events.out.tfevents.1.host", "keep.txt"):
            self.make(name)
        self.make("export", "latest", "x")
        self.make("variables", "x")
        io_helper.remove_checkpoint_files(self.folder)
        self.assertEqual(sorted(os.listdir(self.folder)), ["keep.txt", "variables"])
        io_helper.remove_checkpoint_files(os.path.join(self.folder, "none"))


class ContextTest(unittest.TestCase):
    def test_clusters_in_alinks_and_tensorflows_roles(self):
        self.assertEqual(TFContext.to_tf_cluster(CLUSTER), {"ps": ["h2:3"], "worker": ["h0:1", "h1:2"]})
        self.assertEqual(json.dumps(TFContext.cluster_to_estimator(CLUSTER)),
                         '{"ps": ["h2:3"], "worker": ["h1:2"], "chief": ["h0:1"]}')

    def test_exporting_a_cluster_sets_and_prints_tf_config(self):
        before = os.environ.get("TF_CONFIG")
        self.addCleanup(lambda: os.environ.pop("TF_CONFIG") if before is None else os.environ.update(TF_CONFIG=before))
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            _, task_type, index = TFContext.export_cluster_env(CLUSTER, "worker", 1)
        self.assertEqual((task_type, index), ("worker", 0))
        self.assertEqual(printed.getvalue().strip(), os.environ["TF_CONFIG"])
        self.assertEqual(json.loads(printed.getvalue())["task"], {"type": "worker", "index": 0})

    def test_a_missing_property_is_empty_text(self):
        context = TFContext(Context({"properties": {"a": "1"}, "role": "ps", "index": 2, "task_number": 5}))
        self.assertEqual((context.properties["a"], context.get_property("b"), context.identity), ("1", "", "ps:2"))
        self.assertNotIn("c", context.properties)

    def test_a_context_without_a_task(self):
        self.assertEqual(TFContext(None).roleName, "worker")


class BytesTest(unittest.TestCase):
    def test_crc32c_vectors(self):
        # RFC 3720 B.4, and "123456789" from the catalogue of CRC algorithms.
        for data, crc in ((b"\0" * 32, 0x8A9136AA), (b"\xff" * 32, 0x62A8AB43), (bytes(range(32)), 0x46DD794E),
                          (b"123456789", 0xE3069283), (b"", 0)):
            self.assertEqual(crc32c.crc32c(data), crc)

    def test_masked_crc_is_that_of_tfrecord_files(self):
        length = b"\x2b" + bytes(7)  # the first frame of golden/jobs/b1: length 43, checksum 86 1b c3 4b
        self.assertEqual(output_writer.DirectOutputWriter.masked_crc(length), b"\x86\x1b\xc3\x4b")

    def test_examples_are_alinks_bytes(self):
        # The first record of golden/jobs/b1, whose features stand in column order.
        expected = bytes.fromhex("0a290a0b0a02696412051a030a01000a0d0a0178120812060a0400000000"
                                 "0a0b0a017312060a040a027330")
        self.assertEqual(example.encode({"id": 0, "x": 0.0, "s": "s0"}), expected)

    def test_what_cannot_be_written_names_its_column(self):
        for value, error in (([1, "a"], TypeError), (object(), TypeError), (1 << 63, ValueError), ({}, TypeError)):
            with self.assertRaisesRegex(error, "column 'c'"):
                example.encode({"c": value})

    def test_integers_and_floats_in_one_list_are_floats(self):
        self.assertEqual(example.encode({"c": [1, 0.5]}), example.encode({"c": [1.0, 0.5]}))

    def test_values_that_look_like_those_of_the_row_before(self):
        # After the first row of a type only the values are put together anew.
        for values in ([0.5, 1e300, -0.0], [1, 127, 128, -1, 1 << 62, True], ["", "a" * 30, "b" * 30, "\xe9" * 100],
                       [b"x", b"y" * 20000]):
            for value in values + values:
                self.assertEqual(example.encode({"c": value, "d": 1}), example.encode({"c": [value], "d": [1]}))
        for value in (1 << 63, "\ud800"):
            with self.assertRaisesRegex(ValueError, "column 'c'"):
                example.encode({"c": value})

    def test_a_writer_outside_a_task_says_so(self):
        with self.assertRaisesRegex(RuntimeError, "only in a task that alinktf runs"):
            output_writer.DirectOutputWriter()


if __name__ == "__main__":
    unittest.main()
