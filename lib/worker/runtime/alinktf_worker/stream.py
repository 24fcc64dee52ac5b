"""The feed of a stream task: chunks of descriptor 3, read when the script's dataset asks for the next one."""
import os
import sys
from _thread import allocate_lock
from fcntl import ioctl

from . import chunks
from .control import Gate

#: As long as this much or less has been read, a further pass begins at the first record: what peeked loses nothing.
WINDOW_BYTES = 4 << 20

_PEEKING = ("_symbolic_build", "_maybe_symbolic_build")  # of keras.src.backend.tensorflow.trainer
_GROUP_BYTES = 768 << 10
_FIONREAD = 0x541B  # of Linux; the module termios costs an import
_ROWS = (chunks.TENSORPROTO, chunks.COLUMNS)
_ENDED, _FAILED = "ended", "failed"


class StreamError(Exception):
    """The records that were asked for cannot be had."""


class Stream:
    """Chunks of `fd` for any number of passes, from any thread.

    Chunks that are here already come as one group, as Python's and TensorFlow's work for a group is about that for a
    chunk. A pass is one iteration over a dataset. All passes read the same groups while these fit into a window of
    4 MiB; from then on only the pass that is in front goes on. When the end has come, the window is closed, so that what
    a second pass gives does not depend on how many records there were: nothing and a warning, or an error. With
    `shared` passes take turns instead: each chunk goes to one of them.

    Attributes:
        count: records read so far.
        waits_for_data: True while a pass waits for a chunk.
    """

    def __init__(self, fd: int, rescan: str, shared: bool, ask: "callable", input_failed: "callable" = None) -> None:
        """`ask(format=…, batch_rows=…)` tells the runner what is wanted, before anything comes.

        `input_failed()` tells it that the end of the rows has been read which a failure of the input is.
        """
        self.count = 0
        self.waits_for_data = False
        self._fd = fd
        self._rescan_is_error = rescan == "error"
        self._shared = shared
        self._ask = ask
        self._input_failed = input_failed
        self._head = None  # of a chunk whose payload has not been read
        self._asked = None
        self._columns = None
        self._told_columns = Gate()
        self._lock = allocate_lock()
        self._groups = 0  # read so far
        self._latest = 0  # pass
        self._window = []
        self._window_bytes = 0
        self._state = None
        self._failure = ""
        self._warned = False

    def open(self, form: str, batch_rows: int = 0) -> None:
        """Have the runner send records in this form: "records" or "columns".

        Raises:
            ValueError: another form has been asked for before.
        """
        with self._lock:
            if self._asked is None:
                self._asked = (form, batch_rows)
                self._ask(format=form, batch_rows=batch_rows)
            elif self._asked != (form, batch_rows):
                raise ValueError("the rows of a stream come in one form: this script has asked for %s before, and now "
                                 "for %s" % (_told(self._asked), _told((form, batch_rows))))

    def open_columns(self, batch_rows: int) -> list:
        """The same for columns; waits for the runner to say what they are: dicts of name, dtype, nested, vector.

        Raises:
            StreamError: the input failed before that was known.
        """
        self.open("columns", batch_rows)
        self.waits_for_data = True
        self._told_columns.wait()
        self.waits_for_data = False
        if self._columns is None:
            with self._lock:
                self._get(self._groups)
        return self._columns

    def opened(self, columns: "list | None") -> None:
        """The runner has said what the columns are; None: nothing comes but an error."""
        self._columns = columns
        self._told_columns.open()

    def groups(self) -> "iterator":
        """One pass: its chunks as lists of pairs, payload and number of records; each list is waited for.

        Raises:
            StreamError: the stream has failed; or what the pass should read has been read by another one and is gone.
        """
        with self._lock:
            position = self._begin()
            self._latest = number = self._latest + 1
        peeks = _is_peek()
        while True:
            with self._lock:
                group = self._get(position)
                if group is None:
                    if number == self._latest and not peeks:
                        self._window = None
                    return
            position += 1
            yield group

    def close(self) -> None:
        """Nobody reads any more: the runner need not send the rest."""
        os.close(self._fd)

    def _begin(self) -> int:
        """The number of the first group of a new pass."""
        if self._shared:
            return self._groups
        if self._window is None and self._state == _ENDED:
            self._end_again()
            return self._groups
        return 0

    def _get(self, number: int) -> "list | None":
        if number < self._groups and not self._shared:
            if self._window is not None:
                return self._window[number]
            self._check()
            raise StreamError("the rows of a stream can be read once: %d of them have been read by another pass over the "
                              "dataset, and only the first %d MiB are kept for a further one. Read all of them in one "
                              "pass, or use a batch component" % (self.count, WINDOW_BYTES >> 20))
        self._check()
        return None if self._state == _ENDED else self._next()

    def _check(self) -> None:
        if self._state == _FAILED:
            raise StreamError(self._failure)

    def _end_again(self) -> None:
        text = "a stream can be read once, and all its %d rows have been read by an earlier pass over the dataset" % self.count
        if self._rescan_is_error:
            raise StreamError(text + " (rescan is \"error\" in the job file). For several epochs use a batch component")
        if not self._warned:
            self._warned = True
            sys.stderr.write("alinktf: warning: %s: this pass gets none\n" % text)
            sys.stderr.flush()

    def _next(self) -> "list | None":
        self.waits_for_data = True
        try:
            group = self._read_group()
        except (StreamError, chunks.ProtocolError, OSError) as error:
            self._state, self._failure = _FAILED, str(error)
            raise StreamError(self._failure) from None
        finally:
            self.waits_for_data = False
        if group is not None:
            self._groups += 1
            self._keep(group)
        return group

    def _read_group(self) -> "list | None":
        """The next chunk and those behind it that are here already."""
        head, self._head = self._head or chunks.read_header(self._fd), None
        if head is None:
            raise StreamError("the rows end after %d without their end mark: alinktf has ended or was killed" % self.count)
        kind, size, records = head
        payload = _read(self._fd, size)
        if len(payload) < size:
            raise StreamError("the rows end inside a chunk, after %d: alinktf has ended or was killed" % self.count)
        if kind not in _ROWS:
            self._take_end(kind, payload)
            return None
        group = [(payload, records)]
        while not self._shared and size < _GROUP_BYTES and _waiting(self._fd) >= chunks.HEADER_BYTES:
            self._head = kind, more, records = chunks.read_header(self._fd)
            if kind not in _ROWS or _waiting(self._fd) < more:
                break
            self._head = None
            group.append((_read(self._fd, more), records))
            size += more
        self.count += sum(records for _, records in group)
        return group

    def _take_end(self, kind: int, payload: bytes) -> None:
        """The chunk that nothing follows: a clean end, or a StreamError."""
        if kind == chunks.ERROR:
            if self._input_failed is not None:
                self._input_failed()
            raise StreamError("the input failed after %d rows: %s" % (self.count, payload.decode("utf-8", "replace")))
        total = int.from_bytes(payload[:8], "little")
        if total != self.count:
            raise StreamError("%d rows were sent, %d arrived" % (total, self.count))
        self._state = _ENDED

    def _keep(self, group: list) -> None:
        if self._window is not None:
            self._window_bytes += sum(len(payload) for payload, _ in group)
            if self._shared or self._window_bytes > WINDOW_BYTES:
                self._window = None
            else:
                self._window.append(group)


def _read(fd: int, size: int) -> bytes:
    """Read `size` bytes, fewer only at the end of the file."""
    data = os.read(fd, size)
    if len(data) == size or not data:
        return data
    parts, got = [data], len(data)
    while got < size:
        data = os.read(fd, size - got)
        if not data:
            break
        parts.append(data)
        got += len(data)
    return b"".join(parts)


def _waiting(fd: int) -> int:
    """How many bytes wait in the pipe."""
    return int.from_bytes(ioctl(fd, _FIONREAD, bytes(4)), sys.byteorder)


def _is_peek() -> bool:
    """True while Keras 3 looks at a first batch to build a model, before the pass that trains it.

    A small stream is read whole by that, and must be there again.
    """
    for frame in sys._current_frames().values():
        while frame is not None:
            if frame.f_code.co_name in _PEEKING:
                return True
            frame = frame.f_back
    return False


def _told(asked: tuple) -> str:
    form, batch_rows = asked
    return "%s%s" % (form, " in batches of %d" % batch_rows if batch_rows else "")
