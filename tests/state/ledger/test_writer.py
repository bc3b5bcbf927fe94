"""Appending: one segment for many, lost answers, other writers, stores that fail (rules L1 to L3)."""

import math
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unknot.stacks.address import Address
from unknot.stacks.errors import LeaseLost, LedgerError
from unknot.state import events as ev
from unknot.state.ledger import Ledger
from unknot.state.stores.memory import MemoryStore

if TYPE_CHECKING:
    from tests.state.ledger.conftest import FlakyStore, LedgerMaker, ResourceMaker, RunMaker
    from unknot.state.stores.local import LocalStore

A = Address("bucket.a")


def test_appended_events_are_read_by_others(
    local_store: "LocalStore", make_ledger: "LedgerMaker", bucket: "ResourceMaker"
) -> None:
    ledger = make_ledger(local_store)
    with ledger.take_lease(operation="apply", holder="ann") as held:
        serial = held.writer.append([ev.ResourceWritten(resource=bucket("a"))])
        other = make_ledger(local_store).reader().snapshot()
        assert other.serial == serial
        assert other.resources[A] == held.writer.resource(A)
        assert other.lease is not None
        assert other.lease.holder == "ann"
    assert make_ledger(local_store).reader().snapshot().lease is None


def test_writer_sees_what_a_reader_of_the_bytes_would(
    make_ledger: "LedgerMaker", bucket: "ResourceMaker"
) -> None:
    """Values take the form in which they come back from JSON at once, not only for the next process."""
    store = MemoryStore()
    with make_ledger(store).take_lease(operation="apply") as held:
        held.writer.append([ev.ResourceWritten(resource=bucket("a", inputs={"t": (1, 2), "nan": math.nan}))])
        assert held.writer.snapshot().resources == make_ledger(store).reader().snapshot().resources
        assert held.writer.snapshot().resources[A].inputs == {"t": [1, 2], "nan": None}


@pytest.mark.rule("P2")
def test_versions_of_absence(make_ledger: "LedgerMaker", bucket: "ResourceMaker") -> None:
    with make_ledger().take_lease(operation="apply") as held:
        writer = held.writer
        assert writer.absence(A) == 0
        writer.append([ev.ResourceWritten(resource=bucket("a"))])
        assert writer.absence(A) is None
        removed = writer.append([ev.ResourceRemoved(address=A, uid=bucket("a").uid, how="deleted")])
        assert writer.absence(A) == removed
        assert writer.resource(A) is None


def test_concurrent_appends_share_segments(
    flaky: "FlakyStore", make_ledger: "LedgerMaker", bucket: "ResourceMaker"
) -> None:
    """While one segment is on its way, all that comes in makes up the next one."""
    ledger = make_ledger(flaky)
    with ledger.take_lease(operation="apply") as held:
        on_its_way, go_on = threading.Event(), threading.Event()

        def hold_first(key: str) -> None:
            if not on_its_way.is_set():
                on_its_way.set()
                assert go_on.wait(10)

        flaky.before_put = hold_first
        first = held.writer.submit([ev.ResourceWritten(resource=bucket("first"))])
        assert on_its_way.wait(10)
        rest = [held.writer.submit([ev.ResourceWritten(resource=bucket(f"b{n}"))]) for n in range(500)]
        go_on.set()
        assert {future.result(10) for future in rest} == {first.result(10) + 1}


def test_two_thousand_changes_take_a_few_dozen_writes(
    local_store: "LocalStore", make_ledger: "LedgerMaker", bucket: "ResourceMaker"
) -> None:
    ledger = make_ledger(local_store)
    with ledger.take_lease(operation="apply") as held, ThreadPoolExecutor(64) as pool:
        before = ledger.reader().head().serial

        def change(n: int) -> int:
            return held.writer.append([ev.ResourceWritten(resource=bucket(f"b{n}"))])

        serials = set(pool.map(change, range(2000)))
        assert len(serials) <= 2000 / 64 * 3
        assert ledger.reader().head().serial == before + len(serials)
        assert len(held.writer.snapshot().resources) == 2000


def test_events_of_one_append_stay_together_and_in_order(
    make_ledger: "LedgerMaker", bucket: "ResourceMaker"
) -> None:
    ledger = make_ledger()
    with ledger.take_lease(operation="apply") as held, ThreadPoolExecutor(8) as pool:

        def pair(n: int) -> tuple[int, list[str]]:
            events = [ev.ResourceWritten(resource=bucket("a", owner=f"{n}/{i}")) for i in range(3)]
            return held.writer.append(events), [event.id for event in events]

        for serial, ids in pool.map(pair, range(40)):
            [entry] = ledger.reader().history(serial, serial)
            logged = [event.id for event in entry.events]
            start = logged.index(ids[0])
            assert logged[start : start + 3] == ids


class TestLostAnswers:
    @pytest.mark.rule("L1")
    @pytest.mark.parametrize(
        "failures",
        [
            ["lost-answer"],
            ["lost-request"],
            ["error"],
            ["error", "lost-answer", "error"],
            ["lost-request"] * 3,
        ],
    )
    def test_event_is_recorded_once(
        self, flaky: "FlakyStore", make_ledger: "LedgerMaker", bucket: "ResourceMaker", failures: list[str]
    ) -> None:
        ledger = make_ledger(flaky)
        with ledger.take_lease(operation="apply") as held:
            before = ledger.reader().head().serial
            flaky.failures = failures
            serial = held.writer.append([ev.ResourceWritten(resource=bucket("a"))])
            assert serial == before + 1
            assert ledger.reader().head().serial == serial

    @pytest.mark.rule("L1")
    @given(failures=st.lists(st.sampled_from(["fine", "error", "lost-answer", "lost-request"]), max_size=20))
    @settings(deadline=None, max_examples=10)
    def test_every_acknowledged_event_is_there_once(
        self,
        make_ledger: "LedgerMaker",
        make_flaky: "type[FlakyStore]",
        bucket: "ResourceMaker",
        failures: list[str],
    ) -> None:
        flaky = make_flaky(MemoryStore())
        ledger = make_ledger(flaky)
        acknowledged = []
        with ledger.take_lease(operation="apply") as held:
            # At most 4 failures in a row: one more than that and the store counts as unreachable for a while.
            flaky.failures = [f for n, f in enumerate(failures) if n % 5 != 4 or f == "fine"]
            for n in range(12):
                event = ev.ResourceWritten(resource=bucket(f"b{n}"))
                held.writer.append([event])
                acknowledged.append(event.id)
            flaky.failures = []
        logged = [event.id for entry in make_ledger(flaky.inner).reader().history() for event in entry.events]
        assert [id_ for id_ in logged if id_ in set(acknowledged)] == acknowledged

    @pytest.mark.rule("L1")
    def test_creation_whose_answer_was_lost_is_no_other_ledger(
        self, flaky: "FlakyStore", make_ledger: "LedgerMaker"
    ) -> None:
        flaky.failures = ["lost-answer"]
        assert Ledger.open(flaky, "p").create("lineage", "s", "e") == 1


class TestOtherWriters:
    @pytest.mark.rule("L3")
    def test_event_without_lease_in_between_is_folded_and_passed(
        self, make_ledger: "LedgerMaker", bucket: "ResourceMaker", run: "RunMaker"
    ) -> None:
        store = MemoryStore()
        ledger, other = make_ledger(store), make_ledger(store)
        with ledger.take_lease(operation="apply") as held:
            absorbed = other.append_without_lease([ev.RunClosed(run=run("run-01"))])
            assert held.writer.append([ev.ResourceWritten(resource=bucket("a"))]) == absorbed + 1
            assert held.writer.snapshot().runs

    @pytest.mark.rule("L3")
    def test_broken_lease_stops_the_writer(self, make_ledger: "LedgerMaker", bucket: "ResourceMaker") -> None:
        store = MemoryStore()
        ledger, other = make_ledger(store), make_ledger(store)
        with ledger.take_lease(operation="apply") as held:
            other.break_lease(held.id, by="bob", reason="stuck")
            with pytest.raises(LeaseLost, match="unknot unlock"):
                held.writer.append([ev.PlanStarted(plan="p", operation="apply")])
            assert held.lost.is_set()
            assert held.remaining_s() == 0
            with pytest.raises(LeaseLost):
                held.check()
            with pytest.raises(LeaseLost):
                held.writer.append([ev.PlanStarted(plan="p", operation="apply")])
        assert "p" not in other.reader().snapshot().plans

    @pytest.mark.rule("L3")
    def test_only_the_listed_events_go_without_a_lease(
        self, make_ledger: "LedgerMaker", bucket: "ResourceMaker"
    ) -> None:
        ledger = make_ledger()
        with pytest.raises(ValueError, match="need a lease"):
            ledger.append_without_lease([ev.ResourceWritten(resource=bucket("a"))])
        assert ledger.reader().head().serial == 1

    @pytest.mark.rule("L3")
    def test_commands_that_absorb_at_once_all_get_through(
        self, make_ledger: "LedgerMaker", run: "RunMaker"
    ) -> None:
        store = MemoryStore()
        make_ledger(store)

        def absorb(n: int) -> int:
            return make_ledger(store).append_without_lease([ev.RunClosed(run=run(f"run-{n:02d}"))])

        with ThreadPoolExecutor(8) as pool:
            assert sorted(pool.map(absorb, range(30))) == list(range(2, 32))


class TestRefusals:
    def test_value_that_json_cannot_hold_is_refused_at_once(
        self, make_ledger: "LedgerMaker", bucket: "ResourceMaker"
    ) -> None:
        with make_ledger().take_lease(operation="apply") as held:
            with pytest.raises(TypeError):
                held.writer.append([ev.ResourceWritten(resource=bucket("a", inputs={"x": object()}))])
            held.writer.append([ev.ResourceWritten(resource=bucket("a"))])

    def test_ledgers_own_events_are_refused(self, make_ledger: "LedgerMaker") -> None:
        ledger = make_ledger()
        with ledger.take_lease(operation="apply") as held:
            for events in ([ev.LeaseTaken(lease=held.lease)], [ev.KeyRotated(key=7)]):
                with pytest.raises(ValueError):
                    held.writer.append(events)
            with pytest.raises(ValueError):
                ledger.append_without_lease([ev.LeaseTaken(lease=held.lease)])
        assert ledger.reader().verify() == ledger.reader().head()

    def test_nothing_to_append_writes_nothing(self, make_ledger: "LedgerMaker") -> None:
        ledger = make_ledger()
        with ledger.take_lease(operation="apply") as held:
            head = ledger.reader().head().serial
            assert held.writer.append([]) == head
            assert ledger.reader().head().serial == head

    def test_rename_that_does_not_fit_fails_alone(
        self, make_ledger: "LedgerMaker", bucket: "ResourceMaker"
    ) -> None:
        with make_ledger().take_lease(operation="apply") as held:
            good = held.writer.submit([ev.ResourceWritten(resource=bucket("a"))])
            bad = held.writer.submit([ev.ResourcesRenamed(renames={Address("bucket.none"): A})])
            after = held.writer.submit([ev.ResourcesRenamed(renames={A: Address("bucket.z")})])
            good.result(10)
            with pytest.raises(LedgerError, match="not recorded"):
                bad.result(10)
            after.result(10)
            assert list(held.writer.snapshot().resources) == ["bucket.z"]

    def test_released_lease_writes_no_more(self, make_ledger: "LedgerMaker") -> None:
        ledger = make_ledger()
        with ledger.take_lease(operation="apply") as held:
            pass
        with pytest.raises(LeaseLost, match="released"):
            held.writer.append([ev.PlanStarted(plan="p", operation="apply")])
        held.release()

    def test_full_store_fails_the_append_and_stops_the_writer(
        self, flaky: "FlakyStore", make_ledger: "LedgerMaker", bucket: "ResourceMaker"
    ) -> None:
        ledger = make_ledger(flaky)
        with ledger.take_lease(operation="apply") as held:
            flaky.full = True
            with pytest.raises(LeaseLost, match="no room left") as full:
                held.writer.append([ev.PlanStarted(plan="p", operation="apply")])
            assert "Free some space" in full.value.detail
        flaky.full = False
        assert "p" not in make_ledger(flaky.inner).reader().snapshot().plans


@pytest.mark.rule("L2")
def test_no_segment_is_ever_deleted(
    flaky: "FlakyStore", make_ledger: "LedgerMaker", bucket: "ResourceMaker"
) -> None:
    ledger = make_ledger(flaky)
    for n in range(3):
        with ledger.take_lease(operation="apply") as held:
            for i in range(20):
                held.writer.append([ev.ResourceWritten(resource=bucket(f"b{n}-{i}"))])
    ledger.break_lease(ledger.take_lease(operation="stuck").id, by="ann")
    with ledger.take_lease(operation="apply"):
        pass
    assert [key for key in flaky.deleted if "/log/" in key or "/checkpoints/" in key] == []
    assert len(list(flaky.inner.list("flights/dev/checkpoints/"))) >= 3
