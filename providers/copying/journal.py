"""What a copy remembers, so that after `kill -9` it goes on at the object and at the part where it was.

    NAME/spec                     from where, to where, what was found before
    NAME/log/PASS/N               what was done since the last chunk, in batches, in order of events
    NAME/manifest/PASS/N          chunks of the manifest: `providers.copying.manifest`
    NAME/pass/N                   the seal of a pass

A batch is removed when a chunk holds all of it. Batches are put-if-absent: whoever finds the next one taken has been
replaced by another process and stops.
"""

import functools
import hashlib
import queue
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from typing import Literal, NamedTuple, TypeAlias, TypeVar

import msgspec
import tenacity

from unknot.providers.copying.failures import CopyDamaged, CopyError, CopyTaken
from unknot.providers.copying.manifest import (
    FORMAT,
    Chunk,
    Entry,
    Seal,
    Stamp,
    chunk_key,
    digest_of,
    packed,
    read,
    seal_key,
    seals,
    unpacked,
)
from unknot.providers.copying.surveying import Survey
from unknot.providers.objects.base import Upload
from unknot.state.stores.base import PutResult, Store, StoreError

FLUSH_S = 0.2
FLUSH_LEAST_S = 0.01
FLUSH_SHARE = 4
"""A batch waits for so many times as long as the one before it took to write, and for `FLUSH_S` at most."""

FLUSH_RECORDS = 128
FLUSH_BYTES = 8 * 1024 * 1024
"""A batch that stands for so much work is written at once: what is not written yet is what a kill can cost."""

RECORDS_AHEAD = 4096
CHUNKS_AHEAD = 4
"""So much may wait to be written: whoever is faster than the store waits for it."""

ATTEMPTS = 6

Kind: TypeAlias = Literal["copy", "proof"]
"""Of a pass: one over the source, or one that only adds hashes which a verification has found."""

T = TypeVar("T")


class Spec(msgspec.Struct, frozen=True):
    """What is copied; fixed when the copy begins."""

    format: int
    source: str
    target: str
    survey: Survey


class Opened(msgspec.Struct, frozen=True, tag="opened"):
    """A process took up the copy."""

    nonce: str
    kind: Kind = "copy"


class Done(msgspec.Struct, frozen=True, tag="done"):
    """An object is in the target."""

    entry: Entry


class Begun(msgspec.Struct, frozen=True, tag="begun"):
    """An upload in parts was begun."""

    source: Stamp
    upload: Upload


Record: TypeAlias = Opened | Done | Begun


class Batch(msgspec.Struct, frozen=True):
    """Records that were written together."""

    nonce: str
    records: list[Record]


class State(NamedTuple):
    """Where a copy stands when it is taken up."""

    number: int
    """Of the pass that is under way or begins."""
    start_after: str | None
    """Every key up to this one is settled in that pass; None for the first key of all."""
    done: Mapping[str, Entry]
    """What was done beyond."""
    begun: Mapping[str, Begun]
    """Uploads that were not finished."""


class Journal:
    """Writes in a thread of its own. `record` and `chunk` wait only if much is unwritten; `flush` waits for all."""

    def __init__(self, store: Store, name: str) -> None:
        self.store = store
        self.name = name
        self._nonce = secrets.token_hex(8)
        self._queue: queue.Queue[Record | _Chunk | _Barrier | None] = queue.Queue(RECORDS_AHEAD)
        self._chunks_open = threading.BoundedSemaphore(CHUNKS_AHEAD)
        self._thread: threading.Thread | None = None
        self._failure: BaseException | None = None
        self._seals: list[Seal] = []
        self._previous = b""
        self._chunks = 0
        self._next_batch = 0
        self._batches: dict[str, str] = {}
        """Key of a batch that may be removed, and the last key of its records."""

    def spec(self) -> Spec | None:
        """Of the copy, if it was begun. Raises CopyError."""
        data = self._calling(lambda: self.store.get(f"{self.name}/spec"))
        if data is None:
            return None
        try:
            return msgspec.json.decode(data, type=Spec)
        except msgspec.MsgspecError as error:
            raise CopyDamaged(f"`{self.name}/spec` of `{self.store.url}` is damaged: {error}") from error

    def create(self, spec: Spec) -> Spec:
        """Begin the copy; the one that was begun, if another process came first. Raises CopyError."""
        self._put(f"{self.name}/spec", msgspec.json.encode(spec), must_be_ours=False)
        found = self.spec()
        if found is None:
            raise CopyDamaged(f"`{self.name}/spec` of `{self.store.url}` was removed")
        return found

    def open(self) -> State:
        """Take up the copy, which shuts out whoever did before. Raises CopyError."""
        state, _ = self._settled()
        self._begin("copy")
        return state

    def open_proof(self) -> bool:
        """Begin a pass that adds hashes; False, and nothing is written, while a pass over the source is under way.

        Raises CopyError.
        """
        state, kinds = self._settled()
        if kinds or state.start_after is not None:
            return False
        self._begin("proof")
        return True

    @property
    def sealed(self) -> tuple[Seal, ...]:
        """The passes that have ended."""
        return tuple(self._seals)

    def record(self, record: Record) -> None:
        """Write it soon; waits while much is to be written. Raises CopyError if writing has failed before."""
        self.check()
        self._queue.put(record)

    def chunk(self, entries: list[Entry]) -> None:
        """Write a chunk of the manifest soon: entries in order, after those of the chunk before.

        Waits while much is to be written. Raises CopyError if writing has failed before.
        """
        self.check()
        self._chunks_open.acquire()
        self._queue.put(_Chunk(entries))

    def check(self) -> None:
        """Raises CopyError if writing has failed."""
        if self._failure is not None:
            raise self._failure

    def flush(self) -> None:
        """Wait until all that was recorded is durable. Raises CopyError."""
        barrier = _Barrier(threading.Event())
        self._queue.put(barrier)
        barrier.reached.wait()
        self.check()

    def seal(
        self,
        *,
        kind: Kind,
        objects: int,
        size: int,
        deleted: int,
        is_complete: bool,
        note: str = "",
    ) -> Seal:
        """End the pass. Raises CopyError."""
        self.flush()
        return self._seal(kind, objects, size, deleted, is_complete, note)

    def close(self) -> None:
        """Write what is left, if that is possible, and end the thread."""
        if self._thread is not None:
            self._queue.put(None)
            self._thread.join()
            self._thread = None

    def _settled(self) -> tuple[State, set[Kind]]:
        """Where the copy stands, and which kinds of passes were begun under the number of the one that is next."""
        self._seals = seals(self.store, self.name)
        state, kinds = self._replayed()
        if "proof" in kinds:
            # Each hash that an interrupted verification has found is true by itself, but says nothing of how far
            # the source was looked through: its pass ends here, and another one begins.
            self._write([Opened(self._nonce)])
            self._seal("proof", 0, 0, 0, is_complete=bool(self._seals) and self._seals[-1].is_complete)
            state, kinds = self._replayed()
        return state, kinds

    def _replayed(self) -> tuple[State, set[Kind]]:
        number = len(self._seals) + 1
        last_key = self._open_chunks(number)
        done: dict[str, Entry] = {}
        begun: dict[str, Begun] = {}
        kinds: set[Kind] = set()
        self._batches = {}
        keys = self._calling(lambda: list(self.store.list(f"{self.name}/log/{number:06d}/")))
        for key in keys:
            last = self._replay(key, done, begun, kinds)
            if last is not None:
                self._batches[key] = last
        self._next_batch = int(keys[-1].rpartition("/")[2]) + 1 if keys else 0
        state = State(
            number,
            last_key,
            {key: entry for key, entry in done.items() if last_key is None or key > last_key},
            {key: one for key, one in begun.items() if last_key is None or key > last_key},
        )
        return state, kinds

    def _begin(self, kind: Kind) -> None:
        self._write([Opened(self._nonce, kind)])
        self._thread = threading.Thread(target=self._run, name="copy-journal", daemon=True)
        self._thread.start()

    def _seal(
        self, kind: Kind, objects: int, size: int, deleted: int, is_complete: bool, note: str = ""
    ) -> Seal:
        previous = self._seals[-1].digest if self._seals else ""
        number = len(self._seals) + 1
        seal = Seal(
            number,
            kind,
            self._chunks,
            digest_of(self._previous, previous),
            objects,
            size,
            deleted,
            time.time(),
            is_complete,
            note,
        )
        self._put(seal_key(self.name, number), msgspec.json.encode(seal))
        self._seals.append(seal)
        for key in self._calling(lambda: list(self.store.list(f"{self.name}/log/{number:06d}/"))):
            self._calling(functools.partial(self.store.delete, key))
        return seal

    # What follows runs in the journal's thread once it has started.

    def _run(self) -> None:
        pending: list[Record] = []
        size, due, wait = 0, 0.0, FLUSH_LEAST_S
        while True:
            try:
                item = self._queue.get(timeout=max(0.0, due - time.monotonic()) if pending else None)
            except queue.Empty:
                item = _Barrier(threading.Event())
            try:
                if isinstance(item, Opened | Done | Begun):
                    if not pending:
                        due = time.monotonic() + wait
                    pending.append(item)
                    size += item.entry.size if isinstance(item, Done) else 0
                    if len(pending) < FLUSH_RECORDS and size < FLUSH_BYTES and not isinstance(item, Begun):
                        continue
                if pending and self._failure is None:
                    begun = time.monotonic()
                    self._write(pending)
                    wait = min(FLUSH_S, max(FLUSH_LEAST_S, FLUSH_SHARE * (time.monotonic() - begun)))
                pending, size = [], 0
                if isinstance(item, _Chunk) and self._failure is None:
                    self._write_chunk(item.entries)
            except BaseException as failure:  # noqa: BLE001 - raised again by whoever records or waits
                self._failure = failure
                pending, size = [], 0
            finally:
                if isinstance(item, _Chunk):
                    self._chunks_open.release()
                if isinstance(item, _Barrier):
                    item.reached.set()
            if item is None:
                return

    def _write(self, records: list[Record]) -> None:
        key = self._log_key(self._next_batch)
        self._put(key, msgspec.msgpack.encode(Batch(self._nonce, records)))
        self._next_batch += 1
        last = _last_key(records)
        if last is not None:
            self._batches[key] = last

    def _write_chunk(self, entries: list[Entry]) -> None:
        data = packed(Chunk(FORMAT, self._previous, entries))
        self._put(chunk_key(self.name, len(self._seals) + 1, self._chunks), data)
        self._previous = hashlib.sha256(data).digest()
        self._chunks += 1
        last_key = entries[-1].key
        for key in [key for key, last in self._batches.items() if last <= last_key]:
            self._calling(functools.partial(self.store.delete, key))
            del self._batches[key]

    def _log_key(self, batch: int) -> str:
        return f"{self.name}/log/{len(self._seals) + 1:06d}/{batch:010d}"

    def _open_chunks(self, number: int) -> str | None:
        """Find the end of the chunks of an unsealed pass; the last key in them."""
        keys = self._calling(lambda: list(self.store.list(f"{self.name}/manifest/{number:06d}/")))
        self._chunks = len(keys)
        self._previous = b""
        if not keys:
            return None
        data = read(self.store, keys[-1])
        self._previous = hashlib.sha256(data).digest()
        return unpacked(data, keys[-1]).entries[-1].key

    def _replay(
        self, key: str, done: dict[str, Entry], begun: dict[str, Begun], kinds: set[Kind]
    ) -> str | None:
        data = self._calling(lambda: self.store.get(key))
        if data is None:  # removed by whoever is about to be shut out
            return None
        try:
            batch = msgspec.msgpack.decode(data, type=Batch)
        except msgspec.MsgspecError as error:
            raise CopyDamaged(f"`{key}` of `{self.store.url}` is damaged: {error}") from error
        for record in batch.records:
            match record:
                case Done():
                    done[record.entry.key] = record.entry
                    begun.pop(record.entry.key, None)
                case Begun():
                    begun[record.upload.key] = record
                case Opened():
                    kinds.add(record.kind)
        return _last_key(batch.records)

    def _put(self, key: str, data: bytes, *, must_be_ours: bool = True) -> None:
        def put() -> None:
            result = self.store.put_if_absent(key, data)
            if result is PutResult.CREATED:
                return
            found = self.store.get(key)
            if found is None:
                raise StoreError(f"`{key}` could not be written", retryable=True)
            if found != data and must_be_ours:
                raise CopyTaken(
                    f"another process has taken up the copy `{self.name}`",
                    detail=f"It writes to `{self.store.url}`. Wait for it, or end it and do this again.",
                )

        self._calling(put)

    def _calling(self, call: Callable[[], T]) -> T:
        """Raises CopyError."""
        retrying = tenacity.Retrying(
            retry=tenacity.retry_if_exception(lambda e: isinstance(e, StoreError) and e.retryable),
            wait=tenacity.wait_random_exponential(multiplier=0.5, max=10),
            stop=tenacity.stop_after_attempt(ATTEMPTS),
            reraise=True,
        )
        try:
            return retrying(call)
        except StoreError as error:
            raise CopyError(
                f"the journal of the copy cannot be kept: {error.summary}", detail=error.detail
            ) from error


class _Chunk(NamedTuple):
    entries: list[Entry]


class _Barrier(NamedTuple):
    reached: threading.Event


def _last_key(records: list[Record]) -> str | None:
    """The highest key that is spoken of; None for a batch that must stay, since it shuts others out."""
    keys = []
    for record in records:
        if isinstance(record, Opened):
            return None
        keys.append(record.entry.key if isinstance(record, Done) else record.upload.key)
    return max(keys)
