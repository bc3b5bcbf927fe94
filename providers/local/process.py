"""One task attempt as a process of its own: start it, wait for its outcome, stop it and all that it started."""

import contextlib
import os
import subprocess
import sys
import tempfile

import msgspec

from unknot.providers.runner.assignment import TaskAssignment, TaskOutcome
from unknot.providers.runner.commands import ended_badly
from unknot.providers.runner.perform import begun, failed
from unknot.providers.runner.supervisor import GRACE_S

COMMAND = (sys.executable, "-P", "-m", "unknot.providers.runner")
"""`-P`: the current folder is not on the import path, so a task sees the bundle and not the user's checkout."""

_STDERR_CHARACTERS = 2000
_KILL_AFTER_S = GRACE_S + 5


class TaskProcess:
    """A running attempt. The process ends when this one closes its stdin or dies."""

    def __init__(self, assignment: TaskAssignment) -> None:
        self._assignment = assignment
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed in `wait`
        self._process = subprocess.Popen(
            COMMAND,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            env=_environment(),
            start_new_session=True,
        )
        assert self._process.stdin is not None
        with contextlib.suppress(BrokenPipeError):  # it is told by `wait`
            self._process.stdin.write(msgspec.json.encode(assignment) + b"\n")
            self._process.stdin.flush()

    def wait(self) -> TaskOutcome:
        """The outcome; for a runner that ended without one, an outcome that says `lost`."""
        assert self._process.stdout is not None
        assert self._process.stdin is not None
        with self._errors:
            said = self._process.stdout.read()
            code = self._process.wait()
            self._process.stdout.close()
            with contextlib.suppress(BrokenPipeError):
                self._process.stdin.close()
            try:
                return msgspec.json.decode(said, type=TaskOutcome)
            except msgspec.DecodeError:
                self._errors.seek(0)
                text = self._errors.read().decode("utf-8", "replace").strip()[-_STDERR_CHARACTERS:]
        lost = failed(begun(self._assignment), f"{ended_badly('the runner', code)} {text}".strip())
        return msgspec.structs.replace(lost, record=msgspec.structs.replace(lost.record, status="lost"))

    def stop(self) -> None:
        """Ask the runner to end the task; it kills what does not end in time."""
        with contextlib.suppress(ProcessLookupError):
            self._process.terminate()

    def kill(self) -> None:
        """End the runner and all that it started at once."""
        import psutil

        with contextlib.suppress(psutil.Error):
            runner = psutil.Process(self._process.pid)
            for process in [*runner.children(recursive=True), runner]:
                with contextlib.suppress(psutil.Error):
                    process.kill()


def _environment() -> dict[str, str]:
    """This process's environment without unknot's own settings: a key of the ledger is not for tasks (rule R1)."""
    return {name: value for name, value in os.environ.items() if not name.startswith("UNKNOT_")}
