"""Google Cloud: resource types declared over Google's discovery documents, carried out over google-auth's session.

The provider is imported when it is asked for: a stack that only names resources needs none of it.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from unknot.providers.gcp.provider import GcpProvider

__all__ = ["GcpProvider"]


def __getattr__(name: str) -> object:
    if name == "GcpProvider":
        from unknot.providers.gcp.provider import GcpProvider

        return GcpProvider
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
