"""Colour as a table of ANSI codes, and text made fit for a terminal.

Rich is not used: importing it costs about 100 ms, more than planning ten thousand resources may add, and a plan
needs no more than a colour for a word. What unknot draws live (progress) is the command line's.
"""

import re

_CODES = {
    "bold": "1",
    "dim": "2",
    "red": "31",
    "green": "32",
    "yellow": "33",
    "blue": "34",
    "magenta": "35",
    "cyan": "36",
}

_ESCAPED = {"\n": "\\n", "\r": "\\r", "\t": "\\t", "\x1b": "\\x1b"}


class Style:
    """Colours words, or leaves them as they are."""

    def __init__(self, color: bool) -> None:
        self.color = color

    def __call__(self, text: str, *names: str) -> str:
        if not self.color or not text:
            return text
        return f"\x1b[{';'.join(_CODES[name] for name in names)}m{text}\x1b[0m"


def clean(text: str) -> str:
    """`text` without anything that a terminal would act on, or that would be shown in another order.

    Escape sequences, control characters and marks of writing direction are shown by their code.
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else _visible(c) for c in text)


def clean_lines(text: str) -> list[str]:
    """The lines of `text`, each made fit for a terminal; tabs become spaces."""
    lines = re.split(r"\r\n|\n|\r", text)
    if len(lines) > 1 and not lines[-1]:
        lines.pop()  # the last line break ends a line and begins none
    return [clean(line.expandtabs(4)) for line in lines]


def _visible(character: str) -> str:
    known = _ESCAPED.get(character)
    if known is not None:
        return known
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def count(number: int, noun: str, plural: str = "") -> str:
    """`1 workflow`, `2 workflows`, `10,000 tasks`."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"
