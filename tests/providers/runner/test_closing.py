"""Closing runs: what is lost, what is published, who is told."""

import os
import socket
from typing import Any

import apprise
import msgspec
import pytest

from unknot.providers.engine import RunProgress
from unknot.providers.runner import clock, layout
from unknot.providers.runner.closing import begin, latest_published, seal, seal_if_over
from unknot.providers.runner.record import LOST_AFTER_S, NoSuchRun, run_status
from unknot.providers.runner.secrets import Redactor
from unknot.stacks.address import Address, Uid
from unknot.stacks.errors import EngineError
from unknot.stacks.graph import OpSpec, OutputSpec, PythonCode, TaskOutput, TaskSpec, WorkflowGraph
from unknot.stacks.run import (
    ArtifactRef,
    Deployment,
    RunManifest,
    RunRequest,
    RunStarted,
    TaskCommit,
    TaskRecord,
)
from unknot.stacks.target import Target
from unknot.state.stores.memory import MemoryStore

REF = ArtifactRef("0" * 64, "builtins:int", "json", 1, "artifacts/0")
DEAD_PID = 2**22 + 1
"""Above what Linux gives out."""


apprise_imports = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")
"""What apprise imports is not ours to mend."""


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


def started(
    run: str, *, pid: int = 0, host: str = "elsewhere", at: str = "", channel: str = ""
) -> RunStarted:
    graph = WorkflowGraph(
        "f",
        "f",
        "f",
        ops={"fit": OpSpec("fit", "op", PythonCode("f", "fit"), (OutputSpec("value", "builtins:int"),))},
        tasks=(TaskSpec("fit", "fit"),),
        published={"model": TaskOutput("fit")},
    )
    deployment = Deployment(
        address=Address("workflow.f"),
        uid=Uid("u"),
        generation=1,
        stack="s",
        environment="e",
        lineage="l",
        owner="owner@example.com",
        target=Target("t"),
        graph=graph,
        bundle="b",
        fingerprint="f",
        channels=(channel,) if channel else (),
    )
    return RunStarted(RunRequest(run, deployment), at or clock.now(), host, pid)


def fit(status: str = "succeeded", **changes: object) -> TaskRecord:
    record = TaskRecord("fit", "fit", "op", "succeeded", outputs={"value": REF})
    return msgspec.structs.replace(record, status=status, **changes)


def status(store: MemoryStore, run: str) -> str:
    return run_status(store, "u", run).status


@pytest.mark.rule("R1")
def test_run_whose_process_is_gone_is_lost(store: MemoryStore) -> None:
    begin(store, started("dead", pid=DEAD_PID, host=socket.gethostname()), Redactor())
    begin(store, started("alive", pid=os.getpid(), host=socket.gethostname()), Redactor())
    assert (status(store, "dead"), status(store, "alive")) == ("lost", "running")


@pytest.mark.rule("R1")
def test_run_elsewhere_without_a_sign_of_life_is_lost(store: MemoryStore) -> None:
    import datetime as dt

    old = clock.stamp(dt.datetime.now(dt.UTC) - dt.timedelta(seconds=2 * LOST_AFTER_S))
    begin(store, started("silent", at=old), Redactor())
    begin(store, started("beating", at=old), Redactor())
    layout.put_once(store, f"{layout.beats_prefix('u', 'beating')}000001", clock.now().encode())
    assert (status(store, "silent"), status(store, "beating")) == ("lost", "running")


def test_unknown_run_is_an_error(store: MemoryStore) -> None:
    with pytest.raises(NoSuchRun):
        run_status(store, "u", "none")


@pytest.mark.rule("R1")
def test_last_task_seals_the_run_without_a_coordinator(store: MemoryStore) -> None:
    begin(store, started("r"), Redactor())
    assert seal_if_over(store, "u", "r") is None
    commit = TaskCommit("r", 1, "", fit())
    layout.put_struct_once(store, layout.commit_key("u", "r", "fit"), commit)
    manifest = seal_if_over(store, "u", "r")

    assert isinstance(manifest, RunManifest)
    assert manifest.published == {"model": REF}
    assert latest_published(store, "u", "model") == REF


def test_run_id_is_used_once(store: MemoryStore) -> None:
    begin(store, started("r"), Redactor())
    with pytest.raises(EngineError, match="begun before"):
        begin(store, started("r", pid=1), Redactor())


def test_latest_published_passes_over_a_run_that_failed(store: MemoryStore) -> None:
    seal(store, started("good"), [fit()])
    seal(store, started("bad"), [fit("failed")])
    found = latest_published(store, "u", "model")
    assert found == REF
    assert isinstance(run_status(store, "u", "bad"), (RunManifest, RunProgress))


def test_run_that_is_withheld_publishes_nothing_and_says_why(store: MemoryStore) -> None:
    task = TaskRecord("fit", "fit", "op", "succeeded", outputs={"value": REF})
    begun = started("r")
    held = msgspec.structs.replace(
        begun, request=msgspec.structs.replace(begun.request, withheld="parameters given by hand")
    )
    manifest = seal(store, held, [task])
    assert (manifest.status, manifest.published, manifest.withheld) == (
        "succeeded",
        {},
        "parameters given by hand",
    )
    assert latest_published(store, "u", "model") is None
    assert seal(store, started("s"), [task]).published == {"model": REF}


@apprise_imports
def test_owner_is_told_of_a_failure_once(store: MemoryStore) -> None:
    told: list[tuple[str, str]] = []

    def take(body: str, title: str, *_: object, **__: object) -> None:
        told.append((title, body))

    register: Any = apprise.decorators.notify
    register(on="unknottest")(take)
    run = started("r", channel="unknottest://")
    seal(store, run, [fit("failed", error="ValueError: bad")])
    seal(store, run, [fit("failed", error="ValueError: bad")])

    [(title, body)] = told
    assert title == "workflow.f: run failed"
    assert "Owner: owner@example.com" in body
    assert "Task fit failed: ValueError: bad" in body


@apprise_imports
def test_channel_that_fails_does_not_fail_the_run(store: MemoryStore) -> None:
    manifest = seal(store, started("r", channel="nosuchkind://x"), [fit("failed")])
    assert manifest.status == "failed"
