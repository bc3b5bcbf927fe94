"""Prove a copy by reading the target: every object, all of its bytes, against the manifest.

Nothing that the target says of itself is trusted: no entity tag, no checksum, no size of a listing alone. Objects that
the cloud copied by itself have no hash yet: for them the source is read as well.
"""

import functools
import hashlib
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Literal, TypeAlias

import msgspec

from unknot.providers.copying.hashing import OrderedHash
from unknot.providers.copying.manifest import Entry, Manifest
from unknot.providers.copying.order import Order
from unknot.providers.copying.pace import Budget, Pace, Stopped
from unknot.providers.copying.progress import Listener, Meter
from unknot.providers.copying.proofs import Proofs
from unknot.providers.copying.surveying import listed
from unknot.providers.objects.base import ObjectInfo, Place
from unknot.providers.objects.failures import ObjectChanged, ObjectMissing, ObjectRefused

MIB = 1024 * 1024

FAULTS_MAX = 10_000
"""So many are kept; all are counted."""

PART_BYTES = 8 * MIB
SMALLEST = 4096
OPEN_MAX = 10_000
"""Reads that are waiting for a worker."""

Kind: TypeAlias = Literal["missing", "extra", "size", "content", "unreadable", "unproven"]


class Fault(msgspec.Struct, frozen=True):
    """Something that is not as the manifest says."""

    key: str
    kind: Kind
    """`missing`: not in the target. `extra`: in the target only. `size`, `content`: other bytes. `unproven`: there is
    no hash to compare with, since the cloud copied it, and the source was not given or has changed."""
    detail: str = ""


class Verification(msgspec.Struct, frozen=True):
    """What reading the target in full came to."""

    objects: int
    bytes: int
    """That were read and are as they must be."""
    faults: tuple[Fault, ...]
    """In order of keys."""
    fault_count: int
    digest: str
    """Of the manifest that it was compared with."""

    @property
    def is_proven(self) -> bool:
        """Whether every object of the manifest is in the target, byte by byte, and nothing else is."""
        return not self.fault_count


def verify(
    manifest: Manifest,
    target: Place,
    source: Place | None = None,
    *,
    workers: int = 32,
    memory_bytes: int = 128 * MIB,
    bytes_per_s: float | None = None,
    requests_per_s: float | None = None,
    listener: Listener | None = None,
) -> Verification:
    """Read the whole target. Raises PlaceError, CopyError.

    With `source`, hashes of objects that the cloud copied are found by reading both ends, and added to the manifest
    as a pass of its own, unless a pass over the source is under way.
    """
    pace = Pace(bytes_per_s=bytes_per_s, requests_per_s=requests_per_s)
    totals = manifest.totals()
    run = _Run(manifest, target, source, pace, workers, memory_bytes, Meter(listener, *totals))
    return run.run()


class _Run:
    def __init__(
        self,
        manifest: Manifest,
        target: Place,
        source: Place | None,
        pace: Pace,
        workers: int,
        memory_bytes: int,
        meter: Meter,
    ) -> None:
        self._manifest = manifest
        self._target = target
        self._source = source
        self.pace = pace
        self.budget = Budget(memory_bytes)
        self._meter = meter
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="verify")
        self._open = threading.BoundedSemaphore(OPEN_MAX)
        self._lock = threading.Lock()
        self._failure: BaseException | None = None
        self._objects = self._bytes = self._fault_count = 0
        self._faults: list[Fault] = []
        self._proofs = Proofs(manifest)
        self._order = Order(self._proofs.add, window=OPEN_MAX)

    def run(self) -> Verification:
        try:
            for entry, info in _pairs(self._manifest.entries(), listed(self._target, self.pace)):
                if self._failure is not None:
                    raise self._failure
                self._judge(entry, info)
            self._pool.shutdown()
            if self._failure is not None:
                raise self._failure
            self._order.finish()
            digest = self._proofs.seal()
        except Stopped:
            if self._failure is None:
                raise
            raise self._failure from None
        finally:
            self._stop()
            self._pool.shutdown(cancel_futures=True)
            self._proofs.close()
        self._meter.finish()
        return Verification(
            self._objects,
            self._bytes,
            tuple(sorted(self._faults, key=lambda fault: fault.key)),
            self._fault_count,
            digest,
        )

    def _judge(self, entry: Entry | None, info: ObjectInfo | None) -> None:
        if entry is None:
            assert info is not None
            self._fault(info.key, "extra", f"{info.size} bytes that the manifest does not name")
        elif info is None:
            self._fault(entry.key, "missing")
        elif info.size != entry.size:
            self._fault(entry.key, "size", f"{info.size} bytes in place of {entry.size}")
        else:
            number = None if entry.sha256 else self._order.begin()
            _Reading(self, self._target, info, functools.partial(self._compared, entry, number)).dispatch()

    def _compared(self, entry: Entry, number: int | None, sha256: bytes | None, detail: str) -> None:
        """Called when the target's object has been read; `sha256` is None if it could not be."""
        if number is not None:
            self._order.end(number, self._proven(entry, sha256, detail))
        elif sha256 is None:
            self._fault(entry.key, "unreadable", detail)
        elif sha256 != entry.sha256:
            self._fault(entry.key, "content", f"SHA-256 {sha256.hex()} in place of {entry.sha256.hex()}")
        else:
            self._count(entry)

    def _proven(self, entry: Entry, sha256: bytes | None, detail: str) -> Entry | None:
        """Read the source of an object that the cloud copied, in this thread: its entry with the hash."""
        if sha256 is None:
            self._fault(entry.key, "unreadable", detail)
            return None
        if self._source is None:
            self._fault(entry.key, "unproven", "the cloud copied it, and the source was not given")
            return None
        source = self._source
        info = ObjectInfo(entry.key, entry.size, entry.source.etag, entry.source.version)
        try:
            digest = hashlib.sha256()
            for start in range(0, entry.size, PART_BYTES):
                length = min(PART_BYTES, entry.size - start)
                self.pace.passing(length)
                digest.update(
                    self.pace.ask(source, functools.partial(source.read_range, info, start, length))
                )
        except (ObjectChanged, ObjectMissing, ObjectRefused) as error:
            self._fault(entry.key, "unproven", error.summary)
            return None
        if digest.digest() != sha256:
            self._fault(
                entry.key, "content", f"SHA-256 {sha256.hex()} in place of the source's {digest.hexdigest()}"
            )
            return None
        self._count(entry)
        return msgspec.structs.replace(entry, sha256=sha256)

    def submit(self, function: Callable[..., None], *arguments: object) -> None:
        def guarded() -> None:
            try:
                function(*arguments)
            except Stopped:
                return
            except BaseException as error:  # noqa: BLE001 - raised again by the thread that waits
                with self._lock:
                    self._failure = self._failure or error
                self._stop()
            finally:
                self._open.release()

        self._open.acquire()
        self._pool.submit(guarded)

    def _stop(self) -> None:
        self.pace.stop.set()
        self.budget.close()
        self._order.close()

    def _fault(self, key: str, kind: Kind, detail: str = "") -> None:
        with self._lock:
            self._fault_count += 1
            if len(self._faults) < FAULTS_MAX:
                self._faults.append(Fault(key, kind, detail))

    def _count(self, entry: Entry) -> None:
        with self._lock:
            self._objects += 1
            self._bytes += entry.size
        self._meter.add(1, entry.size)


class _Reading:
    """One object that is read for its hash."""

    def __init__(
        self,
        run: _Run,
        place: Place,
        info: ObjectInfo,
        then: Callable[[bytes | None, str], None],
    ) -> None:
        self._run = run
        self._place = place
        self._info = info
        self._then = then
        self._hash = OrderedHash()
        self._starts = range(0, max(info.size, 1), PART_BYTES)
        self._left = len(self._starts)
        self._lock = threading.Lock()
        self._why = ""

    def dispatch(self) -> None:
        """Give the parts to workers, in order; waits for memory. Raises Stopped."""
        for number, start in enumerate(self._starts):
            length = min(PART_BYTES, self._info.size - start)
            taken = self._run.budget.take(max(length, SMALLEST))
            self._run.submit(self._read, number, start, length, taken)

    def _read(self, number: int, start: int, length: int, taken: int) -> None:
        release = functools.partial(self._run.budget.give, taken)
        pace, place = self._run.pace, self._place
        try:
            pace.passing(length)
            data = pace.ask(place, functools.partial(place.read_range, self._info, start, length))
        except (ObjectChanged, ObjectMissing, ObjectRefused) as error:
            self._why = error.summary
            self._hash.drop()
            release()
        except BaseException:
            release()
            raise
        else:
            self._hash.offer(number, data, release)
        with self._lock:
            self._left -= 1
            is_last = not self._left
        if is_last:
            self._then(None if self._why else self._hash.digest(), self._why)


def _pairs(
    entries: Iterator[Entry], listing: Iterator[ObjectInfo]
) -> Iterator[tuple[Entry | None, ObjectInfo | None]]:
    """Both in order of keys, side by side."""
    entry, info = next(entries, None), next(listing, None)
    while entry is not None or info is not None:
        if info is None or (entry is not None and entry.key < info.key):
            yield entry, None
            entry = next(entries, None)
        elif entry is None or info.key < entry.key:
            yield None, info
            info = next(listing, None)
        else:
            yield entry, info
            entry, info = next(entries, None), next(listing, None)
