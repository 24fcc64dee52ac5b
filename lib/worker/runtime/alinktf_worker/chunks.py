"""Chunks, the wire format of descriptors 3 and 4 (PROTOCOL.md, "Chunks"; C++: formats/chunk)."""
import os
from _thread import allocate_lock, start_new_thread
from time import monotonic, sleep

TFRECORD, TENSORPROTO, COLUMNS, RECORDS, END, ERROR = 1, 2, 3, 4, 5, 6
HEADER_BYTES = 12
MAX_RECORD_BYTES = 1 << 30
MAX_PAYLOAD_BYTES = MAX_RECORD_BYTES + (16 << 20)

_FLUSH_BYTES = 64 << 10
_FLUSH_SECONDS = 0.05
_LINGER_SECONDS = 0.02  # of a record of a stream that none follows
_JOIN_BYTES = 1 << 20  # above it, a copy into one buffer costs more than further system calls


class ProtocolError(Exception):
    """The other side sent something that PROTOCOL.md does not allow."""


def header(kind: int, payload_bytes: int, records: int) -> bytes:
    """The 12 bytes before a payload: kind, payload_bytes, records as little-endian u32."""
    return (kind | payload_bytes << 32 | records << 64).to_bytes(HEADER_BYTES, "little")


def read_header(fd: int) -> "tuple[int, int, int] | None":
    """Read (kind, payload_bytes, records); None at a clean end of file.

    Raises:
        ProtocolError: the stream ends inside the header, the kind is unknown or the payload is too large.
    """
    data = read_up_to(fd, HEADER_BYTES)
    if not data:
        return None
    if len(data) < HEADER_BYTES:
        raise ProtocolError("the stream ends inside a chunk's header")
    number = int.from_bytes(data, "little")
    kind, payload_bytes, records = number & 0xFFFFFFFF, number >> 32 & 0xFFFFFFFF, number >> 64
    if not TFRECORD <= kind <= ERROR:
        raise ProtocolError("unknown chunk kind %d" % kind)
    if payload_bytes > MAX_PAYLOAD_BYTES:
        raise ProtocolError("a chunk of %d bytes; at most %d are allowed" % (payload_bytes, MAX_PAYLOAD_BYTES))
    return kind, payload_bytes, records


def read_up_to(fd: int, size: int) -> bytes:
    """Read `size` bytes, fewer only at the end of the file."""
    data = os.read(fd, size)
    while data and len(data) < size:
        more = os.read(fd, size - len(data))
        if not more:
            break
        data += more
    return data


def write_all(fd: int, data: "bytes | memoryview") -> None:
    """Write all of `data`; a pipe takes only a part at a time."""
    written = os.write(fd, data)
    if written < len(data):
        rest = memoryview(data)[written:]
        while rest:
            rest = rest[os.write(fd, rest):]


class Results:
    """The stream of a task's records on `fd`, written to from any thread of this process.

    Attributes:
        count: records written so far.
        waits_for_space: True while the runner does not take bytes as fast as they come.
    """

    def __init__(self, fd: int) -> None:
        self.count = 0
        self.waits_for_space = False
        self._fd = fd
        self._lock = allocate_lock()
        self._pid = os.getpid()
        self._parts = []
        self._bytes = 0
        self._records = 0
        self._flushed = 0.0
        self._ended = False
        self._waiting = None

    def flush_soon(self) -> None:
        """From now on a record is sent within some 20 ms, though none follows it."""
        self._waiting = allocate_lock()
        self._waiting.acquire()
        start_new_thread(self._flush_waiting, ())

    def _flush_waiting(self) -> None:
        while True:
            self._waiting.acquire()  # until there is a record
            sleep(_LINGER_SECONDS)
            with self._lock:
                self._flush()

    def write(self, record: bytes) -> None:
        """Send one serialized record.

        Raises:
            ValueError: it is longer than 1 GiB.
            RuntimeError: `main` has returned, or this is a child process of the task.
        """
        size = len(record)
        if size > MAX_RECORD_BYTES:
            raise ValueError("a record of %d bytes; at most %d (1 GiB) can be written" % (size, MAX_RECORD_BYTES))
        self._check_process()
        with self._lock:
            self._check_open()
            self._parts.append(size.to_bytes(4, "little"))
            self._parts.append(record)
            self._bytes += size + 4
            self._records += 1
            self.count += 1
            if self._bytes >= _FLUSH_BYTES or monotonic() - self._flushed > _FLUSH_SECONDS:
                self._flush()
            elif self._records == 1 and self._waiting is not None and self._waiting.locked():
                self._waiting.release()

    def write_columns(self, parts: list, size: int, rows: int) -> None:
        """Send the payload of a `columns` chunk, `size` bytes in `parts`, behind all that was written before.

        Raises:
            ValueError: it is larger than a chunk may be.
            RuntimeError: as for `write`.
        """
        if size > MAX_PAYLOAD_BYTES:
            raise ValueError("a row of %d bytes; at most %d (1 GiB) can be written" % (size, MAX_RECORD_BYTES))
        self._check_process()
        with self._lock:
            self._check_open()
            self._flush()
            self.count += rows
            self._send([header(COLUMNS, size, rows)] + parts, HEADER_BYTES + size)

    def end(self) -> None:
        """Send what is buffered and the `end` chunk; nothing can be written afterwards."""
        with self._lock:
            self._flush()
            self._ended = True
            self._send([header(END, 8, 0), self.count.to_bytes(8, "little")], HEADER_BYTES + 8)

    def _check_process(self) -> None:
        if os.getpid() != self._pid:
            raise RuntimeError("output_writer belongs to the task's own process: return the record to it from "
                               "the child process %d and write it there" % os.getpid())

    def _check_open(self) -> None:
        if self._ended:
            raise RuntimeError("output_writer is closed: main has returned and its threads have ended")

    def _flush(self) -> None:
        if self._records:
            parts, size = self._parts, self._bytes
            parts.insert(0, header(RECORDS, size, self._records))
            self._parts, self._bytes, self._records = [], 0, 0
            self._send(parts, size)
        self._flushed = monotonic()

    def _send(self, parts: list, size: int) -> None:
        self.waits_for_space = True
        for data in parts if size > _JOIN_BYTES else [b"".join(parts)]:
            write_all(self._fd, data)
        self.waits_for_space = False
