"""JSON inside of text: decoding it with a place for what is wrong, and its canonical form."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

import msgspec

from unknot.providers.base import UNKNOWN
from unknot.providers.declared.problem import Problem
from unknot.stacks.definition import JOIN, PUBLISHED, REF, SECRET

NOT_JSON: Final = "is not JSON"
"""Said with line and column, and nothing of the text."""

_REFERENCES: Final = (REF, JOIN, SECRET, PUBLISHED)


def is_open(value: Any) -> bool:
    """Whether the value is not known yet, wholly or in part: a reference, or what stands for one."""
    if isinstance(value, str):
        return UNKNOWN in value
    return isinstance(value, Mapping) and any(key in value for key in _REFERENCES)


def decoded(text: str) -> tuple[Any, Problem | None]:
    """The value of JSON text, or what is wrong with it, with line and column."""
    try:
        return json.loads(text), None
    except json.JSONDecodeError as wrong:
        return None, Problem(
            "",
            NOT_JSON,
            f"Line {wrong.lineno}, column {wrong.colno}: {wrong.msg[0].lower()}{wrong.msg[1:]}.",
        )
    except RecursionError:
        return None, Problem("", "is JSON that is nested too deep")


def canonical(value: Any) -> str:
    """Sorted and compact: equal documents give equal text."""
    return msgspec.json.encode(value, order="sorted").decode()


def anything(_value: Any) -> Iterator[Problem]:
    """Any JSON will do."""
    yield from ()


def texts(value: Any) -> list[Any]:
    """One text, or a list of them, as a list."""
    return value if isinstance(value, list) else [value]
