"""The control channel: JSON lines on a socket pair (PROTOCOL.md, "Control")."""
import os
from _thread import allocate_lock, start_new_thread

from . import jsontext
from .chunks import ProtocolError, write_all

_READ_BYTES = 64 << 10


class Gate:
    """Closed until one thread opens it; any number of threads wait. (`threading.Event` costs an import of 4 ms.)"""

    def __init__(self) -> None:
        self.is_open = False
        self._lock = allocate_lock()
        self._lock.acquire()

    def open(self) -> None:
        """Let all waiters go on, now and later. Only ever called by one thread."""
        if not self.is_open:
            self.is_open = True
            self._lock.release()

    def wait(self) -> None:
        self._lock.acquire()
        self._lock.release()


class Control:
    """Both directions of the channel. `receive` is for one thread at a time, `send` for any."""

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self._lock = allocate_lock()
        self._bytes = b""

    def receive(self) -> "dict | None":
        """Wait for the next message; None when the runner is gone.

        Raises:
            ProtocolError: the line is no JSON object with a "type".
        """
        while b"\n" not in self._bytes:
            try:
                data = os.read(self._fd, _READ_BYTES)
            except ConnectionResetError:
                data = b""
            if not data:
                return None
            self._bytes += data
        line, self._bytes = self._bytes.split(b"\n", 1)
        try:
            message = jsontext.loads(line.decode("utf-8").strip())
        except ValueError as error:
            raise ProtocolError("a control line is not JSON: %s: %r" % (error, line[:200])) from None
        if not isinstance(message, dict) or not isinstance(message.get("type"), str):
            raise ProtocolError("a control line is no object with a type: %r" % line[:200])
        return message

    def send(self, kind: str, **members: object) -> None:
        """Send one message. A runner that is gone is not an error here: the listening thread ends the process."""
        message = {"type": kind}
        message.update(members)
        line = jsontext.dumps(message).encode("ascii") + b"\n"
        try:
            with self._lock:
                write_all(self._fd, line)
        except (BrokenPipeError, ConnectionResetError):
            pass

    def listen(self, handle: "callable", gone: "callable") -> None:
        """Start a thread that calls `handle(message)` for each further message and `gone(error)` at the end.

        `error` is None when the runner has closed the channel, else what went wrong.
        """
        start_new_thread(self._loop, (handle, gone))

    def _loop(self, handle: "callable", gone: "callable") -> None:
        try:
            message = self.receive()
            while message is not None:
                handle(message)
                message = self.receive()
        except BaseException as error:
            gone(error)
        else:
            gone(None)
