"""Runs that ended without unknot are taken into the ledger once, whatever the order in which they began and ended."""

import os
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import msgspec
import pytest

from unknot.planner.absorbing import absorb, absorb_sealed, run_ids, sealed
from unknot.planner.running import new_run_id
from unknot.planner.services import Services
from unknot.providers import registry
from unknot.providers.engine import RunProgress, RunQuery
from unknot.providers.local import LocalEngine
from unknot.stacks.address import Address, Uid
from unknot.stacks.errors import EngineError
from unknot.stacks.graph import WorkflowGraph
from unknot.stacks.run import Deployment, RunManifest, RunRequest, RunStarted, RunStatus
from unknot.stacks.target import Target
from unknot.state.events import ResourceWritten, TargetWritten
from unknot.state.ledger import Ledger
from unknot.state.snapshot import Instance, ResourceState
from unknot.state.stores.base import Store, StoreError
from unknot.state.stores.local import LocalStore
from unknot.state.stores.memory import MemoryStore

FLOW = Uid("uid-flow")
DEAD_PID = 2**22 + 1
"""Above what Linux gives out."""
RUN = "20240101T010000-000a"


class Place:
    """A ledger with two workflows on two targets, the second of which may not answer."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.store = LocalStore(folder / "store")
        self.ledger = Ledger.open(MemoryStore(), "demo/test")
        self.ledger.create("lineage", "demo", "test")
        self.write("here", "file:store", FLOW)

    def write(self, target: str, url: str, uid: Uid) -> None:
        state = ResourceState(
            address=Address(f"workflow.{uid}"),
            uid=uid,
            type="workflow",
            provider="engine:local",
            target=target,
            inputs={},
            instances=(Instance("i", target, "engine:local", 1),),
            owner="team@example.org",
        )
        with self.ledger.take_lease(operation="test") as lease:
            lease.writer.append(
                [
                    TargetWritten(target=Target(target, engine="local", store=url)),
                    ResourceWritten(resource=state, by="create"),
                ]
            )

    def seal(self, run: str, ended_at: str, status: RunStatus = "succeeded") -> RunManifest:
        manifest = RunManifest(
            run=run,
            uid=FLOW,
            address=Address("workflow.flow"),
            stack="demo",
            environment="test",
            owner="team@example.org",
            target="here",
            engine="local",
            status=status,
            started_at="2024-01-01T00:00:00Z",
            ended_at=ended_at,
            fingerprint="f",
            bundle="b",
        )
        self.store.put_if_absent(f"runs/{FLOW}/{run}/started", b"{}")
        self.store.put_if_absent(f"runs/{FLOW}/{run}/sealed", msgspec.json.encode(manifest))
        return manifest

    def start(self, *, pid: int = DEAD_PID, host: str = "", at: str = "2024-01-01T00:59:00Z") -> None:
        deployment = Deployment(
            address=Address("workflow.flow"),
            uid=FLOW,
            generation=1,
            stack="demo",
            environment="test",
            lineage="lineage",
            owner="team@example.org",
            target=Target("here", engine="local", store="file:store"),
            graph=WorkflowGraph("w", "w", "w", {}, ()),
            bundle="b",
            fingerprint="f",
        )
        started = RunStarted(RunRequest(RUN, deployment), at, host or socket.gethostname(), pid)
        self.store.put_if_absent(f"runs/{FLOW}/{RUN}/started", msgspec.json.encode(started))

    def absorb(
        self,
        engine: LocalEngine | None = None,
        close_run: Callable[..., RunManifest] = registry.close_run,
    ) -> list[str]:
        """What there is to say about it."""
        services = Services(
            project=self.folder, engine=lambda name: engine or registry.engine(name), close_run=close_run
        )
        return [problem.summary for problem in absorb_sealed(self.ledger, services)]

    @property
    def runs(self) -> list[str]:
        return [record.run for record in self.ledger.reader().snapshot().runs.get(FLOW, ())]

    @property
    def serial(self) -> int:
        return self.ledger.reader().snapshot().serial


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


@pytest.mark.rule("R1")
def test_sealed_runs_are_absorbed_once(place: Place) -> None:
    place.seal("20240101T010000-000a", "2024-01-01T01:05:00Z", "failed")
    place.seal("20240101T020000-000b", "2024-01-01T02:05:00Z")
    assert place.absorb() == []
    assert place.runs == ["20240101T020000-000b"]
    serial = place.serial
    assert place.absorb() == []
    assert place.serial == serial


@pytest.mark.rule("R1")
def test_run_that_began_first_and_ended_last_is_absorbed_too(place: Place) -> None:
    place.store.put_if_absent(f"runs/{FLOW}/20240101T010000-000a/started", b"{}")
    place.seal("20240101T020000-000b", "2024-01-01T02:05:00Z")
    place.absorb()
    place.seal("20240101T010000-000a", "2024-01-01T09:00:00Z", "failed")
    place.absorb()
    assert place.runs == ["20240101T020000-000b", "20240101T010000-000a"]


def test_run_of_which_the_ledger_no_longer_tells_is_not_absorbed_again(place: Place) -> None:
    for hour in range(1, 6):
        place.seal(f"20240101T0{hour}0000-000a", f"2024-01-01T0{hour}:05:00Z")
        place.absorb()
    serial = place.serial
    place.absorb()
    assert (place.serial, place.runs) == (serial, ["20240101T050000-000a"])


def test_run_that_is_not_over_is_left_alone(place: Place) -> None:
    place.start(pid=os.getpid())
    assert (place.absorb(), place.runs) == ([], [])


@pytest.mark.rule("R1")
def test_run_with_no_seal_and_no_sign_of_life_is_sealed_as_lost(place: Place) -> None:
    place.start()
    place.store.put_if_absent(f"runs/{FLOW}/{RUN}/beats/000001", b"2024-01-01T01:20:00Z")
    assert place.absorb() == []
    (record,) = place.ledger.reader().snapshot().runs[FLOW]
    assert (record.run, record.status, record.ended_at) == (RUN, "lost", "2024-01-01T01:20:00Z")
    manifest = sealed(place.store, FLOW, RUN)
    assert manifest is not None
    assert manifest.status == "lost"
    serial = place.serial
    assert (place.absorb(), place.serial) == ([], serial)


@pytest.mark.rule("R1")
def test_late_seal_of_the_run_itself_counts(place: Place) -> None:
    place.start()

    def close_run(
        store: Store, uid: Uid, run: str, status: Literal["lost", "cancelled"], why: str
    ) -> RunManifest:
        place.seal(run, "2024-01-01T01:30:00Z")
        return registry.close_run(store, uid, run, status, why)

    assert place.absorb(close_run=close_run) == []
    (record,) = place.ledger.reader().snapshot().runs[FLOW]
    assert (record.status, record.ended_at) == ("succeeded", "2024-01-01T01:30:00Z")


class Waiting(LocalEngine):
    """An engine whose run waits for a machine, and gives no sign of life meanwhile."""

    def status(self, query: RunQuery) -> RunProgress:
        return RunProgress(query.run, "running")


class Stopped(LocalEngine):
    """An engine on whose own page somebody stopped the run."""

    def status(self, query: RunQuery) -> RunProgress:
        return RunProgress(query.run, "cancelled", problem="set to failed by ann")


class Forgetful(LocalEngine):
    """An engine that has lost the run, which gave a sign of life only now."""

    def status(self, query: RunQuery) -> RunProgress:
        return RunProgress(query.run, "lost", problem="no such job")


class Unreachable(LocalEngine):
    def status(self, query: RunQuery) -> RunProgress:
        raise EngineError("the engine does not answer")


def test_silent_run_that_its_engine_knows_of_is_not_lost(place: Place) -> None:
    place.start(host="elsewhere")
    assert (place.absorb(Waiting()), place.runs) == ([], [])


@pytest.mark.rule("R1")
def test_silent_run_that_its_engine_knows_of_gives_a_sign_of_life_by_that(place: Place) -> None:
    place.start(host="elsewhere")
    place.absorb(Waiting())
    beats = list(place.store.list(f"runs/{FLOW}/{RUN}/beats/"))
    place.absorb(Waiting())
    assert len(beats) == 1
    assert list(place.store.list(f"runs/{FLOW}/{RUN}/beats/")) == beats  # it is not silent any more


@pytest.mark.rule("R1")
def test_run_that_was_stopped_on_its_engines_page_is_closed_as_cancelled(place: Place) -> None:
    place.start(host="elsewhere", at="2124-01-01T00:59:00Z")
    assert place.absorb(Stopped()) == []
    (record,) = place.ledger.reader().snapshot().runs[FLOW]
    assert (record.run, record.status) == (RUN, "cancelled")


@pytest.mark.rule("R1")
def test_run_that_its_engine_does_not_know_any_more_is_lost_at_once(place: Place) -> None:
    place.start(host="elsewhere", at="2124-01-01T00:59:00Z")
    assert place.absorb(Forgetful()) == []
    (record,) = place.ledger.reader().snapshot().runs[FLOW]
    assert (record.run, record.status) == (RUN, "lost")


def test_silent_run_whose_engine_does_not_answer_is_told_and_not_lost(place: Place) -> None:
    place.start(host="elsewhere")
    assert (place.absorb(Unreachable()), place.runs) == (["the engine does not answer"], [])


def test_run_lost_long_ago_does_not_hide_a_later_one(place: Place) -> None:
    place.start()
    place.seal("20240101T020000-000b", "2024-01-01T02:05:00Z")
    assert place.absorb() == []
    assert place.runs == ["20240101T020000-000b"]


def test_damaged_manifest_is_named_and_the_others_are_absorbed(place: Place) -> None:
    place.store.put_if_absent(f"runs/{FLOW}/20240101T010000-000a/sealed", b"\xff")
    place.seal("20240101T020000-000b", "2024-01-01T02:05:00Z")
    (said,) = place.absorb()
    assert "20240101T010000-000a/sealed" in said
    assert place.runs == ["20240101T020000-000b"]
    with pytest.raises(StoreError, match="not a run's manifest"):
        sealed(place.store, FLOW, "20240101T010000-000a")


def test_store_out_of_reach_is_a_warning_and_hides_no_other(place: Place) -> None:
    place.write("far", "nosuch:store", Uid("uid-far"))
    place.seal("20240101T010000-000a", "2024-01-01T01:05:00Z")
    (said,) = place.absorb()
    assert "workflow.uid-far" in said
    assert place.runs == ["20240101T010000-000a"]


def test_absorbing_what_was_just_followed_twice_changes_nothing(place: Place) -> None:
    manifest = place.seal("20240101T010000-000a", "2024-01-01T01:05:00Z")
    absorb(place.ledger, [manifest])
    absorb(place.ledger, [manifest])
    assert place.absorb() == []
    assert place.runs == ["20240101T010000-000a"]
    absorb(place.ledger, [])


def test_ids_of_runs_sort_by_time_to_the_millisecond() -> None:
    first = later = new_run_id()
    length = len("20240101T010000-000")
    while later[:length] == first[:length]:
        later = new_run_id()
    assert first < later


def test_runs_later_than_one_are_listed_without_it(place: Place) -> None:
    for hour in (1, 2, 3):
        place.seal(f"20240101T0{hour}0000-000a", f"2024-01-01T0{hour}:05:00Z")
    assert run_ids(place.store, FLOW, "20240101T020000-000a") == ["20240101T030000-000a"]
