"""One planted violation of each kind in each service, found when a stack is read: no network, no SDK."""

from typing import Any

import pytest

from unknot.planner.plan import Plan
from unknot.providers.gcp import resources as gcp
from unknot.stacks.resource import Resource
from unknot.stacks.stack import Stack
from unknot.stacks.target import Target

TARGET = Target("prod", cloud="gcp", region="europe-west1")

CONTAINER = {"containerSpec": {"imageUri": "example.org/train:1"}, "replicaCount": 1}


def _job(**template: Any) -> dict[str, Any]:
    return {"template": {"containers": [{"image": "example.org/load:1"}], **template}}


@pytest.mark.parametrize(
    ("made", "inputs", "path", "wanted"),
    [
        # storage: value, member, number, name, place, label, name of a topic
        (gcp.StorageBucket, {"storage_class": "BANANA"}, "storage_class", "NEARLINE"),
        (gcp.StorageBucket, {"iam_configuration": {"publicAccessPrevention": "maybe"}}, "iam_configuration.publicAccessPrevention", "enforced"),
        (gcp.StorageBucket, {"bucket_lifecycle": {"rule": [{"action": {"type": "Explode"}}]}}, "bucket_lifecycle.rule[0].action.type", "SetStorageClass"),
        (gcp.StorageBucket, {"versioning": {"on": True}}, "versioning", "enabled"),
        (gcp.StorageBucket, {"retention_policy": {"retentionPeriod": "long"}}, "retention_policy.retentionPeriod", ""),
        (gcp.StorageBucket, {"versioning": {"enabled": "yes"}}, "versioning.enabled", ""),
        (gcp.StorageBucket, {"bucket_name": "goog-raw"}, "bucket_name", "reserved"),
        (gcp.StorageBucket, {"location": "europe-west17"}, "location", "europe-west1"),
        (gcp.StorageBucket, {"labels": {"Team": "data"}}, "labels", "match"),
        (gcp.StorageBucket, {"labels": {"team": "Data Platform"}}, "labels.team", "match"),
        (gcp.StorageBucket, {"encryption": {"defaultKmsKeyName": "my-key"}}, "encryption.defaultKmsKeyName", "cryptoKeys"),
        (gcp.StorageBucket, {"iam_bindings": [{"role": 3}]}, "iam_bindings[0].role", ""),
        (gcp.StorageNotification, {"bucket": "raw", "topic": "projects/p/topics/t"}, "topic", "//pubsub.googleapis.com/"),
        (gcp.StorageNotification, {"bucket": "raw", "topic": "//pubsub.googleapis.com/projects/p/topics/told", "event_types": ["OBJECT_EATEN"]}, "event_types[0]", "OBJECT_FINALIZE"),
        (gcp.StorageBucketIamMember, {"bucket": "raw", "role": "viewer", "member": "user:a@example.org"}, "role", "roles/"),
        (gcp.StorageBucketIamMember, {"bucket": "raw", "role": "roles/viewer", "member": "a@example.org"}, "member", "user:EMAIL"),
        (gcp.StorageObject, {"bucket": "raw", "object_name": "a", "content": b"x" * (1024 * 1024 + 1)}, "content", "1,048,576"),
        # BigQuery: name, value, value deep inside, what is missing
        (gcp.BigQueryDataset, {"dataset_id": "raw-flights"}, "dataset_id", "letters"),
        (gcp.BigQueryDataset, {"default_rounding_mode": "UP"}, "default_rounding_mode", "ROUND_HALF_EVEN"),
        (gcp.BigQueryTable, {"dataset_id": "d", "table_schema": {"fields": [{"name": "a", "type": "STRING", "mode": "MAYBE"}]}}, "table_schema.fields[0].mode", "NULLABLE"),
        (gcp.BigQueryTable, {"dataset_id": "d", "table_schema": {"fields": [{"name": "a", "type": "RECORD", "fields": [{"name": "b", "type": "INT64"}]}]}}, "table_schema.fields[0].fields[0].type", "INTEGER"),
        (gcp.BigQueryTable, {"dataset_id": "d", "table_schema": {"fields": [{"type": "STRING"}]}}, "table_schema.fields[0]", "name"),
        (gcp.BigQueryTable, {"dataset_id": "d", "time_partitioning": {"type": "WEEK"}}, "time_partitioning.type", "MONTH"),
        # Pub/Sub: name, duration, resource name, value
        (gcp.PubSubTopic, {"topic_id": "google-topic"}, "topic_id", "goog"),
        (gcp.PubSubTopic, {"message_retention_duration": "10 minutes"}, "message_retention_duration", "match"),
        (gcp.PubSubSubscription, {"topic": "flights"}, "topic", "projects/PROJECT/topics/TOPIC"),
        (gcp.PubSubTopic, {"schema_settings": {"schema": "s", "encoding": "XML"}}, "schema_settings.encoding", "JSON"),
        # Secret Manager: name, duration, time, member
        (gcp.SecretManagerSecret, {"secret_id": "db.password"}, "secret_id", "letters"),
        (gcp.SecretManagerSecret, {"ttl": "1h"}, "ttl", "match"),
        (gcp.SecretManagerSecret, {"expire_time": "tomorrow"}, "expire_time", ""),
        (gcp.SecretManagerSecret, {"replication": {"auto": {}}}, "replication", "automatic"),
        # Vertex AI: image, key, value, what is missing
        (gcp.VertexCustomJob, {"display_name": "t", "job_spec": {"workerPoolSpecs": [{**CONTAINER, "containerSpec": {"imageUri": "example.org/UPPER"}}]}}, "job_spec.workerPoolSpecs[0].containerSpec.imageUri", "lower case"),
        (gcp.VertexCustomJob, {"display_name": "t", "job_spec": {}}, "job_spec", "workerPoolSpecs"),
        (gcp.VertexCustomJob, {"display_name": "t", "job_spec": {"workerPoolSpecs": [CONTAINER], "scheduling": {"strategy": "CHEAP"}}}, "job_spec.scheduling.strategy", "SPOT"),
        (gcp.VertexEndpoint, {"display_name": "e", "encryption_spec": {"kmsKeyName": "k"}}, "encryption_spec.kmsKeyName", "cryptoKeys"),
        (gcp.VertexEndpoint, {"display_name": "e", "traffic_split": {"1": "all"}}, "traffic_split['1']", ""),
        # Cloud Run: name, image, value, duration
        (gcp.RunJob, {"template": _job(), "job_id": "Load_1"}, "job_id", "lower case"),
        (gcp.RunJob, {"template": _job(containers=[{"image": "not an image"}])}, "template.template.containers[0].image", "registry"),
        (gcp.RunJob, {"template": _job(executionEnvironment="GEN_9")}, "template.template.executionEnvironment", "EXECUTION_ENVIRONMENT_GEN2"),
        (gcp.RunJob, {"template": _job(timeout="1h")}, "template.template.timeout", "match"),
        (gcp.RunJob, {"template": _job(serviceAccount="loader")}, "template.template.serviceAccount", "gserviceaccount"),
        # IAM and Resource Manager: name, role, member
        (gcp.ServiceAccount, {"account_id": "a"}, "account_id", "6 to 30"),
        (gcp.ProjectIamMember, {"role": "roles/viewer", "member": "everybody"}, "member", "allUsers"),
    ],
)  # fmt: skip
def test_planted_violation_is_found_with_where_it_is(
    made: type[Resource], inputs: dict[str, Any], path: str, wanted: str
) -> None:
    stack = Stack("demo", owner="team@example.org")
    resource = stack.add(made("it", target=TARGET, **inputs))
    found = [each for each in stack.diagnostics if each.is_error]
    assert len(found) == 1, [each.summary for each in found]
    assert f"`{path}`" in found[0].summary
    assert wanted in found[0].detail + found[0].summary
    assert found[0].address == resource.address
    assert found[0].source is not None


@pytest.mark.parametrize(
    ("region", "project", "wanted"),
    [
        ("europe-west17", "testing", "has the region `europe-west17`"),
        ("europe-west1", "My Project", "has the project `My Project`"),
        (None, "testing", "is nowhere"),
    ],
)
def test_wrong_or_missing_place_of_a_target_is_found_when_planning(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch, region: str | None, project: str, wanted: str
) -> None:
    monkeypatch.delenv("GOOGLE_CLOUD_REGION", raising=False)
    from unknot.planner.planning import PlanOptions, make_plan
    from unknot.planner.services import Services

    target = Target("prod", cloud="gcp", region=region, options={"project": project})
    stack = Stack("demo", owner="team@example.org")
    stack.add(gcp.StorageBucket("it", target=target))
    stack.add(gcp.StorageBucket("other", target=target, location="EU"))
    stack.add(gcp.PubSubTopic("told", target=target))
    definition = stack.definition(root=tmp_path)
    plan: Plan = make_plan(
        definition, None, Services(project=tmp_path), options=PlanOptions(), diagnostics=stack.diagnostics
    )
    found = [each for each in plan.diagnostics if each.is_error]
    assert len(found) == 1
    assert wanted in found[0].summary
