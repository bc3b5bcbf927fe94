"""Attempts as processes of this machine, as many at a time as it has cores and memory for."""

from collections.abc import Callable

from unknot.providers.engines.executor import Cancellation
from unknot.providers.engines.process import TaskProcess, could_not_begin
from unknot.providers.local.machine import Machine
from unknot.providers.runner.assignment import TaskAssignment, TaskOutcome
from unknot.stacks.errors import UnknotError
from unknot.state.stores.base import StoreError


class MachineExecutor:
    """One budget for all runs that use it."""

    at_once = 64

    def __init__(self, machine: Machine) -> None:
        self._machine = machine

    def run(
        self, assignment: TaskAssignment, begun: Callable[[], None], cancellation: Cancellation
    ) -> TaskOutcome | None:
        with (
            cancellation.telling(self._machine.wake),
            self._machine.share(assignment.resources, cancellation) as has_share,
        ):
            if not has_share or cancellation.is_set():
                return None
            try:
                process = TaskProcess(assignment)
            except (StoreError, UnknotError) as error:
                return could_not_begin(assignment, error)
            with cancellation.telling(process.stop):
                begun()
                return process.wait()

    def close(self) -> None:
        """Nothing is held between attempts."""
