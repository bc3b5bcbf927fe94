"""Keep the schedules of engines that keep none themselves: APScheduler's triggers, unknot's runs.

Each due time is claimed in the store before its first op (rule R2), so two servers never run one time twice.
What is deployed is read again from the ledger at every look, so an apply needs no restart.
"""

import datetime as dt
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import msgspec

from unknot.planner.absorbing import absorb
from unknot.planner.running import RunOptions, deployed, run_deployment
from unknot.planner.scheduling import next_time, times
from unknot.planner.services import Services
from unknot.providers.base import Capability
from unknot.stacks.address import Address, Uid
from unknot.stacks.definition import WORKFLOW_TYPE
from unknot.stacks.errors import UnknotError
from unknot.stacks.run import Deployment, RunManifest
from unknot.state.ledger import Ledger
from unknot.state.snapshot import ResourceState, Snapshot

LOOK_S = 5.0
"""Longest time between two looks at the ledger."""

CATCH_UP_LIMIT = 1000
"""Most missed times of one workflow that are caught up in one go."""


class Served(msgspec.Struct, frozen=True):
    """Something that happened, for the log."""

    address: Address
    text: str


class Server:
    """Runs what is due until it is told to stop. Made for one use."""

    def __init__(
        self,
        ledger: Ledger,
        services: Services,
        tell: Callable[[Served], None],
        *,
        workers: int = 4,
        clock: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC),
    ) -> None:
        self._ledger = ledger
        self._services = services
        self._tell = tell
        self._clock = clock
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="serve")
        self._due: dict[Uid, dt.datetime] = {}
        """Next time that is to be run, for each workflow with a schedule of times."""
        self._running: dict[Uid, int] = {}
        self._queued: dict[Uid, list[dt.datetime]] = {}
        self._followed: dict[Uid, str] = {}
        """Latest succeeded run of each workflow that another one follows."""
        self._lock = threading.Lock()
        self._started = clock()

    def run(self, stop: threading.Event) -> None:
        """Serve until `stop` is set; runs that are under way are then cancelled and sealed."""
        self._stop = stop
        while not stop.is_set():
            pause = self.look()
            stop.wait(pause)
        self._pool.shutdown(wait=True)

    def look(self) -> float:
        """Start what is due now; seconds until the next look."""
        snapshot = self._ledger.reader().snapshot()
        now = self._clock()
        nearest = now + dt.timedelta(seconds=LOOK_S)
        for state in snapshot.resources.values():
            schedule = state.inputs.get("schedule") if state.type == WORKFLOW_TYPE else None
            if schedule is None or not self._is_ours(state, snapshot):
                continue
            if "after" in schedule:
                self._follow(state, snapshot)
                continue
            for due in self._times_due(state, schedule, snapshot, now):
                self._start(state, schedule, due, snapshot)
            upcoming = self._due.get(state.uid)
            if upcoming is not None:
                nearest = min(nearest, upcoming)
        return max(0.05, (nearest - self._clock()).total_seconds())

    def _is_ours(self, state: ResourceState, snapshot: Snapshot) -> bool:
        target = snapshot.targets.get(state.target)
        return (
            target is not None
            and Capability.SCHEDULES not in self._services.engine(target.engine).capabilities
        )

    def _times_due(
        self, state: ResourceState, schedule: dict[str, Any], snapshot: Snapshot, now: dt.datetime
    ) -> list[dt.datetime]:
        due = self._due.get(state.uid)
        found: list[dt.datetime] = []
        if due is None:
            if schedule.get("catch_up"):
                since = self._last_scheduled(state, snapshot)
                if since is not None:
                    found = list(times(schedule, since + dt.timedelta(seconds=1), now))[-CATCH_UP_LIMIT:]
        elif due <= now:
            found = list(times(schedule, due, now))
            if not schedule.get("catch_up"):
                found = found[-1:]
        if due is None or due <= now:
            upcoming = next_time(schedule, now)
            if upcoming is not None:
                self._due[state.uid] = upcoming
        return found

    def _last_scheduled(self, state: ResourceState, snapshot: Snapshot) -> dt.datetime | None:
        """When the latest recorded run began; missed times are counted from there."""
        latest = max((r.started_at for r in snapshot.runs.get(state.uid, ()) if r.started_at), default="")
        return dt.datetime.fromisoformat(latest) if latest else None

    def _follow(self, state: ResourceState, snapshot: Snapshot) -> None:
        """Run after a run of another workflow that succeeded since this server last looked."""
        upstream = snapshot.resources.get(Address(state.inputs["schedule"]["after"]))
        if upstream is None:
            return
        latest = max(
            (r.run for r in snapshot.runs.get(upstream.uid, ()) if r.status == "succeeded"), default=""
        )
        known = self._followed.get(state.uid)
        self._followed[state.uid] = latest
        if latest and known is not None and latest > known:
            self._submit(state, None, snapshot, f"after:{latest}")

    def _start(
        self, state: ResourceState, schedule: dict[str, Any], due: dt.datetime, snapshot: Snapshot
    ) -> None:
        with self._lock:
            busy = self._running.get(state.uid, 0) > 0
            overlap = schedule.get("overlap", "skip")
            if busy and overlap == "queue":
                self._queued.setdefault(state.uid, []).append(due)
                return
        if busy and overlap == "skip":
            self._tell(Served(state.address, f"{due:%Y-%m-%d %H:%M} skipped: the run before is not over"))
            return
        self._submit(state, due, snapshot, "schedule")

    def _submit(self, state: ResourceState, due: dt.datetime | None, snapshot: Snapshot, why: str) -> None:
        with self._lock:
            self._running[state.uid] = self._running.get(state.uid, 0) + 1
        self._pool.submit(self._run_one, state, due, snapshot, why)

    def _run_one(self, state: ResourceState, due: dt.datetime | None, snapshot: Snapshot, why: str) -> None:
        try:
            deployment: Deployment = deployed(state, snapshot, self._services)
            options = RunOptions(scheduled_time=None if due is None else due.isoformat(), triggered_by=why)
            manifest: RunManifest = run_deployment(
                deployment, state, self._ledger.reader().snapshot(), self._services, options, stop=self._stop
            )
            absorb(self._ledger, [manifest])
            self._tell(Served(state.address, f"run {manifest.run} {manifest.status}"))
        except UnknotError as problem:
            self._tell(Served(state.address, f"{problem.summary}. {problem.detail}"))
        finally:
            with self._lock:
                self._running[state.uid] -= 1
                waiting = self._queued.get(state.uid)
                following = waiting.pop(0) if waiting and not self._stop.is_set() else None
        if following is not None:
            self._submit(state, following, snapshot, "schedule")
