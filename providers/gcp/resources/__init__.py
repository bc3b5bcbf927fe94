"""Resource types of Google Cloud: `from unknot import gcp`, then `gcp.BigQueryDataset(...)`.

Made by `make generate`; not to be edited. Each name is imported with its service's module when it is first used
(PEP 562), so that a stack pays only for the services that it uses.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from unknot.providers.gcp.resources.aiplatform import VertexCustomJob, VertexEndpoint
    from unknot.providers.gcp.resources.bigquery import BigQueryDataset, BigQueryTable, BigQueryTableIamMember
    from unknot.providers.gcp.resources.cloudresourcemanager import ProjectIamMember
    from unknot.providers.gcp.resources.iam import ServiceAccount, ServiceAccountIamMember
    from unknot.providers.gcp.resources.pubsub import (
        PubSubSubscription,
        PubSubSubscriptionIamMember,
        PubSubTopic,
        PubSubTopicIamMember,
    )
    from unknot.providers.gcp.resources.run import RunJob, RunJobIamMember
    from unknot.providers.gcp.resources.secretmanager import SecretManagerSecret, SecretManagerSecretIamMember
    from unknot.providers.gcp.resources.storage import (
        StorageBucket,
        StorageBucketIamMember,
        StorageNotification,
        StorageObject,
    )

_HOMES = {
    "BigQueryDataset": "bigquery",
    "BigQueryTable": "bigquery",
    "BigQueryTableIamMember": "bigquery",
    "ProjectIamMember": "cloudresourcemanager",
    "PubSubSubscription": "pubsub",
    "PubSubSubscriptionIamMember": "pubsub",
    "PubSubTopic": "pubsub",
    "PubSubTopicIamMember": "pubsub",
    "RunJob": "run",
    "RunJobIamMember": "run",
    "SecretManagerSecret": "secretmanager",
    "SecretManagerSecretIamMember": "secretmanager",
    "ServiceAccount": "iam",
    "ServiceAccountIamMember": "iam",
    "StorageBucket": "storage",
    "StorageBucketIamMember": "storage",
    "StorageNotification": "storage",
    "StorageObject": "storage",
    "VertexCustomJob": "aiplatform",
    "VertexEndpoint": "aiplatform",
}

__all__ = [
    "BigQueryDataset",
    "BigQueryTable",
    "BigQueryTableIamMember",
    "ProjectIamMember",
    "PubSubSubscription",
    "PubSubSubscriptionIamMember",
    "PubSubTopic",
    "PubSubTopicIamMember",
    "RunJob",
    "RunJobIamMember",
    "SecretManagerSecret",
    "SecretManagerSecretIamMember",
    "ServiceAccount",
    "ServiceAccountIamMember",
    "StorageBucket",
    "StorageBucketIamMember",
    "StorageNotification",
    "StorageObject",
    "VertexCustomJob",
    "VertexEndpoint",
]


if not TYPE_CHECKING:  # or every name would seem to be there

    def __getattr__(name):
        home = _HOMES.get(name)
        if home is None:
            from unknot.stacks.diagnostic import nearest

            raise AttributeError(f"`gcp` has no resource type `{name}`. {nearest(name, _HOMES)}".rstrip())
        from importlib import import_module

        found = getattr(import_module(f"{__name__}.{home}"), name)
        globals()[name] = found
        return found


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
