"""Aligned tables for a terminal: columns that wrap or are cut to a width. Knows nothing of what is in them."""

import unicodedata
from collections.abc import Sequence

from unknot.planner.render.style import Style, clean

GAP = "  "


def columns_of(text: str) -> int:
    """Columns that a text takes in a terminal: wide characters take two, marks none."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text
    )


def clipped(text: str, limit: int) -> str:
    """The text within `limit` columns; `…` stands for what was left out."""
    if columns_of(text) <= limit:
        return text
    kept = ""
    for character in text:
        if columns_of(kept + character) > limit - 1:
            break
        kept += character
    return f"{kept}…" if limit > 0 else ""


def table(
    heads: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    style: Style,
    width: int | None = None,
    tones: Sequence[str] = (),
    right: frozenset[int] = frozenset(),
) -> list[str]:
    """Lines of a table. Columns without any text are left out; over `width`, the widest are cut, those after the second first.

    `tones` is the colour of the second column, row by row; `right` are columns that are set flush right.
    """
    cells = [[clean(cell) for cell in row] for row in rows]
    shown = [n for n in range(len(heads)) if any(row[n] for row in cells)]
    widths = {n: max(columns_of(heads[n]), *(columns_of(row[n]) for row in cells)) for n in shown}
    if width is not None:
        _narrow(widths, width)
    lines = [style(_line([heads[n] for n in shown], shown, widths, right), "dim")]
    for number, row in enumerate(cells):
        parts = [_padded(clipped(row[n], widths[n]), widths[n], n in right) for n in shown]
        if tones and tones[number] and 1 in shown:
            parts[shown.index(1)] = style(parts[shown.index(1)], tones[number])
        lines.append(GAP.join(parts).rstrip())
    return lines


def _line(texts: Sequence[str], shown: Sequence[int], widths: dict[int, int], right: frozenset[int]) -> str:
    return GAP.join(
        _padded(clipped(t, widths[n]), widths[n], n in right) for t, n in zip(texts, shown, strict=True)
    ).rstrip()


def _padded(text: str, width: int, right: bool) -> str:
    space = " " * (width - columns_of(text))
    return space + text if right else text + space


def _narrow(widths: dict[int, int], width: int) -> None:
    """Take columns from the widest until the table fits, from the first two last, leaving each at least eight."""
    over = sum(widths.values()) + len(GAP) * (len(widths) - 1) - width
    shown = list(widths)
    for group in (shown[2:], shown[:2]):
        while over > 0 and group:
            widest = max(group, key=lambda n: widths[n])
            if widths[widest] <= 8:
                break
            widths[widest] -= 1
            over -= 1
