"""Portable types on Azure: which of its types each is made of. Touches nothing, and imports no SDK.

Containers, queues and secrets are in the storage account and the vault that the target names.
"""

import json
from collections.abc import Callable
from typing import Any, Final

import unknot.stacks.output as outputs
from unknot.providers.azure.resources.authorization import RoleAssignment
from unknot.providers.azure.resources.keyvault import KeyVaultSecret
from unknot.providers.azure.resources.msi import UserAssignedIdentity
from unknot.providers.azure.resources.storage import StorageBlob, StorageContainer, StorageQueue
from unknot.providers.base import ExpandRequest, ExpandResponse, Support
from unknot.providers.portable.parts import Grantee, Parts, grants_of
from unknot.stacks.address import name_of
from unknot.stacks.output import Input, Output
from unknot.stacks.portable.naming import NameRule

_METADATA: Final = {"labels": "metadata, so keys must be identifiers"}
_BY_CLIENT: Final = "Azure's queues take it with each message: the client gives it."

SUPPORTS: Final = {
    "bucket": Support(
        made_of=("azure.storage_container",),
        inputs={**_METADATA, "retention_days": "an immutability policy, not locked", "force_destroy": ""},
        instead={
            "versioning": "It is a setting of the storage account: set it there, for all of its containers.",
            "expire_days": "It is a management policy of the storage account: set it there.",
            "encryption_key": "It is a setting of the storage account: see `azure.StorageAccount(encryption=...)`.",
        },
    ),
    "secret": Support(
        made_of=("azure.key_vault_secret",),
        inputs={"labels": "tags", "value": "needed", "version": ""},
        name=NameRule(longest=127),
    ),
    "table": Support(
        made_of=("azure.storage_blob",),
        inputs={
            "labels": "metadata of the schema, so keys must be identifiers",
            "columns": "a folder of Parquet files with the schema in `_schema.json`",
            "partition_by": "",
            "location": "needed",
            "description": "",
        },
        recorded={"key": "Nothing keeps two rows with one key out of a folder of files."},
        name=NameRule(longest=200, separator="_"),
    ),
    "queue": Support(
        made_of=("azure.storage_queue",),
        inputs=_METADATA,
        recorded={"visibility_timeout_s": _BY_CLIENT, "retention_s": _BY_CLIENT},
        instead={
            "dead_letter": "Storage queues have none: look at `dequeue_count` of a message, and move it yourself.",
            "max_receives": "Storage queues have no dead letters: look at `dequeue_count` of a message.",
        },
    ),
    "identity": Support(
        made_of=("azure.user_assigned_identity", "azure.role_assignment"),
        inputs={
            "labels": "tags",
            "may": "a role assignment on each; `write` to a bucket lets it read too",
        },
        recorded={"engine": "Whoever may assign a managed identity may run as it."},
        name=NameRule(longest=128),
    ),
}


class AzureCloud:
    """Microsoft Azure."""

    name = "azure"
    supports = SUPPORTS

    def expand(self, request: ExpandRequest) -> ExpandResponse:
        return _EXPANSIONS[request.type](Parts(request), _called(request))


def _called(request: ExpandRequest) -> str:
    """Its physical name; what is taken over has one already, at the end of its id."""
    own = request.import_id.removesuffix(f"/{_SCHEMA}").rpartition("/")[2]
    return own or request.name


def _bucket(parts: Parts, name: str) -> ExpandResponse:
    made = parts.add(
        StorageContainer(
            parts.name(),
            container=name,
            metadata=parts.input("labels"),
            immutability_days=parts.input("retention_days"),
            force_destroy=parts.input("force_destroy") or None,
        ),
        follows={
            "metadata": "labels",
            "immutability_days": "retention_days",
            "force_destroy": "force_destroy",
        },
        import_id=parts.request.import_id,
    )
    url = outputs.format("az://{name}?account={account}", name=name, account=made.storage_account)
    return parts.response(physical_name=name, full_name=name, id=made.url, url=url)


def _secret(parts: Parts, name: str) -> ExpandResponse:
    value = parts.input("value")
    if value is None:
        parts.refuse("a secret on Azure needs a value", "Give one by reference: `value=Secret.env(...)`.")
        return parts.response(full_name=name, id=name, reference=name)
    made = parts.add(
        KeyVaultSecret(
            parts.name(),
            secret_name=name,
            value=value,
            value_version=parts.input("version"),
            tags=parts.input("labels"),
        ),
        follows={"tags": "labels", "value": "value", "value_version": "version"},
        import_id=parts.request.import_id,
    )
    # `vault_uri` comes with a slash at its end or without: the reader takes both.
    place = outputs.format("{vault}/secrets/{name}", vault=made.vault_uri, name=name)
    reference = outputs.format("azure-secret:{place}", place=place)
    return parts.response(physical_name=name, full_name=name, id=place, reference=reference)


_SCHEMA: Final = "_schema.json"


def _table(parts: Parts, name: str) -> ExpandResponse:
    location = parts.input("location")
    if not location:
        parts.refuse(
            "a table on Azure needs a bucket for its files", "Give it one: `Table(..., location=bucket)`."
        )
        return parts.response(full_name=name, id=name, url=name)
    said = {field: parts.input(field) for field in ("columns", "partition_by", "key") if parts.input(field)}
    description = parts.input("description")
    if isinstance(description, str):
        said["description"] = description
    folder = f"tables/{name}"
    made = parts.add(
        StorageBlob(
            parts.name(),
            container=location["full_name"],
            blob=f"{folder}/{_SCHEMA}",
            content=f"{json.dumps(said, indent=1)}\n".encode(),
            metadata=parts.input("labels"),
        ),
        follows={"metadata": "labels", "content": "columns"},
        import_id=parts.request.import_id,
    )
    url = outputs.format("az://{container}/{folder}", container=location["full_name"], folder=folder)
    return parts.response(physical_name=name, full_name=name, id=made.url, url=url)


def _queue(parts: Parts, name: str) -> ExpandResponse:
    made = parts.add(
        StorageQueue(parts.name(), queue=name, metadata=parts.input("labels")),
        follows={"metadata": "labels"},
        import_id=parts.request.import_id,
    )
    own = outputs.format("{account}/{queue}", account=made.storage_account, queue=name)
    return parts.response(physical_name=name, full_name=name, id=own, url=own)


def _identity(parts: Parts, name: str) -> ExpandResponse:
    request = parts.request
    made = parts.add(
        UserAssignedIdentity(parts.name(), identity_name=name, tags=parts.input("labels")),
        follows={"tags": "labels"},
        import_id=request.import_id,
    )
    for grant in grants_of(request):
        scope = _scope(grant, request)
        if scope is None:
            parts.refuse(
                f"`{grant.access}` on `{grant.address}` cannot be granted",
                "A role is assigned on an id of Azure Resource Manager: give the target of what is granted the "
                "options `subscription`, `resource_group`, and `account` or `vault`.",
            )
            continue
        parts.add(
            RoleAssignment(
                parts.name(f"{grant.access}-{name_of(grant.address)}"),
                scope=scope,
                role_definition_id=f"/providers/Microsoft.Authorization/roleDefinitions/{_role(grant)}",
                principal_id=made.principal_id,
                principal_type="ServicePrincipal",
            ),
            setting=True,
        )
    return parts.response(physical_name=name, full_name=name, id=made.resource_id, url=made.client_id)


def _role(grant: Grantee) -> str:
    """Roles that are built into Azure: https://learn.microsoft.com/azure/role-based-access-control/built-in-roles."""
    return {
        "read": "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1",  # Storage Blob Data Reader
        "write": "ba92f5b4-2d11-453d-a403-e96b0029c9fe",  # Storage Blob Data Contributor
        "use": "4633458b-17de-408a-b874-0445c86b69e6",  # Key Vault Secrets User
        "send": "c6a89b2d-59bc-44d0-9896-0f6e12d7b80a",  # Storage Queue Data Message Sender
        "receive": "8a0f0c08-91a1-4084-bc3d-661d67233fed",  # Storage Queue Data Message Processor
    }[grant.access]


def _scope(grant: Grantee, request: ExpandRequest) -> Input[str] | None:
    """The resource's id in Azure Resource Manager; None where its target does not say enough."""
    neighbour = request.neighbours[grant.address]
    options = neighbour.target.options
    holder = "vault" if grant.type == "secret" else "account"
    if not {"subscription", "resource_group", holder} <= options.keys():
        return None
    group = f"/subscriptions/{options['subscription']}/resourceGroups/{options['resource_group']}/providers"
    account = f"{group}/Microsoft.Storage/storageAccounts/{options.get('account')}"
    name: Any = neighbour.name
    match grant.type:
        case "secret":
            return f"{group}/Microsoft.KeyVault/vaults/{options['vault']}/secrets/{name}"
        case "queue":
            return f"{account}/queueServices/default/queues/{name}"
        case "table":  # its files, so the whole container
            name = Output[str](neighbour.inputs["location"]["address"], ("full_name",))
    return outputs.format("{account}/blobServices/default/containers/{name}", account=account, name=name)


_EXPANSIONS: Final[dict[str, Callable[[Parts, str], ExpandResponse]]] = {
    "bucket": _bucket,
    "secret": _secret,
    "table": _table,
    "queue": _queue,
    "identity": _identity,
}
