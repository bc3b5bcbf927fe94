"""The SHA-256 of an object whose parts arrive in any order."""

import hashlib
import threading
from collections.abc import Callable


class OrderedHash:
    """Takes parts by their numbers, and hashes each when those before it have been. Safe for threads.

    A part that has to wait is kept: whoever gives parts must have begun with the lowest, and bounds their number.
    """

    def __init__(self) -> None:
        self._sha256 = hashlib.sha256()
        self._lock = threading.Lock()
        self._next = 0
        self._is_dropped = False
        self._waiting: dict[int, tuple[bytes, Callable[[], None]]] = {}

    def offer(self, number: int, data: bytes, release: Callable[[], None]) -> None:
        """`release` is called when the part is not needed any more."""
        with self._lock:
            if self._is_dropped:
                release()
                return
            self._waiting[number] = (data, release)
            while self._next in self._waiting:
                ready, done = self._waiting.pop(self._next)
                self._sha256.update(ready)
                self._next += 1
                done()

    def drop(self) -> None:
        """Let go of all that waits: the object will not be whole."""
        with self._lock:
            self._is_dropped = True
            for _, release in self._waiting.values():
                release()
            self._waiting.clear()

    def digest(self) -> bytes:
        """Of the parts so far, which are all if each was offered."""
        return self._sha256.digest()
