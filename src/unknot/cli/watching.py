"""Show something again and again, until Ctrl-C: in place on a terminal, elsewhere whenever it has changed."""

import sys
import time
from collections.abc import Callable

from unknot.cli import console

_HOME_AND_CLEAR = "\x1b[H\x1b[2J"
"""Cursor to the first place, and erase the screen (ECMA-48)."""


def watch(look: Callable[[], str], every_s: float) -> int:
    """Show what `look` finds, at most once in `every_s` seconds; returns the exit code when it is interrupted."""
    in_place = sys.stdout.isatty()
    shown: str | None = None
    try:
        while True:
            found = look()
            if found != shown:
                console.out(f"{_HOME_AND_CLEAR}{found}" if in_place else found)
                sys.stdout.flush()
                shown = found
            time.sleep(every_s)
    except KeyboardInterrupt:
        return 0
