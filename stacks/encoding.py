"""Encode a resource's inputs: plain JSON values, with references in the forms that `definition.py` names."""

import dataclasses
import datetime
import enum
from pathlib import PurePath
from typing import Any

import msgspec
from pydantic import BaseModel

from unknot.stacks.address import Address
from unknot.stacks.definition import JOIN, REF, SECRET
from unknot.stacks.output import Joined, Output

_PLAIN = frozenset({str, int, float, bool, type(None)})


class NotEncodable(TypeError):
    """A value that has no JSON form."""


def encode(value: Any, references: list[Address]) -> Any:
    """`value` as JSON data; the addresses that it refers to are appended to `references`.

    Raises NotEncodable for a value without a JSON form.
    """
    kind = type(value)
    if kind in _PLAIN:
        return value
    if kind is Output:
        return _reference(value, references)
    if kind is dict:
        return {str(key): encode(item, references) for key, item in value.items()}
    if kind is list or kind is tuple:
        return [encode(item, references) for item in value]
    return _encode_other(value, references)


def _reference(value: Output[Any], references: list[Address]) -> dict[str, Any]:
    if value.stack is not None:
        return {REF: [value.address, *value.path], "stack": value.stack}
    references.append(value.address)
    return {REF: [value.address, *value.path]}


def _encode_other(value: Any, references: list[Address]) -> Any:
    if isinstance(value, Joined):
        return {
            JOIN: [part if isinstance(part, str) else _reference(part, references) for part in value.parts]
        }
    if isinstance(value, Output):
        return _reference(value, references)
    if isinstance(value, BaseModel):
        return {
            name: encode(item, references)
            for name, item in value
            if item is not None  # an absent option and one left at None are the same
        }
    if isinstance(value, msgspec.Struct):
        reference = getattr(value, "reference", None)
        if isinstance(reference, str):
            return {SECRET: reference}
        return encode(msgspec.to_builtins(value), references)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: encode(getattr(value, f.name), references) for f in dataclasses.fields(value)}
    if isinstance(value, enum.Enum):
        return encode(value.value, references)
    if isinstance(value, PurePath):
        return str(value)
    if isinstance(value, datetime.datetime | datetime.date | datetime.time):
        return value.isoformat()
    if isinstance(value, datetime.timedelta):
        return value.total_seconds()
    if isinstance(value, dict):
        return {str(key): encode(item, references) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [encode(item, references) for item in value]
    if isinstance(value, set | frozenset):
        return sorted((encode(item, references) for item in value), key=repr)
    if isinstance(value, str | int | float):  # a subclass: a numpy scalar, an enumeration of strings
        return value.__class__.__mro__[-2](value)
    raise NotEncodable(f"a value of type `{type(value).__qualname__}` cannot be recorded")
