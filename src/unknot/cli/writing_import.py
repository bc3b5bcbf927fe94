"""`unknot import --write`: write the Python of an existing object that the stack does not have yet. Records nothing."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from unknot.cli import console, imported_file
from unknot.cli.options import pairs
from unknot.cli.session import Session
from unknot.planner.adoption import Adopted, adopted
from unknot.planner.sourcecode import Call, literal
from unknot.providers.classes import class_of
from unknot.stacks.address import Address, Uid, name_of, new_uid, type_of
from unknot.stacks.diagnostic import nearest
from unknot.stacks.errors import UnknotError
from unknot.stacks.loading import Loaded
from unknot.stacks.resource import Resource
from unknot.stacks.secret import SecretReference
from unknot.stacks.target import Target

DEFAULT_FILE = "imported.py"
"""Beside the stack's file."""


class NotWritten(UnknotError):
    """The Python of an object was not written."""


def write_import(
    session: Session,
    address: Address,
    object_id: str,
    file: str,
    target_name: str | None,
    variables: tuple[str, ...],
    variable_files: tuple[Path, ...],
) -> int:
    """Read the object and add its Python to the file; say what is to be done next."""
    loaded = session.load(pairs(variables, "--var"), variable_files)
    if address in loaded.definition.resources:
        raise NotWritten(
            f"the stack has `{address}` already",
            detail=f"To record `{object_id}` as that, run the command without `--write`.",
        )
    target = _target(loaded, address, target_name)
    model = class_of(type_of(address))
    found = adopted(model, address, object_id, target, session.services, _lineage(session, loaded))
    made = model(name_of(address), **found.inputs)
    if made.is_wrong:
        wrong = next(problem for problem in made.problems if problem.is_error)
        raise NotWritten(
            f"`{object_id}` cannot be written down as `{address}`: {wrong.summary}", detail=wrong.detail
        )
    keywords: dict[str, Any] = {}
    names = {_import_of(model), "from unknot import Stack"}
    if target != loaded.stack.target:
        keywords["target"] = _target_call(target)
        names.add("from unknot import Target")
    keywords |= _written(found.inputs)
    if any(_references(found.inputs)):
        names.add("from unknot import Secret")
    call = Call(_name_of(model), (name_of(address),), keywords, _remarks(found))
    path = session.project.stack_file.parent / file
    statement = " " * 4 + literal(Call("stack.add", (call,)), indent=4)
    imported_file.add(path, statement, names, address)
    console.out(
        f"Wrote `{address}` to {file}. If the stack does not use that file yet, add to it:\n\n"
        f"    import {path.stem}\n\n    {path.stem}.{imported_file.FUNCTION}(stack)\n\n"
        f"Then `unknot import {address} {object_id}` records it, and `unknot plan` has nothing to do for it."
    )
    return 0


def _lineage(session: Session, loaded: Loaded) -> str:
    snapshot = session.snapshot(loaded.definition.stack)
    return Uid(new_uid()) if snapshot is None else snapshot.lineage


def _target(loaded: Loaded, address: Address, name: str | None) -> Target:
    """The one that is named; else the only one that can be meant."""
    targets = loaded.definition.targets
    if name is not None:
        if name not in targets:
            raise NotWritten(
                f"the stack has no target `{name}`",
                detail=f"{nearest(name, targets)}It has: {', '.join(sorted(targets))}.",
            )
        return targets[name]
    provider = address.partition(".")[0] if address.count(".") > 1 else ""
    possible = [each for each in targets.values() if provider and each.cloud == provider]
    possible = possible or list(targets.values())
    if len(possible) > 1:
        raise NotWritten(
            f"the stack has several targets that `{address}` could be on",
            detail=f"Say which: `--target NAME`, of {', '.join(sorted(each.name for each in possible))}.",
        )
    return possible[0]


def _target_call(target: Target) -> Call:
    plain: Mapping[str, Any] = msgspec.to_builtins(target)
    return Call("Target", (target.name,), {key: value for key, value in plain.items() if key != "name"})


def _name_of(model: type[Resource]) -> str:
    return "Secret" if model.type_info.type == "secret" else model.__name__


def _import_of(model: type[Resource]) -> str:
    portable = model.type_info.provider == "portable"
    return f"from {'unknot' if portable else model.__module__} import {_name_of(model)}"


def _written(value: Any) -> Any:
    """`value` with calls in place of secrets' references."""
    match value:
        case SecretReference():
            return Call("Secret.env", (value.name,))
        case dict():
            return {key: _written(item) for key, item in value.items()}
        case list():
            return [_written(item) for item in value]
        case _:
            return value


def _references(value: Any) -> Iterator[str]:
    match value:
        case SecretReference():
            yield value.name
        case dict():
            for item in value.values():
                yield from _references(item)
        case list():
            for item in value:
                yield from _references(item)


def _remarks(found: Adopted) -> tuple[str, ...]:
    given = (f"Secret, and not written here: set the variable {name}." for name in _references(found.inputs))
    kept = (f"{name} is secret and not written here; left out, it stays as it is." for name in found.withheld)
    return (*given, *kept)
