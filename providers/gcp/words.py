"""What discovery documents tell in words only: values, formats of names, the syntax of labels. For the generator."""

from typing import Final

VALUES: Final[dict[str, tuple[str, ...]]] = {
    "Bucket.storageClass": ("STANDARD", "NEARLINE", "COLDLINE", "ARCHIVE", "MULTI_REGIONAL", "REGIONAL",
                            "DURABLE_REDUCED_AVAILABILITY"),
    "Bucket.rpo": ("DEFAULT", "ASYNC_TURBO"),
    "Bucket.iamConfiguration.publicAccessPrevention": ("inherited", "enforced"),
    "Bucket.lifecycle.rule[].action.type": ("Delete", "SetStorageClass", "AbortIncompleteMultipartUpload"),
    "Bucket.autoclass.terminalStorageClass": ("NEARLINE", "ARCHIVE"),
    "Object.storageClass": ("STANDARD", "NEARLINE", "COLDLINE", "ARCHIVE", "MULTI_REGIONAL", "REGIONAL",
                            "DURABLE_REDUCED_AVAILABILITY"),
    "Notification.payload_format": ("JSON_API_V1", "NONE"),
    "Notification.event_types[]": ("OBJECT_FINALIZE", "OBJECT_METADATA_UPDATE", "OBJECT_DELETE", "OBJECT_ARCHIVE"),
    # As answers have them: of `INT64` an answer makes `INTEGER`, which would be seen as drift.
    "TableFieldSchema.type": (
        "STRING", "BYTES", "INTEGER", "FLOAT", "BOOLEAN", "TIMESTAMP", "DATE", "TIME", "DATETIME", "GEOGRAPHY",
        "NUMERIC", "BIGNUMERIC", "JSON", "RECORD", "RANGE",
    ),
    "TableFieldSchema.mode": ("NULLABLE", "REQUIRED", "REPEATED"),
    "TimePartitioning.type": ("DAY", "HOUR", "MONTH", "YEAR"),
}  # fmt: skip
"""Values that documents tell in words only, or leave to a page: https://cloud.google.com/storage/docs/json_api/v1/buckets,
.../notifications and https://cloud.google.com/bigquery/docs/reference/rest/v2/tables."""

FORMATS: Final = {
    "defaultKmsKeyName": "gcp_kms_key",
    "image": "image",
    "imageUri": "image",
    "kmsKeyName": "gcp_kms_key",
    "serviceAccount": "gcp_service_account",
    "serviceAccountEmail": "gcp_service_account",
}
"""Formats that follow from how a member is called."""

LABEL_KEY: Final = r"[\p{Ll}\p{Lo}][\p{Ll}\p{Lo}\p{N}_-]{0,62}"
LABEL_VALUE: Final = r"[\p{Ll}\p{Lo}\p{N}_-]{0,63}"
"""https://cloud.google.com/resource-manager/docs/labels-overview#requirements"""
