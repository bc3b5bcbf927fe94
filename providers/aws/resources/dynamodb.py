"""Amazon DynamoDB. Made by `make generate` from providers/aws/types; not to be edited.

Source: botocore 1.44.8, dynamodb 2012-08-10.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, ClassVar, Literal, Required, TypeAlias, TypedDict

from unknot.providers.declared.resource import DeclaredResource, Given
from unknot.stacks.output import Input, Output
from unknot.stacks.resource import Computed, Immutable, computed

__all__ = [
    "DynamoDbTable",
]

ScalarAttributeType: TypeAlias = Literal["S", "N", "B"]


class AttributeDefinition(TypedDict, total=False):
    AttributeName: Required[Input[str]]
    """A name for the attribute."""
    AttributeType: Required[ScalarAttributeType | Output[str]]
    """The data type for the attribute, where."""


KeyType: TypeAlias = Literal["HASH", "RANGE"]


class KeySchemaElement(TypedDict, total=False):
    AttributeName: Required[Input[str]]
    """The name of a key attribute."""
    KeyType: Required[KeyType | Output[str]]
    """The role that this key attribute will assume."""


ProjectionType: TypeAlias = Literal["ALL", "KEYS_ONLY", "INCLUDE"]


class Projection(TypedDict, total=False):
    ProjectionType: ProjectionType | Output[str]
    """The set of attributes that are projected into the index."""
    NonKeyAttributes: Given[Sequence[Input[str]]]
    """Represents the non-key attribute names which will be projected into the index."""


class LocalSecondaryIndex(TypedDict, total=False):
    IndexName: Required[Input[str]]
    """The name of the local secondary index."""
    KeySchema: Required[Given[Sequence[Given[KeySchemaElement]]]]
    """The complete key schema for the local secondary index, consisting of one or more pairs of attribute names and key types."""
    Projection: Required[Given[Projection]]
    """Represents attributes that are copied (projected) from the table into the local secondary index."""


class ProvisionedThroughput(TypedDict, total=False):
    ReadCapacityUnits: Required[Input[int]]
    """The maximum number of strongly consistent reads consumed per second before DynamoDB returns a `ThrottlingException`."""
    WriteCapacityUnits: Required[Input[int]]
    """The maximum number of writes consumed per second before DynamoDB returns a `ThrottlingException`."""


class OnDemandThroughput(TypedDict, total=False):
    MaxReadRequestUnits: Input[int]
    """Maximum number of read request units for the specified table."""
    MaxWriteRequestUnits: Input[int]
    """Maximum number of write request units for the specified table."""


class WarmThroughput(TypedDict, total=False):
    ReadUnitsPerSecond: Input[int]
    """Represents the number of read operations your base table can instantaneously support."""
    WriteUnitsPerSecond: Input[int]
    """Represents the number of write operations your base table can instantaneously support."""


class GlobalSecondaryIndex(TypedDict, total=False):
    IndexName: Required[Input[str]]
    """The name of the global secondary index."""
    KeySchema: Required[Given[Sequence[Given[KeySchemaElement]]]]
    """The complete key schema for a global secondary index, which consists of one or more pairs of attribute names and key types."""
    Projection: Required[Given[Projection]]
    """Represents attributes that are copied (projected) from the table into the global secondary index."""
    ProvisionedThroughput: Given[ProvisionedThroughput]
    """Represents the provisioned throughput settings for the specified global secondary index."""
    OnDemandThroughput: Given[OnDemandThroughput]
    """The maximum number of read and write units for the specified global secondary index."""
    WarmThroughput: Given[WarmThroughput]
    """Represents the warm throughput value (in read units per second and write units per second) for the specified secondary index."""


BillingMode: TypeAlias = Literal["PROVISIONED", "PAY_PER_REQUEST"]

SSEType: TypeAlias = Literal["AES256", "KMS"]


class SSESpecification(TypedDict, total=False):
    Enabled: Input[bool]
    """Indicates whether server-side encryption is done using an Amazon Web Services managed key or an Amazon Web Services owned key."""
    SSEType: SSEType | Output[str]
    """Server-side encryption type."""
    KMSMasterKeyId: Input[str]
    """The KMS key that should be used for the KMS encryption."""


TableClass: TypeAlias = Literal["STANDARD", "STANDARD_INFREQUENT_ACCESS"]

StreamViewType: TypeAlias = Literal["NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES", "KEYS_ONLY"]


class StreamSpecification(TypedDict, total=False):
    StreamEnabled: Required[Input[bool]]
    """Indicates whether DynamoDB Streams is enabled (true) or disabled (false) on the table."""
    StreamViewType: StreamViewType | Output[str]
    """When an item in the table is modified, `StreamViewType` determines what information is written to the stream for this table."""


class TimeToLiveSpecification(TypedDict, total=False):
    Enabled: Required[Input[bool]]
    """Indicates whether TTL is to be enabled (true) or disabled (false) on the table."""
    AttributeName: Required[Input[str]]
    """The name of the TTL attribute used to store the expiration time for items in the table."""


class PointInTimeRecoverySpecification(TypedDict, total=False):
    PointInTimeRecoveryEnabled: Required[Input[bool]]
    """Indicates whether point in time recovery is enabled (true) or disabled (false) on the table."""
    RecoveryPeriodInDays: Input[int]
    """The number of preceding days for which continuous backups are taken and maintained."""


class DynamoDbTable(
    DeclaredResource, type="aws.dynamodb_table", provider="aws", resolve_by="mark", timeout_s=600.0
):
    """A table of items found by their key."""

    attribute_definitions: Annotated[Given[Sequence[Given[AttributeDefinition]]], Immutable()]
    """An array of attributes that describe the key schema for the table and indexes."""
    key_schema: Annotated[Given[Sequence[Given[KeySchemaElement]]], Immutable()]
    """Specifies the attributes that make up the primary key for a table or an index."""
    table_name: Annotated[Input[str] | None, Immutable()] = None
    """The name of the table to create."""
    local_secondary_indexes: Annotated[Given[Sequence[Given[LocalSecondaryIndex]]] | None, Immutable()] = None
    """One or more local secondary indexes (the maximum is 5) to be created on the table."""
    global_secondary_indexes: Annotated[Given[Sequence[Given[GlobalSecondaryIndex]]] | None, Immutable()] = (
        None
    )
    """One or more global secondary indexes (the maximum is 20) to be created on the table."""
    provisioned_throughput: Given[ProvisionedThroughput] | None = None
    """Represents the provisioned throughput settings for a specified table or index."""
    billing_mode: BillingMode | Output[str] | None = None
    """Controls how you are charged for read and write throughput and how you manage capacity. When it is not given: `PROVISIONED`."""
    sse_specification: Given[SSESpecification] | None = None
    """Represents the settings used to enable server-side encryption."""
    table_class: TableClass | Output[str] | None = None
    """The table class of the new table. When it is not given: `STANDARD`."""
    deletion_protection_enabled: Input[bool] | None = None
    """Indicates whether deletion protection is to be enabled (true) or disabled (false) on the table. When it is not given: `False`."""
    stream_specification: Given[StreamSpecification] | None = None
    """The settings for DynamoDB Streams on the table. When it is not given: `{'StreamEnabled': False}`."""
    time_to_live: Given[TimeToLiveSpecification] | None = None
    """The attribute that says when an item is deleted by itself."""
    point_in_time_recovery: Given[PointInTimeRecoverySpecification] | None = None
    """Continuous backups, from which any second can be restored. When it is not given: `{'PointInTimeRecoveryEnabled': False}`."""
    on_demand_throughput: Given[OnDemandThroughput] | None = None
    """Sets the maximum number of read and write units for the specified table in on-demand capacity mode."""
    tags: Given[Mapping[str, Input[str]]] | None = None
    """Names and values that are put on the object."""
    arn: ClassVar[Computed[str]] = computed()
    """The Amazon Resource Name (ARN) that uniquely identifies the table."""
    physical_name: ClassVar[Computed[str]] = computed()
    """The name of the table."""
    stream_arn: ClassVar[Computed[str]] = computed()
    """The Amazon Resource Name (ARN) that uniquely identifies the latest stream for this table."""
