"""All ledgers of a backend, read with few calls: one listing that skips, then a checkpoint and a tail of each.

Writes nothing to the backend. A ledger that cannot be read is an answer too, with why and since when.
"""

import datetime as dt
import re
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Literal

import msgspec

from unknot.planner.record.sightings import Known, Sighting, Sightings
from unknot.stacks.errors import UnknotError
from unknot.state.ledger import Ledger
from unknot.state.ledger.watermark import Watermarks
from unknot.state.snapshot import Snapshot
from unknot.state.stores.base import Store, StoreError
from unknot.state.stores.url import place_of

PAGE = 1000
"""Keys asked for at once: what a page of S3, GCS or Azure Blob holds."""

PARALLEL = 16
"""Ledgers that are read at the same time."""

_AFTER_ALL = "\U0010ffff"
"""Sorts after every other character."""

_OF_A_LEDGER = re.compile(r"(log-\d{8}-\d{8}/)?(log/\d{5}/\d{8}|checkpoints/\d{8}-\d{8})")
"""A segment or checkpoint, of any volume of a log (`state.ledger.layout`)."""


class LedgerEntry(msgspec.Struct, frozen=True):
    """One ledger of a backend, and whether it could be read."""

    stack: str
    environment: str
    status: Literal["read", "unknown"]
    serial: int = 0
    """0 for one that could not be read."""
    unknown_since: str = ""
    """RFC 3339: when this machine saw it last. Empty, with status `unknown`: it never did."""
    why: str = ""
    """What keeps it from being read."""
    advice: str = ""

    @property
    def name(self) -> str:
        return f"{self.stack}/{self.environment}"


class LedgerReading(msgspec.Struct, frozen=True):
    """What reading one ledger gave."""

    entry: LedgerEntry
    snapshot: Snapshot | None = None
    known: tuple[Known, ...] = ()
    """Of one that could not be read: what was there when it was seen last."""


def discover(store: Store) -> list[str]:
    """Places of the ledgers in a store, `stack/environment`, sorted. Raises StoreError.

    A listing that goes on behind a ledger as soon as it was seen to be one, so that long histories cost nothing.
    """
    found: dict[str, None] = {}
    after: str | None = None
    while True:
        keys = list(store.list("", start_after=after, limit=PAGE))
        for key in keys:
            stack, _, rest = key.partition("/")
            environment, _, rest = rest.partition("/")
            if _OF_A_LEDGER.fullmatch(rest):
                found[f"{stack}/{environment}"] = None
        if len(keys) < PAGE:
            return sorted(found)
        after = _beyond(keys[-1], found)


def _beyond(last: str, found: Iterable[str]) -> str:
    """Where the next listing begins: behind the ledger, or other folder, that `last` is in."""
    parts = last.split("/", 2)
    if len(parts) < 3:
        return last
    folder = f"{parts[0]}/{parts[1]}"
    if folder in found or parts[2] > "log0":
        return f"{folder}/{_AFTER_ALL}"
    return max(last, f"{folder}/checkpoints")  # before that, nothing is a ledger's


def read_ledgers(
    store: Store,
    *,
    keys: Sequence[str] = (),
    memory: Path | None = None,
    environment: str | None = None,
    now: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC),
    parallelism: int = PARALLEL,
) -> tuple[LedgerReading, ...]:
    """Every ledger of a backend, of one environment if given, in order of stack and environment.

    `keys` open encrypted ledgers; those that are not encrypted are read without. `memory` is where this machine
    remembers what it saw. Raises StoreError if the backend cannot be listed and nothing of it was ever seen.
    """
    sightings = None if memory is None else Sightings(memory, store.url)
    seen = {} if sightings is None else sightings.load()
    unlisted = ""
    try:
        places = discover(store)
    except StoreError as problem:
        if not seen:
            raise
        places, unlisted = [], problem.summary
    reader = _Reader(store, keys, memory, seen)
    wanted = [place for place in places if environment in (None, place.partition("/")[2])]
    with ThreadPoolExecutor(max_workers=max(1, parallelism), thread_name_prefix="ledgers") as pool:
        readings = list(pool.map(reader.read, wanted))
    if sightings is not None:
        at = now().isoformat(timespec="seconds").replace("+00:00", "Z")
        sightings.keep({r.entry.name: _sighting(r.snapshot, at) for r in readings if r.snapshot is not None})
    for place in seen.keys() - set(places):
        if environment in (None, place.partition("/")[2]):
            why = unlisted or "it is not in the backend any more"
            readings.append(reader.unknown(place, why, "Was it moved, or deleted?" if not unlisted else ""))
    return tuple(sorted(readings, key=lambda r: (r.entry.stack, r.entry.environment)))


class _Reader:
    """Reads ledgers, several at a time."""

    def __init__(
        self, store: Store, keys: Sequence[str], memory: Path | None, seen: dict[str, Sighting]
    ) -> None:
        self._store = store
        self._keys = keys
        self._memory = memory
        self._seen = seen

    def read(self, place: str) -> LedgerReading:
        stack, _, environment = place.partition("/")
        try:
            sealed = bool(self._keys) and bool(list(self._store.list(f"{place}/keys/", limit=1)))
            # None of the keys must be there: each ledger may have others.
            ledger = Ledger.open(
                self._store,
                place,
                key=() if sealed else None,
                earlier_keys=self._keys,
                cache_dir=self._memory,
            )
            snapshot = ledger.reader().snapshot()
        except (UnknotError, StoreError) as problem:
            return self.unknown(place, problem.summary, problem.detail)
        return LedgerReading(LedgerEntry(stack, environment, "read", snapshot.serial), snapshot)

    def unknown(self, place: str, why: str, advice: str = "") -> LedgerReading:
        stack, _, environment = place.partition("/")
        sighting = self._seen.get(place)
        entry = LedgerEntry(
            stack, environment, "unknown", unknown_since=self._since(place, sighting), why=why, advice=advice
        )
        return LedgerReading(entry, known=() if sighting is None else sighting.resources)

    def _since(self, place: str, sighting: Sighting | None) -> str:
        """When this machine last saw it: as a whole, or its head at work in a project."""
        times = [] if sighting is None else [dt.datetime.fromisoformat(sighting.at)]
        if self._memory is not None:
            at = Watermarks(self._memory, place_of(self._store.url, place)).seen_at
            times.extend([] if at is None else [at])
        return max(times).isoformat(timespec="seconds").replace("+00:00", "Z") if times else ""


def _sighting(snapshot: Snapshot, at: str) -> Sighting:
    resources = tuple(
        Known(state.address, state.type, state.target, state.owner) for state in snapshot.resources.values()
    )
    return Sighting(at, snapshot.serial, resources)
