"""One attempt in a process of its own, forked by a runner that is warm: begin it, wait for its outcome, stop it.

A runner (`runner/forking.py`) is started once for an interpreter, by whoever needs it first in this process: a
coordinator's process, or a worker of an engine. It ends with this process.
"""

import atexit
import contextlib
import functools
import os
import signal
import socket
import subprocess
import tempfile
import threading
from pathlib import Path

import msgspec

from unknot.providers.runner.assignment import TaskAssignment, TaskOutcome
from unknot.providers.runner.commands import ended_badly
from unknot.providers.runner.environments import interpreter_of
from unknot.providers.runner.forking import Forked, ForkRequest
from unknot.providers.runner.perform import begun, committed, failed
from unknot.stacks.errors import EngineError, UnknotError
from unknot.state.stores.base import Store, StoreError
from unknot.state.stores.opening import open_store

_STDERR_CHARACTERS = 2000
_START_S = 60.0
"""For an interpreter to start and import the runner on a busy machine."""


class TaskProcess:
    """A running attempt. It ends when this process closes its connection or dies."""

    def __init__(self, assignment: TaskAssignment) -> None:
        """Makes the environment that it needs first, where the worker's own is not what is locked.

        Raises EngineError if that cannot be made, or the runner in it does not start; StoreError.
        """
        self._assignment = assignment
        python = interpreter_of(assignment, _store(assignment.store))
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed in `wait`
        self._connection = _runner(python).connect()
        request = msgspec.json.encode(ForkRequest(assignment, environment_of_tasks())) + b"\n"
        self._answers = self._connection.makefile("rb")
        try:
            sent = socket.send_fds(self._connection, [request], [self._errors.fileno()])
            self._connection.sendall(request[sent:])
            self._pid = msgspec.json.decode(self._answers.readline(), type=Forked).pid
        except (OSError, msgspec.DecodeError):
            self._pid = 0  # it is told by `wait`

    @property
    def pid(self) -> int:
        """Of the supervisor; 0 if it ended before it could say so."""
        return self._pid

    def wait(self) -> TaskOutcome:
        """The outcome; for a runner that ended without one, an outcome that says `lost`."""
        with self._errors, self._connection, self._answers:
            try:
                return msgspec.json.decode(self._answers.read(), type=TaskOutcome)
            except (OSError, msgspec.DecodeError):
                self._errors.seek(0)
                text = self._errors.read().decode("utf-8", "replace").strip()[-_STDERR_CHARACTERS:]
        lost = failed(begun(self._assignment), f"the runner ended before the task was done. {text}".strip())
        return msgspec.structs.replace(lost, record=msgspec.structs.replace(lost.record, status="lost"))

    def stop(self) -> None:
        """Ask the runner to end the task; it kills what does not end in time."""
        if self._pid:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._pid, signal.SIGTERM)

    def kill(self) -> None:
        """End the supervisor and all that it started at once."""
        import psutil

        with contextlib.suppress(psutil.Error, ValueError):
            supervisor = psutil.Process(self._pid or -1)
            for process in [*supervisor.children(recursive=True), supervisor]:
                with contextlib.suppress(psutil.Error):
                    process.kill()


class _Runner:
    """A process that forks one for each attempt."""

    def __init__(self, python: str) -> None:
        self._python = python
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        atexit.register(self.close)

    def connect(self) -> socket.socket:
        """A connection for one attempt; starts the runner if there is none or it has ended."""
        with self._lock:
            if self._process is None or self._process.poll() is not None:
                self.close()
                self._start()
            assert self._folder is not None
            connection = socket.socket(socket.AF_UNIX)
            try:
                connection.connect(str(Path(self._folder.name) / "runner"))
            except OSError as error:
                connection.close()
                raise EngineError("the runner of tasks does not answer", detail=str(error)) from error
            return connection

    def _start(self) -> None:
        # Short, since the path of a socket may have 107 bytes (unix(7)).
        self._folder = tempfile.TemporaryDirectory(prefix="unknot-", ignore_cleanup_errors=True)
        path = str(Path(self._folder.name) / "runner")
        with tempfile.TemporaryFile() as errors:
            self._process = subprocess.Popen(
                # `-P`: the current folder is not on the import path, so a task sees the bundle and not the checkout.
                (self._python, "-P", "-m", "unknot.providers.runner", "--serve", path),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                env=environment_of_tasks(),
                start_new_session=True,
            )
            assert self._process.stdout is not None
            if not self._process.stdout.readline():
                code = self._process.wait(_START_S)
                errors.seek(0)
                said = errors.read().decode("utf-8", "replace").strip()[-_STDERR_CHARACTERS:]
                raise EngineError(
                    f"{ended_badly(f'the runner of `{self._python}`', code)} when it was started",
                    detail=f"{said} Install unknot of this version there.".strip(),
                )

    def close(self) -> None:
        """End the runner; attempts in flight go on for as long as their connections do."""
        if self._process is not None:
            for stream in (self._process.stdin, self._process.stdout):
                if stream is not None:
                    with contextlib.suppress(OSError):
                        stream.close()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(5)
            self._process = None
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None


_lock = threading.Lock()


def _runner(python: str) -> _Runner:
    with _lock:
        return _made(python, os.getpid())


@functools.cache
def _made(python: str, _pid: int) -> _Runner:
    """By process: one that was forked from this one has a runner of its own."""
    return _Runner(python)


def carried_out(assignment: TaskAssignment) -> TaskOutcome:
    """Carry out an attempt in a process below this one. What keeps it from beginning is its failure, committed."""
    try:
        process = TaskProcess(assignment)
    except (StoreError, UnknotError) as error:
        return could_not_begin(assignment, error)
    return process.wait()


def could_not_begin(assignment: TaskAssignment, error: StoreError | UnknotError) -> TaskOutcome:
    """The outcome of an attempt for which there is no environment; committed, since another would fare the same."""
    outcome = failed(
        begun(assignment), f"{error.summary}. {error.detail}".removesuffix(". "), retryable=False
    )
    with contextlib.suppress(StoreError):
        record = committed(assignment, _store(assignment.store), outcome.record)
        return msgspec.structs.replace(outcome, record=record)
    return outcome


@functools.lru_cache(maxsize=8)
def _store(url: str) -> Store:
    """One for all attempts: a client of a cloud takes its time to be made."""
    return open_store(url)


def environment_of_tasks() -> dict[str, str]:
    """This process's environment without unknot's own settings: a key of the ledger is not for tasks (rule R1)."""
    return {name: value for name, value in os.environ.items() if not name.startswith("UNKNOT_")}
