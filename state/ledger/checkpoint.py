"""Checkpoints: the folded state as one object, so that a reader fetches it and a short tail (rule L6).

A checkpoint is trusted only once an event of a later segment names its hash. When to write one is decided
here too. A damaged checkpoint costs time, never data: the reader goes back to an older one or to the log.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

import msgspec

from unknot.state.ledger.edge import LedgerStore
from unknot.state.ledger.envelope import FORMAT, Header, Sealing, Unsound, new_nonce, pack, unpack
from unknot.state.ledger.fold import Folding
from unknot.state.ledger.layout import CHECKPOINTS, checkpoint_key, checkpoint_serial
from unknot.state.snapshot import Serial, Snapshot
from unknot.state.stores.base import PutResult


class CheckpointBody(msgspec.Struct, frozen=True):
    """A snapshot, and what the ledger needs besides to go on folding."""

    snapshot: Snapshot
    key: int
    recent: tuple[str, ...]
    volume: int = 1
    first: Serial = 1


class Written(msgspec.Struct, frozen=True):
    """A checkpoint that was written and is not yet named by a segment."""

    serial: Serial
    hash: str
    size_bytes: int


class Tail:
    """How much a reader must fold after the last checkpoint, and whether that calls for another one.

    Writing costs time in proportion to the whole state, so that in the middle of an apply the tail must have
    grown in proportion too: then all checkpoints of an apply together cost no more than its log.
    """

    SEGMENTS = 256
    SEGMENTS_MAX = 4096
    SEGMENTS_AT_REST = 8
    BYTES_AT_REST = 64 * 1024

    def __init__(self) -> None:
        self.segments = 0
        self.size_bytes = 0
        self.checkpoint_bytes = 0

    def grow(self, size_bytes: int) -> None:
        self.segments += 1
        self.size_bytes += size_bytes

    def restart(self, checkpoint_bytes: int) -> None:
        self.segments = 0
        self.size_bytes = 0
        self.checkpoint_bytes = checkpoint_bytes

    @property
    def is_long(self) -> bool:
        """In the middle of an operation."""
        if self.segments < self.SEGMENTS:
            return False
        return self.size_bytes >= self.checkpoint_bytes // 2 or self.segments >= self.SEGMENTS_MAX

    @property
    def is_worth_ending(self) -> bool:
        """At the end of an operation, when the next reader would profit."""
        return self.segments >= self.SEGMENTS_AT_REST or self.size_bytes >= self.BYTES_AT_REST


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(CheckpointBody).decode


def write_checkpoint(edge: LedgerStore, folding: Folding, sealing: Sealing | None) -> Written | None:
    """Write a checkpoint of `folding`; None if there is another one of the same serial."""
    body = CheckpointBody(
        snapshot=folding.snapshot(),
        key=folding.key,
        recent=tuple(folding.recent),
        volume=folding.volume,
        first=folding.first,
    )
    header = Header(
        unknot="checkpoint",
        format=FORMAT,
        lineage=folding.lineage,
        serial=folding.serial,
        previous=folding.hash,
        nonce=new_nonce(),
        key=folding.key,
    )
    path = checkpoint_key(folding.serial)
    data, hash_ = pack(header, _encode(body), path, sealing)
    if edge.put(path, data) is not PutResult.CREATED and edge.get(path) != data:
        return None
    return Written(folding.serial, hash_, len(data))


def read_checkpoint(edge: LedgerStore, serial: Serial, sealing: Sealing | None) -> tuple[Folding, Written]:
    """The state in a checkpoint, yet to be confirmed by a segment. Raises Unsound, LedgerFormatTooNew."""
    path = checkpoint_key(serial)
    data = edge.get(path)
    if data is None:
        raise Unsound("is gone")
    opened = unpack(data, path, sealing)
    header = opened.header
    if header.unknot != "checkpoint" or header.serial != serial:
        raise Unsound("is not the checkpoint that its name says")
    if header.format != FORMAT:
        raise Unsound(f"is in format {header.format}; the log is read instead")
    try:
        with _collector_paused():
            body = _decode(opened.body)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise Unsound(f"cannot be read: {error}") from error
    if (body.snapshot.serial, body.snapshot.lineage, body.key) != (serial, header.lineage, header.key):
        raise Unsound("holds another state than its header says")
    folding = Folding.of(body.snapshot)
    folding.hash = header.previous
    folding.key = body.key
    folding.recent = dict.fromkeys(body.recent)
    folding.volume, folding.first = body.volume, body.first
    return folding, Written(serial, opened.hash, len(data))


def checkpoints_before(edge: LedgerStore, at: Serial | None = None) -> Iterator[Serial]:
    """Serials of checkpoints, the newest first, those up to `at` only. Lists a few at a time."""
    after = None if at is None else f"{checkpoint_key(at).rpartition('-')[0]}-"
    while True:
        keys = edge.list(CHECKPOINTS, start_after=after, limit=8)
        for key in keys:
            serial = checkpoint_serial(key)
            if serial is not None:
                yield serial
        if len(keys) < 8:
            return
        after = keys[-1]


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Decoding makes many objects and no garbage: a collection in the middle doubles its time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
