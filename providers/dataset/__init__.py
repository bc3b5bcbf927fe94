"""The provider `dataset`: brings tables and files into a target's store, by content, for workflows to read."""

from unknot.providers.dataset.provider import DatasetProvider

__all__ = ["DatasetProvider"]
