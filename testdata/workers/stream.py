"""Read the rows of a stream without TensorFlow, and write each back as it came.

user_params: `most`, rows to read (default all); `times`, how often to write each; `passes`, over the rows; `say`, a file that gets what happened in each
pass; `open`, false to read nothing; `columns`, true to ask for columns, and not to write their rows; `idle`, names of tasks that read nothing; `wait`, by name of a
task a file to wait for before it reads; `until`, a file to wait for before the end; `last`, a number
to write at the end; `pause`, a file to wait for after the first row.
"""

import os
import time

import alinktf_worker
from stream_records import stream_records


def main(config):
    params = config.user_params
    stream = alinktf_worker.current.stream
    name = config.tf_context.identity
    wait_for(params.get("wait", {}).get(name))
    if params.get("open", True) and name not in params.get("idle", ()):
        for _ in range(params.get("passes", 1)):
            said = "ended"
            try:
                if params.get("columns"):
                    stream.open_columns(0)
                    drop(stream.groups())
                else:
                    read(stream, config.output_writer, params)
            except Exception as error:
                said = str(error)
            if "say" in params:
                with open(params["say"], "a") as file:
                    file.write("%s: %s\n" % (name, said))
            elif said != "ended":
                raise RuntimeError(said)
    wait_for(params.get("until"))
    if "last" in params:
        config.output_writer.write({"id": int(params["last"])})


def wait_for(path):
    while path is not None and not os.path.exists(path):
        time.sleep(0.005)


def drop(groups):
    for _ in groups:
        pass


def read(stream, writer, params):
    most, times = params.get("most"), params.get("times", 1)
    for number, record in enumerate(stream_records(stream), 1):
        for _ in range(times):
            writer.write(record)
        if number == 1:
            wait_for(params.get("pause"))
        if number == most:
            break
