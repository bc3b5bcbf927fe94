"""Azure Key Vault. Made by `make generate` from providers/azure/types; not to be edited.

Source: azure-keyvault-secrets 4.12.0, azure-mgmt-keyvault 14.1.0.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, ClassVar, Literal, Required, TypeAlias, TypedDict

from unknot.providers.declared.resource import DeclaredResource, Given
from unknot.stacks.output import Input, Output
from unknot.stacks.resource import Computed, Immutable, WriteOnly, computed
from unknot.stacks.secret import Secret

__all__ = [
    "KeyVault",
    "KeyVaultSecret",
]

SkuFamily: TypeAlias = Literal["A"]

SkuName: TypeAlias = Literal["standard", "premium"]


class Sku(TypedDict, total=False):
    family: Required[SkuFamily | Output[str]]
    """SKU family name."""
    name: Required[SkuName | Output[str]]
    """SKU name to specify whether the key vault is a standard vault or a premium vault."""


KeyPermissions: TypeAlias = Literal[
    "all",
    "encrypt",
    "decrypt",
    "wrapKey",
    "unwrapKey",
    "sign",
    "verify",
    "get",
    "list",
    "create",
    "update",
    "import",
    "delete",
    "backup",
    "restore",
    "recover",
    "purge",
    "release",
    "rotate",
    "getrotationpolicy",
    "setrotationpolicy",
]

SecretPermissions: TypeAlias = Literal[
    "all", "get", "list", "set", "delete", "backup", "restore", "recover", "purge"
]

CertificatePermissions: TypeAlias = Literal[
    "all",
    "get",
    "list",
    "delete",
    "create",
    "import",
    "update",
    "managecontacts",
    "getissuers",
    "listissuers",
    "setissuers",
    "deleteissuers",
    "manageissuers",
    "recover",
    "purge",
    "backup",
    "restore",
]

StoragePermissions: TypeAlias = Literal[
    "all",
    "get",
    "list",
    "delete",
    "set",
    "update",
    "regeneratekey",
    "recover",
    "purge",
    "backup",
    "restore",
    "setsas",
    "listsas",
    "getsas",
    "deletesas",
]


class Permissions(TypedDict, total=False):
    keys: Given[Sequence[KeyPermissions | Output[str]]]
    """Permissions to keys."""
    secrets: Given[Sequence[SecretPermissions | Output[str]]]
    """Permissions to secrets."""
    certificates: Given[Sequence[CertificatePermissions | Output[str]]]
    """Permissions to certificates."""
    storage: Given[Sequence[StoragePermissions | Output[str]]]
    """Permissions to storage accounts."""


class AccessPolicyEntry(TypedDict, total=False):
    tenantId: Required[Input[str]]
    """The Azure Active Directory tenant ID that should be used for authenticating requests to the key vault."""
    objectId: Required[Input[str]]
    """The object ID of a user, service principal or security group in the Azure Active Directory tenant for the vault."""
    applicationId: Input[str]
    """Application ID of the client making request on behalf of a principal."""
    permissions: Required[Given[Permissions]]
    """Permissions the identity has for keys, secrets and certificates."""


NetworkRuleBypassOptions: TypeAlias = Literal["AzureServices", "None"]

NetworkRuleAction: TypeAlias = Literal["Allow", "Deny"]


class IPRule(TypedDict, total=False):
    value: Required[Input[str]]
    """An IPv4 address range in CIDR notation, such as '124.56.78.91' (simple IP address) or '124.56.78.0/24' (all addresses that start with 124.56.78)."""


class VirtualNetworkRule(TypedDict, total=False):
    id: Required[Input[str]]
    """Full resource id of a vnet subnet, such as '/subscriptions/subid/resourceGroups/rg1/providers/Microsoft.Network/virtualNetworks/test-vnet/subnets/subnet1'."""
    ignoreMissingVnetServiceEndpoint: Input[bool]
    """Property to specify whether NRP will ignore the check if parent subnet has serviceEndpoints configured."""


class NetworkRuleSet(TypedDict, total=False):
    bypass: NetworkRuleBypassOptions | Output[str]
    """Tells what traffic can bypass network rules."""
    defaultAction: NetworkRuleAction | Output[str]
    """The default action when no rule from ipRules and from virtualNetworkRules match."""
    ipRules: Given[Sequence[Given[IPRule]]]
    """The list of IP address rules."""
    virtualNetworkRules: Given[Sequence[Given[VirtualNetworkRule]]]
    """The list of virtual network rules."""


class KeyVault(
    DeclaredResource, type="azure.key_vault", provider="azure", resolve_by="mark", timeout_s=300.0
):
    """A vault for secrets, keys and certificates."""

    tenant_id: Annotated[Input[str], Immutable()]
    """The tenant whose identities may use it."""
    sku: Given[Sku]
    """SKU details."""
    vault_name: Annotated[Input[str] | None, Immutable()] = None
    """Its name, unique in the whole of Azure."""
    resource_group_name: Annotated[Input[str] | None, Immutable()] = None
    """The resource group that it is in. Left out: the target's."""
    location: Annotated[Input[str] | None, Immutable()] = None
    """The region that it is in. Left out: the target's."""
    soft_delete_retention_in_days: Annotated[Input[int] | None, Immutable()] = None
    """softDelete data retention days. When it is not given: `90`."""
    enable_soft_delete: Input[bool] | None = None
    """Property to specify whether the 'soft delete' functionality is enabled for this key vault. When it is not given: `True`."""
    enable_rbac_authorization: Input[bool] | None = None
    """Property that controls how data actions are authorized. When it is not given: `True`."""
    public_network_access: Input[str] | None = None
    """Property to specify whether the vault will accept traffic from public internet. When it is not given: `Enabled`."""
    access_policies: Given[Sequence[Given[AccessPolicyEntry]]] | None = None
    """An array of 0 to 1024 identities that have access to the key vault."""
    enabled_for_deployment: Input[bool] | None = None
    """Property to specify whether Azure Virtual Machines are permitted to retrieve certificates stored as secrets from the key vault."""
    enabled_for_template_deployment: Input[bool] | None = None
    """Property to specify whether Azure Resource Manager is permitted to retrieve secrets from the key vault."""
    enable_purge_protection: Input[bool] | None = None
    """Property specifying whether protection against purge is enabled for this vault."""
    network_acls: Given[NetworkRuleSet] | None = None
    """Rules governing the accessibility of the key vault from specific network locations."""
    tags: Given[Mapping[str, Input[str]]] | None = None
    """Names and values that are put on the object."""
    resource_id: ClassVar[Computed[str]] = computed()
    """Fully qualified resource ID for the resource."""
    physical_name: ClassVar[Computed[str]] = computed()
    """Its name."""
    vault_uri: ClassVar[Computed[str]] = computed()
    """The URI of the vault for performing operations on keys and secrets."""


class KeyVaultSecret(
    DeclaredResource, type="azure.key_vault_secret", provider="azure", resolve_by="mark", timeout_s=60.0
):
    """A secret in a vault. Its value is sent, and neither recorded nor read back."""

    value: Annotated[Input[str] | Secret, WriteOnly()]
    """The secret itself, as a reference: `Secret.env(...)` or `Secret.file(...)`."""
    secret_name: Annotated[Input[str] | None, Immutable()] = None
    """Its name."""
    vault: Annotated[Input[str] | None, Immutable()] = None
    """The vault that it is in. Left out: the target's."""
    value_version: Input[int] | None = None
    """Raise it to send the value again. With a key of the ledger, another value is noticed without it."""
    enabled: Input[bool] | None = None
    """Whether the secret is enabled for use. When it is not given: `True`."""
    content_type: Input[str] | None = None
    """An arbitrary string indicating the type of the secret, e.g. 'password'."""
    not_before: str | datetime | Output[str] | None = None
    """Not before date of the secret in UTC."""
    expires_on: str | datetime | Output[str] | None = None
    """Expiry date of the secret in UTC."""
    tags: Given[Mapping[str, Input[str]]] | None = None
    """Names and values that are put on the object."""
    physical_name: ClassVar[Computed[str]] = computed()
    """Its name."""
    secret_id: ClassVar[Computed[Any]] = computed()
    """The URL of its current version."""
    vault_uri: ClassVar[Computed[Any]] = computed()
    """The vault's URL."""
