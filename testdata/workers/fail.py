"""Fail in the way that the user parameter `how` names, in the task `who` (default: in all)."""

import os
import signal
import sys
import time


def fail(how):
    if how == "raise":
        raise ValueError("no luck with row 17")
    if how == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    if how == "segv":
        os.kill(os.getpid(), signal.SIGSEGV)
    if how == "os._exit(0)":
        os._exit(0)
    if how == "os._exit(9)":
        os._exit(9)
    if how == "sys.exit(3)":
        sys.exit(3)
    if how == "sys.exit(0)":
        sys.exit(0)


def main(config):
    for number in range(30):
        print("log line %d" % number)
    if config.task_type != "ps":
        config.output_writer.write({"id": 1})
    who = "%s:%d" % (config.task_type, config.task_index)
    if config.user_params.get("who", who) == who:
        fail(config.user_params["how"])
    elif config.user_params.get("others") == "wait":
        time.sleep(600)
