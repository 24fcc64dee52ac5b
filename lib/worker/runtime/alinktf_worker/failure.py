"""Turns an exception into what the runner and the log are told about it. Imported only when something failed."""
import traceback

_MAX_MESSAGE = 16 << 10
_MAX_TRACEBACK = 128 << 10


class Failure:
    """An exception as text, told from the user's point of view.

    Attributes:
        exception: the name of its class; empty, like the traceback, for an error of this package (no main, a short
            feed): its message says all.
        message: its text.
        traceback: Python's report, beginning at the first frame outside this package and naming the script by
            its own path instead of the link in the work dir.
    """

    def __init__(self, error: BaseException, runtime: str, linked: str, script: str) -> None:
        _trim_causes(error, runtime)
        lines = traceback.format_exception(type(error), error, error.__traceback__)
        ours = type(error).__module__.startswith("alinktf_worker")
        self.exception = "" if ours else type(error).__name__
        self.message = _cut(_text(error), _MAX_MESSAGE)
        self.traceback = "" if ours else _cut("".join(lines).replace('"%s"' % linked, '"%s"' % script), _MAX_TRACEBACK)


def _trim_causes(error: "BaseException | None", runtime: str) -> None:
    """Drop our own frames from the start of the traceback of `error` and of what led to it."""
    seen = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        frames = error.__traceback__
        while frames is not None and frames.tb_frame.f_code.co_filename.startswith((runtime, "<frozen importlib")):
            frames = frames.tb_next
        if frames is not None or isinstance(error, SyntaxError):
            error.__traceback__ = frames
        error = error.__cause__ or error.__context__


def _text(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:
        return "(its text cannot be made)"


def _cut(text: str, limit: int) -> str:
    if len(text) <= limit:
        return text
    half = limit // 2
    return "%s\n... %d characters left out ...\n%s" % (text[:half], len(text) - 2 * half, text[-half:])
