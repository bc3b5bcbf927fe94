"""Portable resources become the parts that their target's cloud makes them of, before anything is compared."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import msgspec
import pytest

from unknot import Bucket, Identity, Lifecycle, Queue, Secret, Stack, Target, grants
from unknot.planner.planning import definition_hash
from unknot.planner.render.document import plan_document
from unknot.planner.render.text import plan_text
from unknot.providers.base import Cloud, ExpandRequest, ExpandResponse, Support
from unknot.providers.fake import Thing
from unknot.providers.portable.parts import Parts
from unknot.providers.registry import NotRegistered
from unknot.stacks.address import Address
from unknot.stacks.diagnostic import Diagnostic
from unknot.stacks.portable.naming import NameRule, made_up_name, renamed_part
from unknot.stacks.resource import Resource

NORTH, SOUTH = Target("north", cloud="sky"), Target("south", cloud="sky")


class Sky:
    """A cloud over the fake provider: a bucket is a thing, and one with `expire_days` a second thing."""

    name = "sky"
    supports: ClassVar[dict[str, Support]] = {
        "bucket": Support(
            made_of=("fake.thing",),
            inputs={"labels": "", "expire_days": "", "versioning": ""},
            recorded={"retention_days": "Nothing holds it."},
            instead={"encryption_key": "Use the cloud's own."},
            bounds={"expire_days": (1, 10)},
            name=NameRule(longest=30),
        ),
        "queue": Support(
            made_of=("fake.thing",),
            inputs={"visibility_timeout_s": "", "retention_s": "", "dead_letter": "", "max_receives": ""},
        ),
        "secret": Support(made_of=("fake.thing",), inputs={"value": "", "version": ""}),
        "identity": Support(made_of=("fake.thing",), inputs={"may": "", "engine": ""}),
    }

    def __init__(self) -> None:
        self.asked: list[ExpandRequest] = []

    def expand(self, request: ExpandRequest) -> ExpandResponse:
        self.asked.append(request)
        parts = Parts(request)
        name = request.import_id or request.name
        main = parts.add(
            Thing(
                parts.name(),
                kind=name,
                value=[parts.input("labels"), parts.input("versioning"), parts.input("may")],
                password=parts.input("value"),
                key_version=parts.input("version"),
            ),
            follows={"value": "labels"},
            import_id=request.import_id,
        )
        if parts.input("expire_days"):
            parts.add(Thing(parts.name("rule"), value=[main.url, parts.input("expire_days")]), setting=True)
        bound: dict[str, Any] = {"reference": "env:DB"} if request.type == "secret" else {"url": main.url}
        return parts.response(physical_name=name, full_name=name, id=main.url, **bound)


class Land(Sky):
    name = "land"
    supports: ClassVar[dict[str, Support]] = {"bucket": Sky.supports["bucket"]}


@pytest.fixture
def sky(site: Any) -> Sky:
    """The fake clouds, known to the site."""
    return know_clouds(site)


def know_clouds(site: Any) -> Sky:
    made = Sky()
    clouds: dict[str, Cloud] = {"sky": made, "land": Land()}

    def cloud(name: str) -> Cloud:
        if name not in clouds:
            raise NotRegistered(f"no cloud is called `{name}`", detail="Installed: land, sky.")
        return clouds[name]

    site.services = msgspec.structs.replace(site.services, cloud=cloud)
    return made


def stack(*resources: Resource, target: Target = NORTH) -> Stack:
    made = Stack("demo", owner="team@example.org", target=target)
    for resource in resources:
        made.add(resource)
    return made


def errors(site: Any, made: Stack) -> list[Diagnostic]:
    return [d for d in site.plan(stack=made).plan.diagnostics if d.is_error]


@pytest.mark.rule("N1")
def test_parts_belong_to_their_owner_and_take_after_it(site: Any, sky: Sky) -> None:
    raw = Bucket("raw", owner="lake@example.org", lifecycle=Lifecycle(retain_on_delete=True))
    plan = site.plan(stack=stack(raw)).plan

    owner, part = sorted(plan.changes, key=lambda c: c.address)
    assert (owner.address, owner.owned_by, owner.dependencies) == ("bucket.raw", None, ("fake.thing.raw",))
    assert (part.address, part.owned_by) == ("fake.thing.raw", "bucket.raw")
    assert (part.owner, part.target, part.lifecycle.retain_on_delete) == ("lake@example.org", "north", True)
    assert part.source == owner.source


def test_outputs_are_bound_to_the_parts_and_can_be_used(site: Any, sky: Sky) -> None:
    raw = Bucket("raw")
    site.up(stack=stack(raw, Thing("user", value=raw.url)))

    assert site.recorded("bucket.raw").outputs["url"] == site.recorded("fake.thing.raw").outputs["url"]
    assert site.object("user").inputs["value"] == site.recorded("bucket.raw").outputs["url"]
    assert site.recorded("fake.thing.raw").owned_by == "bucket.raw"
    assert site.plan(stack=stack(raw, Thing("user", value=raw.url))).plan.is_empty


def test_name_is_known_when_planning_and_kept_when_the_address_changes(site: Any, sky: Sky) -> None:
    planned = site.plan(stack=stack(Bucket("raw")))
    name = next(c.inputs["kind"] for c in planned.plan.changes if c.owned_by)
    assert name.startswith("demo-default-raw-")
    site.apply(planned)

    renamed = stack(Bucket("bronze", labels={"a": "b"}))
    renamed.moved("bucket.raw", "bucket.bronze")
    plan = site.plan(stack=renamed).plan

    assert plan.renames == {
        Address("bucket.raw"): Address("bucket.bronze"),
        Address("fake.thing.raw"): Address("fake.thing.bronze"),
    }
    assert {c.action.value for c in plan.changes} == {"update"}
    site.up(stack=stack_again(renamed))
    assert site.recorded("fake.thing.bronze").resolved_inputs["kind"] == name
    assert site.recorded("fake.thing.bronze").owned_by == "bucket.bronze"
    assert site.plan(stack=stack(Bucket("bronze", labels={"a": "b"}))).plan.is_empty


def stack_again(_: Stack) -> Stack:
    made = stack(Bucket("bronze", labels={"a": "b"}))
    made.moved("bucket.raw", "bucket.bronze")
    return made


def test_same_resource_is_called_otherwise_on_another_target(site: Any, sky: Sky) -> None:
    site.up(stack=stack(Bucket("raw")))
    before = site.recorded("bucket.raw")

    plan = site.plan(stack=stack(Bucket("raw"), target=SOUTH)).plan
    site.up(stack=stack(Bucket("raw"), target=SOUTH))

    assert {c.address: c.action.replaces for c in plan.changes} == {
        "bucket.raw": True,
        "fake.thing.raw": True,
    }
    after = site.recorded("bucket.raw")
    assert after.uid == before.uid
    assert after.inputs["physical_name"] != before.inputs["physical_name"]


def test_name_that_the_user_gives_is_taken_and_stays_when_it_is_left_out(site: Any, sky: Sky) -> None:
    site.up(stack=stack(Bucket("raw", physical_name="mine")))
    assert site.recorded("fake.thing.raw").resolved_inputs["kind"] == "mine"

    assert not [c for c in site.plan(stack=stack(Bucket("raw"))).plan.changes if c.owned_by]


@pytest.mark.parametrize(
    ("stack_name", "name", "rule", "begins"),
    [
        ("demo", "raw", NameRule(), "demo-prod-raw-"),
        ("9lives", "Größe_x", NameRule(), "lives-prod-gr-e-x-"),
        ("demo", "raw", NameRule(separator="_"), "demo_prod_raw_"),
        ("a" * 90, "raw", NameRule(longest=30), "a" * 21 + "-"),
        ("ß", "ß", NameRule(), "prod-"),
    ],
)
def test_made_up_name_fits_what_its_type_allows(
    stack_name: str, name: str, rule: NameRule, begins: str
) -> None:
    made = made_up_name(stack_name, "prod", name, ("lineage", "uid", "target"), rule)

    assert made.startswith(begins)
    assert len(made) <= rule.longest
    assert len(made.rpartition(rule.separator)[2]) == 8


def test_what_the_cloud_lacks_is_an_error_at_the_line_of_the_resource(site: Any, sky: Sky) -> None:
    raw = Bucket("raw", encryption_key="key", expire_days=11)

    found = errors(site, stack(raw))

    assert [(d.summary, d.address, d.source) for d in found] == [
        ("`bucket.raw`: the cloud `sky` does not have `encryption_key`", "bucket.raw", raw.defined_at),
        (
            "`bucket.raw`: `expire_days=11` is out of what the cloud `sky` can do",
            "bucket.raw",
            raw.defined_at,
        ),
    ]
    assert found[0].detail == "Use the cloud's own."
    assert found[1].detail == "There it is from 1 to 10."


def test_what_nothing_enforces_is_a_note_and_no_error(site: Any, sky: Sky) -> None:
    plan = site.plan(stack=stack(Bucket("raw", retention_days=3))).plan

    assert plan.can_apply
    assert [(d.severity.value, d.detail) for d in plan.diagnostics] == [("note", "Nothing holds it.")]


def test_type_that_a_cloud_has_not_and_unknown_cloud_are_said(site: Any, sky: Sky) -> None:
    jobs = Queue("jobs", target=Target("field", cloud="land"))
    lost = Bucket("lost", target=Target("nowhere", cloud="moon"))

    found = errors(site, stack(jobs, lost))

    assert [(d.summary, d.source) for d in found] == [
        ("`queue.jobs`: the cloud `land` has no `queue`", jobs.defined_at),
        ("no cloud is called `moon`", lost.defined_at),
    ]


def test_grant_across_clouds_is_refused(site: Any, sky: Sky) -> None:
    raw = Bucket("raw", target=Target("field", cloud="land"))
    etl = Identity("etl", may=[grants.read(raw)])

    (found,) = errors(site, stack(raw, etl))

    assert found.summary == "`identity.etl` on `sky` cannot use `bucket.raw` on `land`"
    assert found.source == etl.defined_at


def test_address_of_a_part_that_the_user_has_too_is_said_with_both_places(site: Any, sky: Sky) -> None:
    own, raw = Thing("raw"), Bucket("raw")

    (found,) = errors(site, stack(raw, own))

    assert found.summary == "`fake.thing.raw` is defined, and is a part of `bucket.raw` too"
    assert found.source == own.defined_at
    assert str(raw.defined_at) in found.detail


def test_two_owners_of_one_part_are_said(site: Any, sky: Sky) -> None:
    (found,) = errors(site, stack(Bucket("raw"), Queue("raw")))

    assert found.summary == "`fake.thing.raw` is a part of `bucket.raw` and of `queue.raw`"


def test_selecting_an_owner_selects_its_parts(site: Any, sky: Sky) -> None:
    made = (Bucket("raw", expire_days=3), Bucket("other"))
    verbs = {c.address for c in site.plan(stack=stack(*made), targets=("bucket.raw",)).plan.changes}
    assert verbs == {"bucket.raw", "fake.thing.raw", "fake.thing.raw--rule"}

    left = site.plan(stack=stack(*made), exclude=("bucket.raw",)).plan
    assert {c.address for c in left.changes} == {"bucket.other", "fake.thing.other"}

    site.up(stack=stack(*made))
    gone = site.plan(stack=stack(*made), mode="destroy", targets=("bucket.raw",)).plan
    assert {c.address for c in gone.changes} == verbs

    again = site.plan(stack=stack(*made), replace=("bucket.raw",)).plan
    replaced = {c.address for c in again.changes if c.action.replaces}
    assert replaced == {"fake.thing.raw", "fake.thing.raw--rule"}


def test_part_that_is_needed_no_more_is_deleted_though_its_owner_is_protected(site: Any, sky: Sky) -> None:
    keep = Lifecycle(prevent_destroy=True)
    site.up(stack=stack(Bucket("raw", expire_days=3, lifecycle=keep)))

    plan = site.plan(stack=stack(Bucket("raw", lifecycle=keep))).plan
    assert plan.can_apply
    assert {c.address: c.reason for c in plan.changes if c.action.destroys} == {
        "fake.thing.raw--rule": "no longer a part of `bucket.raw`" + _was(plan, "fake.thing.raw--rule")
    }

    gone = site.plan(stack=stack()).plan
    protected = {d.address for d in gone.diagnostics if d.is_error}
    assert protected == {"bucket.raw", "fake.thing.raw"}


def _was(plan: Any, address: str) -> str:
    source = next(c.source for c in plan.changes if c.address == address)
    return f" (it was at {source})"


def test_ignored_input_of_an_owner_is_ignored_in_its_parts(site: Any, sky: Sky) -> None:
    ignoring = Lifecycle(ignore_changes=("labels",))
    site.up(stack=stack(Bucket("raw", labels={"a": "1"}, lifecycle=ignoring)))
    assert site.plan(stack=stack(Bucket("raw", labels={"a": "2"}, lifecycle=ignoring))).plan.is_empty

    site.world.edit(site.object("raw").id, value="by hand")
    assert site.plan(stack=stack(Bucket("raw", labels={"a": "2"}, lifecycle=ignoring))).plan.is_empty


def test_import_of_an_owner_takes_over_the_part_that_the_id_is_of(site: Any, sky: Sky) -> None:
    there = site.world.put("fake.thing", "by-hand", kind="theirs")
    made = stack(Bucket("raw"))
    made.import_("bucket.raw", id=there.id)
    plan = site.plan(stack=made).plan

    verbs = {c.address: c.action.value for c in plan.changes}
    assert verbs == {"bucket.raw": "create", "fake.thing.raw": "import"}
    assert next(c for c in plan.changes if c.owned_by).import_id == there.id


def test_import_that_a_cloud_does_not_know_is_refused(
    site: Any, sky: Sky, monkeypatch: pytest.MonkeyPatch
) -> None:
    def without(request: ExpandRequest) -> ExpandResponse:
        return msgspec.structs.replace(Sky.expand(sky, request), imports={})

    monkeypatch.setattr(sky, "expand", without)
    made = stack(Bucket("raw"))
    made.import_("bucket.raw", id="theirs")

    (found,) = errors(site, made)

    assert found.summary == "`bucket.raw` cannot be imported on `sky`"


def test_what_a_cloud_cannot_do_does_not_stand_in_the_way_of_destroying(site: Any, sky: Sky) -> None:
    site.up(stack=stack(Bucket("raw")))

    plan = site.plan(stack=stack(Bucket("raw", encryption_key="key")), mode="destroy").plan

    assert plan.can_apply
    assert {c.action.value for c in plan.changes} == {"delete"}


def test_forgetting_an_owner_forgets_its_parts(site: Any, sky: Sky) -> None:
    site.up(stack=stack(Bucket("raw")))
    made = stack()
    made.removed("bucket.raw")

    plan = site.plan(stack=made).plan

    assert {c.address: c.action.value for c in plan.changes} == {
        "bucket.raw": "forget",
        "fake.thing.raw": "forget",
    }


@pytest.mark.rule("S1")
def test_secret_value_goes_to_the_part_and_is_recorded_nowhere(
    site: Any, sky: Sky, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DB", "canary-77")
    db = Secret("db", value=Secret.env("DB"))
    site.up(stack=stack(db, Thing("user", password=db)))

    assert site.object("db").inputs["password"] == site.object("user").inputs["password"] == "canary-77"
    assert b"canary-77" not in site.bytes_everywhere()
    recorded = site.recorded("fake.thing.user")
    assert recorded.inputs["password"] == {"$secret": {"$ref": ["secret.db", "reference"]}}
    assert "secret.db" in recorded.dependencies


@pytest.mark.rule("S1")
def test_sealed_output_can_be_kept_as_a_secret(
    make_site: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UNKNOT_TEST_KEY", "00" * 32)
    site = make_site(key="env:UNKNOT_TEST_KEY")
    know_clouds(site)
    login = Thing("login")
    kept = stack(login, Secret("db", value=login.secret_key))

    site.up(stack=kept)

    value = site.object("db").inputs["password"]
    assert value.startswith("secret-of-")
    assert value.encode() not in site.bytes_everywhere()
    assert site.plan(stack=stack(login, Secret("db", value=login.secret_key))).plan.is_empty


def test_clear_secret_is_refused_where_the_user_wrote_it(site: Any, sky: Sky) -> None:
    db = Secret("db", value="canary-78")
    found = errors(site, stack(db))

    assert "`secret.db`: `value` is given in clear, and would be recorded" in [d.summary for d in found]
    assert {d.source for d in found} == {db.defined_at}


def test_plan_shows_parts_under_their_owner(site: Any, sky: Sky) -> None:
    plan = site.plan(stack=stack(Bucket("raw"), Thing("apart"))).plan
    lines = plan_text(plan, color=False, width=None).splitlines()

    owner = next(i for i, line in enumerate(lines) if line.startswith("  + bucket.raw  ("))
    part = next(i for i, line in enumerate(lines) if "fake.thing.raw" in line)
    assert lines[part] == "    + fake.thing.raw  (part of bucket.raw)"
    assert not [line for line in lines[owner:part] if line.startswith("  + ") and "bucket.raw" not in line]
    assert "3 to create" in lines[-1]
    assert not [line for line in lines if "parts" in line]
    document = msgspec.json.decode(plan_document(plan))
    assert {c["address"]: c["owned_by"] for c in document["changes"]} == {
        "bucket.raw": None,
        "fake.thing.apart": None,
        "fake.thing.raw": "bucket.raw",
    }


def test_hash_of_a_definition_does_not_depend_on_names_made_up(site: Any, sky: Sky, tmp_path: Path) -> None:
    hashes: set[str] = set()
    make: Callable[[], Stack] = lambda: stack(Bucket("raw"))  # noqa: E731 - the same twice
    for _ in range(2):
        definition = make().definition(root=tmp_path)
        site.plan(stack=make(), definition=definition)
        hashes.add(definition_hash(definition))

    assert len(hashes) == 1


def test_part_of_another_name_is_refused(site: Any, sky: Sky, monkeypatch: pytest.MonkeyPatch) -> None:
    def astray(request: ExpandRequest) -> ExpandResponse:
        parts = Parts(request)
        made = parts.add(Thing("elsewhere"))
        return parts.response(full_name="x", id="x", url=made.url)

    monkeypatch.setattr(sky, "expand", astray)
    (found,) = errors(site, stack(Bucket("raw")))

    assert found.summary == "`fake.thing.elsewhere` is not named as a part of `bucket.raw`"


def test_pinned_resource_can_become_a_part(site: Any, sky: Sky) -> None:
    site.up(stack=stack(Thing("raw", kind="mine", value=[None, False, None])))
    made = stack(Bucket("raw", physical_name="mine"))

    plan = site.plan(stack=made).plan

    part = next(c for c in plan.changes if c.owned_by)
    assert (part.action.value, part.reason) == ("update", "it is a part of `bucket.raw` now")


def test_renamed_part_keeps_its_role() -> None:
    raw, bronze = Address("bucket.raw"), Address("bucket.bronze")

    assert renamed_part(Address("aws.s3_bucket.raw"), raw, bronze) == "aws.s3_bucket.bronze"
    assert renamed_part(Address("aws.s3_bucket.raw--logs"), raw, bronze) == "aws.s3_bucket.bronze--logs"


def test_stack_without_portable_resources_asks_no_cloud(site: Any, sky: Sky) -> None:
    site.plan(stack=stack(Thing("a")))

    assert sky.asked == []
