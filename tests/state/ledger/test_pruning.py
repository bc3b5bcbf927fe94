"""Pruning: the one exception to "a segment's key is never deleted" (rule L2), safe at each of its steps."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from unknot.stacks.errors import LeaseHeld, LeaseLost, LedgerDamaged, LedgerError, LedgerReplaced
from unknot.state import events as ev
from unknot.state.ledger import Ledger
from unknot.state.ledger.encryption import generate_key
from unknot.state.ledger.layout import segment_key, volume_of, volume_prefix
from unknot.state.snapshot import Snapshot
from unknot.state.stores.memory import MemoryStore

if TYPE_CHECKING:
    from tests.state.ledger.conftest import FlakyStore, HandClock, LedgerMaker, ResourceMaker

pytestmark = pytest.mark.rule("L2")

PREFIX = "flights/dev/"
SECOND = PREFIX + volume_prefix(2)


def fill(ledger: Ledger, bucket: "ResourceMaker", names: str, each: int = 1) -> None:
    with ledger.take_lease(operation="apply", wait_s=60) as held:
        for name in names:
            for n in range(each):
                held.writer.append([ev.ResourceWritten(resource=bucket(name, owner=f"{name}-{n}"))])


def content(snapshot: Snapshot) -> tuple[object, ...]:
    """What is recorded, apart from where in the log."""
    return snapshot.lineage, snapshot.resources, snapshot.tombstones, snapshot.outputs, snapshot.targets


def copy_of(store: Any) -> MemoryStore:
    copy = MemoryStore()
    copy.url = store.url
    for key in store.list(""):
        copy.put_if_absent(key, store.get(key) or b"")
    return copy


@pytest.fixture(params=[None, "env:LEDGER_KEY"], ids=["plain", "sealed"])
def key(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str | None:
    monkeypatch.setenv("LEDGER_KEY", generate_key())
    found: str | None = request.param
    return found


@pytest.fixture
def filled(make_ledger: "LedgerMaker", bucket: "ResourceMaker", key: str | None) -> MemoryStore:
    store = MemoryStore()
    fill(make_ledger(store, key=key), bucket, "abc", each=4)  # with a checkpoint
    ledger = make_ledger(store, key=key)
    with ledger.take_lease(operation="apply") as held:
        held.writer.append([ev.OutputsWritten(outputs={"url": "u"})])
        gone = bucket("a")
        held.writer.append([ev.ResourceRemoved(address=gone.address, uid=gone.uid, how="deleted")])
    return store


def test_log_goes_on_in_a_new_volume_that_names_the_old_head(
    filled: MemoryStore, make_ledger: "LedgerMaker", bucket: "ResourceMaker", key: str | None
) -> None:
    before = make_ledger(filled, key=key).reader().snapshot()
    pruned = make_ledger(filled, key=key).prune()
    assert pruned is not None
    assert pruned.volume == 2
    reader = make_ledger(filled, key=key).reader()
    after = reader.snapshot()
    assert content(after) == content(before)
    assert after.serial == pruned.first > before.serial
    assert after.lease is None
    seal, first = reader.history(pruned.first - 1)
    assert isinstance(seal.events[-1], ev.VolumeSealed)
    assert isinstance(first.events[0], ev.VolumeBegun)
    assert {volume_of(k.removeprefix(PREFIX)) for k in filled.list(PREFIX + "log")} == {1, 2}
    fill(make_ledger(filled, key=key), bucket, "d", each=10)
    fresh = make_ledger(filled, key=key).reader()
    assert fresh.snapshot().resources.keys() == {"bucket.b", "bucket.c", "bucket.d"}
    assert list(filled.list(SECOND + "checkpoints/")), "later checkpoints are of the new volume"
    assert fresh.verify() == fresh.head()


def test_earlier_serials_can_be_read_until_they_are_deleted(
    filled: MemoryStore, make_ledger: "LedgerMaker", bucket: "ResourceMaker", key: str | None
) -> None:
    ledger = make_ledger(filled, key=key)
    old = {serial: ledger.reader().snapshot(at=serial) for serial in range(1, ledger.reader().head().serial)}
    for name in "xy":
        assert ledger.prune() is not None
        fill(ledger, bucket, name)
    reader = make_ledger(filled, key=key).reader()
    head = reader.head().serial
    assert {serial: reader.snapshot(at=serial) for serial in old} == old
    assert all(reader.snapshot(at=serial).serial == serial for serial in range(1, head + 1))
    assert [entry.serial for entry in reader.history()] == list(range(1, head + 1))
    assert [entry.serial for entry in reader.history(3, 5)] == [3, 4, 5]
    assert reader.begins() == 1

    assert ledger.delete_history() > 5
    reader = make_ledger(filled, key=key).reader()
    begins = reader.begins()
    assert 1 < begins < head
    assert [entry.serial for entry in reader.history()] == list(range(begins, head + 1))
    assert reader.snapshot(at=begins).serial == begins
    for at in (1, begins - 1):
        with pytest.raises(LedgerError, match=f"no serial {at}") as gone:
            reader.snapshot(at=at)
        assert f"the serials {begins} to {head}" in gone.value.detail
        assert "pruned" in gone.value.detail
    with pytest.raises(LedgerError, match=f"no serial {head + 1}"):
        reader.snapshot(at=head + 1)
    assert reader.verify() == reader.head()
    assert ledger.delete_history() == 0


def test_nothing_is_pruned_when_nothing_was_recorded_since(
    make_ledger: "LedgerMaker", filled: MemoryStore, key: str | None
) -> None:
    ledger = make_ledger(filled, key=key)
    assert ledger.prune() is not None
    for _ in range(3):
        assert ledger.prune() is None
    assert not [k for k in filled.list(PREFIX + "log") if volume_of(k.removeprefix(PREFIX)) == 3]


@pytest.mark.rule("L1")
def test_prune_that_was_killed_anywhere_loses_nothing_and_can_be_gone_on_from(
    filled: MemoryStore,
    make_instants: "Callable[[MemoryStore], Any]",
    make_ledger: "LedgerMaker",
    bucket: "ResourceMaker",
    key: str | None,
) -> None:
    before = make_ledger(filled, key=key).reader().snapshot()
    watched = make_instants(filled)
    ledger = make_ledger(watched, key=key)
    assert ledger.prune() is not None
    assert ledger.delete_history() > 5
    assert len(watched.found) > 12
    for n, left in enumerate(watched.found):
        reader = make_ledger(left, key=key).reader()
        snapshot = reader.snapshot()
        assert content(snapshot) == content(before), n
        assert reader.verify() == reader.head(), n
        assert list(reader.history(reader.begins()))[-1].serial == snapshot.serial, n
        again = make_ledger(left, key=key)
        if snapshot.lease is not None:
            with pytest.raises(LeaseHeld):
                again.prune()
            again.break_lease(snapshot.lease.id, by="test")
        if n % 2:
            again.prune()
        fill(again, bucket, "z")
        assert make_ledger(left, key=key).prune() is not None
        last = make_ledger(left, key=key).reader()
        assert last.snapshot().resources.keys() == before.resources.keys() | {"bucket.z"}, n
        assert last.verify() == last.head(), n


def test_two_that_find_the_log_sealed_begin_one_volume(
    filled: MemoryStore,
    make_instants: "Callable[[MemoryStore], Any]",
    make_ledger: "LedgerMaker",
    bucket: "ResourceMaker",
    key: str | None,
) -> None:
    watched = make_instants(filled)
    make_ledger(watched, key=key).prune()
    sealed = next(
        left
        for left in watched.found
        if make_ledger(left, key=key).reader().refresh().sealed and not list(left.list(SECOND))
    )
    one, two = make_ledger(sealed, key=key), make_ledger(sealed, key=key)
    assert one.reader().snapshot() == two.reader().snapshot()
    fill(one, bucket, "x")
    fill(two, bucket, "y")
    assert {"bucket.x", "bucket.y"} <= make_ledger(sealed, key=key).reader().snapshot().resources.keys()
    assert one.reader().head() == two.reader().head()


@pytest.mark.rule("L3")
def test_writer_that_was_cut_off_is_told_at_the_old_volume(
    filled: MemoryStore,
    make_ledger: "LedgerMaker",
    make_clock: "Callable[[], HandClock]",
    bucket: "ResourceMaker",
    key: str | None,
) -> None:
    """With history deleted, the names that it would write are free: it must not take them for the log's."""
    rival = make_ledger(filled, key=key, clock=make_clock())
    held = rival.take_lease(operation="apply", term_s=30)
    held.writer.append([ev.ResourceWritten(resource=bucket("before"))])
    remover = make_ledger(filled, key=key, clock=make_clock())
    remover.break_lease(held.id, by="somebody")
    remover.prune()
    with pytest.raises(LeaseLost, match="unknot state prune") as lost:
        held.writer.append([ev.ResourceWritten(resource=bucket("after"))])
    assert "left at" in lost.value.detail
    fresh = make_ledger(filled, key=key)
    assert "bucket.after" not in fresh.reader().snapshot().resources
    with fresh.take_lease(operation="next"):
        pass
    assert {"bucket.before", "bucket.after"} <= fresh.reader().snapshot().resources.keys(), (
        "its result is absorbed"
    )


@pytest.mark.rule("A2")
def test_put_into_a_deleted_volume_that_ended_late_is_not_believed(
    filled: MemoryStore,
    make_flaky: "type[FlakyStore]",
    make_ledger: "LedgerMaker",
    make_clock: "Callable[[], HandClock]",
    bucket: "ResourceMaker",
) -> None:
    key = "env:LEDGER_KEY" if list(filled.list(PREFIX + "keys/")) else None
    clock, store = make_clock(), make_flaky(filled)
    held = make_ledger(store, key=key, clock=clock).take_lease(operation="apply", term_s=30)

    def paused(_key: str) -> None:
        store.before_put = lambda _key: None
        other = make_ledger(filled, key=key, clock=make_clock())
        other.break_lease(held.id, by="somebody")
        fill(other, bucket, "pq")
        other.prune()
        waited: list[float] = []
        other.delete_history(waiting=waited.append)  # on its own clock
        assert waited == [30]
        clock.advance(40)  # and as long passes here

    store.before_put = paused
    with pytest.raises(LeaseLost, match="unknot state prune"):
        held.writer.append([ev.ResourceWritten(resource=bucket("lost"))])
    fresh = make_ledger(filled, key=key)
    with fresh.take_lease(operation="next"):
        pass
    assert "bucket.lost" in fresh.reader().snapshot().resources


@pytest.mark.rule("L4")
def test_lease_that_is_asked_for_in_a_deleted_volume_is_asked_for_again(
    filled: MemoryStore, make_flaky: "type[FlakyStore]", make_ledger: "LedgerMaker", bucket: "ResourceMaker"
) -> None:
    key = "env:LEDGER_KEY" if list(filled.list(PREFIX + "keys/")) else None
    store = make_flaky(filled)
    ledger = make_ledger(store, key=key)
    ledger.reader().snapshot()

    def paused(_key: str) -> None:
        store.before_put = lambda _key: None
        other = make_ledger(filled, key=key)
        fill(other, bucket, "pq")
        other.prune()
        other.delete_history()

    store.before_put = paused
    fill(ledger, bucket, "late")
    fresh = make_ledger(filled, key=key).reader()
    assert fresh.snapshot().resources.keys() >= {"bucket.p", "bucket.q", "bucket.l"}
    assert fresh.verify() == fresh.head()


def test_reader_that_lives_on_follows_into_the_new_volume(
    filled: MemoryStore, make_ledger: "LedgerMaker", bucket: "ResourceMaker", key: str | None
) -> None:
    behind, close_by = make_ledger(filled, key=key).reader(), make_ledger(filled, key=key).reader()
    behind.snapshot()
    fill(make_ledger(filled, key=key), bucket, "x")
    close_by.snapshot()
    ledger = make_ledger(filled, key=key)
    ledger.prune()
    assert close_by.snapshot() == ledger.reader().snapshot()
    ledger.delete_history()
    fill(ledger, bucket, "y")
    assert behind.snapshot() == close_by.snapshot() == ledger.reader().snapshot()
    assert "bucket.y" in behind.snapshot().resources


@pytest.mark.rule("L6")
@pytest.mark.parametrize("deleted", [False, True])
def test_watermarks_from_before_a_prune_still_hold(
    filled: MemoryStore,
    make_ledger: "LedgerMaker",
    bucket: "ResourceMaker",
    key: str | None,
    tmp_path: Path,
    deleted: bool,
) -> None:
    make_ledger(filled, key=key, cache_dir=tmp_path / "ann").reader().snapshot()
    other = copy_of(filled)
    fill(make_ledger(other, key=key), bucket, "o")  # another history from there on
    make_ledger(other, key=key, cache_dir=tmp_path / "bob").reader().snapshot()
    seen = make_ledger(filled, key=key).reader().head()
    ledger = make_ledger(filled, key=key)
    for name in "xy":
        fill(ledger, bucket, name)
        ledger.prune()
    if deleted:
        ledger.delete_history()
    assert make_ledger(filled, key=key, cache_dir=tmp_path / "ann").reader().snapshot().serial > seen.serial
    make_ledger(filled, key=key).reader().require(seen)
    with pytest.raises(LedgerReplaced, match="another history"):
        make_ledger(filled, key=key, cache_dir=tmp_path / "bob").reader().snapshot()


@pytest.mark.rule("L6")
def test_damage_in_and_around_volumes_is_named(
    filled: MemoryStore, make_ledger: "LedgerMaker", bucket: "ResourceMaker", key: str | None
) -> None:
    ledger = make_ledger(filled, key=key)
    pruned = ledger.prune()
    assert pruned is not None
    fill(ledger, bucket, "x")
    first = SECOND + segment_key(pruned.first)
    for damage in ("flip", "gone"):
        left = copy_of(filled)
        sound = left.get(first) or b""
        left.delete(first)
        if damage == "flip":
            left.put_if_absent(first, sound[:40] + b"#" + sound[41:])
        with pytest.raises(LedgerDamaged) as damaged:
            make_ledger(left, key=key).reader().verify()
        assert volume_prefix(2) in damaged.value.summary
    left = copy_of(filled)
    seal = PREFIX + segment_key(pruned.first - 1)
    left.delete(seal)
    with pytest.raises(LedgerDamaged, match="does not seal"):
        make_ledger(left, key=key).delete_history()


def test_full_store_stops_a_prune_that_can_be_done_again(
    filled: MemoryStore, make_flaky: "type[FlakyStore]", make_ledger: "LedgerMaker", key: str | None
) -> None:
    before = make_ledger(filled, key=key).reader().snapshot()
    store = make_flaky(filled)

    def fill_up(put: str) -> None:
        store.full = put.startswith(SECOND)

    store.before_put = fill_up
    with pytest.raises(LedgerError, match="no room left"):
        make_ledger(store, key=key).prune()
    assert content(make_ledger(filled, key=key).reader().snapshot()) == content(before)
    assert make_ledger(filled, key=key).prune() is None, (
        "the seal was there: its volume is begun, and nothing is new"
    )
    assert content(make_ledger(filled, key=key).reader().snapshot()) == content(before)
    assert list(filled.list(SECOND))


def test_foreign_file_beside_the_log_hides_no_volume(
    filled: MemoryStore, make_ledger: "LedgerMaker", key: str | None
) -> None:
    filled.put_if_absent(PREFIX + "log-0", b"hello")
    assert make_ledger(filled, key=key).prune() is not None
    assert make_ledger(filled, key=key).reader().refresh().volume == 2
    empty = MemoryStore()
    empty.put_if_absent(PREFIX + "log-0", b"hello")
    assert not Ledger.open(empty, "flights/dev").exists


@pytest.mark.rule("L7")
@pytest.mark.rule("S1")
def test_sealed_values_and_older_keys_outlive_a_prune(
    make_ledger: "LedgerMaker", bucket: "ResourceMaker", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ONE", generate_key())
    monkeypatch.setenv("TWO", generate_key())
    store = MemoryStore()
    ledger = make_ledger(store, key="env:ONE")
    made = bucket("a")
    ledger.reader().snapshot()
    vault = ledger.vault()
    assert vault is not None
    sealed = vault.seal("canary", uid=made.uid, generation=1, field="url")
    with ledger.take_lease(operation="apply") as held:
        held.writer.append([ev.ResourceWritten(resource=bucket("a", outputs={"url": sealed}))])
    with ledger.take_lease(operation="rotate") as held:
        held.rotate_key("env:TWO")
    ledger.prune()
    ledger.delete_history()
    later = make_ledger(store, key="env:TWO")
    recorded = later.reader().snapshot().resources[made.address].outputs["url"]
    again = later.vault()
    assert again is not None
    assert again.open(recorded) == "canary"
