"""Settle intents that an interrupted apply left open: read the world before an address is touched again (rule A3)."""

from collections.abc import Mapping
from typing import Any

import msgspec

from unknot.planner.apply.execution import is_ours
from unknot.planner.apply.recording import without
from unknot.planner.refresh import compare
from unknot.planner.secrecy import Vaults, kept
from unknot.planner.services import Services
from unknot.planner.values import MASK
from unknot.providers.base import FindRequest, LiveObject, Mark, ReadItem, ReadRequest
from unknot.stacks.address import Address
from unknot.stacks.diagnostic import Diagnostic
from unknot.stacks.errors import UnknotError
from unknot.state.events import (
    Event,
    IntentClosed,
    IntentOutcome,
    ResourceRemoved,
    ResourceWritten,
)
from unknot.state.snapshot import Instance, Intent, ResourceState, Snapshot


class Settled(msgspec.Struct, frozen=True):
    """What settling found, to be recorded in one go."""

    events: tuple[Event, ...]
    diagnostics: tuple[Diagnostic, ...]
    open: frozenset[Address]
    """Addresses that may not be touched: an object may exist and cannot be looked up, or not now."""
    adopted: frozenset[Address]
    """Addresses whose creation turned out to have been made."""
    touched: frozenset[Address]
    """Addresses of which something else is recorded now."""


def settle(snapshot: Snapshot, services: Services, vaults: Vaults) -> Settled:
    """Look up what each open intent may have made, changed or deleted."""
    events: list[Event] = []
    diagnostics: list[Diagnostic] = []
    still_open: set[Address] = set()
    adopted: set[Address] = set()
    touched: set[Address] = set()
    for intent in snapshot.intents.values():
        try:
            found = _settle(intent, snapshot, services, vaults, diagnostics)
        except UnknotError as problem:
            found = None
            diagnostics.append(_unanswered(intent, problem))
        if found is None:
            still_open.add(intent.address)
            continue
        events.extend(found)
        if any(isinstance(event, IntentClosed) and event.outcome == "adopted" for event in found):
            adopted.add(intent.address)
        if len(found) > 1:
            touched.add(intent.address)
    return Settled(
        tuple(events), tuple(diagnostics), frozenset(still_open), frozenset(adopted), frozenset(touched)
    )


def _settle(
    intent: Intent, snapshot: Snapshot, services: Services, vaults: Vaults, diagnostics: list[Diagnostic]
) -> list[Event] | None:
    """Events that settle an intent; None when it must stay open."""
    match intent.action:
        case "create":
            return _settle_create(intent, snapshot, services, vaults, diagnostics)
        case "update":
            return _settle_update(intent, snapshot, services)
        case action if action.startswith("move"):
            return [
                closed(intent.id, "abandoned")
            ]  # every phase may be done again, and the ledger says which were
        case "import":
            return [closed(intent.id, "abandoned")]  # taking over what exists makes nothing; it is done again
        case _:
            return _settle_delete(intent, snapshot, services)


def _settle_create(
    intent: Intent, snapshot: Snapshot, services: Services, vaults: Vaults, diagnostics: list[Diagnostic]
) -> list[Event] | None:
    if intent.resolve_by == "none":
        diagnostics.append(
            Diagnostic.error(
                f"`{intent.address}` may exist: its creation was interrupted",
                detail="Objects of this type cannot be looked up. Check by hand, then either import it with "
                f"`unknot import {intent.address} ID`, or say that it is not there with "
                f"`unknot state rm {intent.address}`.",
                address=intent.address,
            )
        )
        return None
    context = services.context(snapshot.lineage, snapshot.targets, intent.target)
    mark = Mark(snapshot.lineage, intent.uid)
    planned = msgspec.convert(intent.planned, ResourceState)
    inputs = vaults.opened(planned.resolved_inputs)
    live = (
        services.provider(intent.provider)
        .find(FindRequest(context, intent.address, intent.type, inputs, intent.token, mark))
        .object
    )
    if live is None:
        return [closed(intent.id, "absent")]
    if not is_ours(live, mark, intent.resolve_by):
        diagnostics.append(
            Diagnostic.error(
                f"`{live.id}` is in the place of `{intent.address}` and belongs to somebody else",
                detail="It does not bear our mark, so it is not adopted. "
                f"Import it with `unknot import {intent.address} {live.id}`, or choose another name.",
                address=intent.address,
            )
        )
        return [closed(intent.id, "absent")]
    made = Instance(live.id, intent.target, intent.provider, intent.generation)
    state = msgspec.structs.replace(
        planned,
        outputs=_kept(live.outputs, planned, intent, vaults),
        instances=(made, *(i for i in planned.instances if i.role != "current")),
    )
    return [closed(intent.id, "adopted"), written(state, "adopt")]


def _settle_update(intent: Intent, snapshot: Snapshot, services: Services) -> list[Event]:
    state = _state_of(intent, snapshot)
    if state is None:
        return [closed(intent.id, "abandoned")]
    objects = _read(intent, state, snapshot, services)
    if intent.address not in objects:
        return [closed(intent.id, "abandoned")]
    live = objects[intent.address]
    if live is None:
        return [closed(intent.id, "done"), *without_instance(state, intent.instance_id, keep=True)]
    drift = compare(state, live, None)
    if drift is None or drift.refreshed is None:
        return [closed(intent.id, "abandoned")]
    planned = msgspec.convert(intent.planned, ResourceState)
    if compare(msgspec.structs.replace(planned, outputs=drift.refreshed.outputs), live, None) is None:
        made = msgspec.structs.replace(planned, outputs=drift.refreshed.outputs, instances=state.instances)
        return [closed(intent.id, "done"), written(made, "update")]
    return [closed(intent.id, "done"), written(drift.refreshed, "settle")]


def _settle_delete(intent: Intent, snapshot: Snapshot, services: Services) -> list[Event]:
    """Of a whole resource, or of one object of it that is replaced or was left over."""
    state = _state_of(intent, snapshot)
    if state is None:
        return [closed(intent.id, "abandoned")]
    objects = _read(intent, state, snapshot, services)
    if intent.address not in objects or objects[intent.address] is not None:
        return [closed(intent.id, "abandoned")]
    keep = intent.action != "delete"
    return [closed(intent.id, "done"), *without_instance(state, intent.instance_id, keep=keep)]


def _state_of(intent: Intent, snapshot: Snapshot) -> ResourceState | None:
    state = snapshot.resources.get(intent.address)
    return state if state is not None and state.uid == intent.uid else None


def _read(
    intent: Intent, state: ResourceState, snapshot: Snapshot, services: Services
) -> Mapping[Address, LiveObject | None]:
    context = services.context(snapshot.lineage, snapshot.targets, intent.target)
    before = state.resolved_inputs
    item = ReadItem(intent.address, intent.type, intent.instance_id, before)
    return services.provider(intent.provider).read_many(ReadRequest(context, (item,))).objects


def _kept(outputs: dict[str, Any], planned: ResourceState, intent: Intent, vaults: Vaults) -> dict[str, Any]:
    """Outputs as they may be recorded. An intent names the sensitive ones of its type by masks in what it plans."""
    sensitive = [name for name, value in planned.outputs.items() if value == MASK]
    secrets: list[str] = []
    try:
        vaults.revealed(planned.resolved_inputs, secrets)
    except UnknotError:
        sensitive = list(outputs)  # what the call was given cannot be read here: any of them may tell it
    return kept(outputs, sensitive, secrets, vaults.sealing(intent.uid, intent.generation, {}))


def _unanswered(intent: Intent, problem: UnknotError) -> Diagnostic:
    return Diagnostic.error(
        f"what became of the interrupted {intent.action} of `{intent.address}` cannot be found out now",
        detail=f"{problem.summary}. {problem.detail} It is left alone until the next apply.",
        address=intent.address,
    )


def without_instance(state: ResourceState, instance_id: str, *, keep: bool) -> list[Event]:
    """The events that record that one object of an address is gone; `keep` the record although none is left."""
    for instance in state.instances:
        if instance.id == instance_id:
            state = without(state, instance)
    if state.instances or keep:
        return [written(state, "delete")]
    return [ResourceRemoved(address=state.address, uid=state.uid, how="deleted")]


def closed(intent: str, outcome: IntentOutcome, error: str = "") -> IntentClosed:
    """The event that closes an intent."""
    return IntentClosed(intent=intent, outcome=outcome, error=error)


def written(state: ResourceState, by: str) -> ResourceWritten:
    """The event that records an address."""
    return ResourceWritten(resource=state, by=by)
