"""What every cloud's implementation of the portable types promises, over each cloud and each type.

A new cloud is one more entry of `CLOUDS`; what it cannot do it declares, and that is tested too.
"""

import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any

import azure_by_hand
import msgspec
import pytest
from servers import AZURITE_ACCOUNT

from unknot import Bucket, Identity, Lifecycle, Queue, Secret, Stack, Table, Target, grants
from unknot.planner.apply import ApplyReport, apply
from unknot.planner.archive import bind
from unknot.planner.plan import Action, Plan
from unknot.planner.planning import PlanOptions, make_plan
from unknot.planner.services import Services
from unknot.providers import registry
from unknot.providers.base import DeleteRequest, Mark, ReadItem, ReadRequest, Support, UpdateRequest
from unknot.stacks.address import Address
from unknot.stacks.portable.grants import ACCESS
from unknot.stacks.portable.secret import StoredSecret
from unknot.stacks.resource import META_FIELDS, Resource
from unknot.state.events import ResourceRemoved
from unknot.state.ledger import Ledger
from unknot.state.snapshot import ResourceState, Snapshot
from unknot.state.stores.memory import MemoryStore

TYPES: dict[str, type[Resource]] = {
    model.type_info.type: model for model in (Bucket, StoredSecret, Table, Queue, Identity)
}


class Place(msgspec.Struct, frozen=True):
    """One cloud, as tests reach it."""

    target: Target
    servers: tuple[str, ...] = ()
    """The fixtures that start what stands for it; the target's endpoint is that of the last one."""


CLOUDS = {
    "local": Place(Target("here")),
    "aws": Place(Target("prod", cloud="aws", region="eu-west-1"), ("moto_server",)),
    "azure": Place(Target("prod", cloud="azure", region="westeurope"), ("azurite_server", "arm_server")),
    "gcp": Place(Target("prod", cloud="gcp", region="europe-west1"), ("google_server",)),
}


class Team:
    """A ledger, and a stack in one cloud that is planned and applied against it."""

    def __init__(self, project: Path, target: Target) -> None:
        self.target = target
        self.name = f"t{secrets.token_hex(3)}"
        self.services = Services(project=project)
        self.ledger = Ledger.open(MemoryStore(), f"{self.name}/default")

    def stack(self) -> Stack:
        return Stack(self.name, owner="team@example.org", target=self.target)

    def plan(self, stack: Stack, **options: Any) -> Plan:
        return make_plan(
            stack.definition(root=self.services.project),
            self.snapshot() if self.ledger.exists else None,
            self.services,
            options=PlanOptions(**options),
            diagnostics=stack.diagnostics,
        )

    def up(self, stack: Stack, **options: Any) -> ApplyReport:
        saved = bind(self.plan(stack, **options), {})
        assert saved.plan.can_apply, [f"{d.summary}: {d.detail}" for d in saved.plan.diagnostics]
        report = apply(saved.plan, saved.hash, self.ledger, self.services, bundles=saved)
        assert report.exit_code == 0, [
            f"{s.address}: {s.detail}" for s in report.steps if s.outcome != "done"
        ]
        return report

    def snapshot(self) -> Snapshot:
        return self.ledger.reader().snapshot()

    def recorded(self, address: str) -> ResourceState:
        return self.snapshot().resources[Address(address)]

    def parts(self, address: str) -> dict[str, ResourceState]:
        """By type, the main part of each."""
        own = address.partition(".")[2]
        return {
            state.type: state
            for state in self.snapshot().resources.values()
            if state.owned_by == address and state.address.endswith(f".{own}")
        }


class Case(msgspec.Struct, frozen=True):
    """One portable type: something of it, and the same after a change in place."""

    address: str
    build: Callable[[Stack, bool], Resource]
    """Adds it, and what it refers to, to a stack; with True, changed."""


def _bucket(stack: Stack, changed: bool) -> Resource:
    return stack.add(Bucket("raw", labels={"team": "two" if changed else "one"}))


def _secret(stack: Stack, changed: bool) -> Resource:
    return stack.add(
        Secret(
            "db",
            value=Secret.env("CANARY"),
            version=2 if changed else 1,
            labels={"team": "two" if changed else "one"},
        )
    )


def _table(stack: Stack, changed: bool) -> Resource:
    more: dict[str, Any] = {"note": "string"} if changed else {}
    return stack.add(
        Table(
            "trips",
            columns={"id": "int64", "price": "decimal(10,2)", **more, "day": "date"},
            partition_by=["day"],
            location=stack.add(Bucket("lake")),
            description="changed" if changed else "as it was",
        )
    )


def _queue(stack: Stack, changed: bool) -> Resource:
    team = "two" if changed else "one"
    return stack.add(Queue("jobs", visibility_timeout_s=60 if changed else 30, labels={"team": team}))


def _identity(stack: Stack, changed: bool) -> Resource:
    raw = stack.add(Bucket("raw"))
    return stack.add(Identity("etl", may=[grants.read(raw), *([grants.write(raw)] if changed else [])]))


CASES = {
    "bucket": Case("bucket.raw", _bucket),
    "secret": Case("secret.db", _secret),
    "table": Case("table.trips", _table),
    "queue": Case("queue.jobs", _queue),
    "identity": Case("identity.etl", _identity),
}

IDS: dict[str, dict[str, str]] = {
    "local": {kind: f"local.{kind}" for kind in CASES},
    "aws": {
        "bucket": "aws.s3_bucket",
        "secret": "aws.secretsmanager_secret",
        "table": "aws.glue_table",
        "queue": "aws.sqs_queue",
        "identity": "aws.iam_role",
    },
    "azure": {
        "bucket": "azure.storage_container",
        "secret": "azure.key_vault_secret",
        "table": "azure.storage_blob",
        "queue": "azure.storage_queue",
        "identity": "azure.user_assigned_identity",
    },
    "gcp": {
        "bucket": "gcp.storage_bucket",
        "secret": "gcp.secretmanager_secret",
        "table": "gcp.bigquery_table",
        "queue": "gcp.pubsub_subscription",
        "identity": "gcp.service_account",
    },
}
"""By cloud and type, the part whose id an import takes."""

FOR_GOOD: dict[str, dict[str, Any]] = {"aws.secretsmanager_secret": {"recovery_window_in_days": 0}}
"""What a delete by hand needs, so that the name is free at once."""

EACH = [
    pytest.param(cloud, kind, marks=[pytest.mark.parts] if place.servers else [], id=f"{cloud}-{kind}")
    for cloud, place in CLOUDS.items()
    for kind in CASES
    if kind in registry.cloud(cloud).supports
]


@pytest.fixture
def team(request: pytest.FixtureRequest, cloud: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Team:
    place = CLOUDS[cloud]
    monkeypatch.setenv("CANARY", "canary-value")
    servers = [request.getfixturevalue(name) for name in place.servers]
    for server in servers:
        for name, value in server.environment.items():
            monkeypatch.setenv(name, value)
    if not servers:
        return Team(tmp_path, place.target)
    options = {"endpoint": servers[-1].url}
    if cloud == "azure":
        options |= {**azure_by_hand.options(), "account": AZURITE_ACCOUNT, "vault": "lab"}
    return Team(tmp_path, msgspec.structs.replace(place.target, options=options))


def built(team: Team, kind: str, *, changed: bool = False) -> Stack:
    stack = team.stack()
    CASES[kind].build(stack, changed)
    return stack


def delete_by_hand(team: Team, part: ResourceState) -> None:
    assert part.current is not None
    lineage = team.snapshot().lineage
    team.services.provider(part.provider).delete(
        DeleteRequest(
            team.services.context(lineage, {team.target.name: team.target}, team.target.name),
            part.address,
            part.type,
            part.current.id,
            {**part.resolved_inputs, **FOR_GOOD.get(part.type, {})},
            part.outputs,
            Mark(lineage, part.uid),
            60.0,
        )
    )


@pytest.mark.rule("N1")
@pytest.mark.parametrize(("cloud", "kind"), EACH)
def test_created_resource_has_parts_of_its_cloud_and_all_outputs(team: Team, cloud: str, kind: str) -> None:
    address = CASES[kind].address
    team.up(built(team, kind))

    state = team.recorded(address)
    support = registry.cloud(cloud).supports[kind]
    parts = [s for s in team.snapshot().resources.values() if s.owned_by == address]
    assert parts
    assert {part.type for part in parts} <= set(support.made_of)
    assert state.dependencies[-len(parts) :] == tuple(d for d in state.dependencies if d.count(".") == 2)
    assert state.outputs.keys() == TYPES[kind].type_info.computed.keys()
    for name, value in state.outputs.items():
        assert isinstance(value, str), name
        assert value, name
    assert {part.owner for part in parts} == {"team@example.org"}
    assert "canary-value" not in str(msgspec.to_builtins(team.snapshot()))


@pytest.mark.parametrize(("cloud", "kind"), EACH)
def test_second_plan_is_empty(team: Team, cloud: str, kind: str) -> None:
    team.up(built(team, kind))

    plan = team.plan(built(team, kind))

    assert plan.is_empty, [(c.address, c.action.value, c.reason, c.fields) for c in plan.changes]


@pytest.mark.parametrize(("cloud", "kind"), EACH)
def test_changed_inputs_are_updated_in_place(team: Team, cloud: str, kind: str) -> None:
    address = CASES[kind].address
    team.up(built(team, kind))
    before = team.recorded(address)
    ids = {type_: part.current and part.current.id for type_, part in team.parts(address).items()}

    plan = team.plan(built(team, kind, changed=True))
    team.up(built(team, kind, changed=True))

    assert plan.can_apply
    assert not [c.address for c in plan.changes if c.action.replaces or c.action is Action.DELETE]
    assert any(c.owned_by == address for c in plan.changes)
    after = team.recorded(address)
    assert (after.uid, after.inputs["physical_name"]) == (before.uid, before.inputs["physical_name"])
    assert {t: p.current and p.current.id for t, p in team.parts(address).items() if t in ids} == ids
    again = team.plan(built(team, kind, changed=True))
    assert again.is_empty, [(c.address, c.action.value, c.reason, c.fields) for c in again.changes]


@pytest.mark.parametrize(("cloud", "kind"), EACH)
def test_change_by_hand_shows_as_drift_of_a_part_and_is_put_back(team: Team, cloud: str, kind: str) -> None:
    address = CASES[kind].address
    team.up(built(team, kind))
    planned = {c.address: c for c in team.plan(built(team, kind, changed=True)).changes}
    updated = [c for c in planned.values() if c.owned_by == address and c.action is Action.UPDATE]
    if not updated:
        pytest.skip("what changes here is a part that is there or not")
    by_hand = updated[0]
    prior, lineage = by_hand.prior, team.snapshot().lineage
    assert prior is not None
    assert prior.current is not None
    inputs = {
        name: "by hand" if isinstance(value, dict) and "$secret" in value else value
        for name, value in by_hand.resolved_inputs.items()
    }
    team.services.provider(prior.provider).update(
        UpdateRequest(
            team.services.context(lineage, {team.target.name: team.target}, team.target.name),
            prior.address,
            prior.type,
            prior.current.id,
            prior.resolved_inputs,
            inputs,
            "by-hand" * 5,
            Mark(lineage, prior.uid),
            1,
            60.0,
        )
    )

    plan = team.plan(built(team, kind))

    assert [(d.address, d.owned_by) for d in plan.drift] == [(by_hand.address, address)]
    assert by_hand.address in {c.address for c in plan.changes}
    team.up(built(team, kind))
    assert team.plan(built(team, kind)).is_empty


@pytest.mark.parametrize(("cloud", "kind"), EACH)
def test_object_deleted_by_hand_is_made_again(team: Team, cloud: str, kind: str) -> None:
    if (cloud, kind) == ("azure", "secret"):
        pytest.skip("a vault keeps what is deleted, and its name with it, until it is purged")
    address = CASES[kind].address
    team.up(built(team, kind))
    lost = team.parts(address)[IDS[cloud][kind]]
    recorded = team.snapshot()
    family = [s for s in recorded.resources.values() if lost.address in (s.address, *s.dependencies)]
    for part in sorted(family, key=lambda s: s is lost):
        if part.owned_by is not None:
            delete_by_hand(team, part)

    plan = team.plan(built(team, kind))

    gone = {d.address: d.owned_by for d in plan.drift if d.gone}
    assert lost.address in gone
    assert set(gone.values()) == {address}
    team.up(built(team, kind))
    assert team.recorded(address).inputs["physical_name"] == team.recorded(address).outputs["full_name"]
    assert team.plan(built(team, kind)).is_empty


@pytest.mark.parametrize(("cloud", "kind"), EACH)
def test_existing_object_is_imported_through_the_part_that_its_id_is_of(
    team: Team, cloud: str, kind: str
) -> None:
    address = CASES[kind].address
    team.up(built(team, kind))
    existing, main = team.recorded(address).outputs["full_name"], team.parts(address)[IDS[cloud][kind]]
    assert main.current is not None
    object_id = main.current.id
    family = [s for s in team.snapshot().resources.values() if address in (s.address, s.owned_by)]
    with team.ledger.take_lease(operation="forget") as lease:
        lease.writer.append([ResourceRemoved(address=s.address, uid=s.uid, how="forgotten") for s in family])

    again = built(team, kind)
    again.import_(address, id=object_id)
    plan = team.plan(again)

    assert plan.can_apply, [f"{d.summary}: {d.detail}" for d in plan.diagnostics]
    taken = [c for c in plan.changes if c.action is Action.IMPORT]
    assert taken
    assert {c.owned_by for c in taken} == {address}
    assert not [c for c in plan.changes if c.owned_by == address and c.action.destroys]
    once_more = built(team, kind)
    once_more.import_(address, id=object_id)
    team.up(once_more)
    assert team.recorded(address).outputs["full_name"] == existing
    final = team.plan(built(team, kind))
    assert final.is_empty, [(c.address, c.action.value, c.reason, c.fields) for c in final.changes]


@pytest.mark.parametrize(("cloud", "kind"), EACH)
def test_removed_resource_goes_with_all_of_its_parts(team: Team, cloud: str, kind: str) -> None:
    team.up(built(team, kind))
    states = list(team.snapshot().resources.values())
    lineage = team.snapshot().lineage

    team.up(team.stack())

    assert team.snapshot().resources == {}
    context = team.services.context(lineage, {team.target.name: team.target}, team.target.name)
    for state in states:
        if state.owned_by is None or state.current is None:
            continue
        item = ReadItem(state.address, state.type, state.current.id, state.resolved_inputs)
        answer = team.services.provider(state.provider).read_many(ReadRequest(context, (item,)))
        assert answer.objects[state.address] is None, state.address


@pytest.mark.parametrize(
    "cloud", [pytest.param(c, marks=[pytest.mark.parts] if p.servers else []) for c, p in CLOUDS.items()]
)
def test_every_grant_can_be_given_and_taken(team: Team, cloud: str) -> None:
    supports = registry.cloud(cloud).supports
    given: dict[str, Callable[[Any], grants.Grant]] = {
        "read": grants.read,
        "write": grants.write,
        "use": grants.use,
        "send": grants.send,
        "receive": grants.receive,
    }

    def stack(identity: bool) -> Stack:
        made = team.stack()
        on: dict[str, Any] = {}
        lake = on["bucket"] = made.add(Bucket("lake"))
        if "table" in supports:
            on["table"] = made.add(Table("trips", columns={"id": "int64"}, location=lake))
        if "secret" in supports:
            on["secret"] = made.add(Secret("db", value=Secret.env("CANARY")))
        if "queue" in supports:
            on["queue"] = made.add(Queue("jobs"))
        may = [given[access](what) for kind, what in on.items() for access in ACCESS[kind]]
        made.add(Identity("etl", may=may if identity else []))
        return made

    team.up(stack(True))
    assert team.plan(stack(True)).is_empty
    team.up(stack(False))
    assert team.plan(stack(False)).is_empty


@pytest.mark.parametrize("cloud", CLOUDS)
def test_capabilities_speak_of_inputs_that_there_are(cloud: str) -> None:
    for kind, support in registry.cloud(cloud).supports.items():
        inputs = TYPES[kind].model_fields.keys() - META_FIELDS - {"physical_name"}
        said = {*support.inputs, *support.recorded, *support.instead}
        assert said <= inputs, kind
        assert not support.inputs.keys() & (support.recorded.keys() | support.instead.keys()), kind
        assert support.bounds.keys() <= support.inputs.keys(), kind
        assert support.made_of, kind


@pytest.mark.parametrize("cloud", CLOUDS)
def test_what_a_cloud_lacks_is_said_where_it_was_asked_for(cloud: str, tmp_path: Path) -> None:
    asked = Bucket("raw", versioning=True, expire_days=1, retention_days=1, encryption_key="key")
    team = Team(tmp_path, CLOUDS[cloud].target)
    stack = team.stack()
    stack.add(asked)
    support: Support = registry.cloud(cloud).supports["bucket"]

    found = {
        (d.severity.value, d.source and d.source.line)
        for d in team.plan(stack, refresh=False).diagnostics
        if "`encryption_key`" in d.summary
    }

    if "encryption_key" in support.inputs:
        assert found == set()
    else:
        assert found == {("error", asked.defined_at.line)}


@pytest.mark.parametrize(("cloud", "kind"), EACH)
def test_parts_are_protected_as_their_owner_is(team: Team, cloud: str, kind: str) -> None:
    stack = team.stack()
    if kind == "bucket":
        stack.add(Bucket("raw", lifecycle=Lifecycle(prevent_destroy=True)))
    elif kind == "queue":
        stack.add(Queue("jobs", lifecycle=Lifecycle(prevent_destroy=True)))
    else:
        pytest.skip("one with data and one without is enough")
    plan = team.plan(stack)

    assert {c.lifecycle.prevent_destroy for c in plan.changes if c.owned_by and "--" not in c.address} == {
        True
    }


@pytest.mark.rule("S1")
@pytest.mark.parametrize(
    ("cloud", "kind"),
    [case for case in EACH if case.values[1] == "secret" and case.values[0] in ("local", "aws")],
)
def test_secret_is_read_from_where_it_lives(team: Team, cloud: str, kind: str) -> None:
    """Of Google Cloud and Azure, which want real credentials for it: see `tests/providers`."""
    team.up(built(team, kind))

    assert Secret.parse(team.recorded("secret.db").outputs["reference"]).resolve() == "canary-value"
