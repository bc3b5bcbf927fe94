"""What running an op's code gives, before it is an artifact, and the errors of doing so.

The ways to run code (`functions.py`, `commands.py`, `notebooks.py`, `containers.py`) share these.
"""

import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from unknot.stacks.errors import EngineError

ERROR_CHARACTERS_MAX = 2000
"""Of one error message; a table's worth of text helps nobody."""


@dataclass(frozen=True, slots=True)
class Value:
    """A value in memory."""

    value: Any


@dataclass(frozen=True, slots=True)
class File:
    """A file that other code wrote."""

    path: Path
    type: str
    serializer: str


Produced: TypeAlias = Value | File


class Several(tuple[Any, ...]):
    """An input of a command that is several: a word that names it is repeated for each."""

    __slots__ = ()


class CodeFailed(EngineError):
    """The user's code raised, or its command ended with an error."""

    def __init__(self, summary: str, *, traceback: str = "") -> None:
        super().__init__(summary)
        self.traceback = traceback


def one_line(error: BaseException) -> str:
    """An exception's type and message on one line."""
    text = " ".join(str(error).split())
    kind = type(error).__name__
    line = f"{kind}: {text}" if text else kind
    if len(line) > ERROR_CHARACTERS_MAX:
        line = f"{line[:ERROR_CHARACTERS_MAX]}… ({len(line)} characters)"
    return line


def user_traceback(error: BaseException, code: Path) -> str:
    """The traceback with the user's frames only, files relative to the bundle; all frames if none is the user's."""
    described = traceback.TracebackException.from_exception(error)
    links = _chain(described)
    if any(_is_users(frame, code) for link in links for frame in link.stack):
        for link in links:
            link.stack = traceback.StackSummary.from_list(
                [_relative(frame, code) for frame in link.stack if _is_users(frame, code)]
            )
    return "".join(described.format())


def _chain(described: traceback.TracebackException) -> list[traceback.TracebackException]:
    found: list[traceback.TracebackException] = []
    waiting: list[traceback.TracebackException | None] = [described]
    while waiting:
        link = waiting.pop()
        if link is not None and link not in found:
            found.append(link)
            waiting += [link.__cause__, link.__context__, *(link.exceptions or ())]
    return found


def _is_users(frame: traceback.FrameSummary, code: Path) -> bool:
    return Path(frame.filename).is_relative_to(code)


def _relative(frame: traceback.FrameSummary, code: Path) -> traceback.FrameSummary:
    return traceback.FrameSummary(
        str(Path(frame.filename).relative_to(code)), frame.lineno, frame.name, line=frame.line
    )
