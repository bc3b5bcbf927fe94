"""What the index answers with: frozen values, one kind for each table that is asked for."""

from typing import Any, Literal, TypeAlias

import msgspec

from unknot.stacks.address import Address, Uid
from unknot.stacks.diagnostic import Diagnostic
from unknot.stacks.run import ArtifactRef, RunStatus, TaskStatus
from unknot.state.snapshot import Serial

Reading: TypeAlias = Literal["sealed", "open", "pending", "gone"]
"""How a run is known: by its seal; by streams that go on; by the ledger, its store not yet read; by the ledger
alone, its streams being gone."""


class Updated(msgspec.Struct, frozen=True):
    """What an update did."""

    serial: Serial
    """The ledger's serial that the index is at."""
    runs_read: int
    rebuilt: str = ""
    """Why the index was made anew; empty if it was not."""
    notes: tuple[Diagnostic, ...] = ()
    """What could not be read: a store out of reach, a damaged stream. Nothing else is missing."""


class ResourceEntry(msgspec.Struct, frozen=True):
    """A resource as recorded last, those that are gone included."""

    uid: Uid
    address: Address
    type: str
    provider: str
    target: str
    owner: str
    serial: Serial
    generation: int
    """0 while it has no current instance."""
    fingerprint: str
    """Of a workflow as deployed."""
    bundle: str
    schedule: dict[str, Any] | None
    dependencies: tuple[Address, ...]
    removed: Literal["", "deleted", "forgotten"]
    removed_at: str


class Written(msgspec.Struct, frozen=True):
    """One write of a resource, from the ledger."""

    uid: Uid
    serial: Serial
    at: str
    address: Address
    target: str
    provider: str
    generation: int
    how: str
    """The action, `renamed`, `deleted` or `forgotten`."""


class Stay(msgspec.Struct, frozen=True):
    """A time that a resource spent on one target, under one address."""

    target: str
    address: Address
    since: str
    until: str = ""
    """Empty while it is there."""


class TargetEntry(msgspec.Struct, frozen=True):
    """A target as recorded last."""

    name: str
    engine: str
    store: str
    region: str


class RunEntry(msgspec.Struct, frozen=True):
    """A run. `address` is the workflow's address as of now, whatever it was when it ran (D4)."""

    id: int
    """Of this index file only: differs after a rebuild."""
    uid: Uid
    run: str
    address: Address
    ran_as: Address
    """The address that the workflow had when it ran."""
    status: RunStatus
    reading: Reading
    absorbed: bool
    """The ledger has it."""
    started_at: str
    ended_at: str
    last_sign: str
    target: str
    engine: str
    store: str
    """URL of the store that holds its streams."""
    owner: str
    fingerprint: str
    bundle: str
    lock: str
    generation: int
    scheduled_time: str
    triggered_by: str
    retry_of: str
    from_task: str
    host: str
    engine_run: str
    failed: str
    """The first task or check that failed."""
    failed_kind: Literal["", "task", "check"]
    failure: str
    """What it said, in one line."""
    published: dict[str, str]
    """Output name to artifact hash."""
    withheld: str = ""
    """Why it was not to publish, such as `parameters given by hand`. Such a run says nothing of what is deployed."""


class TaskEntry(msgspec.Struct, frozen=True):
    """A task of a run."""

    task: str
    op: str
    kind: Literal["op", "metric", "check"]
    status: TaskStatus
    attempts: int
    started_at: str
    ended_at: str
    reason: str
    error: str
    fingerprint: str
    host: str


class AttemptEntry(msgspec.Struct, frozen=True):
    """An attempt of a task. Of one that succeeded at once, process and memory are only in its stream."""

    task: str
    attempt: int
    status: TaskStatus
    started_at: str
    ended_at: str = ""
    host: str = ""
    pid: int = 0
    python: str = ""
    memory_bytes: int = 0
    """The most that a heartbeat saw."""
    error: str = ""
    traceback: str = ""


class MetricEntry(msgspec.Struct, frozen=True):
    task: str
    name: str
    value: float | None
    """None: it was measured, and was no number."""


class CheckEntry(msgspec.Struct, frozen=True):
    task: str
    name: str
    passed: bool
    severity: Literal["warning", "error"]


class Produced(msgspec.Struct, frozen=True):
    """An artifact, and what wrote it: a task of a run, or a dataset (no run)."""

    artifact: ArtifactRef
    uid: Uid
    address: Address
    run: str
    task: str
    output: str
    reused: bool
    """The task took what an earlier run wrote."""


class Consumed(msgspec.Struct, frozen=True):
    """An artifact, and what read it; an empty task: it is an input of the whole run."""

    hash: str
    uid: Uid
    address: Address
    run: str
    task: str
    parameter: str
    reused: bool
    """The task took what an earlier run had made of it."""


class CodeEntry(msgspec.Struct, frozen=True):
    """Digests of the parts of an op's code by name, for one fingerprint of it."""

    fingerprint: str
    parts: dict[str, str]
