"""How a coordinator has one attempt carried out, wherever that is, and how it is told to stop.

An engine that lets unknot walk the graph is little more than an `Executor`; one that walks it itself uses `tasks.py`.
"""

import contextlib
import threading
from collections.abc import Callable, Iterator
from typing import Protocol

from unknot.providers.runner.assignment import TaskAssignment, TaskOutcome


class Cancellation:
    """Whether a run is to stop, and who is to be told when it is."""

    def __init__(self) -> None:
        self.event = threading.Event()
        self._lock = threading.Lock()
        self._told: dict[object, Callable[[], None]] = {}

    def set(self) -> None:
        """Tell everybody, once."""
        with self._lock:
            if self.event.is_set():
                return
            self.event.set()
            told = list(self._told.values())
        for tell in told:
            tell()

    def is_set(self) -> bool:
        return self.event.is_set()

    def wait(self, timeout_s: float) -> bool:
        """Wait for it; whether it came."""
        return self.event.wait(timeout_s)

    @contextlib.contextmanager
    def telling(self, tell: Callable[[], None]) -> Iterator[None]:
        """Call `tell` from whichever thread cancels, while the block runs; at once if it was cancelled before."""
        key = object()
        with self._lock:
            is_late = self.event.is_set()
            if not is_late:
                self._told[key] = tell
        if is_late:
            tell()
        try:
            yield
        finally:
            with self._lock:
                self._told.pop(key, None)


class Executor(Protocol):
    """Carries out attempts. `run` is called from many threads at once."""

    at_once: int
    """Elements of one mapped task that are looked after at a time. How many run is up to the executor."""

    def run(
        self, assignment: TaskAssignment, begun: Callable[[], None], cancellation: Cancellation
    ) -> TaskOutcome | None:
        """Carry out one attempt and return how it ended; None if it was cancelled before it began.

        Calls `begun` once it has its place and starts. An attempt of which nothing is known any more ends as `lost`
        and may be tried again. Raises EngineError if no further attempt could be carried out either.
        """
        ...

    def close(self) -> None:
        """Give back what it holds, when no run uses it any more."""
        ...
