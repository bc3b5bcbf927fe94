"""Encode a resource's inputs: plain JSON values, with references in the forms that `definition.py` names."""

import dataclasses
import datetime
import enum
import math
import numbers
from collections.abc import Mapping
from pathlib import PurePath
from typing import Any

import msgspec
from pydantic import BaseModel

from unknot.stacks.address import Address
from unknot.stacks.definition import JOIN, PUBLISHED, REF, SEALED, SECRET
from unknot.stacks.output import Joined, Output
from unknot.stacks.resource import Resource
from unknot.stacks.secret import KeptSecret, Secret, SecretReference

_RESERVED = frozenset({REF, JOIN, SECRET, SEALED, PUBLISHED})


class NotEncodable(TypeError):
    """A value that has no JSON form. `str()` of it is fit to be shown to a user, and holds no values."""


def as_json(value: Any) -> Any:
    """`value` as decoding its JSON gives it: what is wanted and what is recorded then compare equal."""
    return msgspec.json.decode(msgspec.json.encode(value))


def encode(value: Any, references: list[Address]) -> Any:
    """`value` as JSON data; the addresses that it refers to are appended to `references`.

    Raises NotEncodable for a value without a JSON form.
    """
    try:
        return _encode(value, references)
    except RecursionError:
        raise NotEncodable("It contains itself, or is nested too deep.") from None


def _encode(value: Any, references: list[Address]) -> Any:
    kind = type(value)
    if kind is str:
        return value if value.isascii() else _checked_text(value)
    if value is None or kind is bool:
        return value
    if kind is int or kind is float:
        return _checked_number(value)
    if kind is Output and value.stack is None:
        references.append(value.address)
        return {REF: [value.address, *value.path]}
    if kind is dict:
        return _encode_mapping(value, references)
    if kind is list or kind is tuple:
        return [_encode(item, references) for item in value]
    return _encode_other(value, references)


def _encode_mapping(value: dict[Any, Any], references: list[Address]) -> dict[str, Any]:
    encoded = {
        key if type(key) is str else str(_encode(key, references)): _encode(item, references)
        for key, item in value.items()
    }
    if len(encoded) != len(value):
        raise NotEncodable("Two of its keys are the same when written as text.")
    if not _RESERVED.isdisjoint(encoded):
        raise NotEncodable(
            f"It has a key among {', '.join(sorted(_RESERVED))}, which stand for references. "
            "Pass such a document as text, with `json.dumps`."
        )
    return encoded


def _checked_text(value: str) -> str:
    try:
        value.encode()
    except UnicodeEncodeError:
        raise NotEncodable("It has characters that have no form in UTF-8 (lone surrogates).") from None
    return value


def _checked_number(value: int | float) -> int | float:
    if isinstance(value, int):
        if not -(2**63) <= value < 2**64:
            raise NotEncodable("It is an integer of more than 64 bits. Pass it as text.")
    elif not math.isfinite(value):
        raise NotEncodable(f"It is {value}, which JSON has no form for.")
    return value


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
    if isinstance(value, SecretReference):
        return {SECRET: value.reference}
    if isinstance(value, KeptSecret):
        return {SECRET: _reference(value.at, references)}
    if isinstance(value, Resource):
        if isinstance(value, Secret):  # one that the stack keeps: read from there
            references.append(value.address)
            return {SECRET: {REF: [value.address, "reference"]}}
        if (given := value.standing_for()) is not None:
            return _encode_mapping(dict(given), references)
        outputs = ", ".join(f"`.{name}`" for name in value.type_info.computed) or "none"
        raise NotEncodable(
            f"It is the resource `{value.address}` itself. Pass one of its outputs: {outputs}; "
            "or name it in `depends_on`."
        )
    if isinstance(value, BaseModel):
        return {
            name: _encode(item, references)
            for name, item in value
            if item is not None  # an absent option and one left at None are the same
        }
    if isinstance(value, msgspec.Struct):
        return msgspec.to_builtins(value, enc_hook=lambda part: _encode(part, references), str_keys=True)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: _encode(getattr(value, f.name), references) for f in dataclasses.fields(value)}
    if isinstance(value, enum.Enum):
        return _encode(value.value, references)
    if isinstance(value, PurePath):
        return str(value)
    if isinstance(value, datetime.datetime | datetime.date | datetime.time):
        return value.isoformat()
    if isinstance(value, datetime.timedelta):
        return value.total_seconds()
    if isinstance(value, Mapping):
        return _encode_mapping(dict(value), references)
    if isinstance(value, list | tuple):
        return [_encode(item, references) for item in value]
    if isinstance(value, set | frozenset):
        return sorted((_encode(item, references) for item in value), key=repr)
    if isinstance(value, str):
        return _checked_text(str.__str__(value))
    if isinstance(value, numbers.Integral):  # of numpy, too
        return _checked_number(int(value))
    if isinstance(value, numbers.Real):
        return _checked_number(float(value))
    raise NotEncodable(
        f"A value of type `{type(value).__qualname__}` has no form in JSON. "
        "Give text, numbers, lists, mappings, dates or pydantic models."
    )
