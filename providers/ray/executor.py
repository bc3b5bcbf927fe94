"""Attempts as Ray tasks of the cluster that the driver's job runs on."""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from unknot.providers.engines.executor import Cancellation
from unknot.providers.engines.worker import carry_out
from unknot.providers.ray.options import RayOptions
from unknot.providers.runner.assignment import TaskAssignment, TaskOutcome
from unknot.providers.runner.limits import memory_bytes
from unknot.providers.runner.perform import begun as begun_record
from unknot.providers.runner.perform import failed
from unknot.stacks.errors import EngineError
from unknot.stacks.graph import Resources

_LOOK_S = 10.0
"""Between two looks at what the nodes have."""


class RayExecutor:
    """One for a run, in its driver, which is connected to the cluster."""

    at_once = 1000

    def __init__(self, options: RayOptions) -> None:
        import ray

        self._options = options
        # Retries are the coordinator's: it records each attempt.
        self._task: Any = ray.remote(max_retries=0)(carry_out)
        self._lock = threading.Lock()
        self._seen = float("-inf")
        self._nodes: list[Mapping[str, float]] = []

    def run(
        self, assignment: TaskAssignment, begun: Callable[[], None], cancellation: Cancellation
    ) -> TaskOutcome | None:
        import ray

        if cancellation.is_set():
            return None
        wanted, lacking = asked(assignment.resources, self._options, self._have())
        if lacking:
            return failed(begun_record(assignment), lacking, retryable=False)
        told = msgspec.structs.replace(assignment, heeds_cancel=True)
        name = f"{assignment.op.name} {assignment.task}"
        reference = self._task.options(name=name, **wanted).remote(msgspec.json.encode(told))
        begun()
        try:
            result: bytes = ray.get(reference)
        except ray.exceptions.RaySystemError as error:
            raise EngineError("the Ray cluster is gone", detail=str(error)) from error
        except ray.exceptions.RayError as error:
            said = str(error).strip().splitlines()
            lost = failed(
                begun_record(assignment), f"the worker that ran it is gone: {said[0] if said else error}"
            )
            return msgspec.structs.replace(lost, record=msgspec.structs.replace(lost.record, status="lost"))
        return msgspec.json.decode(result, type=TaskOutcome) if result else None

    def _have(self) -> list[Mapping[str, float]]:
        """Resources of each node that is up."""
        import ray

        with self._lock:
            if time.monotonic() - self._seen > _LOOK_S:
                self._nodes = [node["Resources"] for node in ray.nodes() if node["Alive"]]
                self._seen = time.monotonic()
            return self._nodes

    def close(self) -> None:
        """Disconnect from the cluster."""
        import ray

        ray.shutdown()


def asked(
    resources: Resources, options: RayOptions, nodes: Sequence[Mapping[str, float]]
) -> tuple[dict[str, Any], str]:
    """What a task asks for, as Ray's task options; and why it could never run, if no node has that much.

    Of cores and memory a task gets at most all that the largest node has, unless the cluster grows.
    """

    def most(name: str) -> float:
        return max((node.get(name, 0.0) for node in nodes), default=0.0)

    cpu, memory = resources.cpu or 1.0, memory_bytes(resources)
    wanted: dict[str, Any] = {"num_cpus": cpu, "resources": options.resources}
    if memory is not None:
        wanted["memory"] = memory
    if resources.gpu:
        wanted["num_gpus"] = resources.gpu
    if options.autoscales:
        return wanted, ""
    wanted["num_cpus"] = min(cpu, most("CPU"))
    if memory is not None:
        wanted["memory"] = int(min(memory, most("memory")))
    if resources.gpu and most("GPU") < resources.gpu:
        return wanted, f"it asks for {resources.gpu} GPU, and the node with most has {most('GPU'):g}"
    for what, amount in options.resources.items():
        if most(what) < amount:
            return (
                wanted,
                f"it asks for {amount:g} of Ray's resource `{what}`, and the node with most has {most(what):g}",
            )
    return wanted, ""
