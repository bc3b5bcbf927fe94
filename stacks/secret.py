"""References to secrets: an environment variable or a file, read where the secret is used (rule S1).

A reference is all that is ever recorded, shown or compared; the value is read by `resolve` and kept nowhere.
"""

import os
from pathlib import Path
from typing import Any, Literal, TypeAlias, get_args

import msgspec

from unknot.stacks.errors import UnknotError

SecretKind: TypeAlias = Literal["env", "file"]


class SecretUnavailable(UnknotError):
    """A secret's reference leads nowhere on this machine. Names the reference only."""


class Secret(msgspec.Struct, frozen=True):
    """Where a secret is to be read: `Secret.env("DB_URL")`, `Secret.file("/run/secrets/db")`."""

    kind: SecretKind
    name: str
    """Of the environment variable, or the file's path."""

    @classmethod
    def env(cls, name: str) -> "Secret":
        """The value of an environment variable, where the task runs."""
        return cls("env", name)

    @classmethod
    def file(cls, path: str | os.PathLike[str]) -> "Secret":
        """The content of a file without its last line break, where the task runs."""
        return cls("file", os.fspath(path))

    @classmethod
    def parse(cls, reference: str) -> "Secret":
        """The secret of `env:NAME` or `file:PATH`; raises ValueError for anything else."""
        kind, _, name = reference.partition(":")
        for known in get_args(SecretKind):
            if kind == known and name:
                return cls(known, name)
        raise ValueError("a secret is referred to by `env:NAME` or `file:PATH`")

    @property
    def reference(self) -> str:
        return f"{self.kind}:{self.name}"

    def __repr__(self) -> str:
        return f"Secret({self.reference})"

    def to_json(self) -> dict[str, Any]:
        """`{"$secret": "env:DB_URL"}`: the form in graphs, plans and ledgers."""
        return {"$secret": self.reference}

    def resolve(self) -> str:
        """Read the secret; raises SecretUnavailable."""
        if self.kind == "env":
            value = os.environ.get(self.name)
            if value is None:
                raise SecretUnavailable(
                    f"the environment variable of the secret `{self.reference}` is not set",
                    detail=f"Set `{self.name}` where the task runs.",
                )
            return value
        try:
            return Path(self.name).read_text(encoding="utf-8").removesuffix("\n")
        except (OSError, UnicodeDecodeError) as error:
            # The text of a UnicodeDecodeError holds bytes of the secret, so only its kind is shown.
            why = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
            raise SecretUnavailable(
                f"the secret `{self.reference}` cannot be read",
                detail=f"Reading the file failed: {why}.",
            ) from None
