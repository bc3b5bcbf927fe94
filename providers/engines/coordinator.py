"""Carry one run from its first task to its seal: what is ready, what is reused, what is tried again.

A thread of the process that triggered the run, or of one that the engine runs (`driver.py`). Everything that matters
is in the store, so its death loses nothing but the tasks in flight.
"""

import graphlib
import logging
import queue
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

from unknot.providers.engine import RunProgress
from unknot.providers.engines.assigning import Assigner
from unknot.providers.engines.executor import Cancellation, Executor
from unknot.providers.runner import clock, layout, mapping
from unknot.providers.runner.assignment import TaskAssignment, TaskOutcome
from unknot.providers.runner.closing import seal
from unknot.providers.runner.perform import begun, failed
from unknot.providers.runner.record import progress_of, untried
from unknot.providers.runner.secrets import Redactor
from unknot.providers.runner.stream import attempts
from unknot.stacks.errors import EngineError, UnknotError
from unknot.stacks.graph import TaskSpec, element_id
from unknot.stacks.run import RunManifest, RunStarted, RunStatus, TaskRecord
from unknot.state.stores.base import Store, StoreError

if TYPE_CHECKING:
    from tenacity import RetryCallState

BEAT_S = 15.0
"""Between signs of life of the coordinator itself."""

CANCEL_CHECK_S = 1.0
"""Between looks for a cancellation that another process asked for."""

RETRY_DELAY_S = 1.0
RETRY_DELAY_MAX_S = 300.0

_log = logging.getLogger(__name__)


class Coordinator:
    """One run. `start` returns at once; `done` is set when the run is sealed, or could not be."""

    def __init__(
        self,
        store: Store,
        started: RunStarted,
        executor: Executor,
        *,
        redactor: Redactor,
        scratch: str = "",
        resuming: bool = False,
        progress: Callable[[RunProgress], None] | None = None,
    ) -> None:
        """`scratch` is the folder for workers' files, empty for their system's temporary one; `resuming`: an earlier
        coordinator may have done some of the run.
        """
        self._store = store
        self._started = started
        self._request = started.request
        self._deployment = started.request.deployment
        self._graph = self._deployment.graph
        self._executor = executor
        self._redactor = redactor
        self._progress = progress
        self._lock = threading.Lock()
        self._records: dict[str, TaskRecord] = {}
        for task in self._graph.tasks:
            self._records[task.id] = untried(started, task, {})
        self._order = list(self._records)
        """Names of records: the graph's tasks, each followed by its elements' once these are known."""
        self._assigner = Assigner(store, started, self._records, scratch=scratch, resuming=resuming)
        self._tried = attempts(store, self._deployment.uid, self._request.run) if resuming else {}
        """Task to the numbers of attempts that an earlier coordinator began."""
        self._cancellation = Cancellation()
        self.done = threading.Event()
        self.manifest: RunManifest | None = None
        self.problem: str = ""
        """Why the run could not be sealed; empty if it was."""

    def start(self) -> None:
        threading.Thread(target=self._run, name=f"run {self._request.run}", daemon=True).start()

    def cancel(self) -> None:
        """Stop what runs; the run is then sealed as cancelled."""
        self._cancellation.set()

    def progress(self) -> RunProgress:
        """How far the run has come."""
        status: RunStatus = "lost" if self.problem else "running"
        if self.manifest is not None:
            status = self.manifest.status
        with self._lock:
            records = [self._records[name] for name in self._order]
        return RunProgress(self._request.run, status, tuple(progress_of(record) for record in records))

    def _run(self) -> None:
        beats = threading.Thread(target=self._beat, daemon=True)
        beats.start()
        try:
            self._walk()
            status: RunStatus | None = "cancelled" if self._was_cut_short() else None
            records = [self._records[name] for name in self._order]
            self.manifest = seal(self._store, self._started, records, status=status, redactor=self._redactor)
        except (UnknotError, StoreError) as error:
            self.problem = f"{error.summary}. {error.detail}".removesuffix(". ")
            _log.error("run %s cannot be recorded: %s", self._request.run, self.problem)
        finally:
            self.done.set()
            if self._progress is not None:
                self._progress(self.progress())

    def _walk(self) -> None:
        """Run every task after those that it reads from; independent ones go on when one fails."""
        order = graphlib.TopologicalSorter({task.id: task.upstream for task in self._graph.tasks})
        order.prepare()
        ended: queue.SimpleQueue[tuple[str, TaskRecord | BaseException]] = queue.SimpleQueue()
        while order.is_active():
            for task_id in order.get_ready():
                threading.Thread(
                    target=self._run_task, args=(self._graph.task(task_id), ended), daemon=True
                ).start()
            task_id, result = ended.get()
            if isinstance(result, BaseException):
                self.cancel()
                raise result
            self._set(result)
            order.done(task_id)

    def _was_cut_short(self) -> bool:
        return any(record.status == "cancelled" for record in self._records.values())

    def _run_task(
        self, task: TaskSpec, ended: "queue.SimpleQueue[tuple[str, TaskRecord | BaseException]]"
    ) -> None:
        try:
            ended.put((task.id, self._mapped(task) if task.is_mapped else self._done(task)))
        except BaseException as error:  # noqa: BLE001 - raised again in the run's own thread
            ended.put((task.id, error))

    def _done(self, task: TaskSpec, place: int | None = None) -> TaskRecord:
        """Do a task, or the task of one element, unless there is a reason not to."""
        decided = self._assigner.decide(task, place)
        return decided if isinstance(decided, TaskRecord) else self._attempt(decided).record

    def _mapped(self, task: TaskSpec) -> TaskRecord:
        """Do a task once for each element of a list, and gather what they make."""
        resolver = self._assigner.resolver
        try:
            skipped = self._assigner.skipped(task)
            if skipped is not None:
                return skipped
            number = resolver.count(task)
        except EngineError as error:
            return self._assigner.unresolved(task, task.id, error)
        names = [element_id(task.id, place) for place in range(number)]
        waiting = untried(self._started, task, {})
        record = mapping.begun(waiting, self._graph.ops[task.op].fingerprint, resolver.lists(task))
        with self._lock:
            after = self._order.index(task.id) + 1
            self._order[after:after] = names
            for name in names:
                self._records[name] = msgspec.structs.replace(waiting, task=name)
        self._set(record)
        _in_threads(lambda place: self._set(self._done(task, place)), number, self._executor.at_once)
        elements = [self._records[name] for name in names]
        return self._assigner.settled(mapping.gathered(self._store, self._started, record, elements))

    def _attempt(self, assignment: TaskAssignment) -> TaskOutcome:
        """Attempts until one succeeds, no more are allowed, or the run is cancelled."""
        import tenacity

        delay = assignment.resources.retry_delay_s
        delay = RETRY_DELAY_S if delay is None else delay
        retrying = tenacity.Retrying(
            stop=tenacity.stop_any(
                tenacity.stop_after_attempt(1 + (assignment.resources.retries or 0)),
                tenacity.stop_when_event_set(self._cancellation.event),
            ),
            wait=tenacity.wait_exponential(multiplier=delay, min=delay, max=max(delay, RETRY_DELAY_MAX_S)),
            retry=tenacity.retry_if_result(_is_worth_retrying),
            before_sleep=self._show_waiting,
            sleep=self._pause,
            retry_error_callback=_last_result,
        )
        number = max(self._tried.get(assignment.task, ()), default=0)

        def once() -> TaskOutcome:
            nonlocal number
            number += 1
            return self._attempt_once(msgspec.structs.replace(assignment, attempt=number))

        return retrying(once)

    def _attempt_once(self, assignment: TaskAssignment) -> TaskOutcome:
        started = begun(assignment, self._redactor)
        outcome = self._executor.run(assignment, lambda: self._set(started), self._cancellation)
        if outcome is None:
            outcome = failed(started, "", retryable=False)
            record = msgspec.structs.replace(
                outcome.record, status="cancelled", attempts=assignment.attempt - 1, started_at=""
            )
            return msgspec.structs.replace(outcome, record=record)
        return self._told_to_end(outcome)

    def _told_to_end(self, outcome: TaskOutcome) -> TaskOutcome:
        """An attempt that a cancellation ended before it could say so was cancelled, and not lost."""
        if outcome.record.status != "lost" or not self._cancellation.is_set():
            return outcome
        record = msgspec.structs.replace(outcome.record, status="cancelled", error="")
        return msgspec.structs.replace(outcome, record=record)

    def _pause(self, seconds: float) -> None:
        """Wait between attempts; a cancellation ends it."""
        self._cancellation.wait(seconds)

    def _show_waiting(self, state: "RetryCallState") -> None:
        outcome = _last_result(state)
        self._set(msgspec.structs.replace(outcome.record, status="waiting"))

    def _set(self, record: TaskRecord) -> None:
        with self._lock:
            changed = self._records[record.task].status != record.status
            self._records[record.task] = record
        if changed and self._progress is not None:
            self._progress(self.progress())

    def _beat(self) -> None:
        """Signs of life, and a look for a cancellation that another process asked for."""
        uid, run = self._deployment.uid, self._request.run
        beaten = BEAT_S  # the first at once: until then nobody knows that the run is carried on
        while not self.done.wait(CANCEL_CHECK_S):
            try:
                if (
                    not self._cancellation.is_set()
                    and self._store.size(layout.cancel_key(uid, run)) is not None
                ):
                    self.cancel()
                beaten += CANCEL_CHECK_S
                if beaten >= BEAT_S:
                    beaten = 0.0
                    now = clock.now()
                    layout.put_once(self._store, f"{layout.beats_prefix(uid, run)}{now}", now.encode())
            except StoreError:
                continue  # a store that fails now is asked again


def _is_worth_retrying(outcome: TaskOutcome) -> bool:
    return outcome.record.status in ("failed", "lost") and outcome.retryable


def _last_result(state: "RetryCallState") -> TaskOutcome:
    assert state.outcome is not None
    result: TaskOutcome = state.outcome.result()
    return result


def _in_threads(work: Callable[[int], None], number: int, at_once: int) -> None:
    """Call `work` with each place below `number`, some at a time. Raises the first thing that it raises."""
    places = iter(range(number))
    lock = threading.Lock()
    ended: queue.SimpleQueue[BaseException | None] = queue.SimpleQueue()

    def serve() -> None:
        try:
            while True:
                with lock:
                    place = next(places, None)
                if place is None:
                    break
                work(place)
        except BaseException as error:  # noqa: BLE001 - raised again in the thread that waits
            ended.put(error)
        else:
            ended.put(None)

    threads = min(number, at_once)
    for _ in range(threads):
        threading.Thread(target=serve, daemon=True).start()
    for _ in range(threads):
        error = ended.get()
        if error is not None:
            raise error
