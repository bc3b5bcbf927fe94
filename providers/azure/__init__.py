"""Microsoft Azure: resource types declared over the official SDKs' own models, carried out by those SDKs.

The provider is imported when it is asked for: a stack that only names resources needs none of it.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from unknot.providers.azure.provider import AzureProvider

__all__ = ["AzureProvider"]


def __getattr__(name: str) -> object:
    if name == "AzureProvider":
        from unknot.providers.azure.provider import AzureProvider

        return AzureProvider
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
