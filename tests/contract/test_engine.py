"""What every engine must do. A later engine is one more entry of `ENGINES`.

The lab below deploys small workflows of one module, built by hand as graphs, and runs them on the engine.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import pytest

from unknot.providers.base import (
    Context,
    DeployRequest,
    Engine,
    RunProgress,
    RunQuery,
    TaskProgress,
    TriggerRequest,
    UndeployRequest,
)
from unknot.providers.local import LocalEngine
from unknot.providers.runner import closing, record
from unknot.providers.runner.artifacts import read_artifact
from unknot.stacks.address import Address, Uid
from unknot.stacks.bundle import pack
from unknot.stacks.errors import EngineError
from unknot.stacks.graph import (
    Binding,
    CommandCode,
    Fingerprint,
    InputSpec,
    LiteralValue,
    OpSpec,
    OutputSpec,
    ParameterSpec,
    PythonCode,
    Resources,
    RunTime,
    TaskOutput,
    TaskSpec,
    WorkflowGraph,
    WorkflowInput,
)
from unknot.stacks.run import Deployment, RunManifest, RunRequest, TaskRecord
from unknot.stacks.target import Target
from unknot.state.stores.base import Store
from unknot.state.stores.local import LocalStore

ENGINES: dict[str, Callable[[], Engine]] = {"local": LocalEngine}

WAIT_S = 60.0

CODE = '''
import os, sys, time, subprocess
from pathlib import Path

def numbers(count: int) -> list:
    print("making", count, "numbers")
    return list(range(count))

def double(values: list) -> list:
    return [2 * value for value in values]

def total(values: list) -> float:
    return float(sum(values))

def small(value: float) -> bool:
    return value < 10

def where(n: int) -> dict:
    return {"pid": os.getpid(), "cwd": os.getcwd(), "cores": os.environ["OMP_NUM_THREADS"]}

def broken(values: list) -> list:
    inner(values)

def inner(values: list) -> list:
    raise ValueError(f"cannot use {len(values)} values")

def flaky(marker: str) -> int:
    path = Path(marker)
    tries = len(path.read_text()) if path.exists() else 0
    path.write_text("x" * (tries + 1))
    if tries < 2:
        raise RuntimeError(f"try {tries + 1}")
    return tries

def slow(signal: str) -> int:
    print("begun", flush=True)
    Path(signal).touch()
    time.sleep(600)

def gated(signal: str, gate: str) -> int:
    print("first line", flush=True)
    Path(signal).touch()
    while not Path(gate).exists():
        time.sleep(0.02)
    print("last line")
    return 1

def noisy(n: int) -> int:
    print("to stdout")
    print("to stderr", file=sys.stderr)
    os.write(1, b"from C\\n")
    subprocess.run([sys.executable, "-c", "print('from a child')"], check=True)
    return n

def leaky(n: int) -> dict:
    secret = os.environ["TOKEN"]
    print("token is", secret)
    sys.stdout.write(secret[:5]); sys.stdout.flush(); time.sleep(0.1); sys.stdout.write(secret[5:] + "\\n")
    print(repr(secret), secret.encode(), file=sys.stderr)
    raise RuntimeError(f"bad token {secret}")

def hungry(n: int) -> int:
    return sum(len(block) for block in [bytearray(64 * 2**20) for _ in range(20)])

def crash(n: int) -> int:
    import ctypes
    print("about to crash")
    ctypes.string_at(0)

def big(rows: int):
    import numpy as np
    return np.arange(rows)

def length(values) -> int:
    return len(values)

def when(at) -> str:
    return at.isoformat()

def unknown(n: int):
    return open(os.devnull)
'''


@dataclass
class Lab:
    """A project, a target and an engine, with which a test runs workflows."""

    engine: Engine
    project: Path
    uid: Uid = Uid("0123456789abcdef0123")
    environment: dict[str, str] = field(default_factory=dict)
    runs: int = 0

    @property
    def context(self) -> Context:
        return Context(self.project, "lineage", Target("here", engine=self.engine.name))

    @property
    def store(self) -> Store:
        return LocalStore(self.project / ".unknot" / "store")

    def deployment(self, tasks: Mapping[str, TaskSpec], ops: Mapping[str, OpSpec], **changes: Any) -> Deployment:
        graph = WorkflowGraph(
            name="flow",
            module="flow",
            qualname="flow",
            ops=dict(ops),
            tasks=tuple(tasks.values()),
            published=changes.pop("published", {}),
            parameters=changes.pop("parameters", ()),
            inputs=changes.pop("inputs_wanted", ()),
        )
        self.bundle = pack(self.project, ["flow.py"], graph)
        values: dict[str, Any] = {
            "address": Address("workflow.flow"),
            "uid": self.uid,
            "generation": 1,
            "stack": "lab",
            "environment": "test",
            "lineage": "lineage",
            "owner": "owner@example.com",
            "target": self.context.target,
            "graph": graph,
            "bundle": self.bundle.hash,
            "fingerprint": "f",
        }
        return Deployment(**{**values, **changes})

    def deploy(self, deployment: Deployment) -> Deployment:
        self.engine.deploy(DeployRequest(self.context, deployment, self.bundle.data))
        return deployment

    def trigger(self, deployment: Deployment, **changes: Any) -> RunQuery:
        self.runs += 1
        run = changes.pop("run", f"run-{self.runs}")
        progress = changes.pop("progress", None)
        self.engine.trigger(TriggerRequest(self.context, RunRequest(run, deployment, **changes), progress))
        return RunQuery(self.context, self.uid, run)

    def run(self, deployment: Deployment, **changes: Any) -> RunManifest:
        query = self.trigger(self.deploy(deployment), **changes)
        self.engine.wait(query, WAIT_S)
        return self.manifest(query)

    def manifest(self, query: RunQuery) -> RunManifest:
        found = record.run_status(self.store, self.uid, query.run)
        assert isinstance(found, RunManifest), found
        return found

    def value(self, task: TaskRecord, output: str = "value") -> Any:
        folder = self.project / "read"
        folder.mkdir(exist_ok=True)
        return read_artifact(task.outputs[output], self.store, folder)


def op(name: str, kind: Any = "op", *, fingerprint: str = "1", output: str = "builtins:list", **changes: Any) -> OpSpec:
    values: dict[str, Any] = {
        "name": name,
        "kind": kind,
        "code": PythonCode("flow", name),
        "outputs": (OutputSpec("value", output),),
        "fingerprint": Fingerprint(f"{name}-{fingerprint}", 1),
    }
    return OpSpec(**{**values, **changes})


def call(op_name: str, task: str | None = None, **inputs: Binding | Any) -> TaskSpec:
    bound = {
        name: value if isinstance(value, (LiteralValue, TaskOutput, WorkflowInput, RunTime)) else LiteralValue(value)
        for name, value in inputs.items()
    }
    return TaskSpec(task or op_name, op_name, bound)


def flow(lab: Lab, *pairs: tuple[OpSpec, TaskSpec], **changes: Any) -> Deployment:
    return lab.deployment(
        {task.id: task for _, task in pairs}, {spec.name: spec for spec, _ in pairs}, **changes
    )


def summing(lab: Lab, count: int = 4, severity: Any = "error", **changes: Any) -> Deployment:
    """numbers -> double -> total (a metric) -> small (a check), with `double` published."""
    return flow(
        lab,
        (op("numbers"), call("numbers", count=count)),
        (op("double"), call("double", values=TaskOutput("numbers"))),
        (op("total", "metric", output="builtins:float"), call("total", values=TaskOutput("double"))),
        (
            op("small", "check", output="builtins:bool", severity=severity),
            call("small", value=TaskOutput("total")),
        ),
        published={"doubled": TaskOutput("double")},
        **changes,
    )


@pytest.fixture(params=sorted(ENGINES))
def lab(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Lab]:
    (tmp_path / "flow.py").write_text(CODE)
    yield Lab(ENGINES[request.param](), tmp_path)


def by_id(manifest: RunManifest) -> dict[str, TaskRecord]:
    return {task.task: task for task in manifest.tasks}


def wait_for(path: Path) -> None:
    """Wait for a file that a task makes."""
    deadline = time.monotonic() + WAIT_S
    while not path.exists():
        assert time.monotonic() < deadline, f"no {path}"
        time.sleep(0.01)


def test_run_that_succeeds_records_values_metric_check_and_publishes(lab: Lab) -> None:
    seen: list[RunProgress] = []
    manifest = lab.run(summing(lab, 2), progress=seen.append)

    tasks = by_id(manifest)
    assert manifest.status == "succeeded", manifest.tasks
    assert lab.value(tasks["double"]) == [0, 2]
    assert tasks["total"].metric == 2.0
    assert tasks["small"].passed is True
    assert manifest.published == {"doubled": tasks["double"].outputs["value"]}
    assert manifest.owner == "owner@example.com"
    assert seen[-1].status == "succeeded"
    assert any(task.status == "running" for progress in seen for task in progress.tasks)


def test_unchanged_task_is_reused_with_the_reason(lab: Lab) -> None:
    lab.run(summing(lab, 2))
    manifest = lab.run(summing(lab, 2))

    assert {task.status for task in manifest.tasks} == {"reused"}
    assert {task.reason for task in manifest.tasks} == {"inputs and code unchanged since run run-1"}
    assert by_id(manifest)["total"].metric == 2.0
    assert by_id(manifest)["small"].passed is True
    assert manifest.published
