"""numpy arrays as `.npy`, without pickle."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from unknot.providers.runner.serializers.registry import UnserialisableArtifact, Written

if TYPE_CHECKING:
    import numpy as np


class NumpySerializer:
    """A `numpy.ndarray` of any type but objects."""

    name = "npy"
    suffix = ".npy"

    def write(self, value: "np.ndarray[Any, Any]", path: Path) -> Written:
        import numpy as np

        if value.dtype.hasobject:
            raise UnserialisableArtifact(
                f"an array of type `{value.dtype}` holds Python objects",
                detail="Convert it with `.astype(...)` to numbers or text, or return a list or a table.",
            )
        with path.open("wb") as file:
            np.save(file, value, allow_pickle=False)
        return _described(value)

    def read(self, path: Path, wanted: str) -> "np.ndarray[Any, Any]":
        import numpy as np

        loaded: np.ndarray[Any, Any] = np.load(path, allow_pickle=False)
        return loaded

    def inspect(self, path: Path) -> Written:
        import numpy as np

        try:
            return _described(np.load(path, allow_pickle=False, mmap_mode="r"))
        except (ValueError, OSError) as error:
            raise UnserialisableArtifact("the file is not a `.npy` array", detail=str(error)) from error


def _described(array: "np.ndarray[Any, Any]") -> Written:
    shape = "x".join(map(str, array.shape)) or "scalar"
    return Written(rows=array.shape[0] if array.ndim else None, schema={"array": f"{array.dtype} {shape}"})
