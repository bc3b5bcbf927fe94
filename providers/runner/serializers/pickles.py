"""Pickle, for types that user code allowed with `allow_pickle` and no others."""

import pickle
from pathlib import Path
from typing import Any

from unknot.providers.runner.serializers.registry import UnserialisableArtifact, Written

_PROTOCOL = 5
"""Fixed, so that equal values have equal bytes on every interpreter."""


class PickleSerializer:
    """Values of types that the user allowed. Reading one runs code that the artifact names."""

    name = "pickle"
    suffix = ".pickle"

    def write(self, value: Any, path: Path) -> Written:
        try:
            path.write_bytes(pickle.dumps(value, protocol=_PROTOCOL))
        except (pickle.PicklingError, TypeError, AttributeError, RecursionError) as error:
            raise UnserialisableArtifact(
                "the value cannot be pickled", detail=f"{type(error).__name__}: {error}"
            ) from error
        return Written()

    def read(self, path: Path, wanted: str) -> Any:
        return pickle.loads(path.read_bytes())  # noqa: S301 - written by the user's own task, and asked for

    def inspect(self, path: Path) -> Written:
        return Written()
