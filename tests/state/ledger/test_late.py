"""Late results: what a fenced or cut off writer leaves behind, and who takes it in (rule A2)."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from unknot.stacks.address import Address
from unknot.stacks.errors import LeaseLost
from unknot.state import events as ev
from unknot.state.ledger import HeldLease
from unknot.state.stores.base import StoreError
from unknot.state.stores.memory import MemoryStore

if TYPE_CHECKING:
    from tests.state.ledger.conftest import FlakyStore, HandClock, IntentMaker, LedgerMaker, ResourceMaker

A = Address("bucket.a")
LATE = "flights/dev/late/"


@pytest.fixture
def result(bucket: "ResourceMaker") -> list[ev.Event]:
    """What a create of bucket.a says when it comes back."""
    return [ev.ResourceWritten(resource=bucket("a")), ev.IntentClosed(intent="a", outcome="done")]


def open_intent(held: HeldLease, intent: "IntentMaker") -> None:
    held.writer.append([ev.IntentOpened(intent=intent("a"))])


class TestFenced:
    @pytest.mark.rule("A2")
    def test_result_is_left_behind_and_absorbed_by_the_next_holder(
        self, make_ledger: "LedgerMaker", intent: "IntentMaker", result: list[ev.Event]
    ) -> None:
        store = MemoryStore()
        fenced = make_ledger(store).take_lease(operation="apply", holder="ann")
        open_intent(fenced, intent)
        make_ledger(store).break_lease(fenced.id, by="bob")
        with pytest.raises(LeaseLost) as lost:
            fenced.writer.append(result)
        assert f"late/{fenced.id}/00000001" in lost.value.detail
        assert "a" in make_ledger(store).reader().snapshot().intents

        with make_ledger(store).take_lease(operation="apply", holder="bob") as held:
            [late] = held.absorbed
            assert (late.lease, late.n, late.absorbed) == (fenced.id, 1, True)
            assert held.writer.resource(A) is not None
            assert held.writer.snapshot().intents == {}
        assert list(store.list(LATE)) == []
        with make_ledger(store).take_lease(operation="apply") as third:
            assert third.absorbed == ()

    @pytest.mark.rule("A2")
    def test_several_results_are_all_absorbed_in_order(
        self, make_ledger: "LedgerMaker", bucket: "ResourceMaker", intent: "IntentMaker"
    ) -> None:
        store = MemoryStore()
        fenced = make_ledger(store).take_lease(operation="apply")
        for name in "abc":
            fenced.writer.append([ev.IntentOpened(intent=intent(name))])
        make_ledger(store).break_lease(fenced.id, by="bob")
        for name in "abc":
            with pytest.raises(LeaseLost):
                fenced.writer.append(
                    [ev.ResourceWritten(resource=bucket(name)), ev.IntentClosed(intent=name, outcome="done")]
                )
        with make_ledger(store).take_lease(operation="apply") as held:
            assert [late.n for late in held.absorbed] == [1, 2, 3]
            assert len(held.writer.snapshot().resources) == 3

    @pytest.mark.rule("A2")
    def test_only_results_are_left_behind(self, make_ledger: "LedgerMaker", intent: "IntentMaker") -> None:
        """An intent that was not recorded was not acted on, and a plan that did not finish did not."""
        store = MemoryStore()
        fenced = make_ledger(store).take_lease(operation="apply")
        make_ledger(store).break_lease(fenced.id, by="bob")
        for event in (ev.IntentOpened(intent=intent("a")), ev.PlanFinished(plan="p", outcome="succeeded")):
            with pytest.raises(LeaseLost):
                fenced.writer.append([event])
        assert list(store.list(LATE)) == []

    @pytest.mark.rule("A2")
    def test_result_of_a_matter_that_was_settled_since_changes_nothing(
        self,
        make_ledger: "LedgerMaker",
        bucket: "ResourceMaker",
        intent: "IntentMaker",
        result: list[ev.Event],
    ) -> None:
        """The call came back an hour later: the next holder had looked at the world and closed the intent."""
        store = MemoryStore()
        fenced = make_ledger(store).take_lease(operation="apply")
        open_intent(fenced, intent)
        make_ledger(store).break_lease(fenced.id, by="bob")
        with make_ledger(store).take_lease(operation="apply") as held:
            held.writer.append(
                [
                    ev.IntentClosed(intent="a", outcome="adopted"),
                    ev.ResourceWritten(resource=bucket("a", owner="adopted")),
                ]
            )
        with pytest.raises(LeaseLost):
            fenced.writer.append(result)
        with make_ledger(store).take_lease(operation="apply") as third:
            [late] = third.absorbed
            assert not late.absorbed
            recorded = third.writer.resource(A)
            assert recorded is not None
            assert recorded.owner == "adopted"

    @pytest.mark.rule("A2")
    def test_refresh_without_an_intent_counts_only_if_the_record_is_as_it_was(
        self, make_ledger: "LedgerMaker", bucket: "ResourceMaker"
    ) -> None:
        store = MemoryStore()
        fenced = make_ledger(store).take_lease(operation="apply")
        fenced.writer.append([ev.ResourceWritten(resource=bucket(name)) for name in "ab"])
        make_ledger(store).break_lease(fenced.id, by="bob")
        for name in "ab":
            with pytest.raises(LeaseLost):
                fenced.writer.append([ev.ResourceWritten(resource=bucket(name, owner="late"))])
        fenced_n = [key.rpartition("/")[2] for key in store.list(LATE)]
        assert fenced_n == ["00000001", "00000002"]
        # The next holder writes bucket.b before it knows of late results: as if they had come in just after.
        kept = {key: store.get(key) or b"" for key in store.list(LATE)}
        for key in kept:
            store.delete(key)
        with make_ledger(store).take_lease(operation="apply") as held:
            held.writer.append([ev.ResourceWritten(resource=bucket("b", owner="since"))])
        for key, data in kept.items():
            store.put_if_absent(key, data)
        with make_ledger(store).take_lease(operation="apply") as held:
            assert [late.absorbed for late in held.absorbed] == [True, False]
            owners = {a: r.owner for a, r in held.writer.snapshot().resources.items()}
            assert owners == {"bucket.a": "late", "bucket.b": "since"}

    @pytest.mark.rule("A2")
    @pytest.mark.rule("L1")
    def test_crash_between_absorbing_and_deleting_absorbs_once(
        self, make_ledger: "LedgerMaker", intent: "IntentMaker", result: list[ev.Event]
    ) -> None:
        store = MemoryStore()
        fenced = make_ledger(store).take_lease(operation="apply")
        open_intent(fenced, intent)
        make_ledger(store).break_lease(fenced.id, by="bob")
        with pytest.raises(LeaseLost):
            fenced.writer.append(result)
        [(key, data)] = [(key, store.get(key) or b"") for key in store.list(LATE)]
        with make_ledger(store).take_lease(operation="apply") as held:
            assert held.absorbed[0].absorbed
            serial = held.writer.snapshot().resources[A].serial
        store.put_if_absent(key, data)
        with make_ledger(store).take_lease(operation="apply") as held:
            assert not held.absorbed[0].absorbed
            assert held.writer.snapshot().resources[A].serial == serial

    @pytest.mark.rule("A2")
    @pytest.mark.parametrize(
        "damage", [lambda data: data[:-5], lambda data: b"", lambda data: data.replace(b"uid-a", b"uid-x")]
    )
    def test_damaged_late_result_is_reported_and_left(
        self,
        make_ledger: "LedgerMaker",
        intent: "IntentMaker",
        result: list[ev.Event],
        damage: Callable[[bytes], bytes],
    ) -> None:
        store = MemoryStore()
        fenced = make_ledger(store).take_lease(operation="apply")
        open_intent(fenced, intent)
        make_ledger(store).break_lease(fenced.id, by="bob")
        with pytest.raises(LeaseLost):
            fenced.writer.append(result)
        [(key, data)] = [(key, store.get(key) or b"") for key in store.list(LATE)]
        store.delete(key)
        store.put_if_absent(key, damage(data))
        with make_ledger(store).take_lease(operation="apply") as held:
            [diagnostic] = held.diagnostics
            assert key in diagnostic.detail
            assert "a" in held.writer.snapshot().intents
        assert list(store.list(LATE)) == [key]


class TestCutOff:
    @pytest.mark.rule("A2")
    @pytest.mark.parametrize("sealed", [False, True])
    def test_result_waits_in_the_spool_until_the_next_apply_of_this_machine(
        self,
        make_flaky: "type[FlakyStore]",
        make_ledger: "LedgerMaker",
        make_clock: "type[HandClock]",
        intent: "IntentMaker",
        result: list[ev.Event],
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        sealed: bool,
    ) -> None:
        monkeypatch.setenv("KEY", "00" * 32)
        key = "env:KEY" if sealed else None
        flaky, clock = make_flaky(MemoryStore()), make_clock()
        held = make_ledger(flaky, clock=clock, cache_dir=tmp_path, key=key).take_lease(
            operation="apply", term_s=30
        )
        open_intent(held, intent)
        flaky.cut_off = True
        future = held.writer.submit(result)
        clock.run_until(future.done)
        with pytest.raises(LeaseLost, match="could not be reached until the lease ended") as lost:
            future.result()
        [spooled] = [p for p in (tmp_path / "late").rglob("*") if p.is_file()]
        assert str(spooled) in lost.value.detail
        with pytest.raises(LeaseLost):
            held.check()
        if sealed:
            assert b"uid-a" not in spooled.read_bytes()

        flaky.cut_off = False
        ours = make_clock()
        with make_ledger(flaky, clock=ours, key=key).take_lease(operation="apply", wait_s=99) as elsewhere:
            assert elsewhere.absorbed == ()  # another machine knows nothing of the spool
        with make_ledger(flaky, clock=ours, cache_dir=tmp_path, key=key).take_lease(
            operation="apply"
        ) as here:
            assert [late.absorbed for late in here.absorbed] == [True]
            assert here.writer.resource(A) is not None
        assert not spooled.exists()

    @pytest.mark.rule("A2")
    def test_short_outage_is_waited_out(
        self,
        flaky: "FlakyStore",
        make_ledger: "LedgerMaker",
        clock: "HandClock",
        result: list[ev.Event],
        intent: "IntentMaker",
    ) -> None:
        with make_ledger(flaky, clock=clock).take_lease(operation="apply", term_s=300) as held:
            open_intent(held, intent)
            flaky.cut_off = True
            future = held.writer.submit(result)
            tried = flaky.calls["put"]
            clock.run_until(lambda: flaky.calls["put"] > tried + 20)
            assert not future.done()
            flaky.cut_off = False
            clock.run_until(future.done)
            assert future.result() > 0
            assert not held.lost.is_set()

    @pytest.mark.rule("A2")
    @pytest.mark.rule("L1")
    def test_write_that_landed_although_its_answer_never_came_counts_once(
        self,
        flaky: "FlakyStore",
        make_ledger: "LedgerMaker",
        make_clock: "type[HandClock]",
        intent: "IntentMaker",
        result: list[ev.Event],
        tmp_path: Path,
    ) -> None:
        clock = make_clock()
        held = make_ledger(flaky, clock=clock, cache_dir=tmp_path).take_lease(operation="apply", term_s=30)
        open_intent(held, intent)

        def write_and_go_dark(key: str) -> None:
            flaky.inner.put_if_absent(key, flaky.data)
            flaky.cut_off = True
            raise StoreError("the connection broke", retryable=True)

        flaky.before_put = write_and_go_dark
        future = held.writer.submit(result)
        clock.run_until(future.done)
        with pytest.raises(LeaseLost):
            future.result()
        flaky.cut_off = False
        flaky.before_put = lambda key: None
        with make_ledger(flaky, clock=make_clock(), cache_dir=tmp_path).take_lease(
            operation="apply", wait_s=99
        ) as after:
            assert [late.absorbed for late in after.absorbed] == [False]
            assert after.writer.snapshot().intents == {}
        written = [
            event
            for entry in make_ledger(flaky).reader().history()
            for event in entry.events
            if isinstance(event, ev.ResourceWritten)
        ]
        assert len(written) == 1
