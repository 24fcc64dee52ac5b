"""What the work dir says of vector and tensor columns. Importing this imports no TensorFlow."""
import json
import os


def tensor_feature(work_dir, column):
    """The feature of a vector or tensor column: dict of `name`, `dtype` ("float", "long" or "string") and `shape`.

    Raises:
        ValueError: tensor_shapes.txt has no shape for it.
    """
    shapes = _read(work_dir, "tensor_shapes.txt")
    if column not in shapes:
        raise ValueError("column %r has no shape in tensor_shapes.txt, which knows %s: expected a vector or tensor "
                         "column that has values" % (column, ", ".join(shapes) or "no column"))
    kind = _read(work_dir, "tensor_types.txt").get(column, "float")
    dtype = {"float": "float", "double": "float", "string": "string"}.get(kind, "long")
    return {"name": column, "dtype": dtype, "shape": shapes[column]}


def _read(work_dir, name):
    path = os.path.join(work_dir, name)
    if not os.path.exists(path):
        return {}
    with open(path, encoding="utf-8") as file:
        return json.load(file)
