"""A laboratory for engines: deploys small workflows of one module, built by hand as graphs, and runs them.

Used by the contract suite and by the tests of single engines.
"""

import contextlib
import hashlib
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from unknot.providers.base import Context
from unknot.providers.engine import (
    DeployRequest,
    Engine,
    RunQuery,
    TriggerRequest,
    UndeployRequest,
)
from unknot.providers.engines.stored import StoredEngine, opened
from unknot.providers.runner import record
from unknot.providers.runner.artifacts import read_artifact
from unknot.providers.runner.stream import read_attempt
from unknot.stacks.address import Address, Uid
from unknot.stacks.bundle import pack
from unknot.stacks.errors import EngineError
from unknot.stacks.graph import (
    Binding,
    Choice,
    Condition,
    Fingerprint,
    LiteralValue,
    OpSpec,
    OutputSpec,
    PythonCode,
    TaskOutput,
    TaskSpec,
    WorkflowGraph,
)
from unknot.stacks.run import (
    AttemptEnded,
    Deployment,
    RunManifest,
    RunRequest,
    TaskEvent,
    TaskRecord,
)
from unknot.stacks.target import Target
from unknot.state.stores.base import Store

WAIT_S = 120.0

CODE = """
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

def ancestry(n: int) -> list:
    import psutil
    return [[process.pid, " ".join(process.cmdline())] for process in psutil.Process().parents()]

def version_of(name: str) -> str:
    from importlib.metadata import version
    return version(name)

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

def tables(count: int):
    import pyarrow
    return [pyarrow.table({"n": list(range(n + 1))}) for n in range(count)]

def rows(part, more: int = 0) -> int:
    print("rows of", part.num_rows)
    return part.num_rows + more

def gathered(values: list, extra=None, both=None) -> list:
    return [sum(values), extra, both]

def odd(n: int) -> bool:
    return n % 2 == 1

def half(n: int) -> int:
    if n == 3:
        raise ValueError("three")
    return n // 2

def mended(n: int, marker: str) -> int:
    if n == 3 and not Path(marker).exists():
        raise ValueError("not yet")
    return n

def paused(n: int, signal: str) -> int:
    Path(signal).touch()
    time.sleep(600)

def touched(n: int, folder: str) -> int:
    with open(Path(folder) / str(n), "a") as file:
        file.write("x")
    return n
"""


_ELSEWHERE = """
import sys, msgspec
from pathlib import Path
from unknot.providers.base import Context
from unknot.providers.engine import RunQuery, TriggerRequest
from unknot.providers.registry import engine
from unknot.stacks.run import RunRequest
project, request = msgspec.json.decode(sys.stdin.buffer.read(), type=tuple[str, RunRequest])
target = request.deployment.target
context = Context(Path(project), "lineage", target)
engine(target.engine).trigger(TriggerRequest(context, request))
engine(target.engine).wait(RunQuery(context, request.deployment.uid, request.run))
"""


@dataclass
class Lab:
    """A project, a target and an engine, with which a test runs workflows."""

    engine: Engine
    project: Path
    uid: Uid
    options: dict[str, Any] = field(default_factory=dict)
    """Of the target."""
    runs: int = 0

    @property
    def context(self) -> Context:
        return Context(self.project, "lineage", Target("here", engine=self.engine.name, options=self.options))

    @property
    def store(self) -> Store:
        with opened(self.context) as store:
            return store

    def deployment(
        self, tasks: Mapping[str, TaskSpec], ops: Mapping[str, OpSpec], **changes: Any
    ) -> Deployment:
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
        lock = changes.pop("lock_text", "")
        self.bundle = pack(self.project, ["flow.py"], graph, lock, op_locks=changes.pop("op_locks", ()))
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
            "lock": hashlib.sha256(lock.encode()).hexdigest() if lock else "",
        }
        return Deployment(**{**values, **changes})

    def deploy(self, deployment: Deployment) -> Deployment:
        self.engine.deploy(DeployRequest(self.context, deployment, self.bundle.data))
        return deployment

    def close(self) -> None:
        """Take away what was deployed: a server that reads all of it, again and again, grows slower by each test."""
        with contextlib.suppress(
            EngineError
        ):  # a test may have ended the server, or left a task that still runs
            self.engine.undeploy(UndeployRequest(self.context, self.uid, self.uid))

    def deploy_unasked(self, deployment: Deployment) -> Deployment:
        """Put it where it belongs without asking the engine's workers: for tests in which there are none."""
        StoredEngine.deploy(self.engine, DeployRequest(self.context, deployment, self.bundle.data))  # type: ignore[arg-type]
        return deployment

    def trigger(self, deployment: Deployment, **changes: Any) -> RunQuery:
        self.runs += 1
        run = changes.pop("run", f"run-{self.runs}")
        progress = changes.pop("progress", None)
        self.engine.trigger(TriggerRequest(self.context, RunRequest(run, deployment, **changes), progress))
        return RunQuery(self.context, self.uid, run)

    def trigger_elsewhere(self, request: RunRequest) -> "subprocess.Popen[bytes]":
        """Trigger a run and wait for it in a process of its own, which a test may kill."""
        process = subprocess.Popen((sys.executable, "-P", "-c", _ELSEWHERE), stdin=subprocess.PIPE)
        assert process.stdin is not None
        process.stdin.write(msgspec.json.encode([str(self.project), request]))
        process.stdin.close()
        return process

    def run(self, deployment: Deployment, **changes: Any) -> RunManifest:
        query = self.trigger(self.deploy(deployment), **changes)
        self.engine.wait(query, WAIT_S)
        return self.manifest(query)

    def manifest(self, query: RunQuery) -> RunManifest:
        found = record.run_status(self.store, self.uid, query.run)
        assert isinstance(found, RunManifest), found
        return found

    def attempt(self, run: str, task: str, number: int = 1) -> list[TaskEvent]:
        """The stream of an attempt."""
        return list(read_attempt(self.store, self.uid, run, task, number))

    def value(self, task: TaskRecord, output: str = "value") -> Any:
        folder = self.project / "read"
        folder.mkdir(exist_ok=True)
        return read_artifact(task.outputs[output], self.store, folder)


def op(
    name: str, kind: Any = "op", *, fingerprint: str = "1", output: str = "builtins:list", **changes: Any
) -> OpSpec:
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
        name: value if isinstance(value, Binding) else LiteralValue(value) for name, value in inputs.items()
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


def by_id(manifest: RunManifest) -> dict[str, TaskRecord]:
    return {task.task: task for task in manifest.tasks}


def wait_for(path: Path) -> None:
    """Wait for a file that a task makes."""
    deadline = time.monotonic() + WAIT_S
    while not path.exists():
        assert time.monotonic() < deadline, f"no {path}"
        time.sleep(0.01)


def wait_until(holds: Callable[[], bool]) -> None:
    """Wait for what no event tells: something that an engine's own process does."""
    deadline = time.monotonic() + WAIT_S
    while not holds():
        assert time.monotonic() < deadline, "it did not come"
        time.sleep(0.02)


def traceback_of(lab: Lab, query: RunQuery, task: str) -> str:
    events = read_attempt(lab.store, lab.uid, query.run, task, 1)
    return next(event.traceback for event in events if isinstance(event, AttemptEnded))


def branching(lab: Lab, n: int, **changes: Any) -> Deployment:
    """Whether `n` is odd decides between `half` and `numbers`; `gathered` reads whichever was done."""
    condition = TaskOutput("odd")
    half, numbers = call("half", n=8), call("numbers", count=3)
    return flow(
        lab,
        (op("odd", output="builtins:bool"), call("odd", n=n)),
        (
            op("half", output="builtins:int"),
            msgspec.structs.replace(half, when=(Condition(condition, True),)),
        ),
        (op("numbers"), msgspec.structs.replace(numbers, when=(Condition(condition, False),))),
        (
            op("gathered"),
            call(
                "gathered",
                values=LiteralValue([1]),
                extra=Choice(condition, TaskOutput("half"), TaskOutput("numbers")),
            ),
        ),
        published={"chosen": Choice(condition, TaskOutput("half"), LiteralValue("none"))},
        **changes,
    )
