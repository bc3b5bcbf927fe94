"""Many processes at one ledger in S3, GCS, Azure Blob and PostgreSQL, some of them killed: is anything lost or doubled?

    python benchmarks/shared_ledgers.py --json

First some processes append events that need no lease, all at once. Then as many take the lease over in turn, each
killed with `kill -9` while it holds the lease and writes, and once more to the end. What a process was told is
recorded must be there exactly once, and the hash chain whole. The servers are those of `tests/servers`, on this
machine: what their check-and-put lacks, and how that is made good, is in `docs/guides/shared-ledgers.md`.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "servers"))

from places import SERVERS, new_place
from servers import STARTERS

from unknot.stacks.address import Address, Uid
from unknot.state.events import LeaseTaken, ResourceWritten, RunClosed
from unknot.state.ledger import Ledger
from unknot.state.snapshot import ResourceState, RunRecord
from unknot.state.stores.opening import open_store

PLACE = "shared/bench"

TERM_S = 5.0
"""Of the leases: how long the others wait after a kill."""

ACKNOWLEDGED = 5
"""Events that a holder has been told are recorded when it is killed."""

WAIT_S = 600.0


class Worker:
    """A process at the ledger, and what it says."""

    def __init__(self, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, __file__, "--worker", *arguments], stdout=subprocess.PIPE, text=True
        )
        self.said: list[str] = []
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            with self._changed:
                self.said.append(line.strip())
                self._changed.notify_all()
        with self._changed:
            self._changed.notify_all()

    def wait_for(self, lines: int) -> None:
        """Until it has said that many, or ended."""
        with self._changed:
            self._changed.wait_for(lambda: len(self.said) >= lines or not self._thread.is_alive(), WAIT_S)

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.end()

    def end(self) -> None:
        self.process.wait()
        self._thread.join()


def appended(url: str, processes: int, events: int) -> dict[str, Any]:
    """Events without the lease, from all processes at once."""
    share = events // processes
    started = time.perf_counter()
    workers = [Worker("append", url, str(n), str(share)) for n in range(processes)]
    for worker in workers:
        worker.end()
    seconds = time.perf_counter() - started
    told = [name for worker in workers for name in worker.said]
    recorded = Counter(event.run.run for event in _events(url) if isinstance(event, RunClosed))
    return {
        "events": share * processes,
        "seconds": round(seconds, 2),
        "events_per_second": round(share * processes / seconds, 1),
        "failed": sum(worker.process.returncode != 0 for worker in workers),
        **_compared(told, recorded),
    }


def taken_over(url: str, processes: int) -> dict[str, Any]:
    """The lease in turn: each process is killed once while it holds it, and holds it once more to the end."""
    told: list[str] = []
    started = time.perf_counter()
    waiting = {n: Worker("hold", url, f"{n}a", "1000000") for n in range(processes)}
    try:
        while waiting:
            holder = _speaking(waiting)
            waiting[holder].wait_for(ACKNOWLEDGED)
            waiting[holder].kill()
            told += waiting.pop(holder).said
    finally:
        for worker in waiting.values():  # of a measurement that failed: they would hold the lease for ever
            worker.kill()
    again = [Worker("hold", url, f"{n}b", str(ACKNOWLEDGED)) for n in range(processes)]
    for worker in again:
        worker.end()
        told += worker.said
    events = _events(url)
    recorded = Counter(str(event.resource.uid) for event in events if isinstance(event, ResourceWritten))
    return {
        "kills": processes,
        "leases": sum(isinstance(event, LeaseTaken) for event in events),
        "seconds": round(time.perf_counter() - started, 2),
        "failed": sum(worker.process.returncode != 0 for worker in again),
        **_compared(told, recorded),
    }


def _speaking(workers: dict[int, Worker]) -> int:
    """The one that holds the lease: it alone has something to say."""
    deadline = time.monotonic() + WAIT_S
    while time.monotonic() < deadline:
        for number, worker in workers.items():
            if worker.said:
                return number
            if worker.process.poll() is not None:
                raise RuntimeError(f"a process ended by itself, with {worker.process.returncode}")
        time.sleep(0.02)
    raise RuntimeError("nobody took the lease")


def _events(url: str) -> list[Any]:
    reader = Ledger.open(open_store(url), PLACE).reader()
    return [event for entry in reader.history() for event in entry.events]


def _compared(told: list[str], recorded: Counter[str]) -> dict[str, int]:
    """`unanswered` were recorded by processes that were killed before they heard of it."""
    return {
        "told": len(told),
        "lost": sum(name not in recorded for name in told),
        "doubled": sum(count > 1 for count in recorded.values()),
        "unanswered": len(recorded.keys() - set(told)),
    }


def work(kind: str, url: str, name: str, count: int) -> None:
    """What a worker process does: prints each event's name once it is recorded."""
    ledger = Ledger.open(open_store(url), PLACE)
    if kind == "append":
        for n in range(count):
            run = RunRecord(
                run=f"{name}-{n}",
                uid=Uid(f"uid-{name}"),
                address=Address("workflow.w"),
                status="succeeded",
                manifest_hash="",
                fingerprint="",
            )
            ledger.append_without_lease([RunClosed(run=run)])
            print(f"{name}-{n}", flush=True)
        return
    with ledger.take_lease(operation=f"bench {name}", term_s=TERM_S, wait_s=WAIT_S) as lease:
        for n in range(count):
            resource = ResourceState(
                address=Address(f"null.resource.r{name}_{n}"),
                uid=Uid(f"{name}-{n}"),
                type="null.resource",
                provider="null",
                target="laptop",
                inputs={},
            )
            lease.writer.append([ResourceWritten(resource=resource)])
            print(f"{name}-{n}", flush=True)


def measure(url: str, processes: int, events: int) -> dict[str, Any]:
    """Both parts on one new ledger, and whether its chain is whole in the end."""
    Ledger.open(open_store(url), PLACE).create("0" * 32, "shared", "bench")
    result: dict[str, Any] = {
        "without_lease": appended(url, processes, events),
        "lease_taken_over": taken_over(url, processes),
    }
    result["segments"] = (
        Ledger.open(open_store(url), PLACE).reader().verify().serial
    )  # raises if it is not whole
    result["chain"] = "whole"
    return result


def main() -> None:
    """Print one JSON document; exit code 1 if anything was lost or doubled."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--processes", type=int, default=4)
    options.add_argument("--events", type=int, default=500)
    options.add_argument("--only", choices=sorted(SERVERS), help="one kind of store")
    options.add_argument(
        "--url",
        help="a store that is there, in place of servers of its own; with what its client needs in the environment",
    )
    options.add_argument("--json", action="store_true", help="the default; for being like the others")
    options.add_argument("--worker", nargs=4, help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.worker:
        kind, url, name, count = given.worker
        work(kind, url, name, int(count))
        return
    document: dict[str, Any] = {"processes": given.processes}
    if given.url:
        document["given"] = measure(given.url, given.processes, given.events)
    for kind in () if given.url else [given.only] if given.only else SERVERS:
        with ExitStack() as stack:
            server = stack.enter_context(STARTERS[SERVERS[kind]]())
            url = new_place(kind, server)
            os.environ.update(server.environment)
            document[kind] = measure(url, given.processes, given.events)
    print(json.dumps(document, indent=2))
    parts = [part for found in document.values() if isinstance(found, dict) for part in found.values()]
    if any(part["lost"] or part["doubled"] or part["failed"] for part in parts if isinstance(part, dict)):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
