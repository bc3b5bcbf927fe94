"""What a run's objects in the store add up to: tasks, logs, signs of life. Reads only (rule R1)."""

import os
import socket
from collections.abc import Iterable, Mapping

import msgspec

from unknot.providers.engine import LogLine, RunProgress, TaskProgress
from unknot.providers.runner import clock, layout
from unknot.providers.runner.stream import attempts, read_attempt
from unknot.stacks.errors import EngineError
from unknot.stacks.graph import TaskSpec, element_of, label_of
from unknot.stacks.run import (
    AttemptEnded,
    AttemptStarted,
    LogWritten,
    RunManifest,
    RunStarted,
    TaskCommit,
    TaskRecord,
)
from unknot.state.stores.base import Store

LOST_AFTER_S = 60.0
"""Without a sign of life for so long, a run on another host counts as lost: twelve heartbeats."""


class NoSuchRun(EngineError):
    """The store has nothing of that run."""


def read_started(store: Store, uid: str, run: str) -> RunStarted:
    """The first object of a run; raises NoSuchRun."""
    started = layout.read_struct(store, layout.started_key(uid, run), RunStarted)
    if started is None:
        raise NoSuchRun(
            f"there is no run `{run}` of `{uid}` in `{store.url}`",
            detail="It never started, or ran on another target.",
        )
    return started


def read_manifest(store: Store, uid: str, run: str) -> RunManifest | None:
    """The manifest of a run that was sealed."""
    return layout.read_struct(store, layout.sealed_key(uid, run), RunManifest)


def run_status(store: Store, uid: str, run: str) -> RunManifest | RunProgress:
    """The manifest of a run that is over; else how far it has come, `lost` if nobody carries it on.

    Raises NoSuchRun.
    """
    manifest = read_manifest(store, uid, run)
    if manifest is not None:
        return manifest
    started = read_started(store, uid, run)
    lost = not is_alive(store, started)
    # It may have been sealed between the two looks.
    manifest = read_manifest(store, uid, run)
    if manifest is not None:
        return manifest
    records = fold(store, started)
    return RunProgress(run, "lost" if lost else "running", tuple(progress_of(record) for record in records))


def progress_of_manifest(manifest: RunManifest) -> RunProgress:
    return RunProgress(manifest.run, manifest.status, tuple(map(progress_of, manifest.tasks)))


def progress_of(record: TaskRecord) -> TaskProgress:
    elapsed = 0.0
    if record.started_at:
        elapsed = (
            (clock.parse(record.ended_at) - clock.parse(record.started_at)).total_seconds()
            if record.ended_at
            else clock.seconds_since(record.started_at)
        )
    return TaskProgress(
        record.task,
        record.status,
        record.attempts,
        record.reason,
        record.error,
        record.metric,
        record.passed,
        0.0 if record.status == "reused" else elapsed,
    )


def fold(store: Store, started: RunStarted) -> tuple[TaskRecord, ...]:
    """Every task of a run as its commit and its streams tell it, in the graph's order."""
    uid, run = started.request.deployment.uid, started.request.run
    graph = started.request.deployment.graph
    tried = attempts(store, uid, run)
    elements = _elements(store, uid, run, tried) if any(task.is_mapped for task in graph.tasks) else {}
    records: dict[str, TaskRecord] = {}
    for task in graph.tasks:
        for name in (task.id, *elements.get(task.id, ())):
            commit = layout.read_struct(store, layout.commit_key(uid, run, name), TaskCommit)
            if commit is not None:
                records[name] = commit.record
            elif tried.get(name):
                records[name] = _attempted(store, started, task, name, tried[name][-1])
            else:
                records[name] = untried(started, task, records)
    return tuple(records.values())


def _elements(store: Store, uid: str, run: str, tried: Mapping[str, object]) -> dict[str, list[str]]:
    """Mapped task to the tasks of its elements that have begun or ended, in order."""
    prefix = layout.commits_prefix(uid, run)
    committed = (layout.name_of(key[len(prefix) :]) for key in store.list(prefix))
    found: dict[str, dict[int, str]] = {}
    for name in (*tried, *committed):
        element = element_of(name)
        if element is not None:
            found.setdefault(element[0], {})[element[1]] = name
    return {task: [names[place] for place in sorted(names)] for task, names in found.items()}


def untried(started: RunStarted, task: TaskSpec, upstream: Mapping[str, TaskRecord]) -> TaskRecord:
    """A task with no attempt: waiting, or skipped or cancelled because of one that it reads from."""
    graph = started.request.deployment.graph
    op = graph.ops[task.op]
    record = TaskRecord(task=task.id, op=op.name, kind=op.kind, status="waiting", severity=op.severity)
    because = next((name for name in task.upstream if name in upstream and upstream[name].ended_badly), None)
    if because is None:
        return record
    if upstream[because].status == "cancelled":
        return msgspec.structs.replace(record, status="cancelled")
    return msgspec.structs.replace(
        record, status="skipped", reason=f"skipped because of {label_of(graph.labels(), because)}"
    )


def _attempted(store: Store, started: RunStarted, task: TaskSpec, name: str, attempt: int) -> TaskRecord:
    request = started.request
    op = request.deployment.graph.ops[task.op]
    record = TaskRecord(
        task=name, op=op.name, kind=op.kind, status="running", severity=op.severity, attempts=attempt
    )
    for event in read_attempt(store, request.deployment.uid, request.run, name, attempt):
        if isinstance(event, AttemptStarted):
            record = msgspec.structs.replace(record, started_at=event.at, host=event.host)
        elif isinstance(event, AttemptEnded):
            # A failure that counts is committed: this one is followed by another attempt.
            status = "waiting" if event.status == "failed" else event.status
            record = msgspec.structs.replace(record, status=status, error=event.error, ended_at=event.at)
    return record


def read_logs(store: Store, uid: str, run: str, task: str | None = None) -> dict[str, tuple[LogLine, ...]]:
    """Lines by task, attempt after attempt, as far as they are written; of a mapped task, its elements' too."""
    found = attempts(store, uid, run)
    wanted = found
    if task is not None:
        elements = {name: element for name in found if (element := element_of(name)) is not None}
        wanted = {task: found.get(task, [])} | {
            name: found[name]
            for name, (of, _) in sorted(elements.items(), key=lambda item: item[1])
            if of == task
        }
    return {
        name: tuple(
            line
            for attempt in numbers
            for line in _lines(name, attempt, read_attempt(store, uid, run, name, attempt))
        )
        for name, numbers in wanted.items()
    }


def _lines(task: str, attempt: int, events: Iterable[object]) -> list[LogLine]:
    """Events into whole lines, in the order in which each line began to be written."""
    lines: list[LogLine] = []
    open_lines: dict[str, int] = {}
    for event in events:
        if not isinstance(event, LogWritten):
            continue
        for part in event.text.splitlines(keepends=True):
            ends = part.endswith(("\n", "\r"))
            text = part.rstrip("\r\n")
            at = open_lines.pop(event.stream, None)
            if at is None:
                at = len(lines)
                lines.append(LogLine(task, attempt, event.stream, text, event.at))
            else:
                lines[at] = msgspec.structs.replace(lines[at], text=lines[at].text + text)
            if not ends:
                open_lines[event.stream] = at
    return lines


def is_alive(store: Store, started: RunStarted) -> bool:
    """Whether somebody carries the run on: its process on this host, or a recent sign of life from another."""
    if started.pid and started.host == socket.gethostname():
        return _process_alive(started.pid, started.at)
    uid, run = started.request.deployment.uid, started.request.run
    return clock.seconds_since(last_sign(store, uid, run, started.at)) < LOST_AFTER_S


def _process_alive(pid: int, started_at: str) -> bool:
    if pid == os.getpid():
        return True
    import psutil

    try:
        process = psutil.Process(pid)
        # A process that began after the run has only been given the same number.
        began: float = process.create_time()
        return process.status() != psutil.STATUS_ZOMBIE and began <= clock.parse(started_at).timestamp() + 1
    except psutil.NoSuchProcess:
        return False
    except psutil.AccessDenied:
        return True


def last_sign(store: Store, uid: str, run: str, started_at: str) -> str:
    """When a run was last heard of: its coordinator or one of its attempts."""
    last = started_at
    for key in store.list(layout.beats_prefix(uid, run)):
        data = store.get(key)
        last = max(last, data.decode() if data else "")
    for task, numbers in attempts(store, uid, run).items():
        for event in read_attempt(store, uid, run, task, numbers[-1]) if numbers else ():
            last = max(last, event.at)
    return last
