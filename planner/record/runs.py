"""Runs: which there were, one with all its parts, and which one the user means."""

from typing import Any

import msgspec

from unknot.planner.record.opening import Record
from unknot.planner.record.times import seconds_between
from unknot.stacks.address import Address
from unknot.stacks.definition import WORKFLOW_TYPE
from unknot.stacks.errors import UnknotError
from unknot.state.index import (
    AttemptEntry,
    CheckEntry,
    MetricEntry,
    Produced,
    ResourceEntry,
    RunEntry,
    TaskEntry,
)


class NoSuchRecord(UnknotError):
    """Nothing in the record is what the user asked for, or several things are."""


class RunDetail(msgspec.Struct, frozen=True):
    """A run with all its parts."""

    run: RunEntry
    duration_s: float | None
    tasks: tuple[TaskEntry, ...]
    attempts: tuple[AttemptEntry, ...]
    metrics: tuple[MetricEntry, ...]
    checks: tuple[CheckEntry, ...]
    artifacts: tuple[Produced, ...]
    inputs: dict[str, str]
    """Workflow input to artifact hash."""
    parameters: dict[str, Any]
    versions: dict[str, str]


def runs(record: Record, address: str | None = None, limit: int | None = 20) -> list[RunEntry]:
    """Runs, newest first, of one workflow if it is given. Raises NoSuchRecord for one that was never recorded."""
    uid = None if address is None else find_workflow(record, address).uid
    return record.index.runs(uid=uid, limit=limit)


def run(record: Record, which: str) -> RunDetail:
    """A run in full; `which` as for `find_run`. Raises NoSuchRecord."""
    index = record.index
    found = find_run(record, which)
    return RunDetail(
        run=found,
        duration_s=seconds_between(found.started_at, found.ended_at or found.last_sign),
        tasks=tuple(index.tasks(found)),
        attempts=tuple(index.attempts(found)),
        metrics=tuple(index.metrics(found)),
        checks=tuple(index.checks(found)),
        artifacts=tuple(index.outputs(found)),
        inputs={use.parameter: use.hash for use in index.inputs(found) if not use.task},
        parameters=index.parameters(found),
        versions=index.versions(found),
    )


def find_run(record: Record, which: str) -> RunEntry:
    """The run of that id, of an id that begins or ends so, or the last one of that workflow. Raises NoSuchRecord."""
    found = record.index.runs_like(which) if which else []
    if len(found) == 1:
        return found[0]
    if found:
        ids = ", ".join(f"`{entry.run}`" for entry in found[:5])
        raise NoSuchRecord(
            f"`{which}` may mean several runs", detail=f"Among them: {ids}. Write more of the id."
        )
    workflow = _workflow(record, which)
    if workflow is not None:
        latest = record.index.runs(uid=workflow.uid, limit=1)
        if latest:
            return latest[0]
        raise NoSuchRecord(
            f"`{workflow.address}` has never run", detail=f"Run it: `unknot run {workflow.address}`."
        )
    recent = ", ".join(f"`{entry.run}`" for entry in record.index.runs(limit=3))
    raise NoSuchRecord(
        f"there is no run `{which}`",
        detail=f"The latest are {recent}. `unknot runs` lists them." if recent else "Nothing has run yet.",
    )


def find_workflow(record: Record, which: str) -> ResourceEntry:
    """The workflow at that address, or of that bare name; one that is gone too. Raises NoSuchRecord."""
    found = _workflow(record, which)
    if found is None:
        known = [entry.address for entry in record.index.resources(type=WORKFLOW_TYPE)]
        raise NoSuchRecord(
            f"no workflow `{which}` is recorded", detail=f"Recorded: {', '.join(known) or 'none'}."
        )
    return found


def _workflow(record: Record, which: str) -> ResourceEntry | None:
    for address in (which, f"{WORKFLOW_TYPE}.{which}"):
        found = record.index.resource(Address(address))
        if found is not None and found.type == WORKFLOW_TYPE:
            return found
    return None
