"""Plain data as the SDKs take it: bodies of requests, and the arguments of methods of the data plane."""

import base64
import datetime
import enum
from collections.abc import Mapping
from typing import Any

from unknot.providers.azure.operations import Operation
from unknot.providers.azure.structures import Typed, members


def body(wanted: Operation, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The JSON of a management operation's body, each member in its place."""
    found: dict[str, Any] = {}
    for name, value in parameters.items():
        member = wanted.members[name]
        here = found
        for step in member.path[:-1]:
            here = here.setdefault(step, {})
        if member.path:
            here[member.path[-1]] = _whole(value, member.typed)
    return found


def _whole(value: Any, typed: Typed) -> Any:
    """JSON had 1.0 where a whole number is wanted, or the text of a number."""
    if typed.kind == "integer" and isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def given(value: Any, typed: Typed) -> Any:
    """One argument of a method."""
    match typed.kind:
        case "map" if isinstance(value, Mapping) and typed.item is not None:
            return {str(name): given(each, typed.item) for name, each in value.items()}
        case "list" if isinstance(value, list) and typed.item is not None:
            return [given(each, typed.item) for each in value]
        case "structure" if isinstance(value, Mapping):
            known = {member.name: member for member in members(typed.cls)}
            return typed.cls(
                **{known[name].attribute: given(each, known[name].typed) for name, each in value.items()}
            )
        case "timestamp" if isinstance(value, str):
            return datetime.datetime.fromisoformat(value)
        case "blob" if isinstance(value, str):
            try:
                return base64.b64decode(value, validate=True)
            except ValueError:
                return value.encode()
        case "integer":
            return _whole(value, typed)
        case "string" if typed.cls is not None and issubclass(typed.cls, enum.Enum):
            return typed.cls[value] if value in typed.cls.__members__ else typed.cls(value)
        case _:
            return value
