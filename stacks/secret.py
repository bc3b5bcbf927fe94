"""Secrets: where one is to be read (`Secret.env`, `Secret.file`), read where it is used (rule S1).

A reference is all that is ever recorded, shown or compared; the value is read by `resolve` and kept nowhere.
`Secret("db", value=...)` makes the portable resource that keeps one: see `portable/secret.py`.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

from unknot.stacks.errors import UnknotError

if TYPE_CHECKING:
    from unknot.stacks.output import Input, Output
    from unknot.stacks.portable.secret import StoredSecret
    from unknot.stacks.resource import Resource
    from unknot.stacks.resource_type import Lifecycle
    from unknot.stacks.target import Target

READERS: Final = "unknot.secrets"
"""Group of entry points: kind of reference to a function that takes what comes after the colon, and gives the value."""

_HERE: Final = ("env", "file")
"""Kinds that need no cloud."""


class SecretUnavailable(UnknotError):
    """A secret's reference leads nowhere on this machine. Names the reference only."""


class Secret:
    """A secret, by reference: what an input, a parameter or a deployment that needs one is given.

    `Secret.env("DB_URL")` and `Secret.file("/run/secrets/db")` say where it is to be read. `Secret("db", value=...)`
    is a resource: the stack keeps the secret on the target, and whoever is given it reads it from there.
    """

    __slots__ = ()

    if TYPE_CHECKING:

        def __new__(
            cls,
            name: str,
            *,
            value: "Input[str] | Secret | None" = None,
            version: "Input[int]" = 1,
            physical_name: str | None = None,
            labels: "Input[Mapping[str, str]] | None" = None,
            target: "Target | None" = None,
            owner: str = "",
            lifecycle: "Lifecycle | None" = None,
            depends_on: "Sequence[Resource | str]" = (),
        ) -> "StoredSecret": ...

    else:

        def __new__(cls, *_args, **_inputs):
            if cls is Secret:
                from unknot.stacks.portable.secret import StoredSecret

                cls = StoredSecret  # its `__init__` is called next, since it is a Secret
            return object.__new__(cls)

    @staticmethod
    def env(name: str) -> "SecretReference":
        """The value of an environment variable, where the task runs."""
        return SecretReference("env", name)

    @staticmethod
    def file(path: str | os.PathLike[str]) -> "SecretReference":
        """The content of a file without its last line break, where the task runs."""
        return SecretReference("file", os.fspath(path))

    @staticmethod
    def parse(reference: str) -> "SecretReference":
        """The secret of `env:NAME`, `file:PATH`, or a kind that a cloud has; raises ValueError for anything else."""
        kind, _, name = reference.partition(":")
        if name and (kind in _HERE or _reader(kind) is not None):
            return SecretReference(kind, name)
        raise ValueError("a secret is referred to by `env:NAME` or `file:PATH`")


@dataclass(frozen=True, slots=True, repr=False)
class SecretReference(Secret):
    """Where a secret is to be read."""

    kind: str
    """`env`, `file`, or the name of an entry point of the group `unknot.secrets`."""
    name: str
    """Of the environment variable, the file's path, or what the cloud finds it by."""

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
        if self.kind != "file":
            return self._elsewhere()
        try:
            return Path(self.name).read_text(encoding="utf-8").removesuffix("\n")
        except (OSError, UnicodeDecodeError) as error:
            # The text of a UnicodeDecodeError holds bytes of the secret, so only its kind is shown.
            why = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
            raise SecretUnavailable(
                f"the secret `{self.reference}` cannot be read",
                detail=f"Reading the file failed: {why}.",
            ) from None

    def _elsewhere(self) -> str:
        """Read it from the cloud that keeps it."""
        read = _reader(self.kind)
        if read is None:
            raise SecretUnavailable(
                f"nothing here can read the secret `{self.reference}`",
                detail=f"A package adds the kind `{self.kind}` through the entry points `{READERS}`. Install it.",
            )
        try:
            return read(self.name)
        except UnknotError as problem:
            raise SecretUnavailable(
                f"the secret `{self.reference}` cannot be read: {problem.summary}", detail=problem.detail
            ) from problem


@dataclass(frozen=True, slots=True, eq=False)
class KeptSecret(Secret):
    """A secret that some resource keeps, by the output that says where: known only after apply."""

    at: "Output[str]"


def _reader(kind: str) -> Callable[[str], str] | None:
    """What reads secrets of a kind; None when no installed package does."""
    from importlib.metadata import entry_points  # slow to load, and not needed for what is read here

    for point in entry_points(group=READERS, name=kind):
        return cast("Callable[[str], str]", point.load())
    return None
