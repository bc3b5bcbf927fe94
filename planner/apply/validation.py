"""Re-validate one change against the ledger as it is now, by its read set (rule A4)."""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from unknot.planner.diff import OtherStack
from unknot.planner.plan import Action, Change, StackVersion, Version
from unknot.planner.secrecy import Vaults
from unknot.stacks.address import Address
from unknot.state.snapshot import ResourceState, Serial, Tombstone


class Resumption(msgspec.Struct, frozen=True):
    """Which serials an interrupted apply of the same plan wrote."""

    started: Serial
    until: Serial | None
    """When another plan was started: what is recorded from there on is not ours."""

    def wrote(self, serial: Serial) -> bool:
        return serial >= self.started and (self.until is None or serial < self.until)


def refusal(
    change: Change,
    recorded: Mapping[Address, ResourceState],
    tombstones: Mapping[Address, Tombstone],
    ours: Callable[[Address], bool],
    other_stack: Callable[[str], OtherStack | None],
    dependents: Mapping[Address, tuple[Address, ...]],
) -> str:
    """Why the change must not be made; empty when it may.

    `ours` tells whether an address was written by this very apply, or by it before it was interrupted: what it
    wrote is not a change by others.
    """
    reads, address = change.reads, change.address
    now = recorded.get(address)
    if reads.prior is not None:
        if now is None:
            return "it is no longer recorded"
        if not ours(address) and _version(now) != reads.prior:
            return f"it was changed at serial {now.serial}, after this plan was made"
    elif now is not None and not ours(address):
        return f"it was recorded at serial {now.serial}, after this plan was made"
    elif (
        now is None
        and (tombstone := tombstones.get(address)) is not None
        and tombstone.serial != reads.absent_since
        and not ours(address)
    ):
        return f"it was recorded and {tombstone.how} at serial {tombstone.serial}, after this plan was made"
    for reference, version in reads.references.items():
        if ours(reference):
            continue
        found = recorded.get(reference)
        if found is None:
            return f"`{reference}`, which it refers to, is no longer recorded"
        if _version(found) != version:
            return f"`{reference}`, which it refers to, was changed at serial {found.serial}"
    if change.action.destroys:
        known = set(reads.dependents)
        for other in dependents.get(address, ()):
            if other not in known and other in recorded:
                return f"`{other}` depends on it since serial {recorded[other].serial}"
    for stack, read in reads.stacks.items():
        if problem := _moved(stack, read, other_stack(stack)):
            return problem
    return ""


def _moved(name: str, read: StackVersion, other: OtherStack | None) -> str:
    """Why outputs of another stack are not those that were planned with; empty when they are."""
    if other is None or other.lineage != read.lineage:
        return f"the stack `{name}`, whose output it uses, has another ledger than when this plan was made"
    now = other.version(read.outputs).outputs
    for output, serial in read.outputs.items():
        if now[output] != serial:
            since = "is gone" if now[output] is None else f"was changed at serial {now[output]}"
            return f"the output `{output}` of the stack `{name}`, which it uses, {since} after this plan was made"
    return ""


def changed_verb(change: Change, resolved: Mapping[str, Any], vaults: Vaults) -> str:
    """Why values that are known only now make this another change than was planned; empty when they do not."""
    if change.action is not Action.UPDATE or change.prior is None:
        return ""
    before = change.prior.resolved_inputs
    for name in change.immutable:
        if vaults.differ(before.get(name), resolved.get(name)):
            return f"`{name}` turned out to change, which would replace it; plan again"
    return ""


def _version(state: ResourceState) -> Version:
    return Version(state.uid, state.serial)
