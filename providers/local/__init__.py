"""The local engine: workflows as processes of this machine, without a server."""

from unknot.providers.local.engine import LocalEngine

__all__ = ["LocalEngine"]
