"""What apply tells: progress while it goes on, and a report at the end. Data only."""

from collections.abc import Callable
from typing import Literal, TypeAlias

import msgspec

from unknot.planner.plan import Action
from unknot.planner.running import RunReport
from unknot.stacks.address import Address
from unknot.stacks.diagnostic import Diagnostic

Outcome: TypeAlias = Literal["done", "failed", "skipped", "refused", "not-started"]


class StepReport(msgspec.Struct, frozen=True, omit_defaults=True):
    """How one address fared."""

    address: Address
    action: str
    outcome: Outcome
    detail: str = ""
    """Of a failure: the error. Of a skip: `because of X`."""
    elapsed_s: float = 0.0


class ApplyReport(msgspec.Struct, frozen=True, omit_defaults=True):
    """Everything that apply did."""

    stack: str
    environment: str
    serial: int
    steps: tuple[StepReport, ...] = ()
    runs: tuple[RunReport, ...] = ()
    outputs: dict[str, object] = {}
    diagnostics: tuple[Diagnostic, ...] = ()
    interrupted: bool = False
    elapsed_s: float = 0.0

    def with_outcome(self, outcome: Outcome) -> tuple[StepReport, ...]:
        return tuple(step for step in self.steps if step.outcome == outcome)

    @property
    def exit_code(self) -> int:
        """From the worst of all that happened."""
        if self.interrupted:
            return 130
        bad = any(step.outcome != "done" for step in self.steps)
        return int(bad or any(run.status not in ("succeeded", "superseded") for run in self.runs))


class StepStarted(msgspec.Struct, frozen=True):
    address: Address
    action: Action


class StepProgressed(msgspec.Struct, frozen=True):
    """A step that takes long has come further."""

    address: Address
    text: str
    """What is done so far: `12,000 objects deleted`."""


class StepEnded(msgspec.Struct, frozen=True):
    report: StepReport
    done: int
    total: int


Progress: TypeAlias = Callable[[StepStarted | StepProgressed | StepEnded], None]
"""Called from several threads."""
