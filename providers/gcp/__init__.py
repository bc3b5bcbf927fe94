"""Google Cloud: resource types declared over Google's discovery documents, carried out over google-auth's session."""

from unknot.providers.gcp.provider import GcpProvider

__all__ = ["GcpProvider"]
