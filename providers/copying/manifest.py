"""The manifest of a copy: for each object its size and SHA-256, and what source and target call its version.

It lies in a store as chunks in order of keys, each with the hash of the one before it. Each pass over the source has
chunks for what changed since the passes before; a later pass hides what earlier ones say of a key.
"""

import hashlib
import heapq
import zlib
from collections.abc import Iterator, Mapping

import msgspec

from unknot.providers.copying.failures import CopyDamaged, CopyError
from unknot.state.stores.base import Store, StoreError

FORMAT = 1
CHUNK_ENTRIES = 4096


class Stamp(msgspec.Struct, frozen=True, array_like=True):
    """An object's version as its place tells it."""

    etag: str
    version: str = ""
    modified: float = 0.0
    checksums: Mapping[str, str] = {}
    """In hex, by the name of the algorithm."""


class Entry(msgspec.Struct, frozen=True, array_like=True):
    """One object that was copied, or that is gone since."""

    key: str
    size: int
    """Bytes."""
    sha256: bytes
    """Of what was read from the source; empty where the cloud made the copy, until it is verified."""
    source: Stamp
    target: Stamp
    is_gone: bool = False
    """It was deleted from the source, and from the target after it."""


class Chunk(msgspec.Struct, frozen=True, array_like=True):
    """Entries that follow one another, in order of their keys' code points."""

    format: int
    previous: bytes
    """SHA-256 of the chunk before it as it is stored; empty for the first one."""
    entries: list[Entry]


class Seal(msgspec.Struct, frozen=True):
    """The end of a pass: what it did, and the hash that all of its chunks follow from."""

    number: int
    kind: str
    """`copy`, or `proof` for a pass that only adds hashes."""
    chunks: int
    digest: str
    """SHA-256 in hex of the last chunk and of the seal before this one."""
    objects: int
    bytes: int
    deleted: int
    ended_at: float
    """Seconds since 1970, for display."""
    is_complete: bool
    """Whether every object that was listed is in the manifest."""
    note: str = ""


def chunk_key(name: str, number: int, index: int) -> str:
    return f"{name}/manifest/{number:06d}/{index:08d}"


def seal_key(name: str, number: int) -> str:
    return f"{name}/pass/{number:06d}"


def packed(chunk: Chunk) -> bytes:
    """As it is stored."""
    return zlib.compress(msgspec.msgpack.encode(chunk), 1)


def unpacked(data: bytes, where: str) -> Chunk:
    """Raises CopyDamaged."""
    try:
        chunk = msgspec.msgpack.decode(zlib.decompress(data), type=Chunk)
    except (zlib.error, msgspec.MsgspecError) as error:
        raise CopyDamaged(f"the manifest is damaged in `{where}`: {error}") from error
    if chunk.format != FORMAT:
        raise CopyDamaged(
            f"`{where}` is of format {chunk.format}, which this version of unknot does not know"
        )
    return chunk


def digest_of(last_chunk: bytes, previous: str) -> str:
    """The hash of a pass."""
    return hashlib.sha256(last_chunk + previous.encode()).hexdigest()


def read(store: Store, key: str) -> bytes:
    """Raises CopyDamaged, CopyError."""
    try:
        data = store.get(key)
    except StoreError as error:
        raise CopyError(error.summary, detail=error.detail, retryable=error.retryable) from error
    if data is None:
        raise CopyDamaged(
            f"`{key}` of `{store.url}` is missing", detail="Begin the copy anew under another name."
        )
    return data


def seals(store: Store, name: str) -> list[Seal]:
    """The passes that have ended, in order. Raises CopyError."""
    found: list[Seal] = []
    try:
        keys = list(store.list(f"{name}/pass/"))
    except StoreError as error:
        raise CopyError(error.summary, detail=error.detail, retryable=error.retryable) from error
    for key in keys:
        try:
            found.append(msgspec.json.decode(read(store, key), type=Seal))
        except msgspec.MsgspecError as error:
            raise CopyDamaged(f"the manifest is damaged in `{key}`: {error}") from error
        if found[-1].number != len(found):
            raise CopyDamaged(f"pass {len(found)} of `{name}` is missing in `{store.url}`")
    return found


class Manifest:
    """The manifest of a copy as far as its passes have ended. Reads it chunk by chunk."""

    def __init__(self, store: Store, name: str) -> None:
        """Reads the seals. Raises CopyError."""
        self.store = store
        self.name = name
        self.seals = tuple(seals(store, name))

    @property
    def digest(self) -> str:
        """One hash of all of it; empty if there is nothing yet."""
        return self.seals[-1].digest if self.seals else ""

    @property
    def is_complete(self) -> bool:
        """Whether the last pass left nothing out."""
        return bool(self.seals) and self.seals[-1].is_complete

    def entries(self, start_after: str | None = None, *, with_gone: bool = False) -> Iterator[Entry]:
        """What is in the target now, in order of keys. Raises CopyDamaged if a chunk is not what was written."""
        passes = [self._pass(position) for position in range(len(self.seals))]
        # A later pass comes first among those of one key.
        ordered = heapq.merge(*passes, key=lambda pair: (pair[1].key, -pair[0]))
        last: str | None = None
        for _, entry in ordered:
            if entry.key == last:
                continue
            last = entry.key
            if (start_after is None or entry.key > start_after) and (with_gone or not entry.is_gone):
                yield entry

    def totals(self) -> tuple[int, int]:
        """Objects and bytes."""
        objects = size = 0
        for entry in self.entries():
            objects += 1
            size += entry.size
        return objects, size

    def _pass(self, position: int) -> Iterator[tuple[int, Entry]]:
        seal = self.seals[position]
        previous = b""
        for index in range(seal.chunks):
            key = chunk_key(self.name, seal.number, index)
            data = read(self.store, key)
            chunk = unpacked(data, key)
            if chunk.previous != previous:
                raise CopyDamaged(f"the manifest is damaged: `{key}` does not follow the chunk before it")
            previous = hashlib.sha256(data).digest()
            if index == seal.chunks - 1:
                self._require_digest(position, previous)
            for entry in chunk.entries:
                yield seal.number, entry
        if not seal.chunks:
            self._require_digest(position, b"")

    def _require_digest(self, position: int, last_chunk: bytes) -> None:
        seal = self.seals[position]
        before = self.seals[position - 1].digest if position else ""
        if digest_of(last_chunk, before) != seal.digest:
            raise CopyDamaged(f"the manifest is damaged: pass {seal.number} does not fit its hash")
