"""What an interrupted apply left open is read from the world before its address is touched again (rules A3, A5)."""

from collections.abc import Callable
from typing import Any

import pytest

from unknot.planner.apply import ApplyReport
from unknot.planner.plan import Plan
from unknot.providers.base import Mark
from unknot.providers.fake import Blind, Bucket, Marked, Thing, Tokened, Unique
from unknot.stacks.address import Uid
from unknot.stacks.errors import ProviderError
from unknot.stacks.resource_type import Lifecycle

Outcomes = Callable[[ApplyReport], dict[str, str]]
Verbs = Callable[[Plan], dict[str, str]]

FINDABLE = [Tokened("a", value=1), Marked("a", value=1), Unique("a", value=1, physical_name="one")]
FIRST = Lifecycle(create_before_destroy=True)


@pytest.mark.rule("A3")
@pytest.mark.parametrize("wanted", FINDABLE, ids=lambda r: r.type_info.resolve_by)
@pytest.mark.parametrize("made", [False, True])
def test_create_that_was_interrupted_is_looked_up_and_never_made_twice(
    site: Any, outcomes: Outcomes, wanted: Any, made: bool
) -> None:
    after = site.killed(site.plan(wanted), "create", "a", made=made)
    saved = after.plan(wanted)
    assert saved.plan.unsettled == (wanted.address,)
    report = after.apply(saved)
    assert outcomes(report) == {wanted.address: "done"}
    assert after.world.count("create") == 1
    assert after.recorded(wanted.address).instances[0].id == after.object("a").id
    assert after.plan(wanted).plan.is_empty


@pytest.mark.rule("A3")
def test_create_that_cannot_be_looked_up_may_exist_and_is_not_made_again(
    site: Any, outcomes: Outcomes
) -> None:
    wanted = Blind("a", value=1)
    after = site.killed(site.plan(wanted, Bucket("b")), "create", "a", made=True)
    saved = after.plan(wanted, Bucket("b"))
    assert wanted.address in saved.plan.unsettled
    report = after.apply(saved)
    assert outcomes(report)[wanted.address] == "refused"
    assert any("may exist" in d.summary and "unknot state rm" in d.detail for d in report.diagnostics)
    assert after.world.count("create", "a") == 1
    assert after.plan(wanted, Bucket("b")).plan.unsettled == (wanted.address,)


@pytest.mark.rule("A3")
@pytest.mark.parametrize("mark", [None, Mark("other", Uid("u"))])
def test_object_of_that_name_without_our_mark_is_never_adopted(
    site: Any, outcomes: Outcomes, mark: Mark | None
) -> None:
    wanted = Unique("a", value=1, physical_name="one")
    after = site.killed(site.plan(wanted), "create", "a", made=False)
    after.world.put("fake.unique", "theirs", mark=mark, physical_name="one", value=1)
    report = after.apply(after.plan(wanted))
    assert outcomes(report) == {wanted.address: "failed"}
    assert any("unknot import" in d.detail for d in report.diagnostics)
    assert wanted.address not in after.snapshot().resources
    assert after.world.get("theirs").mark == mark


def test_intent_that_cannot_be_looked_up_now_holds_back_only_its_address(
    site: Any, outcomes: Outcomes
) -> None:
    wanted = [Marked("a", value=1), Bucket("b")]
    after = site.killed(site.plan(*wanted), "create", "a", made=True)
    after.fake.on_find("a", raises=ProviderError("the network is down"), times=1)
    report = after.apply(after.plan(*wanted))
    assert outcomes(report)["fake.mark.a"] == "refused"
    assert after.object("b")
    assert any("network" in d.detail for d in report.diagnostics)
    assert after.apply(after.plan(*wanted)).exit_code == 0
    assert after.world.count("create", "a") == 1


@pytest.mark.parametrize("made", [False, True])
def test_interrupted_update_is_recorded_if_it_was_made(site: Any, made: bool, verbs: Verbs) -> None:
    a = Thing("src", value="two")
    site.up(Thing("src", value="two"), Thing("a", value="one"))
    wanted = [a, Thing("a", value=a.echo)]
    after = site.killed(site.plan(*wanted), "update", "a", made=made)
    report = after.apply(after.plan(*wanted, refresh=False))
    assert report.exit_code == 0, report.steps
    assert after.object("a").inputs["value"] == "two"
    assert after.recorded("fake.thing.a").resolved["value"] == "two"
    assert after.plan(*wanted).plan.is_empty


@pytest.mark.parametrize("made", [False, True])
@pytest.mark.parametrize("refresh", [False, True])
def test_interrupted_delete_ends_as_a_deletion(site: Any, made: bool, refresh: bool) -> None:
    site.up(Thing("a"), Bucket("b"))
    after = site.killed(site.plan(Bucket("b")), "delete", "a", made=made)
    report = after.apply(after.plan(Bucket("b"), refresh=refresh))
    assert [s.outcome for s in report.steps if s.outcome not in ("done", "refused")] == []
    after.up(Bucket("b"))
    assert after.world.of("a") == ()
    assert set(after.snapshot().resources) == {"fake.bucket.b"}


@pytest.mark.rule("A5")
@pytest.mark.parametrize("refresh", [False, True])
@pytest.mark.parametrize(
    ("first", "verb", "made"),
    [(f, v, m) for f in (False, True) for v in ("create", "delete") for m in (False, True)],
)
def test_replacement_interrupted_anywhere_ends_as_wanted_with_nothing_lost(
    site: Any, first: bool, verb: str, made: bool, refresh: bool
) -> None:
    life = FIRST if first else Lifecycle()
    site.up(Thing("a", kind="x", lifecycle=life))
    wanted = Thing("a", kind="y", lifecycle=life)
    after = site.killed(site.plan(wanted), verb, "a", made=made)
    recorded = after.recorded(wanted.address)
    assert {i.id for i in recorded.instances} | {i.address for i in after.snapshot().intents.values()}
    uid = recorded.uid
    report = after.apply(after.plan(wanted, refresh=refresh))
    assert report.exit_code == 0, report.steps
    if after.snapshot().resources[wanted.address].instances[1:]:
        after.up(wanted)
    assert after.object("a").inputs["kind"] == "y"
    assert [i.id for i in after.recorded(wanted.address).instances] == [after.object("a").id]
    assert after.recorded(wanted.address).uid == uid
    assert after.plan(wanted).plan.is_empty
    assert after.world.count("create", "a") == 2


def test_reverting_the_definition_after_a_half_replacement_makes_the_object_again(site: Any) -> None:
    site.up(Thing("a", kind="x"))
    after = site.killed(site.plan(Thing("a", kind="y")), "create", "a", made=False)
    assert after.world.of("a") == ()
    after.up(Thing("a", kind="x"))
    assert after.object("a").inputs["kind"] == "x"
    assert after.plan(Thing("a", kind="x")).plan.is_empty


def test_half_replacement_that_leaves_the_stack_is_forgotten_whole(site: Any, verbs: Verbs) -> None:
    site.up(Thing("a", kind="x"))
    after = site.killed(site.plan(Thing("a", kind="y")), "create", "a", made=False)
    after.up()
    assert after.snapshot().resources == {}
    assert after.plan().plan.is_empty


def test_creation_found_with_other_inputs_than_wanted_now_is_refused_then_updated(
    site: Any, outcomes: Outcomes, verbs: Verbs
) -> None:
    after = site.killed(site.plan(Marked("a", value=1)), "create", "a", made=True)
    assert outcomes(after.apply(after.plan(Marked("a", value=2)))) == {"fake.mark.a": "refused"}
    later = after.plan(Marked("a", value=2))
    assert verbs(later.plan) == {"fake.mark.a": "update"}
    after.apply(later)
    assert after.object("a").inputs["value"] == 2


def test_failed_create_that_did_make_the_object_records_it(
    site: Any, outcomes: Outcomes, verbs: Verbs
) -> None:
    site.fake.on_create("a", raises=ProviderError("connection reset"), after=True, times=1)
    report = site.apply(site.plan(Marked("a", value=1)))
    assert outcomes(report) == {"fake.mark.a": "failed"}
    assert site.recorded("fake.mark.a").instances[0].id == site.object("a").id
    assert site.plan(Marked("a", value=1)).plan.is_empty
    assert site.world.count("create") == 1


def test_failed_create_of_a_blind_type_stays_open_when_the_answer_was_lost(site: Any) -> None:
    site.fake.on_create("a", raises=ProviderError("timeout", retryable=True), after=True, times=1)
    site.apply(site.plan(Blind("a")))
    assert [i.address for i in site.snapshot().intents.values()] == ["fake.blind.a"]
    site.apply(site.plan(Blind("a")))
    assert site.world.count("create") == 1


@pytest.mark.rule("A5")
def test_object_that_a_replacement_left_is_named_and_deleted_by_the_next_apply(site: Any) -> None:
    site.up(Thing("a", kind="x", lifecycle=FIRST))
    before = site.object("a").id
    wanted = Thing("a", kind="y", lifecycle=FIRST)
    site.fake.on_delete("a", raises=ProviderError("in use"), times=2)
    site.apply(site.plan(wanted))
    assert {(i.id, i.role) for i in site.recorded("fake.thing.a").instances} > {(before, "deposed")}
    saved = site.plan(wanted)
    assert saved.plan.deposed == ("fake.thing.a",)
    assert not saved.plan.is_empty
    report = site.apply(saved)
    assert any(before in d.summary for d in report.diagnostics)
    site.up(wanted)
    assert site.object("a").id != before
    assert [i.role for i in site.recorded("fake.thing.a").instances] == ["current"]
    assert site.plan(wanted).plan.is_empty


@pytest.mark.rule("A1")
def test_deleting_what_a_replacement_left_has_an_intent_too(site: Any) -> None:
    site.up(Thing("a", kind="x", lifecycle=FIRST))
    wanted = Thing("a", kind="y", lifecycle=FIRST)
    site.fake.on_delete("a", raises=ProviderError("in use"), times=1)
    site.apply(site.plan(wanted))
    after = site.killed(site.plan(wanted), "delete", "a", made=True)
    assert [i.action for i in after.snapshot().intents.values()] == ["delete-deposed"]
    after.up(wanted)
    assert [i.role for i in after.recorded("fake.thing.a").instances] == ["current"]


@pytest.mark.rule("S1")
def test_sensitive_output_is_not_recorded_when_a_create_is_settled(site: Any) -> None:
    after = site.killed(site.plan(Marked("a", value=1)), "create", "a", made=True)
    after.up(Marked("a", value=1))
    assert b"secret-of-" not in after.bytes_everywhere()
