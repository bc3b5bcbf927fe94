"""How far a copy has come, how fast it goes and how long it will take: values for whoever shows them."""

import threading
import time
from collections import deque
from collections.abc import Callable
from typing import NamedTuple, TypeAlias

EVERY_S = 0.25
WINDOW_S = 15.0
"""The rate is that of so many seconds past."""


class Progress(NamedTuple):
    """At one moment."""

    objects: int
    bytes: int
    objects_total: int | None
    bytes_total: int | None
    """None if it was not surveyed."""
    objects_per_s: float
    bytes_per_s: float
    remaining_s: float | None
    """None if it cannot be told."""


Listener: TypeAlias = Callable[[Progress], None]
"""Called by the copy's threads, one at a time and not often; must return soon."""


class Meter:
    """Counts what is done, and tells a listener. Safe for threads."""

    def __init__(self, listener: Listener | None, objects: int | None, size: int | None) -> None:
        self._listener = listener
        self._totals = (objects, size)
        self._lock = threading.Lock()
        self._objects = self._bytes = 0
        self._marks: deque[tuple[float, int, int]] = deque([(time.monotonic(), 0, 0)])

    def skip(self, objects: int, size: int) -> None:
        """Count what was done before this run: it says nothing of the rate."""
        with self._lock:
            self._objects += objects
            self._bytes += size
            self._marks = deque((at, o + objects, b + size) for at, o, b in self._marks)

    def add(self, objects: int, size: int) -> None:
        """Count what was just done."""
        with self._lock:
            self._objects += objects
            self._bytes += size
            now = time.monotonic()
            if self._listener is not None and now - self._marks[-1][0] >= EVERY_S:
                self._mark(now)
                self._listener(self._progress(now))

    def finish(self) -> Progress:
        """Tell the listener for the last time."""
        with self._lock:
            now = time.monotonic()
            progress = self._progress(now)
            if self._listener is not None:
                self._listener(progress)
            return progress

    def _mark(self, now: float) -> None:
        self._marks.append((now, self._objects, self._bytes))
        while len(self._marks) > 2 and now - self._marks[1][0] > WINDOW_S:
            self._marks.popleft()

    def _progress(self, now: float) -> Progress:
        at, objects, size = self._marks[0]
        seconds = max(now - at, 1e-6)
        per_s = ((self._objects - objects) / seconds, (self._bytes - size) / seconds)
        return Progress(self._objects, self._bytes, *self._totals, *per_s, self._remaining(*per_s))

    def _remaining(self, objects_per_s: float, bytes_per_s: float) -> float | None:
        objects, size = self._totals
        if objects is None or size is None:
            return None
        # Requests bound many small objects, bandwidth a few large ones: the later of both.
        found = [
            (left / rate if rate > 0 else None)
            for left, rate in (
                (max(0, objects - self._objects), objects_per_s),
                (max(0, size - self._bytes), bytes_per_s),
            )
            if left > 0
        ]
        known = [seconds for seconds in found if seconds is not None]
        if len(known) < len(found):
            return None
        return max(known, default=0.0)
