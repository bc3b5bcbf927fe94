"""Bodies of requests, held to the models of Azure's SDKs: what those do not know, or miss, is refused."""

import copy
import re
from collections.abc import Mapping
from importlib import import_module
from typing import Any


class Refused(Exception):
    """What ARM says no with."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


def held_to(name: str, given: dict[str, Any]) -> None:
    """Raises Refused for a member that the model does not know, or one that it misses."""
    module, _, cls = name.rpartition(".")
    model = getattr(import_module(module), cls)
    wrong = (
        _of_msrest(model, given) if hasattr(model, "_attribute_map") else _of_rest_fields(model, given, "")
    )
    if wrong:
        raise Refused(400, "InvalidRequestContent", f"{wrong} ({cls})")


def _of_msrest(model: Any, given: dict[str, Any]) -> str:
    read = model.deserialize(
        copy.deepcopy(given)
    )  # which takes the kind of an object out of what it is given
    return _missing(read, "") or _lost(given, read.serialize(), "")


def _missing(read: Any, where: str) -> str:
    """What the model demands and was not given."""
    for attribute in getattr(read, "_attribute_map", {}):
        rule, value = type(read)._validation.get(attribute, {}), getattr(read, attribute)
        if rule.get("required") and value is None:
            return f"`{where}.{attribute}` is missing"
        if isinstance(value, str) and not re.search(rule.get("pattern", ""), value):
            return f"`{where}.{attribute}` does not match `{rule['pattern']}`"
        entries = (
            value.values() if isinstance(value, dict) else value if isinstance(value, list) else (value,)
        )
        for each in entries:
            if wrong := _missing(each, f"{where}.{attribute}"):
                return wrong
    return ""


def _lost(given: Any, kept: Any, where: str) -> str:
    """What the model did not take up."""
    if isinstance(given, dict) and isinstance(kept, dict):
        for name, value in given.items():
            if name not in kept:
                if value is None:
                    continue
                return f"there is no member `{where}.{name}`"
            if wrong := _lost(value, kept[name], f"{where}.{name}"):
                return wrong
    if isinstance(given, list) and isinstance(kept, list):
        for one, other in zip(given, kept, strict=True):
            if wrong := _lost(one, other, f"{where}[]"):
                return wrong
    return ""


def _of_rest_fields(model: Any, given: Mapping[str, Any], where: str) -> str:
    read = model._deserialize(copy.deepcopy(dict(given)), [])
    fields = {field._rest_name: (name, field) for name, field in type(read)._attr_to_rest_field.items()}
    for name in given:
        if name not in fields:
            return f"there is no member `{where}.{name}`"
    for rest, (attribute, field) in fields.items():
        value = getattr(read, attribute)
        read_only = field._visibility == ["read"]
        if read_only and rest in given:
            return f"`{where}.{rest}` is told, and not given"
        if value is None and not field._is_optional and not read_only and rest not in given:
            return f"`{where}.{rest}` is missing"
        if wrong := _inside(value, f"{where}.{rest}"):
            return wrong
    return ""


def _inside(value: Any, where: str) -> str:
    if hasattr(value, "_attr_to_rest_field"):
        return _of_rest_fields(type(value), dict(value), where)
    entries = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return next((wrong for each in entries if (wrong := _inside(each, f"{where}[]"))), "")
