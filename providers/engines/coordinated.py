"""An engine whose runs are carried on by a thread of the process that triggers them, and end with it."""

import os
import socket
import threading
from abc import abstractmethod

from unknot.providers.base import Context
from unknot.providers.engine import RunProgress, RunQuery, TriggerRequest, TriggerResponse
from unknot.providers.engines.coordinator import Coordinator
from unknot.providers.engines.executor import Executor
from unknot.providers.engines.stored import StoredEngine, opened, redactor_of
from unknot.stacks.errors import EngineError
from unknot.state.stores.base import Store


class CoordinatedEngine(StoredEngine):
    """Runs triggered here live in this process; others are seen in the store."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._runs: dict[tuple[str, str, str], Coordinator] = {}

    @abstractmethod
    def executor(self, context: Context) -> Executor:
        """What carries out the attempts of runs on a target."""

    def trigger(self, request: TriggerRequest) -> TriggerResponse:
        run = request.request
        with opened(request.context) as store:
            engine_run = f"{self.name}:{socket.gethostname()}:{os.getpid()}"
            key = (store.url, run.deployment.uid, run.run)
            with self._lock:
                if key in self._runs:
                    return TriggerResponse(engine_run)
            started = self.begun(store, request, engine_run, pid=os.getpid())
            if started is not None:
                coordinator = Coordinator(
                    store,
                    started,
                    self.executor(request.context),
                    redactor=redactor_of(run.deployment),
                    scratch=str(request.context.project / ".unknot" / "scratch"),
                    progress=request.progress,
                )
                with self._lock:
                    self._runs[key] = coordinator
                coordinator.start()
            return TriggerResponse(engine_run)

    def wait(self, query: RunQuery, timeout_s: float | None = None) -> RunProgress:
        with opened(query.context) as store:
            coordinator = self._here(store, query)
        if coordinator is None:
            return super().wait(query, timeout_s)
        coordinator.done.wait(timeout_s)
        if coordinator.problem:
            raise EngineError(f"run `{query.run}` could not be recorded", detail=coordinator.problem)
        return coordinator.progress()

    def status(self, query: RunQuery) -> RunProgress:
        with opened(query.context) as store:
            coordinator = self._here(store, query)
            if coordinator is not None and not coordinator.problem:
                return coordinator.progress()
        return super().status(query)

    def cancel(self, query: RunQuery) -> None:
        with opened(query.context) as store:
            coordinator = self._here(store, query)
        if coordinator is not None:
            coordinator.cancel()
        else:
            super().cancel(query)

    def _here(self, store: Store, query: RunQuery) -> Coordinator | None:
        with self._lock:
            return self._runs.get((store.url, query.uid, query.run))
