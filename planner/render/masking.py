"""What of a plan may be shown: secrets, and what is made of them, are masked; opaque fields are left out (rule S1).

Every rendering takes fields and outputs from here, so that none shows what another hides.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from unknot.planner.meaning import CODE_FIELDS
from unknot.planner.plan import Change, Drift, FieldChange, OutputChange, Plan
from unknot.stacks.address import Address
from unknot.stacks.definition import JOIN, REF, WORKFLOW_TYPE
from unknot.stacks.portable.words import PARTS, PORTABLE

MASK = "(sensitive)"
"""What the planner puts in the place of a sensitive value."""

OPAQUE = {WORKFLOW_TYPE: CODE_FIELDS}
"""Inputs by type that no reader wants value by value: the plan's `notes` say what their change means."""


_BOUND = frozenset({PARTS})
"""Of portable resources: their outputs are what is bound there."""


class Masking:
    """The fields and outputs of one plan, fit to be shown."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._secret = {
            c.address: frozenset(c.sensitive_outputs) for c in plan.changes if c.sensitive_outputs
        }

    def fields(self, change: Change) -> tuple[FieldChange, ...]:
        """The change's fields: masked where they are, or are made of, something sensitive."""
        opaque = _BOUND if change.provider == PORTABLE else OPAQUE.get(change.type, frozenset())
        brief = _brief if change.provider == PORTABLE else _as_it_is
        return tuple(
            brief(_masked(f, bool(self._secret) and refers_to(change.inputs.get(f.path), self._secret)))
            for f in change.fields
            if f.path not in opaque
        )

    def drift(self, drift: Drift) -> tuple[FieldChange, ...]:
        """The fields that differ in the world."""
        return tuple(_masked(f, False) for f in drift.fields)

    def outputs(self) -> tuple[OutputChange, ...]:
        """The stack's outputs, in the order of their names."""
        return tuple(
            msgspec.structs.replace(
                output,
                prior=None if output.prior is None else MASK,
                planned=None if output.planned is None else MASK,
            )
            if self._secret and refers_to(self._plan.output_values.get(output.name), self._secret)
            else output
            for output in sorted(self._plan.outputs, key=lambda o: o.name)
        )


def refers_to(value: Any, secret: Mapping[Address, Iterable[str]]) -> bool:
    """Whether an encoded value refers to a sensitive output of one of these addresses."""
    if isinstance(value, dict):
        if isinstance(place := value.get(REF), list) and place:
            return len(place) < 2 or place[1] in secret.get(place[0], ()) if place[0] in secret else False
        parts = value[JOIN] if JOIN in value else list(value.values())
        return any(refers_to(part, secret) for part in parts)
    if isinstance(value, list):
        return any(refers_to(part, secret) for part in value)
    return False


def _brief(field: FieldChange) -> FieldChange:
    """With the address alone of a portable resource that was given itself, in place of all of its outputs."""
    return msgspec.structs.replace(field, prior=_addressed(field.prior), planned=_addressed(field.planned))


def _addressed(value: Any) -> Any:
    if isinstance(value, dict):
        if {"address", "full_name"} <= value.keys():
            return value["address"]
        return {key: _addressed(item) for key, item in value.items()}
    return [_addressed(item) for item in value] if isinstance(value, list) else value


def _as_it_is(field: FieldChange) -> FieldChange:
    return field


def _masked(field: FieldChange, tainted: bool) -> FieldChange:
    """A field of which one side is masked is sensitive, whatever the other holds."""
    if field.sensitive or tainted or field.prior == MASK or field.planned == MASK:
        return msgspec.structs.replace(
            field,
            prior=None if field.prior is None else MASK,
            planned=None if field.planned is None else MASK,
            sensitive=True,
        )
    return field
