"""`moved` rules: recorded addresses get their wanted names, all at once, so that swaps and chains work (rule A5)."""

from collections.abc import Mapping
from typing import Any

import msgspec

from unknot.stacks.address import Address, type_of
from unknot.stacks.definition import PUBLISHED, REF, Definition
from unknot.stacks.diagnostic import Diagnostic, Diagnostics
from unknot.stacks.portable.naming import renamed_part
from unknot.state.snapshot import ResourceState


def renamed(
    recorded: Mapping[Address, ResourceState], definition: Definition, diagnostics: Diagnostics
) -> tuple[dict[Address, Address], Mapping[Address, ResourceState]]:
    """Prior address to address for the rules that apply, and what is recorded under the wanted names.

    A rule whose prior address is not recorded is done already and says nothing.
    """
    renames = _chained(
        {rule.prior: rule.address for rule in definition.moves if rule.prior != rule.address}, recorded
    )
    for rule in definition.moves:
        _check(rule.prior, renames, recorded, definition, diagnostics)
    renames = {prior: address for prior, address in renames.items() if prior in recorded}
    if not renames:
        return {}, recorded
    renames = with_parts_renamed(renames, recorded)
    _refuse_shared(renames, diagnostics)
    taken = set(recorded) - set(renames)
    for prior, address in list(renames.items()):
        if address in taken:
            diagnostics.add(
                Diagnostic.error(
                    f"`{prior}` cannot become `{address}`: that address is recorded already",
                    detail="Remove one of the two first, or move the other one too.",
                    address=address,
                )
            )
            del renames[prior]
    return renames, apply_renames(recorded, renames)


def with_parts_renamed(
    renames: Mapping[Address, Address], recorded: Mapping[Address, ResourceState]
) -> dict[Address, Address]:
    """The renames, and those of the parts of what is renamed: parts are named after their owner."""
    parts = {
        state.address: renamed_part(state.address, owner, renames[owner])
        for state in recorded.values()
        if (owner := state.owned_by) is not None and owner in renames
    }
    return {**parts, **renames}


def _refuse_shared(renames: dict[Address, Address], diagnostics: Diagnostics) -> None:
    """Two recorded addresses cannot become one: neither is renamed."""
    by_address: dict[Address, list[Address]] = {}
    for prior, address in renames.items():
        by_address.setdefault(address, []).append(prior)
    for address, priors in by_address.items():
        if len(priors) > 1:
            diagnostics.add(
                Diagnostic.error(
                    f"`{priors[0]}` and `{priors[1]}` cannot both become `{address}`",
                    detail="Both are recorded. Take one of the `moved` rules away.",
                    address=address,
                )
            )
            for prior in priors:
                del renames[prior]


def apply_renames(
    recorded: Mapping[Address, ResourceState], renames: Mapping[Address, Address]
) -> dict[Address, ResourceState]:
    """`recorded` with addresses and the dependencies among them renamed, all at once."""
    result: dict[Address, ResourceState] = {}
    for address, state in recorded.items():
        to = renames.get(address, address)
        if to != address or state.owned_by in renames or any(d in renames for d in state.dependencies):
            dependencies = tuple(renames.get(d, d) for d in state.dependencies)
            result[to] = msgspec.structs.replace(
                state,
                address=to,
                owned_by=None if (owner := state.owned_by) is None else renames.get(owner, owner),
                dependencies=dependencies,
                inputs=_references_renamed(state.inputs, renames),
                resolved=_references_renamed(state.resolved, renames),
            )
        else:
            result[to] = state
    return result


def _references_renamed(value: Any, renames: Mapping[Address, Address]) -> Any:
    """What folding the renaming makes of recorded inputs, so that a rename alone changes nothing that refers to it."""
    if isinstance(value, dict):
        if len(value) == 1 and REF in value:
            address, *path = value[REF]
            return {REF: [renames.get(address, address), *path]}
        renamed = {key: _references_renamed(item, renames) for key, item in value.items()}
        if PUBLISHED in value and "stack" not in value:
            address, *path = value[PUBLISHED]
            renamed[PUBLISHED] = [renames.get(address, address), *path]
        if "after" in value and isinstance(
            value.get("uid"), dict
        ):  # a schedule, not as its engine was given it
            renamed["after"] = renames.get(value["after"], value["after"])
        return renamed
    if isinstance(value, list):
        return [_references_renamed(item, renames) for item in value]
    return value


def _chained(
    rules: Mapping[Address, Address], recorded: Mapping[Address, ResourceState]
) -> dict[Address, Address]:
    """A recorded at the start of a chain `a -> b -> c` goes to its end, unless `b` is recorded itself."""
    found: dict[Address, Address] = {}
    for prior in rules:
        to, steps = rules[prior], {prior}
        while to in rules and to not in recorded and to not in steps:
            steps.add(to)
            to = rules[to]
        found[prior] = to
    return found


def _check(
    prior: Address,
    renames: Mapping[Address, Address],
    recorded: Mapping[Address, ResourceState],
    definition: Definition,
    diagnostics: Diagnostics,
) -> None:
    rule = next(r for r in definition.moves if r.prior == prior)
    if prior not in renames:
        return
    address = renames[prior]
    if prior in definition.resources and not any(r.address == prior for r in definition.moves):
        diagnostics.add(
            Diagnostic.error(
                f"`{prior}` is moved to `{address}` and still defined",
                detail=f"The rule is at {rule.source}. Remove the rule or the resource.",
                address=prior,
                source=definition.resources[prior].source,
            )
        )
    elif prior in recorded and type_of(prior) != type_of(address):
        diagnostics.add(
            Diagnostic.error(
                f"`{prior}` cannot become `{address}`: their types differ",
                detail="A `moved` rule renames; it cannot turn one type into another.",
                address=address,
                source=rule.source,
            )
        )
