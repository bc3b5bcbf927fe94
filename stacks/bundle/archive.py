"""Pack a project's files into a content-addressed archive, the same bytes for the same content, and unpack it.

Which files go in is decided by `files.py` and by the caller; this refuses those that must never leave (rule S1).
"""

import hashlib
import io
import os
import secrets
import shutil
import stat
import sys
import zipfile
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

import msgspec

from unknot.stacks.bundle.refusal import refusals
from unknot.stacks.diagnostic import Diagnostic
from unknot.stacks.errors import DefinitionError, UnknotError
from unknot.stacks.graph import WorkflowGraph
from unknot.version import VERSION

GRAPH = "workflow.json"
LOCK = "requirements.lock"
LOCKS = "locks"
ABOUT = "unknot.json"
"""Names at the archive's root that unknot writes; a user's file of that name is refused."""

CODE = "code"
"""Folder of the archive that holds the user's files."""

FORMAT = 1
UNPACKED_BYTES_MAX = 4 * 1024**3
"""A bundle holds code and small files. More than this unpacked is a mistake or a bomb."""

_TIME = (1980, 1, 1, 0, 0, 0)
"""The earliest time that a zip can hold."""


class BundleUnreadable(UnknotError):
    """The bytes are not a bundle, or one that must not be unpacked."""


class Bundle(msgspec.Struct, frozen=True):
    """Packed code."""

    data: bytes
    hash: str
    """SHA-256 of `data`, hex."""
    files: tuple[str, ...]
    """Of the user, relative to the project's root."""


class About(msgspec.Struct, frozen=True):
    """What made a bundle, and how its code is imported."""

    format: int
    unknot: str
    python: str
    """Minor version of the interpreter."""
    paths: tuple[str, ...]
    """Folders of the code that go on the import path, relative to its root; `.` is the root."""


def pack(
    root: Path,
    files: Iterable[Path | str],
    graph: WorkflowGraph,
    lock_text: str = "",
    *,
    paths: Iterable[str] = (".",),
    op_locks: Iterable[str] = (),
) -> Bundle:
    """Pack `files` of the project at `root` (absolute, or relative to it) with the graph and the lock.

    `paths` are the folders below the root from which modules are imported (`import_paths`); `op_locks` the texts of the
    locks of ops that have requirements of their own.

    Raises DefinitionError with a diagnostic for every file that is missing, outside the root, or refused.
    """
    root = root.resolve()
    problems: list[Diagnostic] = []
    contents: dict[str, tuple[bytes, bool]] = {}
    for file in files:
        path = root / file
        name = _name_in(root, path)
        if name is None:
            problems.append(
                Diagnostic.error(
                    f"`{file}` is not in the project and cannot be packed",
                    detail=f"The project is `{root}`. Copy the file into it, or leave it out.",
                )
            )
            continue
        try:
            contents[name] = (path.read_bytes(), os.access(path, os.X_OK))
        except OSError as error:
            problems.append(
                Diagnostic.error(
                    f"`{name}` cannot be packed: {error.strerror or error}",
                    detail="An op declares it, or the workflow imports it.",
                )
            )
            continue
        problems += refusals(name, contents[name][0])
    if problems:
        raise DefinitionError(problems)
    about = About(FORMAT, VERSION, f"{sys.version_info.major}.{sys.version_info.minor}", tuple(paths))
    return _archive(contents, graph, (lock_text, *op_locks), about)


def unpack(data: bytes, folder: Path) -> None:
    """Unpack a bundle's files into `folder`, whole or not at all; a folder that is there already is kept.

    Raises BundleUnreadable for bytes that are not a bundle, and for names that lead out of the folder.
    """
    if folder.is_dir():
        return
    folder.parent.mkdir(parents=True, exist_ok=True)
    unfinished = folder.with_name(f".{folder.name}.{secrets.token_hex(6)}")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _check(archive)
            for info in archive.infolist():
                _extract(archive, info, unfinished)
        try:
            unfinished.rename(folder)
        except OSError:
            if not folder.is_dir():  # else another process was first, with the same bytes
                raise
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError) as error:
        raise BundleUnreadable(
            "the bundle is not a readable archive", detail=f"{error}. Deploy the workflow again."
        ) from error
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


class Contents(msgspec.Struct, frozen=True):
    """What a bundle holds, read without unpacking it."""

    about: About
    lock: str
    op_locks: dict[str, str]
    """Of ops with requirements of their own, by SHA-256."""
    files: dict[str, bytes]
    """The user's, by name relative to the project's root."""


def read_contents(data: bytes) -> Contents:
    """All that is in a bundle; raises BundleUnreadable."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _check(archive)
            members = {name: archive.read(name) for name in archive.namelist()}
            about = msgspec.json.decode(members[ABOUT], type=About)
            lock = members[LOCK].decode()
            own = {name: text.decode() for name, text in members.items() if name.startswith(f"{LOCKS}/")}
    except (zipfile.BadZipFile, EOFError, KeyError, RuntimeError, ValueError, msgspec.DecodeError) as error:
        raise BundleUnreadable("the bundle is not a readable archive", detail=f"{error}.") from error
    prefix = f"{CODE}/"
    return Contents(
        about,
        lock,
        {name.removeprefix(f"{LOCKS}/"): text for name, text in own.items()},
        {name.removeprefix(prefix): bytes_ for name, bytes_ in members.items() if name.startswith(prefix)},
    )


def lock_file(folder: Path, sha256: str) -> Path:
    """Where an unpacked bundle has the lock of that hash."""
    return folder / LOCKS / sha256


def read_about(folder: Path) -> About:
    """What an unpacked bundle says of itself; raises BundleUnreadable."""
    try:
        about = msgspec.json.decode((folder / ABOUT).read_bytes(), type=About)
    except (OSError, msgspec.DecodeError) as error:
        raise BundleUnreadable(f"the unpacked bundle has no sound `{ABOUT}`", detail=str(error)) from error
    if about.format > FORMAT:
        raise BundleUnreadable(
            f"the bundle has format {about.format}, and this unknot knows {FORMAT}",
            detail=f"It was packed by unknot {about.unknot}. Upgrade unknot where the task runs.",
        )
    return about


def _archive(
    contents: dict[str, tuple[bytes, bool]], graph: WorkflowGraph, locks: tuple[str, ...], about: About
) -> Bundle:
    members = {f"{CODE}/{name}": content for name, content in contents.items()}
    members[GRAPH] = (msgspec.json.encode(graph, order="deterministic"), False)
    members[LOCK] = (locks[0].encode(), False)
    for text in locks:
        members[f"{LOCKS}/{hashlib.sha256(text.encode()).hexdigest()}"] = (text.encode(), False)
    members[ABOUT] = (msgspec.json.encode(about), False)
    made = io.BytesIO()
    # Stored, not deflated: compressed bytes differ from one zlib to another, and so would the hash.
    with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as archive:
        for name, (data, executable) in sorted(members.items()):
            info = zipfile.ZipInfo(name, _TIME)
            info.create_system = 3
            info.external_attr = (stat.S_IFREG | (0o755 if executable else 0o644)) << 16
            archive.writestr(info, data)
    packed = made.getvalue()
    return Bundle(packed, hashlib.sha256(packed).hexdigest(), tuple(sorted(contents)))


def _name_in(root: Path, path: Path) -> str | None:
    """The path below `root`, following links; None if it is not there."""
    try:
        path.resolve().relative_to(root)
        return Path(os.path.normpath(path)).relative_to(root).as_posix()
    except ValueError:
        return None


def _check(archive: zipfile.ZipFile) -> None:
    seen: set[str] = set()
    total = 0
    for info in archive.infolist():
        path = PurePosixPath(info.filename)
        mode = info.external_attr >> 16
        if (
            path.is_absolute()
            or not path.parts
            or ".." in path.parts
            or "\\" in info.filename
            or ":" in path.parts[0]
            or "\x00" in info.orig_filename
            or stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR)
        ):
            raise BundleUnreadable(
                f"the bundle holds `{info.filename}`, which is not a plain file inside it",
                detail="It was not made by unknot, or was changed. Deploy the workflow again.",
            )
        total += info.file_size
        if path.as_posix() in seen or total > UNPACKED_BYTES_MAX:
            raise BundleUnreadable(
                f"the bundle cannot be unpacked: `{info.filename}` is there twice, or it is too large",
                detail=f"At most {UNPACKED_BYTES_MAX} bytes, and each name once.",
            )
        seen.add(path.as_posix())


def _extract(archive: zipfile.ZipFile, info: zipfile.ZipInfo, folder: Path) -> None:
    path = folder / info.filename
    if info.is_dir():
        path.mkdir(parents=True, exist_ok=True)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with archive.open(info) as source, path.open("wb") as target:
        shutil.copyfileobj(source, target)
    if (info.external_attr >> 16) & 0o100:
        path.chmod(0o755)
