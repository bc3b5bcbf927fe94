"""The local engine: tasks as processes of this machine, everything else as objects in the target's store."""

import os
import socket
import threading
import time
from collections.abc import Mapping
from pathlib import Path

import msgspec

from unknot.providers.base import (
    Capability,
    Context,
    DeployRequest,
    DeployResponse,
    LogLine,
    RunProgress,
    RunQuery,
    TriggerRequest,
    TriggerResponse,
    UndeployRequest,
)
from unknot.providers.local.coordinator import Coordinator
from unknot.providers.local.machine import Machine
from unknot.providers.runner import clock, layout, secrets
from unknot.providers.runner.closing import begin, resolve_inputs
from unknot.providers.runner.containers import runtime
from unknot.providers.runner.record import progress_of_manifest, read_logs, run_status
from unknot.stacks.errors import EngineError, UnknotError
from unknot.stacks.graph import ContainerCode, WorkflowGraph, element_of
from unknot.stacks.run import Deployment, RunManifest, RunStarted
from unknot.stacks.secret import Secret
from unknot.state.stores.base import Store, StoreError
from unknot.state.stores.opening import open_store

POLL_S = (0.1, 2.0)
"""Shortest and longest wait between two looks at a run of another process."""

_CAPABILITIES = frozenset(
    {
        Capability.RETRIES,
        Capability.TIME_LIMIT,
        Capability.MEMORY_LIMIT,
        Capability.SECRETS,
        Capability.COMMANDS,
        Capability.NOTEBOOKS,
        Capability.CANCEL,
        Capability.LIVE_LOGS,
        Capability.DYNAMIC,
    }
)


class LocalEngine:
    """Runs workflows on this machine. Runs triggered here live in this process; others are seen in the store."""

    def __init__(self) -> None:
        self.name = "local"
        self.capabilities = _CAPABILITIES | ({Capability.CONTAINERS} if runtime() else frozenset())
        self._lock = threading.Lock()
        self._machine: Machine | None = None
        self._runs: dict[tuple[str, str, str], Coordinator] = {}

    def deploy(self, request: DeployRequest) -> DeployResponse:
        deployment = request.deployment
        self._check(deployment.graph)
        _refuse_secrets(deployment)
        with _translated(), _Opened(request.context) as store:
            key = layout.bundle_key(deployment.bundle)
            if not layout.put_once(store, key, request.bundle):
                raise EngineError(
                    f"the bundle `{deployment.bundle[:12]}` in `{store.url}` has other bytes than the one to deploy",
                    detail=f"`{key}` was damaged, or the bundle is not the one that the plan names. Delete it and apply again.",
                )
            _record(store, deployment)
        return DeployResponse(deployment.uid, {"generation": deployment.generation})

    def undeploy(self, request: UndeployRequest) -> None:
        with _translated(), _Opened(request.context) as store:
            bundles = set()
            for key in list(store.list(layout.deployments_prefix(request.uid))):
                deployment = layout.read_struct(store, key, Deployment)
                bundles |= {deployment.bundle} if deployment is not None else set()
                store.delete(key)
            if bundles:
                for key in store.list("deployments/"):
                    other = layout.read_struct(store, key, Deployment)
                    bundles -= {other.bundle} if other is not None else set()
            for bundle in bundles:
                store.delete(layout.bundle_key(bundle))

    def deployed(self, request: RunQuery) -> Deployment | None:
        with _translated(), _Opened(request.context) as store:
            return _latest(store, request.uid)

    def trigger(self, request: TriggerRequest) -> TriggerResponse:
        run = request.request
        deployment = run.deployment
        self._check(deployment.graph)
        if run.from_task is not None and not _has_task(deployment.graph, run.from_task):
            raise EngineError(
                f"`{deployment.address}` has no task `{run.from_task}`",
                detail=f"Its tasks: {', '.join(task.id for task in deployment.graph.tasks)}.",
            )
        with _translated(), _Opened(request.context) as store:
            engine_run = f"local:{socket.gethostname()}:{os.getpid()}"
            key = (store.url, deployment.uid, run.run)
            with self._lock:
                if key in self._runs:
                    return TriggerResponse(engine_run)
            started = RunStarted(
                resolve_inputs(store, run), clock.now(), socket.gethostname(), os.getpid(), engine_run
            )
            redactor = _redactor(deployment)
            coordinator = Coordinator(
                store,
                started,
                scratch=request.context.project / ".unknot" / "scratch",
                machine=self._budget(),
                redactor=redactor,
                progress=request.progress,
            )
            if begin(store, started, redactor):
                with self._lock:
                    self._runs[key] = coordinator
                coordinator.start()
            return TriggerResponse(engine_run)

    def wait(self, query: RunQuery, timeout_s: float | None = None) -> RunProgress:
        with _translated(), _Opened(query.context) as store:
            coordinator = self._here(store, query)
            if coordinator is not None:
                coordinator.done.wait(timeout_s)
                if coordinator.problem:
                    raise EngineError(f"run `{query.run}` could not be recorded", detail=coordinator.problem)
                return coordinator.progress()
            deadline = None if timeout_s is None else time.monotonic() + timeout_s
            pause = POLL_S[0]
            while True:
                progress = _progress(run_status(store, query.uid, query.run))
                left = pause if deadline is None else deadline - time.monotonic()
                if progress.status != "running" or left <= 0:
                    return progress
                time.sleep(min(pause, left))  # a run of another process: there is nothing to be woken by
                pause = min(pause * 1.5, POLL_S[1])

    def status(self, query: RunQuery) -> RunProgress:
        with _translated(), _Opened(query.context) as store:
            coordinator = self._here(store, query)
            if coordinator is not None and not coordinator.problem:
                return coordinator.progress()
            return _progress(run_status(store, query.uid, query.run))

    def cancel(self, query: RunQuery) -> None:
        with _translated(), _Opened(query.context) as store:
            coordinator = self._here(store, query)
            if coordinator is not None:
                coordinator.cancel()
                return
            if isinstance(run_status(store, query.uid, query.run), RunProgress):
                layout.put_once(store, layout.cancel_key(query.uid, query.run), b"")

    def logs(self, query: RunQuery) -> Mapping[str, tuple[LogLine, ...]]:
        with _translated(), _Opened(query.context) as store:
            return read_logs(store, query.uid, query.run, query.task)

    def _here(self, store: Store, query: RunQuery) -> Coordinator | None:
        with self._lock:
            return self._runs.get((store.url, query.uid, query.run))

    def _budget(self) -> Machine:
        with self._lock:
            if self._machine is None:
                self._machine = Machine.here()
            return self._machine

    def _check(self, graph: WorkflowGraph) -> None:
        if Capability.CONTAINERS in self.capabilities:
            return
        for op in graph.ops.values():
            if isinstance(op.code, ContainerCode):
                raise EngineError(
                    f"op `{op.name}` needs a container runtime, and none can be used here",
                    detail="Install docker or podman and start its daemon, or choose a target that runs containers.",
                )


class _Opened:
    """The store of a target, a relative path being under the project's folder."""

    def __init__(self, context: Context) -> None:
        self._store = open_store(store_url(context.target.store, context.project))

    def __enter__(self) -> Store:
        return self._store

    def __exit__(self, *_: object) -> None:
        return


class _translated:  # noqa: N801 - a context manager, used like a function
    """Errors of the store become errors of the engine."""

    def __enter__(self) -> None:
        return

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, StoreError):
            raise EngineError(error.summary, detail=error.detail) from error


def store_url(url: str, project: Path) -> str:
    """The URL with a relative path of a local store made absolute, under the project's folder."""
    scheme, colon, path = url.partition(":")
    if not colon:
        return f"file:{project.absolute() / scheme}"
    if scheme != "file" or path.startswith("//"):
        return url
    return f"file:{project.absolute() / Path(path).expanduser()}"


def _has_task(graph: WorkflowGraph, name: str) -> bool:
    """Whether it is a task of the graph, or may be the task of an element."""
    element = element_of(name)
    return any(
        task.id == name or (element is not None and task.id == element[0] and task.is_mapped)
        for task in graph.tasks
    )


def _record(store: Store, deployment: Deployment) -> None:
    """Write the deployment unless it is the latest already; an update in place is the next revision."""
    while True:
        latest = _latest(store, deployment.uid)
        if latest == deployment:
            return
        prefix = layout.deployment_key(deployment.uid, deployment.generation, 0).rpartition("/")[0]
        revision = sum(1 for _ in store.list(f"{prefix}/")) + 1
        key = layout.deployment_key(deployment.uid, deployment.generation, revision)
        if layout.put_struct_once(store, key, deployment):
            return


def _latest(store: Store, uid: str) -> Deployment | None:
    keys = list(store.list(layout.deployments_prefix(uid)))
    return layout.read_struct(store, keys[-1], Deployment) if keys else None


def _progress(found: RunManifest | RunProgress) -> RunProgress:
    return progress_of_manifest(found) if isinstance(found, RunManifest) else found


def _redactor(deployment: Deployment) -> secrets.Redactor:
    """Of the secrets that can be read here: what the coordinator itself records must not show them."""
    values = []
    for reference in deployment.secrets.values():
        try:
            values.append(Secret.parse(reference).resolve())
        except (UnknotError, ValueError):
            continue  # the task that needs it will say so
    return secrets.Redactor(values)


def _refuse_secrets(deployment: Deployment) -> None:
    """Refuse a secret's value written into the graph, where everybody could read it (rule S1)."""
    graph = msgspec.json.decode(msgspec.json.encode(deployment.graph))
    if _redactor(deployment).value(graph) != graph:
        raise EngineError(
            f"`{deployment.address}` has the value of one of its secrets among its inputs or parameters",
            detail="Take it out: the task finds the secret in its environment, under the name given in `secrets`.",
        )
