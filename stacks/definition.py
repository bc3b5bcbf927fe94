"""A whole stack as data: what loading gives, and all that the planner knows of the user's code.

Plain structs: a plan over a hundred thousand resources holds as many of these.
"""

from typing import Any, Literal

import msgspec

from unknot.stacks.address import Address
from unknot.stacks.diagnostic import SourceLocation
from unknot.stacks.resource_type import Lifecycle, TypeInfo
from unknot.stacks.target import Target

REF = "$ref"
"""`{"$ref": [address, *path]}` or `{"$ref": [address, *path], "stack": "name/environment"}`: an output not known yet."""
JOIN = "$join"
"""`{"$join": [text or reference, ...]}`: text made of outputs."""
SECRET = "$secret"  # noqa: S105 - the key of a reference, not a secret
"""`{"$secret": "env:NAME"}`: a secret by reference."""
SEALED = "$sealed"
"""`{"$sealed": {...}}`: a sensitive value under the key of a ledger (`state.ledger.vault`). Only ledgers and plans hold them."""
PUBLISHED = "$published"
"""`{"$published": [address, output], "uid": reference}`: the latest published output, read when a run starts."""

WORKFLOW_TYPE = "workflow"
"""Type of workflow deployments. Portable: an address never contains the engine (rule N1)."""

NO_LIFECYCLE = Lifecycle()


class Desired(msgspec.Struct, frozen=True, gc=False):
    """One resource as the stack wants it. Inputs are plain data, so the garbage collector need not look at it."""

    address: Address
    info: TypeInfo
    provider: str
    target: str
    inputs: dict[str, Any]
    """Encoded: references in the forms above, everything else plain JSON. Inputs that are None are left out."""
    dependencies: tuple[Address, ...]
    owner: str
    source: SourceLocation
    lifecycle: Lifecycle = NO_LIFECYCLE
    owned_by: Address | None = None
    """The portable resource that this is a part of."""


class ImportRule(msgspec.Struct, frozen=True):
    """`stack.import_`: an object that exists is to be recorded under an address."""

    address: Address
    id: str
    source: SourceLocation


class RemovalRule(msgspec.Struct, frozen=True):
    """`stack.removed`: what to do with what is recorded for an address that the stack no longer wants."""

    address: Address
    destroy: bool
    source: SourceLocation


class MoveRule(msgspec.Struct, frozen=True):
    """`stack.moved`: an address was renamed."""

    prior: Address
    address: Address
    source: SourceLocation


class PolicyRule(msgspec.Struct, frozen=True):
    """A function over the plan, by its place in the bundle."""

    name: str
    module: str
    qualname: str
    level: Literal["advisory", "mandatory"]
    source: SourceLocation


class ConditionRule(msgspec.Struct, frozen=True):
    """Something that must hold before or after a change of an address."""

    address: Address
    when: Literal["before", "after"]
    expression: str
    """Over `inputs`, `outputs` and `name`; or empty when `module` and `qualname` name a function in the bundle."""
    message: str
    source: SourceLocation
    module: str = ""
    qualname: str = ""


class Definition(msgspec.Struct, frozen=True):
    """Everything one stack wants in one environment."""

    stack: str
    environment: str
    owner: str
    resources: dict[Address, Desired]
    targets: dict[str, Target]
    moves: tuple[MoveRule, ...] = ()
    removals: tuple[RemovalRule, ...] = ()
    imports: tuple[ImportRule, ...] = ()
    policies: tuple[PolicyRule, ...] = ()
    conditions: tuple[ConditionRule, ...] = ()
    outputs: dict[str, Any] = {}
    """Name to encoded value."""
    sensitive_outputs: tuple[str, ...] = ()
    """Names of those that are recorded sealed and masked wherever they are shown (rule S1)."""
    bundles: dict[str, bytes] = {}
    """Packed code by SHA-256, for the plan's archive."""
    code: str = ""
    """SHA-256 of the bundle that has the functions of policies and conditions; empty when there are none."""
