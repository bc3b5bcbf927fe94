"""Diagnostics for people: what is wrong, the line of the user's file that it is about, and what to do."""

from collections.abc import Iterable
from pathlib import Path

from unknot.planner.render.style import Style, clean, clean_lines
from unknot.stacks.diagnostic import Diagnostic, Severity, SourceLocation

_TONES = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.NOTE: "blue"}


def diagnostics_text(diagnostics: Iterable[Diagnostic], *, color: bool, root: Path) -> str:
    """All of them, in the order in which they were found. Files under `root` are named from there.

    The line that a diagnostic is about is read from its file; a file that cannot be read is only named.
    """
    style = Style(color)
    files = _Files(root)
    return "\n\n".join("\n".join(_lines(each, style, files)) for each in diagnostics) + "\n"


def _lines(diagnostic: Diagnostic, style: Style, files: "_Files") -> Iterable[str]:
    label = style(diagnostic.severity.value, _TONES[diagnostic.severity], "bold")
    yield f"{label}: {style(clean(diagnostic.summary), 'bold')}"
    source = diagnostic.source
    if source is not None:
        yield f" {style('-->', 'blue')} {files.place(source)}"
        quoted = files.line(source)
        if quoted:
            number = str(source.line)
            margin = " " * len(number)
            bar = style("|", "blue")
            yield f" {margin} {bar}"
            yield f" {style(number, 'blue')} {bar} {quoted}"
            yield f" {margin} {bar}"
    if diagnostic.detail:
        for line in clean_lines(diagnostic.detail):
            yield f"  {line}".rstrip()


class _Files:
    """Lines of the user's files, each file read once."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._read: dict[str, list[str]] = {}

    def place(self, source: SourceLocation) -> str:
        return clean(f"{source.file.removeprefix(f'{self._root}/')}:{source.line}")

    def line(self, source: SourceLocation) -> str:
        lines = self._read.get(source.file)
        if lines is None:
            try:
                text = (self._root / source.file).read_text(encoding="utf-8", errors="replace")
            except (OSError, ValueError):
                text = ""
            lines = self._read[source.file] = text.splitlines()
        if not 0 < source.line <= len(lines):
            return ""
        return clean(lines[source.line - 1].expandtabs(4).rstrip())[:200]
