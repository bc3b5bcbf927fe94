"""Amazon Simple Storage Service. Made by `make generate` from providers/aws/types; not to be edited.

Source: botocore 1.44.8, s3 2006-03-01.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, ClassVar, Literal, Required, TypeAlias, TypedDict

from unknot.providers.declared.resource import DeclaredResource, Given
from unknot.stacks.output import Input, Output
from unknot.stacks.resource import Computed, Immutable, computed

__all__ = [
    "S3Bucket",
    "S3Object",
]

MFADelete: TypeAlias = Literal["Enabled", "Disabled"]

BucketVersioningStatus: TypeAlias = Literal["Enabled", "Suspended"]


class VersioningConfiguration(TypedDict, total=False):
    MFADelete: MFADelete | Output[str]
    """Specifies whether MFA delete is enabled in the bucket versioning configuration."""
    Status: BucketVersioningStatus | Output[str]
    """The versioning state of the bucket."""


ObjectLockEnabled: TypeAlias = Literal["Enabled"]

ObjectLockRetentionMode: TypeAlias = Literal["GOVERNANCE", "COMPLIANCE"]


class EventHoldDuration(TypedDict, total=False):
    Days: Input[int]
    """The number of days for the event hold duration."""
    Years: Input[int]
    """The number of years for the event hold duration."""


class DefaultRetention(TypedDict, total=False):
    Mode: ObjectLockRetentionMode | Output[str]
    """The default Object Lock retention mode you want to apply to new objects placed in the specified bucket."""
    Days: Input[int]
    """The number of days that you want to specify for the default retention period."""
    Years: Input[int]
    """The number of years that you want to specify for the default retention period."""
    DefaultEventHold: Given[EventHoldDuration]
    """The default event hold duration to be applied to new objects placed in the specified bucket."""


class ObjectLockRule(TypedDict, total=False):
    DefaultRetention: Given[DefaultRetention]
    """The default Object Lock retention settings for new objects in this bucket."""


class ObjectLockConfiguration(TypedDict, total=False):
    ObjectLockEnabled: ObjectLockEnabled | Output[str]
    """Indicates whether this bucket has an Object Lock configuration enabled."""
    Rule: Given[ObjectLockRule]
    """Specifies the Object Lock rule for the specified object."""


ServerSideEncryption: TypeAlias = Literal["AES256", "aws:fsx", "aws:backup", "aws:kms", "aws:kms:dsse"]


class ServerSideEncryptionByDefault(TypedDict, total=False):
    SSEAlgorithm: Required[ServerSideEncryption | Output[str]]
    """Server-side encryption algorithm to use for the default encryption."""
    KMSMasterKeyID: Input[str]
    """Amazon Web Services Key Management Service (KMS) customer managed key ID to use for the default encryption."""


EncryptionType: TypeAlias = Literal["NONE", "SSE-C"]


class BlockedEncryptionTypes(TypedDict, total=False):
    EncryptionType: Given[Sequence[EncryptionType | Output[str]]]
    """The object encryption type that you want to block or unblock for an Amazon S3 general purpose bucket."""


class ServerSideEncryptionRule(TypedDict, total=False):
    ApplyServerSideEncryptionByDefault: Given[ServerSideEncryptionByDefault]
    """Specifies the default server-side encryption to apply to new objects in the bucket."""
    BucketKeyEnabled: Input[bool]
    """Specifies whether Amazon S3 should use an S3 Bucket Key with server-side encryption using KMS (SSE-KMS) for new objects in the bucket."""
    BlockedEncryptionTypes: Given[BlockedEncryptionTypes]
    """A bucket-level setting for Amazon S3 general purpose buckets used to prevent the upload of new objects encrypted with the specified server-side encryption type."""


class ServerSideEncryptionConfiguration(TypedDict, total=False):
    Rules: Required[Given[Sequence[Given[ServerSideEncryptionRule]]]]
    """Container for information about a particular server-side encryption configuration rule."""


class LifecycleExpiration(TypedDict, total=False):
    Date: str | datetime | Output[str]
    """Indicates at what date the object is to be moved or deleted."""
    Days: Input[int]
    """Indicates the lifetime, in days, of the objects that are subject to the rule."""
    ExpiredObjectDeleteMarker: Input[bool]
    """Indicates whether Amazon S3 will remove a delete marker with no noncurrent versions."""


class Tag(TypedDict, total=False):
    Key: Required[Input[str]]
    """Name of the object key."""
    Value: Required[Input[str]]
    """Value of the tag."""


class LifecycleRuleAndOperator(TypedDict, total=False):
    Prefix: Input[str]
    """Prefix identifying one or more objects to which the rule applies."""
    Tags: Given[Sequence[Given[Tag]]]
    """All of these tags must exist in the object's tag set in order for the rule to apply."""
    ObjectSizeGreaterThan: Input[int]
    """Minimum object size to which the rule applies."""
    ObjectSizeLessThan: Input[int]
    """Maximum object size to which the rule applies."""


class LifecycleRuleFilter(TypedDict, total=False):
    Prefix: Input[str]
    """Prefix identifying one or more objects to which the rule applies."""
    Tag: Given[Tag]
    """This tag must exist in the object's tag set in order for the rule to apply."""
    ObjectSizeGreaterThan: Input[int]
    """Minimum object size to which the rule applies."""
    ObjectSizeLessThan: Input[int]
    """Maximum object size to which the rule applies."""
    And: Given[LifecycleRuleAndOperator]
    """This is used in a Lifecycle Rule Filter to apply a logical AND to two or more predicates."""


ExpirationStatus: TypeAlias = Literal["Enabled", "Disabled"]

TransitionStorageClass: TypeAlias = Literal[
    "GLACIER", "STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "DEEP_ARCHIVE", "GLACIER_IR"
]


class Transition(TypedDict, total=False):
    Date: str | datetime | Output[str]
    """Indicates when objects are transitioned to the specified storage class."""
    Days: Input[int]
    """Indicates the number of days after creation when objects are transitioned to the specified storage class."""
    StorageClass: TransitionStorageClass | Output[str]
    """The storage class to which you want the object to transition."""


class NoncurrentVersionTransition(TypedDict, total=False):
    NoncurrentDays: Input[int]
    """Specifies the number of days an object is noncurrent before Amazon S3 can perform the associated action."""
    StorageClass: TransitionStorageClass | Output[str]
    """The class of storage used to store the object."""
    NewerNoncurrentVersions: Input[int]
    """Specifies how many noncurrent versions Amazon S3 will retain in the same storage class before transitioning objects."""


class NoncurrentVersionExpiration(TypedDict, total=False):
    NoncurrentDays: Input[int]
    """Specifies the number of days an object is noncurrent before Amazon S3 can perform the associated action."""
    NewerNoncurrentVersions: Input[int]
    """Specifies how many noncurrent versions Amazon S3 will retain."""


class AbortIncompleteMultipartUpload(TypedDict, total=False):
    DaysAfterInitiation: Input[int]
    """Specifies the number of days after which Amazon S3 aborts an incomplete multipart upload."""


class LifecycleRule(TypedDict, total=False):
    Expiration: Given[LifecycleExpiration]
    """Specifies the expiration for the lifecycle of the object in the form of date, days and, whether the object has a delete marker."""
    ID: Input[str]
    """Unique identifier for the rule."""
    Prefix: Input[str]
    """The general purpose bucket prefix that identifies one or more objects to which the rule applies."""
    Filter: Given[LifecycleRuleFilter]
    """The `Filter` is used to identify objects that a Lifecycle Rule applies to."""
    Status: Required[ExpirationStatus | Output[str]]
    """If 'Enabled', the rule is currently being applied."""
    Transitions: Given[Sequence[Given[Transition]]]
    """Specifies when an Amazon S3 object transitions to a specified storage class."""
    NoncurrentVersionTransitions: Given[Sequence[Given[NoncurrentVersionTransition]]]
    """Specifies the transition rule for the lifecycle rule that describes when noncurrent objects transition to a specific storage class."""
    NoncurrentVersionExpiration: Given[NoncurrentVersionExpiration]
    """Specifies when noncurrent object versions expire."""
    AbortIncompleteMultipartUpload: Given[AbortIncompleteMultipartUpload]
    """Specifies the days since the initiation of an incomplete multipart upload that Amazon S3 will wait before permanently removing all parts of the upload."""


class PublicAccessBlockConfiguration(TypedDict, total=False):
    BlockPublicAcls: Input[bool]
    """Specifies whether Amazon S3 should block public access control lists (ACLs) for this bucket and objects in this bucket."""
    IgnorePublicAcls: Input[bool]
    """Specifies whether Amazon S3 should ignore public ACLs for this bucket and objects in this bucket."""
    BlockPublicPolicy: Input[bool]
    """Specifies whether Amazon S3 should block public bucket policies for this bucket."""
    RestrictPublicBuckets: Input[bool]
    """Specifies whether Amazon S3 should restrict public bucket policies for this bucket."""


Event: TypeAlias = Literal[
    "s3:ReducedRedundancyLostObject",
    "s3:ObjectCreated:*",
    "s3:ObjectCreated:Put",
    "s3:ObjectCreated:Post",
    "s3:ObjectCreated:Copy",
    "s3:ObjectCreated:CompleteMultipartUpload",
    "s3:ObjectRemoved:*",
    "s3:ObjectRemoved:Delete",
    "s3:ObjectRemoved:DeleteMarkerCreated",
    "s3:ObjectRestore:*",
    "s3:ObjectRestore:Post",
    "s3:ObjectRestore:Completed",
    "s3:Replication:*",
    "s3:Replication:OperationFailedReplication",
    "s3:Replication:OperationNotTracked",
    "s3:Replication:OperationMissedThreshold",
    "s3:Replication:OperationReplicatedAfterThreshold",
    "s3:ObjectRestore:Delete",
    "s3:LifecycleTransition",
    "s3:IntelligentTiering",
    "s3:ObjectAcl:Put",
    "s3:LifecycleExpiration:*",
    "s3:LifecycleExpiration:Delete",
    "s3:LifecycleExpiration:DeleteMarkerCreated",
    "s3:ObjectTagging:*",
    "s3:ObjectTagging:Put",
    "s3:ObjectTagging:Delete",
    "s3:ObjectAnnotation:*",
    "s3:ObjectAnnotation:Put",
    "s3:ObjectAnnotation:Delete",
    "s3:ObjectRetention:Put",
]

FilterRuleName: TypeAlias = Literal["prefix", "suffix"]


class FilterRule(TypedDict, total=False):
    Name: FilterRuleName | Output[str]
    """The object key name prefix or suffix identifying one or more objects to which the filtering rule applies."""
    Value: Input[str]
    """The value that the filter searches for in object key names."""


class S3KeyFilter(TypedDict, total=False):
    FilterRules: Given[Sequence[Given[FilterRule]]]
    """A list of containers for the key-value pair that defines the criteria for the filter rule."""


class NotificationConfigurationFilter(TypedDict, total=False):
    Key: Given[S3KeyFilter]
    """A container for object key name prefix and suffix filtering rules."""


class TopicConfiguration(TypedDict, total=False):
    Id: Input[str]
    """An optional unique identifier for configurations in a notification configuration."""
    TopicArn: Required[Input[str]]
    """The Amazon Resource Name (ARN) of the Amazon SNS topic to which Amazon S3 publishes a message when it detects events of the specified type."""
    Events: Required[Given[Sequence[Event | Output[str]]]]
    """The Amazon S3 bucket event about which to send notifications."""
    Filter: Given[NotificationConfigurationFilter]
    """Specifies object key name filtering rules."""


class QueueConfiguration(TypedDict, total=False):
    Id: Input[str]
    """An optional unique identifier for configurations in a notification configuration."""
    QueueArn: Required[Input[str]]
    """The Amazon Resource Name (ARN) of the Amazon SQS queue to which Amazon S3 publishes a message when it detects events of the specified type."""
    Events: Required[Given[Sequence[Event | Output[str]]]]
    """A collection of bucket events for which to send notifications."""
    Filter: Given[NotificationConfigurationFilter]
    """Specifies object key name filtering rules."""


class LambdaFunctionConfiguration(TypedDict, total=False):
    Id: Input[str]
    """An optional unique identifier for configurations in a notification configuration."""
    LambdaFunctionArn: Required[Input[str]]
    """The Amazon Resource Name (ARN) of the Lambda function that Amazon S3 invokes when the specified event type occurs."""
    Events: Required[Given[Sequence[Event | Output[str]]]]
    """The Amazon S3 bucket event for which to invoke the Lambda function."""
    Filter: Given[NotificationConfigurationFilter]
    """Specifies object key name filtering rules."""


class EventBridgeConfiguration(TypedDict, total=False):
    pass


class NotificationConfiguration(TypedDict, total=False):
    TopicConfigurations: Given[Sequence[Given[TopicConfiguration]]]
    """The topic to which notifications are sent and the events for which notifications are generated."""
    QueueConfigurations: Given[Sequence[Given[QueueConfiguration]]]
    """The Amazon Simple Queue Service queues to publish messages to and the events for which to publish messages."""
    LambdaFunctionConfigurations: Given[Sequence[Given[LambdaFunctionConfiguration]]]
    """Describes the Lambda functions to invoke and the events for which to invoke them."""
    EventBridgeConfiguration: Given[EventBridgeConfiguration]
    """Enables delivery of events to Amazon EventBridge."""


class CORSRule(TypedDict, total=False):
    ID: Input[str]
    """Unique identifier for the rule."""
    AllowedHeaders: Given[Sequence[Input[str]]]
    """Headers that are specified in the `Access-Control-Request-Headers` header."""
    AllowedMethods: Required[Given[Sequence[Input[str]]]]
    """An HTTP method that you allow the origin to execute."""
    AllowedOrigins: Required[Given[Sequence[Input[str]]]]
    """One or more origins you want customers to be able to access the bucket from."""
    ExposeHeaders: Given[Sequence[Input[str]]]
    """One or more headers in the response that you want customers to be able to access from their applications (for example, from a JavaScript `XMLHttpRequest` object)."""
    MaxAgeSeconds: Input[int]
    """The time in seconds that your browser is to cache the preflight response for the specified resource."""


ObjectOwnership: TypeAlias = Literal["BucketOwnerPreferred", "ObjectWriter", "BucketOwnerEnforced"]

StorageClass: TypeAlias = Literal[
    "STANDARD",
    "REDUCED_REDUNDANCY",
    "STANDARD_IA",
    "ONEZONE_IA",
    "INTELLIGENT_TIERING",
    "GLACIER",
    "DEEP_ARCHIVE",
    "OUTPOSTS",
    "GLACIER_IR",
    "SNOW",
    "EXPRESS_ONEZONE",
    "FSX_OPENZFS",
    "FSX_ONTAP",
    "AWS_BACKUP_WARM",
    "AWS_BACKUP_LOW_COST_WARM",
]


class S3Bucket(DeclaredResource, type="aws.s3_bucket", provider="aws", resolve_by="mark", timeout_s=900.0):
    """A bucket, with what can be set on it."""

    bucket: Annotated[Input[str] | None, Immutable()] = None
    """The name of the bucket to create."""
    object_lock_enabled: Annotated[Input[bool] | None, Immutable()] = None
    """Specifies whether you want S3 Object Lock to be enabled for the new bucket."""
    versioning: Given[VersioningConfiguration] | None = None
    """Container for setting the versioning state."""
    object_lock: Given[ObjectLockConfiguration] | None = None
    """How long new objects are kept from being deleted, when nothing else is said of them. Needs versioning. A bucket that has it keeps it; taking the input away takes away the rule."""
    encryption: Given[ServerSideEncryptionConfiguration] | None = None
    """Specifies the default server-side-encryption configuration."""
    lifecycle_rules: Given[Sequence[Given[LifecycleRule]]] | None = None
    """A lifecycle rule for individual objects in an Amazon S3 bucket."""
    policy: Given[str | Mapping[str, Any]] | None = None
    """The bucket policy as a JSON document."""
    public_access_block: Given[PublicAccessBlockConfiguration] | None = None
    """The `PublicAccessBlock` configuration that you want to apply to this Amazon S3 bucket."""
    notification: Given[NotificationConfiguration] | None = None
    """A container for specifying the notification configuration of the bucket."""
    force_destroy: Input[bool] | None = None
    """Delete it although it is not empty, with all versions and unfinished uploads. Takes effect when it is recorded: apply it before the bucket leaves the stack."""
    cors_rules: Given[Sequence[Given[CORSRule]]] | None = None
    """A set of origins and methods (cross-origin access that you want to allow)."""
    object_ownership: ObjectOwnership | Output[str] | None = None
    """The container element for object ownership for a bucket's ownership controls."""
    tags: Given[Mapping[str, Input[str]]] | None = None
    """Names and values that are put on the object."""
    physical_name: ClassVar[Computed[str]] = computed()
    """The bucket's name."""
    arn: ClassVar[Computed[str]] = computed()
    """The bucket's ARN."""
    region: ClassVar[Computed[str]] = computed()
    """The region that it is in."""
    domain_name: ClassVar[Computed[str]] = computed()
    """Where its objects are reached over HTTPS."""


class S3Object(DeclaredResource, type="aws.s3_object", provider="aws", resolve_by="mark", timeout_s=60.0):
    """One small object in a bucket; data sets and artifacts are kept in stores instead."""

    body: Given[str | bytes]
    """Object data."""
    bucket: Annotated[Input[str], Immutable()]
    """The bucket name to which the PUT action was initiated."""
    key: Annotated[Input[str], Immutable()]
    """Object key for which the PUT action was initiated."""
    content_type: Input[str] | None = None
    """A standard MIME type describing the format of the contents. When it is not given: `binary/octet-stream`."""
    storage_class: StorageClass | Output[str] | None = None
    """By default, Amazon S3 uses the STANDARD Storage Class to store newly created objects. When it is not given: `STANDARD`."""
    server_side_encryption: ServerSideEncryption | Output[str] | None = None
    """The server-side encryption algorithm that was used when you store this object in Amazon S3 or Amazon FSx. When it is not given: `AES256`."""
    kms_key_id: Input[str] | None = None
    """Specifies the KMS key ID (Key ID, Key ARN, or Key Alias) to use for object encryption."""
    cache_control: Input[str] | None = None
    """Can be used to specify caching behavior along the request/reply chain."""
    content_disposition: Input[str] | None = None
    """Specifies presentational information for the object."""
    content_encoding: Input[str] | None = None
    """Specifies what content encodings have been applied to the object and thus what decoding mechanisms must be applied to obtain the media-type referenced by the Content-Type header field."""
    content_language: Input[str] | None = None
    """The language the content is in."""
    metadata: Given[Mapping[str, Input[str]]] | None = None
    """A map of metadata to store with the object in S3."""
    tags: Given[Mapping[str, Input[str]]] | None = None
    """Names and values that are put on the object."""
    etag: ClassVar[Computed[str]] = computed()
    """An entity tag (ETag) is an opaque identifier assigned by a web server to a specific version of a resource found at a URL."""
    version_id: ClassVar[Computed[str]] = computed()
    """Version ID of the object."""
