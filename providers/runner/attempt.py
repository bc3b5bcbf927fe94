"""One whole attempt in a process of its own: supervised, recorded, and the run closed after it if that is asked for."""

from unknot.providers.runner.assignment import TaskAssignment, TaskOutcome
from unknot.providers.runner.closing import seal_if_over
from unknot.providers.runner.supervisor import Supervisor
from unknot.state.stores.base import Store
from unknot.state.stores.opening import open_store


def attempt(assignment: TaskAssignment, lifeline: int | None) -> TaskOutcome:
    """Run it in a child of this process, which must have one thread; `lifeline` ends when it is no longer wanted.

    Raises StoreError, StreamTaken, EngineError if it cannot be recorded.
    """

    def opened() -> Store:
        return open_store(assignment.store)

    outcome = Supervisor(assignment, opened, lifeline).run()
    if assignment.seal:
        seal_if_over(opened(), assignment.uid, assignment.run)
    return outcome
