"""The entry of stream components."""
from akdl.entry.base_entry import TF1_TYPE, TF2_TYPE, BaseEntry
from akdl.runner.config import StreamTaskConfig

__all__ = ["StreamEntry", "TF1_TYPE", "TF2_TYPE"]


class StreamEntry(BaseEntry):
    """Calls a function with a StreamTaskConfig."""

    def construct_args(self, **kwargs):
        return StreamTaskConfig(**kwargs)

    def is_batch(self):
        return False
