"""A segment: a batch of events, its place in the chain, and the lease it was written under (rules L1, L3).

Encodes and decodes; does not judge whether a segment fits the one before it.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeAlias

import msgspec

from unknot.state.events import Event
from unknot.state.ledger.envelope import FORMAT, Header, Opened, Sealing, Unsound, new_nonce, pack
from unknot.state.ledger.layout import segment_key
from unknot.state.snapshot import Serial

Upgrade: TypeAlias = Callable[[list[dict[str, Any]]], list[dict[str, Any]]]

UPGRADES: dict[int, Upgrade] = {}
"""From a format to the next: takes and gives a segment's events as plain JSON objects."""

_encoder = msgspec.json.Encoder(order="deterministic")
_decoder = msgspec.json.Decoder(Event)


class Segment(msgspec.Struct, frozen=True):
    """A batch of events in its place."""

    header: Header
    events: tuple[Event, ...]
    hash: str
    size_bytes: int = 0

    @property
    def serial(self) -> Serial:
        return self.header.serial


def encode_events(events: Iterable[Event]) -> list[bytes]:
    """One canonical JSON line for each; raises TypeError for a value that JSON cannot hold."""
    return [_encoder.encode(event) for event in events]


def decode_events(lines: Iterable[bytes]) -> tuple[Event, ...]:
    """Raises msgspec.MsgspecError."""
    return tuple(map(_decoder.decode, lines))


def pack_segment(
    *,
    lineage: str,
    serial: Serial,
    previous: str,
    lease: str,
    epoch: int,
    lines: Sequence[bytes],
    key: int = 0,
    sealing: Sealing | None = None,
) -> tuple[bytes, Segment]:
    """A segment's bytes, and the segment as a reader would see it."""
    header = Header(
        unknot="segment",
        format=FORMAT,
        lineage=lineage,
        serial=serial,
        previous=previous,
        nonce=new_nonce(),
        lease=lease,
        epoch=epoch,
        key=key,
    )
    data, hash_ = pack(header, b"\n".join(lines), segment_key(serial), sealing)
    return data, Segment(header, decode_events(lines), hash_, len(data))


def segment_of(opened: Opened, size_bytes: int) -> Segment:
    """Read a segment's events; raises Unsound."""
    if opened.header.unknot != "segment":
        raise Unsound(f"is a {opened.header.unknot}, not a segment")
    lines = opened.body.split(b"\n")
    try:
        if opened.header.format == FORMAT:
            events = decode_events(lines)
        else:
            events = _upgraded(lines, opened.header.format)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise Unsound(f"holds an event that cannot be read: {error}") from error
    return Segment(opened.header, events, opened.hash, size_bytes)


def _upgraded(lines: list[bytes], version: int) -> tuple[Event, ...]:
    events: list[dict[str, Any]] = [msgspec.json.decode(line) for line in lines]
    for step in range(version, FORMAT):
        if step not in UPGRADES:
            raise Unsound(f"is in format {version}, which this unknot no longer reads")
        events = UPGRADES[step](events)
    return tuple(msgspec.convert(event, Event) for event in events)
