"""Which artifacts and packed code may go: of runs past their retention, and needed by nothing that still counts.

Kept are: what datasets hold, what deployments are bound to and made of, what each workflow's latest succeeded run read,
wrote or published, everything of runs younger than the retention, and of runs that are not over. Of a workflow that was
destroyed, the latest succeeded run is kept for a time of its own. All of it counts for every environment that shares
the store, by what the store itself tells. Looks only; `delete` does what was shown.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from typing import TypeVar

import msgspec

from unknot.stacks.address import Uid
from unknot.stacks.run import ArtifactRef, RunManifest, RunStarted, TaskCommit
from unknot.state.snapshot import Snapshot
from unknot.state.stores.base import Store, StoreError

NEVER = dt.datetime.min.replace(tzinfo=dt.UTC)
NOTHING: Mapping[Uid, dt.datetime] = {}

RETENTION_DESTROYED = dt.timedelta(days=90)
"""How long what a destroyed workflow published last is kept, for one that was destroyed by mistake."""

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

    bundle: str = ""
    inputs: dict[str, ArtifactRef] = {}


class _Run(msgspec.Struct, frozen=True):
    uid: str
    is_over: bool
    last_sign: dt.datetime
    """When it ended, or was last heard of."""
    needs: "_Needed"
    """What it read, wrote and published, and the code that it ran."""
    succeeded: bool = False
    order: tuple[dt.datetime, str] = (NEVER, "")
    """The latest is the one with the highest."""


class _Needed(msgspec.Struct):
    """What must stay."""

    artifacts: set[str] = msgspec.field(default_factory=set)
    bundles: set[str] = msgspec.field(default_factory=set)

    def add(self, other: "_Needed") -> None:
        self.artifacts |= other.artifacts
        self.bundles |= other.bundles


def find_garbage(
    snapshot: Snapshot,
    open_target: Callable[[str], Store],
    *,
    retention: dt.timedelta,
    now: dt.datetime,
    retention_destroyed: dt.timedelta = RETENTION_DESTROYED,
    destroyed_at: Mapping[Uid, dt.datetime] = NOTHING,
) -> tuple[Garbage, ...]:
    """Artifacts, cache entries and packed code of every target's store that may go.

    The latest good run of a destroyed workflow is kept for `retention_destroyed` from its end, or from when the
    workflow was destroyed where `destroyed_at` tells. Raises StoreError.
    """
    found: list[Garbage] = []
    for url in sorted({target.store for target in snapshot.targets.values()}):
        store = open_target(url)
        needed = _needed(snapshot, store, now - retention, now - retention_destroyed, destroyed_at)
        unneeded = [
            *(key for key in store.list("artifacts/") if _name(key) not in needed.artifacts),
            *(key for key in store.list("bundles/") if _name(key) not in needed.bundles),
            *(key for key in store.list("cache/") if not _entry(store, key) <= needed.artifacts),
        ]
        found.extend(Garbage(store.url, key, store.size(key) or 0) for key in unneeded)
    return tuple(found)


def delete(garbage: tuple[Garbage, ...], open_target: Callable[[str], Store]) -> int:
    """Delete what was shown; how many objects that were.

    Cache entries go first, so that nothing refers to an artifact that is gone. Code that was deployed since is kept.
    """
    stores: dict[str, Store] = {}
    deployed: dict[str, set[str]] = {}
    deleted = 0
    for item in sorted(garbage, key=lambda g: not g.key.startswith("cache/")):
        store = stores.setdefault(item.store, open_target(item.store))
        if item.key.startswith("bundles/"):
            if item.store not in deployed:
                deployed[item.store] = _deployed(store).bundles
            if _name(item.key) in deployed[item.store]:
                continue
        store.delete(item.key)
        deleted += 1
    return deleted


def _needed(
    snapshot: Snapshot,
    store: Store,
    since: dt.datetime,
    since_destroyed: dt.datetime,
    destroyed_at: Mapping[Uid, dt.datetime],
) -> _Needed:
    needed = _deployed(store)
    alive = {key.split("/")[1] for key in store.list("deployments/")}
    for state in snapshot.resources.values():
        alive.add(state.uid)
        artifact, bundle = state.outputs.get("artifact"), state.inputs.get("bundle")
        if isinstance(artifact, dict):
            needed.artifacts.add(str(artifact.get("hash")))
        if isinstance(bundle, str):
            needed.bundles.add(bundle)
    # What follows is read from the store: other environments have ledgers of their own and may share it.
    for key in store.list("datasets/"):
        dataset = _read(store, key, _Dataset)
        if dataset is not None:
            needed.artifacts |= _hashes({"": dataset.artifact})
    latest: dict[str, _Run] = {}
    for run in _runs(store):
        goes_on = not run.is_over and run.uid in alive  # nobody carries on a run of what was destroyed
        if goes_on or run.last_sign >= since:
            needed.add(run.needs)
        if run.succeeded and (run.uid not in latest or run.order > latest[run.uid].order):
            latest[run.uid] = run
    for uid, run in latest.items():
        if uid in alive or max(run.last_sign, destroyed_at.get(Uid(uid), NEVER)) >= since_destroyed:
            needed.add(run.needs)
    return needed


def _deployed(store: Store) -> _Needed:
    """What deployments are made of and bound to."""
    needed = _Needed()
    for key in store.list("deployments/"):
        deployment = _read(store, key, _Bound)
        if deployment is not None:
            needed.add(_Needed(_hashes(deployment.inputs), {deployment.bundle}))
    return needed


def _runs(store: Store) -> Iterator[_Run]:
    """Every run in the store."""
    runs: dict[str, list[str]] = {}
    for key in store.list("runs/"):
        parts = key.split("/")
        if len(parts) >= 4 and parts[3] in ("sealed", "commits", "started", "beats"):
            runs.setdefault("/".join(parts[:3]), []).append(key)
    for prefix, keys in runs.items():
        manifest = _read(store, f"{prefix}/sealed", RunManifest) if f"{prefix}/sealed" in keys else None
        yield _open(store, prefix, keys) if manifest is None else _sealed(manifest)


def _open(store: Store, prefix: str, keys: list[str]) -> _Run:
    """A run that is not over: what it was given, and what it has so far."""
    started = _read(store, f"{prefix}/started", RunStarted)
    needs = _Needed()
    last_sign = NEVER
    if started is not None:
        needs = _Needed(_hashes(started.request.inputs), {started.request.deployment.bundle})
        last_sign = _moment(started.at)
    for key in keys:
        if "/commits/" in key:
            needs.artifacts |= _committed(store, key)
    beats = [key for key in keys if "/beats/" in key]
    if beats:
        last_sign = max(last_sign, _moment((store.get(max(beats)) or b"").decode(errors="replace")))
    return _Run(prefix.split("/")[1], False, last_sign, needs)


def _sealed(manifest: RunManifest) -> _Run:
    artifacts = _hashes(manifest.inputs) | _hashes(manifest.published)
    for task in manifest.tasks:
        artifacts |= _hashes(task.outputs)
    ended = dt.datetime.fromisoformat(manifest.ended_at)
    order = (ended, manifest.run)
    good = manifest.status == "succeeded" and not manifest.withheld
    return _Run(manifest.uid, True, ended, _Needed(artifacts, {manifest.bundle}), good, order)


def _moment(text: str) -> dt.datetime:
    """A time in a stream; one that cannot be read tells nothing."""
    try:
        found = dt.datetime.fromisoformat(text)
    except ValueError:
        return NEVER
    return found if found.tzinfo is not None else found.replace(tzinfo=dt.UTC)


def _name(key: str) -> str:
    return key.partition("/")[2]


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
    return {part.hash for ref in artifacts.values() for part in ref.whole()}


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
