"""Watch one attempt: its output into its stream, heartbeats, limits on time and memory, stopping it.

The user's code runs in a process of its own (`worker.py`), so heartbeats go on while it holds the interpreter's
lock, and its death, however sudden, is recorded with what it printed.
"""

import contextlib
import os
import selectors
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass

import msgspec

from unknot.providers.runner import clock, layout, secrets
from unknot.providers.runner.assignment import TaskAssignment, TaskOutcome
from unknot.providers.runner.capture import LAST_WORDS_S, LogText
from unknot.providers.runner.commands import ended_badly
from unknot.providers.runner.environment import python_version, versions
from unknot.providers.runner.limits import memory_bytes, shown_bytes, thread_environment
from unknot.providers.runner.perform import begun, committed, failed
from unknot.providers.runner.stream import AttemptStream
from unknot.providers.runner.worker import Finished, Message, Pipes, start
from unknot.stacks.errors import UnknotError
from unknot.stacks.run import AttemptEnded, AttemptStarted, Heartbeat, LogWritten, TaskCommit, TaskStatus
from unknot.stacks.secret import Secret
from unknot.state.stores.base import Store, StoreError

HEARTBEAT_S = 5.0
FLUSH_S = 0.5
MEMORY_CHECK_S = 0.1
CANCEL_CHECK_S = 2.0
GRACE_S = 3.0
"""Between asking a task to stop and killing it."""


FINAL_FLUSH_TRIES = 5

_decoder = msgspec.json.Decoder(Message)


@dataclass(frozen=True, slots=True)
class Stop:
    """Why the supervisor ends the task."""

    status: TaskStatus
    reason: str
    at_once: bool = False


class Supervisor:
    """Runs one attempt. Use it once, in the main thread of a process with no other thread."""

    def __init__(
        self, assignment: TaskAssignment, open_store: Callable[[], Store], lifeline: int | None = None
    ) -> None:
        self._assignment = assignment
        self._open_store = open_store
        self._lifeline = lifeline
        """A descriptor that ends when whoever asked for the task is gone."""
        self._stop: Stop | None = None
        self._outcome: TaskOutcome | None = None
        self._selector = selectors.DefaultSelector()
        self._open_pipes: set[int] = set()

    def run(self) -> TaskOutcome:
        """Run the attempt to its end. Raises StoreError or StreamTaken if the record cannot be kept."""
        os.environ.update(thread_environment(self._assignment.resources))
        record = begun(self._assignment)
        try:
            values = secrets.resolve(self._assignment.secrets)
            limit = memory_bytes(self._assignment.resources)
            extra = [
                Secret.parse(reference).resolve()
                for reference in secrets.referred(list(self._assignment.values.values()))
            ]
        except (UnknotError, ValueError) as error:
            store = self._open_store()
            stream = self._stream(store, secrets.Redactor())
            summary = f"{error.summary}. {error.detail}" if isinstance(error, UnknotError) else str(error)
            outcome = failed(record, summary, retryable=False)
            stream.add(self._started())
            return self._recorded(outcome, stream, store)
        self._redactor = secrets.Redactor([*values.values(), *extra])
        self._wake, wake_end = os.pipe()
        os.set_blocking(wake_end, False)
        signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
        signal.signal(signal.SIGTERM, self._asked_to_stop)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.set_wakeup_fd(wake_end, warn_on_full_buffer=False)
        self._pid, pipes = start(self._assignment, self._open_store, values)
        store = self._store = self._open_store()
        self._log = self._stream(store, self._redactor)
        self._log.add(self._started())
        try:
            self._log.try_flush()
            code = self._watch(pipes, limit)
        except BaseException:
            self._kill(signal.SIGKILL)  # nobody would watch it
            raise
        outcome = self._outcome or self._concluded(store, code)
        return self._recorded(outcome, self._log, store)

    def _stream(self, store: Store, redactor: secrets.Redactor) -> AttemptStream:
        a = self._assignment
        return AttemptStream(store, a.uid, a.run, a.task, a.attempt, redactor)

    def _started(self) -> AttemptStarted:
        import socket

        return AttemptStarted(clock.now(), socket.gethostname(), os.getpid(), python_version(), versions())

    def _asked_to_stop(self, _number: int, _frame: object) -> None:
        self._end(Stop("cancelled", "it was cancelled"))

    def _watch(self, pipes: Pipes, limit: int | None) -> int:
        """Serve pipes and timers until the worker has ended; returns its exit code, negative for a signal."""
        texts: dict[int, LogText] = {
            pipes.stdout: LogText("stdout", self._redactor),
            pipes.stderr: LogText("stderr", self._redactor),
        }
        messages = _Lines()
        for descriptor in (pipes.stdout, pipes.stderr, pipes.events):
            os.set_blocking(descriptor, False)
            self._selector.register(descriptor, selectors.EVENT_READ)
            self._open_pipes.add(descriptor)
        self._selector.register(self._wake, selectors.EVENT_READ)
        if self._lifeline is not None:
            self._selector.register(self._lifeline, selectors.EVENT_READ)
        timers = _Timers(self._assignment.resources.timeout_s, limit)
        code: int | None = None
        while code is None:
            for key, _ in self._selector.select(timers.wait_s(stopping=self._stop is not None)):
                self._serve(key.fd, pipes, texts, messages)
            self._tick(timers, texts, limit)
            code = self._ended()
        self._read_last_words(pipes, texts, messages)
        for text in texts.values():
            self._add_log(text.end())
        return code

    def _serve(self, fd: int, pipes: Pipes, texts: dict[int, LogText], messages: "_Lines") -> None:
        try:
            data = os.read(fd, 65536)
        except BlockingIOError:
            return
        if fd == self._wake:
            return
        if fd == self._lifeline:
            if not data:
                self._selector.unregister(fd)
                self._end(Stop("lost", "the process that started it is gone"))
            return
        if not data:
            self._selector.unregister(fd)
            self._open_pipes.discard(fd)
        elif fd == pipes.events:
            for line in messages.feed(data):
                self._hear(_decoder.decode(line))
        else:
            self._add_log(texts[fd].feed(data))

    def _hear(self, message: Message) -> None:
        if isinstance(message, Finished):
            self._outcome = message.outcome
        else:
            self._log.add(message)

    def _add_log(self, event: LogWritten | None) -> None:
        if event is not None:
            self._log.add(event)

    def _tick(self, timers: "_Timers", texts: dict[int, LogText], limit: int | None) -> None:
        if timers.is_over() and self._stop is None:
            seconds = self._assignment.resources.timeout_s
            self._end(Stop("failed", f"it took longer than its time limit of {seconds:g} s"))
        if limit is not None and timers.memory.due():
            used = self._memory()
            if used > limit:
                self._end(
                    Stop(
                        "failed",
                        f"it used {shown_bytes(used)} of memory, more than its limit of "
                        f"{self._assignment.resources.memory}",
                        at_once=True,
                    )
                )
        if self._assignment.heeds_cancel and self._stop is None and timers.cancel.due():
            self._look_for_cancel()
        if timers.heartbeat.due():
            self._log.add(Heartbeat(clock.now(), self._memory()))
        if timers.flush.due():
            self._log.try_flush()
        if self._stop is not None and timers.grace_over(self._stop_at):
            self._kill(signal.SIGKILL)

    def _look_for_cancel(self) -> None:
        a = self._assignment
        with contextlib.suppress(StoreError):  # a store that fails now is asked again
            if self._store.size(layout.cancel_key(a.uid, a.run)) is not None:
                self._end(Stop("cancelled", "it was cancelled"))

    def _end(self, stop: Stop) -> None:
        """Begin to end the task; the first reason counts."""
        if self._stop is not None:
            return
        self._stop = stop
        self._stop_at = time.monotonic()
        self._kill(signal.SIGKILL if stop.at_once else signal.SIGTERM)

    def _kill(self, number: signal.Signals) -> None:
        """Signal the worker's group, and what left the group."""
        import psutil

        with contextlib.suppress(psutil.Error):
            for process in psutil.Process(self._pid).children(recursive=True):
                with contextlib.suppress(psutil.Error):
                    process.send_signal(number)
        for send in (os.killpg, os.kill):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                send(self._pid, number)

    def _memory(self) -> int:
        """Resident bytes of the worker and all that it started."""
        import psutil

        total = 0
        with contextlib.suppress(psutil.Error):
            worker = psutil.Process(self._pid)
            for process in [worker, *worker.children(recursive=True)]:
                with contextlib.suppress(psutil.Error):
                    total += process.memory_info().rss
        return total

    def _ended(self) -> int | None:
        pid, status = os.waitpid(self._pid, os.WNOHANG)
        return None if pid == 0 else os.waitstatus_to_exitcode(status)

    def _read_last_words(self, pipes: Pipes, texts: dict[int, LogText], messages: "_Lines") -> None:
        """Read what is in the pipes; then end what the worker left running."""
        deadline = time.monotonic() + LAST_WORDS_S
        left_running = False
        while self._open_pipes and time.monotonic() < deadline:
            ready = [key.fd for key, _ in self._selector.select(0.05) if key.fd in self._open_pipes]
            if not ready and not left_running:
                left_running = True
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.killpg(self._pid, signal.SIGKILL)
            for fd in ready:
                self._serve(fd, pipes, texts, messages)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._pid, signal.SIGKILL)

    def _concluded(self, store: Store, code: int) -> TaskOutcome:
        """The outcome of a worker that ended without a word."""
        a = self._assignment
        commit = layout.read_struct(store, layout.commit_key(a.uid, a.run, a.task), TaskCommit)
        if commit is not None and commit.attempt == a.attempt:
            return TaskOutcome(commit.record, retryable=False)
        record = begun(a, self._redactor)
        if self._stop is None:
            return failed(record, f"{ended_badly('the task', code)} before it was done")
        outcome = failed(record, self._stop.reason)
        ended = msgspec.structs.replace(outcome.record, status=self._stop.status)
        return msgspec.structs.replace(outcome, record=ended)

    def _recorded(self, outcome: TaskOutcome, stream: AttemptStream, store: Store) -> TaskOutcome:
        """Write the end of the stream, and commit a failure that no attempt will mend; secrets redacted."""
        redactor = getattr(self, "_redactor", secrets.Redactor())
        record = msgspec.structs.replace(outcome.record, error=redactor.text(outcome.record.error))
        outcome = TaskOutcome(record, redactor.text(outcome.traceback), outcome.retryable)
        stream.add(AttemptEnded(clock.now(), record.status, record.error, outcome.traceback))
        for n in range(FINAL_FLUSH_TRIES):
            try:
                stream.flush()
                break
            except StoreError:
                if n == FINAL_FLUSH_TRIES - 1:
                    raise
                time.sleep(0.1 * 2**n)
        is_last = self._assignment.attempt > (self._assignment.resources.retries or 0)
        if record.status == "failed" and (is_last or not outcome.retryable):
            outcome = TaskOutcome(
                committed(self._assignment, store, record), outcome.traceback, retryable=False
            )
        return outcome


class _Lines:
    """Bytes into whole lines."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> list[bytes]:
        *lines, self._rest = (self._rest + data).split(b"\n")
        return lines


class _Every:
    """A timer that is due once a period."""

    def __init__(self, period_s: float) -> None:
        self._period_s = period_s
        self.next = time.monotonic() + period_s

    def due(self) -> bool:
        if time.monotonic() < self.next:
            return False
        self.next = time.monotonic() + self._period_s
        return True


class _Timers:
    def __init__(self, timeout_s: float | None, limit: int | None) -> None:
        self._deadline = None if timeout_s is None else time.monotonic() + timeout_s
        self._limited = limit is not None
        self.heartbeat = _Every(HEARTBEAT_S)
        self.flush = _Every(FLUSH_S)
        self.memory = _Every(MEMORY_CHECK_S)
        self.cancel = _Every(CANCEL_CHECK_S)

    def is_over(self) -> bool:
        return self._deadline is not None and time.monotonic() >= self._deadline

    def grace_over(self, stopped_at: float) -> bool:
        return time.monotonic() > stopped_at + GRACE_S

    def wait_s(self, *, stopping: bool) -> float:
        """Until the next thing that is due."""
        times = [self.heartbeat.next, self.flush.next]
        if self._deadline is not None and not stopping:
            times.append(self._deadline)
        if self._limited:
            times.append(self.memory.next)
        return max(0.0, min(times) - time.monotonic())
