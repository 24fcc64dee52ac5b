"""worker:0 exits with 3 and takes its time; meanwhile worker:1 exits with 9; the chief would stay."""

import atexit
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
        atexit.register(time.sleep, 0.1)
        atexit.register(lambda: open(start, "w").close())  # runs first
        sys.exit(3)
    else:
        open(ready, "w").close()
        wait_for(start)
        os._exit(9)
