"""Answers of the SDKs as plain data: times in ISO 8601, bytes in base64, and nothing of the SDKs' own."""

import base64
import datetime
import enum
import json
from collections.abc import Mapping
from typing import Any


def raw(response: Any, _answer: Any, _headers: Any) -> Any:
    """The JSON of a response, as the service sent it: a callback for operations of the management plane."""
    text = response.http_response.text()
    return json.loads(text) if text and text.strip() else None


def entry(model: Any) -> Any:
    """The JSON of one entry of a listing of the management plane."""
    if hasattr(model, "serialize"):
        return model.serialize(keep_readonly=True)
    return json.loads(json.dumps(model.as_dict(), default=plain))


def plain(value: Any) -> Any:
    """An answer of the data plane."""
    match value:
        case None | str() | bool() | int() | float() if not isinstance(value, enum.Enum):
            return value
        case enum.Enum():
            return value.value
        case datetime.datetime():
            return value.isoformat()
        case bytes() | bytearray():
            return base64.b64encode(value).decode()
        case list() | tuple():
            return [plain(each) for each in value]
        case _ if hasattr(value, "readall"):
            content = value.readall()
            return {**plain(value.properties), "content": plain(content)}
        case Mapping():
            return {str(name): plain(each) for name, each in value.items()}
        case _ if hasattr(value, "_attribute_map"):
            return {name: plain(getattr(value, name)) for name in value._attribute_map}
        case _:
            return {name: plain(each) for name, each in _public(value).items()}


def _public(value: Any) -> dict[str, Any]:
    """Attributes and properties of an object that are its own business to show."""
    found = {name: each for name, each in vars(value).items() if not name.startswith("_")}
    for cls in type(value).__mro__:
        for name, attribute in vars(cls).items():
            if isinstance(attribute, property) and not name.startswith("_"):
                found.setdefault(name, getattr(value, name))
    return {name: each for name, each in found.items() if not callable(each)}
