"""Reading a ledger: its head, what is recorded now or at an earlier serial, and its history.

A reader follows the log as it grows and has no way to write. Whatever does not fit the chain stops it with
the name of the file; only a damaged checkpoint is passed by, with a diagnostic.
"""

import threading
from collections.abc import Callable, Iterator
from typing import TypeVar

import msgspec

from unknot.stacks.diagnostic import Diagnostic
from unknot.stacks.errors import LedgerDamaged, LedgerError, LedgerMovedAway, LedgerReplaced
from unknot.state.events import CheckpointWritten, Event, VolumeBegun
from unknot.state.ledger.chain import Chain
from unknot.state.ledger.checkpoint import Tail, Written, checkpoints_before, read_checkpoint
from unknot.state.ledger.edge import LedgerStore
from unknot.state.ledger.encryption import KeyRing
from unknot.state.ledger.envelope import Unsound
from unknot.state.ledger.fold import Folding
from unknot.state.ledger.layout import LOG, LOGS, checkpoint_key, segment_key, volume_of
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

    def __init__(self, root: LedgerStore, keys: KeyRing | None, watermarks: Watermarks | None) -> None:
        self.root = root
        """The whole ledger's place: of keys and late results."""
        self.tail = Tail()
        self._chain = Chain(root, keys)
        self._is_located = False
        self._watermarks = watermarks
        self._folding: Folding | None = None
        self._lock = threading.RLock()
        self._diagnostics: dict[str, Diagnostic] = {}
        self.may_be_plain = False
        """With a key: whether a ledger that is not encrypted is read all the same, to be given its first one."""

    @property
    def edge(self) -> LedgerStore:
        """The place of the segments and checkpoints that are read and written now: of the newest volume."""
        return self._chain.edge

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
        return self.root.where()

    @property
    def exists(self) -> bool:
        """Whether anything is recorded here. Raises LedgerReplaced if something was, and is gone."""
        with self._lock:
            if self._locate():
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
        """Everything recorded now, or as of serial `at`. Raises LedgerError if there is no such.

        Raises LedgerMovedAway in place of what was recorded before a move as what is recorded now.
        """
        with self._lock:
            if at is not None:
                return self._load_at(at).snapshot()
            folding = self.refresh()
            if folding.moved_to:
                raise LedgerMovedAway(self.where, folding.moved_to)
            return folding.snapshot()

    def history(self, start: Serial = 1, stop: Serial | None = None) -> Iterator[HistoryEntry]:
        """Every segment that is kept from `start` to `stop`, both included, each checked against the one before it."""
        previous: str | None = None
        for first, chain in reversed(self._kept(down_to=start)):
            begin = max(start, first)
            if stop is not None and begin > stop:
                return
            if previous is None and begin > first:
                previous = chain.read(begin - 1).hash
            for segment in chain.segments(begin - 1, stop):
                header = segment.header
                if previous is not None and header.previous != previous:
                    raise chain.damaged(segment.serial, "does not continue the segment before it")
                previous = segment.hash
                at = segment.events[0].at if segment.events else ""
                yield HistoryEntry(
                    header.serial, segment.hash, header.lease, header.epoch, at, segment.events
                )

    def begins(self) -> Serial:
        """The earliest serial that can be read: 1 unless history was deleted (`state prune`)."""
        return self._kept()[-1][0]

    def require(self, seen: Head) -> None:
        """Make sure that the ledger goes on from a head that a plan or a manifest remembers (rule L6).

        Raises LedgerReplaced if it is shorter or has another segment there.
        """
        with self._lock:
            folding = self.refresh()
            if folding.serial >= seen.serial and self._had(folding)(seen.serial, seen.hash):
                return
        raise LedgerReplaced(
            f"`{self.where}` does not go on from serial {seen.serial} as it was seen",
            detail=f"It ends at serial {folding.serial}. It was cut short or replaced, or what remembers it "
            "belongs to another ledger: plan again, or bring the ledger back from a backup.",
        )

    def verify(self) -> Head:
        """Read the whole log that is kept and every checkpoint, trusting none of them. Raises LedgerDamaged.

        Checkpoints that are unsound are in `diagnostics` afterwards.
        """
        with self._lock:
            folding = Folding()
            newest = 0
            for _, chain in reversed(self._kept()):
                newest = 0
                for serial in checkpoints_before(chain.edge):
                    newest = newest or serial
                    self._from_checkpoint(chain, serial, None)
                folding = self._follow(chain, folding, None)
            self._require_whole(folding, newest)
            return Head(folding.serial, folding.hash)

    def refresh(self) -> Folding:
        """Catch up with the log. The builder is the reader's: only the ledger's own writer may touch it."""
        with self._lock:
            if self._folding is None:
                folding = self._newest()
                self._check_key(folding)
                if self._watermarks is not None:
                    self._watermarks.check(folding.lineage, folding.serial, self._had(folding))
                self._folding = folding
            else:
                folding, self._folding = self._folding, None  # read anew after a damage in the middle
                self._folding = self._newest(folding)
            self.remember()
            return self._folding

    def has_moved_on(self) -> bool:
        """Whether the log goes on in a later volume than what was read last, asking the store."""
        return (self._located() or 1) > self._chain.volume

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

    def _located(self) -> int | None:
        """The newest volume in the store; None when there is no ledger."""
        for key in self.root.list(LOGS, limit=1):
            if (volume := volume_of(key)) is not None:
                return volume
            # Something else has such a name. The first volume tells where the log goes on.
            return 1 if self.root.list(LOG, limit=1) else None
        return None

    def _locate(self) -> bool:
        """Turn to the newest volume. Whether there is a ledger at all."""
        volume = self._located()
        self._is_located = volume is not None
        if volume is not None and volume > self._chain.volume:
            self._chain = self._chain_of(volume)
        return self._is_located

    def _chain_of(self, volume: int) -> Chain:
        return Chain(self.root, self._chain.sealing, volume)

    def _kept(self, down_to: Serial = 1) -> list[tuple[Serial, Chain]]:
        """Volumes whose segments can be read, the newest first, with the serial that each begins with."""
        with self._lock:
            if not self._is_located:
                self._locate()
            newest = self._chain
        if newest.volume == 1:
            return [(1, newest)]
        kept: list[tuple[Serial, Chain]] = []
        for volume in range(newest.volume, 0, -1):
            chain = newest if volume == newest.volume else self._chain_of(volume)
            beginning = chain.beginning()
            if beginning is None:
                break
            kept.append((beginning.serial, chain))
            if beginning.serial <= down_to:
                break
        if not kept:
            first = segment_key(1)
            raise LedgerDamaged(
                f"`{newest.edge.where(LOG)}` does not begin with the segment that a volume begins with",
                detail=f"It is missing, and later ones are there. Bring it back from a backup (`{first}` has no part "
                "in this: what was before was pruned).",
            )
        return kept

    def _newest(self, folding: Folding | None = None) -> Folding:
        """The state at the head; what is new since `folding` if that is given. Follows the log into later volumes."""
        while True:
            try:
                if folding is None:
                    if not self._is_located:
                        self._locate()
                    folding = self._load(self._chain, None)
                else:
                    folding = self._follow(self._chain, folding, None, self.tail)
            except LedgerDamaged:
                # A prune may have taken away what was still to be read here: then the log goes on elsewhere.
                if not self.has_moved_on():
                    raise
                self._locate()
                folding = None
                continue
            if not folding.sealed or not self._chain_of(folding.sealed).edge.list(LOG, limit=1):
                return folding
            self._chain = self._chain_of(folding.sealed)

    def _load_at(self, at: Serial) -> Folding:
        """The state as of an earlier serial, from the volume that has it. Raises LedgerError."""
        kept = self._kept(down_to=at)
        first, chain = kept[-1]
        folding = self._load(chain, at) if at >= first else None
        if folding is None or folding.serial != at:
            raise LedgerError(
                f"the ledger has no serial {at}",
                detail=f"`{self.where}` holds the serials {self.begins()} to {self.refresh().serial}."
                + (" What was before was pruned." if at < first and at > 0 and first > 1 else ""),
            )
        return folding

    def _load(self, chain: Chain, at: Serial | None) -> Folding:
        """The state from a volume's newest sound checkpoint and what follows it, up to `at`."""
        newest = 0
        tail = self.tail if at is None else Tail()
        for serial in checkpoints_before(chain.edge, at):
            newest = newest or serial
            tail.restart(0)
            folding = self._from_checkpoint(chain, serial, at, tail)
            if folding is not None:
                break
        else:
            tail.restart(0)
            folding = self._follow(chain, Folding(), at, tail)
        self._require_whole(folding, newest)
        return folding

    def _from_checkpoint(
        self, chain: Chain, serial: Serial, at: Serial | None, tail: Tail | None = None
    ) -> Folding | None:
        """The state from one checkpoint, if a later segment vouches for it; None with a diagnostic if not."""
        try:
            folding, written = read_checkpoint(chain.edge, serial, self.keys)
            if tail is not None:
                tail.restart(written.size_bytes)
            vouched = False
            for segment in chain.segments(serial):
                if at is None or segment.serial <= at:
                    folding.add(segment)
                    if tail is not None:
                        tail.grow(segment.size_bytes)
                vouched = vouched or _vouches(segment, written)
                if vouched and at is not None and segment.serial >= at:
                    break
        except Unsound as error:
            self._pass_by(chain, serial, error.reason)
            return None
        # Without a voucher its writer died just after it: not damaged, but nobody answers for it.
        return folding if vouched else None

    def _follow(self, chain: Chain, folding: Folding, at: Serial | None, tail: Tail | None = None) -> Folding:
        for segment in chain.segments(folding.serial, at):
            try:
                folding.add(segment)
            except Unsound as error:
                raise chain.damaged(segment.serial, error.reason) from error
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

    def _had(self, folding: Folding) -> Callable[[Serial, str], bool]:
        """Whether the segment of a serial has, or had, a hash; also of one whose volume was pruned away."""

        def had(serial: Serial, hash_: str) -> bool:
            if serial == folding.serial:
                return folding.hash == hash_
            if serial >= folding.first:
                return self._chain.read(serial).hash == hash_
            begun = self._chain.read(folding.first).events[0]
            return isinstance(begun, VolumeBegun) and begun.had(serial, hash_)

        return had

    def _pass_by(self, chain: Chain, serial: Serial, reason: str) -> None:
        key = checkpoint_key(serial)
        self._diagnostics[key] = Diagnostic.warning(
            f"the checkpoint of serial {serial} is not used: it {reason}",
            detail=f"`{chain.edge.where(key)}`. Nothing is lost: the state was made from the log. The object "
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
