"""The Dask engine: the driver of a run is a task of the cluster, and each attempt another."""

import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn
from urllib.parse import urlsplit

from unknot.providers.base import Context
from unknot.providers.dask.cluster import local_cluster, running
from unknot.providers.dask.executor import DaskExecutor
from unknot.providers.dask.options import DaskOptions
from unknot.providers.dask.worker import drive_run, state_of
from unknot.providers.engine import Abilities, Capability, DeployRequest, DeployResponse
from unknot.providers.engines.driven import DrivenEngine
from unknot.providers.engines.options import is_locked, options_of
from unknot.providers.engines.stored import EngineState
from unknot.providers.engines.worker import about
from unknot.providers.runner.environment import python_version
from unknot.stacks.address import Uid
from unknot.stacks.errors import EngineError, MissingExtra
from unknot.stacks.run import RunStarted
from unknot.stacks.target import Target
from unknot.state.stores.base import Store
from unknot.version import VERSION

if TYPE_CHECKING:
    from distributed import Client

_CAPABILITIES = frozenset(
    {
        Capability.GPU,
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
    Capability.SCHEDULES: "Dask keeps none: `unknot serve` does",
    Capability.GPU: "workers that have Dask's resource `GPU`",
    Capability.RETRIES: "by the run's driver, a task of the cluster",
    Capability.MEMORY_LIMIT: "of the attempt's process, and Dask's resource `MEMORY` where workers have it",
    Capability.SECRETS: "read by the worker, from its own environment or files",
    Capability.CONTAINERS: "start the workers in the image",
}


class DaskEngine(DrivenEngine):
    """Runs workflows on a Dask cluster."""

    def __init__(self) -> None:
        self.name = "dask"
        self.capabilities = _CAPABILITIES
        self._lock = threading.Lock()
        self._clients: dict[str, Client] = {}

    def abilities(self, target: Target) -> Abilities:
        options = options_of(target, DaskOptions)
        host = urlsplit(options.address).hostname
        is_here = host in (None, "127.0.0.1", "::1", "localhost")
        return Abilities(
            capabilities=self.capabilities if options.address else self.capabilities - {Capability.GPU},
            notes=_NOTES,
            makes_environments=is_locked(target),
            python=options.python,
            platform=options.platform,
            shares_files=is_here,
        )

    def deploy(self, request: DeployRequest) -> DeployResponse:
        """Also asks each worker whether it can run what is deployed."""
        client = self._client(request.context)
        with _translated(request.context.target):
            client.wait_for_workers(1, timeout=options_of(request.context.target, DaskOptions).timeout_s)
            found: dict[str, Any] = client.run(about, on_error="return")
        here = python_version().rpartition(".")[0]
        for worker, has in found.items():
            if not isinstance(has, dict):
                raise EngineError(
                    f"the Dask worker `{worker}` cannot run unknot: {type(has).__name__}: {has}",
                    detail=f"Install unknot {VERSION} in the workers' environment.",
                )
            if has["unknot"] != VERSION or has["python"].rpartition(".")[0] != here:
                raise EngineError(
                    f"the Dask worker `{worker}` has unknot {has['unknot']} on Python {has['python']}; this is unknot "
                    f"{VERSION} on Python {python_version()}",
                    detail="Code is packed for one minor version of Python: use the same in both places.",
                )
        return super().deploy(request)

    def executor(self, context: Context) -> DaskExecutor:
        from distributed import get_client

        return DaskExecutor(get_client(), options_of(context.target, DaskOptions))

    def job_name(self, uid: Uid, run: str) -> str:
        return f"unknot-{uid}-{run}"

    def submit(self, context: Context, started: RunStarted, store: Store) -> None:
        import tenacity
        from distributed import fire_and_forget

        client = self._client(context)
        uid, run = started.request.deployment.uid, started.request.run
        with _translated(context.target):
            # A key that the scheduler knows is not run again. If its worker dies, another carries the run on.
            future = client.submit(drive_run, store.url, uid, run, key=started.engine_run, pure=False)
            fire_and_forget(future)
            # It goes to the scheduler in the background: no look at the run may come before it.
            arriving = tenacity.Retrying(
                retry=tenacity.retry_if_result(lambda word: word == "gone"),
                stop=tenacity.stop_after_delay(options_of(context.target, DaskOptions).timeout_s),
                wait=tenacity.wait_fixed(0.02),
                retry_error_callback=_never_arrived,
            )
            arriving(lambda: client.run_on_scheduler(state_of, started.engine_run)[0])

    def stop(self, context: Context, started: RunStarted) -> None:
        from distributed import Future

        client = self._client(context)
        with _translated(context.target):
            client.cancel([Future(started.engine_run, client=client)], force=True)

    def engine_state(self, context: Context, started: RunStarted) -> EngineState:
        options = options_of(context.target, DaskOptions)
        if not options.address and running(_folder(context)) is None:
            return EngineState("gone", "the cluster that unknot started has ended")
        try:
            client = self._client(context)
            with _translated(context.target):
                word, said = client.run_on_scheduler(state_of, started.engine_run)
        except EngineError as error:
            return EngineState("unknown", f"{error.summary}. {error.detail}")
        return EngineState(word, said)

    def _client(self, context: Context) -> "Client":
        """One for each cluster. Raises EngineError if its scheduler does not answer."""
        try:
            from distributed import Client
        except ImportError:
            raise MissingExtra("distributed", extra="dask", needed_for="the engine `dask`") from None
        options = options_of(context.target, DaskOptions)
        address = options.address or local_cluster(_folder(context), options.idle_timeout_s)
        with self._lock:
            client = self._clients.get(address)
            if client is None or client.status != "running":
                with _translated(context.target):
                    client = Client(address, timeout=options.timeout_s, set_as_default=False, name="unknot")
                self._clients[address] = client
            return client


class _translated:  # noqa: N801 - a context manager, used like a function
    """Errors of the connection become errors of the engine."""

    def __init__(self, target: Target) -> None:
        self._target = target

    def __enter__(self) -> None:
        return

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        from distributed.comm.core import CommClosedError

        if isinstance(error, (OSError, CommClosedError, TimeoutError)):
            raise EngineError(
                f"the Dask scheduler of the target `{self._target.name}` does not answer",
                detail=f"{error}. Its address is the target's option `address`.",
            ) from error


def _never_arrived(_state: object) -> NoReturn:
    raise TimeoutError("it took the run, and does not know it")


def _folder(context: Context) -> Path:
    return context.project / ".unknot" / "dask" / context.target.name
