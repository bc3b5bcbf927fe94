"""The outputs of an op or workflow, by its return annotation.

    None                        no outputs
    a NamedTuple, a dataclass   one output a field, by the field's name
    tuple[A, B]                 outputs `0` and `1`
    anything else               one output, `value`

The runner takes a result apart with `take`; tracing makes a real bundle of placeholders with `make`.
"""

import dataclasses
import types
import typing
from collections.abc import Callable, Mapping
from typing import Any, Literal, get_args, get_origin

from unknot.stacks.workflow.typenames import is_namedtuple, strip

VALUE = "value"
"""Name of the one output of an op that returns neither a bundle nor None."""


class ResultMismatch(Exception):
    """A result is not what the return annotation says. `str()` says how."""


@dataclasses.dataclass(frozen=True)
class Shape:
    """Names and types of the outputs, and how they are put together."""

    kind: Literal["none", "single", "namedtuple", "dataclass", "tuple"]
    annotation: Any
    fields: Mapping[str, Any]
    """Output name to annotation, in order."""

    @property
    def is_bundle(self) -> bool:
        return self.kind in ("namedtuple", "dataclass", "tuple")

    def make(self, value_of: Callable[[str, Any], object]) -> Any:
        """A result whose fields are `value_of(name, annotation)`; a dataclass's own `__init__` is not run."""
        values = {name: value_of(name, annotation) for name, annotation in self.fields.items()}
        match self.kind:
            case "none":
                return None
            case "single":
                return next(iter(values.values()))
            case "tuple":
                return tuple(values.values())
            case "namedtuple":
                return (get_origin(self.annotation) or self.annotation)._make(values.values())
            case "dataclass":
                cls = get_origin(self.annotation) or self.annotation
                made = object.__new__(cls)
                for name, value in values.items():
                    object.__setattr__(made, name, value)
                return made

    def take(self, result: Any) -> dict[str, Any]:
        """Output name to value; raises ResultMismatch."""
        match self.kind:
            case "none":
                if result is not None:
                    raise ResultMismatch(f"returned a `{type(result).__name__}` and is annotated `None`")
                return {}
            case "single":
                return dict.fromkeys(self.fields, result)
            case "tuple":
                if not isinstance(result, tuple) or len(result) != len(self.fields):
                    raise ResultMismatch(f"must return a tuple of {len(self.fields)} values")
                return dict(zip(self.fields, result, strict=True))
            case "namedtuple" | "dataclass":
                cls = get_origin(self.annotation) or self.annotation
                if not isinstance(result, cls):
                    raise ResultMismatch(f"must return a `{cls.__name__}`, not a `{type(result).__name__}`")
                return {name: getattr(result, name) for name in self.fields}


def shape_of(annotation: Any) -> Shape:
    """The outputs that a return annotation stands for."""
    annotation = strip(annotation)
    if annotation is None or annotation is types.NoneType:
        return Shape("none", None, {})
    cls = get_origin(annotation) or annotation
    if is_namedtuple(cls):
        hints = typing.get_type_hints(cls, include_extras=True)
        return Shape("namedtuple", annotation, {name: hints.get(name, Any) for name in cls._fields})
    if isinstance(cls, type) and dataclasses.is_dataclass(cls):
        hints = typing.get_type_hints(cls, include_extras=True)
        return Shape(
            "dataclass", annotation, {field.name: hints[field.name] for field in dataclasses.fields(cls)}
        )
    members = get_args(annotation)
    if cls is tuple and members and ... not in members:
        return Shape("tuple", annotation, {str(n): member for n, member in enumerate(members)})
    return single(annotation)


def single(annotation: Any, name: str = VALUE) -> Shape:
    """One output."""
    return Shape("single", annotation, {name: annotation})
