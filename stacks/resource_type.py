"""What the planner must know of a resource type: traits of its fields, and the options of a resource's life.

Apart from `resource.py`, so that what reads plans and ledgers loads no pydantic.
"""

from typing import Literal, TypeAlias

import msgspec

ResolveBy: TypeAlias = Literal["token", "mark", "unique-name-with-proof", "none"]
"""How an open intent of a resource type is settled after a crash (rule A3)."""


class FieldTraits(msgspec.Struct, frozen=True):
    """What the planner must know of one input."""

    immutable: bool = False
    sensitive: bool = False
    write_only: bool = False
    opaque: bool = False
    """Too large to be shown value by value: the plan shows what it means instead."""


class TypeInfo(msgspec.Struct, frozen=True):
    """What the planner must know of a resource type, without importing its class."""

    type: str
    provider: str
    fields: dict[str, FieldTraits]
    computed: dict[str, FieldTraits]
    resolve_by: ResolveBy
    """How an open intent is settled after a crash (rule A3)."""
    schema_version: int = 1
    timeout_s: float = 20.0
    """Longest time that one call of the provider may take."""


class Move(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What has to hold before a resource that moves is used at its new target, and how long the way back stays open."""

    shadow_runs: int = 1
    """Of a workflow: so many of its latest good runs are run at the target with the same inputs, and compared."""
    tolerances: dict[str, float] = {}
    """Metric to the relative difference that is none; metrics that are not named must be equal."""
    ignored: tuple[str, ...] = ()
    """Outputs (`task.output`) and metrics that may differ between the two sides."""
    retain_days: int = 30
    """For which nothing offers to delete what is left at the source."""


class Lifecycle(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """How a resource may change."""

    prevent_destroy: bool = False
    """A plan that would delete or replace it has an error."""
    ignore_changes: tuple[str, ...] = ()
    """Inputs whose changes are left alone."""
    create_before_destroy: bool = False
    replace_triggered_by: tuple[str, ...] = ()
    """Addresses, or `address.input`, whose change replaces this one too."""
    retain_on_delete: bool = False
    """Leaving the stack forgets it and lets the object live."""
    move: Move | None = None
    """How it moves to another target; None: as `Move()` says."""
