"""Takes the rows of an endless stream of `x long` as they come: the script of the benchmarks `latency` and `endless`.

user_params: `way` (examples, batched or columns); `echo`, true to write each element's rows back, with the moments of that;
`told`: with `echo` a file that gets for each element when it came and when it was written (CLOCK_MONOTONIC, seconds), else
one that holds how many rows have come.
"""

import os
import time

import tensorflow as tf

SPEC = {"x": tf.io.FixedLenFeature([], tf.int64)}


def dataset(config):
    way = config.user_params["way"]
    if way == "examples":
        return config.dataset_fn().map(lambda record: tf.io.parse_single_example(record, SPEC)["x"][None])
    if way == "batched":
        return config.dataset_fn(batched=True).map(lambda batch: tf.io.parse_example(batch, SPEC)["x"])
    return config.dataset_fn(format="columns").map(lambda columns: columns["x"])


def elements(batches):
    if tf.executing_eagerly():
        for batch in batches:
            yield batch.numpy()
        return
    element = tf.compat.v1.data.make_one_shot_iterator(batches).get_next()
    with tf.compat.v1.Session() as session:
        try:
            while True:
                yield session.run(element)
        except tf.errors.OutOfRangeError:
            pass


def main(config):
    params = config.user_params
    if not params["echo"]:
        count(config, os.open(params["told"], os.O_WRONLY | os.O_CREAT))
        return
    moments = []
    for values in elements(dataset(config)):
        came = time.monotonic()
        for value in values.tolist():
            wrote = time.monotonic()
            config.output_writer.write({"x": value})
            moments.append((came, wrote))
    with open(params["told"], "w") as told:
        told.writelines("%.6f %.6f\n" % moment for moment in moments)


def count(config, told):
    rows = 0
    for values in elements(dataset(config)):
        rows += len(values)
        os.pwrite(told, b"%20d" % rows, 0)
