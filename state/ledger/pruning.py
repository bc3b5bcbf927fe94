"""Pruning: the log is sealed where it is and goes on in a new volume, and what came before may go (rule L2).

    old volume   ... N: volume-sealed     by the holder of the lease, which ends with it
    new volume       N+1: volume-begun    by anybody: it holds the whole state as of N, and names the hash of N

Each step is one put-if-absent. Between the two the ledger can be read, and the next writer takes the second one.
The seal stays for ever, so that whoever still reads or writes the old volume finds out where the log went.
"""

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

from unknot.stacks.errors import LedgerDamaged
from unknot.state.events import (
    HASH_DIGITS,
    CheckpointWritten,
    LeaseBroken,
    LeaseReleased,
    LeaseRenewed,
    LeaseTaken,
    VolumeBegun,
    VolumeSealed,
)
from unknot.state.ledger.chain import Chain
from unknot.state.ledger.clock import Clock
from unknot.state.ledger.fold import Folding
from unknot.state.ledger.layout import CHECKPOINTS, LOG, segment_key, segment_serial, volume_prefix
from unknot.state.ledger.reader import LedgerReader
from unknot.state.ledger.segment import Segment, encode_events, pack_segment
from unknot.state.snapshot import Serial
from unknot.state.stores.base import PutResult

if TYPE_CHECKING:
    from unknot.state.ledger import Ledger

OWN = (LeaseTaken, LeaseReleased, LeaseRenewed, LeaseBroken, CheckpointWritten, VolumeBegun)
"""Events that record nothing of the stack."""


class Survey(msgspec.Struct):
    """What is to be remembered of the segments of a volume when they are gone."""

    serial: Serial = 0
    """The last one that was looked at."""
    hashes: list[str] = []
    broken_term_s: float = 0.0
    events: int = 0
    """That record something of the stack: without any, there is nothing to prune."""
    term_s: float = 0.0
    """Of the lease that is held there."""

    def add(self, segment: Segment) -> None:
        self.serial = segment.serial
        self.hashes.append(segment.hash[:HASH_DIGITS])
        for event in segment.events:
            match event:
                case LeaseTaken(lease=lease):
                    self.term_s = lease.term_s
                case LeaseRenewed(term_s=float() as term_s):
                    self.term_s = term_s
                case LeaseBroken():
                    self.broken_term_s = max(self.broken_term_s, self.term_s)
                case VolumeBegun():
                    self.hashes.insert(0, event.hashes)
                    self.broken_term_s = max(self.broken_term_s, event.broken_term_s)
            if not isinstance(event, OWN):
                self.events += 1


class Pruned(msgspec.Struct, frozen=True):
    """What a prune did."""

    first: Serial
    """With which the new volume begins."""
    volume: int
    where: str


def prune(ledger: "Ledger", reader: LedgerReader, wait_s: float) -> Pruned | None:
    """See `Ledger.prune`."""
    with ledger.take_lease(operation="state prune", wait_s=wait_s) as held:
        folding = reader.look(Folding.copy)
        looked_through = survey(reader, folding)
        if not looked_through.events:
            return None
        held.writer.seal(folding.volume + 1)
    first = begin_volume(reader, looked_through)
    return Pruned(first, folding.volume + 1, reader.edge.where())


def survey(reader: LedgerReader, folding: Folding, done: Survey | None = None) -> Survey:
    """Look through the volume, each segment checked, from where `done` ends. Raises LedgerDamaged."""
    found = done or Survey()
    chain = Chain(reader.root, reader.keys, folding.volume)
    begin = max(found.serial + 1, folding.first)
    previous = ""
    for segment in chain.segments(begin - 1, folding.serial):
        if previous and segment.header.previous != previous:
            raise chain.damaged(segment.serial, "does not continue the segment before it")
        previous = segment.hash
        found.add(segment)
    return found


def begin_volume(reader: LedgerReader, done: Survey | None = None) -> Serial:
    """Begin the volume that the seal names, unless somebody has; the serial that it begins with.

    Called by whoever comes upon a sealed log: after a crash that may be any writer.
    """
    folding = reader.refresh()
    if not folding.sealed:
        return folding.first
    found = survey(reader, folding, done)
    begun = VolumeBegun(
        volume=folding.sealed,
        snapshot=folding.snapshot(),
        recent=tuple(folding.recent),
        hashes="".join(found.hashes),
        broken_term_s=found.broken_term_s,
    )
    data, segment = pack_segment(
        lineage=folding.lineage,
        serial=folding.serial + 1,
        previous=folding.hash,
        lease="",
        epoch=folding.epoch,
        lines=encode_events([begun]),
        key=folding.key,
        sealing=reader.keys,
    )
    edge = reader.root.below(volume_prefix(folding.sealed))
    key = segment_key(segment.serial)
    while edge.put(key, data) is not PutResult.CREATED and edge.get(key) is None:
        pass  # the answer was lost, and nothing was written: the same bytes once more (rule L1)
    return reader.refresh().first


def delete_history(reader: LedgerReader, clock: Clock, waiting: Callable[[float], None]) -> int:
    """Delete the segments and checkpoints of every volume but the newest; how many objects. Seals stay.

    Nobody may take a name that is free again for one that was always free. A holder that lost its lease by
    expiry knows by its own clock; to one whose lease was broken, a term is left to find out. Doing it again
    deletes what an interrupted one left.
    """
    folding = reader.refresh()
    if folding.first == 1:
        return 0
    newest = Chain(reader.root, reader.keys, folding.volume)
    begun = newest.read(folding.first).events[0]
    assert isinstance(begun, VolumeBegun)
    if begun.broken_term_s:
        waiting(begun.broken_term_s)
        clock.wait(threading.Event(), begun.broken_term_s)
    deleted = 0
    for volume in range(1, folding.volume):
        deleted += _delete_volume(Chain(reader.root, reader.keys, volume))
    return deleted


def _delete_volume(chain: Chain) -> int:
    keys = [key for key in chain.edge.list(LOG) if segment_serial(key) is not None]
    if keys:
        seal = chain.read(segment_serial(keys[-1]) or 0)
        if not any(isinstance(event, VolumeSealed) for event in seal.events):
            raise LedgerDamaged(
                f"`{chain.edge.where(keys[-1])}` does not seal the log that it ends",
                detail="Nothing was deleted: what comes after it may be missing, or was written by somebody who did "
                "not know that the log goes on elsewhere. Bring the missing objects back from a backup.",
            )
    # The earliest first: from then on the volume counts as gone, and no half of it is read.
    doomed = [*keys[:-1], *chain.edge.list(CHECKPOINTS)]
    for key in doomed:
        chain.edge.delete(key)
    return len(doomed)
