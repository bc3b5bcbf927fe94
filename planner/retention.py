"""Which artifacts may go: written by runs past their retention and read by nothing that still counts.

Kept are: what datasets hold, what each workflow's latest succeeded run published or wrote, everything of runs younger
than the retention, and of runs that are not over. Looks only; `delete` does what was shown.
"""

import datetime as dt
from collections.abc import Callable, Iterator

import msgspec

from unknot.stacks.run import ArtifactRef, RunManifest, TaskCommit
from unknot.state.snapshot import Snapshot
from unknot.state.stores.base import Store


class Garbage(msgspec.Struct, frozen=True):
    """One object that nothing needs."""

    store: str
    key: str
    size_bytes: int


class _Dataset(msgspec.Struct, frozen=True):
    """What matters here of a dataset that a store remembers."""

    artifact: ArtifactRef


class _Run(msgspec.Struct, frozen=True):
    ended: dt.datetime | None
    artifacts: frozenset[str]


def find_garbage(
    snapshot: Snapshot,
    open_target: Callable[[str], Store],
    *,
    retention: dt.timedelta,
    now: dt.datetime,
) -> tuple[Garbage, ...]:
    """Artifacts and cache entries of every target's store that may go."""
    found: list[Garbage] = []
    for url in sorted({target.store for target in snapshot.targets.values()}):
        store = open_target(url)
        kept = _kept(snapshot, store, now - retention)
        found.extend(
            Garbage(store.url, key, store.size(key) or 0)
            for key in store.list("artifacts/")
            if key.removeprefix("artifacts/") not in kept
        )
        found.extend(
            Garbage(store.url, key, store.size(key) or 0)
            for key in store.list("cache/")
            if not _committed(store, key) <= kept
        )
    return tuple(found)


def delete(garbage: tuple[Garbage, ...], open_target: Callable[[str], Store]) -> None:
    """Delete what was shown: cache entries first, so that nothing refers to an artifact that is gone."""
    stores: dict[str, Store] = {}
    for item in sorted(garbage, key=lambda g: not g.key.startswith("cache/")):
        store = stores.setdefault(item.store, open_target(item.store))
        store.delete(item.key)


def _kept(snapshot: Snapshot, store: Store, since: dt.datetime) -> set[str]:
    """Hashes of artifacts that something needs."""
    kept: set[str] = set()
    for state in snapshot.resources.values():
        artifact = state.outputs.get("artifact")
        if isinstance(artifact, dict):
            kept.add(str(artifact.get("hash")))
    # Those of other environments too, which have ledgers of their own and may share the store.
    for key in store.list("datasets/"):
        data = store.get(key)
        if data is not None:
            kept.add(msgspec.json.decode(data, type=_Dataset).artifact.hash)
    latest = {
        record.run for runs in snapshot.runs.values() for record in runs if record.status == "succeeded"
    }
    for run, found in _runs(store):
        if run in latest or found.ended is None or found.ended >= since:
            kept |= found.artifacts
    return kept


def _runs(store: Store) -> Iterator[tuple[str, _Run]]:
    """Every run in the store with the artifacts that it wrote or read."""
    runs: dict[str, list[str]] = {}
    for key in store.list("runs/"):
        parts = key.split("/")
        if len(parts) >= 4 and parts[3] in ("sealed", "commits", "started"):
            runs.setdefault("/".join(parts[:3]), []).append(key)
    for prefix, keys in runs.items():
        run = prefix.rpartition("/")[2]
        if f"{prefix}/sealed" in keys:
            yield run, _sealed(store, f"{prefix}/sealed")
        else:
            artifacts: set[str] = set()
            for key in keys:
                if "/commits/" in key:
                    artifacts |= _committed(store, key)
            yield run, _Run(None, frozenset(artifacts))


def _sealed(store: Store, key: str) -> _Run:
    data = store.get(key)
    if data is None:
        return _Run(None, frozenset())
    manifest = msgspec.json.decode(data, type=RunManifest)
    artifacts = {ref.hash for task in manifest.tasks for ref in task.outputs.values()}
    artifacts |= {ref.hash for ref in (*manifest.inputs.values(), *manifest.published.values())}
    return _Run(dt.datetime.fromisoformat(manifest.ended_at), frozenset(artifacts))


def _committed(store: Store, key: str) -> set[str]:
    data = store.get(key)
    if data is None:
        return set()
    return {ref.hash for ref in msgspec.json.decode(data, type=TaskCommit).record.outputs.values()}
