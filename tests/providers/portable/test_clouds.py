"""What the clouds make of portable types, in the parts: what the suite over all of them does not look at."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from unknot import Bucket, Identity, Queue, Stack, Table, Target, grants
from unknot.planner.expansion import expand
from unknot.planner.services import Services
from unknot.stacks.address import Address
from unknot.stacks.definition import Desired
from unknot.stacks.diagnostic import Diagnostic
from unknot.stacks.resource import Resource

KEY = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
LAKE = {
    "subscription": "4f0c1c2e-8b1d-4f57-9a3e-0b7a1d2c3e4f",
    "resource_group": "lake",
    "account": "lakedata",
}


def parts_of(target: Target, *resources: Resource) -> tuple[dict[Address, Desired], list[Diagnostic]]:
    """All that a stack of these comes to, and the errors."""
    stack = Stack("lake", owner="team@example.org", target=target)
    for resource in resources:
        stack.add(resource)
    definition = stack.definition(root=Path("/nowhere"))
    found = expand(definition, {}, "lineage", Services(Path("/nowhere")), stack.diagnostics)
    return found.definition.resources, [d for d in stack.diagnostics if d.is_error]


def inputs(target: Target, address: str, *resources: Resource) -> dict[str, Any]:
    made, errors = parts_of(target, *resources)
    assert errors == []
    return made[Address(address)].inputs


def statements(document: Any) -> list[Any]:
    """Of a policy, whether it is text or data."""
    found: list[Any] = (json.loads(document) if isinstance(document, str) else document)["Statement"]
    return found


def test_bucket_of_aws_is_never_public_and_encrypted_with_the_key_that_is_given() -> None:
    found = inputs(
        Target("p", cloud="aws"), "aws.s3_bucket.raw", Bucket("raw", encryption_key="arn:k", expire_days=3)
    )

    assert set(found["public_access_block"].values()) == {True}
    (rule,) = found["encryption"]["Rules"]
    assert rule["ApplyServerSideEncryptionByDefault"] == {
        "SSEAlgorithm": "aws:kms",
        "KMSMasterKeyID": "arn:k",
    }
    assert found["lifecycle_rules"][0]["Expiration"] == {"Days": 3}


@pytest.mark.parametrize(
    ("region", "partition"), [("eu-west-1", "aws"), ("cn-north-1", "aws-cn"), ("us-gov-east-1", "aws-us-gov")]
)
def test_role_may_do_what_is_granted_in_the_partition_of_its_region(region: str, partition: str) -> None:
    raw = Bucket("raw", physical_name="my-raw", encryption_key=KEY)
    found = inputs(
        Target("p", cloud="aws", region=region),
        "aws.iam_role_policy.etl",
        raw,
        Identity("etl", may=[grants.read(raw)]),
    )

    bucket, objects, key = statements(found["policy_document"])
    assert bucket["Resource"] == f"arn:{partition}:s3:::my-raw"
    assert objects["Resource"] == f"arn:{partition}:s3:::my-raw/*"
    assert not [action for action in objects["Action"] if "Put" in action or "Delete" in action]
    assert (key["Action"], key["Resource"]) == (["kms:Decrypt"], KEY)


def test_identity_without_grants_has_no_policy_and_trusts_its_engine_alone() -> None:
    target = Target("p", cloud="aws")
    made, errors = parts_of(target, Identity("etl", engine="sagemaker"))

    assert errors == []
    assert set(made) == {"identity.etl", "aws.iam_role.etl"}
    trust = statements(made[Address("aws.iam_role.etl")].inputs["assume_role_policy_document"])
    assert [s["Principal"] for s in trust] == [{"Service": "sagemaker.amazonaws.com"}]


def test_table_of_aws_has_partitions_apart_from_columns() -> None:
    lake = Bucket("lake", physical_name="my-lake")
    found = inputs(
        Target("p", cloud="aws"),
        "aws.glue_table.trips",
        lake,
        Table(
            "trips",
            physical_name="trips",
            columns={"id": "int64", "price": "decimal(10, 2)", "day": "date"},
            partition_by=["day"],
            location=lake,
        ),
    )

    storage = found["storage_descriptor"]
    assert storage["Columns"] == [
        {"Name": "id", "Type": "bigint"},
        {"Name": "price", "Type": "decimal(10,2)"},
    ]
    assert found["partition_keys"] == [{"Name": "day", "Type": "date"}]
    assert storage["Location"] == {"$join": [{"$ref": ["bucket.lake", "url"]}, "/tables/", "trips", "/"]}


@pytest.mark.parametrize("cloud", ["aws", "azure"])
def test_table_of_files_needs_a_bucket(cloud: str) -> None:
    trips = Table("trips", columns={"id": "int64"})
    _, (error,) = parts_of(Target("p", cloud=cloud, options=LAKE), trips)

    assert "needs a bucket for its files" in error.summary
    assert (error.address, error.source) == ("table.trips", trips.defined_at)


@pytest.mark.parametrize(
    ("kind", "written"),
    [
        ("int32", {"type": "INTEGER"}),
        ("decimal(38,9)", {"type": "NUMERIC", "precision": 38, "scale": 9}),
        ("decimal(38,10)", {"type": "BIGNUMERIC", "precision": 38, "scale": 10}),
        ("decimal(38,0)", {"type": "BIGNUMERIC", "precision": 38, "scale": 0}),
    ],
)
def test_columns_of_bigquery(kind: str, written: dict[str, Any]) -> None:
    found = inputs(Target("p", cloud="gcp"), "gcp.bigquery_table.t", Table("t", columns={"x": kind}))

    assert found["table_schema"]["fields"] == [{"name": "x", **written}]


def test_table_of_bigquery_is_partitioned_by_day_and_clustered_by_the_rest() -> None:
    columns: dict[str, Any] = {"id": "int64", "carrier": "string", "day": "date", "at": "timestamp"}
    found = inputs(
        Target("p", cloud="gcp"),
        "gcp.bigquery_table.t",
        Table("t", columns=columns, partition_by=["carrier", "day", "at"], key=["id"]),
    )

    assert found["time_partitioning"] == {"type": "DAY", "field": "day"}
    assert found["clustering"] == {"fields": ["carrier", "at"]}
    assert found["table_constraints"] == {"primaryKey": {"columns": ["id"]}}


def test_retention_that_is_not_known_yet_is_refused_on_google_cloud() -> None:
    first = Bucket("first")
    unknown: Any = first.full_name
    _, (error,) = parts_of(Target("p", cloud="gcp"), first, Bucket("raw", retention_days=unknown))

    assert "must be known when planning" in error.summary


def test_grant_on_azure_needs_to_know_where_things_are() -> None:
    raw = Bucket("raw")
    etl = Identity("etl", may=[grants.read(raw)])
    short = Target("p", cloud="azure", options={"account": "lakedata"})
    _, (error,) = parts_of(short, raw, etl)

    assert error.source == etl.defined_at
    assert "`subscription`" in error.detail

    made, errors = parts_of(msgspec.structs.replace(short, options=LAKE), raw, etl)
    assert errors == []
    assignment = made[Address("azure.role_assignment.etl--read-raw")]
    assert str(assignment.inputs["scope"]).startswith(
        "/subscriptions/4f0c1c2e-8b1d-4f57-9a3e-0b7a1d2c3e4f/resourceGroups/lake/providers/Microsoft.Storage/storageAccounts/lakedata/"
        "blobServices/default/containers/lake-default-raw-"
    )


def test_seconds_of_a_queue_are_said_to_pubsub_as_it_wants_them() -> None:
    found = inputs(Target("p", cloud="gcp"), "gcp.pubsub_subscription.jobs", Queue("jobs", retention_s=600))

    assert (found["ack_deadline_seconds"], found["message_retention_duration"]) == (30, "600s")


def test_bounds_of_a_cloud_are_said() -> None:
    _, (error,) = parts_of(Target("p", cloud="gcp"), Queue("jobs", visibility_timeout_s=601))

    assert error.summary == "`queue.jobs`: `visibility_timeout_s=601` is out of what the cloud `gcp` can do"
    assert error.detail == "There it is from 10 to 600."
