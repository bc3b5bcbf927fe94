"""The times of a schedule: computed by APScheduler's cron trigger, for backfills, `serve` and what `ps` shows as due."""

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from unknot.stacks.errors import MissingExtra, UnknotError


class NoSchedule(UnknotError):
    """A workflow has no schedule of times."""


def times(schedule: Mapping[str, Any], start: dt.datetime, end: dt.datetime) -> Iterator[dt.datetime]:
    """Every scheduled time from `start` to `end`, both included, in UTC. Raises NoSchedule, MissingExtra."""
    trigger = trigger_of(schedule)
    previous: dt.datetime | None = None
    # The trigger gives times later than `now`, or equal to it when there was no previous one.
    now = start
    while True:
        found: dt.datetime | None = trigger.get_next_fire_time(previous, now)
        if found is None or found > end:
            return
        yield found.astimezone(dt.UTC)
        previous = found
        now = found + dt.timedelta(microseconds=1)


def next_time(schedule: Mapping[str, Any], after: dt.datetime) -> dt.datetime | None:
    """The first scheduled time later than `after`, in UTC."""
    found: dt.datetime | None = trigger_of(schedule).get_next_fire_time(
        None, after + dt.timedelta(microseconds=1)
    )
    return None if found is None else found.astimezone(dt.UTC)


def require_scheduler() -> None:
    """Raises MissingExtra where times cannot be computed."""
    trigger_of({"cron": "* * * * *"})


def trigger_of(schedule: Mapping[str, Any]) -> Any:
    """The cron trigger of a deployment's schedule (crontab(5): 0 and 7 are Sunday)."""
    if "cron" not in schedule:
        raise NoSchedule("it runs after another workflow, at no times of its own")
    try:
        from apscheduler.triggers.combining import OrTrigger
        from apscheduler.triggers.cron import CronTrigger
    except ImportError as missing:
        raise MissingExtra("apscheduler", extra="serve", needed_for="the times of a schedule") from missing
    minute, hour, day, month, weekday = str(schedule["cron"]).split()

    def cron(day: str, weekday: str) -> Any:
        return CronTrigger(
            minute=minute,
            hour=hour,
            day=day,
            month=month.lower(),
            day_of_week=_weekdays(weekday),
            timezone=schedule.get("tz", "UTC"),
        )

    if day.startswith("*") or weekday.startswith("*"):
        return cron(day, weekday)
    # crontab(5): with both fields restricted, a day that matches either one counts.
    return OrTrigger([cron(day, "*"), cron("*", weekday)])


def _weekdays(field: str) -> str:
    """APScheduler counts weekdays from Monday, crontab(5) from Sunday: names mean the same in both."""
    names = ("sun", "mon", "tue", "wed", "thu", "fri", "sat", "sun")
    parts = []
    for part in field.lower().split(","):
        body, slash, step = part.partition("/")
        first, dash, last = body.partition("-")
        days = [names[int(d)] if d.isdigit() else d for d in (first, last) if d]
        if dash and days[0] == "sun" and days[1] != "sun":  # in APScheduler a week ends with Sunday
            parts.extend(["sun", f"mon-{days[1]}{slash}{step}"])
        else:
            parts.append("-".join(days) + slash + step)
    return ",".join(parts)
