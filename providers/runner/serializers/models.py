"""scikit-learn estimators in the format of skops: no code in it, and only trusted types are read.

The policy: what skops trusts by itself, all of scikit-learn's own types (skops leaves out those made in C, such as
the trees of a forest), and a list of numpy's and scipy's that its estimators hold. Anything else must be trusted
by name with `trust_types`.
Source of the layout that `_stable` rewrites: `schema.json` and the members it names, of skops's own writer.
"""

import io
import json
import zipfile
from pathlib import Path
from typing import Any

from unknot.providers.runner.serializers.registry import UnserialisableArtifact, Written
from unknot.stacks.errors import MissingExtra

_SCHEMA = "schema.json"
_TIME = (1980, 1, 1, 0, 0, 0)
_TRUSTED_PACKAGE = "sklearn."

_TRUSTED_NAMES = frozenset(
    {
        "numpy.dtype",
        "numpy.mean",
        "scipy._lib.array_api_compat.numpy._aliases.asarray",
        "scipy.interpolate._bsplines.BSpline",
        "scipy.sparse._csr.csr_matrix",
        "scipy.sparse._csr.csr_array",
    }
)
"""Found by writing every estimator of scikit-learn 1.9 with its defaults."""

_trusted: dict[str, None] = {}


def trust_types(*names: str) -> None:
    """Trust types in models, by `module.Class`. Reading a model makes objects of them.

    Call it at the top level of a module that the workflow imports.
    """
    _trusted.update(dict.fromkeys(names))


class SkopsSerializer:
    """A scikit-learn estimator, or a pipeline of them."""

    name = "skops"
    suffix = ".skops"

    def write(self, value: Any, path: Path) -> Written:
        skops = _skops()
        try:
            data = skops.dumps(value, compression=zipfile.ZIP_STORED)
        except Exception as error:
            raise UnserialisableArtifact(
                f"skops cannot write a `{type(value).__qualname__}`",
                detail=f"{type(error).__name__}: {error}. Register a serializer for it, or allow pickle for it.",
            ) from error
        _refuse_untrusted(skops.get_untrusted_types(data=data))
        path.write_bytes(_stable(data))
        return Written()

    def read(self, path: Path, wanted: str) -> Any:
        skops = _skops()
        found = skops.get_untrusted_types(file=path)
        _refuse_untrusted(found)
        return skops.load(path, trusted=found)

    def inspect(self, path: Path) -> Written:
        try:
            _skops().get_untrusted_types(file=path)
        except (ValueError, KeyError, zipfile.BadZipFile, TypeError) as error:
            raise UnserialisableArtifact("the file is not a skops model", detail=str(error)) from error
        return Written()


def _is_trusted(name: str) -> bool:
    return name.startswith(_TRUSTED_PACKAGE) or name in _TRUSTED_NAMES or name in _trusted


def _refuse_untrusted(found: list[str]) -> None:
    unknown = sorted(name for name in found if not _is_trusted(name))
    if not unknown:
        return
    listed = ", ".join(f"`{name}`" for name in unknown)
    call = ", ".join(f'"{name}"' for name in unknown)
    raise UnserialisableArtifact(
        f"the model holds types that are not trusted: {listed}",
        detail=f"If you trust them, call `unknot.trust_types({call})` in a module that the workflow imports. "
        "Reading a model makes objects of these types.",
    )


def _stable(data: bytes) -> bytes:
    """The same model without what differs from one writing to the next: object ids, file times, padding."""
    with zipfile.ZipFile(io.BytesIO(data)) as source:
        schema = json.loads(source.read(_SCHEMA))
        ids: dict[Any, int] = {}
        files: dict[str, str] = {}
        _renumber(schema, ids, files)
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as target:
            for member, name in sorted(files.items(), key=lambda item: int(item[1].partition(".")[0])):
                target.writestr(zipfile.ZipInfo(name, _TIME), _without_padding(member, source.read(member)))
            target.writestr(zipfile.ZipInfo(_SCHEMA, _TIME), json.dumps(schema, separators=(",", ":")))
    return made.getvalue()


def _renumber(node: Any, ids: dict[Any, int], files: dict[str, str]) -> None:
    if isinstance(node, list):
        for item in node:
            _renumber(item, ids, files)
    elif isinstance(node, dict):
        if "__id__" in node:
            node["__id__"] = ids.setdefault(node["__id__"], len(ids) + 1)
        if "__loader__" in node and isinstance(node.get("file"), str):
            suffix = Path(node["file"]).suffix
            node["file"] = files.setdefault(node["file"], f"{len(files) + 1}{suffix}")
        for item in node.values():
            _renumber(item, ids, files)


def _without_padding(member: str, data: bytes) -> bytes:
    """A structured array with zeros between its fields: what lies there is whatever memory held."""
    if not member.endswith(".npy"):
        return data
    import numpy as np

    array = np.load(io.BytesIO(data), allow_pickle=False)
    if array.dtype.names is None:
        return data
    clean = np.zeros(array.shape, array.dtype)
    for name in array.dtype.names:
        clean[name] = array[name]
    written = io.BytesIO()
    np.save(written, clean, allow_pickle=False)
    return written.getvalue()


def _skops() -> Any:
    try:
        import skops.io
    except ImportError:
        raise MissingExtra("skops", extra="sklearn", needed_for="a scikit-learn model") from None
    return skops.io
