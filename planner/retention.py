"""Which artifacts may go: written by runs past their retention and read by nothing that still counts.

Kept are: what datasets hold, what deployments are bound to, what each workflow's latest succeeded run read, wrote or
published, everything of runs younger than the retention, and of runs that are not over. All of it counts for every
environment that shares the store, by what the store itself tells. Looks only; `delete` does what was shown.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from typing import TypeVar

import msgspec

from unknot.stacks.run import ArtifactRef, RunManifest, RunStarted, TaskCommit
from unknot.state.snapshot import Snapshot
from unknot.state.stores.base import Store, StoreError

NEVER = dt.datetime.min.replace(tzinfo=dt.UTC)

S = TypeVar("S", bound=msgspec.Struct)


class Garbage(msgspec.Struct, frozen=True):
    """One object that nothing needs."""

    store: str
    key: str
    size_bytes: int


class _Dataset(msgspec.Struct, frozen=True):
    """What matters here of a dataset that a store remembers."""

    artifact: ArtifactRef


class _Bound(msgspec.Struct, frozen=True):
    """What matters here of a deployment."""

    inputs: dict[str, ArtifactRef] = {}


class _Run(msgspec.Struct, frozen=True):
    ended: dt.datetime | None
    """None for a run that is not over."""
    artifacts: frozenset[str]
    """What it read, wrote and published."""
    succeeded: bool = False
    order: tuple[dt.datetime, str] = (NEVER, "")
    """The latest is the one with the highest."""


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
            if not _entry(store, key) <= kept
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
    # What follows is read from the store: other environments have ledgers of their own and may share it.
    for key in store.list("datasets/"):
        dataset = _read(store, key, _Dataset)
        if dataset is not None:
            kept.add(dataset.artifact.hash)
    for key in store.list("deployments/"):
        deployment = _read(store, key, _Bound)
        if deployment is not None:
            kept |= _hashes(deployment.inputs)
    latest: dict[str, _Run] = {}
    for uid, found in _runs(store):
        if found.ended is None or found.ended >= since:
            kept |= found.artifacts
        if found.succeeded and (uid not in latest or found.order > latest[uid].order):
            latest[uid] = found
    return kept.union(*(run.artifacts for run in latest.values()))


def _runs(store: Store) -> Iterator[tuple[str, _Run]]:
    """Every run in the store, with its workflow's uid."""
    runs: dict[str, list[str]] = {}
    for key in store.list("runs/"):
        parts = key.split("/")
        if len(parts) >= 4 and parts[3] in ("sealed", "commits", "started"):
            runs.setdefault("/".join(parts[:3]), []).append(key)
    for prefix, keys in runs.items():
        uid = prefix.split("/")[1]
        manifest = _read(store, f"{prefix}/sealed", RunManifest) if f"{prefix}/sealed" in keys else None
        yield uid, _open(store, prefix, keys) if manifest is None else _sealed(manifest)


def _open(store: Store, prefix: str, keys: list[str]) -> _Run:
    """A run that is not over: what it was given, and what it has so far."""
    started = _read(store, f"{prefix}/started", RunStarted)
    artifacts = set() if started is None else _hashes(started.request.inputs)
    for key in keys:
        if "/commits/" in key:
            artifacts |= _committed(store, key)
    return _Run(None, frozenset(artifacts))


def _sealed(manifest: RunManifest) -> _Run:
    artifacts = _hashes(manifest.inputs) | _hashes(manifest.published)
    for task in manifest.tasks:
        artifacts |= _hashes(task.outputs)
    ended = dt.datetime.fromisoformat(manifest.ended_at)
    order = (ended, manifest.run)
    good = manifest.status == "succeeded" and not manifest.withheld
    return _Run(ended, frozenset(artifacts), good, order)


def _committed(store: Store, key: str) -> set[str]:
    commit = _read(store, key, TaskCommit)
    return set() if commit is None else _hashes(commit.record.outputs)


def _entry(store: Store, key: str) -> set[str]:
    """Artifacts of a cache entry; one that cannot be understood is of no use and counts as garbage."""
    try:
        return _committed(store, key)
    except StoreError:
        return {""}


def _hashes(artifacts: Mapping[str, ArtifactRef]) -> set[str]:
    return {ref.hash for ref in artifacts.values()}


def _read(store: Store, key: str, kind: type[S]) -> S | None:
    """An object that may have gone meanwhile. Raises StoreError for one that cannot be understood.

    What it needs is then not known, so that nothing may be deleted.
    """
    data = store.get(key)
    if data is None:
        return None
    try:
        return msgspec.json.decode(data, type=kind)
    except msgspec.DecodeError as problem:
        raise StoreError(
            f"`{key}` in `{store.url}` cannot be read, so that nothing there can be called unneeded",
            detail=f"It was damaged, or a later unknot wrote it ({problem}). Restore it, or delete it if it is "
            "of no use, and try again.",
        ) from problem
