"""The Python side of an alinktf task: talks to the runner and calls the user's `main`.

Imported at the start of every task, so these modules import nothing that is not already loaded by a
bare interpreter; what only failures, dumps or TensorFlow need lies in modules imported at that moment.
"""

#: The running task's `session.Session`, or None in a process that the runner did not start.
current = None


def wait_for_workers() -> None:
    """Block until every worker but the chief has returned from its `main`; at once without such workers.

    For a chief that exports what others still train: with parameter servers each task ends with its own
    data. Must not be called under an all-reduce strategy, where the workers wait for the chief instead.
    Outside a task and in other roles it returns at once.
    """
    if current is not None:
        current.wait_for_workers()
