"""When this machine last compared the world with the record, and what differed: for what `ps` says of drift.

Planning writes nothing to any store (rule P1), so what a refresh found is kept here only, in a file that may be
deleted. It holds for an address as long as that is recorded as it was then.
"""

import contextlib
from pathlib import Path
from urllib.parse import quote

import msgspec

from unknot.planner.plan import Plan
from unknot.stacks.address import Address
from unknot.state.snapshot import Serial
from unknot.state.stores.files import replacing


class Look(msgspec.Struct, frozen=True):
    """What one refresh found."""

    lineage: str
    at: str
    """RFC 3339."""
    drifted: dict[Address, Serial] = {}
    """Addresses that differed, with the serial of their last write."""


def remember_look(cache: Path, plan: Plan) -> None:
    """Keep what the refresh of a plan found. A cache that cannot be written keeps nothing."""
    drifted = {drift.address: 0 if drift.version is None else drift.version.serial for drift in plan.drift}
    path = _path(cache, plan.stack, plan.environment)
    with contextlib.suppress(OSError), replacing(path) as file:
        file.write(msgspec.json.encode(Look(plan.lineage, plan.created_at, drifted)))


def last_look(cache: Path, stack: str, environment: str, lineage: str) -> Look | None:
    """The last one at that ledger; None if there was none, or nothing can be read of it."""
    try:
        found = msgspec.json.decode(_path(cache, stack, environment).read_bytes(), type=Look)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
        return None
    return found if found.lineage == lineage else None


def _path(cache: Path, stack: str, environment: str) -> Path:
    return cache / f"look-{quote(stack, safe='')}-{quote(environment, safe='')}.json"
