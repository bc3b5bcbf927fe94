"""`--target` and `--exclude`: which changes of a whole comparison go into the plan.

A target brings what it depends on; an exclusion takes along what depends on it, and keeps what it stands on.
"""

from collections.abc import Callable, Iterable, Mapping

from unknot.planner.order import deletes, makes
from unknot.planner.plan import Change
from unknot.stacks.address import Address
from unknot.stacks.diagnostic import Diagnostic, nearest


def select(
    changes: Mapping[Address, Change],
    targets: frozenset[Address],
    exclude: frozenset[Address],
    dependencies_of: Callable[[Address], Iterable[Address]],
) -> tuple[dict[Address, Change], tuple[Address, ...]]:
    """The changes to make, and the addresses of those left out."""
    wanted = set(changes)
    if targets:
        wanted &= _with_dependencies(targets, changes, dependencies_of)
    if exclude:
        wanted -= _dependents(exclude, changes)
    return (
        {address: change for address, change in changes.items() if address in wanted},
        tuple(address for address in changes if address not in wanted),
    )


def unknown(names: Iterable[Address], known: Iterable[Address], flag: str) -> list[Diagnostic]:
    """A diagnostic for each address that neither the stack nor the record has."""
    everything = set(known)
    return [
        Diagnostic.error(
            f"`{flag} {name}` names nothing in the stack or its record",
            detail=f"{nearest(name, sorted(everything))}`unknot state list` shows what is recorded.",
        )
        for name in names
        if name not in everything
    ]


def _with_dependencies(
    targets: Iterable[Address],
    changes: Mapping[Address, Change],
    dependencies_of: Callable[[Address], Iterable[Address]],
) -> set[Address]:
    dependents: dict[Address, list[Address]] = {}
    for other in changes.values():
        for dependency in _prior_dependencies(other):
            dependents.setdefault(dependency, []).append(other.address)
    reached: set[Address] = set()
    queue = list(targets)
    while queue:
        address = queue.pop()
        if address in reached:
            continue
        reached.add(address)
        change = changes.get(address)
        if change is None or makes(change):
            queue.extend(dependencies_of(address))
        if change is not None and deletes(change):
            queue.extend(dependents.get(address, ()))
    return reached


def _dependents(exclude: Iterable[Address], changes: Mapping[Address, Change]) -> set[Address]:
    users: dict[Address, list[Address]] = {}
    for change in changes.values():
        for dependency in change.dependencies:
            users.setdefault(dependency, []).append(change.address)
    reached: set[Address] = set()
    queue = list(exclude)
    while queue:
        address = queue.pop()
        if address in reached:
            continue
        reached.add(address)
        queue.extend(users.get(address, ()))
        if (kept := changes.get(address)) is not None:
            # What it goes on using, since it is left as it is, cannot be taken away under it.
            queue.extend(d for d in _prior_dependencies(kept) if d in changes and deletes(changes[d]))
    return reached


def _prior_dependencies(change: Change) -> tuple[Address, ...]:
    return () if change.prior is None else change.prior.dependencies
