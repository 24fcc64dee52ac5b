"""What `scripts/bench predict` compares with: TensorFlow from Python on one thread. Prints seconds or microseconds.

predict_peer.py save MODEL            save a small Keras network, 10 -> 64 -> 32 -> 1
predict_peer.py signature MODEL CSV OUT   CSV through pandas and the signature, 1024 rows at once, CSV out: seconds
predict_peer.py keras MODEL CSV OUT       the same through model.predict
predict_peer.py first MODEL           one row: seconds since the interpreter's start are the caller's to measure
predict_peer.py latency MODEL CALLS   p50 and p99 of one row through the signature, microseconds
"""

import os
import sys
import time

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402

NAMES = ["f%d" % i for i in range(10)]
BATCH = 1024


def save(path):
    tf.keras.utils.set_random_seed(1)
    layers = tf.keras.layers
    model = tf.keras.Sequential(
        [tf.keras.Input((10,), name="x"), layers.Dense(64, "relu"), layers.Dense(32, "relu"), layers.Dense(1, name="y")]
    )
    model.save(path)


def scored(path, csv, out, score):
    import pandas as pd

    started = time.perf_counter()
    with open(out, "w") as file:
        for number, chunk in enumerate(pd.read_csv(csv, chunksize=100 * BATCH, usecols=NAMES, dtype=np.float32)):
            values = score(chunk.to_numpy())
            pd.DataFrame(values, columns=["y"]).to_csv(file, index=False, header=number == 0, float_format="%.9g")
    print(time.perf_counter() - started)


def signature_of(path):
    loaded = tf.saved_model.load(path)
    signature_of.keep = loaded
    call = loaded.signatures["serving_default"]
    return lambda values: call(x=tf.constant(values))["y"].numpy()


def main(mode, path, *more):
    tf.config.threading.set_inter_op_parallelism_threads(1)
    tf.config.threading.set_intra_op_parallelism_threads(1)
    if mode == "save":
        save(path)
    elif mode == "keras":
        model = tf.keras.models.load_model(path, compile=False)
        scored(path, *more, lambda values: model.predict(values, batch_size=BATCH, verbose=0))
    else:
        call = signature_of(path)
        row = np.full((1, 10), 0.1, np.float32)
        if mode == "signature":
            slices = lambda values: [values[i : i + BATCH] for i in range(0, len(values), BATCH)]  # noqa: E731
            scored(path, *more, lambda values: np.concatenate([call(each) for each in slices(values)]))
        elif mode == "first":
            print(call(row)[0, 0])
        else:
            times = np.empty(int(more[0]))
            for i in range(-20, len(times)):
                started = time.perf_counter()
                call(row)
                times[i] = time.perf_counter() - started
            print(np.percentile(times, 50) * 1e6, np.percentile(times, 99) * 1e6)


if __name__ == "__main__":
    main(*sys.argv[1:])
