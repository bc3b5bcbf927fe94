"""The chain of segments in a store: each read, checked against its own digests, and found in its place.

Turns whatever is wrong with a file into LedgerDamaged with the file's name. Does not fold.
"""

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

from unknot.stacks.errors import LedgerDamaged
from unknot.state.events import LedgerCreated, VolumeBegun
from unknot.state.ledger.edge import LedgerStore
from unknot.state.ledger.envelope import Sealing, Unsound, unpack
from unknot.state.ledger.layout import LOG, segment_key, segment_serial, volume_prefix
from unknot.state.ledger.segment import Segment, segment_of
from unknot.state.snapshot import Serial


class Chain:
    """Reads the segments of one volume. Holds no state but where they are."""

    def __init__(self, root: LedgerStore, sealing: Sealing | None, volume: int = 1) -> None:
        """`root` is the whole ledger's place."""
        self.edge = root.below(volume_prefix(volume))
        self.sealing = sealing
        self.volume = volume

    def beginning(self) -> Segment | None:
        """The first segment, if the volume is whole from its beginning on; None if its history was deleted."""
        for key in self.edge.list(LOG, limit=1):
            serial = segment_serial(key)
            if serial is not None:
                segment = self.read(serial)
                if segment.events and isinstance(segment.events[0], LedgerCreated | VolumeBegun):
                    return segment
        return None

    def segments(self, after: Serial, stop: Serial | None = None) -> Iterator[Segment]:
        """The segments after serial `after`, in order and without a gap, up to `stop`. Raises LedgerDamaged."""
        keys = self.edge.list(LOG, start_after=segment_key(after) if after else None)
        last = after
        if after == 0 and self.volume > 1 and keys:
            after = (segment_serial(keys[0]) or 1) - 1
        for key in keys:
            serial = segment_serial(key)
            if serial is None:
                raise LedgerDamaged(
                    f"`{self.edge.where(key)}` is not a file of the ledger",
                    detail="Something else was put among its segments. Move it away; nothing is lost by that.",
                )
            last = max(last, serial)
        # Every serial is read, listed or not: a listing may miss a name that appeared while it was made.
        yield from self._read_all(range(after + 1, min(last, stop or last) + 1))

    def _read_all(self, serials: range) -> Iterator[Segment]:
        """In order; from a store behind a network several at once, a bounded number ahead of who takes them."""
        readers = min(self.edge.readers, len(serials))
        if readers < 2:
            yield from map(self.read, serials)
            return
        with ThreadPoolExecutor(readers, thread_name_prefix="chain") as pool:
            ahead: deque[Future[Segment]] = deque()
            try:
                for serial in serials:
                    ahead.append(pool.submit(self.read, serial))
                    if len(ahead) > 2 * readers:
                        yield ahead.popleft().result()
                while ahead:
                    yield ahead.popleft().result()
            finally:
                for future in ahead:
                    future.cancel()

    def read(self, serial: Serial) -> Segment:
        """One segment. Raises LedgerDamaged if it is not there or not sound."""
        key = segment_key(serial)
        data = self.edge.get(key)
        if data is None:
            raise LedgerDamaged(
                f"`{self.edge.where(key)}` is missing from the ledger",
                detail=_mend(serial),
            )
        try:
            segment = segment_of(unpack(data, key, self.sealing), len(data))
            if segment.serial != serial:
                raise Unsound(f"says that it is segment {segment.serial}")
        except Unsound as error:
            raise self.damaged(serial, error.reason) from error
        return segment

    def damaged(self, serial: Serial, reason: str) -> LedgerDamaged:
        """What to raise for a segment that is not what it must be; `reason` completes the sentence."""
        return LedgerDamaged(f"`{self.edge.where(segment_key(serial))}` {reason}", detail=_mend(serial))


def _mend(serial: Serial) -> str:
    earlier = (
        f" Until then, what was recorded before it can be read with `--at {serial - 1}`."
        if serial > 1
        else ""
    )
    return (
        "Bring that one object back from the bucket's earlier versions or a backup: each segment's hash is in "
        f"the next one, so that a wrong copy cannot slip in. Do not delete or renumber others.{earlier}"
    )
