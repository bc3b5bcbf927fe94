"""One large object, copied in parts by several workers, and what all workers of a copy share.

Parts are read at one pinned version, hashed in their order, and sent in any. After a crash those that have arrived
are read again for the hash, and not sent again.
"""

import contextlib
import functools
import threading
from collections.abc import Callable
from typing import NamedTuple

from unknot.providers.copying.deltas import is_same, stamp
from unknot.providers.copying.hashing import OrderedHash
from unknot.providers.copying.journal import Begun, Done, Record
from unknot.providers.copying.manifest import Entry
from unknot.providers.copying.outcome import Outcome
from unknot.providers.copying.pace import Budget, Pace
from unknot.providers.copying.progress import Meter
from unknot.providers.objects.attributes import Attributes, fit
from unknot.providers.objects.base import ObjectInfo, Part, Place, Upload
from unknot.providers.objects.failures import (
    ObjectChanged,
    ObjectMissing,
    ObjectRefused,
    PlaceError,
    UploadGone,
)

RESTARTS = 5
"""How often an object that changed while it was read is begun anew in one pass."""


class Work(NamedTuple):
    """What the workers of one run share."""

    source: Place
    target: Place
    pace: Pace
    budget: Budget
    outcome: Outcome
    meter: Meter
    record: Callable[[Record], None]

    def copied(self, entry: Entry) -> None:
        """An object is in the target."""
        self.record(Done(entry))
        self.outcome.copied(entry.size)
        self.meter.add(1, entry.size)


class LargeCopy:
    """The copy of one large object."""

    def __init__(self, work: Work, info: ObjectInfo, part_bytes: int) -> None:
        self._work = work
        self._info = info
        self._part_bytes = part_bytes
        self._upload: Upload
        self._have: dict[int, Part] = {}
        self._parts: dict[int, Part] = {}
        self._hash = OrderedHash()
        self._lock = threading.Lock()
        self._left = 0
        self._is_broken = False
        self._end: Callable[[Entry | None], None]

    def prepared(self, begun: Begun | None) -> "LargeCopy | None":
        """Begin the upload, or take up the one that a process before this one began; None if it has vanished."""
        pace, target = self._work.pace, self._work.target
        found = pace.ask(self._work.source, functools.partial(self._work.source.describe, self._info.key))
        if begun is not None:
            if found is not None and is_same(begun.source, found[0]):
                try:
                    self._have = dict(pace.ask(target, functools.partial(target.sent, begun.upload)))
                    self._info, self._upload = found[0], begun.upload
                except UploadGone:
                    begun = None
            else:
                pace.ask(target, functools.partial(target.abort, begun.upload))
                begun = None
        if found is None:
            return None
        if begun is None:
            self._info, attributes = found
            self._upload = self._begun(self._info, attributes)
        return self

    def dispatch(self, submit: Callable[..., None], end: Callable[[Entry | None], None]) -> None:
        """Give all parts to workers, in order; waits for memory. `end` is called when the last one is done.

        Raises Stopped.
        """
        self._end = end
        self._left = len(self._upload.parts())
        for number in self._upload.parts():
            taken = self._work.budget.take(self._upload.extent(number)[1])
            submit(self._move, number, taken)

    def _begun(self, info: ObjectInfo, attributes: Attributes) -> Upload:
        pace, target = self._work.pace, self._work.target
        fitting, losses = fit(attributes, target.traits)
        size = target.limits.part_bytes(info.size, self._part_bytes)
        upload = pace.ask(target, functools.partial(target.begin, info.key, info.size, size, fitting))
        self._work.record(Begun(stamp(info), upload))
        self._work.outcome.lose(info.key, losses)
        return upload

    def _move(self, number: int, taken: int) -> None:
        release = functools.partial(self._work.budget.give, taken)
        if self._is_broken:
            release()
        else:
            try:
                data = self._moved(self._info, self._upload, number)
            except (ObjectChanged, ObjectMissing, UploadGone):
                self._is_broken = True
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
            self._finish()

    def _moved(self, info: ObjectInfo, upload: Upload, number: int) -> bytes:
        """Read one part and send it, unless it is there. Raises ObjectChanged, ObjectMissing, UploadGone."""
        work = self._work
        start, length = upload.extent(number)
        work.pace.passing(length)
        data = work.pace.ask(work.source, functools.partial(work.source.read_range, info, start, length))
        here = self._have.get(number)
        if here is not None and here.size == length:
            work.outcome.rehash(length)
        else:
            here = work.pace.ask(work.target, functools.partial(work.target.send, upload, number, data))
        with self._lock:
            self._parts[number] = here
        return data

    def _finish(self) -> None:
        entry: Entry | None = None
        try:
            if not self._is_broken:
                with contextlib.suppress(UploadGone):
                    entry = self._finished(self._info, self._upload, self._hash.digest())
            if entry is None:
                entry = self._repeated()
            if entry is not None:
                self._work.copied(entry)
        except ObjectRefused as refused:
            self._work.outcome.fail(self._info.key, refused.summary)
        self._end(entry)

    def _finished(self, info: ObjectInfo, upload: Upload, sha256: bytes) -> Entry:
        target = self._work.target
        parts = [self._parts[number] for number in upload.parts()]
        made = self._work.pace.ask(target, functools.partial(target.finish, upload, parts))
        return Entry(info.key, info.size, sha256, stamp(info), stamp(made))

    def _repeated(self) -> Entry | None:
        """Copy it anew, one part after the other, since it has changed; None if it has vanished."""
        work = self._work
        for _ in range(RESTARTS):
            with contextlib.suppress(PlaceError):
                work.target.abort(self._upload)
            found = work.pace.ask(work.source, functools.partial(work.source.describe, self._info.key))
            if found is None:
                return None
            self._info, self._have, self._parts = found[0], {}, {}
            self._upload = self._begun(*found)
            ordered = OrderedHash()
            try:
                for number in self._upload.parts():
                    taken = work.budget.take(self._upload.extent(number)[1])
                    try:
                        data = self._moved(self._info, self._upload, number)
                        ordered.offer(number, data, lambda: None)
                        del data
                    finally:
                        work.budget.give(taken)
                return self._finished(self._info, self._upload, ordered.digest())
            except (ObjectChanged, ObjectMissing, UploadGone):
                continue
        raise ObjectRefused("it changes faster than it can be read")
