"""Start runs through their engines and follow them to their end."""

import datetime as dt
import secrets
import threading
from collections.abc import Callable, Collection, Iterable, Mapping

import msgspec

from unknot.planner.absorbing import RUN_TIME, absorb, run_ids, sealed
from unknot.planner.plan import PlannedRun
from unknot.planner.services import Services
from unknot.providers.engine import Engine, RunProgress, RunQuery, TriggerRequest
from unknot.stacks.address import Address
from unknot.stacks.diagnostic import nearest
from unknot.stacks.errors import EngineError, UnknotError
from unknot.stacks.run import ArtifactRef, Deployment, RunManifest, RunRequest, RunStarted
from unknot.stacks.workflow.identity import find_task
from unknot.state.ledger import Ledger
from unknot.state.snapshot import ResourceState, RunRecord, Snapshot
from unknot.state.stores.base import Store, StoreError
from unknot.state.stores.opening import open_store

POLL_S = 0.5
"""Seconds between looks at whether the user asked to stop."""


NOTHING: Mapping[str, ArtifactRef] = {}


class RunReport(msgspec.Struct, frozen=True, omit_defaults=True):
    """How one run that apply started fared."""

    address: Address
    run: str
    status: str
    detail: str = ""


class RunProgressed(msgspec.Struct, frozen=True):
    """A run that apply or `run` started, as far as it has come."""

    address: Address
    progress: RunProgress
    labels: Mapping[str, str]
    """Task id to what people call it."""


class RunOptions(msgspec.Struct, frozen=True):
    """How one run is to be started."""

    use_cache: bool = True
    from_task: str | None = None
    retry_of: str | None = None
    scheduled_time: str | None = None
    triggered_by: str = "apply"
    published: dict[str, ArtifactRef] = {}
    """What to read of other workflows, by input; the latest that they published where left out."""
    withheld: str = ""
    """Why nothing is to be published; empty: it is."""


def run_workflows(
    runs: Iterable[PlannedRun],
    ledger: Ledger,
    services: Services,
    *,
    blocked: Collection[Address],
    stop: threading.Event,
    progress: Callable[[RunProgressed], None] | None = None,
) -> tuple[RunReport, ...]:
    """Run each in its turn. One whose upstream failed is skipped by name."""
    reports: list[RunReport] = []
    failed: dict[Address, str] = dict.fromkeys(blocked, "failed")
    for planned in runs:
        waited = next((a for a in (planned.address, *planned.after) if a in failed), None)
        if stop.is_set():
            reports.append(RunReport(planned.address, "", "cancelled", "interrupted before it began"))
        elif waited is not None:
            reports.append(RunReport(planned.address, "", "skipped", f"because of `{waited}`"))
        else:
            try:
                reports.append(_run_planned(planned, ledger, services, stop, progress))
            except (UnknotError, StoreError) as problem:
                said = f"{problem.summary}. {problem.detail}".removesuffix(". ")
                reports.append(RunReport(planned.address, "", "failed", said))
        if reports[-1].status not in ("succeeded", "superseded"):
            failed[planned.address] = reports[-1].status
    return tuple(reports)


def _run_planned(
    planned: PlannedRun,
    ledger: Ledger,
    services: Services,
    stop: threading.Event,
    progress: Callable[[RunProgressed], None] | None,
) -> RunReport:
    snapshot = ledger.reader().snapshot()
    state = snapshot.resources.get(planned.address)
    if state is None:
        return RunReport(planned.address, "", "skipped", "it is not deployed")
    deployment = deployed(state, snapshot, services)
    manifest = run_deployment(
        deployment, state, snapshot, services, RunOptions(), stop=stop, progress=progress
    )
    absorb(ledger, [manifest])
    return RunReport(planned.address, manifest.run, manifest.status, failure_of(manifest))


def run_deployment(
    deployment: Deployment,
    state: ResourceState,
    snapshot: Snapshot,
    services: Services,
    options: RunOptions,
    *,
    stop: threading.Event,
    progress: Callable[[RunProgressed], None] | None = None,
) -> RunManifest:
    """Start one run and follow it to its end; setting `stop` cancels it. Raises EngineError."""
    context = services.context(snapshot.lineage, snapshot.targets, state.target)
    engine = services.engine(context.target.engine)
    labels = deployment.graph.labels()
    request = RunRequest(
        run=new_run_id(),
        deployment=deployment,
        scheduled_time=options.scheduled_time,
        inputs=inputs_of(deployment, snapshot, options.published),
        use_cache=options.use_cache,
        from_task=_task_id(deployment, options.from_task),
        retry_of=options.retry_of,
        triggered_by=options.triggered_by,
        withheld=options.withheld,
    )
    follow = None if progress is None else lambda found: progress(RunProgressed(state.address, found, labels))
    engine.trigger(TriggerRequest(context, request, follow))
    query = RunQuery(context, deployment.uid, request.run)
    cancelled = False
    while engine.wait(query, POLL_S).status == "running":
        if stop.is_set() and not cancelled:
            cancelled = True
            engine.cancel(query)
    manifest = sealed(open_store(context.target.store, services.project), deployment.uid, request.run)
    if manifest is None:
        raise EngineError(
            f"the run `{request.run}` of `{state.address}` ended without a seal",
            detail="Its process died. What succeeded is kept: run it again.",
        )
    return manifest


def _task_id(deployment: Deployment, name: str | None) -> str | None:
    if name is None:
        return None
    found = find_task(deployment.graph, name)
    if found is None:
        known = deployment.graph.labels().values()
        raise EngineError(
            f"`{deployment.address}` has no task `{name}`",
            detail=f"{nearest(name, known)}Tasks: {', '.join(known)}.",
        )
    return found


def deployed(state: ResourceState, snapshot: Snapshot, services: Services) -> Deployment:
    """What is deployed for a workflow now, read from its engine. Raises EngineError when nothing is."""
    context = services.context(snapshot.lineage, snapshot.targets, state.target)
    found = services.engine(context.target.engine).deployed(RunQuery(context, state.uid, ""))
    if found is None:
        raise EngineError(
            f"`{state.address}` is not deployed on `{state.target}`", detail="Run `unknot apply` first."
        )
    return found


def retrying(engine: Engine, query: RunQuery, store: Store) -> RunRequest:
    """What an earlier run was asked to do. Raises EngineError if it never was, or is not over."""
    data = store.get(f"runs/{query.uid}/{query.run}/started")
    if data is None:
        recent = ", ".join(f"`{known}`" for known in run_ids(store, query.uid)[-3:])
        raise EngineError(
            f"there is no run `{query.run}` to retry",
            detail=f"The latest are {recent}." if recent else "The workflow has never run on its target.",
        )
    if engine.status(query).status == "running":
        raise EngineError(
            f"the run `{query.run}` is not over", detail="Retry it when it is, or has been stopped."
        )
    return msgspec.json.decode(data, type=RunStarted).request


def inputs_of(
    deployment: Deployment, snapshot: Snapshot, given: Mapping[str, ArtifactRef] = NOTHING
) -> dict[str, ArtifactRef]:
    """Every input of a run: fixed ones, those given, and the latest that other workflows published.

    Raises EngineError.
    """
    inputs = dict(deployment.inputs)
    for name, (uid, output) in deployment.published_inputs.items():
        if name in given:
            inputs[name] = given[name]
            continue
        record = last_succeeded(snapshot.runs.get(uid, ()))
        if record is None or output not in record.published:
            upstream = next((s.address for s in snapshot.resources.values() if s.uid == uid), uid)
            raise EngineError(
                f"`{deployment.address}` needs `{output}` of `{upstream}`, which has published none",
                detail=f"Run it first: `unknot run {upstream}`. A run publishes when its error checks passed.",
            )
        inputs[name] = msgspec.convert(record.published[output], ArtifactRef)
    return inputs


def last_succeeded(runs: Iterable[RunRecord]) -> RunRecord | None:
    """The latest run whose outputs count."""
    return max((r for r in runs if r.status == "succeeded" and r.counts), key=lambda r: r.run, default=None)


def failure_of(manifest: RunManifest) -> str:
    """Which task failed and why; empty for a run that succeeded."""
    if manifest.status == "succeeded":
        return ""
    for task in manifest.tasks:
        if task.status in ("failed", "lost"):
            return f"`{task.op}`: {task.error or task.reason or task.status}; ask {manifest.owner}"
        if task.kind == "check" and task.passed is False and task.severity == "error":
            return f"check `{task.op}` failed; ask {manifest.owner}"
    return ""


def new_run_id() -> str:
    """Sorts by time to the millisecond, so that what is later is found by listing after what is known."""
    now = dt.datetime.now(dt.UTC)
    return f"{now:{RUN_TIME}}-{now.microsecond // 1000:03x}{secrets.token_hex(2)}"
