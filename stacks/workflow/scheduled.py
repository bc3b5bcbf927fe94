"""The time a run is for, as a parameter of a workflow or an op."""

import datetime as dt
from typing import Final, Self


class ScheduledTime(dt.datetime):
    """The scheduled time of a run, or the time it was triggered; always in UTC.

    A datetime like any other inside an op. In a workflow's body it is not known: pass it on.
    """

    @classmethod
    def of(cls, time: dt.datetime) -> Self:
        """`time` as a scheduled time; a naive one counts as UTC."""
        aware = time.replace(tzinfo=dt.UTC) if time.tzinfo is None else time.astimezone(dt.UTC)
        return cls(
            aware.year,
            aware.month,
            aware.day,
            aware.hour,
            aware.minute,
            aware.second,
            aware.microsecond,
            dt.UTC,
        )


SCHEDULED: Final = ScheduledTime(1, 1, 1, tzinfo=dt.UTC)
"""Default of a parameter that is the run's time: `at: ScheduledTime = SCHEDULED`.

A default, so that `bind` and a direct call type-check without it. A direct call gets the present time instead.
"""


def now() -> ScheduledTime:
    return ScheduledTime.of(dt.datetime.now(dt.UTC))
