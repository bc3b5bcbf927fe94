"""What a mover is asked: made from a planned move, or from one that the ledger records."""

from collections.abc import Callable, Mapping
from typing import Any

from unknot.planner.plan import Change
from unknot.planner.services import Services
from unknot.providers.base import BundleSource
from unknot.providers.mover import MoveRequest, ShadowWish
from unknot.stacks.target import Target
from unknot.state.moves import MoveRecord
from unknot.state.snapshot import ResourceState, Snapshot


def generation_of(state: ResourceState) -> int:
    """Of the object that a move makes."""
    return max((state.generation, *(i.generation for i in state.instances))) + 1


def request_of(
    change: Change,
    lineage: str,
    targets: Mapping[str, Target],
    services: Services,
    *,
    inputs: Mapping[str, Any],
    token: str = "",
    bundles: BundleSource | None = None,
    record: MoveRecord | None = None,
    progress: Callable[[str], None] | None = None,
    stopping: Callable[[], bool] = lambda: False,
) -> MoveRequest:
    """For a phase of a planned move; `record` is what is known of the phases before."""
    move = change.move
    assert move is not None
    wish = ShadowWish(move.shadow_runs, move.tolerances, move.ignored) if move.shadow_runs else None
    return MoveRequest(
        move=move.id,
        address=change.address,
        type=change.type,
        uid=change.uid,
        source=services.context(lineage, targets, move.source),
        target=services.context(lineage, targets, change.target),
        source_provider=move.source_provider,
        source_id=move.source_id,
        target_provider=change.provider,
        generation=move.generation,
        token=token,
        inputs=inputs,
        outputs={} if change.prior is None else change.prior.outputs,
        owner=change.owner,
        shadow=wish,
        takes_back=move.takes_back,
        done={} if record is None else {phase.name: phase.found for phase in record.phases},
        bundles=bundles,
        progress=progress,
        stopping=stopping,
    )


def request_of_record(
    record: MoveRecord, snapshot: Snapshot, targets: Mapping[str, Target], services: Services
) -> MoveRequest:
    """For what comes after a move, or in place of it: cleaning up, giving up, verifying again."""
    state = snapshot.resources.get(record.address)
    instances = () if state is None else state.instances
    target = next((i for i in instances if i.target == record.target), None)
    return MoveRequest(
        move=record.id,
        address=record.address,
        type=record.type,
        uid=record.uid,
        source=services.context(snapshot.lineage, targets, record.source),
        target=services.context(snapshot.lineage, targets, record.target),
        source_provider=record.source_provider,
        source_id=record.source_id,
        target_provider="" if target is None else target.provider,
        generation=record.generation,
        token="",
        inputs={} if state is None else state.resolved_inputs,
        outputs={} if state is None else state.outputs,
        owner="" if state is None else state.owner,
        takes_back=record.takes_back,
        done={phase.name: phase.found for phase in record.phases},
    )


__all__ = ["generation_of", "request_of", "request_of_record"]
