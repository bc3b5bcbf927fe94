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
from unknot.providers.runner.perform import begun, failed
from unknot.providers.runner.record import ENDED_BADLY, progress_of, untried
from unknot.providers.runner.secrets import Redactor
from unknot.stacks.errors import UnknotError
from unknot.stacks.graph import LiteralValue, RunTime, TaskOutput, TaskSpec, WorkflowInput
from unknot.stacks.run import ArtifactRef, RunManifest, RunStarted, RunStatus, TaskCommit, TaskRecord
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
            records = list(self._records.values())
        return RunProgress(self._request.run, status, tuple(progress_of(record) for record in records))

    def _run(self) -> None:
        beats = threading.Thread(target=self._beat, daemon=True)
        beats.start()
        try:
            self._walk()
            status: RunStatus | None = "cancelled" if self._was_cut_short() else None
            self.manifest = seal(
                self._store, self._started, self._records.values(), status=status, redactor=self._redactor
            )
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
        with self._lock:
            upstream = dict(self._records)
        skipped = untried(self._started, task, upstream)
        if skipped.status == "skipped":
            bad = next(name for name in task.upstream if upstream[name].status in ENDED_BADLY)
            if upstream[bad].status == "cancelled":
                return msgspec.structs.replace(skipped, status="cancelled", reason="")
            return skipped
        assignment = self._assignment(task)
        taken = self._taken_over(assignment)
        if taken is not None:
            return taken
        return self._attempt(assignment).record

    def _assignment(self, task: TaskSpec) -> TaskAssignment:
        op = self._graph.ops[task.op]
        artifacts: dict[str, ArtifactRef] = {}
        values: dict[str, object] = {}
        times: dict[str, str] = {}
        for name, binding in task.inputs.items():
            match binding:
                case LiteralValue(value):
                    values[name] = value
                case RunTime():
                    times[name] = self._request.scheduled_time or self._started.at
                case WorkflowInput(source):
                    artifacts[name] = self._request.inputs[source]
                case TaskOutput(upstream, output):
                    artifacts[name] = self._records[upstream].outputs[output]
        resources = merged(op.resources, self._deployment.overrides.get(op.name))
        assignment = TaskAssignment(
            uid=self._deployment.uid,
            address=self._deployment.address,
            run=self._request.run,
            task=task.id,
            attempt=1,
            op=op,
            artifacts=artifacts,
            values=values,
            times=times,
            resources=msgspec.structs.replace(resources, cpu=resources.cpu or DEFAULT_CPU),
            secrets=self._deployment.secrets,
            bundle=self._deployment.bundle,
            module=self._graph.module,
            use_cache=self._request.use_cache and task.id not in self._forced,
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
        if assignment.task in self._forced:
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
                return process.wait()
            finally:
                with self._lock:
                    del self._running[assignment.task]

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
    """A task and all that read from it, however far."""
    if first is None:
        return frozenset()
    found = {first}
    for task in tasks:  # each comes after what it reads
        if found.intersection(task.upstream):
            found.add(task.id)
    return frozenset(found)
