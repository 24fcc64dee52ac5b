"""The program that the runner starts for a task: `<python> <runtime>/start.py`. Contract: PROTOCOL.md."""
import os
import sys


def start() -> None:
    """Put this folder first on the path and hand over to the package `alinktf_worker`; does not return."""
    runtime = os.path.dirname(os.path.abspath(__file__))
    if sys.path and os.path.abspath(sys.path[0]) == os.path.realpath(runtime):
        del sys.path[0]
    sys.path.insert(0, runtime)
    writes_bytecode = not sys.dont_write_bytecode
    if os.path.basename(runtime) == "runtime":
        # It is made anew for every run, not in the user's cache: byte code written here would only cost time.
        sys.dont_write_bytecode = True
    from alinktf_worker import session
    session.run(runtime, writes_bytecode)


# Guarded, because multiprocessing's "spawn" imports this file again in its children.
if __name__ == "__main__":
    start()
