"""The provider `azure`. Importing it imports no SDK and no declaration."""

from collections.abc import Mapping

from unknot.providers.declared.calls import Cloud
from unknot.providers.declared.declaration import Declaration
from unknot.providers.declared.provider import DeclaredProvider


class AzureProvider(DeclaredProvider):
    """Resources of Azure, as the target's subscription, resource group, account and identity reach them."""

    def __init__(self) -> None:
        super().__init__("azure", _declarations, _cloud)


def _declarations() -> Mapping[str, Declaration]:
    from unknot.providers.azure.types import DECLARATIONS

    return DECLARATIONS


def _cloud() -> Cloud:
    from unknot.providers.azure.client import Azure

    return Azure()
