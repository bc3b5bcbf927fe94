"""What is written where: answers on stdout, logs and diagnostics on stderr, colour only where it is wanted."""

import os
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TextIO

from unknot.stacks.diagnostic import Diagnostic


def wants_color(stream: TextIO) -> bool:
    """By NO_COLOR (no-color.org), FORCE_COLOR, and whether the stream is a terminal."""
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def width() -> int | None:
    """Columns of the terminal; None when piped, so that nothing is wrapped."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


def out(text: str) -> None:
    """An answer."""
    sys.stdout.write(text if text.endswith("\n") else text + "\n")


def out_bytes(data: bytes) -> None:
    """A document."""
    sys.stdout.flush()
    sys.stdout.buffer.write(data if data.endswith(b"\n") else data + b"\n")
    sys.stdout.buffer.flush()


def say(text: str) -> None:
    """Something by the way, on stderr."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def show_diagnostics(diagnostics: Iterable[Diagnostic]) -> None:
    """Diagnostics with the lines that they point at, on stderr. Relative files are under the project's folder."""
    found = list(diagnostics)
    if not found:
        return
    from unknot.planner.render.text import diagnostics_text

    sys.stderr.write(diagnostics_text(found, color=wants_color(sys.stderr), root=root()).rstrip("\n") + "\n")
    sys.stderr.flush()


def root() -> Path:
    """The folder of the project that the command is called in; the current one where there is none."""
    from unknot.stacks.errors import UnknotError
    from unknot.stacks.project import find_project

    here = Path.cwd()
    try:
        return find_project(here).root
    except UnknotError:
        return here
