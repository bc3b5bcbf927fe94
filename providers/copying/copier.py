"""Copy a place to another in passes: the first takes everything, each later one what has changed since.

The calling thread lists and decides; workers read, hash and write. What is in memory is bounded: by bytes for data,
by numbers for what ended early. Large objects are in `parts.py`, what is remembered in `journal.py`.
"""

import functools
import hashlib
import threading
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeAlias

import msgspec

from unknot.providers.copying.deltas import Drop, Keep, Leave, Step, Take, is_same, stamp, steps
from unknot.providers.copying.failures import CopyError, CopyRefused
from unknot.providers.copying.journal import Begun, Done, Journal, Spec
from unknot.providers.copying.manifest import FORMAT, Entry, Manifest
from unknot.providers.copying.order import Order
from unknot.providers.copying.outcome import Outcome, PassReport
from unknot.providers.copying.pace import ATTEMPTS, Budget, Pace, Stopped
from unknot.providers.copying.parts import RESTARTS, LargeCopy, Work
from unknot.providers.copying.progress import Listener, Meter
from unknot.providers.copying.surveying import Survey, judged, listed, survey
from unknot.providers.objects.attributes import fit
from unknot.providers.objects.base import ObjectInfo, Place
from unknot.providers.objects.failures import ObjectChanged, ObjectMissing, ObjectRefused
from unknot.state.stores.base import Store

MIB = 1024 * 1024

PREPARING = 4
"""Threads that make large objects ready."""

AHEAD = 16
"""So many large objects are made ready while others are copied."""

SMALLEST = 4096
"""What an empty object counts for in the memory budget."""


class Options(msgspec.Struct, frozen=True):
    """How a copy is carried out."""

    workers: int = 32
    """Requests under way at once."""
    part_bytes: int = 8 * MIB
    """Larger objects than two of them go up in parts of at least this size."""
    memory_bytes: int = 128 * MIB
    """Of data at once."""
    bytes_per_s: float | None = None
    requests_per_s: float | None = None
    """Calls of places; a large object takes one for each part and two more."""
    attempts: int = ATTEMPTS
    """Of a request, the first one included."""
    window: int = 10_000
    """Objects that may be done ahead of the slowest."""
    server_side: bool = True
    """Have the cloud itself copy where it can; such objects are hashed when they are verified."""
    skip_refused: bool = False
    """Leave out what cannot be copied, and say so, instead of refusing the whole."""
    replace: bool = False
    """Write over objects that were in the target before."""
    deletions: bool = True
    """Delete from the target what a later pass no longer finds in the source; else it stays, and in the manifest."""


Prepared: TypeAlias = "Step | LargeCopy | None"


class Copy:
    """A copy under a name in a journal's store. One process at a time carries it out; any may go on with it."""

    def __init__(
        self,
        source: Place,
        target: Place,
        journal: Store,
        name: str,
        options: Options | None = None,
        listener: Listener | None = None,
    ) -> None:
        """Touches nothing yet."""
        self.source = source
        self.target = target
        self.options = options or Options()
        self._store = journal
        self._name = name
        self._listener = listener

    def survey(self) -> Survey:
        """List both ends. Raises PlaceError."""
        return survey(self.source, self.target, part_bytes=self.options.part_bytes, pace=self._pace())

    def manifest(self) -> Manifest:
        """As far as passes have ended. Raises CopyError."""
        return Manifest(self._store, self._name)

    def run(self) -> PassReport:
        """Go on with the pass that was interrupted, or make the next one.

        Raises CopyRefused before anything is copied; PlaceError or CopyError if it has to stop: then it goes on
        from there when it is run again.
        """
        journal = Journal(self._store, self._name)
        spec = journal.spec() or self._begin(journal)
        if (spec.source, spec.target) != (self.source.url, self.target.url):
            raise CopyError(
                f"the copy `{self._name}` is of `{spec.source}` to `{spec.target}`",
                detail="Go on with that one, or begin this one under another name.",
            )
        return _Pass(self, journal, spec, self._pace(), self._listener).run()

    def _begin(self, journal: Journal) -> Spec:
        found = self.survey()
        refused = found
        if self.options.skip_refused:
            refused = msgspec.structs.replace(refused, problem_count=0)
        if self.options.replace:
            refused = msgspec.structs.replace(refused, occupied_count=0)
        if problems := refused.diagnostics(self.source.url, self.target.url):
            raise CopyRefused(problems)
        return journal.create(Spec(FORMAT, self.source.url, self.target.url, found))

    def _pace(self) -> Pace:
        return Pace(
            bytes_per_s=self.options.bytes_per_s,
            requests_per_s=self.options.requests_per_s,
            attempts=self.options.attempts,
        )


class _Pass:
    """One run of one pass."""

    def __init__(
        self, copy: Copy, journal: Journal, spec: Spec, pace: Pace, listener: Listener | None
    ) -> None:
        self._copy = copy
        self._source, self._target, self._options = copy.source, copy.target, copy.options
        self._manifest = copy.manifest()
        self._journal = journal
        is_first = not self._manifest.seals
        totals = (spec.survey.objects, spec.survey.bytes) if is_first else (None, None)
        self._order = Order(journal.chunk, window=self._options.window)
        self._work = Work(
            source=copy.source,
            target=copy.target,
            pace=pace,
            budget=Budget(self._options.memory_bytes),
            outcome=Outcome(),
            meter=Meter(listener, *totals),
            record=journal.record,
        )
        self._pool = ThreadPoolExecutor(self._options.workers, thread_name_prefix="copy")
        self._preparing = ThreadPoolExecutor(PREPARING, thread_name_prefix="copy-prepare")
        self._failing = threading.Lock()
        self._failure: BaseException | None = None
        self._is_server_side = self._options.server_side and self._target.copies_from(self._source)
        self._whole_bytes = min(2 * self._options.part_bytes, self._target.limits.whole_bytes_max)
        self._done: dict[str, Entry] = {}
        self._begun: dict[str, Begun] = {}

    def run(self) -> PassReport:
        outcome = self._work.outcome
        try:
            state = self._journal.open()
            self._manifest = self._copy.manifest()  # which an interrupted verification may have added to
            self._done, self._begun = dict(state.done), dict(state.begun)
            self._dispatch(state.start_after)
            self._order.wait()
            self._order.finish()
            for begun in self._begun.values():  # of objects that are gone, or were copied in another way
                self._work.pace.ask(self._target, functools.partial(self._target.abort, begun.upload))
            self._work.pace.ask(self._target, self._target.settle)
            seal = self._journal.seal(
                kind="copy",
                objects=outcome.objects + outcome.resumed,
                size=outcome.bytes,
                deleted=outcome.deleted,
                is_complete=outcome.is_complete,
            )
        except Stopped:
            if self._failure is None:
                raise
            raise self._failure from None
        finally:
            self._close()
        self._work.meter.finish()
        return outcome.report(seal.number, seal.digest)

    def _dispatch(self, start_after: str | None) -> None:
        pace, outcome = self._work.pace, self._work.outcome
        rows = judged(listed(self._source, pace, start_after), self._target)
        for step in self._prepared(steps(rows, self._manifest.entries(start_after))):
            self._check()
            match step:
                case Keep():
                    outcome.unchanged += 1
                case Leave():
                    outcome.fail(step.info.key, step.reason)
                case Drop():
                    if self._options.deletions:
                        self._drop(step)
                    else:
                        outcome.unchanged += 1
                case Take():
                    self._take(step.info)
                case LargeCopy():
                    number = self._order.begin()
                    step.dispatch(self._submit, functools.partial(self._order.end, number))
                case None:  # it has vanished since it was listed
                    pass

    def _prepared(self, rows: Iterator[Step]) -> Iterator[Prepared]:
        """The steps, of which large objects are made ready while those before them are copied."""
        ahead: deque[Step | Future[LargeCopy | None]] = deque()

        def following() -> Prepared:
            first = ahead.popleft()
            return first.result() if isinstance(first, Future) else first

        for step in rows:
            if isinstance(step, Take) and self._is_large(step.info):
                copy = LargeCopy(self._work, step.info, self._options.part_bytes)
                ahead.append(self._preparing.submit(copy.prepared, self._begun.pop(step.info.key, None)))
            else:
                ahead.append(step)
            if len(ahead) >= AHEAD:
                yield following()
        while ahead:
            yield following()

    def _is_large(self, info: ObjectInfo) -> bool:
        return info.size > self._whole_bytes and not self._is_server_side and self._found_done(info) is None

    def _found_done(self, info: ObjectInfo) -> Entry | None:
        """What the journal says of an object that was copied before this process took up the pass."""
        entry = self._done.get(info.key)
        return entry if entry is not None and not entry.is_gone and is_same(entry.source, info) else None

    def _take(self, info: ObjectInfo) -> None:
        number = self._order.begin()
        if (entry := self._found_done(info)) is not None:
            self._work.outcome.resumed += 1
            self._work.meter.skip(1, info.size)
            self._order.end(number, entry)
            return
        taken = 0 if self._is_server_side else self._work.budget.take(max(info.size, SMALLEST))
        self._submit(self._transfer, number, info, taken)

    def _transfer(self, number: int, info: ObjectInfo, taken: int) -> None:
        entry = None
        try:
            entry = self._copied_by_cloud(info) if self._is_server_side else self._copied(info)
            if entry is not None:
                self._work.copied(entry)
        except ObjectRefused as refused:
            self._work.outcome.fail(info.key, refused.summary)
        finally:
            self._work.budget.give(taken)
        self._order.end(number, entry)

    def _copied(self, info: ObjectInfo) -> Entry | None:
        """Copy an object through this machine; None if it has vanished. Raises ObjectRefused."""
        work = self._work
        for _ in range(RESTARTS):
            work.pace.passing(info.size)
            try:
                data, found = work.pace.ask(self._source, functools.partial(self._source.read, info))
            except ObjectMissing:
                return None
            except ObjectChanged:
                now = work.pace.ask(self._source, functools.partial(self._source.describe, info.key))
                if now is None:
                    return None
                info = now[0]
                if info.size > self._whole_bytes:
                    break
                continue
            attributes, losses = fit(found, self._target.traits)
            work.outcome.lose(info.key, losses)
            sha256 = hashlib.sha256(data).digest()
            made = work.pace.ask(
                self._target, functools.partial(self._target.write, info.key, data, attributes, sha256)
            )
            return Entry(info.key, info.size, sha256, stamp(info), stamp(made))
        raise ObjectRefused("it changes faster than it can be read")

    def _copied_by_cloud(self, info: ObjectInfo) -> Entry | None:
        """Have the cloud copy an object; None if it has vanished. Raises ObjectRefused."""
        for _ in range(RESTARTS):
            try:
                made = self._work.pace.ask(
                    self._target,
                    functools.partial(self._target.copy_from, self._source, info, info.key),
                )
            except ObjectMissing:
                return None
            except ObjectChanged:
                now = self._work.pace.ask(self._source, functools.partial(self._source.describe, info.key))
                if now is None:
                    return None
                info = now[0]
                continue
            return Entry(info.key, info.size, b"", stamp(info), stamp(made))
        raise ObjectRefused("it changes faster than it can be copied")

    def _drop(self, step: Drop) -> None:
        number = self._order.begin()
        entry = step.entry
        gone = self._done.get(entry.key)
        if gone is not None and gone.is_gone:
            self._order.end(number, gone)
            return
        self._submit(self._delete, number, entry)

    def _delete(self, number: int, entry: Entry) -> None:
        pace = self._work.pace
        found = pace.ask(self._target, functools.partial(self._target.describe, entry.key))
        if found is not None and found[0].etag != entry.target.etag:
            self._work.outcome.conflict(
                entry.key, "it was deleted from the source, and somebody has written to it in the target"
            )
            self._order.end(number, None)
            return
        if found is not None:
            pace.ask(self._target, functools.partial(self._target.delete, entry.key))
        gone = msgspec.structs.replace(entry, is_gone=True)
        self._journal.record(Done(gone))
        self._work.outcome.drop()
        self._order.end(number, gone)

    def _submit(self, function: Callable[..., None], *arguments: object) -> None:
        def guarded() -> None:
            try:
                function(*arguments)
            except Stopped:
                return
            except BaseException as error:  # noqa: BLE001 - raised again by the thread that waits
                self._fail(error)

        self._pool.submit(guarded)

    def _fail(self, error: BaseException) -> None:
        with self._failing:
            self._failure = self._failure or error
        self._work.pace.stop.set()
        self._work.budget.close()
        self._order.close()

    def _check(self) -> None:
        self._journal.check()
        if self._failure is not None:
            raise self._failure

    def _close(self) -> None:
        self._work.pace.stop.set()
        self._work.budget.close()
        self._order.close()
        self._preparing.shutdown(cancel_futures=True)
        self._pool.shutdown(cancel_futures=True)
        self._journal.close()
