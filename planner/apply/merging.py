"""The plan as of now: its changes over the ledger as it is under the lease, with values known now (rule A4).

Policies judge it once more. Nothing is applied by it: what apply does is the plan, validated change by change.
"""

from collections.abc import Callable
from typing import Any

import msgspec

from unknot.planner.diff import OtherStack
from unknot.planner.fields import field_change
from unknot.planner.plan import Action, Change, FieldChange, OutputChange, Plan
from unknot.planner.secrecy import Vaults
from unknot.planner.values import Lookup, MissingOutput, resolve
from unknot.providers.base import UNKNOWN
from unknot.stacks.address import Address
from unknot.stacks.resource_type import FieldTraits
from unknot.state.snapshot import ResourceState, Snapshot


def as_of_now(
    plan: Plan, snapshot: Snapshot, other_stack: Callable[[str], OtherStack | None], vaults: Vaults
) -> Plan:
    """`plan` as it would read if it were made from `snapshot`, where it can still be applied to that."""
    changed = {change.address for change in plan.changes}

    def lookup(address: Address, stack: str | None) -> Any:
        if stack is not None:
            other = other_stack(stack)
            return UNKNOWN if other is None else other.outputs
        state = snapshot.resources.get(address)
        return UNKNOWN if address in changed or state is None else state.outputs

    changes = tuple(
        _change_now(change, snapshot.resources.get(change.address), lookup, vaults)
        for change in plan.changes
        if change.address in snapshot.resources or change.action.creates or change.action is Action.IMPORT
    )
    return msgspec.structs.replace(
        plan,
        serial=snapshot.serial,
        changes=changes,
        outputs=tuple(_output_now(output, plan, snapshot, lookup) for output in plan.outputs),
        unchanged=len(snapshot.resources.keys() - changed),
        unsettled=tuple(dict.fromkeys(intent.address for intent in snapshot.intents.values())),
        deposed=tuple(
            state.address
            for state in snapshot.resources.values()
            if any(instance.role == "deposed" for instance in state.instances)
        ),
    )


def _change_now(change: Change, prior: ResourceState | None, lookup: Lookup, vaults: Vaults) -> Change:
    planned = change.resolved_inputs
    now = _resolved_now(change.inputs, planned, lookup) if change.resolved is not None else planned
    same_prior = (None if prior is None else prior.serial) == (
        None if change.prior is None else change.prior.serial
    )
    moved = [name for name in now if not same_prior or vaults.differ(planned.get(name), now[name])]
    if not moved:
        return change
    fields = {field.path: field for field in change.fields}
    before = {} if prior is None or change.action is Action.CREATE else prior.resolved_inputs
    for name in moved:
        if vaults.differ(before.get(name), now[name]):
            fields[name] = _field(name, before.get(name), now[name], fields.get(name))
        elif name in fields and vaults.differ(planned.get(name), now[name]):
            del fields[name]
    return msgspec.structs.replace(
        change,
        prior=prior,
        resolved=None if change.resolved is None else now,
        fields=tuple(fields.values()),
    )


def _field(name: str, before: Any, now: Any, planned: FieldChange | None) -> FieldChange:
    """Inputs that are secrets were so when planning; one that is new here is masked by what it holds."""
    sensitive = planned is not None and planned.sensitive
    forces = planned is not None and planned.forces_replacement
    return field_change(name, before, now, FieldTraits(sensitive=sensitive), forces=forces)


def _resolved_now(inputs: dict[str, Any], planned: dict[str, Any], lookup: Lookup) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in inputs.items():
        try:
            found[name] = _better(resolve(value, lookup), planned.get(name))
        except MissingOutput:
            found[name] = planned.get(name)  # the walk says what is missing
    return found


def _better(now: Any, planned: Any) -> Any:
    """What is known now, and what was predicted where it is not."""
    if isinstance(now, str) and now == UNKNOWN:
        return planned
    if isinstance(now, dict) and isinstance(planned, dict) and now.keys() == planned.keys():
        return {key: _better(now[key], planned[key]) for key in now}
    if isinstance(now, list) and isinstance(planned, list) and len(now) == len(planned):
        return [_better(one, other) for one, other in zip(now, planned, strict=True)]
    return now


def _output_now(output: OutputChange, plan: Plan, snapshot: Snapshot, lookup: Lookup) -> OutputChange:
    if output.sensitive:
        return output
    planned = output.planned
    if output.name in plan.output_values:
        planned = _resolved_now({"": plan.output_values[output.name]}, {"": planned}, lookup)[""]
    return msgspec.structs.replace(output, prior=snapshot.outputs.get(output.name), planned=planned)
