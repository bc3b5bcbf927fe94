"""Take runs that are over into the ledger: those just followed, and those that engines started by themselves (rule R1).

One that left no seal and that its engine says is over, or that gives no sign of life, is sealed first.
"""

import datetime as dt
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from unknot.planner.services import Services
from unknot.providers.engine import RunQuery
from unknot.stacks.address import Address, Uid
from unknot.stacks.definition import WORKFLOW_TYPE
from unknot.stacks.diagnostic import Diagnostic
from unknot.stacks.errors import UnknotError
from unknot.stacks.run import RunManifest
from unknot.state.events import RunClosed
from unknot.state.ledger import Ledger
from unknot.state.snapshot import RunRecord
from unknot.state.stores.base import Store, StoreError
from unknot.state.stores.opening import open_store

RUN_TIME = "%Y%m%dT%H%M%S"
"""How a run's id begins (`running.new_run_id`)."""

OVERLAP = dt.timedelta(days=2)
"""A run that takes longer, and during which later ones of its workflow came and went, may be absorbed by none."""


def sealed(store: Store, uid: Uid, run: str) -> RunManifest | None:
    """The manifest of a run that is over. Raises StoreError, for one that cannot be understood too."""
    key = f"runs/{uid}/{run}/sealed"
    data = store.get(key)
    if data is None:
        return None
    try:
        return msgspec.json.decode(data, type=RunManifest)
    except msgspec.DecodeError as problem:
        raise StoreError(
            f"`{key}` in `{store.url}` is not a run's manifest",
            detail=f"It was damaged, or a later unknot wrote it ({problem}). Restore it from a backup, or delete "
            "it: the run then counts as lost.",
        ) from problem


def absorb(ledger: Ledger, manifests: Iterable[RunManifest]) -> None:
    """Record runs that are over. Needs no lease."""
    events = [RunClosed(run=record_of(manifest)) for manifest in manifests]
    if events:
        ledger.append_without_lease(events)


def absorb_sealed(ledger: Ledger, services: Services) -> tuple[Diagnostic, ...]:
    """Record every run that is over and that the ledger has not seen, closing those that left no seal.

    What could not be read, and what cannot be told of a run, is in the diagnostics.
    """
    snapshot = ledger.reader().snapshot()
    found: list[RunManifest] = []
    problems: list[Diagnostic] = []
    for state in snapshot.resources.values():
        if state.type != WORKFLOW_TYPE or state.target not in snapshot.targets:
            continue
        try:
            store = open_store(snapshot.targets[state.target].store, services.project)
            runs = _unseen(store, state.uid, snapshot.runs.get(state.uid, ()))
        except StoreError as problem:
            problems.append(
                Diagnostic.warning(
                    f"runs of `{state.address}` could not be read: {problem.summary}",
                    detail=f"What is shown of it may be out of date. {problem.detail}".rstrip(),
                    address=state.address,
                )
            )
            continue
        context = services.context(snapshot.lineage, snapshot.targets, state.target)
        for run in runs:
            try:
                manifest = sealed(store, state.uid, run)
                if manifest is None:
                    query = RunQuery(context, state.uid, run)
                    found.extend(_closed_if_over(query, state.address, store, services, problems))
                    continue
            except (StoreError, UnknotError) as problem:
                problems.append(
                    Diagnostic.warning(problem.summary, detail=problem.detail, address=state.address)
                )
                continue
            if _is_news(manifest, snapshot.runs.get(state.uid, ())):
                found.append(manifest)
    absorb(ledger, sorted(found, key=lambda manifest: manifest.ended_at))
    return tuple(problems)


def _closed_if_over(
    query: RunQuery, address: Address, store: Store, services: Services, problems: list[Diagnostic]
) -> Iterator[RunManifest]:
    """The manifest of a run without a seal that is over all the same, sealed now. Raises UnknotError, StoreError.

    Its engine decides, by its own word where it has one: it knows of runs that wait for a machine, and of those that
    somebody stopped on its page.
    """
    if store.size(f"runs/{query.uid}/{query.run}/started") is None:
        return  # it only has a claim, or was deleted meanwhile
    found = services.engine(query.context.target.engine).status(query)
    if found.status == "running" and found.problem:
        problems.append(
            Diagnostic.warning(
                f"the engine of `{address}` could not be asked about run {query.run}: {found.problem}",
                detail="What is shown of it is what it recorded itself.",
                address=address,
            )
        )
    elif found.status == "running":
        services.keep_alive(store, query.uid, query.run)
    elif found.status in ("lost", "cancelled"):
        yield services.close_run(store, query.uid, query.run, found.status, found.problem)
    else:
        manifest = sealed(store, query.uid, query.run)
        if manifest is not None:  # it ended just now
            yield manifest


def run_ids(store: Store, uid: Uid, after: str | None = None) -> list[str]:
    """Runs of a workflow in its store, by time, later than `after`."""
    prefix = f"runs/{uid}/"
    start = None if after is None else f"{prefix}{after}/\U0010ffff"
    return list(
        dict.fromkeys(key[len(prefix) :].split("/", 1)[0] for key in store.list(prefix, start_after=start))
    )


def _unseen(store: Store, uid: Uid, known: tuple[RunRecord, ...]) -> list[str]:
    """Runs that may have to be absorbed: also those that began before the latest known one and ended after it."""
    latest = max((r.run for r in known), default=None)
    if latest is None:
        return run_ids(store, uid)
    began = _began(latest)
    since = latest if began is None else f"{began - OVERLAP:{RUN_TIME}}"
    return [run for run in run_ids(store, uid, since) if all(r.run != run for r in known)]


def _is_news(manifest: RunManifest, known: tuple[RunRecord, ...]) -> bool:
    """Whether a run is none of those that were absorbed before and of which the ledger no longer tells."""
    if all(manifest.run > record.run for record in known):
        return True
    return all(manifest.ended_at > record.ended_at for record in known)


def _began(run: str) -> dt.datetime | None:
    """When a run of that id began; None for an id that another made, in a way of its own."""
    try:
        return dt.datetime.strptime(run.partition("-")[0], RUN_TIME).replace(tzinfo=dt.UTC)
    except ValueError:
        return None


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
        withheld=manifest.withheld,
    )
