"""Encryption: what the bucket shows, who can open it, rotation (rules L6, L7)."""

import base64
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from unknot.stacks.errors import LedgerDamaged, LedgerError
from unknot.state import events as ev
from unknot.state.ledger import Ledger
from unknot.state.ledger.encryption import generate_key, read_recipient
from unknot.state.ledger.layout import segment_key
from unknot.state.ledger.segment import encode_events, pack_segment
from unknot.state.stores.memory import MemoryStore

if TYPE_CHECKING:
    from tests.state.ledger.conftest import LedgerMaker, ResourceMaker

PREFIX = "flights/dev/"
CANARY = "canary-5a1b9c"


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ANN", "BOB", "EVE"):
        monkeypatch.setenv(name, generate_key())


def fill(ledger: Ledger, bucket: "ResourceMaker", names: str, each: int = 10) -> None:
    with ledger.take_lease(operation="apply") as held:
        for name in names:
            for n in range(each):
                held.writer.append([ev.ResourceWritten(resource=bucket(name, owner=f"{CANARY}-{n}"))])


def all_bytes(store: MemoryStore) -> bytes:
    return b"".join(store.get(key) or b"" for key in store.list(""))


@pytest.mark.rule("L7")
def test_store_holds_nothing_readable(make_ledger: "LedgerMaker", bucket: "ResourceMaker") -> None:
    plain, sealed = MemoryStore(), MemoryStore()
    fill(make_ledger(plain), bucket, "ab")
    fill(make_ledger(sealed, key="env:ANN"), bucket, "ab")
    assert CANARY.encode() in all_bytes(plain)
    assert CANARY.encode() not in all_bytes(sealed)
    snapshot = make_ledger(sealed, key="env:ANN").reader().snapshot()
    assert {r.owner for r in snapshot.resources.values()} == {f"{CANARY}-9"}
    assert make_ledger(sealed, key="env:ANN").reader().verify().serial == snapshot.serial


@pytest.mark.rule("L7")
def test_every_recipient_opens_it_and_nobody_else(
    make_ledger: "LedgerMaker", bucket: "ResourceMaker"
) -> None:
    store = MemoryStore()
    fill(make_ledger(store, key=["env:ANN", "env:BOB"]), bucket, "a")
    for reference in ("env:ANN", "env:BOB"):
        assert make_ledger(store, key=reference).reader().snapshot().resources
    with pytest.raises(LedgerError, match="encrypted for other keys"):
        make_ledger(store, key="env:EVE").reader().snapshot()
    with pytest.raises(LedgerError, match="no key was given"):
        make_ledger(store).reader().snapshot()


@pytest.mark.rule("L6")
def test_plain_ledger_in_place_of_a_sealed_one_is_refused(
    make_ledger: "LedgerMaker", bucket: "ResourceMaker"
) -> None:
    store = MemoryStore()
    fill(make_ledger(store), bucket, "a")
    with pytest.raises(LedgerError, match="not encrypted, although a key was given"):
        make_ledger(store, key="env:ANN").reader().snapshot()


@pytest.mark.rule("L6")
def test_plain_segment_in_a_sealed_ledger_is_damage(
    make_ledger: "LedgerMaker", bucket: "ResourceMaker"
) -> None:
    store = MemoryStore()
    ledger = make_ledger(store, key="env:ANN")
    head = ledger.reader().head()
    forged, _ = pack_segment(
        lineage="lineage-1",
        serial=head.serial + 1,
        previous=head.hash,
        lease="",
        epoch=0,
        lines=encode_events([ev.LeaseBroken(lease="x", by="eve")]),
    )
    store.put_if_absent(PREFIX + segment_key(head.serial + 1), forged)
    with pytest.raises(LedgerDamaged, match="is not encrypted, and the ledger is"):
        make_ledger(store, key="env:ANN").reader().snapshot()


class TestRotation:
    @pytest.mark.rule("L7")
    def test_new_segments_are_for_the_new_recipients_only(
        self, make_ledger: "LedgerMaker", bucket: "ResourceMaker"
    ) -> None:
        store = MemoryStore()
        ledger = make_ledger(store, key="env:ANN")
        fill(ledger, bucket, "a")
        before = set(store.list(""))
        with ledger.take_lease(operation="rotate") as held:
            assert held.rotate_key(["env:BOB"]) == 2
            held.writer.append([ev.ResourceWritten(resource=bucket("b"))])
        assert before <= set(store.list(""))  # nothing was replaced: re-wrapped keys are new objects
        assert set(store.list(PREFIX + "keys/")) == {
            PREFIX + "keys/00000001",
            PREFIX + "keys/00000001.0001",
            PREFIX + "keys/00000002",
        }
        fresh = make_ledger(store, key="env:BOB").reader()
        assert set(fresh.snapshot().resources) == {"bucket.a", "bucket.b"}
        assert fresh.verify() == ledger.reader().head()
        with pytest.raises(LedgerError, match="encrypted for other keys"):
            make_ledger(store, key="env:ANN").reader().snapshot()
        fill(make_ledger(store, key="env:BOB"), bucket, "c")
        assert ledger.reader().snapshot().resources.keys() >= {"bucket.c"}

    @pytest.mark.rule("L7")
    def test_rotation_that_was_killed_anywhere_leaves_a_ledger_that_opens(
        self,
        make_ledger: "LedgerMaker",
        make_instants: "Callable[[MemoryStore], Any]",
        bucket: "ResourceMaker",
    ) -> None:
        store = MemoryStore()
        fill(make_ledger(store, key="env:ANN"), bucket, "a")
        with make_ledger(store, key="env:ANN").take_lease(operation="rotate") as held:
            held.rotate_key("env:EVE")  # two data keys to wrap anew
        watched = make_instants(store)
        with make_ledger(watched, key="env:EVE").take_lease(operation="rotate") as held:
            held.rotate_key("env:BOB")
        opened = 0
        for left in watched.found:
            both = make_ledger(left, key="env:BOB", earlier_keys=["env:EVE"])
            recorded = both.reader().snapshot()
            assert recorded.resources.keys() == {"bucket.a"}
            if recorded.lease is not None:
                both.break_lease(recorded.lease.id, by="test")
            with both.take_lease(operation="rotate again") as held:
                held.rotate_key("env:BOB")
            reader = make_ledger(left, key="env:BOB").reader()
            assert reader.verify() == reader.head()
            assert all(reader.snapshot(at=serial) for serial in range(1, reader.head().serial + 1))
            opened += 1
        assert opened > 8

    @pytest.mark.rule("L7")
    def test_data_key_that_does_not_open_stops_a_rotation(self, make_ledger: "LedgerMaker") -> None:
        """Passed by, it would be lost to who has only the new key."""
        store = MemoryStore()
        make_ledger(store, key="env:ANN")
        with make_ledger(store, key="env:ANN").take_lease(operation="rotate") as held:
            held.rotate_key("env:ANN")
        key = PREFIX + "keys/00000001"
        sound = store.get(key) or b""
        for name in list(store.list(key)):
            store.delete(name)
        store.put_if_absent(key, sound.replace(b'"sealed":"', b'"sealed":"AAAA'))
        reader = make_ledger(store, key="env:ANN")
        with pytest.raises(LedgerError):
            reader.take_lease(operation="rotate").rotate_key("env:BOB")

    @pytest.mark.rule("L7")
    def test_plain_ledger_can_become_a_sealed_one(
        self, make_ledger: "LedgerMaker", bucket: "ResourceMaker"
    ) -> None:
        store = MemoryStore()
        ledger = make_ledger(store)
        fill(ledger, bucket, "a")
        with ledger.take_lease(operation="rotate") as held:
            held.rotate_key("env:ANN")
            held.writer.append([ev.ResourceWritten(resource=bucket("b", owner="after-the-rotation"))])
        assert b"after-the-rotation" not in all_bytes(store)
        assert make_ledger(store, key="env:ANN").reader().verify() == ledger.reader().head()
        with pytest.raises(LedgerError, match="no key was given"):
            make_ledger(store).reader().snapshot()

    @pytest.mark.rule("L7")
    def test_rotations_one_after_the_other(self, make_ledger: "LedgerMaker", bucket: "ResourceMaker") -> None:
        store = MemoryStore()
        for reference, to in (("env:ANN", "env:BOB"), ("env:BOB", "env:EVE"), ("env:EVE", "env:ANN")):
            ledger = make_ledger(store, key=reference)
            fill(ledger, bucket, reference[-1].lower())
            with ledger.take_lease(operation="rotate") as held:
                held.rotate_key(to)
        reader = make_ledger(store, key="env:ANN").reader()
        assert len(reader.snapshot().resources) == 3
        assert len(list(reader.history())) == reader.verify().serial


@pytest.mark.rule("L7")
def test_changed_or_missing_data_key_is_named(make_ledger: "LedgerMaker", bucket: "ResourceMaker") -> None:
    store = MemoryStore()
    make_ledger(store, key="env:ANN")
    key = PREFIX + "keys/00000001"
    sound = store.get(key) or b""
    for place in range(0, len(sound), 7):
        changed = bytearray(sound)
        changed[place] ^= 1
        store.delete(key)
        store.put_if_absent(key, bytes(changed))
        with pytest.raises(LedgerError):
            make_ledger(store, key="env:ANN").reader().snapshot()
    store.delete(key)
    with pytest.raises(LedgerDamaged, match="keys/00000001"):
        make_ledger(store, key="env:ANN").reader().snapshot()


@pytest.mark.rule("L7")
def test_creation_after_a_crash_between_key_and_genesis(make_ledger: "LedgerMaker") -> None:
    store = MemoryStore()
    make_ledger(store, key="env:ANN")
    store.delete(PREFIX + segment_key(1))
    ledger = Ledger.open(store, "flights/dev", key="env:ANN")
    ledger.create("another-lineage", "flights", "dev")
    assert make_ledger(store, key="env:ANN").reader().snapshot().lineage == "another-lineage"


class TestReferences:
    def test_file_and_variable_in_base64_and_hex(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        secret = bytes(range(200, 232))
        file = tmp_path / "key"
        ids = set()
        for text in (
            base64.b64encode(secret).decode(),
            base64.urlsafe_b64encode(secret).decode(),
            secret.hex(),
        ):
            file.write_text(f"  {text}\n")
            monkeypatch.setenv("KEY", text)
            ids |= {read_recipient(f"file:{file}").id, read_recipient("env:KEY").id}
        assert len(ids) == 1

    @pytest.mark.rule("S1")
    @pytest.mark.parametrize(
        "reference", ["", "s3cret-text", "env:", "file:", "kms:x", "env:UNSET", "file:/no/such", "env:BAD"]
    )
    def test_bad_reference_says_why_and_shows_no_key(
        self, monkeypatch: pytest.MonkeyPatch, reference: str
    ) -> None:
        monkeypatch.setenv("BAD", "s3cret-value")
        with pytest.raises(LedgerError) as bad:
            read_recipient(reference)
        assert bad.value.summary
        assert "s3cret" not in bad.value.summary + bad.value.detail

    @pytest.mark.rule("S1")
    def test_recipient_hides_its_key(self, monkeypatch: pytest.MonkeyPatch) -> None:
        text = generate_key()
        monkeypatch.setenv("KEY", text)
        recipient = read_recipient("env:KEY")
        assert text not in repr(recipient)
        assert recipient.reference == "env:KEY"
