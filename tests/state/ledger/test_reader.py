"""Reading: the head, earlier serials, history, and every kind of damage (rules L5, L6)."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from unknot.stacks.errors import LedgerDamaged, LedgerError, LedgerReplaced
from unknot.state import events as ev
from unknot.state.ledger import Head, Ledger
from unknot.state.ledger.layout import segment_key
from unknot.state.stores.local import LocalStore
from unknot.state.stores.memory import MemoryStore

if TYPE_CHECKING:
    from tests.state.ledger.conftest import FlakyStore, LedgerMaker, ResourceMaker
    from unknot.state.stores.base import Store

PREFIX = "flights/dev/"


def fill(ledger: Ledger, bucket: "ResourceMaker", names: str, *, each: int = 1) -> None:
    with ledger.take_lease(operation="apply") as held:
        for name in names:
            for n in range(each):
                held.writer.append([ev.ResourceWritten(resource=bucket(name, owner=str(n)))])


def replace(store: "Store", key: str, data: bytes | None) -> None:
    store.delete(key)
    if data is not None:
        store.put_if_absent(key, data)


def test_no_ledger_is_said_to_be_none(tmp_path: Path) -> None:
    ledger = Ledger.open(LocalStore(tmp_path), "flights/dev")
    assert not ledger.exists
    with pytest.raises(LedgerError, match="there is no ledger at"):
        ledger.reader().snapshot()
    with pytest.raises(LedgerError, match="there is no ledger at"):
        ledger.take_lease(operation="apply")


def test_head_moves_with_the_log(make_ledger: "LedgerMaker", bucket: "ResourceMaker") -> None:
    store = MemoryStore()
    reader, other = make_ledger(store).reader(), make_ledger(store)
    first = reader.head()
    fill(other, bucket, "ab")
    assert reader.head().serial == first.serial + 4  # taken, two writes, released
    assert reader.head().hash != first.hash
    assert reader.head() == other.reader().head()
    assert reader.snapshot() is reader.snapshot()


def test_earlier_serials_can_be_read(make_ledger: "LedgerMaker", bucket: "ResourceMaker") -> None:
    ledger = make_ledger()
    seen = {}
    for name in "abcde":
        fill(ledger, bucket, name, each=10)  # enough for a checkpoint each
        snapshot = ledger.reader().snapshot()
        seen[snapshot.serial] = snapshot
    reader = make_ledger(ledger.reader().edge.store).reader()
    head = reader.head().serial
    assert [reader.snapshot(at=serial) for serial in seen] == list(seen.values())
    assert all(reader.snapshot(at=serial).serial == serial for serial in range(1, head + 1))
    for wrong in (0, -1, head + 1):
        with pytest.raises(LedgerError, match=f"no serial {wrong}"):
            reader.snapshot(at=wrong)
    assert reader.diagnostics == ()


def test_history_names_everything_in_order(make_ledger: "LedgerMaker", bucket: "ResourceMaker") -> None:
    ledger = make_ledger()
    fill(ledger, bucket, "ab")
    entries = list(ledger.reader().history())
    assert [entry.serial for entry in entries] == [1, 2, 3, 4, 5]
    assert [type(entry.events[0]).__name__ for entry in entries] == [
        "LedgerCreated",
        "LeaseTaken",
        "ResourceWritten",
        "ResourceWritten",
        "LeaseReleased",
    ]
    assert entries[0].at == entries[0].events[0].at
    assert [entry.serial for entry in ledger.reader().history(2, 3)] == [2, 3]
    assert list(ledger.reader().history(4)) == entries[3:]


@pytest.mark.rule("L5")
def test_finding_the_head_reads_no_history(
    flaky: "FlakyStore", make_ledger: "LedgerMaker", bucket: "ResourceMaker"
) -> None:
    for _ in range(4):
        fill(make_ledger(flaky), bucket, "abc", each=10)
    flaky.gets.clear()
    reader = make_ledger(flaky).reader()
    assert reader.head().serial > 100
    assert len(flaky.gets) <= 2
    assert [key for key in flaky.gets if "/log/" in key] == [PREFIX + segment_key(reader.head().serial)]


class TestDamage:
    @pytest.fixture
    def ledger(self, tmp_path: Path, make_ledger: "LedgerMaker", bucket: "ResourceMaker") -> Ledger:
        ledger = make_ledger(LocalStore(tmp_path / "store"))
        fill(ledger, bucket, "ab")
        return ledger

    def expect(self, store: "Store", key: str) -> LedgerDamaged:
        with pytest.raises(LedgerDamaged) as damaged:
            Ledger.open(store, "flights/dev").reader().snapshot()
        assert f"`{store.url}/{key}`" in damaged.value.summary
        assert damaged.value.detail
        with pytest.raises(LedgerDamaged):
            list(Ledger.open(store, "flights/dev").reader().history())
        return damaged.value

    @pytest.mark.rule("L6")
    @settings(deadline=None, max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(data=st.data())
    def test_any_changed_byte_of_any_segment_is_named(self, ledger: Ledger, data: st.DataObject) -> None:
        store = ledger.reader().edge.store
        key = data.draw(st.sampled_from(list(store.list(PREFIX + "log/"))))
        sound = store.get(key)
        assert sound is not None
        place = data.draw(st.integers(0, len(sound) - 1))
        changed = bytearray(sound)
        changed[place] ^= data.draw(st.integers(1, 255))
        replace(store, key, bytes(changed))
        try:
            self.expect(store, key)
        finally:
            replace(store, key, sound)

    @pytest.mark.rule("L6")
    @pytest.mark.parametrize("serial", [1, 2, 3, 4])
    def test_missing_segment_is_named(self, ledger: Ledger, serial: int) -> None:
        store = ledger.reader().edge.store
        replace(store, PREFIX + segment_key(serial), None)
        damaged = self.expect(store, PREFIX + segment_key(serial))
        assert "missing" in damaged.summary
        if serial > 1:
            assert f"`--at {serial - 1}`" in damaged.detail
            assert Ledger.open(store, "flights/dev").reader().snapshot(at=serial - 1).serial == serial - 1

    @pytest.mark.rule("L6")
    def test_truncated_and_empty_segments_are_named(self, ledger: Ledger) -> None:
        store = ledger.reader().edge.store
        key = PREFIX + segment_key(3)
        sound = store.get(key)
        assert sound is not None
        for length in (0, 1, 50, len(sound) // 2, len(sound) - 1):
            replace(store, key, sound[:length])
            self.expect(store, key)

    @pytest.mark.rule("L6")
    @pytest.mark.parametrize(
        "name", ["log/00000/notes.txt", "log/00000/00000003.bak", "log/zzz", "log/00001/00000002"]
    )
    def test_foreign_file_is_named(self, ledger: Ledger, name: str) -> None:
        store = ledger.reader().edge.store
        store.put_if_absent(PREFIX + name, b"hello")
        assert "not a file of the ledger" in self.expect(store, PREFIX + name).summary

    @pytest.mark.rule("L6")
    def test_segment_in_the_place_of_another_is_named(self, ledger: Ledger) -> None:
        store = ledger.reader().edge.store
        replace(store, PREFIX + segment_key(4), store.get(PREFIX + segment_key(3)))
        self.expect(store, PREFIX + segment_key(4))

    @pytest.mark.rule("L6")
    def test_segment_of_another_ledger_is_named(self, ledger: Ledger, bucket: "ResourceMaker") -> None:
        other = Ledger.open(MemoryStore(), "flights/dev")
        other.create("lineage-2", "flights", "dev")
        fill(other, bucket, "ab")
        store = ledger.reader().edge.store
        replace(store, PREFIX + segment_key(4), other.reader().edge.get(segment_key(4)))
        damaged = self.expect(store, PREFIX + segment_key(4))
        assert "continue" in damaged.summary

    @pytest.mark.rule("L6")
    def test_damage_found_while_following_is_found_again(
        self, ledger: Ledger, bucket: "ResourceMaker"
    ) -> None:
        store = ledger.reader().edge.store
        reader = Ledger.open(store, "flights/dev").reader()
        reader.snapshot()
        fill(ledger, bucket, "c")
        replace(store, PREFIX + segment_key(7), b"rubbish")
        for _ in range(2):
            with pytest.raises(LedgerDamaged, match="00000007"):
                reader.snapshot()


@pytest.mark.rule("L6")
def test_remembered_head_is_required(make_ledger: "LedgerMaker", bucket: "ResourceMaker") -> None:
    """As a plan or a manifest does with the head that it was made from."""
    ledger = make_ledger()
    seen = ledger.reader().head()
    fill(ledger, bucket, "abc")
    ledger.reader().require(seen)
    ledger.reader().require(ledger.reader().head())
    for other in (Head(seen.serial, "0" * 64), Head(999, seen.hash)):
        with pytest.raises(LedgerReplaced, match=f"serial {other.serial}"):
            ledger.reader().require(other)
