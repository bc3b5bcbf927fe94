"""The record for people: tables of what runs, runs in full, owners. Plain, aligned, coloured only when asked."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Final

from unknot.planner.record.ledgers import LedgerEntry
from unknot.planner.record.logs import LogEntry
from unknot.planner.record.owners import OwnerRow
from unknot.planner.record.running import PsRow
from unknot.planner.record.runs import RunDetail
from unknot.planner.record.table import table
from unknot.planner.record.times import ago_text, duration_text, minute_text, seconds_between
from unknot.planner.render.style import Style, clean, count
from unknot.stacks.graph import task_labels
from unknot.stacks.run import RunManifest, TaskRecord
from unknot.state.index import AttemptEntry, RunEntry, TaskEntry

TONES: Final = {
    "succeeded": "green",
    "deployed": "green",
    "running": "cyan",
    "failed": "red",
    "lost": "red",
    "cancelled": "yellow",
    "never run": "yellow",
    "not deployed": "yellow",
    "unknown": "yellow",
    "superseded": "dim",
    "skipped": "yellow",
    "reused": "dim",
}


def ps_text(
    rows: Sequence[PsRow],
    *,
    now: dt.datetime | None = None,
    color: bool = False,
    width: int | None = None,
    ledgers: Sequence[LedgerEntry] | None = None,
    looked_at: str | None = None,
) -> str:
    """The table of `ps`, and below it a line for each thing that is not as it should be.

    With `ledgers`, of many of them: each row names its own, and those that cannot be read say why. `looked_at` is when
    drift was looked for, empty for never; nothing is said of it where it is left out.
    """
    if not rows:
        nothing = "Nothing is deployed. `unknot apply` deploys what the stack wants.\n"
        return nothing if ledgers is None else "There is no ledger in the backend.\n"
    style = Style(color)
    time = now or dt.datetime.now(dt.UTC)
    heads = ("WHAT", "DID IT WORK", "WHEN", "TOOK", "WHERE", "WHO", "SHOULD", "NEXT DUE", "WAS BEFORE")
    lines = table(
        heads,
        [
            (
                row.address if ledgers is None else _whole_name(row),
                _outcome(row),
                ago_text(row.ended_at or row.started_at, time),
                duration_text(row.duration_s),
                row.target if row.engine in ("", row.target) else f"{row.target} ({row.engine})",
                row.owner,
                ", ".join(what.replace("-", " ") for what in row.should),
                _due(row, time),
                ", ".join(_stay(stay.target, stay.address, row) for stay in row.before),
            )
            for row in rows
        ],
        style=style,
        width=width,
        tones=[TONES.get(row.status, "") for row in rows],
    )
    notes = [(row.address if ledgers is None else _whole_name(row), why) for row in rows for why in row.why]
    notes += unread(ledgers or ())
    if notes:
        lines += ["", *(f"{style(clean(address), 'bold')}: {clean(why)}" for address, why in notes)]
    if looked_at is not None:
        said = (
            f"looked for {ago_text(looked_at, time)}" if looked_at else "not looked for from this machine yet"
        )
        lines += ["", style(f"Drift: {said}. `unknot plan` looks.", "dim")]
    return "\n".join(lines) + "\n"


def runs_text(
    runs: Sequence[RunEntry], *, now: dt.datetime | None = None, color: bool = False, width: int | None = None
) -> str:
    """The table of `runs`."""
    if not runs:
        return "Nothing has run yet.\n"
    time = now or dt.datetime.now(dt.UTC)
    lines = table(
        ("RUN", "STATUS", "WORKFLOW", "STARTED (UTC)", "TOOK", "WHERE", "BY", "FAILED"),
        [
            (
                run.run,
                run.status,
                run.address,
                minute_text(run.started_at),
                duration_text(_took(run, time)),
                run.target,
                run.triggered_by,
                f"{run.failed_kind} {run.failed}" if run.failed else "",
            )
            for run in runs
        ],
        style=Style(color),
        width=width,
        tones=[TONES.get(run.status, "") for run in runs],
    )
    return "\n".join(lines) + "\n"


def run_text(manifest: RunManifest, *, color: bool = False, width: int | None = None) -> str:
    """A run that is over, from its manifest: tasks, metrics, checks, what failed and whom to ask."""
    style = Style(color)
    tasks = manifest.tasks
    took = seconds_between(manifest.started_at, manifest.ended_at)
    lines = [
        _headline(manifest.address, manifest.run, manifest.status, took, manifest.target, style),
        "",
        *_tasks_table([_entry(task) for task in tasks], {}, style, width),
    ]
    labels = task_labels((t.task, t.op) for t in tasks)
    metrics = [(labels[task.task], f"{task.metric:.6g}") for task in tasks if task.metric is not None]
    checks = [(labels[task.task], task.passed, task.severity) for task in tasks if task.passed is not None]
    lines += _measures(metrics, checks, style)
    if manifest.withheld and manifest.status == "succeeded":
        lines += ["", f"Not published: {clean(manifest.withheld)}. `--publish` publishes all the same."]
    outputs = [(name, ref.hash, ref.rows, ref.size_bytes) for name, ref in manifest.published.items()]
    lines += _artifacts("Published", outputs, style)
    lines += _problems([(labels[t.task], t.error) for t in tasks if t.error], style)
    if manifest.status not in ("succeeded", "superseded"):
        lines += ["", f"Ask {clean(manifest.owner)}." if manifest.owner else "Nobody is named as its owner."]
    return "\n".join(lines) + "\n"


def detail_text(detail: RunDetail, *, color: bool = False, width: int | None = None) -> str:
    """A run in full, as the index has it."""
    style = Style(color)
    run = detail.run
    lines = [_headline(run.address, run.run, run.status, detail.duration_s, run.target, style)]
    facts = {
        "owner": run.owner,
        "started": minute_text(run.started_at),
        "scheduled for": minute_text(run.scheduled_time),
        "by": run.triggered_by,
        "again after": run.retry_of,
        "from task": run.from_task,
        "host": run.host,
        "generation": str(run.generation or ""),
        "fingerprint": run.fingerprint[:12],
        "ran as": run.ran_as if run.ran_as != run.address else "",
        "not published": run.withheld,
    }
    lines += [f"  {name:<13} {clean(text)}" for name, text in facts.items() if text]
    lines += [f"  {name} = {clean(str(value))}" for name, value in detail.parameters.items()]
    attempts: dict[str, list[AttemptEntry]] = {}
    for attempt in detail.attempts:
        attempts.setdefault(attempt.task, []).append(attempt)
    lines += ["", *_tasks_table(detail.tasks, attempts, style, width)]
    labels = task_labels((t.task, t.op) for t in detail.tasks)
    metrics = [
        (labels.get(m.task, m.name), "not a number" if m.value is None else f"{m.value:.6g}")
        for m in detail.metrics
    ]
    checks = [(labels.get(c.task, c.name), c.passed, c.severity) for c in detail.checks]
    lines += _measures(metrics, checks, style)
    made = [
        (
            ".".join([labels.get(p.task, p.task), *([p.output] if p.output != "value" else [])]),
            p.artifact.hash,
            p.artifact.rows,
            p.artifact.size_bytes,
        )
        for p in detail.artifacts
    ]
    lines += _artifacts("Artifacts", made, style)
    lines += _problems([(labels[t.task], t.error) for t in detail.tasks if t.error], style)
    return "\n".join(lines) + "\n"


def owners_text(
    rows: Sequence[OwnerRow],
    *,
    now: dt.datetime | None = None,
    color: bool = False,
    width: int | None = None,
    ledgers: Sequence[LedgerEntry] = (),
) -> str:
    """The table of `owners`, and below it the ledgers that cannot be read."""
    if not rows:
        return "Nothing is recorded yet.\n"
    time = now or dt.datetime.now(dt.UTC)
    lines = table(
        ("OWNER", "FAILING", "UNKNOWN", "OWNS", "LAST FAILURE", "WHEN"),
        [
            (
                row.owner or "(nobody)",
                ", ".join(row.failing),
                ", ".join(row.unknown),
                ", ".join(row.owns),
                row.last_failure_of,
                ago_text(row.last_failure_at, time),
            )
            for row in rows
        ],
        style=Style(color),
        width=width,
        tones=["red" if row.failing else "" for row in rows],
    )
    notes = [f"{clean(name)}: {clean(said)}" for name, said in unread(ledgers)]
    return "\n".join([*lines, *([""] if notes else []), *notes]) + "\n"


def logs_text(lines: Iterable[LogEntry], *, color: bool = False) -> Iterable[str]:
    """Lines of logs, each with its task, for one after the other to be written."""
    style = Style(color)
    for line in lines:
        attempt = f"#{line.attempt}" if line.attempt > 1 else ""
        yield f"{style(f'{clean(line.label)}{attempt} |', 'dim')} {clean(line.text.expandtabs(4))}\n"


def unread(ledgers: Sequence[LedgerEntry]) -> list[tuple[str, str]]:
    """Of each ledger that could not be read: its name, and what is to be said of it."""
    return [
        (entry.name, f"{_unknown(entry.unknown_since)}: {entry.why}")
        for entry in ledgers
        if entry.status == "unknown"
    ]


def _unknown(since: str) -> str:
    return f"unknown since {minute_text(since)} UTC" if since else "unknown, never seen"


def _whole_name(row: PsRow) -> str:
    ledger = f"{row.stack}/{row.environment}"
    return f"{ledger}:{row.address}" if row.address else ledger


def _outcome(row: PsRow) -> str:
    if row.status == "unknown":
        return _unknown(row.unknown_since)
    text = row.status
    if row.failed:
        text += f": {row.failed_kind} {row.failed}"
    if row.warnings:
        text += f" ({count(len(row.warnings), 'warning')}: {', '.join(row.warnings)})"
    if row.withheld:
        text += f" ({'not published: ' if row.status == 'succeeded' else ''}{row.withheld})"
    return text


def _due(row: PsRow, now: dt.datetime) -> str:
    if not row.schedule:
        return ""
    return f"{ago_text(row.next_due, now)} ({row.schedule})" if row.next_due else row.schedule


def _stay(target: str, address: str, row: PsRow) -> str:
    return target if address == row.address else f"{address} on {target}"


def _took(run: RunEntry, now: dt.datetime) -> float | None:
    end = now.isoformat() if run.status == "running" else run.ended_at or run.last_sign
    return seconds_between(run.started_at, end)


def _headline(address: str, run: str, status: str, took: float | None, target: str, style: Style) -> str:
    time = f" in {duration_text(took)}" if took is not None else ""
    tone = TONES.get(status, "")
    shown = style(status, "bold", tone) if tone else style(status, "bold")
    return f"{style(clean(address), 'bold')}  {shown}{time}  on {clean(target)}  run {clean(run)}"


def _entry(task: TaskRecord) -> TaskEntry:
    return TaskEntry(
        task.task, task.op, task.kind, task.status, task.attempts, task.started_at, task.ended_at, task.reason,
        task.error, task.fingerprint, task.host,
    )  # fmt: skip


def _tasks_table(
    tasks: Sequence[TaskEntry], attempts: dict[str, list[AttemptEntry]], style: Style, width: int | None
) -> list[str]:
    if not tasks:
        return ["Its tasks are not known: its streams are gone."]

    def peak(task: str) -> str:
        most = max((attempt.memory_bytes for attempt in attempts.get(task, ())), default=0)
        return _size(most) if most else ""

    labels = task_labels((task.task, task.op) for task in tasks)
    return table(
        ("TASK", "STATUS", "KIND", "TOOK", "ATTEMPTS", "MEMORY", "WHY"),
        [
            (
                labels[task.task],
                task.status,
                task.kind,
                ""
                if task.status == "reused"
                else duration_text(seconds_between(task.started_at, task.ended_at)),
                str(task.attempts) if task.attempts > 1 else "",
                peak(task.task),
                task.reason,
            )
            for task in tasks
        ],
        style=style,
        width=width,
        tones=[TONES.get(task.status, "") for task in tasks],
        right=frozenset({3, 4, 5}),
    )


def _measures(
    metrics: Sequence[tuple[str, str]], checks: Sequence[tuple[str, bool | None, str]], style: Style
) -> list[str]:
    lines: list[str] = []
    if metrics:
        lines += ["", style("Metrics", "bold"), *(f"  {clean(name)} = {value}" for name, value in metrics)]
    if checks:
        lines += ["", style("Checks", "bold")]
        for name, passed, severity in checks:
            tone = "green" if passed else "red" if severity == "error" else "yellow"
            word = "passed" if passed else "failed" if severity == "error" else "failed (warning)"
            lines.append(f"  {clean(name)}: {style(word, tone)}")
    return lines


def _artifacts(heading: str, found: Sequence[tuple[str, str, int | None, int]], style: Style) -> list[str]:
    if not found:
        return []
    rows = [
        (name, digest[:12], "" if rows is None else f"{rows:,} rows", _size(size))
        for name, digest, rows, size in found
    ]
    lines = table(("NAME", "HASH", "ROWS", "SIZE"), rows, style=style, right=frozenset({2, 3}))
    return ["", style(heading, "bold"), *(f"  {line}" for line in lines[1:])]


def _problems(errors: Sequence[tuple[str, str]], style: Style) -> list[str]:
    if not errors:
        return []
    return ["", style("Errors", "bold"), *(f"  {clean(task)}: {clean(error)}" for task, error in errors)]


def _size(number: int) -> str:
    """`512 B`, `3.4 MiB`."""
    amount = float(number)
    for unit in ("B", "KiB", "MiB", "GiB"):
        if amount < 1024:
            return f"{amount:.0f} {unit}" if unit == "B" else f"{amount:.1f} {unit}"
        amount /= 1024
    return f"{amount:.1f} TiB"
