"""Apply: order and parallelism, failures, interruption, leases, validation by read set, settling, resuming."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from unknot.planner.apply import ApplyReport
from unknot.planner.apply.report import StepStarted
from unknot.planner.diff import OtherStack
from unknot.planner.plan import Plan
from unknot.providers.base import CreateRequest, CreateResponse, UpdateResponse
from unknot.providers.fake import Bucket, Gate, Thing
from unknot.stacks.errors import LeaseHeld, LeaseLost, PlanRefused, ProviderError
from unknot.stacks.resource_type import Lifecycle
from unknot.stacks.stack import other_stack
from unknot.state.ledger.lease import HeldLease

Outcomes = Callable[[ApplyReport], dict[str, str]]
Verbs = Callable[[Plan], dict[str, str]]


def chain(*names: str) -> list[Thing]:
    """Each refers to the one before it."""
    things: list[Thing] = []
    for name in names:
        things.append(Thing(name, value=things[-1].echo if things else name))
    return things


def log_of(site: Any, what: str) -> list[tuple[str, str]]:
    return [(s.verb, s.address) for s in site.fake.log if s.what == what and s.verb in VERBS]


VERBS = ("create", "update", "delete")


@pytest.mark.stake(5)
def test_applying_twice_changes_nothing(site: Any) -> None:
    site.up(*chain("a", "b"))
    again = site.plan(*chain("a", "b"))
    assert again.plan.is_empty
    assert again.plan.unchanged == 2
    assert site.fake.count("create") == 2


@pytest.mark.stake(4)
def test_no_more_calls_at_once_than_asked_for(site: Any) -> None:
    inside, most, lock, full = [0], [0], threading.Lock(), threading.Event()

    def create(request: CreateRequest) -> CreateResponse:
        with lock:
            inside[0] += 1
            most[0] = max(most[0], inside[0])
            if inside[0] == 3:
                full.set()
        assert full.wait(10), "three calls were never in flight together"
        with lock:
            inside[0] -= 1
        return CreateResponse(request.token)

    site.fake.on_create = create
    report = site.apply(site.plan(*(Bucket(f"b{i}") for i in range(9))), parallelism=3)
    assert report.exit_code == 0
    assert most[0] == 3


@pytest.mark.stake(4)
def test_nothing_begins_before_what_it_depends_on_has_ended(site: Any) -> None:
    gate = site.fake.on_create("a", gate=Gate())
    with ThreadPoolExecutor(1) as pool:
        applying = pool.submit(site.apply, site.plan(*chain("a", "b"), Bucket("free")))
        gate.wait_reached()
        assert site.fake.count("create", "b") == 0
        gate.open()
        assert applying.result().exit_code == 0
    ended = site.fake.log.index(
        next(s for s in site.fake.log if s.address.endswith(".a") and s.what == "ended")
    )
    began = site.fake.log.index(
        next(s for s in site.fake.log if s.verb == "create" and s.address.endswith(".b"))
    )
    assert ended < began


@pytest.mark.stake(21)
def test_failure_skips_only_what_depends_on_it(site: Any, outcomes: Outcomes) -> None:
    site.fake.on_create("b", raises=ProviderError("no room"))
    report = site.apply(site.plan(*chain("a", "b", "c", "d"), Bucket("free")))
    assert outcomes(report) == {
        "fake.thing.a": "done",
        "fake.thing.b": "failed",
        "fake.thing.c": "skipped",
        "fake.thing.d": "skipped",
        "fake.bucket.free": "done",
    }
    assert {s.detail for s in report.with_outcome("skipped")} == {"because of `fake.thing.b`"}
    assert "no room" in report.with_outcome("failed")[0].detail
    assert report.exit_code == 1


@pytest.mark.stake(21)
def test_ledger_is_true_after_a_failure_and_the_next_apply_goes_on(site: Any, verbs: Verbs) -> None:
    site.fake.on_create("b", raises=ProviderError("no room"), times=1)
    site.apply(site.plan(*chain("a", "b", "c")))
    assert set(site.snapshot().resources) == {"fake.thing.a"}
    assert not site.snapshot().intents
    second = site.plan(*chain("a", "b", "c"))
    assert verbs(second.plan) == {"fake.thing.b": "create", "fake.thing.c": "create"}
    assert site.apply(second).exit_code == 0
    assert site.plan(*chain("a", "b", "c")).plan.is_empty
    assert site.world.count("create") == 3


def test_dependents_left_stale_by_a_failure_are_found_next_time(site: Any, verbs: Verbs) -> None:
    def things(value: str) -> list[Thing]:
        a = Thing("a", value=value)
        return [a, Thing("b", value=a.echo)]

    site.up(*things("one"))
    site.fake.on_update("b", raises=ProviderError("busy"), times=1)
    report = site.apply(site.plan(*things("two")))
    assert [s.address for s in report.with_outcome("failed")] == ["fake.thing.b"]
    later = site.plan(*things("two"), refresh=False)
    assert verbs(later.plan) == {"fake.thing.b": "update"}
    site.apply(later)
    assert site.object("b").inputs["value"] == "two"


@pytest.mark.rule("A1")
def test_intent_is_durable_before_the_call(site: Any) -> None:
    gate = site.fake.on_create("a", gate=Gate())
    with ThreadPoolExecutor(1) as pool:
        applying = pool.submit(site.apply, site.plan(Thing("a", value=1)))
        gate.wait_reached()
        (intent,) = site.snapshot().intents.values()
        gate.open()
        applying.result()
    assert (intent.address, intent.action, intent.type) == ("fake.thing.a", "create", "fake.thing")
    assert intent.token
    assert intent.inputs_hash
    assert intent.timeout_s == 20.0
    assert intent.uid == site.recorded("fake.thing.a").uid
    assert not site.snapshot().intents


@pytest.mark.rule("A1")
def test_no_call_starts_when_the_lease_does_not_outlast_it(site: Any, outcomes: Outcomes) -> None:
    saved = site.plan(Thing("a"))
    lost = LeaseLost("the lease was lost")
    with pytest.MonkeyPatch.context() as patch:
        asked: list[float] = []

        def check(self: HeldLease, timeout_s: float = 0.0) -> None:
            asked.append(timeout_s)
            raise lost

        patch.setattr(HeldLease, "check", check)
        report = site.apply(saved)
    assert asked == [20.0]
    assert outcomes(report) == {"fake.thing.a": "not-started"}
    assert site.fake.count("create") == 0


@pytest.mark.rule("A1")
def test_deletion_reserves_the_time_of_its_own_type(site: Any) -> None:
    site.up(Thing("a"))
    gate = site.fake.on_delete("a", gate=Gate())
    with ThreadPoolExecutor(1) as pool:
        applying = pool.submit(site.apply, site.plan())
        gate.wait_reached()
        (intent,) = site.snapshot().intents.values()
        gate.open()
        applying.result()
    assert intent.timeout_s == 20.0


def test_token_is_never_used_for_two_objects(site: Any) -> None:
    tokens: list[str] = []

    def create(request: CreateRequest) -> CreateResponse:
        tokens.append(request.token)
        return CreateResponse(f"thing-{len(tokens)}")

    site.fake.on_create = create
    site.up(Thing("a", kind="x"), refresh=False)
    site.up(Thing("a", kind="y"), refresh=False)
    site.up(Thing("a", kind="z"), refresh=False)
    assert len(set(tokens)) == 3
    assert site.recorded("fake.thing.a").instances[0].generation == 3


def test_failed_create_is_tried_again_with_the_token_of_its_uid_and_generation(site: Any) -> None:
    tokens: list[str] = []

    def create(request: CreateRequest) -> CreateResponse:
        tokens.append(request.token)
        if len(tokens) == 2:
            raise ProviderError("busy", retryable=True)
        return CreateResponse(f"thing-{len(tokens)}")

    site.fake.on_create = create
    site.up(Thing("a", kind="x"), refresh=False)
    site.apply(site.plan(Thing("a", kind="y"), refresh=False))
    site.up(Thing("a", kind="y"), refresh=False)
    assert tokens[1] == tokens[2] != tokens[0]


def test_stop_finishes_what_is_in_flight_and_records_it(site: Any, outcomes: Outcomes) -> None:
    gate, stop = site.fake.on_create("a", gate=Gate()), threading.Event()
    saved = site.plan(*chain("a", "b"))
    with ThreadPoolExecutor(1) as pool:
        applying = pool.submit(site.apply, saved, stop=stop)
        gate.wait_reached()
        stop.set()
        gate.open()
        report = applying.result()
    assert outcomes(report) == {"fake.thing.a": "done", "fake.thing.b": "not-started"}
    assert report.interrupted
    assert report.exit_code == 130
    assert set(site.snapshot().resources) == {"fake.thing.a"}
    assert not site.snapshot().intents
    assert site.snapshot().lease is None


@pytest.mark.rule("P2")
def test_interrupted_plan_goes_on_only_with_resume(site: Any, outcomes: Outcomes) -> None:
    stop = threading.Event()
    saved = site.plan(*chain("a", "b"))

    def stop_after_first(event: object) -> None:
        if not isinstance(event, StepStarted):
            stop.set()

    site.apply(saved, stop=stop, progress=stop_after_first)
    with pytest.raises(PlanRefused, match="started at serial") as refused:
        site.apply(saved)
    assert "--resume" in refused.value.detail
    report = site.apply(saved, resume=True)
    assert outcomes(report) == {"fake.thing.a": "done", "fake.thing.b": "done"}
    assert site.world.count("create") == 2
    with pytest.raises(PlanRefused, match="applied before"):
        site.apply(saved, resume=True)


@pytest.mark.parametrize("first", [False, True])
def test_resume_goes_on_in_the_middle_of_a_replacement(site: Any, outcomes: Outcomes, first: bool) -> None:
    life = Lifecycle(create_before_destroy=first)
    site.up(Thing("a", kind="x", lifecycle=life), Thing("z", value=1))
    saved = site.plan(Thing("a", kind="y", lifecycle=life), Thing("z", value=2))
    stop = threading.Event()
    gate = (site.fake.on_create if first else site.fake.on_delete)("a", gate=Gate(), times=1)
    with ThreadPoolExecutor(1) as pool:
        applying = pool.submit(site.apply, saved, stop=stop)
        gate.wait_reached()
        stop.set()
        gate.open()
        assert applying.result().interrupted
    report = site.apply(saved, resume=True)
    assert set(outcomes(report).values()) == {"done"}
    assert site.object("a").inputs["kind"] == "y"
    assert site.plan(Thing("a", kind="y", lifecycle=life), Thing("z", value=2)).plan.is_empty
    assert site.world.count("create", "a") == 2


def test_resume_refuses_what_another_plan_changed_meanwhile(site: Any, outcomes: Outcomes) -> None:
    site.up(Thing("a", value=1), Thing("b", value=1))
    saved = site.plan(Thing("a", value=2), Thing("b", value=2))
    stop = threading.Event()
    stop.set()
    site.apply(saved, stop=stop)
    site.up(Thing("a", value=3), Thing("b", value=1))
    report = site.apply(saved, resume=True)
    assert outcomes(report) == {"fake.thing.a": "refused", "fake.thing.b": "done"}
    assert site.object("a").inputs["value"] == 3


@pytest.mark.stake(10)
def test_second_apply_at_once_says_who_holds_the_lease(site: Any) -> None:
    site.up(Thing("zero"))
    gate = site.fake.on_create("a", gate=Gate())
    saved, other = site.plan(Thing("zero"), Thing("a")), site.plan(Thing("zero"), Bucket("b"))
    with ThreadPoolExecutor(1) as pool:
        applying = pool.submit(site.apply, saved)
        gate.wait_reached()
        with pytest.raises(LeaseHeld, match=saved.hash[:12]) as held:
            site.apply(other, ledger=site.somebody_else())
        gate.open()
        assert applying.result().exit_code == 0
    assert "unknot unlock" in held.value.detail
    assert site.fake.count("create", "b") == 0


@pytest.mark.rule("A2")
def test_results_of_a_writer_that_was_cut_off_are_absorbed_by_the_next(site: Any) -> None:
    site.up(Thing("zero"))
    gate = site.fake.on_create("a", gate=Gate(), times=1)
    things = [Thing("zero"), *chain("a", "b")]
    saved = site.plan(*things)
    with ThreadPoolExecutor(1) as pool:
        applying = pool.submit(site.apply, saved)
        gate.wait_reached()
        lease = site.snapshot().lease
        assert lease is not None
        site.somebody_else().break_lease(lease.id, by="me", reason="a test")
        gate.open()
        with pytest.raises(LeaseLost):
            applying.result()
    assert site.fake.count("create", "b") == 0
    assert list(site.store.list("demo/default/late/"))
    other = site.somebody_else()
    report = site.apply(site.plan(*things, ledger=other), ledger=other)
    assert report.exit_code == 0, report.steps
    assert site.world.count("create", "a") == 1
    assert set(site.snapshot().resources) == {t.address for t in things}
    assert site.plan(*things, ledger=site.somebody_else()).plan.is_empty


@pytest.mark.rule("A4")
def test_node_that_another_apply_changed_is_refused_by_name_and_the_rest_is_done(
    site: Any, outcomes: Outcomes
) -> None:
    site.up(Thing("a", value=1), Thing("b", value=1))
    saved = site.plan(Thing("a", value=2), Thing("b", value=2))
    site.up(Thing("a", value=3), Thing("b", value=1))
    report = site.apply(saved)
    assert outcomes(report) == {"fake.thing.a": "refused", "fake.thing.b": "done"}
    assert "changed at serial" in report.with_outcome("refused")[0].detail
    assert (site.object("a").inputs["value"], site.object("b").inputs["value"]) == (3, 2)


@pytest.mark.rule("A4")
def test_node_whose_reference_was_changed_is_refused(site: Any, outcomes: Outcomes) -> None:
    a = Thing("a", value="one")
    site.up(a)
    saved = site.plan(a, Thing("b", value=a.echo))
    site.up(Thing("a", value="two"))
    report = site.apply(saved)
    assert outcomes(report) == {"fake.thing.b": "refused"}
    assert "`fake.thing.a`" in report.steps[0].detail


@pytest.mark.rule("A4")
def test_deletion_is_refused_when_a_dependent_has_appeared(site: Any, outcomes: Outcomes) -> None:
    a = Thing("a", value="one")
    site.up(a)
    saved = site.plan()
    site.up(a, Thing("b", value=a.echo))
    report = site.apply(saved)
    assert outcomes(report) == {"fake.thing.a": "refused"}
    assert "`fake.thing.b` depends on it" in report.steps[0].detail


@pytest.mark.rule("P2")
def test_creation_is_refused_after_the_address_came_and_went(site: Any, outcomes: Outcomes) -> None:
    site.up(Bucket("zero"))
    saved = site.plan(Bucket("zero"), Thing("a"))
    site.up(Bucket("zero"), Thing("a"))
    site.up(Bucket("zero"))
    report = site.apply(saved)
    assert outcomes(report) == {"fake.thing.a": "refused"}
    assert "deleted at serial" in report.steps[0].detail


@pytest.mark.rule("A4")
def test_creation_is_refused_when_the_address_is_recorded_meanwhile(site: Any, outcomes: Outcomes) -> None:
    site.up(Bucket("zero"))
    saved = site.plan(Bucket("zero"), Thing("a"))
    site.up(Bucket("zero"), Thing("a"))
    assert outcomes(site.apply(saved)) == {"fake.thing.a": "refused"}
    assert site.world.count("create", "a") == 1


@pytest.mark.rule("A4")
@pytest.mark.parametrize("wanted", ["update", "delete"])
def test_object_that_moved_in_the_world_after_planning_is_left_alone(
    site: Any, outcomes: Outcomes, wanted: str
) -> None:
    site.up(Thing("a", value=1))
    saved = site.plan(Thing("a", value=2)) if wanted == "update" else site.plan()
    site.world.edit(site.object("a").id, value=9)
    report = site.apply(saved)
    assert outcomes(report) == {"fake.thing.a": "refused"}
    assert "changed in the world" in report.steps[0].detail
    assert site.object("a").inputs["value"] == 9


@pytest.mark.rule("A4")
def test_value_known_only_now_that_would_replace_is_refused(site: Any, outcomes: Outcomes) -> None:
    a = Thing("a", value="plain")
    site.up(a, Thing("b", kind=a.echo))
    changed = Thing("a", value="plain", key_version=2)
    saved = site.plan(changed, Thing("b", kind=changed.echo, value="more"))
    site.fake.on_update("a", does=lambda request: UpdateResponse({"echo": "other"}))
    report = site.apply(saved)
    assert outcomes(report)["fake.thing.b"] == "refused"
    assert "would replace it" in report.with_outcome("refused")[0].detail


def test_output_of_another_stack_that_changed_refuses_its_user(site: Any, outcomes: Outcomes) -> None:
    site.others["base/default"] = OtherStack({"url": "one"}, {"url": 7}, "base")
    things = [Thing("a", value=other_stack("base", "url")), Thing("b")]
    saved = site.plan(*things)
    site.others["base/default"] = OtherStack({"url": "two"}, {"url": 8}, "base")
    report = site.apply(saved)
    assert outcomes(report) == {"fake.thing.a": "refused", "fake.thing.b": "done"}
    assert "`base/default`" in report.with_outcome("refused")[0].detail
    site.up(*things)
    assert site.object("a").inputs["value"] == "two"
