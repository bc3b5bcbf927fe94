"""Resource types of Azure: `from unknot import azure`, then `azure.ContainerAppJob(...)`.

Made by `make generate`; not to be edited. Each name is imported with its service's module when it is first used
(PEP 562), so that a stack pays only for the services that it uses.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from unknot.providers.azure.resources.appcontainers import ContainerAppJob
    from unknot.providers.azure.resources.authorization import RoleAssignment
    from unknot.providers.azure.resources.keyvault import KeyVault, KeyVaultSecret
    from unknot.providers.azure.resources.machinelearningservices import MlCommandJob, MlOnlineEndpoint
    from unknot.providers.azure.resources.msi import UserAssignedIdentity
    from unknot.providers.azure.resources.resources import ResourceGroup
    from unknot.providers.azure.resources.storage import (
        StorageAccount,
        StorageBlob,
        StorageContainer,
        StorageQueue,
        StorageTable,
    )

_HOMES = {
    "ContainerAppJob": "appcontainers",
    "KeyVault": "keyvault",
    "KeyVaultSecret": "keyvault",
    "MlCommandJob": "machinelearningservices",
    "MlOnlineEndpoint": "machinelearningservices",
    "ResourceGroup": "resources",
    "RoleAssignment": "authorization",
    "StorageAccount": "storage",
    "StorageBlob": "storage",
    "StorageContainer": "storage",
    "StorageQueue": "storage",
    "StorageTable": "storage",
    "UserAssignedIdentity": "msi",
}

__all__ = [
    "ContainerAppJob",
    "KeyVault",
    "KeyVaultSecret",
    "MlCommandJob",
    "MlOnlineEndpoint",
    "ResourceGroup",
    "RoleAssignment",
    "StorageAccount",
    "StorageBlob",
    "StorageContainer",
    "StorageQueue",
    "StorageTable",
    "UserAssignedIdentity",
]


if not TYPE_CHECKING:  # or every name would seem to be there

    def __getattr__(name):
        home = _HOMES.get(name)
        if home is None:
            from unknot.stacks.diagnostic import nearest

            raise AttributeError(f"`azure` has no resource type `{name}`. {nearest(name, _HOMES)}".rstrip())
        from importlib import import_module

        found = getattr(import_module(f"{__name__}.{home}"), name)
        globals()[name] = found
        return found


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
