"""What an import sees of an object, and what it leaves alone."""

from collections.abc import Mapping
from typing import Any, Protocol

import pytest

from unknot.planner.apply import ApplyReport
from unknot.planner.plan import Plan
from unknot.providers.base import Context, ImportRequest, Mark
from unknot.providers.declared.calls import Tally
from unknot.providers.gcp import GcpProvider
from unknot.providers.gcp import resources as gcp
from unknot.providers.gcp.client import GcpApi
from unknot.stacks.address import Address, Uid
from unknot.stacks.resource import Resource
from unknot.stacks.target import Target

NAME = "there-already"


class Team(Protocol):
    """The fixture of that name."""

    def plan(self, *resources: Resource, imports: Mapping[str, str] | None = None) -> tuple[Plan, Any]: ...
    def apply(self, *resources: Resource, imports: Mapping[str, str] | None = None) -> ApplyReport: ...


@pytest.fixture(autouse=True)
def bucket(api: GcpApi) -> None:
    """Made by somebody else, with more than the stack will set."""
    made = {
        "project": "testing",
        "name": NAME,
        "location": "EU",
        "retentionPolicy": {"retentionPeriod": "3600"},
        "lifecycle": {"rule": [{"action": {"type": "Delete"}, "condition": {"age": 30}}]},
        "labels": {"team": "them"},
    }
    api.call("storage", "storage.buckets.insert", made, Tally())
    policy = {
        "bucket": NAME,
        "bindings": [{"role": "roles/storage.admin", "members": ["user:a@example.org"]}],
    }
    api.call("storage", "storage.buckets.setIamPolicy", policy, Tally())


def _live(api: GcpApi) -> dict[str, Any]:
    found: dict[str, Any] = api.call("storage", "storage.buckets.get", {"bucket": NAME}, Tally())
    return found


def test_values_are_told_as_a_user_writes_them(context: Context) -> None:
    address, mark = Address("gcp.storage_bucket.raw"), Mark("a1b2", Uid("u1"))
    found = GcpProvider().import_(ImportRequest(context, address, "gcp.storage_bucket", NAME, mark)).object
    assert found is not None
    assert found.inputs["retention_policy"] == {"retentionPeriod": 3600}
    assert isinstance(found.inputs["retention_policy"]["retentionPeriod"], int)
    assert isinstance(found.inputs["bucket_lifecycle"]["rule"][0]["condition"]["age"], int)
    assert "storage_class" not in found.inputs, "what Google makes of it anyway is not written"


def test_what_the_stack_does_not_set_is_left_as_it_is(team: Team, target: Target, api: GcpApi) -> None:
    wanted = gcp.StorageBucket("raw", target=target, bucket_name=NAME, location="EU", labels={"team": "us"})
    rule = {"gcp.storage_bucket.raw": NAME}
    plan, _ = team.plan(wanted, imports=rule)
    assert [field.path for field in plan.changes[0].fields] == ["labels"]
    assert team.apply(wanted, imports=rule).exit_code == 0
    live = _live(api)
    assert live["labels"]["team"] == "us"
    assert "unknot-uid" in live["labels"]
    assert live["lifecycle"]["rule"][0]["condition"]["age"] == 30
    assert live["retentionPolicy"]["retentionPeriod"] == "3600"
    policy = api.call("storage", "storage.buckets.getIamPolicy", {"bucket": NAME}, Tally())
    assert policy["bindings"][0]["members"] == ["user:a@example.org"]


def test_what_the_api_makes_of_an_input_is_no_difference(team: Team, target: Target) -> None:
    """`eu` is answered as `EU`, a number as text, and members that were not set are told."""
    wanted = gcp.StorageBucket(
        "raw",
        target=target,
        bucket_name=NAME,
        location="eu",
        labels={"team": "them"},
        storage_class="STANDARD",
        retention_policy={"retentionPeriod": 3600},
        iam_configuration={"publicAccessPrevention": "inherited"},
    )
    plan, _ = team.plan(wanted, imports={"gcp.storage_bucket.raw": NAME})
    assert plan.changes[0].action.value == "import"
    assert plan.changes[0].fields == ()


def test_what_cannot_be_changed_and_differs_is_no_import(team: Team, target: Target) -> None:
    wanted = gcp.StorageBucket("raw", target=target, bucket_name=NAME, location="US")
    plan, _ = team.plan(wanted, imports={"gcp.storage_bucket.raw": NAME})
    assert any("its `location` differs" in each.summary for each in plan.diagnostics)
