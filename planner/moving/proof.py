"""Prove at any time that what a move carried is at its target as it was sent."""

import msgspec

from unknot.planner.moving.requests import request_of_record
from unknot.planner.services import Services
from unknot.stacks.diagnostic import nearest
from unknot.stacks.errors import LedgerError
from unknot.state.snapshot import Snapshot


class Proof(msgspec.Struct, frozen=True):
    """What reading everything again came to."""

    move: str
    objects: int
    bytes: int
    digest: str
    fault_count: int
    faults: tuple[str, ...]


def prove(address: str, snapshot: Snapshot, services: Services) -> Proof:
    """Of the last move of an address that has arrived. Raises LedgerError if there is none, or what the mover raises."""
    records = [record for record in snapshot.moves.values() if record.address == address]
    record = next((record for record in reversed(records) if record.phase("verify") is not None), None)
    if record is None:
        moved = sorted({str(record.address) for record in snapshot.moves.values()})
        raise LedgerError(
            f"`{address}` was never carried from one target to another",
            detail=f"{nearest(address, moved)}Moved: {', '.join(moved) or 'nothing'}.",
        )
    mover = services.mover(record.type)
    if mover is None:
        raise LedgerError(f"what is of the type `{record.type}` does not move")
    found = mover.verify(request_of_record(record, snapshot, snapshot.targets, services))
    return Proof(
        record.id,
        found["objects"],
        found["bytes"],
        found["digest"],
        found["fault_count"],
        tuple(found["faults"]),
    )
