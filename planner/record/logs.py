"""What a run's tasks printed, from the streams in its store: works without the engine that ran them."""

from collections.abc import Iterator

import msgspec

from unknot.planner.record.opening import Record
from unknot.planner.record.runs import NoSuchRecord, find_run
from unknot.stacks.errors import UnknotError
from unknot.stacks.graph import element_of, task_labels
from unknot.stacks.run import LogWritten
from unknot.state.index import RunEntry
from unknot.state.index.streams import RunKeys, log_of, run_in
from unknot.state.stores.base import StoreError


class LogEntry(msgspec.Struct, frozen=True):
    """A line that a task printed."""

    task: str
    attempt: int
    stream: str
    text: str
    at: str
    label: str = ""
    """What people call the task."""


def logs(record: Record, which: str, task: str | None = None) -> Iterator[LogEntry]:
    """Lines of a run, task by task in the order of the workflow, attempt by attempt.

    `task` is a task's id, or the name of its op. Raises NoSuchRecord, and UnknotError when the store cannot be
    read.
    """
    found = find_run(record, which)
    names = _names(record, found, task)
    labels = task_labels((entry.task, entry.op) for entry in record.index.tasks(found))
    try:
        where, keys = _streams(record, found)
        if keys is None:
            raise NoSuchRecord(
                f"the streams of the run `{found.run}` are gone",
                detail=f"They were in `{found.store or 'a store that is not recorded'}`. What the ledger and the "
                "index know of the run is shown by `unknot runs`.",
            )
        for name in names:
            for line in _lines(log_of(record.stores(where), keys, name)):
                yield msgspec.structs.replace(line, label=labels.get(name, name))
    except StoreError as error:
        raise UnknotError(f"`{found.store}` cannot be read: {error.summary}", detail=error.detail) from error


def _streams(record: Record, run: RunEntry) -> tuple[str, RunKeys | None]:
    """The store that has the run's streams, and what it has: where it ran, or where the workflow has moved since.

    Raises StoreError when none has them and one could not be asked.
    """
    problem: StoreError | None = None
    for url in dict.fromkeys((run.store, *record.index.places(run.uid))):
        if not url:
            continue
        try:
            keys = run_in(record.stores(url), run.uid, run.run)
        except StoreError as error:
            problem = problem or error
            continue
        if keys is not None:
            return url, keys
    if problem is not None:
        raise problem
    return run.store, None


def _names(record: Record, run: RunEntry, task: str | None) -> list[str]:
    tasks = record.index.tasks(run)
    if task is None:
        return [entry.task for entry in tasks]
    labels = task_labels((entry.task, entry.op) for entry in tasks)
    chosen = [e.task for e in tasks if task in (e.task, labels[e.task])]
    chosen = chosen or [e.task for e in tasks if task == e.op]
    chosen = chosen or [e.task for e in tasks if e.task.startswith(task)]
    # Of a mapped task, what its elements' tasks printed.
    of = {e.task: element[0] for e in tasks if (element := element_of(e.task)) is not None}
    chosen = [e.task for e in tasks if e.task in chosen or of.get(e.task) in chosen]
    if not chosen:
        raise NoSuchRecord(
            f"the run `{run.run}` has no task `{task}`",
            detail=f"Its tasks: {', '.join(labels.values()) or 'none'}.",
        )
    return chosen


def _lines(written: Iterator[tuple[str, int, LogWritten]]) -> Iterator[LogEntry]:
    """Texts as whole lines, in the order in which each line was begun; a line may come in pieces."""
    lines: list[LogEntry] = []
    open_lines: dict[str, int] = {}
    last = ("", 0)
    for task, attempt, event in written:
        if (task, attempt) != last:
            yield from lines
            lines, open_lines, last = [], {}, (task, attempt)
        for part in event.text.splitlines(keepends=True):
            text = part.rstrip("\r\n")
            at = open_lines.pop(event.stream, None)
            if at is None:
                at = len(lines)
                lines.append(LogEntry(task, attempt, event.stream, text, event.at))
            else:
                lines[at] = msgspec.structs.replace(lines[at], text=lines[at].text + text)
            if not part.endswith(("\n", "\r")):
                open_lines[event.stream] = at
    yield from lines
