"""One field of a change as it may be shown: masked where it is sensitive (rule S1)."""

from collections.abc import Iterable
from typing import Any

from unknot.planner.plan import FieldChange
from unknot.planner.secrecy import is_given
from unknot.planner.values import CHANGED_MASK, MASK, holds_sealed, is_sealed, is_secret
from unknot.stacks.definition import SEALED
from unknot.stacks.resource_type import FieldTraits

__all__ = ["MASK", "field_change", "is_secret", "listed", "shown"]


def field_change(
    name: str, prior: Any, planned: Any, traits: FieldTraits | None, *, forces: bool = False
) -> FieldChange:
    """One input that differs, masked where it is sensitive or made of what is (rule S1)."""
    declared = traits is not None and (traits.sensitive or traits.write_only)
    values = [value for value in (prior, planned) if value is not None]
    # Beside a secret by reference, a plain value may be what it refers to, as the world shows it.
    beside_secret = len({is_secret(value) for value in values}) == 2
    if not declared and not is_sealed(planned) and values and all(map(is_given, values)):
        return FieldChange(name, shown(prior), _beside(planned, prior), forces_replacement=forces)
    if declared or beside_secret or MASK in (prior, planned) or any(map(holds_sealed, values)):
        return FieldChange(
            name,
            None if prior is None else MASK,
            None if planned is None else MASK,
            sensitive=True,
            forces_replacement=forces,
        )
    return FieldChange(name, prior, planned, forces_replacement=forces)


def shown(value: Any) -> Any:
    """`value` with a mask in the place of everything sealed."""
    if isinstance(value, dict):
        if SEALED in value:
            return MASK
        return {name: shown(item) for name, item in value.items()}
    if isinstance(value, list):
        return [shown(item) for item in value]
    return value


def _beside(planned: Any, prior: Any) -> Any:
    """`planned` as it is shown: a sealed value that is not the one before says so."""
    if isinstance(planned, dict):
        if SEALED in planned:
            return MASK if prior is None or prior == planned else CHANGED_MASK
        before = prior if isinstance(prior, dict) else {}
        return {name: _beside(item, before.get(name)) for name, item in planned.items()}
    if isinstance(planned, list):
        before = dict(enumerate(prior)) if isinstance(prior, list) else {}
        return [_beside(item, before.get(number)) for number, item in enumerate(planned)]
    return planned


def listed(names: Iterable[str]) -> str:
    """Names of fields for a sentence; of many, the first few and how many more."""
    quoted = [f"`{name}`" for name in names]
    if len(quoted) > 4:
        return ", ".join(quoted[:3]) + f" and {len(quoted) - 3} more"
    return ", ".join(quoted[:-1]) + " and " + quoted[-1] if len(quoted) > 1 else "".join(quoted)
