"""The Airflow engine: a DAG file for each deployment, followed through Airflow's REST API."""

import contextlib
import os
import time
from pathlib import Path

import msgspec

from unknot.providers.airflow.api import Api, NotThere
from unknot.providers.airflow.dag import dag_file, dag_id, file_name, header_of
from unknot.providers.airflow.options import AirflowOptions
from unknot.providers.base import Context
from unknot.providers.engine import (
    Abilities,
    Capability,
    DeployRequest,
    DeployResponse,
    RunQuery,
    TriggerRequest,
    TriggerResponse,
    UndeployRequest,
)
from unknot.providers.engines.following import follow
from unknot.providers.engines.options import is_locked, options_of
from unknot.providers.engines.stored import EngineState, StoredEngine, latest, opened
from unknot.providers.runner import clock, closing, layout
from unknot.providers.runner.record import fold, read_manifest, read_started, run_status
from unknot.stacks.errors import EngineError
from unknot.stacks.run import Deployment, RunManifest, RunStarted
from unknot.stacks.target import Target
from unknot.state.stores.base import Store

_CAPABILITIES = frozenset(
    {
        Capability.SCHEDULES,
        Capability.RETRIES,
        Capability.TIME_LIMIT,
        Capability.MEMORY_LIMIT,
        Capability.SECRETS,
        Capability.COMMANDS,
        Capability.NOTEBOOKS,
        Capability.CANCEL,
        Capability.LIVE_LOGS,
        Capability.DYNAMIC,
        Capability.DETACHED,
    }
)
_NOTES = {
    Capability.SCHEDULES: "kept by Airflow (`CronTriggerTimetable`)",
    Capability.RETRIES: "by Airflow",
    Capability.TIME_LIMIT: "by the task itself, and two minutes later by Airflow",
    Capability.MEMORY_LIMIT: "of the attempt's process",
    Capability.SECRETS: "read by the worker, from its own environment or files",
    Capability.DYNAMIC: "`each` as dynamic task mapping, at most `core.max_map_length` elements",
    Capability.GPU: "choose workers by the option `queue`",
    Capability.CONTAINERS: "start the workers in the image",
}
_WORDS = {"queued": "waiting", "running": "running", "success": "ended"}
_POLL_S = 0.5
_CANCEL_S = 15.0
"""For running attempts to see that they are cancelled, and to say so."""


class AirflowEngine(StoredEngine):
    """Runs workflows on Airflow 3, which walks their graphs itself."""

    def __init__(self) -> None:
        self.name = "airflow"
        self.capabilities = _CAPABILITIES

    def abilities(self, target: Target) -> Abilities:
        options = options_of(target, AirflowOptions)
        return Abilities(
            capabilities=self.capabilities,
            notes=_NOTES,
            makes_environments=is_locked(target),
            python=options.python,
            platform=options.platform,
            shares_files=options.shares_files,
        )

    def deploy(self, request: DeployRequest) -> DeployResponse:
        """Write the file, wait until Airflow has read this very version, and let it run."""
        options = options_of(request.context.target, AirflowOptions)
        folder = _folder(request.context, options)
        api = Api(options)
        response = super().deploy(request)
        deployment = request.deployment
        dag = dag_id(deployment)
        file = folder / file_name(dag)
        with opened(request.context) as store:
            text = dag_file(deployment, store.url, options, _since(file))
        _write(file, text)
        self._await(api, dag, file, options)
        return msgspec.structs.replace(response, outputs={**response.outputs, "dag": dag})

    def _await(self, api: Api, dag: str, file: Path, options: AirflowOptions) -> None:
        """Wait until Airflow has the DAG as of the file's last writing, and is not paused."""
        written = file.stat().st_mtime
        deadline = time.monotonic() + options.deploy_timeout_s
        while True:
            with contextlib.suppress(NotThere):
                found = api.dag(dag)
                parsed = found.get("last_parsed_time") or found.get("last_parsed")
                if parsed is not None and _moment(parsed) >= written and not found.get("is_stale"):
                    if found.get("is_paused"):
                        api.pause(dag, is_paused=False)
                    return
            errors = api.import_errors(file.name)
            if errors:
                raise EngineError(f"Airflow cannot read the DAG `{dag}`", detail=errors[0][-1000:])
            if time.monotonic() > deadline:
                raise EngineError(
                    f"Airflow has not read `{file}` after {options.deploy_timeout_s:g} s",
                    detail="Is that the folder that its processor of DAG files reads, and is the processor up? How often it "
                    "looks is its setting `dag_processor.refresh_interval`; how long unknot waits, the target's option "
                    "`deploy_timeout_s`.",
                )
            time.sleep(_POLL_S)  # Airflow tells nobody when it has read a file

    def undeploy(self, request: UndeployRequest) -> None:
        self.withdraw(request)
        super().undeploy(request)

    def suspend(self, request: UndeployRequest) -> None:
        """Paused: its page and the history of its runs stay."""
        options = options_of(request.context.target, AirflowOptions)
        if (dag := self._dag(request)) is not None:
            with contextlib.suppress(NotThere):
                Api(options).pause(dag, is_paused=True)

    def withdraw(self, request: UndeployRequest) -> None:
        options = options_of(request.context.target, AirflowOptions)
        if (dag := self._dag(request)) is not None:
            api = Api(options)
            api.settle(dag, options.deploy_timeout_s)
            (_folder(request.context, options) / file_name(dag)).unlink(missing_ok=True)
            api.delete_dag(dag, options.deploy_timeout_s)

    def _dag(self, request: UndeployRequest) -> str | None:
        with opened(request.context) as store:
            deployment = latest(store, request.uid)
        return None if deployment is None else dag_id(deployment)

    def deployed(self, request: RunQuery) -> Deployment | None:
        """None as well if somebody has removed the file."""
        found = super().deployed(request)
        if found is None:
            return None
        file = _folder(request.context, options_of(request.context.target, AirflowOptions)) / file_name(
            dag_id(found)
        )
        return found if file.exists() else None

    def differences(self, query: RunQuery) -> tuple[str, ...]:
        """What somebody changed by hand in Airflow, a sentence each."""
        deployment = super().deployed(query)
        if deployment is None:
            return ()
        options = options_of(query.context.target, AirflowOptions)
        dag = dag_id(deployment)
        file = _folder(query.context, options) / file_name(dag)
        found = []
        with contextlib.suppress(OSError):
            header = header_of(file.read_text(encoding="utf-8"))
            if header is None or not header[1]:
                found.append(f"the file `{file}` of the DAG `{dag}` was edited by hand")
        with contextlib.suppress(EngineError):
            if Api(options).dag(dag).get("is_paused"):
                found.append(f"the DAG `{dag}` was paused by hand")
        return tuple(found)

    def trigger(self, request: TriggerRequest) -> TriggerResponse:
        run = request.request
        options = options_of(request.context.target, AirflowOptions)
        with opened(request.context) as store:
            dag = dag_id(run.deployment)
            engine_run = f"{dag}/unknot__{run.run}"
            started = self.begun(store, request, engine_run)
            if started is not None and read_manifest(store, run.deployment.uid, run.run) is None:
                api, name = Api(options), f"unknot__{run.run}"
                try:
                    api.trigger(dag, name, {"unknot_run": run.run})
                except EngineError as problem:
                    try:
                        # The answer may have been lost: Airflow knows by the run's name. If it cannot be asked now, the
                        # run stays open, and whoever looks at it next asks again.
                        api.run(dag, name)
                    except NotThere:
                        why = f"Airflow did not take it: {problem.summary}"
                        closing.seal_unended(store, run.deployment.uid, run.run, "lost", why)
                        raise problem from None
        if request.progress is not None:
            follow(self, RunQuery(request.context, run.deployment.uid, run.run), request.progress)
        return TriggerResponse(engine_run)

    def engine_state(self, context: Context, started: RunStarted) -> EngineState:
        dag, _, run = started.engine_run.partition("/")
        try:
            state = Api(options_of(context.target, AirflowOptions)).run(dag, run)["state"]
        except NotThere:
            return EngineState("gone", f"Airflow has no run `{run}` of `{dag}` any more")
        except EngineError as error:
            return EngineState("unreachable", f"{error.summary}. {error.detail}")
        if state == "failed":
            # The last task closes the run whatever became of the others: only a person ends it without that.
            return EngineState("cancelled", f"the run `{run}` was marked as failed in Airflow")
        word = _WORDS.get(state, "unknown")
        return EngineState(
            "waiting" if word == "waiting" else "running" if word == "running" else "ended", state
        )

    def cancel(self, query: RunQuery) -> None:
        """Attempts that run see it themselves; Airflow begins no other; then the run is closed."""
        options = options_of(query.context.target, AirflowOptions)
        with opened(query.context) as store:
            if isinstance(run_status(store, query.uid, query.run), RunManifest):
                return
            layout.put_once(store, layout.cancel_key(query.uid, query.run), b"")
            started = read_started(store, query.uid, query.run)
            dag, _, run = started.engine_run.partition("/")
            _await_attempts(store, started)
            Api(options).end(dag, run)
            closing.seal_unended(store, query.uid, query.run, "cancelled")


def _await_attempts(store: Store, started: RunStarted) -> None:
    """Wait until no attempt runs any more, as long as they take to look."""
    deadline = time.monotonic() + _CANCEL_S
    while time.monotonic() < deadline:
        if not any(record.status == "running" for record in fold(store, started)):
            return
        time.sleep(_POLL_S)


def _folder(context: Context, options: AirflowOptions) -> Path:
    if not options.dags_folder:
        raise EngineError(
            f"the target `{context.target.name}` does not say where Airflow reads its DAGs",
            detail="Give it the option `dags_folder`.",
        )
    folder = (context.project / Path(options.dags_folder).expanduser()).absolute()
    if not folder.is_dir():
        raise EngineError(
            f"there is no folder `{folder}`, in which Airflow would read its DAGs",
            detail="Correct the option `dags_folder` of the target, or mount what is missing.",
        )
    return folder


def _since(file: Path) -> str:
    """When the workflow was first deployed: as the file says that is there, else now."""
    with contextlib.suppress(OSError, UnicodeDecodeError):
        header = header_of(file.read_text(encoding="utf-8"))
        if header is not None:
            return header[0].since
    return clock.now()


def _write(file: Path, text: str) -> None:
    """Whole or not at all; a file that is so already is left alone but for its time."""
    part = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        part.write_text(text, encoding="utf-8")
        part.replace(file)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise EngineError(f"`{file}` cannot be written: {error.strerror or error}") from error


def _moment(text: str) -> float:
    return clock.parse(text.replace("Z", "+00:00")).timestamp()
