"""Plain values in a graph: how they are written as JSON, and read back.

JSON's own kinds are written as they are. The rest is an object with one key that starts with `$`:

    {"$float": "nan"}            a float that JSON lacks       {"$int": "9999999999999999999"}
    {"$date": "2013-01-31"}      {"$datetime": ISO 8601}       {"$time": ISO 8601}    {"$timedelta": seconds}
    {"$path": "data/raw.csv"}    {"$enum": "module:Class.MEMBER"}    {"$bytes": base64}
    {"$tuple": [...]}            {"$set": [...]}  (sorted)     {"$frozenset": [...]}
    {"$dict": [[key, value]]}    a mapping whose keys are not all text, or start with `$`
    {"$secret": "env:DB_URL"}    a reference to a secret, never the secret
"""

import base64
import datetime as dt
import enum
import importlib
import json
import math
from collections.abc import Callable, Mapping
from pathlib import Path, PurePath
from typing import Any

from unknot.stacks.secret import Secret, SecretReference
from unknot.stacks.workflow.typenames import UnstableName, importable_module

_LARGEST = 2**63


class Unserialisable(Exception):
    """A value that has no plain form. `where` leads into it, `reason` says what it is."""

    def __init__(self, where: str, reason: str) -> None:
        super().__init__(f"{where}: {reason}" if where else reason)
        self.where = where
        self.reason = reason


def encode(value: object, where: str = "") -> Any:
    """`value` as JSON; raises Unserialisable."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, enum.Enum):
        return {"$enum": _enum_name(value, where)}
    if isinstance(value, str):
        return str(value)
    if isinstance(value, int):
        return int(value) if -_LARGEST <= value < _LARGEST else {"$int": str(int(value))}
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else {"$float": repr(float(value))}
    if isinstance(value, SecretReference):
        return value.to_json()
    simple = _encode_simple(value)
    return simple if simple is not None else _encode_container(value, where)


def _encode_simple(value: object) -> dict[str, Any] | None:
    if isinstance(value, dt.datetime):
        return {"$datetime": value.isoformat()}
    if isinstance(value, dt.date):
        return {"$date": value.isoformat()}
    if isinstance(value, dt.time):
        return {"$time": value.isoformat()}
    if isinstance(value, dt.timedelta):
        return {"$timedelta": value.total_seconds()}
    if isinstance(value, PurePath):
        return {"$path": value.as_posix()}
    if isinstance(value, bytes):
        return {"$bytes": base64.b64encode(value).decode()}
    return None


def _encode_container(value: object, where: str) -> Any:
    if type(value) is list:
        return [encode(item, f"{where}[{n}]") for n, item in enumerate(value)]
    if type(value) is tuple:
        return {"$tuple": [encode(item, f"{where}[{n}]") for n, item in enumerate(value)]}
    if isinstance(value, (set, frozenset)):
        kind = "$set" if isinstance(value, set) else "$frozenset"
        return {kind: sorted((encode(item, f"{where}{{}}") for item in value), key=canonical)}
    if isinstance(value, Mapping):
        if all(isinstance(key, str) and not key.startswith("$") for key in value):
            return {str(key): encode(item, f"{where}[{key!r}]") for key, item in value.items()}
        return {"$dict": [[encode(k, where), encode(v, f"{where}[{k!r}]")] for k, v in value.items()]}
    kind_of = type(value)
    raise Unserialisable(where, f"a `{kind_of.__module__}.{kind_of.__qualname__}`")


def _enum_name(member: enum.Enum, where: str) -> str:
    kind = type(member)
    if "<locals>" in kind.__qualname__:
        raise Unserialisable(where, f"the enum `{kind.__name__}`, which is defined inside a function")
    try:
        return f"{importable_module(kind.__module__)}:{kind.__qualname__}.{member.name}"
    except UnstableName as error:
        raise Unserialisable(where, f"the enum `{kind.__name__}`: {error}") from None


_DECODERS: dict[str, Callable[[Any], object]] = {
    "$float": float,
    "$int": int,
    "$date": dt.date.fromisoformat,
    "$datetime": dt.datetime.fromisoformat,
    "$time": dt.time.fromisoformat,
    "$timedelta": lambda seconds: dt.timedelta(seconds=seconds),
    "$path": Path,
    "$bytes": base64.b64decode,
    "$enum": lambda name: _enum_member(name),
    "$tuple": lambda items: tuple(decode(item) for item in items),
    "$set": lambda items: {decode(item) for item in items},
    "$frozenset": lambda items: frozenset(decode(item) for item in items),
    "$dict": lambda pairs: {decode(key): decode(item) for key, item in pairs},
    "$secret": lambda reference: Secret.parse(reference),
}


def decode(value: Any) -> object:
    """The value that `encode` was given. Imports the module of an enum; raises ValueError for an unknown form."""
    if isinstance(value, list):
        return [decode(item) for item in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        [(key, inner)] = value.items()
        if key in _DECODERS:
            return _DECODERS[key](inner)
        if key.startswith("$"):
            raise ValueError(f"`{key}` is not a form of a plain value that this version of unknot knows")
    return {key: decode(item) for key, item in value.items()}


def _enum_member(name: str) -> object:
    module, _, path = name.partition(":")
    found: object = importlib.import_module(module)
    for part in path.split("."):
        found = getattr(found, part)
    return found


def canonical(encoded: Any) -> str:
    """The one text of an encoded value, the same in every process."""
    return json.dumps(encoded, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
