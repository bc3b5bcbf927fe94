"""AWS Lambda. Made by `make generate` from providers/aws/types; not to be edited.

Source: botocore 1.44.8, lambda 2015-03-31.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, ClassVar, Literal, Required, TypeAlias, TypedDict

from unknot.providers.declared.resource import DeclaredResource, Given
from unknot.stacks.output import Input, Output
from unknot.stacks.resource import Computed, Immutable, computed
from unknot.stacks.secret import Secret

__all__ = [
    "LambdaEventSourceMapping",
    "LambdaFunction",
]


class Filter(TypedDict, total=False):
    Pattern: Input[str]
    """A filter pattern."""


class FilterCriteria(TypedDict, total=False):
    Filters: Given[Sequence[Given[Filter]]]
    """A list of filters."""


EventSourceMappingMetric: TypeAlias = Literal["EventCount", "ErrorCount", "KafkaMetrics"]


class EventSourceMappingMetricsConfig(TypedDict, total=False):
    Metrics: Given[Sequence[EventSourceMappingMetric | Output[str]]]
    """The metrics you want your event source mapping to produce, including `EventCount`, `ErrorCount`, `KafkaMetrics`."""


EventSourceMappingSystemLogLevel: TypeAlias = Literal["DEBUG", "INFO", "WARN"]


class EventSourceMappingLoggingConfig(TypedDict, total=False):
    SystemLogLevel: EventSourceMappingSystemLogLevel | Output[str]
    """The log level you want your event source mapping to use."""


class ScalingConfig(TypedDict, total=False):
    MaximumConcurrency: Input[int]
    """Limits the number of concurrent instances that the Amazon SQS event source can invoke."""


EventSourcePosition: TypeAlias = Literal["TRIM_HORIZON", "LATEST", "AT_TIMESTAMP"]


class OnSuccess(TypedDict, total=False):
    Destination: Input[str]
    """The Amazon Resource Name (ARN) of the destination resource."""


class OnFailure(TypedDict, total=False):
    Destination: Input[str]
    """The Amazon Resource Name (ARN) of the destination resource."""


class DestinationConfig(TypedDict, total=False):
    OnSuccess: Given[OnSuccess]
    """The destination configuration for successful invocations."""
    OnFailure: Given[OnFailure]
    """The destination configuration for failed invocations."""


SourceAccessType: TypeAlias = Literal[
    "BASIC_AUTH",
    "VPC_SUBNET",
    "VPC_SECURITY_GROUP",
    "SASL_SCRAM_512_AUTH",
    "SASL_SCRAM_256_AUTH",
    "VIRTUAL_HOST",
    "CLIENT_CERTIFICATE_TLS_AUTH",
    "SERVER_ROOT_CA_CERTIFICATE",
    "OAUTHBEARER_AUTH",
    "OAUTHBEARER_SCOPE",
    "OAUTHBEARER_AUDIENCE",
    "OAUTHBEARER_LOGICAL_CLUSTER",
    "OAUTHBEARER_IDENTITY_POOL",
    "IAM_AUTH",
    "IAM_OAUTHBEARER_AUTH",
]


class SourceAccessConfiguration(TypedDict, total=False):
    Type: SourceAccessType | Output[str]
    """The type of authentication protocol, VPC components, or virtual host for your event source."""
    URI: Input[str]
    """The value for your chosen configuration in `Type`."""


class SelfManagedEventSource(TypedDict, total=False):
    Endpoints: Given[Mapping[str, Given[Sequence[Input[str]]]]]
    """The list of bootstrap servers for your Kafka brokers in the following format."""


FunctionResponseType: TypeAlias = Literal["ReportBatchItemFailures"]

SchemaRegistryEventRecordFormat: TypeAlias = Literal["JSON", "SOURCE"]

KafkaSchemaRegistryAuthType: TypeAlias = Literal[
    "BASIC_AUTH", "CLIENT_CERTIFICATE_TLS_AUTH", "SERVER_ROOT_CA_CERTIFICATE", "OAUTHBEARER_AUTH"
]


class KafkaSchemaRegistryAccessConfig(TypedDict, total=False):
    Type: KafkaSchemaRegistryAuthType | Output[str]
    """The type of authentication Lambda uses to access your schema registry."""
    URI: Input[str]
    """The URI of the secret (Secrets Manager secret ARN) to authenticate with your schema registry."""


KafkaSchemaValidationAttribute: TypeAlias = Literal["KEY", "VALUE"]


class KafkaSchemaValidationConfig(TypedDict, total=False):
    Attribute: KafkaSchemaValidationAttribute | Output[str]
    """The attributes you want your schema registry to validate and filter for."""


class KafkaSchemaRegistryConfig(TypedDict, total=False):
    SchemaRegistryURI: Input[str]
    """The URI for your schema registry."""
    EventRecordFormat: SchemaRegistryEventRecordFormat | Output[str]
    """The record format that Lambda delivers to your function after schema validation."""
    AccessConfigs: Given[Sequence[Given[KafkaSchemaRegistryAccessConfig]]]
    """An array of access configuration objects that tell Lambda how to authenticate with your schema registry."""
    SchemaValidationConfigs: Given[Sequence[Given[KafkaSchemaValidationConfig]]]
    """An array of schema validation configuration objects, which tell Lambda the message attributes you want to validate and filter using your schema registry."""


class AmazonManagedKafkaEventSourceConfig(TypedDict, total=False):
    ConsumerGroupId: Input[str]
    """The identifier for the Kafka consumer group to join."""
    SchemaRegistryConfig: Given[KafkaSchemaRegistryConfig]
    """Specific configuration settings for a Kafka schema registry."""


KafkaEventSourceMappingConsumptionMode: TypeAlias = Literal["Stream", "Queue"]


class SelfManagedKafkaEventSourceConfig(TypedDict, total=False):
    ConsumerGroupId: Input[str]
    """The identifier for the Kafka consumer group to join."""
    SchemaRegistryConfig: Given[KafkaSchemaRegistryConfig]
    """Specific configuration settings for a Kafka schema registry."""
    ConsumptionMode: KafkaEventSourceMappingConsumptionMode | Output[str]
    """The mode that Lambda uses to consume records from your self-managed Apache Kafka topic."""


FullDocument: TypeAlias = Literal["UpdateLookup", "Default"]


class DocumentDBEventSourceConfig(TypedDict, total=False):
    DatabaseName: Input[str]
    """The name of the database to consume within the DocumentDB cluster."""
    CollectionName: Input[str]
    """The name of the collection to consume within the database."""
    FullDocument: FullDocument | Output[str]
    """Determines what DocumentDB sends to your event stream during document update operations."""


class ProvisionedPollerConfig(TypedDict, total=False):
    MinimumPollers: Input[int]
    """The minimum number of event pollers this event source can scale down to."""
    MaximumPollers: Input[int]
    """The maximum number of event pollers this event source can scale up to."""
    PollerGroupName: Input[str]
    """(Amazon MSK and self-managed Apache Kafka) The name of the provisioned poller group."""


S3ObjectStorageMode: TypeAlias = Literal["COPY", "REFERENCE"]


class FunctionCode(TypedDict, total=False):
    ZipFile: Given[str | bytes]
    """The base64-encoded contents of the deployment package."""
    S3Bucket: Input[str]
    """An Amazon S3 bucket in the same Amazon Web Services Region as your function."""
    S3Key: Input[str]
    """The Amazon S3 key of the deployment package."""
    S3ObjectVersion: Input[str]
    """For versioned objects, the version of the deployment package object to use."""
    S3ObjectStorageMode: S3ObjectStorageMode | Output[str]
    """Specifies how the deployment package is stored."""
    ImageUri: Input[str]
    """URI of a container image in the Amazon ECR registry."""
    SourceKMSKeyArn: Input[str]
    """The ARN of the Key Management Service (KMS) customer managed key that's used to encrypt your function's .zip deployment package."""


class Environment(TypedDict, total=False):
    Variables: Given[Mapping[str, Input[str] | Secret]]
    """Environment variable key-value pairs."""


class ImageConfig(TypedDict, total=False):
    EntryPoint: Given[Sequence[Input[str]]]
    """Specifies the entry point to their application, which is typically the location of the runtime executable."""
    Command: Given[Sequence[Input[str]]]
    """Specifies parameters that you want to pass in with ENTRYPOINT."""
    WorkingDirectory: Input[str]
    """Specifies the working directory."""


Runtime: TypeAlias = Literal[
    "nodejs",
    "nodejs4.3",
    "nodejs6.10",
    "nodejs8.10",
    "nodejs10.x",
    "nodejs12.x",
    "nodejs14.x",
    "nodejs16.x",
    "nodejs18.x",
    "nodejs20.x",
    "nodejs22.x",
    "nodejs24.x",
    "java8",
    "java8.al2",
    "java11",
    "java17",
    "java21",
    "java25",
    "python2.7",
    "python3.6",
    "python3.7",
    "python3.8",
    "python3.9",
    "python3.10",
    "python3.11",
    "python3.12",
    "python3.13",
    "python3.14",
    "dotnetcore1.0",
    "dotnetcore2.0",
    "dotnetcore2.1",
    "dotnetcore3.1",
    "dotnet6",
    "dotnet8",
    "dotnet10",
    "nodejs4.3-edge",
    "go1.x",
    "ruby2.5",
    "ruby2.7",
    "ruby3.2",
    "ruby3.3",
    "ruby3.4",
    "ruby4.0",
    "provided",
    "provided.al2",
    "provided.al2023",
    "nodejs26.x",
    "python3.15",
    "java8.al2023",
    "java11.al2023",
    "java17.al2023",
    "custom",
]


class VpcConfig(TypedDict, total=False):
    SubnetIds: Given[Sequence[Input[str]]]
    """A list of VPC subnet IDs."""
    SecurityGroupIds: Given[Sequence[Input[str]]]
    """A list of VPC security group IDs."""
    Ipv6AllowedForDualStack: Input[bool]
    """Allows outbound IPv6 traffic on VPC functions that are connected to dual-stack subnets."""


PackageType: TypeAlias = Literal["Zip", "Image"]


class DeadLetterConfig(TypedDict, total=False):
    TargetArn: Input[str]
    """The Amazon Resource Name (ARN) of an Amazon SQS queue or Amazon SNS topic."""


TracingMode: TypeAlias = Literal["Active", "PassThrough"]


class TracingConfig(TypedDict, total=False):
    Mode: TracingMode | Output[str]
    """The tracing mode."""


DirectS3Read: TypeAlias = Literal["ENABLED", "DISABLED", "AUTO"]


class S3FilesConfig(TypedDict, total=False):
    DirectS3Read: DirectS3Read | Output[str]
    """Specifies if a function reads from the file system for the lowest latency, or through Amazon S3 Files feature "direct Amazon S3 bucket reads" for the highest throughput."""


class FileSystemConfig(TypedDict, total=False):
    Arn: Required[Input[str]]
    """The Amazon Resource Name (ARN) of the Amazon EFS or Amazon S3 Files access point that provides access to the file system."""
    LocalMountPath: Required[Input[str]]
    """The path where the function can access the file system, starting with `/mnt/`."""
    S3FilesConfig: Given[S3FilesConfig]
    """The configuration for how your function accesses data on an Amazon S3 file system."""


Architecture: TypeAlias = Literal["x86_64", "arm64"]


class EphemeralStorage(TypedDict, total=False):
    Size: Required[Input[int]]
    """The size of the function's `/tmp` directory."""


SnapStartApplyOn: TypeAlias = Literal["PublishedVersions", "None"]


class SnapStart(TypedDict, total=False):
    ApplyOn: SnapStartApplyOn | Output[str]
    """Set to `PublishedVersions` to create a snapshot of the initialized execution environment when you publish a function version."""


LogFormat: TypeAlias = Literal["JSON", "Text"]

ApplicationLogLevel: TypeAlias = Literal["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"]

SystemLogLevel: TypeAlias = Literal["DEBUG", "INFO", "WARN"]


class LoggingConfig(TypedDict, total=False):
    LogFormat: LogFormat | Output[str]
    """The format in which Lambda sends your function's application and system logs to CloudWatch."""
    ApplicationLogLevel: ApplicationLogLevel | Output[str]
    """Set this property to filter the application logs for your function that Lambda sends to CloudWatch."""
    SystemLogLevel: SystemLogLevel | Output[str]
    """Set this property to filter the system logs for your function that Lambda sends to CloudWatch."""
    LogGroup: Input[str]
    """The name of the Amazon CloudWatch log group the function sends logs to."""


class LambdaEventSourceMapping(
    DeclaredResource,
    type="aws.lambda_event_source_mapping",
    provider="aws",
    resolve_by="mark",
    timeout_s=120.0,
):
    """A queue or stream whose records set off a function."""

    function_name: Input[str]
    """Name or ARN of the function."""
    enabled: Input[bool] | None = None
    """When true, the event source mapping is active. When it is not given: `True`."""
    maximum_batching_window_in_seconds: Input[int] | None = None
    """The maximum amount of time, in seconds, that Lambda spends gathering records before invoking the function. When it is not given: `0`."""
    event_source_arn: Annotated[Input[str] | None, Immutable()] = None
    """The Amazon Resource Name (ARN) of the event source."""
    batch_size: Input[int] | None = None
    """The maximum number of records in each batch that Lambda pulls from your stream or queue and sends to your function."""
    filter_criteria: Given[FilterCriteria] | None = None
    """An object that defines the filter criteria that determine whether Lambda should process an event."""
    kms_key_arn: Input[str] | None = None
    """The ARN of the Key Management Service (KMS) customer managed key that Lambda uses to encrypt your function's filter criteria."""
    metrics_config: Given[EventSourceMappingMetricsConfig] | None = None
    """The metrics configuration for your event source."""
    logging_config: Given[EventSourceMappingLoggingConfig] | None = None
    """(Amazon MSK, and self-managed Apache Kafka only) The logging configuration for your event source."""
    scaling_config: Given[ScalingConfig] | None = None
    """(Amazon SQS only) The scaling configuration for the event source."""
    parallelization_factor: Input[int] | None = None
    """(Kinesis and DynamoDB Streams only) The number of batches to process from each shard concurrently."""
    starting_position: Annotated[EventSourcePosition | Output[str] | None, Immutable()] = None
    """The position in a stream from which to start reading."""
    starting_position_timestamp: Annotated[str | datetime | Output[str] | None, Immutable()] = None
    """With `StartingPosition` set to `AT_TIMESTAMP`, the time from which to start reading."""
    destination_config: Given[DestinationConfig] | None = None
    """(Kinesis, DynamoDB Streams, Amazon MSK, and self-managed Apache Kafka) A configuration object that specifies the destination of an event after Lambda processes it."""
    maximum_record_age_in_seconds: Input[int] | None = None
    """(Kinesis, DynamoDB Streams, Amazon MSK, and self-managed Apache Kafka) Discard records older than the specified age."""
    bisect_batch_on_function_error: Input[bool] | None = None
    """(Kinesis, DynamoDB Streams, Amazon MSK, and self-managed Apache Kafka) If the function returns an error, split the batch in two and retry."""
    maximum_retry_attempts: Input[int] | None = None
    """(Kinesis, DynamoDB Streams, Amazon MSK, and self-managed Apache Kafka) Discard records after the specified number of retries."""
    tumbling_window_in_seconds: Input[int] | None = None
    """(Kinesis and DynamoDB Streams only) The duration in seconds of a processing window for DynamoDB and Kinesis Streams event sources."""
    topics: Annotated[Given[Sequence[Input[str]]] | None, Immutable()] = None
    """The name of the Kafka topic."""
    queues: Annotated[Given[Sequence[Input[str]]] | None, Immutable()] = None
    """(MQ) The name of the Amazon MQ broker destination queue to consume."""
    source_access_configurations: Given[Sequence[Given[SourceAccessConfiguration]]] | None = None
    """An array of authentication protocols or VPC components required to secure your event source."""
    self_managed_event_source: Annotated[Given[SelfManagedEventSource] | None, Immutable()] = None
    """The self-managed Apache Kafka cluster to receive records from."""
    function_response_types: Given[Sequence[FunctionResponseType | Output[str]]] | None = None
    """(Kinesis, DynamoDB Streams, Amazon MSK, self-managed Apache Kafka, and Amazon SQS) A list of current response type enums applied to the event source mapping."""
    amazon_managed_kafka_event_source_config: Given[AmazonManagedKafkaEventSourceConfig] | None = None
    """Specific configuration settings for an Amazon Managed Streaming for Apache Kafka (Amazon MSK) event source."""
    self_managed_kafka_event_source_config: Given[SelfManagedKafkaEventSourceConfig] | None = None
    """Specific configuration settings for a self-managed Apache Kafka event source."""
    document_db_event_source_config: Given[DocumentDBEventSourceConfig] | None = None
    """Specific configuration settings for a DocumentDB event source."""
    provisioned_poller_config: Given[ProvisionedPollerConfig] | None = None
    """(Amazon SQS, Amazon MSK, and self-managed Apache Kafka only) The provisioned mode configuration for the event source."""
    tags: Given[Mapping[str, Input[str]]] | None = None
    """Names and values that are put on the object."""
    uuid: ClassVar[Computed[str]] = computed()
    """The identifier of the event source mapping."""
    arn: ClassVar[Computed[str]] = computed()
    """The Amazon Resource Name (ARN) of the event source mapping."""
    function_arn: ClassVar[Computed[str]] = computed()
    """The ARN of the Lambda function."""


class LambdaFunction(
    DeclaredResource, type="aws.lambda_function", provider="aws", resolve_by="mark", timeout_s=300.0
):
    """Code that runs when it is called, for up to 15 minutes."""

    code: Given[FunctionCode]
    """The code for the function."""
    role: Input[str]
    """The Amazon Resource Name (ARN) of the function's execution role."""
    function_name: Annotated[Input[str] | None, Immutable()] = None
    """The name or ARN of the Lambda function."""
    description: Input[str] | None = None
    """A description of the function. When it is not given: ``."""
    timeout: Input[int] | None = None
    """The amount of time (in seconds) that Lambda allows a function to run before stopping it. When it is not given: `3`."""
    memory_size: Input[int] | None = None
    """The amount of memory available to the function at runtime. When it is not given: `128`."""
    environment: Given[Environment] | None = None
    """Environment variables that are accessible from function code during execution. When it is not given: `{'Variables': {}}`."""
    layers: Given[Sequence[Input[str]]] | None = None
    """A list of function layers to add to the function's execution environment. When it is not given: `[]`."""
    image_config: Given[ImageConfig] | None = None
    """Container image configuration values that override the values in the container image Dockerfile."""
    code_sha256: Input[str] | None = None
    """SHA-256 of the package in base64: with it, a change of the code by hand is seen."""
    runtime: Runtime | Output[str] | None = None
    """The identifier of the function's runtime."""
    handler: Input[str] | None = None
    """The name of the method within your code that Lambda calls to run your function."""
    vpc_config: Given[VpcConfig] | None = None
    """For network connectivity to Amazon Web Services resources in a VPC, specify a list of security groups and subnets in the VPC."""
    package_type: Annotated[PackageType | Output[str] | None, Immutable()] = None
    """The type of deployment package."""
    dead_letter_config: Given[DeadLetterConfig] | None = None
    """A dead-letter queue configuration that specifies the queue or topic where Lambda sends asynchronous events when they fail processing."""
    kms_key_arn: Input[str] | None = None
    """The ARN of the Key Management Service (KMS) customer managed key that's used to encrypt the following resources."""
    tracing_config: Given[TracingConfig] | None = None
    """Set `Mode` to `Active` to sample and trace a subset of incoming requests with X-Ray."""
    file_system_configs: Given[Sequence[Given[FileSystemConfig]]] | None = None
    """Connection settings for an Amazon EFS file system or an Amazon S3 Files file system."""
    architectures: Annotated[Given[Sequence[Architecture | Output[str]]] | None, Immutable()] = None
    """The instruction set architecture that the function supports."""
    ephemeral_storage: Given[EphemeralStorage] | None = None
    """The size of the function's `/tmp` directory in MB."""
    snap_start: Given[SnapStart] | None = None
    """The function's SnapStart setting."""
    logging_config: Given[LoggingConfig] | None = None
    """The function's Amazon CloudWatch Logs configuration settings."""
    tags: Given[Mapping[str, Input[str]]] | None = None
    """Names and values that are put on the object."""
    arn: ClassVar[Computed[Any]] = computed()
    physical_name: ClassVar[Computed[Any]] = computed()
    code_digest: ClassVar[Computed[Any]] = computed()
    """SHA-256 of the package, in base64."""
    version: ClassVar[Computed[Any]] = computed()
