"""What every engine does alike: code, deployments and the record of runs are objects in the target's store.

An engine adds how a run is started and what it can say of one by itself.
"""

import socket
import time
from collections.abc import Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Literal, TypeAlias

import msgspec

from unknot.providers.base import Context
from unknot.providers.engine import (
    Abilities,
    Capability,
    DeployRequest,
    DeployResponse,
    LogLine,
    RunProgress,
    RunQuery,
    TriggerRequest,
    UndeployRequest,
)
from unknot.providers.engines.options import is_locked
from unknot.providers.runner import clock, layout, secrets
from unknot.providers.runner.closing import begin, resolve_inputs
from unknot.providers.runner.record import progress_of_manifest, read_logs, read_started, run_status
from unknot.stacks.errors import EngineError, UnknotError
from unknot.stacks.graph import WorkflowGraph, element_of
from unknot.stacks.run import Deployment, RunManifest, RunStarted
from unknot.stacks.secret import Secret
from unknot.stacks.target import Target
from unknot.state.stores.base import Store, StoreError
from unknot.state.stores.opening import open_store

POLL_S = (0.1, 2.0)
"""Shortest and longest wait between two looks at a run of another process."""

ASK_ENGINE_S = 5.0
"""Between two questions to an engine about a run, while waiting for it."""

Word: TypeAlias = Literal["waiting", "running", "cancelled", "ended", "gone", "unreachable", "unknown"]


class EngineState(msgspec.Struct, frozen=True):
    """What an engine itself says of a run, whatever the run has recorded."""

    word: Word
    """`ended`: whatever way; `gone`: it has never heard of it, or has lost it; `unreachable`: it could not be asked, and its
    runs give no sign of life while they wait, so that silence means nothing; `unknown`: it could not be asked, or has
    nothing to say, and signs of life decide."""
    detail: str = ""
    """In its own words, for people."""


class StoredEngine:
    """An engine without `trigger`. Subclasses set `name` and `capabilities`."""

    name: str
    capabilities: frozenset[Capability]

    def abilities(self, target: Target) -> Abilities:
        """What it can do on a target; nothing is touched. Raises EngineError for options that it does not have."""
        return Abilities(capabilities=self.capabilities, makes_environments=is_locked(target))

    def deploy(self, request: DeployRequest) -> DeployResponse:
        deployment = request.deployment
        refuse_secrets(deployment)
        with opened(request.context) as store:
            key = layout.bundle_key(deployment.bundle)
            if not layout.put_once(store, key, request.bundle):
                raise EngineError(
                    f"the bundle `{deployment.bundle[:12]}` in `{store.url}` has other bytes than the one to deploy",
                    detail=f"`{key}` was damaged, or the bundle is not the one that the plan names. Delete it and apply "
                    "again.",
                )
            _record(store, deployment)
        return DeployResponse(deployment.uid, {"generation": deployment.generation})

    def undeploy(self, request: UndeployRequest) -> None:
        with opened(request.context) as store:
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

    def suspend(self, request: UndeployRequest) -> None:
        """An engine that keeps no schedules starts nothing by itself."""

    def withdraw(self, request: UndeployRequest) -> None:
        """All that it holds is in the store."""

    def deployed(self, request: RunQuery) -> Deployment | None:
        with opened(request.context) as store:
            return latest(store, request.uid)

    def begun(
        self, store: Store, request: TriggerRequest, engine_run: str, *, pid: int = 0
    ) -> RunStarted | None:
        """Write a run's first object and claim its time; None if another run has it, and this one is superseded.

        `pid` is that of the process on this host that carries the run on; 0: not one of this host. A run that is
        begun again with the same request is given as it was. Raises EngineError.
        """
        run = request.request
        deployment = run.deployment
        if run.from_task is not None and not _has_task(deployment.graph, run.from_task):
            raise EngineError(
                f"`{deployment.address}` has no task `{run.from_task}`",
                detail=f"Its tasks: {', '.join(task.id for task in deployment.graph.tasks)}.",
            )
        earlier = layout.read_struct(store, layout.started_key(deployment.uid, run.run), RunStarted)
        if earlier is not None and not pid and earlier.engine_run == engine_run:
            return earlier
        started = RunStarted(resolve_inputs(store, run), clock.now(), socket.gethostname(), pid, engine_run)
        return started if begin(store, started, redactor_of(deployment)) else None

    def wait(self, query: RunQuery, timeout_s: float | None = None) -> RunProgress:
        deadline = None if timeout_s is None else time.monotonic() + timeout_s
        pause, asked = POLL_S[0], float("-inf")
        with opened(query.context) as store:
            while True:
                asks = time.monotonic() - asked >= ASK_ENGINE_S
                asked = time.monotonic() if asks else asked
                progress = self._progress(store, query, asks=asks)
                left = pause if deadline is None else deadline - time.monotonic()
                if progress.status != "running" or left <= 0:
                    return progress
                time.sleep(min(pause, left))  # a run of another process: there is nothing to be woken by
                pause = min(pause * 1.5, POLL_S[1])

    def status(self, query: RunQuery) -> RunProgress:
        with opened(query.context) as store:
            return self._progress(store, query, asks=True)

    def _progress(self, store: Store, query: RunQuery, *, asks: bool) -> RunProgress:
        """What the run has recorded; of one without an end, the engine's own word counts over signs of life."""
        found = run_status(store, query.uid, query.run)
        if isinstance(found, RunManifest):
            return progress_of_manifest(found)
        if not asks:
            return msgspec.structs.replace(found, status="running")
        started = read_started(store, query.uid, query.run)
        state = self.engine_state(query.context, started)
        match state.word:
            case "waiting" | "running":
                return msgspec.structs.replace(found, status="running")
            case "unreachable":
                return msgspec.structs.replace(found, status="running", problem=state.detail)
            case "unknown":
                return msgspec.structs.replace(found, problem=state.detail)
        # It may have ended, and so been sealed, between the two looks.
        again = run_status(store, query.uid, query.run)
        if isinstance(again, RunManifest):
            return progress_of_manifest(again)
        status: Literal["cancelled", "lost"] = "cancelled" if state.word == "cancelled" else "lost"
        return msgspec.structs.replace(again, status=status, problem=state.detail)

    def engine_state(self, context: Context, started: RunStarted) -> EngineState:
        """What the engine itself says of a run that has no seal."""
        return EngineState("unknown")

    def cancel(self, query: RunQuery) -> None:
        with opened(query.context) as store:
            if isinstance(run_status(store, query.uid, query.run), RunProgress):
                layout.put_once(store, layout.cancel_key(query.uid, query.run), b"")

    def logs(self, query: RunQuery) -> Mapping[str, tuple[LogLine, ...]]:
        with opened(query.context) as store:
            return read_logs(store, query.uid, query.run, query.task)


class opened(AbstractContextManager[Store]):  # noqa: N801 - used like a function
    """The store of a target, a relative path being under the project's folder; its errors become EngineErrors."""

    def __init__(self, context: Context) -> None:
        self._url = store_url(context.target.store, context.project)

    def __enter__(self) -> Store:
        try:
            return open_store(self._url)
        except StoreError as error:
            raise EngineError(error.summary, detail=error.detail) from error

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


def latest(store: Store, uid: str) -> Deployment | None:
    """What is deployed under `uid` now."""
    keys = list(store.list(layout.deployments_prefix(uid)))
    return layout.read_struct(store, keys[-1], Deployment) if keys else None


def redactor_of(deployment: Deployment) -> secrets.Redactor:
    """Of the secrets that can be read here: what the coordinator itself records must not show them."""
    values = []
    for reference in deployment.secrets.values():
        try:
            values.append(Secret.parse(reference).resolve())
        except (UnknotError, ValueError):
            continue  # the task that needs it will say so
    return secrets.Redactor(values)


def refuse_secrets(deployment: Deployment) -> None:
    """Refuse a secret's value written into the graph, where everybody could read it (rule S1)."""
    graph = msgspec.json.decode(msgspec.json.encode(deployment.graph))
    if redactor_of(deployment).value(graph) != graph:
        raise EngineError(
            f"`{deployment.address}` has the value of one of its secrets among its inputs or parameters",
            detail="Take it out: the task finds the secret in its environment, under the name given in `secrets`.",
        )


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
        if latest(store, deployment.uid) == deployment:
            return
        prefix = layout.deployment_key(deployment.uid, deployment.generation, 0).rpartition("/")[0]
        revision = sum(1 for _ in store.list(f"{prefix}/")) + 1
        key = layout.deployment_key(deployment.uid, deployment.generation, revision)
        if layout.put_struct_once(store, key, deployment):
            return
