"""The first segment: creates a ledger by put-if-absent, so that of several first plans one wins (rule P2)."""

from unknot.stacks.errors import PlanRefused
from unknot.state.events import LedgerCreated
from unknot.state.ledger.encryption import KeyRing
from unknot.state.ledger.envelope import NOTHING_BEFORE
from unknot.state.ledger.layout import segment_key
from unknot.state.ledger.reader import LedgerReader
from unknot.state.ledger.segment import encode_events, pack_segment
from unknot.state.snapshot import Serial
from unknot.state.stores.base import PutResult


def create_ledger(
    reader: LedgerReader, keys: KeyRing | None, *, lineage: str, stack: str, environment: str, version: str
) -> Serial:
    """Create the ledger with a proposed lineage. Doing it again with the same lineage is no error.

    Raises PlanRefused if there is a ledger of another lineage, LedgerReplaced if there was one and is gone.
    """
    if not reader.exists:
        created = LedgerCreated(lineage=lineage, stack=stack, environment=environment, unknot=version)
        data, _ = pack_segment(
            lineage=lineage,
            serial=1,
            previous=NOTHING_BEFORE,
            lease="",
            epoch=0,
            lines=encode_events([created]),
            key=0 if keys is None else keys.mint(lineage),
            sealing=keys,
        )
        key = segment_key(1)
        if reader.edge.put(key, data) is PutResult.CREATED or reader.edge.get(key) == data:
            return reader.head().serial
    recorded = reader.refresh()
    if recorded.lineage != lineage:
        raise PlanRefused(
            f"there is a ledger at `{reader.where}` already, begun by another first plan",
            detail=f"It belongs to stack `{recorded.stack}`, environment `{recorded.environment}`, lineage "
            f"`{recorded.lineage}`; this plan proposed `{lineage}`. Plan again: the new plan will start from "
            "what is recorded there.",
        )
    return recorded.serial
