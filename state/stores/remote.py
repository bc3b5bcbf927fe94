"""What the stores in buckets and databases have in common: names, checksums, and large objects in parts.

A kind of store says how one object is written, read and listed; errors of its library end there.
"""

import abc
import errno
import hashlib
import itertools
import os
import secrets
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, NoReturn

from unknot.state.stores.base import (
    RESERVED_SEGMENT,
    KeyMissing,
    KeyRefused,
    PutResult,
    StoreDamaged,
    StoreError,
    StoreFull,
    StoreUnsuitable,
    check_key,
    check_prefix,
    check_range,
)
from unknot.state.stores.files import replacing
from unknot.state.stores.url import place_of

PART_BYTES = 16 * 1024 * 1024
"""Above this an object goes up and comes down in parts. S3 takes no smaller ones than 5 MiB."""

NAME_BYTES_MAX = 1024
"""Longest name of an object in S3, GCS and Azure Blob, in UTF-8 (Azure counts characters)."""

THREADS = 4
CONNECTIONS = 16
CONNECT_TIMEOUT_S = 5.0
READ_TIMEOUT_S = 30.0
"""No longer than a lease's term: who cannot reach the store must notice before others take over."""


@dataclass(frozen=True, slots=True)
class Described:
    """What a store says of an object without giving its bytes."""

    size: int
    sha256: str
    """In hex, as its writer recorded it; empty for an object that was not written by unknot."""
    version: str
    """Changes when the object does: parts that are read one by one belong together."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file to be written as one object."""

    path: Path
    size: int
    sha256: str
    md5: bytes
    modified_ns: int

    @classmethod
    def of(cls, path: Path) -> "Source":
        """Raises OSError."""
        sha256, md5 = hashlib.sha256(), hashlib.md5(usedforsecurity=False)
        with path.open("rb") as file:
            modified = os.fstat(file.fileno()).st_mtime_ns
            size = 0
            while block := file.read(1024 * 1024):
                sha256.update(block)
                md5.update(block)
                size += len(block)
        return cls(path, size, sha256.hexdigest(), md5.digest(), modified)

    def require_unchanged(self) -> None:
        """Raises StoreError if the file was written to since its checksums were taken."""
        now = self.path.stat()
        if (now.st_size, now.st_mtime_ns) != (self.size, self.modified_ns):
            raise StoreError(
                f"`{self.path}` was changed while it was being uploaded",
                detail="Nothing was stored. Do it again when whatever writes to it has ended.",
            )

    def read(self, start: int, length: int) -> bytes:
        """A part of the file."""
        with self.path.open("rb") as file:
            return os.pread(file.fileno(), length, start)

    def parts(self, length: int) -> list[int]:
        """Where parts of that length begin."""
        return list(range(0, max(self.size, 1), length))


class RemoteStore(abc.ABC):
    """A store behind a network. Safe for threads and processes."""

    readers = CONNECTIONS
    """How many objects are worth reading at once."""

    def __init__(
        self, url: str, prefix: str, *, is_proven: bool = True, part_bytes: int = PART_BYTES
    ) -> None:
        """Touches nothing yet. `prefix` is empty or ends in `/`.

        `is_proven` is False for a server that is not the cloud's own: the first write then finds out whether
        it keeps put-if-absent.
        """
        self.url = url
        self._prefix = prefix
        self.part_bytes = part_bytes
        """Larger objects are written and read in parts of this size."""
        self._is_proven = is_proven
        self._proving = threading.Lock()

    def put_if_absent(self, key: str, data: bytes) -> PutResult:
        name = self._name(key)
        self._prove()
        return self._write(name, bytes(data), hashlib.sha256(data).hexdigest())

    def get(self, key: str) -> bytes | None:
        found = self._read(self._name(key))
        if found is None:
            return None
        data, sha256 = found
        if sha256 and hashlib.sha256(data).hexdigest() != sha256:
            self._damaged(key)
        return data

    def get_range(self, key: str, start: int, length: int) -> bytes | None:
        check_range(start, length)
        name = self._name(key)
        if not length:
            return None if self._describe(name) is None else b""
        return self._read_range(name, start, length, None)

    def list(self, prefix: str, start_after: str | None = None, limit: int | None = None) -> Iterator[str]:
        check_prefix(prefix)
        if limit is not None and limit <= 0:
            return
        after = "" if start_after is None else self._prefix + start_after
        names = self._list(self._prefix + prefix, after, limit)
        reserved = f"{self._prefix}{RESERVED_SEGMENT}/"
        keys = (name[len(self._prefix) :] for name in names if not name.startswith(reserved))
        yield from itertools.islice(keys, limit)

    def delete(self, key: str) -> None:
        self._remove(self._name(key))

    def size(self, key: str) -> int | None:
        described = self._describe(self._name(key))
        return None if described is None else described.size

    def upload(self, key: str, path: Path) -> PutResult:
        name = self._name(key)
        self._prove()
        try:
            source = Source.of(Path(path))
            if source.size > self.part_bytes:
                return self._write_parts(name, source)
            data = source.read(0, source.size)
        except OSError as error:
            raise StoreError(f"`{path}` cannot be read: {error.strerror or error}") from error
        return self._write(name, data, hashlib.sha256(data).hexdigest())

    def download(self, key: str, path: Path) -> None:
        name = self._name(key)
        described = self._describe(name)
        if described is None:
            raise KeyMissing(f"there is no `{key}` in `{self.url}`")
        try:
            with replacing(Path(path)) as file:
                self._fill(file, key, name, described)
        except OSError as error:
            what = f"`{place_of(self.url, key)}` cannot be copied to `{path}`: {error.strerror or error}"
            if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
                raise StoreFull(
                    what, detail="Free some space or raise the quota, and do it again."
                ) from error
            raise StoreError(what) from error

    # What a kind of store says. None of these raises OSError or an exception of its library.

    @abc.abstractmethod
    def _write(self, name: str, data: bytes, sha256: str) -> PutResult:
        """Put-if-absent in one request, with the checksum recorded."""

    @abc.abstractmethod
    def _write_parts(self, name: str, source: Source) -> PutResult:
        """Put-if-absent of a large file; nothing is visible until all of it is."""

    @abc.abstractmethod
    def _read(self, name: str) -> tuple[bytes, str] | None:
        """The bytes and the recorded checksum, empty if it is not known."""

    @abc.abstractmethod
    def _read_range(self, name: str, start: int, length: int, version: str | None) -> bytes | None:
        """A part; None if there is no such name. Raises StoreError if it is no longer of that version."""

    @abc.abstractmethod
    def _describe(self, name: str) -> Described | None: ...

    @abc.abstractmethod
    def _list(self, prefix: str, after: str, limit: int | None) -> Iterator[str]:
        """Names that begin with `prefix`, in order, those after `after`; `limit` says how many will be used."""

    @abc.abstractmethod
    def _remove(self, name: str) -> None: ...

    def _name(self, key: str) -> str:
        name = self._prefix + check_key(key)
        if len(name.encode()) > NAME_BYTES_MAX:
            raise KeyRefused(
                f"a name of {len(name.encode())} bytes is too long: at most {NAME_BYTES_MAX}",
                detail=f"The prefix in `{self.url}` takes {len(self._prefix.encode())} of them.",
            )
        return name

    def _place(self, name: str) -> str:
        """For messages."""
        return place_of(self.url, name[len(self._prefix) :])

    def _fill(self, file: BinaryIO, key: str, name: str, described: Described) -> None:
        def fetch(start: int) -> None:
            length = min(self.part_bytes, described.size - start)
            data = self._read_range(name, start, length, described.version)
            if data is None or len(data) != length:
                raise StoreError(
                    f"`{self._place(name)}` was changed or cut off while it was read", retryable=True
                )
            os.pwrite(file.fileno(), data, start)

        in_parallel(fetch, range(0, described.size, self.part_bytes))
        if described.sha256:
            file.flush()
            with Path(file.name).open("rb") as written:
                if hashlib.file_digest(written, "sha256").hexdigest() != described.sha256:
                    self._damaged(key)

    def _prove(self) -> None:
        """Find out, once, whether a second put of a name is refused as it must be (rule L1)."""
        if not self._is_proven:
            with self._proving:
                if not self._is_proven:
                    self._probe()

    def _probe(self) -> None:
        name = f"{self._prefix}{RESERVED_SEGMENT}/probe-{secrets.token_hex(8)}"
        sha256 = hashlib.sha256(b"probe").hexdigest()
        first = self._write(name, b"probe", sha256)
        second = self._write(name, b"probe", sha256)
        self._remove(name)
        if second is PutResult.CREATED:
            raise StoreUnsuitable(
                f"`{self.url}` cannot hold a store: its server wrote over an object that was there",
                detail="It takes no notice of the condition that the object be absent, so that two processes "
                "could overwrite each other's entries. Use another server, or PostgreSQL.",
            )
        self._is_proven = first is PutResult.CREATED and second is PutResult.EXISTS

    def _damaged(self, key: str) -> NoReturn:
        raise StoreDamaged(
            f"`{place_of(self.url, key)}` is damaged: it does not fit the SHA-256 that was recorded with it",
            detail="Bring that object back from the bucket's earlier versions or a backup, or have it made again.",
        )


def in_parallel(call: Callable[[int], None], items: range | list[int]) -> None:
    """Call for each item in a few threads; the first exception is raised, and no further call is begun."""
    if len(items) < 2:
        for item in items:
            call(item)
        return
    with ThreadPoolExecutor(THREADS) as pool:
        running = [pool.submit(call, item) for item in items]
        try:
            for future in running:
                future.result()
        except BaseException:
            for future in running:
                future.cancel()
            raise
