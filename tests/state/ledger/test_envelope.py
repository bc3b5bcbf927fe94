"""The outer form of ledger objects: no change of a single byte goes unnoticed (rules L6, L7)."""

import hashlib
import re

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unknot.stacks.errors import LedgerError, LedgerFormatTooNew
from unknot.state.ledger.clock import SystemClock
from unknot.state.ledger.edge import LedgerStore
from unknot.state.ledger.encryption import KeyRing, Recipient
from unknot.state.ledger.envelope import FORMAT, Header, Unsound, pack, unpack
from unknot.state.ledger.segment import pack_segment
from unknot.state.stores.memory import MemoryStore

RING = KeyRing(LedgerStore(MemoryStore(), "p", SystemClock()), [Recipient("env:K", b"k" * 32)])
KEY = RING.mint("lineage")


def header(key: int = 0, **fields: object) -> Header:
    values = {
        "unknot": "segment",
        "format": FORMAT,
        "lineage": "lineage",
        "serial": 7,
        "previous": "ab" * 32,
        "nonce": "nonce",
        "key": key,
    }
    return msgspec.convert({**values, **fields}, Header)


def packed(key: int, body: bytes = b'{"a":1}\n{"b":2}', **fields: object) -> bytes:
    return pack(header(key, **fields), body, "log/7", RING)[0]


@pytest.mark.parametrize("key", [0, KEY])
@given(body=st.binary(max_size=300))
def test_body_comes_back(key: int, body: bytes) -> None:
    data, hash_ = pack(header(key), body, "log/7", RING)
    opened = unpack(data, "log/7", RING)
    assert (opened.header, opened.body, opened.hash) == (header(key), body, hash_)


@pytest.mark.rule("L6")
@pytest.mark.parametrize("key", [0, KEY])
@settings(max_examples=200)
@given(data=st.data())
def test_any_changed_byte_is_found(key: int, data: st.DataObject) -> None:
    sound = packed(key)
    place = data.draw(st.integers(0, len(sound) - 1))
    bits = data.draw(st.integers(1, 255))
    changed = sound[:place] + bytes([sound[place] ^ bits]) + sound[place + 1 :]
    with pytest.raises(Unsound):
        unpack(changed, "log/7", RING)


@pytest.mark.rule("L6")
@pytest.mark.parametrize("key", [0, KEY])
def test_any_truncation_is_found(key: int) -> None:
    sound = packed(key)
    for length in range(len(sound)):
        with pytest.raises(Unsound):
            unpack(sound[:length], "log/7", RING)
    with pytest.raises(Unsound):
        unpack(sound + b"\n", "log/7", RING)


@pytest.mark.parametrize("data", [b"", b"\n", b"hello", b"\0" * 1000, b"sha256:" * 100, b"{}\n" * 200])
def test_foreign_bytes_are_unsound(data: bytes) -> None:
    with pytest.raises(Unsound):
        unpack(data, "log/7", None)


@pytest.mark.rule("L6")
def test_forger_without_the_key_is_found() -> None:
    """Somebody who can write to the bucket changes a plain field and corrects the checksum."""
    other = KeyRing(LedgerStore(MemoryStore(), "p", SystemClock()), [Recipient("env:K", b"x" * 32)])
    forged, _ = pack(header(other.mint("lineage")), b'{"a":1}', "log/7", other)
    with pytest.raises(Unsound, match="HMAC"):
        unpack(forged, "log/7", RING)


@pytest.mark.rule("L7")
def test_sealed_body_opens_in_its_own_place_only() -> None:
    sealed = packed(KEY)
    with pytest.raises(Unsound, match="another place"):
        unpack(sealed, "log/8", RING)
    assert b'"a":1' not in sealed


@pytest.mark.rule("L7")
@pytest.mark.parametrize("field", ["lineage", "previous"])
def test_seal_covers_lineage_and_previous_hash(field: str) -> None:
    """With the HMAC out of the way, the associated data alone must refuse another place."""
    body = b"secret"
    associated = msgspec.json.encode(["lineage", "log/7", "ab" * 32])
    sealed = RING.seal(KEY, "lineage", body, associated)
    assert RING.unseal(KEY, "lineage", sealed, associated) == body
    moved = associated.replace(
        b"lineage" if field == "lineage" else b"abab", b"cdcdcdc"[: 7 if field == "lineage" else 4]
    )
    with pytest.raises(Unsound):
        RING.unseal(KEY, "lineage", sealed, moved)


def test_encrypted_object_without_a_key_says_so() -> None:
    with pytest.raises(LedgerError, match="encrypted, and no key"):
        unpack(packed(KEY), "log/7", None)


def test_newer_format_is_refused_and_says_to_upgrade() -> None:
    with pytest.raises(LedgerFormatTooNew) as too_new:
        unpack(packed(0, format=FORMAT + 1), "log/7", None)
    assert str(FORMAT + 1) in too_new.value.summary
    assert "Upgrade" in too_new.value.detail


def test_newer_format_may_have_other_fields() -> None:
    data = packed(0, format=FORMAT + 1)
    line, rest = data.split(b"\n", 1)
    line = line.replace(b'"serial":7', b'"serial":"seven","more":[]')
    body = rest[: rest.rindex(b"\nsha256:")]
    content = line + b"\n" + body
    again = content + b"\nsha256:" + hashlib.sha256(content).hexdigest().encode() + b"\n"
    with pytest.raises(LedgerFormatTooNew):
        unpack(again, "log/7", None)


@pytest.mark.rule("L1")
def test_two_writers_bytes_always_differ() -> None:
    def one() -> bytes:
        line = b'{"kind":"lease-released","id":"i","at":"t","lease":"x"}'
        return pack_segment(lineage="l", serial=2, previous="p", lease="x", epoch=1, lines=[line])[0]

    assert one() != one()


def test_plain_object_is_text_with_one_event_a_line() -> None:
    text = packed(0).decode()
    assert re.fullmatch(
        r'\{"unknot":"segment","format":1,[^\n]*\}\n\{"a":1\}\n\{"b":2\}\nsha256:[0-9a-f]{64}\n', text
    )
