"""Single tasks of a run, each done when the engine says so: for engines that walk the graph themselves.

`python -m unknot.providers.engines.tasks --store URL --uid UID (--run RUN | --scheduled-time TIME) --task TASK` does
one, with `--place N` that of one element of a mapped task, with `--count` prints how many elements it has, with
`--gather` gathers them. Attempts are the engine's: `--attempt N` says which this is. The last task that ends seals the
run (rule R1); in place of a task, `--seal` closes it whatever has become of its tasks. The exit code is 0 for a task
that succeeded or was reused, 1 for one that failed and may be tried again, 3 for one that failed for good, 4 for one in
a branch that is not taken, 2 for a task that cannot be told.
"""

import argparse
import sys

import msgspec

from unknot.providers.engines.assigning import Assigner
from unknot.providers.engines.driver import begin_scheduled
from unknot.providers.engines.process import carried_out, could_not_begin
from unknot.providers.runner import mapping
from unknot.providers.runner.assignment import TaskAssignment, TaskOutcome
from unknot.providers.runner.attempt import attempt as run_attempt
from unknot.providers.runner.closing import FINAL, seal_if_over, seal_unended
from unknot.providers.runner.environments import interpreter_of
from unknot.providers.runner.record import fold, read_manifest, read_started, untried
from unknot.stacks.address import Uid
from unknot.stacks.errors import EngineError, UnknotError
from unknot.stacks.graph import TaskSpec, element_id
from unknot.stacks.run import RunStarted, TaskRecord
from unknot.state.stores.base import Store, StoreError
from unknot.state.stores.opening import open_store


class TaskRuns:
    """The tasks of one run that was begun."""

    def __init__(self, store: Store, started: RunStarted, *, scratch: str = "") -> None:
        self._store = store
        self._started = started
        self._records: dict[str, TaskRecord] = {record.task: record for record in fold(store, started)}
        self._assigner = Assigner(store, started, self._records, scratch=scratch, resuming=True, seal=True)

    def count(self, task: TaskSpec) -> int:
        """How many elements a mapped task has: none if it is not to be done. Raises EngineError."""
        skipped = self._assigner.skipped(task)
        return 0 if skipped is not None else self._assigner.resolver.count(task)

    def assignment(
        self, task: TaskSpec, place: int | None = None, attempt: int = 1
    ) -> TaskAssignment | TaskRecord:
        """What the attempt is to do; a record if there is nothing to do any more."""
        decided = self._assigner.decide(task, place)
        if isinstance(decided, TaskRecord):
            self.close()
            return decided
        return msgspec.structs.replace(decided, attempt=attempt)

    def gather(self, task: TaskSpec) -> TaskRecord:
        """The record of a mapped task whose elements have all ended, committed."""
        try:
            skipped = self._assigner.skipped(task)
            if skipped is not None:
                return skipped
            number = self._assigner.resolver.count(task)
            elements = [self._element(task, place) for place in range(number)]
            begun = mapping.begun(
                untried(self._started, task, {}),
                self._started.request.deployment.graph.ops[task.op].fingerprint,
                self._assigner.resolver.lists(task),
            )
            record = mapping.gathered(self._store, self._started, begun, elements)
        except EngineError as error:
            return self._assigner.unresolved(task, task.id, error)
        return self._assigner.settled(record)

    def close(self) -> None:
        """Seal the run if all its tasks have ended."""
        seal_if_over(self._store, self._started.request.deployment.uid, self._started.request.run)

    def _element(self, task: TaskSpec, place: int) -> TaskRecord:
        name = element_id(task.id, place)
        record = self._records.get(name)
        if record is None or record.status not in FINAL:
            skipped = self._assigner.skipped(task, place)
            if skipped is None:
                raise EngineError(f"`{name}` has not ended, so its list cannot be gathered")
            record = skipped
        return record


def main(arguments: list[str]) -> int:
    """Do what `arguments` name; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m unknot.providers.engines.tasks", add_help=False)
    for name in ("store", "uid"):
        parser.add_argument(f"--{name}", required=True)
    whole = parser.add_mutually_exclusive_group(required=True)
    whole.add_argument("--task")
    whole.add_argument("--seal", action="store_true")
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--run")
    which.add_argument("--scheduled-time")
    parser.add_argument("--engine-run", default="")
    parser.add_argument("--attempt", type=int, default=1)
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--place", type=int)
    what.add_argument("--count", action="store_true")
    what.add_argument("--gather", action="store_true")
    given = parser.parse_args(arguments)
    try:
        return _do(given, open_store(given.store))
    except (UnknotError, StoreError, KeyError) as error:
        said = f"{error.summary}. {error.detail}" if isinstance(error, (UnknotError, StoreError)) else error
        sys.stderr.write(f"error: {said}\n")
        return 2


def _do(given: argparse.Namespace, store: Store) -> int:
    uid = Uid(given.uid)
    started = (
        read_started(store, uid, given.run)
        if given.run is not None
        else begin_scheduled(
            store, uid, given.scheduled_time, triggered_by="schedule", engine_run=given.engine_run
        )
    )
    manifest = read_manifest(store, uid, started.request.run)
    if given.seal:
        if manifest is None:
            manifest = seal_if_over(store, uid, started.request.run)
        if manifest is None:
            manifest = seal_unended(
                store, uid, started.request.run, "lost", "no attempt of it came to an end"
            )
        return 0 if manifest.status in ("succeeded", "superseded") else 3
    if manifest is not None:
        return 0  # superseded, or done before
    runs = TaskRuns(store, started)
    task = started.request.deployment.graph.task(given.task)
    if given.count:
        sys.stdout.write(f"{runs.count(task)}\n")
        return 0
    if given.gather:
        record = runs.gather(task)
        runs.close()
        return _code(TaskOutcome(record, retryable=False))
    decided = runs.assignment(task, given.place, given.attempt)
    if isinstance(decided, TaskRecord):
        return _code(TaskOutcome(decided, retryable=False))
    try:
        is_own = interpreter_of(decided, store) == sys.executable
    except (StoreError, UnknotError) as error:
        return _code(could_not_begin(decided, error))
    # Where this very process has what is locked, it carries the attempt out itself.
    return _code(run_attempt(decided, None) if is_own else carried_out(decided))


def _code(outcome: TaskOutcome) -> int:
    if outcome.record.status == "skipped" and not outcome.record.ended_badly:
        return 4
    if not outcome.record.ended_badly:
        return 0
    return 1 if outcome.retryable else 3


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
