"""Times of the record as people say them. Pure functions of RFC 3339 texts."""

import datetime as dt

from unknot.state.index.liveness import moment


def seconds_between(start: str, end: str) -> float | None:
    """Seconds from one time to another; None when one of them is not known."""
    begun, over = moment(start), moment(end)
    return None if begun is None or over is None else max((over - begun).total_seconds(), 0.0)


def duration_text(seconds: float | None) -> str:
    """`0.4 s`, `12 s`, `3 min 05 s`, `2 h 10 min`, `3 d 4 h`."""
    if seconds is None:
        return ""
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    minutes = whole // 60
    if minutes < 24 * 60:
        return f"{minutes // 60} h {minutes % 60:02d} min"
    return f"{minutes // 1440} d {minutes % 1440 // 60} h"


def ago_text(time: str, now: dt.datetime) -> str:
    """`just now`, `5 min ago`, `in 2 h`; after two weeks the day. Empty for no time."""
    then = moment(time)
    if then is None:
        return ""
    seconds = (now - then).total_seconds()
    if abs(seconds) < 45:
        return "just now" if seconds >= 0 else "now"
    if abs(seconds) > 14 * 86400:
        return f"{then.astimezone(dt.UTC):%Y-%m-%d}"
    for unit, size in (("min", 60), ("h", 3600), ("d", 86400)):
        number = round(abs(seconds) / size)
        if number < {"min": 60, "h": 36, "d": 1000}[unit]:
            return f"{number} {unit} ago" if seconds > 0 else f"in {number} {unit}"
    raise AssertionError


def minute_text(time: str) -> str:
    """`2024-01-31 06:00` in UTC; empty for no time."""
    then = moment(time)
    return "" if then is None else f"{then.astimezone(dt.UTC):%Y-%m-%d %H:%M}"
