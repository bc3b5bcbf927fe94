"""What goes wrong between unknot and Google Cloud while a stack is applied: nothing is lost, and nothing made twice."""

import json
from typing import Any, Protocol

import pytest
from google_schema import UNAUTHENTICATED, SchemaServer
from proxy import Answer, Fault, Proxy, Request

from unknot.planner.apply import ApplyReport
from unknot.planner.plan import Plan
from unknot.providers.gcp import client
from unknot.providers.gcp import resources as gcp
from unknot.stacks.resource import Resource
from unknot.stacks.target import Target

IMAGE = "europe-docker.pkg.dev/testing/images/train:1"


class Team(Protocol):
    """The fixture of that name."""

    unique: str

    def plan(self, *resources: Resource) -> tuple[Plan, Any]: ...
    def apply(self, *resources: Resource) -> ApplyReport: ...
    def changes(self, *resources: Resource) -> dict[str, str]: ...


def _answer(status: int, body: dict[str, Any]) -> Answer:
    return Answer(status, {"Content-Type": "application/json"}, json.dumps(body).encode())


def _old(status: int, reason: str, message: str) -> Answer:
    return _answer(
        status,
        {"error": {"code": status, "message": message, "errors": [{"reason": reason, "message": message}]}},
    )


UNAVAILABLE = _old(503, "backendError", "Service Unavailable")
FORBIDDEN = _old(403, "forbidden", "loader@testing.iam.gserviceaccount.com does not have access.")


def _creates(request: Request) -> bool:
    return request.method in ("POST", "PUT")


def _bucket(name: str, target: Target, team: Team) -> gcp.StorageBucket:
    return gcp.StorageBucket(name, target=target, bucket_name=f"{name}-{team.unique}")


def _job(target: Target) -> gcp.VertexCustomJob:
    pool: Any = {"machineSpec": {"machineType": "n1-standard-4"}, "containerSpec": {"imageUri": IMAGE}}
    return gcp.VertexCustomJob(
        "train", target=target, display_name="train", job_spec={"workerPoolSpecs": [pool]}
    )


def _endpoint(target: Target) -> gcp.VertexEndpoint:
    return gcp.VertexEndpoint("delays", target=target, display_name="delays")


def _account(target: Target) -> gcp.ServiceAccount:
    return gcp.ServiceAccount("loader", target=target)


def _topic(target: Target) -> gcp.PubSubTopic:
    return gcp.PubSubTopic("told", target=target)


def _dataset(target: Target) -> gcp.BigQueryDataset:
    return gcp.BigQueryDataset("lake", target=target)


@pytest.mark.rule("A3")
@pytest.mark.parametrize(
    "make", [_job, _endpoint, _account, _topic, _dataset], ids=lambda make: make.__name__
)
def test_response_lost_after_the_object_was_made_makes_no_second_one(
    team: Team, target: Target, proxy: Proxy, schema: SchemaServer, make: Any
) -> None:
    """Named by us or by Google, with labels or without: found by its mark, or by a name that nobody else makes up."""
    proxy.faults.append(Fault("lose", matches=_creates))
    team.apply(make(target))
    assert team.apply(make(target)).exit_code == 0
    assert team.changes(make(target)) == {}
    creates = {each.rpartition(".")[0] for each in schema.requests if each.endswith((".create", ".insert"))}
    assert [schema.world.count(resource) for resource in creates] == [1]


def test_jobs_of_others_are_not_asked_for_when_one_is_made(
    team: Team, target: Target, proxy: Proxy, schema: SchemaServer
) -> None:
    assert team.apply(_job(target)).exit_code == 0
    listed = [request.path for request in proxy.requests if "customJobs?" in request.path]
    assert len(listed) == 1
    assert "filter=labels.unknot-uid%3D" in listed[0]


@pytest.mark.rule("A3")
def test_notification_whose_making_was_not_answered_is_found_under_its_bucket(
    team: Team, target: Target, proxy: Proxy, schema: SchemaServer
) -> None:
    bucket, topic = _bucket("raw", target, team), _topic(target)
    team.apply(bucket, topic)

    def all_of_them() -> list[Resource]:
        bucket, topic = _bucket("raw", target, team), _topic(target)
        told = gcp.StorageNotification(
            "told",
            target=target,
            bucket=bucket.physical_name,
            topic=topic.url,
            event_types=["OBJECT_FINALIZE"],
        )
        return [bucket, topic, told]

    proxy.faults.append(Fault("lose", matches=lambda request: request.method == "POST"))
    team.apply(*all_of_them())
    assert team.apply(*all_of_them()).exit_code == 0
    assert team.changes(*all_of_them()) == {}
    assert schema.world.count("storage.notifications") == 1


@pytest.mark.rule("A3")
def test_object_of_a_name_that_somebody_else_took_is_left_alone(
    team: Team, target: Target, proxy: Proxy, schema: SchemaServer
) -> None:
    from unknot.providers.declared.calls import Tally
    from unknot.providers.gcp.client import GcpApi

    theirs = {"project": "testing", "name": f"raw-{team.unique}"}
    GcpApi(target).call("storage", "storage.buckets.insert", theirs, Tally())
    report = team.apply(_bucket("raw", target, team))
    assert report.exit_code == 1
    assert "is not ours" in report.steps[0].detail
    assert "storage.buckets.patch" not in schema.requests


@pytest.mark.rule("A3")
def test_bucket_that_belongs_to_another_is_told_and_left_alone(
    team: Team, target: Target, proxy: Proxy, schema: SchemaServer
) -> None:
    """Names of buckets are shared by all of Google's customers; theirs may not even be read."""
    proxy.faults.append(Fault(FORBIDDEN, matches=lambda request: request.method == "GET", times=None))
    report = team.apply(_bucket("raw", target, team))
    assert report.exit_code == 1
    assert "is somebody else's: then choose another name" in report.steps[0].detail
    assert "storage.buckets.insert" not in schema.requests


def test_server_that_stops_in_the_middle_of_an_apply_loses_and_doubles_nothing(
    team: Team, target: Target, proxy: Proxy, schema: SchemaServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "RETRY_S", 0.01)

    def all_of_them() -> list[Resource]:
        return [_bucket(f"raw{number}", target, team) for number in range(6)]

    made: list[str] = []

    def is_down(request: Request) -> bool:
        if request.method == "POST":
            made.append(request.path)
        return len(made) > 2

    proxy.faults.append(Fault("drop", matches=is_down, times=None))
    assert team.apply(*all_of_them()).exit_code == 1
    proxy.faults.clear()
    assert team.apply(*all_of_them()).exit_code == 0
    assert team.changes(*all_of_them()) == {}
    assert schema.world.count("storage.buckets") == 6


def test_every_third_call_unavailable_or_throttled_is_seen_through(
    team: Team, target: Target, proxy: Proxy
) -> None:
    def all_of_them() -> list[Resource]:
        bucket = _bucket("raw", target, team)
        return [bucket, _topic(target), _dataset(target), _account(target), _endpoint(target), _job(target)]

    proxy.faults.append(Fault(UNAVAILABLE, times=None, every=3))
    proxy.faults.append(Fault(_old(429, "rateLimitExceeded", "Too many requests"), times=None, every=5))
    report = team.apply(*all_of_them())
    assert report.exit_code == 0, [step.detail for step in report.steps]
    assert team.changes(*all_of_them()) == {}


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (_answer(401, UNAUTHENTICATED), "UNAUTHENTICATED"),
        (FORBIDDEN, "lacks the permission `storage.buckets.create`"),
        (_old(403, "accessNotConfigured", "Cloud Storage JSON API has not been used"), "Enable the API"),
        (_old(400, "invalid", "Invalid argument"), "Invalid argument"),
    ],
    ids=["expired", "forbidden", "disabled", "invalid"],
)
def test_refused_create_is_told_with_what_to_do_and_made_by_the_next_apply(
    team: Team, target: Target, proxy: Proxy, answer: Answer, told: str
) -> None:
    proxy.faults.append(Fault(answer, matches=_creates))
    report = team.apply(_bucket("raw", target, team))
    assert report.exit_code == 1
    assert told in report.steps[0].detail
    assert team.apply(_bucket("raw", target, team)).exit_code == 0
    assert team.changes(_bucket("raw", target, team)) == {}


def test_object_that_may_not_be_read_is_said_and_not_taken_for_gone(
    team: Team, target: Target, proxy: Proxy
) -> None:
    team.apply(_bucket("raw", target, team))
    proxy.faults.append(Fault(FORBIDDEN, matches=lambda request: request.method == "GET", times=None))
    plan, _ = team.plan(_bucket("raw", target, team))
    assert plan.drift == ()
    problems = [each for each in plan.diagnostics if "cannot be read" in each.summary]
    assert len(problems) == 1
    assert "`storage.buckets.get`" in problems[0].detail


def test_object_that_a_listing_does_not_have_yet_is_read_by_itself(
    team: Team, target: Target, proxy: Proxy
) -> None:
    def both() -> list[Resource]:
        return [_bucket("raw", target, team), _bucket("clean", target, team)]

    team.apply(*both())
    empty = _answer(200, {"kind": "storage#buckets"})
    proxy.faults.append(Fault(empty, matches=lambda request: "/b?" in request.path, times=None))
    plan, _ = team.plan(*both())
    assert plan.drift == ()
    assert team.changes(*both()) == {}


def test_account_that_is_not_known_everywhere_yet_is_waited_for(
    team: Team, target: Target, proxy: Proxy
) -> None:
    def both() -> list[Resource]:
        account = _account(target)
        return [
            account,
            gcp.ProjectIamMember("reads", target=target, role="roles/viewer", member=account.member),
        ]

    missing = {
        "error": {"code": 400, "status": "INVALID_ARGUMENT", "message": "Service account x does not exist."}
    }
    proxy.faults.append(Fault(_answer(400, missing), matches=lambda request: "setIamPolicy" in request.path))
    assert team.apply(*both()).exit_code == 0
    assert team.changes(*both()) == {}
