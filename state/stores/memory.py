"""A store in the memory of this process: for tests, and for trying things out.

Stores of one name share their objects for as long as one of them is alive.
"""

import bisect
import builtins
import shutil
import threading
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from weakref import WeakValueDictionary

from unknot.state.stores.base import KeyMissing, PutResult, check_key, check_prefix, check_range
from unknot.state.stores.files import replacing


class _Objects:
    """What stores of one name share. Keys are kept sorted, so that listing reads only what it yields."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.data: dict[str, bytes] = {}
        self.keys: list[str] = []


_named: WeakValueDictionary[str, _Objects] = WeakValueDictionary()
_named_lock = threading.Lock()


class MemoryStore:
    """Objects in a dict under a lock."""

    def __init__(self, name: str = "") -> None:
        """An empty name gives a store of its own."""
        self.url = f"memory:{name}"
        if name:
            with _named_lock:
                self._objects = _named.setdefault(name, _Objects())
        else:
            self._objects = _Objects()

    def put_if_absent(self, key: str, data: bytes) -> PutResult:
        check_key(key)
        with self._objects.lock:
            if key in self._objects.data:
                return PutResult.EXISTS
            self._objects.data[key] = bytes(data)
            bisect.insort(self._objects.keys, key)
            return PutResult.CREATED

    def get(self, key: str) -> bytes | None:
        return self._objects.data.get(check_key(key))

    def get_range(self, key: str, start: int, length: int) -> bytes | None:
        check_range(start, length)
        data = self.get(key)
        return None if data is None else data[start : start + length]

    def list(self, prefix: str, start_after: str | None = None, limit: int | None = None) -> Iterator[str]:
        check_prefix(prefix)
        with self._objects.lock:
            keys = self._objects.keys
            first = bisect.bisect_left(keys, prefix)
            if start_after is not None:
                first = max(first, bisect.bisect_right(keys, start_after))
            found: builtins.list[str] = []
            for index in range(first, len(keys)):
                if not keys[index].startswith(prefix) or (limit is not None and len(found) >= limit):
                    break
                found.append(keys[index])
        return iter(found)

    def delete(self, key: str) -> None:
        check_key(key)
        with self._objects.lock:
            if self._objects.data.pop(key, None) is not None:
                del self._objects.keys[bisect.bisect_left(self._objects.keys, key)]

    def upload(self, key: str, path: Path) -> PutResult:
        return self.put_if_absent(key, Path(path).read_bytes())

    def download(self, key: str, path: Path) -> None:
        data = self.get(key)
        if data is None:
            raise KeyMissing(f"there is no `{key}` in `{self.url}`")
        with replacing(Path(path)) as file:
            shutil.copyfileobj(BytesIO(data), file)

    def size(self, key: str) -> int | None:
        data = self.get(key)
        return None if data is None else len(data)
