"""Text files as resources, under the project's folder or at an absolute path.

A file's owner is kept beside the project, in `.unknot/files/<SHA-256 of its path>.json` (lineage, uid, token, and the
hash of what was written). That marker is durable before the file appears, and the file appears by `link`,
which never replaces another: after a crash at any step, a file is known to be ours or it is left alone.
"""

import contextlib
import errno
import fcntl
import hashlib
import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, ClassVar, Final

import msgspec
from pydantic import AfterValidator

from unknot.providers.base import (
    UNKNOWN,
    Context,
    CreateRequest,
    CreateResponse,
    DeleteRequest,
    DeleteResponse,
    FindRequest,
    FindResponse,
    ImportRequest,
    ImportResponse,
    LiveObject,
    Mark,
    PlanItem,
    PlanOpinion,
    PlanRequest,
    PlanResponse,
    ReadItem,
    ReadRequest,
    ReadResponse,
    UpdateRequest,
    UpdateResponse,
)
from unknot.stacks.address import Address, Uid
from unknot.stacks.diagnostic import Diagnostic
from unknot.stacks.errors import ProviderError
from unknot.stacks.output import Input
from unknot.stacks.resource import Computed, Immutable, Resource, computed
from unknot.state.stores.files import sync_folder

MAX_CONTENT_BYTES: Final = 1024 * 1024
"""A document is recorded in full in the ledger: larger files belong in a store, as artifacts or datasets."""

_MODE = re.compile(r"0?[0-7]{3}")


def _four_digits(mode: str) -> str:
    if _MODE.fullmatch(mode) is None:
        raise ValueError(f"`{mode}` is not a mode: give three octal digits, such as `0644`")
    return mode.rjust(4, "0")


class Document(Resource, type="file.document", provider="file", resolve_by="mark"):
    """A text file, written as UTF-8."""

    path: Annotated[Input[str], Immutable()]
    """Relative to the project's folder, or absolute. Folders above it are made, and stay when it is deleted."""
    content: Input[str]
    mode: Input[Annotated[str, AfterValidator(_four_digits)]] = "0644"
    """Permissions: three octal digits, with or without a `0` before them."""
    sha256: ClassVar[Computed[str]] = computed()
    size_bytes: ClassVar[Computed[int]] = computed()


class _Marker(msgspec.Struct, frozen=True):
    """Whose a file is."""

    path: str
    lineage: str
    uid: Uid
    token: str
    """Of the create that made it; empty for an imported file."""
    sha256: str
    """Of what was last written."""

    @property
    def mark(self) -> Mark:
        return Mark(self.lineage, self.uid)


class _Place:
    """One file: where it is, and where its marker is."""

    def __init__(self, context: Context, path: str) -> None:
        root = Path(os.path.abspath(context.project))  # noqa: PTH100 - links stay as the user wrote them
        self.file = Path(os.path.normpath(root / path))
        inside = self.file.is_relative_to(root)
        self.id = self.file.relative_to(root).as_posix() if inside else str(self.file)
        """Relative where it can be: the same file in another checkout has the same id."""
        key = hashlib.sha256(self.id.encode("utf-8", "surrogateescape")).hexdigest()
        self._own = root / ".unknot" / "files"
        self.marker = self._own / f"{key}.json"
        self._lock = self._own / f"{key[:2]}.lock"
        self.temporary = self.file.with_name(f".unknot-{key[:24]}.tmp")
        """One name for each file, so that what a killed writer left is overwritten by the next."""

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other threads and processes from this file (and a few others)."""
        self._own.mkdir(parents=True, exist_ok=True)
        handle = os.open(self._lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    def owner(self) -> _Marker | None:
        """The marker; None when there is none. One that cannot be read proves nothing, so it counts as none."""
        try:
            return msgspec.json.decode(self.marker.read_bytes(), type=_Marker)
        except (FileNotFoundError, msgspec.DecodeError):
            return None

    def mark(self, mark: Mark, token: str, data: bytes) -> None:
        """Durably note whose the file is."""
        marker = _Marker(self.id, mark.lineage, mark.uid, token, _digest(data))
        temporary = self.marker.with_suffix(".tmp")
        _write(temporary, msgspec.json.encode(marker), 0o644)
        temporary.replace(self.marker)
        sync_folder(self.marker.parent)

    def read(self) -> tuple[bytes, str] | None:
        """Content and mode of the file; None when there is none."""
        try:
            handle = os.open(self.file, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
        except FileNotFoundError:
            return None
        with open(handle, "rb") as file:  # noqa: PTH123 - a descriptor, not a path
            status = os.fstat(handle)
            if not stat.S_ISREG(status.st_mode):
                raise OSError(
                    errno.EISDIR if stat.S_ISDIR(status.st_mode) else errno.EINVAL, "not a regular file"
                )
            return file.read(), f"{stat.S_IMODE(status.st_mode):04o}"


class FileProvider:
    """Writes files atomically; knows its own by a marker beside the project."""

    name = "file"

    def plan(self, request: PlanRequest) -> PlanResponse:
        opinions = {}
        for item in request.items:
            opinion = PlanOpinion(
                outputs=_predicted(item.inputs), diagnostics=tuple(_problems(request.context, item))
            )
            if opinion.outputs or opinion.diagnostics:
                opinions[item.address] = opinion
        return PlanResponse(opinions)

    def read_many(self, request: ReadRequest) -> ReadResponse:
        objects: dict[Address, LiveObject | None] = {}
        diagnostics = []
        for item in request.items:
            try:
                with _explained("read", item.id):
                    objects[item.address] = _live(_Place(request.context, item.id), item)
            except ProviderError as problem:
                diagnostics.append(
                    Diagnostic.error(problem.summary, detail=problem.detail, address=item.address)
                )
        return ReadResponse(objects, tuple(diagnostics), len(request.items))

    def create(self, request: CreateRequest) -> CreateResponse:
        """Raises ProviderError when a file that is not ours is there already: it is never overwritten."""
        path, data, mode = _wanted(request.inputs)
        place = _Place(request.context, path)
        with _explained("created", place.id), place.locked():
            there = place.read()
            if there is not None:
                marker = place.owner()
                if not _made_by(marker, request.mark, request.token, there[0]):
                    raise _occupied(place, marker, request)
            place.file.parent.mkdir(parents=True, exist_ok=True)
            place.mark(request.mark, request.token, data)
            _write(place.temporary, data, mode)
            if there is None:
                _publish(place)
            else:
                place.temporary.replace(place.file)
                sync_folder(place.file.parent)
        return CreateResponse(place.id, _outputs(data))

    def update(self, request: UpdateRequest) -> UpdateResponse:
        """A file that is gone is written again. Raises ProviderError when another stack's marker is on it."""
        _, data, mode = _wanted(request.inputs)
        place = _Place(request.context, request.id)
        with _explained("updated", place.id), place.locked():
            marker = place.owner()
            if marker is not None and marker.lineage != request.mark.lineage:
                raise _foreign(place, marker, "updated")
            place.file.parent.mkdir(parents=True, exist_ok=True)
            place.mark(request.mark, request.token, data)
            _write(place.temporary, data, mode)
            place.temporary.replace(place.file)
            sync_folder(place.file.parent)
        return UpdateResponse(_outputs(data))

    def delete(self, request: DeleteRequest) -> DeleteResponse:
        """Deletes the file even if it was edited by hand; never one that bears another's marker."""
        place = _Place(request.context, request.id)
        with _explained("deleted", place.id), place.locked():
            marker = place.owner()
            if marker is not None and marker.mark != request.mark and place.file.exists():
                raise _foreign(place, marker, "deleted")
            # The file first: a marker without a file proves nothing, a file without its marker would be left behind.
            place.file.unlink(missing_ok=True)
            if place.file.parent.is_dir():
                place.temporary.unlink(missing_ok=True)
                sync_folder(place.file.parent)
            place.marker.unlink(missing_ok=True)
        return DeleteResponse()

    def find(self, request: FindRequest) -> FindResponse:
        """Ours if the marker bears this token and the file is still what that create wrote.

        A file without a marker is surely not ours, since a create makes the marker first.
        """
        path = str(request.inputs.get("path", ""))
        place = _Place(request.context, path)
        with _explained("looked for", place.id):
            there = place.read()
            marker = place.owner()
            if there is None or marker is None:
                return FindResponse(None)
            proven = _made_by(marker, request.mark, request.token, there[0])
            if marker.mark == request.mark and not proven:
                return FindResponse(None)
            return FindResponse(_object(place, path, there, request.inputs, marker.mark))

    def import_(self, request: ImportRequest) -> ImportResponse:
        """`id` is the path. Marks the file as ours only when asked to adopt it."""
        place = _Place(request.context, request.id)
        with _explained("imported", place.id):
            there = place.read()
            if there is None:
                return ImportResponse(None)
            if not request.adopt:
                marker = place.owner()
                mark = marker.mark if marker is not None else None
                return ImportResponse(_object(place, place.id, there, {}, mark))
            with place.locked():
                place.mark(request.mark, "", there[0])
            return ImportResponse(_object(place, place.id, there, {}, request.mark))


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _outputs(data: bytes) -> dict[str, Any]:
    return {"sha256": _digest(data), "size_bytes": len(data)}


def _wanted(inputs: dict[str, Any]) -> tuple[str, bytes, int]:
    try:
        mode = int(_four_digits(str(inputs.get("mode", "0644"))), 8)
        data = str(inputs["content"]).encode()
    except ValueError as problem:
        raise ProviderError("a document cannot be written as it is wanted", detail=f"{problem}.") from problem
    if len(data) > MAX_CONTENT_BYTES:
        raise ProviderError(_TOO_LARGE, detail=_TOO_LARGE_DETAIL)
    return str(inputs["path"]), data, mode


_TOO_LARGE: Final = f"the content is larger than {MAX_CONTENT_BYTES:,} bytes"
_TOO_LARGE_DETAIL: Final = "A document is recorded in full. Keep what is larger in a store, as a dataset."


def _predicted(inputs: dict[str, Any]) -> dict[str, Any]:
    content = inputs.get("content")
    if not isinstance(content, str) or UNKNOWN in content:
        return {}
    return _outputs(content.encode("utf-8", "surrogatepass"))


def _problems(context: Context, item: PlanItem) -> Iterator[Diagnostic]:
    """What is known at plan time to fail at apply."""
    if any(isinstance(value, str) and UNKNOWN in value for value in item.inputs.values()):
        return
    if not {"path", "content"} <= item.inputs.keys():
        return
    try:
        path, _, _ = _wanted(item.inputs)
    except ProviderError as problem:
        yield Diagnostic.error(
            f"`{item.address}`: {problem.summary}", detail=problem.detail, address=item.address
        )
        return
    if not path.strip() or "\0" in path or path.endswith("/"):
        yield Diagnostic.error(
            f"`{item.address}`: `{path!r}` is not the path of a file",
            detail="Give a path relative to the project's folder, or an absolute one.",
            address=item.address,
        )
    elif _Place(context, path).id.startswith(".unknot/"):
        yield Diagnostic.error(
            f"`{item.address}` would write into `.unknot`, where unknot keeps its own files",
            detail="Choose a path outside of it.",
            address=item.address,
        )


def _live(place: _Place, item: ReadItem) -> LiveObject | None:
    there = place.read()
    if there is None:
        return None
    marker = place.owner()
    mark = marker.mark if marker is not None else None
    return _object(place, str(item.inputs.get("path", item.id)), there, item.inputs, mark)


def _object(
    place: _Place, path: str, there: tuple[bytes, str], recorded: dict[str, Any], mark: Mark | None
) -> LiveObject:
    data, mode = there
    as_recorded = str(recorded.get("mode", "0644"))
    if _MODE.fullmatch(as_recorded) and int(as_recorded, 8) == int(mode, 8):
        mode = as_recorded
    return LiveObject(place.id, {"path": path, "content": _text(data), "mode": mode}, _outputs(data), mark)


def _text(data: bytes) -> str:
    """The content, or what tells it apart where it is not a document any more."""
    if len(data) <= MAX_CONTENT_BYTES:
        try:
            return data.decode()
        except UnicodeDecodeError:
            pass
    return f"({len(data)} bytes, SHA-256 {_digest(data)})"


def _made_by(marker: _Marker | None, mark: Mark, token: str, data: bytes) -> bool:
    """The marker is written before the file, so it proves only a file that holds what it says."""
    return (
        marker is not None
        and marker.mark == mark
        and marker.token == token
        and marker.sha256 == _digest(data)
    )


def _publish(place: _Place) -> None:
    """Let the file appear, if nothing else has in the meantime."""
    try:
        os.link(place.temporary, place.file)
    finally:
        place.temporary.unlink(missing_ok=True)
    sync_folder(place.file.parent)


def _write(path: Path, data: bytes, mode: int) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        with open(handle, "wb") as file:  # noqa: PTH123 - a descriptor, not a path
            file.write(data)
            file.flush()
            os.fchmod(handle, mode)
            os.fsync(handle)
    except OSError:
        path.unlink(missing_ok=True)
        raise


def _occupied(place: _Place, marker: _Marker | None, request: CreateRequest) -> ProviderError:
    if marker is not None and marker.mark == request.mark:
        return ProviderError(
            f"`{place.id}` still holds the prior file of `{request.address}`",
            detail="Two files cannot be at one path: with `create_before_destroy`, change the path too.",
        )
    return ProviderError(
        f"`{place.id}` exists already and is not known to be ours",
        detail=f"To take it over, import it: `unknot import {request.address} {place.id}`. "
        "Otherwise move it away, or choose another path.",
    )


def _foreign(place: _Place, marker: _Marker, verb: str) -> ProviderError:
    return ProviderError(
        f"`{place.id}` was not {verb}: it is another's",
        detail=f"Its marker names lineage {marker.lineage} and uid {marker.uid}. "
        f"If nothing else manages it, delete `{place.marker}` and try again.",
    )


_ADVICE: Final = {
    errno.EACCES: "You may not do that: look at the owner and mode of the file and its folder.",
    errno.EPERM: "The system does not allow it: look at the owner and attributes of the file and its folder.",
    errno.EROFS: "The file system is read-only.",
    errno.ENOSPC: "The disk is full: make room, then apply again.",
    errno.EDQUOT: "Your quota is used up: make room, then apply again.",
    errno.EISDIR: "There is a folder at this path: choose another path, or move it away.",
    errno.ENOTDIR: "A part of the path is a file, not a folder: choose another path.",
    errno.EEXIST: "Something else made it just now: look at it, then import it or choose another path.",
    errno.ENOTSUP: "The file system lacks what a safe write needs (hard links): choose a path on another one.",
    errno.ENAMETOOLONG: "The path is too long for the file system.",
    errno.ELOOP: "The path goes around in a circle of symbolic links.",
}


@contextlib.contextmanager
def _explained(verb: str, path: str) -> Iterator[None]:
    """Turn what the operating system says into a ProviderError, with what to do about it."""
    try:
        yield
    except OSError as problem:
        advice = _ADVICE.get(problem.errno or 0, "")
        raise ProviderError(
            f"`{path}` could not be {verb}: {os.strerror(problem.errno or 0).lower()}", detail=advice
        ) from problem
    except ValueError as problem:  # a NUL in the path
        raise ProviderError(f"`{path!r}` could not be {verb}", detail=f"{problem}.") from problem
