"""When something is to happen: EventBridge's expressions, and cron's five fields.

https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
"""

import datetime
import re
from collections.abc import Iterator
from typing import Any, Final

from unknot.providers.declared.problem import Problem

_RATE: Final = re.compile(r"rate\((\d+) (minute|minutes|hour|hours|day|days)\)")
_MONTHS: Final = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
_DAYS: Final = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]

_FIELDS: Final[tuple[tuple[str, int, int, list[str]], ...]] = (
    ("minutes", 0, 59, []),
    ("hours", 0, 23, []),
    ("day of the month", 1, 31, []),
    ("month", 1, 12, _MONTHS),
    ("day of the week", 1, 7, _DAYS),
    ("year", 1970, 2199, []),
)
_UNIX: Final = (*_FIELDS[:4], ("day of the week", 0, 7, _DAYS))


def rule(value: Any) -> Iterator[Problem]:
    """Of a rule: a rate or cron's six fields."""
    yield from _expression(str(value), at=False)


def scheduler(value: Any) -> Iterator[Problem]:
    """Of a schedule: also one moment."""
    yield from _expression(str(value), at=True)


def unix(value: Any) -> Iterator[Problem]:
    """Five fields, as cron itself has them."""
    fields = str(value).split()
    if len(fields) != 5:
        yield Problem("", f"cannot be `{str(value)[:60]}`", f"Cron has five fields, this has {len(fields)}: minutes, hours, day of the month, month, day of the week.")  # fmt: skip
        return
    for text, (name, low, high, names) in zip(fields, _UNIX, strict=True):
        yield from _field(text, name, low, high, names, marks="")


def _expression(text: str, *, at: bool) -> Iterator[Problem]:
    kind = text.partition("(")[0]
    if kind == "rate":
        yield from _rate(text)
    elif kind == "cron" and text.endswith(")"):
        yield from _cron(text[5:-1])
    elif kind == "at" and at:
        yield from _at(text)
    else:
        forms = "`rate(5 minutes)`, `cron(0 12 * * ? *)`" + (", `at(2026-11-25T12:00:00)`" if at else "")
        yield Problem("", f"cannot be `{text[:60]}`", f"It has one of the forms {forms}.")


def _rate(text: str) -> Iterator[Problem]:
    found = _RATE.fullmatch(text)
    if found is None or int(found[1]) == 0:
        yield Problem(
            "",
            f"cannot be `{text[:60]}`",
            "A rate is a number from 1 on and `minutes`, `hours` or `days`: `rate(5 minutes)`.",
        )
    elif (int(found[1]) == 1) == found[2].endswith("s"):
        right = f"rate({found[1]} {found[2].removesuffix('s')}{'' if int(found[1]) == 1 else 's'})"
        yield Problem("", f"cannot be `{text[:60]}`", f"One takes the singular, more the plural: `{right}`.")


def _at(text: str) -> Iterator[Problem]:
    moment = text.removeprefix("at(").removesuffix(")")
    try:
        datetime.datetime.strptime(moment, "%Y-%m-%dT%H:%M:%S")
        is_right = text.endswith(")")
    except ValueError:
        is_right = False
    if not is_right:
        yield Problem(
            "", f"cannot be `{text[:60]}`", "A moment is `at(yyyy-mm-ddThh:mm:ss)`, without a time zone."
        )


def _cron(text: str) -> Iterator[Problem]:
    fields = text.split()
    if len(fields) != 6:
        yield Problem("", f"cannot be `cron({text[:60]})`", f"It has six fields, this has {len(fields)}: minutes, hours, day of the month, month, day of the week, year.")  # fmt: skip
        return
    if (fields[2] == "?") == (fields[4] == "?"):
        yield Problem(
            "", f"cannot be `cron({text[:60]})`", "Of day of the month and day of the week, one is `?`."
        )
        return
    for text_, (name, low, high, names) in zip(fields, _FIELDS, strict=True):
        marks = "LW" if name == "day of the month" else "L#" if name == "day of the week" else ""
        yield from _field(text_, name, low, high, names, marks)


def _field(text: str, name: str, low: int, high: int, names: list[str], marks: str) -> Iterator[Problem]:
    for part in text.split(","):
        if not _is_part(part.upper(), low, high, names, marks):
            listed = f" or {', '.join(names)}" if names else ""
            yield Problem(
                "",
                f"has the {name} `{text[:30]}`",
                f"It is `*`, or {low} to {high}{listed}, with ranges `a-b`, steps `a/b` and lists `a,b`.",
            )
            return


def _is_part(part: str, low: int, high: int, names: list[str], marks: str) -> bool:
    if part == "?":
        return bool(marks)
    base, slash, step = part.partition("/")
    if slash and not (step.isdecimal() and int(step) > 0):
        return False
    if base == "*":
        return True
    if "#" in marks and "#" in base:
        base, _, count = base.partition("#")
        return _number(base, low, high, names) is not None and count in "12345" and len(count) == 1
    if "L" in marks and base.endswith("L"):
        base = base.removesuffix("L")
        return base == "" or _number(base, low, high, names) is not None
    if "W" in marks and base.endswith("W"):
        return base == "LW" or _number(base.removesuffix("W"), low, high, names) is not None
    first, dash, last = base.partition("-")
    start = _number(first, low, high, names)
    end = _number(last, low, high, names) if dash else start
    return start is not None and end is not None and (start <= end or bool(names))


def _number(text: str, low: int, high: int, names: list[str]) -> int | None:
    if text in names:
        return low + names.index(text)
    return int(text) if text.isdecimal() and low <= int(text) <= high else None
