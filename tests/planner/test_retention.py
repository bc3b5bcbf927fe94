"""What gc keeps: whatever a dataset, a deployment, a latest good run, a young run or an open run needs."""

import datetime as dt
from typing import Any

import msgspec
import pytest

from unknot.planner.retention import delete, find_garbage
from unknot.stacks.address import Address, Uid
from unknot.stacks.graph import WorkflowGraph
from unknot.stacks.run import (
    ArtifactRef,
    Deployment,
    RunManifest,
    RunRequest,
    RunStarted,
    RunStatus,
    TaskCommit,
    TaskRecord,
)
from unknot.stacks.target import Target
from unknot.state.snapshot import Snapshot
from unknot.state.stores.base import Store, StoreError
from unknot.state.stores.memory import MemoryStore

NOW = dt.datetime(2024, 3, 1, tzinfo=dt.UTC)
HERE = Target("here", engine="local", store="memory:here")
SNAPSHOT = Snapshot(lineage="lineage", stack="demo", environment="test", targets={"here": HERE})


class Place:
    """A store with artifacts, named by letters."""

    def __init__(self) -> None:
        self.store = MemoryStore()

    def put(self, key: str, value: Any) -> None:
        self.store.put_if_absent(key, msgspec.json.encode(value))

    def artifact(self, name: str) -> ArtifactRef:
        self.store.put_if_absent(f"artifacts/{name}", name.encode())
        return ArtifactRef(name, "builtins:str", "text", 1, f"artifacts/{name}")

    def task(self, writes: str) -> TaskRecord:
        return TaskRecord("t", "t", "op", "succeeded", outputs={"value": self.artifact(writes)})

    def deployment(self, uid: str, **reads: str) -> Deployment:
        return Deployment(
            address=Address(f"workflow.{uid}"),
            uid=Uid(uid),
            generation=1,
            stack="demo",
            environment="test",
            lineage="lineage",
            owner="team@example.org",
            target=HERE,
            graph=WorkflowGraph("w", "w", "w", {}, ()),
            bundle="b",
            fingerprint="f",
            inputs={name: self.artifact(artifact) for name, artifact in reads.items()},
        )

    def sealed(
        self,
        uid: str,
        day: int,
        writes: str,
        status: RunStatus = "succeeded",
        *,
        alive: bool = True,
        bundle: str = "b",
        **reads: str,
    ) -> None:
        if alive:
            self.put(f"deployments/{uid}/000001/000001", self.deployment(uid))
        ended = dt.datetime(2024, 1, day, tzinfo=dt.UTC)
        run = f"{ended:%Y%m%dT%H%M%S}-000a"
        manifest = RunManifest(
            run=run,
            uid=Uid(uid),
            address=Address(f"workflow.{uid}"),
            stack="demo",
            environment="test",
            owner="team@example.org",
            target="here",
            engine="local",
            status=status,
            started_at=ended.isoformat(),
            ended_at=ended.isoformat(),
            fingerprint="f",
            bundle=bundle,
            inputs={name: self.artifact(artifact) for name, artifact in reads.items()},
            tasks=(self.task(writes),),
        )
        self.put(f"runs/{uid}/{run}/sealed", manifest)

    def open_target(self, _url: str) -> Store:
        return self.store

    def garbage(self, days: int = 30, **more: Any) -> list[str]:
        found = find_garbage(SNAPSHOT, self.open_target, retention=dt.timedelta(days=days), now=NOW, **more)
        return sorted(item.key for item in found)


@pytest.fixture
def place() -> Place:
    return Place()


def test_artifact_that_nothing_needs_is_garbage(place: Place) -> None:
    place.artifact("a")
    assert place.garbage() == ["artifacts/a"]


def test_latest_good_run_of_every_workflow_in_the_store_is_kept(place: Place) -> None:
    place.sealed("one", 1, "old")
    place.sealed("one", 2, "good", raw="read")
    place.sealed("one", 3, "bad", "failed")
    place.sealed("of-another-environment", 1, "theirs")
    assert place.garbage() == ["artifacts/bad", "artifacts/old"]


def test_run_within_the_retention_is_kept_whole(place: Place) -> None:
    place.sealed("one", 20, "young", "failed")
    place.sealed("one", 1, "old", "failed")
    assert place.garbage(days=45) == ["artifacts/old"]


def test_run_that_is_not_over_keeps_what_it_reads_and_has_written(place: Place) -> None:
    request = RunRequest("r", place.deployment("one"), inputs={"raw": place.artifact("read")})
    place.put("deployments/one/000001/000001", place.deployment("one"))
    place.put("runs/one/r/started", RunStarted(request, "2020-01-01T00:00:00Z", "host", 1))
    place.put("runs/one/r/commits/t", TaskCommit("r", 1, "k", place.task("written")))
    assert place.garbage() == []


def test_code_that_no_deployment_and_no_kept_run_has_is_garbage(place: Place) -> None:
    for bundle in ("deployed", "young", "open", "good", "old", "unknown"):
        place.store.put_if_absent(f"bundles/{bundle}", b"zip")
    place.put(
        "deployments/one/000001/000002", msgspec.structs.replace(place.deployment("one"), bundle="deployed")
    )
    place.sealed("one", 20, "y", "failed", bundle="young")
    place.sealed("one", 2, "g", bundle="good")
    place.sealed("one", 1, "o", bundle="old")
    request = RunRequest("r", msgspec.structs.replace(place.deployment("one"), bundle="open"))
    place.put("runs/one/r/started", RunStarted(request, "2020-01-01T00:00:00Z", "host", 1))
    assert place.garbage(days=45) == ["artifacts/o", "bundles/old", "bundles/unknown"]


def test_code_that_was_deployed_since_it_was_shown_is_not_deleted(place: Place) -> None:
    place.store.put_if_absent("bundles/b", b"zip")
    place.store.put_if_absent("bundles/c", b"zip")
    found = find_garbage(SNAPSHOT, place.open_target, retention=dt.timedelta(0), now=NOW)
    assert [item.key for item in found] == ["bundles/b", "bundles/c"]
    place.put("deployments/one/000001/000001", place.deployment("one"))
    assert delete(found, place.open_target) == 1
    assert list(place.store.list("bundles/")) == ["bundles/b"]


def test_last_good_run_of_a_destroyed_workflow_is_kept_for_a_time(place: Place) -> None:
    place.sealed("gone", 1, "model", alive=False)  # sixty days before
    assert place.garbage() == []
    assert place.garbage(retention_destroyed=dt.timedelta(days=50)) == ["artifacts/model"]
    when = {Uid("gone"): NOW - dt.timedelta(days=10)}
    assert place.garbage(retention_destroyed=dt.timedelta(days=50), destroyed_at=when) == []
    assert place.garbage(retention_destroyed=dt.timedelta(days=5), destroyed_at=when) == ["artifacts/model"]


def test_run_of_a_destroyed_workflow_that_never_ended_is_not_kept_for_ever(place: Place) -> None:
    request = RunRequest("r", place.deployment("gone"), inputs={"raw": place.artifact("read")})
    place.put("runs/gone/r/started", RunStarted(request, "2024-01-01T00:00:00Z", "host", 1))
    place.store.put_if_absent("runs/gone/r/beats/000001", b"2024-01-20T00:00:00Z")
    assert place.garbage(days=45) == []
    assert place.garbage(days=30) == ["artifacts/read"]


def test_deployments_and_datasets_keep_what_they_refer_to(place: Place) -> None:
    place.put("deployments/one/000001/000001", place.deployment("one", raw="bound"))
    place.put("datasets/d/1/1", {"artifact": place.artifact("held"), "mark": {}, "token": "t", "inputs": {}})
    assert place.garbage() == []


def test_cache_entry_goes_with_what_it_refers_to_and_before_it(place: Place) -> None:
    place.sealed("one", 1, "old")
    place.sealed("one", 2, "good")
    place.put("cache/kept", TaskCommit("r", 1, "kept", place.task("good")))
    place.put("cache/gone", TaskCommit("r", 1, "gone", place.task("old")))
    place.store.put_if_absent("cache/broken", b"{")
    assert place.garbage() == ["artifacts/old", "cache/broken", "cache/gone"]
    found = find_garbage(SNAPSHOT, place.open_target, retention=dt.timedelta(0), now=NOW)
    delete(found, place.open_target)
    assert place.garbage() == []
    assert sorted(place.store.list("artifacts/")) == ["artifacts/good"]


@pytest.mark.parametrize("key", ["runs/one/r/sealed", "datasets/d/1/1", "deployments/one/000001/000001"])
def test_nothing_is_garbage_while_a_record_cannot_be_read(place: Place, key: str) -> None:
    place.artifact("a")
    place.store.put_if_absent(key, b"{")
    with pytest.raises(StoreError, match=key):
        place.garbage()
