"""Models as rows and back, and small file helpers. Imports TensorFlow only where gfile is needed."""
import base64
import glob
import json
import os
import shutil
import zipfile

_CHUNK_BYTES = 1 << 20  # of the zip per model row: Alink's size, part of the model table's format

_CHECKPOINT_FILES = ("checkpoint", "pipeline.config", "version", "graph.pbtxt", "model.ckpt-*", "atexit_sync_*",
                     "events.out.tfevents.*")
_CHECKPOINT_DIRS = ("keras", "eval_val", "export", "best_ckpt", "pretrained_ckpt")


def convert_java_queue_file_to_repeatable_dataset(java_file, output_data_path):
    """Copy all TFRecord frames of a `flink_ml_framework.java_file.JavaFile` to the file `output_data_path`.

    Returns:
        (TFRecordDataset of that file, number of records).

    Raises:
        EOFError: the last frame is cut off.
    """
    from akdl.runner.tf_helper import tf
    count = 0
    with open(output_data_path, "wb") as out:
        while True:
            try:
                head = java_file.read(8)
            except EOFError:
                break
            out.write(head + java_file.read(int.from_bytes(head, "little") + 8))
            count += 1
    return tf.data.TFRecordDataset(output_data_path), count


def find_timestamp_dir(saved_model_dir):
    """The newest complete SavedModel: a sub-directory that has one, or `saved_model_dir` itself.

    Sub-directories whose names are numbers (the time stamps of exports) come before others, larger before smaller;
    others by their time. Exports that are still being written (`temp-…`) do not count.

    Raises:
        FileNotFoundError: there is none; says what is there instead.
    """
    if _is_saved_model(saved_model_dir):
        return saved_model_dir
    names = sorted(os.listdir(saved_model_dir)) if os.path.isdir(saved_model_dir) else None
    found = [os.path.join(saved_model_dir, name) for name in names or () if not name.startswith("temp-")]
    found = [path for path in found if _is_saved_model(path)]
    if not found:
        there = "it does not exist" if names is None else "it holds %s" % (", ".join(names[:10]) or "nothing")
        raise FileNotFoundError("no SavedModel in %s or directly below it (%s). Export the model there, for example "
                                "with estimator.export_saved_model(dir, ...) or model.export(dir + '/1')"
                                % (saved_model_dir, there))
    return max(found, key=_age_order)


def _is_saved_model(path):
    return any(os.path.isfile(os.path.join(path, name)) for name in ("saved_model.pb", "saved_model.pbtxt"))


def _age_order(path):
    name = os.path.basename(path)
    return (1, int(name), 0) if name.isdigit() else (0, 0, os.stat(path).st_mtime_ns)


def pack_dir_to_file(directory, chunk_size=_CHUNK_BYTES):
    """Zip the contents of `directory` into `<directory>.zip`: no folder around them, entries for directories.

    Returns:
        dict(name, size, chunk_size, chunks): the zip's path, its bytes, and into how many pieces it will be cut.
    """
    directory = os.path.normpath(directory)
    name = directory + ".zip"
    with zipfile.ZipFile(name, "w", zipfile.ZIP_DEFLATED) as archive:
        for folder, subfolders, files in os.walk(directory):
            subfolders.sort()
            for entry in subfolders + sorted(files):
                path = os.path.join(folder, entry)
                archive.write(path, os.path.relpath(path, directory))
    size = os.path.getsize(name)
    return {"name": name, "size": size, "chunk_size": chunk_size, "chunks": -(-size // chunk_size)}


def output_model_to_flink(model_dir, output_writer):
    """Write the model below `model_dir` as rows (model_id, model_info).

    Row 0 is the zip's name, `<time stamp>.zip`; rows 1..n are its pieces of 1 MiB, each in base64.

    Raises:
        FileNotFoundError: see `find_timestamp_dir`.
    """
    packed = pack_dir_to_file(find_timestamp_dir(model_dir), _CHUNK_BYTES)
    _write_row(output_writer, 0, os.path.basename(packed["name"]))
    _write_pieces(output_writer, packed, 1)


def output_model_ckpt_to_flink(saved_model_dir, latest_ckpt_dir, output_writer):
    """Write the model and the latest checkpoint as rows.

    Row 0 is a JSON array of what `pack_dir_to_file` returns for both; rows 1..n are the pieces of one after the other.
    """
    both = [pack_dir_to_file(directory, _CHUNK_BYTES)
            for directory in (find_timestamp_dir(saved_model_dir), latest_ckpt_dir)]
    _write_row(output_writer, 0, json.dumps(both))
    _write_pieces(output_writer, both[0], 1)
    _write_pieces(output_writer, both[1], 1 + both[0]["chunks"])


class _Row:
    """A row for any writer that takes a `tf.train.Example`."""

    def __init__(self, columns):
        self._columns = columns

    def SerializeToString(self):
        from alinktf_worker.example import encode
        return encode(self._columns)


def _write_row(output_writer, model_id, model_info):
    output_writer.write(_Row({"model_id": model_id, "model_info": model_info}))


def _write_pieces(output_writer, packed, first_id):
    with open(packed["name"], "rb") as archive:
        for index in range(packed["chunks"]):
            piece = base64.b64encode(archive.read(packed["chunk_size"])).decode("ascii")
            _write_row(output_writer, first_id + index, piece)


def unpack_model_from_flink(model_path, work_dir):
    """The inverse of `output_model_to_flink` for a broadcast file: lines `<model_id> <model_info>` in any order.

    Returns:
        The directory of the SavedModel, in `work_dir`.
    """
    rows = {}
    with open(model_path, encoding="utf-8") as file:
        for line in file:
            model_id, _, model_info = line.rstrip("\n").partition(" ")
            rows[int(model_id)] = model_info
    name = os.path.basename(rows.pop(0))
    path = os.path.join(work_dir, name)
    with open(path, "wb") as archive:
        for model_id in sorted(rows):
            archive.write(base64.b64decode(rows[model_id]))
    directory = os.path.splitext(path)[0]
    with zipfile.ZipFile(path) as archive:
        archive.extractall(directory)
    return directory


def remove_checkpoint_files(model_dir):
    """Delete what a training run leaves behind in `model_dir`; nothing if it is no directory."""
    if not os.path.isdir(model_dir):
        return
    for pattern in _CHECKPOINT_FILES:
        for path in glob.glob(os.path.join(glob.escape(model_dir), pattern)):
            os.remove(path)
    for name in _CHECKPOINT_DIRS:
        shutil.rmtree(os.path.join(model_dir, name), ignore_errors=True)


def gfile_copy_dir_content(remote_dir, local_dir):
    """Copy all that is below `remote_dir` to `local_dir`; both may be on any file system TensorFlow knows."""
    from akdl.runner.tf_helper import gfile
    gfile.MakeDirs(local_dir)
    for name in gfile.ListDirectory(remote_dir):
        name = name.rstrip("/")
        source, target = os.path.join(remote_dir, name), os.path.join(local_dir, name)
        if gfile.IsDirectory(source):
            gfile_copy_dir_content(source, target)
        else:
            gfile.Copy(source, target, overwrite=True)


def file_io_copy_fix(src, dst, overwrite=False):
    """Copy one file on any file system TensorFlow knows.

    Raises:
        ValueError: `dst` exists and `overwrite` is not set.
    """
    from akdl.runner.tf_helper import gfile
    if not overwrite and gfile.Exists(dst):
        raise ValueError("%s exists; pass overwrite=True to replace it" % dst)
    gfile.Copy(src, dst, overwrite=overwrite)
