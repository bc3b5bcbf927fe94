"""Values that are not known until a resource exists: passed, indexed and joined, never computed with (rule F1).

An `Output` that is formatted, compared, or tested for truth raises at the line that did it.
"""

from typing import Any, Generic, NoReturn, TypeAlias, TypeVar

from unknot.stacks.address import Address

T = TypeVar("T")


class OutputMisuse(TypeError):
    """User code tried to compute with a value that is not known at plan time."""


class Output(Generic[T]):
    """A value that a resource (or another stack) will give. `path` leads into its recorded outputs."""

    __slots__ = ("address", "path", "stack")

    def __init__(self, address: Address, path: tuple[str | int, ...], stack: str | None = None) -> None:
        self.address = address
        self.path = path
        self.stack = stack
        """`name/environment` of another stack, when the value comes from there."""

    def __getitem__(self, key: str | int) -> "Output[Any]":
        return Output(self.address, (*self.path, key), self.stack)

    def __repr__(self) -> str:
        return f"<Output {self._label()}>"

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
        """An input field of type `Output[...]` takes any output: its type is checked by the type checker only."""
        from pydantic_core import core_schema

        return core_schema.is_instance_schema(Output)

    def _label(self) -> str:
        return ".".join([self.address, *map(str, self.path)])

    def _misused(self, how: str) -> NoReturn:
        raise OutputMisuse(
            f"`{self._label()}` is not known at plan time, so it cannot be {how}; "
            "pass it on as it is, index it, or join it with unknot.format()"
        )

    def __str__(self) -> str:
        self._misused("turned into text")

    def __format__(self, spec: str) -> str:
        self._misused("put into an f-string")

    def __bool__(self) -> bool:
        self._misused("tested for truth")

    def __iter__(self) -> NoReturn:
        self._misused("iterated over")

    def __len__(self) -> int:
        self._misused("measured")

    def __eq__(self, other: object) -> bool:
        self._misused("compared")

    def __hash__(self) -> int:
        self._misused("hashed")

    def __add__(self, other: object) -> NoReturn:
        self._misused("added to")

    __radd__ = __sub__ = __mul__ = __truediv__ = __mod__ = __lt__ = __le__ = __gt__ = __ge__ = __add__


Input: TypeAlias = T | Output[T]
"""What an input field takes: the value itself, or one that a resource will give."""


class Joined(Output[str]):
    """Text with outputs in it, put together when they are known. Made by `unknot.format()`."""

    __slots__ = ("parts",)

    def __init__(self, parts: tuple[str | Output[Any], ...]) -> None:
        self.parts = parts
        first = next(p for p in parts if isinstance(p, Output))
        super().__init__(first.address, first.path, first.stack)

    def _label(self) -> str:
        return "".join(p if isinstance(p, str) else "{" + p._label() + "}" for p in self.parts)


def format(template: str, **values: Any) -> Input[str]:  # noqa: A001 - the issue names it `unknot.format`
    """Join text and outputs: `unknot.format("s3://{bucket}/raw", bucket=raw.bucket_name)`.

    Returns plain text when every value is known. Raises KeyError for a name that `values` lacks.
    """
    import string

    parts: list[str | Output[Any]] = []
    for text, field, spec, _conversion in string.Formatter().parse(template):
        if text:
            parts.append(text)
        if field is None:
            continue
        value = values[field]
        if isinstance(value, Joined):
            parts.extend(value.parts)
        elif isinstance(value, Output):
            parts.append(value)
        else:
            parts.append(_formatted(value, spec or ""))
    if any(isinstance(p, Output) for p in parts):
        return Joined(tuple(parts))
    return "".join(p for p in parts if isinstance(p, str))


def _formatted(value: object, spec: str) -> str:
    return value.__format__(spec)
