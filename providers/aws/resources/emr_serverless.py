"""EMR Serverless. Made by `make generate` from providers/aws/types; not to be edited.

Source: botocore 1.44.8, emr-serverless 2021-07-13.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, ClassVar, Literal, Required, TypeAlias, TypedDict

from unknot.providers.declared.resource import DeclaredResource, Given
from unknot.stacks.output import Input, Output
from unknot.stacks.resource import Computed, Immutable, computed
from unknot.stacks.secret import Secret

__all__ = [
    "EmrServerlessApplication",
]

Architecture: TypeAlias = Literal["ARM64", "X86_64"]


class WorkerResourceConfig(TypedDict, total=False):
    cpu: Required[Input[str]]
    """The CPU requirements for every worker instance of the worker type."""
    memory: Required[Input[str]]
    """The memory requirements for every worker instance of the worker type."""
    disk: Input[str]
    """The disk requirements for every worker instance of the worker type."""
    diskType: Input[str]
    """The disk type for every worker instance of the work type."""


class InitialCapacityConfig(TypedDict, total=False):
    workerCount: Required[Input[int]]
    """The number of workers in the initial capacity configuration."""
    workerConfiguration: Given[WorkerResourceConfig]
    """The resource configuration of the initial capacity configuration."""


class MaximumAllowedResources(TypedDict, total=False):
    cpu: Required[Input[str]]
    """The maximum allowed CPU for an application."""
    memory: Required[Input[str]]
    """The maximum allowed resources for an application."""
    disk: Input[str]
    """The maximum allowed disk for an application."""


class AutoStartConfig(TypedDict, total=False):
    enabled: Input[bool]
    """Enables the application to automatically start on job submission."""


class AutoStopConfig(TypedDict, total=False):
    enabled: Input[bool]
    """Enables the application to automatically stop after a certain amount of time being idle."""
    idleTimeoutMinutes: Input[int]
    """The amount of idle time in minutes after which your application will automatically stop."""


class NetworkConfiguration(TypedDict, total=False):
    subnetIds: Given[Sequence[Input[str]]]
    """The array of subnet Ids for customer VPC connectivity."""
    securityGroupIds: Given[Sequence[Input[str]]]
    """The array of security group Ids for customer VPC connectivity."""


class ImageConfigurationInput(TypedDict, total=False):
    imageUri: Input[str]
    """The URI of an image in the Amazon ECR registry."""
    applicationLevelDigestResolution: Input[bool]
    """Boolean value indicating if the digest resolution is application level or workload level."""


class WorkerTypeSpecificationInput(TypedDict, total=False):
    imageConfiguration: Given[ImageConfigurationInput]
    """The image configuration for a worker type."""


class Configuration(TypedDict, total=False):
    classification: Required[Input[str]]
    """The classification within a configuration."""
    properties: Given[Mapping[str, Input[str] | Secret]]
    """A set of properties specified within a configuration classification."""
    configurations: Given[Sequence[Given["Configuration"]]]
    """A list of additional configurations to apply within a configuration object."""


class S3MonitoringConfiguration(TypedDict, total=False):
    logUri: Input[str]
    """The Amazon S3 destination URI for log publishing."""
    encryptionKeyArn: Input[str]
    """The KMS key ARN to encrypt the logs published to the given Amazon S3 destination."""


class ManagedPersistenceMonitoringConfiguration(TypedDict, total=False):
    enabled: Input[bool]
    """Enables managed logging and defaults to true."""
    encryptionKeyArn: Input[str]
    """The KMS key ARN to encrypt the logs stored in managed log persistence."""


class CloudWatchLoggingConfiguration(TypedDict, total=False):
    enabled: Required[Input[bool]]
    """Enables CloudWatch logging."""
    logGroupName: Input[str]
    """The name of the log group in Amazon CloudWatch Logs where you want to publish your logs."""
    logStreamNamePrefix: Input[str]
    """Prefix for the CloudWatch log stream name."""
    encryptionKeyArn: Input[str]
    """The Key Management Service (KMS) key ARN to encrypt the logs that you store in CloudWatch Logs."""
    logTypes: Given[Mapping[str, Given[Sequence[Input[str]]]]]
    """The types of logs that you want to publish to CloudWatch."""


class PrometheusMonitoringConfiguration(TypedDict, total=False):
    remoteWriteUrl: Input[str]
    """The remote write URL in the Amazon Managed Service for Prometheus workspace to send metrics to."""


class MonitoringConfiguration(TypedDict, total=False):
    s3MonitoringConfiguration: Given[S3MonitoringConfiguration]
    """The Amazon S3 configuration for monitoring log publishing."""
    managedPersistenceMonitoringConfiguration: Given[ManagedPersistenceMonitoringConfiguration]
    """The managed log persistence configuration for a job run."""
    cloudWatchLoggingConfiguration: Given[CloudWatchLoggingConfiguration]
    """The Amazon CloudWatch configuration for monitoring logs."""
    prometheusMonitoringConfiguration: Given[PrometheusMonitoringConfiguration]
    """The monitoring configuration object you can configure to send metrics to Amazon Managed Service for Prometheus for a job run."""


class DiskEncryptionConfiguration(TypedDict, total=False):
    encryptionContext: Given[Mapping[str, Input[str]]]
    """Specifies the optional encryption context that will be used when encrypting the data."""
    encryptionKeyArn: Input[str]
    """The KMS key ARN to encrypt local disks."""


class InteractiveConfiguration(TypedDict, total=False):
    studioEnabled: Input[bool]
    """Enables you to connect an application to Amazon EMR Studio to run interactive workloads in a notebook."""
    livyEndpointEnabled: Input[bool]
    """Enables an Apache Livy endpoint that you can connect to and run interactive jobs."""
    sessionEnabled: Input[bool]
    """Enables interactive sessions on the application."""


class SchedulerConfiguration(TypedDict, total=False):
    queueTimeoutMinutes: Input[int]
    """The maximum duration in minutes for the job in QUEUED state."""
    maxConcurrentRuns: Input[int]
    """The maximum concurrent job runs on this application."""


class IdentityCenterConfigurationInput(TypedDict, total=False):
    identityCenterInstanceArn: Input[str]
    """The ARN of the IAM Identity Center instance."""
    userBackgroundSessionsEnabled: Input[bool]
    """Enables user background sessions for this application so Livy sessions can continue running after users log out of their interactive notebook or their Identity Center sessions expire."""


class JobLevelCostAllocationConfiguration(TypedDict, total=False):
    enabled: Input[bool]
    """Enables job level cost allocation for the application."""


class EmrServerlessApplication(
    DeclaredResource, type="aws.emrserverless_application", provider="aws", resolve_by="mark", timeout_s=300.0
):
    """Runs Spark or Hive jobs without a cluster of one's own."""

    type: Annotated[Input[str], Immutable()]
    """`SPARK` or `HIVE`."""
    release_label: Input[str]
    """The Amazon EMR release associated with the application."""
    application_name: Annotated[Input[str] | None, Immutable()] = None
    """The name of the application."""
    architecture: Architecture | Output[str] | None = None
    """The CPU architecture of an application. When it is not given: `X86_64`."""
    initial_capacity: Given[Mapping[str, Given[InitialCapacityConfig]]] | None = None
    """The capacity to initialize when the application is created."""
    maximum_capacity: Given[MaximumAllowedResources] | None = None
    """The maximum capacity to allocate when the application is created."""
    auto_start_configuration: Given[AutoStartConfig] | None = None
    """The configuration for an application to automatically start on job submission."""
    auto_stop_configuration: Given[AutoStopConfig] | None = None
    """The configuration for an application to automatically stop after a certain amount of time being idle."""
    network_configuration: Given[NetworkConfiguration] | None = None
    """The network configuration for customer VPC connectivity."""
    image_configuration: Given[ImageConfigurationInput] | None = None
    """The image configuration for all worker types."""
    worker_type_specifications: Given[Mapping[str, Given[WorkerTypeSpecificationInput]]] | None = None
    """The key-value pairs that specify worker type to `WorkerTypeSpecificationInput`."""
    runtime_configuration: Given[Sequence[Given[Configuration]]] | None = None
    """The Configuration specifications to use when creating an application."""
    monitoring_configuration: Given[MonitoringConfiguration] | None = None
    """The configuration setting for monitoring."""
    disk_encryption_configuration: Given[DiskEncryptionConfiguration] | None = None
    """The configuration object that allows encrypting local disks."""
    interactive_configuration: Given[InteractiveConfiguration] | None = None
    """The interactive configuration object that enables the interactive use cases to use when running an application."""
    scheduler_configuration: Given[SchedulerConfiguration] | None = None
    """The scheduler configuration for batch and streaming jobs running on this application."""
    identity_center_configuration: Given[IdentityCenterConfigurationInput] | None = None
    """The IAM Identity Center Configuration accepts the Identity Center instance parameter required to enable trusted identity propagation."""
    job_level_cost_allocation_configuration: Given[JobLevelCostAllocationConfiguration] | None = None
    """The configuration object that enables job level cost allocation."""
    tags: Given[Mapping[str, Input[str]]] | None = None
    """Names and values that are put on the object."""
    application_id: ClassVar[Computed[str]] = computed()
    """The ID of the application."""
    arn: ClassVar[Computed[str]] = computed()
    """The ARN of the application."""
    state: ClassVar[Computed[str]] = computed()
    """The state of the application."""
