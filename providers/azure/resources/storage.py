"""Azure Storage. Made by `make generate` from providers/azure/types; not to be edited.

Source: azure-data-tables 12.7.0, azure-mgmt-storage 25.3.0, azure-storage-blob 12.31.1, azure-storage-queue 12.18.1.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, ClassVar, Literal, Required, TypeAlias, TypedDict

from unknot.providers.declared.resource import DeclaredResource, Given
from unknot.stacks.output import Input, Output
from unknot.stacks.resource import Computed, Immutable, computed

__all__ = [
    "StorageAccount",
    "StorageBlob",
    "StorageContainer",
    "StorageQueue",
    "StorageTable",
]

SkuName: TypeAlias = Literal[
    "Standard_LRS",
    "Standard_GRS",
    "Standard_RAGRS",
    "Standard_ZRS",
    "Premium_LRS",
    "Premium_ZRS",
    "Standard_GZRS",
    "Standard_RAGZRS",
    "StandardV2_LRS",
    "StandardV2_GRS",
    "StandardV2_ZRS",
    "StandardV2_GZRS",
    "PremiumV2_LRS",
    "PremiumV2_ZRS",
]


class Sku(TypedDict, total=False):
    name: Required[SkuName | Output[str]]
    """The SKU name."""


Kind: TypeAlias = Literal["Storage", "StorageV2", "BlobStorage", "FileStorage", "BlockBlobStorage"]

AccessTier: TypeAlias = Literal["Hot", "Cool", "Premium", "Cold", "Smart"]

MinimumTlsVersion: TypeAlias = Literal["TLS1_0", "TLS1_1", "TLS1_2", "TLS1_3"]

PublicNetworkAccess: TypeAlias = Literal["Enabled", "Disabled", "SecuredByPerimeter"]

IdentityType: TypeAlias = Literal["None", "SystemAssigned", "UserAssigned", "SystemAssigned,UserAssigned"]


class UserAssignedIdentity(TypedDict, total=False):
    pass


class Identity(TypedDict, total=False):
    type: Required[IdentityType | Output[str]]
    """The identity type."""
    userAssignedIdentities: Given[Mapping[str, Given[UserAssignedIdentity]]]
    """Gets or sets a list of key value pairs that describe the set of User Assigned identities that will be used with this storage account."""


KeyType: TypeAlias = Literal["Service", "Account"]


class EncryptionService(TypedDict, total=False):
    enabled: Input[bool]
    """A boolean indicating whether or not the service encrypts the data as it is stored."""
    keyType: KeyType | Output[str]
    """Encryption key type to be used for the encryption service. 'Account' key type implies that an account-scoped encryption key will be used. 'Service' key type implies that a default service key is used."""


class EncryptionServices(TypedDict, total=False):
    blob: Given[EncryptionService]
    """The encryption function of the blob storage service."""
    file: Given[EncryptionService]
    """The encryption function of the file storage service."""
    table: Given[EncryptionService]
    """The encryption function of the table storage service."""
    queue: Given[EncryptionService]
    """The encryption function of the queue storage service."""


KeySource: TypeAlias = Literal["Microsoft.Storage", "Microsoft.Keyvault"]


class KeyVaultProperties(TypedDict, total=False):
    keyname: Input[str]
    """The name of KeyVault key."""
    keyversion: Input[str]
    """The version of KeyVault key."""
    keyvaulturi: Input[str]
    """The Uri of KeyVault."""


class EncryptionIdentity(TypedDict, total=False):
    userAssignedIdentity: Input[str]
    """Resource identifier of the UserAssigned identity to be associated with server-side encryption on the storage account."""
    federatedIdentityClientId: Input[str]
    """ClientId of the multi-tenant application to be used in conjunction with the user-assigned identity for cross-tenant customer-managed-keys server-side encryption on the storage account."""


class Encryption(TypedDict, total=False):
    services: Given[EncryptionServices]
    """List of services which support encryption."""
    keySource: KeySource | Output[str]
    """The encryption keySource (provider)."""
    requireInfrastructureEncryption: Input[bool]
    """A boolean indicating whether or not the service applies a secondary layer of encryption with platform managed keys for data at rest."""
    keyvaultproperties: Given[KeyVaultProperties]
    """Properties provided by key vault."""
    identity: Given[EncryptionIdentity]
    """The identity to be used with service-side encryption at rest."""


Bypass: TypeAlias = Literal["None", "Logging", "Metrics", "AzureServices"]


class ResourceAccessRule(TypedDict, total=False):
    tenantId: Input[str]
    """Tenant Id."""
    resourceId: Input[str]
    """Resource Id."""


VirtualNetworkRuleAction: TypeAlias = Literal["Allow"]

State: TypeAlias = Literal["Provisioning", "Deprovisioning", "Succeeded", "Failed", "NetworkSourceDeleted"]


class VirtualNetworkRule(TypedDict, total=False):
    id: Required[Input[str]]
    """Resource ID of a subnet, for example: /subscriptions/{subscriptionId}/resourceGroups/{groupName}/providers/Microsoft.Network/virtualNetworks/{vnetName}/subnets/{subnetName}. Required."""
    action: VirtualNetworkRuleAction | Output[str]
    """The action of virtual network rule."""
    state: State | Output[str]
    """Gets the state of virtual network rule."""


IPRuleAction: TypeAlias = Literal["Allow"]


class IPRule(TypedDict, total=False):
    value: Required[Input[str]]
    """Specifies the IP or IP range in CIDR format."""
    action: IPRuleAction | Output[str]
    """The action of IP ACL rule."""


DefaultAction: TypeAlias = Literal["Allow", "Deny"]


class NetworkRuleSet(TypedDict, total=False):
    bypass: Bypass | Output[str]
    """Specifies whether traffic is bypassed for Logging/Metrics/AzureServices."""
    resourceAccessRules: Given[Sequence[Given[ResourceAccessRule]]]
    """Sets the resource access rules."""
    virtualNetworkRules: Given[Sequence[Given[VirtualNetworkRule]]]
    """Sets the virtual network rules."""
    ipRules: Given[Sequence[Given[IPRule]]]
    """Sets the IP ACL rules."""
    ipv6Rules: Given[Sequence[Given[IPRule]]]
    """Sets the IPv6 ACL rules."""
    defaultAction: Required[DefaultAction | Output[str]]
    """Specifies the default action of allow or deny when no other rules match."""


AccountImmutabilityPolicyState: TypeAlias = Literal["Unlocked", "Locked", "Disabled"]


class AccountImmutabilityPolicyProperties(TypedDict, total=False):
    immutabilityPeriodSinceCreationInDays: Input[int]
    """The immutability period for the blobs in the container since the policy creation, in days."""
    state: AccountImmutabilityPolicyState | Output[str]
    """The ImmutabilityPolicy state defines the mode of the policy."""
    allowProtectedAppendWrites: Input[bool]
    """This property can only be changed for disabled and unlocked time-based retention policies."""


class ImmutableStorageAccount(TypedDict, total=False):
    enabled: Input[bool]
    """A boolean flag which enables account-level immutability."""
    immutabilityPolicy: Given[AccountImmutabilityPolicyProperties]
    """Specifies the default account-level immutability policy which is inherited and applied to objects that do not possess an explicit immutability policy at the object level."""


class BlobContentSettings(TypedDict, total=False):
    content_type: Input[str]
    """The content type specified for the blob."""
    content_encoding: Input[str]
    """If the content_encoding has previously been set for the blob, that value is stored."""
    content_language: Input[str]
    """If the content_language has previously been set for the blob, that value is stored."""
    content_disposition: Input[str]
    """content_disposition conveys additional information about how to process the response payload, and also can be used to attach additional metadata."""
    cache_control: Input[str]
    """If the cache_control has previously been set for the blob, that value is stored."""
    content_md5: Given[Any]
    """If the content_md5 has been set for the blob, this response header is stored so that the client can check for message content integrity."""


BlobStandardBlobTier: TypeAlias = Literal["Archive", "Cool", "Cold", "Hot", "Smart"]

BlobPublicAccess: TypeAlias = Literal["off", "blob", "container"]


class BlobAccessPolicy(TypedDict, total=False):
    permission: Input[str]
    """the permissions for the acl policy."""
    expiry: str | datetime | Output[str]
    """the date-time the policy expires."""
    start: str | datetime | Output[str]
    """the date-time the policy is active."""


class QueueAccessPolicy(TypedDict, total=False):
    permission: Input[str]
    """The permissions associated with the shared access signature."""
    expiry: str | datetime | Output[str]
    """The time at which the shared access signature becomes invalid."""
    start: str | datetime | Output[str]
    """The time at which the shared access signature becomes valid."""


class TableAccessPolicy(TypedDict, total=False):
    permission: Input[str]
    """The permissions associated with the shared access signature."""
    expiry: str | datetime | Output[str]
    """The time at which the shared access signature becomes invalid."""
    start: str | datetime | Output[str]
    """The time at which the shared access signature becomes valid."""


class StorageAccount(
    DeclaredResource, type="azure.storage_account", provider="azure", resolve_by="mark", timeout_s=300.0
):
    """A storage account: a name under which containers, queues and tables are found, and how they are kept. One that holds containers is not deleted."""

    sku: Given[Sku]
    """Gets or sets the SKU name."""
    account_name: Annotated[Input[str] | None, Immutable()] = None
    """Its name, unique in the whole of Azure."""
    resource_group_name: Annotated[Input[str] | None, Immutable()] = None
    """The resource group that it is in. Left out: the target's."""
    location: Annotated[Input[str] | None, Immutable()] = None
    """The region that it is in. Left out: the target's."""
    kind: Annotated[Kind | Output[str] | None, Immutable()] = None
    """Indicates the type of storage account. When it is not given: `StorageV2`."""
    access_tier: AccessTier | Output[str] | None = None
    """How blobs are kept that do not say: quick to read, or cheap. When it is not given: `Hot`."""
    allow_blob_public_access: Input[bool] | None = None
    """Allow or disallow public access to all blobs or containers in the storage account. When it is not given: `False`."""
    allow_shared_key_access: Input[bool] | None = None
    """Indicates whether the storage account permits requests to be authorized with the account access key via Shared Key. When it is not given: `True`."""
    minimum_tls_version: MinimumTlsVersion | Output[str] | None = None
    """Set the minimum TLS version to be permitted on requests to storage. When it is not given: `TLS1_2`."""
    public_network_access: PublicNetworkAccess | Output[str] | None = None
    """Allow, disallow, or let Network Security Perimeter configuration to evaluate public network access to Storage Account. When it is not given: `Enabled`."""
    supports_https_traffic_only: Input[bool] | None = None
    """Allows https traffic only to storage service if sets to true. When it is not given: `True`."""
    default_to_oauth_authentication: Input[bool] | None = None
    """A boolean flag which indicates whether the default authentication is OAuth or not. When it is not given: `False`."""
    identity: Given[Identity] | None = None
    """The identity of the resource."""
    encryption: Given[Encryption] | None = None
    """Encryption settings to be used for server-side encryption for the storage account."""
    network_acls: Given[NetworkRuleSet] | None = None
    """Network rule set."""
    is_sftp_enabled: Input[bool] | None = None
    """Enables Secure File Transfer Protocol, if set to true."""
    is_hns_enabled: Annotated[Input[bool] | None, Immutable()] = None
    """Account HierarchicalNamespace enabled if sets to true."""
    is_nfs_v3_enabled: Annotated[Input[bool] | None, Immutable()] = None
    """NFS 3.0 protocol support enabled if set to true."""
    allow_cross_tenant_replication: Input[bool] | None = None
    """Allow or disallow cross AAD tenant object replication."""
    immutable_storage_with_versioning: Given[ImmutableStorageAccount] | None = None
    """The property is immutable and can only be set to true at the account creation time."""
    tags: Given[Mapping[str, Input[str]]] | None = None
    """Names and values that are put on the object."""
    resource_id: ClassVar[Computed[str]] = computed()
    """Fully qualified resource ID for the resource."""
    physical_name: ClassVar[Computed[str]] = computed()
    """Its name."""
    blob_endpoint: ClassVar[Computed[str]] = computed()
    """Gets the blob endpoint."""
    queue_endpoint: ClassVar[Computed[str]] = computed()
    """Gets the queue endpoint."""
    table_endpoint: ClassVar[Computed[str]] = computed()
    """Gets the table endpoint."""
    dfs_endpoint: ClassVar[Computed[str]] = computed()
    """Gets the dfs endpoint."""
    principal_id: ClassVar[Computed[str]] = computed()
    """The principal ID of resource identity."""


class StorageBlob(
    DeclaredResource, type="azure.storage_blob", provider="azure", resolve_by="mark", timeout_s=60.0
):
    """A block blob with its content: for small ones, such as settings; the content is recorded."""

    container: Annotated[Input[str], Immutable()]
    """The container that it is in."""
    content: Given[str | bytes]
    """What is in it, as bytes."""
    blob: Annotated[Input[str] | None, Immutable()] = None
    """Its name, with `/` between folders."""
    account: Annotated[Input[str] | None, Immutable()] = None
    """The storage account that it is in. Left out: the target's."""
    content_settings: Given[BlobContentSettings] | None = None
    """Headers that it is served with."""
    tier: BlobStandardBlobTier | Output[str] | None = None
    """How it is kept: quick to read, or cheap. Left out: as the account says."""
    metadata: Given[Mapping[str, Input[str]]] | None = None
    """Names and values that are put on the object."""
    physical_name: ClassVar[Computed[str]] = computed()
    """Its name."""
    url: ClassVar[Computed[str]] = computed()
    """Where a store finds it."""


class StorageContainer(
    DeclaredResource, type="azure.storage_container", provider="azure", resolve_by="mark", timeout_s=120.0
):
    """A container of blobs in a storage account. One that holds blobs is not deleted."""

    container: Annotated[Input[str] | None, Immutable()] = None
    """Its name."""
    force_destroy: Input[bool] | None = None
    """Delete it although it is not empty. Takes effect when it is recorded: apply it before the container leaves the stack."""
    account: Annotated[Input[str] | None, Immutable()] = None
    """The storage account that it is in. Left out: the target's."""
    public_access: BlobPublicAccess | Output[str] | None = None
    """What anybody may read without signing in. Left out: nothing."""
    access_policies: Given[Mapping[str, Given[BlobAccessPolicy]]] | None = None
    """Stored access policies by name, at most five, which shared access signatures may refer to."""
    immutability_days: Input[int] | None = None
    """Days in which a blob can be neither deleted nor overwritten, from when it was written. The target names the account's resource group."""
    allow_protected_append_writes: Input[bool] | None = None
    """Append blobs may be appended to in that time."""
    metadata: Given[Mapping[str, Input[str]]] | None = None
    """Names and values that are put on the object."""
    physical_name: ClassVar[Computed[str]] = computed()
    """Its name."""
    storage_account: ClassVar[Computed[str]] = computed()
    """The storage account that it is in."""
    url: ClassVar[Computed[str]] = computed()
    """What opens it as a store."""


class StorageQueue(
    DeclaredResource, type="azure.storage_queue", provider="azure", resolve_by="mark", timeout_s=120.0
):
    """A queue in a storage account."""

    queue: Annotated[Input[str] | None, Immutable()] = None
    """Its name."""
    account: Annotated[Input[str] | None, Immutable()] = None
    """The storage account that it is in. Left out: the target's."""
    access_policies: Given[Mapping[str, Given[QueueAccessPolicy]]] | None = None
    """Stored access policies by name, at most five, which shared access signatures may refer to."""
    metadata: Given[Mapping[str, Input[str]]] | None = None
    """Names and values that are put on the object."""
    physical_name: ClassVar[Computed[str]] = computed()
    """Its name."""
    storage_account: ClassVar[Computed[str]] = computed()
    """The storage account that it is in."""


class StorageTable(
    DeclaredResource,
    type="azure.storage_table",
    provider="azure",
    resolve_by="unique-name-with-proof",
    timeout_s=120.0,
):
    """A table of entities in a storage account. Azure keeps no labels of tables: one that is there must be imported."""

    table_name: Annotated[Input[str] | None, Immutable()] = None
    """Its name."""
    account: Annotated[Input[str] | None, Immutable()] = None
    """The storage account that it is in. Left out: the target's."""
    access_policies: Given[Mapping[str, Given[TableAccessPolicy]]] | None = None
    """Stored access policies by name, at most five, which shared access signatures may refer to."""
    physical_name: ClassVar[Computed[str]] = computed()
    """Its name."""
    storage_account: ClassVar[Computed[str]] = computed()
    """The storage account that it is in."""
