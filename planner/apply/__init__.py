"""Apply a plan: take the lease, validate each change, walk the steps, record, run workflows, report."""

from unknot.planner.apply.applying import ApplyOptions, apply
from unknot.planner.apply.report import ApplyReport, Progress, StepEnded, StepReport, StepStarted

__all__ = [
    "ApplyOptions",
    "ApplyReport",
    "Progress",
    "StepEnded",
    "StepReport",
    "StepStarted",
    "apply",
]
