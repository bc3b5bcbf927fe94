"""Show something again and again, until Ctrl-C: in place on a terminal, elsewhere whenever it has changed."""

import signal
import sys
import threading
from collections.abc import Callable

from unknot.cli import console

_HOME_AND_CLEAR = "\x1b[H\x1b[2J"
"""Cursor to the first place, and erase the screen (ECMA-48)."""


def watch(look: Callable[[], str], every_s: float) -> int:
    """Show what `look` finds, at most once in `every_s` seconds; returns the exit code when it is interrupted."""
    in_place = sys.stdout.isatty()
    shown: str | None = None
    stopped = threading.Event()

    def stop(_number: int, _frame: object) -> None:
        if stopped.is_set():
            raise KeyboardInterrupt  # a look that hangs
        stopped.set()

    # Not by KeyboardInterrupt the first time: raised in the middle of a look, it can be lost in what a library ignores.
    earlier = signal.signal(signal.SIGINT, stop)
    try:
        while not stopped.is_set():
            found = look()
            if found != shown:
                console.out(f"{_HOME_AND_CLEAR}{found}" if in_place else found)
                sys.stdout.flush()
                shown = found
            stopped.wait(every_s)
    except KeyboardInterrupt:
        return 130
    finally:
        signal.signal(signal.SIGINT, earlier)
    return 0
