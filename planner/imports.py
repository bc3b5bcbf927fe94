"""`import_` rules: existing objects that the plan takes under management. Reads them, changes nothing."""

from collections.abc import Mapping
from typing import Any

import msgspec

from unknot.planner.fields import field_change
from unknot.planner.plan import Action, Change
from unknot.planner.refresh import digest
from unknot.planner.sealing import guarded, sealer
from unknot.planner.secrecy import Vaults
from unknot.planner.services import Services
from unknot.planner.values import has_unknown, is_secret
from unknot.providers.base import ImportRequest, LiveObject, Mark
from unknot.stacks.address import Address
from unknot.stacks.definition import Definition, ImportRule
from unknot.stacks.diagnostic import Diagnostic, Diagnostics
from unknot.stacks.errors import LedgerError, UnknotError
from unknot.stacks.resource_type import FieldTraits
from unknot.stacks.secret import SecretUnavailable
from unknot.state.snapshot import Snapshot


def imported(
    definition: Definition,
    changes: Mapping[Address, Change],
    services: Services,
    snapshot: Snapshot,
    vaults: Vaults,
    diagnostics: Diagnostics,
) -> dict[Address, Change]:
    """Creations that become imports. A rule for an address that is recorded already says nothing."""
    found: dict[Address, Change] = {}
    for rule in definition.imports:
        change = changes.get(rule.address)
        if change is None or change.action is not Action.CREATE:
            continue
        live = _read(rule, change, definition, services, snapshot, vaults, diagnostics)
        if live is None:
            continue
        taken = import_change(change, rule.id, live, definition.resources[rule.address].info.fields)
        found[rule.address] = taken
        fixed = [field.path for field in taken.fields if field.path in change.immutable]
        if fixed:
            diagnostics.add(
                Diagnostic.error(
                    f"`{rule.id}` cannot become `{rule.address}`: its `{fixed[0]}` differs",
                    detail="That input cannot be changed in place. Write what the object has, and import that.",
                    address=rule.address,
                    source=rule.source,
                )
            )
    return found


def import_change(
    change: Change, object_id: str, live: LiveObject, traits: Mapping[str, FieldTraits]
) -> Change:
    """A creation, turned into taking over `live`; inputs that differ are updated in the same step."""
    wanted = change.resolved_inputs
    fields = tuple(
        field_change(name, live.inputs.get(name), wanted.get(name), traits.get(name))
        for name in wanted
        # What is not known yet may be what the object has: a later plan tells.
        if name in live.inputs and live.inputs[name] != wanted[name] and not has_unknown(wanted[name])
    )
    reason = f"`{object_id}` exists and is taken under management"
    if fields:
        reason += ", then updated"
    return msgspec.structs.replace(
        change,
        action=Action.IMPORT,
        fields=fields,
        reason=reason,
        import_id=object_id,
        reads=msgspec.structs.replace(change.reads, live=digest(live, wanted, change.type)),
    )


def _clear(value: Any, vaults: Vaults) -> Any:
    """With the secrets in it, as far as they can be read here: for comparing only."""
    try:
        return vaults.revealed(value, [])
    except (SecretUnavailable, LedgerError, ValueError):
        return vaults.clear({"": value}, [])[""]


def _read(
    rule: ImportRule,
    change: Change,
    definition: Definition,
    services: Services,
    snapshot: Snapshot,
    vaults: Vaults,
    diagnostics: Diagnostics,
) -> LiveObject | None:
    wanted = change.resolved_inputs
    clear = {name: _clear(value, vaults) for name, value in wanted.items()}
    context = services.context(snapshot.lineage, definition.targets, change.target)
    mark = Mark(snapshot.lineage, change.uid)
    try:
        response = services.provider(change.provider).import_(
            ImportRequest(
                context,
                rule.address,
                change.type,
                rule.id,
                mark,
                inputs=clear,
            )
        )
    except UnknotError as problem:
        diagnostics.add(
            Diagnostic.error(
                f"`{rule.id}` could not be read: {problem.summary}",
                detail=problem.detail,
                address=rule.address,
                source=rule.source,
            )
        )
        return None
    if response.object is None:
        diagnostics.add(
            Diagnostic.error(
                f"`{rule.id}` does not exist, so it cannot be imported",
                detail=f"It was to become `{rule.address}`. Correct the id, or remove the rule to create the object.",
                address=rule.address,
                source=rule.source,
            )
        )
        return None
    # What has the very secret that is wanted is as it is wanted, and nothing has to be sent again.
    same = {
        name: wanted[name]
        for name, value in response.object.inputs.items()
        if is_secret(wanted.get(name)) and value == clear[name]
    }
    inputs = (
        guarded(change.type, response.object.inputs, wanted, sealer(vaults, change.uid, live=True)) | same
    )
    return msgspec.structs.replace(response.object, inputs=inputs)
