"""worker:0 exits with 3, worker:1 with 9 a tenth of a second later; the chief would stay."""

import os
import sys
import time


def wait_for(name):
    while not os.path.exists(name):
        time.sleep(0.001)


def main(config):
    start, ready = (os.path.join(config.user_params["out"], name) for name in ("start", "ready"))
    if config.task_type == "chief":
        time.sleep(600)
    elif config.task_index == 0:
        wait_for(ready)
        open(start, "w").close()
        sys.exit(3)
    else:
        open(ready, "w").close()
        wait_for(start)
        time.sleep(0.1)
        os._exit(9)
