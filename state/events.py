"""The events of the ledger: everything that may be appended, as tagged structs.

Adding a kind: add the struct, add it to `Event`, fold it in `fold.py`, say in `WITHOUT_LEASE` if it needs no lease.
"""

import datetime as dt
import secrets
from typing import Any, Literal, TypeAlias

import msgspec

from unknot.stacks.address import Address, Uid
from unknot.stacks.target import Target
from unknot.state.moves import MoveRecord
from unknot.state.snapshot import Intent, Lease, ResourceState, RunRecord, Serial, Snapshot


def event_id() -> str:
    """A new unique id: 64 random bits, enough to be unique within a ledger."""
    return secrets.token_hex(8)


def timestamp() -> str:
    """The wall clock, RFC 3339, UTC: for display only (rule L4)."""
    return dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


IntentOutcome: TypeAlias = Literal["done", "failed", "absent", "adopted", "abandoned"]


class _Event(msgspec.Struct, frozen=True, tag_field="kind", omit_defaults=True, kw_only=True):
    """Every event has a unique id, so that folding one twice changes nothing (rule L1)."""

    id: str = msgspec.field(default_factory=event_id)
    at: str = msgspec.field(default_factory=timestamp)
    """Wall clock, RFC 3339, UTC: for display only (rule L4)."""


class LedgerCreated(_Event, frozen=True, tag="ledger-created"):
    """The first event of the first segment (rule P2)."""

    lineage: str
    stack: str
    environment: str
    unknot: str


class LeaseTaken(_Event, frozen=True, tag="lease-taken"):
    lease: Lease
    ends: str | None = None
    """Id of an expired or broken lease that this one ends."""


class LeaseRenewed(_Event, frozen=True, tag="lease-renewed"):
    lease: str
    renewals: int
    term_s: float | None = None
    """A longer term from here on: a call is about to start that may take longer than the lease's (rule A1)."""


class LeaseReleased(_Event, frozen=True, tag="lease-released"):
    lease: str


class LeaseBroken(_Event, frozen=True, tag="lease-broken"):
    """`unknot unlock`: ends a lease by force. Calls in flight go on (rule L4)."""

    lease: str
    by: str
    reason: str = ""


class PlanStarted(_Event, frozen=True, tag="plan-started"):
    plan: str
    operation: str
    by: str = ""
    overrides: tuple[str, ...] = ()
    """Mandatory policies that the user overrode, with the reason given."""


class PlanFinished(_Event, frozen=True, tag="plan-finished"):
    plan: str
    outcome: Literal["succeeded", "failed", "interrupted"]


class IntentOpened(_Event, frozen=True, tag="intent-opened"):
    intent: Intent


class IntentClosed(_Event, frozen=True, tag="intent-closed"):
    intent: str
    outcome: IntentOutcome
    error: str = ""


class ResourceWritten(_Event, frozen=True, tag="resource-written"):
    """The whole recorded state of an address after a create, update, import, move of instance or refresh."""

    resource: ResourceState
    by: str = ""
    """The action, for history."""


class ResourceRemoved(_Event, frozen=True, tag="resource-removed"):
    address: Address
    uid: Uid
    how: Literal["deleted", "forgotten"]


class ResourcesRenamed(_Event, frozen=True, tag="resources-renamed"):
    """`moved` rules, all at once, so that swaps and chains work (rule A5). Prior address to address."""

    renames: dict[Address, Address]


class OutputsWritten(_Event, frozen=True, tag="outputs-written"):
    outputs: dict[str, Any]


class RunClosed(_Event, frozen=True, tag="run-closed"):
    """A sealed or lost run was absorbed. Needs no lease (rule R1)."""

    run: RunRecord


class ClaimStoreSet(_Event, frozen=True, tag="claim-store-set"):
    """The one store that answers for a workflow's scheduled times (rule R2)."""

    uid: Uid
    store: str


class MoveWritten(_Event, frozen=True, tag="move-written"):
    """How far a move has come: when it begins, after each phase, and when what it left is gone."""

    move: MoveRecord


class TargetWritten(_Event, frozen=True, tag="target-written"):
    """How to reach a target, recorded before the first resource on it."""

    target: Target


class CheckpointWritten(_Event, frozen=True, tag="checkpoint-written"):
    """Says which checkpoint object is sound (rule L6)."""

    serial: int
    hash: str


class KeyRotated(_Event, frozen=True, tag="key-rotated"):
    """Segments after this one are encrypted under data key `key` (rule L7)."""

    key: int


class VolumeSealed(_Event, frozen=True, tag="volume-sealed"):
    """Ends the log where it is, and the lease with it: it goes on in another volume (rule L2, `state prune`)."""

    volume: int
    """The next one."""


class VolumeBegun(_Event, frozen=True, tag="volume-begun"):
    """The first event of a volume: everything as it was when the one before was sealed. Needs no lease.

    Its segment names the hash of the seal, as any segment does that of the one before it.
    """

    volume: int
    snapshot: Snapshot
    recent: tuple[str, ...]
    """Ids of the latest events, so that a repeat of one is still noticed."""
    hashes: str
    """Of each segment before this one, from serial 1 on, the first 16 hex digits of its hash: heads that somebody
    remembers are still known when the segments themselves are gone (rule L6)."""
    broken_term_s: float = 0.0
    """Longest term of the leases that were ever ended by force: how long their holders may think that they hold it."""

    def had(self, serial: Serial, hash_: str) -> bool:
        """Whether the segment of that serial, before this volume, had that hash."""
        known = self.hashes[(serial - 1) * HASH_DIGITS : serial * HASH_DIGITS]
        return serial > 0 and len(known) == HASH_DIGITS and hash_.startswith(known)


HASH_DIGITS = 16
"""Of a segment's hash in `VolumeBegun.hashes`: 64 bits, so that none is taken for another by chance."""


class LedgerMoved(_Event, frozen=True, tag="ledger-moved"):
    """Ends the log in this store, and the lease with it: it goes on in another one (`state migrate`)."""

    to: str
    """URL of the store where it goes on."""


class LedgerArrived(_Event, frozen=True, tag="ledger-arrived"):
    """The log goes on in this store: all of it was copied here and verified. Needs no lease."""

    at: str
    """URL of the store."""


class LateResultAbsorbed(_Event, frozen=True, tag="late-result-absorbed"):
    """A result that a fenced writer left behind was taken in (rule A2)."""

    lease: str
    n: int


Event: TypeAlias = (
    LedgerCreated
    | LeaseTaken
    | LeaseRenewed
    | LeaseReleased
    | LeaseBroken
    | PlanStarted
    | PlanFinished
    | IntentOpened
    | IntentClosed
    | ResourceWritten
    | ResourceRemoved
    | ResourcesRenamed
    | OutputsWritten
    | RunClosed
    | ClaimStoreSet
    | MoveWritten
    | TargetWritten
    | CheckpointWritten
    | KeyRotated
    | LateResultAbsorbed
    | VolumeSealed
    | VolumeBegun
    | LedgerMoved
    | LedgerArrived
)

WITHOUT_LEASE: tuple[type, ...] = (
    LedgerCreated,
    LeaseTaken,
    LeaseBroken,
    RunClosed,
    VolumeBegun,
    LedgerArrived,
)
"""The short, listed set that may be appended without holding the lease (rule L3)."""
