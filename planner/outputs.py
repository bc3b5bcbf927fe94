"""The stack's own outputs: what of them would change, masked where they are sensitive (rule S1)."""

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from unknot.planner.plan import OutputChange
from unknot.planner.secrecy import Vaults, in_clear, not_kept, used_secrets
from unknot.planner.values import MASK, Lookup, MissingOutput, has_unknown, holds_sealed, is_secret, resolve
from unknot.stacks.address import Address
from unknot.stacks.definition import Definition, Desired
from unknot.stacks.diagnostic import Diagnostic, Diagnostics


def output_changes(
    definition: Definition,
    wanted: Mapping[str, Any],
    recorded: Mapping[str, Any],
    desired: Mapping[Address, Desired],
    lookup: Lookup,
    vaults: Vaults,
    diagnostics: Diagnostics,
) -> tuple[OutputChange, ...]:
    """Compare the `wanted` outputs, encoded with references, with the recorded ones."""
    planned: dict[str, Any] = {}
    sensitive = frozenset(definition.sensitive_outputs)
    for name, value in wanted.items():
        if problems := tuple(_problems(name, value, name in sensitive, desired, vaults)):
            diagnostics.extend(problems)
            continue
        try:
            planned[name] = resolve(value, lookup)
        except MissingOutput as missing:
            diagnostics.add(Diagnostic.error(f"output `{name}`: {missing.args[0]}"))
    found: list[OutputChange] = []
    for name in sorted({*recorded, *planned}):
        is_sensitive = name in sensitive
        if name not in planned:
            found.append(_change(name, "delete", recorded[name], None, is_sensitive))
        elif name not in recorded:
            found.append(_change(name, "create", None, planned[name], is_sensitive))
        elif has_unknown(planned[name]) or _differs(recorded[name], planned[name], is_sensitive, vaults):
            found.append(_change(name, "update", recorded[name], planned[name], is_sensitive))
    return tuple(found)


def is_to_be_sealed(value: Any, *, sensitive: bool) -> bool:
    """Whether an output is recorded under the ledger's key: declared so, or made of what is. References stay."""
    return holds_sealed(value) or (sensitive and value is not None and not is_secret(value))


def _problems(
    name: str, value: Any, sensitive: bool, desired: Mapping[Address, Desired], vaults: Vaults
) -> Iterator[Diagnostic]:
    """What is sensitive needs the ledger's key, and a reference: a literal would be in the plan."""
    if sensitive and in_clear(value):
        yield Diagnostic.error(
            f"output `{name}` is sensitive and is given in clear",
            detail='Give a reference in its place: an output, `Secret.env("NAME")` or `Secret.file(path)`.',
        )
    elif vaults.own is None:
        used = list(used_secrets(value, desired))
        if not used and sensitive and not is_secret(value):
            used = [name]
        for output in used:
            yield not_kept(output, f"output `{name}`")


def _differs(prior: Any, planned: Any, sensitive: bool, vaults: Vaults) -> bool:
    if is_to_be_sealed(planned, sensitive=sensitive) != holds_sealed(prior):
        return True  # recorded in clear or sealed, and to be the other from now on
    return vaults.differ(prior, planned)


def _change(
    name: str, action: Literal["create", "update", "delete"], prior: Any, planned: Any, sensitive: bool
) -> OutputChange:
    if sensitive or holds_sealed(prior) or holds_sealed(planned):
        masked = [None if value is None else MASK for value in (prior, planned)]
        return OutputChange(name, action, masked[0], masked[1], sensitive=True)
    return OutputChange(name, action, prior, planned)
