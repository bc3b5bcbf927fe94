"""What an expression of a declaration leads to in a service's model, so that a misspelt member is found when generating."""

import functools
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeAlias

import msgspec

from unknot.providers.declared.model import ModelError, ServiceModel
from unknot.stacks.diagnostic import nearest


class Named(msgspec.Struct, frozen=True):
    """A shape of the model."""

    name: str


class ListOf(msgspec.Struct, frozen=True):
    item: "Found"


class Fields(msgspec.Struct, frozen=True):
    """A mapping that an expression puts together, or the document that expressions see."""

    members: Mapping[str, "Found"]
    base: "Found" = None
    """What has further members."""


Found: TypeAlias = Named | ListOf | Fields | None
"""None: whatever it is, the model does not tell."""

_OF_FIRST_ARGUMENT = frozenset(
    {"omit", "where", "not_null", "sort_by", "reverse", "sort", "max_by", "min_by"}
)


def found(expression: str, document: Found, model: ServiceModel) -> Found:
    """What `expression` gives over `document`. Raises ModelError for one that is wrong or leads nowhere."""
    try:
        return _Resolver(model).resolve(_parsed(expression), document)
    except ModelError as problem:
        raise ModelError(f"`{expression}`: {problem}") from None


def fields_read(expression: str, root: str) -> frozenset[str]:
    """Names of the members of `root` that the expression reads: of `input`, inputs."""
    return frozenset(_read(_parsed(expression), root))


def speaks_of(expression: str, root: str) -> bool:
    """Whether the expression names `root`, wherever it does."""
    return _names(_parsed(expression), root)


def last_member(expression: str) -> str:
    """The member that a plain path ends in; empty for anything else."""
    node = _parsed(expression)
    while node["type"] == "subexpression":
        node = node["children"][-1]
    return str(node["value"]) if node["type"] == "field" else ""


@functools.cache
def _parsed(expression: str) -> dict[str, Any]:
    import jmespath.exceptions
    from jmespath.parser import Parser

    try:
        parsed: dict[str, Any] = Parser().parse(expression).parsed
    except jmespath.exceptions.JMESPathError as problem:
        raise ModelError(f"`{expression}` is no JMESPath expression: {problem}") from problem
    return parsed


def _read(node: Any, root: str) -> Iterator[str]:
    if not isinstance(node, dict):
        return
    children = node["children"]
    if node["type"] == "subexpression" and len(children) > 1:
        first, second = children[0], children[1]
        if first["type"] == "field" and first["value"] == root and second["type"] == "field":
            yield second["value"]
    for child in children:
        yield from _read(child, root)


def _names(node: Any, root: str) -> bool:
    if not isinstance(node, dict):
        return False
    if node["type"] == "field" and node["value"] == root:
        return True
    return any(_names(child, root) for child in node["children"])


class _Resolver:
    def __init__(self, model: ServiceModel) -> None:
        self._model = model

    def resolve(self, node: Any, here: Found) -> Found:
        children = node["children"]
        match node["type"]:
            case "field":
                return self._member(here, node["value"])
            case "current" | "identity":
                return here
            case "subexpression" | "index_expression" | "pipe":
                for child in children:
                    here = self.resolve(child, here)
                return here
            case "index":
                return self._item(here)
            case "slice":
                return here
            case "flatten":
                return self._flat(self.resolve(children[0], here))
            case "projection":
                inner = self.resolve(children[1], self._item(self.resolve(children[0], here)))
                return ListOf(inner)
            case "value_projection":
                inner = self.resolve(children[1], self._item(self.resolve(children[0], here)))
                return ListOf(inner)
            case "filter_projection":
                item = self._item(self.resolve(children[0], here))
                self.resolve(children[2], item)
                return ListOf(self.resolve(children[1], item))
            case "multi_select_dict":
                return Fields({pair["value"]: self.resolve(pair["children"][0], here) for pair in children})
            case "multi_select_list":
                entries = [self.resolve(child, here) for child in children]
                return ListOf(entries[0] if entries else None)
            case "or_expression":
                return next(
                    (each for each in [self.resolve(child, here) for child in children] if each), None
                )
            case "and_expression":
                return [self.resolve(child, here) for child in children][-1]
            case "function_expression":
                return self._function(node, here)
            case "literal":
                return None
            case _:  # comparators, negation
                for child in children:
                    self.resolve(child, here)
                return None

    def _function(self, node: Any, here: Found) -> Found:
        arguments = [self.resolve(child, here) for child in node["children"] if child["type"] != "expref"]
        if node["value"] in _OF_FIRST_ARGUMENT and arguments:
            first = arguments[0]
            return self._item(first) if node["value"] in ("max_by", "min_by") else first
        return None

    def _member(self, here: Found, name: str) -> Found:
        match here:
            case None:
                return None
            case ListOf():
                raise ModelError(f"`{name}` is asked of a list: `[]`, `[0]` or `[*]` is missing before it")
            case Fields(members, base):
                if name in members:
                    return members[name]
                if base is None:
                    raise _no_member(name, members)
                return self._member(base, name)
            case Named(shape_name):
                shape = self._model.shape(shape_name)
                if shape.kind == "structure":
                    if name not in shape.members:
                        raise _no_member(name, shape.members)
                    return Named(shape.members[name])
                if shape.kind == "map":
                    return Named(shape.item)
                if shape.kind == "any":
                    return None
                raise ModelError(f"`{name}` is asked of a {shape.kind}")

    def _item(self, here: Found) -> Found:
        match here:
            case ListOf(item):
                return item
            case Named(name):
                shape = self._model.shape(name)
                return Named(shape.item) if shape.kind in ("list", "map") else None
            case _:
                return None

    def _flat(self, here: Found) -> Found:
        item = self._item(here)
        match item:
            case ListOf():
                return item
            case Named(name) if self._model.shape(name).kind == "list":
                return item
            case _:
                return here


def _no_member(name: str, members: Iterable[str]) -> ModelError:
    known = sorted(members)
    listed = ", ".join(known[:30]) + (", ..." if len(known) > 30 else "")
    return ModelError(f"there is no `{name}`. {nearest(name, known)}Members: {listed}")
