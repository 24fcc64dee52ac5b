"""Failures that Python prints and passes over: of the script's threads, and of exit handlers."""
import sys


def ends_well(error: BaseException) -> bool:
    """True for `sys.exit()` and `sys.exit(0)`."""
    return isinstance(error, SystemExit) and error.code in (None, 0)


def watch_threads(threading: object, failed: "callable") -> None:
    """Have `failed(error)` called in every thread that an exception ends. Daemon threads may fail: nobody waits for them.

    Args:
        threading: the module.
        failed: does not return.
    """
    if hasattr(threading, "excepthook"):
        _set_hook(threading, failed)
    else:
        _wrap_start(threading, failed)


def _set_hook(threading: object, failed: "callable") -> None:
    show = threading.excepthook  # novermin: only where it is

    def hook(args: object) -> None:
        error = args.exc_type() if args.exc_value is None else args.exc_value
        if args.thread is not None and not args.thread.daemon and not ends_well(error):
            failed(error)
        show(args)

    threading.excepthook = hook  # novermin


def _wrap_start(threading: object, failed: "callable") -> None:
    """Before Python 3.8, which has no hook."""
    start = threading.Thread.start

    def wrapped(thread: object) -> None:
        run = thread.run

        def attended() -> None:
            try:
                run()
            except BaseException as error:
                if not thread.daemon and not ends_well(error):
                    failed(error)
                raise

        thread.run = attended
        start(thread)

    threading.Thread.start = wrapped


def run_exit_handlers() -> "BaseException | None":
    """Run them as the interpreter does at its end; returns what one of them raised, or None."""
    import atexit
    raised = []
    show = getattr(sys, "unraisablehook", None)

    def hook(args: object) -> None:
        of_handler = "atexit callback" in (args.err_msg or "") and args.exc_value is not None
        if of_handler and not raised and not ends_well(args.exc_value):
            raised.append(args.exc_value)  # the caller shows it
        else:
            show(args)

    if show is not None:
        sys.unraisablehook = hook  # novermin: only where it is
    try:
        atexit._run_exitfuncs()
    except BaseException as error:  # up to Python 3.9, which has printed it
        raised.append(error)
    if show is not None:
        sys.unraisablehook = show  # novermin
    return raised[0] if raised and not ends_well(raised[0]) else None
