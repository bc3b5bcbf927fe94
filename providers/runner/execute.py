"""Run one attempt in this process: for an engine that has a warm worker of its own (D5).

No limit on time or memory is kept here, and a crash takes the worker with it: an engine that uses this does not
declare those limits. A process of its own is `python -m unknot.providers.runner`.
"""

import os
import socket
import threading

import msgspec

from unknot.providers.runner import clock, secrets
from unknot.providers.runner.assignment import TaskAssignment, TaskOutcome
from unknot.providers.runner.capture import captured
from unknot.providers.runner.closing import seal_if_over
from unknot.providers.runner.environment import python_version, versions
from unknot.providers.runner.perform import begun, committed, failed, perform
from unknot.providers.runner.stream import AttemptStream, StreamTaken
from unknot.providers.runner.supervisor import FLUSH_S, HEARTBEAT_S
from unknot.stacks.errors import UnknotError
from unknot.stacks.run import AttemptEnded, AttemptStarted, Heartbeat, TaskEvent
from unknot.state.stores.base import Store


def execute(assignment: TaskAssignment, store: Store) -> TaskOutcome:
    """The whole attempt, recorded in its stream; one at a time in a process. Raises StoreError if it cannot be."""
    environment = dict(os.environ)
    try:
        values = secrets.resolve(assignment.secrets)
    except UnknotError as error:
        values = {}
        outcome = failed(begun(assignment), f"{error.summary}. {error.detail}", retryable=False)
        return _ended(assignment, store, _Recorder(assignment, store, secrets.Redactor()), outcome)
    redactor = secrets.Redactor(values.values())
    recorder = _Recorder(assignment, store, redactor)
    try:
        with recorder, captured(recorder.add, redactor):
            outcome = perform(assignment, store, recorder.add, values)
    finally:
        os.environ.clear()
        os.environ.update(environment)
    record = msgspec.structs.replace(outcome.record, error=redactor.text(outcome.record.error))
    outcome = TaskOutcome(record, redactor.text(outcome.traceback), outcome.retryable)
    return _ended(assignment, store, recorder, outcome)


def _ended(
    assignment: TaskAssignment, store: Store, recorder: "_Recorder", outcome: TaskOutcome
) -> TaskOutcome:
    record = outcome.record
    recorder.stream.add(AttemptEnded(clock.now(), record.status, record.error, outcome.traceback))
    recorder.stream.flush()
    is_last = assignment.attempt > (assignment.resources.retries or 0)
    if record.status == "failed" and (is_last or not outcome.retryable):
        outcome = TaskOutcome(committed(assignment, store, record), outcome.traceback, retryable=False)
    if assignment.seal:
        seal_if_over(store, assignment.uid, assignment.run)
    return outcome


class _Recorder:
    """The attempt's stream, written from a thread while the task works, with heartbeats."""

    def __init__(self, assignment: TaskAssignment, store: Store, redactor: secrets.Redactor) -> None:
        a = assignment
        self.stream = AttemptStream(store, a.uid, a.run, a.task, a.attempt, redactor)
        self.stream.add(
            AttemptStarted(clock.now(), socket.gethostname(), os.getpid(), python_version(), versions())
        )
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._write, daemon=True)

    def add(self, event: TaskEvent) -> None:
        with self._lock:
            self.stream.add(event)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _write(self) -> None:
        waited = 0.0
        while True:
            try:
                with self._lock:
                    self.stream.try_flush()
            except StreamTaken:
                return  # the last flush, which is the caller's, says so
            if self._over.wait(FLUSH_S):
                return
            waited += FLUSH_S
            if waited >= HEARTBEAT_S:
                waited = 0.0
                self.add(Heartbeat(clock.now()))
