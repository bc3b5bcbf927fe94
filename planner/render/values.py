"""Values as a reader sees them: quoted, folded, with references, secrets and what is unknown by their names."""

import difflib
import json
from typing import Any

import msgspec

from unknot.planner.plan import FieldChange
from unknot.planner.render.masking import MASK
from unknot.planner.render.style import clean, clean_lines, count
from unknot.planner.values import CHANGED_MASK
from unknot.providers.base import UNKNOWN
from unknot.stacks.definition import JOIN, PUBLISHED, REF, SECRET

KNOWN_AFTER_APPLY = "(known after apply)"

_FOLDED_LINES = 5
"""Lines of a multi-line value that are shown unless everything is asked for."""
_ARTIFACT = {"hash", "type", "serializer", "location"}
"""Keys that a recorded `ArtifactRef` always has."""
_DIFFED_LINES = 2000
"""Beyond this, difflib takes seconds: the numbers of lines are shown."""


class Form(msgspec.Struct, frozen=True):
    """How much of a value is shown."""

    limit: int = 120
    """Characters of one value."""
    whole: bool = False
    """Nothing is folded."""


def shown(value: Any) -> str:
    """One value on one line."""
    if isinstance(value, str):
        if value == UNKNOWN:
            return KNOWN_AFTER_APPLY
        if value in (MASK, CHANGED_MASK):
            return value
        return _quoted(value)
    if value is None:
        return "none"
    if isinstance(value, dict):
        reference = _reference(value)
        if reference:
            return reference
        return "{" + ", ".join(f"{_key(k)}: {shown(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(shown, value)) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    return clean(str(value))


def folded(value: Any, form: Form) -> str:
    """One value on one line, no longer than the form allows; what is left out is counted."""
    text = shown(value)
    if form.whole or len(text) <= form.limit:
        return text
    return f"{text[: form.limit]}... ({len(text) - form.limit:,} more characters)"


def field_lines(field: FieldChange, form: Form) -> list[str]:
    """A field's change, without indentation: one line, or more for text of several lines and for mappings."""
    path, prior, planned = field.path, field.prior, field.planned
    forced = "  # forces replacement" if field.forces_replacement else ""
    label = clean(path)
    if field.sensitive:
        return [
            f"{label}: {MASK}{forced}"
            if prior is None or planned is None
            else f"{label}: {MASK} -> {MASK}{forced}"
        ]
    if (_is_text(prior) and isinstance(planned, str) and planned != UNKNOWN) or (
        _is_text(planned) and isinstance(prior, str)
    ):
        return [f"{label}:{forced}", *_text_diff(prior, planned, form)]
    if _plain(prior) and _plain(planned) and not forced:
        return [
            line
            for key in dict.fromkeys((*prior, *planned))
            if prior.get(key) != planned.get(key)
            for line in field_lines(FieldChange(f"{path}.{key}", prior.get(key), planned.get(key)), form)
        ]
    if prior is None and _is_text(planned):
        return [f"{label}:{forced}", *_text_block(planned, form)]
    if prior is None:
        return [f"{label}: {folded(planned, form)}{forced}"]
    half = form if form.whole else Form(max(form.limit // 2, 20))
    return [f"{label}: {folded(prior, half)} -> {folded(planned, half)}{forced}"]


def _quoted(text: str) -> str:
    quoted = json.dumps(text, ensure_ascii=False)
    return quoted if quoted.isprintable() else clean(quoted)


def _key(key: Any) -> str:
    text = str(key)
    return text if text.isidentifier() else _quoted(text)


def _reference(value: dict[str, Any]) -> str:
    """What a value in one of the forms of `stacks.definition`, or an artifact, is; empty for an ordinary mapping."""
    try:
        if value.keys() >= _ARTIFACT:
            return _artifact(value)
        if REF in value:
            place = ".".join(map(str, value[REF]))
            return clean(f"{value['stack']}:{place}" if "stack" in value else place)
        if JOIN in value:
            return (
                '"'
                + clean("".join(p if isinstance(p, str) else "{" + shown(p) + "}" for p in value[JOIN]))
                + '"'
            )
        if SECRET in value:
            return f"secret {clean(str(value[SECRET]))}"
        if PUBLISHED in value:
            return f"latest {clean('.'.join(map(str, value[PUBLISHED])))}"
    except TypeError:  # somebody else's mapping with such a key
        return ""
    return ""


def _artifact(value: dict[str, Any]) -> str:
    """`artifact 296ab15a04c5 (wines.csv, 178 rows)`: what a dataset holds, by content."""
    rows, size = value.get("rows"), value.get("size_bytes")
    facts = (
        value.get("file_name", ""),
        count(rows, "row") if isinstance(rows, int) else "",
        count(size, "byte") if isinstance(size, int) and not isinstance(rows, int) else "",
    )
    told = ", ".join(clean(str(fact)) for fact in facts if fact)
    return f"artifact {clean(str(value['hash']))[:12]}" + (f" ({told})" if told else "")


def _plain(value: Any) -> bool:
    """A mapping whose items can be compared one by one."""
    return isinstance(value, dict) and bool(value) and not _reference(value)


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and "\n" in value.rstrip("\n")


def _text_block(text: str, form: Form) -> list[str]:
    lines = clean_lines(text.rstrip("\n"))
    if form.whole or len(lines) <= _FOLDED_LINES:
        return [f"  | {line}" for line in lines]
    left = count(len(lines) - _FOLDED_LINES, "more line")
    return [*(f"  | {_clipped(line, form)}" for line in lines[:_FOLDED_LINES]), f"  | ... ({left})"]


def _text_diff(prior: str, planned: str, form: Form) -> list[str]:
    before, after = clean_lines(prior), clean_lines(planned)
    if max(len(before), len(after)) > _DIFFED_LINES:
        return [f"  {count(len(before), 'line')} -> {count(len(after), 'line')}"]
    found = list(difflib.unified_diff(before, after, lineterm="", n=2))[2:]
    if not found:
        return ["  (only line ends differ)"]
    most = len(found) if form.whole else 40
    lines = [f"  {line if form.whole else _clipped(line, form)}" for line in found[:most]]
    if len(found) > most:
        lines.append(f"  ... ({count(len(found) - most, 'more line')} of difference)")
    return lines


def _clipped(line: str, form: Form) -> str:
    return line if len(line) <= form.limit else f"{line[: form.limit]}..."
