"""Drains one table in the way that is asked for, and tells what this process took for it.

As the script of a stream component: user_params `way`, `rows`, `told` (the file that gets microseconds of CPU a row), and
what the way needs.
By hand: stream_ways.py PARAMS, these as JSON text. The table is that of csv_gen: f0 … f9 and label.
"""

import json
import sys
import time

BATCH = 1024
TRACING_STEPS = 20
FLOATS = ["f%d" % i for i in range(10)]


def spec(tf):
    features = {name: tf.io.FixedLenFeature([], tf.float32) for name in FLOATS}
    features["label"] = tf.io.FixedLenFeature([], tf.int64)
    return features


def parse(tf, records):
    return records.map(lambda batch: tf.io.parse_example(batch, spec(tf)))


def examples(tf, params, config):
    return parse(tf, config.dataset_fn().batch(BATCH))


def batched(tf, params, config):
    return parse(tf, config.dataset_fn(batched=True))


def columns(tf, params, config):
    return config.dataset_fn(format="columns", batch_size=params.get("batch_size"))


def file(tf, params, config):
    return parse(tf, tf.data.TFRecordDataset(params["records"]).batch(BATCH))


def csv(tf, params, config):
    types = [tf.float32] * len(FLOATS) + [tf.int64]
    rows = tf.data.experimental.CsvDataset(params["csv"], types, header=True).batch(BATCH)
    return rows.map(lambda *cells: dict(zip(FLOATS + ["label"], cells)))


def make_csv(tf, params, config):
    return tf.data.experimental.make_csv_dataset(params["csv"], BATCH, num_epochs=1, shuffle=False)


def generator(tf, params, config):
    """One record a call of Python, as from a queue."""
    def records():
        with open(params["records"], "rb") as source:
            while True:
                head = source.read(12)
                if not head:
                    return
                record = source.read(int.from_bytes(head[:8], "little"))
                source.read(4)
                yield record

    return parse(tf, tf.data.Dataset.from_generator(records, tf.string, tf.TensorShape([])).batch(BATCH))


def pyarrow(tf, params, config):
    from pyarrow import csv as arrow

    def batches():
        with arrow.open_csv(params["csv"], read_options=arrow.ReadOptions(use_threads=False)) as reader:
            for batch in reader:
                cells = {name: batch.column(name).to_numpy().astype("float32") for name in FLOATS}
                cells["label"] = batch.column("label").to_numpy()
                yield cells

    types = dict({name: tf.float32 for name in FLOATS}, label=tf.int64)
    shapes = {name: tf.TensorShape([None]) for name in types}
    return tf.data.Dataset.from_generator(batches, types, shapes).rebatch(BATCH)


def drain(tf, dataset):
    if tf.executing_eagerly():
        zero = tf.constant(0, tf.int64)
        return int(dataset.reduce(zero, lambda rows, batch: rows + tf.shape(batch["label"], tf.int64)[0]))
    v1 = tf.compat.v1
    iterator = v1.data.make_initializable_iterator(dataset)
    found, rows = tf.shape(iterator.get_next()["label"])[0], 0
    with v1.Session() as session:
        session.run(iterator.initializer)
        try:
            while True:
                rows += int(session.run(found))
        except tf.errors.OutOfRangeError:
            return rows


def fit(tf, dataset):
    """A small Keras network: CPU seconds and rows of its steps; not of the first ones, which trace its functions."""
    keras, ends = tf.keras, []
    model = keras.Sequential([keras.layers.Dense(64, "relu"), keras.layers.Dense(32, "relu"), keras.layers.Dense(1)])
    model.compile("adam", keras.losses.BinaryCrossentropy(from_logits=True))
    note = keras.callbacks.LambdaCallback(on_train_batch_end=lambda batch, logs: ends.append(time.process_time()))
    batches = dataset.map(lambda row: (tf.stack([row[name] for name in FLOATS], 1), row["label"][:, None]))
    model.fit(batches, verbose=0, callbacks=[note])
    return ends[-2] - ends[TRACING_STEPS - 1], (len(ends) - 1 - TRACING_STEPS) * BATCH  # the last batch is a smaller one


def measure(params, config=None):
    import tensorflow as tf

    dataset = globals()[params["way"]](tf, params, config)
    if params.get("fit"):
        cpu, rows = fit(tf, dataset)
    else:
        began = time.process_time()
        rows = drain(tf, dataset)
        cpu = time.process_time() - began
        if rows != params["rows"]:
            raise ValueError("read %d rows of %d" % (rows, params["rows"]))
    with open(params["told"], "w") as told:
        json.dump(cpu / rows * 1e6, told)


def main(config):
    measure(config.user_params, config)


if __name__ == "__main__":
    measure(json.loads(sys.argv[1]))
