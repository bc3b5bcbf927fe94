"""Amazon EMR. Made by `make generate` from providers/aws/types; not to be edited.

Source: botocore 1.44.8, emr 2009-03-31.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, ClassVar, Literal, Required, TypeAlias, TypedDict

from unknot.providers.declared.resource import DeclaredResource, Given
from unknot.stacks.output import Input, Output
from unknot.stacks.resource import Computed, Immutable, computed

__all__ = [
    "EmrCluster",
]

MarketType: TypeAlias = Literal["ON_DEMAND", "SPOT"]

InstanceRoleType: TypeAlias = Literal["MASTER", "CORE", "TASK"]


class Configuration(TypedDict, total=False):
    Classification: Input[str]
    """The classification within a configuration."""
    Configurations: Given[Sequence[Given["Configuration"]]]
    """A list of additional configurations to apply within a configuration object."""
    Properties: Given[Mapping[str, Input[str]]]
    """A set of properties specified within a configuration classification."""


class VolumeSpecification(TypedDict, total=False):
    VolumeType: Required[Input[str]]
    """The volume type."""
    Iops: Input[int]
    """The number of I/O operations per second (IOPS) that the volume supports."""
    SizeInGB: Required[Input[int]]
    """The volume size, in gibibytes (GiB)."""
    Throughput: Input[int]
    """The throughput, in mebibyte per second (MiB/s)."""


class EbsBlockDeviceConfig(TypedDict, total=False):
    VolumeSpecification: Required[Given[VolumeSpecification]]
    """EBS volume specifications such as volume type, IOPS, size (GiB) and throughput (MiB/s) that are requested for the EBS volume attached to an Amazon EC2 instance in the cluster."""
    VolumesPerInstance: Input[int]
    """Number of EBS volumes with a specific volume configuration that are associated with every instance in the instance group."""


class EbsConfiguration(TypedDict, total=False):
    EbsBlockDeviceConfigs: Given[Sequence[Given[EbsBlockDeviceConfig]]]
    """An array of Amazon EBS volume specifications attached to a cluster instance."""
    EbsOptimized: Input[bool]
    """Indicates whether an Amazon EBS volume is EBS-optimized."""


class ScalingConstraints(TypedDict, total=False):
    MinCapacity: Required[Input[int]]
    """The lower boundary of Amazon EC2 instances in an instance group below which scaling activities are not allowed to shrink."""
    MaxCapacity: Required[Input[int]]
    """The upper boundary of Amazon EC2 instances in an instance group beyond which scaling activities are not allowed to grow."""


AdjustmentType: TypeAlias = Literal["CHANGE_IN_CAPACITY", "PERCENT_CHANGE_IN_CAPACITY", "EXACT_CAPACITY"]


class SimpleScalingPolicyConfiguration(TypedDict, total=False):
    AdjustmentType: AdjustmentType | Output[str]
    """The way in which Amazon EC2 instances are added (if `ScalingAdjustment` is a positive number) or terminated (if `ScalingAdjustment` is a negative number) each time the scaling activity is triggered."""
    ScalingAdjustment: Required[Input[int]]
    """The amount by which to scale in or scale out, based on the specified `AdjustmentType`."""
    CoolDown: Input[int]
    """The amount of time, in seconds, after a scaling activity completes before any further trigger-related scaling activities can start."""


class ScalingAction(TypedDict, total=False):
    Market: MarketType | Output[str]
    """Not available for instance groups."""
    SimpleScalingPolicyConfiguration: Required[Given[SimpleScalingPolicyConfiguration]]
    """The type of adjustment the automatic scaling activity makes when triggered, and the periodicity of the adjustment."""


ComparisonOperator: TypeAlias = Literal[
    "GREATER_THAN_OR_EQUAL", "GREATER_THAN", "LESS_THAN", "LESS_THAN_OR_EQUAL"
]

Statistic: TypeAlias = Literal["SAMPLE_COUNT", "AVERAGE", "SUM", "MINIMUM", "MAXIMUM"]

Unit: TypeAlias = Literal[
    "NONE",
    "SECONDS",
    "MICRO_SECONDS",
    "MILLI_SECONDS",
    "BYTES",
    "KILO_BYTES",
    "MEGA_BYTES",
    "GIGA_BYTES",
    "TERA_BYTES",
    "BITS",
    "KILO_BITS",
    "MEGA_BITS",
    "GIGA_BITS",
    "TERA_BITS",
    "PERCENT",
    "COUNT",
    "BYTES_PER_SECOND",
    "KILO_BYTES_PER_SECOND",
    "MEGA_BYTES_PER_SECOND",
    "GIGA_BYTES_PER_SECOND",
    "TERA_BYTES_PER_SECOND",
    "BITS_PER_SECOND",
    "KILO_BITS_PER_SECOND",
    "MEGA_BITS_PER_SECOND",
    "GIGA_BITS_PER_SECOND",
    "TERA_BITS_PER_SECOND",
    "COUNT_PER_SECOND",
]


class MetricDimension(TypedDict, total=False):
    Key: Input[str]
    """The dimension name."""
    Value: Input[str]
    """The dimension value."""


class CloudWatchAlarmDefinition(TypedDict, total=False):
    ComparisonOperator: Required[ComparisonOperator | Output[str]]
    """Determines how the metric specified by `MetricName` is compared to the value specified by `Threshold`."""
    EvaluationPeriods: Input[int]
    """The number of periods, in five-minute increments, during which the alarm condition must exist before the alarm triggers automatic scaling activity."""
    MetricName: Required[Input[str]]
    """The name of the CloudWatch metric that is watched to determine an alarm condition."""
    Namespace: Input[str]
    """The namespace for the CloudWatch metric."""
    Period: Required[Input[int]]
    """The period, in seconds, over which the statistic is applied."""
    Statistic: Statistic | Output[str]
    """The statistic to apply to the metric associated with the alarm."""
    Threshold: Required[Input[float]]
    """The value against which the specified statistic is compared."""
    Unit: Unit | Output[str]
    """The unit of measure associated with the CloudWatch metric being watched."""
    Dimensions: Given[Sequence[Given[MetricDimension]]]
    """A CloudWatch metric dimension."""


class ScalingTrigger(TypedDict, total=False):
    CloudWatchAlarmDefinition: Required[Given[CloudWatchAlarmDefinition]]
    """The definition of a CloudWatch metric alarm."""


class ScalingRule(TypedDict, total=False):
    Name: Required[Input[str]]
    """The name used to identify an automatic scaling rule."""
    Description: Input[str]
    """A friendly, more verbose description of the automatic scaling rule."""
    Action: Required[Given[ScalingAction]]
    """The conditions that trigger an automatic scaling activity."""
    Trigger: Required[Given[ScalingTrigger]]
    """The CloudWatch alarm definition that determines when automatic scaling activity is triggered."""


class AutoScalingPolicy(TypedDict, total=False):
    Constraints: Required[Given[ScalingConstraints]]
    """The upper and lower Amazon EC2 instance limits for an automatic scaling policy."""
    Rules: Required[Given[Sequence[Given[ScalingRule]]]]
    """The scale-in and scale-out rules that comprise the automatic scaling policy."""


class InstanceGroupConfig(TypedDict, total=False):
    Name: Input[str]
    """Friendly name given to the instance group."""
    Market: MarketType | Output[str]
    """Market type of the Amazon EC2 instances used to create a cluster node."""
    InstanceRole: Required[InstanceRoleType | Output[str]]
    """The role of the instance group in the cluster."""
    BidPrice: Input[str]
    """The bid price for each Amazon EC2 Spot Instance type as defined by `InstanceType`."""
    InstanceType: Required[Input[str]]
    """The Amazon EC2 instance type for all instances in the instance group."""
    InstanceCount: Required[Input[int]]
    """Target number of instances for the instance group."""
    Configurations: Given[Sequence[Given[Configuration]]]
    """The list of configurations supplied for an Amazon EMR cluster instance group."""
    EbsConfiguration: Given[EbsConfiguration]
    """EBS configurations that will be attached to each Amazon EC2 instance in the instance group."""
    AutoScalingPolicy: Given[AutoScalingPolicy]
    """An automatic scaling policy for a core instance group or task instance group in an Amazon EMR cluster."""
    CustomAmiId: Input[str]
    """The custom AMI ID to use for the provisioned instance group."""


InstanceFleetType: TypeAlias = Literal["MASTER", "CORE", "TASK"]


class InstanceTypeConfig(TypedDict, total=False):
    InstanceType: Required[Input[str]]
    """An Amazon EC2 instance type, such as `m3.xlarge`."""
    WeightedCapacity: Input[int]
    """The number of units that a provisioned instance of this type provides toward fulfilling the target capacities defined in InstanceFleetConfig."""
    BidPrice: Input[str]
    """The bid price for each Amazon EC2 Spot Instance type as defined by `InstanceType`."""
    BidPriceAsPercentageOfOnDemandPrice: Input[float]
    """The bid price, as a percentage of On-Demand price, for each Amazon EC2 Spot Instance as defined by `InstanceType`."""
    EbsConfiguration: Given[EbsConfiguration]
    """The configuration of Amazon Elastic Block Store (Amazon EBS) attached to each instance as defined by `InstanceType`."""
    Configurations: Given[Sequence[Given[Configuration]]]
    """A configuration classification that applies when provisioning cluster instances, which can include configurations for applications and software that run on the cluster."""
    CustomAmiId: Input[str]
    """The custom AMI ID to use for the instance type."""
    Priority: Input[float]
    """The priority at which Amazon EMR launches the Amazon EC2 instances with this instance type."""


SpotProvisioningTimeoutAction: TypeAlias = Literal["SWITCH_TO_ON_DEMAND", "TERMINATE_CLUSTER"]

SpotProvisioningAllocationStrategy: TypeAlias = Literal[
    "capacity-optimized",
    "price-capacity-optimized",
    "lowest-price",
    "diversified",
    "capacity-optimized-prioritized",
]


class SpotProvisioningSpecification(TypedDict, total=False):
    TimeoutDurationMinutes: Required[Input[int]]
    """The Spot provisioning timeout period in minutes."""
    TimeoutAction: Required[SpotProvisioningTimeoutAction | Output[str]]
    """The action to take when `TargetSpotCapacity` has not been fulfilled when the `TimeoutDurationMinutes` has expired; that is, when all Spot Instances could not be provisioned within the Spot provisioning timeout."""
    BlockDurationMinutes: Input[int]
    """The defined duration for Spot Instances (also known as Spot blocks) in minutes."""
    AllocationStrategy: SpotProvisioningAllocationStrategy | Output[str]
    """Specifies one of the following strategies to launch Spot Instance fleets."""


OnDemandProvisioningAllocationStrategy: TypeAlias = Literal["lowest-price", "prioritized"]

OnDemandCapacityReservationUsageStrategy: TypeAlias = Literal["use-capacity-reservations-first"]

OnDemandCapacityReservationPreference: TypeAlias = Literal["open", "none"]


class OnDemandCapacityReservationOptions(TypedDict, total=False):
    UsageStrategy: OnDemandCapacityReservationUsageStrategy | Output[str]
    """Indicates whether to use unused Capacity Reservations for fulfilling On-Demand capacity."""
    CapacityReservationPreference: OnDemandCapacityReservationPreference | Output[str]
    """Indicates the instance's Capacity Reservation preferences."""
    CapacityReservationResourceGroupArn: Input[str]
    """The ARN of the Capacity Reservation resource group in which to run the instance."""


class OnDemandProvisioningSpecification(TypedDict, total=False):
    AllocationStrategy: Required[OnDemandProvisioningAllocationStrategy | Output[str]]
    """Specifies the strategy to use in launching On-Demand instance fleets."""
    CapacityReservationOptions: Given[OnDemandCapacityReservationOptions]
    """The launch specification for On-Demand instances in the instance fleet, which determines the allocation strategy."""


class InstanceFleetProvisioningSpecifications(TypedDict, total=False):
    SpotSpecification: Given[SpotProvisioningSpecification]
    """The launch specification for Spot instances in the fleet, which determines the allocation strategy, defined duration, and provisioning timeout behavior."""
    OnDemandSpecification: Given[OnDemandProvisioningSpecification]
    """The launch specification for On-Demand Instances in the instance fleet, which determines the allocation strategy and capacity reservation options."""


class SpotResizingSpecification(TypedDict, total=False):
    TimeoutDurationMinutes: Input[int]
    """Spot resize timeout in minutes."""
    AllocationStrategy: SpotProvisioningAllocationStrategy | Output[str]
    """Specifies the allocation strategy to use to launch Spot instances during a resize."""


class OnDemandResizingSpecification(TypedDict, total=False):
    TimeoutDurationMinutes: Input[int]
    """On-Demand resize timeout in minutes."""
    AllocationStrategy: OnDemandProvisioningAllocationStrategy | Output[str]
    """Specifies the allocation strategy to use to launch On-Demand instances during a resize."""
    CapacityReservationOptions: Given[OnDemandCapacityReservationOptions]
    """Describes the strategy for using unused Capacity Reservations for fulfilling On-Demand capacity."""


class InstanceFleetResizingSpecifications(TypedDict, total=False):
    SpotResizeSpecification: Given[SpotResizingSpecification]
    """The resize specification for Spot Instances in the instance fleet, which contains the allocation strategy and the resize timeout period."""
    OnDemandResizeSpecification: Given[OnDemandResizingSpecification]
    """The resize specification for On-Demand Instances in the instance fleet, which contains the allocation strategy, capacity reservation options, and the resize timeout period."""


class InstanceFleetConfig(TypedDict, total=False):
    Name: Input[str]
    """The friendly name of the instance fleet."""
    InstanceFleetType: Required[InstanceFleetType | Output[str]]
    """The node type that the instance fleet hosts."""
    TargetOnDemandCapacity: Input[int]
    """The target capacity of On-Demand units for the instance fleet, which determines how many On-Demand Instances to provision."""
    TargetSpotCapacity: Input[int]
    """The target capacity of Spot units for the instance fleet, which determines how many Spot Instances to provision."""
    InstanceTypeConfigs: Given[Sequence[Given[InstanceTypeConfig]]]
    """The instance type configurations that define the Amazon EC2 instances in the instance fleet."""
    LaunchSpecifications: Given[InstanceFleetProvisioningSpecifications]
    """The launch specification for the instance fleet."""
    ResizeSpecifications: Given[InstanceFleetResizingSpecifications]
    """The resize specification for the instance fleet."""
    Context: Input[str]
    """Reserved."""


class PlacementType(TypedDict, total=False):
    AvailabilityZone: Input[str]
    """The Amazon EC2 Availability Zone for the cluster."""
    AvailabilityZones: Given[Sequence[Input[str]]]
    """When multiple Availability Zones are specified, Amazon EMR evaluates them and launches instances in the optimal Availability Zone."""


class JobFlowInstancesConfig(TypedDict, total=False):
    MasterInstanceType: Input[str]
    """The Amazon EC2 instance type of the master node."""
    SlaveInstanceType: Input[str]
    """The Amazon EC2 instance type of the core and task nodes."""
    InstanceCount: Input[int]
    """The number of Amazon EC2 instances in the cluster."""
    InstanceGroups: Given[Sequence[Given[InstanceGroupConfig]]]
    """Configuration for the instance groups in a cluster."""
    InstanceFleets: Given[Sequence[Given[InstanceFleetConfig]]]
    """Describes the Amazon EC2 instances and instance configurations for clusters that use the instance fleet configuration."""
    Ec2KeyName: Input[str]
    """The name of the Amazon EC2 key pair that can be used to connect to the master node using SSH as the user called "hadoop."."""
    Placement: Given[PlacementType]
    """The Availability Zone in which the cluster runs."""
    KeepJobFlowAliveWhenNoSteps: Input[bool]
    """Specifies whether the cluster should remain available after completing all steps."""
    TerminationProtected: Input[bool]
    """Specifies whether to lock the cluster to prevent the Amazon EC2 instances from being terminated by API call, user intervention, or in the event of a job-flow error."""
    UnhealthyNodeReplacement: Input[bool]
    """Indicates whether Amazon EMR should gracefully replace core nodes that have degraded within the cluster."""
    HadoopVersion: Input[str]
    """Applies only to Amazon EMR release versions earlier than 4.0."""
    Ec2SubnetId: Input[str]
    """Applies to clusters that use the uniform instance group configuration."""
    Ec2SubnetIds: Given[Sequence[Input[str]]]
    """Applies to clusters that use the instance fleet configuration."""
    EmrManagedMasterSecurityGroup: Input[str]
    """The identifier of the Amazon EC2 security group for the master node."""
    EmrManagedSlaveSecurityGroup: Input[str]
    """The identifier of the Amazon EC2 security group for the core and task nodes."""
    ServiceAccessSecurityGroup: Input[str]
    """The identifier of the Amazon EC2 security group for the Amazon EMR service to access clusters in VPC private subnets."""
    AdditionalMasterSecurityGroups: Given[Sequence[Input[str]]]
    """A list of additional Amazon EC2 security group IDs for the master node."""
    AdditionalSlaveSecurityGroups: Given[Sequence[Input[str]]]
    """A list of additional Amazon EC2 security group IDs for the core and task nodes."""


ActionOnFailure: TypeAlias = Literal["TERMINATE_JOB_FLOW", "TERMINATE_CLUSTER", "CANCEL_AND_WAIT", "CONTINUE"]


class KeyValue(TypedDict, total=False):
    Key: Input[str]
    """The unique identifier of a key-value pair."""
    Value: Input[str]
    """The value part of the identified key."""


class HadoopJarStepConfig(TypedDict, total=False):
    Properties: Given[Sequence[Given[KeyValue]]]
    """A list of Java properties that are set when the step runs."""
    Jar: Required[Input[str]]
    """A path to a JAR file run during the step."""
    MainClass: Input[str]
    """The name of the main class in the specified Java file."""
    Args: Given[Sequence[Input[str]]]
    """A list of command line arguments passed to the JAR file's main function when executed."""


class S3MonitoringConfiguration(TypedDict, total=False):
    LogUri: Input[str]
    """The Amazon S3 destination URI for log publishing."""
    EncryptionKeyArn: Input[str]
    """The KMS key ARN to encrypt the logs published to the given Amazon S3 destination."""


class StepMonitoringConfiguration(TypedDict, total=False):
    S3MonitoringConfiguration: Given[S3MonitoringConfiguration]
    """The Amazon S3 configuration for monitoring log publishing."""


class StepConfig(TypedDict, total=False):
    Name: Required[Input[str]]
    """The name of the step."""
    ActionOnFailure: ActionOnFailure | Output[str]
    """The action to take when the step fails."""
    HadoopJarStep: Required[Given[HadoopJarStepConfig]]
    """The JAR file used for the step."""
    StepMonitoringConfiguration: Given[StepMonitoringConfiguration]
    """Object that holds configuration properties for logging."""


class ScriptBootstrapActionConfig(TypedDict, total=False):
    Path: Required[Input[str]]
    """Location in Amazon S3 of the script to run during a bootstrap action."""
    Args: Given[Sequence[Input[str]]]
    """A list of command line arguments to pass to the bootstrap action script."""


class BootstrapActionConfig(TypedDict, total=False):
    Name: Required[Input[str]]
    """The name of the bootstrap action."""
    ScriptBootstrapAction: Required[Given[ScriptBootstrapActionConfig]]
    """The script run by the bootstrap action."""


class Application(TypedDict, total=False):
    Name: Input[str]
    """The name of the application."""
    Version: Input[str]
    """The version of the application."""
    Args: Given[Sequence[Input[str]]]
    """Arguments for Amazon EMR to pass to the application."""
    AdditionalInfo: Given[Mapping[str, Input[str]]]
    """This option is for advanced users only."""


ComputeLimitsUnitType: TypeAlias = Literal["InstanceFleetUnits", "Instances", "VCPU"]


class ComputeLimits(TypedDict, total=False):
    UnitType: Required[ComputeLimitsUnitType | Output[str]]
    """The unit type used for specifying a managed scaling policy."""
    MinimumCapacityUnits: Required[Input[int]]
    """The lower boundary of Amazon EC2 units."""
    MaximumCapacityUnits: Required[Input[int]]
    """The upper boundary of Amazon EC2 units."""
    MaximumOnDemandCapacityUnits: Input[int]
    """The upper boundary of On-Demand Amazon EC2 units."""
    MaximumCoreCapacityUnits: Input[int]
    """The upper boundary of Amazon EC2 units for core node type in a cluster."""


ScalingStrategy: TypeAlias = Literal["DEFAULT", "ADVANCED"]


class ManagedScalingPolicy(TypedDict, total=False):
    ComputeLimits: Given[ComputeLimits]
    """The Amazon EC2 unit limits for a managed scaling policy."""
    UtilizationPerformanceIndex: Input[int]
    """An integer value that represents an advanced scaling strategy."""
    ScalingStrategy: ScalingStrategy | Output[str]
    """Determines whether a custom scaling utilization performance index can be set."""


class AutoTerminationPolicy(TypedDict, total=False):
    IdleTimeout: Input[int]
    """Specifies the amount of idle time in seconds after which the cluster automatically terminates."""


PlacementGroupStrategy: TypeAlias = Literal["SPREAD", "PARTITION", "CLUSTER", "NONE"]


class PlacementGroupConfig(TypedDict, total=False):
    InstanceRole: Required[InstanceRoleType | Output[str]]
    """Role of the instance in the cluster."""
    PlacementStrategy: PlacementGroupStrategy | Output[str]
    """Amazon EC2 Placement Group strategy associated with instance role."""


class CloudWatchLogConfiguration(TypedDict, total=False):
    Enabled: Required[Input[bool]]
    """Specifies if CloudWatch logging is enabled."""
    LogGroupName: Input[str]
    """The name of the CloudWatch log group where logs are published."""
    LogStreamNamePrefix: Input[str]
    """The prefix of the log stream name."""
    EncryptionKeyArn: Input[str]
    """The ARN of the encryption key used to encrypt the logs."""
    LogTypes: Given[Mapping[str, Given[Sequence[Input[str]]]]]
    """A map of log types to file names for publishing logs to the standard output or standard error streams for CloudWatch."""


LogUploadPolicyValue: TypeAlias = Literal["emr-managed", "on-customer-s3only", "disabled"]


class S3LoggingConfiguration(TypedDict, total=False):
    LogTypeUploadPolicy: Given[Mapping[str, LogUploadPolicyValue | Output[str]]]
    """A map that specifies the upload policy for each log type."""


class MonitoringConfiguration(TypedDict, total=False):
    CloudWatchLogConfiguration: Given[CloudWatchLogConfiguration]
    """CloudWatch log configuration settings and metadata that specify settings like log files to monitor and where to send them."""
    S3LoggingConfiguration: Given[S3LoggingConfiguration]
    """S3 logging configuration that controls how different types of logs (system logs, application logs, and persistent UI logs) are uploaded to S3."""


ScaleDownBehavior: TypeAlias = Literal["TERMINATE_AT_INSTANCE_HOUR", "TERMINATE_AT_TASK_COMPLETION"]


class KerberosAttributes(TypedDict, total=False):
    Realm: Required[Input[str]]
    """The name of the Kerberos realm to which all nodes in a cluster belong."""
    KdcAdminPassword: Required[Input[str]]
    """The password used within the cluster for the kadmin service on the cluster-dedicated KDC, which maintains Kerberos principals, password policies, and keytabs for the cluster."""
    CrossRealmTrustPrincipalPassword: Input[str]
    """Required only when establishing a cross-realm trust with a KDC in a different realm."""
    ADDomainJoinUser: Input[str]
    """Required only when establishing a cross-realm trust with an Active Directory domain."""
    ADDomainJoinPassword: Input[str]
    """The Active Directory password for `ADDomainJoinUser`."""


class EmrCluster(
    DeclaredResource, type="aws.emr_cluster", provider="aws", resolve_by="mark", timeout_s=1800.0
):
    """A cluster that runs Spark, Hive and the like."""

    cluster_name: Annotated[Input[str], Immutable()]
    """The name of the job flow."""
    instances: Annotated[Given[JobFlowInstancesConfig], Immutable()]
    """A specification of the number and type of Amazon EC2 instances."""
    steps: Annotated[Given[Sequence[Given[StepConfig]]] | None, Immutable()] = None
    """A list of steps to run."""
    bootstrap_actions: Annotated[Given[Sequence[Given[BootstrapActionConfig]]] | None, Immutable()] = None
    """A list of bootstrap actions to run before Hadoop starts on the cluster nodes."""
    applications: Annotated[Given[Sequence[Given[Application]]] | None, Immutable()] = None
    """Applies to Amazon EMR releases 4.0 and later."""
    job_flow_role: Annotated[Input[str] | None, Immutable()] = None
    """Also called instance profile and Amazon EC2 role."""
    step_concurrency_level: Input[int] | None = None
    """Specifies the number of steps that can be executed concurrently. When it is not given: `1`."""
    managed_scaling_policy: Annotated[Given[ManagedScalingPolicy] | None, Immutable()] = None
    """The specified managed scaling policy for an Amazon EMR cluster."""
    auto_termination_policy: Annotated[Given[AutoTerminationPolicy] | None, Immutable()] = None
    """An auto-termination policy for an Amazon EMR cluster."""
    placement_group_configs: Annotated[Given[Sequence[Given[PlacementGroupConfig]]] | None, Immutable()] = (
        None
    )
    """The specified placement group configuration for an Amazon EMR cluster."""
    session_enabled: Annotated[Input[bool] | None, Immutable()] = None
    """Indicates whether Spark Connect sessions are enabled on the cluster."""
    monitoring_configuration: Annotated[Given[MonitoringConfiguration] | None, Immutable()] = None
    """Contains CloudWatch log configuration metadata and settings."""
    extended_support: Input[bool] | None = None
    """Reserved."""
    log_uri: Annotated[Input[str] | None, Immutable()] = None
    """The location in Amazon S3 to write the log files of the job flow."""
    log_encryption_kms_key_id: Annotated[Input[str] | None, Immutable()] = None
    """The KMS key used for encrypting log files."""
    release_label: Annotated[Input[str] | None, Immutable()] = None
    """The Amazon EMR release label, which determines the version of open-source application packages installed on the cluster."""
    step_execution_role_arn: Annotated[Input[str] | None, Immutable()] = None
    """The Amazon Resource Name (ARN) of the runtime role for steps specified in the RunJobFlow request."""
    configurations: Annotated[Given[Sequence[Given[Configuration]]] | None, Immutable()] = None
    """For Amazon EMR releases 4.0 and later."""
    visible_to_all_users: Annotated[Input[bool] | None, Immutable()] = None
    """Set this value to `true` so that IAM principals in the Amazon Web Services account associated with the cluster can perform Amazon EMR actions on the cluster that their IAM policies allow."""
    service_role: Annotated[Input[str] | None, Immutable()] = None
    """The IAM role that Amazon EMR assumes in order to access Amazon Web Services resources on your behalf."""
    security_configuration: Annotated[Input[str] | None, Immutable()] = None
    """The name of a security configuration to apply to the cluster."""
    auto_scaling_role: Annotated[Input[str] | None, Immutable()] = None
    """An IAM role for automatic scaling policies."""
    scale_down_behavior: Annotated[ScaleDownBehavior | Output[str] | None, Immutable()] = None
    """Specifies the way that individual Amazon EC2 instances terminate when an automatic scale-in activity occurs or an instance group is resized."""
    custom_ami_id: Annotated[Input[str] | None, Immutable()] = None
    """Available only in Amazon EMR releases 5.7.0 and later."""
    ebs_root_volume_size: Annotated[Input[int] | None, Immutable()] = None
    """The size, in GiB, of the Amazon EBS root device volume of the Linux AMI that is used for each Amazon EC2 instance."""
    kerberos_attributes: Annotated[Given[KerberosAttributes] | None, Immutable()] = None
    """Attributes for Kerberos configuration when Kerberos authentication is enabled using a security configuration."""
    os_release_label: Annotated[Input[str] | None, Immutable()] = None
    """Specifies a particular Amazon Linux release for all nodes in a cluster launch RunJobFlow request."""
    ebs_root_volume_iops: Annotated[Input[int] | None, Immutable()] = None
    """The IOPS, of the Amazon EBS root device volume of the Linux AMI that is used for each Amazon EC2 instance."""
    ebs_root_volume_throughput: Annotated[Input[int] | None, Immutable()] = None
    """The throughput, in MiB/s, of the Amazon EBS root device volume of the Linux AMI that is used for each Amazon EC2 instance."""
    tags: Given[Mapping[str, Input[str]]] | None = None
    """Names and values that are put on the object."""
    cluster_id: ClassVar[Computed[str]] = computed()
    """The unique identifier for the cluster."""
    arn: ClassVar[Computed[str]] = computed()
    """The Amazon Resource Name of the cluster."""
    master_public_dns_name: ClassVar[Computed[str]] = computed()
    """The DNS name of the master node."""
    state: ClassVar[Computed[str]] = computed()
    """The current state of the cluster."""
