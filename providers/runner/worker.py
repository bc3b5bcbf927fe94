"""The process that runs the user's code: forked by the supervisor, reports through a pipe, ends with it.

Forked from a process with one thread and few imports, so it costs milliseconds and shares no state with
another task. Its group is its own, so that all it starts can be stopped with it.
"""

import contextlib
import ctypes
import os
import platform
import signal
import sys
from collections.abc import Callable
from typing import TypeAlias

import msgspec

from unknot.providers.runner.assignment import TaskAssignment, TaskOutcome
from unknot.stacks.run import TaskEvent
from unknot.state.stores.base import Store


class Finished(msgspec.Struct, frozen=True, tag="finished", tag_field="kind"):
    """The worker's last word."""

    outcome: TaskOutcome


Message: TypeAlias = TaskEvent | Finished
"""What a worker tells its supervisor, one JSON object a line."""

_PR_SET_PDEATHSIG = 1
"""linux/prctl.h"""


class Pipes(msgspec.Struct, frozen=True):
    """File descriptors of one side's ends."""

    stdout: int
    stderr: int
    events: int

    def close(self) -> None:
        for descriptor in (self.stdout, self.stderr, self.events):
            os.close(descriptor)


def start(
    assignment: TaskAssignment, open_store: Callable[[], Store], secret_values: dict[str, str]
) -> tuple[int, Pipes]:
    """Fork the worker; returns its process id and the ends to read from."""
    ends = [os.pipe() for _ in range(3)]
    ours = Pipes(*(read for read, _ in ends))
    theirs = Pipes(*(write for _, write in ends))
    supervisor = os.getpid()
    pid = os.fork()
    if pid == 0:
        _be_worker(assignment, open_store, secret_values, theirs, supervisor)
    with contextlib.suppress(OSError):  # the worker does it too: whoever is first
        os.setpgid(pid, pid)
    theirs.close()
    return pid, ours


def _be_worker(
    assignment: TaskAssignment,
    open_store: Callable[[], Store],
    secret_values: dict[str, str],
    pipes: Pipes,
    supervisor: int,
) -> None:
    """Never returns."""
    code = 1
    try:
        _end_with(supervisor)
        with contextlib.suppress(OSError):
            os.setpgid(0, 0)
        signal.set_wakeup_fd(-1)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGCHLD):
            signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)
        _redirect(pipes)
        from unknot.providers.runner.perform import perform

        encoder = msgspec.json.Encoder()

        def tell(message: Message) -> None:
            data = encoder.encode(message) + b"\n"
            while data:
                data = data[os.write(pipes.events, data) :]

        outcome = perform(assignment, open_store(), tell, secret_values)
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError, ValueError):
                stream.flush()
        tell(Finished(outcome))
        code = 0
    except BaseException:  # noqa: BLE001 - the process ends here; the supervisor reports what is printed
        import traceback

        traceback.print_exc()
        with contextlib.suppress(OSError, ValueError):
            sys.stderr.flush()
    finally:
        os._exit(code)


def _redirect(pipes: Pipes) -> None:
    nothing = os.open(os.devnull, os.O_RDONLY)
    for descriptor, target in ((nothing, 0), (pipes.stdout, 1), (pipes.stderr, 2)):
        os.dup2(descriptor, target)
        os.close(descriptor)
    sys.stdin = open(0, closefd=False)  # noqa: SIM115 - the process's own
    for number, name in ((1, "stdout"), (2, "stderr")):
        # By line, so that what was printed before a crash is not lost.
        stream = open(  # noqa: SIM115
            number, "w", buffering=1, encoding="utf-8", errors="backslashreplace", closefd=False
        )
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)


def _end_with(supervisor: int) -> None:
    """Have the kernel kill this process when its supervisor dies; without Linux, a thread waits for it."""
    if platform.system() == "Linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != supervisor:  # it died before the line above
            os._exit(1)
        return
    import threading
    import time

    def watch() -> None:
        while os.getppid() == supervisor:
            time.sleep(1)
        os.killpg(0, signal.SIGKILL)

    threading.Thread(target=watch, daemon=True).start()
