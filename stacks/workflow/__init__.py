"""The workflow language: ops, metrics, checks and workflows in ordinary Python, and their graphs.

This package traces and describes; engines and the runner execute. `python -m unknot.stacks.workflow` traces
in a second interpreter (`retracing.py`).
"""

from unknot.stacks.workflow.decorators import check, metric, op
from unknot.stacks.workflow.definition import Bound, Workflow, workflow
from unknot.stacks.workflow.dynamic import each, when
from unknot.stacks.workflow.external import command, container, notebook
from unknot.stacks.workflow.ops import Op
from unknot.stacks.workflow.placeholder import (
    ArtifactInput,
    BoundArtifact,
    Placeholder,
    PlaceholderMisuse,
    bound_artifact_of,
)
from unknot.stacks.workflow.scheduled import SCHEDULED, ScheduledTime
from unknot.stacks.workflow.tracing import TraceResult, trace, trace_bound

__all__ = [
    "ArtifactInput",
    "Bound",
    "BoundArtifact",
    "Op",
    "Placeholder",
    "PlaceholderMisuse",
    "SCHEDULED",
    "ScheduledTime",
    "TraceResult",
    "Workflow",
    "bound_artifact_of",
    "check",
    "command",
    "container",
    "each",
    "metric",
    "notebook",
    "op",
    "trace",
    "trace_bound",
    "when",
    "workflow",
]
