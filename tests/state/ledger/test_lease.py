"""Leases: taking, renewing, losing, taking over and breaking them (rules L3, L4, A1)."""

import os
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import msgspec
import pytest

from unknot.stacks.errors import LeaseHeld, LeaseLost, LedgerError
from unknot.state import events as ev
from unknot.state.ledger.clock import SystemClock
from unknot.state.ledger.lease import lease_held
from unknot.state.ledger.writer import MARGIN
from unknot.state.stores.memory import MemoryStore

if TYPE_CHECKING:
    from tests.state.ledger.conftest import FlakyStore, HandClock, LedgerMaker

PLAN = ev.PlanStarted(plan="p", operation="apply")


@pytest.mark.rule("L4")
def test_second_taker_is_told_who_holds_it(make_ledger: "LedgerMaker") -> None:
    store = MemoryStore()
    with make_ledger(store).take_lease(operation="apply", holder="ann") as held:
        with pytest.raises(LeaseHeld, match="`apply` by ann on") as refused:
            make_ledger(store).take_lease(operation="destroy", holder="bob")
        for said in (held.id, f"unknot unlock {held.id}", str(os.getpid()), held.lease.taken_at, "in flight"):
            assert said in refused.value.detail
        assert "died" not in refused.value.detail
    with make_ledger(store).take_lease(operation="destroy", holder="bob") as second:
        assert second.lease.epoch == held.lease.epoch + 1


def test_dead_holder_on_this_host_is_said_to_be_dead(make_ledger: "LedgerMaker") -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    with make_ledger().take_lease(operation="apply") as held:
        dead = msgspec.structs.replace(held.lease, pid=gone.pid)
    assert f"No process {gone.pid} runs on this host any more" in lease_held(dead).detail
    elsewhere = msgspec.structs.replace(dead, host="elsewhere")
    assert "No process" not in lease_held(elsewhere).detail


@pytest.mark.rule("L4")
def test_rival_takes_over_after_a_whole_term_of_silence_on_its_own_clock(
    make_ledger: "LedgerMaker", make_clock: "type[HandClock]"
) -> None:
    store = MemoryStore()
    theirs, ours = make_clock(), make_clock()
    dead = make_ledger(store, clock=theirs).take_lease(operation="apply", term_s=30)  # its clock stands still

    began = ours.now()
    with make_ledger(store, clock=ours).take_lease(operation="apply", wait_s=60) as taken:
        assert ours.now() - began >= 30
        assert ours.now() - began < 35
        assert taken.lease.epoch == dead.lease.epoch + 1
        events = [event for entry in make_ledger(store).reader().history() for event in entry.events]
        takes = [event for event in events if isinstance(event, ev.LeaseTaken)]
        assert [(take.lease.id, take.ends) for take in takes] == [(dead.id, None), (taken.id, dead.id)]

        with pytest.raises(LeaseLost, match="taken over by"):
            dead.writer.append([PLAN])
        with pytest.raises(LeaseLost):
            dead.release()


@pytest.mark.rule("L4")
def test_rival_does_not_take_over_while_the_holder_renews(
    make_ledger: "LedgerMaker", make_clock: "type[HandClock]"
) -> None:
    store = MemoryStore()
    clock = make_clock()
    with make_ledger(store).take_lease(operation="apply", term_s=30) as held:
        looks = 0

        def renew_now_and_then() -> None:
            nonlocal looks
            looks += 1
            if looks % 20 == 0:
                held.writer.renew()

        clock.before_wait = renew_now_and_then
        with pytest.raises(LeaseHeld):
            make_ledger(store, clock=clock).take_lease(operation="apply", wait_s=300)
        assert looks > 100
        held.check()


@pytest.mark.rule("L4")
def test_ordinary_segments_renew(make_ledger: "LedgerMaker", make_clock: "type[HandClock]") -> None:
    store = MemoryStore()
    clock = make_clock()
    with make_ledger(store).take_lease(operation="apply", term_s=30) as held:

        def write() -> None:
            held.writer.append([PLAN])

        clock.before_wait = write
        with pytest.raises(LeaseHeld):
            make_ledger(store, clock=clock).take_lease(operation="apply", wait_s=100)


@pytest.mark.rule("L4")
def test_idle_holder_renews_by_itself(make_ledger: "LedgerMaker", clock: "HandClock") -> None:
    store = MemoryStore()
    ledger = make_ledger(store, clock=clock)
    with ledger.take_lease(operation="apply", term_s=30) as held:
        for _ in range(5):
            clock.advance(11)
            clock.run_until(lambda: held.remaining_s() > 20, step_s=0)
            assert held.remaining_s() == pytest.approx(30 * (1 - MARGIN))
        held.check()
    renewals = [
        e
        for entry in make_ledger(store).reader().history()
        for e in entry.events
        if isinstance(e, ev.LeaseRenewed)
    ]
    assert len(renewals) == 5


@pytest.mark.rule("L4")
def test_holder_stops_at_its_own_deadline_less_a_margin(
    make_ledger: "LedgerMaker", clock: "HandClock"
) -> None:
    """As after the lid of a laptop was closed for a while: nobody took over, and yet it must not go on."""
    store = MemoryStore()
    with make_ledger(store, clock=clock).take_lease(operation="apply", term_s=30) as held:
        clock.advance(27.5)
        assert held.lost.wait(10)
        with pytest.raises(LeaseLost, match="not renewed in time"):
            held.check()
        with pytest.raises(LeaseLost):
            held.writer.append([PLAN])
    snapshot = make_ledger(store).reader().snapshot()
    assert snapshot.lease is not None
    assert "p" not in snapshot.plans


@pytest.mark.rule("L4")
def test_deadline_counts_from_before_the_renewal_was_sent(
    flaky: "FlakyStore", make_ledger: "LedgerMaker", clock: "HandClock"
) -> None:
    """A slow store must not lengthen a lease: the rival may have seen the renewal long before its answer came."""
    with make_ledger(flaky, clock=clock).take_lease(operation="apply", term_s=30) as held:
        flaky.before_put = lambda key: clock.advance(8)
        held.writer.renew()
        assert held.remaining_s() == pytest.approx(30 * (1 - MARGIN) - 8)
        flaky.before_put = lambda key: None


@pytest.mark.rule("L4")
def test_system_clock_counts_sleep() -> None:
    clock = SystemClock()
    if hasattr(time, "CLOCK_BOOTTIME"):
        assert clock.now() == pytest.approx(time.clock_gettime(time.CLOCK_BOOTTIME), abs=5)
    assert clock.now() <= clock.now()


class TestCheck:
    @pytest.mark.rule("A1")
    def test_lease_is_made_to_outlast_a_long_call(
        self, make_ledger: "LedgerMaker", clock: "HandClock"
    ) -> None:
        store = MemoryStore()
        with make_ledger(store, clock=clock).take_lease(operation="apply", term_s=30) as held:
            held.check(timeout_s=1200)
            assert held.remaining_s() > 1200
            lease = make_ledger(store).reader().snapshot().lease
            assert lease is not None
            assert lease.term_s > 1200
            head = make_ledger(store).reader().head().serial
            held.check(timeout_s=600)
            assert make_ledger(store).reader().head().serial == head

    @pytest.mark.rule("A1")
    def test_calls_of_any_length_that_begin_at_once_are_all_outlasted(
        self, make_ledger: "LedgerMaker", clock: "HandClock"
    ) -> None:
        """A renewal for a short call does not undo one for a long call."""
        lengths = [60, 120] * 8
        start = threading.Barrier(len(lengths))
        with make_ledger(MemoryStore(), clock=clock).take_lease(operation="apply", term_s=30) as held:

            def begin(timeout_s: float) -> None:
                start.wait()
                held.check(timeout_s=timeout_s)

            with ThreadPoolExecutor(len(lengths)) as pool:
                list(pool.map(begin, lengths))
            assert held.remaining_s() > 120

    @pytest.mark.rule("A1")
    def test_rival_waits_for_the_longer_term(
        self, make_ledger: "LedgerMaker", make_clock: "type[HandClock]"
    ) -> None:
        store = MemoryStore()
        theirs, ours = make_clock(), make_clock()
        dead = make_ledger(store, clock=theirs).take_lease(operation="apply", term_s=30)
        dead.check(timeout_s=600)
        with pytest.raises(LeaseHeld):
            make_ledger(store, clock=ours).take_lease(operation="apply", wait_s=500)
        began = ours.now()
        with make_ledger(store, clock=ours).take_lease(operation="apply", wait_s=2000):
            assert ours.now() - began > 600
            with pytest.raises(LeaseLost):
                dead.release()

    @pytest.mark.rule("A1")
    def test_call_is_refused_when_the_renewal_takes_too_long(
        self, flaky: "FlakyStore", make_ledger: "LedgerMaker", clock: "HandClock"
    ) -> None:
        with make_ledger(flaky, clock=clock).take_lease(operation="apply", term_s=60) as held:
            flaky.before_put = lambda key: clock.advance(50)
            with pytest.raises(LeaseLost):
                held.check(timeout_s=600)
            flaky.before_put = lambda key: None


class TestUnlock:
    def test_broken_lease_can_be_taken_at_once(self, make_ledger: "LedgerMaker") -> None:
        store = MemoryStore()
        held = make_ledger(store).take_lease(operation="apply", holder="ann")
        make_ledger(store).break_lease(held.id, by="bob", reason="ann has left")
        with make_ledger(store).take_lease(operation="apply", holder="bob") as second:
            assert second.lease.epoch == 2
            with pytest.raises(LeaseLost):
                held.writer.append([PLAN])
        [broken] = [
            e
            for entry in make_ledger(store).reader().history()
            for e in entry.events
            if isinstance(e, ev.LeaseBroken)
        ]
        assert (broken.lease, broken.by, broken.reason) == (held.id, "bob", "ann has left")

    def test_only_the_lease_that_is_held_can_be_broken(self, make_ledger: "LedgerMaker") -> None:
        ledger = make_ledger()
        with pytest.raises(LedgerError, match="no lease `x`") as nobody:
            ledger.break_lease("x", by="bob")
        assert "nothing to unlock" in nobody.value.detail
        with ledger.take_lease(operation="apply", holder="ann") as held:
            with pytest.raises(LedgerError) as other:
                ledger.break_lease("x", by="bob")
            assert held.id in other.value.detail


def test_lease_is_released_when_the_block_fails(make_ledger: "LedgerMaker") -> None:
    ledger = make_ledger()
    with pytest.raises(ZeroDivisionError), ledger.take_lease(operation="apply"):
        raise ZeroDivisionError
    assert ledger.reader().snapshot().lease is None


def test_two_takers_at_once_never_both_hold(make_ledger: "LedgerMaker") -> None:
    store = MemoryStore()
    make_ledger(store)
    holding = threading.Lock()

    def work(name: str) -> None:
        for _ in range(5):
            with make_ledger(store).take_lease(operation="apply", holder=name, wait_s=60, term_s=3) as held:
                assert holding.acquire(blocking=False)
                held.writer.append([ev.OutputsWritten(outputs={"by": name})])
                holding.release()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(work, "ab"))
    assert make_ledger(store).reader().verify().serial > 20
