"""The storage account of a store in Azure Blob: which it is, how one signs in, what its errors mean.

Settings are those of Azure's own command line: `AZURE_STORAGE_CONNECTION_STRING`, `AZURE_STORAGE_ACCOUNT`,
`AZURE_STORAGE_KEY`, `AZURE_STORAGE_SAS_TOKEN`; without a key, the default chain of azure-identity.
"""

import os
from typing import TYPE_CHECKING, Any

from unknot.state.stores.base import (
    StoreDenied,
    StoreError,
    StoreLibraryMissing,
    StoreMissing,
)
from unknot.state.stores.remote import CONNECT_TIMEOUT_S, READ_TIMEOUT_S
from unknot.state.stores.url import StoreUrl

if TYPE_CHECKING:
    from azure.storage.blob import ContainerClient

RETRIES = 3

_EXPIRED_HINT = "Sign in again (`az login`), or renew the SAS token or key in the environment."


def require_library() -> None:
    """Raises StoreLibraryMissing."""
    try:
        import azure.identity
        import azure.storage.blob  # noqa: F401
    except ImportError as error:
        raise StoreLibraryMissing(
            "stores in Azure Blob need the packages `azure-storage-blob` and `azure-identity`",
            detail="Install them: `pip install 'unknot[azure]'`.",
        ) from error


def account_of(place: StoreUrl) -> str:
    """The account that the URL or the environment names. Raises StoreError."""
    for account in (
        place.parameters.get("account"),
        os.environ.get("AZURE_STORAGE_ACCOUNT") or os.environ.get("AZURE_STORAGE_ACCOUNT_NAME"),
        _connection().get("AccountName"),
    ):
        if account:
            return account
    raise StoreError(
        f"`{place.text('az')}` names no storage account",
        detail="Add `?account=NAME` to the URL, or set `AZURE_STORAGE_ACCOUNT`.",
    )


def container_client(place: StoreUrl) -> "ContainerClient":
    """A client for the container of `place`, whose account is known. Raises StoreError."""
    from azure.storage.blob import BlobServiceClient, LinearRetry

    settings: dict[str, Any] = {
        "connection_timeout": CONNECT_TIMEOUT_S,
        "read_timeout": READ_TIMEOUT_S,
        # The library's default first waits for 15 s, half of a lease's term; the ledger backs off by itself.
        "retry_policy": LinearRetry(backoff=1, retry_total=RETRIES, random_jitter_range=1),
        "user_agent": "unknot",
    }
    account = place.parameters["account"]
    connection = _connection()
    try:
        if connection and connection.get("AccountName", account) == account:
            text = os.environ["AZURE_STORAGE_CONNECTION_STRING"]
            service = BlobServiceClient.from_connection_string(text, **settings)
        else:
            endpoint = place.parameters.get("endpoint", f"https://{account}.blob.core.windows.net")
            service = BlobServiceClient(endpoint, credential=_credential(place), **settings)
    except ValueError as error:
        raise StoreError(
            f"`{place.text('az')}` cannot be used: its connection string or endpoint is not one",
            detail="Correct `AZURE_STORAGE_CONNECTION_STRING` or the `endpoint` in the URL.",
        ) from error
    return service.get_container_client(place.bucket)


def _connection() -> dict[str, str]:
    """The connection string's parts."""
    text = os.environ.get("AZURE_STORAGE_CONNECTION_STRING", "")
    return {name: value for name, _, value in (part.partition("=") for part in text.split(";")) if name}


def _credential(place: StoreUrl) -> Any:
    from azure.core.credentials import AzureNamedKeyCredential, AzureSasCredential
    from azure.identity import DefaultAzureCredential

    if key := os.environ.get("AZURE_STORAGE_KEY"):
        return AzureNamedKeyCredential(place.parameters["account"], key)
    if token := os.environ.get("AZURE_STORAGE_SAS_TOKEN"):
        return AzureSasCredential(token.removeprefix("?"))
    if "client_id" in place.parameters:
        return DefaultAzureCredential(managed_identity_client_id=place.parameters["client_id"])
    return DefaultAzureCredential()


def code_of(error: Exception) -> str:
    """Azure's own word for an error; empty for an answer without one, as those to HEAD are."""
    code = getattr(error, "error_code", None)
    return str(getattr(code, "value", code) or "")


def explained(error: Exception, place: str) -> StoreError:
    """What an error of Azure's libraries means for the user."""
    from azure.core.exceptions import ClientAuthenticationError, HttpResponseError, ServiceRequestError
    from azure.identity import CredentialUnavailableError

    if isinstance(error, CredentialUnavailableError):
        return StoreDenied(
            f"there are no Azure credentials to reach `{place}` with",
            detail=f"Run `az login`, or set `AZURE_STORAGE_KEY` or `AZURE_CLIENT_ID` and the like. {_first_line(error)}",
        )
    if isinstance(error, HttpResponseError) and error.status_code:
        return _refused(error, place)
    if isinstance(error, ClientAuthenticationError):
        return StoreDenied(
            f"Azure did not give the credentials that `{place}` is reached with",
            detail=f"{_EXPIRED_HINT} {_first_line(error)}",
        )
    hint = "Is the account's name right? " if isinstance(error, ServiceRequestError) else ""
    return StoreError(
        f"`{place}` cannot be reached: {_first_line(error)}",
        detail=f"{hint}Check the network, and the endpoint in the URL or the connection string.",
        retryable=True,
    )


def _refused(error: Any, place: str) -> StoreError:
    code = code_of(error) or str(error.status_code)
    said = f"Azure says: {error.status_code} {code}."
    if code in ("ContainerNotFound", "ContainerBeingDeleted", "ContainerDisabled", "ResourceNotFound"):
        return StoreMissing(
            f"the container of `{place}` does not exist",
            detail="Make it first (`az storage container create`), with no lifecycle policy on the prefix, or "
            f"correct the URL. {said}",
        )
    if (
        code in ("AuthenticationFailed", "InvalidAuthenticationInfo", "NoAuthenticationInformation")
        or error.status_code == 401
    ):
        return StoreDenied(
            f"Azure does not accept the credentials that `{place}` is reached with",
            detail=f"They are wrong or have expired, or this machine's clock is. {_EXPIRED_HINT} {said}",
        )
    if error.status_code == 403:
        return StoreDenied(
            f"Azure denies access to `{place}`",
            detail="Needed on the container is the role `Storage Blob Data Contributor`; the account's firewall may "
            f"refuse this network too. {said}",
        )
    if error.status_code in (408, 429) or error.status_code >= 500:
        return StoreError(
            f"Azure is not answering for `{place}` now: {code}",
            detail=f"It throttles or is disturbed; its library asked {RETRIES + 1} times. {said}",
            retryable=True,
        )
    if error.status_code == 412:
        return StoreError(f"`{place}` was changed while it was read", retryable=True)
    return StoreError(f"Azure refuses the request for `{place}`", detail=said)


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0].rstrip(".") + "."
