"""Look at a source before it is copied: how much there is, and what the target will not take.

Reads listings only, one object at a time: a million keys need no more memory than a thousand.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import msgspec

from unknot.providers.copying.pace import Pace
from unknot.providers.objects.base import ObjectInfo, Place
from unknot.providers.objects.failures import PlaceDenied, PlaceError, PlaceMissing
from unknot.stacks.diagnostic import Diagnostic

PROBLEMS_MAX = 1000
"""So many are kept; all are counted."""


class Problem(msgspec.Struct, frozen=True):
    """An object that cannot be copied."""

    key: str
    reason: str


class Survey(msgspec.Struct, frozen=True):
    """What a source holds and what of it the target refuses."""

    objects: int
    bytes: int
    largest: int
    """Bytes of the largest object."""
    parts: int
    """Requests that write data, if objects go up in parts of the size that was asked about."""
    problems: tuple[Problem, ...]
    """The first of them."""
    problem_count: int
    occupied: tuple[str, ...]
    """The first keys that are in the target already."""
    occupied_count: int
    source_keeps_history: bool | None
    """Whether there are earlier versions, which are not copied; None if that cannot be told."""

    def diagnostics(self, source: str, target: str) -> list[Diagnostic]:
        """What the user has to decide about before anything is copied."""
        found = []
        if self.problem_count:
            shown = "".join(f"\n  {p.key!r}: {p.reason}" for p in self.problems[:20])
            more = self.problem_count - min(20, len(self.problems))
            found.append(
                Diagnostic.error(
                    f"{self.problem_count} objects of `{source}` cannot be copied as they are",
                    detail=f"To `{target}`:{shown}"
                    + (f"\n  and {more} more" if more else "")
                    + "\nRename or remove them, or have them left out by name.",
                )
            )
        if self.occupied_count:
            shown = ", ".join(f"`{key}`" for key in self.occupied[:5])
            found.append(
                Diagnostic.error(
                    f"{self.occupied_count} objects would be written over in `{target}`",
                    detail=f"Among them {shown}. Copy to an empty prefix, or have them replaced on purpose.",
                )
            )
        return found


class Tally(NamedTuple):
    """An object of the source, and what is in its way."""

    info: ObjectInfo
    reason: str


def judged(source: Iterator[ObjectInfo], target: Place) -> Iterator[Tally]:
    """Each object with the reason for which it cannot be copied to `target`, empty for most. Keys come in order."""
    above: list[str] = []
    for info in source:
        # Keys that begin with this one follow it in a row: those that it begins with are the only ones to keep.
        while above and not info.key.startswith(above[-1]):
            above.pop()
        reason = info.refusal or target.refuses(info.key)
        if not reason and info.size > target.limits.object_bytes_max:
            reason = f"it is too large: {info.size} bytes, at most {target.limits.object_bytes_max}"
        if not reason and target.kind == "local":
            folder = next((key for key in above if info.key.startswith(f"{key}/")), None)
            if folder is not None:
                reason = f"`{folder}` is an object too, and no path can be both a file and a folder"
        if not reason:
            above.append(info.key)
        yield Tally(info, reason)


def survey(source: Place, target: Place, *, part_bytes: int, pace: Pace | None = None) -> Survey:
    """List both ends. Raises PlaceError."""
    pace = pace or Pace()
    objects = size = largest = parts = problem_count = occupied_count = 0
    problems: list[Problem] = []
    occupied: list[str] = []
    theirs = _keys(target, pace)
    there = next(theirs, None)
    for info, reason in judged(listed(source, pace), target):
        if reason:
            problem_count += 1
            if len(problems) < PROBLEMS_MAX:
                problems.append(Problem(info.key, reason))
            continue
        while there is not None and there < info.key:
            there = next(theirs, None)
        if there == info.key:
            occupied_count += 1
            if len(occupied) < PROBLEMS_MAX:
                occupied.append(info.key)
        objects += 1
        size += info.size
        largest = max(largest, info.size)
        parts += max(1, -(-info.size // target.limits.part_bytes(info.size, part_bytes)))
    return Survey(
        objects,
        size,
        largest,
        parts,
        tuple(problems),
        problem_count,
        tuple(occupied),
        occupied_count,
        pace.ask(source, source.keeps_history),
    )


def listed(place: Place, pace: Pace, start_after: str | None = None) -> Iterator[ObjectInfo]:
    """The listing; where a page could not be had, another one is begun after the last key. Raises PlaceError."""
    last = start_after
    rows = place.list(last)

    def following() -> ObjectInfo | None:
        nonlocal rows
        try:
            return next(rows, None)
        except PlaceError:
            rows = place.list(last)  # a generator that has raised gives nothing any more
            raise

    while (info := _following(place, pace, following)) is not None:
        last = info.key
        yield info


def _following(place: Place, pace: Pace, following: Callable[[], ObjectInfo | None]) -> ObjectInfo | None:
    # The usual case costs no more than the call: rows come from a page that is here already.
    try:
        return following()
    except PlaceError as error:
        if not error.retryable and not isinstance(error, PlaceDenied):
            raise
        return pace.ask(place, following)


def _keys(place: Place, pace: Pace) -> Iterator[str]:
    try:
        for info in listed(place, pace):
            yield info.key
    except PlaceMissing:
        if place.kind != "local":  # a folder is made when it is first written to
            raise
