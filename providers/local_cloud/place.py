"""Where an object of this machine is, and the record beside it that says whose it is and what it was asked to be.

The record is durable before its object appears: after a crash at any step an object is known to be ours, or it is
left alone.
"""

import contextlib
import errno
import fcntl
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import msgspec

from unknot.providers.base import Context, Mark
from unknot.stacks.address import Uid
from unknot.stacks.errors import ProviderError
from unknot.state.stores.files import sync_folder

ROOT: Final = ".unknot/local"
"""Under the project, for targets whose options name no `root`."""

_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,199}")


class Record(msgspec.Struct, frozen=True):
    """What is kept beside an object. Never a secret's value."""

    lineage: str
    uid: Uid
    token: str
    """Of the create that made it; empty for an imported one."""
    inputs: dict[str, Any]

    @property
    def mark(self) -> Mark:
        return Mark(self.lineage, self.uid)


class Place:
    """One object: its own path, and that of its record."""

    def __init__(self, context: Context, folder: str, name: str, suffix: str) -> None:
        """Raises ProviderError for a name that is no file's."""
        if _NAME.fullmatch(name) is None:
            raise ProviderError(
                f"`{name[:60]}` cannot be the name of a file in `{folder}`",
                detail="Use letters, digits, `_`, `-` and `.`, at most 200, beginning with a letter or digit.",
            )
        self.name = name
        self.id = f"{folder}/{name}"
        self.folder = root_of(context) / folder
        self.own = self.folder / f"{name}{suffix}"
        self.record_file = self.folder / f".{name}.record.json"

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other threads and processes from this kind of objects."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(self.folder / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    def record(self) -> Record | None:
        """None when there is none. One that cannot be read proves nothing, so it counts as none."""
        try:
            return msgspec.json.decode(self.record_file.read_bytes(), type=Record)
        except (FileNotFoundError, NotADirectoryError, msgspec.DecodeError):
            return None

    def write_record(self, record: Record) -> None:
        write_whole(self.record_file, msgspec.json.format(msgspec.json.encode(record)), 0o600)


def root_of(context: Context) -> Path:
    """The folder that everything of a target is under."""
    root = context.target.options.get("root", ROOT)
    return Path(os.path.normpath(Path(os.path.abspath(context.project)) / str(root)))  # noqa: PTH100 - keeps links


def write_whole(path: Path, data: bytes, mode: int) -> None:
    """Durably put `data` at `path`, whole or not at all; never readable by more than `mode` says, not for a moment."""
    temporary = path.with_name(f".{path.name}.part")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        with open(handle, "wb") as file:  # noqa: PTH123 - a descriptor, not a path
            file.write(data)
            file.flush()
            os.fchmod(handle, mode)
            os.fsync(handle)
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


_ADVICE: Final = {
    errno.EACCES: "You may not do that: look at the owner and mode of the folder.",
    errno.EROFS: "The file system is read-only.",
    errno.ENOSPC: "The disk is full: make room, then apply again.",
    errno.EDQUOT: "Your quota is used up: make room, then apply again.",
    errno.ENAMETOOLONG: "The path is too long for the file system.",
    errno.ENOTDIR: "A part of the path is a file, not a folder.",
    errno.EEXIST: "Something else made it just now: look at it, then import it or choose another name.",
    errno.ENOTEMPTY: "It holds something: take that away first.",
}


@contextlib.contextmanager
def explained(verb: str, what: str) -> Iterator[None]:
    """Turn what the operating system says into a ProviderError, with what to do about it."""
    try:
        yield
    except OSError as problem:
        raise ProviderError(
            f"`{what}` could not be {verb}: {os.strerror(problem.errno or 0).lower()}",
            detail=_ADVICE.get(problem.errno or 0, f"The system says: {problem}."),
        ) from problem
