"""The entry of batch components."""
from akdl.entry.base_entry import TF1_TYPE, TF2_TYPE, BaseEntry
from akdl.runner.config import BatchTaskConfig

__all__ = ["BatchEntry", "TF1_TYPE", "TF2_TYPE"]


class BatchEntry(BaseEntry):
    """Calls a function with a BatchTaskConfig."""

    def construct_args(self, **kwargs):
        return BatchTaskConfig(**kwargs)
