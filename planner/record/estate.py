"""Many ledgers as one record: what they hold, and how the latest runs of their workflows stand now.

Everything goes into one index in memory, under addresses that begin with their ledger (`flights/prod:workflow.train`),
so that what is asked of one stack's record can be asked of all: uids and content hashes are the same everywhere.
Reads only: no run is absorbed, nothing is written to a ledger or a target's store.
"""

import contextlib
import datetime as dt
import socket
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import msgspec

from unknot.planner.record.ledgers import PARALLEL, LedgerReading
from unknot.planner.record.opening import Record
from unknot.stacks.address import Address, Uid
from unknot.stacks.definition import WORKFLOW_TYPE
from unknot.stacks.errors import UnknotError
from unknot.state.index import Index, Updated
from unknot.state.index.recording import LedgerRows
from unknot.state.index.runrows import replace_run
from unknot.state.index.streams import RunKeys, RunReading, read_run, runs_after
from unknot.state.snapshot import ResourceState, RunRecord, Snapshot
from unknot.state.stores.base import Store, StoreError

LATER_MAX = 50
"""Runs of one workflow that no ledger has seen yet and that are read: the newest."""


class Estate(msgspec.Struct, frozen=True):
    """What the ledgers of a backend hold."""

    ledgers: tuple[LedgerReading, ...]
    record: Record
    """Of all of them; its addresses and targets are qualified."""
    unseen: dict[Uid, str]
    """Workflows whose runs could not be read, and why: how they stand is not known."""

    @property
    def is_complete(self) -> bool:
        """Nothing is unknown."""
        return not self.unseen and all(r.entry.status == "read" for r in self.ledgers)


class _Look(msgspec.Struct, frozen=True):
    """Runs of one workflow, as its target's store has them now."""

    uid: Uid
    url: str = ""
    readings: tuple[RunReading, ...] = ()
    problem: str = ""


def qualified(ledger: str, name: str) -> str:
    """An address, or a target's name, among many ledgers."""
    return f"{ledger}:{name}"


def unqualified(name: str) -> tuple[str, str]:
    """The ledger and the name in it."""
    ledger, _, local = name.partition(":")
    return ledger, local


@contextlib.contextmanager
def open_estate(
    ledgers: Sequence[LedgerReading],
    stores: Callable[[str], Store],
    *,
    now: dt.datetime,
    every_run: bool = False,
    parallelism: int = PARALLEL,
) -> Iterator[Estate]:
    """The record of many ledgers, in memory.

    `stores` opens the store at a target's URL; raises StoreError. Of each workflow the latest run is read, and those
    that its ledger has not seen; with `every_run`, also the last good one: for lineage.
    """
    looker = _Looker(stores, now, every_run)
    jobs = [
        (reading.snapshot, state)
        for reading in ledgers
        if reading.snapshot is not None
        for state in reading.snapshot.resources.values()
        if state.type == WORKFLOW_TYPE
    ]
    with ThreadPoolExecutor(max_workers=max(1, parallelism), thread_name_prefix="estate") as pool:
        looks = list(pool.map(lambda job: looker.look(*job), jobs))
    with Index.open(None) as index:
        with index.database.writing():
            rows = LedgerRows(index.database)
            for reading in ledgers:
                if reading.snapshot is not None:
                    rows.add_snapshot(_qualified(reading.entry.name, reading.snapshot))
        with index.database.writing():
            for look in looks:
                for found in look.readings:
                    replace_run(index.database, look.uid, look.url, found)
        record = Record(index, stores, "", "", Updated(0, 0))
        yield Estate(tuple(ledgers), record, {look.uid: look.problem for look in looks if look.problem})


class _Looker:
    """Reads the latest runs of workflows. Safe for threads."""

    def __init__(self, stores: Callable[[str], Store], now: dt.datetime, every_run: bool) -> None:
        self._stores = stores
        self._now = now
        self._every_run = every_run
        self._host = socket.gethostname()

    def look(self, snapshot: Snapshot, state: ResourceState) -> _Look:
        target = snapshot.targets.get(state.target)
        if target is None:
            return _Look(state.uid, problem=f"its target `{state.target}` is not recorded")
        records = snapshot.runs.get(state.uid, ())
        try:
            store = self._stores(target.store)
            readings = tuple(self._readings(store, state.uid, records))
        except (UnknotError, StoreError) as problem:
            return _Look(state.uid, problem=problem.summary)
        return _Look(state.uid, target.store, readings)

    def _readings(self, store: Store, uid: Uid, records: Sequence[RunRecord]) -> Iterator[RunReading]:
        latest = max((record.run for record in records), default="")
        known = [RunKeys(r.run, sealed=True) for r in (records if self._every_run else records[-1:])]
        later = list(runs_after(store, uid, latest))[-LATER_MAX:]
        for keys in (*known, *later):
            reading = read_run(store, keys, uid, self._now, self._host)
            if reading is not None:
                yield reading


def _qualified(ledger: str, snapshot: Snapshot) -> Snapshot:
    """A snapshot with addresses and targets that begin with their ledger."""
    targets = {
        qualified(ledger, name): msgspec.structs.replace(target, name=qualified(ledger, name))
        for name, target in snapshot.targets.items()
    }
    resources = {
        Address(qualified(ledger, address)): msgspec.structs.replace(
            state,
            address=Address(qualified(ledger, address)),
            target=qualified(ledger, state.target),
            instances=tuple(
                msgspec.structs.replace(instance, target=qualified(ledger, instance.target))
                for instance in state.instances
            ),
        )
        for address, state in snapshot.resources.items()
    }
    return msgspec.structs.replace(snapshot, targets=targets, resources=resources)
