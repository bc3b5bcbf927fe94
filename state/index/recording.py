"""From the ledger to rows: what one segment adds to the index.

Writes inside a transaction of the caller's, and does the same when it is done twice.
"""

from typing import Any

import msgspec

from unknot.stacks.address import Address, Uid
from unknot.stacks.run import ArtifactRef
from unknot.stacks.target import Target
from unknot.state import events as ev
from unknot.state.index.database import Database
from unknot.state.ledger import HistoryEntry
from unknot.state.snapshot import ResourceState, RunRecord, Serial, Snapshot

WORKFLOW = "workflow"


class _At(msgspec.Struct, frozen=True):
    """What is at an address."""

    uid: Uid
    target: str
    provider: str
    generation: int


class LedgerRows:
    """Adds segments of a ledger, oldest first, in one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._stores = {row["name"]: row["store"] for row in database.query("SELECT * FROM targets")}
        self._at = {
            Address(row["address"]): _At(row["uid"], row["target"], row["provider"], row["generation"])
            for row in database.query("SELECT * FROM resources WHERE removed = ''")
        }
        self._homes: dict[str, set[Uid]] = {}
        """Target to the workflows that are, or once were, on it."""
        for row in database.query(
            "SELECT DISTINCT history.target, uid FROM history JOIN resources USING (uid) WHERE type = ?",
            (WORKFLOW,),
        ):
            self._homes.setdefault(row["target"], set()).add(row["uid"])

    def add_snapshot(self, snapshot: Snapshot) -> None:
        """Everything that is recorded in a ledger, without its history. What is known from before stays."""
        for target in snapshot.targets.values():
            self._target(target)
        known = {
            (row["uid"], row["address"]): row["serial"]
            for row in self._database.query("SELECT uid, address, serial FROM resources WHERE removed = ''")
        }
        for state in snapshot.resources.values():
            if known.get((state.uid, state.address)) != state.serial:
                self._written(state.serial, 0, ev.ResourceWritten(resource=state, at=""))
        for records in snapshot.runs.values():
            for run in records:
                add_absorbed(self._database, run)

    def _begun(self, event: ev.VolumeBegun) -> None:
        """The log goes on after a prune: what was before it is as the event says, read or not."""
        there = {state.uid for state in event.snapshot.resources.values()}
        for address, at in list(self._at.items()):
            if at.uid not in there:
                del self._at[address]
                self._bury(at.uid, "deleted", event.at)
        self.add_snapshot(event.snapshot)

    def add(self, segment: HistoryEntry) -> None:
        for n, event in enumerate(segment.events):
            match event:
                case ev.ResourceWritten():
                    self._written(segment.serial, n, event)
                case ev.ResourceRemoved():
                    gone = self._at.pop(event.address, None) or _At(event.uid, "", "", 0)
                    self._remember(segment.serial, n, event.at, event.address, gone, event.how)
                    self._bury(event.uid, event.how, event.at)
                case ev.ResourcesRenamed():
                    self._renamed(segment.serial, n, event)
                case ev.TargetWritten(target=target):
                    self._target(target)
                case ev.RunClosed(run=run):
                    add_absorbed(self._database, run)
                case ev.VolumeBegun():
                    self._begun(event)
                case _:
                    pass

    def _target(self, target: Target) -> None:
        self._stores[target.name] = target.store
        self._database.execute(
            "INSERT OR REPLACE INTO targets VALUES (?, ?, ?, ?)",
            (target.name, target.engine, target.store, target.region or ""),
        )
        for uid in self._homes.get(target.name, ()):
            self._place(uid, target.store)

    def _written(self, serial: Serial, n: int, event: ev.ResourceWritten) -> None:
        state = event.resource
        current = state.current
        generation = 0 if current is None else current.generation
        now = _At(state.uid, state.target if current is None else current.target, state.provider, generation)
        before = self._at.get(state.address)
        if before is not None and before.uid != state.uid:
            self._bury(before.uid, "deleted", event.at)
        self._at[state.address] = now
        self._remember(serial, n, event.at, state.address, now, event.by)
        self._database.execute(
            f"INSERT OR REPLACE INTO resources VALUES ({', '.join('?' * 14)})",
            (
                state.uid, state.address, state.type, state.provider, now.target, state.owner, serial, generation,
                _text(state.inputs.get("fingerprint")), _text(state.inputs.get("bundle")),
                json_text(state.inputs.get("schedule")), json_text(state.dependencies), "", "",
            ),
        )  # fmt: skip
        if state.type == WORKFLOW:
            for target in {state.target, *(instance.target for instance in state.instances)}:
                self._homes.setdefault(target, set()).add(state.uid)
                if target in self._stores:
                    self._place(state.uid, self._stores[target])
        self._add_content(serial, state, now.target)

    def _add_content(self, serial: Serial, state: ResourceState, target: str) -> None:
        """Artifacts among a resource's outputs: the content of a dataset."""
        for output, value in state.outputs.items():
            artifact = _artifact_in(value)
            if artifact is not None:
                add_artifact(self._database, artifact, self._stores.get(target, ""))
                self._database.execute(
                    "INSERT OR IGNORE INTO produced (hash, uid, id, task, output, serial) "
                    "VALUES (?, ?, NULL, '', ?, ?)",
                    (artifact.hash, state.uid, output, serial),
                )

    def _renamed(self, serial: Serial, n: int, event: ev.ResourcesRenamed) -> None:
        moved = {to: self._at.pop(name) for name, to in event.renames.items() if name in self._at}
        self._at |= moved
        for address, there in moved.items():
            # One event renames several, swaps included: each is a row of its own, told apart by its uid.
            self._remember(serial, n, event.at, address, there, "renamed")
            self._database.execute("UPDATE resources SET address = ? WHERE uid = ?", (address, there.uid))

    def _remember(self, serial: Serial, n: int, at: str, address: Address, there: _At, how: str) -> None:
        self._database.execute(
            f"INSERT OR REPLACE INTO history VALUES ({', '.join('?' * 9)})",
            (there.uid, serial, n, at, address, there.target, there.provider, there.generation, how),
        )

    def _bury(self, uid: Uid, how: str, at: str) -> None:
        self._database.execute(
            "UPDATE resources SET removed = ?, removed_at = ? WHERE uid = ?", (how, at, uid)
        )

    def _place(self, uid: Uid, store: str) -> None:
        self._database.execute("INSERT OR IGNORE INTO places (uid, store) VALUES (?, ?)", (uid, store))


def add_absorbed(database: Database, run: RunRecord) -> None:
    """A run as the ledger has it: all that is known until its store is read, or if that is gone."""
    published = {
        name: value["hash"]
        for name, value in run.published.items()
        if isinstance(value, dict) and isinstance(value.get("hash"), str)
    }
    names = (
        "uid, run, address, status, reading, absorbed, started_at, ended_at, last_sign, target, engine, store, owner, "
        "fingerprint, bundle, lock, generation, scheduled_time, triggered_by, retry_of, from_task, host, engine_run, "
        "failed, failed_kind, failure, published, withheld"
    )
    database.execute(
        f"INSERT INTO runs ({names}) VALUES (?, ?, ?, ?, 'pending', 1, ?, ?, ?, ?, '', '', '', ?, '', '', 0, '', '', "
        "'', '', '', '', '', '', '', ?, ?) "
        "ON CONFLICT (uid, run) DO UPDATE SET absorbed = 1, "
        # A run that was closed as lost stays so, unless its seal turns up.
        "status = CASE reading WHEN 'sealed' THEN status ELSE excluded.status END, "
        "reading = CASE reading WHEN 'open' THEN 'pending' ELSE reading END",
        (
            run.uid, run.run, run.address, run.status, run.started_at, run.ended_at, run.ended_at, run.target,
            run.fingerprint, json_text(published), run.withheld,
        ),
    )  # fmt: skip


def add_artifact(database: Database, artifact: ArtifactRef, store: str) -> None:
    """What is known of a content. Of several copies one is kept, whatever the order in which they are seen."""
    columns = "type, serializer, size_bytes, location, store, rows, schema, file_name"
    database.execute(
        "INSERT INTO artifacts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (hash) DO UPDATE SET "
        f"({columns}) = (excluded.{columns.replace(', ', ', excluded.')}) "
        "WHERE (excluded.store, excluded.location, excluded.type, excluded.file_name) "
        "< (store, location, type, file_name)",
        (
            artifact.hash, artifact.type, artifact.serializer, artifact.size_bytes, artifact.location,
            artifact.store or store, artifact.rows, json_text(artifact.schema), artifact.file_name,
        ),
    )  # fmt: skip


def json_text(value: Any) -> str:
    """A value as JSON, the same text for equal values."""
    return msgspec.json.encode(value, order="deterministic").decode()


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _artifact_in(value: object) -> ArtifactRef | None:
    if not isinstance(value, dict) or not {"hash", "serializer", "location"} <= value.keys():
        return None
    try:
        return msgspec.convert(value, ArtifactRef)
    except msgspec.ValidationError:
        return None
