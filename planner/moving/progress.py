"""What is recorded of a move as it goes: pure functions from a planned move to records, states and events."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

import msgspec

from unknot.planner.plan import Change
from unknot.stacks.target import Target
from unknot.state.events import ClaimStoreSet, Event, MoveWritten, timestamp
from unknot.state.moves import MoveRecord, PhaseDone
from unknot.state.snapshot import ResourceState


def begun(change: Change) -> MoveRecord:
    """The record of a move that is about to begin."""
    move = change.move
    assert move is not None
    return MoveRecord(
        id=move.id,
        address=change.address,
        uid=change.uid,
        type=change.type,
        source=move.source,
        target=change.target,
        source_provider=move.source_provider,
        source_id=move.source_id,
        state="moving",
        generation=move.generation,
        planned=move.phases,
        takes_back=move.takes_back,
    )


def advanced(record: MoveRecord, phase: str, found: Mapping[str, Any]) -> MoveRecord:
    """The record after a phase has ended well."""
    done = PhaseDone(phase, timestamp(), dict(found))
    return msgspec.structs.replace(record, phases=(*(p for p in record.phases if p.name != phase), done))


def arrived(record: MoveRecord, retain_days: int) -> MoveRecord:
    """The record after the cutover."""
    until = dt.datetime.now(dt.UTC) + dt.timedelta(days=retain_days)
    return msgspec.structs.replace(
        record, state="moved", retain_until=until.isoformat(timespec="seconds").replace("+00:00", "Z")
    )


def left_behind(state: ResourceState, record: MoveRecord) -> ResourceState:
    """The state with what stands at the source kept, and nothing else at the target: what arrives takes its place."""
    kept = []
    for instance in state.instances:
        if instance.role == "current":
            kept.append(msgspec.structs.replace(instance, role="retained", retain_until=record.retain_until))
        elif instance.target != record.target:
            kept.append(instance)
    return msgspec.structs.replace(state, instances=tuple(kept))


def cutover_events(
    record: MoveRecord, taken_back: MoveRecord | None, target: Target | None, *, has_claims: bool
) -> list[Event]:
    """Besides the resource's own: who answers for its scheduled times, and what became of the move that is undone."""
    events: list[Event] = []
    if has_claims and target is not None:
        events.append(ClaimStoreSet(uid=record.uid, store=target.store))
    if taken_back is not None:
        events.append(MoveWritten(move=msgspec.structs.replace(taken_back, state="taken-back")))
    return events


def without_source(state: ResourceState, record: MoveRecord) -> ResourceState:
    """The state after what a move left at its source is gone."""
    gone = [i for i in state.instances if i.role == "retained" and i.target == record.source]
    return msgspec.structs.replace(
        state,
        instances=tuple(i for i in state.instances if i not in gone),
        generation=max((state.generation, *(i.generation for i in gone))),
    )
