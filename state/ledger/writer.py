"""Writing under a lease: many threads append, one thread commits what has gathered as one segment.

Group commit makes 10,000 changes a few hundred writes. Every segment renews the lease; when there is
nothing to write, a renewal is. Whatever ends the lease ends the writer, for good (rules L3, L4, A2).
"""

import itertools
import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import TypeVar

from unknot.stacks.address import Address
from unknot.stacks.errors import LeaseLost, LedgerError
from unknot.state.events import (
    CheckpointWritten,
    Event,
    KeyRotated,
    LeaseBroken,
    LeaseReleased,
    LeaseRenewed,
    LeaseTaken,
    LedgerArrived,
    LedgerCreated,
    LedgerMoved,
    ResourcesRenamed,
    VolumeBegun,
    VolumeSealed,
)
from unknot.state.ledger.checkpoint import write_checkpoint
from unknot.state.ledger.clock import Clock
from unknot.state.ledger.edge import StoreUnreachable
from unknot.state.ledger.envelope import Unsound
from unknot.state.ledger.fold import Folding
from unknot.state.ledger.late import RESULTS, Spool, late_header, leave_late
from unknot.state.ledger.layout import segment_key
from unknot.state.ledger.reader import LedgerReader
from unknot.state.ledger.segment import Segment, encode_events, pack_segment
from unknot.state.snapshot import Lease, ResourceState, Serial, Snapshot
from unknot.state.stores.base import PutResult

T = TypeVar("T")

MARGIN = 0.1
"""Share of a term by which the holder stops before a rival may start: for clocks that run at unequal speed."""

RENEWALS_A_TERM = 3
"""How often an idle holder renews in one term, so that two lost renewals do no harm."""

OWN: tuple[type, ...] = (
    LedgerCreated,
    LeaseTaken,
    LeaseRenewed,
    LeaseReleased,
    LeaseBroken,
    KeyRotated,
    VolumeSealed,
    VolumeBegun,
    LedgerMoved,
    LedgerArrived,
)
"""Events that only the ledger itself appends: a wrong one could not be taken back."""

BATCH_EVENTS = 4096
BATCH_BYTES = 8 * 1024 * 1024
"""A segment takes no further events beyond these."""

STORE_PAUSE_S = 0.5
"""Seconds before a store that cannot be reached is tried again, as long as the lease lasts."""


class _Submission:
    """Events that are committed together, and who waits for it."""

    __slots__ = ("events", "future", "lines")

    def __init__(self, events: Sequence[Event]) -> None:
        self.events = tuple(events)
        self.lines = encode_events(self.events)
        self.future: Future[Serial] = Future()


class LedgerWriter:
    """Appends to the ledger; only a held lease gives one out. Safe for threads.

    An event is durable once its append returned or its future has a result.
    """

    def __init__(
        self, reader: LedgerReader, lease: Lease, taken_at: float, clock: Clock, spool: Spool | None
    ) -> None:
        """`taken_at` is what the clock showed before the lease was asked for."""
        self.lost = threading.Event()
        """Set when the lease is lost: start nothing more."""
        self._reader = reader
        self._lease = lease
        self._clock = clock
        self._spool = spool
        self._renewed_at = taken_at
        self._term_s = lease.term_s
        self._volume = reader.look(lambda folding: folding.volume)
        self._renewals = 0
        self._late_numbers = itertools.count(1)
        self._ended: LeaseLost | None = None
        self._queue: deque[_Submission] = deque()
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._closing = False
        self._checkpointing: threading.Thread | None = None
        self._thread = threading.Thread(target=self._run, name="unknot-ledger", daemon=True)
        self._thread.start()

    # What is recorded now, without asking the store: while the lease is held, nobody else changes it.

    def snapshot(self) -> Snapshot:
        """Everything recorded so far. Each one taken between appends copies the maps: for one address, ask `resource`."""
        return self._reader.look(Folding.snapshot)

    def resource(self, address: Address) -> ResourceState | None:
        """What is recorded of `address` now."""
        return self._reader.look(lambda folding: folding.resources.get(address))

    def absence(self, address: Address) -> Serial | None:
        """The version of an address that is not recorded: the serial of its tombstone, 0 if it never was.

        None if it is recorded (rule P2).
        """

        def version(folding: Folding) -> Serial | None:
            if address in folding.resources:
                return None
            tombstone = folding.tombstones.get(address)
            return 0 if tombstone is None else tombstone.serial

        return self._reader.look(version)

    def append(self, events: Sequence[Event]) -> Serial:
        """Commit `events` together and wait until they are durable; gives their serial (of none: the last one).

        Raises LeaseLost, after leaving results behind as late ones, and LedgerError for events that do not
        fit what is recorded.
        """
        return self.submit(events).result()

    def submit(self, events: Sequence[Event]) -> Future[Serial]:
        """Like `append`, without waiting. Raises TypeError or ValueError for what cannot be recorded."""
        if not events:
            nothing: Future[Serial] = Future()
            nothing.set_result(self._reader.look(lambda folding: folding.serial))
            return nothing
        own = [type(event).__name__ for event in events if isinstance(event, OWN)]
        if own:
            raise ValueError(f"{own[0]} is for the ledger itself to append")
        return self._enqueue(events)

    def _enqueue(self, events: Sequence[Event]) -> Future[Serial]:
        submission = _Submission(events)
        with self._lock:
            if self._ended is None and not self._closing:
                self._queue.append(submission)
                self._wake.set()
                return submission.future
        self._refuse(submission)
        return submission.future

    def remaining_s(self) -> float:
        """Seconds until this holder must stop by its own clock; 0 when the lease is lost."""
        if self._ended is not None:
            return 0.0
        return max(0.0, self.deadline_s() - self._clock.now())

    def deadline_s(self) -> float:
        """The instant, on the ledger's clock, at which this holder must stop unless it renews."""
        return self._renewed_at + self._term_s * (1 - MARGIN)

    @property
    def term_s(self) -> float:
        """Seconds of the term that the last renewal began."""
        return self._term_s

    def renew(self, term_s: float | None = None) -> None:
        """Renew now, for a longer term if one is given. Raises LeaseLost."""
        self._enqueue([self._renewal(term_s)]).result()

    def rotate_key(self, number: int) -> None:
        """Seal what follows with data key `number`. Raises LeaseLost."""
        self._enqueue([KeyRotated(key=number)]).result()

    def close(self) -> None:
        """Commit what is waiting, write a checkpoint if it pays, release the lease. Raises LeaseLost."""
        with self._lock:
            if self._closing:
                return
        if self._checkpointing is not None:
            self._checkpointing.join()
        last: list[Event] = []
        if self._ended is None and self._reader.tail.is_worth_ending:
            # What is still queued lands before the release below, at the end of a short tail.
            last += self._checkpoint()
        self._close_with([*last, LeaseReleased(lease=self._lease.id)])

    def seal(self, volume: int) -> None:
        """Commit what is waiting and seal the log; it goes on in `volume`. Ends the lease. Raises LeaseLost."""
        if self._checkpointing is not None:
            self._checkpointing.join()
        self._close_with([VolumeSealed(volume=volume)])

    def move(self, to: str) -> None:
        """Commit what is waiting and end the log here; it goes on in the store `to`. Ends the lease. Raises LeaseLost."""
        if self._checkpointing is not None:
            self._checkpointing.join()
        self._close_with([LedgerMoved(to=to)])

    def _close_with(self, events: Sequence[Event]) -> None:
        submission = _Submission(events)
        with self._lock:
            self._closing = True
            if self._ended is None:
                self._queue.append(submission)
            else:
                submission.future.set_exception(self._ended)
            self._wake.set()
        self._thread.join()
        submission.future.result()
        self._reader.remember()

    def _run(self) -> None:
        try:
            self._serve()
        except BaseException as error:  # noqa: BLE001 - nobody may be left waiting for a thread that died
            self._end(_stopped(error), [])

    def _serve(self) -> None:
        while True:
            self._clock.wait(self._wake, self._until_renewal())
            self._wake.clear()
            batch, closing = self._take()
            if batch:
                self._flush(batch)
            elif closing or self._ended is not None:
                return
            elif self._until_renewal() <= 0:
                self._flush([_Submission([self._renewal(None)])])

    def _until_renewal(self) -> float:
        due = self._renewed_at + self._term_s / RENEWALS_A_TERM
        return max(0.0, due - self._clock.now())

    def _renewal(self, term_s: float | None) -> LeaseRenewed:
        self._renewals += 1
        return LeaseRenewed(lease=self._lease.id, renewals=self._renewals, term_s=term_s)

    def _take(self) -> tuple[list[_Submission], bool]:
        batch: list[_Submission] = []
        events = size = 0
        with self._lock:
            while self._queue and events < BATCH_EVENTS and size < BATCH_BYTES:
                submission = self._queue.popleft()
                events += len(submission.lines)
                size += sum(map(len, submission.lines))
                batch.append(submission)
            if self._queue or (batch and self._closing):
                self._wake.set()
            return batch, self._closing

    def _flush(self, batch: list[_Submission]) -> None:
        try:
            batch = self._fitting(batch)
            if not batch:
                return
            serial = self._commit([line for submission in batch for line in submission.lines])
        except LeaseLost as lost:
            self._end(lost, batch)
            return
        except Exception as error:  # noqa: BLE001 - whatever it was, the batch's callers must hear of it
            self._end(_stopped(error), batch)
            return
        for submission in batch:
            submission.future.set_result(serial)
        if self._reader.tail.is_long:
            self._begin_checkpoint()

    def _fitting(self, batch: list[_Submission]) -> list[_Submission]:
        """Those of `batch` that can be folded. Only renames can fail to fit; the others are not tried out."""
        if not any(isinstance(event, ResourcesRenamed) for s in batch for event in s.events):
            return batch
        fitting = []
        folding = self._reader.look(Folding.copy)
        for submission in batch:
            trial = folding.copy()
            trial.thaw()
            try:
                for event in submission.events:
                    trial.apply(event, trial.serial + 1)
            except Unsound as error:
                submission.future.set_exception(LedgerError(f"an event does not fit the ledger: it {error}"))
                continue
            folding = trial
            fitting.append(submission)
        return fitting

    def _commit(self, lines: list[bytes]) -> Serial:
        """Write one segment at the head. Raises LeaseLost, or what makes going on pointless."""
        while True:
            self._require_held()
            segment = self._try(lines)
            if segment is not None:
                return segment.serial
            # Somebody else's segment has the place: fold it, and stop if it ended the lease (rule L3).
            self._patiently(self._reader.refresh)

    def _try(self, lines: list[bytes]) -> Segment | None:
        """The segment, if it got the place after the head."""
        started = self._clock.now()
        edge, (data, segment) = self._reader.look(
            lambda folding: (
                self._reader.edge,
                pack_segment(
                    lineage=folding.lineage,
                    serial=folding.serial + 1,
                    previous=folding.hash,
                    lease=self._lease.id,
                    epoch=self._lease.epoch,
                    lines=lines,
                    key=folding.key,
                    sealing=self._reader.keys,
                ),
            )
        )
        key = segment_key(segment.serial)
        while True:
            if self._patiently(lambda: edge.put(key, data)) is PutResult.CREATED:
                self._require_in_time()
                break
            found = self._patiently(lambda: edge.get(key))
            if found == data:
                break
            if found is not None:
                return None
            self._require_held()  # the answer was lost, and nothing was written: the same bytes once more
        self._reader.accept(segment)
        self._renewed_at = started
        lease = self._reader.look(lambda folding: folding.lease)
        if lease is not None and lease.id == self._lease.id:
            self._term_s = lease.term_s
        return segment

    def _patiently(self, call: Callable[[], T]) -> T:
        """Repeat `call` while the store cannot be reached and the lease lasts."""
        while True:
            try:
                return call()
            except StoreUnreachable as error:
                if not error.retryable:
                    raise
                try:
                    self._require_held()
                except LeaseLost as lost:
                    raise LeaseLost(
                        f"the ledger's store could not be reached until the lease ended: {error.summary}",
                        detail=error.detail,
                    ) from lost
                self._clock.wait(threading.Event(), STORE_PAUSE_S)

    def _require_held(self) -> None:
        """Raises LeaseLost if another ended the lease or this holder's own time is over."""
        if self._ended is not None:
            raise self._ended
        lease = self._reader.look(lambda folding: folding.lease)
        if lease is None or (lease.id, lease.epoch) != (self._lease.id, self._lease.epoch):
            if self._reader.look(lambda folding: folding.volume) != self._volume:
                raise LeaseLost(_pruned(self._lease, self._reader.where))
            raise LeaseLost(_ended_by(self._lease, lease))
        if self._clock.now() >= self.deadline_s():
            raise LeaseLost(
                f"the lease `{self._lease.id}` was not renewed in time",
                detail="This process was stopped, asleep, or cut off from the store for a whole term, so that "
                "another operation may have taken over.",
            )

    def _require_in_time(self) -> None:
        """Raises LeaseLost if a put ended so late that its name may have been taken away before by a prune."""
        if self._clock.now() >= self.deadline_s() and self._reader.has_moved_on():
            raise LeaseLost(_pruned(self._lease, self._reader.where))

    def _end(self, lost: LeaseLost, batch: list[_Submission]) -> None:
        with self._lock:
            self._ended = lost
            waiting = [*batch, *self._queue]
            self._queue.clear()
        self.lost.set()
        for submission in waiting:
            if not submission.future.done():
                self._refuse(submission)

    def _refuse(self, submission: _Submission) -> None:
        """Fail a submission, and leave what it says of calls that were made as a late result (rule A2)."""
        reason = self._ended or LeaseLost(f"the lease `{self._lease.id}` was released")
        detail = reason.detail
        results = [
            line
            for event, line in zip(submission.events, submission.lines, strict=True)
            if isinstance(event, RESULTS)
        ]
        if results:
            try:
                detail = (
                    f"{detail} The result was left at `{self._leave(results)}` for the next apply.".strip()
                )
            except LedgerError as error:
                detail = f"{detail} {error.summary}. {error.detail}".strip()
        lost = LeaseLost(reason.summary, detail=detail)
        lost.__cause__ = reason.__cause__
        submission.future.set_exception(lost)

    def _leave(self, lines: list[bytes]) -> str:
        number = next(self._late_numbers)
        header = self._reader.look(
            lambda folding: late_header(folding, self._lease.id, self._lease.epoch, number)
        )
        return leave_late(self._reader.root, self._spool, self._reader.keys, header, lines)

    def _begin_checkpoint(self) -> None:
        """Write a checkpoint aside: on a slow store it may take longer than a term, and renewals must go on."""
        if self._checkpointing is None or not self._checkpointing.is_alive():
            self._checkpointing = threading.Thread(
                target=self._checkpoint_aside, name="unknot-checkpoint", daemon=True
            )
            self._checkpointing.start()

    def _checkpoint_aside(self) -> None:
        events = self._checkpoint()
        if events:
            self._enqueue(events)

    def _checkpoint(self) -> list[Event]:
        """Write a checkpoint, and give the event that vouches for it; nothing if that did not work out."""
        folding = self._reader.look(Folding.copy)
        try:
            written = write_checkpoint(self._reader.edge, folding, self._reader.keys)
        except LedgerError:
            return []  # the log is whole without it; a store that is gone shows at the next append
        if written is None:
            return []
        self._reader.tail.restart(written.size_bytes)
        return [CheckpointWritten(serial=written.serial, hash=written.hash)]


def _stopped(error: BaseException) -> LeaseLost:
    lost = LeaseLost(
        f"the ledger cannot be written any more: {error}",
        detail=error.detail if isinstance(error, LedgerError) else "",
    )
    lost.__cause__ = error
    return lost


def _pruned(own: Lease, where: str) -> str:
    return f"the lease `{own.id}` was ended, and `unknot state prune` has sealed the log of `{where}` that it wrote to"


def _ended_by(own: Lease, other: Lease | None) -> str:
    if other is None:
        return f"the lease `{own.id}` was ended by `unknot unlock`"
    return f"the lease `{own.id}` was taken over by {other.holder} on {other.host} (`{other.operation}`)"
