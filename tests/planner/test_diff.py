"""What becomes of each address: the verb, its reason, and what is carried on to what depends on it."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from unknot.planner.plan import Change, Plan
from unknot.providers.base import UNKNOWN, PlanItem, PlanOpinion
from unknot.providers.fake import Bucket, Thing
from unknot.providers.null import Node
from unknot.stacks.errors import PlanRefused
from unknot.stacks.output import Output
from unknot.stacks.resource import Resource
from unknot.stacks.resource_type import Lifecycle
from unknot.stacks.target import LAPTOP

Verbs = Callable[[Plan], dict[str, str]]
Find = Callable[[Plan, str], Change]

AWAY = msgspec.structs.replace(LAPTOP, name="away")


@pytest.mark.stake(1)
def test_each_address_has_its_verb(site: Any, verbs: Verbs) -> None:
    life = Lifecycle(create_before_destroy=True)
    site.up(
        Thing("same"),
        Thing("updated", value=1),
        Thing("replaced", kind="x"),
        Thing("swapped", kind="x", lifecycle=life),
        Thing("leaving"),
    )
    plan = site.plan(
        Thing("same"),
        Thing("updated", value=2),
        Thing("replaced", kind="y"),
        Thing("swapped", kind="y", lifecycle=life),
        Thing("arriving"),
    ).plan
    assert verbs(plan) == {
        "fake.thing.updated": "update",
        "fake.thing.replaced": "delete-then-create",
        "fake.thing.swapped": "create-then-delete",
        "fake.thing.arriving": "create",
        "fake.thing.leaving": "delete",
    }
    assert plan.unchanged == 1


@pytest.mark.stake(7)
@pytest.mark.parametrize(
    ("wanted", "says"),
    [
        (Thing("a", value=2), "`value` changed"),
        (Thing("a", value=2, key_version=1), "`value` and `key_version` changed"),
        (Thing("a", value=1, kind="y"), "`kind` cannot be changed in place"),
        (Thing("a", value=1, target=AWAY), "its target is `away` now, and was `laptop`"),
        (Thing("a", value=1, owner="you@example.org"), "its owner is `you@example.org` now"),
        (Thing("a", value=1, lifecycle=Lifecycle(prevent_destroy=True)), "its lifecycle options changed"),
    ],
)
def test_reason_names_what_changed(site: Any, change_of: Find, wanted: Thing, says: str) -> None:
    site.up(Thing("a", value=1))
    assert says in change_of(site.plan(wanted).plan, "fake.thing.a").reason


def test_only_the_field_that_forces_is_marked(site: Any, change_of: Find) -> None:
    site.up(Thing("a", value=1))
    change = change_of(site.plan(Thing("a", value=2, kind="y")).plan, "fake.thing.a")
    assert {f.path: f.forces_replacement for f in change.fields} == {"value": False, "kind": True}
    assert [(f.prior, f.planned) for f in change.fields if f.path == "kind"] == [("plain", "y")]


def test_provider_may_force_a_replacement_and_is_asked_again_what_it_gives(
    site: Any, change_of: Find
) -> None:
    site.up(Thing("a", value=1))
    asked: list[str] = []

    def opinion(item: PlanItem) -> PlanOpinion:
        asked.append(item.action)
        return PlanOpinion(
            replace_because=("value",) if item.action == "update" else (), outputs={"echo": item.action}
        )

    site.fake.on_plan = opinion
    a = Thing("a", value=2)
    plan = site.plan(a, Node("b", value=a.echo)).plan
    assert change_of(plan, "fake.thing.a").action.value == "delete-then-create"
    assert asked == ["update", "delete-then-create"]
    assert change_of(plan, "null.resource.b").resolved == {"value": "delete-then-create"}


def test_outputs_of_a_replaced_object_are_not_taken_from_its_predecessor(site: Any, change_of: Find) -> None:
    def nodes(kind: str) -> list[Node]:
        a = Node("a", value=1, triggers={"kind": kind})
        return [a, Node("b", value=a.id)]

    site.up(*nodes("x"))
    plan = site.plan(*nodes("y")).plan
    assert change_of(plan, "null.resource.b").resolved == {"value": UNKNOWN}
    site.up(*nodes("y"))
    assert (
        site.recorded("null.resource.b").outputs["output"] == site.recorded("null.resource.a").outputs["id"]
    )


@pytest.mark.parametrize("ignored", [("labels",), ("labels.team",)])
def test_ignored_changes_are_left_alone(site: Any, ignored: tuple[str, ...]) -> None:
    def bucket(team: str) -> Bucket:
        return Bucket("a", labels={"team": team}, lifecycle=Lifecycle(ignore_changes=ignored))

    site.up(bucket("one"))
    plan = site.plan(bucket("two")).plan
    assert plan.is_empty
    site.world.edit(site.object("a").id, labels={"team": "three"})
    assert site.plan(bucket("two")).plan.is_empty, "drift of what is ignored is no drift"


def test_ignored_part_is_kept_when_the_rest_changes(site: Any) -> None:
    life = Lifecycle(ignore_changes=("labels.team",))
    site.up(Bucket("a", labels={"team": "one", "tier": "low"}, lifecycle=life))
    site.up(Bucket("a", labels={"team": "two", "tier": "high"}, lifecycle=life))
    assert site.object("a").inputs["labels"] == {"team": "one", "tier": "high"}
    assert site.recorded("fake.bucket.a").inputs["labels"] == {"team": "one", "tier": "high"}
    assert site.plan(Bucket("a", labels={"team": "two", "tier": "high"}, lifecycle=life)).plan.is_empty
    site.up(Bucket("a", labels={"team": "two", "tier": "high"}), refresh=False)
    assert site.object("a").inputs["labels"]["team"] == "two"


@pytest.mark.parametrize("trigger", ["fake.thing.a", "fake.thing.a.value"])
def test_trigger_replaces_what_names_it(site: Any, verbs: Verbs, trigger: str) -> None:
    life = Lifecycle(replace_triggered_by=(trigger,))
    site.up(Thing("a", value=1), Thing("b", lifecycle=life))
    assert site.plan(Thing("a", value=1), Thing("b", lifecycle=life)).plan.is_empty
    plan = site.plan(Thing("a", value=2), Thing("b", lifecycle=life)).plan
    assert verbs(plan) == {"fake.thing.a": "update", "fake.thing.b": "delete-then-create"}


def test_trigger_by_input_looks_at_that_input_only(site: Any, verbs: Verbs) -> None:
    life = Lifecycle(replace_triggered_by=("fake.thing.a.value",))
    site.up(Thing("a", value=1), Thing("b", lifecycle=life))
    plan = site.plan(Thing("a", value=1, key_version=2), Thing("b", lifecycle=life)).plan
    assert verbs(plan) == {"fake.thing.a": "update"}


def test_create_before_destroy_spreads_to_all_that_it_needs(site: Any, verbs: Verbs, change_of: Find) -> None:
    def things(kind: str) -> list[Thing]:
        far = Thing("far", kind=kind)
        near = Thing("near", value=far.url)
        return [
            far,
            near,
            Thing("first", kind=kind, value=near.url, lifecycle=Lifecycle(create_before_destroy=True)),
        ]

    site.up(*things("x"))
    plan = site.plan(*things("y")).plan
    assert verbs(plan)["fake.thing.far"] == "create-then-delete"
    assert "because of `fake.thing.first`" in change_of(plan, "fake.thing.far").reason


@pytest.mark.stake(16)
@pytest.mark.parametrize("how", ["replaced", "removed", "destroyed"])
def test_prevent_destroy_stops_whatever_would_destroy(site: Any, how: str) -> None:
    kept = Lifecycle(prevent_destroy=True)
    site.up(Thing("a", kind="x", lifecycle=kept))
    plan = {
        "replaced": lambda: site.plan(Thing("a", kind="y", lifecycle=kept)),
        "removed": lambda: site.plan(),
        "destroyed": lambda: site.plan(Thing("a", kind="x", lifecycle=kept), mode="destroy"),
    }[how]().plan
    assert not plan.can_apply
    assert "`fake.thing.a` has `prevent_destroy`" in plan.diagnostics[0].summary


@pytest.mark.stake(15)
def test_retained_object_is_forgotten_and_lives_on(site: Any, verbs: Verbs) -> None:
    site.up(Thing("a", lifecycle=Lifecycle(retain_on_delete=True)))
    plan = site.plan()
    assert verbs(plan.plan) == {"fake.thing.a": "forget"}
    site.apply(plan)
    assert site.object("a")
    assert site.snapshot().resources == {}


@pytest.mark.stake(15)
@pytest.mark.parametrize(("destroy", "verb"), [(False, "forget"), (True, "delete")])
def test_removed_rule_says_what_becomes_of_the_object(
    site: Any, verbs: Verbs, destroy: bool, verb: str
) -> None:
    site.up(Thing("a"))
    stack = site.stack()
    stack.removed("fake.thing.a", destroy=destroy)
    assert verbs(site.plan(stack=stack).plan) == {"fake.thing.a": verb}


def test_removed_rule_for_what_is_still_defined_is_an_error(site: Any) -> None:
    stack = site.stack(Thing("a"))
    stack.removed("fake.thing.a")
    assert "still defined" in site.plan(stack=stack).plan.diagnostics[0].summary


@pytest.mark.stake(14)
def test_rename_destroys_nothing_and_changes_no_dependent(site: Any) -> None:
    a = Thing("a", value=1)
    site.up(a, Thing("user", value=a.echo))
    uid = site.recorded("fake.thing.a").uid
    b = Thing("b", value=1)
    stack = site.stack(b, Thing("user", value=b.echo))
    stack.moved("fake.thing.a", b)
    saved = site.plan(stack=stack)
    assert saved.plan.renames == {"fake.thing.a": "fake.thing.b"}
    assert saved.plan.changes == ()
    assert site.apply(saved).exit_code == 0
    assert site.recorded("fake.thing.b").uid == uid
    assert site.plan(stack=site.stack(b, Thing("user", value=b.echo))).plan.is_empty
    assert site.world.count("create") == 2


@pytest.mark.rule("A5")
@pytest.mark.stake(14)
def test_swaps_and_chains_are_renamed_all_at_once(site: Any) -> None:
    site.up(Thing("a", value="a"), Thing("b", value="b"), Thing("c", value="c"))
    uids = {name: site.recorded(f"fake.thing.{name}").uid for name in "abc"}
    stack = site.stack(Thing("b", value="a"), Thing("a", value="b"), Thing("e", value="c"))
    for prior, to in (("a", "b"), ("b", "a"), ("c", "d"), ("d", "e")):
        stack.moved(f"fake.thing.{prior}", f"fake.thing.{to}")
    saved = site.plan(stack=stack)
    assert saved.plan.changes == ()
    site.apply(saved)
    now = {name: site.recorded(f"fake.thing.{name}").uid for name in "abe"}
    assert now == {"b": uids["a"], "a": uids["b"], "e": uids["c"]}


def test_rename_of_what_is_still_defined_is_an_error(site: Any) -> None:
    site.up(Thing("a"))
    stack = site.stack(Thing("b"), Thing("a"))
    stack.moved("fake.thing.a", "fake.thing.b")
    plan = site.plan(stack=stack).plan
    assert "still defined" in plan.diagnostics[0].summary


def test_rename_is_refused_when_what_it_renames_went_away_meanwhile(site: Any) -> None:
    site.up(Thing("a"), Thing("z"))
    stack = site.stack(Thing("b"), Thing("z"))
    stack.moved("fake.thing.a", "fake.thing.b")
    saved = site.plan(stack=stack)
    site.up(Thing("z"))
    with pytest.raises(PlanRefused, match=r"`fake\.thing\.a`, which is not recorded"):
        site.apply(saved)


@pytest.mark.parametrize(
    ("rules", "says"),
    [
        ((("a", "c"), ("b", "c")), "cannot both become"),
        ((("a", "b"),), "recorded already"),
    ],
)
def test_renames_that_would_lose_a_record_are_errors(site: Any, rules: Any, says: str) -> None:
    site.up(Thing("a"), Thing("b"))
    stack = site.stack(Thing("b"), Thing("c"))
    for prior, to in rules:
        stack.moved(f"fake.thing.{prior}", f"fake.thing.{to}")
    plan = site.plan(stack=stack).plan
    assert any(says in d.summary for d in plan.diagnostics)
    assert not plan.can_apply


@pytest.mark.stake(15)
def test_import_takes_an_object_over_and_marks_it(site: Any, change_of: Find) -> None:
    site.world.put("fake.thing", "theirs", value=1, kind="plain")
    stack = site.stack(Thing("a", value=2))
    stack.import_("fake.thing.a", id="theirs")
    saved = site.plan(stack=stack)
    change = change_of(saved.plan, "fake.thing.a")
    assert change.action.value == "import"
    assert [(f.path, f.prior, f.planned) for f in change.fields] == [("value", 1, 2)]
    assert site.world.get("theirs").mark is None, "planning writes nothing"
    assert site.apply(saved).exit_code == 0
    there = site.world.get("theirs")
    assert there.inputs["value"] == 2
    assert there.mark.uid == site.recorded("fake.thing.a").uid
    assert site.plan(stack=stack).plan.is_empty
    assert site.world.count("create", "a") == 0


def test_import_of_what_is_not_there_or_cannot_become_it_is_an_error(site: Any) -> None:
    site.world.put("fake.thing", "theirs", value=1, kind="other")
    for object_id, says in (("nothing", "does not exist"), ("theirs", "its `kind` differs")):
        stack = site.stack(Thing("a", value=1))
        stack.import_("fake.thing.a", id=object_id)
        assert any(says in d.summary for d in site.plan(stack=stack).plan.diagnostics)


@pytest.mark.stake(8)
def test_unknown_values_are_carried_through(site: Any, change_of: Find) -> None:
    a = Thing("a", value=1)
    plan = site.plan(a, Node("b", value={"deep": [a.url]}), Node("c", value=a.echo)).plan
    assert change_of(plan, "null.resource.b").resolved == {"value": {"deep": [UNKNOWN]}}
    assert change_of(plan, "null.resource.c").resolved == {"value": 1}, "what is predicted is known"


def test_dependents_of_a_changed_output_are_updated_and_others_not(site: Any, verbs: Verbs) -> None:
    def things(value: str) -> list[Resource]:
        a = Thing("a", value=value)
        return [a, Thing("echoes", value=a.echo), Thing("points", value=a.url)]

    site.up(*things("one"))
    assert verbs(site.plan(*things("two")).plan) == {"fake.thing.a": "update", "fake.thing.echoes": "update"}


def test_output_that_is_not_predicted_is_not_taken_for_what_it_was(site: Any, verbs: Verbs) -> None:
    def things(kind: str) -> list[Thing]:
        a = Thing("a", kind=kind)
        b = Thing("b", value=a.url)
        return [a, b, Thing("c", value=b.echo)]

    site.up(*things("x"))
    assert verbs(site.plan(*things("y")).plan).keys() == {"fake.thing.a", "fake.thing.b", "fake.thing.c"}
    site.up(*things("y"))
    assert site.plan(*things("y")).plan.is_empty


def test_change_of_owner_touches_no_provider(site: Any) -> None:
    site.up(Thing("a"))
    site.fake.log.clear()
    site.up(Thing("a", owner="you@example.org"), refresh=False)
    assert {step.verb for step in site.fake.log} <= {"plan"}
    assert site.recorded("fake.thing.a").owner == "you@example.org"
    assert site.plan(Thing("a", owner="you@example.org")).plan.is_empty


def test_change_of_target_replaces_and_deletes_where_it_was(site: Any) -> None:
    here = msgspec.structs.replace(LAPTOP, name="here", options={"world": "here.jsonl"})
    there = msgspec.structs.replace(LAPTOP, name="there", options={"world": "there.jsonl"})
    site.up(Thing("a", target=here))
    site.up(Thing("a", target=there))
    lines = {name: (site.project / f"{name}.jsonl").read_text() for name in ("here", "there")}
    assert '"verb":"delete"' in lines["here"]
    assert '"verb":"create"' in lines["there"]
    assert '"verb":"delete"' not in lines["there"]


def test_change_of_provider_deletes_with_the_one_that_made_it(site: Any) -> None:
    site.up(Thing("a"))
    definition = site.stack(Thing("a")).definition()
    desired = msgspec.structs.replace(definition.resources["fake.thing.a"], provider="second")
    moved = msgspec.structs.replace(definition, resources={desired.address: desired})
    saved = site.plan(definition=moved)
    assert "its provider is `second` now" in saved.plan.changes[0].reason
    assert site.apply(saved).exit_code == 0
    assert site.fake.world.objects() == ()
    assert len(site.second.world.objects()) == 1
    assert site.plan(definition=moved).plan.is_empty


@pytest.mark.stake(13)
def test_replacement_can_be_asked_for(site: Any, verbs: Verbs) -> None:
    site.up(Thing("a"), Thing("b"))
    plan = site.plan(Thing("a"), Thing("b"), replace=("fake.thing.a",)).plan
    assert verbs(plan) == {"fake.thing.a": "delete-then-create"}


def test_cycle_names_every_address_with_its_place(site: Any) -> None:
    plan = site.plan(
        Thing("a", depends_on=["fake.thing.b"]),
        Thing("b", depends_on=["fake.thing.c"]),
        Thing("c", depends_on=["fake.thing.a"]),
    ).plan
    (ring,) = [d for d in plan.diagnostics if "ring" in d.summary]
    for name in "abc":
        assert f"fake.thing.{name} at {__file__}" in ring.detail
    assert not plan.can_apply


def test_reference_to_a_missing_output_lists_those_that_there_are(site: Any) -> None:
    a = Thing("a")
    wrong: Output[Any] = Output(a.address, ("urll",))
    site.up(a)
    plan = site.plan(a, Node("b", value=wrong)).plan
    assert any("has no output `urll`" in d.summary and "url" in d.detail for d in plan.diagnostics)
