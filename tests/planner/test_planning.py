"""The pipeline: selection, refresh, destroy, outputs, other stacks, policies, conditions, secrets."""

from collections.abc import Callable, Iterable
from typing import Any

import msgspec
import pytest

from unknot.planner.diff import OtherStack
from unknot.planner.plan import Change, Plan, StackVersion
from unknot.providers.base import UNKNOWN
from unknot.providers.fake import Bucket, Thing
from unknot.providers.null import Node
from unknot.stacks.errors import PlanRefused, ProviderError
from unknot.stacks.stack import other_stack
from unknot.stacks.target import LAPTOP

Verbs = Callable[[Plan], dict[str, str]]
Find = Callable[[Plan, str], Change]


def chain(value: str = "one", *, kind: str = "plain") -> list[Thing]:
    a = Thing("a", value=value, kind=kind)
    b = Thing("b", value=a.echo)
    return [a, b, Thing("c", value=b.echo), Thing("free", value=value)]


@pytest.mark.stake(12)
@pytest.mark.parametrize(
    ("options", "left"),
    [
        ({"targets": ("fake.thing.b",)}, {"a", "b"}),
        ({"targets": ("fake.thing.free",)}, {"free"}),
        ({"exclude": ("fake.thing.b",)}, {"a", "free"}),
        ({"exclude": ("fake.thing.a",)}, {"free"}),
        ({"targets": ("fake.thing.c",), "exclude": ("fake.thing.c",)}, {"a", "b"}),
    ],
)
def test_selection_takes_along_what_it_must(site: Any, verbs: Verbs, options: Any, left: set[str]) -> None:
    plan = site.plan(*chain(), **options).plan
    assert {a.rpartition(".")[2] for a in verbs(plan)} == left
    assert set(plan.excluded) | set(verbs(plan)) == {r.address for r in chain()}


@pytest.mark.stake(12)
def test_selected_deletion_takes_its_dependents_and_excluded_one_keeps_what_it_uses(
    site: Any, verbs: Verbs
) -> None:
    site.up(*chain())
    assert set(verbs(site.plan(targets=("fake.thing.b",)).plan)) == {"fake.thing.b", "fake.thing.c"}
    assert set(verbs(site.plan(exclude=("fake.thing.c",)).plan)) == {"fake.thing.free"}


def test_excluded_user_does_not_hold_back_an_update(site: Any, verbs: Verbs) -> None:
    site.up(*chain("one"))
    plan = site.plan(*chain("two"), exclude=("fake.thing.c",)).plan
    assert set(verbs(plan)) == {"fake.thing.a", "fake.thing.b", "fake.thing.free"}


def test_selecting_what_nobody_knows_suggests_the_nearest(site: Any) -> None:
    plan = site.plan(*chain(), targets=("fake.thing.fre",)).plan
    assert any("Did you mean `fake.thing.free`?" in d.detail for d in plan.diagnostics)
    assert not plan.can_apply


@pytest.mark.stake(11)
def test_drift_is_reported_apart_from_what_the_stack_changed(site: Any, change_of: Find) -> None:
    site.up(Thing("a", value=1), Thing("b", value=1))
    site.world.edit(site.object("a").id, value=9)
    plan = site.plan(Thing("a", value=1), Thing("b", value=2)).plan
    (drift,) = plan.drift
    assert drift.address == "fake.thing.a"
    assert [(f.path, f.prior, f.planned) for f in drift.fields if f.path == "value"] == [("value", 1, 9)]
    assert [(f.prior, f.planned) for f in change_of(plan, "fake.thing.a").fields] == [(9, 1)]
    assert len(plan.changes) == 2


@pytest.mark.stake(11)
def test_object_that_is_gone_is_made_again(site: Any, change_of: Find) -> None:
    site.up(Thing("a"))
    uid = site.recorded("fake.thing.a").uid
    site.world.remove(site.object("a").id)
    saved = site.plan(Thing("a"))
    assert saved.plan.drift[0].gone
    assert change_of(saved.plan, "fake.thing.a").reason == "its object is gone"
    site.apply(saved)
    assert site.recorded("fake.thing.a").uid == uid
    assert site.plan(Thing("a")).plan.is_empty


@pytest.mark.stake(11)
def test_drift_of_an_output_reaches_its_users_in_one_apply(site: Any, verbs: Verbs) -> None:
    a = Thing("a", value=1)
    site.up(a, Thing("b", value=a.url))
    site.world.edit(site.object("a").id, outputs={"url": "fake://elsewhere"})
    saved = site.plan(a, Thing("b", value=a.url))
    assert verbs(saved.plan) == {"fake.thing.b": "update"}
    site.apply(saved)
    assert site.object("b").inputs["value"] == "fake://elsewhere"
    assert site.plan(a, Thing("b", value=a.url)).plan.is_empty


@pytest.mark.stake(11)
def test_what_cannot_be_read_is_a_warning_and_planned_as_recorded(site: Any, verbs: Verbs) -> None:
    site.up(Thing("a", value=1), Thing("b", value=1))
    site.fake.on_read("a", raises=ProviderError("denied"))
    plan = site.plan(Thing("a", value=1), Thing("b", value=2)).plan
    assert plan.can_apply
    assert [d.severity.value for d in plan.diagnostics] == ["warning"]
    assert verbs(plan) == {"fake.thing.b": "update"}


@pytest.mark.stake(11)
@pytest.mark.stake(2)
def test_no_refresh_asks_nothing_of_the_world(site: Any) -> None:
    site.up(Thing("a", value=1))
    site.fake.log.clear()
    keys = list(site.store.list(""))
    site.plan(Thing("a", value=1), refresh=False)
    assert site.fake.log == []
    assert list(site.store.list("")) == keys


@pytest.mark.stake(2)
def test_planning_writes_nothing_anywhere(site: Any) -> None:
    site.plan(*chain())
    assert list(site.store.list("")) == []
    site.up(*chain())
    keys, there = list(site.store.list("")), site.world.objects()
    site.plan(*chain("two"), Bucket("more"))
    assert list(site.store.list("")) == keys
    assert site.world.objects() == there


@pytest.mark.stake(11)
def test_refresh_only_records_the_world_and_changes_nothing(site: Any) -> None:
    site.up(Thing("a", value=1), Thing("b", value=1))
    site.world.edit(site.object("a").id, value=9)
    site.world.remove(site.object("b").id)
    saved = site.plan(Thing("a", value=1), Thing("b", value=1), mode="refresh-only")
    assert saved.plan.changes == ()
    site.fake.log.clear()
    site.apply(saved)
    assert site.fake.count("update") == site.fake.count("create") == 0
    assert site.recorded("fake.thing.a").inputs["value"] == 9
    assert set(site.snapshot().resources) == {"fake.thing.a"}


@pytest.mark.stake(1)
def test_destroy_takes_everything_away_against_the_arrows(site: Any) -> None:
    site.up(*chain())
    stack = site.stack(*chain())
    stack.output("it", "x")
    site.up(stack=stack)
    site.up(*chain(), mode="destroy")
    assert site.world.objects() == ()
    assert site.snapshot().resources == {}
    assert site.snapshot().outputs == {}


@pytest.mark.stake(19)
def test_outputs_are_recorded_as_they_become_known(site: Any) -> None:
    def stack(value: str) -> Any:
        a = Thing("a", value=value)
        made = site.stack(a)
        made.output("url", a.url)
        made.output("echo", a.echo)
        return made

    plan = site.plan(stack=stack("one")).plan
    assert {(o.name, o.action, o.planned) for o in plan.outputs} == {
        ("url", "create", UNKNOWN),
        ("echo", "create", "one"),
    }
    site.up(stack=stack("one"))
    assert site.snapshot().outputs == {"url": site.object("a").outputs["url"], "echo": "one"}
    assert site.plan(stack=stack("one")).plan.is_empty
    changed = site.plan(stack=stack("two")).plan
    assert [(o.name, o.prior, o.planned) for o in changed.outputs] == [("echo", "one", "two")]


@pytest.mark.stake(19)
def test_outputs_of_another_stack_are_bound_by_the_serial_of_their_last_write(
    site: Any, change_of: Find
) -> None:
    site.others["base/default"] = OtherStack({"url": "one"}, {"url": 7}, "base")
    thing = Thing("a", value=other_stack("base", "url"))
    change = change_of(site.plan(thing).plan, "fake.thing.a")
    assert change.resolved is not None
    assert change.resolved["value"] == "one"
    assert change.reads.stacks == {"base/default": StackVersion("base", {"url": 7})}


def no_deletes(plan: Plan) -> Iterable[str]:
    """Nothing is ever deleted."""
    return [f"{c.address} would be deleted" for c in plan.changes if c.action.value == "delete"]


def refuses(plan: Plan) -> bool:
    """It is a bad day."""
    return False


def broken(plan: Plan) -> bool:
    raise ZeroDivisionError("oops")


@pytest.mark.stake(23)
@pytest.mark.parametrize(
    ("rule", "message"),
    [(no_deletes, "fake.thing.a would be deleted"), (refuses, "It is a bad day."), (broken, "oops")],
)
def test_mandatory_policy_stops_the_apply_and_says_why(site: Any, rule: Any, message: str) -> None:
    site.up(Thing("a"))
    stack = site.stack()
    stack.policy(rule)
    saved = site.plan(stack=stack)
    assert message in saved.plan.policy_results[0].message
    assert not saved.plan.can_apply
    with pytest.raises(PlanRefused, match=rule.__name__):
        site.apply(saved)
    assert site.object("a")


@pytest.mark.stake(23)
def test_advisory_policy_is_shown_and_stops_nothing(site: Any) -> None:
    stack = site.stack(Thing("a"))
    stack.policy(refuses, level="advisory")
    saved = site.plan(stack=stack)
    assert not saved.plan.policy_results[0].passed
    assert site.apply(saved).exit_code == 0


@pytest.mark.stake(23)
def test_override_of_a_policy_is_recorded_with_its_reason(site: Any) -> None:
    stack = site.stack(Thing("a"))
    stack.policy(refuses)
    saved = site.plan(stack=stack, overrides={"refuses": "the owner said so"})
    assert site.apply(saved).exit_code == 0
    assert b"the owner said so" in site.bytes_everywhere()


def small(inputs: dict[str, Any], outputs: dict[str, Any]) -> bool:
    return int(inputs["value"]) < 10


@pytest.mark.stake(22)
@pytest.mark.parametrize("rule", ["inputs['value'] < 10", small])
def test_precondition_stops_at_plan_time_what_is_known_then(site: Any, rule: Any) -> None:
    stack = site.stack(Thing("a", value=12))
    stack.precondition("fake.thing.a", rule, "must be small")
    plan = site.plan(stack=stack).plan
    assert "must be small" in plan.diagnostics[0].summary
    assert not plan.can_apply


@pytest.mark.stake(22)
def test_precondition_over_a_value_known_only_now_stops_its_node(
    site: Any, outcomes: Callable[[Any], dict[str, str]]
) -> None:
    a = Thing("a", value=1)
    stack = site.stack(a, Thing("b", value=a.url), Bucket("free"))
    stack.precondition("fake.thing.b", "inputs['value'] == 'expected'", "must be expected")
    saved = site.plan(stack=stack)
    assert saved.plan.can_apply
    report = site.apply(saved)
    assert outcomes(report) == {"fake.thing.a": "done", "fake.thing.b": "failed", "fake.bucket.free": "done"}
    assert site.world.of("b") == ()


@pytest.mark.stake(22)
def test_postcondition_that_does_not_hold_keeps_the_object_and_stops_dependents(
    site: Any, outcomes: Callable[[Any], dict[str, str]]
) -> None:
    a = Thing("a", value=1)
    stack = site.stack(a, Thing("b", value=a.echo))
    stack.postcondition("fake.thing.a", "outputs['echo'] > 5", "must echo more")
    report = site.apply(site.plan(stack=stack))
    assert outcomes(report) == {"fake.thing.a": "failed", "fake.thing.b": "skipped"}
    assert "must echo more" in report.with_outcome("failed")[0].detail
    assert site.recorded("fake.thing.a").current is not None


@pytest.mark.stake(22)
def test_condition_whose_function_is_not_there_is_a_diagnostic(site: Any) -> None:
    stack = site.stack(Thing("a", value=1))
    stack.precondition("fake.thing.a", lambda inputs, outputs: True, "anything")
    plan = site.plan(stack=stack).plan
    assert "could not be evaluated" in plan.diagnostics[0].summary
    assert "not lambdas" in plan.diagnostics[0].detail


@pytest.mark.stake(24)
def test_users_tests_run_a_whole_stack_against_the_fake(site: Any) -> None:
    site.up(*chain())
    assert {o.address for o in site.world.objects()} == {thing.address for thing in chain()}


@pytest.mark.stake(9)
@pytest.mark.stake(18)
def test_environments_have_ledgers_of_their_own(site: Any) -> None:
    site.up(Thing("a"))
    other = type(site)(site.project, site.store)
    other.ledger = type(site.ledger).open(site.store, "demo/prod")
    assert not other.ledger.exists
    assert other.plan(Thing("a")).plan.first


@pytest.mark.stake(17)
@pytest.mark.rule("S1")
def test_sensitive_values_are_masked_in_changes_and_drift(site: Any, change_of: Find) -> None:
    site.world.put("fake.thing", "theirs", value=1, kind="plain", password="CANARY")
    stack = site.stack(Thing("a", value=1))
    stack.import_("fake.thing.a", id="theirs")
    saved = site.plan(stack=stack)
    assert "CANARY" not in repr(saved.plan)
    site.apply(saved)
    site.world.edit("theirs", password="CANARY2", value=5)
    drifted = site.plan(Thing("a", value=1))
    assert "CANARY" not in repr(drifted.plan)
    assert [f.path for f in change_of(drifted.plan, "fake.thing.a").fields] == ["value"]
    site.apply(drifted)
    assert b"CANARY" not in site.bytes_everywhere()


@pytest.mark.rule("N1")
def test_portable_address_moves_to_another_target_and_keeps_its_uid(site: Any) -> None:
    site.up(Node("a", value=1))
    uid = site.recorded("null.resource.a").uid
    saved = site.plan(Node("a", value=1, target=msgspec.structs.replace(LAPTOP, name="away")))
    assert "away" not in saved.plan.changes[0].address
    site.apply(saved)
    assert site.recorded("null.resource.a").uid == uid
