"""Azure Storage: accounts; containers, blobs, queues and tables in them."""

from typing import Final

from unknot.providers.azure import arm
from unknot.providers.declared.declaration import (
    Aspect,
    Call,
    Declaration,
    Field,
    Identity,
    Listing,
    Reading,
    Tags,
)

_BLOBS: Final = "Microsoft.Storage/storageAccounts/blobServices"
_QUEUES: Final = "Microsoft.Storage/storageAccounts/queueServices"
_TABLES: Final = "Microsoft.Storage/storageAccounts/tableServices"

_ACCOUNT: Final = Field(
    "account",
    required=False,
    format="azure_storage_account_name",
    doc="The storage account that it is in. Left out: the target's.",
)
_IN_ACCOUNT: Final = "input.account || place.account"

_POLICIES: Final = (
    "Stored access policies by name, at most five, which shared access signatures may refer to."
)

_SET_CONTAINER_POLICY: Final = Call(
    "ContainerClient:set_container_access_policy",
    params={
        "signed_identifiers": "input.access_policies || `{}`",
        "public_access": "input.public_access",
    },
)

_CONTAINER_IN_ARM: Final = {
    "subscriptionId": arm.SUBSCRIPTION,
    "resourceGroupName": "place.resource_group",
    "accountName": "key.account",
    "containerName": "key.container",
}

_SET_IMMUTABILITY: Final = Call(
    "blob_containers:create_or_update_immutability_policy", params=_CONTAINER_IN_ARM
)

ACCOUNT: Final = Declaration(
    type="azure.storage_account",
    service="storage",
    doc="A storage account: a name under which containers, queues and tables are found, and how they are kept. "
    "One that holds containers is not deleted.",
    create=Call("storage_accounts:begin_create", params={**arm.PLACED, "kind": "input.kind || 'StorageV2'"}),
    identity=arm.identity("Microsoft.Storage", "storageAccounts", "accountName", "input.account_name"),
    read=Reading(Call("storage_accounts:get_properties"), absent=arm.ABSENT),
    listing=(
        Listing(
            Call("storage_accounts:list"),
            items="value",
            keys=arm.listed(accountName="name"),
            fields=("*",),
            outputs=("*",),
            tags=True,
            under=("subscriptionId",),
        ),
    ),
    update=(Call("storage_accounts:update", merges=True),),
    delete=Call("storage_accounts:delete"),
    content=Reading(
        Call("blob_containers:list"),
        result="value[?!deleted] | [0].name",
        absent=(*arm.ABSENT, "ContainerNotFound"),
    ),
    only=(
        "resourceGroupName",
        "accountName",
        "sku",
        "kind",
        "identity",
        "accessTier",
        "allowBlobPublicAccess",
        "allowSharedKeyAccess",
        "allowCrossTenantReplication",
        "defaultToOAuthAuthentication",
        "encryption",
        "isHnsEnabled",
        "isSftpEnabled",
        "isNfsV3Enabled",
        "minimumTlsVersion",
        "networkAcls",
        "publicNetworkAccess",
        "supportsHttpsTrafficOnly",
        "immutableStorageWithVersioning",
    ),
    fields=(
        Field(
            "account_name",
            physical_name=True,
            format="azure_storage_account_name",
            doc="Its name, unique in the whole of Azure.",
        ),
        arm.GROUP_FIELD,
        arm.LOCATION_FIELD,
        Field("kind", default="StorageV2", required=False, immutable=True),
        Field(
            "access_tier", default="Hot", doc="How blobs are kept that do not say: quick to read, or cheap."
        ),
        Field("allow_blob_public_access", default=False),
        Field("allow_shared_key_access", default=True),
        Field("minimum_tls_version", default="TLS1_2"),
        Field("public_network_access", default="Enabled"),
        Field("supports_https_traffic_only", default=True),
        Field("default_to_oauth_authentication", member="defaultToOAuthAuthentication", default=False),
    ),
    outputs={
        "resource_id": "id",
        "physical_name": "name",
        "blob_endpoint": "primaryEndpoints.blob",
        "queue_endpoint": "primaryEndpoints.queue",
        "table_endpoint": "primaryEndpoints.table",
        "dfs_endpoint": "primaryEndpoints.dfs",
        "principal_id": "identity.principalId",
    },
    output_docs={"physical_name": "Its name."},
    tags=arm.tags(Call("storage_accounts:update", params={"tags": "tags"})),
    ready=arm.READY,
    timeout_s=300.0,
)

CONTAINER: Final = Declaration(
    type="azure.storage_container",
    service="storage",
    doc="A container of blobs in a storage account. One that holds blobs is not deleted.",
    create=Call("ContainerClient:create_container"),
    identity=Identity("{account}/{container}", {"account": _IN_ACCOUNT, "container": "input.container"}),
    read=Reading(Call("ContainerClient:get_container_properties"), absent=("ContainerNotFound",)),
    listing=(
        Listing(
            Call("BlobServiceClient:list_containers", params={"include_metadata": "`true`"}),
            items="value",
            keys={"account": "account", "container": "name"},
            fields=("*",),
            outputs=("*",),
            tags=True,
            under=("account",),
        ),
    ),
    update=(_SET_CONTAINER_POLICY,),
    update_fields={_SET_CONTAINER_POLICY.operation: ("public_access",)},
    delete=Call("ContainerClient:delete_container"),
    content=Reading(
        Call("ContainerClient:list_blobs", params={"results_per_page": "`1`"}),
        result="value[0].name",
        absent=("ContainerNotFound", "ContainerBeingDeleted"),
    ),
    transient=("ContainerBeingDeleted",),
    timeout_s=120.0,
    only=("account", "container", "public_access"),
    fields=(
        Field(
            "force_destroy",
            shape="boolean",
            readable=False,
            doc="Delete it although it is not empty. Takes effect when it is recorded: apply it before the container leaves "
            "the stack.",
        ),
        Field(
            "container",
            physical_name=True,
            format="azure_container_name",
            doc="Its name.",
        ),
        _ACCOUNT,
        Field("public_access", doc="What anybody may read without signing in. Left out: nothing."),
        Field(
            "access_policies",
            shape="ContainerClient:set_container_access_policy.signed_identifiers",
            read="tag_map(signed_identifiers, 'id', 'access_policy')",
            doc=_POLICIES,
        ),
        Field(
            "immutability_days",
            shape=f"{_SET_IMMUTABILITY.operation}.immutabilityPeriodSinceCreationInDays",
            doc="Days in which a blob can be neither deleted nor overwritten, from when it was written. The target names "
            "the account's resource group.",
        ),
        Field(
            "allow_protected_append_writes",
            shape=f"{_SET_IMMUTABILITY.operation}.allowProtectedAppendWrites",
            doc="Append blobs may be appended to in that time.",
        ),
    ),
    aspects=(
        Aspect(
            ("access_policies",),
            put=_SET_CONTAINER_POLICY,
            reading=Reading(Call("ContainerClient:get_container_access_policy")),
        ),
        Aspect(
            ("immutability_days", "allow_protected_append_writes"),
            put=_SET_IMMUTABILITY,
            reading=Reading(
                Call("blob_containers:get_immutability_policy", params=_CONTAINER_IN_ARM),
                absent=(*arm.ABSENT, "ContainerNotFound", "ImmutabilityPolicyNotFound"),
            ),
            unset=Call(
                "blob_containers:delete_immutability_policy",
                params={**_CONTAINER_IN_ARM, "etag": "'*'", "matchCondition": "'IfPresent'"},
            ),
        ),
    ),
    outputs={
        "physical_name": "key.container",
        "storage_account": "key.account",
        "url": "join('', ['az://', key.container, '?account=', key.account])",
    },
    output_docs={
        "physical_name": "Its name.",
        "storage_account": "The storage account that it is in.",
        "url": "What opens it as a store.",
    },
    tags=Tags(
        field="metadata",
        form="map",
        create="metadata",
        read="metadata",
        replace=Call("ContainerClient:set_container_metadata", params={"metadata": "tags"}),
        characters="identifier",
    ),
    permissions={
        "ContainerClient:create_container": (f"{_BLOBS}/containers/write",),
        "ContainerClient:get_container_properties": (f"{_BLOBS}/containers/read",),
        "ContainerClient:list_blobs": (f"{_BLOBS}/containers/blobs/read",),
        "ContainerClient:delete_container": (f"{_BLOBS}/containers/delete",),
        "ContainerClient:set_container_metadata": (f"{_BLOBS}/containers/write",),
        "ContainerClient:set_container_access_policy": (f"{_BLOBS}/containers/setAcl/action",),
        "ContainerClient:get_container_access_policy": (f"{_BLOBS}/containers/getAcl/action",),
        "BlobServiceClient:list_containers": (f"{_BLOBS}/containers/read",),
    },
)

_CONTENT_SETTINGS: Final = "{content_type: content_settings.content_type, content_encoding: content_settings.content_encoding, content_language: content_settings.content_language, content_disposition: content_settings.content_disposition, cache_control: content_settings.cache_control}"

BLOB: Final = Declaration(
    type="azure.storage_blob",
    service="storage",
    doc="A block blob with its content: for small ones, such as settings; the content is recorded.",
    create=Call("BlobClient:upload_blob", params={"data": "input.content || ''", "overwrite": "`false`"}),
    identity=Identity(
        "{account}/{container}/{blob}",
        {"account": _IN_ACCOUNT, "container": "input.container", "blob": "input.blob"},
    ),
    read=Reading(
        Call("BlobClient:get_blob_properties"),
        absent=("BlobNotFound", "ContainerNotFound", "ResourceNotFound"),
    ),
    listing=(
        Listing(
            Call("ContainerClient:list_blobs", params={"include": "['metadata']"}),
            items="value",
            keys={"account": "account", "container": "container", "blob": "name"},
            fields=("*",),
            outputs=("*",),
            tags=True,
            under=("account", "container"),
        ),
    ),
    update=(
        Call(
            "BlobClient:upload_blob",
            params={"data": "input.content || ''", "overwrite": "`true`", "metadata": "tags"},
        ),
        Call("BlobClient:set_http_headers"),
        Call("BlobClient:set_standard_blob_tier", params={"standard_blob_tier": "input.tier"}),
    ),
    update_fields={
        "BlobClient:upload_blob": ("content",),
        "BlobClient:set_http_headers": ("content_settings",),
        "BlobClient:set_standard_blob_tier": ("tier",),
    },
    delete=Call("BlobClient:delete_blob", params={"delete_snapshots": "'include'"}),
    only=("account", "container", "blob", "content_settings", "standard_blob_tier"),
    fields=(
        Field(
            "blob", physical_name=True, format="azure_blob_name", doc="Its name, with `/` between folders."
        ),
        Field("container", format="azure_container_name", doc="The container that it is in."),
        _ACCOUNT,
        Field(
            "content",
            shape="BlobClient:upload_blob.data",
            digest="md5",
            read="content_settings.content_md5",
            doc="What is in it, as bytes.",
        ),
        Field("content_settings", read=_CONTENT_SETTINGS, doc="Headers that it is served with."),
        Field(
            "tier",
            member="standard_blob_tier",
            read="blob_tier",
            doc="How it is kept: quick to read, or cheap. Left out: as the account says.",
        ),
    ),
    outputs={
        "physical_name": "key.blob",
        "url": "join('', ['az://', key.container, '/', key.blob, '?account=', key.account])",
    },
    output_docs={"physical_name": "Its name.", "url": "Where a store finds it."},
    tags=Tags(
        field="metadata",
        form="map",
        create="metadata",
        read="metadata",
        replace=Call("BlobClient:set_blob_metadata", params={"metadata": "tags"}),
        characters="identifier",
    ),
    permissions={
        "BlobClient:upload_blob": (f"{_BLOBS}/containers/blobs/write",),
        "BlobClient:get_blob_properties": (f"{_BLOBS}/containers/blobs/read",),
        "BlobClient:set_http_headers": (f"{_BLOBS}/containers/blobs/write",),
        "BlobClient:set_standard_blob_tier": (f"{_BLOBS}/containers/blobs/write",),
        "BlobClient:set_blob_metadata": (f"{_BLOBS}/containers/blobs/write",),
        "BlobClient:delete_blob": (f"{_BLOBS}/containers/blobs/delete",),
        "ContainerClient:list_blobs": (f"{_BLOBS}/containers/blobs/read",),
    },
)

QUEUE: Final = Declaration(
    type="azure.storage_queue",
    service="storage",
    doc="A queue in a storage account.",
    create=Call("QueueClient:create_queue"),
    identity=Identity("{account}/{queue}", {"account": _IN_ACCOUNT, "queue": "input.queue"}),
    read=Reading(Call("QueueClient:get_queue_properties"), absent=("QueueNotFound",)),
    listing=(
        Listing(
            Call("QueueServiceClient:list_queues", params={"include_metadata": "`true`"}),
            items="value",
            keys={"account": "account", "queue": "name"},
            fields=("account", "queue"),
            outputs=("*",),
            tags=True,
            under=("account",),
        ),
    ),
    delete=Call("QueueClient:delete_queue"),
    transient=("QueueBeingDeleted",),
    timeout_s=120.0,
    only=("account", "queue"),
    fields=(
        Field("queue", physical_name=True, format="azure_queue_name", doc="Its name."),
        _ACCOUNT,
        Field(
            "access_policies",
            shape="QueueClient:set_queue_access_policy.signed_identifiers",
            doc=_POLICIES,
        ),
    ),
    aspects=(
        Aspect(
            ("access_policies",),
            put=Call(
                "QueueClient:set_queue_access_policy",
                params={"signed_identifiers": "input.access_policies || `{}`"},
            ),
            reading=Reading(Call("QueueClient:get_queue_access_policy")),
        ),
    ),
    outputs={"physical_name": "key.queue", "storage_account": "key.account"},
    output_docs={"physical_name": "Its name.", "storage_account": "The storage account that it is in."},
    tags=Tags(
        field="metadata",
        form="map",
        create="metadata",
        read="metadata",
        replace=Call("QueueClient:set_queue_metadata", params={"metadata": "tags"}),
        characters="identifier",
    ),
    permissions={
        "QueueClient:create_queue": (f"{_QUEUES}/queues/write",),
        "QueueClient:get_queue_properties": (f"{_QUEUES}/queues/read",),
        "QueueClient:set_queue_metadata": (f"{_QUEUES}/queues/write",),
        "QueueClient:get_queue_access_policy": (f"{_QUEUES}/queues/read",),
        "QueueClient:set_queue_access_policy": (f"{_QUEUES}/queues/write",),
        "QueueClient:delete_queue": (f"{_QUEUES}/queues/delete",),
        "QueueServiceClient:list_queues": (f"{_QUEUES}/queues/read",),
    },
)

TABLE: Final = Declaration(
    type="azure.storage_table",
    service="storage",
    doc="A table of entities in a storage account. Azure keeps no labels of tables: one that is there must be imported.",
    create=Call("TableServiceClient:create_table"),
    identity=Identity("{account}/{table_name}", {"account": _IN_ACCOUNT, "table_name": "input.table_name"}),
    read=Reading(
        Call(
            "TableServiceClient:query_tables",
            params={"query_filter": "join('', ['TableName eq ', `\"'\"`, key.table_name, `\"'\"`])"},
        ),
        result="value[0]",
    ),
    listing=(
        Listing(
            Call("TableServiceClient:list_tables"),
            items="value",
            keys={"account": "account", "table_name": "name"},
            fields=("account", "table_name"),
            outputs=("*",),
            under=("account",),
        ),
    ),
    delete=Call("TableServiceClient:delete_table"),
    transient=("TableBeingDeleted",),
    timeout_s=120.0,
    only=("account", "table_name"),
    fields=(
        Field("table_name", physical_name=True, format="azure_table_name", read="name", doc="Its name."),
        _ACCOUNT,
        Field(
            "access_policies",
            shape="TableClient:set_table_access_policy.signed_identifiers",
            doc=_POLICIES,
        ),
    ),
    aspects=(
        Aspect(
            ("access_policies",),
            put=Call(
                "TableClient:set_table_access_policy",
                params={"signed_identifiers": "input.access_policies || `{}`"},
            ),
            reading=Reading(Call("TableClient:get_table_access_policy")),
        ),
    ),
    outputs={"physical_name": "key.table_name", "storage_account": "key.account"},
    output_docs={"physical_name": "Its name.", "storage_account": "The storage account that it is in."},
    resolve_by="unique-name-with-proof",
    permissions={
        "TableServiceClient:create_table": (f"{_TABLES}/tables/write",),
        "TableServiceClient:query_tables": (f"{_TABLES}/tables/read",),
        "TableServiceClient:list_tables": (f"{_TABLES}/tables/read",),
        "TableServiceClient:delete_table": (f"{_TABLES}/tables/delete",),
        "TableClient:get_table_access_policy": (
            "Microsoft.Storage/storageAccounts/tableServices/tables/read",
        ),
        "TableClient:set_table_access_policy": (
            "Microsoft.Storage/storageAccounts/tableServices/tables/write",
        ),
    },
)

TYPES: Final = (ACCOUNT, CONTAINER, BLOB, QUEUE, TABLE)
