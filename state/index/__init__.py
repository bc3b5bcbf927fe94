"""The index of runs: what ran, where, with what result, made from the ledger and the run streams (rule R1)."""

from unknot.state.index.database import IndexUnusable
from unknot.state.index.entries import (
    AttemptEntry,
    CheckEntry,
    CodeEntry,
    Consumed,
    MetricEntry,
    Produced,
    ResourceEntry,
    RunEntry,
    Stay,
    TargetEntry,
    TaskEntry,
    Updated,
    Written,
)
from unknot.state.index.index import Index, index_path

__all__ = [
    "AttemptEntry",
    "CheckEntry",
    "CodeEntry",
    "Consumed",
    "Index",
    "IndexUnusable",
    "MetricEntry",
    "Produced",
    "ResourceEntry",
    "RunEntry",
    "Stay",
    "TargetEntry",
    "TaskEntry",
    "Updated",
    "Written",
    "index_path",
]
