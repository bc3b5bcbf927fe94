"""Properties of plan and apply over random graphs and random edits of them."""

import os
import random
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unknot.planner.archive import read, write
from unknot.planner.plan import Plan
from unknot.providers.fake import Thing
from unknot.providers.null import Node
from unknot.stacks.errors import ProviderError
from unknot.stacks.resource import Resource
from unknot.stacks.resource_type import Lifecycle

EXAMPLES = int(os.environ.get("UNKNOT_EXAMPLES", "25"))
"""Raise it to search longer."""

MakeSite = Callable[[], Any]


class Wanted(msgspec.Struct, frozen=True):
    """One resource of a random stack."""

    name: str
    value: int
    kind: str
    first: bool
    needs: tuple[str, ...]
    null: bool

    @property
    def echoes(self) -> bool:
        return self.value == 2 and len(self.needs) == 1

    @property
    def address(self) -> str:
        return f"null.resource.{self.name}" if self.null else f"fake.thing.{self.name}"


Graph = tuple[Wanted, ...]
"""Each needs only what comes before it."""


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    """Up to eight resources, in any order of names, so that an edge may turn round from one graph to the next."""
    names = draw(st.permutations([f"n{i}" for i in range(8)]))[: draw(st.integers(0, 8))]
    found: list[Wanted] = []
    for name in names:
        needs = tuple(w.name for w in found if draw(st.integers(0, 9)) < 4)
        found.append(
            Wanted(
                name=name,
                value=draw(st.integers(0, 2)),
                kind=draw(st.sampled_from(["x", "x", "y"])),
                first=draw(st.booleans()),
                needs=needs,
                null=int(name[1]) >= 6,
            )
        )
    return tuple(found)


def resources(graph: Graph) -> list[Resource]:
    made: dict[str, Any] = {}
    for w in graph:
        # Of some, an output that stays when they change; of others, one that changes with them.
        value: Any = [
            w.value,
            *(made[n].url if isinstance(made[n], Thing) else made[n].output for n in w.needs),
        ]
        if w.echoes:  # a value that is one output as a whole
            value = made[w.needs[0]].echo if isinstance(made[w.needs[0]], Thing) else made[w.needs[0]].output
        life = Lifecycle(create_before_destroy=w.first)
        if w.null:
            made[w.name] = Node(w.name, value=value, triggers={"kind": w.kind}, lifecycle=life)
        else:
            made[w.name] = Thing(w.name, value=value, kind=w.kind, lifecycle=life)
    return list(made.values())


def is_sound(site: Any) -> None:
    """What is recorded is what exists, and nothing is left open."""
    snapshot = site.snapshot()
    assert not snapshot.intents
    assert snapshot.lease is None
    recorded = [
        (i.id, s.address) for s in snapshot.resources.values() for i in s.instances if s.provider == "fake"
    ]
    assert sorted(recorded) == sorted((o.id, o.address) for o in site.world.objects())
    for state in snapshot.resources.values():
        assert state.current is not None
        assert all(d in snapshot.resources for d in state.dependencies)


def is_as_wanted(site: Any, graph: Graph) -> None:
    is_sound(site)
    assert set(site.snapshot().resources) == {w.address for w in graph}
    for w in graph:
        if not w.null:
            there = site.object(w.address)
            assert there.inputs["kind"] == w.kind
            if not w.echoes:
                assert there.inputs["value"][0] == w.value


def edges(graph: Graph) -> Iterable[tuple[str, str]]:
    """Each address with one that it needs."""
    by_name = {w.name: w.address for w in graph}
    return [(w.address, by_name[n]) for w in graph for n in w.needs]


def respects(site: Any, before: Graph, after: Graph) -> None:
    """Every edge holds in the order of the calls: makes along the arrows, deletes against them."""
    began: dict[tuple[str, str], int] = {}
    ended: dict[tuple[str, str], int] = {}
    for at, step in enumerate(site.fake.log):
        part = {"create": "make", "update": "make", "delete": "delete"}.get(step.verb)
        if part is not None:
            (began if step.what == "began" else ended)[part, step.address] = at
    for dependent, dependency in edges(after):
        if ("make", dependent) in began and ("make", dependency) in ended:
            assert ended["make", dependency] < began["make", dependent]
    for dependent, dependency in edges(before):
        if ("delete", dependent) in ended and ("delete", dependency) in began:
            assert ended["delete", dependent] < began["delete", dependency]


@given(graphs(), graphs())
@settings(deadline=None, max_examples=EXAMPLES)
def test_plan_after_apply_is_empty_and_every_edge_is_respected(
    make_site: MakeSite, first: Graph, second: Graph
) -> None:
    site = make_site()
    earlier: Graph = ()
    for graph in (first, second):
        site.fake.log.clear()
        site.up(*resources(graph))
        respects(site, earlier, graph)
        is_as_wanted(site, graph)
        assert site.plan(*resources(graph)).plan.is_empty
        assert site.plan(*resources(graph), refresh=False).plan.is_empty
        earlier = graph


@pytest.mark.stake(21)
@given(graphs(), graphs(), st.sets(st.sampled_from([f"n{i}" for i in range(6)])), st.booleans())
@settings(deadline=None, max_examples=EXAMPLES)
def test_failures_leave_a_sound_ledger_skip_only_dependents_and_mend(
    make_site: MakeSite, first: Graph, second: Graph, failing: set[str], refresh: bool
) -> None:
    site = make_site()
    site.up(*resources(first))
    for name in failing:
        for verb in (site.fake.on_create, site.fake.on_update, site.fake.on_delete):
            verb(name, raises=ProviderError("no"))
    saved = site.plan(*resources(second), refresh=refresh)
    report = site.apply(saved)
    outcomes = {s.address: s.outcome for s in report.steps}
    assert outcomes.keys() == {c.address for c in saved.plan.changes}
    failed = {a for a, outcome in outcomes.items() if outcome == "failed"}
    assert {a.rpartition(".")[2] for a in failed} <= failing
    tied: dict[str, set[str]] = {}
    for one, other in [*edges(first), *edges(second)]:
        tied.setdefault(one, set()).add(other)
        tied.setdefault(other, set()).add(one)
    for step in report.with_outcome("skipped"):
        blamed = step.detail.removeprefix("because of `").removesuffix("`")
        assert blamed in failed
        assert blamed in reachable(step.address, tied)
    recorded = {i.id for s in site.snapshot().resources.values() for i in s.instances}
    assert {o.id for o in site.world.objects()} <= recorded
    assert not site.snapshot().intents
    for verb in (site.fake.on_create, site.fake.on_update, site.fake.on_delete):
        verb.clear()
    for _ in range(2):  # an object that a replacement could not delete is deleted before the rest
        site.up(*resources(second), refresh=refresh)
    is_as_wanted(site, second)
    assert site.plan(*resources(second)).plan.is_empty


def reachable(start: str, tied: dict[str, set[str]]) -> set[str]:
    reached, queue = set(), [start]
    while queue:
        address = queue.pop()
        if address not in reached:
            reached.add(address)
            queue.extend(tied.get(address, ()))
    return reached


@pytest.mark.stake(3)
@given(graphs(), graphs())
@settings(deadline=None, max_examples=EXAMPLES)
def test_saved_plan_loads_equal(
    make_site: MakeSite, tmp_path_factory: pytest.TempPathFactory, first: Graph, second: Graph
) -> None:
    site = make_site()
    site.up(*resources(first))
    saved = site.plan(*resources(second))
    file = tmp_path_factory.getbasetemp() / "plan.unknot"
    write(saved, file)
    loaded = read(file)
    assert loaded.plan == saved.plan
    assert loaded.hash == saved.hash
    write(loaded, file)
    assert read(file).hash == saved.hash


@given(graphs(), graphs(), st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=EXAMPLES)
def test_order_of_definition_does_not_matter(
    make_site: MakeSite, first: Graph, second: Graph, shuffle: random.Random
) -> None:
    site = make_site()
    site.up(*resources(first))
    one = site.plan(*resources(second)).plan
    shuffled = resources(second)
    shuffle.shuffle(shuffled)
    other = site.plan(*shuffled).plan
    assert without_chance(one) == without_chance(other)


def without_chance(plan: Plan) -> Plan:
    """The plan without what is drawn anew each time."""
    changes = tuple(
        msgspec.structs.replace(c, uid=c.uid if c.prior is not None else "", source=None)
        for c in plan.changes
    )
    return msgspec.structs.replace(plan, changes=changes, nonce="", created_at="", lineage="")


@given(
    st.lists(st.tuples(st.integers(0, 1), st.booleans()), min_size=4, max_size=12),
    st.lists(graphs(), min_size=2, max_size=2),
)
@settings(deadline=None, max_examples=EXAMPLES)
def test_two_people_in_any_order_never_lose_a_record(
    make_site: MakeSite, turns: list[tuple[int, bool]], wanted: list[Graph]
) -> None:
    site = make_site()
    site.up()
    ledgers = [site.ledger, site.somebody_else()]
    plans: list[Any] = [None, None]
    for person, planning in turns:
        if planning or plans[person] is None:
            plans[person] = site.plan(*resources(wanted[person]), ledger=ledgers[person])
            continue
        report = site.apply(plans[person], ledger=ledgers[person])
        plans[person] = None
        assert {s.outcome for s in report.steps} <= {"done", "refused", "skipped"}
        is_sound(site)
    site.up(*resources(wanted[0]))
    is_as_wanted(site, wanted[0])


def test_long_chain_is_planned_and_applied_without_recursion(make_site: MakeSite, tmp_path: Path) -> None:
    site = make_site()
    nodes = [Node("n0", value=0)]
    for i in range(1, 1500):
        nodes.append(Node(f"n{i}", value=nodes[-1].output))
    site.up(*nodes, refresh=False)
    changed = [Node("n0", value=1)]
    for i in range(1, 1500):
        changed.append(Node(f"n{i}", value=changed[-1].output))
    plan = site.plan(*changed, refresh=False).plan
    assert len(plan.changes) == 1500
    assert site.recorded("null.resource.n1499").outputs["output"] == 0
