"""Resolve encoded inputs: put outputs in the place of references, as far as they are known."""

from collections.abc import Callable
from typing import Any, TypeAlias

from unknot.providers.base import UNKNOWN
from unknot.stacks.address import Address
from unknot.stacks.definition import JOIN, REF, SECRET

Lookup: TypeAlias = Callable[[Address, str | None], Any]
"""Outputs of an address (or of another stack), `UNKNOWN` when not known yet, None when it is not recorded."""


class MissingOutput(KeyError):
    """A reference leads to something that the resource has not."""


def has_references(value: Any) -> bool:
    """Whether any reference is inside `value`."""
    if isinstance(value, dict):
        return REF in value or JOIN in value or any(has_references(item) for item in value.values())
    if isinstance(value, list):
        return any(has_references(item) for item in value)
    return False


def resolve(value: Any, lookup: Lookup) -> Any:
    """`value` with references replaced. Secrets stay references.

    Raises MissingOutput when a known resource lacks what is referred to.
    """
    if isinstance(value, dict):
        if REF in value:
            return _follow(value, lookup)
        if JOIN in value:
            parts = [resolve(part, lookup) for part in value[JOIN]]
            return (
                UNKNOWN
                if any(part is UNKNOWN or part == UNKNOWN for part in parts)
                else "".join(map(str, parts))
            )
        if SECRET in value:
            return value
        return {key: resolve(item, lookup) for key, item in value.items()}
    if isinstance(value, list):
        return [resolve(item, lookup) for item in value]
    return value


def _follow(reference: dict[str, Any], lookup: Lookup) -> Any:
    address, *path = reference[REF]
    found = lookup(address, reference.get("stack"))
    for step in path:
        if found is UNKNOWN or found == UNKNOWN:
            return UNKNOWN
        try:
            found = found[step]
        except (KeyError, IndexError, TypeError):
            where = address or reference.get("stack")
            raise MissingOutput(f"`{where}` has no output `{'.'.join(map(str, path))}`") from None
    return found


def has_unknown(value: Any) -> bool:
    """Whether anything inside `value` is known only after apply."""
    if isinstance(value, dict):
        return any(has_unknown(item) for item in value.values())
    if isinstance(value, list):
        return any(has_unknown(item) for item in value)
    return isinstance(value, str) and value == UNKNOWN


def stacks_in(value: Any) -> set[str]:
    """Other stacks (`name/environment`) whose outputs `value` refers to."""
    if isinstance(value, dict):
        if REF in value:
            return {value["stack"]} if "stack" in value else set()
        return set().union(*(stacks_in(item) for item in value.values())) if value else set()
    if isinstance(value, list):
        return set().union(*(stacks_in(item) for item in value)) if value else set()
    return set()
