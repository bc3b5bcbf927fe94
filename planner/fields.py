"""One field of a change as it may be shown: masked where it is sensitive (rule S1)."""

from collections.abc import Iterable
from typing import Any

from unknot.planner.plan import FieldChange
from unknot.planner.values import MASK, holds_sealed, is_secret
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


def listed(names: Iterable[str]) -> str:
    """Names of fields for a sentence; of many, the first few and how many more."""
    quoted = [f"`{name}`" for name in names]
    if len(quoted) > 4:
        return ", ".join(quoted[:3]) + f" and {len(quoted) - 3} more"
    return ", ".join(quoted[:-1]) + " and " + quoted[-1] if len(quoted) > 1 else "".join(quoted)
