"""What a person does with the SDKs of Azure, past unknot: calls by name, for tests of what unknot makes of the result.

`ContainerClient.set_container_metadata` with `container` and the method's own parameters; of the management plane
`storage.storage_accounts.update`. Which servers are meant is in the environment, as for any program.
"""

import os
from importlib import import_module
from typing import Any

SUBSCRIPTION = "00000000-0000-4000-8000-000000000001"
GROUP = "team"

_DATA = {
    "BlobServiceClient": ("azure.storage.blob", "BlobServiceClient", ()),
    "ContainerClient": ("azure.storage.blob", "BlobServiceClient", ("container",)),
    "BlobClient": ("azure.storage.blob", "BlobServiceClient", ("container", "blob")),
    "QueueClient": ("azure.storage.queue", "QueueServiceClient", ("queue",)),
    "TableServiceClient": ("azure.data.tables", "TableServiceClient", ()),
    "TableClient": ("azure.data.tables", "TableServiceClient", ("table_name",)),
}
_MANAGEMENT = {
    "appcontainers": ("azure.mgmt.appcontainers", "ContainerAppsAPIClient"),
    "authorization": ("azure.mgmt.authorization", "AuthorizationManagementClient"),
    "keyvault": ("azure.mgmt.keyvault", "KeyVaultManagementClient"),
    "ml": ("azure.mgmt.machinelearningservices", "MachineLearningServicesMgmtClient"),
    "msi": ("azure.mgmt.msi", "ManagedServiceIdentityClient"),
    "resources": ("azure.mgmt.resource.resources", "ResourceManagementClient"),
    "storage": ("azure.mgmt.storage", "StorageManagementClient"),
}


def options() -> dict[str, str]:
    """Options of a target that is at the servers of the environment."""
    return {
        "subscription": SUBSCRIPTION,
        "resource_group": GROUP,
        "workspace": "lab",
        "token": "env:UNKNOT_TEST_TOKEN",
        "endpoint": os.environ["UNKNOT_TEST_ARM"],
        "vault_endpoint": os.environ["UNKNOT_TEST_VAULTS"],
    }


class Token:
    """A credential of one token, as a person may have it from `az account get-access-token`."""

    def get_token(self, *scopes: str, **options: Any) -> Any:
        from azure.core.credentials import AccessToken

        return AccessToken(os.environ["UNKNOT_TEST_TOKEN"], 2**31)


def call(name: str, params: dict[str, Any]) -> Any:
    """Make it; a poller is waited for. The answer as plain data, as far as `exists` of a case looks into it."""
    where, _, method = name.rpartition(".")
    params = dict(params)
    if where in _DATA:
        client = _data(where, params)
    elif where == "SecretClient":
        from azure.keyvault.secrets import SecretClient

        url = os.environ["UNKNOT_TEST_VAULTS"].replace("{vault}", params.pop("vault"))
        client = SecretClient(url, Token(), verify_challenge_resource=False)
    else:
        service, _, group = where.partition(".")
        module, cls = _MANAGEMENT[service]
        connected = getattr(import_module(module), cls)(
            Token(), SUBSCRIPTION, base_url=os.environ["UNKNOT_TEST_ARM"], polling_interval=0.1
        )
        client = getattr(connected, group)
    answer = getattr(client, method)(**_typed(params))
    if method.startswith("begin_"):
        answer.wait()
        answer = answer.result()
    return list(answer) if hasattr(answer, "by_page") else answer


def _data(name: str, params: dict[str, Any]) -> Any:
    module, parent, pick = _DATA[name]
    service = getattr(import_module(module), parent).from_connection_string(
        os.environ["AZURE_STORAGE_CONNECTION_STRING"]
    )
    picked = [params.pop(each) for each in pick]
    child = {"ContainerClient": "get_container_client", "BlobClient": "get_blob_client"}.get(
        name, {"QueueClient": "get_queue_client", "TableClient": "get_table_client"}.get(name)
    )
    return getattr(service, child)(*picked) if child else service


def _typed(params: dict[str, Any]) -> dict[str, Any]:
    """Cases are data: `{"$class": "azure.storage.blob.AccessPolicy", ...}` is an object of that class."""
    return {name: _object(value) for name, value in params.items()}


def _object(value: Any) -> Any:
    if isinstance(value, dict) and "$class" in value:
        module, _, cls = value["$class"].rpartition(".")
        return getattr(import_module(module), cls)(
            **{k: _object(v) for k, v in value.items() if k != "$class"}
        )
    if isinstance(value, dict):
        return {key: _object(entry) for key, entry in value.items()}
    return value
