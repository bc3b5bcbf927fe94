"""A small world: a ledger, two stores, and workflows that ran in them, written as the runner writes them."""

import datetime as dt
import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
import pytest

from unknot.stacks.address import Address, Uid
from unknot.stacks.graph import (
    CodePart,
    Fingerprint,
    OpSpec,
    OutputSpec,
    ParameterSpec,
    PythonCode,
    TaskOutput,
    TaskSpec,
    WorkflowGraph,
    WorkflowInput,
)
from unknot.stacks.run import (
    ArtifactRef,
    AttemptEnded,
    AttemptStarted,
    Deployment,
    Heartbeat,
    LogWritten,
    RunManifest,
    RunRequest,
    RunStarted,
    RunStatus,
    TaskEvent,
    TaskRecord,
)
from unknot.stacks.target import Target
from unknot.state.events import (
    Event,
    ResourceRemoved,
    ResourcesRenamed,
    ResourceWritten,
    RunClosed,
    TargetWritten,
)
from unknot.state.index import Index, Updated
from unknot.state.ledger import Ledger
from unknot.state.snapshot import Instance, ResourceState, RunRecord
from unknot.state.stores.base import Store, StoreError
from unknot.state.stores.memory import MemoryStore

NOW = dt.datetime(2024, 3, 1, 12, 0, tzinfo=dt.UTC)
HOST = "here"


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def table(text: str, rows: int = 100, **more: Any) -> ArtifactRef:
    return ArtifactRef(
        hash=digest(text), type="pandas:DataFrame", serializer="parquet", size_bytes=rows * 10,
        location=f"artifacts/{digest(text)}", rows=rows, schema={"delay": "double"}, **more,
    )  # fmt: skip


class World:
    """One stack's ledger and its targets' stores."""

    def __init__(self) -> None:
        self.ledger = Ledger.open(MemoryStore(), "flights/test")
        self.ledger.create("lineage", "flights", "test")
        self.places = {"memory:near": MemoryStore(), "memory:far": MemoryStore()}
        self.out_of_reach: set[str] = set()
        self.targets = {
            name: Target(name, engine="local", store=f"memory:{name}") for name in ("near", "far")
        }
        self.append(*(TargetWritten(target=target) for target in self.targets.values()))
        self._deployed: dict[str, ResourceState] = {}

    def stores(self, url: str) -> Store:
        if url in self.out_of_reach:
            raise StoreError(f"`{url}` does not answer")
        return self.places[url]

    def append(self, *events: Event) -> None:
        with self.ledger.take_lease(operation="test") as lease:
            lease.writer.append(events)

    def update(self, index: Index, now: dt.datetime = NOW) -> Updated:
        return index.update(self.ledger.reader(), self.stores, now=now, host=HOST)

    def deploy(
        self,
        name: str,
        *,
        uid: str = "",
        target: str = "near",
        fingerprint: str = "f1",
        owner: str = "team@example.org",
        schedule: dict[str, Any] | None = None,
        generation: int = 1,
        at: str = "",
    ) -> Uid:
        """Record a workflow as deployed."""
        state = ResourceState(
            address=Address(f"workflow.{name}"),
            uid=Uid(uid or f"uid-{name}"),
            type="workflow",
            provider="engine:local",
            target=target,
            inputs={"fingerprint": fingerprint, "bundle": "b1", "schedule": schedule},
            instances=(Instance(f"on-{target}", target, "engine:local", generation),),
            owner=owner,
        )
        event = ResourceWritten(resource=state, by="create")
        self.append(msgspec.structs.replace(event, at=at) if at else event)
        self._deployed[state.uid] = state
        return state.uid

    def dataset(self, name: str, content: str, target: str = "near") -> ArtifactRef:
        """Record a dataset with that content."""
        ref = table(content)
        state = ResourceState(
            address=Address(f"dataset.{name}"),
            uid=Uid(f"uid-{name}"),
            type="dataset",
            provider="dataset",
            target=target,
            inputs={},
            outputs={"artifact": msgspec.to_builtins(ref)},
            instances=(Instance(ref.hash, target, "dataset", 1),),
            owner="data@example.org",
        )
        self.append(ResourceWritten(resource=state, by="create"))
        return ref

    def remove(self, uid: Uid) -> None:
        state = self._deployed[uid]
        self.append(ResourceRemoved(address=state.address, uid=uid, how="deleted"))

    def rename(self, names: Mapping[str, str]) -> None:
        renames = {Address(f"workflow.{a}"): Address(f"workflow.{b}") for a, b in names.items()}
        self.append(ResourcesRenamed(renames=renames))

    def graph(self, version: str = "1") -> WorkflowGraph:
        """`load` reads `raw`, `fit` reads that, `error` measures it, `good` checks it."""

        def op(name: str, kind: Any, reads: str) -> OpSpec:
            code = version if name == "fit" else "1"
            part = CodePart(f"ops:{name}", f"{name}-{code}", "ops.py", 1)
            shared = CodePart("ops:shared", "shared", "ops.py", 9)
            return OpSpec(
                name, kind, PythonCode("ops", name), (OutputSpec("value", "builtins:float"),),
                {reads: "pandas:DataFrame"}, Fingerprint(f"{name}@{code}", 1, (part, shared)),
            )  # fmt: skip

        return WorkflowGraph(
            name="train",
            module="ops",
            qualname="train",
            ops={
                "load": op("load", "op", "raw"),
                "fit": op("fit", "op", "table"),
                "error": op("error", "metric", "model"),
                "good": op("good", "check", "error"),
            },
            tasks=(
                TaskSpec("load", "load", {"raw": WorkflowInput("raw")}),
                TaskSpec("fit", "fit", {"table": TaskOutput("load")}),
                TaskSpec("error", "error", {"model": TaskOutput("fit")}),
                TaskSpec("good", "good", {"error": TaskOutput("error")}),
            ),
            parameters=(ParameterSpec("frac", "builtins:float", 0.2),),
        )

    def start(
        self,
        uid: Uid,
        run: str,
        *,
        target: str = "near",
        raw: ArtifactRef | None = None,
        version: str = "1",
        host: str = "elsewhere",
        pid: int = 0,
        at: str = "2024-03-01T10:00:00Z",
        scheduled_time: str | None = None,
    ) -> RunStarted:
        """Write that a run began."""
        state = self._deployed[uid]
        deployment = Deployment(
            address=state.address, uid=uid, generation=1, stack="flights", environment="test", lineage="lineage",
            owner=state.owner, target=self.targets[target], graph=self.graph(version), bundle="b1",
            fingerprint=f"f{version}",
        )  # fmt: skip
        started = RunStarted(
            RunRequest(
                run=run, deployment=deployment, scheduled_time=scheduled_time,
                inputs={} if raw is None else {"raw": raw}, triggered_by="run",
            ),
            at, host, pid,
        )  # fmt: skip
        self.put(target, f"runs/{uid}/{run}/started", started)
        return started

    def put(self, target: str, key: str, value: object) -> None:
        self.places[f"memory:{target}"].put_if_absent(key, msgspec.json.encode(value))

    def attempt(
        self, uid: Uid, run: str, task: str, events: list[TaskEvent], *, n: int = 1, target: str = "near"
    ) -> None:
        """Write a stream of two batches."""
        half = max(len(events) // 2, 1)
        for number, batch in enumerate((events[:half], events[half:]), start=1):
            if batch:
                self.put(target, f"runs/{uid}/{run}/tasks/{task}/{n}/{number:06d}", batch)

    def stream(self, status: Any = "succeeded", text: str = "hello\n", error: str = "") -> list[TaskEvent]:
        return [
            AttemptStarted("2024-03-01T10:00:01Z", "elsewhere", 7, "3.11.9", {"pandas": "2.2.0"}),
            LogWritten("2024-03-01T10:00:02Z", "stdout", text),
            Heartbeat("2024-03-01T10:00:03Z", 5_000_000),
            AttemptEnded("2024-03-01T10:00:04Z", status, error, "ops.py:3" if error else ""),
        ]

    def seal(
        self,
        uid: Uid,
        run: str,
        *,
        status: RunStatus = "succeeded",
        target: str = "near",
        raw: ArtifactRef | None = None,
        version: str = "1",
        error: float = 20.0,
        passed: bool = True,
        absorb: bool = True,
        frac: float = 0.2,
        pandas: str = "2.2.0",
        reuse_load: bool = False,
        model: str = "",
        publishes: bool = True,
        ended_at: str = "2024-03-01T10:05:00Z",
    ) -> RunManifest:
        """Write that a run is over, and let the ledger absorb it."""
        state = self._deployed[uid]
        loaded = table(f"loaded from {raw.hash if raw else ''}")
        fitted = ArtifactRef(
            digest(model or f"model {version} {loaded.hash}"),
            "sklearn:Model",
            "skops",
            5000,
            "artifacts/model",
        )
        small = ArtifactRef(
            digest(str(error)), "builtins:float", "json", 4, f"artifacts/{digest(str(error))}"
        )
        failed = status == "failed"
        begin, end = "2024-03-01T10:00:01Z", "2024-03-01T10:04:00Z"

        def task(name: str, kind: Any, ended: Any, **more: Any) -> TaskRecord:
            code = version if name == "fit" else "1"
            return TaskRecord(
                name, name, kind, ended, 1, begin, end, fingerprint=f"{name}@{code}", host="elsewhere", **more
            )

        tasks = (
            task(
                "load", "op", "reused" if reuse_load else "succeeded", outputs={"value": loaded},
                inputs={"raw": raw.hash} if raw else {}, reason="unchanged" if reuse_load else "",
            ),
            task(
                "fit", "op", "failed" if failed else "succeeded", inputs={"table": loaded.hash},
                outputs={} if failed else {"value": fitted}, error="ValueError: no data\nmore" if failed else "",
            ),
            *(
                ()
                if failed
                else (
                    task(
                        "error", "metric", "succeeded", metric=error, inputs={"model": fitted.hash},
                        outputs={"value": small},
                    ),
                    task("good", "check", "succeeded", passed=passed, inputs={"error": small.hash}),
                )
            ),
        )  # fmt: skip
        manifest = RunManifest(
            run=run, uid=uid, address=state.address, stack="flights", environment="test", owner=state.owner,
            target=target, engine="local", status=status, started_at="2024-03-01T10:00:00Z", ended_at=ended_at,
            fingerprint=f"f{version}", bundle="b1", triggered_by="run", parameters={"frac": frac},
            inputs={} if raw is None else {"raw": raw}, tasks=tasks,
            published={"model": fitted} if status == "succeeded" and passed and publishes else {},
            versions={"pandas": pandas, "unknot": "0.1.0"}, host="elsewhere",
        )  # fmt: skip
        self.put(target, f"runs/{uid}/{run}/sealed", manifest)
        if absorb:
            self.absorb(manifest)
        return manifest

    def absorb(self, manifest: RunManifest) -> None:
        status = manifest.status
        assert status != "running"
        record = RunRecord(
            manifest.run, manifest.uid, manifest.address, status, "hash", manifest.fingerprint, {},
            manifest.started_at, manifest.ended_at, manifest.target,
            {name: msgspec.to_builtins(ref) for name, ref in manifest.published.items()},
        )  # fmt: skip
        self.ledger.append_without_lease([RunClosed(run=record)])


def run_id(n: int) -> str:
    """Ids that sort by time, as those of the runner do."""
    return f"{dt.datetime(2024, 3, 1, 10) + dt.timedelta(minutes=n):%Y%m%dT%H%M%S}-{n:06x}"


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def index() -> Iterator[Index]:
    with Index.open(None) as opened:
        yield opened
