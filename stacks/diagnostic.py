"""Something for the user to mend: severity, summary, detail, address, file and line.

Diagnostics are gathered and shown together; they are data and print nothing.
"""

import enum
from collections.abc import Iterable, Iterator
from typing import Self

import msgspec


class Severity(enum.Enum):
    """How much a diagnostic matters: an error stops the operation before anything is touched."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class SourceLocation(msgspec.Struct, frozen=True, gc=False):
    """A place in a user's file. `line` counts from 1."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"

    def under(self, root: str) -> "SourceLocation":
        """The same place, relative to the folder `root` if it is below it: what may be recorded and shown to others."""
        prefix = root.rstrip("/") + "/"
        return (
            SourceLocation(self.file.removeprefix(prefix), self.line)
            if self.file.startswith(prefix)
            else self
        )


class Diagnostic(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing for the user to mend, with where it is and what to do about it."""

    severity: Severity
    summary: str
    """What is wrong, under 80 characters, values in backticks."""
    detail: str = ""
    """Where, why, and what to do next."""
    address: str | None = None
    source: SourceLocation | None = None

    @classmethod
    def error(
        cls,
        summary: str,
        *,
        detail: str = "",
        address: str | None = None,
        source: SourceLocation | None = None,
    ) -> Self:
        return cls(Severity.ERROR, summary, detail, address, source)

    @classmethod
    def warning(
        cls,
        summary: str,
        *,
        detail: str = "",
        address: str | None = None,
        source: SourceLocation | None = None,
    ) -> Self:
        return cls(Severity.WARNING, summary, detail, address, source)

    @classmethod
    def note(
        cls,
        summary: str,
        *,
        detail: str = "",
        address: str | None = None,
        source: SourceLocation | None = None,
    ) -> Self:
        return cls(Severity.NOTE, summary, detail, address, source)

    def under(self, root: str) -> Self:
        """The same with places, those in its words too, relative to the folder `root`: fit to be saved and sent."""
        prefix = root.rstrip("/") + "/"
        source = None if self.source is None else self.source.under(root)
        if source == self.source and prefix not in self.summary and prefix not in self.detail:
            return self
        return msgspec.structs.replace(
            self,
            summary=self.summary.replace(prefix, ""),
            detail=self.detail.replace(prefix, ""),
            source=source,
        )

    @property
    def is_error(self) -> bool:
        return self.severity is Severity.ERROR


def nearest(name: str, known: Iterable[str]) -> str:
    """`Did you mean ...? `, to begin a detail with, when one of the `known` names is near; else nothing."""
    import difflib  # only when something is wrong

    near = difflib.get_close_matches(name, list(known)[:5000], n=1)
    return f"Did you mean `{near[0]}`? " if near else ""


class Diagnostics:
    """A growing list of diagnostics, kept in the order in which they were found."""

    def __init__(self, found: Iterable[Diagnostic] = ()) -> None:
        self._found = list(found)

    def __iter__(self) -> Iterator[Diagnostic]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)

    def add(self, diagnostic: Diagnostic) -> None:
        self._found.append(diagnostic)

    def extend(self, diagnostics: Iterable[Diagnostic]) -> None:
        self._found.extend(diagnostics)

    @property
    def has_errors(self) -> bool:
        return any(d.is_error for d in self._found)

    def errors(self) -> tuple[Diagnostic, ...]:
        return tuple(d for d in self._found if d.is_error)
