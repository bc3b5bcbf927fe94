"""A cluster on this machine: a scheduler and a worker that outlive unknot's process, and end when they have been idle.

Its scheduler file, in the project's `.unknot` folder, is how later processes find it.
"""

import contextlib
import fcntl
import json
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil

from unknot.providers.engines.process import environment_of_tasks
from unknot.stacks.errors import EngineError

_START_S = 60.0
_SETTINGS = {"DASK_DISTRIBUTED__WORKER__MEMORY__TERMINATE": "false"}
"""The tasks of a worker are processes below it, each with a limit of its own: the worker is not to be killed for theirs."""


def local_cluster(folder: Path, idle_timeout_s: float) -> str:
    """The address of the cluster of `folder`, which is started if there is none. Raises EngineError."""
    folder.mkdir(parents=True, exist_ok=True)
    with _alone(folder / "lock"):
        found = running(folder)
        return found if found is not None else _start(folder, idle_timeout_s)


def running(folder: Path) -> str | None:
    """The address of the cluster of `folder`; None if there is none, or its scheduler has ended."""
    try:
        told = json.loads((folder / "scheduler.json").read_text())
        pid = int((folder / "scheduler.pid").read_text())
        address = str(told["address"])
        process = psutil.Process(pid)
        is_it = process.status() != psutil.STATUS_ZOMBIE and any("dask" in word for word in process.cmdline())
    except (OSError, ValueError, KeyError, psutil.Error):
        return None
    return address if is_it else None


def _start(folder: Path, idle_timeout_s: float) -> str:
    for name in ("scheduler.json", "scheduler.pid"):
        (folder / name).unlink(missing_ok=True)
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    memory = psutil.virtual_memory().total
    common = ("--no-dashboard", "--scheduler-file", str(folder / "scheduler.json"))
    scheduler = _spawn(
        folder,
        "scheduler",
        *common,
        *("--host", "127.0.0.1", "--port", "0", "--idle-timeout", f"{idle_timeout_s} seconds"),
    )
    deadline = time.monotonic() + _START_S
    while not (folder / "scheduler.json").exists():
        if _has_ended(scheduler) or time.monotonic() > deadline:
            said = (folder / "scheduler.log").read_text(errors="replace")[-1000:].strip()
            raise EngineError("the scheduler of Dask did not start", detail=said)
        time.sleep(0.05)  # there is nothing to be woken by: it writes a file
    (folder / "scheduler.pid").write_text(str(scheduler))
    _spawn(
        folder,
        "worker",
        *common,
        *(
            "--host",
            "127.0.0.1",
            "--nworkers",
            "1",
            "--nthreads",
            str(cores),
            "--no-nanny",
            "--memory-limit",
            "0",
        ),
        *("--death-timeout", "10", "--local-directory", str(folder / "work")),
        *("--resources", f"CPU={cores},MEMORY={memory}"),
    )
    address = running(folder)
    if address is None:
        raise EngineError("the scheduler of Dask ended when it had just started", detail=f"See `{folder}`.")
    return address


def _spawn(folder: Path, role: str, *arguments: str) -> int:
    """The process id: in a session of its own, so that it outlives this process and a Ctrl-C in its terminal."""
    with (folder / f"{role}.log").open("wb") as log, Path(os.devnull).open("rb") as nothing:
        return os.posix_spawn(
            sys.executable,
            (sys.executable, "-m", "dask", role, *arguments),
            {**environment_of_tasks(), **_SETTINGS},
            file_actions=[
                (os.POSIX_SPAWN_DUP2, nothing.fileno(), 0),
                (os.POSIX_SPAWN_DUP2, log.fileno(), 1),
                (os.POSIX_SPAWN_DUP2, log.fileno(), 2),
            ],
            setsid=True,
        )


def _has_ended(pid: int) -> bool:
    """Whether a child of this process has ended; it is then no zombie any more."""
    return os.waitpid(pid, os.WNOHANG)[0] != 0


@contextlib.contextmanager
def _alone(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
