"""One field of a change as it may be shown: masked where it is sensitive (rule S1)."""

from collections.abc import Iterable
from typing import Any

from unknot.planner.plan import FieldChange
from unknot.stacks.definition import JOIN, SECRET
from unknot.stacks.resource_type import FieldTraits

MASK = "(sensitive)"
"""Stands in place of a sensitive value wherever it would be shown or recorded."""


def field_change(
    name: str, prior: Any, planned: Any, traits: FieldTraits | None, *, forces: bool = False
) -> FieldChange:
    """One input that differs, masked where it is sensitive (rule S1)."""
    if traits is not None and (traits.sensitive or traits.write_only):
        return FieldChange(
            name,
            None if prior is None else MASK,
            None if planned is None else MASK,
            sensitive=True,
            forces_replacement=forces,
        )
    return FieldChange(name, prior, planned, forces_replacement=forces)


def is_secret(recorded: Any) -> bool:
    """Whether what is recorded stands for a secret: then what the world shows for it is one, too."""
    if isinstance(recorded, dict):
        return SECRET in recorded or (JOIN in recorded and any(is_secret(part) for part in recorded[JOIN]))
    return isinstance(recorded, str) and recorded == MASK


def listed(names: Iterable[str]) -> str:
    """Names of fields for a sentence; of many, the first few and how many more."""
    quoted = [f"`{name}`" for name in names]
    if len(quoted) > 4:
        return ", ".join(quoted[:3]) + f" and {len(quoted) - 3} more"
    return ", ".join(quoted[:-1]) + " and " + quoted[-1] if len(quoted) > 1 else "".join(quoted)
