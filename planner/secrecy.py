"""What must not be recorded in clear, said at plan time (rule S1): sensitive inputs given as text, sensitive outputs used.

Sensitive inputs are recorded as references to secrets only. A sensitive output is recorded as a mask, so that
nothing can be made of it later: whatever uses one would get the mask.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from unknot.stacks.address import Address
from unknot.stacks.definition import JOIN, REF, SECRET, Desired
from unknot.stacks.diagnostic import Diagnostic
from unknot.stacks.resource_type import TypeInfo


def secret_inputs(info: TypeInfo) -> tuple[str, ...]:
    """The inputs of a type that must be secrets by reference."""
    return tuple(name for name, traits in info.fields.items() if traits.sensitive or traits.write_only)


def clear_secrets(desired: Desired, names: Iterable[str]) -> Iterator[Diagnostic]:
    """A diagnostic for each of the inputs `names` that holds a value in place of a reference to it."""
    for name in names:
        if _in_clear(desired.inputs.get(name)):
            yield Diagnostic.error(
                f"`{desired.address}`: `{name}` is given in clear, and would be recorded",
                detail='Give a reference in its place: `Secret.env("NAME")` or `Secret.file(path)`.',
                address=desired.address,
                source=desired.source,
            )


def used_secrets(value: Any, desired: Mapping[Address, Desired]) -> Iterator[str]:
    """Sensitive outputs, as `address.output`, that `value` refers to."""
    if isinstance(value, dict):
        if REF in value:
            address, *path = value[REF]
            source = desired.get(address)
            traits = None if source is None or not path else source.info.computed.get(path[0])
            if traits is not None and traits.sensitive:
                yield f"{address}.{path[0]}"
            return
        for item in value.values():
            yield from used_secrets(item, desired)
    elif isinstance(value, list):
        for item in value:
            yield from used_secrets(item, desired)


def not_kept(output: str, by: str, **where: Any) -> Diagnostic:
    """For a use of a sensitive output."""
    return Diagnostic.error(
        f"{by} uses `{output}`, which is sensitive and is not kept",
        detail="Nothing records a sensitive output. Let the provider put it into a secret store, and refer to "
        'that with `Secret.env("NAME")` or `Secret.file(path)`.',
        **where,
    )


def _in_clear(value: Any) -> bool:
    """Whether any text or number in it is neither a secret by reference nor another resource's output."""
    if isinstance(value, dict):
        if SECRET in value or REF in value or JOIN in value:
            return False
        return any(_in_clear(item) for item in value.values())
    if isinstance(value, list):
        return any(_in_clear(item) for item in value)
    return value is not None
