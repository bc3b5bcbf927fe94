"""Object stores seen as data that is copied: listed, read at a pinned version, written whole or in parts.

A ledger's or a runner's view of a store is `unknot.state.stores`; this one takes any key that a bucket may hold.
"""

from unknot.providers.objects.attributes import Attributes, Loss, Traits, fit
from unknot.providers.objects.base import ObjectInfo, Part, Place, Read, Upload
from unknot.providers.objects.opening import open_place

__all__ = [
    "Attributes",
    "Loss",
    "ObjectInfo",
    "Part",
    "Place",
    "Read",
    "Traits",
    "Upload",
    "fit",
    "open_place",
]
