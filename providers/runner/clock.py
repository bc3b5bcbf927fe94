"""Wall-clock times of the record: RFC 3339, UTC. For display and order within one host, never for safety."""

import datetime as dt


def now() -> str:
    """The present time, to the microsecond."""
    return stamp(dt.datetime.now(dt.UTC))


def stamp(time: dt.datetime) -> str:
    return time.astimezone(dt.UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def parse(text: str) -> dt.datetime:
    """The time of an RFC 3339 text; raises ValueError."""
    return dt.datetime.fromisoformat(text)


def seconds_since(text: str) -> float:
    """Seconds from then to now."""
    return (dt.datetime.now(dt.UTC) - parse(text)).total_seconds()
