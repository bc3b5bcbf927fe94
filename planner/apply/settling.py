"""Settle intents that an interrupted apply left open: read the world before an address is touched again (rule A3)."""

import msgspec

from unknot.planner.refresh import compare
from unknot.planner.services import Services
from unknot.providers.base import FindRequest, Mark, ReadItem, ReadRequest
from unknot.stacks.address import Address
from unknot.stacks.diagnostic import Diagnostic
from unknot.state.events import (
    Event,
    IntentClosed,
    IntentOutcome,
    ResourceRemoved,
    ResourceWritten,
    event_id,
    timestamp,
)
from unknot.state.snapshot import Instance, Intent, ResourceState, Snapshot


class Settled(msgspec.Struct, frozen=True):
    """What settling found, to be recorded in one go."""

    events: tuple[Event, ...]
    diagnostics: tuple[Diagnostic, ...]
    open: frozenset[Address]
    """Addresses that may not be touched: an object may exist and its type cannot tell."""


def settle(snapshot: Snapshot, services: Services) -> Settled:
    """Look up what each open intent may have made, changed or deleted."""
    events: list[Event] = []
    diagnostics: list[Diagnostic] = []
    still_open: set[Address] = set()
    for intent in snapshot.intents.values():
        found = _settle(intent, snapshot, services, diagnostics)
        if found is None:
            still_open.add(intent.address)
        else:
            events.extend(found)
    return Settled(tuple(events), tuple(diagnostics), frozenset(still_open))


def _settle(
    intent: Intent, snapshot: Snapshot, services: Services, diagnostics: list[Diagnostic]
) -> list[Event] | None:
    if intent.action in ("update", "delete"):
        return _settle_existing(intent, snapshot, services)
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
    inputs = planned.inputs if planned.resolved is None else planned.resolved
    live = (
        services.provider(intent.provider)
        .find(FindRequest(context, intent.address, intent.type, inputs, intent.token, mark))
        .object
    )
    if live is None:
        return [closed(intent.id, "absent")]
    if live.mark is not None and live.mark != mark:
        diagnostics.append(
            Diagnostic.error(
                f"`{live.id}` is in the place of `{intent.address}` and belongs to somebody else",
                detail="It bears another mark, so it is not adopted. Import it, or choose another name.",
                address=intent.address,
            )
        )
        return [closed(intent.id, "absent")]
    made = Instance(live.id, intent.target, intent.provider, intent.generation)
    state = msgspec.structs.replace(
        planned,
        outputs=live.outputs,
        instances=(made, *(i for i in planned.instances if i.role != "current")),
    )
    return [closed(intent.id, "adopted"), written(state, "adopt")]


def _settle_existing(intent: Intent, snapshot: Snapshot, services: Services) -> list[Event]:
    state = snapshot.resources.get(intent.address)
    if state is None or state.uid != intent.uid:
        return [closed(intent.id, "abandoned")]
    context = services.context(snapshot.lineage, snapshot.targets, intent.target)
    before = state.inputs if state.resolved is None else state.resolved
    item = ReadItem(intent.address, intent.type, intent.instance_id, before)
    objects = services.provider(intent.provider).read_many(ReadRequest(context, (item,))).objects
    if intent.address not in objects:
        return [closed(intent.id, "abandoned")]
    live = objects[intent.address]
    if live is None:
        return [closed(intent.id, "done"), *without_instance(state, intent.instance_id)]
    drift = compare(state, live, None)
    if drift is None or drift.refreshed is None:
        return [closed(intent.id, "abandoned")]
    return [closed(intent.id, "done"), written(drift.refreshed, "settle")]


def without_instance(state: ResourceState, instance_id: str) -> list[Event]:
    """The events that record that one object of an address is gone."""
    left = tuple(i for i in state.instances if i.id != instance_id)
    if left:
        return [written(msgspec.structs.replace(state, instances=left), "delete")]
    return [
        ResourceRemoved(id=event_id(), at=timestamp(), address=state.address, uid=state.uid, how="deleted")
    ]


def closed(intent: str, outcome: IntentOutcome, error: str = "") -> IntentClosed:
    """The event that closes an intent."""
    return IntentClosed(id=event_id(), at=timestamp(), intent=intent, outcome=outcome, error=error)


def written(state: ResourceState, by: str) -> ResourceWritten:
    """The event that records an address."""
    return ResourceWritten(id=event_id(), at=timestamp(), resource=state, by=by)
