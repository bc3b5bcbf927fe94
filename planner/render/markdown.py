"""Markdown made of text that nobody checked: names, values and messages cannot become markup, mentions or links."""

import re

from unknot.planner.render.style import clean

_SPECIAL = re.compile(r"[\\`*_{}\[\]()#+!|~$^=:>-]")
_CODE = re.compile(r"`([^`]*)`")
_BREAK = "\u200b"
"""A zero-width space: keeps `@name`, `#12` and addresses of pages from being linked, which entities do not."""
_LINKED = re.compile(r"(@|#|://|www\.|GH-)", re.IGNORECASE)


def code(text: str) -> str:
    """`text` as a code span, in which nothing has a meaning, whatever is in it."""
    literal = clean(text)
    if not literal.strip():
        return f"`{literal or ' '}`"
    longest = max((len(run) for run in re.findall(r"`+", literal)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if literal[0] in "` " or literal[-1] in "` " else ""
    return f"{fence}{pad}{literal}{pad}{fence}"


def prose(text: str) -> str:
    """A sentence of one line: what is in backticks becomes code, the rest is escaped."""
    parts: list[str] = []
    position = 0
    literal = clean(text)
    for found in _CODE.finditer(literal):
        parts.append(_escaped(literal[position : found.start()]))
        parts.append(code(found.group(1)))
        position = found.end()
    parts.append(_escaped(literal[position:]))
    return "".join(parts)


def block(lines: list[str], language: str = "") -> str:
    """A fenced block whose fence is longer than any in its lines."""
    longest = max((len(run) for line in lines for run in re.findall(r"`+", line)), default=0)
    fence = "`" * max(3, longest + 1)
    return "\n".join((f"{fence}{language}", *lines, fence))


def _escaped(text: str) -> str:
    text = text.replace("&", "&amp;").replace("<", "&lt;")
    text = _SPECIAL.sub(lambda found: "\\" + found.group(), text)
    return _LINKED.sub(lambda found: found.group() + _BREAK, text)
