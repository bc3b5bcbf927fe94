"""What this machine saw last of the ledgers of a backend: for what to say of those that it cannot read now.

One small file for each backend, in the folder of what this machine remembers. Never what a status was: only what
there was, and when it was seen.
"""

import contextlib
import hashlib
from collections.abc import Mapping
from pathlib import Path

import msgspec

from unknot.stacks.address import Address
from unknot.state.stores.files import replacing


class Known(msgspec.Struct, frozen=True, omit_defaults=True):
    """A resource that was there."""

    address: Address
    type: str
    target: str = ""
    owner: str = ""


class Sighting(msgspec.Struct, frozen=True, omit_defaults=True):
    """A ledger as it was read last."""

    at: str
    """RFC 3339, UTC."""
    serial: int
    resources: tuple[Known, ...] = ()


class _Kept(msgspec.Struct, frozen=True):
    backend: str
    ledgers: dict[str, Sighting]


class Sightings:
    """The sightings of one backend. One that cannot be read or kept is as if nothing had been seen."""

    def __init__(self, memory: Path, backend: str) -> None:
        self._backend = backend
        digest = hashlib.sha256(backend.encode()).hexdigest()[:32]
        self._path = memory / "sightings" / f"{digest}.json"

    def load(self) -> dict[str, Sighting]:
        """By the ledger's place in the backend, `stack/environment`."""
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=_Kept).ledgers
        except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
            return {}

    def keep(self, seen: Mapping[str, Sighting]) -> None:
        """Add what was read now; what another process saw later stays."""
        kept = self.load()
        for prefix, sighting in seen.items():
            if prefix not in kept or kept[prefix].at <= sighting.at:
                kept[prefix] = sighting
        with contextlib.suppress(OSError), replacing(self._path) as file:
            file.write(msgspec.json.encode(_Kept(self._backend, kept)))
