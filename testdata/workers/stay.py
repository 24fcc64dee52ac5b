"""Say by a file in a folder that main has begun, then stay until the file `go` appears there.

Environment: STAY_OUT, the folder; STAY_IN, where to stay: "import", "main" or "main, whatever happens"; STAY_STRAYS, kinds of
processes to leave behind: plain, setsid, daemon; STAY_THEN, the text of an exception to end with.
"""

import os
import signal
import subprocess
import sys
import time

OUT = os.environ.get("STAY_OUT")


def stay(name):
    open(os.path.join(OUT, name), "w").close()
    while not os.path.exists(os.path.join(OUT, "go")):
        time.sleep(0.01)


if os.environ.get("STAY_IN") == "import":
    stay("importing")


def leave(kind):
    """A process that outlives its parent unless somebody ends it."""
    if kind == "daemon":
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                time.sleep(600)
            os._exit(0)
        os.wait()
    else:
        subprocess.Popen(
            [sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=kind == "setsid"
        )


def main(config):
    for kind in os.environ.get("STAY_STRAYS", "").split():
        leave(kind)
    name = "%s_%d" % (config.task_type, config.task_index)
    if os.environ.get("STAY_IN") == "main, whatever happens":
        for signo in signal.SIGTERM, signal.SIGINT:
            signal.signal(signo, lambda *_: None)
    if os.environ.get("STAY_IN", "").startswith("main"):
        stay(name)
    if os.environ.get("STAY_THEN"):
        raise RuntimeError(os.environ["STAY_THEN"])
