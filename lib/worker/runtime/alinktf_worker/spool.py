"""The feed of a batch or train task: `tfrecord` chunks copied into `dataset.tfrecords`, and what is told at its end."""
import errno
import os
from _thread import start_new_thread

from . import chunks, jsontext
from .control import Gate

_BUFFER_BYTES = 1 << 20
_TENSOR_FILES = (("tensor_shapes", "tensor_shapes.txt"), ("tensor_types", "tensor_types.txt"))


class FeedError(Exception):
    """The task's data did not arrive whole."""


class Spool:
    """Copies the chunks of `fd` into the file `path` in a thread of its own; writes the tensor files beside it.

    Attributes:
        count: records copied so far; the dataset's length once `wait` has returned.
    """

    def __init__(self, fd: int, path: str) -> None:
        self.count = 0
        self._fd = fd
        self._path = path
        self._bytes = 0
        self._ready = Gate()

    def start(self, failed: "callable") -> None:
        """Start copying. On an error `failed(error)` is called in the copying thread; it must not return."""
        start_new_thread(self._run, (failed,))

    def wait(self) -> None:
        """Block until all records are in the file and their number is checked, and the tensor files are there."""
        self._ready.wait()

    def _run(self, failed: "callable") -> None:
        try:
            self._copy_all()
        except OSError as error:
            failed(self._explain(error))
        except BaseException as error:
            failed(error)
        else:
            self._ready.open()

    def _copy_all(self) -> None:
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC
        out = os.open(self._path, flags, 0o666)
        try:
            while self._copy_chunk(out):
                pass
        finally:
            os.close(out)
        os.close(self._fd)

    def _copy_chunk(self, out: int) -> bool:
        """Copy one chunk; False after the last one."""
        head = chunks.read_header(self._fd)
        if head is None:
            raise FeedError("the data ends after %d records without its end mark" % self.count)
        kind, size, records = head
        if kind == chunks.TFRECORD:
            self._copy_payload(out, size)
            self.count += records
            return True
        payload = chunks.read_up_to(self._fd, size)
        if len(payload) < size:
            raise FeedError("the data ends inside a chunk, after %d records" % self.count)
        if kind == chunks.ERROR:
            raise FeedError("the input failed after %d records: %s" % (self.count, payload.decode("utf-8", "replace")))
        if kind != chunks.END:
            raise chunks.ProtocolError("a chunk of kind %d in the feed of a task that asked for tfrecord" % kind)
        total = int.from_bytes(payload[:8], "little")
        if size < 8 or total != self.count:
            raise FeedError("%d records were sent, %d arrived" % (total, self.count))
        if size > 8:
            self._write_tensor_files(payload[8:])
        return False

    def _write_tensor_files(self, text: bytes) -> None:
        try:
            members = jsontext.loads(text.decode("utf-8"))
            texts = [(file, members[name]) for name, file in _TENSOR_FILES if name in members]
        except (ValueError, TypeError) as error:
            raise chunks.ProtocolError("the end of the data is told as %r: %s" % (text[:200], error)) from None
        for file, content in texts:
            with open(os.path.join(os.path.dirname(self._path), file), "wb") as out:
                out.write(content.encode("utf-8"))

    def _copy_payload(self, out: int, size: int) -> None:
        buffer = memoryview(bytearray(min(size, _BUFFER_BYTES)))
        while size:
            received = os.readv(self._fd, [buffer[:size]])
            if not received:
                raise FeedError("the data ends inside a chunk, after %d records" % self.count)
            chunks.write_all(out, buffer[:received])
            size -= received
            self._bytes += received

    def _explain(self, error: OSError) -> BaseException:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            return FeedError("no space left for the task's data in %s after %d MiB: free some space, or name another "
                             "folder with --work-dir" % (self._path, self._bytes >> 20))
        return error
