"""The first segment (rule P2)."""

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from unknot.stacks.errors import PlanRefused
from unknot.state.events import LedgerCreated
from unknot.state.ledger import Ledger
from unknot.state.stores.memory import MemoryStore

if TYPE_CHECKING:
    from tests.state.ledger.conftest import LedgerMaker


@pytest.mark.rule("P2")
def test_second_first_plan_is_refused() -> None:
    store = MemoryStore()
    Ledger.open(store, "p").create("ann's", "flights", "dev")
    with pytest.raises(PlanRefused, match="begun by another first plan") as refused:
        Ledger.open(store, "p").create("bob's", "flights", "dev")
    assert "ann's" in refused.value.detail
    assert "bob's" in refused.value.detail
    assert Ledger.open(store, "p").reader().snapshot().lineage == "ann's"


@pytest.mark.rule("P2")
def test_same_first_plan_may_begin_again_after_a_crash(make_ledger: "LedgerMaker") -> None:
    store = MemoryStore()
    assert Ledger.open(store, "p").create("ann's", "flights", "dev") == 1
    assert Ledger.open(store, "p").create("ann's", "flights", "dev") == 1


@pytest.mark.rule("P2")
@pytest.mark.parametrize("key", [None, "env:KEY"])
def test_one_of_many_first_plans_wins(monkeypatch: pytest.MonkeyPatch, key: str | None) -> None:
    monkeypatch.setenv("KEY", "11" * 32)
    store = MemoryStore()

    def create(lineage: str) -> str | None:
        try:
            Ledger.open(store, "p", key=key).create(lineage, "flights", "dev")
        except PlanRefused:
            return None
        return lineage

    with ThreadPoolExecutor(8) as pool:
        winners = [lineage for lineage in pool.map(create, map(str, range(8))) if lineage]
    assert winners == [Ledger.open(store, "p", key=key).reader().snapshot().lineage]


def test_first_segment_says_what_the_ledger_is_for() -> None:
    ledger = Ledger.open(MemoryStore(), "flights/dev")
    before = ledger.exists
    ledger.create("lineage", "flights", "dev")
    assert (before, ledger.exists) == (False, True)
    [entry] = ledger.reader().history()
    [created] = entry.events
    assert isinstance(created, LedgerCreated)
    assert (created.lineage, created.stack, created.environment) == ("lineage", "flights", "dev")


def test_ledgers_of_one_store_do_not_meet() -> None:
    store = MemoryStore()
    for prefix in ("a", "a/b", "ab", ""):
        Ledger.open(store, prefix).create(f"lineage of {prefix}", "s", "e")
    for prefix in ("a", "a/b", "ab", ""):
        reader = Ledger.open(store, prefix).reader()
        assert reader.verify().serial == 1
        assert reader.snapshot().lineage == f"lineage of {prefix}"
