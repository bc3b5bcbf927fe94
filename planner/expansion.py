"""Expansion: each portable resource of a definition gets the parts that its target's cloud makes it of (rule N1).

Parts are ordinary resources from here on. What a cloud cannot do is said here, with file and line (D8). Reads only
its arguments; the clouds that it asks touch nothing.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from unknot.planner.ignoring import ignoring
from unknot.planner.services import Services
from unknot.providers.base import Cloud, ExpandRequest, ExpandResponse, Mark, Neighbour, Support
from unknot.stacks.address import Address, Uid, name_of, new_uid
from unknot.stacks.definition import JOIN, REF, SECRET, Definition, Desired, ImportRule
from unknot.stacks.diagnostic import Diagnostic, Diagnostics
from unknot.stacks.errors import UnknotError
from unknot.stacks.portable.naming import is_part_name, made_up_name
from unknot.stacks.portable.words import HERE, PARTS, PHYSICAL_NAME, PORTABLE
from unknot.stacks.resource_type import FieldTraits, Lifecycle, TypeInfo
from unknot.stacks.target import Target
from unknot.state.snapshot import ResourceState

_BOUND = FieldTraits(opaque=True)


class Expanded(msgspec.Struct, frozen=True):
    """A definition with all parts in it."""

    definition: Definition
    uids: dict[Address, Uid]
    """Of portable resources that are not recorded yet: their names are made of these."""


def expand(
    definition: Definition,
    prior: Mapping[Address, ResourceState],
    lineage: str,
    services: Services,
    diagnostics: Diagnostics,
) -> Expanded:
    """The definition with each portable resource made of its parts. Problems go to the diagnostics."""
    if not any(desired.info.provider == PORTABLE for desired in definition.resources.values()):
        return Expanded(definition, {})
    return _Expansion(definition, prior, lineage, services, diagnostics).run()


class _Wanted(msgspec.Struct, frozen=True):
    """A portable resource whose cloud and name are known."""

    desired: Desired
    inputs: dict[str, Any]
    cloud: Cloud
    cloud_name: str
    support: Support
    target: Target
    uid: Uid
    name: str


class _Expansion:
    def __init__(
        self,
        definition: Definition,
        prior: Mapping[Address, ResourceState],
        lineage: str,
        services: Services,
        diagnostics: Diagnostics,
    ) -> None:
        self._definition = definition
        self._prior = prior
        self._lineage = lineage
        self._services = services
        self._diagnostics = diagnostics
        self._resources: dict[Address, Desired] = dict(definition.resources)
        self._imports: list[ImportRule] = []
        self._uids: dict[Address, Uid] = {}
        self._infos: dict[str, TypeInfo] = {}
        self._rules = {rule.address: rule for rule in definition.imports}
        self._wrong = {found.address for found in diagnostics if found.is_error}

    def run(self) -> Expanded:
        wanted: dict[Address, _Wanted] = {}
        for desired in self._definition.resources.values():
            if desired.info.provider == PORTABLE and (found := self._wanted(desired)) is not None:
                wanted[desired.address] = found
        for each in wanted.values():
            self._make(each, wanted)
        portable = {d.address for d in self._definition.resources.values() if d.info.provider == PORTABLE}
        kept = tuple(rule for rule in self._definition.imports if rule.address not in portable)
        definition = msgspec.structs.replace(
            self._definition, resources=self._resources, imports=(*kept, *self._imports)
        )
        return Expanded(definition, self._uids)

    def _wanted(self, desired: Desired) -> _Wanted | None:
        """What is to be expanded; None for one with problems, which are known or are said here."""
        if desired.address in self._wrong or (not desired.inputs and self._diagnostics.has_errors):
            return None  # its inputs or its name did not pass: that was said when it was added
        target = self._definition.targets[desired.target]
        cloud_name = target.cloud or HERE
        try:
            cloud = self._services.cloud(cloud_name)
        except UnknotError as problem:
            self._say(desired, problem.summary, problem.detail)
            return None
        support = cloud.supports.get(desired.info.type)
        if support is None:
            self._say(
                desired,
                f"`{desired.address}`: the cloud `{cloud_name}` has no `{desired.info.type}`",
                f"It is on the target `{desired.target}`. Choose another target.",
            )
            return None
        recorded = self._prior.get(desired.address)
        inputs = desired.inputs
        if recorded is not None and desired.lifecycle.ignore_changes:
            inputs = ignoring(inputs, recorded.inputs, desired.lifecycle.ignore_changes)
        uid = new_uid() if recorded is None else recorded.uid
        if recorded is None:
            self._uids[desired.address] = uid
        self._diagnostics.extend(_unsupported(desired, inputs, cloud_name, support))
        name = self._name(desired, recorded, uid, support)
        return _Wanted(desired, inputs, cloud, cloud_name, support, target, uid, name)

    def _name(self, desired: Desired, recorded: ResourceState | None, uid: Uid, support: Support) -> str:
        """As the user says, else as it is called already on this target, else made up."""
        if (given := desired.inputs.get(PHYSICAL_NAME)) is not None:
            return str(given)
        if recorded is not None and recorded.target == desired.target:
            called = recorded.inputs.get(PHYSICAL_NAME)
            if isinstance(called, str):
                return called
        definition = self._definition
        own = name_of(desired.address)
        of = (self._lineage, str(uid), desired.target)
        return made_up_name(definition.stack, definition.environment, own, of, support.name)

    def _make(self, wanted: _Wanted, others: Mapping[Address, _Wanted]) -> None:
        desired = wanted.desired
        neighbours: dict[Address, Neighbour] = {}
        for address in dict.fromkeys(_referred(wanted.inputs)):
            if (other := others.get(address)) is None:
                continue
            if other.cloud_name != wanted.cloud_name:
                self._say(
                    desired,
                    f"`{desired.address}` on `{wanted.cloud_name}` cannot use `{address}` on `{other.cloud_name}`",
                    f"Put both on one cloud: their targets are `{desired.target}` and `{other.desired.target}`.",
                )
                return
            neighbours[address] = Neighbour(other.desired.info.type, other.name, other.target, other.inputs)
        rule = self._rules.get(desired.address)
        importing = rule is not None and desired.address not in self._prior
        request = ExpandRequest(
            address=desired.address,
            type=desired.info.type,
            inputs=wanted.inputs,
            name=wanted.name,
            target=wanted.target,
            stack=self._definition.stack,
            environment=self._definition.environment,
            mark=Mark(self._lineage, wanted.uid),
            import_id=rule.id if rule is not None and importing else "",
            neighbours=neighbours,
        )
        try:
            response = wanted.cloud.expand(request)
        except UnknotError as problem:
            self._say(desired, problem.summary, problem.detail)
            return
        self._diagnostics.extend(
            msgspec.structs.replace(d, address=desired.address, source=desired.source)
            for d in response.diagnostics
        )
        parts = tuple(self._part(wanted, part, response) for part in response.parts)
        for part in parts:
            self._add(part)
        self._resources[desired.address] = self._owner(wanted, response, parts)
        if rule is not None and importing:
            if not response.imports:
                self._say(
                    desired,
                    f"`{desired.address}` cannot be imported on `{wanted.cloud_name}`",
                    "Its cloud says of no part what the id is of. Import the cloud's own type in its place.",
                )
            self._imports.extend(ImportRule(part, id_, rule.source) for part, id_ in response.imports.items())

    def _part(self, wanted: _Wanted, part: Desired, response: ExpandResponse) -> Desired:
        owner = wanted.desired
        follows = response.follows.get(part.address, {})
        ignored = {path.partition(".")[0] for path in owner.lifecycle.ignore_changes}
        lifecycle = Lifecycle(
            prevent_destroy=owner.lifecycle.prevent_destroy and part.address not in response.settings,
            ignore_changes=tuple(name for name, of in follows.items() if of in ignored),
            create_before_destroy=owner.lifecycle.create_before_destroy,
            replace_triggered_by=owner.lifecycle.replace_triggered_by,
            retain_on_delete=owner.lifecycle.retain_on_delete,
        )
        return msgspec.structs.replace(
            part,
            target=owner.target,
            owner=owner.owner,
            source=owner.source,
            lifecycle=lifecycle,
            dependencies=tuple(dict.fromkeys((*part.dependencies, *owner.dependencies))),
            owned_by=owner.address,
        )

    def _add(self, part: Desired) -> None:
        assert part.owned_by is not None
        if not is_part_name(name_of(part.address), name_of(part.owned_by)):
            self._say(
                part,
                f"`{part.address}` is not named as a part of `{part.owned_by}`",
                "The cloud's implementation names its parts after their owner: this is to be mended there.",
            )
            return
        earlier = self._resources.setdefault(part.address, part)
        if earlier is not part:
            whose = "a part of" if earlier.owned_by is None else f"a part of `{earlier.owned_by}` and of"
            self._diagnostics.add(
                Diagnostic.error(
                    f"`{part.address}` is defined, and is {whose} `{part.owned_by}` too"
                    if earlier.owned_by is None
                    else f"`{part.address}` is {whose} `{part.owned_by}`",
                    detail=f"The other one is at {part.source}. Give one of them another name.",
                    address=part.address,
                    source=earlier.source,
                )
            )

    def _owner(self, wanted: _Wanted, response: ExpandResponse, parts: tuple[Desired, ...]) -> Desired:
        """The portable resource itself: a node whose outputs are bound to those of its parts."""
        desired = wanted.desired
        inputs = {**desired.inputs, PHYSICAL_NAME: response.name or wanted.name, PARTS: response.outputs}
        return msgspec.structs.replace(
            desired,
            info=self._info(desired.info),
            inputs=inputs,
            dependencies=tuple(dict.fromkeys((*desired.dependencies, *(part.address for part in parts)))),
            lifecycle=msgspec.structs.replace(desired.lifecycle, replace_triggered_by=()),
        )

    def _info(self, info: TypeInfo) -> TypeInfo:
        found = self._infos.get(info.type)
        if found is None:
            found = msgspec.structs.replace(info, fields={**info.fields, PARTS: _BOUND})
            self._infos[info.type] = found
        return found

    def _say(self, desired: Desired, summary: str, detail: str) -> None:
        self._diagnostics.add(
            Diagnostic.error(summary, detail=detail, address=desired.address, source=desired.source)
        )


def with_parts(
    addresses: frozenset[Address], wanted: Mapping[Address, Desired], prior: Mapping[Address, ResourceState]
) -> frozenset[Address]:
    """The addresses, and the parts of those that have some."""
    if not addresses:
        return addresses
    parts = {a for a, d in wanted.items() if d.owned_by in addresses}
    return addresses | parts | {a for a, state in prior.items() if state.owned_by in addresses}


def _unsupported(
    desired: Desired, inputs: Mapping[str, Any], cloud: str, support: Support
) -> Iterator[Diagnostic]:
    """What is asked for and cannot be had on this cloud, or is not enforced there (D8)."""
    for name in sorted(inputs.keys() - {PHYSICAL_NAME}):
        value, say = inputs[name], Diagnostic.error
        if not value:
            continue
        if name in support.recorded:
            summary, detail = f"`{name}` is recorded, and not enforced on `{cloud}`", support.recorded[name]
            say = Diagnostic.note
        elif name not in support.inputs:
            summary = f"the cloud `{cloud}` does not have `{name}`"
            detail = support.instead.get(name, "Choose another target, or do without.")
        elif isinstance(value, int | float) and not _fits(value, support.bounds.get(name)):
            least, most = support.bounds[name]
            summary = f"`{name}={value}` is out of what the cloud `{cloud}` can do"
            detail = f"There it is from {least:,.0f} to {most:,.0f}."
        else:
            continue
        yield say(
            f"`{desired.address}`: {summary}", detail=detail, address=desired.address, source=desired.source
        )


def _fits(value: float, bounds: tuple[float, float] | None) -> bool:
    return bounds is None or bounds[0] <= value <= bounds[1]


def _referred(value: Any) -> Iterator[Address]:
    """Addresses of portable resources that were given themselves."""
    if isinstance(value, dict):
        if REF in value or JOIN in value or SECRET in value:
            return
        if isinstance(address := value.get("address"), str) and isinstance(value.get("full_name"), dict):
            yield Address(address)
            return
        for item in value.values():
            yield from _referred(item)
    elif isinstance(value, list):
        for item in value:
            yield from _referred(item)
