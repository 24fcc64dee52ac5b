"""Where every thread is, for the runner's `dump`. Imports nothing: the main thread may be holding any import lock."""
import sys
from _thread import get_ident


def text(runtime: str, linked: str, script: str) -> str:
    """The Python stacks of all threads but the calling one, outermost call first, the main thread first.

    They begin behind the calls of this package in the folder `runtime`, and threads that are nothing but those are left
    out; the main thread is always there. The script `linked` in the work dir has its own path, `script`.
    """
    start, package = runtime + "/start.py", runtime + "/alinktf_worker/"
    threading = sys.modules.get("threading")
    known = dict(getattr(threading, "_active", {})) if threading else {}
    own = get_ident()
    threads = []
    for ident, frame in sys._current_frames().items():
        calls = _calls(frame)
        is_main = calls[0][0] == start
        others = [call for call in calls if not call[0].startswith((start, package))]
        if ident == own or not (others or is_main):
            continue
        name = "MainThread" if is_main else getattr(known.get(ident), "name", "")
        shown = calls[calls.index(others[0]):] if others else calls
        threads.append((not is_main, ident, name, [(script if call[0] == linked else call[0],) + call[1:] for call in shown]))
    lines = []
    for _, ident, name, calls in sorted(threads):
        lines.append("Thread %d%s:" % (ident, " (%s)" % name if name else ""))
        for path, number, function in calls:
            lines.append('  File "%s", line %s, in %s%s' % (path, number, function, _source(path, number)))
    return "\n".join(lines) + "\n"


def _calls(frame: object) -> list:
    """Path, line and function of each, outermost call first."""
    calls = []
    while frame is not None:
        calls.append((frame.f_code.co_filename, frame.f_lineno, frame.f_code.co_name))
        frame = frame.f_back
    return calls[::-1]


def _source(path: str, number: int) -> str:
    """The line itself, on a line of its own; nothing if it cannot be had."""
    try:
        with open(path, "rb") as file:
            for _ in range(number - 1):
                file.readline()
            line = file.readline(1000).decode("utf-8", "replace").strip()
    except (OSError, TypeError):
        return ""
    return "\n    " + line if line else ""
