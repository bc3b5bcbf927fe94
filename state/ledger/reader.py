"""Reading a ledger: its head, what is recorded now or at an earlier serial, and its history.

A reader follows the log as it grows and has no way to write. Whatever does not fit the chain stops it with
the name of the file; only a damaged checkpoint is passed by, with a diagnostic.
"""

import threading
from collections.abc import Callable, Iterator
from typing import TypeVar

import msgspec

from unknot.stacks.diagnostic import Diagnostic
from unknot.stacks.errors import LedgerDamaged, LedgerError, LedgerReplaced
from unknot.state.events import CheckpointWritten, Event
from unknot.state.ledger.chain import Chain
from unknot.state.ledger.checkpoint import Tail, Written, checkpoints_before, read_checkpoint
from unknot.state.ledger.edge import LedgerStore
from unknot.state.ledger.encryption import KeyRing
from unknot.state.ledger.envelope import Unsound
from unknot.state.ledger.fold import Folding
from unknot.state.ledger.layout import LOG, checkpoint_key, segment_key
from unknot.state.ledger.segment import Segment
from unknot.state.ledger.watermark import Watermarks
from unknot.state.snapshot import Serial, Snapshot

T = TypeVar("T")


class Head(msgspec.Struct, frozen=True):
    """The last segment: what a plan, a manifest or a client remembers of a ledger (rule L6)."""

    serial: Serial
    hash: str


class HistoryEntry(msgspec.Struct, frozen=True):
    """One segment, for display."""

    serial: Serial
    hash: str
    lease: str
    epoch: int
    at: str
    """Wall clock of its first event."""
    events: tuple[Event, ...]


class LedgerReader:
    """Follows one ledger. Safe for threads."""

    def __init__(self, edge: LedgerStore, keys: KeyRing | None, watermarks: Watermarks | None) -> None:
        self.edge = edge
        self.tail = Tail()
        self._chain = Chain(edge, keys)
        self._watermarks = watermarks
        self._folding: Folding | None = None
        self._lock = threading.RLock()
        self._diagnostics: dict[str, Diagnostic] = {}
        self.may_be_plain = False
        """With a key: whether a ledger that is not encrypted is read all the same, to be given its first one."""

    @property
    def keys(self) -> KeyRing | None:
        """What opens sealed bodies."""
        sealing = self._chain.sealing
        assert sealing is None or isinstance(sealing, KeyRing)
        return sealing

    @keys.setter
    def keys(self, keys: KeyRing | None) -> None:
        self._chain.sealing = keys

    @property
    def is_read(self) -> bool:
        """Whether it has found a ledger and read it."""
        return self._folding is not None

    @property
    def where(self) -> str:
        """The ledger's place, for messages."""
        return self.edge.where()

    @property
    def exists(self) -> bool:
        """Whether anything is recorded here. Raises LedgerReplaced if something was, and is gone."""
        if self.edge.list(LOG, limit=1):
            return True
        if self._watermarks is not None:
            self._watermarks.check_absent()
        return False

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """What was found on the way that did not stop the reader: checkpoints that were passed by."""
        with self._lock:
            return tuple(self._diagnostics.values())

    def head(self) -> Head:
        """The last segment as of now. Raises LedgerError if there is no ledger."""
        with self._lock:
            folding = self.refresh()
            return Head(folding.serial, folding.hash)

    def snapshot(self, at: Serial | None = None) -> Snapshot:
        """Everything recorded now, or as of serial `at`. Raises LedgerError if there is no such."""
        with self._lock:
            if at is None:
                return self.refresh().snapshot()
            return self._load(at).snapshot()

    def history(self, start: Serial = 1, stop: Serial | None = None) -> Iterator[HistoryEntry]:
        """Every segment from `start` to `stop`, both included, each checked against the one before it."""
        previous = self._chain.read(start - 1).hash if start > 1 else None
        for segment in self._chain.segments(start - 1, stop):
            header = segment.header
            if previous is not None and header.previous != previous:
                raise self._chain.damaged(segment.serial, "does not continue the segment before it")
            previous = segment.hash
            at = segment.events[0].at if segment.events else ""
            yield HistoryEntry(header.serial, segment.hash, header.lease, header.epoch, at, segment.events)

    def require(self, seen: Head) -> None:
        """Make sure that the ledger goes on from a head that a plan or a manifest remembers (rule L6).

        Raises LedgerReplaced if it is shorter or has another segment there.
        """
        with self._lock:
            folding = self.refresh()
            if folding.serial >= seen.serial and self._hash_in(folding)(seen.serial) == seen.hash:
                return
        raise LedgerReplaced(
            f"`{self.where}` does not go on from serial {seen.serial} as it was seen",
            detail=f"It ends at serial {folding.serial}. It was cut short or replaced, or what remembers it "
            "belongs to another ledger: plan again, or bring the ledger back from a backup.",
        )

    def verify(self) -> Head:
        """Read the whole log and every checkpoint, trusting none of them. Raises LedgerDamaged.

        Checkpoints that are unsound are in `diagnostics` afterwards.
        """
        with self._lock:
            newest = 0
            for serial in checkpoints_before(self.edge):
                newest = newest or serial
                self._from_checkpoint(serial, None)
            folding = self._follow(Folding(), None)
            self._require_whole(folding, newest)
            return Head(folding.serial, folding.hash)

    def refresh(self) -> Folding:
        """Catch up with the log. The builder is the reader's: only the ledger's own writer may touch it."""
        with self._lock:
            if self._folding is None:
                folding = self._load(None)
                self._check_key(folding)
                if self._watermarks is not None:
                    self._watermarks.check(folding.lineage, folding.serial, self._hash_in(folding))
                self._folding = folding
            else:
                folding, self._folding = self._folding, None  # read anew after a damage in the middle
                self._folding = self._follow(folding, None, self.tail)
            self.remember()
            return self._folding

    def accept(self, segment: Segment) -> None:
        """Fold a segment that this process has just written, without reading it back."""
        with self._lock:
            assert self._folding is not None
            if segment.serial > self._folding.serial:
                self._folding.add(segment)
                self.tail.grow(segment.size_bytes)

    def look(self, question: Callable[[Folding], T]) -> T:
        """The answer from the state as last read or written, without asking the store."""
        with self._lock:
            folding = self._folding if self._folding is not None else self.refresh()
            return question(folding)

    def remember(self) -> None:
        """Keep the head as this machine's watermark."""
        with self._lock:
            if self._watermarks is not None and self._folding is not None:
                folding = self._folding
                self._watermarks.remember(folding.lineage, folding.serial, folding.hash)

    def _load(self, at: Serial | None) -> Folding:
        """The state from the newest sound checkpoint and what follows it, up to `at`."""
        newest = 0
        tail = self.tail if at is None else Tail()
        for serial in checkpoints_before(self.edge, at):
            newest = newest or serial
            tail.restart(0)
            folding = self._from_checkpoint(serial, at, tail)
            if folding is not None:
                break
        else:
            tail.restart(0)
            folding = self._follow(Folding(), at, tail)
        self._require_whole(folding, newest)
        if at is not None and folding.serial != at:
            raise LedgerError(
                f"the ledger has no serial {at}",
                detail=f"`{self.where}` holds the serials 1 to {self.refresh().serial}.",
            )
        return folding

    def _from_checkpoint(self, serial: Serial, at: Serial | None, tail: Tail | None = None) -> Folding | None:
        """The state from one checkpoint, if a later segment vouches for it; None with a diagnostic if not."""
        try:
            folding, written = read_checkpoint(self.edge, serial, self.keys)
            if tail is not None:
                tail.restart(written.size_bytes)
            vouched = False
            for segment in self._chain.segments(serial):
                if at is None or segment.serial <= at:
                    folding.add(segment)
                    if tail is not None:
                        tail.grow(segment.size_bytes)
                vouched = vouched or _vouches(segment, written)
                if vouched and at is not None and segment.serial >= at:
                    break
        except Unsound as error:
            self._pass_by(serial, error.reason)
            return None
        # Without a voucher its writer died just after it: not damaged, but nobody answers for it.
        return folding if vouched else None

    def _follow(self, folding: Folding, at: Serial | None, tail: Tail | None = None) -> Folding:
        for segment in self._chain.segments(folding.serial, at):
            try:
                folding.add(segment)
            except Unsound as error:
                raise self._chain.damaged(segment.serial, error.reason) from error
            if tail is not None:
                tail.grow(segment.size_bytes)
        return folding

    def _require_whole(self, folding: Folding, newest_checkpoint: Serial) -> None:
        """A checkpoint is written after its segments: one beyond the log shows that the log lost some."""
        if folding.serial < newest_checkpoint and newest_checkpoint:
            missing = segment_key(folding.serial + 1)
            raise LedgerDamaged(
                f"`{self.edge.where(missing)}` is missing from the ledger",
                detail=f"There is a checkpoint of serial {newest_checkpoint}, so that the segments from "
                f"{folding.serial + 1} on existed. Bring them back from the bucket's earlier versions or a "
                "backup.",
            )
        if folding.serial == 0:
            if self._watermarks is not None:
                self._watermarks.check_absent()
            raise LedgerError(
                f"there is no ledger at `{self.where}`",
                detail="The first apply of a stack makes it. Is the URL right, and the environment?",
            )

    def _check_key(self, folding: Folding) -> None:
        if self.keys is not None and not folding.key and not self.may_be_plain:
            raise LedgerError(
                f"`{self.where}` is not encrypted, although a key was given",
                detail="If it never was, give it this key with `unknot state rotate-key`, or leave the key out. If it "
                "was, somebody replaced it: bring it back from a backup.",
            )

    def _hash_in(self, folding: Folding) -> Callable[[Serial], str]:
        return lambda serial: folding.hash if serial == folding.serial else self._chain.read(serial).hash

    def _pass_by(self, serial: Serial, reason: str) -> None:
        key = checkpoint_key(serial)
        self._diagnostics[key] = Diagnostic.warning(
            f"the checkpoint of serial {serial} is not used: it {reason}",
            detail=f"`{self.edge.where(key)}`. Nothing is lost: the state was made from the log. The object "
            "may be deleted, once it is known how it was damaged.",
        )


def _vouches(segment: Segment, written: Written) -> bool:
    """Whether `segment` names the checkpoint; raises Unsound if it names another one of that serial."""
    for event in segment.events:
        if isinstance(event, CheckpointWritten) and event.serial == written.serial:
            if event.hash != written.hash:
                raise Unsound("is not the one that the log names")
            return True
    return False
