"""Runs as their store has them: which there are, and everything about one, read from its seal and streams.

The layout is the one of `stacks.run`. Writes nothing; knows nothing of SQLite.
"""

import datetime as dt
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import quote, unquote

import msgspec

from unknot.stacks.errors import UnknotError
from unknot.stacks.graph import LiteralValue, OpSpec, TaskSpec, element_of
from unknot.stacks.run import (
    ArtifactRef,
    ArtifactWritten,
    AttemptEnded,
    AttemptStarted,
    CheckDone,
    Deployment,
    Heartbeat,
    LogWritten,
    MetricMeasured,
    RunManifest,
    RunStarted,
    RunStatus,
    TaskCommit,
    TaskEvent,
    TaskRecord,
    TaskStatus,
)
from unknot.state.index.entries import AttemptEntry
from unknot.state.index.liveness import last_sign, run_status_from
from unknot.state.stores.base import Store

SLACK = dt.timedelta(days=1)
"""Run ids begin with the time at which they were made, by the clock of whoever made them: a run that became
visible this much later than its id says is still found without reading everything again."""

_events = msgspec.json.Decoder(list[TaskEvent])
_started = msgspec.json.Decoder(RunStarted)
_manifest = msgspec.json.Decoder(RunManifest)
_commit = msgspec.json.Decoder(TaskCommit)
_ID_TIME = "%Y%m%dT%H%M%S"


class StreamUnreadable(UnknotError):
    """Bytes of a run are not what they should be."""


class RunKeys(msgspec.Struct):
    """What a run has in its store."""

    run: str
    started: bool = False
    sealed: bool = False
    beat: str = ""
    """Key of the last sign of life of its coordinator."""
    attempts: dict[str, dict[int, list[str]]] = {}
    """Task to attempt to keys of batches of events, in order."""
    commits: list[str] = []


class RunReading(msgspec.Struct, frozen=True):
    """Everything about a run, as of one moment."""

    run: str
    status: RunStatus
    sealed: bool
    started: RunStarted | None
    manifest: RunManifest | None
    manifest_hash: str
    last_sign: str
    tasks: tuple[TaskRecord, ...]
    attempts: tuple[AttemptEntry, ...]
    versions: dict[str, str]

    @property
    def deployment(self) -> Deployment | None:
        return None if self.started is None else self.started.request.deployment


def segment(name: str) -> str:
    """A name as one segment of a key."""
    quoted = quote(name, safe="-_.~+:@=")
    return quoted.replace(".", "%2E") if quoted.strip(".") == "" else quoted


def runs_in(store: Store, uid: str, since: str = "") -> Iterator[RunKeys]:
    """Runs of a workflow in a store by id, those from `since` on with all that may have come late."""
    prefix = f"runs/{segment(uid)}/"
    start = _with_slack(since)
    yield from _grouped(store, prefix, f"{prefix}{segment(start)}" if start else None)


def runs_after(store: Store, uid: str, run: str) -> Iterator[RunKeys]:
    """Runs of a workflow whose ids are later than `run`; all of them where that is empty."""
    prefix = f"runs/{segment(uid)}/"
    yield from _grouped(store, prefix, f"{prefix}{segment(run)}/\U0010ffff" if run else None)


def run_in(store: Store, uid: str, run: str) -> RunKeys | None:
    """What one run has in a store; None if it has nothing there."""
    prefix = f"runs/{segment(uid)}/"
    found = RunKeys(run)
    own = f"{prefix}{segment(run)}/"
    keys = list(store.list(own))
    for key in keys:
        _sort_in(found, key, key[len(own) :])
    return found if keys else None


def read_run(store: Store, keys: RunKeys, uid: str, now: dt.datetime, host: str) -> RunReading | None:
    """One run as it is now; None if it has neither begun nor ended. Raises StreamUnreadable, StoreError."""
    prefix = f"runs/{segment(uid)}/{segment(keys.run)}/"
    started = manifest = None
    manifest_hash = ""
    if keys.started and (data := store.get(f"{prefix}started")) is not None:
        started = _decoded(_started, data, store, f"{prefix}started")
    if keys.sealed and (data := store.get(f"{prefix}sealed")) is not None:
        manifest = _decoded(_manifest, data, store, f"{prefix}sealed")
        manifest_hash = hashlib.sha256(data).hexdigest()
    if manifest is not None:
        return RunReading(
            keys.run,
            manifest.status,
            True,
            started,
            manifest,
            manifest_hash,
            manifest.ended_at,
            manifest.tasks,
            tuple(_attempts_of_sealed(store, keys, manifest)),
            manifest.versions,
        )
    if started is None:
        return None
    streams = {
        (task, n): list(_read_events(store, batches))
        for task, attempts in keys.attempts.items()
        for n, batches in sorted(attempts.items())
    }
    beats = list(_beat(store, keys.beat))
    commits = {
        commit.record.task: commit.record
        for key in keys.commits
        if (data := store.get(key)) is not None
        for commit in [_decoded(_commit, data, store, key)]
    }
    every = [event for events in streams.values() for event in events]
    status = run_status_from(started, every, now, host, beats=beats)
    signs = [started.at, *beats, *(event.at for event in every)]
    versions: dict[str, str] = {}
    for events in streams.values():
        for event in events:
            if isinstance(event, AttemptStarted):
                versions |= event.versions
    return RunReading(
        keys.run,
        status,
        False,
        started,
        None,
        "",
        max(signs, key=lambda text: (last_sign([text]) or _NEVER, text)),
        tuple(_tasks_of_open(started.request.deployment, commits, streams, status)),
        tuple(_attempt(task, n, events, status) for (task, n), events in streams.items()),
        versions,
    )


def log_of(store: Store, keys: RunKeys, task: str | None = None) -> Iterator[tuple[str, int, LogWritten]]:
    """What a run's tasks printed: task, attempt, and the text, task by task in order of their names."""
    for name, attempts in keys.attempts.items():
        if task is None or name == task:
            for n, batches in sorted(attempts.items()):
                for event in _read_events(store, batches):
                    if isinstance(event, LogWritten):
                        yield name, n, event


_NEVER = dt.datetime.min.replace(tzinfo=dt.UTC)


def _with_slack(run: str) -> str:
    """Where to begin listing so that late runs are seen: before the id of the last one seen."""
    try:
        made = dt.datetime.strptime(run[:15], _ID_TIME).replace(tzinfo=dt.UTC)
    except ValueError:
        return run
    return f"{made - SLACK:{_ID_TIME}}"


def _grouped(store: Store, prefix: str, start: str | None) -> Iterator[RunKeys]:
    found: RunKeys | None = None
    part = ""
    for key in store.list(prefix, start_after=start):
        name, _, rest = key[len(prefix) :].partition("/")
        if found is None or name != part:
            if found is not None:
                yield found
            part, found = name, RunKeys(unquote(name))
        _sort_in(found, key, rest)
    if found is not None:
        yield found


def _sort_in(found: RunKeys, key: str, rest: str) -> None:
    if rest == "started":
        found.started = True
    elif rest == "sealed":
        found.sealed = True
    elif rest.startswith("commits/"):
        found.commits.append(key)
    elif rest.startswith("beats/"):
        found.beat = max(found.beat, key)
    elif rest.startswith("tasks/"):
        parts = rest.split("/")
        if len(parts) == 4 and parts[2].isdecimal():
            found.attempts.setdefault(unquote(parts[1]), {}).setdefault(int(parts[2]), []).append(key)


def _decoded(decoder: "msgspec.json.Decoder[Any]", data: bytes, store: Store, key: str) -> Any:
    try:
        return decoder.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise StreamUnreadable(
            f"`{key}` cannot be read",
            detail=f"In the store `{store.url}`: {error}. It was damaged, or written by another version of unknot.",
        ) from error


def _read_events(store: Store, batches: Iterable[str]) -> Iterator[TaskEvent]:
    for key in batches:
        data = store.get(key)
        if data is not None:
            yield from _decoded(_events, data, store, key)


def _beat(store: Store, key: str) -> Iterator[str]:
    """When a coordinator last said that it lives."""
    data = store.get(key) if key else None
    if data is None:
        return
    text = data.decode(errors="replace")
    if last_sign([text]) is not None:  # a sign that cannot be read is none
        yield text


def _attempts_of_sealed(store: Store, keys: RunKeys, manifest: RunManifest) -> Iterator[AttemptEntry]:
    """Of a task that went well at once, the seal says enough; the streams of the others are read."""
    for record in manifest.tasks:
        streams = keys.attempts.get(record.task, {})
        if record.status == "succeeded" and record.attempts <= 1 and len(streams) <= 1:
            yield AttemptEntry(record.task, 1, record.status, record.started_at, record.ended_at, record.host)
            continue
        for n, batches in sorted(streams.items()):
            yield _attempt(record.task, n, list(_read_events(store, batches)), manifest.status)


def _attempt(task: str, n: int, events: list[TaskEvent], run: RunStatus) -> AttemptEntry:
    opened = next((event for event in events if isinstance(event, AttemptStarted)), None)
    ended = next((event for event in events if isinstance(event, AttemptEnded)), None)
    memory = max((event.memory_bytes for event in events if isinstance(event, Heartbeat)), default=0)
    status: TaskStatus = "running" if run == "running" else "lost"
    return AttemptEntry(
        task=task,
        attempt=n,
        status=status if ended is None else ended.status,
        started_at=opened.at if opened is not None else "",
        ended_at=ended.at if ended is not None else "",
        host=opened.host if opened is not None else "",
        pid=opened.pid if opened is not None else 0,
        python=opened.python if opened is not None else "",
        memory_bytes=memory,
        error=ended.error if ended is not None else "",
        traceback=ended.traceback if ended is not None else "",
    )


def _tasks_of_open(
    deployment: Deployment,
    commits: Mapping[str, TaskRecord],
    streams: Mapping[tuple[str, int], list[TaskEvent]],
    run: RunStatus,
) -> Iterator[TaskRecord]:
    names: dict[str, dict[int, str]] = {}
    for name in (*commits, *(name for name, _ in streams)):
        element = element_of(name)
        if element is not None:
            names.setdefault(element[0], {})[element[1]] = name
    for task in deployment.graph.tasks:
        elements = (name for _, name in sorted(names.get(task.id, {}).items()))
        for name in (task.id, *elements):
            if name in commits:
                yield commits[name]
                continue
            attempts = {n: events for (of, n), events in streams.items() if of == name}
            record = _task_of_open(task, deployment.graph.ops[task.op], attempts, run)
            yield record if name == task.id else msgspec.structs.replace(record, task=name)


def _task_of_open(
    task: TaskSpec, op: OpSpec, attempts: Mapping[int, list[TaskEvent]], run: RunStatus
) -> TaskRecord:
    """A task that nothing was committed of, from what its attempts said so far."""
    fingerprint = "" if op.fingerprint is None else op.fingerprint.digest
    if not attempts:
        status: TaskStatus = "waiting" if run == "running" else "lost"
        return TaskRecord(task.id, task.op, op.kind, status, fingerprint=fingerprint, severity=op.severity)
    last = attempts[max(attempts)]
    entry = _attempt(task.id, max(attempts), last, run)
    # A failure that counts is committed: this one is followed by another attempt.
    waits = entry.status == "failed" and run == "running"
    first = _attempt(task.id, min(attempts), attempts[min(attempts)], run)
    outputs: dict[str, ArtifactRef] = {}
    metric: float | None = None
    passed: bool | None = None
    for event in last:
        if isinstance(event, ArtifactWritten):
            outputs[event.artifact.output or "value"] = event.artifact
        elif isinstance(event, MetricMeasured):
            metric = event.value
        elif isinstance(event, CheckDone):
            passed = event.passed
    return TaskRecord(
        task=task.id,
        op=task.op,
        kind=op.kind,
        status="waiting" if waits else entry.status,
        attempts=len(attempts),
        started_at=first.started_at,
        ended_at=entry.ended_at,
        outputs=outputs,
        inputs={
            name: msgspec.json.encode(binding.value).decode()
            for name, binding in task.inputs.items()
            if isinstance(binding, LiteralValue)
        },
        metric=metric,
        passed=passed,
        severity=op.severity,
        error=entry.error,
        fingerprint=fingerprint,
        host=entry.host,
    )
