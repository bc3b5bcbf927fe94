"""Policies judge once more at apply: the plan's changes over what is recorded and known then (rule A4)."""

from collections.abc import Callable, Iterable
from typing import Any

import pytest

from unknot.planner.apply.merging import as_of_now
from unknot.planner.diff import OtherStack
from unknot.planner.plan import Change, Plan
from unknot.planner.secrecy import Vaults
from unknot.planner.values import MASK
from unknot.providers.base import UNKNOWN
from unknot.providers.fake import Bucket, Thing
from unknot.stacks.errors import PlanRefused
from unknot.stacks.secret import Secret
from unknot.stacks.stack import Stack, other_stack

Find = Callable[[Plan, str], Change]
pytestmark = pytest.mark.rule("A4")


def at_most_three(plan: Plan) -> bool:
    """There may be three things."""
    return plan.unchanged + len(plan.changes) <= 3


def only_from_eu(plan: Plan) -> Iterable[str]:
    return (
        f"{c.address} uses `{c.resolved_inputs['value']}`"
        for c in plan.changes
        if not str(c.resolved_inputs["value"]).startswith("eu")
    )


def keeps_owner(plan: Plan) -> Iterable[str]:
    return (f"{c.address} is bob's" for c in plan.changes if c.prior is not None and c.prior.owner == "bob")


def held_to(site: Any, rule: Callable[..., object], *resources: Any) -> Stack:
    stack: Stack = site.stack(*resources)
    stack.policy(rule)
    return stack


def test_what_others_recorded_in_the_meantime_counts(site: Any) -> None:
    site.up(Thing("a"), Thing("b"))
    saved = site.plan(stack=held_to(site, at_most_three, Thing("a"), Thing("b"), Thing("c")))
    assert saved.plan.can_apply
    site.up(Thing("a"), Thing("b"), Thing("d"))
    with pytest.raises(PlanRefused, match="at_most_three") as refused:
        site.apply(saved)
    assert "There may be three things" in refused.value.detail
    assert site.snapshot().lease is None
    assert {"fake.thing.a", "fake.thing.b", "fake.thing.d"} == set(site.snapshot().resources)


def test_values_of_other_stacks_are_those_of_now(site: Any) -> None:
    site.others["base/default"] = OtherStack({"region": "eu-1"}, {"region": 1}, "base")
    saved = site.plan(stack=held_to(site, only_from_eu, Thing("a", value=other_stack("base", "region"))))
    assert saved.plan.can_apply
    site.others["base/default"] = OtherStack({"region": "us-1"}, {"region": 2}, "base")
    with pytest.raises(PlanRefused, match="only_from_eu") as refused:
        site.apply(saved)
    assert "uses `us-1`" in refused.value.detail


def test_prior_is_what_is_recorded_now(site: Any) -> None:
    site.up(Thing("a"))
    saved = site.plan(stack=held_to(site, keeps_owner, Thing("a", value=2)))
    site.up(Thing("a", owner="bob"))
    with pytest.raises(PlanRefused, match="keeps_owner"):
        site.apply(saved)


def test_plan_that_nothing_moved_under_reads_as_it_was(site: Any) -> None:
    a = Thing("a")
    site.up(a)
    stack = site.stack(Thing("a", value=2), Thing("b", value=a.echo), Thing("c", value=[a.url, 1]))
    stack.output("url", Thing("b").url)
    plan = site.plan(stack=stack).plan
    assert as_of_now(plan, site.snapshot(), site.others.get, Vaults()) == plan


def test_fields_follow_what_is_known_now(site: Any, change_of: Find, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("P", "x")
    site.up(Bucket("x"), Thing("a", value=1, password=Secret.env("P")), Thing("gone"))
    plan = site.plan(Bucket("x"), Thing("a", value=2), Thing("n", value=Bucket("m").url), Bucket("m")).plan
    site.up(Bucket("x"), Thing("a", value=7, password=Secret.env("P")))
    now = as_of_now(plan, site.snapshot(), site.others.get, Vaults())
    fields = {f.path: (f.prior, f.planned) for f in change_of(now, "fake.thing.a").fields}
    assert fields == {"value": (7, 2), "password": (MASK, None)}
    assert change_of(now, "fake.thing.n").resolved_inputs["value"] == UNKNOWN
    assert {c.address for c in now.changes} == {"fake.thing.a", "fake.thing.n", "fake.bucket.m"}, (
        "`gone` is gone"
    )
    assert (now.serial, now.unchanged) == (site.snapshot().serial, 1)
