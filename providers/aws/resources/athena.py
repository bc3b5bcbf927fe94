"""Amazon Athena. Made by `make generate` from providers/aws/types; not to be edited.

Source: botocore 1.44.8, athena 2017-05-18.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, ClassVar, Literal, Required, TypeAlias, TypedDict

from unknot.providers.declared.resource import DeclaredResource, Given
from unknot.stacks.output import Input, Output
from unknot.stacks.resource import Computed, Immutable, computed

__all__ = [
    "AthenaWorkGroup",
]

EncryptionOption: TypeAlias = Literal["SSE_S3", "SSE_KMS", "CSE_KMS"]


class EncryptionConfiguration(TypedDict, total=False):
    EncryptionOption: Required[EncryptionOption | Output[str]]
    """Indicates whether Amazon S3 server-side encryption with Amazon S3-managed keys (`SSE_S3`), server-side encryption with KMS-managed keys (`SSE_KMS`), or client-side encryption with KMS-managed keys (`CSE_KMS`) is used."""
    KmsKey: Input[str]
    """For `SSE_KMS` and `CSE_KMS`, this is the KMS key ARN or ID."""


S3AclOption: TypeAlias = Literal["BUCKET_OWNER_FULL_CONTROL"]


class AclConfiguration(TypedDict, total=False):
    S3AclOption: Required[S3AclOption | Output[str]]
    """The Amazon S3 canned ACL that Athena should specify when storing query results, including data files inserted by Athena as the result of statements like CTAS or INSERT INTO."""


class ResultConfiguration(TypedDict, total=False):
    OutputLocation: Input[str]
    """The location in Amazon S3 where your query and calculation results are stored, such as `s3://path/to/query/bucket/`."""
    EncryptionConfiguration: Given[EncryptionConfiguration]
    """If query and calculation results are encrypted in Amazon S3, indicates the encryption option used (for example, `SSE_KMS` or `CSE_KMS`) and key information."""
    ExpectedBucketOwner: Input[str]
    """The Amazon Web Services account ID that you expect to be the owner of the Amazon S3 bucket specified by ResultConfiguration$OutputLocation."""
    AclConfiguration: Given[AclConfiguration]
    """Indicates that an Amazon S3 canned ACL should be set to control ownership of stored query results."""


class ManagedQueryResultsEncryptionConfiguration(TypedDict, total=False):
    KmsKey: Required[Input[str]]
    """The ARN of an KMS key for encrypting managed query results."""


class ManagedQueryResultsConfiguration(TypedDict, total=False):
    Enabled: Required[Input[bool]]
    """If set to true, allows you to store query results in Athena owned storage."""
    EncryptionConfiguration: Given[ManagedQueryResultsEncryptionConfiguration]
    """If you encrypt query and calculation results in Athena owned storage, this field indicates the encryption option (for example, SSE_KMS or CSE_KMS) and key information."""


class EngineVersion(TypedDict, total=False):
    SelectedEngineVersion: Input[str]
    """The engine version requested by the user."""
    EffectiveEngineVersion: Input[str]
    """Read only."""


class CloudWatchLoggingConfiguration(TypedDict, total=False):
    Enabled: Required[Input[bool]]
    """Enables CloudWatch logging."""
    LogGroup: Input[str]
    """The name of the log group in Amazon CloudWatch Logs where you want to publish your logs."""
    LogStreamNamePrefix: Input[str]
    """Prefix for the CloudWatch log stream name."""
    LogTypes: Given[Mapping[str, Given[Sequence[Input[str]]]]]
    """The types of logs that you want to publish to CloudWatch."""


class ManagedLoggingConfiguration(TypedDict, total=False):
    Enabled: Required[Input[bool]]
    """Enables mamanged log persistence."""
    KmsKey: Input[str]
    """The KMS key ARN to encrypt the logs stored in managed log persistence."""


class S3LoggingConfiguration(TypedDict, total=False):
    Enabled: Required[Input[bool]]
    """Enables S3 log delivery."""
    KmsKey: Input[str]
    """The KMS key ARN to encrypt the logs published to the given Amazon S3 destination."""
    LogLocation: Input[str]
    """The Amazon S3 destination URI for log publishing."""


class MonitoringConfiguration(TypedDict, total=False):
    CloudWatchLoggingConfiguration: Given[CloudWatchLoggingConfiguration]
    """Configuration settings for delivering logs to Amazon CloudWatch log groups."""
    ManagedLoggingConfiguration: Given[ManagedLoggingConfiguration]
    """Configuration settings for managed log persistence."""
    S3LoggingConfiguration: Given[S3LoggingConfiguration]
    """Configuration settings for delivering logs to Amazon S3 buckets."""


class Classification(TypedDict, total=False):
    Name: Input[str]
    """The name of the configuration classification."""
    Properties: Given[Mapping[str, Input[str]]]
    """A set of properties specified within a configuration classification."""


class EngineConfiguration(TypedDict, total=False):
    CoordinatorDpuSize: Input[int]
    """The number of DPUs to use for the coordinator."""
    MaxConcurrentDpus: Input[int]
    """The maximum number of DPUs that can run concurrently."""
    DefaultExecutorDpuSize: Input[int]
    """The default number of DPUs to use for executors."""
    AdditionalConfigs: Given[Mapping[str, Input[str]]]
    """Contains additional notebook engine `MAP<string, string>` parameter mappings in the form of key-value pairs."""
    SparkProperties: Given[Mapping[str, Input[str]]]
    """Specifies custom jar files and Spark properties for use cases like cluster encryption, table formats, and general Spark tuning."""
    Classifications: Given[Sequence[Given[Classification]]]
    """The configuration classifications that can be specified for the engine."""


class CustomerContentEncryptionConfiguration(TypedDict, total=False):
    KmsKey: Required[Input[str]]
    """The customer managed KMS key that is used to encrypt the user's data stores in Athena."""


class IdentityCenterConfiguration(TypedDict, total=False):
    EnableIdentityCenter: Input[bool]
    """Specifies whether the workgroup is IAM Identity Center supported."""
    IdentityCenterInstanceArn: Input[str]
    """The IAM Identity Center instance ARN that the workgroup associates to."""


AuthenticationType: TypeAlias = Literal["DIRECTORY_IDENTITY"]


class QueryResultsS3AccessGrantsConfiguration(TypedDict, total=False):
    EnableS3AccessGrants: Required[Input[bool]]
    """Specifies whether Amazon S3 access grants are enabled for query results."""
    CreateUserLevelPrefix: Input[bool]
    """When enabled, appends the user ID as an Amazon S3 path prefix to the query result output location."""
    AuthenticationType: Required[AuthenticationType | Output[str]]
    """The authentication type used for Amazon S3 access grants."""


SystemTableType: TypeAlias = Literal["QUERY_EXECUTIONS"]


class SystemTableStatus(TypedDict, total=False):
    TableName: Required[SystemTableType | Output[str]]
    """The name of the system table, such as `QUERY_EXECUTIONS`."""
    Enabled: Required[Input[bool]]
    """Indicates whether the system table is enabled for the account."""


class WorkGroupConfiguration(TypedDict, total=False):
    ResultConfiguration: Given[ResultConfiguration]
    """The configuration for the workgroup, which includes the location in Amazon S3 where query and calculation results are stored and the encryption option, if any, used for query and calculation results."""
    ManagedQueryResultsConfiguration: Given[ManagedQueryResultsConfiguration]
    """The configuration for storing results in Athena owned storage, which includes whether this feature is enabled; whether encryption configuration, if any, is used for encrypting query results."""
    EnforceWorkGroupConfiguration: Input[bool]
    """If set to "true", the settings for the workgroup override client-side settings."""
    PublishCloudWatchMetricsEnabled: Input[bool]
    """Indicates that the Amazon CloudWatch metrics are enabled for the workgroup."""
    BytesScannedCutoffPerQuery: Input[int]
    """The upper data usage limit (cutoff) for the amount of bytes a single query in a workgroup is allowed to scan."""
    RequesterPaysEnabled: Input[bool]
    """If set to `true`, allows members assigned to a workgroup to reference Amazon S3 Requester Pays buckets in queries."""
    EngineVersion: Given[EngineVersion]
    """The engine version that all queries running on the workgroup use."""
    AdditionalConfiguration: Input[str]
    """Specifies a user defined JSON string that is passed to the notebook engine."""
    ExecutionRole: Input[str]
    """The ARN of the execution role used to access user resources for Spark sessions and IAM Identity Center enabled workgroups."""
    MonitoringConfiguration: Given[MonitoringConfiguration]
    """Contains the configuration settings for managed log persistence, delivering logs to Amazon S3 buckets, Amazon CloudWatch log groups etc."""
    EngineConfiguration: Given[EngineConfiguration]
    """The engine configuration for the workgroup, which includes the minimum/maximum number of Data Processing Units (DPU) that queries should use when running in provisioned capacity."""
    CustomerContentEncryptionConfiguration: Given[CustomerContentEncryptionConfiguration]
    """Specifies the KMS key that is used to encrypt the user's data stores in Athena."""
    EnableMinimumEncryptionConfiguration: Input[bool]
    """Enforces a minimal level of encryption for the workgroup for query and calculation results that are written to Amazon S3."""
    IdentityCenterConfiguration: Given[IdentityCenterConfiguration]
    """Specifies whether the workgroup is IAM Identity Center supported."""
    QueryResultsS3AccessGrantsConfiguration: Given[QueryResultsS3AccessGrantsConfiguration]
    """Specifies whether Amazon S3 access grants are enabled for query results."""
    SystemTableStatuses: Given[Sequence[Given[SystemTableStatus]]]
    """The read-only enablement status of each system table for the account."""


WorkGroupState: TypeAlias = Literal["ENABLED", "DISABLED"]


class AthenaWorkGroup(
    DeclaredResource, type="aws.athena_work_group", provider="aws", resolve_by="mark", timeout_s=60.0
):
    """Where queries run: their results, their limits, who pays."""

    work_group_name: Annotated[Input[str] | None, Immutable()] = None
    """The workgroup name."""
    description: Input[str] | None = None
    """The workgroup description. When it is not given: ``."""
    configuration: Given[WorkGroupConfiguration] | None = None
    """Contains configuration information for creating an Athena SQL workgroup or Spark enabled Athena workgroup."""
    state: WorkGroupState | Output[str] | None = None
    """The workgroup state that will be updated for the given workgroup. When it is not given: `ENABLED`."""
    force_delete: Input[bool] | None = None
    """Delete the workgroup with its queries and their history."""
    tags: Given[Mapping[str, Input[str]]] | None = None
    """Names and values that are put on the object."""
    work_group: ClassVar[Computed[str]] = computed()
    """The workgroup's name."""
