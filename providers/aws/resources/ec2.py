"""Amazon Elastic Compute Cloud. Made by `make generate` from providers/aws/types; not to be edited.

Source: botocore 1.44.8, ec2 2016-11-15.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, ClassVar, Literal, Required, TypeAlias, TypedDict

from unknot.providers.declared.resource import DeclaredResource, Given
from unknot.stacks.output import Input, Output
from unknot.stacks.resource import Computed, Immutable, Sensitive, computed
from unknot.stacks.secret import Secret

__all__ = [
    "Ec2Instance",
    "Ec2KeyPair",
    "Ec2LaunchTemplate",
    "Ec2SecurityGroup",
]


class IamInstanceProfileSpecification(TypedDict, total=False):
    Arn: Input[str]
    """The Amazon Resource Name (ARN) of the instance profile."""
    Name: Input[str]
    """The name of the instance profile."""


VolumeType: TypeAlias = Literal["standard", "io1", "io2", "gp2", "sc1", "st1", "gp3"]


class EbsBlockDevice(TypedDict, total=False):
    DeleteOnTermination: Input[bool]
    """Indicates whether the EBS volume is deleted on instance termination."""
    Iops: Input[int]
    """The number of I/O operations per second (IOPS)."""
    SnapshotId: Input[str]
    """The ID of the snapshot."""
    VolumeSize: Input[int]
    """The size of the volume, in GiBs."""
    VolumeType: VolumeType | Output[str]
    """The volume type."""
    KmsKeyId: Input[str]
    """Identifier (key ID, key alias, key ARN, or alias ARN) of the customer managed KMS key to use for EBS encryption."""
    Throughput: Input[int]
    """The throughput that the volume supports, in MiB/s."""
    OutpostArn: Input[str]
    """The ARN of the Outpost on which the snapshot is stored."""
    AvailabilityZone: Input[str]
    """The Availability Zone where the EBS volume will be created (for example, `us-east-1a`)."""
    Encrypted: Input[bool]
    """Indicates whether the encryption state of an EBS volume is changed while being restored from a backing snapshot."""
    VolumeInitializationRate: Input[int]
    """Specifies the Amazon EBS Provisioned Rate for Volume Initialization (volume initialization rate), in MiB/s, at which to download the snapshot blocks from Amazon S3 to the volume."""
    AvailabilityZoneId: Input[str]
    """The ID of the Availability Zone where the EBS volume will be created (for example, `use1-az1`)."""
    EbsCardIndex: Input[int]
    """The index of the EBS card."""


class BlockDeviceMapping(TypedDict, total=False):
    Ebs: Given[EbsBlockDevice]
    """Parameters used to automatically set up EBS volumes when the instance is launched."""
    NoDevice: Input[str]
    """To omit the device from the block device mapping, specify an empty string."""
    DeviceName: Input[str]
    """The device name."""
    VirtualName: Input[str]
    """The virtual device name (`ephemeral`N)."""


MarketType: TypeAlias = Literal["spot", "capacity-block", "interruptible-capacity-reservation", "on-demand"]

SpotInstanceType: TypeAlias = Literal["one-time", "persistent"]

InstanceInterruptionBehavior: TypeAlias = Literal["hibernate", "stop", "terminate"]


class SpotMarketOptions(TypedDict, total=False):
    MaxPrice: Input[str]
    """The maximum hourly price that you're willing to pay for a Spot Instance."""
    SpotInstanceType: SpotInstanceType | Output[str]
    """The Spot Instance request type."""
    BlockDurationMinutes: Input[int]
    """Deprecated."""
    ValidUntil: str | datetime | Output[str]
    """The end date of the request, in UTC format (YYYY-MM-DDTHH:MM:SSZ)."""
    InstanceInterruptionBehavior: InstanceInterruptionBehavior | Output[str]
    """The behavior when a Spot Instance is interrupted."""


class InstanceMarketOptionsRequest(TypedDict, total=False):
    MarketType: MarketType | Output[str]
    """The market type."""
    SpotOptions: Given[SpotMarketOptions]
    """The options for Spot Instances."""


class LaunchTemplateSpecification(TypedDict, total=False):
    LaunchTemplateId: Input[str]
    """The ID of the launch template."""
    LaunchTemplateName: Input[str]
    """The name of the launch template."""
    Version: Input[str]
    """The launch template version number, `$Latest`, or `$Default`."""


Tenancy: TypeAlias = Literal["default", "dedicated", "host"]


class Placement(TypedDict, total=False):
    AvailabilityZoneId: Input[str]
    """The ID of the Availability Zone of the instance."""
    Affinity: Input[str]
    """The affinity setting for the instance on the Dedicated Host."""
    GroupName: Input[str]
    """The name of the placement group that the instance is in."""
    PartitionNumber: Input[int]
    """The number of the partition that the instance is in."""
    HostId: Input[str]
    """The ID of the Dedicated Host on which the instance resides."""
    Tenancy: Tenancy | Output[str]
    """The tenancy of the instance."""
    SpreadDomain: Input[str]
    """Reserved for future use."""
    HostResourceGroupArn: Input[str]
    """The ARN of the host resource group in which to launch the instances."""
    GroupId: Input[str]
    """The ID of the placement group that the instance is in."""
    AvailabilityZone: Input[str]
    """The Availability Zone of the instance."""


HttpTokensState: TypeAlias = Literal["optional", "required"]

InstanceMetadataEndpointState: TypeAlias = Literal["disabled", "enabled"]

InstanceMetadataProtocolState: TypeAlias = Literal["disabled", "enabled"]

InstanceMetadataTagsState: TypeAlias = Literal["disabled", "enabled"]


class InstanceMetadataOptionsRequest(TypedDict, total=False):
    HttpTokens: HttpTokensState | Output[str]
    """Indicates whether IMDSv2 is required."""
    HttpPutResponseHopLimit: Input[int]
    """The maximum number of hops that the metadata token can travel."""
    HttpEndpoint: InstanceMetadataEndpointState | Output[str]
    """Enables or disables the HTTP metadata endpoint on your instances."""
    HttpProtocolIpv6: InstanceMetadataProtocolState | Output[str]
    """Enables or disables the IPv6 endpoint for the instance metadata service."""
    InstanceMetadataTags: InstanceMetadataTagsState | Output[str]
    """Set to `enabled` to allow access to instance tags from the instance metadata."""


class LaunchTemplateIamInstanceProfileSpecificationRequest(TypedDict, total=False):
    Arn: Input[str]
    """The Amazon Resource Name (ARN) of the instance profile."""
    Name: Input[str]
    """The name of the instance profile."""


class LaunchTemplateEbsBlockDeviceRequest(TypedDict, total=False):
    Encrypted: Input[bool]
    """Indicates whether the EBS volume is encrypted."""
    DeleteOnTermination: Input[bool]
    """Indicates whether the EBS volume is deleted on instance termination."""
    Iops: Input[int]
    """The number of I/O operations per second (IOPS)."""
    KmsKeyId: Input[str]
    """Identifier (key ID, key alias, key ARN, or alias ARN) of the customer managed KMS key to use for EBS encryption."""
    SnapshotId: Input[str]
    """The ID of the snapshot."""
    VolumeSize: Input[int]
    """The size of the volume, in GiBs."""
    VolumeType: VolumeType | Output[str]
    """The volume type."""
    Throughput: Input[int]
    """The throughput to provision for a `gp3` volume, with a maximum of 2,000 MiB/s."""
    VolumeInitializationRate: Input[int]
    """Specifies the Amazon EBS Provisioned Rate for Volume Initialization (volume initialization rate), in MiB/s, at which to download the snapshot blocks from Amazon S3 to the volume."""
    EbsCardIndex: Input[int]
    """The index of the EBS card."""


class LaunchTemplateBlockDeviceMappingRequest(TypedDict, total=False):
    DeviceName: Input[str]
    """The device name (for example, /dev/sdh or xvdh)."""
    VirtualName: Input[str]
    """The virtual device name (ephemeralN)."""
    Ebs: Given[LaunchTemplateEbsBlockDeviceRequest]
    """Parameters used to automatically set up EBS volumes when the instance is launched."""
    NoDevice: Input[str]
    """To omit the device from the block device mapping, specify an empty string."""


class InstanceIpv6AddressRequest(TypedDict, total=False):
    Ipv6Address: Input[str]
    """The IPv6 address."""


class PrivateIpAddressSpecification(TypedDict, total=False):
    Primary: Input[bool]
    """Indicates whether the private IPv4 address is the primary private IPv4 address."""
    PrivateIpAddress: Input[str]
    """The private IPv4 address."""


class Ipv4PrefixSpecificationRequest(TypedDict, total=False):
    Ipv4Prefix: Input[str]
    """The IPv4 prefix."""


class Ipv6PrefixSpecificationRequest(TypedDict, total=False):
    Ipv6Prefix: Input[str]
    """The IPv6 prefix."""


class EnaSrdUdpSpecificationRequest(TypedDict, total=False):
    EnaSrdUdpEnabled: Input[bool]
    """Indicates whether UDP traffic uses ENA Express for your instance."""


class EnaSrdSpecificationRequest(TypedDict, total=False):
    EnaSrdEnabled: Input[bool]
    """Specifies whether ENA Express is enabled for the network interface when you launch an instance."""
    EnaSrdUdpSpecification: Given[EnaSrdUdpSpecificationRequest]
    """Contains ENA Express settings for UDP network traffic for the network interface attached to the instance."""


class ConnectionTrackingSpecificationRequest(TypedDict, total=False):
    TcpEstablishedTimeout: Input[int]
    """Timeout (in seconds) for idle TCP connections in an established state."""
    UdpStreamTimeout: Input[int]
    """Timeout (in seconds) for idle UDP flows classified as streams which have seen more than one request-response transaction."""
    UdpTimeout: Input[int]
    """Timeout (in seconds) for idle UDP flows that have seen traffic only in a single direction or a single request-response transaction."""


class LaunchTemplateInstanceNetworkInterfaceSpecificationRequest(TypedDict, total=False):
    AssociateCarrierIpAddress: Input[bool]
    """Associates a Carrier IP address with eth0 for a new network interface."""
    AssociatePublicIpAddress: Input[bool]
    """Associates a public IPv4 address with eth0 for a new network interface."""
    DeleteOnTermination: Input[bool]
    """Indicates whether the network interface is deleted when the instance is terminated."""
    Description: Input[str]
    """A description for the network interface."""
    DeviceIndex: Input[int]
    """The device index for the network interface attachment."""
    Groups: Given[Sequence[Input[str]]]
    """The IDs of one or more security groups."""
    InterfaceType: Input[str]
    """The type of network interface."""
    Ipv6AddressCount: Input[int]
    """The number of IPv6 addresses to assign to a network interface."""
    Ipv6Addresses: Given[Sequence[Given[InstanceIpv6AddressRequest]]]
    """One or more specific IPv6 addresses from the IPv6 CIDR block range of your subnet."""
    NetworkInterfaceId: Input[str]
    """The ID of the network interface."""
    PrivateIpAddress: Input[str]
    """The primary private IPv4 address of the network interface."""
    PrivateIpAddresses: Given[Sequence[Given[PrivateIpAddressSpecification]]]
    """One or more private IPv4 addresses."""
    SecondaryPrivateIpAddressCount: Input[int]
    """The number of secondary private IPv4 addresses to assign to a network interface."""
    SubnetId: Input[str]
    """The ID of the subnet for the network interface."""
    NetworkCardIndex: Input[int]
    """The index of the network card."""
    Ipv4Prefixes: Given[Sequence[Given[Ipv4PrefixSpecificationRequest]]]
    """One or more IPv4 prefixes to be assigned to the network interface."""
    Ipv4PrefixCount: Input[int]
    """The number of IPv4 prefixes to be automatically assigned to the network interface."""
    Ipv6Prefixes: Given[Sequence[Given[Ipv6PrefixSpecificationRequest]]]
    """One or more IPv6 prefixes to be assigned to the network interface."""
    Ipv6PrefixCount: Input[int]
    """The number of IPv6 prefixes to be automatically assigned to the network interface."""
    PrimaryIpv6: Input[bool]
    """The primary IPv6 address of the network interface."""
    EnaSrdSpecification: Given[EnaSrdSpecificationRequest]
    """Configure ENA Express settings for your launch template."""
    ConnectionTrackingSpecification: Given[ConnectionTrackingSpecificationRequest]
    """A security group connection tracking specification that enables you to set the timeout for connection tracking on an Elastic network interface."""
    EnaQueueCount: Input[int]
    """The number of ENA queues to be created with the instance."""


class LaunchTemplatesMonitoringRequest(TypedDict, total=False):
    Enabled: Input[bool]
    """Specify `true` to enable detailed monitoring."""
    MetricCategoryIds: Given[Sequence[Input[str]]]
    """The IDs of the metric categories to associate with the instance."""


class LaunchTemplatePlacementRequest(TypedDict, total=False):
    AvailabilityZone: Input[str]
    """The Availability Zone for the instance."""
    AvailabilityZoneId: Input[str]
    """The ID of the Availability Zone for the instance."""
    Affinity: Input[str]
    """The affinity setting for an instance on a Dedicated Host."""
    GroupName: Input[str]
    """The name of the placement group for the instance."""
    HostId: Input[str]
    """The ID of the Dedicated Host for the instance."""
    Tenancy: Tenancy | Output[str]
    """The tenancy of the instance."""
    SpreadDomain: Input[str]
    """Reserved for future use."""
    HostResourceGroupArn: Input[str]
    """The ARN of the host resource group in which to launch the instances."""
    PartitionNumber: Input[int]
    """The number of the partition the instance should launch in."""
    GroupId: Input[str]
    """The Group Id of a placement group."""


ShutdownBehavior: TypeAlias = Literal["stop", "terminate"]


class Tag(TypedDict, total=False):
    Key: Input[str]
    """The key of the tag."""
    Value: Input[str]
    """The value of the tag."""


class LaunchTemplateTagSpecificationRequest(TypedDict, total=False):
    ResourceType: Input[str]
    """The type of resource to tag."""
    Tags: Given[Sequence[Given[Tag]]]
    """The tags to apply to the resource."""


class ElasticGpuSpecification(TypedDict, total=False):
    Type: Required[Input[str]]
    """The type of Elastic Graphics accelerator."""


class LaunchTemplateElasticInferenceAccelerator(TypedDict, total=False):
    Type: Required[Input[str]]
    """The type of elastic inference accelerator."""
    Count: Input[int]
    """The number of elastic inference accelerators to attach to the instance."""


class LaunchTemplateSpotMarketOptionsRequest(TypedDict, total=False):
    MaxPrice: Input[str]
    """The maximum hourly price you're willing to pay for a Spot Instance."""
    SpotInstanceType: SpotInstanceType | Output[str]
    """The Spot Instance request type."""
    BlockDurationMinutes: Input[int]
    """Deprecated."""
    ValidUntil: str | datetime | Output[str]
    """The end date of the request, in UTC format (YYYY-MM-DDTHH:MM:SSZ)."""
    InstanceInterruptionBehavior: InstanceInterruptionBehavior | Output[str]
    """The behavior when a Spot Instance is interrupted."""


class LaunchTemplateInstanceMarketOptionsRequest(TypedDict, total=False):
    MarketType: MarketType | Output[str]
    """The market type."""
    SpotOptions: Given[LaunchTemplateSpotMarketOptionsRequest]
    """The options for Spot Instances."""


class CreditSpecificationRequest(TypedDict, total=False):
    CpuCredits: Required[Input[str]]
    """The credit option for CPU usage of a T instance."""


AmdSevSnpSpecification: TypeAlias = Literal["enabled", "disabled"]

NestedVirtualizationSpecification: TypeAlias = Literal["enabled", "disabled"]


class LaunchTemplateCpuOptionsRequest(TypedDict, total=False):
    CoreCount: Input[int]
    """The number of CPU cores for the instance."""
    ThreadsPerCore: Input[int]
    """The number of threads per CPU core."""
    AmdSevSnp: AmdSevSnpSpecification | Output[str]
    """Indicates whether to enable the instance for AMD SEV-SNP."""
    NestedVirtualization: NestedVirtualizationSpecification | Output[str]
    """Indicates whether to enable the instance for nested virtualization."""


CapacityReservationPreference: TypeAlias = Literal["capacity-reservations-only", "open", "none"]


class CapacityReservationTarget(TypedDict, total=False):
    CapacityReservationId: Input[str]
    """The ID of the Capacity Reservation in which to run the instance."""
    CapacityReservationResourceGroupArn: Input[str]
    """The ARN of the Capacity Reservation resource group in which to run the instance."""


class LaunchTemplateCapacityReservationSpecificationRequest(TypedDict, total=False):
    CapacityReservationPreference: CapacityReservationPreference | Output[str]
    """Indicates the instance's Capacity Reservation preferences."""
    CapacityReservationTarget: Given[CapacityReservationTarget]
    """Information about the target Capacity Reservation or Capacity Reservation group."""


class LaunchTemplateLicenseConfigurationRequest(TypedDict, total=False):
    LicenseConfigurationArn: Input[str]
    """The Amazon Resource Name (ARN) of the license configuration."""


class LaunchTemplateHibernationOptionsRequest(TypedDict, total=False):
    Configured: Input[bool]
    """If you set this parameter to `true`, the instance is enabled for hibernation."""


LaunchTemplateHttpTokensState: TypeAlias = Literal["optional", "required"]

LaunchTemplateInstanceMetadataEndpointState: TypeAlias = Literal["disabled", "enabled"]

LaunchTemplateInstanceMetadataProtocolIpv6: TypeAlias = Literal["disabled", "enabled"]

LaunchTemplateInstanceMetadataTagsState: TypeAlias = Literal["disabled", "enabled"]


class LaunchTemplateInstanceMetadataOptionsRequest(TypedDict, total=False):
    HttpTokens: LaunchTemplateHttpTokensState | Output[str]
    """Indicates whether IMDSv2 is required."""
    HttpPutResponseHopLimit: Input[int]
    """The desired HTTP PUT response hop limit for instance metadata requests."""
    HttpEndpoint: LaunchTemplateInstanceMetadataEndpointState | Output[str]
    """Enables or disables the HTTP metadata endpoint on your instances."""
    HttpProtocolIpv6: LaunchTemplateInstanceMetadataProtocolIpv6 | Output[str]
    """Enables or disables the IPv6 endpoint for the instance metadata service."""
    InstanceMetadataTags: LaunchTemplateInstanceMetadataTagsState | Output[str]
    """Set to `enabled` to allow access to instance tags from the instance metadata."""


class LaunchTemplateEnclaveOptionsRequest(TypedDict, total=False):
    Enabled: Input[bool]
    """To enable the instance for Amazon Web Services Nitro Enclaves, set this parameter to `true`."""


class VCpuCountRangeRequest(TypedDict, total=False):
    Min: Required[Input[int]]
    """The minimum number of vCPUs."""
    Max: Input[int]
    """The maximum number of vCPUs."""


class MemoryMiBRequest(TypedDict, total=False):
    Min: Required[Input[int]]
    """The minimum amount of memory, in MiB."""
    Max: Input[int]
    """The maximum amount of memory, in MiB."""


CpuManufacturer: TypeAlias = Literal["intel", "amd", "amazon-web-services", "apple"]


class MemoryGiBPerVCpuRequest(TypedDict, total=False):
    Min: Input[float]
    """The minimum amount of memory per vCPU, in GiB."""
    Max: Input[float]
    """The maximum amount of memory per vCPU, in GiB."""


InstanceGeneration: TypeAlias = Literal["current", "previous"]

BareMetal: TypeAlias = Literal["included", "required", "excluded"]

BurstablePerformance: TypeAlias = Literal["included", "required", "excluded"]


class NetworkInterfaceCountRequest(TypedDict, total=False):
    Min: Input[int]
    """The minimum number of network interfaces."""
    Max: Input[int]
    """The maximum number of network interfaces."""


LocalStorage: TypeAlias = Literal["included", "required", "excluded"]

LocalStorageType: TypeAlias = Literal["hdd", "ssd"]


class TotalLocalStorageGBRequest(TypedDict, total=False):
    Min: Input[float]
    """The minimum amount of total local storage, in GB."""
    Max: Input[float]
    """The maximum amount of total local storage, in GB."""


class BaselineEbsBandwidthMbpsRequest(TypedDict, total=False):
    Min: Input[int]
    """The minimum baseline bandwidth, in Mbps."""
    Max: Input[int]
    """The maximum baseline bandwidth, in Mbps."""


AcceleratorType: TypeAlias = Literal["gpu", "fpga", "inference", "media"]


class AcceleratorCountRequest(TypedDict, total=False):
    Min: Input[int]
    """The minimum number of accelerators."""
    Max: Input[int]
    """The maximum number of accelerators."""


AcceleratorManufacturer: TypeAlias = Literal["amazon-web-services", "amd", "nvidia", "xilinx", "habana"]

AcceleratorName: TypeAlias = Literal[
    "a100",
    "inferentia",
    "k520",
    "k80",
    "m60",
    "radeon-pro-v520",
    "t4",
    "vu9p",
    "v100",
    "a10g",
    "h100",
    "t4g",
    "l40s",
    "l4",
    "gaudi-hl-205",
    "inferentia2",
    "trainium",
    "trainium2",
    "u30",
]


class AcceleratorTotalMemoryMiBRequest(TypedDict, total=False):
    Min: Input[int]
    """The minimum amount of accelerator memory, in MiB."""
    Max: Input[int]
    """The maximum amount of accelerator memory, in MiB."""


class NetworkBandwidthGbpsRequest(TypedDict, total=False):
    Min: Input[float]
    """The minimum amount of network bandwidth, in Gbps."""
    Max: Input[float]
    """The maximum amount of network bandwidth, in Gbps."""


class PerformanceFactorReferenceRequest(TypedDict, total=False):
    InstanceFamily: Input[str]
    """The instance family to use as a baseline reference."""


class CpuPerformanceFactorRequest(TypedDict, total=False):
    References: Given[Sequence[Given[PerformanceFactorReferenceRequest]]]
    """Specify an instance family to use as the baseline reference for CPU performance."""


class BaselinePerformanceFactorsRequest(TypedDict, total=False):
    Cpu: Given[CpuPerformanceFactorRequest]
    """The CPU performance to consider, using an instance family as the baseline reference."""


class InstanceRequirementsRequest(TypedDict, total=False):
    VCpuCount: Required[Given[VCpuCountRangeRequest]]
    """The minimum and maximum number of vCPUs."""
    MemoryMiB: Required[Given[MemoryMiBRequest]]
    """The minimum and maximum amount of memory, in MiB."""
    CpuManufacturers: Given[Sequence[CpuManufacturer | Output[str]]]
    """The CPU manufacturers to include."""
    MemoryGiBPerVCpu: Given[MemoryGiBPerVCpuRequest]
    """The minimum and maximum amount of memory per vCPU, in GiB."""
    ExcludedInstanceTypes: Given[Sequence[Input[str]]]
    """The instance types to exclude."""
    InstanceGenerations: Given[Sequence[InstanceGeneration | Output[str]]]
    """Indicates whether current or previous generation instance types are included."""
    SpotMaxPricePercentageOverLowestPrice: Input[int]
    """[Price protection] The price protection threshold for Spot Instances, as a percentage higher than an identified Spot price."""
    OnDemandMaxPricePercentageOverLowestPrice: Input[int]
    """[Price protection] The price protection threshold for On-Demand Instances, as a percentage higher than an identified On-Demand price."""
    BareMetal: BareMetal | Output[str]
    """Indicates whether bare metal instance types must be included, excluded, or required."""
    BurstablePerformance: BurstablePerformance | Output[str]
    """Indicates whether burstable performance T instance types are included, excluded, or required."""
    RequireHibernateSupport: Input[bool]
    """Indicates whether instance types must support hibernation for On-Demand Instances."""
    NetworkInterfaceCount: Given[NetworkInterfaceCountRequest]
    """The minimum and maximum number of network interfaces."""
    LocalStorage: LocalStorage | Output[str]
    """Indicates whether instance types with instance store volumes are included, excluded, or required."""
    LocalStorageTypes: Given[Sequence[LocalStorageType | Output[str]]]
    """The type of local storage that is required."""
    TotalLocalStorageGB: Given[TotalLocalStorageGBRequest]
    """The minimum and maximum amount of total local storage, in GB."""
    BaselineEbsBandwidthMbps: Given[BaselineEbsBandwidthMbpsRequest]
    """The minimum and maximum baseline bandwidth to Amazon EBS, in Mbps."""
    AcceleratorTypes: Given[Sequence[AcceleratorType | Output[str]]]
    """The accelerator types that must be on the instance type."""
    AcceleratorCount: Given[AcceleratorCountRequest]
    """The minimum and maximum number of accelerators (GPUs, FPGAs, or Amazon Web Services Inferentia chips) on an instance."""
    AcceleratorManufacturers: Given[Sequence[AcceleratorManufacturer | Output[str]]]
    """Indicates whether instance types must have accelerators by specific manufacturers."""
    AcceleratorNames: Given[Sequence[AcceleratorName | Output[str]]]
    """The accelerators that must be on the instance type."""
    AcceleratorTotalMemoryMiB: Given[AcceleratorTotalMemoryMiBRequest]
    """The minimum and maximum amount of total accelerator memory, in MiB."""
    NetworkBandwidthGbps: Given[NetworkBandwidthGbpsRequest]
    """The minimum and maximum amount of baseline network bandwidth, in gigabits per second (Gbps)."""
    AllowedInstanceTypes: Given[Sequence[Input[str]]]
    """The instance types to apply your specified attributes against."""
    MaxSpotPriceAsPercentageOfOptimalOnDemandPrice: Input[int]
    """[Price protection] The price protection threshold for Spot Instances, as a percentage of an identified On-Demand price."""
    BaselinePerformanceFactors: Given[BaselinePerformanceFactorsRequest]
    """The baseline performance to consider, using an instance family as a baseline reference."""
    RequireEncryptionInTransit: Input[bool]
    """Specifies whether instance types must support encrypting in-transit traffic between instances."""


HostnameType: TypeAlias = Literal["ip-name", "resource-name"]


class LaunchTemplatePrivateDnsNameOptionsRequest(TypedDict, total=False):
    HostnameType: HostnameType | Output[str]
    """The type of hostname for Amazon EC2 instances."""
    EnableResourceNameDnsARecord: Input[bool]
    """Indicates whether to respond to DNS queries for instance hostnames with DNS A records."""
    EnableResourceNameDnsAAAARecord: Input[bool]
    """Indicates whether to respond to DNS queries for instance hostnames with DNS AAAA records."""


LaunchTemplateAutoRecoveryState: TypeAlias = Literal["default", "disabled"]


class LaunchTemplateInstanceMaintenanceOptionsRequest(TypedDict, total=False):
    AutoRecovery: LaunchTemplateAutoRecoveryState | Output[str]
    """Disables the automatic recovery behavior of your instance or sets it to default."""


class OperatorRequest(TypedDict, total=False):
    Principal: Input[str]
    """The service provider that manages the resource."""


InstanceBandwidthWeighting: TypeAlias = Literal["default", "vpc-1", "ebs-1"]


class LaunchTemplateNetworkPerformanceOptionsRequest(TypedDict, total=False):
    BandwidthWeighting: InstanceBandwidthWeighting | Output[str]
    """Specify the bandwidth weighting option to boost the associated type of baseline bandwidth, as follows."""


class SecondaryInterfacePrivateIpAddressSpecificationRequest(TypedDict, total=False):
    PrivateIpAddress: Input[str]
    """The private IPv4 address."""


SecondaryInterfaceType: TypeAlias = Literal["secondary"]


class LaunchTemplateInstanceSecondaryInterfaceSpecificationRequest(TypedDict, total=False):
    DeleteOnTermination: Input[bool]
    """Indicates whether the secondary interface is deleted when the instance is terminated."""
    DeviceIndex: Input[int]
    """The device index for the secondary interface attachment."""
    PrivateIpAddresses: Given[Sequence[Given[SecondaryInterfacePrivateIpAddressSpecificationRequest]]]
    """The private IPv4 addresses to assign to the secondary interface."""
    PrivateIpAddressCount: Input[int]
    """The number of private IPv4 addresses to assign to the secondary interface."""
    SecondarySubnetId: Input[str]
    """The ID of the secondary subnet."""
    InterfaceType: SecondaryInterfaceType | Output[str]
    """The type of secondary interface."""
    NetworkCardIndex: Input[int]
    """The index of the network card."""


class RequestLaunchTemplateData(TypedDict, total=False):
    KernelId: Input[str]
    """The ID of the kernel."""
    EbsOptimized: Input[bool]
    """Indicates whether the instance is optimized for Amazon EBS I/O."""
    IamInstanceProfile: Given[LaunchTemplateIamInstanceProfileSpecificationRequest]
    """The name or Amazon Resource Name (ARN) of an IAM instance profile."""
    BlockDeviceMappings: Given[Sequence[Given[LaunchTemplateBlockDeviceMappingRequest]]]
    """The block device mapping."""
    NetworkInterfaces: Given[Sequence[Given[LaunchTemplateInstanceNetworkInterfaceSpecificationRequest]]]
    """The network interfaces for the instance."""
    ImageId: Input[str]
    """The ID of the AMI in the format `ami-0ac394d6a3example`."""
    InstanceType: Input[str]
    """The instance type."""
    KeyName: Input[str]
    """The name of the key pair."""
    Monitoring: Given[LaunchTemplatesMonitoringRequest]
    """The monitoring for the instance."""
    Placement: Given[LaunchTemplatePlacementRequest]
    """The placement for the instance."""
    RamDiskId: Input[str]
    """The ID of the RAM disk."""
    DisableApiTermination: Input[bool]
    """Indicates whether termination protection is enabled for the instance."""
    InstanceInitiatedShutdownBehavior: ShutdownBehavior | Output[str]
    """Indicates whether an instance stops or terminates when you initiate shutdown from the instance (using the operating system command for system shutdown)."""
    UserData: Input[str] | Secret
    """The user data to make available to the instance."""
    TagSpecifications: Given[Sequence[Given[LaunchTemplateTagSpecificationRequest]]]
    """The tags to apply to the resources that are created during instance launch."""
    ElasticGpuSpecifications: Given[Sequence[Given[ElasticGpuSpecification]]]
    """Deprecated."""
    ElasticInferenceAccelerators: Given[Sequence[Given[LaunchTemplateElasticInferenceAccelerator]]]
    """An elastic inference accelerator to associate with the instance."""
    SecurityGroupIds: Given[Sequence[Input[str]]]
    """The IDs of the security groups."""
    SecurityGroups: Given[Sequence[Input[str]]]
    """The names of the security groups."""
    InstanceMarketOptions: Given[LaunchTemplateInstanceMarketOptionsRequest]
    """The market (purchasing) option for the instances."""
    CreditSpecification: Given[CreditSpecificationRequest]
    """The credit option for CPU usage of the instance."""
    CpuOptions: Given[LaunchTemplateCpuOptionsRequest]
    """The CPU options for the instance."""
    CapacityReservationSpecification: Given[LaunchTemplateCapacityReservationSpecificationRequest]
    """The Capacity Reservation targeting option."""
    LicenseSpecifications: Given[Sequence[Given[LaunchTemplateLicenseConfigurationRequest]]]
    """The license configurations."""
    HibernationOptions: Given[LaunchTemplateHibernationOptionsRequest]
    """Indicates whether an instance is enabled for hibernation."""
    MetadataOptions: Given[LaunchTemplateInstanceMetadataOptionsRequest]
    """The metadata options for the instance."""
    EnclaveOptions: Given[LaunchTemplateEnclaveOptionsRequest]
    """Indicates whether the instance is enabled for Amazon Web Services Nitro Enclaves."""
    InstanceRequirements: Given[InstanceRequirementsRequest]
    """The attributes for the instance types."""
    PrivateDnsNameOptions: Given[LaunchTemplatePrivateDnsNameOptionsRequest]
    """The options for the instance hostname."""
    MaintenanceOptions: Given[LaunchTemplateInstanceMaintenanceOptionsRequest]
    """The maintenance options for the instance."""
    DisableApiStop: Input[bool]
    """Indicates whether to enable the instance for stop protection."""
    Operator: Given[OperatorRequest]
    """The entity that manages the launch template."""
    NetworkPerformanceOptions: Given[LaunchTemplateNetworkPerformanceOptionsRequest]
    """Contains launch template settings to boost network performance for the type of workload that runs on your instance."""
    SecondaryInterfaces: Given[Sequence[Given[LaunchTemplateInstanceSecondaryInterfaceSpecificationRequest]]]
    """The secondary interfaces to associate with instances launched from the template."""


class UserIdGroupPair(TypedDict, total=False):
    Description: Input[str]
    """A description for the security group rule that references this user ID group pair."""
    UserId: Input[str]
    """The ID of an Amazon Web Services account."""
    GroupName: Input[str]
    """[Default VPC] The name of the security group."""
    GroupId: Input[str]
    """The ID of the security group."""
    VpcId: Input[str]
    """The ID of the VPC for the referenced security group, if applicable."""
    VpcPeeringConnectionId: Input[str]
    """The ID of the VPC peering connection, if applicable."""
    PeeringStatus: Input[str]
    """The status of a VPC peering connection, if applicable."""


class IpRange(TypedDict, total=False):
    Description: Input[str]
    """A description for the security group rule that references this IPv4 address range."""
    CidrIp: Input[str]
    """The IPv4 address range."""


class Ipv6Range(TypedDict, total=False):
    Description: Input[str]
    """A description for the security group rule that references this IPv6 address range."""
    CidrIpv6: Input[str]
    """The IPv6 address range."""


class PrefixListId(TypedDict, total=False):
    Description: Input[str]
    """A description for the security group rule that references this prefix list ID."""
    PrefixListId: Input[str]
    """The ID of the prefix."""


class IpPermission(TypedDict, total=False):
    IpProtocol: Input[str]
    """The IP protocol name (`tcp`, `udp`, `icmp`, `icmpv6`) or number (see Protocol Numbers)."""
    FromPort: Input[int]
    """If the protocol is TCP or UDP, this is the start of the port range."""
    ToPort: Input[int]
    """If the protocol is TCP or UDP, this is the end of the port range."""
    UserIdGroupPairs: Given[Sequence[Given[UserIdGroupPair]]]
    """The security group and Amazon Web Services account ID pairs."""
    IpRanges: Given[Sequence[Given[IpRange]]]
    """The IPv4 address ranges."""
    Ipv6Ranges: Given[Sequence[Given[Ipv6Range]]]
    """The IPv6 address ranges."""
    PrefixListIds: Given[Sequence[Given[PrefixListId]]]
    """The prefix list IDs."""


class Ec2Instance(
    DeclaredResource, type="aws.ec2_instance", provider="aws", resolve_by="mark", timeout_s=600.0
):
    """A virtual machine."""

    image_id: Annotated[Input[str] | None, Immutable()] = None
    """The ID of the AMI."""
    security_group_ids: Given[Sequence[Input[str]]] | None = None
    """The IDs of the security groups."""
    user_data: Annotated[Input[str] | Secret | None, Immutable(), Sensitive()] = None
    """What the machine runs when it first starts, as text."""
    iam_instance_profile: Annotated[Given[IamInstanceProfileSpecification] | None, Immutable()] = None
    """The name or Amazon Resource Name (ARN) of an IAM instance profile."""
    block_device_mappings: Annotated[Given[Sequence[Given[BlockDeviceMapping]]] | None, Immutable()] = None
    """The block device mapping, which defines the EBS volumes and instance store volumes to attach to the instance at launch."""
    instance_market_options: Annotated[Given[InstanceMarketOptionsRequest] | None, Immutable()] = None
    """The market (purchasing) option for the instances."""
    launch_template: Annotated[Given[LaunchTemplateSpecification] | None, Immutable()] = None
    """The launch template."""
    placement: Annotated[Given[Placement] | None, Immutable()] = None
    """The placement for the instance."""
    instance_type: Annotated[Input[str] | None, Immutable()] = None
    """The instance type."""
    key_name: Annotated[Input[str] | None, Immutable()] = None
    """The name of the key pair."""
    subnet_id: Annotated[Input[str] | None, Immutable()] = None
    """The ID of the subnet to launch the instance into."""
    metadata_options: Given[InstanceMetadataOptionsRequest] | None = None
    """The metadata options for the instance."""
    ebs_optimized: Annotated[Input[bool] | None, Immutable()] = None
    """Indicates whether the instance is optimized for Amazon EBS I/O."""
    tags: Given[Mapping[str, Input[str]]] | None = None
    """Names and values that are put on the object."""
    instance_id: ClassVar[Computed[str]] = computed()
    """The ID of the instance."""
    private_ip_address: ClassVar[Computed[str]] = computed()
    """The private IPv4 address assigned to the instance."""
    private_dns_name: ClassVar[Computed[str]] = computed()
    """[IPv4 only] The private DNS hostname name assigned to the instance."""
    public_ip_address: ClassVar[Computed[str]] = computed()
    """The public IPv4 address, or the Carrier IP address assigned to the instance, if applicable."""
    availability_zone: ClassVar[Computed[str]] = computed()
    """The Availability Zone of the instance."""
    vpc_id: ClassVar[Computed[str]] = computed()
    """The ID of the VPC in which the instance is running."""
    subnet: ClassVar[Computed[str]] = computed()
    """The ID of the subnet in which the instance is running."""


class Ec2KeyPair(
    DeclaredResource, type="aws.ec2_key_pair", provider="aws", resolve_by="mark", timeout_s=60.0
):
    """The public half of a key with which to log in to instances."""

    public_key_material: Annotated[Given[str | bytes], Immutable()]
    """The public key in OpenSSH or RFC 4716 form, in base64."""
    key_name: Annotated[Input[str] | None, Immutable()] = None
    """A unique name for the key pair."""
    dry_run: Annotated[Input[bool] | None, Immutable()] = None
    """Checks whether you have the required permissions for the action, without actually making the request, and provides an error response."""
    tags: Given[Mapping[str, Input[str]]] | None = None
    """Names and values that are put on the object."""
    key_pair_id: ClassVar[Computed[str]] = computed()
    """The ID of the key pair."""
    fingerprint: ClassVar[Computed[str]] = computed()
    """If you used CreateKeyPair to create the key pair."""


class Ec2LaunchTemplate(
    DeclaredResource, type="aws.ec2_launch_template", provider="aws", resolve_by="mark", timeout_s=60.0
):
    """How instances are to be started; a change makes a new version, which becomes the default."""

    launch_template_data: Given[RequestLaunchTemplateData]
    """The information for the launch template."""
    launch_template_name: Annotated[Input[str] | None, Immutable()] = None
    """A name for the launch template."""
    tags: Given[Mapping[str, Input[str]]] | None = None
    """Names and values that are put on the object."""
    launch_template_id: ClassVar[Computed[str]] = computed()
    """The ID of the launch template."""
    latest_version: ClassVar[Computed[int]] = computed()
    """The version number of the latest version of the launch template."""
    default_version: ClassVar[Computed[int]] = computed()
    """The version number of the default version of the launch template."""


class Ec2SecurityGroup(
    DeclaredResource, type="aws.ec2_security_group", provider="aws", resolve_by="mark", timeout_s=60.0
):
    """A virtual firewall: which traffic may reach and leave what is in it."""

    description: Annotated[Input[str], Immutable()]
    """A description for the security group."""
    group_name: Annotated[Input[str] | None, Immutable()] = None
    """The name of the security group."""
    ingress: Given[Sequence[Given[IpPermission]]] | None = None
    """Traffic that may come in; without it, none. When it is not given: `[]`."""
    egress: Given[Sequence[Given[IpPermission]]] | None = None
    """Traffic that may go out; without it, all."""
    vpc_id: Annotated[Input[str] | None, Immutable()] = None
    """The ID of the VPC."""
    dry_run: Annotated[Input[bool] | None, Immutable()] = None
    """Checks whether you have the required permissions for the action, without actually making the request, and provides an error response."""
    tags: Given[Mapping[str, Input[str]]] | None = None
    """Names and values that are put on the object."""
    group_id: ClassVar[Computed[str]] = computed()
    """The ID of the security group."""
    arn: ClassVar[Computed[str]] = computed()
    """The ARN of the security group."""
    vpc: ClassVar[Computed[str]] = computed()
    """The ID of the VPC for the security group."""
