"""Begin and close a run, whatever the engine: claim, first object, what is published, the seal (rules R1, R2, F1)."""

from collections.abc import Iterable
from typing import Any, Literal

import msgspec

from unknot.providers.runner import claiming, clock, environment, layout
from unknot.providers.runner.gathering import stored
from unknot.providers.runner.notify import notify
from unknot.providers.runner.record import fold, last_sign, read_manifest, read_started
from unknot.providers.runner.resolving import Resolver
from unknot.providers.runner.secrets import Redactor
from unknot.stacks.errors import EngineError
from unknot.stacks.graph import LiteralValue, RunTime
from unknot.stacks.run import (
    NOT_TAKEN,
    ArtifactRef,
    Deployment,
    RunManifest,
    RunRequest,
    RunStarted,
    RunStatus,
    TaskRecord,
)
from unknot.state.stores.base import Store

FINAL = frozenset({"succeeded", "reused", "failed", "skipped", "cancelled", "lost"})


QUIET_S = 30.0
"""Seconds without a sign of life after which the engine's word is noted as one: half of what makes a run lost."""


class _Pointer(msgspec.Struct, frozen=True):
    run: str


def resolve_inputs(store: Store, request: RunRequest) -> RunRequest:
    """The request with every workflow input: as given, as deployed, or as last published by another workflow.

    Raises EngineError naming an input that nothing gives.
    """
    deployment = request.deployment
    inputs = {**deployment.inputs, **request.inputs}
    for spec in deployment.graph.inputs:
        if spec.name in inputs:
            continue
        if spec.name not in deployment.published_inputs:
            raise EngineError(
                f"nothing is bound to the input `{spec.name}` of `{deployment.address}`",
                detail=f"Bind it where the workflow is deployed: `.bind({spec.name}=...)`.",
            )
        uid, output = deployment.published_inputs[spec.name]
        found = latest_published(store, uid, output)
        if found is None:
            raise EngineError(
                f"`{deployment.address}` reads `{output}`, which has not been published yet",
                detail="Run the workflow that publishes it. It publishes when all its error checks pass.",
            )
        inputs[spec.name] = found
    return msgspec.structs.replace(request, inputs=inputs)


def latest_published(store: Store, uid: str, output: str) -> ArtifactRef | None:
    """What the workflow published last under that name, from the latest run that passed its checks."""
    for key in reversed(list(store.list(layout.published_prefix(uid)))):
        pointer = layout.read_struct(store, key, _Pointer)
        manifest = read_manifest(store, uid, pointer.run) if pointer is not None else None
        if manifest is not None and output in manifest.published:
            return manifest.published[output]
    return None


def begin(store: Store, started: RunStarted, redactor: Redactor) -> bool:
    """Write a run's first object and claim its scheduled time; False if it lost the claim and was superseded.

    Raises EngineError if a run of that id was begun by another.
    """
    request = started.request
    uid = request.deployment.uid
    recorded = _redacted(started, redactor)
    if not layout.put_struct_once(store, layout.started_key(uid, request.run), recorded):
        raise EngineError(
            f"a run `{request.run}` of `{request.deployment.address}` was begun before",
            detail="Give each run an id of its own. To carry on what a lost run left, retry it.",
        )
    return holds_its_time(store, started, redactor)


def holds_its_time(store: Store, started: RunStarted, redactor: Redactor) -> bool:
    """Claim the scheduled time of a run that was begun, if it has one; False if another run has it: this one is closed.

    Whoever goes on with a run asks again, since the process that began it may have died before it claimed (rule R2).
    """
    request = started.request
    uid = request.deployment.uid
    if request.scheduled_time is None or _carries_on(store, request):
        return True
    claimed = claiming.claim(store, uid, request.scheduled_time, request.run)
    if claimed.verdict == "ours":
        return True
    reason = claimed.by if claimed.verdict == "elsewhere" else f"run {claimed.by} has this scheduled time"
    records = tuple(
        TaskRecord(
            task=task.id,
            op=task.op,
            kind=request.deployment.graph.ops[task.op].kind,
            status="skipped",
            reason=reason,
        )
        for task in request.deployment.graph.tasks
    )
    seal(store, started, records, status="superseded", redactor=redactor)
    return False


def _carries_on(store: Store, request: RunRequest) -> bool:
    """Whether it retries a run of the same scheduled time, which was claimed then and stays claimed."""
    if request.retry_of is None:
        return False
    earlier = layout.read_struct(
        store, layout.started_key(request.deployment.uid, request.retry_of), RunStarted
    )
    return earlier is not None and earlier.request.scheduled_time == request.scheduled_time


def seal(
    store: Store,
    started: RunStarted,
    records: Iterable[TaskRecord],
    *,
    status: RunStatus | None = None,
    ended_at: str = "",
    redactor: Redactor | None = None,
) -> RunManifest:
    """Close a run with what its tasks came to, publish, and notify of a failure. The first seal counts.

    `status` is given for a run that did not end by itself: cancelled, superseded, lost; `ended_at` for one that
    ended before now.
    """
    tasks = tuple(records)
    request = started.request
    deployment = request.deployment
    verdict = status if status is not None else _verdict(tasks)
    published = _published(store, started, tasks) if verdict == "succeeded" and not request.withheld else {}
    manifest = RunManifest(
        run=request.run,
        uid=deployment.uid,
        address=deployment.address,
        stack=deployment.stack,
        environment=deployment.environment,
        owner=deployment.owner,
        target=deployment.target.name,
        engine=deployment.target.engine,
        status=verdict,
        started_at=started.at,
        ended_at=ended_at or clock.now(),
        fingerprint=deployment.fingerprint,
        bundle=deployment.bundle,
        lock=deployment.lock,
        generation=deployment.generation,
        scheduled_time=request.scheduled_time,
        triggered_by=request.triggered_by,
        parameters=_parameters(deployment),
        inputs=request.inputs,
        tasks=tasks,
        published=published,
        versions=environment.versions(),
        host=started.host,
        withheld=request.withheld,
    )
    if redactor is not None:
        manifest = msgspec.structs.replace(manifest, parameters=redactor.value(manifest.parameters))
    if published:
        # Before the seal, so that no crash between the two hides it; without the seal it counts for nothing.
        name = f"{clock.stamp(clock.parse(manifest.ended_at))}-{layout.segment(request.run)}"
        layout.put_struct_once(
            store, f"{layout.published_prefix(deployment.uid)}{name}", _Pointer(request.run)
        )
    if not layout.put_struct_once(store, layout.sealed_key(deployment.uid, request.run), manifest):
        first = read_manifest(store, deployment.uid, request.run)
        return first if first is not None else manifest
    if verdict in ("failed", "lost") or _failed_checks(tasks):
        notify(store, manifest, deployment.channels)
    return manifest


def seal_if_over(store: Store, uid: str, run: str) -> RunManifest | None:
    """Seal a run whose tasks have all ended; for engines that have no coordinator, called after each task."""
    manifest = read_manifest(store, uid, run)
    if manifest is not None:
        return manifest
    started = read_started(store, uid, run)
    records = fold(store, started)
    if all(record.status in FINAL for record in records):
        return seal(store, started, records)
    return None


def seal_unended(
    store: Store, uid: str, run: str, status: Literal["lost", "cancelled"], why: str = ""
) -> RunManifest:
    """Close a run that did not close itself, with what it left, as of its last sign of life.

    `lost`: nobody carries it on (`record.is_alive`, or its engine says so); `cancelled`: it was stopped before
    anything of it could close it. The first seal counts: one that the run itself wrote meanwhile is given back.
    """
    started = read_started(store, uid, run)
    error = (why or "the process that ran it is gone") if status == "lost" else ""
    records = tuple(
        record if record.status in FINAL else msgspec.structs.replace(record, status=status, error=error)
        for record in fold(store, started)
    )
    ended_at = last_sign(store, uid, run, started.at)
    return seal(store, started, records, status=status, ended_at=ended_at)


def keep_alive(store: Store, uid: str, run: str) -> None:
    """Note that the engine knows of a run that gives no sign of life by itself: one that waits for a machine."""
    started = read_started(store, uid, run)
    if clock.seconds_since(last_sign(store, uid, run, started.at)) > QUIET_S:
        now = clock.now()
        layout.put_once(store, f"{layout.beats_prefix(uid, run)}{now}", now.encode())


def _redacted(started: RunStarted, redactor: Redactor) -> RunStarted:
    """`started` with secrets taken out of the graph's literals and parameters."""
    return msgspec.convert(redactor.value(msgspec.to_builtins(started)), RunStarted)


def _verdict(tasks: tuple[TaskRecord, ...]) -> RunStatus:
    statuses = {task.status for task in tasks if task.reason != NOT_TAKEN}
    if "cancelled" in statuses:
        return "cancelled"
    return "succeeded" if statuses <= {"succeeded", "reused"} else "failed"


def _failed_checks(tasks: tuple[TaskRecord, ...]) -> bool:
    return any(task.passed is False for task in tasks)


def _parameters(deployment: Deployment) -> dict[str, Any]:
    return {parameter.name: parameter.value for parameter in deployment.graph.parameters}


def _published(store: Store, started: RunStarted, tasks: tuple[TaskRecord, ...]) -> dict[str, ArtifactRef]:
    """What the workflow returns, if every check of severity error passed (rule F1). Gathers what is several values."""
    if any(task.passed is False and task.severity == "error" for task in tasks):
        return {}
    resolver = Resolver(store, started, {task.task: task for task in tasks})
    graph = started.request.deployment.graph
    return {
        name: stored(store, resolver.resolve(binding))
        for name, binding in graph.published.items()
        if not isinstance(binding, (LiteralValue, RunTime))
    }
