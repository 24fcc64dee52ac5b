"""Where every thread is, for the runner's `dump`. Imports nothing: the main thread may be holding any import lock."""
import sys
from _thread import get_ident


def text() -> str:
    """The Python stacks of all threads but the calling one, outermost call first, the main thread first."""
    threading = sys.modules.get("threading")
    known = dict(getattr(threading, "_active", {})) if threading else {}
    own = get_ident()
    lines = []
    for ident, frame in sorted(sys._current_frames().items(), key=lambda item: _order(known, item[0])):
        if ident != own:
            lines.append("Thread %s:" % _name(known, ident))
            lines.extend(_frames(frame))
    return "\n".join(lines) + "\n"


def _order(known: dict, ident: int) -> tuple:
    return getattr(known.get(ident), "name", "") != "MainThread", ident


def _name(known: dict, ident: int) -> str:
    thread = known.get(ident)
    return "%d (%s)" % (ident, thread.name) if thread is not None else "%d" % ident


def _frames(frame: object) -> list:
    calls = []
    while frame is not None:
        code = frame.f_code
        calls.append('  File "%s", line %s, in %s%s'
                     % (code.co_filename, frame.f_lineno, code.co_name, _source(code.co_filename, frame.f_lineno)))
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
