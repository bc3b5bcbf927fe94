"""Move a workflow: its code, runs, artifacts and claims are copied and proven, then its schedule changes sides.

provision   deployed at the target, without its schedule
copy        runs, what they wrote and read, claims, what can be reused
verify      everything at the target is read and compared with the manifest
shadow      run at the target with the inputs of the last good run, and compared with it; nothing is published
cutover     the schedule begins at the target, and one instant decides which side runs which time (rule R2);
            what the source wrote meanwhile is copied and proven
retire      the engine that was left starts nothing by itself any more
"""

import functools
import time
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import msgspec

from unknot.providers import registry
from unknot.providers.base import Context, CreateRequest, Mark
from unknot.providers.engine import Capability, DeployRequest, Engine, RunQuery, UndeployRequest
from unknot.providers.mover import Load, MoveError, MoveRequest, PhaseResult
from unknot.providers.moving import carrying
from unknot.providers.moving.selection import Selection
from unknot.providers.moving.shadowing import shadowed
from unknot.providers.runner import claiming, layout
from unknot.providers.runner.record import read_manifest
from unknot.providers.workflow import deployment_of
from unknot.stacks.run import ArtifactRef, Deployment, RunManifest, RunStarted, TaskCommit
from unknot.state.stores.base import Store

READERS = 16
"""Threads that read manifests of runs."""

DRAIN_S = 3600.0
"""For runs that are under way at the source to end, before what they wrote is copied."""

_POLL_S = 1.0


class WorkflowMover:
    """Moves `workflow`."""

    def phases(self, request: MoveRequest) -> tuple[str, ...]:
        carried = () if carrying.shares_store(request) else ("copy", "verify")
        shadow = ("shadow",) if request.shadow is not None and request.shadow.runs else ()
        return ("provision", *carried, *shadow, "cutover", "retire")

    def survey(self, request: MoveRequest) -> Load:
        return Load() if carrying.shares_store(request) else _carriage(request).loaded()

    def carry_out(self, phase: str, request: MoveRequest) -> PhaseResult:
        match phase:
            case "provision":
                return self._provision(request)
            case "copy":
                return PhaseResult(self._copied(request))
            case "verify":
                return PhaseResult(_carriage(request).proven())
            case "shadow":
                return PhaseResult(
                    shadowed(request, msgspec.structs.replace(_wanted(request), schedule=None))
                )
            case "cutover":
                return self._cut_over(request)
            case "retire":
                _engine(request.source).suspend(
                    UndeployRequest(request.source, request.uid, request.source_id)
                )
                return PhaseResult()
        raise MoveError(f"a workflow has no phase `{phase}`")

    def clean_up(self, request: MoveRequest) -> None:
        self._remove(request, request.source)
        if not carrying.shares_store(request):
            claiming.part(carrying.store_of(request.target), request.uid)

    def give_up(self, request: MoveRequest) -> None:
        self._remove(request, request.target)

    def verify(self, request: MoveRequest) -> Mapping[str, Any]:
        return carrying.NOTHING if carrying.shares_store(request) else _carriage(request).faults()

    def _remove(self, request: MoveRequest, context: Context) -> None:
        """What one side holds for itself. Artifacts and code go by `unknot gc` when nothing refers to them."""
        where = UndeployRequest(context, request.uid, request.uid)
        if carrying.shares_store(request):
            _engine(context).withdraw(where)
            return
        _engine(context).undeploy(where)
        uid = request.uid
        prefixes = (
            layout.runs_prefix(uid),
            layout.published_prefix(uid),
            layout.claims_prefix(uid),
            layout.cutovers_prefix(uid),
        )
        carrying.dropped(context, Selection(prefixes))

    def _provision(self, request: MoveRequest) -> PhaseResult:
        source, target = carrying.store_of(request.source), carrying.store_of(request.target)
        claiming.enter(source, target, request.uid, request.move)
        wanted = _wanted(request)
        layout.put_once(target, layout.bundle_key(wanted.bundle), _code(request, wanted))
        keeps_more = Capability.SCHEDULES in _engine(request.target).capabilities
        if carrying.shares_store(request) and not keeps_more:
            return PhaseResult()  # the record of what is deployed is one: it changes hands in the cutover
        _deploy(request, msgspec.structs.replace(wanted, schedule=None))
        return PhaseResult()

    def _cut_over(self, request: MoveRequest) -> PhaseResult:
        source, target = carrying.store_of(request.source), carrying.store_of(request.target)
        wanted = _wanted(request)
        # On before the instant: it runs nothing that is not its own.
        outputs = _deploy(request, wanted)
        lead_s = claiming.SKEW_S if wanted.schedule is not None else 0.0
        instant = claiming.cut_over(source, target, request.uid, request.move, lead_s=lead_s)
        self._drain(request, source)
        found = self._copied(request)
        verified = request.done.get("verify", {}).get("digest")
        if not carrying.shares_store(request) and found["digest"] != verified:
            found = {**found, **_carriage(request).proven()}
        claiming.settle(source, target, request.uid, request.move)
        return PhaseResult({**found, "instant": instant.isoformat()}, id=request.uid, outputs=outputs)

    def _drain(self, request: MoveRequest, store: Store) -> None:
        """Wait for runs of the source to end: what they write is to arrive too."""
        if carrying.shares_store(request):
            return
        engine, deadline = _engine(request.source), time.monotonic() + DRAIN_S
        told = False
        while running := _running(engine, request, store):
            if request.stopping() or time.monotonic() > deadline:
                raise MoveError(
                    f"the run `{running}` of `{request.address}` goes on at `{request.source.target.name}`",
                    detail="Its results would stay behind. Apply again when it has ended, or cancel it.",
                )
            if request.progress is not None and not told:
                request.progress(f"waiting for the run `{running}` to end")
                told = True
            time.sleep(_POLL_S)  # a run of another process: there is nothing to be woken by

    def _copied(self, request: MoveRequest) -> Mapping[str, Any]:
        """Everything that proves itself by its content or is written once; then what can be reused."""
        if carrying.shares_store(request):
            return carrying.NOTHING
        found = _carriage(request).carry()
        source, target = carrying.store_of(request.source), carrying.store_of(request.target)
        for commit in _commits(source, request.uid):
            # Not proven and not replaced: it says where outputs are, and runs at the target write it too.
            data = source.get(layout.cache_key(commit.cache_key)) if commit.cache_key else None
            if data is not None:
                target.put_if_absent(layout.cache_key(commit.cache_key), data)
        return found


def _carriage(request: MoveRequest) -> carrying.Carriage:
    return carrying.between_stores(
        request, lambda: selection_of(carrying.store_of(request.source), request.uid)
    )


def _commits(store: Store, uid: str, folders: Iterable[str] | None = None) -> Iterator[TaskCommit]:
    """Of all runs, or of some of them."""
    for folder in layout.folders(store, layout.runs_prefix(uid)) if folders is None else folders:
        for key in store.list(layout.commits_prefix(uid, layout.name_of(folder))):
            commit = layout.read_struct(store, key, TaskCommit)
            if commit is not None:
                yield commit


def selection_of(store: Store, uid: str) -> Selection:
    """All objects of a store that a workflow's history needs."""
    keys: set[str] = set()
    with ThreadPoolExecutor(READERS) as pool:
        for found in pool.map(
            functools.partial(_needed, store, uid), layout.folders(store, layout.runs_prefix(uid))
        ):
            keys |= found
    return Selection(
        (layout.runs_prefix(uid), layout.published_prefix(uid), layout.claims_prefix(uid)), frozenset(keys)
    )


def _needed(store: Store, uid: str, folder: str) -> set[str]:
    """Keys outside of the run's own folder that it refers to, as far as they are in this store."""
    run = layout.name_of(folder)
    keys: set[str] = set()
    refs: list[ArtifactRef] = []
    started = layout.read_struct(store, layout.started_key(uid, run), RunStarted)
    if started is not None:
        refs += started.request.inputs.values()
        keys.add(layout.bundle_key(started.request.deployment.bundle))
    manifest = read_manifest(store, uid, run)
    if manifest is not None:
        refs += (*_of(manifest), *manifest.inputs.values())
    for commit in _commits(store, uid, (folder,)):
        refs += commit.record.outputs.values()
    for ref in refs:
        keys |= {part.location for part in ref.whole() if part.location and part.store in ("", store.url)}
    return keys


def _of(manifest: RunManifest) -> Iterator[ArtifactRef]:
    yield from manifest.published.values()
    for task in manifest.tasks:
        yield from task.outputs.values()


def _running(engine: Engine, request: MoveRequest, store: Store) -> str:
    """A run of the source that is not over; empty if there is none."""
    for folder in layout.folders(store, layout.runs_prefix(request.uid)):
        run = layout.name_of(folder)
        if read_manifest(store, request.uid, run) is not None:
            continue
        if layout.read_struct(store, layout.started_key(request.uid, run), RunStarted) is None:
            continue
        if engine.status(RunQuery(request.source, request.uid, run)).status == "running":
            return run
    return ""


def _wanted(request: MoveRequest) -> Deployment:
    return deployment_of(
        CreateRequest(
            request.target,
            request.address,
            request.type,
            dict(request.inputs),
            request.token,
            Mark(request.source.lineage, request.uid),
            request.generation,
            0.0,
            request.owner,
            request.bundles,
        )
    )


def _deploy(request: MoveRequest, deployment: Deployment) -> dict[str, Any]:
    response = _engine(request.target).deploy(
        DeployRequest(request.target, deployment, _code(request, deployment))
    )
    return {**response.outputs, "uid": request.uid} if response.outputs.get("uid") else {"uid": request.uid}


def _code(request: MoveRequest, deployment: Deployment) -> bytes:
    """From the plan; else, for a move back, from where it was deployed before."""
    if request.bundles is not None:
        return request.bundles.read(deployment.bundle)
    for context in (request.source, request.target):
        data = carrying.store_of(context).get(layout.bundle_key(deployment.bundle))
        if data is not None:
            return data
    raise MoveError("the packed code is not at hand", detail="Apply from the plan that has it.")


def _engine(context: Context) -> Engine:
    return registry.engine(context.target.engine)
