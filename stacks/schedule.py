"""When a deployed workflow runs: at the times of a cron expression, or after another workflow.

Says when, and computes no times: engines and `unknot serve` do, each with its own scheduler.
"""

import dataclasses
import re
import zoneinfo
from collections.abc import Iterator
from typing import Any, Literal, Protocol, TypeAlias

from unknot.stacks.address import Address
from unknot.stacks.diagnostic import Diagnostic, SourceLocation
from unknot.stacks.workflow.source import user_location

Overlap: TypeAlias = Literal["skip", "queue", "allow"]
"""What happens when a run is due and the one before is not over."""

_FIELDS: tuple[tuple[str, int, int, tuple[str, ...]], ...] = (
    ("minute", 0, 59, ()),
    ("hour", 0, 23, ()),
    ("day of month", 1, 31, ()),
    (
        "month",
        1,
        12,
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"),
    ),
    ("day of week", 0, 7, ("sun", "mon", "tue", "wed", "thu", "fri", "sat")),
)
"""The five fields of crontab(5); names count from the field's lowest number; 7 is Sunday too."""

_PART = re.compile(r"(?P<first>\*|\w+)(?:-(?P<last>\w+))?(?:/(?P<step>\d+))?")


class Deployed(Protocol):
    """What a schedule may follow: a deployment in the same stack."""

    @property
    def address(self) -> Address: ...


@dataclasses.dataclass(frozen=True)
class Cron:
    """Run at the times of a crontab(5) expression of five fields, in the time zone `tz`.

    `Cron(None)` is no schedule, so that an environment can leave it out. `catch_up` also runs the times that
    passed while no scheduler was up. Problems are gathered by `problems`, nothing is raised.
    """

    expression: str | None
    tz: str = "UTC"
    """IANA name."""
    catch_up: bool = False
    overlap: Overlap = "skip"
    source: SourceLocation | None = dataclasses.field(
        default_factory=user_location, compare=False, repr=False, kw_only=True
    )

    @property
    def is_off(self) -> bool:
        return self.expression is None

    def problems(self) -> Iterator[Diagnostic]:
        """What keeps this from being a schedule."""
        if self.expression is not None:
            for summary, detail in expression_problems(self.expression):
                yield Diagnostic.error(summary, detail=detail, source=self.source)
        try:
            zoneinfo.ZoneInfo(self.tz)
        except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
            yield Diagnostic.error(
                f"`{self.tz}` is not a time zone",
                detail="Give an IANA name, such as `UTC`, `Europe/Zurich` or `America/New_York`.",
                source=self.source,
            )
        if self.overlap not in ("skip", "queue", "allow"):
            yield Diagnostic.error(
                f"`overlap={self.overlap!r}` is not known",
                detail='Write `"skip"`, `"queue"` or `"allow"`.',
                source=self.source,
            )

    def to_json(self) -> dict[str, Any] | None:
        """The schedule of a `Deployment`; None when it is off."""
        if self.expression is None:
            return None
        return {
            "cron": " ".join(self.expression.split()),
            "tz": self.tz,
            "catch_up": self.catch_up,
            "overlap": self.overlap,
        }


@dataclasses.dataclass(frozen=True)
class After:
    """Run when a run of another workflow has succeeded and passed its checks."""

    deployment: Deployed

    @property
    def address(self) -> Address:
        return self.deployment.address

    def problems(self) -> Iterator[Diagnostic]:
        """None: whether the address is in the stack is the stack's to check."""
        return iter(())

    def to_json(self) -> dict[str, Any] | None:
        """`{"after": address}`; the deployment of it names the uid."""
        return {"after": self.address}


Schedule: TypeAlias = Cron | After


def expression_problems(expression: str) -> Iterator[tuple[str, str]]:
    """What is wrong with a cron expression and what to write, field by field."""
    fields = expression.split()
    if len(fields) != len(_FIELDS):
        yield (
            f"cron expression `{expression}` has {len(fields)} fields, not 5",
            "Write minute, hour, day of month, month, day of week: `0 3 * * *` is 03:00 every day.",
        )
        return
    for text, (name, lowest, highest, names) in zip(fields, _FIELDS, strict=True):
        for part in text.split(","):
            problem = _part_problem(part, lowest, highest, names)
            if problem:
                allowed = f"{lowest}-{highest}" + (f" or {names[0]}-{names[-1]}" if names else "")
                detail = (
                    f"In `{expression}`: {problem}. Write `*`, a number of {allowed}, a range `a-b`, "
                    "with a step `*/n` or `a-b/n`, or several with commas."
                )
                yield f"`{part}` cannot be the {name} of a cron expression", detail


def _part_problem(part: str, lowest: int, highest: int, names: tuple[str, ...]) -> str | None:
    match = _PART.fullmatch(part)
    if match is None:
        return "it is not written like a field"
    first, last, step = match["first"], match["last"], match["step"]
    if step is not None and int(step) == 0:
        return "a step of 0 never advances"
    if first == "*":
        return "a range cannot begin with `*`" if last is not None else None
    numbers = [_number(word, lowest, names) for word in (first, last) if word is not None]
    for word, number in zip((first, last), numbers, strict=False):
        if number is None or not lowest <= number <= highest:
            return f"`{word}` is out of range"
    if step is not None and last is None:
        return "a step needs `*` or a range before it"
    begin, end = numbers[0], numbers[-1]
    return "the range runs backwards" if begin is not None and end is not None and begin > end else None


def _number(word: str, lowest: int, names: tuple[str, ...]) -> int | None:
    if word.isdecimal() and word.isascii():
        return int(word)
    return lowest + names.index(word.lower()) if word.lower() in names else None
