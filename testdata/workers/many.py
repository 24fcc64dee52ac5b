"""Write `times` rows of `bytes` bytes for every row of the input; a parameter server writes `ps` rows.

With `after`, a file: the workers wait until the parameter server has written.
"""

import os
import time


def main(config):
    params = config.user_params
    text = "x" * int(params.get("bytes", 1))
    if config.task_type == "ps":
        write(config, int(params["ps"]), text)
        open(params["after"], "w").close()
        return
    while "after" in params and not os.path.exists(params["after"]):
        time.sleep(0.01)
    write(config, config.dataset_length * int(params.get("times", 1)), text)


def write(config, rows, text):
    for number in range(rows):
        config.output_writer.write({"id": number, "text": text})
