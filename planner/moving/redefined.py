"""A target that is still called the same, and is another place: what is recorded on it stays at the earlier one.

Changing `engine=` or `store=` of a target in the stack is the one-line way to move everything on it. Until each resource
has moved it is recorded on the earlier target, under a name that says until when that was the target's meaning.
"""

from collections.abc import Callable, Mapping

import msgspec

from unknot.stacks.address import Address
from unknot.stacks.definition import WORKFLOW_TYPE
from unknot.stacks.portable.words import PORTABLE
from unknot.stacks.target import Target
from unknot.state.snapshot import ResourceState, Serial


class Redefined(msgspec.Struct, frozen=True):
    """What planning goes on with."""

    prior: Mapping[Address, ResourceState]
    targets: Mapping[str, Target]
    """Earlier meanings, by the name that they are recorded under from now on."""
    retargeted: dict[Address, str]
    """What is recorded under which of these names."""


def redefined(
    prior: Mapping[Address, ResourceState],
    recorded: Mapping[str, Target],
    wanted: Mapping[str, Target],
    serial: Serial,
    movable: Callable[[str], bool],
) -> Redefined:
    """The recorded states as they are on the targets as these were."""
    changed = {
        name: recorded[name]
        for name, target in wanted.items()
        if name in recorded and _place(recorded[name]) != _place(target)
    }
    if not changed:
        return Redefined(prior, {}, {})
    found, targets, retargeted = dict(prior), dict[str, Target](), dict[Address, str]()
    for address, state in prior.items():
        before = changed.get(state.target)
        if (
            before is None
            or state.owned_by is not None
            or not movable(state.type)
            or state.provider == PORTABLE
        ):
            continue  # what is portable goes by the cloud of its target
        now = wanted[state.target]
        if state.type != WORKFLOW_TYPE and before.store == now.store:
            continue  # no engine has it
        name = f"{state.target}@{serial}"
        targets[name] = msgspec.structs.replace(before, name=name)
        retargeted[address] = name
        found[address] = on(state, name)
    return Redefined(found, targets, retargeted)


def on(state: ResourceState, target: str) -> ResourceState:
    """The state with what stands on its target recorded on `target`."""
    instances = tuple(
        msgspec.structs.replace(i, target=target) if i.target == state.target else i for i in state.instances
    )
    return msgspec.structs.replace(state, target=target, instances=instances)


def _place(target: Target) -> tuple[str, str]:
    return target.engine, target.store
