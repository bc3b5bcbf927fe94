"""What a store is: put-if-absent, get, ranges, list, delete, and files for large objects (rules L1, R3).

Knows nothing of ledgers, runs or encryption: keys are relative paths, values are bytes.
"""

import enum
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol, runtime_checkable

KEY_BYTES_MAX = 900
"""Longest key in UTF-8. S3, GCS and Azure Blob allow 1,024 bytes; the rest is left for a bucket's prefix."""

RESERVED_SEGMENT = ".unknot-tmp"
"""First segment of no key: stores that need a place for unfinished files use it."""


class PutResult(enum.Enum):
    """What became of a put-if-absent."""

    CREATED = "created"
    EXISTS = "exists"
    """The key is taken, by this very call's first try perhaps: compare bytes before concluding (rule L1)."""
    UNKNOWN = "unknown"
    """The answer was lost: the bytes may or may not be there. Put again, or read the key."""


class StoreError(Exception):
    """A store could not do what it was asked. Raised by a put only if nothing became visible.

    Not part of the tree of UnknotError, since stores import nothing else of unknot; those who use a store
    translate it at their edge.
    """

    def __init__(self, summary: str, *, detail: str = "", retryable: bool = False) -> None:
        super().__init__(summary)
        self.summary = summary
        self.detail = detail
        self.retryable = retryable
        """True for a passing fault: the same call may succeed later."""


class KeyRefused(StoreError):
    """The key breaks the rules of `check_key`."""


class KeyMissing(StoreError):
    """There is nothing under the key that was to be downloaded."""


class StoreFull(StoreError):
    """There is no room left. Nothing was written."""


class StoreMissing(StoreError):
    """The bucket, container or database that the URL names does not exist."""


class StoreDenied(StoreError):
    """Credentials are missing or expired, or lack a permission; the detail says which and what to do."""


class StoreDamaged(StoreError):
    """What was read is not what was written: it does not fit its checksum."""


class StoreUnsuitable(StoreError):
    """This place cannot be a store: it lacks something that the rules need."""


class StoreLibraryMissing(StoreError):
    """The library that this kind of store needs is not installed."""


@runtime_checkable
class Store(Protocol):
    """Bytes under keys. All methods may be called from several threads and processes at once.

    A key is never both an object and a folder of other objects: some stores could not hold that.
    """

    @property
    def url(self) -> str:
        """Where the store is, fit for messages and for `open_store`; holds no credentials."""
        ...

    def put_if_absent(self, key: str, data: bytes) -> PutResult:
        """Write `data` under `key` unless the key is taken; durable when it returns CREATED or EXISTS."""
        ...

    def get(self, key: str) -> bytes | None:
        """The bytes under `key`; None if there are none."""
        ...

    def get_range(self, key: str, start: int, length: int) -> bytes | None:
        """At most `length` bytes from `start` on, fewer where the object ends; None if there is no such key.

        A part cannot be compared with a checksum of the whole: `get` and `download` do that.
        """
        ...

    def list(self, prefix: str, start_after: str | None = None, limit: int | None = None) -> Iterator[str]:
        """Keys that begin with `prefix`, in order of their code points, those after `start_after` only."""
        ...

    def delete(self, key: str) -> None:
        """Remove `key`. Removing what is not there is not an error."""
        ...

    def upload(self, key: str, path: Path) -> PutResult:
        """Put-if-absent of a file's content, however large."""
        ...

    def download(self, key: str, path: Path) -> None:
        """Write the object to `path`, whole or not at all. Raises KeyMissing, StoreDamaged."""
        ...

    def size(self, key: str) -> int | None:
        """Bytes under `key`; None if there is no such key."""
        ...


def check_key(key: str) -> str:
    """Return `key` if it may be one; raises KeyRefused saying why not."""
    if not key:
        raise KeyRefused("a key must not be empty")
    segments = key.split("/")
    if any(segment in ("", ".", "..") for segment in segments):
        raise KeyRefused(f"`{key}` cannot be a key: it must be relative, without empty, `.` or `..` segments")
    if segments[0] == RESERVED_SEGMENT:
        raise KeyRefused(f"`{key}` cannot be a key: `{RESERVED_SEGMENT}` is kept for unfinished files")
    if "\\" in key or any(unicodedata.category(c) in ("Cc", "Cs") for c in key):
        raise KeyRefused(f"{key!r} cannot be a key: it holds a backslash or a control character")
    if len(key.encode()) > KEY_BYTES_MAX:
        raise KeyRefused(f"a key of {len(key.encode())} bytes is too long: at most {KEY_BYTES_MAX}")
    return key


def check_prefix(prefix: str) -> str:
    """Return `prefix` if it may be one: empty, or the beginning of a key. Raises KeyRefused."""
    stem = prefix.removesuffix("/")
    if stem or prefix:
        check_key(stem)
    return prefix


def check_range(start: int, length: int) -> None:
    """Raises ValueError for what is no range."""
    if start < 0 or length < 0:
        raise ValueError(f"no range: {length} bytes from {start} on")
