"""The protocol of providers: requests in, responses out, so that a field can be added without breaking anyone.

To add a method: add its request and response here, give it to `fake`, and add its rule to `providers/contract.py`.
Methods may be called from several threads at once. A provider wraps its SDK's errors once, at its edge, in
`ProviderError`; no SDK type crosses this file.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import msgspec

from unknot.stacks.address import Address, Uid
from unknot.stacks.definition import Desired
from unknot.stacks.diagnostic import Diagnostic
from unknot.stacks.portable.naming import NameRule
from unknot.stacks.target import Target

UNKNOWN = "\x00unknown"
"""Stands in planned values for what is known only after apply. A NUL cannot be in a real identifier."""


class Mark(msgspec.Struct, frozen=True):
    """Our ownership tag on an object, where its type can bear one (rule A3)."""

    lineage: str
    uid: Uid


class Context(msgspec.Struct, frozen=True):
    """What every call may need besides its own request."""

    project: Path
    """The folder that relative paths are under."""
    lineage: str
    target: Target


class PlanItem(msgspec.Struct, frozen=True):
    """One change on which the provider is asked its opinion."""

    address: Address
    type: str
    action: str
    """What the planner proposes: a value of `planner.plan.Action`."""
    prior_inputs: dict[str, Any] | None
    prior_outputs: dict[str, Any] | None
    inputs: dict[str, Any]
    """Resolved as far as known; `UNKNOWN` where not."""
    changed: tuple[str, ...]


class PlanOpinion(msgspec.Struct, frozen=True):
    """What the provider says of one item. The defaults agree with the planner."""

    replace_because: tuple[str, ...] = ()
    """Fields that force a replacement here."""
    outputs: dict[str, Any] = {}
    """Outputs that can be predicted."""
    diagnostics: tuple[Diagnostic, ...] = ()


class PlanRequest(msgspec.Struct, frozen=True):
    context: Context
    items: tuple[PlanItem, ...]


class PlanResponse(msgspec.Struct, frozen=True):
    opinions: dict[Address, PlanOpinion] = {}
    """Only of items on which there is something to say."""


class ReadItem(msgspec.Struct, frozen=True):
    address: Address
    type: str
    id: str
    inputs: dict[str, Any]
    """As last written: what to compare with, and where to look."""


class LiveObject(msgspec.Struct, frozen=True):
    """An object as it is in the world."""

    id: str
    inputs: dict[str, Any]
    """In the terms of the type's inputs; only those the world can tell."""
    outputs: dict[str, Any] = {}
    mark: Mark | None = None
    """Whose it is, where that can be told."""


class ReadRequest(msgspec.Struct, frozen=True):
    context: Context
    items: tuple[ReadItem, ...]


class ReadResponse(msgspec.Struct, frozen=True):
    objects: dict[Address, LiveObject | None]
    """None: it is gone. An address that is absent here could not be read: see `diagnostics`."""
    diagnostics: tuple[Diagnostic, ...] = ()
    calls: int = 0
    """Requests made to the API (D9)."""


class CreateRequest(msgspec.Struct, frozen=True):
    """Safe to repeat: the same token must not make a second object."""

    context: Context
    address: Address
    type: str
    inputs: dict[str, Any]
    token: str
    mark: Mark
    generation: int
    timeout_s: float
    owner: str = ""
    bundles: "BundleSource | None" = None


class CreateResponse(msgspec.Struct, frozen=True):
    id: str
    outputs: dict[str, Any] = {}


class UpdateRequest(msgspec.Struct, frozen=True):
    context: Context
    address: Address
    type: str
    id: str
    prior_inputs: dict[str, Any]
    inputs: dict[str, Any]
    token: str
    mark: Mark
    generation: int
    timeout_s: float
    owner: str = ""
    bundles: "BundleSource | None" = None
    changed: tuple[str, ...] | None = None
    """Inputs that the plan found to differ; None: not told. Of secrets it alone can tell: what was recorded is a
    reference."""


class UpdateResponse(msgspec.Struct, frozen=True):
    outputs: dict[str, Any] = {}


class DeleteRequest(msgspec.Struct, frozen=True):
    """Deleting what is already gone is a success."""

    context: Context
    address: Address
    type: str
    id: str
    inputs: dict[str, Any]
    outputs: dict[str, Any]
    mark: Mark
    timeout_s: float
    progress: Callable[[str], None] | None = None
    """Takes what of a long deletion is done so far, from any thread."""


class DeleteResponse(msgspec.Struct, frozen=True):
    pass


class FindRequest(msgspec.Struct, frozen=True):
    """Look for what an interrupted create may have made (rule A3)."""

    context: Context
    address: Address
    type: str
    inputs: dict[str, Any]
    token: str
    mark: Mark


class FindResponse(msgspec.Struct, frozen=True):
    object: LiveObject | None
    """None: surely not made. With another's mark: not ours, never adopted."""


class ImportRequest(msgspec.Struct, frozen=True):
    context: Context
    address: Address
    type: str
    id: str
    mark: Mark
    adopt: bool = False
    """Put our mark on the object. False while planning, which writes nothing."""
    inputs: dict[str, Any] = {}
    """What the stack wants of it, as far as known: of these inputs, a live value that means the same is told as it is
    written here, as in a read."""


class ImportResponse(msgspec.Struct, frozen=True):
    object: LiveObject | None
    """None: there is no such object."""


class Provider(Protocol):
    """Touches one kind of world. Found by name through the registry."""

    name: str

    def plan(self, request: PlanRequest) -> PlanResponse: ...
    def read_many(self, request: ReadRequest) -> ReadResponse: ...
    def create(self, request: CreateRequest) -> CreateResponse: ...
    def update(self, request: UpdateRequest) -> UpdateResponse: ...
    def delete(self, request: DeleteRequest) -> DeleteResponse: ...
    def find(self, request: FindRequest) -> FindResponse: ...
    def import_(self, request: ImportRequest) -> ImportResponse: ...


class ExamineRequest(msgspec.Struct, frozen=True):
    """Who are we on this target, and may we do what these types need? Answered without doing anything."""

    context: Context
    types: tuple[str, ...]


class ExamineResponse(msgspec.Struct, frozen=True):
    """What is empty is not known, never guessed."""

    identity: str = ""
    """Whose credentials are used, as the cloud names them; never the credentials."""
    problem: str = ""
    """Why nothing can be done there as this identity; empty when nothing speaks against it."""
    missing: dict[str, tuple[str, ...]] | None = None
    """Permission, in the cloud's own words, to the types that need it; None: it cannot be told."""
    asked: int = 0
    """Permissions that the types need."""
    reason: str = ""
    """Why something cannot be told."""


@runtime_checkable
class Examined(Protocol):
    """A provider that can also say who it acts as, and what that identity lacks. Optional: `unknot doctor` asks."""

    def examine(self, request: ExamineRequest) -> ExamineResponse: ...


class Support(msgspec.Struct, frozen=True):
    """What a cloud can do of one portable type (D8). An input that it lacks it does not list."""

    made_of: tuple[str, ...]
    """Types of the parts."""
    inputs: dict[str, str] = {}
    """Inputs that it honours, each with how, in a few words, or nothing where there is nothing to say."""
    recorded: dict[str, str] = {}
    """Inputs that it keeps and nothing enforces there: said when planning, and not refused."""
    instead: dict[str, str] = {}
    """Of inputs that it lacks: what to do."""
    bounds: dict[str, tuple[float, float]] = {}
    """Least and greatest value of an input."""
    name: NameRule = NameRule()


class Neighbour(msgspec.Struct, frozen=True):
    """Another portable resource that an expansion refers to."""

    type: str
    name: str
    """Its physical name."""
    target: Target
    inputs: dict[str, Any]


class ExpandRequest(msgspec.Struct, frozen=True):
    """One portable resource, to be made of types of this cloud. The same request always gets the same response."""

    address: Address
    type: str
    inputs: dict[str, Any]
    """Encoded, with references."""
    name: str
    """Physical name: given by the user, recorded, or made up by the cloud's own rule."""
    target: Target
    stack: str
    environment: str
    mark: Mark
    import_id: str = ""
    """Of an object that is to be taken over; then it says the name."""
    neighbours: dict[Address, Neighbour] = {}
    """By address, the portable resources that the inputs refer to. All are on this cloud."""


class ExpandResponse(msgspec.Struct, frozen=True):
    """What a portable resource is made of. Target, owner, source and lifecycle of the parts are set by the planner."""

    parts: tuple[Desired, ...] = ()
    outputs: dict[str, Any] = {}
    """Every output of the portable type, encoded, with references to the parts."""
    name: str = ""
    """The physical name where it is not the one asked for: of an import."""
    settings: frozenset[Address] = frozenset()
    """Parts that keep nothing: `prevent_destroy` of their owner does not hold for them."""
    follows: dict[Address, dict[str, str]] = {}
    """Of a part: its input to the owner's input that it is made of, for `ignore_changes`."""
    imports: dict[Address, str] = {}
    """Parts to be taken over, with the id of each."""
    diagnostics: tuple[Diagnostic, ...] = ()


class Cloud(Protocol):
    """Makes portable types of a cloud's own. Touches nothing: its parts are carried out by their providers."""

    name: str

    @property
    def supports(self) -> Mapping[str, Support]:
        """By portable type; one that is absent cannot be had there."""
        ...

    def expand(self, request: ExpandRequest) -> ExpandResponse: ...


class Trace(msgspec.Struct, frozen=True):
    """How code and deployments name what is of one provider: by this a workflow is held to it."""

    provider: str
    names: str = ""
    """Regular expression for URLs and the like."""
    packages: tuple[str, ...] = ()
    """Of Python, that are for it alone."""
    secrets: str = ""
    """Kind of references to secrets that it keeps."""


class BundleSource(Protocol):
    """Where the bytes of packed code come from at apply: the plan's archive."""

    def read(self, bundle: str) -> bytes:
        """The bundle of that SHA-256; raises PlanUnreadable when it is not there."""
        ...
