"""The base of the generated classes: pydantic holds the names of inputs, the catalogue what is in them.

No pydantic schema is built for what inputs are made of: the annotations are for editors and type checkers, and a
module of structures costs next to nothing at start-up.
"""

import base64
import functools
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, TypeAlias, TypeVar

from pydantic import ConfigDict

from unknot.providers.declared.catalogue import catalogue_of
from unknot.providers.declared.formats import DOCUMENTS
from unknot.providers.declared.formats.documents import canonical
from unknot.providers.declared.shapes import Catalogue, Shape
from unknot.providers.declared.validation import check
from unknot.stacks.diagnostic import Diagnostic
from unknot.stacks.encoding import NotEncodable, encode
from unknot.stacks.output import Joined, Output
from unknot.stacks.resource import META_FIELDS, Resource

T = TypeVar("T")

Given: TypeAlias = T | Output[Any]
"""What an input of lists and structures takes: the value, or an output that is one. What the output is, is not checked."""

_SLOT: Final = "\ue000{}\ue001"
_SLOT_PATTERN: Final = re.compile("\ue000(\\d+)\ue001")
"""Stands in canonical text where an output goes. These characters are for private use, and in no document of a cloud."""


class DeclaredResource(Resource):
    """An object of a declared type. Its inputs are checked against the service's own model when it is made."""

    model_config = ConfigDict(protected_namespaces=())

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        for name, field in cls.model_fields.items():
            if name not in META_FIELDS:
                field.annotation = Any

    if not TYPE_CHECKING:

        def __init__(self, name, **data):
            super().__init__(name, **data)
            _checks(type(self).type_info.type).run(self)


class _Checks:
    """What is done to each input of one type, looked up once."""

    def __init__(self, type_name: str) -> None:
        found = catalogue_of(type_name)
        self._catalogue = found
        self._inputs = tuple(
            (name, each.shape, _holds(each.shape, found))
            for name, each in found.types[type_name].inputs.items()
        )

    def run(self, resource: Resource) -> None:
        """Check every input that is given, and write embedded documents and bytes as they are recorded."""
        values = resource.__dict__
        problems: list[Diagnostic] | None = None
        for name, shape, holds in self._inputs:
            value = values.get(name)
            if value is None:
                continue
            if holds:
                value = values[name] = _with_text_of_bytes(value)
            try:
                encoded = value if type(value) is str else encode(value, [])
                for problem in check(encoded, shape, self._catalogue):
                    problems = problems or []
                    problems.append(problem.diagnostic(name, resource.address, values["defined_at"]))
                if holds:
                    values[name] = _written(value, shape, self._catalogue)
            except NotEncodable:
                continue  # said by the stack, with the reason
        if problems:
            values["problems"] = (*values.get("problems", ()), *problems)


@functools.cache
def _checks(type_name: str) -> _Checks:
    return _Checks(type_name)


def _holds(name: str, catalogue: Catalogue) -> bool:
    """Whether embedded documents or bytes may be anywhere in a value of this shape."""
    seen: set[str] = set()
    waiting = [name]
    while waiting:
        each = waiting.pop()
        if not each or each in seen:
            continue
        seen.add(each)
        shape = catalogue.shapes[each]
        if shape.kind == "blob" or shape.format in DOCUMENTS:
            return True
        waiting += [*shape.members.values(), shape.item]
    return False


def _with_text_of_bytes(value: Any) -> Any:
    """`value` with bytes in it as base64, which is how they are recorded."""
    match value:
        case bytes() | bytearray():
            return base64.b64encode(value).decode()
        case Mapping():
            return {key: _with_text_of_bytes(item) for key, item in value.items()}
        case list() | tuple():
            return [_with_text_of_bytes(item) for item in value]
        case _:
            return value


def _written(value: Any, name: str, catalogue: Catalogue) -> Any:
    """`value` with every embedded document that was given as a mapping in canonical text."""
    shape: Shape | None = catalogue.shapes.get(name)
    if shape is None or value is None or isinstance(value, Output):
        return value
    if shape.format in DOCUMENTS and isinstance(value, Mapping | list | tuple):
        return document(value)
    if isinstance(value, Mapping) and shape.kind in ("structure", "map"):
        return {
            key: _written(item, shape.members.get(key, shape.item), catalogue) for key, item in value.items()
        }
    if isinstance(value, list | tuple) and shape.kind == "list":
        return [_written(item, shape.item, catalogue) for item in value]
    return value


def document(value: Mapping[str, Any] | list[Any] | tuple[Any, ...]) -> str | Output[str]:
    """JSON in canonical text: equal documents are equal text. Outputs in it are put in as text when they are known.

    Raises NotEncodable for what has no form in JSON.
    """
    outputs: list[Output[Any]] = []
    text = canonical(_with_slots(value, outputs))
    if not outputs:
        return text
    pieces = _SLOT_PATTERN.split(text)  # text and number of a slot by turns
    parts = [outputs[int(piece)] if n % 2 else piece for n, piece in enumerate(pieces) if piece]
    return Joined(tuple(parts))


def _with_slots(value: Any, outputs: list[Output[Any]]) -> Any:
    match value:
        case Joined():
            return "".join(part if isinstance(part, str) else _slot(part, outputs) for part in value.parts)
        case Output():
            return _slot(value, outputs)
        case Mapping():
            return {str(key): _with_slots(item, outputs) for key, item in value.items()}
        case list() | tuple():
            return [_with_slots(item, outputs) for item in value]
        case _:
            return encode(value, [])


def _slot(output: Output[Any], outputs: list[Output[Any]]) -> str:
    outputs.append(output)
    return _SLOT.format(len(outputs) - 1)
