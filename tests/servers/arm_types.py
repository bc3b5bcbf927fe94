"""The types of resources that `arm.py` keeps, each after its page in the REST API's reference."""

import uuid
from collections.abc import Callable
from typing import Any, NamedTuple

from azure_by_hand import SUBSCRIPTION


class Kind(NamedTuple):
    """One type of resource."""

    path: str
    """Below the resource group, or, beginning with a `/`, the whole of it."""
    put: str
    """Class of the SDK that the body of a PUT is of."""
    patch: str = ""
    lists: tuple[str, ...] = ()
    slow: bool = False
    """PUT is answered first and done later."""
    accepts: bool = False
    """The answer to such a PUT is empty, and says where the object will be told."""
    slow_delete: bool = False
    created: int = 201
    """Status of a PUT that makes it."""
    fixed: tuple[str, ...] = ()
    """What no PUT may change."""
    hidden: tuple[str, ...] = ()
    """What is taken and never told."""
    adds: Callable[[dict[str, Any]], None] = lambda resource: None
    """What the service makes of it: defaults, and what it gives itself."""
    state: str = "properties.provisioningState"


def _storage_account(resource: dict[str, Any]) -> None:
    properties, name = resource["properties"], resource["name"]
    for key, value in {
        "accessTier": "Hot",
        "minimumTlsVersion": "TLS1_2",
        "supportsHttpsTrafficOnly": True,
    }.items():
        properties.setdefault(key, value)
    properties["primaryEndpoints"] = {
        kind: f"https://{name}.{kind}.core.windows.net/" for kind in ("blob", "queue", "table", "dfs", "file")
    }
    properties["creationTime"] = "2026-11-25T02:00:00.0000000Z"
    resource["sku"]["tier"] = resource["sku"]["name"].partition("_")[0]


def _endpoint(resource: dict[str, Any]) -> None:
    resource["properties"]["scoringUri"] = (
        f"https://{resource['name']}.westeurope.inference.ml.azure.com/score"
    )
    resource["properties"].setdefault("publicNetworkAccess", "Enabled")
    resource["properties"].setdefault("traffic", {})


def _ml_job(resource: dict[str, Any]) -> None:
    resource["properties"].setdefault("status", "Running")
    resource["properties"].setdefault("experimentName", "Default")


def _identity(resource: dict[str, Any]) -> None:
    properties = resource.setdefault("properties", {})
    for name in ("principalId", "clientId", "tenantId"):
        properties.setdefault(name, str(uuid.uuid4()))


def _vault(resource: dict[str, Any]) -> None:
    resource["properties"]["vaultUri"] = f"https://{resource['name']}.vault.azure.net/"
    resource["properties"].setdefault("softDeleteRetentionInDays", 90)
    resource["properties"].setdefault("enableSoftDelete", True)


def _assignment(resource: dict[str, Any]) -> None:
    resource["properties"]["scope"] = resource["id"].partition("/providers/Microsoft.Authorization")[0]
    role = resource["properties"]["roleDefinitionId"].rpartition("/")[2]
    resource["properties"]["roleDefinitionId"] = f"/subscriptions/{SUBSCRIPTION}{_ROLES}/{role}"


_ROLES = "/providers/Microsoft.Authorization/roleDefinitions"
_ML = "azure.mgmt.machinelearningservices.models"
_WORKSPACE = "/providers/Microsoft.MachineLearningServices/workspaces/{workspace}"
_CONTAINER = (
    "/providers/Microsoft.Storage/storageAccounts/{account}/blobServices/default/containers/{container}"
)

KINDS = (
    Kind(
        "/subscriptions/{subscription}/resourcegroups/{name}",
        "azure.mgmt.resource.resources.models.ResourceGroup",
        "azure.mgmt.resource.resources.models.ResourceGroupPatchable",
        lists=("/subscriptions/{subscription}/resourcegroups",),
        slow_delete=True,
        fixed=("location",),
    ),
    Kind(
        "/providers/Microsoft.Storage/storageAccounts/{name}",
        "azure.mgmt.storage.models.StorageAccountCreateParameters",
        "azure.mgmt.storage.models.StorageAccountUpdateParameters",
        lists=("/subscriptions/{subscription}/providers/Microsoft.Storage/storageAccounts",),
        slow=True,
        accepts=True,
        fixed=("location", "properties.isHnsEnabled"),
        adds=_storage_account,
    ),
    Kind(
        f"{_CONTAINER}/immutabilityPolicies/{{name}}",
        "azure.mgmt.storage.models.ImmutabilityPolicy",
        created=200,
        state="properties.state",
    ),
    Kind(
        "/providers/Microsoft.App/jobs/{name}",
        "azure.mgmt.appcontainers.models.Job",
        "azure.mgmt.appcontainers.models.JobPatchProperties",
        lists=("/subscriptions/{subscription}/providers/Microsoft.App/jobs",),
        slow=True,
        slow_delete=True,
        fixed=("location", "properties.environmentId"),
        hidden=("properties.configuration.secrets.value",),
    ),
    Kind(
        f"{_WORKSPACE}/jobs/{{name}}",
        f"{_ML}.JobBase",
        lists=(f"{_WORKSPACE}/jobs",),
        slow_delete=True,
        fixed=("properties.command", "properties.environmentId", "properties.computeId"),
        adds=_ml_job,
        state="",
    ),
    Kind(
        f"{_WORKSPACE}/onlineEndpoints/{{name}}",
        f"{_ML}.OnlineEndpoint",
        f"{_ML}.PartialMinimalTrackedResourceWithIdentity",
        lists=(f"{_WORKSPACE}/onlineEndpoints",),
        slow=True,
        slow_delete=True,
        fixed=("location", "properties.authMode"),
        hidden=("properties.keys",),
        adds=_endpoint,
    ),
    Kind(
        "/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{name}",
        "azure.mgmt.msi.models.Identity",
        "azure.mgmt.msi.models.IdentityUpdate",
        lists=("/subscriptions/{subscription}/providers/Microsoft.ManagedIdentity/userAssignedIdentities",),
        fixed=("location",),
        adds=_identity,
        state="",
    ),
    Kind(
        "/providers/Microsoft.KeyVault/vaults/{name}",
        "azure.mgmt.keyvault.models.VaultCreateOrUpdateParameters",
        "azure.mgmt.keyvault.models.VaultPatchParameters",
        lists=("/subscriptions/{subscription}/providers/Microsoft.KeyVault/vaults",),
        slow=True,
        fixed=("location", "properties.tenantId"),
        adds=_vault,
    ),
    Kind(
        "/{scope:.+}/providers/Microsoft.Authorization/roleAssignments/{name}",
        "azure.mgmt.authorization.v2022_04_01.models.RoleAssignmentCreateParameters",
        lists=("/subscriptions/{subscription}/providers/Microsoft.Authorization/roleAssignments",),
        fixed=("properties.roleDefinitionId", "properties.principalId"),
        adds=_assignment,
        state="",
    ),
)
