"""The questions that an index answers by itself. All answers are frozen values of `entries`."""

import datetime as dt
from collections.abc import Sequence
from typing import Any, TypeVar

import msgspec

from unknot.stacks.address import Address, Uid
from unknot.stacks.run import ArtifactRef
from unknot.state.index.database import Database, IndexDamaged
from unknot.state.index.entries import (
    AttemptEntry,
    CheckEntry,
    CodeEntry,
    Consumed,
    MetricEntry,
    Produced,
    ResourceEntry,
    RunEntry,
    Stay,
    TargetEntry,
    TaskEntry,
    Written,
)
from unknot.state.index.liveness import moment
from unknot.state.snapshot import Serial

T = TypeVar("T")

_JSON = frozenset({"schedule", "dependencies", "published", "schema", "parts"})
"""Columns that hold JSON."""

_RUNS = (
    # Of two columns of one name the first counts.
    "SELECT coalesce(resources.address, runs.address) AS address, runs.address AS ran_as, runs.* "
    "FROM runs LEFT JOIN resources USING (uid)"
)
_PRODUCED = (
    "SELECT artifacts.*, produced.uid, coalesce(resources.address, runs.address, '') AS address, "
    "coalesce(runs.run, '') AS run, produced.task, produced.output, produced.reused "
    "FROM produced JOIN artifacts USING (hash) LEFT JOIN runs ON runs.id = produced.id "
    "LEFT JOIN resources ON resources.uid = produced.uid"
)
_CONSUMED = (
    "SELECT consumed.hash, runs.uid, coalesce(resources.address, runs.address) AS address, runs.run, "
    "consumed.task, consumed.parameter, coalesce(tasks.status, '') = 'reused' AS reused "
    "FROM consumed JOIN runs ON runs.id = consumed.id LEFT JOIN resources ON resources.uid = runs.uid "
    "LEFT JOIN tasks ON tasks.id = consumed.id AND tasks.task = consumed.task"
)


class Queries:
    """Asks one database."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def _mend(self, damage: IndexDamaged) -> None:
        """Called when a question meets damage, before it is asked once more."""
        raise damage

    def _rows(self, kind: type[T], sql: str, arguments: Sequence[Any] = ()) -> list[T]:
        try:
            found = self.database.query(sql, arguments)
        except IndexDamaged as damage:
            self._mend(damage)
            found = self.database.query(sql, arguments)
        return [_value(kind, dict(row)) for row in found]

    @property
    def serial(self) -> Serial:
        """The ledger's serial that the index is at; 0 if it is empty."""
        found = next(self.database.query("SELECT value FROM meta WHERE key = 'serial'"), None)
        return 0 if found is None else int(found[0])

    def resources(self, *, type: str | None = None, removed: bool = False) -> list[ResourceEntry]:  # noqa: A002
        """Resources by address; with `removed`, those that are gone too."""
        wanted = ["1" if removed else "removed = ''"]
        arguments: list[Any] = []
        if type is not None:
            wanted.append("type = ?")
            arguments.append(type)
        return self._rows(
            ResourceEntry,
            f"SELECT * FROM resources WHERE {' AND '.join(wanted)} ORDER BY address, serial",
            arguments,
        )

    def resource(self, address: Address) -> ResourceEntry | None:
        """What is at an address, or was there last."""
        found = self._rows(
            ResourceEntry,
            "SELECT * FROM resources WHERE address = ? ORDER BY removed = '' DESC, serial DESC LIMIT 1",
            (address,),
        )
        return found[0] if found else None

    def addresses(self) -> dict[Uid, Address]:
        """Every uid that was ever recorded, and its address now, or the last one it had."""
        return {
            Uid(r["uid"]): Address(r["address"])
            for r in self.database.query("SELECT uid, address FROM resources")
        }

    def destroyed(self) -> dict[Uid, dt.datetime]:
        """When resources that are gone went."""
        rows = self.database.query("SELECT uid, removed_at FROM resources WHERE removed != ''")
        found = {Uid(row["uid"]): moment(row["removed_at"]) for row in rows}
        return {uid: at for uid, at in found.items() if at is not None}

    def targets(self) -> dict[str, TargetEntry]:
        """Targets by name."""
        return {t.name: t for t in self._rows(TargetEntry, "SELECT * FROM targets ORDER BY name")}

    def places(self, uid: Uid) -> tuple[str, ...]:
        """Stores that may hold runs of a workflow, the one with the latest run first."""
        rows = self.database.query("SELECT store FROM places WHERE uid = ? ORDER BY seen DESC", (uid,))
        return tuple(row["store"] for row in rows)

    def history(self, uid: Uid) -> list[Written]:
        """Every write of a resource, oldest first."""
        return self._rows(Written, "SELECT * FROM history WHERE uid = ? ORDER BY serial, n", (uid,))

    def stays(self, uid: Uid) -> list[Stay]:
        """Where a resource was, and under which address, oldest first: its history of targets (rule A5)."""
        return _stays(self.history(uid))

    def all_stays(self) -> dict[Uid, list[Stay]]:
        """`stays` of every resource that changed its target or address."""
        moved = self._rows(
            Written,
            "SELECT * FROM history WHERE uid IN (SELECT uid FROM history GROUP BY uid "
            "HAVING count(DISTINCT target || char(0) || address) > 1) ORDER BY uid, serial, n",
        )
        by_uid: dict[Uid, list[Written]] = {}
        for entry in moved:
            by_uid.setdefault(entry.uid, []).append(entry)
        return {uid: _stays(entries) for uid, entries in by_uid.items()}

    def runs(
        self, *, uid: Uid | None = None, limit: int | None = None, statuses: Sequence[str] = ()
    ) -> list[RunEntry]:
        """Runs, newest first."""
        wanted = ["1"]
        arguments: list[Any] = []
        if uid is not None:
            wanted.append("runs.uid = ?")
            arguments.append(uid)
        if statuses:
            wanted.append(f"runs.status IN ({', '.join('?' * len(statuses))})")
            arguments.extend(statuses)
        return self._rows(
            RunEntry,
            f"{_RUNS} WHERE {' AND '.join(wanted)} ORDER BY runs.run DESC, runs.uid LIMIT ?",
            (*arguments, -1 if limit is None else limit),
        )

    def runs_like(self, prefix: str) -> list[RunEntry]:
        """The run of that id, or else those whose id begins or ends with the text, newest first; at most 20."""
        exact = self._rows(RunEntry, f"{_RUNS} WHERE runs.run = ?", (prefix,))
        if exact:
            return exact
        like = prefix.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        return self._rows(
            RunEntry,
            f"{_RUNS} WHERE runs.run LIKE ? ESCAPE '\\' OR runs.run LIKE ? ESCAPE '\\' ORDER BY runs.run DESC LIMIT 20",
            (f"{like}%", f"%{like}"),
        )

    def last_runs(self, *, statuses: Sequence[str] = (), counting: bool = False) -> dict[Uid, RunEntry]:
        """The latest run of each workflow, of those with one of the statuses if any are given.

        With `counting`, those that were withheld are left out: somebody tried something out in them. Shadow runs
        never count: they say how a move goes, not how the workflow does.
        """
        wanted = ["triggered_by NOT LIKE 'shadow:%'", *(["withheld = ''"] if counting else [])]
        if statuses:
            wanted.append(f"status IN ({', '.join('?' * len(statuses))})")
        where = f"WHERE {' AND '.join(wanted)}"
        found = self._rows(
            RunEntry,
            f"{_RUNS} WHERE (runs.uid, runs.run) IN (SELECT uid, max(run) FROM runs {where} GROUP BY uid)",
            statuses,
        )
        return {run.uid: run for run in found}

    def run_counts(self) -> dict[Uid, dict[str, int]]:
        """How many runs of each workflow ended how."""
        counts: dict[Uid, dict[str, int]] = {}
        for row in self.database.query("SELECT uid, status, count(*) FROM runs GROUP BY uid, status"):
            counts.setdefault(Uid(row[0]), {})[row[1]] = int(row[2])
        return counts

    def tasks(self, run: RunEntry) -> list[TaskEntry]:
        """Tasks of a run, each after what it reads."""
        return self._rows(TaskEntry, "SELECT * FROM tasks WHERE id = ? ORDER BY n", (run.id,))

    def attempts(self, run: RunEntry) -> list[AttemptEntry]:
        return self._rows(
            AttemptEntry, "SELECT * FROM attempts WHERE id = ? ORDER BY task, attempt", (run.id,)
        )

    def metrics(self, run: RunEntry) -> list[MetricEntry]:
        return self._rows(MetricEntry, "SELECT * FROM metrics WHERE id = ? ORDER BY task, name", (run.id,))

    def metric_series(self, uid: Uid, name: str, limit: int | None = None) -> list[tuple[str, float | None]]:
        """A metric over the runs of a workflow, newest first: run and value."""
        return [
            (str(row[0]), row[1])
            for row in self.database.query(
                "SELECT run, value FROM metrics JOIN runs USING (id) WHERE uid = ? AND name = ? "
                "ORDER BY run DESC, task LIMIT ?",
                (uid, name, -1 if limit is None else limit),
            )
        ]

    def checks(self, run: RunEntry) -> list[CheckEntry]:
        return self._rows(CheckEntry, "SELECT * FROM checks WHERE id = ? ORDER BY task, name", (run.id,))

    def versions(self, run: RunEntry) -> dict[str, str]:
        """Distributions in the run's environment."""
        rows = self.database.query("SELECT name, version FROM versions WHERE id = ? ORDER BY name", (run.id,))
        return {str(row[0]): str(row[1]) for row in rows}

    def parameters(self, run: RunEntry) -> dict[str, Any]:
        rows = self.database.query("SELECT name, value FROM parameters WHERE id = ? ORDER BY name", (run.id,))
        return {str(row[0]): msgspec.json.decode(row[1]) for row in rows}

    def outputs(self, run: RunEntry) -> list[Produced]:
        """Artifacts that a run's tasks gave, those that were reused included."""
        return self._rows(Produced, f"{_PRODUCED} WHERE produced.id = ? ORDER BY produced.rowid", (run.id,))

    def inputs(self, run: RunEntry) -> list[Consumed]:
        """What a run (empty task) and its tasks read."""
        return self._rows(
            Consumed,
            f"{_CONSUMED} WHERE consumed.id = ? ORDER BY consumed.task, consumed.parameter",
            (run.id,),
        )

    def producers(self, hashes: Sequence[str]) -> list[Produced]:
        """What wrote these artifacts, oldest first."""
        return self._in_batches(Produced, _PRODUCED, "produced.hash", "run, produced.rowid", hashes)

    def consumers(self, hashes: Sequence[str]) -> list[Consumed]:
        """What read these artifacts, oldest first."""
        return self._in_batches(Consumed, _CONSUMED, "consumed.hash", "run, consumed.task", hashes)

    def contents(self, uid: Uid) -> list[Produced]:
        """Contents that a dataset had, newest first."""
        return self._rows(
            Produced,
            f"{_PRODUCED} WHERE produced.uid = ? AND produced.id IS NULL ORDER BY produced.serial DESC",
            (uid,),
        )

    def artifacts_like(self, prefix: str, limit: int = 20) -> list[str]:
        """Hashes of artifacts that begin with the text."""
        upper = prefix + "g"  # follows every hexadecimal digit
        rows = self.database.query(
            "SELECT hash FROM artifacts WHERE hash >= ? AND hash < ? AND (hash IN (SELECT hash FROM produced) "
            "OR hash IN (SELECT hash FROM consumed)) ORDER BY hash LIMIT ?",
            (prefix, upper, limit),
        )
        return [str(row[0]) for row in rows]

    def artifact(self, hash: str) -> ArtifactRef | None:  # noqa: A002 - what the field is called everywhere
        found = self._rows(ArtifactRef, "SELECT * FROM artifacts WHERE hash = ?", (hash,))
        return found[0] if found else None

    def code(self, fingerprint: str) -> CodeEntry | None:
        """The parts of an op's code, by its fingerprint."""
        found = self._rows(CodeEntry, "SELECT * FROM code WHERE fingerprint = ?", (fingerprint,))
        return found[0] if found else None

    def _in_batches(
        self, kind: type[T], select: str, column: str, order: str, values: Sequence[str]
    ) -> list[T]:
        found: list[T] = []
        for start in range(0, len(values), 500):
            some = values[start : start + 500]
            found.extend(
                self._rows(
                    kind, f"{select} WHERE {column} IN ({', '.join('?' * len(some))}) ORDER BY {order}", some
                )
            )
        return found


def _value(kind: type[T], row: dict[str, Any]) -> T:
    for name in _JSON & row.keys():
        row[name] = msgspec.json.decode(row[name])
    if kind is Produced:
        row["artifact"] = {name: row[name] for name in ArtifactRef.__struct_fields__ if name in row}
    return msgspec.convert(row, kind, strict=False)


def _stays(entries: Sequence[Written]) -> list[Stay]:
    found: list[Stay] = []
    for entry in entries:
        gone = entry.how in ("deleted", "forgotten")
        if entry.how == "retarget" and found and not found[-1].until:
            # The target has another meaning now: where the resource was is called otherwise from here on.
            found[-1] = msgspec.structs.replace(found[-1], target=entry.target)
        if (
            found
            and not found[-1].until
            and (gone or (found[-1].target, found[-1].address) != (entry.target, entry.address))
        ):
            found[-1] = msgspec.structs.replace(found[-1], until=entry.at)
        if not gone and (not found or found[-1].until):
            found.append(Stay(entry.target, entry.address, entry.at))
    return found
