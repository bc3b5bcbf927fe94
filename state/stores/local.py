"""A store in a folder of this machine (rule L5).

An object is written to a file of its own under `.unknot-tmp`, synced, given its name with `link` (which
fails if the name is taken), and the folder is synced. A crash leaves at most unfinished files, which the
next one to write to the store sweeps away. Paths are plain strings here: this is the hot path of a ledger.
"""
# ruff: noqa: PTH103, PTH102, PTH108, PTH118, PTH120, PTH123

import builtins
import contextlib
import errno
import itertools
import os
import secrets
import shutil
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, NoReturn

from unknot.state.stores.base import (
    RESERVED_SEGMENT,
    KeyMissing,
    KeyRefused,
    PutResult,
    StoreError,
    StoreFull,
    StoreUnsuitable,
    check_key,
    check_prefix,
    check_range,
)
from unknot.state.stores.files import replacing, sync_folder
from unknot.state.stores.walking import walk

ABANDONED_AFTER_S = 24 * 3600.0
"""Age at which an unfinished file of another host is taken for a crashed one's: file times, not promises."""

_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_PASSING = frozenset({errno.EINTR, errno.EAGAIN, errno.EBUSY, errno.ESTALE, errno.ETIMEDOUT, errno.EMFILE})
_COPY_BYTES = 1024 * 1024


class LocalStore:
    """Objects as files under one folder, shared by all processes that open it."""

    def __init__(self, root: Path | str) -> None:
        """Touches nothing yet: who only reads leaves no trace, not even an empty folder (rule P1)."""
        self.root = Path(root).expanduser().absolute()
        self.url = f"file:{self.root}"
        self._base = str(self.root)
        self._unfinished = str(self.root / RESERVED_SEGMENT)
        self._host = socket.gethostname().replace(".", "_") or "host"
        self._durable_folders: set[str] = set()
        self._is_ready = False

    def prepare(self) -> None:
        """Make the folder, sweep it, and find out whether it can keep the rules; the first write does it too.

        Raises StoreUnsuitable, in particular on a mount without `link`.
        """
        if self._is_ready:
            return
        try:
            self._make_folder(self._unfinished)
            self._sweep()
        except OSError as error:
            raise StoreUnsuitable(
                f"`{self.url}` cannot be used as a store: {error.strerror or error}",
                detail="It must be a folder in which this user may make files.",
            ) from error
        self._probe_link()
        self._is_ready = True

    def put_if_absent(self, key: str, data: bytes) -> PutResult:
        def write(file: BinaryIO) -> None:
            file.write(data)

        return self._put(key, write)

    def upload(self, key: str, path: Path) -> PutResult:
        try:
            source = Path(path).open("rb")  # noqa: SIM115 - closed below; its error is not the store's
        except OSError as error:
            raise StoreError(f"`{path}` cannot be read: {error.strerror or error}") from error
        with source:
            return self._put(key, lambda file: shutil.copyfileobj(source, file, _COPY_BYTES))

    def get(self, key: str) -> bytes | None:
        path = self._path(key)
        try:
            with open(path, "rb", buffering=0) as file:
                return file.read()
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return None
        except OSError as error:
            self._fail(error, f"`{self.url}/{key}` cannot be read")

    def get_range(self, key: str, start: int, length: int) -> bytes | None:
        check_range(start, length)
        try:
            with open(self._path(key), "rb") as file:
                file.seek(start)
                return file.read(length)
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return None
        except OSError as error:
            self._fail(error, f"`{self.url}/{key}` cannot be read")

    def download(self, key: str, path: Path) -> None:
        try:
            with Path(self._path(key)).open("rb") as source, replacing(Path(path)) as file:
                shutil.copyfileobj(source, file, _COPY_BYTES)
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError) as error:
            raise KeyMissing(f"there is no `{key}` in `{self.url}`") from error
        except OSError as error:
            self._fail(error, f"`{self.url}/{key}` cannot be copied to `{path}`")

    def size(self, key: str) -> int | None:
        path = Path(self._path(key))
        try:
            return path.stat().st_size if path.is_file() else None
        except OSError as error:
            self._fail(error, f"`{self.url}/{key}` cannot be read")

    def delete(self, key: str) -> None:
        path = self._path(key)
        try:
            os.unlink(path)
            sync_folder(os.path.dirname(path))
        except (FileNotFoundError, NotADirectoryError):
            return
        except OSError as error:
            self._fail(error, f"`{self.url}/{key}` cannot be deleted")

    def list(self, prefix: str, start_after: str | None = None, limit: int | None = None) -> Iterator[str]:
        check_prefix(prefix)
        yield from itertools.islice(walk(self._names, prefix, start_after or ""), limit)

    def _names(self, folder: str) -> builtins.list[str]:
        """What lies directly in `folder`, which is empty or ends in `/`; folders with `/` at the end."""
        try:
            with os.scandir(os.path.join(self._base, folder)) as entries:
                names = [e.name + "/" if e.is_dir() else e.name for e in entries]
        except (FileNotFoundError, NotADirectoryError):
            return []
        except OSError as error:
            self._fail(error, f"`{self.url}/{folder}` cannot be listed")
        return names if folder else [name for name in names if name != f"{RESERVED_SEGMENT}/"]

    def _path(self, key: str) -> str:
        return f"{self._base}/{check_key(key)}"

    def _put(self, key: str, write: Callable[[BinaryIO], None]) -> PutResult:
        path = self._path(key)
        self.prepare()
        folder = os.path.dirname(path)
        unfinished = f"{self._unfinished}/{self._host}.{os.getpid()}.{secrets.token_hex(8)}"
        try:
            if os.path.lexists(path):
                sync_folder(folder)
                return PutResult.EXISTS
            self._make_folder(folder)
            with open(unfinished, "xb") as file:
                write(file)
                file.flush()
                os.fsync(file.fileno())
            result = self._link(unfinished, path)
        except OSError as error:
            self._fail(error, f"`{self.url}/{key}` cannot be written")
        finally:
            with contextlib.suppress(OSError):
                os.unlink(unfinished)
        try:
            sync_folder(folder)
        except OSError:
            return PutResult.UNKNOWN
        return result

    def _link(self, unfinished: str, path: str) -> PutResult:
        try:
            os.link(unfinished, path)
        except FileExistsError:
            return PutResult.EXISTS
        return PutResult.CREATED

    def _make_folder(self, folder: str) -> None:
        """Make `folder` and those above it, durably: another process may have made one and not synced it yet."""
        if folder in self._durable_folders:
            return
        parent = os.path.dirname(folder)
        if folder == self._base:
            os.makedirs(folder, exist_ok=True)
        else:
            self._make_folder(parent)
            with contextlib.suppress(FileExistsError):
                os.mkdir(folder)
        with contextlib.suppress(
            PermissionError
        ):  # above the root there may be folders that hide their names
            sync_folder(parent)
        self._durable_folders.add(folder)

    def _probe_link(self) -> None:
        """Find out whether this mount has `link` and refuses a taken name, as put-if-absent needs."""
        first = f"{self._unfinished}/{self._host}.{os.getpid()}.{secrets.token_hex(8)}"
        second = f"{first}.probe"
        try:
            with open(first, "xb"):
                pass
            sound = self._link(first, second) is PutResult.CREATED
            sound = sound and self._link(first, second) is PutResult.EXISTS
        except OSError as error:
            raise StoreUnsuitable(
                f"`{self.url}` cannot hold a store: its file system does not support hard links",
                detail=f"`link` failed with: {error.strerror or error}. Without it two processes could "
                "overwrite each other's entries. Use a folder on another mount (ext4, xfs, APFS, NFSv4), "
                "or a bucket or PostgreSQL.",
            ) from error
        finally:
            for path in (second, first):
                with contextlib.suppress(OSError):
                    os.unlink(path)
        if not sound:
            raise StoreUnsuitable(
                f"`{self.url}` cannot hold a store: `link` replaced a file that was there",
                detail="Use a folder on another mount, or a bucket or PostgreSQL.",
            )

    def _sweep(self) -> None:
        """Remove the unfinished files of processes that are gone."""
        with os.scandir(self._unfinished) as entries:
            for entry in entries:
                with contextlib.suppress(OSError):
                    if self._is_abandoned(entry.name, entry.stat().st_mtime):
                        os.unlink(entry.path)

    def _is_abandoned(self, name: str, modified: float) -> bool:
        host, _, rest = name.partition(".")
        pid = rest.partition(".")[0]
        if host != self._host or not pid.isdigit():
            return time.time() - modified > ABANDONED_AFTER_S
        try:
            os.kill(int(pid), 0)
        except ProcessLookupError:
            return True
        except PermissionError:
            return False
        return False

    def _fail(self, error: OSError, what: str) -> NoReturn:
        if error.errno in _NO_ROOM:
            raise StoreFull(
                f"{what}: {error.strerror}",
                detail="Nothing was written. Free some space or raise the quota, and do it again.",
            ) from error
        if error.errno == errno.ENAMETOOLONG:
            raise KeyRefused(f"{what}: a part of the key is too long for this file system") from error
        raise StoreError(f"{what}: {error.strerror or error}", retryable=error.errno in _PASSING) from error
