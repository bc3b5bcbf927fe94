"""The plan: a frozen value that can be printed, compared, saved and applied exactly (D3). Nothing here acts."""

import enum
from typing import Any, Literal, TypeAlias

import msgspec

from unknot.stacks.address import Address, Uid
from unknot.stacks.definition import ConditionRule, PolicyRule
from unknot.stacks.diagnostic import Diagnostic, SourceLocation
from unknot.stacks.resource_type import Lifecycle, ResolveBy
from unknot.stacks.target import Target
from unknot.state.snapshot import ResourceState, Serial

PLAN_FORMAT = 1
"""Version of this file's structs on disk."""


class Action(enum.Enum):
    """The verb of a change."""

    NO_OP = "no-op"
    CREATE = "create"
    UPDATE = "update"
    DELETE_THEN_CREATE = "delete-then-create"
    CREATE_THEN_DELETE = "create-then-delete"
    DELETE = "delete"
    FORGET = "forget"
    IMPORT = "import"
    MOVE = "move"

    @property
    def replaces(self) -> bool:
        return self in (Action.DELETE_THEN_CREATE, Action.CREATE_THEN_DELETE)

    @property
    def destroys(self) -> bool:
        """An object in the world goes away."""
        return self.replaces or self is Action.DELETE

    @property
    def creates(self) -> bool:
        return self.replaces or self is Action.CREATE


class Version(msgspec.Struct, frozen=True, gc=False):
    """Which recording of an address a plan was computed from (rule P2)."""

    uid: Uid
    serial: Serial


class StackVersion(msgspec.Struct, frozen=True):
    """Which outputs of another stack a plan was computed from: what else is recorded there does not matter."""

    lineage: str
    """Of its ledger."""
    outputs: dict[str, Serial | None]
    """Name to the serial at which it became what it is; None for one that is not there."""


class ReadSet(msgspec.Struct, frozen=True, omit_defaults=True):
    """Versions of everything a change was computed from (rule A4). Apply refuses the change if one moved."""

    prior: Version | None = None
    absent_since: Serial | None = None
    """For an address that is not recorded: serial of its last tombstone, 0 when it never was."""
    references: dict[Address, Version] = {}
    dependents: tuple[Address, ...] = ()
    """Of an address to be deleted: who was recorded as depending on it."""
    stacks: dict[str, StackVersion] = {}
    """Other stacks whose outputs were read, with the versions of these."""
    live: str = ""
    """Digest of the object as it was read; empty when it was not."""


class FieldChange(msgspec.Struct, frozen=True, omit_defaults=True):
    """One input that differs. Values are masked where they are sensitive; unknown ones are `UNKNOWN`."""

    path: str
    prior: Any = None
    planned: Any = None
    sensitive: bool = False
    forces_replacement: bool = False


Meaning: TypeAlias = Literal["", "behaviour", "metadata", "settings", "cannot-tell"]
"""What a change of a workflow means (D7)."""


class PlannedMove(msgspec.Struct, frozen=True, omit_defaults=True):
    """How a resource gets from one target to another."""

    id: str
    """`move-7`."""
    source: str
    """Target that it leaves."""
    source_provider: str
    source_id: str
    generation: int
    """Of the object at the new target."""
    phases: tuple[str, ...]
    done: tuple[str, ...] = ()
    """Of these, what an interrupted apply did."""
    objects: int = 0
    bytes: int = 0
    seconds: float | None = None
    """None: not known."""
    usd: float | None = None
    prices: str = ""
    """Date of the price table."""
    notes: tuple[str, ...] = ()
    shadow_runs: int = 0
    tolerances: dict[str, float] = {}
    ignored: tuple[str, ...] = ()
    retain_days: int = 30
    takes_back: str = ""
    """The move that this one undoes."""


class Change(msgspec.Struct, frozen=True, omit_defaults=True):
    """One address, what was recorded for it, what is wanted, and the verb between."""

    address: Address
    uid: Uid
    action: Action
    type: str
    provider: str
    target: str
    reads: ReadSet
    owner: str = ""
    prior: ResourceState | None = None
    inputs: dict[str, Any] = {}
    """Wanted, encoded with references. Empty for a delete."""
    resolved: dict[str, Any] | None = None
    """Wanted, with references replaced as far as known. None when there are no references."""
    dependencies: tuple[Address, ...] = ()
    fields: tuple[FieldChange, ...] = ()
    reason: str = ""
    """For the reader of the plan. Apply must not decide anything by it."""
    meaning: Meaning = ""
    """For the reader of the plan, and for which runs it asks for."""
    notes: tuple[str, ...] = ()
    """Further lines for the reader: which function changed, where."""
    lifecycle: Lifecycle = Lifecycle()
    source: SourceLocation | None = None
    resolve_by: ResolveBy = "mark"
    timeout_s: float = 300.0
    schema_version: int = 1
    import_id: str = ""
    owned_by: Address | None = None
    """The portable resource that this is a part of."""
    immutable: tuple[str, ...] = ()
    """Inputs that cannot change in place: apply refuses when a value known only then changes one (rule A4)."""
    sensitive_outputs: tuple[str, ...] = ()
    move: PlannedMove | None = None

    @property
    def resolved_inputs(self) -> dict[str, Any]:
        """Wanted, with references replaced as far as known."""
        return self.inputs if self.resolved is None else self.resolved


class Drift(msgspec.Struct, frozen=True, omit_defaults=True):
    """An object that differs in the world from what is recorded, apart from what the stack changed."""

    address: Address
    gone: bool = False
    fields: tuple[FieldChange, ...] = ()
    owner: str = ""
    owned_by: Address | None = None
    """The portable resource that it is a part of."""
    refreshed: ResourceState | None = None
    """What apply records when the drift is accepted; None when the object is gone."""
    version: Version | None = None


class OutputChange(msgspec.Struct, frozen=True, omit_defaults=True):
    """One output of the stack that is new, different or gone."""

    name: str
    action: Literal["create", "update", "delete"]
    prior: Any = None
    planned: Any = None
    sensitive: bool = False
    """Then both values are masked."""


class PlannedTask(msgspec.Struct, frozen=True, omit_defaults=True):
    """One task of a run that apply will start."""

    task: str
    runs: bool
    """False: its outputs are reused."""
    because: str


class PlannedRun(msgspec.Struct, frozen=True, omit_defaults=True):
    """A run that apply starts once its workflow is deployed."""

    address: Address
    uid: Uid
    reason: str
    tasks: tuple[PlannedTask, ...] = ()
    after: tuple[Address, ...] = ()
    """Workflows whose runs, and resources whose changes, must succeed first."""
    owner: str = ""


class PolicyResult(msgspec.Struct, frozen=True, omit_defaults=True):
    """What one policy said of the plan."""

    policy: str
    level: Literal["advisory", "mandatory"]
    passed: bool
    message: str = ""
    overridden: str = ""
    """The reason that the user gave for applying anyway."""


Mode: TypeAlias = Literal["normal", "destroy", "refresh-only"]


class Plan(msgspec.Struct, frozen=True, omit_defaults=True):
    """What apply will do, exactly. `apply` takes no other input about what is wanted."""

    stack: str
    environment: str
    lineage: str
    """Of the ledger; for a first plan, the random one that it proposes (rule P2)."""
    first: bool
    """No ledger was there: apply makes it."""
    serial: Serial
    """Of the snapshot that it was computed from. For display: validity is decided change by change."""
    nonce: str
    """Makes two plans of the same changes different plans, so that each is applied once."""
    created_at: str
    format: int = PLAN_FORMAT
    unknot: str = ""
    python: str = ""
    mode: Mode = "normal"
    owner: str = ""
    changes: tuple[Change, ...] = ()
    """Every address with something to do; what is unchanged is only counted."""
    renames: dict[Address, Address] = {}
    drift: tuple[Drift, ...] = ()
    outputs: tuple[OutputChange, ...] = ()
    output_values: dict[str, Any] = {}
    """The stack's outputs, encoded with references."""
    sensitive_outputs: tuple[str, ...] = ()
    """Of these, what the stack declares sensitive."""
    runs: tuple[PlannedRun, ...] = ()
    unchanged: int = 0
    unsettled: tuple[Address, ...] = ()
    """Addresses with an intent left open by an interrupted apply: an object may exist."""
    deposed: tuple[Address, ...] = ()
    """Addresses with an object left over from a replacement that was interrupted: apply deletes it."""
    retargeted: dict[Address, str] = {}
    """Recorded on a target that is another place now: the name under which its earlier meaning is kept."""
    unfinished: tuple[str, ...] = ()
    """Moves that have cut over, and of which apply does what comes after."""
    given_up: tuple[str, ...] = ()
    """Moves that were begun and are wanted no more: apply removes what they put at their target."""
    cleaned_up: tuple[str, ...] = ()
    """Moves of which apply removes what they left at their source."""
    excluded: tuple[Address, ...] = ()
    """Addresses with changes that `--target` or `--exclude` left out."""
    targets: dict[str, Target] = {}
    policies: tuple[PolicyRule, ...] = ()
    policy_results: tuple[PolicyResult, ...] = ()
    conditions: tuple[ConditionRule, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    definition_hash: str = ""
    """Of the whole definition: a gated apply compares it with the merged tree's."""
    bundles: tuple[str, ...] = ()
    """SHA-256 of the packed code that the archive holds."""
    code: str = ""
    """Which of them has the functions of policies and conditions: apply loads these from there only (rule P1)."""
    calls: int = 0
    """Requests made while refreshing (D9). For display."""

    @property
    def is_empty(self) -> bool:
        """Applying would do nothing at all."""
        return not (
            self.changes
            or self.renames
            or self.outputs
            or self.runs
            or self.drift
            or self.unsettled
            or self.deposed
            or self.unfinished
            or self.given_up
            or self.cleaned_up
        )

    @property
    def can_apply(self) -> bool:
        """The one rule for whether a plan may be applied at all."""
        return not any(d.is_error for d in self.diagnostics) and not any(
            not r.passed and r.level == "mandatory" and not r.overridden for r in self.policy_results
        )

    @property
    def destroys(self) -> bool:
        return bool(self.cleaned_up) or any(change.action.destroys for change in self.changes)

    def counts(self) -> dict[Action, int]:
        """How many changes there are of each action; actions without any are left out."""
        found: dict[Action, int] = {}
        for change in self.changes:
            found[change.action] = found.get(change.action, 0) + 1
        return found
