"""Who unknot is to Azure for a target: the default chain of azure-identity, or what the target refers to. Writes nothing.

subscription, resource_group, tenant   where it is
client_id                              of the managed identity to act as
token                                  an access token, by reference: `env:NAME`
account, vault                         the storage account and the Key Vault of types that name none
connection_string, account_key         of the storage account, by reference
endpoint, vault_endpoint               servers of one's own that speak the API of the management plane, of vaults
"""

import logging
import os
from typing import Any, Final, NamedTuple

from unknot.stacks.errors import MissingExtra, ProviderError
from unknot.stacks.secret import Secret
from unknot.stacks.target import Target

CONNECTION_STRING: Final = "AZURE_STORAGE_CONNECTION_STRING"
MANAGEMENT_SCOPE: Final = "https://management.azure.com/.default"


def credential(target: Target) -> Any:
    """What gives access tokens, as the SDK's clients take it. Raises MissingExtra and ProviderError."""
    # What it logs is said again in the errors that it raises; without a handler Python would print it.
    logging.getLogger("azure").addHandler(logging.NullHandler())
    if "token" in target.options:
        return Static(referred(target, "token"))
    try:
        from azure.identity import DefaultAzureCredential
    except ImportError:
        raise MissingExtra(
            "azure-identity", extra="azure", needed_for=f"the target `{target.name}`"
        ) from None
    tenant = target.options.get("tenant")
    identity = target.options.get("client_id")
    more = {} if identity is None else {"managed_identity_client_id": identity}
    if tenant is None:
        return DefaultAzureCredential(**more)
    return InTenant(DefaultAzureCredential(additionally_allowed_tenants=[tenant], **more), tenant)


class Token(NamedTuple):
    """As azure-core wants it."""

    token: str
    expires_on: int


class Static:
    """An access token that somebody else has fetched, of which nothing is known but itself."""

    def __init__(self, token: str) -> None:
        self._token = token

    def get_token(self, *scopes: str, **options: Any) -> Token:
        import time

        return Token(self._token, int(time.time()) + 3600)


class InTenant:
    """Asks a credential for tokens of one tenant."""

    def __init__(self, credential: Any, tenant: str) -> None:
        self._credential = credential
        self._tenant = tenant

    def get_token(self, *scopes: str, **options: Any) -> Any:
        return self._credential.get_token(*scopes, **{"tenant_id": self._tenant, **options})


def identity(credential_: Any) -> str:
    """Who a credential's access tokens are of, by their claims; empty when no token can be had, or it tells nothing."""
    import base64
    import json

    from azure.core.exceptions import AzureError

    try:
        token = str(credential_.get_token(MANAGEMENT_SCOPE).token)
        body = token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    except (AzureError, IndexError, ValueError):
        return ""
    if not isinstance(claims, dict):
        return ""
    # https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference
    for claim, kind in (("upn", ""), ("unique_name", ""), ("appid", "application "), ("oid", "object ")):
        if isinstance(value := claims.get(claim), str) and value:
            return kind + value
    return ""


class Storage(NamedTuple):
    """How a storage account is reached."""

    connection_string: str
    """Empty: by the account's own endpoint."""
    credential: Any


def storage(target: Target, account: str, credential_: Any) -> Storage:
    """By the connection string if it is of that account, a key or a SAS token, or else as `credential_`."""
    text = referred(target, "connection_string") or os.environ.get(CONNECTION_STRING, "")
    if text and parts(text).get("AccountName", account) == account:
        return Storage(text, None)
    from azure.core.credentials import AzureNamedKeyCredential, AzureSasCredential

    own = account_of(target) == account
    key = referred(target, "account_key") or os.environ.get("AZURE_STORAGE_KEY", "")
    if key and own:
        return Storage("", AzureNamedKeyCredential(account, key))
    if (sas := os.environ.get("AZURE_STORAGE_SAS_TOKEN")) and own:
        return Storage("", AzureSasCredential(sas.removeprefix("?")))
    return Storage("", credential_)


def account_of(target: Target) -> str:
    """The storage account of a target; empty when nothing names one."""
    text = referred(target, "connection_string") or os.environ.get(CONNECTION_STRING, "")
    for name in (
        target.options.get("account"),
        parts(text).get("AccountName"),
        os.environ.get("AZURE_STORAGE_ACCOUNT"),
        os.environ.get("AZURE_STORAGE_ACCOUNT_NAME"),
    ):
        if name:
            return str(name)
    return ""


def parts(connection_string: str) -> dict[str, str]:
    """What is in a connection string."""
    found = (part.partition("=") for part in connection_string.split(";"))
    return {name.strip(): value for name, _, value in found if name.strip()}


def subscription_of(target: Target) -> str:
    """The subscription of a target; empty when nothing names one."""
    return str(target.options.get("subscription") or os.environ.get("AZURE_SUBSCRIPTION_ID", ""))


def referred(target: Target, option: str) -> str:
    """The secret that an option refers to; empty when there is no such option. Raises SecretUnavailable, ProviderError."""
    reference = target.options.get(option)
    if reference is None:
        return ""
    try:
        return Secret.parse(str(reference)).resolve()
    except ValueError:
        # The text may be the secret itself: it is not shown.
        raise ProviderError(
            f"the option `{option}` of the target `{target.name}` is no reference",
            detail="Write `env:NAME` or `file:PATH`: the secret itself would be recorded with the target.",
        ) from None
