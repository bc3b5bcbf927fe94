"""Hold what is wanted against a catalogue: offline, before anything is touched.

Values are plain JSON, as they are encoded in a plan. What is not known yet (references, `UNKNOWN`) is passed over.
"""

import base64
import binascii
import datetime
import functools
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, Protocol

import msgspec

from unknot.providers.declared.formats import FORMATS
from unknot.providers.declared.formats.documents import NOT_JSON, decoded, is_open
from unknot.providers.declared.problem import Problem, likeliest, member
from unknot.providers.declared.shapes import Catalogue, Kind, Shape

PATTERN_TIMEOUT_S: Final = 2.0
"""After which a pattern says nothing of a text: some patterns take exponential time over some texts."""

_ANY: Final = Shape("any")

_WANTED: Final[dict[Kind, str]] = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "blob": "bytes in base64",
    "timestamp": "a time in ISO 8601, such as `2026-11-25T12:00:00Z`",
    "list": "a list",
    "map": "a mapping",
    "structure": "a mapping of the names below",
    "any": "anything",
}


def check(value: Any, shape_name: str, catalogue: Catalogue) -> Iterator[Problem]:
    """What is wrong with an encoded value of the shape of that name. None is as good as left out."""
    if value is not None:
        yield from _check("", value, shape_name, catalogue.shapes)


def _check(
    path: str, value: Any, name: str, shapes: Mapping[str, Shape], *, sensitive: bool = False
) -> Iterator[Problem]:
    """`sensitive`: what it is in is, so that no value of it is shown."""
    shape = shapes.get(name, _ANY)
    if sensitive and not shape.sensitive:
        shape = msgspec.structs.replace(shape, sensitive=True)
    kind = shape.kind
    if kind == "string":
        if type(value) is str:
            yield from _string(path, value, shape)
        elif shape.format and FORMATS[shape.format].is_document and isinstance(value, dict | list):
            if not is_open(value):
                yield from _within(path, FORMATS[shape.format].check(value), shape)
        elif not is_open(value):
            yield _wrong_kind(path, value, shape)
    elif is_open(value) or kind == "any":
        return
    elif kind == "structure":
        yield from _structure(path, value, shape, shapes)
    elif kind == "list":
        if not isinstance(value, list):
            yield _wrong_kind(path, value, shape)
            return
        yield from _length(path, len(value), shape, "entries")
        for n, item in enumerate(value):
            if item is not None:
                yield from _check(f"{path}[{n}]", item, shape.item, shapes, sensitive=shape.sensitive)
    elif kind == "map":
        if not isinstance(value, dict):
            yield _wrong_kind(path, value, shape)
            return
        yield from _length(path, len(value), shape, "entries")
        for key, item in value.items():
            for problem in _check("", key, shape.key, shapes):
                yield Problem(
                    path,
                    f"has the key `{str(key)[:40]}`, which {problem.what}",
                    problem.allowed,
                    problem.certain,
                )
            if item is not None:
                yield from _check(member(path, key), item, shape.item, shapes, sensitive=shape.sensitive)
    else:
        yield from _scalar(path, value, shape)


def _structure(path: str, value: Any, shape: Shape, shapes: Mapping[str, Shape]) -> Iterator[Problem]:
    if not isinstance(value, dict):
        yield _wrong_kind(path, value, shape)
        return
    members = shape.members
    for name, item in value.items():
        if name not in members:
            yield Problem(
                path,
                f"has no `{str(name)[:40]}`",
                f"{likeliest(name, members)}It may have: {', '.join(members)}.",
            )
        elif item is not None:
            yield from _check(f"{path}.{name}", item, members[name], shapes, sensitive=shape.sensitive)
    for name in shape.required:
        if value.get(name) is None:
            yield Problem(path, f"lacks `{name}`", f"It must have: {', '.join(shape.required)}.")
    if shape.one_of:
        given = [name for name in members if value.get(name) is not None]
        if len(given) != 1 and not any(name not in members for name in value):
            had = f"has {', '.join(f'`{name}`' for name in given)}" if given else "has none of its members"
            yield Problem(path, had, f"It has exactly one of: {', '.join(members)}.")


def _string(path: str, value: str, shape: Shape) -> Iterator[Problem]:
    if "\0" in value and is_open(value):
        return
    if shape.enum:
        if value not in shape.enum:
            listed = ", ".join(shape.enum[:40]) + (
                f" and {len(shape.enum) - 40} others" if len(shape.enum) > 40 else ""
            )
            yield Problem(
                path,
                _cannot_be(value, shape),
                f"{_near(value, shape)}It is one of: {listed}.",
                certain=not shape.open,
            )
        return
    is_long_enough = True
    for problem in _length(path, len(value), shape, "characters"):
        is_long_enough = False
        yield problem
    if shape.pattern and is_long_enough and not _matches(shape.pattern, value):
        yield Problem(path, _cannot_be(value, shape), f"It must match `{shape.pattern}`.")
        return
    if shape.format == "arn" and shape.pattern and not value.startswith("arn:"):
        return  # the service takes something else there too, as its pattern says
    if shape.format and (value or (shape.min or 0) >= 1):
        yield from _within(path, _formatted(value, shape.format), shape)


def _formatted(value: str, name: str) -> Iterator[Problem]:
    each = FORMATS[name]
    if not each.is_document:
        yield from each.check(value)
        return
    document, problem = decoded(value)
    if problem is not None:
        yield problem
    else:
        yield from each.check(document)


def _within(path: str, problems: Iterator[Problem], shape: Shape) -> Iterator[Problem]:
    for problem in problems:
        if shape.sensitive and problem.what != NOT_JSON:
            yield Problem(path, "is not in the form that it must have", f"It is {FORMATS[shape.format].doc}.")
            return
        yield problem.under(path)


def _scalar(path: str, value: Any, shape: Shape) -> Iterator[Problem]:
    kind = shape.kind
    if kind == "boolean":
        if not isinstance(value, bool):
            yield _wrong_kind(path, value, shape)
    elif kind in ("integer", "number"):
        is_whole = isinstance(value, int) or (isinstance(value, float) and value.is_integer())
        if (
            isinstance(value, bool)
            or not isinstance(value, int | float)
            or (kind == "integer" and not is_whole)
        ):
            yield _wrong_kind(path, value, shape)
        elif (shape.min is not None and value < shape.min) or (shape.max is not None and value > shape.max):
            yield Problem(path, _cannot_be(value, shape), f"It must be {_range(shape)}.")
    elif kind == "blob":
        yield from _blob(path, value, shape)
    elif not _is_moment(value):
        yield _wrong_kind(path, value, shape)


def _blob(path: str, value: Any, shape: Shape) -> Iterator[Problem]:
    try:
        size = len(base64.b64decode(value, validate=True)) if isinstance(value, str) else None
    except (binascii.Error, ValueError):
        size = None
    if size is None:
        yield _wrong_kind(path, value, shape)
    else:
        yield from _length(path, size, shape, "bytes")


def _is_moment(value: Any) -> bool:
    if isinstance(value, bool):
        return False
    if isinstance(value, int | float):
        return True
    try:
        datetime.datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return False
    return True


def _length(path: str, length: int, shape: Shape, of: str) -> Iterator[Problem]:
    if (shape.min is not None and length < shape.min) or (shape.max is not None and length > shape.max):
        yield Problem(path, f"has {length:,} {of}", f"It must have {_range(shape)} {of}.")


def _range(shape: Shape) -> str:
    low, high = shape.min, shape.max
    if low is None:
        return f"at most {_number(high)}"
    if high is None:
        return f"at least {_number(low)}"
    return f"exactly {_number(low)}" if low == high else f"from {_number(low)} to {_number(high)}"


def _number(value: float | None) -> str:
    assert value is not None
    return f"{int(value):,}" if value == int(value) else str(value)


def _cannot_be(value: Any, shape: Shape) -> str:
    return "cannot have the value that is given" if shape.sensitive else f"cannot be `{str(value)[:60]}`"


def _near(value: str, shape: Shape) -> str:
    return "" if shape.sensitive else likeliest(value, shape.enum)


def _wrong_kind(path: str, value: Any, shape: Shape) -> Problem:
    given = {
        str: "text",
        bool: "true or false",
        int: "a number",
        float: "a number",
        list: "a list",
        dict: "a mapping",
    }
    listed = f" It may have: {', '.join(shape.members)}." if shape.kind == "structure" else ""
    return Problem(path, f"is not {_WANTED[shape.kind].removesuffix(' of the names below')}", f"What was given is {given.get(type(value), 'something else')}.{listed}")  # fmt: skip


class _Compiled(Protocol):
    def fullmatch(self, text: str, *, timeout: float) -> object: ...


@functools.cache
def _compiled(pattern: str) -> _Compiled:
    try:
        import regex
    except ModuleNotFoundError as missing:
        from unknot.stacks.errors import MissingExtra

        raise MissingExtra(
            "regex", extra="aws", needed_for="checking names against their patterns"
        ) from missing
    compiled: Callable[..., _Compiled] = regex.compile
    return compiled(pattern)


def _matches(pattern: str, value: str) -> bool:
    try:
        return _compiled(pattern).fullmatch(value, timeout=PATTERN_TIMEOUT_S) is not None
    except TimeoutError:
        return True
