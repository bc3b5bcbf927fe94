"""Python source of resources: calls with literal arguments, laid out as formatters lay them out. Runs nothing."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

WIDTH: Final = 88
"""Columns, as formatters count by default."""

_INDENT: Final = "    "


class Call(msgspec.Struct, frozen=True):
    """`name(arguments, keyword=...)`, with remarks above keywords."""

    name: str
    arguments: tuple[Any, ...] = ()
    keywords: Mapping[str, Any] = {}
    remarks: tuple[str, ...] = ()
    """Comment lines before the closing parenthesis."""


def literal(value: Any, indent: int = 0, used: int = 0) -> str:
    """`value` as it is written at `indent` columns, where `used` columns of the line are taken by what is around it."""
    flat = _flat(value)
    if flat is not None and indent + used + len(flat) <= WIDTH:
        return flat
    inner = indent + len(_INDENT)
    pad, end = " " * inner, " " * indent
    match value:
        case Call():
            items = [("", each) for each in value.arguments]
            items += [(f"{key}=", each) for key, each in value.keywords.items()]
            if not items and not value.remarks:
                return f"{value.name}()"
            if not value.remarks:
                parts = [(key, _flat(each)) for key, each in items]
                if all(each is not None for _, each in parts):
                    line = ", ".join(f"{key}{each}" for key, each in parts)
                    if inner + len(line) <= WIDTH:
                        return f"{value.name}(\n{pad}{line}\n{end})"
            lines = [f"{pad}{key}{literal(each, inner, len(key) + 1)}," for key, each in items]
            lines += [f"{pad}# {remark}" for remark in value.remarks]
            return "\n".join([f"{value.name}(", *lines, f"{end})"])
        case Mapping() if value:
            lines = [
                f"{pad}{_text(str(key))}: {literal(each, inner, len(_text(str(key))) + 3)},"
                for key, each in value.items()
            ]
            return "\n".join(["{", *lines, end + "}"])
        case list() | tuple() if value:
            return "\n".join(["[", *(f"{pad}{literal(each, inner, 1)}," for each in value), end + "]"])
        case _:
            return flat or repr(value)


def _flat(value: Any) -> str | None:
    """On one line; None for what needs several."""
    match value:
        case Call():
            if value.remarks:
                return None
            items = [_flat(each) for each in value.arguments]
            named = [(key, _flat(each)) for key, each in value.keywords.items()]
            if any(each is None for each in items) or any(each is None for _, each in named):
                return None
            return f"{value.name}({', '.join([*map(str, items), *(f'{k}={v}' for k, v in named)])})"
        case Mapping():
            return "{" + ", ".join(f"{_text(str(k))}: {_flat(v)}" for k, v in value.items()) + "}"
        case str():
            return _text(value)
        case Sequence() if not isinstance(value, bytes):
            return "[" + ", ".join(str(_flat(each)) for each in value) + "]"
        case _:
            return repr(value)


def _text(value: str) -> str:
    """In double quotes, unless single ones need fewer backslashes."""
    written = repr(value)
    if written.startswith('"') or value.count('"') > value.count("'"):
        return written
    body = written[1:-1].replace("\\'", "'").replace('"', '\\"')
    return f'"{body}"'
