"""What ends in any order, put back into the order in which it began, and written to the manifest by chunks."""

import threading
from collections.abc import Callable

from unknot.providers.copying.manifest import CHUNK_ENTRIES, Entry
from unknot.providers.copying.pace import Stopped


class Order:
    """Hands out numbers, and passes on what was done under them in their order. Safe for threads."""

    def __init__(
        self, write: Callable[[list[Entry]], None], *, window: int, chunk_entries: int = CHUNK_ENTRIES
    ) -> None:
        """`window` is how many numbers may be open: what is done too early is kept in memory."""
        self._write = write
        self._window = window
        self._chunk_entries = chunk_entries
        self._condition = threading.Condition()
        self._begun = self._ended = 0
        self._waiting: dict[int, Entry | None] = {}
        self._chunk: list[Entry] = []
        self._is_closed = False

    def begin(self) -> int:
        """The next number. Waits while too many are open; raises Stopped."""
        with self._condition:
            while self._begun - self._ended >= self._window and not self._is_closed:
                self._condition.wait()
            if self._is_closed:
                raise Stopped
            self._begun += 1
            return self._begun - 1

    def end(self, number: int, entry: Entry | None) -> None:
        """What became of a number; None for nothing that the manifest has to hold."""
        with self._condition:
            self._waiting[number] = entry
            while self._ended in self._waiting:
                ready = self._waiting.pop(self._ended)
                self._ended += 1
                if ready is not None:
                    self._chunk.append(ready)
                    if len(self._chunk) >= self._chunk_entries:
                        self._write_chunk()
            self._condition.notify_all()

    def wait(self) -> None:
        """Until every number that was begun has ended. Raises Stopped."""
        with self._condition:
            while self._ended < self._begun and not self._is_closed:
                self._condition.wait()
            if self._ended < self._begun:
                raise Stopped

    def finish(self) -> None:
        """Pass on what is left."""
        with self._condition:
            if self._chunk:
                self._write_chunk()

    def close(self) -> None:
        """Whoever waits is stopped."""
        with self._condition:
            self._is_closed = True
            self._condition.notify_all()

    def _write_chunk(self) -> None:
        self._write(self._chunk)
        self._chunk = []
