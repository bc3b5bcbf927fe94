"""What is recorded now: the snapshot that folding the ledger's events gives.

Plain frozen structs (hot path). A snapshot is a value: `fold.py` makes the next one, nothing changes this one.
"""

from typing import Any, Literal, TypeAlias

import msgspec

from unknot.stacks.address import Address, Uid
from unknot.stacks.diagnostic import SourceLocation
from unknot.stacks.resource_type import ResolveBy
from unknot.stacks.target import Target
from unknot.state.moves import MoveRecord

Serial: TypeAlias = int
"""Number of a ledger segment; counts from 1. An address's version is the serial of its last write."""

Role: TypeAlias = Literal["current", "incoming", "deposed", "retained"]


class Instance(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """One object in the world that stands, or stood, for a resource (rule A5)."""

    id: str
    """The provider's own identity of the object."""
    target: str
    provider: str
    generation: int
    """Counts from 1; a replacement is the next generation."""
    role: Role = "current"
    retain_until: str | None = None
    """RFC 3339, for a retained instance."""


class ResourceState(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """What is recorded of one address."""

    address: Address
    uid: Uid
    type: str
    provider: str
    target: str
    inputs: dict[str, Any]
    """As declared: references to outputs stay references (`{"$ref": [address, *path]}`)."""
    resolved: dict[str, Any] | None = None
    """Inputs with references replaced by what they were at the last write; None when there are none."""
    outputs: dict[str, Any] = {}
    """What the provider returned. Sensitive values are sealed (rule S1)."""
    instances: tuple[Instance, ...] = ()
    dependencies: tuple[Address, ...] = ()
    owner: str = ""
    schema_version: int = 1
    """Of the resource type, for upgrades of recorded inputs."""
    options: dict[str, Any] = {}
    """Lifecycle options that matter after the resource has left the stack: prevent_destroy, retain_on_delete."""
    source: SourceLocation | None = None
    timeout_s: float = 20.0
    """Longest time that one call for it may take: for its deletion after the resource has left the stack."""
    owned_by: Address | None = None
    """The portable resource that this is a part of (rule N1)."""
    macs: dict[str, str] = {}
    """Of inputs that are secrets: HMAC of the value last sent, under the ledger's key (rule S1). See `Vault.mac`."""
    generation: int = 0
    """The highest one of an instance that is gone: the next one's is higher, so that no token is used twice."""
    serial: Serial = 0
    """Of the last write: the version that plans are bound to (rule P2). Set when folding."""

    @property
    def resolved_inputs(self) -> dict[str, Any]:
        """Inputs with references replaced by what they were at the last write."""
        return self.inputs if self.resolved is None else self.resolved

    @property
    def current(self) -> Instance | None:
        """The instance that stands for this address now; None in the middle of a creation."""
        for instance in self.instances:
            if instance.role == "current":
                return instance
        return None


class Intent(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a provider was about to be asked (rule A1). Open until an `IntentClosed` names it."""

    id: str
    address: Address
    uid: Uid
    action: str
    """A value of `planner.plan.Action`, or `delete-deposed`."""
    provider: str
    target: str
    type: str
    token: str
    """Derived from lineage, uid and generation, so that a repeated create is recognised."""
    generation: int
    inputs_hash: str
    timeout_s: float
    resolve_by: ResolveBy
    physical_name: str = ""
    instance_id: str = ""
    """Of the object to update or delete."""
    planned: dict[str, Any] = {}
    """The ResourceState fields that would be recorded on success, without secrets: for the next holder."""
    lease: str = ""


class RunRecord(msgspec.Struct, frozen=True, omit_defaults=True):
    """A run that was sealed and absorbed (rule R1)."""

    run: str
    uid: Uid
    address: Address
    status: Literal["succeeded", "failed", "cancelled", "lost", "superseded"]
    manifest_hash: str
    fingerprint: str
    """Of the whole workflow as it was run, inputs and parameters included: what decides whether it must run again."""
    ops: dict[str, str] = {}
    """Op name to fingerprint digest, as run."""
    started_at: str = ""
    ended_at: str = ""
    target: str = ""
    published: dict[str, Any] = {}
    """Output name to artifact reference, when every error check passed."""
    withheld: str = ""
    """Why it was not to publish, such as `parameters given by hand`. Such a run says nothing of what is deployed."""

    @property
    def counts(self) -> bool:
        """Whether it is a run of the workflow as it is deployed, rather than somebody's experiment with it."""
        return not self.withheld


class Lease(msgspec.Struct, frozen=True, omit_defaults=True):
    """Who may write (rules L3, L4). Times here are for display; expiry is measured by each side's own clock."""

    id: str
    epoch: int
    holder: str
    host: str
    pid: int
    operation: str
    term_s: float
    taken_at: str
    renewals: int = 0
    """Counts renewals, so that a rival sees that the holder is alive without comparing clocks."""


class PlanRecord(msgspec.Struct, frozen=True, omit_defaults=True):
    """A plan that was started (rule P2)."""

    plan: str
    """The plan's hash."""
    started: Serial
    finished: Serial | None = None
    outcome: str = ""


class Tombstone(msgspec.Struct, frozen=True, omit_defaults=True):
    """An address that was recorded once and is no longer: what a plan's claim of absence is bound to."""

    uid: Uid
    serial: Serial
    how: Literal["deleted", "forgotten", "renamed"]
    """`renamed`: what was here goes on under another address."""


class Snapshot(msgspec.Struct, frozen=True, omit_defaults=True):
    """Everything recorded, as of one serial."""

    lineage: str
    stack: str
    environment: str
    serial: Serial = 0
    resources: dict[Address, ResourceState] = {}
    tombstones: dict[Address, Tombstone] = {}
    intents: dict[str, Intent] = {}
    """Open intents by id: objects that may exist."""
    plans: dict[str, PlanRecord] = {}
    runs: dict[Uid, tuple[RunRecord, ...]] = {}
    """Per workflow, oldest first: the last run that succeeded, the last of any status, and the last that was withheld
    if that is later. The whole history is in the index."""
    outputs: dict[str, Any] = {}
    """The stack's own outputs, for other stacks."""
    output_serials: dict[str, Serial] = {}
    """Of each output, the serial at which it became what it is: the version that others' plans are bound to (rule A4)."""
    lease: Lease | None = None
    epoch: int = 0
    targets: dict[str, Target] = {}
    """Targets by name, so that what is recorded can be reached when the stack is gone."""
    claims: dict[Uid, str] = {}
    """Per workflow: the store that holds its claims (rule R2)."""
    moves: dict[str, MoveRecord] = {}
    """Moves between targets by id, in the order in which they began."""
    moved_to: str = ""
    """URL of the store where the ledger goes on; nothing more is recorded here then (`state migrate`)."""
