"""From a run as its store has it to rows. Replaces what the index had of the run, in the caller's transaction."""

import math
from typing import Any

from unknot.stacks.graph import element_of, task_labels
from unknot.stacks.run import ArtifactRef, RunManifest, TaskRecord
from unknot.state.index.database import Database
from unknot.state.index.recording import add_artifact, json_text
from unknot.state.index.streams import RunReading

_COLUMNS = (
    "uid, run, address, status, reading, absorbed, started_at, ended_at, last_sign, target, engine, store, owner, "
    "fingerprint, bundle, lock, generation, scheduled_time, triggered_by, retry_of, from_task, host, engine_run, "
    "failed, failed_kind, failure, published, withheld"
)
_OWNED = ("tasks", "attempts", "produced", "consumed", "metrics", "checks", "versions", "parameters")


def replace_run(database: Database, uid: str, store: str, reading: RunReading) -> None:
    """Put a run as it was read in place of what the index had of it. A seal is not replaced by less."""
    known = next(
        database.query(
            "SELECT id, status, reading, absorbed FROM runs WHERE uid = ? AND run = ?", (uid, reading.run)
        ),
        None,
    )
    if known is not None and known["reading"] == "sealed" and not reading.sealed:
        return
    absorbed = known is not None and bool(known["absorbed"])
    # The ledger's word that a run is over holds against streams that only fell silent.
    status = known["status"] if known is not None and absorbed and not reading.sealed else reading.status
    values = _run_values(uid, store, reading, status, absorbed)
    if known is None:
        marks = ", ".join("?" * len(values))
        run_id = database.execute(f"INSERT INTO runs ({_COLUMNS}) VALUES ({marks})", values)
    else:
        run_id = int(known["id"])
        for table in _OWNED:
            database.execute(f"DELETE FROM {table} WHERE id = ?", (run_id,))
        settings = ", ".join(f"{name} = ?" for name in _COLUMNS.split(", "))
        database.execute(f"UPDATE runs SET {settings} WHERE id = ?", (*values, run_id))
    _add_parts(database, run_id, uid, store, reading)


def _run_values(uid: str, store: str, reading: RunReading, status: str, absorbed: bool) -> tuple[Any, ...]:
    manifest, started, deployment = reading.manifest, reading.started, reading.deployment
    request = None if started is None else started.request
    failed, failed_kind, failure = _failure(reading)
    if manifest is not None:
        facts: tuple[Any, ...] = (
            manifest.started_at, manifest.ended_at, reading.last_sign, manifest.target, manifest.engine, store,
            manifest.owner, manifest.fingerprint, manifest.bundle, manifest.lock, manifest.generation,
            manifest.scheduled_time or "", manifest.triggered_by,
        )  # fmt: skip
        address = manifest.address
    else:
        assert started is not None
        assert deployment is not None
        assert request is not None
        facts = (
            started.at, "", reading.last_sign, deployment.target.name, deployment.target.engine, store,
            deployment.owner, deployment.fingerprint, deployment.bundle, deployment.lock, deployment.generation,
            request.scheduled_time or "", request.triggered_by,
        )  # fmt: skip
        address = deployment.address
    published = {} if manifest is None else {name: ref.hash for name, ref in manifest.published.items()}
    host = (manifest.host if manifest is not None else "") or (started.host if started is not None else "")
    state = "sealed" if reading.sealed else "gone" if absorbed else "open"
    return (
        uid, reading.run, address, status, state, int(absorbed), *facts,
        (request.retry_of or "") if request is not None else "",
        (request.from_task or "") if request is not None else "",
        host, started.engine_run if started is not None else "",
        failed, failed_kind, failure, json_text(published),
        manifest.withheld if manifest is not None else request.withheld if request is not None else "",
    )  # fmt: skip


def _failure(reading: RunReading) -> tuple[str, str, str]:
    """The first task that failed, or else the first check of severity error: name, kind, what it said."""
    labels = task_labels((task.task, task.op) for task in reading.tasks)
    for task in reading.tasks:
        if task.status in ("failed", "lost") and not _is_failed_check(task):
            if task.status == "lost" and not task.attempts:
                continue  # it only never began
            return labels[task.task], "task", _line(task.error or task.reason or task.status)
    for task in reading.tasks:
        if _is_failed_check(task) and task.severity == "error":
            return labels[task.task], "check", _line(task.error or "the check did not pass")
    return "", "", ""


def _is_failed_check(task: TaskRecord) -> bool:
    return task.kind == "check" and task.passed is False


def _line(text: str) -> str:
    return text.strip().splitlines()[0] if text.strip() else ""


def _add_parts(database: Database, run_id: int, uid: str, store: str, reading: RunReading) -> None:
    tasks = reading.tasks
    database.execute_many(
        f"INSERT OR REPLACE INTO tasks VALUES ({', '.join('?' * 13)})",
        [
            (
                run_id, n, task.task, task.op, task.kind, task.status, task.attempts, task.started_at,
                task.ended_at, task.reason, task.error, task.fingerprint, task.host,
            )
            for n, task in enumerate(tasks)
        ],
    )  # fmt: skip
    database.execute_many(
        f"INSERT OR REPLACE INTO attempts VALUES ({', '.join('?' * 12)})",
        [
            (
                run_id, a.task, a.attempt, a.status, a.started_at, a.ended_at, a.host, a.pid, a.python,
                a.memory_bytes, a.error, a.traceback,
            )
            for a in reading.attempts
        ],
    )  # fmt: skip
    database.execute_many(
        "INSERT OR REPLACE INTO metrics VALUES (?, ?, ?, ?)",
        [
            (run_id, task.task, task.op, task.metric if math.isfinite(task.metric) else None)
            for task in tasks
            if task.metric is not None
        ],
    )
    database.execute_many(
        "INSERT OR REPLACE INTO checks VALUES (?, ?, ?, ?, ?)",
        [
            (run_id, task.task, task.op, int(task.passed), task.severity)
            for task in tasks
            if task.passed is not None
        ],
    )
    database.execute_many(
        "INSERT OR REPLACE INTO versions VALUES (?, ?, ?)",
        [(run_id, name, version) for name, version in reading.versions.items()],
    )
    database.execute_many(
        "INSERT OR REPLACE INTO parameters VALUES (?, ?, ?)",
        [(run_id, name, json_text(value)) for name, value in _parameters(reading).items()],
    )
    _add_artifacts(database, run_id, uid, store, reading)
    _add_code(database, reading)


def _parameters(reading: RunReading) -> dict[str, Any]:
    if reading.manifest is not None:
        return reading.manifest.parameters
    deployment = reading.deployment
    return {} if deployment is None else {p.name: p.value for p in deployment.graph.parameters}


def _run_inputs(manifest: RunManifest | None, reading: RunReading) -> dict[str, ArtifactRef]:
    if manifest is not None:
        return manifest.inputs
    return {} if reading.started is None else reading.started.request.inputs


def _add_artifacts(database: Database, run_id: int, uid: str, store: str, reading: RunReading) -> None:
    inputs = _run_inputs(reading.manifest, reading)
    consumed = [(ref.hash, run_id, "", name) for name, ref in inputs.items()]
    known: set[str] = set()
    produced: list[tuple[Any, ...]] = []
    mapped = {element[0] for task in reading.tasks if (element := element_of(task.task)) is not None}

    def add(ref: ArtifactRef, maker: str, output: str, reused: bool) -> None:
        """An artifact and what it is made of; without a maker, what the run was given."""
        for part in ref.whole():
            add_artifact(database, part, store)
            known.add(part.hash)
        if not maker:
            return
        produced.append((ref.hash, uid, run_id, maker, output, int(reused)))
        if maker not in mapped:  # its elements' own tasks made them
            for n, item in enumerate(ref.items):
                add(item, maker, f"{output}[{n}]", reused)

    for ref in inputs.values():
        add(ref, "", "", False)
    for task in reading.tasks:
        for output, ref in task.outputs.items():
            add(ref, task.task, output, task.status == "reused")
    for task in reading.tasks:
        # A literal is JSON; only what is the hash of an artifact of this run is an edge.
        consumed.extend(
            (value, run_id, task.task, name) for name, value in task.inputs.items() if value in known
        )
    for name, ref in () if reading.manifest is None else reading.manifest.published.items():
        if ref.items and not ref.task:  # put together when the run was closed
            publishing = f"publish {name}"
            add_artifact(database, ref, store)
            produced.append((ref.hash, uid, run_id, publishing, "value", 0))
            consumed.extend((item.hash, run_id, publishing, f"[{n}]") for n, item in enumerate(ref.items))
    database.execute_many(
        "INSERT INTO produced (hash, uid, id, task, output, reused) VALUES (?, ?, ?, ?, ?, ?)", produced
    )
    database.execute_many("INSERT OR REPLACE INTO consumed VALUES (?, ?, ?, ?)", consumed)


def _add_code(database: Database, reading: RunReading) -> None:
    deployment = reading.deployment
    for op in () if deployment is None else deployment.graph.ops.values():
        if op.fingerprint is not None:
            parts = {part.name: part.digest for part in op.fingerprint.parts}
            database.execute(
                "INSERT OR IGNORE INTO code VALUES (?, ?)", (op.fingerprint.digest, json_text(parts))
            )
