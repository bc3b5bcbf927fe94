"""The base of resource types: a pydantic model whose fields are inputs and whose descriptors are computed outputs.

    class Document(Resource, type="file.document", provider="file"):
        path: Annotated[Input[str], Immutable()]
        content: Input[str]
        sha256: ClassVar[Computed[str]] = computed()

A resource that fails validation is still made, with its problems in it, so that one pass over a stack shows
every problem (D10); `Stack.add` gathers them.
"""

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Final, Generic, Self, TypeVar, get_args, overload

import msgspec
import pydantic
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.fields import FieldInfo as PydanticField
from pydantic_core import ErrorDetails

from unknot.stacks.address import NAME_PATTERN, Address, parse_address
from unknot.stacks.diagnostic import Diagnostic, SourceLocation, nearest
from unknot.stacks.output import Output
from unknot.stacks.resource_type import FieldTraits, Lifecycle, ResolveBy, TypeInfo
from unknot.stacks.target import Target

T = TypeVar("T")

_ROOT: Final = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120 - keeps links

_INNER_FOLDERS: Final = (
    _ROOT + os.sep,
    # In a checkout the four are links, and the folder that they lead to also holds examples and tests.
    *(os.path.realpath(f"{_ROOT}/{part}") + os.sep for part in ("stacks", "state", "providers", "planner")),
    os.path.dirname(pydantic.__file__) + os.sep,  # noqa: PTH120
)
"""Frames of files in these are never what the user wrote."""

_inner: Final[dict[str, bool]] = {}
"""File to whether it is in one of them: asked once for each resource."""


class Immutable(msgspec.Struct, frozen=True):
    """Field metadata: a change of this input forces a replacement."""


class Sensitive(msgspec.Struct, frozen=True):
    """Field metadata: masked wherever it is shown, never recorded in clear (rule S1)."""


class WriteOnly(msgspec.Struct, frozen=True):
    """Field metadata: sent to the provider and never read back or recorded; changes by the version the user gives."""


class Computed(Generic[T]):
    """An output of a resource: reading it on an instance gives an `Output`."""

    def __init__(self, *, sensitive: bool = False) -> None:
        self.sensitive = sensitive
        self._path: tuple[str] = ("",)

    def __set_name__(self, owner: type, name: str) -> None:
        self._path = (name,)

    @overload
    def __get__(self, instance: None, owner: type) -> Self: ...
    @overload
    def __get__(self, instance: "Resource", owner: type) -> Output[T]: ...
    def __get__(self, instance: "Resource | None", owner: type) -> "Self | Output[T]":
        if instance is None:
            return self
        return Output(instance.address, self._path)


def computed(*, sensitive: bool = False) -> Computed[Any]:
    """Declare an output of a resource type: `url: ClassVar[Computed[str]] = computed()`."""
    return Computed(sensitive=sensitive)


def caller() -> SourceLocation:
    """File and line of the nearest frame outside unknot: where the user wrote the call."""
    frame = sys._getframe(1)
    while True:
        file = frame.f_code.co_filename
        inner = _inner.get(file)
        if inner is None:
            inner = _inner[file] = file.startswith(_INNER_FOLDERS)
        if not inner or frame.f_back is None:
            return SourceLocation(file, frame.f_lineno)
        frame = frame.f_back


class Resource(BaseModel):
    """One object wanted in the world. Its type's own inputs are the fields of the subclass."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", arbitrary_types_allowed=True, hide_input_in_errors=True, defer_build=True
    )

    name: str = Field(kw_only=False)
    """Its own name; with the type it makes the address."""
    target: Target | None = None
    owner: str = ""
    """Who is to be asked about it; empty: the stack's owner."""
    lifecycle: Lifecycle | None = None
    depends_on: "Sequence[Resource | str]" = ()
    """What must be there first although no input refers to it."""

    type_info: ClassVar[TypeInfo]
    defined_at: ClassVar[SourceLocation]
    """File and line of the call that made it."""
    problems: ClassVar[tuple[Diagnostic, ...]] = ()

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Subclass keywords are taken by `__pydantic_init_subclass__`."""
        super().__init_subclass__()

    @classmethod
    def __pydantic_init_subclass__(
        cls,
        *,
        type: str = "",  # noqa: A002 - reads well where types are declared
        provider: str = "",
        resolve_by: ResolveBy = "mark",
        schema_version: int = 1,
        timeout_s: float = 20.0,
        **kwargs: Any,
    ) -> None:
        inherited: TypeInfo | None = getattr(cls, "type_info", None)
        if not type and inherited is None:
            return
        inputs = {name: _traits(field) for name, field in cls.model_fields.items() if name not in META_FIELDS}
        outputs = {
            name: FieldTraits(sensitive=value.sensitive)
            for base in reversed(cls.__mro__)
            for name, value in vars(base).items()
            if isinstance(value, Computed)
        }
        if not type and inherited is not None:  # a user's own defaults for a type
            cls.type_info = msgspec.structs.replace(inherited, fields=inputs, computed=outputs)
            return
        cls.type_info = TypeInfo(
            type=type,
            provider=provider,
            fields=inputs,
            computed=outputs,
            resolve_by=resolve_by,
            schema_version=schema_version,
            timeout_s=timeout_s,
        )

    if not TYPE_CHECKING:

        def __init__(self, name, **data):
            data["name"] = name
            try:
                # What BaseModel.__init__ does, less one packing of the keywords: ten thousand are made in a plan.
                self.__pydantic_validator__.validate_python(data, self_instance=self)
            except ValidationError as invalid:
                self._construct_invalid(data, invalid)
                return
            values = self.__dict__
            name = values["name"]
            values["defined_at"] = caller()
            values["address"] = f"{self.type_info.type}.{name}"
            # Most names are identifiers, which is the quicker question.
            if not (name.isidentifier() and name.isascii() and len(name) <= 128):
                values["problems"] = tuple(_name_problems(name, values["defined_at"]))

    def _construct_invalid(self, data: dict[str, Any], invalid: ValidationError) -> None:
        name = data.pop("name")
        blank = type(self).model_construct(name=name if isinstance(name, str) else repr(name), **data)
        for slot in ("__dict__", "__pydantic_fields_set__", "__pydantic_extra__", "__pydantic_private__"):
            object.__setattr__(self, slot, getattr(blank, slot))
        source = caller()
        problems = list(input_problems(invalid, str(self.address), type(self), source))
        if isinstance(name, str):
            problems.extend(_name_problems(name, source))
        self.__dict__["defined_at"] = source
        self.__dict__["problems"] = tuple(problems)

    def standing_for(self) -> Mapping[str, Any] | None:
        """What is recorded where this resource itself is given as an input; None where that has no meaning."""
        return None

    @property
    def is_wrong(self) -> bool:
        """Whether a problem is an error: its inputs are then not to be used. What is only warned of may stand."""
        return any(problem.is_error for problem in self.problems)

    @cached_property
    def address(self) -> Address:
        """`type.name`."""
        return Address(f"{self.type_info.type}.{self.name}")


META_FIELDS: Final = frozenset({"name", "target", "owner", "lifecycle", "depends_on"})
"""Fields of every resource, which are not inputs of its type."""


def input_problems(
    invalid: ValidationError, address: str, model: type[BaseModel], source: SourceLocation
) -> Iterator[Diagnostic]:
    """One diagnostic for each wrong input, with the nearest name for a misspelt one. Shows no values."""
    by_field: dict[str, list[ErrorDetails]] = {}
    for error in invalid.errors(include_url=False, include_context=False):
        by_field.setdefault(str(error["loc"][0]) if error["loc"] else "", []).append(error)
    for field, errors in by_field.items():
        kind = errors[0]["type"]
        if kind == "extra_forbidden":
            known = [name for name in model.model_fields if name != "name"]
            summary, detail = (
                f"`{address}` has no input `{field}`",
                f"{nearest(field, known)}Inputs: {', '.join(known)}.",
            )
        elif kind == "missing" and len(errors[0]["loc"]) == 1:
            summary, detail = f"`{address}` lacks the input `{field}`", "It has no default: give it a value."
        else:
            path, detail = _wrong_value(errors)
            summary = f"`{address}`: input `{path}` has a wrong value" if path else f"`{address}` is wrong"
        yield Diagnostic.error(summary, detail=detail, address=address, source=source)


def _wrong_value(errors: list[ErrorDetails]) -> tuple[str, str]:
    """Where in an input the value is wrong, and what was wanted there.

    Of a union, pydantic reports every branch; the ones that came farthest are what the user meant.
    """
    takes_output = [error for error in errors if str(error["loc"][-1]) == _OUTPUT_BRANCH]
    rest = [error for error in errors if error not in takes_output] or errors
    depth = max(len(error["loc"]) for error in rest)
    nearest = [error for error in rest if len(error["loc"]) == depth]
    steps = nearest[0]["loc"]
    if takes_output and len(steps) > 1:
        steps = (steps[0], *steps[2:])  # the second is the name of the union's branch
    given = nearest[0]["input"]
    if isinstance(given, Output):
        return ".".join(map(str, steps)), (
            f"`{given._label()}` is known only after apply, and this input must be known when planning."
        )
    wanted = " or ".join(dict.fromkeys(error["msg"].removeprefix("Input should be ") for error in nearest))
    plain = len(nearest) > 1 or nearest[0]["msg"].startswith("Input should be ")
    text = f"It should be {wanted}" if plain else wanted.removeprefix("Value error, ")
    return ".".join(map(str, steps)), f"{text}; what was given is of type `{type(given).__qualname__}`."


_OUTPUT_BRANCH: Final = "is-instance[Output]"
"""What pydantic calls the branch of `Input[T]` that takes an output."""


def _name_problems(name: str, source: SourceLocation) -> Iterator[Diagnostic]:
    if NAME_PATTERN.fullmatch(name) is None:
        yield Diagnostic.error(
            f"`{name[:40]}` cannot be the name of a resource",
            detail="A name has letters, digits, `_` and `-`, at most 128, and does not begin with `-`.",
            source=source,
        )


def _traits(field: PydanticField) -> FieldTraits:
    kinds = {type(entry) for entry in (*field.metadata, *_metadata(field.annotation))}
    return FieldTraits(
        immutable=Immutable in kinds, sensitive=Sensitive in kinds, write_only=WriteOnly in kinds
    )


def _metadata(annotation: Any) -> Iterator[object]:
    """What `Annotated` says inside a union: `Annotated[str, Sensitive()] | None`."""
    yield from getattr(annotation, "__metadata__", ())
    for part in get_args(annotation):
        yield from _metadata(part)


def checked_address(value: "Resource | str", source: SourceLocation) -> "Address | Diagnostic":
    """The address that a `depends_on` entry means."""
    if isinstance(value, Resource):
        return value.address
    try:
        return parse_address(value)
    except ValueError as invalid:
        return Diagnostic.error(str(invalid), source=source)
