"""What discovery documents of Google Cloud leave to its reference pages: defaults, what never changes, what is in what."""

from typing import Any

NUMBER = "123456789012"
"""Of every project: what some services answer in place of its id."""

NUMBERED = ("secretmanager", "aiplatform")

DEFAULTS: dict[str, dict[str, Any]] = {
    # https://cloud.google.com/storage/docs/json_api/v1/buckets
    "storage.buckets": {
        "location": "US",
        "storageClass": "STANDARD",
        "locationType": "multi-region",
        "projectNumber": NUMBER,
        "softDeletePolicy": {"retentionDurationSeconds": "604800", "effectiveTime": "2026-01-01T00:00:00Z"},
        "iamConfiguration": {
            "bucketPolicyOnly": {"enabled": False},
            "uniformBucketLevelAccess": {"enabled": False},
            "publicAccessPrevention": "inherited",
        },
        "rpo": "DEFAULT",
    },
    "storage.objects": {"storageClass": "STANDARD"},
    # https://cloud.google.com/pubsub/docs/reference/rest/v1/projects.subscriptions
    "pubsub.projects.subscriptions": {
        "ackDeadlineSeconds": 10,
        "messageRetentionDuration": "604800s",
        "expirationPolicy": {"ttl": "2678400s"},
        "pushConfig": {},
        "state": "ACTIVE",
    },
    "pubsub.projects.topics": {"state": "ACTIVE"},
    "bigquery.datasets": {"location": "US", "type": "DEFAULT"},
    "bigquery.tables": {"type": "TABLE", "numRows": "0"},
    "run.projects.locations.jobs": {"launchStage": "GA"},
    "aiplatform.projects.locations.customJobs": {"state": "JOB_STATE_RUNNING"},
    "iam.projects.serviceAccounts": {"projectId": "", "uniqueId": "104567890123456789012"},
}

IMMUTABLE: dict[str, tuple[str, ...]] = {
    # "Immutable" in the reference pages, where the documents' descriptions do not say so.
    "storage.buckets": ("location", "name", "hierarchicalNamespace", "customPlacementConfig"),
    "bigquery.datasets": ("location", "datasetReference"),
    "bigquery.tables": ("tableReference", "rangePartitioning"),
    "pubsub.projects.subscriptions": ("topic", "filter", "enableMessageOrdering"),
    "pubsub.projects.topics": ("kmsKeyName",),
    "aiplatform.projects.locations.endpoints": ("encryptionSpec", "network"),
}

PARENTS = {
    "storage.objects": "storage.buckets",
    "storage.notifications": "storage.buckets",
    "bigquery.tables": "bigquery.datasets",
}
"""Whose objects are in another's; all other paths begin with a project, which is always there."""
