"""Carry one run from its first task to its seal: what is ready, what is reused, what is tried again.

A thread of the process that triggered the run. Everything that matters is in the store, so its death loses
nothing but the tasks in flight.
"""

import graphlib
import logging
import queue
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from unknot.providers.base import RunProgress
from unknot.providers.local.machine import DEFAULT_CPU, Machine
from unknot.providers.local.process import TaskProcess
from unknot.providers.runner import cache, clock, layout
from unknot.providers.runner.assignment import TaskAssignment, TaskOutcome
from unknot.providers.runner.closing import seal
from unknot.providers.runner.limits import merged
from unknot.providers.runner.mapping import gathered
from unknot.providers.runner.perform import begun, failed
from unknot.providers.runner.record import progress_of, untried
from unknot.providers.runner.resolving import Resolver
from unknot.providers.runner.secrets import Redactor
from unknot.stacks.errors import EngineError, UnknotError
from unknot.stacks.graph import TaskSpec, element_id, element_of
from unknot.stacks.run import NOT_TAKEN, RunManifest, RunStarted, RunStatus, TaskCommit, TaskRecord
from unknot.state.stores.base import Store, StoreError

if TYPE_CHECKING:
    from tenacity import RetryCallState

BEAT_S = 15.0
"""Between signs of life of the coordinator itself."""

CANCEL_CHECK_S = 1.0
"""Between looks for a cancellation that another process asked for."""

RETRY_DELAY_S = 1.0
RETRY_DELAY_MAX_S = 300.0

ELEMENTS_AT_ONCE = 64
"""Elements of one mapped task that are looked after at a time. How many run is up to the machine."""

_log = logging.getLogger(__name__)


class Coordinator:
    """One run. `start` returns at once; `done` is set when the run is sealed, or could not be."""

    def __init__(
        self,
        store: Store,
        started: RunStarted,
        *,
        scratch: Path,
        machine: Machine,
        redactor: Redactor,
        progress: Callable[[RunProgress], None] | None = None,
    ) -> None:
        self._store = store
        self._started = started
        self._request = started.request
        self._deployment = started.request.deployment
        self._graph = self._deployment.graph
        self._scratch = scratch
        self._machine = machine
        self._redactor = redactor
        self._progress = progress
        self._lock = threading.Lock()
        self._records: dict[str, TaskRecord] = {}
        for task in self._graph.tasks:
            self._records[task.id] = untried(started, task, {})
        self._order = list(self._records)
        """Names of records: the graph's tasks, each followed by its elements' once these are known."""
        self._resolver = Resolver(store, started, self._records)
        self._running: dict[str, TaskProcess] = {}
        self._cancelled = threading.Event()
        self._forced = _downstream(self._graph.tasks, self._request.from_task)
        self.done = threading.Event()
        self.manifest: RunManifest | None = None
        self.problem: str = ""
        """Why the run could not be sealed; empty if it was."""

    def start(self) -> None:
        threading.Thread(target=self._run, name=f"run {self._request.run}", daemon=True).start()

    def cancel(self) -> None:
        """Stop what runs; the run is then sealed as cancelled."""
        with self._lock:
            self._cancelled.set()
            running = list(self._running.values())
        self._machine.wake()
        for process in running:
            process.stop()

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
            ended.put((task.id, self._task_record(task)))
        except BaseException as error:  # noqa: BLE001 - raised again in the run's own thread
            ended.put((task.id, error))

    def _task_record(self, task: TaskSpec) -> TaskRecord:
        return self._mapped(task) if task.is_mapped else self._done(task)

    def _done(self, task: TaskSpec, place: int | None = None) -> TaskRecord:
        """Do a task, or the task of one element, unless there is a reason not to."""
        name = task.id if place is None else element_id(task.id, place)
        try:
            skipped = self._skipped(task, name, place)
            assignment = self._assignment(task, name, place) if skipped is None else None
        except EngineError as error:
            return self._unresolved(task, name, error)
        if assignment is None:
            assert skipped is not None
            return skipped
        taken = self._taken_over(assignment)
        if taken is not None:
            return taken
        return self._attempt(assignment).record

    def _skipped(self, task: TaskSpec, name: str, place: int | None = None) -> TaskRecord | None:
        skip = self._resolver.skipped(task, place)
        if skip is None:
            return None
        record = msgspec.structs.replace(
            untried(self._started, task, {}), task=name, status=skip.status, reason=skip.reason
        )
        return self._settled(record) if skip.reason == NOT_TAKEN else record

    def _mapped(self, task: TaskSpec) -> TaskRecord:
        """Do a task once for each element of a list, and gather what they make."""
        try:
            skipped = self._skipped(task, task.id)
            if skipped is not None:
                return skipped
            number = self._resolver.count(task)
        except EngineError as error:
            return self._unresolved(task, task.id, error)
        names = [element_id(task.id, place) for place in range(number)]
        waiting = untried(self._started, task, {})
        fingerprint = self._graph.ops[task.op].fingerprint
        record = msgspec.structs.replace(
            waiting,
            status="running",
            started_at=clock.now(),
            inputs=self._resolver.lists(task),
            fingerprint=fingerprint.digest if fingerprint is not None else "",
        )
        with self._lock:
            after = self._order.index(task.id) + 1
            self._order[after:after] = names
            for name in names:
                self._records[name] = msgspec.structs.replace(waiting, task=name)
        self._set(record)
        _in_threads(lambda place: self._set(self._done(task, place)), number)
        elements = [self._records[name] for name in names]
        return self._settled(gathered(self._store, self._started, record, elements))

    def _unresolved(self, task: TaskSpec, name: str, error: EngineError) -> TaskRecord:
        """A task that cannot even begin, since what it goes by is not what it should be."""
        said = f"{error.summary}. {error.detail}".removesuffix(". ")
        record = untried(self._started, task, {})
        return self._settled(msgspec.structs.replace(record, task=name, status="failed", error=said))

    def _settled(self, record: TaskRecord) -> TaskRecord:
        """Commit what no attempt of a task says."""
        uid, run = self._deployment.uid, self._request.run
        commit = TaskCommit(run, 0, "", record)
        layout.put_struct_once(self._store, layout.commit_key(uid, run, record.task), commit)
        return record

    def _is_forced(self, name: str) -> bool:
        """Whether it is to be done whatever earlier runs did."""
        element = element_of(name)
        return name in self._forced or (element is not None and element[0] in self._forced)

    def _assignment(self, task: TaskSpec, name: str, place: int | None) -> TaskAssignment:
        op = self._graph.ops[task.op]
        inputs = self._resolver.inputs(task, place)
        resources = merged(op.resources, self._deployment.overrides.get(op.name))
        assignment = TaskAssignment(
            uid=self._deployment.uid,
            address=self._deployment.address,
            run=self._request.run,
            task=name,
            attempt=1,
            op=op,
            artifacts=inputs.artifacts,
            values=inputs.values,
            times=inputs.times,
            assemblies=inputs.assemblies,
            origins=inputs.origins,
            resources=msgspec.structs.replace(resources, cpu=resources.cpu or DEFAULT_CPU),
            secrets=self._deployment.secrets,
            bundle=self._deployment.bundle,
            module=self._graph.module,
            use_cache=self._request.use_cache and not self._is_forced(name),
            store=self._store.url,
            scratch=str(self._scratch),
        )
        key = cache.key_of(assignment, self._deployment.lock)
        return msgspec.structs.replace(assignment, cache_key=key)

    def _taken_over(self, assignment: TaskAssignment) -> TaskRecord | None:
        """The record of what an earlier run wrote, if it may be used; committed for this run."""
        found = self._earlier(assignment)
        if found is None:
            return None
        commit, reason = found
        record = cache.reused(commit, assignment.task, reason)
        layout.put_struct_once(
            self._store,
            layout.commit_key(assignment.uid, assignment.run, assignment.task),
            TaskCommit(assignment.run, 0, assignment.cache_key, record),
        )
        return record

    def _earlier(self, assignment: TaskAssignment) -> tuple[TaskCommit, str] | None:
        if self._is_forced(assignment.task):
            return None
        prior = self._request.retry_of
        if prior is not None:
            key = layout.commit_key(assignment.uid, prior, assignment.task)
            commit = layout.read_struct(self._store, key, TaskCommit)
            if (
                commit is not None
                and commit.record.status in ("succeeded", "reused")
                and commit.cache_key == assignment.cache_key
                and cache.is_whole(self._store, commit)
            ):
                return commit, f"succeeded in run {prior}, inputs and code unchanged"
        if not assignment.use_cache:
            return None
        commit = cache.look_up(self._store, assignment.cache_key)
        return None if commit is None else (commit, f"inputs and code unchanged since run {commit.run}")

    def _attempt(self, assignment: TaskAssignment) -> TaskOutcome:
        """Attempts until one succeeds, no more are allowed, or the run is cancelled."""
        import tenacity

        delay = assignment.resources.retry_delay_s
        delay = RETRY_DELAY_S if delay is None else delay
        retrying = tenacity.Retrying(
            stop=tenacity.stop_any(
                tenacity.stop_after_attempt(1 + (assignment.resources.retries or 0)),
                tenacity.stop_when_event_set(self._cancelled),
            ),
            wait=tenacity.wait_exponential(multiplier=delay, min=delay, max=max(delay, RETRY_DELAY_MAX_S)),
            retry=tenacity.retry_if_result(_is_worth_retrying),
            before_sleep=self._show_waiting,
            sleep=self._pause,
            retry_error_callback=_last_result,
        )
        number = 0

        def once() -> TaskOutcome:
            nonlocal number
            number += 1
            return self._attempt_once(msgspec.structs.replace(assignment, attempt=number))

        return retrying(once)

    def _attempt_once(self, assignment: TaskAssignment) -> TaskOutcome:
        with self._machine.share(assignment.resources, self._cancelled) as has_share:
            process = None
            if has_share:
                with self._lock:
                    # Under the lock, so that a cancellation sees the process or keeps it from starting.
                    if not self._cancelled.is_set():
                        process = self._running[assignment.task] = TaskProcess(assignment)
            if process is None:
                outcome = failed(begun(assignment, self._redactor), "", retryable=False)
                record = msgspec.structs.replace(
                    outcome.record, status="cancelled", attempts=assignment.attempt - 1, started_at=""
                )
                return msgspec.structs.replace(outcome, record=record)
            self._set(begun(assignment, self._redactor))
            try:
                return self._told_to_end(process.wait())
            finally:
                with self._lock:
                    del self._running[assignment.task]

    def _told_to_end(self, outcome: TaskOutcome) -> TaskOutcome:
        """A process that a cancellation ended before it could say so was cancelled, and not lost."""
        if outcome.record.status != "lost" or not self._cancelled.is_set():
            return outcome
        record = msgspec.structs.replace(outcome.record, status="cancelled", error="")
        return msgspec.structs.replace(outcome, record=record)

    def _pause(self, seconds: float) -> None:
        """Wait between attempts; a cancellation ends it."""
        self._cancelled.wait(seconds)

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
        n, beaten = 0, 0.0
        while not self.done.wait(CANCEL_CHECK_S):
            try:
                if not self._cancelled.is_set() and self._store.size(layout.cancel_key(uid, run)) is not None:
                    self.cancel()
                beaten += CANCEL_CHECK_S
                if beaten >= BEAT_S:
                    n, beaten = n + 1, 0.0
                    layout.put_once(
                        self._store, f"{layout.beats_prefix(uid, run)}{n:06d}", clock.now().encode()
                    )
            except StoreError:
                continue  # a store that fails now is asked again


def _is_worth_retrying(outcome: TaskOutcome) -> bool:
    return outcome.record.status in ("failed", "lost") and outcome.retryable


def _last_result(state: "RetryCallState") -> TaskOutcome:
    assert state.outcome is not None
    result: TaskOutcome = state.outcome.result()
    return result


def _downstream(tasks: tuple[TaskSpec, ...], first: str | None) -> frozenset[str]:
    """A task, or the one of an element, and all that read from it, however far."""
    if first is None:
        return frozenset()
    element = element_of(first)
    read = {first if element is None else element[0]}
    for task in tasks:  # each comes after what it reads
        if read.intersection(task.upstream):
            read.add(task.id)
    # Of a mapped task with one element that is done again, the others are not.
    return frozenset(read) if element is None else frozenset({first, *read} - {element[0]})


def _in_threads(work: Callable[[int], None], number: int) -> None:
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

    threads = min(number, ELEMENTS_AT_ONCE)
    for _ in range(threads):
        threading.Thread(target=serve, daemon=True).start()
    for _ in range(threads):
        error = ended.get()
        if error is not None:
            raise error
