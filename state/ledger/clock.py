"""The clock that leases are measured by (rule L4).

A lease's clock counts the time that the machine sleeps: a laptop that wakes up must find its lease expired.
"""

import threading
import time
from typing import Protocol


class Clock(Protocol):
    """Seconds that only grow, from an arbitrary start, and a way to wait by them."""

    def now(self) -> float:
        """Seconds; comparable with other readings of this clock only."""
        ...

    def wait(self, event: threading.Event, timeout_s: float) -> bool:
        """Wait until `event` is set or the time is over; says whether it is set."""
        ...


class SystemClock:
    """The machine's own monotonic clock."""

    def __init__(self) -> None:
        # Linux's CLOCK_MONOTONIC stops in suspend and CLOCK_BOOTTIME does not; on macOS the former goes on.
        self._id = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)

    def now(self) -> float:
        return time.clock_gettime(self._id)

    def wait(self, event: threading.Event, timeout_s: float) -> bool:
        return event.wait(timeout_s)
