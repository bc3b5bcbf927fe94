"""What a plan cost is counted by phase, provider and target, and decides nothing."""

from pathlib import Path

import msgspec
import pytest

from unknot.planner.apply import ApplyOptions, apply
from unknot.planner.archive import bind
from unknot.planner.planning import make_plan
from unknot.planner.render.document import PlanDocument, plan_document
from unknot.planner.render.stats import stats_text
from unknot.planner.services import Services
from unknot.planner.stats import Meter, PhaseStats, PlanStats, ReadStats
from unknot.providers.fake import FakeProvider, Thing
from unknot.stacks.stack import Stack
from unknot.stacks.target import Target
from unknot.state.ledger import Ledger
from unknot.state.stores.memory import MemoryStore

FAR = Target("far", engine="local", store="memory:far")


def test_calls_are_counted_by_provider_and_target(tmp_path: Path) -> None:
    fake = FakeProvider()
    services = Services(project=tmp_path, provider=lambda _: fake)
    stack = Stack("demo", owner="team@example.org")
    for name in ("a", "b"):
        stack.add(Thing(name))
    stack.add(Thing("c", target=FAR))
    definition = stack.definition(root=tmp_path)
    ledger = Ledger.open(MemoryStore(), "demo/default")
    saved = bind(make_plan(definition, None, services), definition.bundles)
    apply(saved.plan, saved.hash, ledger, services, options=ApplyOptions(), bundles=saved)
    meter = Meter()
    plan = make_plan(definition, ledger.reader().snapshot(), services, meter=meter)
    stats = meter.stats({"list": 2, "get": 5})
    assert [(r.provider, r.target, r.objects) for r in stats.refresh] == [
        ("fake", "far", 1),
        ("fake", "laptop", 2),
    ]
    assert sum(r.calls for r in stats.refresh) == plan.calls > 0
    assert [phase.phase for phase in stats.phases] == ["refresh", "diff", "runs", "check"]
    assert stats.store_calls == {"get": 5, "list": 2}
    unmeasured = make_plan(definition, ledger.reader().snapshot(), services)
    assert msgspec.structs.replace(plan, nonce="", created_at="") == msgspec.structs.replace(
        unmeasured, nonce="", created_at=""
    )


STATS = PlanStats(
    (PhaseStats("load", 0.25), PhaseStats("refresh", 1.5)),
    (ReadStats("aws", "prod", 1000, 1), ReadStats("file", "laptop", 1, 2)),
    {"get": 5, "list": 1},
)


def test_stats_are_shown_to_people() -> None:
    assert (
        stats_text(STATS)
        == """
Time
  load        0.250 s
  refresh     1.500 s
  all         1.750 s

Requests to refresh
  aws on prod: 1 call for 1,000 objects
  file on laptop: 2 calls for 1 object

Store of the ledgers
  6 calls (5 get, 1 list)
"""
    )


@pytest.mark.parametrize("stats", [None, STATS])
def test_stats_are_in_the_document_when_asked_for(stats: PlanStats | None, tmp_path: Path) -> None:
    plan = make_plan(Stack("s", owner="o").definition(root=tmp_path), None, Services(project=tmp_path))
    data = plan_document(plan, stats)
    assert (b'"stats"' in data) == (stats is not None)
    document = msgspec.json.decode(data, type=PlanDocument)
    assert document.stats == (msgspec.UNSET if stats is None else stats)
