"""Moving a ledger to another store: nothing lost, nothing written twice, resumable wherever it is interrupted."""

import subprocess
import sys
import textwrap
from collections.abc import Callable
from typing import Any

import pytest

from unknot.stacks.errors import LeaseHeld, LedgerError, LedgerMovedAway
from unknot.state.events import LedgerArrived, LedgerMoved, ResourceWritten, RunClosed
from unknot.state.ledger import Ledger
from unknot.state.ledger.moving import move_ledger, survey
from unknot.state.stores.base import Store
from unknot.state.stores.memory import MemoryStore
from unknot.state.stores.opening import open_store

KINDS = ("local", "s3", "gs", "az", "postgresql")

PLACE = "flights/dev"

Make = Callable[..., Any]


class Interrupted(BaseException):
    """As a key press would."""


def record(ledger: Ledger, bucket: Make, *names: str) -> None:
    with ledger.take_lease(operation="apply") as lease:
        for name in names:
            lease.writer.append([ResourceWritten(resource=bucket(name))])


def content(store: Store) -> dict[str, bytes | None]:
    return {key: store.get(key) for key in store.list(f"{PLACE}/")}


def all_but_lease(ledger: Ledger) -> object:
    snapshot = ledger.reader().snapshot()
    return (snapshot.lineage, snapshot.resources, snapshot.tombstones, snapshot.intents, snapshot.moved_to)


@pytest.mark.parametrize(("begin", "end"), [(a, b) for a in KINDS for b in KINDS if a != b])
def test_ledger_goes_from_each_kind_of_store_to_each_other(
    begin: str, end: str, new_store_url: Callable[[str], str], make_ledger: Make, bucket: Make
) -> None:
    old_store, new_store = open_store(new_store_url(begin)), open_store(new_store_url(end))
    old, new = make_ledger(old_store), Ledger.open(new_store, PLACE)
    record(old, bucket, *(f"b{n}" for n in range(12)))
    before = all_but_lease(old)

    moved = move_ledger(old, new, new_store.url)

    assert all_but_lease(Ledger.open(new_store, PLACE)) == before
    assert new.reader().verify().serial == moved.head.serial + 1
    there = content(new_store)
    assert {key: there[key] for key in content(old_store)} == content(old_store)
    with pytest.raises(LedgerMovedAway, match="moved from") as refused:
        record(Ledger.open(old_store, PLACE), bucket, "lost")
    assert new_store.url in refused.value.detail
    record(new, bucket, "after")
    assert "bucket.after" in Ledger.open(new_store, PLACE).reader().snapshot().resources


@pytest.mark.rule("L2")
def test_old_log_ends_with_where_it_went_and_new_one_goes_on_from_it(make_ledger: Make, bucket: Make) -> None:
    old, new = make_ledger(MemoryStore()), Ledger.open(MemoryStore(), PLACE)
    record(old, bucket, "a")
    move_ledger(old, new, "memory:new")
    *_, end = old.reader().history()
    assert [type(event) for event in end.events] == [LedgerMoved]
    *_, before, arrival = new.reader().history()
    assert (before.serial, before.hash) == (end.serial, end.hash)
    assert [type(event) for event in arrival.events] == [LedgerArrived]


@pytest.mark.rule("L3")
@pytest.mark.parametrize("write", ["lease", "run", "unlock"])
def test_no_kind_of_writer_gets_into_a_ledger_that_moved(
    write: str, make_ledger: Make, bucket: Make, run: Make
) -> None:
    store = MemoryStore()
    old = make_ledger(store)
    record(old, bucket, "a")
    known = Ledger.open(store, PLACE)
    known.reader().refresh()  # it has looked before the move
    move_ledger(old, Ledger.open(MemoryStore(), PLACE), "memory:new")
    size = len(content(store))
    writes: dict[str, Callable[[], object]] = {
        "lease": lambda: known.take_lease(operation="apply"),
        "run": lambda: known.append_without_lease([RunClosed(run=run("r01"))]),
        "unlock": lambda: known.break_lease("some", "me"),
    }
    with pytest.raises(LedgerMovedAway):
        writes[write]()
    assert len(content(store)) == size


@pytest.mark.rule("L3")
def test_holder_of_the_lease_is_not_moved_away_from(make_ledger: Make, bucket: Make) -> None:
    store, target = MemoryStore(), MemoryStore()
    old = make_ledger(store)
    with old.take_lease(operation="apply") as lease:
        with pytest.raises(LeaseHeld, match="apply"):
            move_ledger(Ledger.open(store, PLACE), Ledger.open(target, PLACE), "memory:new")
        lease.writer.append([ResourceWritten(resource=bucket("a"))])
    assert content(target) == {}


def test_interrupted_anywhere_it_is_finished_by_doing_it_again(
    make_ledger: Make, make_flaky: Make, bucket: Make
) -> None:
    for stop in range(1, 100):
        store, target = MemoryStore(), make_flaky(MemoryStore())
        old = make_ledger(store)
        record(old, bucket, *(f"b{n}" for n in range(9)))
        before = all_but_lease(old)
        puts = 0

        def interrupt(key: str, stop: int = stop) -> None:
            nonlocal puts
            puts += 1
            if puts == stop:
                raise Interrupted

        target.before_put = interrupt
        try:
            move_ledger(old, Ledger.open(target, PLACE), "memory:new")
        except Interrupted:
            pass
        else:
            assert stop > 12
            return
        target.before_put = lambda key: None
        # Until it is finished, there is one place to write to at most.
        with pytest.raises(LedgerError):
            Ledger.open(target, PLACE).take_lease(operation="apply")
        move_ledger(Ledger.open(store, PLACE), Ledger.open(target, PLACE), "memory:new")
        assert all_but_lease(Ledger.open(target, PLACE)) == before
        Ledger.open(target, PLACE).reader().verify()
        record(Ledger.open(target, PLACE), bucket, "after")
        with pytest.raises(LedgerMovedAway):
            Ledger.open(store, PLACE).take_lease(operation="apply")
    raise AssertionError("it never came to an end")


MOVER = textwrap.dedent("""
    import os, signal, sys
    from unknot.state.ledger import Ledger
    from unknot.state.ledger.moving import move_ledger
    from unknot.state.stores.opening import open_store

    begin, end, stop = sys.argv[1], sys.argv[2], int(sys.argv[3])
    target = open_store(end)
    put, puts = target.put_if_absent, 0

    def killed(key, data):
        global puts
        puts += 1
        if puts == stop:
            os.kill(os.getpid(), signal.SIGKILL)
        return put(key, data)

    target.put_if_absent = killed
    move_ledger(Ledger.open(open_store(begin), "flights/dev"), Ledger.open(target, "flights/dev"), end, term_s=1.0)
""")


@pytest.mark.slow
@pytest.mark.parametrize("stop", [3, 14, 15])
def test_killed_process_is_waited_for_and_its_move_finished(
    stop: int, new_store_url: Callable[[str], str], make_ledger: Make, bucket: Make
) -> None:
    begin, end = new_store_url("local"), new_store_url("local")
    record(make_ledger(open_store(begin)), bucket, *(f"b{n}" for n in range(9)))
    killed = subprocess.run([sys.executable, "-c", MOVER, begin, end, str(stop)], capture_output=True)
    assert killed.returncode == -9, killed.stderr
    old, new = Ledger.open(open_store(begin), PLACE), Ledger.open(open_store(end), PLACE)
    move_ledger(old, new, end, wait_s=30)
    assert len(new.reader().snapshot().resources) == 9
    new.reader().verify()


def test_target_that_holds_another_ledger_is_refused_and_source_goes_on(
    make_ledger: Make, bucket: Make
) -> None:
    old, other = make_ledger(MemoryStore()), make_ledger(MemoryStore())
    record(other, bucket, "theirs")
    with pytest.raises(LedgerError, match="holds something else"):
        move_ledger(old, other, "memory:new")
    record(old, bucket, "mine")
    assert set(old.reader().snapshot().resources) == {"bucket.mine"}
    assert set(other.reader().snapshot().resources) == {"bucket.theirs"}


def test_byte_that_changed_on_the_way_is_noticed(make_ledger: Make, make_flaky: Make, bucket: Make) -> None:
    class Careless(MemoryStore):
        def put_if_absent(self, key: str, data: bytes) -> Any:
            return super().put_if_absent(key, data.replace(b"bucket.a", b"bucket.e"))

    store = MemoryStore()
    record(make_ledger(store), bucket, "a")
    with pytest.raises(LedgerError, match="holds something else"):
        move_ledger(Ledger.open(store, PLACE), Ledger.open(Careless(), PLACE), "memory:new")
    record(Ledger.open(store, PLACE), bucket, "b")


def test_ledger_comes_back_to_where_it_was(make_ledger: Make, bucket: Make) -> None:
    first, second = MemoryStore(), MemoryStore()
    record(make_ledger(first), bucket, "a")
    move_ledger(Ledger.open(first, PLACE), Ledger.open(second, PLACE), "memory:second")
    record(Ledger.open(second, PLACE), bucket, "b")
    move_ledger(Ledger.open(second, PLACE), Ledger.open(first, PLACE), "memory:first")
    record(Ledger.open(first, PLACE), bucket, "c")
    assert len(Ledger.open(first, PLACE).reader().snapshot().resources) == 3
    Ledger.open(first, PLACE).reader().verify()
    with pytest.raises(LedgerMovedAway, match="memory:first"):
        Ledger.open(second, PLACE).take_lease(operation="apply")


def test_third_place_is_refused_once_it_moved(make_ledger: Make, bucket: Make) -> None:
    store = MemoryStore()
    record(make_ledger(store), bucket, "a")
    move_ledger(Ledger.open(store, PLACE), Ledger.open(MemoryStore(), PLACE), "memory:second")
    with pytest.raises(LedgerMovedAway, match="memory:second"):
        move_ledger(Ledger.open(store, PLACE), Ledger.open(MemoryStore(), PLACE), "memory:third")


def test_what_would_be_moved_is_counted_without_moving_it(make_ledger: Make, bucket: Make) -> None:
    store, target = MemoryStore(), MemoryStore()
    old = make_ledger(store)
    record(old, bucket, "a")
    found = survey(old, Ledger.open(target, PLACE))
    assert found.objects == found.missing == len(content(store))
    assert content(target) == {}
    record(old, bucket, "b")
