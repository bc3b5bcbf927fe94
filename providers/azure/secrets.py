"""Read a secret from Key Vault where a task needs it: the kind `azure-secret` of references."""

from typing import Any

from unknot.stacks.errors import MissingExtra, ProviderError


def read_secret(place: str) -> str:
    """The current version of `https://VAULT/secrets/NAME`, with azure-identity's default chain.

    Raises ProviderError, without the value, and MissingExtra.
    """
    try:
        from azure.identity import DefaultAzureCredential
        from azure.keyvault.secrets import SecretClient
    except ImportError as missing:
        raise MissingExtra(
            "azure-keyvault-secrets", extra="azure", needed_for="secrets of Azure"
        ) from missing
    vault, _, name = place.rpartition("/secrets/")
    with DefaultAzureCredential() as credential, SecretClient(vault.rstrip("/"), credential) as client:
        return current(client, name)


def current(client: Any, name: str) -> str:
    """The value, asked of a vault's client. Raises ProviderError."""
    from azure.core.exceptions import AzureError

    try:
        value = client.get_secret(name).value
    except AzureError as problem:
        status = getattr(problem, "status_code", None) or type(problem).__name__
        raise ProviderError(
            f"Key Vault did not give it: {status}",
            detail="Whoever runs the task needs to get secrets of this vault: grant it with `grants.use`.",
        ) from problem
    if not isinstance(value, str):
        raise ProviderError("it has no value", detail="Put one in: `Secret(..., value=...)`.")
    return value
