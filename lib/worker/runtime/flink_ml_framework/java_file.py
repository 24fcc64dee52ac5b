"""The task's two streams as files, by the addresses that `Context.from_java` and `Context.to_java` give.

Importing this imports no TensorFlow.
"""
import json
import os
import struct

#: The address of the task's results.
RESULTS = "alinktf://results"


class JavaFile:
    """Reads TFRecord frames from one file and writes TFRecord frames to another."""

    def __init__(self, read_file, write_file):
        """`read_file`: a path; `write_file`: `RESULTS`, or a path that is appended to. Both are opened when used."""
        self._read_file, self._write_file = read_file, write_file
        self._source = self._target = None

    def read(self, n):
        """Exactly `n` bytes.

        Raises:
            EOFError: fewer are left.
        """
        if self._source is None:
            self._source = open(self._read_file, "rb")
        data = self._source.read(n)
        if len(data) < n:
            raise EOFError("%s ends after %d of %d bytes" % (self._read_file, len(data), n))
        return data

    def write(self, data, n):
        """Write the first `n` bytes of `data`; a row is sent when its frame is whole. Returns True."""
        if self._target is None:
            self._target = _Frames() if self._write_file == RESULTS else open(self._write_file, "ab")
        self._target.write(bytes(data[:n]))
        self._target.flush()
        return True

    def close(self):
        """Close what has been opened; the next use opens it again."""
        for file in (self._source, self._target):
            if file is not None:
                file.close()
        self._source = self._target = None


class _Frames:
    """Cuts TFRecord frames, which come in pieces of any size, into rows of the task's results."""

    def __init__(self):
        from akdl.runner.output_writer import DirectOutputWriter
        self._writer = DirectOutputWriter()
        self._bytes = b""

    def write(self, data):
        self._bytes += data
        while len(self._bytes) >= 12:
            end = 12 + int.from_bytes(self._bytes[:8], "little")
            if len(self._bytes) < end + 4:
                break
            self._writer.write(self._bytes[12:end])
            self._bytes = self._bytes[end + 4:]

    def flush(self):
        pass

    def close(self):
        pass


class BytesRecorder:
    """Records with their length before them as a little-endian int32; to and from the task's streams bare records."""

    def __init__(self, read_file, write_file):
        self._file = JavaFile(read_file, write_file)
        self._to_results = write_file == RESULTS
        self._from_spool = os.path.basename(read_file or "") == "dataset.tfrecords"
        self._writer = None

    def close(self):
        """As `JavaFile.close`."""
        self._file.close()

    def read_record(self):
        """The next record as bytes.

        Raises:
            EOFError: there is none.
        """
        if self._from_spool:
            size, = struct.unpack("<Q4x", self._file.read(12))
            return self._file.read(size + 4)[:size]
        size, = struct.unpack("<i", self._file.read(4))
        return self._file.read(size)

    def write_record(self, data):
        """Write one record of bytes. Returns True."""
        if not self._to_results:
            return self._file.write(struct.pack("<i", len(data)) + data, 4 + len(data))
        if self._writer is None:
            from akdl.runner.output_writer import DirectOutputWriter
            self._writer = DirectOutputWriter()
        self._writer.write(bytes(data))
        return True


class JsonRecorder(BytesRecorder):
    """Records that are JSON texts."""

    def read_record(self):
        """The next record as a Python value.

        Raises:
            EOFError: there is none.
        """
        return json.loads(super().read_record().decode("utf-8"))

    def write_record(self, data):
        """Write a Python value as one record. Returns True."""
        return super().write_record(json.dumps(data).encode("utf-8"))
