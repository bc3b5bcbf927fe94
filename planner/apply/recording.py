"""What is recorded of an address after a step: pure functions from a change and a call's answer to states and events."""

import hashlib
from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from unknot.planner.diff import recorded_options
from unknot.planner.ignoring import ignoring
from unknot.planner.order import Step
from unknot.planner.plan import Action, Change
from unknot.planner.secrecy import Vaults
from unknot.stacks.address import Address
from unknot.state.events import ResourceRemoved
from unknot.state.snapshot import Instance, ResourceState, Snapshot

_canonical = msgspec.json.Encoder(order="sorted")


def state_after(
    change: Change,
    resolved: dict[str, Any],
    state: ResourceState | None,
    made: Instance | None,
    outputs: dict[str, Any],
    macs: dict[str, str] | None = None,
) -> ResourceState:
    """The record of an address whose object was made or changed. Other instances are kept; a replaced one is deposed.

    `macs` are of the secrets that it was given; None if it was given none now.
    """
    kept: tuple[Instance, ...] = ()
    if state is not None and change.action is Action.CREATE_THEN_DELETE:
        kept = tuple(
            msgspec.structs.replace(i, role="deposed") if i.role == "current" else i for i in state.instances
        )
    elif state is not None:
        kept = tuple(i for i in state.instances if i.role != "current")
    return ResourceState(
        address=change.address,
        uid=change.uid,
        type=change.type,
        provider=change.provider,
        target=change.target,
        inputs=recorded_inputs(change),
        resolved=None if change.resolved is None else resolved,
        outputs=outputs,
        instances=(made, *kept) if made is not None else kept,
        dependencies=change.dependencies,
        owner=change.owner,
        schema_version=change.schema_version,
        options=recorded_options(change.lifecycle),
        source=change.source,
        timeout_s=change.timeout_s,
        macs=macs if macs is not None else {} if state is None else state.macs,
        owned_by=change.owned_by,
        generation=0 if state is None else state.generation,
    )


def recorded_inputs(change: Change) -> dict[str, Any]:
    """The inputs that the object then has, references as they are: what was ignored is as it was."""
    ignored = change.lifecycle.ignore_changes
    if not ignored or change.prior is None or change.action.creates:
        return change.inputs
    return ignoring(change.inputs, change.prior.inputs, ignored)


def merged(change: Change, state: ResourceState | None, outputs: dict[str, Any]) -> dict[str, Any]:
    """Outputs to record: an update adds to what is there."""
    return {**state.outputs, **outputs} if state is not None and change.action is Action.UPDATE else outputs


def without(state: ResourceState, instance: Instance) -> ResourceState:
    """The record without one of its objects; that there was one stays known."""
    return msgspec.structs.replace(
        state,
        instances=tuple(i for i in state.instances if not is_same(i, instance)),
        generation=max(state.generation, instance.generation),
    )


def is_same(one: Instance, other: Instance) -> bool:
    """Whether two recordings are of one object, whatever its role was."""
    return (one.id, one.generation) == (other.id, other.generation)


def removed(change: Change, how: Literal["deleted", "forgotten"]) -> ResourceRemoved:
    """The event that ends the record of an address."""
    return ResourceRemoved(address=change.address, uid=change.uid, how=how)


def next_generation(change: Change, state: ResourceState | None) -> int:
    """Of the object that a step makes; an update keeps the generation."""
    latest = 0 if state is None else max((state.generation, *(i.generation for i in state.instances)))
    return latest if change.action is Action.UPDATE else latest + 1


def token_of(lineage: str, uid: str, generation: int) -> str:
    """A client token: the same for each try at making the same object (rule A1)."""
    return hashlib.sha256(f"{lineage}/{uid}/{generation}".encode()).hexdigest()[:32]


def inputs_hash(inputs: Mapping[str, Any]) -> str:
    return hashlib.sha256(_canonical.encode(inputs)).hexdigest()


def dependents_of(snapshot: Snapshot) -> dict[Address, tuple[Address, ...]]:
    found: dict[Address, list[Address]] = {}
    for state in snapshot.resources.values():
        for dependency in state.dependencies:
            found.setdefault(dependency, []).append(state.address)
    return {address: tuple(others) for address, others in found.items()}


def instance_for(state: ResourceState | None, step: Step, change: Change) -> Instance | None:
    if state is None:
        return None
    if step.part == "delete" and change.action is Action.CREATE_THEN_DELETE:
        deposed = [i for i in state.instances if i.role == "deposed"]
        prior = None if change.prior is None else change.prior.current
        return next(
            (i for i in deposed if prior is not None and is_same(i, prior)), next(iter(deposed), None)
        )
    if step.part == "delete" and change.action is Action.DELETE:
        return state.instances[0] if state.instances else None
    return state.current


def touches_world(change: Change, resolved: Mapping[str, Any], vaults: Vaults) -> bool:
    """Whether an update does anything in the world; else only the record changes.

    Without fields that differ, the object was found as wanted when planning: then only what became known since
    can differ.
    """
    if change.prior is None or change.fields:
        return True
    planned = without_ignored(change, change.resolved_inputs)
    return planned.keys() != resolved.keys() or any(
        vaults.differ(planned[name], resolved[name]) for name in planned
    )


def without_ignored(change: Change, resolved: dict[str, Any]) -> dict[str, Any]:
    ignored = change.lifecycle.ignore_changes
    if not ignored or change.prior is None or change.action.creates:
        return resolved
    before = change.prior.resolved_inputs
    return ignoring(resolved, before, ignored)
