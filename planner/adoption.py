"""What inputs an existing object has, for an address that no stack defines yet. Reads the object, changes nothing.

Writing it down as Python is `sourcecode.py`.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from unknot.planner.expansion import expand
from unknot.planner.sealing import guarded
from unknot.planner.services import Services
from unknot.planner.values import has_unknown
from unknot.providers.base import ImportRequest, Mark
from unknot.providers.classes import Path
from unknot.stacks.address import Address, name_of, new_uid
from unknot.stacks.definition import ImportRule
from unknot.stacks.diagnostic import SourceLocation
from unknot.stacks.errors import UnknotError
from unknot.stacks.portable.words import PHYSICAL_NAME, PORTABLE
from unknot.stacks.resource import Resource
from unknot.stacks.secret import Secret
from unknot.stacks.stack import Stack
from unknot.stacks.target import Target


class CannotAdopt(UnknotError):
    """The object is not there, or its inputs cannot be told."""


class Adopted(msgspec.Struct, frozen=True):
    """An object's inputs, in the terms of its type."""

    inputs: dict[str, Any]
    """Those that differ from what the type has by itself. Where a value is secret, a reference stands for it."""
    withheld: tuple[str, ...] = ()
    """Sensitive inputs that the object has and the type can do without."""


def adopted(
    model: type[Resource], address: Address, object_id: str, target: Target, services: Services, lineage: str
) -> Adopted:
    """Read the object. Raises CannotAdopt, and what its provider raises."""
    if model.type_info.provider == PORTABLE:
        return _Portable(model, address, object_id, target, services, lineage).adopted()
    info = model.type_info
    live = _live(info.provider, info.type, address, object_id, target, services, lineage, {})
    secret = {name for name, traits in info.fields.items() if traits.sensitive or traits.write_only}
    inputs: dict[str, Any] = {}
    withheld = {name for name in secret if live.get(name) and not model.model_fields[name].is_required()}
    for name, value in live.items():
        if name not in info.fields or name in secret or _says_nothing(model, name, value):
            continue
        inputs[name] = value

    def reference(path: Path, _value: Any, _recorded: Any) -> Secret:
        return Secret.env(_variable(name_of(address), *path))

    inputs = guarded(info.type, inputs, {}, reference)
    for name in sorted(secret):
        if model.model_fields[name].is_required():
            inputs[name] = Secret.env(_variable(name_of(address), name))
    return Adopted(inputs, tuple(sorted(withheld)))


def _variable(*names: str | int) -> str:
    """The environment variable that a secret of a resource is read from."""
    return re.sub(r"[^A-Z0-9]+", "_", "_".join(map(str, names)).upper())


def _says_nothing(model: type[Resource], name: str, value: Any) -> bool:
    field = model.model_fields[name]
    if field.is_required():
        return False
    return value is None or value == field.default or (field.default is None and value in ({}, []))


def _live(
    provider: str,
    type_: str,
    address: Address,
    object_id: str,
    target: Target,
    services: Services,
    lineage: str,
    wanted: Mapping[str, Any],
) -> dict[str, Any]:
    context = services.context(lineage, {target.name: target}, target.name)
    request = ImportRequest(context, address, type_, object_id, Mark(lineage, new_uid()), inputs=dict(wanted))
    found = services.provider(provider).import_(request).object
    if found is None:
        raise CannotAdopt(
            f"`{object_id}` does not exist on the target `{target.name}`",
            detail="Correct the id, or choose another target with `--target`.",
        )
    return dict(found.inputs)


class _Portable:
    """Finds the inputs of a portable type of which its cloud would make parts that are like the object.

    A cloud tells what it makes of inputs, not the reverse: so inputs are tried, with the values that are found in
    the object. Trying asks nothing of the cloud.
    """

    def __init__(
        self,
        model: type[Resource],
        address: Address,
        object_id: str,
        target: Target,
        services: Services,
        lineage: str,
    ) -> None:
        self._model = model
        self._address = address
        self._id = object_id
        self._target = target
        self._services = services
        self._lineage = lineage
        self._objects: dict[Address, dict[str, Any]] = {}

    def adopted(self) -> Adopted:
        expanded = self._expanded({})
        if expanded is None:
            raise CannotAdopt(
                f"what `{self._address}` is to be cannot be told from `{self._id}`",
                detail="That type has inputs that must be given and that objects do not tell, or its cloud does not have "
                "it. Write it into the stack by hand, or import the cloud's own type.",
            )
        parts, ids, name = expanded
        if not ids:
            raise CannotAdopt(
                f"`{self._address}` cannot be imported on the target `{self._target.name}`",
                detail="Its cloud says of no part what the id is of. Import the cloud's own type in its place.",
            )
        for part, object_id in ids.items():
            type_, wanted = parts[part]
            self._objects[part] = _live(
                type_.partition(".")[0],
                type_,
                part,
                object_id,
                self._target,
                self._services,
                self._lineage,
                {key: value for key, value in wanted.items() if not has_unknown(value)},
            )
        inputs: dict[str, Any] = {PHYSICAL_NAME: name}
        values = list(_distinct(self._objects.values()))
        traits = self._model.type_info.fields
        for field in traits:
            if field == PHYSICAL_NAME or traits[field].sensitive or traits[field].write_only:
                continue
            best = self._likeness(inputs)
            for value in (True, False, *values):
                if _says_nothing(self._model, field, value):
                    continue
                likeness = self._likeness({**inputs, field: value})
                if likeness is not None and best is not None and likeness > best:
                    best, inputs = likeness, {**inputs, field: value}
        return Adopted(inputs)

    def _likeness(self, inputs: Mapping[str, Any]) -> tuple[int, int] | None:
        """More is more like it: few leaves that differ, then many that are the same. None for wrong inputs."""
        expanded = self._expanded(inputs)
        if expanded is None:
            return None
        same = other = 0
        for part, live in self._objects.items():
            for path, value in _leaves(expanded[0][part][1]):
                if path in (leaves := dict(_leaves(live))) and leaves[path] == value:
                    same += 1
                else:
                    other += 1
        return -other, same

    def _expanded(
        self, inputs: Mapping[str, Any]
    ) -> tuple[dict[Address, tuple[str, dict[str, Any]]], dict[Address, str], str] | None:
        """Type and inputs of each part, the ids of those that are imported, and its name. None for wrong inputs."""
        stack = Stack("imported", owner="imported", target=self._target)
        stack.add(self._model(name_of(self._address), **inputs))
        if stack.diagnostics.has_errors:
            return None
        definition = stack.definition("default", root=self._services.project)
        rule = ImportRule(self._address, self._id, SourceLocation("<command line>", 1))
        definition = msgspec.structs.replace(definition, imports=(rule,))
        made = expand(definition, {}, self._lineage, self._services, stack.diagnostics).definition
        if any(problem.is_error for problem in stack.diagnostics):  # found only by expanding
            return None
        parts = {
            each.address: (each.info.type, each.inputs)
            for each in made.resources.values()
            if each.owned_by == self._address
        }
        ids = {each.address: each.id for each in made.imports if each.address in parts}
        return parts, ids, str(made.resources[self._address].inputs[PHYSICAL_NAME])


def _leaves(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    match value:
        case dict():
            for key, item in value.items():
                yield from _leaves(item, (*path, key))
        case list() | tuple():
            for number, item in enumerate(value):
                yield from _leaves(item, (*path, number))
        case None:
            return
        case _:
            yield path, value


def _distinct(objects: Any) -> Iterator[Any]:
    """Every value that is anywhere in the objects, once, in the order in which it stands there."""
    seen: list[Any] = []
    waiting = list(objects)
    while waiting:
        value = waiting.pop(0)
        if isinstance(value, dict):
            waiting.extend(value[key] for key in sorted(value))
        elif isinstance(value, list):
            waiting.extend(value)
        if value is not None and not isinstance(value, bool) and value not in seen:
            seen.append(value)
            yield value
