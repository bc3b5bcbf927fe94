"""The order in which changes are shown: parts right after the resource that they belong to."""

from collections.abc import Callable, Iterable

from unknot.planner.plan import Change


def grouped(changes: Iterable[Change], rank: Callable[[Change], int]) -> list[tuple[Change, bool]]:
    """Each change, and whether what it is a part of is shown right before it.

    What belongs together stands where the member of the highest rank would.
    """
    families: dict[str, list[Change]] = {}
    for change in changes:
        families.setdefault(change.owned_by or change.address, []).append(change)
    found: list[tuple[Change, bool]] = []
    for family in sorted(families.items(), key=lambda item: (max(map(rank, item[1])), item[0])):
        owner, members = family
        with_owner = any(change.address == owner for change in members)
        members.sort(key=lambda c: (c.address != owner, rank(c), c.address))
        found += [(change, with_owner and change.address != owner) for change in members]
    return found
