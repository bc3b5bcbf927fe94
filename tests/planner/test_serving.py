"""The server of schedules, with a clock that the test moves and an engine whose runs end when the test says."""

import datetime as dt
import queue
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from unknot.planner.absorbing import absorb
from unknot.planner.services import Services
from unknot.planner.serving import Served, Server
from unknot.providers.base import Context
from unknot.providers.engine import Capability, RunProgress, RunQuery, TriggerRequest, TriggerResponse
from unknot.providers.local import LocalEngine
from unknot.stacks.address import Address, Uid
from unknot.stacks.errors import EngineError
from unknot.stacks.graph import WorkflowGraph
from unknot.stacks.run import ArtifactRef, Deployment, RunManifest, RunRequest, RunStarted, RunStatus
from unknot.stacks.target import Target
from unknot.state.events import ResourceRemoved, ResourceWritten, TargetWritten
from unknot.state.ledger import Ledger
from unknot.state.snapshot import Instance, ResourceState
from unknot.state.stores.base import StoreError
from unknot.state.stores.local import LocalStore
from unknot.state.stores.memory import MemoryStore

WAIT_S = 20.0
CONTEXT = Context(Path(), "lineage", Target("here", engine="slow"))
MODEL = ArtifactRef("1" * 64, "builtins:int", "json", 1, "artifacts/1")
EARLIER = ArtifactRef("0" * 64, "builtins:int", "json", 1, "artifacts/0")
READS = {"published_inputs": {"model": (Uid("uid-w"), "model")}}
"""Of a deployment that reads what the workflow that it follows publishes."""
START = dt.datetime(2024, 1, 1, 0, 30, tzinfo=dt.UTC)
HOURLY: dict[str, Any] = {"cron": "0 * * * *", "tz": "UTC", "catch_up": False, "overlap": "skip"}


class SlowEngine:
    """Runs nothing; a run ends when `finish` is called, or when it is cancelled."""

    def __init__(self, store: LocalStore) -> None:
        self.name = "slow"
        self.capabilities: frozenset[Capability] = frozenset()
        self.started: queue.Queue[RunRequest] = queue.Queue()
        self.broken = False
        self._store = store
        self._ended: dict[str, threading.Event] = {}
        self._status: dict[str, RunStatus] = {}

    def deployed(self, request: RunQuery) -> Deployment:
        if self.broken:
            raise StoreError("the store does not answer")
        return Deployment(
            address=Address("workflow.w"),
            uid=request.uid,
            generation=1,
            stack="demo",
            environment="test",
            lineage="lineage",
            owner="team@example.org",
            target=Target("here", engine="slow"),
            graph=WorkflowGraph("w", "w", "w", {}, ()),
            bundle="b",
            fingerprint="f",
        )

    def trigger(self, request: TriggerRequest) -> TriggerResponse:
        self._ended[request.request.run] = threading.Event()
        self.started.put(request.request)
        return TriggerResponse("slow")

    def wait(self, query: RunQuery, timeout_s: float | None = None) -> RunProgress:
        ended = self._ended[query.run].wait(timeout_s)
        return RunProgress(query.run, self._status[query.run] if ended else "running")

    def cancel(self, query: RunQuery) -> None:
        self.seal(query.uid, query.run, "cancelled")

    def next(self) -> RunRequest:
        return self.started.get(timeout=WAIT_S)

    def finish(self, request: RunRequest, status: RunStatus = "succeeded") -> None:
        self.seal(request.deployment.uid, request.run, status)

    def seal(self, uid: Uid, run: str, status: RunStatus) -> None:
        self._store.put_if_absent(f"runs/{uid}/{run}/sealed", msgspec.json.encode(manifest(uid, run, status)))
        self._status[run] = status
        self._ended.setdefault(run, threading.Event()).set()


def manifest(uid: Uid, run: str, status: RunStatus, ended_at: str = "") -> RunManifest:
    now = dt.datetime.now(dt.UTC).isoformat()
    return RunManifest(
        run=run,
        uid=uid,
        address=Address("workflow.w"),
        stack="demo",
        environment="test",
        owner="team@example.org",
        target="here",
        engine="slow",
        status=status,
        started_at=now,
        ended_at=ended_at or now,
        fingerprint="f",
        bundle="b",
    )


class Place:
    """A server with its ledger, store, engine and clock."""

    def __init__(self, folder: Path) -> None:
        self.now = START
        self.store = LocalStore(folder / "store")
        self.engine = SlowEngine(self.store)
        self.ledger = Ledger.open(MemoryStore(), "demo/test")
        self.ledger.create("lineage", "demo", "test")
        self.said: queue.Queue[Served] = queue.Queue()
        url = f"file:{self.store.root}"
        targets = [Target("here", engine="slow", store=url), Target("there", engine="gone", store=url)]
        with self.ledger.take_lease(operation="test") as lease:
            lease.writer.append([TargetWritten(target=target) for target in targets])
        services = Services(project=folder, engine=self.find_engine)  # type: ignore[arg-type]
        self.server = Server(self.ledger, services, self.said.put, clock=lambda: self.now)
        self.stop = threading.Event()

    def find_engine(self, name: str) -> SlowEngine:
        if name != self.engine.name:
            raise EngineError(f"there is no engine `{name}`")
        return self.engine

    def deploy(self, name: str = "w", target: str = "here", **schedule: Any) -> Uid:
        state = ResourceState(
            address=Address(f"workflow.{name}"),
            uid=Uid(f"uid-{name}"),
            type="workflow",
            provider="engine:slow",
            target=target,
            inputs={"schedule": schedule or HOURLY},
            instances=(Instance("i", target, "engine:slow", 1),),
            owner="team@example.org",
        )
        with self.ledger.take_lease(operation="test") as lease:
            lease.writer.append([ResourceWritten(resource=state, by="create")])
        return state.uid

    def remove(self, name: str = "w") -> None:
        with self.ledger.take_lease(operation="test") as lease:
            gone = ResourceRemoved(address=Address(f"workflow.{name}"), uid=Uid(f"uid-{name}"), how="deleted")
            lease.writer.append([gone])

    def look(self, hours: float = 0.0) -> float:
        self.now += dt.timedelta(hours=hours)
        return self.server.look()

    def hear(self) -> str:
        return self.said.get(timeout=WAIT_S).text

    def scheduled(self) -> str:
        """The scheduled time of the next run that is started."""
        found = self.engine.next()
        self.last = found
        return found.scheduled_time or ""


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Place]:
    made = Place(tmp_path)
    yield made
    made.server._stop.set()
    made.server.close()


def hour(number: int) -> str:
    return dt.datetime(2024, 1, 1, number, tzinfo=dt.UTC).isoformat()


def test_the_local_engine_has_its_schedules_kept_by_the_server() -> None:
    assert Capability.SCHEDULES not in LocalEngine().capabilities


def test_what_is_due_is_run_once_at_its_time(served: Place) -> None:
    served.deploy()
    served.look()
    assert served.engine.started.empty()
    served.look(0.5)
    assert served.scheduled() == hour(1)
    served.engine.finish(served.last)
    assert "succeeded" in served.hear()
    served.look()
    assert served.engine.started.empty()
    assert [r.status for r in served.ledger.reader().snapshot().runs[Uid("uid-w")]] == ["succeeded"]


def test_server_wakes_at_the_next_time_if_it_is_near(served: Place) -> None:
    served.deploy()
    served.now = dt.datetime(2024, 1, 1, 0, 59, 58, tzinfo=dt.UTC)
    assert served.look() == 2.0


@pytest.mark.parametrize(("overlap", "starts"), [("skip", 0), ("queue", 0), ("allow", 1)])
def test_overlap_decides_on_a_run_due_while_one_is_not_over(served: Place, overlap: str, starts: int) -> None:
    served.deploy(**{**HOURLY, "overlap": overlap})
    served.look()
    served.look(0.5)
    assert served.scheduled() == hour(1)
    first = served.last
    served.look(1)
    if overlap == "allow":
        assert served.scheduled() == hour(2)
        served.engine.finish(served.last)
        assert "succeeded" in served.hear()
    if overlap == "skip":
        assert "01-01 02:00 skipped: the run before is not over" in served.hear()
    served.engine.finish(first)
    assert "succeeded" in served.hear()
    if overlap == "queue":
        assert served.scheduled() == hour(2)
        served.engine.finish(served.last)
        assert "succeeded" in served.hear()
    assert served.engine.started.empty()


def test_times_missed_while_no_server_was_up_are_caught_up_if_asked(served: Place) -> None:
    uid = served.deploy(**{**HOURLY, "catch_up": True})
    served.store.put_if_absent(f"claims/{uid}/2024-01-01T00:00:00.000000Z", b"{}")
    served.look(3)  # 03:30
    for missed in (1, 2, 3):  # one after the other, although the overlap is to be skipped
        assert served.scheduled() == hour(missed)
        served.engine.finish(served.last)
        assert "succeeded" in served.hear()
    assert served.engine.started.empty()


def test_missed_times_are_let_go_otherwise(served: Place) -> None:
    uid = served.deploy()
    served.store.put_if_absent(f"claims/{uid}/2024-01-01T00:00:00.000000Z", b"{}")
    served.look(3)
    assert served.engine.started.empty()


def test_after_a_sleep_of_the_machine_only_the_latest_time_is_run(served: Place) -> None:
    served.deploy()
    served.look()
    served.look(5)
    assert served.scheduled() == hour(5)
    served.engine.finish(served.last)
    assert "succeeded" in served.hear()
    assert served.engine.started.empty()


def test_changed_schedule_holds_without_a_restart(served: Place) -> None:
    served.deploy(**{**HOURLY, "cron": "0 0 1 6 *"})
    served.look()
    served.deploy()
    served.look()
    served.look(0.5)
    assert served.scheduled() == hour(1)
    served.engine.finish(served.last)


def test_removed_workflow_is_not_run(served: Place) -> None:
    served.deploy(**{**HOURLY, "overlap": "queue"})
    served.look()
    served.look(0.5)
    served.scheduled()
    served.look(1)
    served.remove()
    served.engine.finish(served.last)
    assert "succeeded" in served.hear()
    assert served.hear() == "is not deployed any more"
    served.look(2)
    assert served.engine.started.empty()


def test_follower_runs_after_each_good_run_of_what_it_follows(served: Place) -> None:
    first = served.deploy("w", **{**HOURLY, "cron": "0 0 1 6 *"})
    served.deploy("follower", after="workflow.w")
    absorb(served.ledger, [manifest(first, "20240101T000000-a", "succeeded", "2024-01-01T00:01:00Z")])
    served.look()
    assert served.engine.started.empty()  # the follower has never run: apply starts its first run
    absorb(served.ledger, [manifest(first, "20240101T010000-b", "failed", "2024-01-01T01:01:00Z")])
    served.look()
    assert served.engine.started.empty()
    absorb(served.ledger, [manifest(first, "20240101T020000-c", "succeeded", "2024-01-01T02:01:00Z")])
    served.look()
    started = served.engine.next()
    assert (started.deployment.uid, started.triggered_by) == ("uid-follower", "after:20240101T020000-c")
    assert started.scheduled_time is None
    for run, minute in (("d", 1), ("e", 2)):  # while it is busy: one more run reads the latest
        ended = f"2024-01-01T03:0{minute}:00Z"
        absorb(served.ledger, [manifest(first, f"20240101T030000-{run}", "succeeded", ended)])
        served.look()
    served.engine.finish(started)
    assert "succeeded" in served.hear()
    again = served.engine.next()
    assert again.triggered_by == "after:20240101T030000-e"
    served.engine.finish(again)
    assert "succeeded" in served.hear()
    assert served.engine.started.empty()


def began(served: Place, follower: Uid, run: str, at: str, **more: Any) -> None:
    """Write that a run of the follower began."""
    deployment = msgspec.structs.replace(
        served.engine.deployed(RunQuery(CONTEXT, follower, "")), **more.pop("deployment", {})
    )
    started = RunStarted(RunRequest(run, deployment, **more), at, "host", 0)
    served.store.put_if_absent(f"runs/{follower}/{run}/started", msgspec.json.encode(started))
    served.engine.seal(follower, run, "succeeded")


@pytest.mark.parametrize(
    ("at", "more", "starts"),
    [
        ("2024-01-01T00:30:00Z", {}, True),
        ("2024-01-01T01:30:00Z", {}, False),
        ("2024-01-01T00:30:00Z", {"triggered_by": "after:20240101T000000-b"}, False),
        ("2024-01-01T00:30:00Z", {"inputs": {"model": MODEL}, "deployment": READS}, False),
        ("2024-01-01T01:30:00Z", {"inputs": {"model": EARLIER}, "deployment": READS}, True),
    ],
    ids=["began before", "began after", "was started by it", "read it", "read an earlier one"],
)
def test_follower_that_fell_behind_while_no_server_was_up_runs_once(
    served: Place, at: str, more: dict[str, Any], starts: bool
) -> None:
    first = served.deploy("w", **{**HOURLY, "cron": "0 0 1 6 *"})
    follower = served.deploy("follower", after="workflow.w")
    for run, ended in (("20240101T000000-a", "00:59"), ("20240101T000000-b", "01:00")):
        absorb(
            served.ledger,
            [
                msgspec.structs.replace(
                    manifest(first, run, "succeeded", f"2024-01-01T{ended}:00Z"), published={"model": MODEL}
                )
            ],
        )
    began(served, follower, "20240101T000000-f", at, **more)
    served.look()
    if starts:
        started = served.engine.next()
        assert started.triggered_by == "after:20240101T000000-b"
        served.engine.finish(started)
        assert "succeeded" in served.hear()
    served.look()
    assert served.engine.started.empty()


def test_run_sealed_without_unknot_is_followed_too(served: Place) -> None:
    first = served.deploy("w", **{**HOURLY, "cron": "0 0 1 6 *"})
    served.deploy("follower", after="workflow.w")
    served.look()
    served.engine.seal(first, "20240101T010000-a", "succeeded")
    served.look(1)
    assert served.engine.next().triggered_by == "after:20240101T010000-a"


def test_failing_store_is_told_and_tried_again(served: Place) -> None:
    served.deploy()
    served.look()
    served.engine.broken = True
    served.look(0.5)
    assert "does not answer" in served.hear()
    served.engine.broken = False
    served.look(1)
    assert served.scheduled() == hour(2)
    served.engine.finish(served.last)


def test_engine_that_is_not_there_is_told_once_and_hinders_no_other_workflow(served: Place) -> None:
    served.deploy("lost", target="there")
    served.deploy()
    served.look()
    assert served.hear() == "there is no engine `gone`"
    served.look(0.5)
    assert served.scheduled() == hour(1)
    served.engine.finish(served.last)
    assert "succeeded" in served.hear()


def test_stop_cancels_what_is_under_way_and_seals_it(served: Place) -> None:
    served.deploy()
    served.look()
    served.now += dt.timedelta(minutes=30)
    thread = threading.Thread(target=served.server.run, args=(served.stop,))
    thread.start()
    served.scheduled()
    served.stop.set()
    thread.join(WAIT_S)
    assert not thread.is_alive()
    (record,) = served.ledger.reader().snapshot().runs[Uid("uid-w")]
    assert record.status == "cancelled"
