"""Checkpoints: trusted only when the log vouches for them, passed by when damaged (rule L6)."""

import threading
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from unknot.stacks.errors import LedgerDamaged
from unknot.state import events as ev
from unknot.state.ledger import Ledger
from unknot.state.ledger.checkpoint import Tail, checkpoints_before, write_checkpoint
from unknot.state.ledger.layout import checkpoint_key, segment_key
from unknot.state.stores.memory import MemoryStore

if TYPE_CHECKING:
    from tests.state.ledger.conftest import FlakyStore, LedgerMaker, ResourceMaker

PREFIX = "flights/dev/"


def fill(ledger: Ledger, bucket: "ResourceMaker", names: str, each: int = 10) -> None:
    with ledger.take_lease(operation="apply") as held:
        for name in names:
            for n in range(each):
                held.writer.append([ev.ResourceWritten(resource=bucket(name, owner=str(n)))])


def change(store: MemoryStore, key: str, place: int, bits: int) -> None:
    data = bytearray(store.get(key) or b"")
    data[place % len(data)] ^= bits
    store.delete(key)
    store.put_if_absent(key, bytes(data))


@pytest.mark.rule("L6")
def test_end_of_an_operation_leaves_a_checkpoint_and_a_tail_of_one(
    flaky: "FlakyStore", make_ledger: "LedgerMaker", bucket: "ResourceMaker"
) -> None:
    ledger = make_ledger(flaky)
    fill(ledger, bucket, "abc")
    head = ledger.reader().head().serial
    assert list(checkpoints_before(ledger.reader().edge)) == [head - 1]
    flaky.gets.clear()
    assert make_ledger(flaky).reader().snapshot() == ledger.reader().snapshot()
    assert sorted(flaky.gets) == [PREFIX + checkpoint_key(head - 1), PREFIX + segment_key(head)]


@pytest.mark.rule("L6")
@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.integers(0, 100_000), bits=st.integers(1, 255))
def test_any_changed_byte_of_a_checkpoint_is_passed_by_with_a_diagnostic(
    make_ledger: "LedgerMaker", bucket: "ResourceMaker", place: int, bits: int
) -> None:
    store = MemoryStore()
    fill(make_ledger(store), bucket, "ab")
    sound = make_ledger(store).reader().snapshot()
    [serial] = checkpoints_before(make_ledger(store).reader().edge)
    change(store, PREFIX + checkpoint_key(serial), place, bits)
    reader = make_ledger(store).reader()
    assert reader.snapshot() == sound
    [diagnostic] = reader.diagnostics
    assert f"checkpoint of serial {serial}" in diagnostic.summary
    assert checkpoint_key(serial) in diagnostic.detail


@pytest.mark.rule("L6")
def test_older_checkpoint_serves_when_the_newest_is_damaged(
    flaky: "FlakyStore", make_ledger: "LedgerMaker", bucket: "ResourceMaker"
) -> None:
    for _ in range(3):
        fill(make_ledger(flaky), bucket, "ab")
    edge = make_ledger(flaky).reader().edge
    newest, middle, _ = checkpoints_before(edge)
    store = flaky.inner
    assert isinstance(store, MemoryStore)
    change(store, PREFIX + checkpoint_key(newest), 500, 1)
    flaky.gets.clear()
    reader = make_ledger(flaky).reader()
    assert reader.snapshot().serial > newest
    assert PREFIX + segment_key(middle) not in flaky.gets


@pytest.mark.rule("L6")
def test_sound_checkpoint_that_the_log_does_not_name_is_not_believed(
    make_ledger: "LedgerMaker", bucket: "ResourceMaker"
) -> None:
    """Somebody without the key may write to the bucket, checksum and all: nothing in the log vouches for it."""
    store = MemoryStore()
    ledger = make_ledger(store)
    fill(ledger, bucket, "ab", each=2)
    reader = ledger.reader()
    sound = reader.snapshot()
    assert list(checkpoints_before(reader.edge)) == []
    forged = reader.look(lambda folding: folding.copy())
    forged.thaw()
    forged.resources.clear()
    assert write_checkpoint(reader.edge, forged, None) is not None
    fresh = make_ledger(store).reader()
    assert fresh.snapshot() == sound
    assert fresh.diagnostics == ()  # its writer may have died just then: no damage


@pytest.mark.rule("L6")
def test_checkpoint_replaced_by_another_sound_one_is_found(
    make_ledger: "LedgerMaker", bucket: "ResourceMaker"
) -> None:
    store = MemoryStore()
    fill(make_ledger(store), bucket, "ab")
    reader = make_ledger(store).reader()
    sound = reader.snapshot()
    [serial] = checkpoints_before(reader.edge)
    forged = reader._load(reader._chain, serial).copy()
    forged.thaw()
    forged.resources.clear()
    store.delete(PREFIX + checkpoint_key(serial))
    write_checkpoint(reader.edge, forged, None)
    fresh = make_ledger(store).reader()
    assert fresh.snapshot() == sound
    assert "not the one that the log names" in fresh.diagnostics[0].summary


@pytest.mark.rule("L6")
def test_checkpoint_beyond_the_log_shows_that_the_log_was_cut(
    make_ledger: "LedgerMaker", bucket: "ResourceMaker"
) -> None:
    store = MemoryStore()
    fill(make_ledger(store), bucket, "ab")
    [serial] = checkpoints_before(make_ledger(store).reader().edge)
    for key in list(store.list(PREFIX + "log/"))[serial - 5 :]:
        store.delete(key)
    with pytest.raises(LedgerDamaged, match="missing") as damaged:
        make_ledger(store).reader().snapshot()
    assert segment_key(serial - 4) in damaged.value.summary
    assert f"serial {serial}" in damaged.value.detail


def test_failed_checkpoint_does_not_fail_the_operation(
    flaky: "FlakyStore", make_ledger: "LedgerMaker", bucket: "ResourceMaker"
) -> None:
    ledger = make_ledger(flaky)

    def full_for_checkpoints(key: str) -> None:
        flaky.full = "/checkpoints/" in key

    flaky.before_put = full_for_checkpoints
    fill(ledger, bucket, "abc")
    assert ledger.reader().snapshot().lease is None
    assert list(checkpoints_before(ledger.reader().edge)) == []


def test_long_operation_writes_checkpoints_on_the_way_without_waiting_for_them(
    flaky: "FlakyStore", make_ledger: "LedgerMaker", bucket: "ResourceMaker"
) -> None:
    """A large checkpoint on a slow store may take longer than the lease's term: appends and renewals go on."""
    ledger = make_ledger(flaky)
    on_its_way, go_on = threading.Event(), threading.Event()

    def hold_checkpoints(key: str) -> None:
        if "/checkpoints/" in key:
            on_its_way.set()
            assert go_on.wait(10)

    flaky.before_put = hold_checkpoints
    with ledger.take_lease(operation="apply") as held:
        for n in range(Tail.SEGMENTS):
            held.writer.append([ev.ResourceWritten(resource=bucket(f"b{n}"))])
        assert on_its_way.wait(10)
        later = [held.writer.append([ev.ResourceWritten(resource=bucket(f"c{n}"))]) for n in range(20)]
        held.writer.renew()
        go_on.set()
    serials = list(checkpoints_before(ledger.reader().edge))
    assert serials[-1] < later[0]
    assert ledger.reader().verify() == ledger.reader().head()
    fresh = make_ledger(flaky.inner).reader()
    assert fresh.snapshot() == ledger.reader().snapshot()
    assert fresh.diagnostics == ()


def test_listing_goes_on_past_one_page(make_ledger: "LedgerMaker", bucket: "ResourceMaker") -> None:
    ledger = make_ledger()
    for _ in range(20):
        fill(ledger, bucket, "a")
    serials = list(checkpoints_before(ledger.reader().edge))
    assert len(serials) == 20
    assert serials == sorted(serials, reverse=True)
    assert list(checkpoints_before(ledger.reader().edge, at=serials[7])) == serials[7:]
    assert list(checkpoints_before(ledger.reader().edge, at=serials[7] - 1)) == serials[8:]
