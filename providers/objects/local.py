"""A folder of this machine as a place: files are objects, their attributes are extended ones where there are such.

An object is written to a file under `.unknot-tmp` and renamed, so that a reader sees all of it or none. Symbolic
links are not followed. What was written survives the end of the process; `settle` has it survive that of the machine.
"""
# ruff: noqa: PTH103, PTH106, PTH110, PTH112, PTH105, PTH108, PTH118, PTH120, PTH123 - a hot path: paths are plain strings

import contextlib
import errno
import mimetypes
import os
import secrets
import socket
import stat
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NoReturn

import msgspec

from unknot.providers.objects.attributes import Attributes, Traits
from unknot.providers.objects.base import Limits, ObjectInfo, Part, Place, Read, Upload
from unknot.providers.objects.failures import (
    ObjectChanged,
    ObjectMissing,
    ObjectRefused,
    PlaceDenied,
    PlaceError,
    PlaceFull,
    PlaceMissing,
    UploadGone,
)
from unknot.providers.objects.keys import RESERVED, local_refuses
from unknot.state.stores.opening import open_local as open_local_store
from unknot.state.stores.walking import walk

ATTRIBUTE = "user.unknot.attributes"
"""Extended attribute of a file: what else the object carried, as JSON."""

ATTRIBUTE_BYTES_MAX = 3500
"""ext4 keeps all extended attributes of a file in one block of 4 KiB."""

ABANDONED_AFTER_S = 7 * 24 * 3600.0
"""Age at which an unfinished file that no process of this host writes is removed."""

LIMITS = Limits(
    parts_max=1_000_000, part_bytes_min=1, whole_bytes_max=64 * 1024 * 1024, object_bytes_max=2**63 - 1
)

_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT})
_PASSING = frozenset({errno.EINTR, errno.EAGAIN, errno.ESTALE, errno.ETIMEDOUT, errno.EMFILE, errno.ENFILE})
_ABSENT = (FileNotFoundError, NotADirectoryError)


def open_local(url: str) -> "LocalPlace":
    """`file:PATH` or `file:///PATH`. Raises StoreError."""
    path = open_local_store(url).url.removeprefix("file:")
    return LocalPlace(Path(path))


class LocalPlace:
    """Files below a folder."""

    kind = "local"
    limits = LIMITS

    def __init__(self, root: Path) -> None:
        """Touches nothing yet."""
        self._root = str(root.absolute())
        self.url = f"file:{self._root}"
        self._unfinished = f"{self._root}/{RESERVED}"
        self._host = socket.gethostname().replace(".", "_") or "host"
        self._lock = threading.Lock()
        self._folders: set[str] = set()
        self._has_attributes: bool | None = None

    @property
    def traits(self) -> Traits:
        if self._has_attributes is None:
            self._prepare()
        return Traits(
            headers=bool(self._has_attributes),
            tags=False,
            modes=True,
            metadata_bytes_max=ATTRIBUTE_BYTES_MAX - 500,
        )

    def refuses(self, key: str) -> str:
        return local_refuses(self._root, key)

    def list(self, start_after: str | None = None) -> Iterator[ObjectInfo]:
        if not os.path.isdir(self._root):
            raise PlaceMissing(
                f"there is no folder `{self._root}`", detail="Correct the URL, or mount what is missing."
            )
        for key in walk(self._names, "", start_after or ""):
            try:
                found = os.lstat(f"{self._root}/{key}")
            except _ABSENT:
                continue  # removed since its folder was read
            except OSError as error:
                self._fail(error, key)
            yield _info(key, found)

    def describe(self, key: str) -> tuple[ObjectInfo, Attributes] | None:
        try:
            found = os.lstat(self._path(key))
        except _ABSENT:
            return None
        except OSError as error:
            self._fail(error, key)
        return (_info(key, found), self._attributes(key, found)) if stat.S_ISREG(found.st_mode) else None

    def read(self, info: ObjectInfo) -> Read:
        data = self.read_range(info, 0, info.size)
        found = os.lstat(self._path(info.key))
        return Read(data, self._attributes(info.key, found))

    def read_range(self, info: ObjectInfo, start: int, length: int) -> bytes:
        try:
            descriptor = os.open(self._path(info.key), os.O_RDONLY | os.O_NOFOLLOW)
            try:
                data = os.pread(descriptor, length, start)
                while len(data) < length and (
                    more := os.pread(descriptor, length - len(data), start + len(data))
                ):
                    data += more
                found = os.fstat(descriptor)
            finally:
                os.close(descriptor)
        except _ABSENT as error:
            raise ObjectMissing(f"there is no `{info.key}` in `{self.url}` any more") from error
        except OSError as error:
            self._fail(error, info.key)
        if _etag(found) != info.etag or len(data) != length:
            raise ObjectChanged(f"`{self.url}/{info.key}` was changed while it was read")
        return data

    def write(self, key: str, data: bytes, attributes: Attributes, sha256: bytes) -> ObjectInfo:
        path = self._ready_path(key)
        unfinished = f"{self._unfinished}/w.{self._host}.{os.getpid()}.{secrets.token_hex(8)}"
        try:
            with open(unfinished, "xb", buffering=0) as file:
                view = memoryview(data)
                while view:
                    view = view[file.write(view) :]
                self._dress(file.fileno(), key, attributes)
            return self._placed(unfinished, path, key)
        except OSError as error:
            with contextlib.suppress(OSError):
                os.unlink(unfinished)
            self._fail(error, key, is_write=True)

    def begin(self, key: str, size: int, part_bytes: int, attributes: Attributes) -> Upload:
        self._ready_path(key)
        upload = Upload(key, f"u.{secrets.token_hex(12)}", part_bytes, size, attributes)
        try:
            with open(self._file_of(upload), "xb") as file:
                os.ftruncate(file.fileno(), size)
        except OSError as error:
            self._fail(error, key, is_write=True)
        return upload

    def send(self, upload: Upload, number: int, data: bytes) -> Part:
        start, length = upload.extent(number)
        try:
            descriptor = os.open(self._file_of(upload), os.O_WRONLY)
            try:
                view, at = memoryview(data), start
                while view:
                    written = os.pwrite(descriptor, view, at)
                    view, at = view[written:], at + written
            finally:
                os.close(descriptor)
            # Appended in one call, so that lines of several threads do not mix; after the bytes themselves.
            with open(f"{self._file_of(upload)}.parts", "ab", buffering=0) as marks:
                marks.write(b"%d\n" % number)
        except _ABSENT as error:
            raise UploadGone(f"the unfinished file of `{self.url}/{upload.key}` is gone") from error
        except OSError as error:
            self._fail(error, upload.key, is_write=True)
        return Part(number, length, "")

    def sent(self, upload: Upload) -> Mapping[int, Part]:
        if not os.path.exists(self._file_of(upload)):
            raise UploadGone(f"the unfinished file of `{self.url}/{upload.key}` is gone")
        try:
            text = Path(f"{self._file_of(upload)}.parts").read_bytes()
        except FileNotFoundError:
            return {}
        except OSError as error:
            self._fail(error, upload.key)
        numbers = {int(line) for line in text.split(b"\n")[:-1] if line.isdigit()}
        return {n: Part(n, upload.extent(n)[1], "") for n in numbers if n in upload.parts()}

    def finish(self, upload: Upload, parts: Sequence[Part]) -> ObjectInfo:
        path = self._ready_path(upload.key)
        try:
            descriptor = os.open(self._file_of(upload), os.O_RDWR)
            try:
                self._dress(descriptor, upload.key, upload.attributes)
            finally:
                os.close(descriptor)
            info = self._placed(self._file_of(upload), path, upload.key)
        except FileNotFoundError as error:
            raise UploadGone(f"the unfinished file of `{self.url}/{upload.key}` is gone") from error
        except OSError as error:
            self._fail(error, upload.key, is_write=True)
        with contextlib.suppress(OSError):
            os.unlink(f"{self._file_of(upload)}.parts")
        return info

    def abort(self, upload: Upload) -> None:
        for path in (self._file_of(upload), f"{self._file_of(upload)}.parts"):
            with contextlib.suppress(OSError):
                os.unlink(path)

    def copies_from(self, source: Place) -> bool:
        return False

    def copy_from(self, source: Place, info: ObjectInfo, key: str) -> NoReturn:
        raise PlaceError(f"`{self.url}` copies nothing by itself")

    def delete(self, key: str) -> None:
        path = self._path(key)
        try:
            os.unlink(path)
        except _ABSENT:
            return
        except OSError as error:
            self._fail(error, key, is_write=True)
        folder = os.path.dirname(path)
        while folder != self._root:
            try:
                os.rmdir(folder)
            except OSError:  # it is not empty
                return
            with self._lock:
                self._folders.discard(folder)
            folder = os.path.dirname(folder)

    def keeps_history(self) -> bool | None:
        return False

    def settle(self) -> None:
        os.sync()

    def renew(self) -> None:
        """There are no credentials."""

    def _names(self, folder: str) -> Sequence[str]:
        try:
            with os.scandir(os.path.join(self._root, folder)) as entries:
                names = [e.name + "/" if e.is_dir(follow_symlinks=False) else e.name for e in entries]
        except _ABSENT:
            return ()
        except OSError as error:
            self._fail(error, folder)
        return names if folder else [name for name in names if name != f"{RESERVED}/"]

    def _path(self, key: str) -> str:
        if why := self.refuses(key):
            raise ObjectRefused(f"{key!r} cannot be a file in `{self.url}`: {why}")
        return f"{self._root}/{key}"

    def _file_of(self, upload: Upload) -> str:
        return f"{self._unfinished}/{upload.id}"

    def _ready_path(self, key: str) -> str:
        path = self._path(key)
        if self._has_attributes is None:
            self._prepare()
        folder = os.path.dirname(path)
        if folder not in self._folders:
            try:
                os.makedirs(folder, exist_ok=True)
            except OSError as error:
                self._fail(error, key, is_write=True)
            with self._lock:
                self._folders.add(folder)
        return path

    def _placed(self, unfinished: str, path: str, key: str) -> ObjectInfo:
        try:
            os.replace(unfinished, path)
        except FileNotFoundError:
            if not os.path.exists(unfinished):
                raise
            os.makedirs(
                os.path.dirname(path), exist_ok=True
            )  # its folder was removed when it had become empty
            os.replace(unfinished, path)
        return _info(key, os.lstat(path))

    def _dress(self, descriptor: int, key: str, attributes: Attributes) -> None:
        if attributes.mode is not None:
            os.fchmod(descriptor, attributes.mode & 0o777)
        plain = Attributes(content_type=_guessed(key), mode=attributes.mode)
        if attributes != plain and self._has_attributes:
            os.setxattr(
                descriptor, ATTRIBUTE, msgspec.json.encode(msgspec.structs.replace(attributes, mode=None))
            )

    def _attributes(self, key: str, found: os.stat_result) -> Attributes:
        mode = stat.S_IMODE(found.st_mode) & 0o777
        try:
            text = os.getxattr(f"{self._root}/{key}", ATTRIBUTE, follow_symlinks=False)
            kept = msgspec.json.decode(text, type=Attributes)
        except (OSError, AttributeError, msgspec.MsgspecError):  # none, none here at all, or somebody else's
            return Attributes(content_type=_guessed(key), mode=mode)
        return msgspec.structs.replace(kept, mode=mode)

    def _prepare(self) -> None:
        """Make the folder, sweep it, and find out whether it keeps extended attributes."""
        with self._lock:
            if self._has_attributes is not None:
                return
            try:
                os.makedirs(self._unfinished, exist_ok=True)
                self._sweep()
                probe = f"{self._unfinished}/w.{self._host}.{os.getpid()}.{secrets.token_hex(8)}"
                with open(probe, "xb") as file:
                    try:
                        os.setxattr(file.fileno(), ATTRIBUTE, b"{}")
                        self._has_attributes = True
                    except (OSError, AttributeError):  # the file system has none, or macOS
                        self._has_attributes = False
                os.unlink(probe)
            except OSError as error:
                self._fail(error, "", is_write=True)

    def _sweep(self) -> None:
        with os.scandir(self._unfinished) as entries:
            for entry in entries:
                kind, _, rest = entry.name.partition(".")
                host, _, rest = rest.partition(".")
                is_ours = kind == "w" and host == self._host and not _is_alive(rest.partition(".")[0])
                with contextlib.suppress(OSError):
                    if is_ours or time.time() - entry.stat().st_mtime > ABANDONED_AFTER_S:
                        os.unlink(entry.path)

    def _fail(self, error: OSError, key: str, *, is_write: bool = False) -> NoReturn:
        what = f"`{self.url}/{key}`".replace("/`", "`")
        verb = "written" if is_write else "read"
        reason = error.strerror or str(error)
        if error.errno in _NO_ROOM:
            raise PlaceFull(
                f"there is no room for {what}: {reason}",
                detail="Free some space or raise the quota, and do it again: it goes on where it stopped.",
            ) from error
        if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            raise PlaceDenied(
                f"{what} cannot be {verb}: {reason}", detail="Check the permissions of file and folder."
            ) from error
        if error.errno in (
            errno.ENAMETOOLONG,
            errno.EISDIR,
            errno.ENOTDIR,
            errno.EEXIST,
            errno.EFBIG,
            errno.ELOOP,
        ):
            raise ObjectRefused(f"{what} cannot be {verb}: {reason}") from error
        raise PlaceError(f"{what} cannot be {verb}: {reason}", retryable=error.errno in _PASSING) from error


def _info(key: str, found: os.stat_result) -> ObjectInfo:
    refusal = ""
    if stat.S_ISLNK(found.st_mode):
        refusal = "it is a symbolic link"
    elif not stat.S_ISREG(found.st_mode):
        refusal = "it is neither a file nor a folder"
    elif any("\ud800" <= c <= "\udfff" for c in key):
        refusal = "its name is not UTF-8"
    return ObjectInfo(key, found.st_size, _etag(found), modified=found.st_mtime, refusal=refusal)


def _etag(found: os.stat_result) -> str:
    # The time of the last change of the inode also tells of writers that put the time of modification back.
    return f"{found.st_ctime_ns:x}-{found.st_size:x}-{found.st_ino:x}"


def _guessed(key: str) -> str:
    return mimetypes.guess_type(f"/{key}", strict=False)[0] or ""


def _is_alive(pid: str) -> bool:
    try:
        os.kill(int(pid), 0)
    except (ProcessLookupError, ValueError):
        return False
    except PermissionError:
        return True
    return True
