"""Resolve encoded inputs: put outputs in the place of references, as far as they are known.

A sealed output stays sealed, wherever it goes: whoever makes the call opens it (rule S1).
"""

from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

from unknot.providers.base import UNKNOWN
from unknot.stacks.address import Address
from unknot.stacks.definition import JOIN, REF, SEALED, SECRET

Lookup: TypeAlias = Callable[[Address, str | None], Any]
"""Outputs of an address (or of another stack), `UNKNOWN` when not known yet, None when it is not recorded."""


MASK = "(sensitive)"
"""Stands in place of a sensitive value wherever it would be shown, or recorded by a ledger without a key."""


CHANGED_MASK = "(sensitive, another one)"
"""Stands in place of a sensitive value inside of an input, of which it is shown that it changes."""


class MissingOutput(KeyError):
    """A reference leads to something that the resource has not."""


def is_sealed(value: Any) -> bool:
    """Whether `value` is a sensitive value under a ledger's key."""
    return isinstance(value, dict) and SEALED in value


def is_secret(recorded: Any) -> bool:
    """Whether what is recorded is, or holds, a secret: then what the world shows for it is one, too."""
    if isinstance(recorded, dict):
        return SECRET in recorded or SEALED in recorded or any(map(is_secret, recorded.values()))
    if isinstance(recorded, list):
        return any(map(is_secret, recorded))
    return isinstance(recorded, str) and recorded == MASK


def holds_sealed(value: Any) -> bool:
    """Whether anything inside `value` is under a ledger's key."""
    if isinstance(value, dict):
        return SEALED in value or any(map(holds_sealed, value.values()))
    return isinstance(value, list) and any(map(holds_sealed, value))


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
            if any(part is UNKNOWN or part == UNKNOWN for part in parts):
                return UNKNOWN
            # Text made of a secret is one, and is put together where that is opened.
            return {JOIN: parts} if any(map(is_secret, parts)) else "".join(map(str, parts))
        if SECRET in value and isinstance(value[SECRET], dict):  # kept by a resource, which knows where
            return {SECRET: resolve(value[SECRET], lookup)}
        if SECRET in value or SEALED in value:
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
        if is_sealed(found):
            found = {SEALED: {**found[SEALED], "path": [*found[SEALED].get("path", ()), step]}}
            continue
        try:
            found = found[step]
        except (KeyError, IndexError, TypeError):
            where = address or reference.get("stack")
            raise MissingOutput(f"`{where}` has no output `{'.'.join(map(str, path))}`") from None
        if found == MASK:
            raise MissingOutput(
                f"`{address or reference.get('stack')}` has its output `{path[0]}` recorded as a mask only: it is "
                "sensitive, and the ledger had no key. With one, it is recorded once the resource is made anew "
                "(`--replace`)"
            )
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
    return {stack for stack, _ in stack_outputs_in(value)}


def stack_outputs_in(value: Any) -> Iterator[tuple[str, str]]:
    """Outputs of other stacks that `value` refers to: stack and name."""
    if isinstance(value, dict):
        if REF in value:
            if "stack" in value:
                yield value["stack"], value[REF][1]
            return
        for item in value.values():
            yield from stack_outputs_in(item)
    elif isinstance(value, list):
        for item in value:
            yield from stack_outputs_in(item)
