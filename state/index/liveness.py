"""Whether a run that has no seal is running or lost (rule R1): the one rule, for the index and the engines.

Pure but for the question whether a process of this host lives; reads no store.
"""

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Literal

from unknot.stacks.run import RunStarted, TaskEvent

HEARTBEAT_LIMIT_S = 60.0
"""Seconds without a sign of life after which a run on another host is lost: twelve heartbeats of a runner."""

REUSE_MARGIN_S = 1.0
"""A process that began this much later than its pid was recorded is another one."""


def run_status_from(
    started: RunStarted,
    events: Iterable[TaskEvent],
    now: dt.datetime,
    host: str,
    *,
    beats: Iterable[str] = (),
    limit_s: float = HEARTBEAT_LIMIT_S,
    alive: Callable[[int, dt.datetime], bool] | None = None,
) -> Literal["running", "lost"]:
    """What an unsealed run is, from the events of all its attempts and its coordinator's own signs of life.

    On the host of its coordinator that process decides; elsewhere, whether there was a sign within `limit_s`.
    """
    began = moment(started.at)
    if started.pid and started.host == host and began is not None:
        return "running" if (alive or process_lives)(started.pid, began) else "lost"
    last = last_sign((started.at, *beats, *(event.at for event in events)))
    if last is None or (now - last).total_seconds() > limit_s:
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
