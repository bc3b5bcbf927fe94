"""Portable types in the record: nodes whose outputs are bound to those of the parts that a cloud makes them of."""

from unknot.providers.portable.provider import PortableProvider

__all__ = ["PortableProvider"]
