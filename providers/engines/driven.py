"""An engine that runs the coordinator too: a job of its own drives the run, whether unknot's process lives or not."""

import sys
from abc import abstractmethod

from unknot.providers.base import Context
from unknot.providers.engine import RunQuery, TriggerRequest, TriggerResponse
from unknot.providers.engines.executor import Executor
from unknot.providers.engines.following import follow
from unknot.providers.engines.stored import StoredEngine, opened
from unknot.providers.runner import closing, layout
from unknot.providers.runner.record import read_manifest, read_started, run_status
from unknot.stacks.address import Uid
from unknot.stacks.run import RunManifest, RunStarted
from unknot.state.stores.base import Store


class DrivenEngine(StoredEngine):
    """Subclasses submit the driver as a job, say how that job fares, and how attempts are carried out from within it."""

    @abstractmethod
    def executor(self, context: Context) -> Executor:
        """What carries out the attempts of a run; called in the driver, on the engine."""

    @abstractmethod
    def job_name(self, uid: Uid, run: str) -> str:
        """The engine's own name of the job that drives a run: the same for the same run, so that none is begun twice."""

    @abstractmethod
    def submit(self, context: Context, started: RunStarted, store: Store) -> None:
        """Start the job `started.engine_run`, which drives the run; one of that name that is there stays.

        Raises EngineError.
        """

    @abstractmethod
    def stop(self, context: Context, started: RunStarted) -> None:
        """End the job at once, if there is one."""

    def trigger(self, request: TriggerRequest) -> TriggerResponse:
        run = request.request
        uid = run.deployment.uid
        with opened(request.context) as store:
            engine_run = self.job_name(uid, run.run)
            started = self.begun(store, request, engine_run)
            if started is not None and read_manifest(store, uid, run.run) is None:
                try:
                    self.submit(request.context, started, store)
                except BaseException:
                    # It was never begun, so nobody would close it; a job that was begun all the same finds it closed.
                    closing.seal_unended(store, uid, run.run, "lost", "the engine did not take it")
                    raise
        if request.progress is not None:
            follow(self, RunQuery(request.context, uid, run.run), request.progress)
        return TriggerResponse(engine_run)

    def cancel(self, query: RunQuery) -> None:
        """The driver stops its tasks and closes the run; of a job that does not run, this does."""
        with opened(query.context) as store:
            found = run_status(store, query.uid, query.run)
            if isinstance(found, RunManifest):
                return
            layout.put_once(store, layout.cancel_key(query.uid, query.run), b"")
            started = read_started(store, query.uid, query.run)
            if self.engine_state(query.context, started).word in ("waiting", "ended", "gone", "cancelled"):
                self.stop(query.context, started)
                closing.seal_unended(store, query.uid, query.run, "cancelled")


def driver_command(store: str, uid: Uid, run: str, *, python: str = sys.executable) -> tuple[str, ...]:
    """The command line of the job that drives a run, with the interpreter of the engine's environment."""
    return (python, "-P", "-m", "unknot.providers.engines.driver", *driver_arguments(store, uid, run))


def driver_arguments(store: str, uid: Uid, run: str) -> tuple[str, ...]:
    """What the driver of a run that was begun is told."""
    return ("--store", store, "--uid", uid, "--run", run)
