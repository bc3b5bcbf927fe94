"""AWS Batch. Made by `make generate` from providers/aws/types; not to be edited.

Source: botocore 1.44.8, batch 2016-08-10.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, ClassVar, Literal, Required, TypeAlias, TypedDict

from unknot.providers.declared.resource import DeclaredResource, Given
from unknot.stacks.output import Input, Output
from unknot.stacks.resource import Computed, Immutable, computed

__all__ = [
    "BatchComputeEnvironment",
    "BatchJobDefinition",
    "BatchJobQueue",
]

CEType: TypeAlias = Literal["MANAGED", "UNMANAGED"]

CEState: TypeAlias = Literal["ENABLED", "DISABLED"]

CRType: TypeAlias = Literal["EC2", "SPOT", "FARGATE", "FARGATE_SPOT", "ECS_MANAGED_INSTANCES"]

CRAllocationStrategy: TypeAlias = Literal[
    "BEST_FIT",
    "BEST_FIT_PROGRESSIVE",
    "BEST_FIT_PROGRESSIVE_ORDERED",
    "SPOT_CAPACITY_OPTIMIZED",
    "SPOT_PRICE_CAPACITY_OPTIMIZED",
    "SPOT_CAPACITY_OPTIMIZED_PRIORITIZED",
]

UserdataType: TypeAlias = Literal["EKS_BOOTSTRAP_SH", "EKS_NODEADM"]


class LaunchTemplateSpecificationOverride(TypedDict, total=False):
    launchTemplateId: Input[str]
    """The ID of the launch template."""
    launchTemplateName: Input[str]
    """The name of the launch template."""
    version: Input[str]
    """The version number of the launch template, `$Default`, or `$Latest`."""
    targetInstanceTypes: Given[Sequence[Input[str]]]
    """The instance type or family that this override launch template should be applied to."""
    userdataType: UserdataType | Output[str]
    """The EKS node initialization process to use."""


class LaunchTemplateSpecification(TypedDict, total=False):
    launchTemplateId: Input[str]
    """The ID of the launch template."""
    launchTemplateName: Input[str]
    """The name of the launch template."""
    version: Input[str]
    """The version number of the launch template, `$Default`, or `$Latest`."""
    overrides: Given[Sequence[Given[LaunchTemplateSpecificationOverride]]]
    """A launch template to use in place of the default launch template."""
    userdataType: UserdataType | Output[str]
    """The EKS node initialization process to use."""


class Ec2Configuration(TypedDict, total=False):
    imageType: Required[Input[str]]
    """The image type to match with the instance type to select an AMI."""
    imageIdOverride: Input[str]
    """The AMI ID used for instances launched in the compute environment that match the image type."""
    batchImageStatus: Input[str]
    """The status of the Batch-provided default AMIs associated with the `imageType`."""
    imageKubernetesVersion: Input[str]
    """The Kubernetes version for the compute environment."""


class ComputeScalingPolicy(TypedDict, total=False):
    minScaleDownDelayMinutes: Input[int]
    """The minimum time (in minutes) that Batch keeps instances running in the compute environment after their jobs complete."""


class ManagedInstancesNetworkConfiguration(TypedDict, total=False):
    subnets: Required[Given[Sequence[Input[str]]]]
    """The VPC subnets where managed instances are launched."""
    securityGroups: Required[Given[Sequence[Input[str]]]]
    """The VPC security groups to associate with the managed instances."""


class InstanceRequirementsRequest(TypedDict, total=False):
    allowedInstanceTypes: Given[Sequence[Input[str]]]
    """A list of specific instance types or instance families that Amazon ECS can launch (for example, `m5.large` or `g5`)."""


class ManagedInstancesStorageConfiguration(TypedDict, total=False):
    storageSizeGiB: Input[int]
    """The size of the root EBS volume in GiB for the managed instances."""


class CapacityReservationRequest(TypedDict, total=False):
    reservationGroupArn: Input[str]
    """The Amazon Resource Name (ARN) of the capacity reservation group to target."""
    reservationPreference: Input[str]
    """The capacity reservation preference."""


class ManagedInstancesLocalStorageConfiguration(TypedDict, total=False):
    useLocalStorage: Input[bool]
    """Specifies whether instance store volumes (local NVMe SSDs) are available to containers."""


class InstanceLaunchTemplate(TypedDict, total=False):
    ec2InstanceProfileArn: Required[Input[str]]
    """The Amazon Resource Name (ARN) of the Amazon EC2 instance profile for the managed instances."""
    networkConfiguration: Required[Given[ManagedInstancesNetworkConfiguration]]
    """The network configuration for the managed instances."""
    instanceRequirements: Given[InstanceRequirementsRequest]
    """The instance type requirements for the capacity provider."""
    capacityOptionType: Input[str]
    """The capacity pricing model for the managed instances."""
    storageConfiguration: Given[ManagedInstancesStorageConfiguration]
    """The storage configuration for the managed instances."""
    monitoring: Input[str]
    """The level of CloudWatch monitoring for the managed instances."""
    fipsEnabled: Input[bool]
    """Specifies whether FIPS 140-2 validated cryptographic modules are enabled on the managed instances."""
    capacityReservations: Given[CapacityReservationRequest]
    """The capacity reservation configuration for the managed instances."""
    instanceMetadataTagsPropagation: Input[bool]
    """Specifies whether instance tags are accessible from the instance metadata service (IMDS)."""
    localStorageConfiguration: Given[ManagedInstancesLocalStorageConfiguration]
    """The local storage configuration for the managed instances."""


class InfrastructureOptimization(TypedDict, total=False):
    scaleInAfter: Input[int]
    """The number of seconds an instance can remain idle before it is terminated."""


class ManagedInstancesProvider(TypedDict, total=False):
    propagateTags: Input[str]
    """Specifies whether tags on the capacity provider are propagated to the Amazon EC2 instances it launches."""
    infrastructureRoleArn: Required[Input[str]]
    """The Amazon Resource Name (ARN) of the IAM role that Amazon ECS assumes to manage Amazon EC2 instances on your behalf."""
    instanceLaunchTemplate: Required[Given[InstanceLaunchTemplate]]
    """The instance launch configuration for the Amazon ECS Managed Instances capacity provider."""
    infrastructureOptimization: Given[InfrastructureOptimization]
    """The infrastructure optimization configuration for the capacity provider."""


class ComputeResource(TypedDict, total=False):
    type: Required[CRType | Output[str]]
    """The type of compute environment."""
    allocationStrategy: CRAllocationStrategy | Output[str]
    """The allocation strategy to use for the compute resource if not enough instances of the best fitting instance type can be allocated."""
    minvCpus: Input[int]
    """The minimum number of vCPUs that a compute environment should maintain (even if the compute environment is `DISABLED`)."""
    maxvCpus: Required[Input[int]]
    """The maximum number of vCPUs that a compute environment can support."""
    desiredvCpus: Input[int]
    """The desired number of vCPUS in the compute environment."""
    instanceTypes: Given[Sequence[Input[str]]]
    """The instances types that can be launched."""
    imageId: Input[str]
    """The Amazon Machine Image (AMI) ID used for instances launched in the compute environment."""
    subnets: Given[Sequence[Input[str]]]
    """The VPC subnets where the compute resources are launched."""
    securityGroupIds: Given[Sequence[Input[str]]]
    """The Amazon EC2 security groups that are associated with instances launched in the compute environment."""
    ec2KeyPair: Input[str]
    """The Amazon EC2 key pair that's used for instances launched in the compute environment."""
    instanceRole: Input[str]
    """The Amazon ECS instance profile applied to Amazon EC2 instances in a compute environment."""
    tags: Given[Mapping[str, Input[str]]]
    """Key-value pair tags to be applied to Amazon EC2 resources that are launched in the compute environment."""
    placementGroup: Input[str]
    """The Amazon EC2 placement group to associate with your compute resources."""
    bidPercentage: Input[int]
    """The maximum percentage that a Spot Instance price can be when compared with the On-Demand price for that instance type before instances are launched."""
    spotIamFleetRole: Input[str]
    """The Amazon Resource Name (ARN) of the Amazon EC2 Spot Fleet IAM role applied to a `SPOT` compute environment."""
    launchTemplate: Given[LaunchTemplateSpecification]
    """The launch template to use for your compute resources."""
    ec2Configuration: Given[Sequence[Given[Ec2Configuration]]]
    """Provides information that's used to select Amazon Machine Images (AMIs) for Amazon EC2 instances in the compute environment."""
    scalingPolicy: Given[ComputeScalingPolicy]
    """The scaling policy configuration for the compute environment."""
    managedInstancesProvider: Given[ManagedInstancesProvider]
    """The configuration for the Amazon ECS Managed Instances capacity provider."""
    capacityTags: Given[Mapping[str, Input[str]]]
    """The tags to apply to the Amazon ECS capacity provider and Amazon EC2 instances launched by the compute environment."""


ContainerInsights: TypeAlias = Literal["ENABLED", "ENHANCED", "DISABLED"]


class EcsSettings(TypedDict, total=False):
    containerInsights: ContainerInsights | Output[str]
    """Specifies the CloudWatch Container Insights mode for the compute environment."""


JobDefinitionType: TypeAlias = Literal["container", "multinode"]


class Host(TypedDict, total=False):
    sourcePath: Input[str]
    """The path on the host container instance that's presented to the container."""


EFSTransitEncryption: TypeAlias = Literal["ENABLED", "DISABLED"]

EFSAuthorizationConfigIAM: TypeAlias = Literal["ENABLED", "DISABLED"]


class EFSAuthorizationConfig(TypedDict, total=False):
    accessPointId: Input[str]
    """The Amazon EFS access point ID to use."""
    iam: EFSAuthorizationConfigIAM | Output[str]
    """Whether or not to use the Batch job IAM role defined in a job definition when mounting the Amazon EFS file system."""


class EFSVolumeConfiguration(TypedDict, total=False):
    fileSystemId: Required[Input[str]]
    """The Amazon EFS file system ID to use."""
    rootDirectory: Input[str]
    """The directory within the Amazon EFS file system to mount as the root directory inside the host."""
    transitEncryption: EFSTransitEncryption | Output[str]
    """Determines whether to enable encryption for Amazon EFS data in transit between the Amazon ECS host and the Amazon EFS server."""
    transitEncryptionPort: Input[int]
    """The port to use when sending encrypted data between the Amazon ECS host and the Amazon EFS server."""
    authorizationConfig: Given[EFSAuthorizationConfig]
    """The authorization configuration details for the Amazon EFS file system."""


class S3FilesVolumeConfiguration(TypedDict, total=False):
    fileSystemArn: Required[Input[str]]
    """The Amazon Resource Name (ARN) of the S3Files file system to use."""
    rootDirectory: Input[str]
    """The directory within the S3Files file system to mount as the root directory."""
    transitEncryptionPort: Input[int]
    """The port to use when sending encrypted data between the Amazon ECS host and the S3Files file system server."""
    accessPointArn: Input[str]
    """The Amazon Resource Name (ARN) of the S3Files access point to use."""


class Volume(TypedDict, total=False):
    host: Given[Host]
    """The contents of the `host` parameter determine whether your data volume persists on the host container instance and where it's stored."""
    name: Input[str]
    """The name of the volume."""
    efsVolumeConfiguration: Given[EFSVolumeConfiguration]
    """This parameter is specified when you're using an Amazon Elastic File System file system for job storage."""
    s3filesVolumeConfiguration: Given[S3FilesVolumeConfiguration]
    """This parameter is specified when you're using an S3Files file system for job storage."""


class KeyValuePair(TypedDict, total=False):
    name: Input[str]
    """The name of the key-value pair."""
    value: Input[str]
    """The value of the key-value pair."""


class MountPoint(TypedDict, total=False):
    containerPath: Input[str]
    """The path on the container where the host volume is mounted."""
    readOnly: Input[bool]
    """If this value is `true`, the container has read-only access to the volume."""
    sourceVolume: Input[str]
    """The name of the volume to mount."""


class Ulimit(TypedDict, total=False):
    hardLimit: Required[Input[int]]
    """The hard limit for the `ulimit` type."""
    name: Required[Input[str]]
    """The `type` of the `ulimit`."""
    softLimit: Required[Input[int]]
    """The soft limit for the `ulimit` type."""


ResourceType: TypeAlias = Literal["GPU", "VCPU", "MEMORY"]


class ResourceRequirement(TypedDict, total=False):
    value: Required[Input[str]]
    """The quantity of the specified resource to reserve for the container."""
    type: Required[ResourceType | Output[str]]
    """The type of resource to assign to a container."""


DeviceCgroupPermission: TypeAlias = Literal["READ", "WRITE", "MKNOD"]


class Device(TypedDict, total=False):
    hostPath: Required[Input[str]]
    """The path for the device on the host container instance."""
    containerPath: Input[str]
    """The path inside the container that's used to expose the host device."""
    permissions: Given[Sequence[DeviceCgroupPermission | Output[str]]]
    """The explicit permissions to provide to the container for the device."""


class Tmpfs(TypedDict, total=False):
    containerPath: Required[Input[str]]
    """The absolute file path in the container where the `tmpfs` volume is mounted."""
    size: Required[Input[int]]
    """The size (in MiB) of the `tmpfs` volume."""
    mountOptions: Given[Sequence[Input[str]]]
    """The list of `tmpfs` volume mount options."""


class LinuxParameters(TypedDict, total=False):
    devices: Given[Sequence[Given[Device]]]
    """Any of the host devices to expose to the container."""
    initProcessEnabled: Input[bool]
    """If true, run an `init` process inside the container that forwards signals and reaps processes."""
    sharedMemorySize: Input[int]
    """The value for the size (in MiB) of the `/dev/shm` volume."""
    tmpfs: Given[Sequence[Given[Tmpfs]]]
    """The container path, mount options, and size (in MiB) of the `tmpfs` mount."""
    maxSwap: Input[int]
    """The total amount of swap memory (in MiB) a container can use."""
    swappiness: Input[int]
    """You can use this parameter to tune a container's memory swappiness behavior."""


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


AssignPublicIp: TypeAlias = Literal["ENABLED", "DISABLED"]


class NetworkConfiguration(TypedDict, total=False):
    assignPublicIp: AssignPublicIp | Output[str]
    """Indicates whether the job has a public IP address."""


class FargatePlatformConfiguration(TypedDict, total=False):
    platformVersion: Input[str]
    """The Fargate platform version where the jobs are running."""


class EphemeralStorage(TypedDict, total=False):
    sizeInGiB: Required[Input[int]]
    """The total amount, in GiB, of ephemeral storage to set for the task."""


class RuntimePlatform(TypedDict, total=False):
    operatingSystemFamily: Input[str]
    """The operating system for the compute environment."""
    cpuArchitecture: Input[str]
    """The vCPU architecture."""


class RepositoryCredentials(TypedDict, total=False):
    credentialsParameter: Required[Input[str]]
    """The Amazon Resource Name (ARN) of the secret containing the private repository credentials."""


class ContainerProperties(TypedDict, total=False):
    image: Input[str]
    """Required."""
    vcpus: Input[int]
    """This parameter is deprecated, use `resourceRequirements` to specify the vCPU requirements for the job definition."""
    memory: Input[int]
    """This parameter is deprecated, use `resourceRequirements` to specify the memory requirements for the job definition."""
    command: Given[Sequence[Input[str]]]
    """The command that's passed to the container."""
    jobRoleArn: Input[str]
    """The Amazon Resource Name (ARN) of the IAM role that the container can assume for Amazon Web Services permissions."""
    executionRoleArn: Input[str]
    """The Amazon Resource Name (ARN) of the execution role that Batch can assume."""
    volumes: Given[Sequence[Given[Volume]]]
    """A list of data volumes used in a job."""
    environment: Given[Sequence[Given[KeyValuePair]]]
    """The environment variables to pass to a container."""
    mountPoints: Given[Sequence[Given[MountPoint]]]
    """The mount points for data volumes in your container."""
    readonlyRootFilesystem: Input[bool]
    """When this parameter is true, the container is given read-only access to its root file system."""
    privileged: Input[bool]
    """When this parameter is true, the container is given elevated permissions on the host container instance (similar to the `root` user)."""
    ulimits: Given[Sequence[Given[Ulimit]]]
    """A list of `ulimits` to set in the container."""
    user: Input[str]
    """The user name to use inside the container."""
    instanceType: Input[str]
    """The instance type to use for a multi-node parallel job."""
    resourceRequirements: Given[Sequence[Given[ResourceRequirement]]]
    """The type and amount of resources to assign to a container."""
    linuxParameters: Given[LinuxParameters]
    """Linux-specific modifications that are applied to the container, such as details for device mappings."""
    logConfiguration: Given[LogConfiguration]
    """The log configuration specification for the container."""
    secrets: Given[Sequence[Given[SecretStructure]]]
    """The secrets for the container."""
    networkConfiguration: Given[NetworkConfiguration]
    """The network configuration for jobs that are running on Fargate resources."""
    fargatePlatformConfiguration: Given[FargatePlatformConfiguration]
    """The platform configuration for jobs that are running on Fargate resources."""
    enableExecuteCommand: Input[bool]
    """Determines whether execute command functionality is turned on for this task."""
    ephemeralStorage: Given[EphemeralStorage]
    """The amount of ephemeral storage to allocate for the task."""
    runtimePlatform: Given[RuntimePlatform]
    """An object that represents the compute environment architecture for Batch jobs on Fargate."""
    repositoryCredentials: Given[RepositoryCredentials]
    """The private repository authentication credentials to use."""


class TaskContainerDependency(TypedDict, total=False):
    containerName: Input[str]
    """A unique identifier for the container."""
    condition: Input[str]
    """The dependency condition of the container."""


FirelensConfigurationType: TypeAlias = Literal["fluentd", "fluentbit"]


class FirelensConfiguration(TypedDict, total=False):
    type: Required[FirelensConfigurationType | Output[str]]
    """The log router to use."""
    options: Given[Mapping[str, Input[str]]]
    """The options to use when configuring the log router."""


class TaskContainerProperties(TypedDict, total=False):
    command: Given[Sequence[Input[str]]]
    """The command that's passed to the container."""
    dependsOn: Given[Sequence[Given[TaskContainerDependency]]]
    """A list of containers that this container depends on."""
    environment: Given[Sequence[Given[KeyValuePair]]]
    """The environment variables to pass to a container."""
    essential: Input[bool]
    """If the essential parameter of a container is marked as `true`, and that container fails or stops for any reason, all other containers that are part of the task are stopped."""
    firelensConfiguration: Given[FirelensConfiguration]
    """The FireLens configuration for the container."""
    image: Required[Input[str]]
    """The image used to start a container."""
    linuxParameters: Given[LinuxParameters]
    """Linux-specific modifications that are applied to the container, such as Linux kernel capabilities."""
    logConfiguration: Given[LogConfiguration]
    """The log configuration specification for the container."""
    mountPoints: Given[Sequence[Given[MountPoint]]]
    """The mount points for data volumes in your container."""
    name: Input[str]
    """The name of a container."""
    privileged: Input[bool]
    """When this parameter is `true`, the container is given elevated privileges on the host container instance (similar to the `root` user)."""
    readonlyRootFilesystem: Input[bool]
    """When this parameter is true, the container is given read-only access to its root file system."""
    repositoryCredentials: Given[RepositoryCredentials]
    """The private repository authentication credentials to use."""
    resourceRequirements: Given[Sequence[Given[ResourceRequirement]]]
    """The type and amount of a resource to assign to a container."""
    secrets: Given[Sequence[Given[SecretStructure]]]
    """The secrets to pass to the container."""
    ulimits: Given[Sequence[Given[Ulimit]]]
    """A list of `ulimits` to set in the container."""
    user: Input[str]
    """The user to use inside the container."""
    startTimeout: Input[int]
    """Time duration (in seconds) to wait before giving up on resolving dependencies for a container."""
    stopTimeout: Input[int]
    """Time duration (in seconds) to wait before the container is forcefully killed if it doesn't exit normally on its own."""


class EcsTaskProperties(TypedDict, total=False):
    containers: Required[Given[Sequence[Given[TaskContainerProperties]]]]
    """This object is a list of containers."""
    ephemeralStorage: Given[EphemeralStorage]
    """The amount of ephemeral storage to allocate for the task."""
    executionRoleArn: Input[str]
    """The Amazon Resource Name (ARN) of the execution role that Batch can assume."""
    platformVersion: Input[str]
    """The Fargate platform version where the jobs are running."""
    ipcMode: Input[str]
    """The IPC resource namespace to use for the containers in the task."""
    taskRoleArn: Input[str]
    """The Amazon Resource Name (ARN) that's associated with the Amazon ECS task."""
    pidMode: Input[str]
    """The process namespace to use for the containers in the task."""
    networkConfiguration: Given[NetworkConfiguration]
    """The network configuration for jobs that are running on Fargate resources."""
    runtimePlatform: Given[RuntimePlatform]
    """An object that represents the compute environment architecture for Batch jobs on Fargate or Amazon ECS Managed Instances."""
    volumes: Given[Sequence[Given[Volume]]]
    """A list of volumes that are associated with the job."""
    enableExecuteCommand: Input[bool]
    """Determines whether execute command functionality is turned on for this task."""
    networkMode: Input[str]
    """The network mode to use for the task."""


class EcsProperties(TypedDict, total=False):
    taskProperties: Required[Given[Sequence[Given[EcsTaskProperties]]]]
    """An object that contains the properties for the Amazon ECS task definition of a job."""


class ImagePullSecret(TypedDict, total=False):
    name: Required[Input[str]]
    """Provides a unique identifier for the `ImagePullSecret`."""


class EksContainerEnvironmentVariable(TypedDict, total=False):
    name: Required[Input[str]]
    """The name of the environment variable."""
    value: Input[str]
    """The value of the environment variable."""


class EksContainerResourceRequirements(TypedDict, total=False):
    limits: Given[Mapping[str, Input[str]]]
    """The type and quantity of the resources to reserve for the container."""
    requests: Given[Mapping[str, Input[str]]]
    """The type and quantity of the resources to request for the container."""


class EksContainerVolumeMount(TypedDict, total=False):
    name: Input[str]
    """The name the volume mount."""
    mountPath: Input[str]
    """The path on the container where the volume is mounted."""
    subPath: Input[str]
    """A sub-path inside the referenced volume instead of its root."""
    readOnly: Input[bool]
    """If this value is `true`, the container has read-only access to the volume."""


class EksContainerLinuxCapabilities(TypedDict, total=False):
    add: Given[Sequence[Input[str]]]
    """The Linux capabilities to add to the default capability set for the container."""
    drop: Given[Sequence[Input[str]]]
    """The Linux capabilities to remove from the default capability set for the container."""


EksSeccompProfileType: TypeAlias = Literal["RuntimeDefault", "Localhost", "Unconfined"]


class EksSeccompProfile(TypedDict, total=False):
    type: Required[EksSeccompProfileType | Output[str]]
    """The seccomp profile type can be one of the following values."""
    localhostProfile: Input[str]
    """The path of the profile on the node, relative to the configured seccomp profile location."""


class EksContainerSecurityContext(TypedDict, total=False):
    runAsUser: Input[int]
    """When this parameter is specified, the container is run as the specified user ID (`uid`)."""
    runAsGroup: Input[int]
    """When this parameter is specified, the container is run as the specified group ID (`gid`)."""
    privileged: Input[bool]
    """When this parameter is `true`, the container is given elevated permissions on the host container instance."""
    allowPrivilegeEscalation: Input[bool]
    """Whether or not a container or a Kubernetes pod is allowed to gain more privileges than its parent process."""
    readOnlyRootFilesystem: Input[bool]
    """When this parameter is `true`, the container is given read-only access to its root file system."""
    runAsNonRoot: Input[bool]
    """When this parameter is specified, the container is run as a user with a `uid` other than 0."""
    capabilities: Given[EksContainerLinuxCapabilities]
    """Adds or removes Linux capabilities from the container's default capability set."""
    seccompProfile: Given[EksSeccompProfile]
    """The seccomp profile for the container."""


class EksContainer(TypedDict, total=False):
    name: Input[str]
    """The name of the container."""
    image: Required[Input[str]]
    """The Docker image used to start the container."""
    imagePullPolicy: Input[str]
    """The image pull policy for the container."""
    command: Given[Sequence[Input[str]]]
    """The entrypoint for the container."""
    args: Given[Sequence[Input[str]]]
    """An array of arguments to the entrypoint."""
    env: Given[Sequence[Given[EksContainerEnvironmentVariable]]]
    """The environment variables to pass to a container."""
    resources: Given[EksContainerResourceRequirements]
    """The type and amount of resources to assign to a container."""
    volumeMounts: Given[Sequence[Given[EksContainerVolumeMount]]]
    """The volume mounts for the container."""
    securityContext: Given[EksContainerSecurityContext]
    """The security context for a job."""


class EksHostPath(TypedDict, total=False):
    path: Input[str]
    """The path of the file or directory on the host to mount into containers on the pod."""


class EksEmptyDir(TypedDict, total=False):
    medium: Input[str]
    """The medium to store the volume."""
    sizeLimit: Input[str]
    """The maximum size of the volume."""


class EksSecret(TypedDict, total=False):
    secretName: Required[Input[str]]
    """The name of the secret."""
    optional: Input[bool]
    """Specifies whether the secret or the secret's keys must be defined."""


class EksPersistentVolumeClaim(TypedDict, total=False):
    claimName: Required[Input[str]]
    """The name of the `persistentVolumeClaim` bounded to a `persistentVolume`."""
    readOnly: Input[bool]
    """An optional boolean value indicating if the mount is read only."""


class EksVolume(TypedDict, total=False):
    name: Required[Input[str]]
    """The name of the volume."""
    hostPath: Given[EksHostPath]
    """Specifies the configuration of a Kubernetes `hostPath` volume."""
    emptyDir: Given[EksEmptyDir]
    """Specifies the configuration of a Kubernetes `emptyDir` volume."""
    secret: Given[EksSecret]
    """Specifies the configuration of a Kubernetes `secret` volume."""
    persistentVolumeClaim: Given[EksPersistentVolumeClaim]
    """Specifies the configuration of a Kubernetes `persistentVolumeClaim` bounded to a `persistentVolume`."""


class EksMetadata(TypedDict, total=False):
    labels: Given[Mapping[str, Input[str]]]
    """Key-value pairs used to identify, sort, and organize cube resources."""
    annotations: Given[Mapping[str, Input[str]]]
    """Key-value pairs used to attach arbitrary, non-identifying metadata to Kubernetes objects."""
    namespace: Input[str]
    """The namespace of the Amazon EKS cluster."""


class EksPodSecurityContext(TypedDict, total=False):
    runAsUser: Input[int]
    """The user ID that runs containers in the pod when a container does not specify its own user ID."""
    runAsGroup: Input[int]
    """The primary group ID that runs containers in the pod when a container does not specify its own group ID."""
    runAsNonRoot: Input[bool]
    """Specifies whether Kubernetes validates that containers in the pod don't run as the root user unless a container specifies an overriding value."""
    seccompProfile: Given[EksSeccompProfile]
    """The default seccomp profile for containers in the pod."""
    fsGroup: Input[int]
    """A special supplemental group that is applied to all containers in the pod."""


class EksPodProperties(TypedDict, total=False):
    serviceAccountName: Input[str]
    """The name of the service account that's used to run the pod."""
    hostNetwork: Input[bool]
    """Indicates if the pod uses the hosts' network IP address."""
    dnsPolicy: Input[str]
    """The DNS policy for the pod."""
    imagePullSecrets: Given[Sequence[Given[ImagePullSecret]]]
    """References a Kubernetes secret resource."""
    containers: Given[Sequence[Given[EksContainer]]]
    """The properties of the container that's used on the Amazon EKS pod."""
    initContainers: Given[Sequence[Given[EksContainer]]]
    """These containers run before application containers, always runs to completion, and must complete successfully before the next container starts."""
    volumes: Given[Sequence[Given[EksVolume]]]
    """Specifies the volumes for a job definition that uses Amazon EKS resources."""
    metadata: Given[EksMetadata]
    """Metadata about the Kubernetes pod."""
    shareProcessNamespace: Input[bool]
    """Indicates if the processes in a container are shared, or visible, to other containers in the same pod."""
    securityContext: Given[EksPodSecurityContext]
    """The security context to apply to the pod."""


class EksProperties(TypedDict, total=False):
    podProperties: Given[EksPodProperties]
    """The properties for the Kubernetes pod resources of a job."""


class ConsumableResourceRequirement(TypedDict, total=False):
    consumableResource: Input[str]
    """The name or ARN of the consumable resource."""
    quantity: Input[int]
    """The quantity of the consumable resource that is needed."""


class ConsumableResourceProperties(TypedDict, total=False):
    consumableResourceList: Given[Sequence[Given[ConsumableResourceRequirement]]]
    """The list of consumable resources required by a job."""


class NodeRangeProperty(TypedDict, total=False):
    targetNodes: Required[Input[str]]
    """The range of nodes, using node index values."""
    container: Given[ContainerProperties]
    """The container details for the node range."""
    instanceTypes: Given[Sequence[Input[str]]]
    """The instance types of the underlying host infrastructure of a multi-node parallel job."""
    ecsProperties: Given[EcsProperties]
    """This is an object that represents the properties of the node range for a multi-node parallel job."""
    eksProperties: Given[EksProperties]
    """This is an object that represents the properties of the node range for a multi-node parallel job."""
    consumableResourceProperties: Given[ConsumableResourceProperties]
    """Contains a list of consumable resources required by a job."""


class NodeProperties(TypedDict, total=False):
    numNodes: Required[Input[int]]
    """The number of nodes that are associated with a multi-node parallel job."""
    mainNode: Required[Input[int]]
    """Specifies the node index for the main node of a multi-node parallel job."""
    nodeRangeProperties: Required[Given[Sequence[Given[NodeRangeProperty]]]]
    """A list of node ranges and their properties that are associated with a multi-node parallel job."""


RetryAction: TypeAlias = Literal["RETRY", "EXIT"]


class EvaluateOnExit(TypedDict, total=False):
    onStatusReason: Input[str]
    """Contains a glob pattern to match against the `StatusReason` returned for a job."""
    onReason: Input[str]
    """Contains a glob pattern to match against the `Reason` returned for a job."""
    onExitCode: Input[str]
    """Contains a glob pattern to match against the decimal representation of the `ExitCode` returned for a job."""
    action: Required[RetryAction | Output[str]]
    """Specifies the action to take if all of the specified conditions (`onStatusReason`, `onReason`, and `onExitCode`) are met."""


class RetryStrategy(TypedDict, total=False):
    attempts: Input[int]
    """The number of times to move a job to the `RUNNABLE` status."""
    evaluateOnExit: Given[Sequence[Given[EvaluateOnExit]]]
    """Array of up to 5 objects that specify the conditions where jobs are retried or failed."""


class JobTimeout(TypedDict, total=False):
    attemptDurationSeconds: Input[int]
    """The job timeout time (in seconds) that's measured from the job attempt's `startedAt` timestamp."""


PlatformCapability: TypeAlias = Literal["EC2", "FARGATE", "MANAGED_INSTANCES"]

JQState: TypeAlias = Literal["ENABLED", "DISABLED"]


class ComputeEnvironmentOrder(TypedDict, total=False):
    order: Required[Input[int]]
    """The order of the compute environment."""
    computeEnvironment: Required[Input[str]]
    """The Amazon Resource Name (ARN) of the compute environment."""


class ServiceEnvironmentOrder(TypedDict, total=False):
    order: Required[Input[int]]
    """The order of the service environment."""
    serviceEnvironment: Required[Input[str]]
    """The name or ARN of the service environment."""


JobQueueType: TypeAlias = Literal["EKS", "ECS", "ECS_FARGATE", "SAGEMAKER_TRAINING", "ECS_MANAGED_INSTANCES"]

JobStateTimeLimitActionsState: TypeAlias = Literal["RUNNABLE"]

JobStateTimeLimitActionsAction: TypeAlias = Literal["CANCEL", "TERMINATE"]


class JobStateTimeLimitAction(TypedDict, total=False):
    reason: Required[Input[str]]
    """The reason to log for the action being taken."""
    state: Required[JobStateTimeLimitActionsState | Output[str]]
    """The state of the job needed to trigger the action."""
    maxTimeSeconds: Required[Input[int]]
    """The approximate amount of time, in seconds, that must pass with the job in the specified state before the action is taken."""
    action: Required[JobStateTimeLimitActionsAction | Output[str]]
    """The action to take when a job is at the head of the job queue in the specified state for the specified period of time."""


class BatchComputeEnvironment(
    DeclaredResource, type="aws.batch_compute_environment", provider="aws", resolve_by="mark", timeout_s=600.0
):
    """The machines on which jobs run."""

    type: Annotated[CEType | Output[str], Immutable()]
    """The type of the compute environment."""
    compute_environment_name: Annotated[Input[str] | None, Immutable()] = None
    """The name for your compute environment."""
    state: CEState | Output[str] | None = None
    """The state of the compute environment. When it is not given: `ENABLED`."""
    unmanaged_vcpus: Input[int] | None = None
    """The maximum number of vCPUs for an unmanaged compute environment."""
    compute_resources: Given[ComputeResource] | None = None
    """Details about the compute resources managed by the compute environment."""
    service_role: Input[str] | None = None
    """The full Amazon Resource Name (ARN) of the IAM role that allows Batch to make calls to other Amazon Web Services services on your behalf."""
    ecs_settings: Given[EcsSettings] | None = None
    """The Amazon ECS settings for the compute environment."""
    tags: Given[Mapping[str, Input[str]]] | None = None
    """Names and values that are put on the object."""
    arn: ClassVar[Computed[str]] = computed()
    """The Amazon Resource Name (ARN) of the compute environment."""
    physical_name: ClassVar[Computed[str]] = computed()
    """The name of the compute environment."""
    ecs_cluster_arn: ClassVar[Computed[str]] = computed()
    """The Amazon Resource Name (ARN) of the underlying Amazon ECS cluster that the compute environment uses."""


class BatchJobDefinition(
    DeclaredResource, type="aws.batch_job_definition", provider="aws", resolve_by="mark", timeout_s=60.0
):
    """What a job runs, and with what; every change makes a new revision."""

    type: Annotated[JobDefinitionType | Output[str], Immutable()]
    """The type of job definition."""
    job_definition_name: Annotated[Input[str] | None, Immutable()] = None
    """The name of the job definition to register."""
    parameters: Annotated[Given[Mapping[str, Input[str]]] | None, Immutable()] = None
    """Default parameter substitution placeholders to set in the job definition."""
    scheduling_priority: Annotated[Input[int] | None, Immutable()] = None
    """The scheduling priority for jobs that are submitted with this job definition."""
    container_properties: Annotated[Given[ContainerProperties] | None, Immutable()] = None
    """An object with properties specific to Amazon ECS-based single-node container-based jobs."""
    node_properties: Annotated[Given[NodeProperties] | None, Immutable()] = None
    """An object with properties specific to multi-node parallel jobs."""
    retry_strategy: Annotated[Given[RetryStrategy] | None, Immutable()] = None
    """The retry strategy to use for failed jobs that are submitted with this job definition."""
    propagate_tags: Annotated[Input[bool] | None, Immutable()] = None
    """Specifies whether to propagate the tags from the job or job definition to the corresponding Amazon ECS task."""
    timeout: Annotated[Given[JobTimeout] | None, Immutable()] = None
    """The timeout configuration for jobs that are submitted with this job definition, after which Batch terminates your jobs if they have not finished."""
    platform_capabilities: Annotated[
        Given[Sequence[PlatformCapability | Output[str]]] | None, Immutable()
    ] = None
    """The platform capabilities required by the job definition."""
    ecs_properties: Annotated[Given[EcsProperties] | None, Immutable()] = None
    """An object with properties that are specific to Amazon ECS-based jobs."""
    consumable_resource_properties: Annotated[Given[ConsumableResourceProperties] | None, Immutable()] = None
    """Contains a list of consumable resources required by the job."""
    tags: Given[Mapping[str, Input[str]]] | None = None
    """Names and values that are put on the object."""
    arn: ClassVar[Computed[str]] = computed()
    """The Amazon Resource Name (ARN) for the job definition."""
    physical_name: ClassVar[Computed[str]] = computed()
    """The name of the job definition."""
    revision: ClassVar[Computed[int]] = computed()
    """The revision of the job definition."""


class BatchJobQueue(
    DeclaredResource, type="aws.batch_job_queue", provider="aws", resolve_by="mark", timeout_s=600.0
):
    """Holds jobs until a compute environment has room for them."""

    priority: Input[int]
    """The priority of the job queue."""
    job_queue_name: Annotated[Input[str] | None, Immutable()] = None
    """The name of the job queue."""
    state: JQState | Output[str] | None = None
    """The state of the job queue. When it is not given: `ENABLED`."""
    scheduling_policy_arn: Input[str] | None = None
    """The Amazon Resource Name (ARN) of the fair-share scheduling policy."""
    compute_environment_order: Given[Sequence[Given[ComputeEnvironmentOrder]]] | None = None
    """The set of compute environments mapped to a job queue and their order relative to each other."""
    service_environment_order: Given[Sequence[Given[ServiceEnvironmentOrder]]] | None = None
    """A list of service environments that this job queue can use to allocate jobs."""
    job_queue_type: Annotated[JobQueueType | Output[str] | None, Immutable()] = None
    """The type of job queue."""
    job_state_time_limit_actions: Given[Sequence[Given[JobStateTimeLimitAction]]] | None = None
    """The set of actions that Batch performs on jobs that remain at the head of the job queue in the specified state longer than specified times."""
    tags: Given[Mapping[str, Input[str]]] | None = None
    """Names and values that are put on the object."""
    arn: ClassVar[Computed[str]] = computed()
    """The Amazon Resource Name (ARN) of the job queue."""
    physical_name: ClassVar[Computed[str]] = computed()
    """The job queue name."""
