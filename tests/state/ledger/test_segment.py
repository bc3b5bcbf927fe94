"""Segments of older formats, and what is no segment."""

from typing import Any

import pytest

from unknot.state import events as ev
from unknot.state.ledger import segment as segments
from unknot.state.ledger.envelope import Header, Unsound, pack, unpack
from unknot.state.ledger.segment import decode_events, encode_events, segment_of

OLD = b'{"kind":"plan-begun","id":"1","at":"t","plan":"p","operation":"apply"}\n{"kind":"lease-released","id":"2","at":"t","lease":"x"}'


def opened(body: bytes, **fields: Any) -> segments.Segment:
    header = Header(
        **{
            "unknot": "segment",
            "format": 1,
            "lineage": "l",
            "serial": 1,
            "previous": "",
            "nonce": "n",
            **fields,
        }
    )
    data, _ = pack(header, body, "log/1", None)
    return segment_of(unpack(data, "log/1", None), len(data))


def test_older_format_is_upgraded_when_read(monkeypatch: pytest.MonkeyPatch) -> None:
    def rename_kind(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [{**e, "kind": "plan-started"} if e["kind"] == "plan-begun" else e for e in events]

    monkeypatch.setitem(segments.UPGRADES, 0, rename_kind)
    assert opened(OLD, format=0).events == (
        ev.PlanStarted(id="1", at="t", plan="p", operation="apply"),
        ev.LeaseReleased(id="2", at="t", lease="x"),
    )


def test_format_without_an_upgrade_says_so() -> None:
    with pytest.raises(Unsound, match="format 0, which this unknot no longer reads"):
        opened(OLD, format=0)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"[]",
        b'{"kind":"no-such"}',
        b'{"kind":"plan-finished","plan":"p","outcome":"odd"}',
        b"\xff",
    ],
)
def test_body_that_holds_no_events_is_unsound(body: bytes) -> None:
    with pytest.raises(Unsound, match="cannot be read"):
        opened(body)


def test_checkpoint_is_no_segment() -> None:
    with pytest.raises(Unsound, match="is a checkpoint"):
        opened(OLD, unknot="checkpoint")


def test_encoding_is_canonical_and_holds_one_line_for_each() -> None:
    one = ev.OutputsWritten(id="i", at="t", outputs={"b": 1, "a": {"z": "line\nbreak", "y": "ü"}})
    other = ev.OutputsWritten(id="i", at="t", outputs={"a": {"y": "ü", "z": "line\nbreak"}, "b": 1})
    [line] = encode_events([one])
    assert [line] == encode_events([other])
    assert b"\n" not in line
    assert decode_events([line]) == (one,)
