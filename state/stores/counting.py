"""A store that counts the calls made to another one: for what commands say that they cost, and for tests of it.

A listing counts once, however many pages the store behind it asks for.
"""

import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from unknot.state.stores.base import PutResult, Store


class CountingStore:
    """Passes every call on. `calls` is by the name of the method."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self.calls: Counter[str] = Counter()

    @property
    def total(self) -> int:
        """Calls of any kind."""
        with self._lock:
            return self.calls.total()

    @property
    def readers(self) -> int:
        """As many as of the other store."""
        return getattr(self._store, "readers", 1)

    @property
    def url(self) -> str:
        return self._store.url

    def put_if_absent(self, key: str, data: bytes) -> PutResult:
        self._count("put")
        return self._store.put_if_absent(key, data)

    def get(self, key: str) -> bytes | None:
        self._count("get")
        return self._store.get(key)

    def get_range(self, key: str, start: int, length: int) -> bytes | None:
        self._count("get")
        return self._store.get_range(key, start, length)

    def list(self, prefix: str, start_after: str | None = None, limit: int | None = None) -> Iterator[str]:
        self._count("list")
        return self._store.list(prefix, start_after, limit)

    def delete(self, key: str) -> None:
        self._count("delete")
        self._store.delete(key)

    def upload(self, key: str, path: Path) -> PutResult:
        self._count("put")
        return self._store.upload(key, path)

    def download(self, key: str, path: Path) -> None:
        self._count("get")
        self._store.download(key, path)

    def size(self, key: str) -> int | None:
        self._count("size")
        return self._store.size(key)

    def _count(self, what: str) -> None:
        with self._lock:
            self.calls[what] += 1
