"""Calls over the wire: retries and their count, operations in the background, pages, and members of policies."""

import json
from typing import Any

import pytest
from google_schema import SchemaServer
from proxy import Answer, Fault, Proxy, Request

from unknot.providers.declared.calls import CallFailed, Tally
from unknot.providers.gcp import client
from unknot.providers.gcp.client import GcpApi
from unknot.stacks.target import Target

PARENT = "projects/testing/locations/europe-west1"
JOB = {"template": {"template": {"containers": [{"image": "example.org/load:1"}]}}}


def _error(status: int, reason: str = "backendError", **headers: str) -> Answer:
    body = {"error": {"code": status, "message": reason, "errors": [{"reason": reason}]}}
    return Answer(status, {"Content-Type": "application/json", **headers}, json.dumps(body).encode())


def _bucket(api: GcpApi, name: str, tally: Tally) -> Any:
    return api.call("storage", "storage.buckets.insert", {"project": "testing", "name": name}, tally)


def _is(method: str, part: str = "") -> Any:
    return lambda request: request.method == method and part in request.path


def test_passing_faults_are_retried_and_every_request_is_counted(
    api: GcpApi, proxy: Proxy, tally: Tally
) -> None:
    _bucket(api, "raw", Tally())
    proxy.faults.append(Fault(_error(503), times=2))
    found = api.call("storage", "storage.buckets.get", {"bucket": "raw"}, tally)
    assert found["name"] == "raw"
    assert tally.calls == 3


def test_limits_of_rates_are_waited_for_even_as_403(api: GcpApi, proxy: Proxy, tally: Tally) -> None:
    proxy.faults.append(Fault(_error(429, "rateLimitExceeded")))
    proxy.faults.append(Fault(_error(403, "userRateLimitExceeded")))
    assert _bucket(api, "raw", tally)["name"] == "raw"
    assert tally.calls == 3


def test_fault_that_does_not_pass_is_told_after_the_last_try(
    api: GcpApi, proxy: Proxy, tally: Tally, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "RETRY_S", 0.05)
    proxy.faults.append(Fault(_error(503), times=None))
    with pytest.raises(CallFailed) as problem:
        api.call("storage", "storage.buckets.get", {"bucket": "raw"}, tally)
    assert problem.value.status == 503
    assert problem.value.retryable
    assert tally.calls == len(proxy.requests)


def test_post_whose_answer_is_lost_is_not_repeated(
    api: GcpApi, proxy: Proxy, schema: SchemaServer, tally: Tally
) -> None:
    proxy.faults.append(Fault("lose", matches=_is("POST")))
    with pytest.raises(CallFailed) as problem:
        _bucket(api, "raw", tally)
    assert problem.value.retryable
    assert schema.requests.count("storage.buckets.insert") == 1


def test_post_is_not_repeated_after_an_error_that_tells_nothing(
    api: GcpApi, proxy: Proxy, tally: Tally
) -> None:
    proxy.faults.append(Fault(_error(500), matches=_is("POST")))
    with pytest.raises(CallFailed):
        _bucket(api, "raw", tally)
    assert tally.calls == 1


def test_read_whose_answer_is_lost_is_repeated(api: GcpApi, proxy: Proxy, tally: Tally) -> None:
    _bucket(api, "raw", Tally())
    proxy.faults.append(Fault("lose", matches=_is("GET")))
    assert api.call("storage", "storage.buckets.get", {"bucket": "raw"}, tally)["name"] == "raw"


def test_operation_in_the_background_is_waited_for(api: GcpApi, schema: SchemaServer, tally: Tally) -> None:
    made = api.call(
        "run", "run.projects.locations.jobs.create", {"parent": PARENT, "jobId": "load", **JOB}, tally
    )
    assert made["name"] == f"{PARENT}/jobs/load"
    assert "@type" not in made
    assert schema.requests == [
        "run.projects.locations.jobs.create",
        "run.projects.locations.operations.get",
    ]
    assert tally.calls == 2


def test_operation_that_fails_in_the_background_is_an_error(api: GcpApi, proxy: Proxy, tally: Tally) -> None:
    failed = {
        "name": f"{PARENT}/operations/1",
        "done": True,
        "error": {"code": 3, "message": "no such image"},
    }
    answer = Answer(200, {"Content-Type": "application/json"}, json.dumps(failed).encode())
    proxy.faults.append(Fault(answer, matches=_is("POST", "/jobs")))
    with pytest.raises(CallFailed, match="no such image"):
        api.call(
            "run", "run.projects.locations.jobs.create", {"parent": PARENT, "jobId": "load", **JOB}, tally
        )


def test_operation_that_does_not_end_is_said_to_go_on(
    api: GcpApi, proxy: Proxy, tally: Tally, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "BACKGROUND_S", 0.0)
    with pytest.raises(CallFailed, match="has not ended yet") as problem:
        api.call(
            "run", "run.projects.locations.jobs.create", {"parent": PARENT, "jobId": "load", **JOB}, tally
        )
    assert problem.value.retryable


def test_all_pages_are_fetched_as_they_are_asked_for(api: GcpApi, proxy: Proxy, tally: Tally) -> None:
    for number in range(5):
        _bucket(api, f"raw-{number}", Tally())
    proxy.requests.clear()
    pages = api.pages("storage", "storage.buckets.list", {"project": "testing", "maxResults": 2}, tally)
    assert [each["name"] for each in next(pages)["items"]] == ["raw-0", "raw-1"]
    assert len(proxy.requests) == 1
    assert [each["name"] for page in pages for each in page["items"]] == ["raw-2", "raw-3", "raw-4"]
    assert tally.calls == 3


def test_member_joins_and_leaves_a_policy_and_the_others_stay(api: GcpApi, tally: Tally) -> None:
    _bucket(api, "raw", tally)
    conditional = {
        "role": "roles/storage.objectViewer",
        "members": ["user:c@example.org"],
        "condition": {"title": "until", "expression": "request.time < timestamp('2027-01-01T00:00:00Z')"},
    }
    others = [{"role": "roles/storage.objectViewer", "members": ["user:b@example.org"]}, conditional]
    policy = {"bucket": "raw", "bindings": others, "version": 3}
    api.call("storage", "storage.buckets.setIamPolicy", policy, tally)
    one = {"bucket": "raw", "role": "roles/storage.objectViewer", "member": "user:a@example.org"}
    assert api.call("storage", "storage.buckets.getIamMember", one, tally) == {}
    api.call("storage", "storage.buckets.addIamMember", one, tally)
    assert api.call("storage", "storage.buckets.getIamMember", one, tally)["member"] == "user:a@example.org"
    found = api.call("storage", "storage.buckets.getIamPolicy", {"bucket": "raw"}, tally)["bindings"]
    assert found[0]["members"] == ["user:a@example.org", "user:b@example.org"]
    assert found[1] == conditional
    api.call("storage", "storage.buckets.removeIamMember", one, tally)
    found = api.call("storage", "storage.buckets.getIamPolicy", {"bucket": "raw"}, tally)["bindings"]
    assert found == others


def test_policy_that_somebody_else_changes_in_between_is_read_again(
    api: GcpApi, proxy: Proxy, tally: Tally
) -> None:
    _bucket(api, "raw", tally)

    def meddle(request: Request) -> bool:
        if request.method != "PUT" or meddled:
            return False
        meddled.append(True)
        rival = {"bucket": "raw", "role": "roles/storage.admin", "member": "user:rival@example.org"}
        api.call("storage", "storage.buckets.addIamMember", rival, Tally())
        return False

    meddled: list[bool] = []
    one = {"bucket": "raw", "role": "roles/storage.objectViewer", "member": "user:a@example.org"}
    proxy.change = lambda request: (meddle(request), request)[1]
    api.call("storage", "storage.buckets.addIamMember", one, tally)
    roles = {
        each["role"]
        for each in api.call("storage", "storage.buckets.getIamPolicy", {"bucket": "raw"}, tally)["bindings"]
    }
    assert {"roles/storage.admin", "roles/storage.objectViewer"} <= roles


def test_taking_away_a_member_that_is_not_there_changes_nothing(
    api: GcpApi, schema: SchemaServer, tally: Tally
) -> None:
    _bucket(api, "raw", tally)
    one = {"bucket": "raw", "role": "roles/storage.objectViewer", "member": "user:a@example.org"}
    assert api.call("storage", "storage.buckets.removeIamMember", one, tally) == {}
    assert "storage.buckets.setIamPolicy" not in schema.requests


def test_project_and_region_are_missed_with_what_to_do() -> None:
    bare = GcpApi(Target("here", cloud="gcp", options={"endpoint": "http://127.0.0.1:1"}))
    with pytest.raises(CallFailed, match="no project is set"):
        bare.place["project"]
    with pytest.raises(CallFailed, match="no region is set"):
        bare.place["region"]
    assert "zone" not in bare.place
