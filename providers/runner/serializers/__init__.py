"""How values become artifacts and come back: by type, safely, with equal bytes for equal values where possible."""

from unknot.providers.runner.serializers.registry import (
    Serializer,
    UnserialisableArtifact,
    Written,
    allow_pickle,
    name_for_type,
    register_serializer,
    serializer_for,
    serializer_named,
    type_of,
)

__all__ = [
    "Serializer",
    "UnserialisableArtifact",
    "Written",
    "allow_pickle",
    "name_for_type",
    "register_serializer",
    "serializer_for",
    "serializer_named",
    "type_of",
]
