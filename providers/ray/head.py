"""A head node on this machine that outlives unknot's process, and ends when it has had no job for a while.

`python -m unknot.providers.ray.head FOLDER IDLE_S` starts it and watches it; `FOLDER/head.json` tells its address.
"""

import contextlib
import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil

from unknot.providers.engines.process import environment_of_tasks
from unknot.stacks.errors import EngineError

_START_S = 120.0
_LOOK_S = 3.0
_OVER = frozenset({"STOPPED", "SUCCEEDED", "FAILED"})


def local_head(folder: Path, idle_timeout_s: float) -> str:
    """The address of the Jobs API of the head of `folder`, which is started if there is none. Raises EngineError."""
    folder.mkdir(parents=True, exist_ok=True)
    with _alone(folder / "lock"):
        found = running(folder)
        if found is not None:
            return found
        (folder / "head.json").unlink(missing_ok=True)
        with (folder / "head.log").open("wb") as log, Path(os.devnull).open("rb") as nothing:
            command = (
                sys.executable,
                "-P",
                "-m",
                "unknot.providers.ray.head",
                str(folder),
                str(idle_timeout_s),
            )
            watcher = os.posix_spawn(
                sys.executable,
                command,
                environment_of_tasks(),
                file_actions=[
                    (os.POSIX_SPAWN_DUP2, nothing.fileno(), 0),
                    (os.POSIX_SPAWN_DUP2, log.fileno(), 1),
                    (os.POSIX_SPAWN_DUP2, log.fileno(), 2),
                ],
                setsid=True,
            )
        deadline = time.monotonic() + _START_S
        while (found := running(folder)) is None:
            if os.waitpid(watcher, os.WNOHANG)[0] != 0 or time.monotonic() > deadline:
                said = (folder / "head.log").read_text(errors="replace")[-1000:].strip()
                raise EngineError("the head node of Ray did not start", detail=said)
            time.sleep(0.1)  # there is nothing to be woken by: it writes a file
        return found


def running(folder: Path) -> str | None:
    """The address of the head of `folder`; None if there is none, or it has ended."""
    try:
        told = json.loads((folder / "head.json").read_text())
        process = psutil.Process(int(told["pid"]))
        is_it = process.status() != psutil.STATUS_ZOMBIE and "unknot.providers.ray.head" in process.cmdline()
        return str(told["address"]) if is_it else None
    except (OSError, ValueError, KeyError, psutil.Error):
        return None


def ray_command(port: int, dashboard: int, folder: str, ports: Iterator[int]) -> tuple[str, ...]:
    """The command line of a head that is seen from this machine only, as far as Ray lets it."""
    return (
        *(sys.executable, "-m", "ray.scripts.scripts", "start", "--head", "--block"),
        *("--node-ip-address", "127.0.0.1", "--port", str(port)),
        *("--dashboard-host", "127.0.0.1", "--dashboard-port", str(dashboard)),
        *("--ray-client-server-port", str(next(ports)), "--dashboard-agent-listen-port", str(next(ports))),
        *("--dashboard-agent-grpc-port", str(next(ports)), "--runtime-env-agent-port", str(next(ports))),
        *("--metrics-export-port", str(next(ports))),
        *("--object-store-memory", "200000000", "--disable-usage-stats", "--temp-dir", folder),
    )


def free_ports() -> Iterator[int]:
    """Ports of this machine that nobody listens on now, no two of them equal."""
    with contextlib.ExitStack() as held:
        while True:
            taken = held.enter_context(socket.socket())
            taken.bind(("127.0.0.1", 0))
            yield int(taken.getsockname()[1])


def environment() -> dict[str, str]:
    """Of a head: its jobs' `python` is the one on its path, which must be this one."""
    variables = environment_of_tasks()
    variables["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{variables.get('PATH', '')}"
    return variables


def main(arguments: list[str]) -> int:
    """Start a head, tell where it is, and end it when it has been idle."""
    folder, idle_s = Path(arguments[0]), float(arguments[1])
    ports = free_ports()
    port, dashboard, *others = (next(ports) for _ in range(7))
    ports.close()  # type: ignore[attr-defined]  # a generator
    address = f"http://127.0.0.1:{dashboard}"
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(0))
    with tempfile.TemporaryDirectory(prefix="ray-", ignore_cleanup_errors=True) as work:
        command = ray_command(port, dashboard, work, iter(others))
        ray = subprocess.Popen(command, env=environment(), start_new_session=True, stdin=subprocess.DEVNULL)
        try:
            idle_since = time.monotonic()
            is_told = False
            while ray.poll() is None:
                jobs = _jobs(address)
                if jobs is not None and not is_told:
                    _tell(folder, address)
                    is_told = True
                if jobs is None or jobs:
                    idle_since = time.monotonic()
                elif time.monotonic() - idle_since > idle_s:
                    return 0
                time.sleep(_LOOK_S if is_told else 0.3)
            return ray.returncode
        finally:
            (folder / "head.json").unlink(missing_ok=True)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(ray.pid, signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                ray.wait(10)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(ray.pid, signal.SIGKILL)


def _jobs(address: str) -> int | None:
    """How many jobs are not over; None if the head does not answer (yet)."""
    try:
        # S310: the address is this machine's own.
        with urllib.request.urlopen(f"{address}/api/jobs/", timeout=5) as answer:  # noqa: S310
            return sum(job["status"] not in _OVER for job in json.load(answer))
    except (OSError, ValueError, urllib.error.URLError):
        return None


def _tell(folder: Path, address: str) -> None:
    part = folder / "head.json.part"
    part.write_text(json.dumps({"address": address, "pid": os.getpid()}))
    part.replace(folder / "head.json")


@contextlib.contextmanager
def _alone(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
