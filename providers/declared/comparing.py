"""Whether what is live is what was set, in the eyes of the API.

An API adds defaults, reorders sets and reformats JSON. A live value counts as the recorded one if it differs in
nothing that the stack set: members of structures that were not set are the API's own, keys of maps are not.
"""

import base64
import binascii
import hashlib
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from unknot.providers.declared.formats import DOCUMENTS
from unknot.providers.declared.shapes import Catalogue, InputShape, Shape

_ANY: Final = Shape("any")

CASELESS: Final = frozenset({"gcp_location", "azure_location", "azure_resource_id"})
"""Text in which case and spaces mean nothing: `europe-west1` is answered as `EUROPE-WEST1`."""


def as_set(recorded: Any, live: Any, shape: InputShape, catalogue: Catalogue) -> Any:
    """`recorded` when `live` is the same to the API; otherwise `live`, less what the stack did not set."""
    view = _View(catalogue)
    declared = catalogue.shapes.get(shape.shape, _ANY)
    if live is None and shape.default is not None:
        live = shape.default
    projected = view.projected(recorded, live, declared, shape.unordered)
    if view.normal(projected, declared, shape.unordered) == view.normal(recorded, declared, shape.unordered):
        return recorded
    return projected


def plain(live: Any, shape: InputShape, catalogue: Catalogue) -> Any:
    """`live` as a user would write it: embedded JSON in canonical text, without what is empty or cannot be given."""
    view, declared = _View(catalogue), catalogue.shapes.get(shape.shape, _ANY)
    return _pruned(view.normal(view.given(live, declared), declared, False, texts=True))


def differs(one: Any, other: Any, shape: InputShape, catalogue: Catalogue) -> bool:
    """Whether two values that a stack may set are not the same to the API."""
    view, declared = _View(catalogue), catalogue.shapes.get(shape.shape, _ANY)
    return bool(view.normal(one, declared, shape.unordered) != view.normal(other, declared, shape.unordered))


def digest_told(recorded: Any, digest: Any) -> Any:
    """`recorded` when `digest` is the MD5 of its bytes; otherwise a text that says which it is. None: none is told."""
    if not isinstance(digest, str):
        return None
    content = as_bytes(recorded)
    found = hashlib.md5(content, usedforsecurity=False).digest()
    return recorded if base64.b64encode(found).decode() == digest else f"(content with the MD5 {digest})"


def as_bytes(value: Any) -> bytes:
    """The content that a text stands for: what it is the base64 of, or itself."""
    text = str(value)
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return text.encode()


class _View:
    def __init__(self, catalogue: Catalogue) -> None:
        self._shapes = catalogue.shapes

    def _shape(self, name: str) -> Shape:
        return self._shapes.get(name, _ANY)

    def given(self, live: Any, shape: Shape) -> Any:
        """`live` without members that the API tells and does not take, such as the state of a setting."""
        if isinstance(live, Mapping) and shape.kind == "structure" and shape.members:
            return {
                name: self.given(value, self._shape(shape.members[name]))
                for name, value in live.items()
                if name in shape.members
            }
        if isinstance(live, Mapping) and shape.kind == "map":
            return {key: self.given(value, self._shape(shape.item)) for key, value in live.items()}
        if isinstance(live, list) and shape.kind == "list":
            return [self.given(value, self._shape(shape.item)) for value in live]
        return live

    def projected(self, recorded: Any, live: Any, shape: Shape, unordered: bool = False) -> Any:
        """`live` without the members of structures that `recorded` does not set."""
        if isinstance(recorded, Mapping) and isinstance(live, Mapping) and shape.kind in ("structure", "any"):
            return {
                name: self.projected(
                    recorded[name], live[name], self._shape(shape.members.get(name, "")), unordered
                )
                if name in live
                else None
                for name in recorded
                if name in live or not _is_empty(recorded[name])
            }
        if isinstance(recorded, Mapping) and isinstance(live, Mapping) and shape.kind == "map":
            item = self._shape(shape.item)
            return {
                key: self.projected(recorded[key], value, item, unordered) if key in recorded else value
                for key, value in live.items()
            }
        if isinstance(recorded, str) and isinstance(live, str):
            return recorded if _names(recorded, live) else live
        if isinstance(recorded, list) and isinstance(live, list):
            item = self._shape(shape.item)
            if unordered:
                live = self._aligned(recorded, live, item)
            if len(recorded) == len(live):
                return [self.projected(a, b, item, unordered) for a, b in zip(recorded, live, strict=True)]
        return live

    def _aligned(self, recorded: list[Any], live: list[Any], item: Shape) -> list[Any]:
        """`live` in the order of `recorded`, as far as entries are the same."""
        rest, aligned = list(live), []
        for wanted in recorded:
            normal = self.normal(wanted, item, True)
            for candidate in rest:
                if self.normal(self.projected(wanted, candidate, item, True), item, True) == normal:
                    aligned.append(candidate)
                    rest.remove(candidate)
                    break
        return aligned + rest if len(aligned) == len(recorded) else live

    def normal(self, value: Any, shape: Shape, unordered: bool = False, *, texts: bool = False) -> Any:
        """A form in which equal values are equal."""
        match value:
            case Mapping():
                return (
                    {
                        key: self.normal(
                            entry, self._shape(shape.members.get(key, shape.item)), unordered, texts=texts
                        )
                        for key, entry in value.items()
                        if not (entry is None and shape.kind != "map")
                    }
                    if shape.format not in DOCUMENTS
                    else self._json(value, texts)
                )
            case list():
                if shape.format in DOCUMENTS:
                    return self._json(value, texts)
                entries = [
                    self.normal(entry, self._shape(shape.item), unordered, texts=texts) for entry in value
                ]
                return sorted(entries, key=_sort_key) if unordered else entries
            case str():
                return self._text(value, shape, texts)
            case bool():
                return str(value).lower() if shape.kind == "string" else value
            case int() | float():
                if shape.kind == "string":
                    return str(value)
                return _number(value, texts) if shape.kind in ("number", "integer") else value
            case _:
                return value

    def _text(self, value: str, shape: Shape, texts: bool) -> Any:
        if shape.format in DOCUMENTS:
            try:
                return self._json(msgspec.json.decode(value), texts)
            except msgspec.DecodeError:
                return value
        if shape.format == "azure_role" and not texts:  # told with the subscription, and taken without it
            return value.rpartition("/")[2].lower()
        if shape.format in CASELESS and not (texts and shape.format == "azure_resource_id"):
            return value.replace(" ", "").lower()
        if shape.kind in ("integer", "number"):
            try:
                return _number(float(value) if "." in value or "e" in value.lower() else int(value), texts)
            except ValueError:
                return value
        if shape.kind == "boolean" and value.lower() in ("true", "false"):
            return value.lower() == "true"
        if shape.kind == "timestamp" and not texts:
            return _moment(value)
        if shape.kind == "blob" and not texts:
            return as_bytes(value)
        return value

    def _json(self, value: Any, texts: bool) -> Any:
        return msgspec.json.encode(value, order="sorted").decode() if texts else value


def _names(name: str, arn: str) -> bool:
    """Whether an API of AWS that takes a name or an ARN has made the ARN of it."""
    return arn.startswith("arn:") and not name.startswith("arn:") and arn.endswith((f":{name}", f"/{name}"))


def _number(value: float, texts: bool) -> float:
    """To be compared, or as a user writes it: whole numbers without `.0`."""
    if texts:
        return int(value) if float(value).is_integer() else value
    return float(value)


def _moment(value: str) -> Any:
    import datetime

    try:
        found = datetime.datetime.fromisoformat(value)
    except ValueError:
        return value
    return found.replace(tzinfo=found.tzinfo or datetime.UTC).astimezone(datetime.UTC)


def _pruned(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _pruned(entry) for key, entry in value.items() if not _is_empty(entry)}
    if isinstance(value, list):
        return [_pruned(entry) for entry in value]
    return value


def _is_empty(value: Any) -> bool:
    return value is None or value == {} or value == []


def _sort_key(value: Any) -> bytes:
    return msgspec.json.encode(value, order="sorted", enc_hook=repr)
