"""Save a model without variables and one with: a program for the Python with TensorFlow.

Usage: saved_model.py FOLDER, which gets plain/ (inputs a, b, s of [None]), net/ (input x of [None, 3]) and
endless/ (input a of [None]), which never answers a row of -1.
"""

import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import tensorflow as tf  # noqa: E402

tf1 = tf.compat.v1


def save(path: str, inputs, outputs) -> None:
    def infos(tensors):
        return {key: tf1.saved_model.utils.build_tensor_info(tensor) for key, tensor in tensors.items()}

    builder = tf1.saved_model.builder.SavedModelBuilder(path)
    with tf1.Session() as session:
        session.run(tf1.global_variables_initializer())
        signature = tf1.saved_model.signature_def_utils.build_signature_def(
            infos(inputs), infos(outputs), "tensorflow/serving/predict"
        )
        builder.add_meta_graph_and_variables(session, ["serve"], {"serving_default": signature})
    builder.save()


def plain(path: str) -> None:
    with tf1.Graph().as_default():
        a = tf1.placeholder(tf.float32, [None], "a")
        b = tf1.placeholder(tf.int64, [None], "b")
        s = tf1.placeholder(tf.string, [None], "s")
        checked = tf1.debugging.assert_less(b, tf.constant(1000, tf.int64), message="b is too large")
        with tf1.control_dependencies([checked]):
            total = a + tf.cast(b, tf.float32)
        outputs = {
            "sum": total,
            "twice": b * 2,
            "shout": tf.strings.join([s, tf.constant("!")]),
            "pair": tf.stack([a, a * 2], axis=1),
            "positive": a > 0,
        }
        save(path, {"a": a, "b": b, "s": s}, outputs)


def net(path: str) -> None:
    with tf1.Graph().as_default():
        x = tf1.placeholder(tf.float32, [None, 3], "x")
        weights = tf1.get_variable("w", initializer=[[1.0], [10.0], [100.0]], use_resource=True)
        save(path, {"x": x}, {"y": tf.matmul(x, weights)})


def endless(path: str) -> None:
    with tf1.Graph().as_default():
        a = tf1.placeholder(tf.float32, [None], "a")
        least = tf.reduce_min(a)
        turns = tf1.while_loop(lambda turn: tf.logical_and(least < 0, turn >= 0), lambda turn: tf1.mod(turn + 1, 1000), [0])
        save(path, {"a": a}, {"sum": a + tf.cast(turns, tf.float32)})


if __name__ == "__main__":
    plain(os.path.join(sys.argv[1], "plain"))
    net(os.path.join(sys.argv[1], "net"))
    endless(os.path.join(sys.argv[1], "endless"))
