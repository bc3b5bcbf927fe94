"""Bringing an index up to date: the ledger's new segments, then the runs that are new or not over.

Transactions are short, and each is right by itself, so that several processes may do this at once.
"""

import datetime as dt
from collections.abc import Callable, Iterator

from unknot.stacks.address import Uid
from unknot.stacks.diagnostic import Diagnostic
from unknot.stacks.errors import LedgerReplaced
from unknot.state.index.database import Database
from unknot.state.index.recording import LedgerRows
from unknot.state.index.runrows import replace_run
from unknot.state.index.streams import RunKeys, RunReading, StreamUnreadable, read_run, run_in, runs_in
from unknot.state.ledger import Head, LedgerReader
from unknot.state.stores.base import Store, StoreError

BATCH = 200
"""Runs in one transaction: others wait no longer than that takes."""


def follow_ledger(database: Database, reader: LedgerReader) -> str:
    """Add the ledger's new segments; says why all was read anew, if it was. Raises LedgerError."""
    head = reader.head()
    why = ""
    with database.writing():
        seen = _seen(database)
        if seen is not None:
            if seen.serial > head.serial:
                head = reader.head()  # another process has read more of it in the meantime
            why = _foreign(reader, seen)
    if why:
        database.empty()
        seen = None
    with database.writing():
        seen = _seen(database)
        serial = 0 if seen is None else seen.serial
        if serial < head.serial:
            rows = LedgerRows(database)
            last = head.hash
            for segment in reader.history(serial + 1, head.serial):
                rows.add(segment)
                serial, last = segment.serial, segment.hash
            database.execute_many(
                "INSERT OR REPLACE INTO meta VALUES (?, ?)", [("serial", str(serial)), ("hash", last)]
            )
    return why


def _foreign(reader: LedgerReader, seen: Head) -> str:
    try:
        reader.require(seen)
    except LedgerReplaced:
        return "the ledger is not the one that it was made from"
    return ""


def _seen(database: Database) -> Head | None:
    facts = {row["key"]: row["value"] for row in database.query("SELECT * FROM meta")}
    return Head(int(facts["serial"]), facts["hash"]) if "serial" in facts else None


class RunFollower:
    """Reads runs from stores into an index."""

    def __init__(
        self, database: Database, stores: Callable[[str], Store], now: dt.datetime, host: str
    ) -> None:
        self._database = database
        self._open = stores
        self._now = now
        self._host = host
        self._stores: dict[str, Store | None] = {}
        self.notes: list[Diagnostic] = []
        self.read = 0

    def follow(self) -> None:
        """Read every run that is new, not over, or only known by the ledger."""
        for row in list(self._database.query("SELECT uid, store, seen FROM places")):
            uid, url, seen = Uid(row["uid"]), str(row["store"]), str(row["seen"])
            store = self._store(url)
            if store is None:
                continue
            try:
                self._follow_place(store, url, uid, seen)
            except StoreError as error:
                self._stores[url] = None
                self.notes.append(_unreachable(url, error))
        self._give_up()

    def _store(self, url: str) -> Store | None:
        if url not in self._stores:
            try:
                self._stores[url] = self._open(url)
            except StoreError as error:
                self._stores[url] = None
                self.notes.append(_unreachable(url, error))
        return self._stores[url]

    def _follow_place(self, store: Store, url: str, uid: Uid, seen: str) -> None:
        known = {
            str(row["run"]): str(row["reading"])
            for row in self._database.query("SELECT run, reading FROM runs WHERE uid = ?", (uid,))
        }
        batch: list[RunReading] = []
        looked: set[str] = set()
        latest = seen
        for keys in self._candidates(store, uid, seen, known, looked):
            reading = self._reading(store, keys, uid)
            if reading is not None:
                batch.append(reading)
            if len(batch) >= BATCH:
                self._keep(uid, url, batch, latest)
                batch = []
        latest = max((seen, *looked))
        self._keep(uid, url, batch, latest)

    def _candidates(
        self, store: Store, uid: Uid, seen: str, known: dict[str, str], looked: set[str]
    ) -> Iterator[RunKeys]:
        for keys in runs_in(store, uid, seen):
            looked.add(keys.run)
            state = known.get(keys.run, "")
            if state != "sealed" and (state != "gone" or keys.sealed):
                yield keys
        for run, state in known.items():
            if state in ("open", "pending") and run not in looked:
                found = run_in(store, uid, run)
                if found is not None:
                    yield found

    def _reading(self, store: Store, keys: RunKeys, uid: Uid) -> RunReading | None:
        try:
            return read_run(store, keys, uid, self._now, self._host)
        except StreamUnreadable as problem:
            self.notes.append(Diagnostic.warning(problem.summary, detail=problem.detail))
            return None

    def _keep(self, uid: Uid, url: str, batch: list[RunReading], latest: str) -> None:
        with self._database.writing():
            for reading in batch:
                replace_run(self._database, uid, url, reading)
            self._database.execute(
                "UPDATE places SET seen = max(seen, ?) WHERE uid = ? AND store = ?", (latest, uid, url)
            )
        self.read += len(batch)

    def _give_up(self) -> None:
        """Runs that the ledger has and no store that answers has: their streams are gone."""
        missed = [url for url, store in self._stores.items() if store is None]
        with self._database.writing():
            self._database.execute(
                "UPDATE runs SET reading = 'gone' WHERE reading = 'pending' AND NOT EXISTS "
                f"(SELECT 1 FROM places WHERE places.uid = runs.uid AND store IN ({', '.join('?' * len(missed))}))",
                missed,
            )


def _unreachable(url: str, error: StoreError) -> Diagnostic:
    return Diagnostic.warning(
        f"the runs in `{url}` cannot be read now",
        detail=f"{error.summary}. {error.detail} What was read of them before is shown.".replace("  ", " "),
    )
