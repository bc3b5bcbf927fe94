"""Take runs that are over into the ledger: those just followed, and those that engines started by themselves (rule R1)."""

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from unknot.planner.services import Services
from unknot.stacks.address import Uid
from unknot.stacks.definition import WORKFLOW_TYPE
from unknot.stacks.diagnostic import Diagnostic
from unknot.stacks.run import RunManifest
from unknot.state.events import RunClosed
from unknot.state.ledger import Ledger
from unknot.state.snapshot import RunRecord
from unknot.state.stores.base import Store, StoreError
from unknot.state.stores.opening import open_store


def store_of(url: str, project: Path) -> Store:
    """The store of a target; a relative folder is under the project."""
    kind, separator, place = url.partition(":")
    if separator and kind == "file" and not place.startswith("/"):
        return open_store(f"file:{project / place}")
    if not separator and not url.startswith("/"):
        return open_store(str(project / url))
    return open_store(url)


def sealed(store: Store, uid: Uid, run: str) -> RunManifest | None:
    """The manifest of a run that is over."""
    data = store.get(f"runs/{uid}/{run}/sealed")
    return None if data is None else msgspec.json.decode(data, type=RunManifest)


def absorb(ledger: Ledger, manifests: Iterable[RunManifest]) -> None:
    """Record runs that are over. Needs no lease."""
    events = [RunClosed(run=record_of(manifest)) for manifest in manifests]
    if events:
        ledger.append_without_lease(events)


def absorb_sealed(ledger: Ledger, services: Services) -> tuple[Diagnostic, ...]:
    """Record every sealed run that the ledger has not seen: those that engines started by themselves."""
    snapshot = ledger.reader().snapshot()
    found: list[RunManifest] = []
    problems: list[Diagnostic] = []
    for state in snapshot.resources.values():
        if state.type != WORKFLOW_TYPE or state.target not in snapshot.targets:
            continue
        store = store_of(snapshot.targets[state.target].store, services.project)
        known = max((r.run for r in snapshot.runs.get(state.uid, ())), default=None)
        try:
            manifests = [sealed(store, state.uid, run) for run in run_ids(store, state.uid, known)]
        except StoreError as problem:
            problems.append(
                Diagnostic.warning(
                    f"runs of `{state.address}` could not be read: {problem.summary}",
                    detail="What is shown of it may be out of date.",
                    address=state.address,
                )
            )
            continue
        found.extend(manifest for manifest in manifests if manifest is not None)
    absorb(ledger, found)
    return tuple(problems)


def run_ids(store: Store, uid: Uid, after: str | None = None) -> list[str]:
    """Runs of a workflow in its store, by time, later than `after`."""
    prefix = f"runs/{uid}/"
    start = None if after is None else f"{prefix}{after}/\uffff"
    return list(
        dict.fromkeys(key[len(prefix) :].split("/", 1)[0] for key in store.list(prefix, start_after=start))
    )


def record_of(manifest: RunManifest) -> RunRecord:
    """What the ledger keeps of a run."""
    data = msgspec.json.encode(manifest)
    status = manifest.status
    assert status != "running"
    published: Mapping[str, Any] = msgspec.to_builtins(manifest.published)
    return RunRecord(
        run=manifest.run,
        uid=manifest.uid,
        address=manifest.address,
        status=status,
        manifest_hash=hashlib.sha256(data).hexdigest(),
        fingerprint=manifest.fingerprint,
        ops={task.op: task.fingerprint for task in manifest.tasks if task.fingerprint},
        started_at=manifest.started_at,
        ended_at=manifest.ended_at,
        target=manifest.target,
        published=dict(published),
    )
