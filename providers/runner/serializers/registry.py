"""Serializers by type: which one writes a value, which one reads an artifact, and adding one's own.

The ones that unknot has are named in a table and imported when used. User code adds others with
`register_serializer`; a value of a type with no serializer is refused, never pickled unasked.
"""

import importlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, TypeVar

from unknot.stacks.errors import EngineError

T = TypeVar("T")


class UnserialisableArtifact(EngineError):
    """A value that no serializer can write or read as it is."""


@dataclass(frozen=True, slots=True)
class Written:
    """What a serializer can tell of what it wrote."""

    rows: int | None = None
    schema: dict[str, str] = field(default_factory=dict)
    file_name: str = ""


class Serializer(Protocol):
    """Writes values to one file and reads them back. Equal values give equal bytes where the format allows."""

    @property
    def name(self) -> str: ...

    @property
    def suffix(self) -> str:
        """Of a file in this format."""
        ...

    def write(self, value: Any, path: Path) -> Written:
        """Raises UnserialisableArtifact saying what to do, in `detail`."""
        ...

    def read(self, path: Path, wanted: str) -> Any:
        """The value, as `wanted` (`module:qualname`) where the format holds several types."""
        ...

    def inspect(self, path: Path) -> Written:
        """What can be told of a file that another program wrote; raises UnserialisableArtifact for a foreign one."""
        ...


@dataclass(frozen=True, slots=True)
class UserSerializer:
    """A serializer that user code registered."""

    name: str
    writer: Callable[[Any, Path], object]
    reader: Callable[[Path], Any]
    suffix: str = ""

    def write(self, value: Any, path: Path) -> Written:
        self.writer(value, path)
        return Written()

    def read(self, path: Path, wanted: str) -> Any:
        return self.reader(path)

    def inspect(self, path: Path) -> Written:
        return Written()


_BUILT_IN: dict[str, str] = {
    "parquet": "unknot.providers.runner.serializers.tables:ParquetSerializer",
    "skops": "unknot.providers.runner.serializers.models:SkopsSerializer",
    "npy": "unknot.providers.runner.serializers.arrays:NumpySerializer",
    "json": "unknot.providers.runner.serializers.plain:JsonSerializer",
    "text": "unknot.providers.runner.serializers.plain:TextSerializer",
    "bytes": "unknot.providers.runner.serializers.plain:BytesSerializer",
    "file": "unknot.providers.runner.serializers.files:FileSerializer",
    "folder": "unknot.providers.runner.serializers.files:FolderSerializer",
    "pickle": "unknot.providers.runner.serializers.pickles:PickleSerializer",
}

_BY_TYPE: dict[tuple[str, str], str] = {
    ("pandas", "DataFrame"): "parquet",
    ("pandas", "Series"): "parquet",
    ("polars", "DataFrame"): "parquet",
    ("polars", "LazyFrame"): "parquet",
    ("polars", "Series"): "parquet",
    ("pyarrow", "Table"): "parquet",
    ("pyarrow", "RecordBatchReader"): "parquet",
    ("pyarrow", "Dataset"): "parquet",
    ("numpy", "ndarray"): "npy",
    ("sklearn", "BaseEstimator"): "skops",
    ("builtins", "str"): "text",
    ("builtins", "bytes"): "bytes",
    ("pathlib", "PurePath"): "file",
    ("pathlib", "Path"): "file",
    ("pathlib", "PosixPath"): "file",
}
"""Package and class to the name of the serializer; a class counts for those derived from it."""

_EXACT = frozenset({"ndarray", "str", "bytes"})
"""Classes whose subclasses hold more than the format keeps: a mask, an enum's member."""

_registered: dict[type, Serializer] = {}
_named: dict[str, Serializer] = {}
_pickled: dict[type, None] = {}


def register_serializer(
    kind: type[T],
    *,
    name: str,
    write: Callable[[T, Path], object],
    read: Callable[[Path], T],
    suffix: str = "",
) -> None:
    """Use `write(value, path)` and `read(path)` for values of `kind` and of classes derived from it.

    Call it at the top level of a module that the workflow imports: every task then knows it. `name` is
    recorded with each artifact. Raises ValueError for a name that unknot itself uses.
    """
    if name in _BUILT_IN or not name:
        raise ValueError(f"`{name}` cannot be a serializer's name: unknot has one of that name")
    serializer = UserSerializer(name, write, read, suffix)
    _registered[kind] = serializer
    _named[name] = serializer


def allow_pickle(kind: type) -> None:
    """Let values of `kind` and of classes derived from it be pickled.

    Only for types that have no better format: unpickling runs whatever code the bytes say, and breaks when
    the class changes.
    """
    _pickled[kind] = None


def pickle_allowed(kind: type) -> bool:
    return any(base in _pickled for base in kind.__mro__)


def serializer_for(value: object) -> Serializer | None:
    """The serializer that writes `value`: a registered one, one of unknot's, pickle if allowed; else None."""
    kind = type(value)
    for base in kind.__mro__:
        if base in _registered:
            return _registered[base]
    if pickle_allowed(kind):
        return serializer_named("pickle")
    name = _built_in_for(kind)
    if name == "file" and isinstance(value, Path) and value.is_dir():
        name = "folder"
    if name is None:
        json = serializer_named("json")
        return json if json is not None and _is_plain(value) else None
    return serializer_named(name)


def serializer_named(name: str) -> Serializer | None:
    """The serializer of that name; None if there is none, or user code has not registered or allowed it (yet)."""
    if name == "pickle" and not _pickled:
        return None
    if name in _named:
        return _named[name]
    if name not in _BUILT_IN:
        return None
    module, _, cls = _BUILT_IN[name].partition(":")
    made: Serializer = getattr(importlib.import_module(module), cls)()
    _named[name] = made
    return made


def name_for_type(type_name: str) -> str:
    """The name of the serializer for a declared type: what a command or a notebook must write. `json` if plain."""
    for member in type_name.split(" | "):
        module, _, qualname = member.partition(":")
        package = module.partition(".")[0]
        found = _BY_TYPE.get((package, qualname)) or _BY_TYPE.get((package, "BaseEstimator"))
        if found is not None:
            return found
        if package in ("builtins", "datetime"):
            return "json"
    return "file"


def type_of(value: object) -> str:
    """`module:qualname` of a value's type."""
    return f"{type(value).__module__}:{type(value).__qualname__}"


def _built_in_for(kind: type) -> str | None:
    for base in kind.__mro__:
        package = base.__module__.partition(".")[0]
        name = _BY_TYPE.get((package, base.__qualname__))
        if name is not None and (base is kind or base.__qualname__ not in _EXACT):
            return name
    return None


def _is_plain(value: object) -> bool:
    from unknot.providers.runner.serializers.plain import is_plain

    return is_plain(value)
