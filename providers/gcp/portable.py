"""Portable types on Google Cloud: which of its types each is made of. Touches nothing, and imports no SDK."""

from collections.abc import Callable
from typing import Any, Final

import unknot.stacks.output as outputs
from unknot.providers.base import ExpandRequest, ExpandResponse, Support
from unknot.providers.gcp.resources.bigquery import BigQueryDataset, BigQueryTable, BigQueryTableIamMember
from unknot.providers.gcp.resources.iam import ServiceAccount
from unknot.providers.gcp.resources.pubsub import (
    PubSubSubscription,
    PubSubSubscriptionIamMember,
    PubSubTopic,
    PubSubTopicIamMember,
)
from unknot.providers.gcp.resources.secretmanager import SecretManagerSecret, SecretManagerSecretIamMember
from unknot.providers.gcp.resources.storage import StorageBucket, StorageBucketIamMember
from unknot.providers.portable.parts import Grantee, Parts, grants_of
from unknot.stacks.address import name_of
from unknot.stacks.portable.naming import NameRule

_LABELS: Final = {"labels": ""}

SUPPORTS: Final = {
    "bucket": Support(
        made_of=("gcp.storage_bucket",),
        inputs={
            **_LABELS,
            "versioning": "",
            "expire_days": "a lifecycle rule",
            "retention_days": "a retention policy, not locked",
            "encryption_key": "a key of Cloud KMS",
            "force_destroy": "",
        },
    ),
    "secret": Support(
        made_of=("gcp.secretmanager_secret",),
        inputs={**_LABELS, "value": "", "version": ""},
        name=NameRule(longest=255),
    ),
    "table": Support(
        made_of=("gcp.bigquery_dataset", "gcp.bigquery_table"),
        inputs={
            **_LABELS,
            "columns": "a table of BigQuery, in a dataset of its own",
            "partition_by": "the first date by day, the others as clustering",
            "key": "a primary key that is not enforced",
            "description": "",
        },
        recorded={"location": "BigQuery keeps its tables itself."},
        name=NameRule(longest=200, separator="_"),
    ),
    "queue": Support(
        made_of=("gcp.pubsub_topic", "gcp.pubsub_subscription"),
        inputs={
            **_LABELS,
            "visibility_timeout_s": "the deadline of acknowledgement",
            "retention_s": "",
            "dead_letter": "",
            "max_receives": "with `dead_letter`",
        },
        bounds={
            "visibility_timeout_s": (10, 600),
            "retention_s": (600, 2_678_400),
            "max_receives": (5, 100),
        },
        name=NameRule(longest=200),
    ),
    "identity": Support(
        made_of=(
            "gcp.service_account",
            "gcp.storage_bucket_iam_member",
            "gcp.bigquery_table_iam_member",
            "gcp.secretmanager_secret_iam_member",
            "gcp.pubsub_topic_iam_member",
            "gcp.pubsub_subscription_iam_member",
        ),
        inputs={"may": "a role on each resource; `write` to a bucket lets it read too"},
        recorded={
            "labels": "Service accounts have none.",
            "engine": "Whoever may attach a service account may run as it.",
        },
        name=NameRule(longest=30),
    ),
}

_COLUMNS: Final = {
    "bool": "BOOLEAN",
    "int32": "INTEGER",
    "int64": "INTEGER",
    "float32": "FLOAT",
    "float64": "FLOAT",
    "string": "STRING",
    "bytes": "BYTES",
    "date": "DATE",
    "timestamp": "TIMESTAMP",
}
_DAYS: Final = ("date", "timestamp")
_DAY_S: Final = 24 * 3600


class GcpCloud:
    """Google Cloud."""

    name = "gcp"
    supports = SUPPORTS

    def expand(self, request: ExpandRequest) -> ExpandResponse:
        return _EXPANSIONS[request.type](Parts(request), _called(request))


def _called(request: ExpandRequest) -> str:
    """Its physical name; what is taken over has one already, at the end of its resource name."""
    return request.import_id.rpartition("/")[2].partition("@")[0] or request.name


def _bucket(parts: Parts, name: str) -> ExpandResponse:
    days, kept, key = (parts.input(name) for name in ("expire_days", "retention_days", "encryption_key"))
    if kept is not None and not isinstance(kept, int):
        parts.refuse("`retention_days` must be known when planning on Google Cloud", "Give a number.")
        kept = None
    parts.add(
        StorageBucket(
            parts.name(),
            bucket_name=name,
            labels=parts.input("labels"),
            versioning={"enabled": parts.input("versioning", False)},
            bucket_lifecycle=None
            if days is None
            else {"rule": [{"action": {"type": "Delete"}, "condition": {"age": days}}]},
            retention_policy=None if kept is None else {"retentionPeriod": kept * _DAY_S},
            encryption=None if key is None else {"defaultKmsKeyName": key},
            force_destroy=parts.input("force_destroy") or None,
            iam_configuration={
                "uniformBucketLevelAccess": {"enabled": True},
                "publicAccessPrevention": "enforced",
            },
        ),
        follows={
            "labels": "labels",
            "versioning": "versioning",
            "bucket_lifecycle": "expire_days",
            "retention_policy": "retention_days",
            "force_destroy": "force_destroy",
            "encryption": "encryption_key",
        },
        import_id=parts.request.import_id,
    )
    return parts.response(
        physical_name=name, full_name=name, id=f"projects/_/buckets/{name}", url=f"gs://{name}"
    )


def _secret(parts: Parts, name: str) -> ExpandResponse:
    made = parts.add(
        SecretManagerSecret(
            parts.name(),
            secret_id=name,
            value=parts.input("value"),
            value_version=parts.input("version"),
            labels=parts.input("labels"),
        ),
        follows={"labels": "labels", "value": "value", "value_version": "version"},
        import_id=parts.request.import_id,
    )
    reference = outputs.format("gcp-secret:{name}", name=made.resource_name)
    return parts.response(physical_name=name, full_name=name, id=made.resource_name, reference=reference)


def _table(parts: Parts, name: str) -> ExpandResponse:
    columns, key = parts.input("columns"), parts.input("key")
    partition_by = parts.input("partition_by", [])
    day = next((column for column in partition_by if columns[column] in _DAYS), None)
    clusters = [column for column in partition_by if column != day]
    if len(clusters) > 4:
        parts.refuse(
            f"it is partitioned by {len(partition_by)} columns, too many for BigQuery",
            "One date or timestamp and four others at most.",
        )
    taken = parts.request.import_id.partition("/tables/")[0]
    dataset = parts.add(
        BigQueryDataset(
            parts.name(), dataset_id=taken.rpartition("/")[2] or name, labels=parts.input("labels")
        ),
        follows={"labels": "labels"},
        import_id=taken,
    )
    made = parts.add(
        BigQueryTable(
            parts.name(),
            dataset_id=dataset.physical_name,
            table_id=name,
            description=parts.input("description"),
            table_schema={"fields": [_field(column, kind) for column, kind in columns.items()]},
            time_partitioning={"type": "DAY", "field": day} if day else None,
            clustering={"fields": clusters} if clusters else None,
            table_constraints={"primaryKey": {"columns": key}} if key else None,
            labels=parts.input("labels"),
        ),
        follows={"labels": "labels", "description": "description", "table_schema": "columns"},
        import_id=parts.request.import_id,
    )
    return parts.response(physical_name=name, full_name=name, id=made.resource_name, url=made.sql_name)


def _field(name: str, kind: str) -> Any:
    if kind in _COLUMNS:
        return {"name": name, "type": _COLUMNS[kind]}
    precision, scale = (int(part) for part in kind.removeprefix("decimal(").rstrip(")").split(","))
    numeric = "NUMERIC" if scale <= 9 and precision - scale <= 29 else "BIGNUMERIC"
    return {"name": name, "type": numeric, "precision": precision, "scale": scale}


def _queue(parts: Parts, name: str) -> ExpandResponse:
    dead, taken = parts.input("dead_letter"), parts.request.import_id
    topic = parts.add(
        PubSubTopic(parts.name(), topic_id=name, labels=parts.input("labels")),
        follows={"labels": "labels"},
        import_id=taken.replace("/subscriptions/", "/topics/"),
    )
    subscription = parts.add(
        PubSubSubscription(
            parts.name(),
            topic=topic.resource_name,
            subscription_id=name,
            ack_deadline_seconds=parts.input("visibility_timeout_s", 30),
            message_retention_duration=outputs.format("{s}s", s=parts.input("retention_s", 4 * _DAY_S)),
            dead_letter_policy=None
            if dead is None
            else {"deadLetterTopic": dead["id"], "maxDeliveryAttempts": parts.input("max_receives", 5)},
            labels=parts.input("labels"),
        ),
        follows={"labels": "labels", "ack_deadline_seconds": "visibility_timeout_s"},
        import_id=taken.replace("/topics/", "/subscriptions/"),
    )
    return parts.response(
        physical_name=name, full_name=name, id=topic.resource_name, url=subscription.resource_name
    )


def _identity(parts: Parts, name: str) -> ExpandResponse:
    request = parts.request
    account = parts.add(
        ServiceAccount(parts.name(), account_id=name, display_name=str(request.address)),
        import_id=request.import_id,
    )
    for grant in grants_of(request):
        role = f"{grant.access}-{name_of(grant.address)}"
        parts.add(_member(parts.name(role), grant, account), setting=True)
    return parts.response(physical_name=name, full_name=name, id=account.resource_name, url=account.email)


_ROLES: Final = {
    ("bucket", "read"): "roles/storage.objectViewer",
    ("bucket", "write"): "roles/storage.objectUser",
    ("table", "read"): "roles/bigquery.dataViewer",
    ("table", "write"): "roles/bigquery.dataEditor",
    ("secret", "use"): "roles/secretmanager.secretAccessor",
    ("queue", "send"): "roles/pubsub.publisher",
    ("queue", "receive"): "roles/pubsub.subscriber",
}


def _member(name: str, grant: Grantee, account: ServiceAccount) -> Any:
    """One grant as a member of a role on the resource itself."""
    role, member = _ROLES[grant.type, grant.access], account.member
    match grant.type, grant.access:
        case "bucket", _:
            bucket = grant.outputs["full_name"]
            return StorageBucketIamMember(name, bucket=bucket, role=role, member=member)
        case "table", _:
            return BigQueryTableIamMember(name, table=grant.outputs["id"], role=role, member=member)
        case "queue", "send":
            return PubSubTopicIamMember(name, topic=grant.outputs["id"], role=role, member=member)
        case "queue", _:
            subscription = grant.outputs["url"]
            return PubSubSubscriptionIamMember(name, subscription=subscription, role=role, member=member)
        case _:
            return SecretManagerSecretIamMember(name, secret=grant.outputs["id"], role=role, member=member)


_EXPANSIONS: Final[dict[str, Callable[[Parts, str], ExpandResponse]]] = {
    "bucket": _bucket,
    "secret": _secret,
    "table": _table,
    "queue": _queue,
    "identity": _identity,
}
