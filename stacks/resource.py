"""The base of resource types: a pydantic model whose fields are inputs and whose descriptors are computed outputs.

    class Document(Resource, type="file.document", provider="file"):
        path: Annotated[Input[str], Immutable()]
        content: Input[str]
        sha256: ClassVar[Computed[str]] = computed()

A resource that fails validation is still made, with its problems in it, so that one pass over a stack shows
every problem (D10); `Stack.add` gathers them.
"""

import difflib
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Final, Generic, Literal, Self, TypeVar, overload

import msgspec
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.fields import FieldInfo as PydanticField

from unknot.stacks.address import NAME_PATTERN, Address, parse_address
from unknot.stacks.diagnostic import Diagnostic, SourceLocation
from unknot.stacks.output import Output
from unknot.stacks.target import Target

T = TypeVar("T")

_PACKAGE: Final = str(Path(__file__).resolve().parent.parent) + os.sep
_LINKED: Final = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep  # noqa: PTH100, PTH120 - keeps links


class Immutable(msgspec.Struct, frozen=True):
    """Field metadata: a change of this input forces a replacement."""


class Sensitive(msgspec.Struct, frozen=True):
    """Field metadata: masked wherever it is shown, never recorded in clear (rule S1)."""


class WriteOnly(msgspec.Struct, frozen=True):
    """Field metadata: sent to the provider and never read back or recorded; changes by the version the user gives."""


class FieldTraits(msgspec.Struct, frozen=True):
    """What the planner must know of one input."""

    immutable: bool = False
    sensitive: bool = False
    write_only: bool = False


class TypeInfo(msgspec.Struct, frozen=True):
    """What the planner must know of a resource type, without importing its class."""

    type: str
    provider: str
    fields: dict[str, FieldTraits]
    computed: dict[str, FieldTraits]
    resolve_by: Literal["token", "mark", "unique-name-with-proof", "none"]
    """How an open intent is settled after a crash (rule A3)."""
    schema_version: int = 1
    timeout_s: float = 300.0
    """Longest time that one call of the provider may take."""


class Lifecycle(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """How a resource may change."""

    prevent_destroy: bool = False
    """A plan that would delete or replace it has an error."""
    ignore_changes: tuple[str, ...] = ()
    """Inputs whose changes are left alone."""
    create_before_destroy: bool = False
    replace_triggered_by: tuple[str, ...] = ()
    """Addresses, or `address.input`, whose change replaces this one too."""
    retain_on_delete: bool = False
    """Leaving the stack forgets it and lets the object live."""


class Computed(Generic[T]):
    """An output of a resource: reading it on an instance gives an `Output`."""

    def __init__(self, *, sensitive: bool = False) -> None:
        self.sensitive = sensitive
        self.name = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    @overload
    def __get__(self, instance: None, owner: type) -> Self: ...
    @overload
    def __get__(self, instance: "Resource", owner: type) -> Output[T]: ...
    def __get__(self, instance: "Resource | None", owner: type) -> "Self | Output[T]":
        if instance is None:
            return self
        return Output(instance.address, (self.name,))


def computed(*, sensitive: bool = False) -> Computed[Any]:
    """Declare an output of a resource type: `url: ClassVar[Computed[str]] = computed()`."""
    return Computed(sensitive=sensitive)


def caller() -> SourceLocation:
    """File and line of the nearest frame outside unknot: where the user wrote the call."""
    frame = sys._getframe(1)
    while True:
        file = frame.f_code.co_filename
        if not (file.startswith((_LINKED, _PACKAGE)) or "pydantic" in file) or frame.f_back is None:
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
    source: ClassVar[SourceLocation]
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
        resolve_by: Literal["token", "mark", "unique-name-with-proof", "none"] = "mark",
        schema_version: int = 1,
        timeout_s: float = 300.0,
        **kwargs: Any,
    ) -> None:
        if not type:
            return
        own = {name: field for name, field in cls.model_fields.items() if name not in META_FIELDS}
        outputs = {
            name: FieldTraits(sensitive=value.sensitive)
            for base in reversed(cls.__mro__)
            for name, value in vars(base).items()
            if isinstance(value, Computed)
        }
        cls.type_info = TypeInfo(
            type=type,
            provider=provider,
            fields={name: _traits(field) for name, field in own.items()},
            computed=outputs,
            resolve_by=resolve_by,
            schema_version=schema_version,
            timeout_s=timeout_s,
        )

    if not TYPE_CHECKING:

        def __init__(self, name, /, **data):
            try:
                super().__init__(name=name, **data)
            except ValidationError as invalid:
                self._construct_invalid(name, data, invalid)
                return
            self.__dict__["source"] = caller()
            if not NAME_PATTERN.fullmatch(name):
                self.__dict__["problems"] = (
                    Diagnostic.error(
                        f"`{name}` cannot be the name of a resource",
                        detail="A name has letters, digits, `_` and `-`, and at most 128 characters.",
                        source=self.source,
                    ),
                )

    def _construct_invalid(self, name: object, data: Mapping[str, Any], invalid: ValidationError) -> None:
        blank = type(self).model_construct(name=str(name), **data)
        object.__setattr__(self, "__dict__", blank.__dict__)
        object.__setattr__(self, "__pydantic_fields_set__", blank.__pydantic_fields_set__)
        object.__setattr__(self, "__pydantic_extra__", None)
        object.__setattr__(self, "__pydantic_private__", None)
        source = caller()
        self.__dict__["source"] = source
        self.__dict__["problems"] = tuple(
            input_problem(error, str(self.address), type(self), source)
            for error in invalid.errors(include_url=False, include_input=False)
        )

    @property
    def address(self) -> Address:
        """`type.name`."""
        return Address(f"{self.type_info.type}.{self.name}")


META_FIELDS: Final = frozenset({"name", "target", "owner", "lifecycle", "depends_on"})
"""Fields of every resource, which are not inputs of its type."""


def input_problem(
    error: Mapping[str, Any], address: str, model: type[BaseModel], source: SourceLocation
) -> Diagnostic:
    """One of pydantic's errors as a diagnostic, with the nearest name for a misspelt input. Shows no values."""
    path = [str(step) for step in error["loc"] if not str(step).startswith(("function-", "is-instance"))]
    field = path[0] if path else ""
    if error["type"] == "extra_forbidden":
        known = [name for name in model.model_fields if name != "name"]
        near = difflib.get_close_matches(field, known, n=1)
        hint = f"Did you mean `{near[0]}`? " if near else ""
        return Diagnostic.error(
            f"`{address}` has no input `{field}`",
            detail=f"{hint}Inputs: {', '.join(known)}.",
            address=address,
            source=source,
        )
    if error["type"] == "missing":
        return Diagnostic.error(
            f"`{address}` lacks the input `{field}`",
            detail="It has no default: give it a value.",
            address=address,
            source=source,
        )
    wanted = str(error["msg"])
    return Diagnostic.error(
        f"`{address}`: input `{'.'.join(path)}` has a wrong value",
        detail=f"{wanted}.",
        address=address,
        source=source,
    )


def _traits(field: PydanticField) -> FieldTraits:
    kinds = {type(m) for m in field.metadata}
    return FieldTraits(
        immutable=Immutable in kinds, sensitive=Sensitive in kinds, write_only=WriteOnly in kinds
    )


def checked_address(value: "Resource | str", source: SourceLocation) -> "Address | Diagnostic":
    """The address that a `depends_on` entry means."""
    if isinstance(value, Resource):
        return value.address
    try:
        return parse_address(value)
    except ValueError as invalid:
        return Diagnostic.error(str(invalid), source=source)
