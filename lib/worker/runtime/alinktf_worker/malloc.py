"""What TensorFlow does to the allocator of its process, and what becomes of it."""
import os

_TENSORFLOW = "libtensorflow_cc.so.2"
_CHANGED_BY = "_ZN10tensorflow4data25ApplyPython311MemoryPatchEv"
_M_MMAP_THRESHOLD = -3  # of glibc's malloc.h
_THRESHOLD = 1 << 20


def keep_buffers(tf: object) -> None:
    """Have malloc keep what is freed, up to 1 MiB a piece; to be called when a dataset of a generator exists.

    Where TensorFlow has the function above (2.21 has it), such a dataset sets this threshold to 128 KiB, for the whole
    process and for good: each larger tensor is new pages from then on, in each step again. They took a sixth of the CPU
    time of a small network's training. Others leave the threshold to glibc, which raises it by itself, and so do we.
    """
    import ctypes  # here already where TensorFlow is

    try:
        library = ctypes.CDLL(os.path.join(os.path.dirname(tf.__file__), _TENSORFLOW), os.RTLD_NOLOAD)
    except OSError:  # another platform, or an old TensorFlow, which has one library less
        return
    if hasattr(library, _CHANGED_BY):
        ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, _THRESHOLD)
