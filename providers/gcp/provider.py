"""The provider `gcp`. Importing it imports neither google-auth nor any declaration."""

from collections.abc import Mapping

from unknot.providers.declared.calls import Cloud
from unknot.providers.declared.declaration import Declaration
from unknot.providers.declared.provider import DeclaredProvider


class GcpProvider(DeclaredProvider):
    """Resources of Google Cloud, as the target's project, region and credentials reach them."""

    def __init__(self) -> None:
        super().__init__("gcp", _declarations, _cloud)


def _declarations() -> Mapping[str, Declaration]:
    from unknot.providers.gcp.types import DECLARATIONS

    return DECLARATIONS


def _cloud() -> Cloud:
    from unknot.providers.gcp.client import Gcp

    return Gcp()
