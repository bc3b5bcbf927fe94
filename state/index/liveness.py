"""Whether a run that has no seal is running or lost (rule R1): the one rule, for the index and the engines.

Pure but for the question whether a process of this host lives; reads no store.
"""

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Literal

from unknot.stacks.run import AttemptEnded, AttemptStarted, RunStarted, TaskEvent

HEARTBEAT_LIMIT_S = 120.0
"""Seconds without a sign of life after which a run is lost. Runners write one every few seconds; the rest is
for stores that fail for a while and for clocks of hosts that differ."""

REUSE_MARGIN_S = 2.0
"""A process that began this much later than its pid was recorded is another one."""


def run_status_from(
    started: RunStarted | None,
    attempts: Iterable[Iterable[TaskEvent]],
    now: dt.datetime,
    host: str,
    *,
    beats: Iterable[str] = (),
    limit_s: float = HEARTBEAT_LIMIT_S,
    alive: Callable[[int, dt.datetime], bool] | None = None,
) -> Literal["running", "lost"]:
    """What an unsealed run is, from its streams (one of events for each attempt) and its own signs of life.

    Lost: no sign of life for `limit_s`, or every process that it named ran on `host` and is gone.
    """
    signs = [*beats]
    processes: list[tuple[str, int, str]] = []
    if started is not None:
        signs.append(started.at)
        processes.append((started.host, started.pid, started.at))
    for events in attempts:
        opened: AttemptStarted | None = None
        for event in events:
            signs.append(event.at)
            if isinstance(event, AttemptStarted):
                opened = event
            elif isinstance(event, AttemptEnded):
                opened = None
        if opened is not None:
            processes.append((opened.host, opened.pid, opened.at))
    last = last_sign(signs)
    if last is None or (now - last).total_seconds() > limit_s:
        return "lost"
    is_alive = alive or process_lives
    if processes and all(where == host for where, _, _ in processes):
        since = [(pid, moment(at) or now) for _, pid, at in processes]
        if not any(is_alive(pid, at) for pid, at in since):
            return "lost"
    return "running"


def process_lives(pid: int, since: dt.datetime) -> bool:
    """Whether the process that had `pid` at `since` still runs on this host."""
    import psutil

    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE:
            return False
        return bool(process.create_time() <= since.timestamp() + REUSE_MARGIN_S)
    except psutil.NoSuchProcess:
        return False
    except psutil.Error:
        return True  # it is there, and not ours to look at


def last_sign(times: Iterable[str]) -> dt.datetime | None:
    """The latest of times as they are in streams; texts that are no times are passed by."""
    return max((found for text in times if (found := moment(text)) is not None), default=None)


def moment(text: str) -> dt.datetime | None:
    """The time of an RFC 3339 text, UTC unless it says otherwise; None for a text that is no time."""
    try:
        found = dt.datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo is not None else found.replace(tzinfo=dt.UTC)
