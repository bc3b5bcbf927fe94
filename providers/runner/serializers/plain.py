"""Plain values as JSON, text as UTF-8, bytes as they are. JSON's forms are those of `stacks.workflow.literal`."""

import json
import sys
from pathlib import Path
from typing import Any

from unknot.providers.runner.serializers.registry import UnserialisableArtifact, Written
from unknot.stacks.workflow.literal import Unserialisable, decode, encode


class JsonSerializer:
    """None, booleans, numbers, dates, enums, and lists, tuples, sets and mappings of them."""

    name = "json"
    suffix = ".json"

    def write(self, value: Any, path: Path) -> Written:
        encoded = encode(_without_numpy(value))
        # Mappings keep their order, which in Python is part of the value.
        text = json.dumps(encoded, separators=(",", ":"), ensure_ascii=False)
        path.write_bytes(text.encode("utf-8", "surrogatepass"))
        return Written()

    def read(self, path: Path, wanted: str) -> Any:
        return decode(_parsed(path))

    def inspect(self, path: Path) -> Written:
        _parsed(path)
        return Written()


class TextSerializer:
    """A `str`."""

    name = "text"
    suffix = ".txt"

    def write(self, value: str, path: Path) -> Written:
        path.write_bytes(value.encode("utf-8", "surrogatepass"))
        return Written()

    def read(self, path: Path, wanted: str) -> str:
        return path.read_bytes().decode("utf-8", "surrogatepass")

    def inspect(self, path: Path) -> Written:
        try:
            self.read(path, "")
        except UnicodeDecodeError as error:
            raise UnserialisableArtifact("the file is not UTF-8 text", detail=str(error)) from error
        return Written()


class BytesSerializer:
    """A `bytes`."""

    name = "bytes"
    suffix = ".bin"

    def write(self, value: bytes, path: Path) -> Written:
        path.write_bytes(value)
        return Written()

    def read(self, path: Path, wanted: str) -> bytes:
        return path.read_bytes()

    def inspect(self, path: Path) -> Written:
        return Written()


def is_plain(value: object) -> bool:
    """Whether JSON keeps all of `value`."""
    try:
        encode(_without_numpy(value))
    except (Unserialisable, RecursionError):
        return False
    return True


def why_not_plain(value: object) -> str:
    """Which part of a value has no plain form; empty if all have one."""
    try:
        encode(_without_numpy(value))
    except Unserialisable as error:
        return str(error)
    except RecursionError:
        return "it contains itself, or is nested too deeply"
    return ""


def _parsed(path: Path) -> Any:
    try:
        return json.loads(path.read_bytes().decode("utf-8", "surrogatepass"))
    except (ValueError, RecursionError) as error:
        raise UnserialisableArtifact("the file is not JSON", detail=str(error)) from error


def _without_numpy(value: Any) -> Any:
    """`value` with numpy's scalars as Python's."""
    numpy = sys.modules.get("numpy")
    return value if numpy is None else _scalars(value, numpy.generic)


def _scalars(value: Any, generic: type) -> Any:
    if isinstance(value, generic):
        return value.item()  # type: ignore[attr-defined]  # numpy.generic, which must not be imported for this
    kind = type(value)
    if kind in (list, tuple, set, frozenset):
        return kind(_scalars(item, generic) for item in value)
    if kind is dict:
        return {_scalars(key, generic): _scalars(item, generic) for key, item in value.items()}
    return value
