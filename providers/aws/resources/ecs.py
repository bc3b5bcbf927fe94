"""Amazon EC2 Container Service. Made by `make generate` from providers/aws/types; not to be edited.

Source: botocore 1.44.8, ecs 2014-11-13.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, ClassVar, Literal, Required, TypeAlias, TypedDict

from unknot.providers.declared.resource import DeclaredResource, Given
from unknot.stacks.output import Input, Output
from unknot.stacks.resource import Computed, Immutable, computed

__all__ = [
    "EcsCluster",
    "EcsService",
    "EcsTaskDefinition",
]

ClusterSettingName: TypeAlias = Literal["containerInsights"]


class ClusterSetting(TypedDict, total=False):
    name: ClusterSettingName | Output[str]
    """The name of the cluster setting."""
    value: Input[str]
    """The value to set for the cluster setting."""


ExecuteCommandLogging: TypeAlias = Literal["NONE", "DEFAULT", "OVERRIDE"]


class ExecuteCommandLogConfiguration(TypedDict, total=False):
    cloudWatchLogGroupName: Input[str]
    """The name of the CloudWatch log group to send logs to."""
    cloudWatchEncryptionEnabled: Input[bool]
    """Determines whether to use encryption on the CloudWatch logs."""
    s3BucketName: Input[str]
    """The name of the S3 bucket to send logs to."""
    s3EncryptionEnabled: Input[bool]
    """Determines whether to use encryption on the S3 logs."""
    s3KeyPrefix: Input[str]
    """An optional folder in the S3 bucket to place logs in."""


class ExecuteCommandConfiguration(TypedDict, total=False):
    kmsKeyId: Input[str]
    """Specify an Key Management Service key ID to encrypt the data between the local client and the container."""
    logging: ExecuteCommandLogging | Output[str]
    """The log setting to use for redirecting logs for your execute command results."""
    logConfiguration: Given[ExecuteCommandLogConfiguration]
    """The log configuration for the results of the execute command actions."""


class ManagedStorageConfiguration(TypedDict, total=False):
    kmsKeyId: Input[str]
    """Specify a Key Management Service key ID to encrypt Amazon ECS managed storage."""
    fargateEphemeralStorageKmsKeyId: Input[str]
    """Specify the Key Management Service key ID for Fargate ephemeral storage."""


class ClusterConfiguration(TypedDict, total=False):
    executeCommandConfiguration: Given[ExecuteCommandConfiguration]
    """The details of the execute command configuration."""
    managedStorageConfiguration: Given[ManagedStorageConfiguration]
    """The details of the managed storage configuration."""


class CapacityProviderStrategyItem(TypedDict, total=False):
    capacityProvider: Required[Input[str]]
    """The short name of the capacity provider."""
    weight: Input[int]
    """The weight value designates the relative percentage of the total number of tasks launched that should use the specified capacity provider."""
    base: Input[int]
    """The base value designates how many tasks, at a minimum, to run on the specified capacity provider for each service."""


class ClusterServiceConnectDefaultsRequest(TypedDict, total=False):
    namespace: Required[Input[str]]
    """The namespace name or full Amazon Resource Name (ARN) of the Cloud Map namespace that's used when you create a service and don't specify a Service Connect configuration."""


class AdvancedConfiguration(TypedDict, total=False):
    alternateTargetGroupArn: Input[str]
    """The Amazon Resource Name (ARN) of the alternate target group for Amazon ECS blue/green deployments."""
    productionListenerRule: Input[str]
    """The Amazon Resource Name (ARN) that that identifies the production listener rule (in the case of an Application Load Balancer) or listener (in the case for an Network Load Balancer) for routing production traffic."""
    testListenerRule: Input[str]
    """The Amazon Resource Name (ARN) that identifies ) that identifies the test listener rule (in the case of an Application Load Balancer) or listener (in the case for an Network Load Balancer) for routing test traffic."""
    roleArn: Input[str]
    """The Amazon Resource Name (ARN) of the IAM role that grants Amazon ECS permission to call the Elastic Load Balancing APIs for you."""


class LoadBalancer(TypedDict, total=False):
    targetGroupArn: Input[str]
    """The full Amazon Resource Name (ARN) of the Elastic Load Balancing target group or groups associated with a service or task set."""
    loadBalancerName: Input[str]
    """The name of the load balancer to associate with the Amazon ECS service or task set."""
    containerName: Input[str]
    """The name of the container (as it appears in a container definition) to associate with the load balancer."""
    containerPort: Input[int]
    """The port on the container to associate with the load balancer."""
    advancedConfiguration: Given[AdvancedConfiguration]
    """The advanced settings for the load balancer used in blue/green deployments."""


AvailabilityZoneRebalancing: TypeAlias = Literal["ENABLED", "DISABLED"]


class ServiceRegistry(TypedDict, total=False):
    registryArn: Input[str]
    """The Amazon Resource Name (ARN) of the service registry."""
    port: Input[int]
    """The port value used if your service discovery service specified an SRV record."""
    containerName: Input[str]
    """The container name value to be used for your service discovery service."""
    containerPort: Input[int]
    """The port value to be used for your service discovery service."""


LaunchType: TypeAlias = Literal["EC2", "FARGATE", "EXTERNAL", "MANAGED_INSTANCES"]

ThresholdType: TypeAlias = Literal["COUNT", "BOUNDED_PERCENT", "UNBOUNDED_PERCENT"]


class ThresholdConfiguration(TypedDict, total=False):
    type: Required[ThresholdType | Output[str]]
    """Determines how Amazon ECS uses `value` to calculate the failure threshold."""
    value: Required[Input[int]]
    """Specifies the integer that Amazon ECS uses to calculate the failure threshold."""


class DeploymentCircuitBreaker(TypedDict, total=False):
    enable: Required[Input[bool]]
    """Determines whether to use the deployment circuit breaker logic for the service."""
    rollback: Required[Input[bool]]
    """Determines whether to configure Amazon ECS to roll back the service if a service deployment fails."""
    resetOnHealthyTask: Input[bool]
    """Specifies whether the deployment circuit breaker resets its failure count when a task reaches a healthy state."""
    thresholdConfiguration: Given[ThresholdConfiguration]
    """The threshold configuration that controls when the deployment circuit breaker triggers."""


class DeploymentAlarms(TypedDict, total=False):
    alarmNames: Required[Given[Sequence[Input[str]]]]
    """One or more CloudWatch alarm names."""
    rollback: Required[Input[bool]]
    """Determines whether to configure Amazon ECS to roll back the service if a service deployment fails."""
    enable: Required[Input[bool]]
    """Determines whether to use the CloudWatch alarm option in the service deployment process."""


DeploymentStrategy: TypeAlias = Literal["ROLLING", "BLUE_GREEN", "LINEAR", "CANARY"]

DeploymentLifecycleHookTargetType: TypeAlias = Literal["AWS_LAMBDA", "PAUSE"]

DeploymentLifecycleHookStage: TypeAlias = Literal[
    "RECONCILE_SERVICE",
    "PRE_SCALE_UP",
    "POST_SCALE_UP",
    "TEST_TRAFFIC_SHIFT",
    "POST_TEST_TRAFFIC_SHIFT",
    "PRE_PRODUCTION_TRAFFIC_SHIFT",
    "PRODUCTION_TRAFFIC_SHIFT",
    "POST_PRODUCTION_TRAFFIC_SHIFT",
]

DeploymentLifecycleHookAction: TypeAlias = Literal["ROLLBACK", "CONTINUE"]


class DeploymentLifecycleHookTimeoutConfiguration(TypedDict, total=False):
    timeoutInMinutes: Input[int]
    """The number of minutes Amazon ECS waits for the lifecycle hook to complete before taking the timeout action."""
    action: DeploymentLifecycleHookAction | Output[str]
    """The action Amazon ECS takes when the lifecycle hook times out."""


class DeploymentLifecycleHook(TypedDict, total=False):
    targetType: DeploymentLifecycleHookTargetType | Output[str]
    """The type of action the lifecycle hook performs."""
    hookTargetArn: Input[str]
    """The Amazon Resource Name (ARN) of the hook target."""
    roleArn: Input[str]
    """The Amazon Resource Name (ARN) of the IAM role that grants Amazon ECS permission to call Lambda functions on your behalf."""
    lifecycleStages: Given[Sequence[DeploymentLifecycleHookStage | Output[str]]]
    """The lifecycle stages at which to run the hook."""
    hookDetails: Given[Any]
    """Use this field to specify custom parameters that Amazon ECS passes to your Lambda function on each invocation."""
    timeoutConfiguration: Given[DeploymentLifecycleHookTimeoutConfiguration]
    """The timeout configuration for the lifecycle hook."""


class LinearConfiguration(TypedDict, total=False):
    stepPercent: Input[float]
    """The percentage of production traffic to shift in each step during a linear deployment."""
    stepBakeTimeInMinutes: Input[int]
    """The amount of time in minutes to wait between each traffic shifting step during a linear deployment."""


class CanaryConfiguration(TypedDict, total=False):
    canaryPercent: Input[float]
    """The percentage of production traffic to shift to the new service revision during the canary phase."""
    canaryBakeTimeInMinutes: Input[int]
    """The amount of time in minutes to wait during the canary phase before shifting the remaining production traffic to the new service revision."""


ServiceRevisionCleanup: TypeAlias = Literal["BLOCKING", "DEFERRED"]


class DeploymentEarlySuccessCriteria(TypedDict, total=False):
    enable: Required[Input[bool]]
    """Specifies whether to use the early success criteria for the service deployment."""
    healthyPercent: Input[int]
    """The percentage of healthy tasks that the target service revision must reach before Amazon ECS considers the deployment successful."""
    sourceServiceRevisionCleanup: ServiceRevisionCleanup | Output[str]
    """The time when Amazon ECS removes the source revisions' tasks relative to deployment completion."""


class DeploymentConfiguration(TypedDict, total=False):
    deploymentCircuitBreaker: Given[DeploymentCircuitBreaker]
    """The deployment circuit breaker determines whether a service deployment will fail if the service can't reach a steady state."""
    maximumPercent: Input[int]
    """If a service is using the rolling update (`ECS`) deployment type, the `maximumPercent` parameter represents an upper limit on the number of your service's tasks that are allowed in the `RUNNING` or `PENDING` state during a deployment, as a percentage of the `desiredCount` (rounded down to the ..."""
    minimumHealthyPercent: Input[int]
    """If a service is using the rolling update (`ECS`) deployment type, the `minimumHealthyPercent` represents a lower limit on the number of your service's tasks that must remain in the `RUNNING` state during a deployment, as a percentage of the `desiredCount` (rounded up to the nearest integer)."""
    alarms: Given[DeploymentAlarms]
    """Information about the CloudWatch alarms."""
    strategy: DeploymentStrategy | Output[str]
    """The deployment strategy for the service."""
    bakeTimeInMinutes: Input[int]
    """The time period when both blue and green service revisions are running simultaneously after the production traffic has shifted."""
    lifecycleHooks: Given[Sequence[Given[DeploymentLifecycleHook]]]
    """An array of deployment lifecycle hook objects to run custom logic or pause the deployment at specific stages of the deployment lifecycle."""
    linearConfiguration: Given[LinearConfiguration]
    """Configuration for linear deployment strategy."""
    canaryConfiguration: Given[CanaryConfiguration]
    """Configuration for canary deployment strategy."""
    earlySuccessCriteria: Given[DeploymentEarlySuccessCriteria]
    """The early success criteria configuration for a rolling deployment."""


PlacementConstraintType: TypeAlias = Literal["distinctInstance", "memberOf"]


class PlacementConstraint(TypedDict, total=False):
    type: PlacementConstraintType | Output[str]
    """The type of constraint."""
    expression: Input[str]
    """A cluster query language expression to apply to the constraint."""


PlacementStrategyType: TypeAlias = Literal["random", "spread", "binpack"]


class PlacementStrategy(TypedDict, total=False):
    type: PlacementStrategyType | Output[str]
    """The type of placement strategy."""
    field: Input[str]
    """The field to apply the placement strategy against."""


AssignPublicIp: TypeAlias = Literal["ENABLED", "DISABLED"]


class AwsVpcConfiguration(TypedDict, total=False):
    subnets: Required[Given[Sequence[Input[str]]]]
    """The IDs of the subnets associated with the task or service."""
    securityGroups: Given[Sequence[Input[str]]]
    """The IDs of the security groups associated with the task or service."""
    assignPublicIp: AssignPublicIp | Output[str]
    """Whether the task's elastic network interface receives a public IP address."""


class NetworkConfiguration(TypedDict, total=False):
    awsvpcConfiguration: Given[AwsVpcConfiguration]
    """The VPC subnets and security groups that are associated with a task."""


SchedulingStrategy: TypeAlias = Literal["REPLICA", "DAEMON"]

DeploymentControllerType: TypeAlias = Literal["ECS", "CODE_DEPLOY", "EXTERNAL"]


class DeploymentController(TypedDict, total=False):
    type: Required[DeploymentControllerType | Output[str]]
    """The deployment controller type to use."""


PropagateTags: TypeAlias = Literal["TASK_DEFINITION", "SERVICE", "NONE"]


class ServiceConnectTestTrafficHeaderMatchRules(TypedDict, total=False):
    exact: Required[Input[str]]
    """The exact value that the HTTP header must match for the test traffic routing rule to apply."""


class ServiceConnectTestTrafficHeaderRules(TypedDict, total=False):
    name: Required[Input[str]]
    """The name of the HTTP header to examine for test traffic routing."""
    value: Given[ServiceConnectTestTrafficHeaderMatchRules]
    """The header value matching configuration that determines how the HTTP header value is evaluated for test traffic routing decisions."""


class ServiceConnectTestTrafficRules(TypedDict, total=False):
    header: Required[Given[ServiceConnectTestTrafficHeaderRules]]
    """The HTTP header-based routing rules that determine which requests should be routed to the new service version during blue/green deployment testing."""


class ServiceConnectClientAlias(TypedDict, total=False):
    port: Required[Input[int]]
    """The listening port number for the Service Connect proxy."""
    dnsName: Input[str]
    """The `dnsName` is the name that you use in the applications of client tasks to connect to this service."""
    testTrafficRules: Given[ServiceConnectTestTrafficRules]
    """The configuration for test traffic routing rules used during blue/green deployments with Amazon ECS Service Connect."""


class TimeoutConfiguration(TypedDict, total=False):
    idleTimeoutSeconds: Input[int]
    """The amount of time in seconds a connection will stay active while idle."""
    perRequestTimeoutSeconds: Input[int]
    """The amount of time waiting for the upstream to respond with a complete response per request."""


class ServiceConnectTlsCertificateAuthority(TypedDict, total=False):
    awsPcaAuthorityArn: Input[str]
    """The ARN of the Amazon Web Services Private Certificate Authority certificate."""


class ServiceConnectTlsConfiguration(TypedDict, total=False):
    issuerCertificateAuthority: Required[Given[ServiceConnectTlsCertificateAuthority]]
    """The signer certificate authority."""
    kmsKey: Input[str]
    """The Amazon Web Services Key Management Service key."""
    roleArn: Input[str]
    """The Amazon Resource Name (ARN) of the IAM role that's associated with the Service Connect TLS."""


class ServiceConnectService(TypedDict, total=False):
    portName: Required[Input[str]]
    """The `portName` must match the name of one of the `portMappings` from all the containers in the task definition of this Amazon ECS service."""
    discoveryName: Input[str]
    """The `discoveryName` is the name of the new Cloud Map service that Amazon ECS creates for this Amazon ECS service."""
    clientAliases: Given[Sequence[Given[ServiceConnectClientAlias]]]
    """The list of client aliases for this Service Connect service."""
    ingressPortOverride: Input[int]
    """The port number for the Service Connect proxy to listen on."""
    timeout: Given[TimeoutConfiguration]
    """A reference to an object that represents the configured timeouts for Service Connect."""
    tls: Given[ServiceConnectTlsConfiguration]
    """A reference to an object that represents a Transport Layer Security (TLS) configuration."""


LogDriver: TypeAlias = Literal[
    "json-file", "syslog", "journald", "gelf", "fluentd", "awslogs", "splunk", "awsfirelens"
]


class SecretStructure(TypedDict, total=False):
    name: Required[Input[str]]
    """The name of the secret."""
    valueFrom: Required[Input[str]]
    """The secret to expose to the container."""


class LogConfiguration(TypedDict, total=False):
    logDriver: Required[LogDriver | Output[str]]
    """The log driver to use for the container."""
    options: Given[Mapping[str, Input[str]]]
    """The configuration options to send to the log driver."""
    secretOptions: Given[Sequence[Given[SecretStructure]]]
    """The secrets to pass to the log configuration."""


ServiceConnectAccessLoggingFormat: TypeAlias = Literal["TEXT", "JSON"]

ServiceConnectIncludeQueryParameters: TypeAlias = Literal["DISABLED", "ENABLED"]


class ServiceConnectAccessLogConfiguration(TypedDict, total=False):
    format: Required[ServiceConnectAccessLoggingFormat | Output[str]]
    """The format for Service Connect access log output."""
    includeQueryParameters: ServiceConnectIncludeQueryParameters | Output[str]
    """Specifies whether to include query parameters in Service Connect access logs."""


ServiceConnectContainerLogLevel: TypeAlias = Literal["debug", "info"]


class ServiceConnectContainerConfiguration(TypedDict, total=False):
    logLevel: ServiceConnectContainerLogLevel | Output[str]
    """The log level of the Service Connect proxy container."""


class ServiceConnectConfiguration(TypedDict, total=False):
    enabled: Required[Input[bool]]
    """Specifies whether to use Service Connect with this service."""
    namespace: Input[str]
    """The namespace name or full Amazon Resource Name (ARN) of the Cloud Map namespace for use with Service Connect."""
    services: Given[Sequence[Given[ServiceConnectService]]]
    """The list of Service Connect service objects."""
    logConfiguration: Given[LogConfiguration]
    """The log configuration for the container."""
    accessLogConfiguration: Given[ServiceConnectAccessLogConfiguration]
    """The configuration for Service Connect access logging."""
    containerConfigurations: Given[Sequence[Given[ServiceConnectContainerConfiguration]]]
    """The settings for the Service Connect proxy container that Amazon ECS adds to each task in this service."""


EBSResourceType: TypeAlias = Literal["volume"]


class Tag(TypedDict, total=False):
    key: Input[str]
    """One part of a key-value pair that make up a tag."""
    value: Input[str]
    """The optional part of a key-value pair that make up a tag."""


class EBSTagSpecification(TypedDict, total=False):
    resourceType: Required[EBSResourceType | Output[str]]
    """The type of volume resource."""
    tags: Given[Sequence[Given[Tag]]]
    """The tags applied to this Amazon EBS volume."""
    propagateTags: PropagateTags | Output[str]
    """Determines whether to propagate the tags from the task definition to the Amazon EBS volume."""


TaskFilesystemType: TypeAlias = Literal["ext3", "ext4", "xfs", "ntfs"]


class ServiceManagedEBSVolumeConfiguration(TypedDict, total=False):
    encrypted: Input[bool]
    """Indicates whether the volume should be encrypted."""
    kmsKeyId: Input[str]
    """The Amazon Resource Name (ARN) identifier of the Amazon Web Services Key Management Service key to use for Amazon EBS encryption."""
    volumeType: Input[str]
    """The volume type."""
    sizeInGiB: Input[int]
    """The size of the volume in GiB."""
    snapshotId: Input[str]
    """The snapshot that Amazon ECS uses to create volumes for attachment to tasks maintained by the service."""
    volumeInitializationRate: Input[int]
    """The rate, in MiB/s, at which data is fetched from a snapshot of an existing EBS volume to create new volumes for attachment to the tasks maintained by the service."""
    iops: Input[int]
    """The number of I/O operations per second (IOPS)."""
    throughput: Input[int]
    """The throughput to provision for a volume, in MiB/s, with a maximum of 1,000 MiB/s."""
    tagSpecifications: Given[Sequence[Given[EBSTagSpecification]]]
    """The tags to apply to the volume."""
    roleArn: Required[Input[str]]
    """The ARN of the IAM role to associate with this volume."""
    filesystemType: TaskFilesystemType | Output[str]
    """The filesystem type for the volume."""


class ServiceVolumeConfiguration(TypedDict, total=False):
    name: Required[Input[str]]
    """The name of the volume."""
    managedEBSVolume: Given[ServiceManagedEBSVolumeConfiguration]
    """The configuration for the Amazon EBS volume that Amazon ECS creates and manages on your behalf."""


class VpcLatticeAdvancedConfiguration(TypedDict, total=False):
    alternateTargetGroupArn: Input[str]
    """The Amazon Resource Name (ARN) of the alternate target group associated with the VPC Lattice Configuration for Amazon ECS blue/green deployments."""
    productionListenerRule: Input[str]
    """The Amazon Resource Name (ARN) that identifies the production listener rule or listener for routing production traffic."""
    testListenerRule: Input[str]
    """The Amazon Resource Name (ARN) that identifies the test listener rule or listener for routing test traffic."""


class VpcLatticeConfiguration(TypedDict, total=False):
    roleArn: Required[Input[str]]
    """The ARN of the IAM role to associate with this VPC Lattice configuration."""
    targetGroupArn: Required[Input[str]]
    """The full Amazon Resource Name (ARN) of the target group or groups associated with the VPC Lattice configuration that the Amazon ECS tasks will be registered to."""
    portName: Required[Input[str]]
    """The name of the port mapping to register in the VPC Lattice target group."""
    advancedConfiguration: Given[VpcLatticeAdvancedConfiguration]
    """The advanced settings for VPC Lattice used in blue/green deployments."""


GatewayConnectorHealthCheckProtocol: TypeAlias = Literal["HTTP", "HTTPS"]


class GatewayConnectorHealthCheckMatcher(TypedDict, total=False):
    httpCode: Input[str]
    """The HTTP codes that indicate a successful response from a target."""
    grpcCode: Input[str]
    """The gRPC codes that indicate a successful response from a target."""


class GatewayConnectorHealthCheck(TypedDict, total=False):
    healthCheckProtocol: GatewayConnectorHealthCheckProtocol | Output[str]
    """The protocol that the gateway uses to perform health checks."""
    healthCheckPort: Input[int]
    """The port that the gateway uses to perform health checks on the targets."""
    healthCheckPath: Input[str]
    """The destination path for health check requests."""
    healthCheckTimeoutSeconds: Input[int]
    """The amount of time, in seconds, during which no response from a target means a failed health check."""
    healthCheckIntervalSeconds: Input[int]
    """The approximate amount of time, in seconds, between health checks of an individual target."""
    healthyThresholdCount: Input[int]
    """The number of consecutive successful health checks that a target must pass before the gateway considers it healthy."""
    unhealthyThresholdCount: Input[int]
    """The number of consecutive failed health checks that a target must fail before the gateway considers it unhealthy."""
    matcher: Given[GatewayConnectorHealthCheckMatcher]
    """The HTTP or gRPC codes that indicate a successful health check response from a target."""


AccessType: TypeAlias = Literal["PUBLIC", "PRIVATE"]


class GatewayConnectorFilters(TypedDict, total=False):
    accessTypes: Given[Sequence[AccessType | Output[str]]]
    """The access types of the gateway ingress paths that the connector applies to."""


class GatewayConnectorDeregistrationDelay(TypedDict, total=False):
    timeoutSeconds: Input[int]
    """The amount of time, in seconds, to wait before a deregistering target is removed."""


class GatewayConnector(TypedDict, total=False):
    portName: Required[Input[str]]
    """The name of the service port that the gateway routes ingress traffic to."""
    healthCheck: Given[GatewayConnectorHealthCheck]
    """The health check that the gateway uses to determine whether the targets for this connector are healthy."""
    filters: Given[GatewayConnectorFilters]
    """The filters that control which gateway ingress paths the connector applies to."""
    deregistrationDelay: Given[GatewayConnectorDeregistrationDelay]
    """The deregistration delay settings for the targets of this connector."""


class MetricConfiguration(TypedDict, total=False):
    metricNames: Required[Given[Sequence[Input[str]]]]
    """The list of metric names to configure."""
    resolutionSeconds: Required[Input[int]]
    """The resolution, in seconds, at which to collect the metrics."""


class MonitoringConfiguration(TypedDict, total=False):
    metricConfigurations: Given[Sequence[Given[MetricConfiguration]]]
    """The list of metric configurations for the service monitoring."""


class RepositoryCredentials(TypedDict, total=False):
    credentialsParameter: Required[Input[str]]
    """The Amazon Resource Name (ARN) of the secret containing the private repository credentials."""


TransportProtocol: TypeAlias = Literal["tcp", "udp"]

ApplicationProtocol: TypeAlias = Literal["http", "http2", "grpc"]


class PortMapping(TypedDict, total=False):
    containerPort: Input[int]
    """The port number on the container that's bound to the user-specified or automatically assigned host port."""
    hostPort: Input[int]
    """The port number on the container instance to reserve for your container."""
    protocol: TransportProtocol | Output[str]
    """The protocol that's used for the port mapping."""
    name: Input[str]
    """The name that's used for the port mapping."""
    appProtocol: ApplicationProtocol | Output[str]
    """The application protocol that's used for the port mapping."""
    containerPortRange: Input[str]
    """The port number range on the container that's bound to the dynamically mapped host port range."""


class ContainerRestartPolicy(TypedDict, total=False):
    enabled: Required[Input[bool]]
    """Specifies whether a restart policy is enabled for the container."""
    ignoredExitCodes: Given[Sequence[Input[int]]]
    """A list of exit codes that Amazon ECS will ignore and not attempt a restart on."""
    restartAttemptPeriod: Input[int]
    """A period of time (in seconds) that the container must run for before a restart can be attempted."""


class KeyValuePair(TypedDict, total=False):
    name: Input[str]
    """The name of the key-value pair."""
    value: Input[str]
    """The value of the key-value pair."""


EnvironmentFileType: TypeAlias = Literal["s3"]


class EnvironmentFile(TypedDict, total=False):
    value: Required[Input[str]]
    """The Amazon Resource Name (ARN) of the Amazon S3 object containing the environment variable file."""
    type: Required[EnvironmentFileType | Output[str]]
    """The file type to use."""


class MountPoint(TypedDict, total=False):
    sourceVolume: Input[str]
    """The name of the volume to mount."""
    containerPath: Input[str]
    """The path on the container to mount the host volume at."""
    readOnly: Input[bool]
    """If this value is `true`, the container has read-only access to the volume."""


class VolumeFrom(TypedDict, total=False):
    sourceContainer: Input[str]
    """The name of another container within the same task definition to mount volumes from."""
    readOnly: Input[bool]
    """If this value is `true`, the container has read-only access to the volume."""


class KernelCapabilities(TypedDict, total=False):
    add: Given[Sequence[Input[str]]]
    """The Linux capabilities for the container that have been added to the default configuration provided by Docker."""
    drop: Given[Sequence[Input[str]]]
    """The Linux capabilities for the container that have been removed from the default configuration provided by Docker."""


DeviceCgroupPermission: TypeAlias = Literal["read", "write", "mknod"]


class Device(TypedDict, total=False):
    hostPath: Required[Input[str]]
    """The path for the device on the host container instance."""
    containerPath: Input[str]
    """The path inside the container at which to expose the host device."""
    permissions: Given[Sequence[DeviceCgroupPermission | Output[str]]]
    """The explicit permissions to provide to the container for the device."""


class Tmpfs(TypedDict, total=False):
    containerPath: Required[Input[str]]
    """The absolute file path where the tmpfs volume is to be mounted."""
    size: Required[Input[int]]
    """The maximum size (in MiB) of the tmpfs volume."""
    mountOptions: Given[Sequence[Input[str]]]
    """The list of tmpfs volume mount options."""


class LinuxParameters(TypedDict, total=False):
    capabilities: Given[KernelCapabilities]
    """The Linux capabilities for the container that are added to or dropped from the default configuration provided by Docker."""
    devices: Given[Sequence[Given[Device]]]
    """Any host devices to expose to the container."""
    initProcessEnabled: Input[bool]
    """Run an `init` process inside the container that forwards signals and reaps processes."""
    sharedMemorySize: Input[int]
    """The value for the size (in MiB) of the `/dev/shm` volume."""
    tmpfs: Given[Sequence[Given[Tmpfs]]]
    """The container path, mount options, and size (in MiB) of the tmpfs mount."""
    maxSwap: Input[int]
    """The total amount of swap memory (in MiB) a container can use."""
    swappiness: Input[int]
    """This allows you to tune a container's memory swappiness behavior."""


ContainerCondition: TypeAlias = Literal["START", "COMPLETE", "SUCCESS", "HEALTHY"]


class ContainerDependency(TypedDict, total=False):
    containerName: Required[Input[str]]
    """The name of a container."""
    condition: Required[ContainerCondition | Output[str]]
    """The dependency condition of the container."""


VersionConsistency: TypeAlias = Literal["enabled", "disabled"]


class HostEntry(TypedDict, total=False):
    hostname: Required[Input[str]]
    """The hostname to use in the `/etc/hosts` entry."""
    ipAddress: Required[Input[str]]
    """The IP address to use in the `/etc/hosts` entry."""


UlimitName: TypeAlias = Literal[
    "core",
    "cpu",
    "data",
    "fsize",
    "locks",
    "memlock",
    "msgqueue",
    "nice",
    "nofile",
    "nproc",
    "rss",
    "rtprio",
    "rttime",
    "sigpending",
    "stack",
]


class Ulimit(TypedDict, total=False):
    name: Required[UlimitName | Output[str]]
    """The `type` of the `ulimit`."""
    softLimit: Required[Input[int]]
    """The soft limit for the `ulimit` type."""
    hardLimit: Required[Input[int]]
    """The hard limit for the `ulimit` type."""


class HealthCheck(TypedDict, total=False):
    command: Required[Given[Sequence[Input[str]]]]
    """A string array representing the command that the container runs to determine if it is healthy."""
    interval: Input[int]
    """The time period in seconds between each health check execution."""
    timeout: Input[int]
    """The time period in seconds to wait for a health check to succeed before it is considered a failure."""
    retries: Input[int]
    """The number of times to retry a failed health check before the container is considered unhealthy."""
    startPeriod: Input[int]
    """The optional grace period to provide containers time to bootstrap before failed health checks count towards the maximum number of retries."""


class SystemControl(TypedDict, total=False):
    namespace: Input[str]
    """The namespaced kernel parameter to set a `value` for."""
    value: Input[str]
    """The namespaced kernel parameter to set a `value` for."""


ResourceType: TypeAlias = Literal["GPU", "InferenceAccelerator", "NeuronDevice"]


class NvidiaMpsAllocation(TypedDict, total=False):
    memory: Required[Input[int]]
    """The amount of GPU memory, in MiB, to allocate to the container."""
    maxComputePercent: Input[int]
    """The maximum percentage of the GPU's compute capacity that the container can use."""


class SharingStrategy(TypedDict, total=False):
    nvidiaMps: Given[NvidiaMpsAllocation]
    """Shares a GPU between containers by using NVIDIA Multi-Process Service (MPS)."""


class ResourceRequirement(TypedDict, total=False):
    value: Input[str]
    """The value for the specified resource type."""
    type: Required[ResourceType | Output[str]]
    """The type of resource to assign to a container."""
    sharingStrategy: Given[SharingStrategy]
    """The strategy that the container uses to share a GPU with other containers."""


FirelensConfigurationType: TypeAlias = Literal["fluentd", "fluentbit"]


class FirelensConfiguration(TypedDict, total=False):
    type: Required[FirelensConfigurationType | Output[str]]
    """The log router to use."""
    options: Given[Mapping[str, Input[str]]]
    """The options to use when configuring the log router."""


class ContainerDefinition(TypedDict, total=False):
    name: Input[str]
    """The name of a container."""
    image: Input[str]
    """The image used to start a container."""
    repositoryCredentials: Given[RepositoryCredentials]
    """The private repository authentication credentials to use."""
    cpu: Input[int]
    """The number of `cpu` units reserved for the container."""
    memory: Input[int]
    """The amount (in MiB) of memory to present to the container."""
    memoryReservation: Input[int]
    """The soft limit (in MiB) of memory to reserve for the container."""
    links: Given[Sequence[Input[str]]]
    """The `links` parameter allows containers to communicate with each other without the need for port mappings."""
    portMappings: Given[Sequence[Given[PortMapping]]]
    """The list of port mappings for the container."""
    essential: Input[bool]
    """If the `essential` parameter of a container is marked as `true`, and that container fails or stops for any reason, all other containers that are part of the task are stopped."""
    restartPolicy: Given[ContainerRestartPolicy]
    """The restart policy for a container."""
    entryPoint: Given[Sequence[Input[str]]]
    """The entry point that's passed to the container."""
    command: Given[Sequence[Input[str]]]
    """The command that's passed to the container."""
    environment: Given[Sequence[Given[KeyValuePair]]]
    """The environment variables to pass to a container."""
    environmentFiles: Given[Sequence[Given[EnvironmentFile]]]
    """A list of files containing the environment variables to pass to a container."""
    mountPoints: Given[Sequence[Given[MountPoint]]]
    """The mount points for data volumes in your container."""
    volumesFrom: Given[Sequence[Given[VolumeFrom]]]
    """Data volumes to mount from another container."""
    linuxParameters: Given[LinuxParameters]
    """Linux-specific modifications that are applied to the default Docker container configuration, such as Linux kernel capabilities."""
    secrets: Given[Sequence[Given[SecretStructure]]]
    """The secrets to pass to the container."""
    dependsOn: Given[Sequence[Given[ContainerDependency]]]
    """The dependencies defined for container startup and shutdown."""
    startTimeout: Input[int]
    """Time duration (in seconds) to wait before giving up on resolving dependencies for a container."""
    stopTimeout: Input[int]
    """Time duration (in seconds) to wait before the container is forcefully killed if it doesn't exit normally on its own."""
    versionConsistency: VersionConsistency | Output[str]
    """Specifies whether Amazon ECS will resolve the container image tag provided in the container definition to an image digest."""
    hostname: Input[str]
    """The hostname to use for your container."""
    user: Input[str]
    """The user to use inside the container."""
    workingDirectory: Input[str]
    """The working directory to run commands inside the container in."""
    disableNetworking: Input[bool]
    """When this parameter is true, networking is off within the container."""
    privileged: Input[bool]
    """When this parameter is true, the container is given elevated privileges on the host container instance (similar to the `root` user)."""
    readonlyRootFilesystem: Input[bool]
    """When this parameter is true, the container is given read-only access to its root file system."""
    dnsServers: Given[Sequence[Input[str]]]
    """A list of DNS servers that are presented to the container."""
    dnsSearchDomains: Given[Sequence[Input[str]]]
    """A list of DNS search domains that are presented to the container."""
    extraHosts: Given[Sequence[Given[HostEntry]]]
    """A list of hostnames and IP address mappings to append to the `/etc/hosts` file on the container."""
    dockerSecurityOptions: Given[Sequence[Input[str]]]
    """A list of strings to provide custom configuration for multiple security systems."""
    interactive: Input[bool]
    """When this parameter is `true`, you can deploy containerized applications that require `stdin` or a `tty` to be allocated."""
    pseudoTerminal: Input[bool]
    """When this parameter is `true`, a TTY is allocated."""
    dockerLabels: Given[Mapping[str, Input[str]]]
    """A key/value map of labels to add to the container."""
    ulimits: Given[Sequence[Given[Ulimit]]]
    """A list of `ulimits` to set in the container."""
    logConfiguration: Given[LogConfiguration]
    """The log configuration specification for the container."""
    healthCheck: Given[HealthCheck]
    """The container health check command and associated configuration parameters for the container."""
    systemControls: Given[Sequence[Given[SystemControl]]]
    """A list of namespaced kernel parameters to set in the container."""
    resourceRequirements: Given[Sequence[Given[ResourceRequirement]]]
    """The type and amount of a resource to assign to a container."""
    firelensConfiguration: Given[FirelensConfiguration]
    """The FireLens configuration for the container."""
    credentialSpecs: Given[Sequence[Input[str]]]
    """A list of ARNs in SSM or Amazon S3 to a credential spec (`CredSpec`) file that configures the container for Active Directory authentication."""


Compatibility: TypeAlias = Literal["EC2", "FARGATE", "EXTERNAL", "MANAGED_INSTANCES"]


class HostVolumeProperties(TypedDict, total=False):
    sourcePath: Input[str]
    """When the `host` parameter is used, specify a `sourcePath` to declare the path on the host container instance that's presented to the container."""


Scope: TypeAlias = Literal["task", "shared"]


class DockerVolumeConfiguration(TypedDict, total=False):
    scope: Scope | Output[str]
    """The scope for the Docker volume that determines its lifecycle."""
    autoprovision: Input[bool]
    """If this value is `true`, the Docker volume is created if it doesn't already exist."""
    driver: Input[str]
    """The Docker volume driver to use."""
    driverOpts: Given[Mapping[str, Input[str]]]
    """A map of Docker driver-specific options passed through."""
    labels: Given[Mapping[str, Input[str]]]
    """Custom metadata to add to your Docker volume."""


EFSTransitEncryption: TypeAlias = Literal["ENABLED", "DISABLED"]

EFSAuthorizationConfigIAM: TypeAlias = Literal["ENABLED", "DISABLED"]


class EFSAuthorizationConfig(TypedDict, total=False):
    accessPointId: Input[str]
    """The Amazon EFS access point ID to use."""
    iam: EFSAuthorizationConfigIAM | Output[str]
    """Determines whether to use the Amazon ECS task role defined in a task definition when mounting the Amazon EFS file system."""


class EFSVolumeConfiguration(TypedDict, total=False):
    fileSystemId: Required[Input[str]]
    """The Amazon EFS file system ID to use."""
    rootDirectory: Input[str]
    """The directory within the Amazon EFS file system to mount as the root directory inside the host."""
    transitEncryption: EFSTransitEncryption | Output[str]
    """Determines whether to use encryption for Amazon EFS data in transit between the Amazon ECS host and the Amazon EFS server."""
    transitEncryptionPort: Input[int]
    """The port to use when sending encrypted data between the Amazon ECS host and the Amazon EFS server."""
    authorizationConfig: Given[EFSAuthorizationConfig]
    """The authorization configuration details for the Amazon EFS file system."""


class S3FilesVolumeConfiguration(TypedDict, total=False):
    fileSystemArn: Required[Input[str]]
    """The full ARN of the S3 Files file system to mount."""
    rootDirectory: Input[str]
    """The directory within the Amazon S3 Files file system to mount as the root directory."""
    transitEncryptionPort: Input[int]
    """The port to use for sending encrypted data between the ECS host and the S3 Files file system."""
    accessPointArn: Input[str]
    """The full ARN of the S3 Files access point to use."""


class FSxWindowsFileServerAuthorizationConfig(TypedDict, total=False):
    credentialsParameter: Required[Input[str]]
    """The authorization credential option to use."""
    domain: Required[Input[str]]
    """A fully qualified domain name hosted by an Directory Service Managed Microsoft AD (Active Directory) or self-hosted AD on Amazon EC2."""


class FSxWindowsFileServerVolumeConfiguration(TypedDict, total=False):
    fileSystemId: Required[Input[str]]
    """The Amazon FSx for Windows File Server file system ID to use."""
    rootDirectory: Required[Input[str]]
    """The directory within the Amazon FSx for Windows File Server file system to mount as the root directory inside the host."""
    authorizationConfig: Required[Given[FSxWindowsFileServerAuthorizationConfig]]
    """The authorization configuration details for the Amazon FSx for Windows File Server file system."""


class Volume(TypedDict, total=False):
    name: Input[str]
    """The name of the volume."""
    host: Given[HostVolumeProperties]
    """This parameter is specified when you use bind mount host volumes."""
    dockerVolumeConfiguration: Given[DockerVolumeConfiguration]
    """This parameter is specified when you use Docker volumes."""
    efsVolumeConfiguration: Given[EFSVolumeConfiguration]
    """This parameter is specified when you use an Amazon Elastic File System file system for task storage."""
    s3filesVolumeConfiguration: Given[S3FilesVolumeConfiguration]
    """This parameter is specified when you use an Amazon S3 Files file system for task storage."""
    fsxWindowsFileServerVolumeConfiguration: Given[FSxWindowsFileServerVolumeConfiguration]
    """This parameter is specified when you use Amazon FSx for Windows File Server file system for task storage."""
    configuredAtLaunch: Input[bool]
    """Indicates whether the volume should be configured at launch time."""


NetworkMode: TypeAlias = Literal["bridge", "host", "awsvpc", "none"]

TaskDefinitionPlacementConstraintType: TypeAlias = Literal["memberOf"]


class TaskDefinitionPlacementConstraint(TypedDict, total=False):
    type: TaskDefinitionPlacementConstraintType | Output[str]
    """The type of constraint."""
    expression: Input[str]
    """A cluster query language expression to apply to the constraint."""


PidMode: TypeAlias = Literal["host", "task"]

IpcMode: TypeAlias = Literal["host", "task", "none"]

ProxyConfigurationType: TypeAlias = Literal["APPMESH"]


class ProxyConfiguration(TypedDict, total=False):
    type: ProxyConfigurationType | Output[str]
    """The proxy type."""
    containerName: Required[Input[str]]
    """The name of the container that will serve as the App Mesh proxy."""
    properties: Given[Sequence[Given[KeyValuePair]]]
    """The set of network configuration parameters to provide the Container Network Interface (CNI) plugin, specified as key-value pairs."""


class EphemeralStorage(TypedDict, total=False):
    sizeInGiB: Required[Input[int]]
    """The total amount, in GiB, of ephemeral storage to set for the task."""


CPUArchitecture: TypeAlias = Literal["X86_64", "ARM64"]

OSFamily: TypeAlias = Literal[
    "WINDOWS_SERVER_2019_FULL",
    "WINDOWS_SERVER_2019_CORE",
    "WINDOWS_SERVER_2016_FULL",
    "WINDOWS_SERVER_2004_CORE",
    "WINDOWS_SERVER_2022_CORE",
    "WINDOWS_SERVER_2022_FULL",
    "WINDOWS_SERVER_2025_CORE",
    "WINDOWS_SERVER_2025_FULL",
    "WINDOWS_SERVER_20H2_CORE",
    "LINUX",
]


class RuntimePlatform(TypedDict, total=False):
    cpuArchitecture: CPUArchitecture | Output[str]
    """The CPU architecture."""
    operatingSystemFamily: OSFamily | Output[str]
    """The operating system."""


IsolationMode: TypeAlias = Literal["SHARED", "ISOLATED_SANDBOX", "CONFIDENTIAL_SANDBOX"]


class TrustedExecutionConfiguration(TypedDict, total=False):
    isolationMode: Required[IsolationMode | Output[str]]
    """The isolation mode for tasks that use this task definition."""
    attestationPolicy: Input[str]
    """The base64-encoded attestation policy envelope for the task."""


class EcsCluster(
    DeclaredResource, type="aws.ecs_cluster", provider="aws", resolve_by="mark", timeout_s=300.0
):
    """A group in which containers run."""

    cluster_name: Annotated[Input[str] | None, Immutable()] = None
    """The name of your cluster."""
    settings: Given[Sequence[Given[ClusterSetting]]] | None = None
    """The setting to use when creating a cluster."""
    configuration: Given[ClusterConfiguration] | None = None
    """The `execute` command configuration for the cluster."""
    capacity_providers: Annotated[Given[Sequence[Input[str]]] | None, Immutable()] = None
    """The short name of one or more capacity providers to associate with the cluster."""
    default_capacity_provider_strategy: Annotated[
        Given[Sequence[Given[CapacityProviderStrategyItem]]] | None, Immutable()
    ] = None
    """The capacity provider strategy to set as the default for the cluster."""
    service_connect_defaults: Given[ClusterServiceConnectDefaultsRequest] | None = None
    """Use this parameter to set a default Service Connect namespace."""
    tags: Given[Mapping[str, Input[str]]] | None = None
    """Names and values that are put on the object."""
    arn: ClassVar[Computed[str]] = computed()
    """The Amazon Resource Name (ARN) that identifies the cluster."""
    physical_name: ClassVar[Computed[str]] = computed()
    """A user-generated string that you use to identify your cluster."""


class EcsService(
    DeclaredResource, type="aws.ecs_service", provider="aws", resolve_by="mark", timeout_s=600.0
):
    """Keeps a number of copies of a task definition running."""

    service_name: Annotated[Input[str] | None, Immutable()] = None
    """The name of your service."""
    cluster: Annotated[Input[str] | None, Immutable()] = None
    """Name or ARN of the cluster; without it, `default`."""
    load_balancers: Given[Sequence[Given[LoadBalancer]]] | None = None
    """A load balancer object representing the load balancers to use with your service."""
    desired_count: Input[int] | None = None
    """The number of instantiations of the specified task definition to place and keep running in your service. When it is not given: `0`."""
    capacity_provider_strategy: Given[Sequence[Given[CapacityProviderStrategyItem]]] | None = None
    """The capacity provider strategy to use for the service."""
    task_definition: Input[str] | None = None
    """The `family` and `revision` (`family:revision`) or full ARN of the task definition to run in your service."""
    availability_zone_rebalancing: AvailabilityZoneRebalancing | Output[str] | None = None
    """Indicates whether to use Availability Zone rebalancing for the service."""
    service_registries: Given[Sequence[Given[ServiceRegistry]]] | None = None
    """The details of the service discovery registry to associate with this service."""
    launch_type: Annotated[LaunchType | Output[str] | None, Immutable()] = None
    """The infrastructure that you run your service on."""
    platform_version: Input[str] | None = None
    """The platform version that your tasks in the service are running on."""
    deployment_configuration: Given[DeploymentConfiguration] | None = None
    """Optional deployment parameters that control how many tasks run during the deployment and the ordering of stopping and starting tasks."""
    placement_constraints: Given[Sequence[Given[PlacementConstraint]]] | None = None
    """An array of placement constraint objects to use for tasks in your service."""
    placement_strategy: Given[Sequence[Given[PlacementStrategy]]] | None = None
    """The placement strategy objects to use for tasks in your service."""
    network_configuration: Given[NetworkConfiguration] | None = None
    """The network configuration for the service."""
    health_check_grace_period_seconds: Input[int] | None = None
    """The period of time, in seconds, that the Amazon ECS service scheduler ignores unhealthy Elastic Load Balancing, VPC Lattice, and container health checks after a task has first started."""
    scheduling_strategy: Annotated[SchedulingStrategy | Output[str] | None, Immutable()] = None
    """The scheduling strategy to use for the service."""
    deployment_controller: Given[DeploymentController] | None = None
    """The deployment controller to use for the service."""
    enable_ecs_managed_tags: Input[bool] | None = None
    """Specifies whether to turn on Amazon ECS managed tags for the tasks within the service."""
    propagate_tags: PropagateTags | Output[str] | None = None
    """Specifies whether to propagate the tags from the task definition to the task."""
    enable_execute_command: Input[bool] | None = None
    """Determines whether the execute command functionality is turned on for the service."""
    service_connect_configuration: Given[ServiceConnectConfiguration] | None = None
    """The configuration for this service to discover and connect to services, and be discovered by, and connected from, other services within a namespace."""
    volume_configurations: Given[Sequence[Given[ServiceVolumeConfiguration]]] | None = None
    """The configuration for a volume specified in the task definition as a volume that is configured at launch time."""
    vpc_lattice_configurations: Given[Sequence[Given[VpcLatticeConfiguration]]] | None = None
    """The VPC Lattice configuration for the service being created."""
    gateway_connectors: Given[Sequence[Given[GatewayConnector]]] | None = None
    """The gateway connectors that attach the service to a gateway ingress path."""
    monitoring: Given[MonitoringConfiguration] | None = None
    """The optional monitoring configuration for the service, which defines the resolution for the service-level `CPUUtilization` and `MemoryUtilization` Amazon CloudWatch metrics."""
    tags: Given[Mapping[str, Input[str]]] | None = None
    """Names and values that are put on the object."""
    arn: ClassVar[Computed[str]] = computed()
    """The ARN that identifies the service."""
    physical_name: ClassVar[Computed[str]] = computed()
    """The name of your service."""
    running_count: ClassVar[Computed[int]] = computed()
    """The number of tasks in the cluster that are in the `RUNNING` state."""


class EcsTaskDefinition(
    DeclaredResource, type="aws.ecs_task_definition", provider="aws", resolve_by="mark", timeout_s=60.0
):
    """Which containers run together, and with what; every change makes a new revision."""

    container_definitions: Annotated[Given[Sequence[Given[ContainerDefinition]]], Immutable()]
    """A list of container definitions in JSON format that describe the different containers that make up your task."""
    family: Annotated[Input[str] | None, Immutable()] = None
    """You must specify a `family` for a task definition."""
    requires_compatibilities: Annotated[Given[Sequence[Compatibility | Output[str]]] | None, Immutable()] = (
        None
    )
    """The task launch type that Amazon ECS validates the task definition against."""
    volumes: Annotated[Given[Sequence[Given[Volume]]] | None, Immutable()] = None
    """A list of volume definitions in JSON format that containers in your task might use."""
    task_role_arn: Annotated[Input[str] | None, Immutable()] = None
    """The short name or full Amazon Resource Name (ARN) of the IAM role that containers in this task can assume."""
    execution_role_arn: Annotated[Input[str] | None, Immutable()] = None
    """The Amazon Resource Name (ARN) of the task execution role that grants the Amazon ECS container agent permission to make Amazon Web Services API calls on your behalf."""
    network_mode: Annotated[NetworkMode | Output[str] | None, Immutable()] = None
    """The Docker networking mode to use for the containers in the task."""
    placement_constraints: Annotated[
        Given[Sequence[Given[TaskDefinitionPlacementConstraint]]] | None, Immutable()
    ] = None
    """An array of placement constraint objects to use for the task."""
    cpu: Annotated[Input[str] | None, Immutable()] = None
    """The number of CPU units used by the task."""
    memory: Annotated[Input[str] | None, Immutable()] = None
    """The amount of memory (in MiB) used by the task."""
    pid_mode: Annotated[PidMode | Output[str] | None, Immutable()] = None
    """The process namespace to use for the containers in the task."""
    ipc_mode: Annotated[IpcMode | Output[str] | None, Immutable()] = None
    """The IPC resource namespace to use for the containers in the task."""
    proxy_configuration: Annotated[Given[ProxyConfiguration] | None, Immutable()] = None
    """The configuration details for the App Mesh proxy."""
    ephemeral_storage: Annotated[Given[EphemeralStorage] | None, Immutable()] = None
    """The amount of ephemeral storage to allocate for the task."""
    runtime_platform: Annotated[Given[RuntimePlatform] | None, Immutable()] = None
    """The operating system that your tasks definitions run on."""
    enable_fault_injection: Annotated[Input[bool] | None, Immutable()] = None
    """Enables fault injection when you register your task definition and allows for fault injection requests to be accepted from the task's containers."""
    trusted_execution_configuration: Annotated[Given[TrustedExecutionConfiguration] | None, Immutable()] = (
        None
    )
    """The trusted execution configuration for tasks that use this task definition, including the isolation mode and, if configured, an attestation policy."""
    tags: Given[Mapping[str, Input[str]]] | None = None
    """Names and values that are put on the object."""
    arn: ClassVar[Computed[Any]] = computed()
    revision: ClassVar[Computed[Any]] = computed()
    family_name: ClassVar[Computed[Any]] = computed()
