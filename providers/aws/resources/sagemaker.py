"""Amazon SageMaker Service. Made by `make generate` from providers/aws/types; not to be edited.

Source: botocore 1.44.8, sagemaker 2017-07-24.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, ClassVar, Literal, Required, TypeAlias, TypedDict

from unknot.providers.declared.resource import DeclaredResource, Given
from unknot.stacks.output import Input, Output
from unknot.stacks.resource import Computed, Immutable, computed

__all__ = [
    "SageMakerEndpoint",
    "SageMakerEndpointConfig",
    "SageMakerFeatureGroup",
    "SageMakerModel",
    "SageMakerPipeline",
    "SageMakerProcessingJob",
    "SageMakerTrainingJob",
]

TrafficRoutingConfigType: TypeAlias = Literal["ALL_AT_ONCE", "CANARY", "LINEAR"]

CapacitySizeType: TypeAlias = Literal["INSTANCE_COUNT", "CAPACITY_PERCENT"]


class CapacitySize(TypedDict, total=False):
    Type: Required[CapacitySizeType | Output[str]]
    """Specifies the endpoint capacity type."""
    Value: Required[Input[int]]
    """Defines the capacity size, either as a number of instances or a capacity percentage."""


class TrafficRoutingConfig(TypedDict, total=False):
    Type: Required[TrafficRoutingConfigType | Output[str]]
    """Traffic routing strategy type."""
    WaitIntervalInSeconds: Required[Input[int]]
    """The waiting time (in seconds) between incremental steps to turn on traffic on the new endpoint fleet."""
    CanarySize: Given[CapacitySize]
    """Batch size for the first step to turn on traffic on the new endpoint fleet."""
    LinearStepSize: Given[CapacitySize]
    """Batch size for each step to turn on traffic on the new endpoint fleet."""


class BlueGreenUpdatePolicy(TypedDict, total=False):
    TrafficRoutingConfiguration: Required[Given[TrafficRoutingConfig]]
    """Defines the traffic routing strategy to shift traffic from the old fleet to the new fleet during an endpoint deployment."""
    TerminationWaitInSeconds: Input[int]
    """Additional waiting time in seconds after the completion of an endpoint deployment before terminating the old endpoint fleet."""
    MaximumExecutionTimeoutInSeconds: Input[int]
    """Maximum execution timeout for the deployment."""


class RollingUpdatePolicy(TypedDict, total=False):
    MaximumBatchSize: Required[Given[CapacitySize]]
    """Batch size for each rolling step to provision capacity and turn on traffic on the new endpoint fleet, and terminate capacity on the old endpoint fleet."""
    WaitIntervalInSeconds: Required[Input[int]]
    """The length of the baking period, during which SageMaker monitors alarms for each batch on the new fleet."""
    MaximumExecutionTimeoutInSeconds: Input[int]
    """The time limit for the total deployment."""
    RollbackMaximumBatchSize: Given[CapacitySize]
    """Batch size for rollback to the old endpoint fleet."""


class Alarm(TypedDict, total=False):
    AlarmName: Input[str]
    """The name of a CloudWatch alarm in your account."""


class AutoRollbackConfig(TypedDict, total=False):
    Alarms: Given[Sequence[Given[Alarm]]]
    """List of CloudWatch alarms in your account that are configured to monitor metrics on an endpoint."""


class DeploymentConfig(TypedDict, total=False):
    BlueGreenUpdatePolicy: Given[BlueGreenUpdatePolicy]
    """Update policy for a blue/green deployment."""
    RollingUpdatePolicy: Given[RollingUpdatePolicy]
    """Specifies a rolling deployment strategy for updating a SageMaker endpoint."""
    AutoRollbackConfiguration: Given[AutoRollbackConfig]
    """Automatic rollback configuration for handling endpoint deployment failures and recovery."""


class InstancePool(TypedDict, total=False):
    InstanceType: Required[Input[str]]
    """The ML compute instance type for the instance pool."""
    ModelNameOverride: Input[str]
    """The name of a SageMaker model to use for this instance pool instead of the model specified for the production variant."""
    Priority: Required[Input[int]]
    """The priority for the instance pool."""


ProductionVariantAcceleratorType: TypeAlias = Literal[
    "ml.eia1.medium", "ml.eia1.large", "ml.eia1.xlarge", "ml.eia2.medium", "ml.eia2.large", "ml.eia2.xlarge"
]


class ProductionVariantCoreDumpConfig(TypedDict, total=False):
    DestinationS3Uri: Required[Input[str]]
    """The Amazon S3 bucket to send the core dump to."""
    KmsKeyId: Input[str]
    """The Amazon Web Services Key Management Service (Amazon Web Services KMS) key that SageMaker uses to encrypt the core dump data at rest using Amazon S3 server-side encryption."""


class ProductionVariantServerlessConfig(TypedDict, total=False):
    MemorySizeInMB: Required[Input[int]]
    """The memory size of your serverless endpoint."""
    MaxConcurrency: Required[Input[int]]
    """The maximum number of concurrent invocations your serverless endpoint can process."""
    ProvisionedConcurrency: Input[int]
    """The amount of provisioned concurrency to allocate for the serverless endpoint."""


ManagedInstanceScalingStatus: TypeAlias = Literal["ENABLED", "DISABLED"]

ManagedInstanceScalingScaleInStrategy: TypeAlias = Literal["IDLE_RELEASE", "CONSOLIDATION"]


class ProductionVariantManagedInstanceScalingScaleInPolicy(TypedDict, total=False):
    Strategy: Required[ManagedInstanceScalingScaleInStrategy | Output[str]]
    """The strategy for scaling in instances."""
    MaximumStepSize: Input[int]
    """The maximum number of instances that the endpoint can terminate at a time during a consolidation scale-in operation."""
    CooldownInMinutes: Input[int]
    """The cooldown period, in minutes, after the last endpoint operation before the endpoint evaluates consolidation scale-in opportunities."""


class ProductionVariantManagedInstanceScaling(TypedDict, total=False):
    Status: ManagedInstanceScalingStatus | Output[str]
    """Indicates whether managed instance scaling is enabled."""
    MinInstanceCount: Input[int]
    """The minimum number of instances that the endpoint must retain when it scales down to accommodate a decrease in traffic."""
    MaxInstanceCount: Input[int]
    """The maximum number of instances that the endpoint can provision when it scales up to accommodate an increase in traffic."""
    ScaleInPolicy: Given[ProductionVariantManagedInstanceScalingScaleInPolicy]
    """Configures the scale-in behavior for managed instance scaling."""


RoutingStrategy: TypeAlias = Literal["LEAST_OUTSTANDING_REQUESTS", "RANDOM", "PREFIX_AWARE", "KV_AWARE"]


class PrefixAwareRoutingConfig(TypedDict, total=False):
    PrefixLength: Input[int]
    """The maximum length of the prefix used for routing decisions."""
    ConcurrencyThreshold: Input[int]
    """The number of in-flight requests on the selected instance or inference component copy at which the endpoint routes a request to another copy or instance."""


class ProductionVariantRoutingConfig(TypedDict, total=False):
    RoutingStrategy: Required[RoutingStrategy | Output[str]]
    """Sets how the endpoint routes incoming traffic."""
    PrefixAwareRoutingConfig: Given[PrefixAwareRoutingConfig]
    """The configuration for prefix-aware routing."""


ProductionVariantInferenceAmiVersion: TypeAlias = Literal[
    "al2-ami-sagemaker-inference-gpu-2",
    "al2-ami-sagemaker-inference-gpu-2-1",
    "al2-ami-sagemaker-inference-gpu-3-1",
    "al2-ami-sagemaker-inference-neuron-2",
    "al2023-ami-sagemaker-inference-gpu-4-1",
]

CapacityReservationPreference: TypeAlias = Literal["capacity-reservations-only"]


class ProductionVariantCapacityReservationConfig(TypedDict, total=False):
    CapacityReservationPreference: CapacityReservationPreference | Output[str]
    """Options that you can choose for the capacity reservation."""
    MlReservationArn: Input[str]
    """The Amazon Resource Name (ARN) that uniquely identifies the ML capacity reservation that SageMaker AI applies when it deploys the endpoint."""


class AcceleratorPartitionLayout(TypedDict, total=False):
    AcceleratorPartitionTypes: Given[Sequence[Input[str]]]
    """The list of partition profiles to carve on each accelerator that this layout applies to."""


class ProductionVariant(TypedDict, total=False):
    VariantName: Required[Input[str]]
    """The name of the production variant."""
    ModelName: Input[str]
    """The name of the model that you want to host."""
    InitialInstanceCount: Input[int]
    """Number of instances to launch initially."""
    InstanceType: Input[str]
    """The ML compute instance type."""
    InstancePools: Given[Sequence[Given[InstancePool]]]
    """A list of instance pools for the production variant."""
    VariantInstanceProvisionTimeoutInSeconds: Input[int]
    """The timeout value, in seconds, for provisioning instances for the production variant."""
    InitialVariantWeight: Input[float]
    """Determines initial traffic distribution among all of the models that you specify in the endpoint configuration."""
    AcceleratorType: ProductionVariantAcceleratorType | Output[str]
    """This parameter is no longer supported."""
    CoreDumpConfig: Given[ProductionVariantCoreDumpConfig]
    """Specifies configuration for a core dump from the model container when the process crashes."""
    ServerlessConfig: Given[ProductionVariantServerlessConfig]
    """The serverless configuration for an endpoint."""
    VolumeSizeInGB: Input[int]
    """The size, in GB, of the ML storage volume attached to individual inference instance associated with the production variant."""
    ModelDataDownloadTimeoutInSeconds: Input[int]
    """The timeout value, in seconds, to download and extract the model that you want to host from Amazon S3 to the individual inference instance associated with this production variant."""
    ContainerStartupHealthCheckTimeoutInSeconds: Input[int]
    """The timeout value, in seconds, for your inference container to pass health check by SageMaker Hosting."""
    EnableSSMAccess: Input[bool]
    """You can use this parameter to turn on native Amazon Web Services Systems Manager (SSM) access for a production variant behind an endpoint."""
    ManagedInstanceScaling: Given[ProductionVariantManagedInstanceScaling]
    """Settings that control the range in the number of instances that the endpoint provisions as it scales up or down to accommodate traffic."""
    RoutingConfig: Given[ProductionVariantRoutingConfig]
    """Settings that control how the endpoint routes incoming traffic to the instances that the endpoint hosts."""
    InferenceAmiVersion: ProductionVariantInferenceAmiVersion | Output[str]
    """Specifies an option from a collection of preconfigured Amazon Machine Image (AMI) images."""
    CapacityReservationConfig: Given[ProductionVariantCapacityReservationConfig]
    """Settings for the capacity reservation for the compute instances that SageMaker AI reserves for an endpoint."""
    AcceleratorPartitionLayouts: Given[Sequence[Given[AcceleratorPartitionLayout]]]
    """The accelerator partition layout for the accelerators backing this production variant."""


CaptureMode: TypeAlias = Literal["Input", "Output", "InputAndOutput"]


class CaptureOption(TypedDict, total=False):
    CaptureMode: Required[CaptureMode | Output[str]]
    """Specify the boundary of data to capture."""


class CaptureContentTypeHeader(TypedDict, total=False):
    CsvContentTypes: Given[Sequence[Input[str]]]
    """The list of all content type headers that Amazon SageMaker AI will treat as CSV and capture accordingly."""
    JsonContentTypes: Given[Sequence[Input[str]]]
    """The list of all content type headers that SageMaker AI will treat as JSON and capture accordingly."""


class DataCaptureConfig(TypedDict, total=False):
    EnableCapture: Input[bool]
    """Whether data capture should be enabled or disabled (defaults to enabled)."""
    InitialSamplingPercentage: Required[Input[int]]
    """The percentage of requests SageMaker AI will capture."""
    DestinationS3Uri: Required[Input[str]]
    """The Amazon S3 location used to capture the data."""
    KmsKeyId: Input[str]
    """The Amazon Resource Name (ARN) of an Key Management Service key that SageMaker AI uses to encrypt the captured data at rest using Amazon S3 server-side encryption."""
    CaptureOptions: Required[Given[Sequence[Given[CaptureOption]]]]
    """Specifies data Model Monitor will capture."""
    CaptureContentTypeHeader: Given[CaptureContentTypeHeader]
    """Configuration specifying how to treat different headers."""


class AsyncInferenceClientConfig(TypedDict, total=False):
    MaxConcurrentInvocationsPerInstance: Input[int]
    """The maximum number of concurrent requests sent by the SageMaker client to the model container."""


AsyncNotificationTopicTypes: TypeAlias = Literal["SUCCESS_NOTIFICATION_TOPIC", "ERROR_NOTIFICATION_TOPIC"]


class AsyncInferenceNotificationConfig(TypedDict, total=False):
    SuccessTopic: Input[str]
    """Amazon SNS topic to post a notification to when inference completes successfully."""
    ErrorTopic: Input[str]
    """Amazon SNS topic to post a notification to when inference fails."""
    IncludeInferenceResponseIn: Given[Sequence[AsyncNotificationTopicTypes | Output[str]]]
    """The Amazon SNS topics where you want the inference response to be included."""


class AsyncInferenceOutputConfig(TypedDict, total=False):
    KmsKeyId: Input[str]
    """The Amazon Web Services Key Management Service (Amazon Web Services KMS) key that SageMaker uses to encrypt the asynchronous inference output in Amazon S3."""
    S3OutputPath: Input[str]
    """The Amazon S3 location to upload inference responses to."""
    NotificationConfig: Given[AsyncInferenceNotificationConfig]
    """Specifies the configuration for notifications of inference results for asynchronous inference."""
    S3FailurePath: Input[str]
    """The Amazon S3 location to upload failure inference responses to."""


class AsyncInferenceConfig(TypedDict, total=False):
    ClientConfig: Given[AsyncInferenceClientConfig]
    """Configures the behavior of the client used by SageMaker to interact with the model container during asynchronous inference."""
    OutputConfig: Required[Given[AsyncInferenceOutputConfig]]
    """Specifies the configuration for asynchronous inference invocation outputs."""


ClarifyFeatureType: TypeAlias = Literal["numerical", "categorical", "text"]


class ClarifyInferenceConfig(TypedDict, total=False):
    FeaturesAttribute: Input[str]
    """Provides the JMESPath expression to extract the features from a model container input in JSON Lines format."""
    ContentTemplate: Input[str]
    """A template string used to format a JSON record into an acceptable model container input."""
    MaxRecordCount: Input[int]
    """The maximum number of records in a request that the model container can process when querying the model container for the predictions of a synthetic dataset."""
    MaxPayloadInMB: Input[int]
    """The maximum payload size (MB) allowed of a request from the explainer to the model container."""
    ProbabilityIndex: Input[int]
    """A zero-based index used to extract a probability value (score) or list from model container output in CSV format."""
    LabelIndex: Input[int]
    """A zero-based index used to extract a label header or list of label headers from model container output in CSV format."""
    ProbabilityAttribute: Input[str]
    """A JMESPath expression used to extract the probability (or score) from the model container output if the model container is in JSON Lines format."""
    LabelAttribute: Input[str]
    """A JMESPath expression used to locate the list of label headers in the model container output."""
    LabelHeaders: Given[Sequence[Input[str]]]
    """For multiclass classification problems, the label headers are the names of the classes."""
    FeatureHeaders: Given[Sequence[Input[str]]]
    """The names of the features."""
    FeatureTypes: Given[Sequence[ClarifyFeatureType | Output[str]]]
    """A list of data types of the features (optional)."""


class ClarifyShapBaselineConfig(TypedDict, total=False):
    MimeType: Input[str]
    """The MIME type of the baseline data."""
    ShapBaseline: Input[str]
    """The inline SHAP baseline data in string format."""
    ShapBaselineUri: Input[str]
    """The uniform resource identifier (URI) of the S3 bucket where the SHAP baseline file is stored."""


ClarifyTextLanguage: TypeAlias = Literal[
    "af",
    "sq",
    "ar",
    "hy",
    "eu",
    "bn",
    "bg",
    "ca",
    "zh",
    "hr",
    "cs",
    "da",
    "nl",
    "en",
    "et",
    "fi",
    "fr",
    "de",
    "el",
    "gu",
    "he",
    "hi",
    "hu",
    "is",
    "id",
    "ga",
    "it",
    "kn",
    "ky",
    "lv",
    "lt",
    "lb",
    "mk",
    "ml",
    "mr",
    "ne",
    "nb",
    "fa",
    "pl",
    "pt",
    "ro",
    "ru",
    "sa",
    "sr",
    "tn",
    "si",
    "sk",
    "sl",
    "es",
    "sv",
    "tl",
    "ta",
    "tt",
    "te",
    "tr",
    "uk",
    "ur",
    "yo",
    "lij",
    "xx",
]

ClarifyTextGranularity: TypeAlias = Literal["token", "sentence", "paragraph"]


class ClarifyTextConfig(TypedDict, total=False):
    Language: Required[ClarifyTextLanguage | Output[str]]
    """Specifies the language of the text features in ISO 639-1 or ISO 639-3 code of a supported language."""
    Granularity: Required[ClarifyTextGranularity | Output[str]]
    """The unit of granularity for the analysis of text features."""


class ClarifyShapConfig(TypedDict, total=False):
    ShapBaselineConfig: Required[Given[ClarifyShapBaselineConfig]]
    """The configuration for the SHAP baseline of the Kernal SHAP algorithm."""
    NumberOfSamples: Input[int]
    """The number of samples to be used for analysis by the Kernal SHAP algorithm."""
    UseLogit: Input[bool]
    """A Boolean toggle to indicate if you want to use the logit function (true) or log-odds units (false) for model predictions."""
    Seed: Input[int]
    """The starting value used to initialize the random number generator in the explainer."""
    TextConfig: Given[ClarifyTextConfig]
    """A parameter that indicates if text features are treated as text and explanations are provided for individual units of text."""


class ClarifyExplainerConfig(TypedDict, total=False):
    EnableExplanations: Input[str]
    """A JMESPath boolean expression used to filter which records to explain."""
    InferenceConfig: Given[ClarifyInferenceConfig]
    """The inference configuration parameter for the model container."""
    ShapConfig: Required[Given[ClarifyShapConfig]]
    """The configuration for SHAP analysis."""


class ExplainerConfig(TypedDict, total=False):
    ClarifyExplainerConfig: Given[ClarifyExplainerConfig]
    """A member of `ExplainerConfig` that contains configuration parameters for the SageMaker Clarify explainer."""


class VpcConfig(TypedDict, total=False):
    SecurityGroupIds: Required[Given[Sequence[Input[str]]]]
    """The VPC security group IDs, in the form `sg-xxxxxxxx`."""
    Subnets: Required[Given[Sequence[Input[str]]]]
    """The ID of the subnets in the VPC to which you want to connect your training job or model."""


class MetricsConfig(TypedDict, total=False):
    EnableEnhancedMetrics: Input[bool]
    """Specifies whether to enable enhanced metrics for the endpoint."""
    EnableDetailedObservability: Input[bool]
    """Indicates whether detailed observability is enabled for the endpoint."""
    MetricPublishFrequencyInSeconds: Input[int]
    """The interval, in seconds, at which metrics are published to Amazon CloudWatch."""


class CrossRegionTrafficConfig(TypedDict, total=False):
    MaxInvocationsPerSecondPerInstance: Required[Input[int]]
    """The number of invocations per second that you expect one `InService` instance to serve."""
    MaxCrossRegionPercentPerEndpoint: Required[Input[int]]
    """The percentage of the endpoint's capacity that requests from inference routers in other Amazon Web Services Regions can use."""


FeatureType: TypeAlias = Literal["Integral", "Fractional", "String"]

CollectionType: TypeAlias = Literal["List", "Set", "Vector"]


class VectorConfig(TypedDict, total=False):
    Dimension: Required[Input[int]]
    """The number of elements in your vector."""


class CollectionConfig(TypedDict, total=False):
    VectorConfig: Given[VectorConfig]
    """Configuration for your vector collection type."""


class FeatureDefinition(TypedDict, total=False):
    FeatureName: Required[Input[str]]
    """The name of a feature."""
    FeatureType: Required[FeatureType | Output[str]]
    """The value type of a feature."""
    CollectionType: CollectionType | Output[str]
    """A grouping of elements where each element within the collection must have the same feature type (`String`, `Integral`, or `Fractional`)."""
    CollectionConfig: Given[CollectionConfig]
    """Configuration for your collection."""


class OnlineStoreSecurityConfig(TypedDict, total=False):
    KmsKeyId: Input[str]
    """The Amazon Web Services Key Management Service (KMS) key ARN that SageMaker Feature Store uses to encrypt the Amazon S3 objects at rest using Amazon S3 server-side encryption."""


TtlDurationUnit: TypeAlias = Literal["Seconds", "Minutes", "Hours", "Days", "Weeks"]


class TtlDuration(TypedDict, total=False):
    Unit: TtlDurationUnit | Output[str]
    """`TtlDuration` time unit."""
    Value: Input[int]
    """`TtlDuration` time value."""


StorageType: TypeAlias = Literal["Standard", "Standard_V2", "InMemory"]


class OnlineStoreConfig(TypedDict, total=False):
    SecurityConfig: Given[OnlineStoreSecurityConfig]
    """Use to specify KMS Key ID (`KMSKeyId`) for at-rest encryption of your `OnlineStore`."""
    EnableOnlineStore: Input[bool]
    """Turn `OnlineStore` off by specifying `False` for the `EnableOnlineStore` flag."""
    TtlDuration: Given[TtlDuration]
    """Time to live duration, where the record is hard deleted after the expiration time is reached; `ExpiresAt` = `EventTime` + `TtlDuration`."""
    StorageType: StorageType | Output[str]
    """Option for different tiers of low latency storage for real-time data retrieval."""


class S3StorageConfig(TypedDict, total=False):
    S3Uri: Required[Input[str]]
    """The S3 URI, or location in Amazon S3, of `OfflineStore`."""
    KmsKeyId: Input[str]
    """The Amazon Web Services Key Management Service (KMS) key ARN of the key used to encrypt any objects written into the `OfflineStore` S3 location."""
    ResolvedOutputS3Uri: Input[str]
    """The S3 path where offline records are written."""


class DataCatalogConfig(TypedDict, total=False):
    TableName: Required[Input[str]]
    """The name of the Glue table."""
    Catalog: Required[Input[str]]
    """The name of the Glue table catalog."""
    Database: Required[Input[str]]
    """The name of the Glue table database."""


TableFormat: TypeAlias = Literal["Default", "Glue", "Iceberg"]


class OfflineStoreConfig(TypedDict, total=False):
    S3StorageConfig: Required[Given[S3StorageConfig]]
    """The Amazon Simple Storage (Amazon S3) location of `OfflineStore`."""
    DisableGlueTableCreation: Input[bool]
    """Set to `True` to disable the automatic creation of an Amazon Web Services Glue table when configuring an `OfflineStore`."""
    DataCatalogConfig: Given[DataCatalogConfig]
    """The meta data of the Glue table for the `OfflineStore`."""
    TableFormat: TableFormat | Output[str]
    """Format for the offline store table."""


ThroughputMode: TypeAlias = Literal["OnDemand", "Provisioned"]


class ThroughputConfig(TypedDict, total=False):
    ThroughputMode: Required[ThroughputMode | Output[str]]
    """The mode used for your feature group throughput."""
    ProvisionedReadCapacityUnits: Input[int]
    """For provisioned feature groups with online store enabled, this indicates the read throughput you are billed for and can consume without throttling."""
    ProvisionedWriteCapacityUnits: Input[int]
    """For provisioned feature groups, this indicates the write throughput you are billed for and can consume without throttling."""


RepositoryAccessMode: TypeAlias = Literal["Platform", "Vpc"]


class RepositoryAuthConfig(TypedDict, total=False):
    RepositoryCredentialsProviderArn: Required[Input[str]]
    """The Amazon Resource Name (ARN) of an Amazon Web Services Lambda function that provides credentials to authenticate to the private Docker registry where your model image is hosted."""


class ImageConfig(TypedDict, total=False):
    RepositoryAccessMode: Required[RepositoryAccessMode | Output[str]]
    """Set this to one of the following values."""
    RepositoryAuthConfig: Given[RepositoryAuthConfig]
    """(Optional) Specifies an authentication configuration for the private docker registry where your model image is hosted."""


ContainerMode: TypeAlias = Literal["SingleModel", "MultiModel"]

S3ModelDataType: TypeAlias = Literal["S3Prefix", "S3Object"]

ModelCompressionType: TypeAlias = Literal["None", "Gzip"]


class ModelAccessConfig(TypedDict, total=False):
    AcceptEula: Required[Input[bool]]
    """Specifies agreement to the model end-user license agreement (EULA)."""


class InferenceHubAccessConfig(TypedDict, total=False):
    HubContentArn: Required[Input[str]]
    """The ARN of the hub content for which deployment access is allowed."""


class S3ModelDataSource(TypedDict, total=False):
    S3Uri: Required[Input[str]]
    """Specifies the S3 path of ML model data to deploy."""
    S3DataType: Required[S3ModelDataType | Output[str]]
    """Specifies the type of ML model data to deploy."""
    CompressionType: Required[ModelCompressionType | Output[str]]
    """Specifies how the ML model data is prepared."""
    ModelAccessConfig: Given[ModelAccessConfig]
    """Specifies the access configuration file for the ML model."""
    HubAccessConfig: Given[InferenceHubAccessConfig]
    """Configuration information for hub access."""
    ManifestS3Uri: Input[str]
    """The Amazon S3 URI of the manifest file."""
    ETag: Input[str]
    """The ETag associated with S3 URI."""
    ManifestEtag: Input[str]
    """The ETag associated with Manifest S3 URI."""


class ModelDataSource(TypedDict, total=False):
    S3DataSource: Given[S3ModelDataSource]
    """Specifies the S3 location of ML model data to deploy."""


class AdditionalModelDataSource(TypedDict, total=False):
    ChannelName: Required[Input[str]]
    """A custom name for this `AdditionalModelDataSource` object."""
    S3DataSource: Required[Given[S3ModelDataSource]]
    """Specifies the S3 location of ML model data to deploy."""


ModelCacheSetting: TypeAlias = Literal["Enabled", "Disabled"]


class MultiModelConfig(TypedDict, total=False):
    ModelCacheSetting: ModelCacheSetting | Output[str]
    """Whether to cache models for a multi-model endpoint."""


class MetricsEndpoint(TypedDict, total=False):
    MetricsEndpointPath: Required[Input[str]]
    """The path to the metrics endpoint exposed by the container."""
    MetricPublishFrequencyInSeconds: Input[int]
    """The interval, in seconds, at which container metrics scraped from the endpoint are published to Amazon CloudWatch."""


class ContainerMetricsConfig(TypedDict, total=False):
    MetricsEndpoints: Given[Sequence[Given[MetricsEndpoint]]]
    """A list of metrics endpoints to scrape from the container."""


class ContainerDefinition(TypedDict, total=False):
    ContainerHostname: Input[str]
    """This parameter is ignored for models that contain only a `PrimaryContainer`."""
    Image: Input[str]
    """The path where inference code is stored."""
    ImageConfig: Given[ImageConfig]
    """Specifies whether the model container is in Amazon ECR or a private Docker registry accessible from your Amazon Virtual Private Cloud (VPC)."""
    Mode: ContainerMode | Output[str]
    """Whether the container hosts a single model or multiple models."""
    ModelDataUrl: Input[str]
    """The S3 path where the model artifacts, which result from model training, are stored."""
    ModelDataSource: Given[ModelDataSource]
    """Specifies the location of ML model data to deploy."""
    AdditionalModelDataSources: Given[Sequence[Given[AdditionalModelDataSource]]]
    """Data sources that are available to your model in addition to the one that you specify for `ModelDataSource` when you use the `CreateModel` action."""
    Environment: Given[Mapping[str, Input[str]]]
    """The environment variables to set in the Docker container."""
    ModelPackageName: Input[str]
    """The name or Amazon Resource Name (ARN) of the model package to use to create the model."""
    InferenceSpecificationName: Input[str]
    """The inference specification name in the model package version."""
    MultiModelConfig: Given[MultiModelConfig]
    """Specifies additional configuration for multi-model endpoints."""
    ContainerMetricsConfig: Given[ContainerMetricsConfig]
    """The configuration for container metrics scraping."""


InferenceExecutionMode: TypeAlias = Literal["Serial", "Direct"]


class InferenceExecutionConfig(TypedDict, total=False):
    Mode: Required[InferenceExecutionMode | Output[str]]
    """How containers in a multi-container are run."""


class PipelineDefinitionS3Location(TypedDict, total=False):
    Bucket: Required[Input[str]]
    """Name of the S3 bucket."""
    ObjectKey: Required[Input[str]]
    """The object key (or key name) uniquely identifies the object in an S3 bucket."""
    VersionId: Input[str]
    """Version Id of the pipeline definition file."""


class ParallelismConfiguration(TypedDict, total=False):
    MaxParallelExecutionSteps: Required[Input[int]]
    """The max number of steps that can be executed in parallel."""


class ProcessingInstancePreference(TypedDict, total=False):
    InstanceType: Required[Input[str]]
    """The ML compute instance type."""
    InstanceCount: Input[int]
    """The number of instances to launch if this instance type is selected."""


class ProcessingClusterConfig(TypedDict, total=False):
    InstanceCount: Input[int]
    """The number of ML compute instances to use in the processing job."""
    InstanceType: Input[str]
    """The ML compute instance type for the processing job."""
    VolumeSizeInGB: Required[Input[int]]
    """The size of the ML storage volume in gigabytes that you want to provision."""
    VolumeKmsKeyId: Input[str]
    """The Amazon Web Services Key Management Service (Amazon Web Services KMS) key that Amazon SageMaker uses to encrypt data on the storage volume attached to the ML compute instance(s) that run the processing job."""
    InstancePreferences: Given[Sequence[Given[ProcessingInstancePreference]]]
    """An ordered list of ML compute instance types for the processing job, in priority order."""
    SelectedInstanceType: Input[str]
    """The instance type that Amazon SageMaker selected for the job from `InstancePreferences`."""
    SelectedInstanceCount: Input[int]
    """The number of instances of `SelectedInstanceType` that the job launched with."""


class ProcessingResources(TypedDict, total=False):
    ClusterConfig: Required[Given[ProcessingClusterConfig]]
    """The configuration for the resources in a cluster used to run the processing job."""


class AppSpecification(TypedDict, total=False):
    ImageUri: Required[Input[str]]
    """The container image to be run by the processing job."""
    ContainerEntrypoint: Given[Sequence[Input[str]]]
    """The entrypoint for a container used to run a processing job."""
    ContainerArguments: Given[Sequence[Input[str]]]
    """The arguments for a container used to run a processing job."""


ProcessingS3DataType: TypeAlias = Literal["ManifestFile", "S3Prefix"]

ProcessingS3InputMode: TypeAlias = Literal["Pipe", "File"]

ProcessingS3DataDistributionType: TypeAlias = Literal["FullyReplicated", "ShardedByS3Key"]

ProcessingS3CompressionType: TypeAlias = Literal["None", "Gzip"]


class ProcessingS3Input(TypedDict, total=False):
    S3Uri: Required[Input[str]]
    """The URI of the Amazon S3 prefix Amazon SageMaker downloads data required to run a processing job."""
    LocalPath: Input[str]
    """The local path in your container where you want Amazon SageMaker to write input data to."""
    S3DataType: Required[ProcessingS3DataType | Output[str]]
    """Whether you use an `S3Prefix` or a `ManifestFile` for the data type."""
    S3InputMode: ProcessingS3InputMode | Output[str]
    """Whether to use `File` or `Pipe` input mode."""
    S3DataDistributionType: ProcessingS3DataDistributionType | Output[str]
    """Whether to distribute the data from Amazon S3 to all processing instances with `FullyReplicated`, or whether the data from Amazon S3 is sharded by Amazon S3 key, downloading one shard of data to each processing instance."""
    S3CompressionType: ProcessingS3CompressionType | Output[str]
    """Whether to GZIP-decompress the data in Amazon S3 as it is streamed into the processing container."""


AthenaResultFormat: TypeAlias = Literal["PARQUET", "ORC", "AVRO", "JSON", "TEXTFILE"]

AthenaResultCompressionType: TypeAlias = Literal["GZIP", "SNAPPY", "ZLIB"]


class AthenaDatasetDefinition(TypedDict, total=False):
    Catalog: Required[Input[str]]
    """The name of the data catalog used in Athena query execution."""
    Database: Required[Input[str]]
    """The name of the database used in the Athena query execution."""
    QueryString: Required[Input[str]]
    """The SQL query statements, to be executed."""
    WorkGroup: Input[str]
    """The name of the workgroup in which the Athena query is being started."""
    OutputS3Uri: Required[Input[str]]
    """The location in Amazon S3 where Athena query results are stored."""
    KmsKeyId: Input[str]
    """The Amazon Web Services Key Management Service (Amazon Web Services KMS) key that Amazon SageMaker uses to encrypt data generated from an Athena query execution."""
    OutputFormat: Required[AthenaResultFormat | Output[str]]
    """The data storage format for Athena query results."""
    OutputCompression: AthenaResultCompressionType | Output[str]
    """The compression used for Athena query results."""


RedshiftResultFormat: TypeAlias = Literal["PARQUET", "CSV"]

RedshiftResultCompressionType: TypeAlias = Literal["None", "GZIP", "BZIP2", "ZSTD", "SNAPPY"]


class RedshiftDatasetDefinition(TypedDict, total=False):
    ClusterId: Required[Input[str]]
    """The Redshift cluster Identifier."""
    Database: Required[Input[str]]
    """The name of the Redshift database used in Redshift query execution."""
    DbUser: Required[Input[str]]
    """The database user name used in Redshift query execution."""
    QueryString: Required[Input[str]]
    """The SQL query statements to be executed."""
    ClusterRoleArn: Required[Input[str]]
    """The IAM role attached to your Redshift cluster that Amazon SageMaker uses to generate datasets."""
    OutputS3Uri: Required[Input[str]]
    """The location in Amazon S3 where the Redshift query results are stored."""
    KmsKeyId: Input[str]
    """The Amazon Web Services Key Management Service (Amazon Web Services KMS) key that Amazon SageMaker uses to encrypt data from a Redshift execution."""
    OutputFormat: Required[RedshiftResultFormat | Output[str]]
    """The data storage format for Redshift query results."""
    OutputCompression: RedshiftResultCompressionType | Output[str]
    """The compression used for Redshift query results."""


DataDistributionType: TypeAlias = Literal["FullyReplicated", "ShardedByS3Key"]

InputMode: TypeAlias = Literal["Pipe", "File"]


class DatasetDefinition(TypedDict, total=False):
    AthenaDatasetDefinition: Given[AthenaDatasetDefinition]
    """Configuration for Athena Dataset Definition input."""
    RedshiftDatasetDefinition: Given[RedshiftDatasetDefinition]
    """Configuration for Redshift Dataset Definition input."""
    LocalPath: Input[str]
    """The local path where you want Amazon SageMaker to download the Dataset Definition inputs to run a processing job."""
    DataDistributionType: DataDistributionType | Output[str]
    """Whether the generated dataset is `FullyReplicated` or `ShardedByS3Key` (default)."""
    InputMode: InputMode | Output[str]
    """Whether to use `File` or `Pipe` input mode."""


class ProcessingInput(TypedDict, total=False):
    InputName: Required[Input[str]]
    """The name for the processing job input."""
    AppManaged: Input[bool]
    """When `True`, input operations such as data download are managed natively by the processing job application."""
    S3Input: Given[ProcessingS3Input]
    """Configuration for downloading input data from Amazon S3 into the processing container."""
    DatasetDefinition: Given[DatasetDefinition]
    """Configuration for a Dataset Definition input."""


ProcessingS3UploadMode: TypeAlias = Literal["Continuous", "EndOfJob"]


class ProcessingS3Output(TypedDict, total=False):
    S3Uri: Required[Input[str]]
    """A URI that identifies the Amazon S3 bucket where you want Amazon SageMaker to save the results of a processing job."""
    LocalPath: Input[str]
    """The local path of a directory where you want Amazon SageMaker to upload its contents to Amazon S3."""
    S3UploadMode: Required[ProcessingS3UploadMode | Output[str]]
    """Whether to upload the results of the processing job continuously or after the job completes."""


class ProcessingFeatureStoreOutput(TypedDict, total=False):
    FeatureGroupName: Required[Input[str]]
    """The name of the Amazon SageMaker FeatureGroup to use as the destination for processing job output."""


class ProcessingOutput(TypedDict, total=False):
    OutputName: Required[Input[str]]
    """The name for the processing job output."""
    S3Output: Given[ProcessingS3Output]
    """Configuration for processing job outputs in Amazon S3."""
    FeatureStoreOutput: Given[ProcessingFeatureStoreOutput]
    """Configuration for processing job outputs in Amazon SageMaker Feature Store."""
    AppManaged: Input[bool]
    """When `True`, output operations such as data upload are managed natively by the processing job application."""


class ProcessingOutputConfig(TypedDict, total=False):
    Outputs: Required[Given[Sequence[Given[ProcessingOutput]]]]
    """An array of outputs configuring the data to upload from the processing container."""
    KmsKeyId: Input[str]
    """The Amazon Web Services Key Management Service (Amazon Web Services KMS) key that Amazon SageMaker uses to encrypt the processing job output."""


class ProcessingStoppingCondition(TypedDict, total=False):
    MaxRuntimeInSeconds: Required[Input[int]]
    """Specifies the maximum runtime in seconds."""


class NetworkConfig(TypedDict, total=False):
    EnableInterContainerTrafficEncryption: Input[bool]
    """Whether to encrypt all communications between distributed processing jobs."""
    EnableNetworkIsolation: Input[bool]
    """Whether to allow inbound and outbound network calls to and from the containers used for the processing job."""
    VpcConfig: Given[VpcConfig]
    """Specifies an Amazon Virtual Private Cloud (VPC) that your SageMaker jobs, hosted models, and compute resources have access to."""


class ExperimentConfig(TypedDict, total=False):
    ExperimentName: Input[str]
    """The name of an existing experiment to associate with the trial component."""
    TrialName: Input[str]
    """The name of an existing trial to associate the trial component with."""
    TrialComponentDisplayName: Input[str]
    """The display name for the trial component."""
    RunName: Input[str]
    """The name of the experiment run to associate with the trial component."""


OutputCompressionType: TypeAlias = Literal["GZIP", "NONE"]


class OutputDataConfig(TypedDict, total=False):
    KmsKeyId: Input[str]
    """The Amazon Web Services Key Management Service (Amazon Web Services KMS) key that SageMaker uses to encrypt the model artifacts at rest using Amazon S3 server-side encryption."""
    S3OutputPath: Required[Input[str]]
    """Identifies the S3 path where you want SageMaker to store the model artifacts."""
    CompressionType: OutputCompressionType | Output[str]
    """The model output compression type."""


S3DataType: TypeAlias = Literal["ManifestFile", "S3Prefix", "AugmentedManifestFile", "Converse"]

S3DataDistribution: TypeAlias = Literal["FullyReplicated", "ShardedByS3Key"]


class HubAccessConfig(TypedDict, total=False):
    HubContentArn: Required[Input[str]]
    """The ARN of your private model hub content."""


class S3DataSource(TypedDict, total=False):
    S3DataType: Required[S3DataType | Output[str]]
    """If you choose `S3Prefix`, `S3Uri` identifies a key name prefix."""
    S3Uri: Required[Input[str]]
    """Depending on the value specified for the `S3DataType`, identifies either a key name prefix or a manifest."""
    S3DataDistributionType: S3DataDistribution | Output[str]
    """If you want SageMaker to replicate the entire dataset on each ML compute instance that is launched for model training, specify `FullyReplicated`."""
    AttributeNames: Given[Sequence[Input[str]]]
    """A list of one or more attribute names to use that are found in a specified augmented manifest file."""
    InstanceGroupNames: Given[Sequence[Input[str]]]
    """A list of names of instance groups that get data from the S3 data source."""
    ModelAccessConfig: Given[ModelAccessConfig]
    """The access configuration file to control access to the ML model."""
    HubAccessConfig: Given[HubAccessConfig]
    """The configuration for a private hub model reference that points to a SageMaker JumpStart public hub model."""


FileSystemAccessMode: TypeAlias = Literal["rw", "ro"]

FileSystemType: TypeAlias = Literal["EFS", "FSxLustre"]


class FileSystemDataSource(TypedDict, total=False):
    FileSystemId: Required[Input[str]]
    """The file system id."""
    FileSystemAccessMode: Required[FileSystemAccessMode | Output[str]]
    """The access mode of the mount of the directory associated with the channel."""
    FileSystemType: Required[FileSystemType | Output[str]]
    """The file system type."""
    DirectoryPath: Required[Input[str]]
    """The full path to the directory to associate with the channel."""


class DatasetSource(TypedDict, total=False):
    DatasetArn: Required[Input[str]]
    """The Amazon Resource Name (ARN) of the dataset resource."""


class DataSource(TypedDict, total=False):
    S3DataSource: Given[S3DataSource]
    """The S3 location of the data source that is associated with a channel."""
    FileSystemDataSource: Given[FileSystemDataSource]
    """The file system that is associated with a channel."""
    DatasetSource: Given[DatasetSource]
    """The dataset resource that's associated with a channel."""


CompressionType: TypeAlias = Literal["None", "Gzip"]

RecordWrapper: TypeAlias = Literal["None", "RecordIO"]

TrainingInputMode: TypeAlias = Literal["Pipe", "File", "FastFile"]


class ShuffleConfig(TypedDict, total=False):
    Seed: Required[Input[int]]
    """Determines the shuffling order in `ShuffleConfig` value."""


class Channel(TypedDict, total=False):
    ChannelName: Required[Input[str]]
    """The name of the channel."""
    DataSource: Required[Given[DataSource]]
    """The location of the channel data."""
    ContentType: Input[str]
    """The MIME type of the data."""
    CompressionType: CompressionType | Output[str]
    """If training data is compressed, the compression type."""
    RecordWrapperType: RecordWrapper | Output[str]
    """Specify RecordIO as the value when input data is in raw format but the training algorithm requires the RecordIO format."""
    InputMode: TrainingInputMode | Output[str]
    """(Optional) The input mode to use for the data channel in a training job."""
    ShuffleConfig: Given[ShuffleConfig]
    """A configuration for a shuffle option for input data in a channel."""


class MetricDefinition(TypedDict, total=False):
    Name: Required[Input[str]]
    """The name of the metric."""
    Regex: Required[Input[str]]
    """A regular expression that searches the output of a training job and gets the value of the metric."""


TrainingRepositoryAccessMode: TypeAlias = Literal["Platform", "Vpc"]


class TrainingRepositoryAuthConfig(TypedDict, total=False):
    TrainingRepositoryCredentialsProviderArn: Required[Input[str]]
    """The Amazon Resource Name (ARN) of an Amazon Web Services Lambda function used to give SageMaker access credentials to your private Docker registry."""


class TrainingImageConfig(TypedDict, total=False):
    TrainingRepositoryAccessMode: Required[TrainingRepositoryAccessMode | Output[str]]
    """The method that your training job will use to gain access to the images in your private Docker registry."""
    TrainingRepositoryAuthConfig: Given[TrainingRepositoryAuthConfig]
    """An object containing authentication information for a private Docker registry containing your training images."""


class AlgorithmSpecification(TypedDict, total=False):
    TrainingImage: Input[str]
    """The registry path of the Docker image that contains the training algorithm."""
    AlgorithmName: Input[str]
    """The name of the algorithm resource to use for the training job."""
    TrainingInputMode: Required[TrainingInputMode | Output[str]]
    """The training input mode that the algorithm supports."""
    MetricDefinitions: Given[Sequence[Given[MetricDefinition]]]
    """A list of metric definition objects."""
    EnableSageMakerMetricsTimeSeries: Input[bool]
    """To generate and save time-series metrics during training, set to `true`."""
    ContainerEntrypoint: Given[Sequence[Input[str]]]
    """The entrypoint script for a Docker container used to run a training job."""
    ContainerArguments: Given[Sequence[Input[str]]]
    """The arguments for a container used to run a training job."""
    TrainingImageConfig: Given[TrainingImageConfig]
    """The configuration to use an image from a private Docker registry for a training job."""


class InstanceGroup(TypedDict, total=False):
    InstanceType: Required[Input[str]]
    """Specifies the instance type of the instance group."""
    InstanceCount: Required[Input[int]]
    """Specifies the number of instances of the instance group."""
    InstanceGroupName: Required[Input[str]]
    """Specifies the name of the instance group."""


class PlacementSpecification(TypedDict, total=False):
    UltraServerId: Input[str]
    """The unique identifier of the UltraServer where instances should be placed."""
    InstanceCount: Required[Input[int]]
    """The number of ML compute instances required to be placed together on the same UltraServer."""


class InstancePlacementConfig(TypedDict, total=False):
    EnableMultipleJobs: Input[bool]
    """If set to true, allows multiple jobs to share the same UltraServer instances."""
    PlacementSpecifications: Given[Sequence[Given[PlacementSpecification]]]
    """A list of specifications for how instances should be placed on specific UltraServers."""


class InstancePreference(TypedDict, total=False):
    InstanceType: Required[Input[str]]
    """The ML compute instance type."""
    InstanceCount: Input[int]
    """The number of instances to launch if this instance type is selected."""
    TrainingPlanArns: Given[Sequence[Input[str]]]
    """The Amazon Resource Name (ARN) of a training plan to use if this instance type is selected."""


class ResourceConfig(TypedDict, total=False):
    InstanceType: Input[str]
    """The ML compute instance type."""
    InstanceCount: Input[int]
    """The number of ML compute instances to use."""
    VolumeSizeInGB: Input[int]
    """The size of the ML storage volume that you want to provision."""
    VolumeKmsKeyId: Input[str]
    """The Amazon Web Services KMS key that SageMaker uses to encrypt data on the storage volume attached to the ML compute instance(s) that run the training job."""
    KeepAlivePeriodInSeconds: Input[int]
    """The duration of time in seconds to retain configured resources in a warm pool for subsequent training jobs."""
    InstanceGroups: Given[Sequence[Given[InstanceGroup]]]
    """The configuration of a heterogeneous cluster in JSON format."""
    TrainingPlanArn: Input[str]
    """The Amazon Resource Name (ARN); of the training plan to use for this resource configuration."""
    InstancePlacementConfig: Given[InstancePlacementConfig]
    """Configuration for how training job instances are placed and allocated within UltraServers."""
    InstancePreferences: Given[Sequence[Given[InstancePreference]]]
    """An ordered list of ML compute instance types for the training job, in priority order."""
    SelectedInstanceType: Input[str]
    """The instance type that SageMaker selected for the job from the provided `InstancePreferences`."""
    SelectedInstanceCount: Input[int]
    """The number of instances of `SelectedInstanceType` that the training job launched with."""


class StoppingCondition(TypedDict, total=False):
    MaxRuntimeInSeconds: Input[int]
    """The maximum length of time, in seconds, that a training or compilation job can run before it is stopped."""
    MaxWaitTimeInSeconds: Input[int]
    """The maximum length of time, in seconds, that a managed Spot training job has to complete."""
    MaxPendingTimeInSeconds: Input[int]
    """The maximum length of time, in seconds, that a training or compilation job can be pending before it is stopped."""


class CheckpointConfig(TypedDict, total=False):
    S3Uri: Required[Input[str]]
    """Identifies the S3 path where you want SageMaker to store checkpoints."""
    LocalPath: Input[str]
    """(Optional) The local directory where checkpoints are written."""


class CollectionConfiguration(TypedDict, total=False):
    CollectionName: Input[str]
    """The name of the tensor collection."""
    CollectionParameters: Given[Mapping[str, Input[str]]]
    """Parameter values for the tensor collection."""


class DebugHookConfig(TypedDict, total=False):
    LocalPath: Input[str]
    """Path to local storage location for metrics and tensors."""
    S3OutputPath: Required[Input[str]]
    """Path to Amazon S3 storage location for metrics and tensors."""
    HookParameters: Given[Mapping[str, Input[str]]]
    """Configuration information for the Amazon SageMaker Debugger hook parameters."""
    CollectionConfigurations: Given[Sequence[Given[CollectionConfiguration]]]
    """Configuration information for Amazon SageMaker Debugger tensor collections."""


class DebugRuleConfiguration(TypedDict, total=False):
    RuleConfigurationName: Required[Input[str]]
    """The name of the rule configuration."""
    LocalPath: Input[str]
    """Path to local storage location for output of rules."""
    S3OutputPath: Input[str]
    """Path to Amazon S3 storage location for rules."""
    RuleEvaluatorImage: Required[Input[str]]
    """The Amazon Elastic Container (ECR) Image for the managed rule evaluation."""
    InstanceType: Input[str]
    """The instance type to deploy a custom rule for debugging a training job."""
    VolumeSizeInGB: Input[int]
    """The size, in GB, of the ML storage volume attached to the processing instance."""
    RuleParameters: Given[Mapping[str, Input[str]]]
    """Runtime configuration for rule container."""


class TensorBoardOutputConfig(TypedDict, total=False):
    LocalPath: Input[str]
    """Path to local storage location for tensorBoard output."""
    S3OutputPath: Required[Input[str]]
    """Path to Amazon S3 storage location for TensorBoard output."""


class ProfilerConfig(TypedDict, total=False):
    S3OutputPath: Input[str]
    """Path to Amazon S3 storage location for system and framework metrics."""
    ProfilingIntervalInMilliseconds: Input[int]
    """A time interval for capturing system metrics in milliseconds."""
    ProfilingParameters: Given[Mapping[str, Input[str]]]
    """Configuration information for capturing framework metrics."""
    DisableProfiler: Input[bool]
    """Configuration to turn off Amazon SageMaker Debugger's system monitoring and profiling functionality."""


class ProfilerRuleConfiguration(TypedDict, total=False):
    RuleConfigurationName: Required[Input[str]]
    """The name of the rule configuration."""
    LocalPath: Input[str]
    """Path to local storage location for output of rules."""
    S3OutputPath: Input[str]
    """Path to Amazon S3 storage location for rules."""
    RuleEvaluatorImage: Required[Input[str]]
    """The Amazon Elastic Container Registry Image for the managed rule evaluation."""
    InstanceType: Input[str]
    """The instance type to deploy a custom rule for profiling a training job."""
    VolumeSizeInGB: Input[int]
    """The size, in GB, of the ML storage volume attached to the processing instance."""
    RuleParameters: Given[Mapping[str, Input[str]]]
    """Runtime configuration for rule container."""


class RetryStrategy(TypedDict, total=False):
    MaximumRetryAttempts: Required[Input[int]]
    """The number of times to retry the job."""


class RemoteDebugConfig(TypedDict, total=False):
    EnableRemoteDebug: Input[bool]
    """If set to True, enables remote debugging."""


class InfraCheckConfig(TypedDict, total=False):
    EnableInfraCheck: Input[bool]
    """Enables an infrastructure health check."""


class SessionChainingConfig(TypedDict, total=False):
    EnableSessionTagChaining: Input[bool]
    """Set to `True` to allow SageMaker to extract session tags from a training job creation role and reuse these tags when assuming the training job execution role."""


ServerlessJobType: TypeAlias = Literal["FineTuning", "Evaluation"]

CustomizationTechnique: TypeAlias = Literal["SFT", "DPO", "RLVR", "RLAIF"]

Peft: TypeAlias = Literal["LORA"]

EvaluationType: TypeAlias = Literal["LLMAJEvaluation", "CustomScorerEvaluation", "BenchmarkEvaluation"]


class ServerlessJobConfig(TypedDict, total=False):
    BaseModelArn: Required[Input[str]]
    """The base model Amazon Resource Name (ARN) in SageMaker Public Hub."""
    AcceptEula: Input[bool]
    """Specifies agreement to the model end-user license agreement (EULA)."""
    JobType: Required[ServerlessJobType | Output[str]]
    """The serverless training job type."""
    CustomizationTechnique: CustomizationTechnique | Output[str]
    """The model customization technique."""
    Peft: Peft | Output[str]
    """The parameter-efficient fine-tuning configuration."""
    EvaluationType: EvaluationType | Output[str]
    """The evaluation job type."""
    EvaluatorArn: Input[str]
    """The evaluator Amazon Resource Name (ARN) used as reward function or reward prompt."""
    SequenceLength: Input[str]
    """The maximum sequence length, in tokens, that the customization job supports."""


class MlflowConfig(TypedDict, total=False):
    MlflowResourceArn: Required[Input[str]]
    """The Amazon Resource Name (ARN) of the MLflow resource."""
    MlflowExperimentName: Input[str]
    """The MLflow experiment name used for this job."""
    MlflowRunName: Input[str]
    """The MLflow run name used for this job."""


class ModelPackageConfig(TypedDict, total=False):
    ModelPackageGroupArn: Required[Input[str]]
    """The Amazon Resource Name (ARN) of the model package group of output model package."""
    SourceModelPackageArn: Input[str]
    """The Amazon Resource Name (ARN) of the source model package used for continued fine-tuning and custom model evaluation."""


class SageMakerEndpoint(
    DeclaredResource, type="aws.sagemaker_endpoint", provider="aws", resolve_by="mark", timeout_s=1800.0
):
    """Serves models over HTTPS; another configuration is rolled out without a gap."""

    endpoint_config_name: Input[str]
    """The name of an endpoint configuration."""
    endpoint_name: Annotated[Input[str] | None, Immutable()] = None
    """The name of the endpoint.The name must be unique within an Amazon Web Services Region in your Amazon Web Services account."""
    deployment_config: Given[DeploymentConfig] | None = None
    """The deployment configuration for an endpoint, which contains the desired deployment strategy and rollback configurations."""
    tags: Given[Mapping[str, Input[str]]] | None = None
    """Names and values that are put on the object."""
    arn: ClassVar[Computed[str]] = computed()
    """The Amazon Resource Name (ARN) of the endpoint."""
    physical_name: ClassVar[Computed[str]] = computed()
    """Name of the endpoint."""
    status: ClassVar[Computed[str]] = computed()
    """The status of the endpoint."""


class SageMakerEndpointConfig(
    DeclaredResource, type="aws.sagemaker_endpoint_config", provider="aws", resolve_by="mark", timeout_s=60.0
):
    """Which models an endpoint serves, and on what machines."""

    production_variants: Annotated[Given[Sequence[Given[ProductionVariant]]], Immutable()]
    """An array of `ProductionVariant` objects, one for each model that you want to host at this endpoint."""
    endpoint_config_name: Annotated[Input[str] | None, Immutable()] = None
    """The name of the endpoint configuration."""
    data_capture_config: Annotated[Given[DataCaptureConfig] | None, Immutable()] = None
    """Configuration to control how SageMaker AI captures inference data."""
    kms_key_id: Annotated[Input[str] | None, Immutable()] = None
    """The Amazon Resource Name (ARN) of a Amazon Web Services Key Management Service key that SageMaker uses to encrypt data on the storage volume attached to the ML compute instance that hosts the endpoint."""
    async_inference_config: Annotated[Given[AsyncInferenceConfig] | None, Immutable()] = None
    """Specifies configuration for how an endpoint performs asynchronous inference."""
    explainer_config: Annotated[Given[ExplainerConfig] | None, Immutable()] = None
    """A member of `CreateEndpointConfig` that enables explainers."""
    shadow_production_variants: Annotated[Given[Sequence[Given[ProductionVariant]]] | None, Immutable()] = (
        None
    )
    """An array of `ProductionVariant` objects, one for each model that you want to host at this endpoint in shadow mode with production traffic replicated from the model specified on `ProductionVariants`."""
    execution_role_arn: Annotated[Input[str] | None, Immutable()] = None
    """The Amazon Resource Name (ARN) of an IAM role that Amazon SageMaker AI can assume to perform actions on your behalf."""
    vpc_config: Annotated[Given[VpcConfig] | None, Immutable()] = None
    """Specifies an Amazon Virtual Private Cloud (VPC) that your SageMaker jobs, hosted models, and compute resources have access to."""
    enable_network_isolation: Annotated[Input[bool] | None, Immutable()] = None
    """Sets whether all model containers deployed to the endpoint are isolated."""
    metrics_config: Annotated[Given[MetricsConfig] | None, Immutable()] = None
    """The configuration parameters for utilization metrics."""
    cross_region_traffic_config: Annotated[Given[CrossRegionTrafficConfig] | None, Immutable()] = None
    """The cross-Region traffic cap for the endpoint."""
    tags: Given[Mapping[str, Input[str]]] | None = None
    """Names and values that are put on the object."""
    arn: ClassVar[Computed[str]] = computed()
    """The Amazon Resource Name (ARN) of the endpoint configuration."""
    physical_name: ClassVar[Computed[str]] = computed()
    """Name of the SageMaker endpoint configuration."""


class SageMakerFeatureGroup(
    DeclaredResource, type="aws.sagemaker_feature_group", provider="aws", resolve_by="mark", timeout_s=600.0
):
    """A group of features, kept for training and for serving."""

    feature_definitions: Annotated[Given[Sequence[Given[FeatureDefinition]]], Immutable()]
    """A list of `Feature` names and types."""
    record_identifier_feature_name: Annotated[Input[str], Immutable()]
    """The name of the `Feature` whose value uniquely identifies a `Record` defined in the `FeatureStore`."""
    event_time_feature_name: Annotated[Input[str], Immutable()]
    """The name of the feature that stores the `EventTime` of a `Record` in a `FeatureGroup`."""
    feature_group_name: Annotated[Input[str] | None, Immutable()] = None
    """The name of the `FeatureGroup`."""
    online_store_config: Given[OnlineStoreConfig] | None = None
    """You can turn the `OnlineStore` on or off by specifying `True` for the `EnableOnlineStore` flag in `OnlineStoreConfig`."""
    offline_store_config: Annotated[Given[OfflineStoreConfig] | None, Immutable()] = None
    """Use this to configure an `OfflineFeatureStore`."""
    throughput_config: Given[ThroughputConfig] | None = None
    """Used to set feature group throughput configuration."""
    role_arn: Annotated[Input[str] | None, Immutable()] = None
    """The Amazon Resource Name (ARN) of the IAM execution role used to persist data into the `OfflineStore` if an `OfflineStoreConfig` is provided."""
    description: Annotated[Input[str] | None, Immutable()] = None
    """A free-form description of a `FeatureGroup`."""
    tags: Given[Mapping[str, Input[str]]] | None = None
    """Names and values that are put on the object."""
    arn: ClassVar[Computed[str]] = computed()
    """The Amazon Resource Name (ARN) of the `FeatureGroup`."""
    physical_name: ClassVar[Computed[str]] = computed()
    """he name of the `FeatureGroup`."""
    status: ClassVar[Computed[str]] = computed()
    """The status of the feature group."""


class SageMakerModel(
    DeclaredResource, type="aws.sagemaker_model", provider="aws", resolve_by="mark", timeout_s=60.0
):
    """A model and the container that serves it."""

    model_name: Annotated[Input[str] | None, Immutable()] = None
    """The name of the new model."""
    primary_container: Annotated[Given[ContainerDefinition] | None, Immutable()] = None
    """The location of the primary docker image containing inference code, associated artifacts, and custom environment map that the inference code uses when the model is deployed for predictions."""
    containers: Annotated[Given[Sequence[Given[ContainerDefinition]]] | None, Immutable()] = None
    """Specifies the containers in the inference pipeline."""
    inference_execution_config: Annotated[Given[InferenceExecutionConfig] | None, Immutable()] = None
    """Specifies details of how containers in a multi-container endpoint are called."""
    execution_role_arn: Annotated[Input[str] | None, Immutable()] = None
    """The Amazon Resource Name (ARN) of the IAM role that SageMaker can assume to access model artifacts and docker image for deployment on ML compute instances or for batch transform jobs."""
    vpc_config: Annotated[Given[VpcConfig] | None, Immutable()] = None
    """A VpcConfig object that specifies the VPC that you want your model to connect to."""
    enable_network_isolation: Annotated[Input[bool] | None, Immutable()] = None
    """Isolates the model container."""
    tags: Given[Mapping[str, Input[str]]] | None = None
    """Names and values that are put on the object."""
    arn: ClassVar[Computed[str]] = computed()
    """The Amazon Resource Name (ARN) of the model."""
    physical_name: ClassVar[Computed[str]] = computed()
    """Name of the SageMaker model."""


class SageMakerPipeline(
    DeclaredResource, type="aws.sagemaker_pipeline", provider="aws", resolve_by="mark", timeout_s=60.0
):
    """A pipeline of SageMaker's own steps."""

    role_arn: Input[str]
    """The Amazon Resource Name (ARN) of the role used by the pipeline to access and create resources."""
    pipeline_name: Annotated[Input[str] | None, Immutable()] = None
    """The name of the pipeline."""
    pipeline_definition: Given[str | Mapping[str, Any]] | None = None
    """The JSON pipeline definition of the pipeline."""
    pipeline_definition_s3_location: Given[PipelineDefinitionS3Location] | None = None
    """The location of the pipeline definition stored in Amazon S3."""
    pipeline_display_name: Input[str] | None = None
    """The display name of the pipeline."""
    pipeline_description: Input[str] | None = None
    """A description of the pipeline."""
    parallelism_configuration: Given[ParallelismConfiguration] | None = None
    """This is the configuration that controls the parallelism of the pipeline."""
    tags: Given[Mapping[str, Input[str]]] | None = None
    """Names and values that are put on the object."""
    arn: ClassVar[Computed[str]] = computed()
    """The Amazon Resource Name (ARN) of the pipeline."""
    physical_name: ClassVar[Computed[str]] = computed()
    """The name of the pipeline."""
    status: ClassVar[Computed[str]] = computed()
    """The status of the pipeline execution."""


class SageMakerProcessingJob(
    DeclaredResource, type="aws.sagemaker_processing_job", provider="aws", resolve_by="mark", timeout_s=120.0
):
    """One processing run. Every change is a new job; SageMaker keeps jobs, so that deleting one stops and forgets it."""

    processing_resources: Annotated[Given[ProcessingResources], Immutable()]
    """Identifies the resources, ML compute instances, and ML storage volumes to deploy for a processing job."""
    app_specification: Annotated[Given[AppSpecification], Immutable()]
    """Configures the processing job to run a specified Docker container image."""
    role_arn: Annotated[Input[str], Immutable()]
    """The Amazon Resource Name (ARN) of an IAM role that Amazon SageMaker can assume to perform tasks on your behalf."""
    processing_job_name: Annotated[Input[str] | None, Immutable()] = None
    """The name of the processing job."""
    processing_inputs: Annotated[Given[Sequence[Given[ProcessingInput]]] | None, Immutable()] = None
    """An array of inputs configuring the data to download into the processing container."""
    processing_output_config: Annotated[Given[ProcessingOutputConfig] | None, Immutable()] = None
    """Output configuration for the processing job."""
    stopping_condition: Annotated[Given[ProcessingStoppingCondition] | None, Immutable()] = None
    """The time limit for how long the processing job is allowed to run."""
    environment: Annotated[Given[Mapping[str, Input[str]]] | None, Immutable()] = None
    """The environment variables to set in the Docker container."""
    network_config: Annotated[Given[NetworkConfig] | None, Immutable()] = None
    """Networking options for a processing job, such as whether to allow inbound and outbound network calls to and from processing containers, and the VPC subnets and security groups to use for VPC-enabled processing jobs."""
    experiment_config: Annotated[Given[ExperimentConfig] | None, Immutable()] = None
    """Associates a SageMaker job as a trial component with an experiment and trial."""
    tags: Given[Mapping[str, Input[str]]] | None = None
    """Names and values that are put on the object."""
    arn: ClassVar[Computed[str]] = computed()
    """The Amazon Resource Name (ARN) of the processing job."""
    physical_name: ClassVar[Computed[str]] = computed()
    """The name of the processing job."""
    status: ClassVar[Computed[str]] = computed()
    """Provides the status of a processing job."""


class SageMakerTrainingJob(
    DeclaredResource, type="aws.sagemaker_training_job", provider="aws", resolve_by="mark", timeout_s=120.0
):
    """One training run. Every change is a new job; SageMaker keeps jobs, so that deleting one stops and forgets it."""

    role_arn: Annotated[Input[str], Immutable()]
    """The Amazon Resource Name (ARN) of an IAM role that SageMaker can assume to perform tasks on your behalf."""
    output_data_config: Annotated[Given[OutputDataConfig], Immutable()]
    """Specifies the path to the S3 location where you want to store model artifacts."""
    training_job_name: Annotated[Input[str] | None, Immutable()] = None
    """The name of the training job."""
    input_data_config: Annotated[Given[Sequence[Given[Channel]]] | None, Immutable()] = None
    """An array of `Channel` objects."""
    hyper_parameters: Annotated[Given[Mapping[str, Input[str]]] | None, Immutable()] = None
    """Algorithm-specific parameters that influence the quality of the model."""
    algorithm_specification: Annotated[Given[AlgorithmSpecification] | None, Immutable()] = None
    """The registry path of the Docker image that contains the training algorithm and algorithm-specific metadata, including the input mode."""
    resource_config: Annotated[Given[ResourceConfig] | None, Immutable()] = None
    """The resources, including the ML compute instances and ML storage volumes, to use for model training."""
    vpc_config: Annotated[Given[VpcConfig] | None, Immutable()] = None
    """A VpcConfig object that specifies the VPC that you want your training job to connect to."""
    stopping_condition: Annotated[Given[StoppingCondition] | None, Immutable()] = None
    """Specifies a limit to how long a model training job can run."""
    enable_network_isolation: Annotated[Input[bool] | None, Immutable()] = None
    """Isolates the training container."""
    enable_inter_container_traffic_encryption: Annotated[Input[bool] | None, Immutable()] = None
    """To encrypt all communications between ML compute instances in distributed training, choose `True`."""
    enable_managed_spot_training: Annotated[Input[bool] | None, Immutable()] = None
    """To train models using managed spot training, choose `True`."""
    checkpoint_config: Annotated[Given[CheckpointConfig] | None, Immutable()] = None
    """Contains information about the output location for managed spot training checkpoint data."""
    debug_hook_config: Annotated[Given[DebugHookConfig] | None, Immutable()] = None
    """Configuration information for the Amazon SageMaker Debugger hook parameters, metric and tensor collections, and storage paths."""
    debug_rule_configurations: Annotated[
        Given[Sequence[Given[DebugRuleConfiguration]]] | None, Immutable()
    ] = None
    """Configuration information for Amazon SageMaker Debugger rules for debugging output tensors."""
    tensor_board_output_config: Annotated[Given[TensorBoardOutputConfig] | None, Immutable()] = None
    """Configuration of storage locations for the Amazon SageMaker Debugger TensorBoard output data."""
    experiment_config: Annotated[Given[ExperimentConfig] | None, Immutable()] = None
    """Associates a SageMaker job as a trial component with an experiment and trial."""
    profiler_config: Annotated[Given[ProfilerConfig] | None, Immutable()] = None
    """Configuration information for Amazon SageMaker Debugger system monitoring, framework profiling, and storage paths."""
    profiler_rule_configurations: Annotated[
        Given[Sequence[Given[ProfilerRuleConfiguration]]] | None, Immutable()
    ] = None
    """Configuration information for Amazon SageMaker Debugger rules for profiling system and framework metrics."""
    environment: Annotated[Given[Mapping[str, Input[str]]] | None, Immutable()] = None
    """The environment variables to set in the Docker container."""
    retry_strategy: Annotated[Given[RetryStrategy] | None, Immutable()] = None
    """The number of times to retry the job when the job fails due to an `InternalServerError`."""
    remote_debug_config: Annotated[Given[RemoteDebugConfig] | None, Immutable()] = None
    """Configuration for remote debugging."""
    infra_check_config: Annotated[Given[InfraCheckConfig] | None, Immutable()] = None
    """Contains information about the infrastructure health check configuration for the training job."""
    session_chaining_config: Annotated[Given[SessionChainingConfig] | None, Immutable()] = None
    """Contains information about attribute-based access control (ABAC) for the training job."""
    serverless_job_config: Annotated[Given[ServerlessJobConfig] | None, Immutable()] = None
    """The configuration for serverless training jobs."""
    mlflow_config: Annotated[Given[MlflowConfig] | None, Immutable()] = None
    """The MLflow configuration using SageMaker managed MLflow."""
    model_package_config: Annotated[Given[ModelPackageConfig] | None, Immutable()] = None
    """The configuration for the model package."""
    tags: Given[Mapping[str, Input[str]]] | None = None
    """Names and values that are put on the object."""
    arn: ClassVar[Computed[str]] = computed()
    """The Amazon Resource Name (ARN) of the training job."""
    physical_name: ClassVar[Computed[str]] = computed()
    """Name of the model training job."""
    status: ClassVar[Computed[str]] = computed()
    """The status of the training job."""
    model_artifacts: ClassVar[Computed[str]] = computed()
    """Where in S3 the trained model is."""
