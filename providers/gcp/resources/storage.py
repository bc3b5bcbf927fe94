"""Cloud Storage JSON API. Made by `make generate` from providers/gcp/types; not to be edited.

Source: discovery document storage:v1, revision 20261009.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, ClassVar, Literal, TypeAlias, TypedDict

from unknot.providers.declared.resource import DeclaredResource, Given
from unknot.stacks.output import Input, Output
from unknot.stacks.resource import Computed, Immutable, computed

__all__ = [
    "StorageBucket",
    "StorageBucketIamMember",
    "StorageNotification",
    "StorageObject",
]

BucketStorageClass: TypeAlias = Literal[
    "STANDARD",
    "NEARLINE",
    "COLDLINE",
    "ARCHIVE",
    "MULTI_REGIONAL",
    "REGIONAL",
    "DURABLE_REDUCED_AVAILABILITY",
]

BucketRpo: TypeAlias = Literal["DEFAULT", "ASYNC_TURBO"]


class BucketRetentionPolicy(TypedDict, total=False):
    effectiveTime: str | datetime | Output[str]
    """Server-determined value that indicates the time from which policy was enforced and effective."""
    isLocked: Input[bool]
    """Once locked, an object retention policy cannot be modified."""
    retentionPeriod: Input[int]
    """The duration in seconds that objects need to be retained."""


class BucketSoftDeletePolicyHardDeletePause(TypedDict, total=False):
    effectiveTime: str | datetime | Output[str]
    """Server-determined value that indicates the time from which the hard delete pause became effective."""
    enabled: Input[bool]
    """Whether hard deletions are paused."""


class BucketSoftDeletePolicy(TypedDict, total=False):
    effectiveTime: str | datetime | Output[str]
    """Server-determined value that indicates the time from which the policy, or one with a greater retention, was effective."""
    hardDeletePause: Given[BucketSoftDeletePolicyHardDeletePause]
    """The bucket's hard delete pause configuration."""
    retentionDurationSeconds: Input[int]
    """The duration in seconds that soft-deleted objects in the bucket will be retained and cannot be permanently deleted."""


class BucketHierarchicalNamespace(TypedDict, total=False):
    enabled: Input[bool]
    """When set to true, hierarchical namespace is enabled for this bucket."""


class BucketCustomPlacementConfig(TypedDict, total=False):
    dataLocations: Given[Sequence[Input[str]]]
    """The list of regional locations in which data is placed."""


class Expr(TypedDict, total=False):
    description: Input[str]
    """An optional description of the expression."""
    expression: Input[str]
    """Textual representation of an expression in Common Expression Language syntax."""
    location: Input[str]
    """An optional string indicating the location of the expression for error reporting, e.g. a file name and a position in the file."""
    title: Input[str]
    """An optional title for the expression, i.e. a short string describing its purpose."""


class PolicyBindings(TypedDict, total=False):
    condition: Given[Expr]
    """The condition that is associated with this binding."""
    members: Given[Sequence[Input[str]]]
    """A collection of identifiers for members who may assume the provided role."""
    role: Input[str]
    """The role to which members belong."""


BucketAutoclassTerminalStorageClass: TypeAlias = Literal["NEARLINE", "ARCHIVE"]


class BucketAutoclass(TypedDict, total=False):
    enabled: Input[bool]
    """Whether or not Autoclass is enabled on this bucket."""
    terminalStorageClass: BucketAutoclassTerminalStorageClass | Output[str]
    """The storage class that objects in the bucket eventually transition to if they are not read for a certain length of time."""
    terminalStorageClassUpdateTime: str | datetime | Output[str]
    """A date and time in RFC 3339 format representing the time of the most recent update to "terminalStorageClass"."""
    toggleTime: str | datetime | Output[str]
    """A date and time in RFC 3339 format representing the instant at which "enabled" was last toggled."""


class BucketBilling(TypedDict, total=False):
    requesterPays: Input[bool]
    """When set to true, Requester Pays is enabled for this bucket."""


class BucketCors(TypedDict, total=False):
    maxAgeSeconds: Input[int]
    """The value, in seconds, to return in the Access-Control-Max-Age header used in preflight responses."""
    method: Given[Sequence[Input[str]]]
    """The list of HTTP methods on which to include CORS response headers, (GET, OPTIONS, POST, etc) Note."""
    origin: Given[Sequence[Input[str]]]
    """The list of Origins eligible to receive CORS response headers."""
    responseHeader: Given[Sequence[Input[str]]]
    """The list of HTTP headers other than the simple response headers to give permission for the user-agent to share across domains."""


BucketEncryptionCustomerManagedEncryptionEnforcementConfigRestrictionMode: TypeAlias = Literal[
    "NotRestricted", "FullyRestricted"
]


class BucketEncryptionCustomerManagedEncryptionEnforcementConfig(TypedDict, total=False):
    effectiveTime: str | datetime | Output[str]
    """Server-determined value that indicates the time from which configuration was enforced and effective."""
    restrictionMode: BucketEncryptionCustomerManagedEncryptionEnforcementConfigRestrictionMode | Output[str]
    """Restriction mode for Customer-Managed Encryption Keys."""


BucketEncryptionCustomerSuppliedEncryptionEnforcementConfigRestrictionMode: TypeAlias = Literal[
    "NotRestricted", "FullyRestricted"
]


class BucketEncryptionCustomerSuppliedEncryptionEnforcementConfig(TypedDict, total=False):
    effectiveTime: str | datetime | Output[str]
    """Server-determined value that indicates the time from which configuration was enforced and effective."""
    restrictionMode: BucketEncryptionCustomerSuppliedEncryptionEnforcementConfigRestrictionMode | Output[str]
    """Restriction mode for Customer-Supplied Encryption Keys."""


BucketEncryptionGoogleManagedEncryptionEnforcementConfigRestrictionMode: TypeAlias = Literal[
    "NotRestricted", "FullyRestricted"
]


class BucketEncryptionGoogleManagedEncryptionEnforcementConfig(TypedDict, total=False):
    effectiveTime: str | datetime | Output[str]
    """Server-determined value that indicates the time from which configuration was enforced and effective."""
    restrictionMode: BucketEncryptionGoogleManagedEncryptionEnforcementConfigRestrictionMode | Output[str]
    """Restriction mode for Google-Managed Encryption Keys."""


class BucketEncryption(TypedDict, total=False):
    customerManagedEncryptionEnforcementConfig: Given[
        BucketEncryptionCustomerManagedEncryptionEnforcementConfig
    ]
    """If set, the new objects created in this bucket must comply with this enforcement config."""
    customerSuppliedEncryptionEnforcementConfig: Given[
        BucketEncryptionCustomerSuppliedEncryptionEnforcementConfig
    ]
    """If set, the new objects created in this bucket must comply with this enforcement config."""
    defaultKmsKeyName: Input[str]
    """A Cloud KMS key that will be used to encrypt objects inserted into this bucket, if no encryption method is specified."""
    googleManagedEncryptionEnforcementConfig: Given[BucketEncryptionGoogleManagedEncryptionEnforcementConfig]
    """If set, the new objects created in this bucket must comply with this enforcement config."""


class BucketIamConfigurationBucketPolicyOnly(TypedDict, total=False):
    enabled: Input[bool]
    """If set, access is controlled only by bucket-level or above IAM policies."""
    lockedTime: str | datetime | Output[str]
    """The deadline for changing iamConfiguration.bucketPolicyOnly.enabled from true to false in RFC 3339 format. iamConfiguration.bucketPolicyOnly.enabled may be changed from true to false until the locked time, after which the field is immutable."""


BucketIamConfigurationPublicAccessPrevention: TypeAlias = Literal["inherited", "enforced"]


class BucketIamConfigurationUniformBucketLevelAccess(TypedDict, total=False):
    enabled: Input[bool]
    """If set, access is controlled only by bucket-level or above IAM policies."""
    lockedTime: str | datetime | Output[str]
    """The deadline for changing iamConfiguration.uniformBucketLevelAccess.enabled from true to false in RFC 3339 format. iamConfiguration.uniformBucketLevelAccess.enabled may be changed from true to false until the locked time, after which the field is immutable."""


class BucketIamConfiguration(TypedDict, total=False):
    bucketPolicyOnly: Given[BucketIamConfigurationBucketPolicyOnly]
    """The bucket's uniform bucket-level access configuration."""
    publicAccessPrevention: BucketIamConfigurationPublicAccessPrevention | Output[str]
    """The bucket's Public Access Prevention configuration."""
    uniformBucketLevelAccess: Given[BucketIamConfigurationUniformBucketLevelAccess]
    """The bucket's uniform bucket-level access configuration."""


BucketLifecycleRuleActionType: TypeAlias = Literal[
    "Delete", "SetStorageClass", "AbortIncompleteMultipartUpload"
]


class BucketLifecycleRuleAction(TypedDict, total=False):
    storageClass: Input[str]
    """Target storage class."""
    type: BucketLifecycleRuleActionType | Output[str]
    """Type of the action."""


class BucketLifecycleRuleCondition(TypedDict, total=False):
    age: Input[int]
    """Age of an object (in days)."""
    createdBefore: Input[str]
    """A date in RFC 3339 format with only the date part (for instance, "2013-01-15")."""
    customTimeBefore: Input[str]
    """A date in RFC 3339 format with only the date part (for instance, "2013-01-15")."""
    daysSinceCustomTime: Input[int]
    """Number of days elapsed since the user-specified timestamp set on an object."""
    daysSinceNoncurrentTime: Input[int]
    """Number of days elapsed since the noncurrent timestamp of an object."""
    isLive: Input[bool]
    """Relevant only for versioned objects."""
    matchesPattern: Input[str]
    """A regular expression that satisfies the RE2 syntax."""
    matchesPrefix: Given[Sequence[Input[str]]]
    """List of object name prefixes."""
    matchesStorageClass: Given[Sequence[Input[str]]]
    """Objects having any of the storage classes specified by this condition will be matched."""
    matchesSuffix: Given[Sequence[Input[str]]]
    """List of object name suffixes."""
    noncurrentTimeBefore: Input[str]
    """A date in RFC 3339 format with only the date part (for instance, "2013-01-15")."""
    numNewerVersions: Input[int]
    """Relevant only for versioned objects."""
    sizeAboveBytes: Input[int]
    """Objects having a size greater than this value in bytes will be matched."""
    sizeBelowBytes: Input[int]
    """Objects having a size less than this value in bytes will be matched."""


class BucketLifecycleRule(TypedDict, total=False):
    action: Given[BucketLifecycleRuleAction]
    """The action to take."""
    condition: Given[BucketLifecycleRuleCondition]
    """The condition(s) under which the action will be taken."""


class BucketLifecycle(TypedDict, total=False):
    rule: Given[Sequence[Given[BucketLifecycleRule]]]
    """A lifecycle management rule, which is made of an action to take and the condition(s) under which the action will be taken."""


class BucketLogging(TypedDict, total=False):
    logBucket: Input[str]
    """The destination bucket where the current bucket's logs should be placed."""
    logObjectPrefix: Input[str]
    """A prefix for log object names."""


class BucketVersioning(TypedDict, total=False):
    enabled: Input[bool]
    """While set to true, versioning is fully enabled for this bucket."""


class BucketWebsite(TypedDict, total=False):
    mainPageSuffix: Input[str]
    """If the requested object path is missing, the service will ensure the path has a trailing '/', append this suffix, and attempt to retrieve the resulting object."""
    notFoundPage: Input[str]
    """If the requested object path is missing, and any mainPageSuffix object is missing, if applicable, the service will return the named object from this bucket as the content for a 404 Not Found result."""


NotificationEventTypes: TypeAlias = Literal[
    "OBJECT_FINALIZE", "OBJECT_METADATA_UPDATE", "OBJECT_DELETE", "OBJECT_ARCHIVE"
]

NotificationPayloadFormat: TypeAlias = Literal["JSON_API_V1", "NONE"]

ObjectStorageClass: TypeAlias = Literal[
    "STANDARD",
    "NEARLINE",
    "COLDLINE",
    "ARCHIVE",
    "MULTI_REGIONAL",
    "REGIONAL",
    "DURABLE_REDUCED_AVAILABILITY",
]


class StorageBucket(
    DeclaredResource, type="gcp.storage_bucket", provider="gcp", resolve_by="mark", timeout_s=900.0
):
    """A bucket, with what can be set on it."""

    bucket_name: Annotated[Input[str] | None, Immutable()] = None
    """The name of the bucket."""
    location: Annotated[Input[str] | None, Immutable()] = None
    """Where the data is: a region, a dual region or a multi-region; the target's region if it is not given."""
    storage_class: BucketStorageClass | Output[str] | None = None
    """The bucket's default storage class, used whenever no storageClass is specified for a newly-created object. When it is not given: `STANDARD`."""
    rpo: BucketRpo | Output[str] | None = None
    """The Recovery Point Objective (RPO) of this bucket. When it is not given: `DEFAULT`."""
    default_event_based_hold: Input[bool] | None = None
    """The default value for event-based hold on newly created objects in this bucket. When it is not given: `False`."""
    retention_policy: Given[BucketRetentionPolicy] | None = None
    """The bucket's retention policy."""
    soft_delete_policy: Given[BucketSoftDeletePolicy] | None = None
    """The bucket's soft delete policy, which defines the period of time that soft-deleted objects will be retained, and cannot be permanently deleted."""
    force_destroy: Input[bool] | None = None
    """Delete it although it is not empty, with all versions. Takes effect when it is recorded: apply it before the bucket leaves the stack."""
    hierarchical_namespace: Annotated[Given[BucketHierarchicalNamespace] | None, Immutable()] = None
    """The bucket's hierarchical namespace configuration."""
    custom_placement_config: Annotated[Given[BucketCustomPlacementConfig] | None, Immutable()] = None
    """The bucket's custom placement configuration for Custom Dual Regions."""
    iam_bindings: Given[Sequence[Given[PolicyBindings]]] | None = None
    """Everybody who may touch the bucket: all bindings of its IAM policy, so that others are taken out. For a single one, `StorageBucketIamMember`. When it is not given: `[]`."""
    autoclass: Given[BucketAutoclass] | None = None
    """The bucket's Autoclass configuration."""
    billing: Given[BucketBilling] | None = None
    """The bucket's billing configuration."""
    cors: Given[Sequence[Given[BucketCors]]] | None = None
    """The bucket's Cross-Origin Resource Sharing (CORS) configuration."""
    encryption: Given[BucketEncryption] | None = None
    """Encryption configuration for a bucket."""
    iam_configuration: Given[BucketIamConfiguration] | None = None
    """The bucket's IAM configuration."""
    bucket_lifecycle: Given[BucketLifecycle] | None = None
    """The bucket's lifecycle configuration."""
    logging: Given[BucketLogging] | None = None
    """The bucket's logging configuration, which defines the destination bucket and optional name prefix for the current bucket's logs."""
    versioning: Given[BucketVersioning] | None = None
    """The bucket's versioning configuration."""
    website: Given[BucketWebsite] | None = None
    """The bucket's website configuration, controlling how the service behaves when accessing bucket contents as a web site."""
    labels: Given[Mapping[str, Input[str]]] | None = None
    """Names and values that are put on the object."""
    physical_name: ClassVar[Computed[str]] = computed()
    """The bucket's name."""
    url: ClassVar[Computed[str]] = computed()
    """The bucket as Google's tools write it: `gs://NAME`."""
    self_link: ClassVar[Computed[str]] = computed()
    """The URI of this bucket."""
    project_number: ClassVar[Computed[Any]] = computed()


class StorageBucketIamMember(
    DeclaredResource,
    type="gcp.storage_bucket_iam_member",
    provider="gcp",
    resolve_by="unique-name-with-proof",
    timeout_s=60.0,
):
    """A role that somebody has on a bucket; others who have it, and bindings with a condition, are left alone."""

    bucket: Annotated[Input[str], Immutable()]
    """Name of a bucket."""
    role: Annotated[Input[str], Immutable()]
    """What it may do: `roles/storage.objectViewer`, or a role of your own."""
    member: Annotated[Input[str], Immutable()]
    """Who: `serviceAccount:EMAIL`, `user:EMAIL`, `group:EMAIL`. The output `member` of a service account is one."""


class StorageNotification(
    DeclaredResource, type="gcp.storage_notification", provider="gcp", resolve_by="mark", timeout_s=60.0
):
    """A topic that is told of what happens in a bucket. Messages bear our mark as attributes."""

    bucket: Annotated[Input[str], Immutable()]
    """The parent bucket of the notification."""
    topic: Annotated[Input[str], Immutable()]
    """The topic: the output `url` of a Pub/Sub topic. Cloud Storage's service agent must be allowed to publish to it."""
    event_types: Annotated[Given[Sequence[NotificationEventTypes | Output[str]]] | None, Immutable()] = None
    """If present, only send notifications about listed event types."""
    payload_format: Annotated[NotificationPayloadFormat | Output[str] | None, Immutable()] = None
    """The desired content of the Payload. When it is not given: `JSON_API_V1`."""
    object_name_prefix: Annotated[Input[str] | None, Immutable()] = None
    """If present, only apply this notification configuration to object names that begin with this prefix."""
    custom_attributes: Annotated[Given[Mapping[str, Input[str]]] | None, Immutable()] = None
    """Attributes that every message gets beside those of the event."""
    notification_id: ClassVar[Computed[str]] = computed()
    """The ID of the notification."""
    self_link: ClassVar[Computed[str]] = computed()
    """The canonical URL of this notification."""


class StorageObject(
    DeclaredResource, type="gcp.storage_object", provider="gcp", resolve_by="mark", timeout_s=60.0
):
    """One small object in a bucket; data sets and artifacts are kept in stores instead."""

    bucket: Annotated[Input[str], Immutable()]
    """The name of the bucket containing this object."""
    object_name: Annotated[Input[str], Immutable()]
    """The object's name, `folder/file.txt`."""
    content: Given[str | bytes]
    """What is in it: bytes, or text that is the base64 of them. It is recorded in the ledger, so at most 1 MiB; read by its MD5 only."""
    storage_class: ObjectStorageClass | Output[str] | None = None
    """The bucket's if it is not given."""
    content_encoding: Input[str] | None = None
    """Content-Encoding of the object data."""
    cache_control: Input[str] | None = None
    """Cache-Control directive for the object data."""
    content_disposition: Input[str] | None = None
    """Content-Disposition of the object data."""
    content_language: Input[str] | None = None
    """Content-Language of the object data."""
    content_type: Input[str] | None = None
    """Content-Type of the object data."""
    custom_time: str | datetime | Output[str] | None = None
    """A timestamp in RFC 3339 format specified by the user for an object."""
    event_based_hold: Input[bool] | None = None
    """Whether an object is under event-based hold."""
    temporary_hold: Input[bool] | None = None
    """Whether an object is under temporary hold."""
    metadata: Given[Mapping[str, Input[str]]] | None = None
    """Names and values of your own, kept with the object."""
    url: ClassVar[Computed[str]] = computed()
    """The object as Google's tools write it: `gs://BUCKET/NAME`."""
    generation: ClassVar[Computed[Any]] = computed()
    md5_hash: ClassVar[Computed[str]] = computed()
    """MD5 hash of the data; encoded using base64."""
    crc32c: ClassVar[Computed[str]] = computed()
    """CRC32c checksum, as described in RFC 4960, Appendix B; encoded using base64 in big-endian byte order."""
    media_link: ClassVar[Computed[str]] = computed()
    """Media download link."""
    size: ClassVar[Computed[Any]] = computed()
