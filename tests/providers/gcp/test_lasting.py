"""A change in place of one thing does not replace what refers to it."""

from collections.abc import Mapping
from typing import Any, Protocol

import pytest

from unknot.planner.apply import ApplyReport
from unknot.planner.plan import Plan
from unknot.providers.gcp import GcpProvider
from unknot.providers.gcp import resources as gcp
from unknot.stacks.resource import Resource
from unknot.stacks.target import Target


class Team(Protocol):
    """The fixture of that name."""

    def plan(self, *resources: Resource) -> tuple[Plan, Any]: ...
    def apply(self, *resources: Resource) -> ApplyReport: ...
    def changes(self, *resources: Resource) -> Mapping[str, str]: ...


def _telling(target: Target, labels: dict[str, str]) -> list[Resource]:
    bucket = gcp.StorageBucket("raw", target=target, labels=labels)
    topic = gcp.PubSubTopic("told", target=target, labels=labels)
    account = gcp.ServiceAccount("loader", target=target, description=labels["team"])
    return [
        bucket,
        topic,
        account,
        gcp.PubSubSubscription("heard", target=target, topic=topic.resource_name),
        gcp.StorageNotification("told", target=target, bucket=bucket.physical_name, topic=topic.url),
        gcp.StorageBucketIamMember(
            "loads",
            target=target,
            bucket=bucket.physical_name,
            role="roles/storage.objectUser",
            member=account.member,
        ),
    ]


def _warehouse(target: Target, labels: dict[str, str]) -> list[Resource]:
    dataset = gcp.BigQueryDataset("lake", target=target, labels=labels)
    return [dataset, gcp.BigQueryTable("trips", target=target, dataset_id=dataset.physical_name)]


@pytest.mark.parametrize("make", [_telling, _warehouse], ids=["told", "warehouse"])
def test_what_refers_to_names_of_a_changed_object_is_left_alone(
    team: Team, target: Target, make: Any
) -> None:
    assert team.apply(*make(target, {"team": "one"})).exit_code == 0
    changes = team.changes(*make(target, {"team": "two"}))
    assert changes
    assert set(changes.values()) == {"update"}
    assert not {"gcp.pubsub_subscription.heard", "gcp.storage_notification.told"} & changes.keys()
    assert not {"gcp.storage_bucket_iam_member.loads", "gcp.bigquery_table.trips"} & changes.keys()


def test_what_an_update_makes_anew_is_not_said_to_last() -> None:
    kind = GcpProvider().kind("gcp.storage_object")
    assert kind.lasting == {"url"}
    assert {"generation", "md5_hash", "crc32c", "size", "media_link"} <= kind.declaration.outputs.keys()
