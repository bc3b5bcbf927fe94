"""Appending the few events that need no lease: by put-if-absent at the head, decided anew when it moved (rule L3)."""

from collections.abc import Callable, Sequence

from unknot.stacks.errors import LedgerMovedAway
from unknot.state.events import WITHOUT_LEASE, Event
from unknot.state.ledger.fold import Folding
from unknot.state.ledger.layout import segment_key
from unknot.state.ledger.pruning import begin_volume
from unknot.state.ledger.reader import LedgerReader
from unknot.state.ledger.segment import encode_events, pack_segment
from unknot.state.snapshot import Serial
from unknot.state.stores.base import PutResult


def append_without_lease(
    reader: LedgerReader, decide: Callable[[Folding], Sequence[Event] | None], *, arrives: bool = False
) -> Serial | None:
    """Append what `decide` makes of the state as it is now; None if it makes nothing of it.

    The segment lands right after the state that `decide` saw, or `decide` is asked again. `arrives` is for the
    one event that may follow a move to another store. Raises LedgerMovedAway for others.
    """
    while True:
        folding = reader.refresh()
        if folding.moved_to and not arrives:
            raise LedgerMovedAway(reader.where, folding.moved_to)
        if folding.sealed:  # by a prune that was interrupted: what comes next is the volume that it names
            begin_volume(reader)
            continue
        edge = reader.edge
        events = decide(folding)
        if not events:
            return None
        if not all(isinstance(event, WITHOUT_LEASE) for event in events):
            raise ValueError("these events need a lease")
        data, segment = pack_segment(
            lineage=folding.lineage,
            serial=folding.serial + 1,
            previous=folding.hash,
            lease="",
            epoch=folding.epoch,
            lines=encode_events(events),
            key=folding.key,
            sealing=reader.keys,
        )
        key = segment_key(segment.serial)
        if edge.put(key, data) is PutResult.CREATED or edge.get(key) == data:
            if reader.has_moved_on():
                continue  # a prune took the name away before: nobody reads what was written there now
            reader.accept(segment)
            return segment.serial
