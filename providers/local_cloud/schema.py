"""The schema of a table of files: portable column types to Arrow's and back, in Parquet's `_common_metadata`."""

import contextlib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec

from unknot.stacks.errors import ProviderError
from unknot.state.stores.files import sync_folder

if TYPE_CHECKING:
    import pyarrow

FILE: Final = "_common_metadata"
"""Where readers of Parquet look for the schema of a whole folder."""

_KEY: Final = b"unknot"
_DECIMAL = re.compile(r"decimal\((\d+),(\d+)\)")
_ARROW: Final = {
    "bool": "bool",
    "int32": "int32",
    "int64": "int64",
    "float32": "float",
    "float64": "double",
    "string": "string",
    "bytes": "binary",
    "date": "date32[day]",
    "timestamp": "timestamp[us, tz=UTC]",
}
"""Portable type to how Arrow writes its own."""


def write_schema(folder: Path, inputs: Mapping[str, Any]) -> None:
    """Durably say what the table in `folder` is. Its data files stay as they are."""
    import pyarrow
    import pyarrow.parquet

    details = {name: inputs[name] for name in ("partition_by", "key", "description") if inputs.get(name)}
    fields = [(name, _arrow(kind)) for name, kind in inputs["columns"].items()]
    schema = pyarrow.schema(fields, metadata={_KEY: msgspec.json.encode(details)})
    unfinished = folder / f".{FILE}.part"
    pyarrow.parquet.write_metadata(schema, unfinished)
    unfinished.replace(folder / FILE)
    sync_folder(folder)


def read_schema(folder: Path) -> dict[str, Any]:
    """What is said of the table in `folder`, in the terms of its inputs; without columns when nothing is."""
    import pyarrow
    import pyarrow.parquet

    try:
        schema = pyarrow.parquet.read_schema(folder / FILE)
    except FileNotFoundError:
        return {"columns": {}}
    except (pyarrow.ArrowException, OSError) as problem:
        raise ProviderError(
            f"the schema of the table `{folder}` cannot be read",
            detail=f"{problem}. Delete `{FILE}` in it to have it written anew.",
        ) from problem
    found: dict[str, Any] = {"columns": {field.name: _portable(field.type) for field in schema}}
    with contextlib.suppress(msgspec.DecodeError):  # somebody else's: what it says of columns holds
        found.update(msgspec.json.decode((schema.metadata or {}).get(_KEY, b"{}"), type=dict[str, Any]))
    return found


def _arrow(kind: str) -> "pyarrow.DataType":
    import pyarrow

    if (decimal := _DECIMAL.fullmatch(kind)) is not None:
        return pyarrow.decimal128(int(decimal[1]), int(decimal[2]))
    if kind == "timestamp":
        return pyarrow.timestamp("us", tz="UTC")
    return pyarrow.type_for_alias(_ARROW[kind])


def _portable(kind: "pyarrow.DataType") -> str:
    text = str(kind)
    if text.startswith("decimal128"):
        return text.replace("decimal128", "decimal").replace(" ", "")
    return next((name for name, known in _ARROW.items() if known == text), text)
