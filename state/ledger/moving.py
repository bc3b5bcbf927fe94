"""Moving a ledger to another store: copied, verified byte by byte, and ended where it was (`state migrate`).

    source   ... N: ledger-moved      by the holder of the lease, which ends with it; nothing may follow
    target   ... N: ledger-moved, N+1: ledger-arrived

Each object is put if absent, so that doing it again goes on where it was interrupted. Until the last of them is
there the target's log has a gap, and nobody takes it for a ledger: the lowest missing segment comes last.
"""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import msgspec

from unknot.stacks.errors import LedgerDamaged, LedgerError, LedgerMovedAway
from unknot.state.events import LedgerArrived
from unknot.state.ledger.append import append_without_lease
from unknot.state.ledger.edge import LedgerStore
from unknot.state.ledger.layout import KEYS, LATE, LOG, segment_serial, volume_of, volume_prefix

if TYPE_CHECKING:
    from unknot.state.ledger import Ledger
    from unknot.state.ledger.reader import Head

THREADS = 8

TERM_S = 30.0
"""Of the lease under which a ledger is moved."""


class Moved(msgspec.Struct, frozen=True):
    """What a move did."""

    objects: int
    """Copied by this call, of those of which the ledger is made."""
    size_bytes: int
    head: "Head"
    """Of the log as it was copied."""


class Survey(msgspec.Struct, frozen=True):
    """What a move would do."""

    objects: int
    missing: int
    """Of these, how many are not in the target yet."""


def survey(source: "Ledger", target: "Ledger") -> Survey:
    """Compare the two places by name. Raises LedgerError if the target holds something else."""
    copying = _Copying(source.reader().root, target.reader().root)
    keys, there = copying.compare()
    return Survey(len(keys), len(keys - there))


def move_ledger(
    source: "Ledger",
    target: "Ledger",
    to: str,
    *,
    wait_s: float = 0.0,
    term_s: float = TERM_S,
    tell: Callable[[int, int], None] = lambda _done, _of: None,
) -> Moved:
    """Move a ledger to the store with the URL `to`; doing it again finishes what was interrupted.

    `tell` is given how many objects are there, and of how many. Raises LedgerError; LeaseHeld if somebody is
    at work on the ledger.
    """
    reader = source.reader()
    copying = _Copying(reader.root, target.reader().root, tell)
    recorded = reader.refresh()
    if not recorded.moved_to:
        copying.compare()
        with source.take_lease(operation=f"state migrate {to}", wait_s=wait_s, term_s=term_s) as held:
            copying.run(is_ended=False)  # most of it, while nobody else writes
            held.writer.move(to)
    elif recorded.moved_to != to:
        raise LedgerMovedAway(reader.where, recorded.moved_to)
    elif _goes_on(target, recorded.lineage, recorded.serial):
        copying.late()  # what fenced writers left at the old place since
        return Moved(copying.objects, copying.size_bytes, reader.head())
    copying.run(is_ended=True)
    head = target.reader().verify()
    if head != reader.head():
        raise LedgerDamaged(
            f"`{target.where}` does not end where `{source.where}` does",
            detail="Somebody else wrote there. Nothing was lost at the old place; move to an empty one.",
        )
    append_without_lease(
        target.reader(), lambda folding: [LedgerArrived(at=to)] if folding.moved_to else None, arrives=True
    )
    return Moved(copying.objects, copying.size_bytes, head)


def _goes_on(target: "Ledger", lineage: str, serial: int) -> bool:
    """Whether the ledger has arrived there before."""
    if not target.exists:
        return False
    try:
        found = target.reader().refresh()
    except LedgerDamaged:
        return False  # the gap of an interrupted move
    return found.lineage == lineage and found.serial > serial


class _Copying:
    """Objects of one place that are to be in another."""

    def __init__(
        self,
        source: LedgerStore,
        target: LedgerStore,
        tell: Callable[[int, int], None] = lambda _done, _of: None,
    ) -> None:
        self._source = source
        self._target = target
        self._tell = tell
        self._verified: set[str] = set()
        self.objects = 0
        self.size_bytes = 0

    def compare(self) -> tuple[set[str], set[str]]:
        """What is in each place. Raises LedgerError if the target has segments or data keys that are not of this ledger."""
        keys, there = set(self._source.list("")), set(self._target.list(""))
        foreign = sorted(key for key in there - keys if _is_segment(key) or key.startswith(KEYS))
        if foreign:
            raise self._taken(foreign[0])
        return keys, there

    def run(self, *, is_ended: bool) -> None:
        """Copy what is missing and verify what is there; all of it once the log has ended.

        Raises LedgerError if the target holds other bytes.
        """
        keys, there = self.compare()
        total = len(keys)
        newest = max((volume_of(key) or 0 for key in keys), default=1)
        log = f"{volume_prefix(newest)}{LOG}"
        missing = sorted((key for key in keys - there if key.startswith(log)), reverse=True)
        others = [
            key for key in keys if not key.startswith(log) and (_is_segment(key) or key.startswith(KEYS))
        ]
        self._all([*missing[:-1], *(key for key in keys & there if key.startswith(log))], total)
        self._all(others, total)
        if is_ended:
            self._all(missing[-1:], total)
            self._all(keys, total)  # checkpoints and late results: of use only to a whole log

    def late(self) -> None:
        """Copy late results only."""
        keys = self._source.list(LATE)
        self._all(keys, len(keys))

    def _all(self, keys: Iterable[str], total: int) -> None:
        with ThreadPoolExecutor(THREADS, thread_name_prefix="move") as pool:
            wanted = [key for key in keys if key not in self._verified]
            for key, size in zip(wanted, pool.map(self._copy, wanted), strict=True):
                self._verified.add(key)
                self.objects += size is not None
                self.size_bytes += size or 0
                self._tell(len(self._verified), total)

    def _copy(self, key: str) -> int | None:
        """Bytes copied; None if the object was there. Raises LedgerError unless it is there in the end."""
        data = self._source.get(key)
        if data is None:
            if not key.startswith(LATE):
                raise LedgerDamaged(f"`{self._source.where(key)}` was removed while the ledger was moved")
            return None  # taken in by somebody since it was listed
        found = self._target.get(key)
        if found is None:
            self._target.put(key, data)
            if self._target.get(key) == data:
                return len(data)
        elif found == data:
            return None
        raise self._taken(key)

    def _taken(self, key: str) -> LedgerError:
        return LedgerError(
            f"`{self._target.where()}` holds something else already",
            detail=f"`{self._target.where(key)}` is not what it is in `{self._source.where()}`. Move the ledger to an "
            "empty place, or remove what is there if nobody needs it.",
        )


def _is_segment(key: str) -> bool:
    volume = volume_of(key)
    return volume is not None and segment_serial(key.removeprefix(volume_prefix(volume))) is not None
