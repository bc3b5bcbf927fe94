"""A saved plan: an archive of the plan and the packed code, bound by one hash (rule P1). No pickle in it.

    plan.json            the Plan
    about.json           versions, expiry
    bundles/<sha256>     packed code, by content

The hash covers names and contents of all entries. Reviews show it, and a gated apply demands it.
"""

import datetime as dt
import hashlib
import io
import os
import platform
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

import msgspec

from unknot.planner.plan import PLAN_FORMAT, Plan
from unknot.stacks.errors import PlanRefused, PlanUnreadable
from unknot.version import VERSION

T = TypeVar("T")

_EPOCH = (1980, 1, 1, 0, 0, 0)
"""Time of every entry: equal plans make equal archives. The earliest that the zip format holds."""


_NOT_WHOLE = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    EOFError,
    KeyError,
    OSError,
    OverflowError,
    RuntimeError,  # an entry that says it is encrypted, or packed in a way nobody knows
    ValueError,
    struct.error,
)
"""All that reading a zip raises for bytes that are none, or not all of one."""


class About(msgspec.Struct, frozen=True, omit_defaults=True):
    """What made the archive, and until when it may be applied."""

    format: int
    unknot: str
    python: str
    created_at: str
    expires_at: str = ""


class SavedPlan(msgspec.Struct, frozen=True):
    """A plan with all that its apply needs."""

    plan: Plan
    hash: str
    """SHA-256 over all entries, hex."""
    about: About
    bundles: Mapping[str, bytes]

    def of(self, plan: Plan) -> "SavedPlan":
        """The same bundles with another plan."""
        return bind(plan, self.bundles, expires_at=self.about.expires_at)

    def read(self, bundle: str) -> bytes:
        """See `BundleSource`."""
        try:
            return self.bundles[bundle]
        except KeyError:
            raise PlanUnreadable(f"the plan lacks the packed code `{bundle[:12]}`") from None


def bind(plan: Plan, bundles: Mapping[str, bytes], *, expires_at: str = "") -> SavedPlan:
    """A plan with its bundles and its hash."""
    about = About(PLAN_FORMAT, VERSION, platform.python_version(), plan.created_at, expires_at)
    needed = {digest: bundles[digest] for digest in plan.bundles}
    return SavedPlan(plan, _hash(_entries(plan, about, needed)), about, needed)


def write(saved: SavedPlan, path: Path) -> None:
    """Write the archive; a reader never sees half of it. Raises OSError."""
    entries = _entries(saved.plan, saved.about, saved.bundles)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(entries):
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), entries[name], zipfile.ZIP_DEFLATED)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(buffer.getvalue())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def read(path: Path) -> SavedPlan:
    """The saved plan in a file. Raises PlanUnreadable, saying what is wrong with it."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = {info.filename: archive.read(info) for info in archive.infolist()}
    except FileNotFoundError:
        raise PlanUnreadable(f"there is no plan file `{path}`") from None
    except _NOT_WHOLE as problem:
        raise PlanUnreadable(
            f"`{path}` is not a whole plan file",
            detail=f"{problem}. It was truncated or changed: plan again.",
        ) from problem
    if "plan.json" not in entries or "about.json" not in entries:
        raise PlanUnreadable(f"`{path}` is not a plan file", detail="It lacks `plan.json` or `about.json`.")
    about = _decode(entries["about.json"], About, path)
    if about.format != PLAN_FORMAT or about.unknot != VERSION:
        raise PlanUnreadable(
            f"`{path}` was made by unknot {about.unknot}, and this is {VERSION}",
            detail="A plan is applied by the version that made it. Install that one, or plan again.",
        )
    plan = _decode(entries["plan.json"], Plan, path)
    bundles = {
        name.removeprefix("bundles/"): data for name, data in entries.items() if name.startswith("bundles/")
    }
    for digest, data in bundles.items():
        if hashlib.sha256(data).hexdigest() != digest:
            raise PlanUnreadable(f"the packed code `{digest[:12]}` in `{path}` was changed")
    missing = [digest for digest in plan.bundles if digest not in bundles]
    if missing:
        raise PlanUnreadable(f"`{path}` lacks the packed code `{missing[0][:12]}`", detail="Plan again.")
    return SavedPlan(plan, _hash(entries), about, bundles)


def require_reviewed(saved: SavedPlan, *, expected_hash: str | None, definition_hash: str | None) -> None:
    """The three gates of a reviewed apply. Raises PlanRefused, saying which one failed."""
    if expected_hash is not None and not _same(saved.hash, expected_hash):
        raise PlanRefused(
            "the plan is not the one that was reviewed",
            detail=f"Its hash is `{saved.hash}`, the reviewed one is `{expected_hash}`.",
        )
    if saved.about.expires_at and dt.datetime.fromisoformat(saved.about.expires_at) < dt.datetime.now(dt.UTC):
        raise PlanRefused(
            f"the plan expired at {saved.about.expires_at}", detail="Plan again and have it reviewed."
        )
    if definition_hash is not None and saved.plan.definition_hash != definition_hash:
        raise PlanRefused(
            "the stack here is not the one that the plan was made from",
            detail="What was merged differs from what was planned. Plan again and have it reviewed.",
        )


def _same(full: str, given: str) -> bool:
    """A shortened hash is accepted from 16 digits on."""
    return full == given or (len(given) >= 16 and full.startswith(given))


def _entries(plan: Plan, about: About, bundles: Mapping[str, bytes]) -> dict[str, bytes]:
    return {
        "plan.json": msgspec.json.encode(plan),
        "about.json": msgspec.json.encode(about),
        **{f"bundles/{digest}": data for digest, data in bundles.items()},
    }


def _hash(entries: Mapping[str, bytes]) -> str:
    digest = hashlib.sha256()
    for name in sorted(entries):
        digest.update(f"{name}\0{hashlib.sha256(entries[name]).hexdigest()}\n".encode())
    return digest.hexdigest()


def _decode(data: bytes, kind: type[T], path: Path) -> T:
    try:
        return msgspec.json.decode(data, type=kind)
    except msgspec.DecodeError as problem:
        raise PlanUnreadable(f"`{path}` cannot be read as a plan", detail=f"{problem}.") from problem
