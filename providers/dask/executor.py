"""Attempts as tasks of the cluster that this worker is part of; resources are asked for as the workers name them."""

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from unknot.providers.dask.options import DaskOptions
from unknot.providers.engines.executor import Cancellation
from unknot.providers.engines.worker import carry_out
from unknot.providers.runner.assignment import TaskAssignment, TaskOutcome
from unknot.providers.runner.limits import memory_bytes
from unknot.providers.runner.perform import begun as begun_record
from unknot.providers.runner.perform import failed
from unknot.stacks.errors import EngineError
from unknot.stacks.graph import Resources

if TYPE_CHECKING:
    from distributed import Client

_LOOK_S = 10.0
"""Between two looks at what the workers have: a cluster grows and shrinks."""

_log = logging.getLogger(__name__)


class DaskExecutor:
    """One for a run, in its driver."""

    at_once = 512

    def __init__(self, client: "Client", options: DaskOptions) -> None:
        self._client = client
        self._options = options
        self._lock = threading.Lock()
        self._seen = float("-inf")
        self._workers: list[Mapping[str, float]] = []

    def run(
        self, assignment: TaskAssignment, begun: Callable[[], None], cancellation: Cancellation
    ) -> TaskOutcome | None:
        if cancellation.is_set():
            return None
        wanted, lacking = asked(assignment.resources, self._options, self._have())
        if lacking:
            return failed(begun_record(assignment), lacking, retryable=False)
        told = msgspec.structs.replace(assignment, heeds_cancel=True)
        future = self._client.submit(
            carry_out,
            msgspec.json.encode(told),
            # Dask makes keys of functions and arguments: a second attempt would be given the result of the first.
            key=f"{assignment.op.name}-{assignment.run}-{assignment.task}-{assignment.attempt}",
            pure=False,
            retries=0,
            resources=wanted,
        )
        begun()
        return self._outcome(assignment, future)

    def _outcome(self, assignment: TaskAssignment, future: Any) -> TaskOutcome | None:
        from distributed.client import FutureCancelledError
        from distributed.comm.core import CommClosedError
        from distributed.scheduler import KilledWorker

        try:
            result = future.result()
        except (KilledWorker, FutureCancelledError) as error:
            lost = failed(begun_record(assignment), f"the worker that ran it is gone: {error}")
            return msgspec.structs.replace(lost, record=msgspec.structs.replace(lost.record, status="lost"))
        except (CommClosedError, OSError) as error:
            raise EngineError("the scheduler of Dask is gone", detail=str(error)) from error
        finally:
            future.release()
        return msgspec.json.decode(result, type=TaskOutcome) if result else None

    def _have(self) -> list[Mapping[str, float]]:
        """Resources of each worker."""
        with self._lock:
            if time.monotonic() - self._seen > _LOOK_S:
                info = self._client.scheduler_info(n_workers=-1)
                self._workers = [worker.get("resources", {}) for worker in info["workers"].values()]
                self._seen = time.monotonic()
            return self._workers

    def close(self) -> None:
        """The client is the worker's own."""


def asked(
    resources: Resources, options: DaskOptions, workers: Sequence[Mapping[str, float]]
) -> tuple[dict[str, float], str]:
    """What a task asks of its worker, in the workers' names; and why it could never run, if no worker has that much.

    Of cores and memory, a task gets at most all that the largest worker has, and only where workers name them.
    """
    names = options.resources
    wanted: dict[str, float] = {}
    for name, amount in (
        (names.cpu, resources.cpu or 0.0),
        (names.memory, float(memory_bytes(resources) or 0)),
    ):
        most = max((worker.get(name, 0.0) for worker in workers), default=0.0)
        if amount and most:
            wanted[name] = min(amount, most)
    if resources.gpu:
        most = max((worker.get(names.gpu, 0.0) for worker in workers), default=0.0)
        if most < resources.gpu:
            return wanted, (
                f"it asks for {resources.gpu} GPU, and the worker with most has {most:g} "
                f'(Dask\'s resource `{names.gpu}`: `dask worker --resources "{names.gpu}=1"`)'
            )
        wanted[names.gpu] = float(resources.gpu)
    return wanted, ""
