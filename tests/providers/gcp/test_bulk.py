"""Many objects are read with few calls, and drift in whatever the stack sets is found in them (D9)."""

from collections import Counter
from typing import Any, Protocol

import pytest
from google_schema import SchemaServer
from proxy import Proxy

from unknot.planner.apply import ApplyReport
from unknot.planner.plan import Plan
from unknot.providers.declared.calls import Tally
from unknot.providers.gcp import resources as gcp
from unknot.providers.gcp.client import GcpApi
from unknot.stacks.resource import Resource
from unknot.stacks.target import Target

COUNT = 20


class Team(Protocol):
    """The fixture of that name."""

    unique: str

    def plan(self, *resources: Resource) -> tuple[Plan, Any]: ...
    def apply(self, *resources: Resource) -> ApplyReport: ...


def _buckets(target: Target, team: Team) -> list[Resource]:
    return [
        gcp.StorageBucket(
            f"raw{number}",
            target=target,
            bucket_name=f"raw-{team.unique}-{number}",
            versioning={"enabled": True},
            storage_class="NEARLINE",
            iam_configuration={"uniformBucketLevelAccess": {"enabled": True}},
            bucket_lifecycle={"rule": [{"action": {"type": "Delete"}, "condition": {"age": 30}}]},
            labels={"team": "data"},
        )
        for number in range(COUNT)
    ]


def test_listing_tells_everything_of_buckets(team: Team, target: Target, schema: SchemaServer) -> None:
    assert team.apply(*_buckets(target, team)).exit_code == 0
    schema.requests.clear()
    plan, _ = team.plan(*_buckets(target, team))
    assert plan.drift == ()
    assert Counter(schema.requests) == {"storage.buckets.list": 1}
    assert plan.calls == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"versioning": {"enabled": False}}, "versioning"),
        ({"storageClass": "STANDARD"}, "storage_class"),
        ({"iamConfiguration": {"uniformBucketLevelAccess": {"enabled": False}}}, "iam_configuration"),
        ({"lifecycle": None}, "bucket_lifecycle"),
        ({"labels": {"team": "x"}}, "labels"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_drift_in_each_attribute_is_found_by_the_listing(
    team: Team, target: Target, schema: SchemaServer, change: dict[str, Any], field: str
) -> None:
    team.apply(*_buckets(target, team))
    by_hand = {"bucket": f"raw-{team.unique}-7", **change}
    GcpApi(target).call("storage", "storage.buckets.patch", by_hand, Tally())
    schema.requests.clear()
    plan, _ = team.plan(*_buckets(target, team))
    assert [each.address for each in plan.drift] == ["gcp.storage_bucket.raw7"]
    assert field in {each.path for each in plan.drift[0].fields}
    assert Counter(schema.requests) == {"storage.buckets.list": 1}


def test_policy_that_the_stack_sets_is_asked_for_beside_the_listing(
    team: Team, target: Target, schema: SchemaServer
) -> None:
    def two() -> list[Resource]:
        binding: Any = [{"role": "roles/storage.admin", "members": ["user:a@example.org"]}]
        named = {name: f"{name}-{team.unique}" for name in ("raw", "clean")}
        return [
            gcp.StorageBucket(name, target=target, bucket_name=bucket, iam_bindings=binding)
            for name, bucket in named.items()
        ]

    team.apply(*two())
    schema.requests.clear()
    plan, _ = team.plan(*two())
    assert plan.drift == ()
    assert Counter(schema.requests) == {"storage.buckets.list": 1, "storage.buckets.getIamPolicy": 2}


def test_objects_of_one_bucket_are_listed_under_it(team: Team, target: Target, schema: SchemaServer) -> None:
    def all_of_them() -> list[Resource]:
        bucket = gcp.StorageBucket("raw", target=target, bucket_name=f"raw-{team.unique}")
        other = gcp.StorageBucket("other", target=target, bucket_name=f"other-{team.unique}")
        objects = [
            gcp.StorageObject(
                f"o{number}",
                target=target,
                bucket=bucket.physical_name,
                object_name=f"{number}.txt",
                content=f"number {number}".encode(),
            )
            for number in range(5)
        ]
        alone = gcp.StorageObject(
            "alone", target=target, bucket=other.physical_name, object_name="a", content=b"alone"
        )
        return [bucket, other, *objects, alone]

    assert team.apply(*all_of_them()).exit_code == 0
    schema.requests.clear()
    plan, _ = team.plan(*all_of_them())
    assert plan.drift == ()
    assert Counter(schema.requests) == {
        "storage.buckets.list": 1,
        "storage.objects.list": 1,
        "storage.objects.get": 1,
    }


def test_objects_on_several_pages_are_all_found(
    team: Team, target: Target, schema: SchemaServer, proxy: Proxy
) -> None:
    from dataclasses import replace

    def topics() -> list[Resource]:
        return [
            gcp.PubSubTopic(f"t{number}", target=target, topic_id=f"t-{team.unique}-{number}")
            for number in range(12)
        ]

    team.apply(*topics())
    proxy.change = lambda request: (
        replace(request, path=request.path.replace("pageSize=1000", "pageSize=4"))
        if request.path.partition("?")[0].endswith("/topics")
        else request
    )
    schema.requests.clear()
    plan, _ = team.plan(*topics())
    assert plan.drift == ()
    assert Counter(schema.requests) == {"pubsub.projects.topics.list": 3}
