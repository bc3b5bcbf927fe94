"""Order a plan's changes so that nothing runs before what it depends on.

Deletes run against the arrows: a network goes after the machine in it. Knows nothing of providers or threads;
`apply` walks what this returns. The order itself comes from the standard library's graphlib.
"""

import graphlib
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

import msgspec

from unknot.planner.plan import Action, Change
from unknot.stacks.address import Address
from unknot.state.snapshot import ResourceState

CUTOVER = "cutover"
"""The phase of a move after which the resource is at its new target."""


class Step(msgspec.Struct, frozen=True, gc=False):
    """One part of a change: bringing its object about, taking the earlier one away, or one phase of a move."""

    address: Address
    part: str
    """`make`, `delete`, or the phase's name."""


class Cycle(Exception):
    """Addresses that depend on each other in a ring; the first is repeated at the end."""

    def __init__(self, addresses: Sequence[Address]) -> None:
        super().__init__(" -> ".join(addresses))
        self.addresses = tuple(addresses)


def sort(dependencies: Mapping[Address, Iterable[Address]]) -> list[tuple[Address, ...]]:
    """Addresses in levels, each in order of name: each after everything that it depends on. Raises Cycle."""
    sorter = graphlib.TopologicalSorter(dependencies)
    try:
        sorter.prepare()
    except graphlib.CycleError as found:
        raise Cycle(list(reversed(found.args[1]))) from found
    levels: list[tuple[Address, ...]] = []
    while sorter.is_active():
        ready = tuple(sorted(sorter.get_ready()))
        levels.append(ready)
        sorter.done(*ready)
    return levels


def steps(changes: Iterable[Change], recorded: Mapping[Address, ResourceState]) -> dict[Step, set[Step]]:
    """Each step of the changes with the steps that must be done before it.

    What is unchanged stands between changes without being a step: `recorded` tells what it depends on.
    """
    by_address = {change.address: change for change in changes}
    upstream = _Upstream(by_address, recorded)
    graph: dict[Step, set[Step]] = {}
    for change in by_address.values():
        if makes(change):
            first, *later = made_by(change)
            graph[Step(change.address, first)] = {
                Step(dependency, arrival(by_address[dependency]))
                for dependency in upstream.changed(change.dependencies)
                if makes(by_address[dependency])
            }
            for earlier, part in pairwise((first, *later)):
                graph[Step(change.address, part)] = {Step(change.address, earlier)}
        if deletes(change):
            graph[Step(change.address, "delete")] = set()
    wishes: set[tuple[Step, Step]] = set()
    for change in by_address.values():
        if change.action is Action.DELETE_THEN_CREATE:
            graph[Step(change.address, "make")].add(Step(change.address, "delete"))
        elif change.action is Action.CREATE_THEN_DELETE:
            graph[Step(change.address, "delete")].add(Step(change.address, "make"))
        if change.prior is not None:
            wishes |= _let_go_first(change, upstream.changed(change.prior.dependencies), by_address, graph)
    for before, after in wishes:
        graph[after].add(before)
    if wishes:
        _give_up_cyclic(wishes, graph)
    return graph


def makes(change: Change) -> bool:
    """Whether the change has a step that brings something about, or records something."""
    return change.action is not Action.DELETE


def made_by(change: Change) -> tuple[str, ...]:
    """The parts that bring something about, in order."""
    return change.move.phases if change.move is not None else ("make",)


def arrival(change: Change) -> str:
    """The part after which what depends on it may begin."""
    return CUTOVER if change.move is not None else "make"


def deletes(change: Change) -> bool:
    """Whether the change has a step that takes an object away."""
    return change.action.destroys


def _let_go_first(
    dependent: Change,
    dependencies: Iterable[Address],
    changes: Mapping[Address, Change],
    graph: dict[Step, set[Step]],
) -> set[tuple[Step, Step]]:
    """What depended on an object goes before it does, or lets go of it by its own change first.

    The latter are returned as pairs of steps, since they are wishes: the change may itself have to wait for the
    deletion, in a roundabout way, when the object was replaced by one that is created after it.
    """
    wishes: set[tuple[Step, Step]] = set()
    for address in dependencies:
        change = changes[address]
        if not deletes(change):
            continue
        before = graph[Step(address, "delete")]
        if deletes(dependent):
            before.add(Step(dependent.address, "delete"))
        if makes(dependent) and change.action is not Action.DELETE_THEN_CREATE:
            wishes.add((Step(dependent.address, made_by(dependent)[-1]), Step(address, "delete")))
    return wishes


def _give_up_cyclic(wishes: set[tuple[Step, Step]], graph: dict[Step, set[Step]]) -> None:
    """Take from the graph the wishes that make it cyclic. All that is no wish is free of cycles.

    Desired and recorded dependencies are each without a ring, and `create_before_destroy` spreads to all that
    such a replacement needs, so that no ring is made of replacements alone.
    """
    while True:
        try:
            graphlib.TopologicalSorter(graph).prepare()
        except graphlib.CycleError as found:
            ring: list[Step] = found.args[1]
            vain = next(pair for pair in pairwise(ring) if pair in wishes)
            graph[vain[1]].discard(vain[0])
        else:
            return


class _Upstream:
    """Nearest changed addresses above a given one, looking through what is unchanged. Remembers what it found."""

    def __init__(self, changes: Mapping[Address, Change], recorded: Mapping[Address, ResourceState]) -> None:
        self._changes = changes
        self._recorded = recorded
        self._known: dict[Address, frozenset[Address]] = {}

    def changed(self, dependencies: Iterable[Address]) -> set[Address]:
        found: set[Address] = set()
        for address in dependencies:
            if address in self._changes:
                found.add(address)
            elif address in self._recorded:
                found |= self._through(address)
        return found

    def _through(self, start: Address) -> frozenset[Address]:
        """Without recursion: a chain may be longer than the interpreter's stack."""
        stack = [start]
        while stack:
            address = stack[-1]
            if address in self._known:
                stack.pop()
                continue
            above = self._recorded[address].dependencies if address in self._recorded else ()
            waiting = [
                a for a in above if a not in self._changes and a in self._recorded and a not in self._known
            ]
            if waiting:
                stack.extend(waiting)
                continue
            reached: set[Address] = {a for a in above if a in self._changes}
            for a in above:
                reached |= self._known.get(a, frozenset())
            self._known[address] = frozenset(reached)
            stack.pop()
        return self._known[start]
