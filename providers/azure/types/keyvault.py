"""Azure Key Vault: vaults, and secrets in them."""

from typing import Final

from unknot.providers.azure import arm
from unknot.providers.declared.declaration import (
    Call,
    Declaration,
    Field,
    Identity,
    Listing,
    Reading,
    Tags,
)

_SECRETS: Final = "Microsoft.KeyVault/vaults/secrets"

VAULT: Final = Declaration(
    type="azure.key_vault",
    service="keyvault",
    doc="A vault for secrets, keys and certificates.",
    create=Call("vaults:begin_create_or_update", params=arm.PLACED),
    identity=arm.identity("Microsoft.KeyVault", "vaults", "vaultName", "input.vault_name"),
    read=Reading(Call("vaults:get"), absent=(*arm.ABSENT, "VaultNotFound")),
    listing=(
        Listing(
            Call("vaults:list_by_subscription"),
            items="value",
            keys=arm.listed(vaultName="name"),
            fields=("*",),
            outputs=("*",),
            tags=True,
            under=("subscriptionId",),
        ),
    ),
    update=(Call("vaults:update", merges=True),),
    delete=Call("vaults:delete"),
    only=(
        "resourceGroupName",
        "vaultName",
        "tenantId",
        "sku",
        "accessPolicies",
        "enabledForDeployment",
        "enabledForTemplateDeployment",
        "enableSoftDelete",
        "softDeleteRetentionInDays",
        "enableRbacAuthorization",
        "enablePurgeProtection",
        "networkAcls",
        "publicNetworkAccess",
    ),
    fields=(
        Field(
            "vault_name",
            physical_name=True,
            format="azure_vault_name",
            doc="Its name, unique in the whole of Azure.",
        ),
        arm.GROUP_FIELD,
        arm.LOCATION_FIELD,
        Field("tenant_id", immutable=True, format="uuid", doc="The tenant whose identities may use it."),
        Field("soft_delete_retention_in_days", immutable=True, default=90),
        Field("enable_soft_delete", default=True),
        Field("enable_rbac_authorization", default=True),
        Field("public_network_access", default="Enabled"),
    ),
    outputs={"resource_id": "id", "physical_name": "name", "vault_uri": "vaultUri"},
    output_docs={"physical_name": "Its name."},
    tags=arm.tags(Call("vaults:update", params={"tags": "tags"})),
    ready=arm.READY,
    timeout_s=300.0,
)

SECRET: Final = Declaration(
    type="azure.key_vault_secret",
    service="keyvault",
    doc="A secret in a vault. Its value is sent, and neither recorded nor read back.",
    create=Call("SecretClient:set_secret"),
    identity=Identity("{vault}/{name}", {"vault": "input.vault || place.vault", "name": "input.secret_name"}),
    # Of its newest version, without the value, which is for whoever uses the secret, and told of disabled ones too.
    read=Reading(
        Call("SecretClient:list_properties_of_secret_versions"),
        result="max_by(value, &created_on)",
        absent=("SecretNotFound",),
    ),
    listing=(
        Listing(
            Call("SecretClient:list_properties_of_secrets"),
            items="value",
            keys={"vault": "vault", "name": "name"},
            fields=("*",),
            outputs=("vault_uri", "physical_name"),
            tags=True,
            under=("vault",),
        ),
    ),
    update=(
        # A new version has nothing of the one before it.
        Call(
            "SecretClient:set_secret",
            params={
                "tags": "tags",
                "content_type": "input.content_type",
                "enabled": "input.enabled",
                "not_before": "input.not_before",
                "expires_on": "input.expires_on",
            },
        ),
        Call("SecretClient:update_secret_properties"),
    ),
    update_fields={
        "SecretClient:set_secret": ("value", "value_version"),
        "SecretClient:update_secret_properties": ("content_type", "enabled", "not_before", "expires_on"),
    },
    delete=Call("SecretClient:begin_delete_secret"),
    only=("vault", "name", "value", "content_type", "enabled", "not_before", "expires_on"),
    fields=(
        Field("secret_name", member="name", physical_name=True, format="azure_secret_name", doc="Its name."),
        Field(
            "vault",
            required=False,
            format="azure_vault_name",
            doc="The vault that it is in. Left out: the target's.",
        ),
        Field(
            "value",
            write_only=True,
            doc="The secret itself, as a reference: `Secret.env(...)` or `Secret.file(...)`.",
        ),
        Field(
            "value_version",
            shape="integer",
            readable=False,
            doc="Raise it to send the value again. With a key of the ledger, another value is noticed without it.",
        ),
        Field("enabled", default=True),
    ),
    outputs={"physical_name": "key.name", "secret_id": "id", "vault_uri": "vault_url"},
    output_docs={
        "physical_name": "Its name.",
        "secret_id": "The URL of its current version.",
        "vault_uri": "The vault's URL.",
    },
    tags=Tags(
        form="map",
        create="tags",
        read="tags",
        replace=Call("SecretClient:update_secret_properties", params={"tags": "tags"}),
    ),
    permissions={
        "SecretClient:set_secret": (f"{_SECRETS}/setSecret/action",),
        "SecretClient:list_properties_of_secret_versions": (f"{_SECRETS}/readMetadata/action",),
        "SecretClient:update_secret_properties": (f"{_SECRETS}/update/action",),
        "SecretClient:list_properties_of_secrets": (f"{_SECRETS}/readMetadata/action",),
        "SecretClient:begin_delete_secret": (f"{_SECRETS}/delete",),
    },
)

TYPES: Final = (VAULT, SECRET)
