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

from unknot.planner.absorbing import absorb, absorb_sealed
from unknot.planner.following import is_behind
from unknot.planner.running import RunOptions, deployed, last_succeeded, run_deployment
from unknot.planner.scheduling import next_time, times
from unknot.planner.services import Services
from unknot.providers.engine import Capability
from unknot.stacks.address import Address, Uid
from unknot.stacks.definition import WORKFLOW_TYPE
from unknot.stacks.errors import UnknotError
from unknot.state.ledger import Ledger
from unknot.state.snapshot import ResourceState, Snapshot
from unknot.state.stores.base import Store, StoreError
from unknot.state.stores.opening import open_store

LOOK_S = 5.0
"""Longest time between two looks at the ledger."""

ABSORB_S = 60.0
"""Between two looks for runs that engines started by themselves, which others may follow."""

CATCH_UP_LIMIT = 1000
"""Most missed times of one workflow that are caught up in one go."""


class Served(msgspec.Struct, frozen=True):
    """Something that happened, for the log."""

    address: Address
    text: str


class _Due(msgspec.Struct, frozen=True):
    """The next time of a workflow, by the schedule that it had when this was computed."""

    schedule: dict[str, Any]
    time: dt.datetime | None


class _Trigger(msgspec.Struct, frozen=True):
    """Why a run is to be started: a scheduled time, or a run of another workflow."""

    why: str
    time: dt.datetime | None = None


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
        self._stop = threading.Event()
        self._due: dict[Uid, _Due] = {}
        self._running: dict[Uid, int] = {}
        """Runs that were handed to the pool and are not over."""
        self._queued: dict[Uid, list[_Trigger]] = {}
        self._followed: dict[Uid, str] = {}
        """Latest succeeded run of the workflow that another one follows."""
        self._complaints: dict[Address, str] = {}
        self._hindrances: list[Served] = []
        """What kept runs from being absorbed when that was tried last."""
        self._absorbed: dt.datetime | None = None
        self._lock = threading.Lock()

    def run(self, stop: threading.Event) -> None:
        """Serve until `stop` is set; runs that are under way are then cancelled and sealed."""
        self._stop = stop
        while not stop.is_set():
            stop.wait(self.look())
        self.close()

    def close(self) -> None:
        """Wait for what is under way."""
        self._pool.shutdown(wait=True)

    def look(self) -> float:
        """Start what is due now; seconds until the next look. What fails is told and tried again at the next look."""
        now = self._clock()
        nearest = now + dt.timedelta(seconds=LOOK_S)
        try:
            self._absorb(now)
            snapshot = self._ledger.reader().snapshot()
        except (UnknotError, StoreError) as problem:
            self._complain(Address("ledger"), f"cannot be read: {_text(problem)}")
            return LOOK_S
        self._complaints.pop(Address("ledger"), None)
        for state in snapshot.resources.values():
            if state.type != WORKFLOW_TYPE:
                continue
            try:
                upcoming = self._look_at(state, snapshot, now)
            except (UnknotError, StoreError) as problem:
                self._complain(state.address, _text(problem))
                continue
            self._complaints.pop(state.address, None)
            if upcoming is not None:
                nearest = min(nearest, upcoming)
        return max(0.05, (nearest - self._clock()).total_seconds())

    def _complain(self, address: Address, text: str) -> None:
        """Tell of what hinders every look once."""
        if self._complaints.get(address) != text:
            self._complaints[address] = text
            self._tell(Served(address, text))

    def _absorb(self, now: dt.datetime) -> None:
        if self._absorbed is not None and (now - self._absorbed).total_seconds() < ABSORB_S:
            return
        self._absorbed = now
        found = [
            Served(Address(problem.address or "store"), problem.summary)
            for problem in absorb_sealed(self._ledger, self._services)
        ]
        for problem in found:
            if problem not in self._hindrances:  # told once, and again if it comes back
                self._tell(problem)
        self._hindrances = found

    def _look_at(self, state: ResourceState, snapshot: Snapshot, now: dt.datetime) -> dt.datetime | None:
        """Start what is due of one workflow; its next time."""
        schedule = state.inputs.get("schedule")
        if schedule is None or not self._is_ours(state, snapshot):
            self._due.pop(state.uid, None)
            self._followed.pop(state.uid, None)
            return None
        if "after" in schedule:
            self._due.pop(state.uid, None)
            self._follow(state, snapshot)
            return None
        self._followed.pop(state.uid, None)
        found, missed = self._times_due(state, schedule, snapshot, now)
        for due in found:
            self._start(
                state, _Trigger("schedule", due), "queue" if missed else schedule.get("overlap", "skip")
            )
        return self._due[state.uid].time

    def _is_ours(self, state: ResourceState, snapshot: Snapshot) -> bool:
        target = snapshot.targets.get(state.target)
        return (
            target is not None
            and Capability.SCHEDULES not in self._services.engine(target.engine).capabilities
        )

    def _times_due(
        self, state: ResourceState, schedule: dict[str, Any], snapshot: Snapshot, now: dt.datetime
    ) -> tuple[list[dt.datetime], bool]:
        """Times to run now, and whether they are missed ones, which are caught up one after the other."""
        known = self._due.get(state.uid)
        if known is None or known.schedule != schedule:  # new, or changed by an apply
            since = self._last_claimed(state, snapshot) if schedule.get("catch_up") else None
            found = [] if since is None else list(times(schedule, since + dt.timedelta(microseconds=1), now))
        elif known.time is None or known.time > now:
            return [], False
        else:
            found = list(times(schedule, known.time, now))
        self._due[state.uid] = _Due(schedule, next_time(schedule, now))
        if not schedule.get("catch_up"):
            return found[-1:], False
        return found[-CATCH_UP_LIMIT:], len(found) > 1

    def _last_claimed(self, state: ResourceState, snapshot: Snapshot) -> dt.datetime | None:
        """The latest scheduled time that a run claimed, else when the latest run began; missed times come after it."""
        store = self._store_of(state, snapshot)
        claimed = max(store.list(f"claims/{state.uid}/"), default="").rpartition("/")[2]
        began = max((r.started_at for r in snapshot.runs.get(state.uid, ())), default="")
        latest = claimed or began
        return dt.datetime.fromisoformat(latest) if latest else None

    def _store_of(self, state: ResourceState, snapshot: Snapshot) -> Store:
        return open_store(snapshot.targets[state.target].store, self._services.project)

    def _follow(self, state: ResourceState, snapshot: Snapshot) -> None:
        """Run after a run of another workflow that succeeded since this server last looked.

        At the first look, runs that no server saw count too: all of them together start one.
        """
        upstream = snapshot.resources.get(Address(state.inputs["schedule"]["after"]))
        if upstream is None:
            return
        record = last_succeeded(snapshot.runs.get(upstream.uid, ()))
        latest = "" if record is None else record.run
        known = self._followed.get(state.uid)
        if record is None:
            is_due = False
        elif known is not None:
            is_due = latest != known
        else:
            runs = snapshot.runs.get(state.uid, ())
            is_due = is_behind(state.uid, runs, record, self._store_of(state, snapshot))
        if is_due:
            self._start(state, _Trigger(f"after:{latest}"), "latest")
        self._followed[state.uid] = latest

    def _start(self, state: ResourceState, trigger: _Trigger, overlap: str) -> None:
        with self._lock:
            busy = self._running.get(state.uid, 0) > 0
            if busy and overlap == "queue":
                self._queued.setdefault(state.uid, []).append(trigger)
                return
            if busy and overlap == "latest":  # what it reads is read when it starts: one more run is enough
                self._queued[state.uid] = [trigger]
                return
            if not busy or overlap != "skip":
                self._submit(state.uid, state.address, trigger)
                return
        self._tell(
            Served(state.address, f"{trigger.time:%Y-%m-%d %H:%M} skipped: the run before is not over")
        )

    def _submit(self, uid: Uid, address: Address, trigger: _Trigger) -> None:
        """Hand a run to the pool, holding the lock."""
        self._running[uid] = self._running.get(uid, 0) + 1
        self._pool.submit(self._run_one, uid, address, trigger)

    def _run_one(self, uid: Uid, address: Address, trigger: _Trigger) -> None:
        said = ""
        try:
            if not self._stop.is_set():
                said = self._ran(uid, trigger)
        except (UnknotError, StoreError) as problem:
            said = _text(problem)
        except Exception as problem:  # noqa: BLE001 - a thread of a pool dies silently, and a server goes on
            said = f"unknot failed: {type(problem).__name__}: {problem}"
        with self._lock:
            self._running[uid] -= 1
            waiting = self._queued.get(uid)
            if waiting and not self._stop.is_set():
                self._submit(uid, address, waiting.pop(0))
        if said:
            self._tell(Served(address, said))

    def _ran(self, uid: Uid, trigger: _Trigger) -> str:
        """Run as it is deployed now, and say what became of it."""
        snapshot = self._ledger.reader().snapshot()
        state = next((s for s in snapshot.resources.values() if s.uid == uid), None)
        if state is None:
            return "is not deployed any more"
        options = RunOptions(
            scheduled_time=None if trigger.time is None else trigger.time.isoformat(),
            triggered_by=trigger.why,
        )
        deployment = deployed(state, snapshot, self._services)
        manifest = run_deployment(deployment, state, snapshot, self._services, options, stop=self._stop)
        absorb(self._ledger, [manifest])
        return f"run {manifest.run} {manifest.status}"


def _text(problem: UnknotError | StoreError) -> str:
    return f"{problem.summary}. {problem.detail}".removesuffix(". ")
