"""The project: the folder with `unknot.toml`, and what it says. Reads files only."""

import difflib
import tomllib
from pathlib import Path
from typing import Annotated, Any

import msgspec

from unknot.stacks.diagnostic import Diagnostic, SourceLocation
from unknot.stacks.errors import DefinitionError

CONFIG_FILE = "unknot.toml"

DEFAULT_ENVIRONMENT = "default"
"""Where no other is named; needs no file of values."""


class EncryptionConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Client-side encryption of the ledger. Keys by reference only."""

    key: str | Annotated[tuple[str, ...], msgspec.Meta(min_length=1)]
    """`env:NAME` or `file:PATH`. Of several, the first is the one that is written for; the others open what is older."""


class Config(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`unknot.toml`, or the table `tool.unknot` of `pyproject.toml`."""

    stack: str = "stack.py"
    """File that defines the stack."""
    backend: str = "file:.unknot/ledger"
    """URL of the store for ledgers."""
    encryption: EncryptionConfig | None = None
    requirements: str | None = None
    """File with the requirements of the workflows; found by itself when left out."""


class Project(msgspec.Struct, frozen=True):
    """A folder and its configuration."""

    root: Path
    config: Config

    @property
    def cache(self) -> Path:
        """Files that may be deleted at any time."""
        return self.root / ".unknot" / "cache"

    @property
    def memory(self) -> Path:
        """What this machine remembers of ledgers, and results that a store could not take: not to be deleted."""
        return self.root / ".unknot" / "memory"

    @property
    def keys(self) -> tuple[str, ...]:
        """References to the ledger's keys, the one in use first; files relative to the project."""
        encryption = self.config.encryption
        if encryption is None:
            return ()
        references = (encryption.key,) if isinstance(encryption.key, str) else encryption.key
        return tuple(map(self._key, references))

    def _key(self, reference: str) -> str:
        kind, _, name = reference.partition(":")
        if kind != "file" or not name or name.startswith("~"):
            return reference
        return f"file:{self.root / name}"

    @property
    def stack_file(self) -> Path:
        return self.root / self.config.stack


def find_project(start: Path) -> Project:
    """The project that `start` is in: the nearest folder upwards with a configuration or a `stack.py`.

    Raises DefinitionError when there is none, or when its configuration is wrong.
    """
    start = start.resolve()
    for folder in (start, *start.parents):
        if (file := folder / CONFIG_FILE).is_file():
            return Project(folder, _read(file, _parse(file)))
        if (file := folder / "pyproject.toml").is_file():
            table = _parse(file).get("tool", {}).get("unknot")
            if table is not None:
                return Project(folder, _read(file, table))
        if (folder / "stack.py").is_file():
            return Project(folder, Config())
    raise DefinitionError(
        [
            Diagnostic.error(
                f"there is no unknot project in `{start}` or above it",
                detail="A project has an `unknot.toml` or a `stack.py`. Make one with `unknot init`.",
            )
        ]
    )


def _parse(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise DefinitionError(
            [
                Diagnostic.error(
                    f"`{file.name}` is not TOML", detail=str(problem), source=SourceLocation(str(file), 1)
                )
            ]
        ) from problem


def _read(file: Path, table: dict[str, Any]) -> Config:
    try:
        return msgspec.convert(table, Config)
    except msgspec.ValidationError as problem:
        known = [field.name for field in msgspec.structs.fields(Config)]
        unknown = [key for key in table if key not in known]
        near = difflib.get_close_matches(unknown[0], known, n=1) if unknown else []
        hint = f" Did you mean `{near[0]}`?" if near else ""
        raise DefinitionError(
            [
                Diagnostic.error(
                    f"`{file.name}` has a wrong setting",
                    detail=f"{problem}.{hint} Settings: {', '.join(known)}.",
                    source=SourceLocation(str(file), _line_with(file, unknown[0] if unknown else "")),
                )
            ]
        ) from problem


def _line_with(file: Path, word: str) -> int:
    for number, line in enumerate(file.read_text().splitlines(), start=1):
        if word and line.lstrip().startswith(word):
            return number
    return 1
