"""What every engine must do. A later engine is one more entry of `ENGINES`.

The lab below deploys small workflows of one module, built by hand as graphs, and runs them on the engine.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import pytest

from unknot.providers.base import Context
from unknot.providers.engine import (
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
    Choice,
    CommandCode,
    Condition,
    Element,
    Fingerprint,
    Gathered,
    InputSpec,
    LiteralValue,
    Mapped,
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
from unknot.stacks.run import NOT_TAKEN, Deployment, RunManifest, RunRequest, TaskRecord
from unknot.stacks.target import Target
from unknot.state.stores.base import Store
from unknot.state.stores.local import LocalStore

ENGINES: dict[str, Callable[[], Engine]] = {"local": LocalEngine}

WAIT_S = 180.0

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


@dataclass
class Lab:
    """A project, a target and an engine, with which a test runs workflows."""

    engine: Engine
    project: Path
    uid: Uid
    runs: int = 0

    @property
    def context(self) -> Context:
        return Context(self.project, "lineage", Target("here", engine=self.engine.name))

    @property
    def store(self) -> Store:
        return LocalStore(self.project / ".unknot" / "store")

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


@pytest.fixture(params=sorted(ENGINES))
def lab(request: pytest.FixtureRequest, tmp_path: Path) -> Lab:
    (tmp_path / "flow.py").write_text(CODE)
    return Lab(ENGINES[request.param](), tmp_path, Uid("0123456789abcdef0123"))


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


@pytest.mark.slow
def test_unchanged_task_is_reused_with_the_reason(lab: Lab) -> None:
    lab.run(summing(lab, 2))
    manifest = lab.run(summing(lab, 2))

    assert {task.status for task in manifest.tasks} == {"reused"}
    assert {task.reason for task in manifest.tasks} == {"inputs and code unchanged since run run-1"}
    assert by_id(manifest)["total"].metric == 2.0
    assert by_id(manifest)["small"].passed is True
    assert manifest.published


@pytest.mark.slow
@pytest.mark.rule("R1")
def test_each_task_runs_in_a_process_of_its_own(lab: Lab) -> None:
    manifest = lab.run(
        flow(
            lab,
            (op("where", output="builtins:dict", resources=Resources(cpu=2)), call("where", "a", n=1)),
            (op("where", output="builtins:dict", resources=Resources(cpu=2)), call("where", "b", n=2)),
        )
    )

    a, b = (lab.value(task) for task in manifest.tasks)
    assert len({a["pid"], b["pid"], os.getpid()}) == 3
    assert a["cwd"] != b["cwd"]
    assert a["cores"] == "2"


def test_failing_op_records_error_and_the_users_traceback_and_skips_what_reads_it(lab: Lab) -> None:
    query = lab.trigger(
        lab.deploy(
            flow(
                lab,
                (op("numbers"), call("numbers", count=3)),
                (op("broken"), call("broken", values=TaskOutput("numbers"))),
                (op("double"), call("double", values=TaskOutput("broken"))),
                (op("total", "metric", output="builtins:float"), call("total", values=TaskOutput("numbers"))),
                published={"numbers": TaskOutput("numbers")},
            )
        )
    )
    progress = lab.engine.wait(query, WAIT_S)
    manifest = lab.manifest(query)

    tasks = by_id(manifest)
    assert progress.status == manifest.status == "failed"
    assert tasks["broken"].error == "ValueError: cannot use 3 values"
    assert (tasks["double"].status, tasks["double"].reason) == ("skipped", "skipped because of broken")
    assert tasks["total"].status == "succeeded"  # independent of the failure
    assert manifest.published == {}
    trace = traceback_of(lab, query, "broken")
    assert 'File "flow.py"' in trace
    assert "in inner" in trace
    assert "unknot" not in trace


def traceback_of(lab: Lab, query: RunQuery, task: str) -> str:
    from unknot.providers.runner.stream import read_attempt
    from unknot.stacks.run import AttemptEnded

    events = read_attempt(lab.store, lab.uid, query.run, task, 1)
    return next(event.traceback for event in events if isinstance(event, AttemptEnded))


@pytest.mark.rule("F1")
def test_failed_error_check_keeps_outputs_from_being_published(lab: Lab) -> None:
    manifest = lab.run(summing(lab, 9))

    assert manifest.status == "failed"
    assert by_id(manifest)["small"].passed is False
    assert by_id(manifest)["double"].status == "succeeded"
    assert manifest.published == {}


@pytest.mark.slow
@pytest.mark.rule("F1")
def test_failed_warning_check_does_not_keep_outputs_from_being_published(lab: Lab) -> None:
    manifest = lab.run(summing(lab, 9, severity="warning"))

    assert manifest.status == "succeeded"
    assert by_id(manifest)["small"].passed is False
    assert set(manifest.published) == {"doubled"}


@pytest.mark.slow
def test_failed_task_is_tried_again_as_often_as_allowed(lab: Lab) -> None:
    resources = Resources(retries=2, retry_delay_s=0.01)
    marker = str(lab.project / "marker")
    manifest = lab.run(
        flow(lab, (op("flaky", output="builtins:int", resources=resources), call("flaky", marker=marker)))
    )

    [task] = manifest.tasks
    assert (task.status, task.attempts) == ("succeeded", 3)
    assert lab.value(task) == 2


@pytest.mark.slow
def test_task_over_its_time_limit_fails_and_says_so(lab: Lab) -> None:
    slow = op("slow", output="builtins:int", resources=Resources(timeout_s=1.0))
    manifest = lab.run(flow(lab, (slow, call("slow", signal=str(lab.project / "signal")))))

    [task] = manifest.tasks
    assert (task.status, task.error) == ("failed", "it took longer than its time limit of 1 s")


@pytest.mark.slow
def test_task_over_its_memory_limit_fails_and_says_so(lab: Lab) -> None:
    hungry = op("hungry", output="builtins:int", resources=Resources(memory="200MiB"))
    manifest = lab.run(flow(lab, (hungry, call("hungry", n=1))))

    [task] = manifest.tasks
    assert task.status == "failed"
    assert "more than its limit of 200MiB" in task.error


@pytest.mark.slow
def test_task_that_crashes_is_recorded_with_what_it_printed(lab: Lab) -> None:
    query = lab.trigger(lab.deploy(flow(lab, (op("crash", output="builtins:int"), call("crash", n=1)))))
    progress = lab.engine.wait(query, WAIT_S)

    assert progress.tasks[0].error == "`the task` was killed by SIGSEGV before it was done"
    assert lab.engine.logs(query)["crash"][0].text == "about to crash"


@pytest.mark.slow
def test_cancelled_run_stops_its_tasks_and_is_sealed(lab: Lab) -> None:
    signal_file = lab.project / "signal"
    query = lab.trigger(
        lab.deploy(
            flow(
                lab,
                (op("slow"), call("slow", signal=str(signal_file))),
                (op("double"), call("double", values=TaskOutput("slow"))),
            )
        )
    )
    wait_for(signal_file)
    lab.engine.cancel(query)
    progress = lab.engine.wait(query, WAIT_S)

    assert progress.status == "cancelled"
    assert {task.status for task in lab.manifest(query).tasks} == {"cancelled"}


def test_logs_hold_all_that_a_task_and_its_children_wrote(lab: Lab) -> None:
    query = lab.trigger(lab.deploy(flow(lab, (op("noisy", output="builtins:int"), call("noisy", n=1)))))
    lab.engine.wait(query, WAIT_S)

    lines = lab.engine.logs(query)["noisy"]
    assert [line.text for line in lines if line.stream == "stdout"] == ["to stdout", "from C", "from a child"]
    assert [line.text for line in lines if line.stream == "stderr"] == ["to stderr"]


@pytest.mark.slow
def test_logs_can_be_read_while_the_task_runs(lab: Lab) -> None:
    started, gate = lab.project / "started", lab.project / "gate"
    gated = op("gated", output="builtins:int")
    query = lab.trigger(lab.deploy(flow(lab, (gated, call("gated", signal=str(started), gate=str(gate))))))
    wait_for(started)
    deadline = time.monotonic() + WAIT_S
    while not (lines := lab.engine.logs(query).get("gated", ())) and time.monotonic() < deadline:
        time.sleep(0.05)
    live = [line.text for line in lines]
    gate.touch()
    lab.engine.wait(query, WAIT_S)

    assert live == ["first line"]
    assert [line.text for line in lab.engine.logs(query)["gated"]] == ["first line", "last line"]


@pytest.mark.slow
def test_parameter_is_recorded_and_decides_what_runs_again(lab: Lab) -> None:
    lab.run(summing(lab, 2, parameters=(ParameterSpec("count", "builtins:int", 2),)))
    manifest = lab.run(summing(lab, 3, parameters=(ParameterSpec("count", "builtins:int", 3),)))

    assert manifest.parameters == {"count": 3}
    assert by_id(manifest)["numbers"].inputs == {"count": "3"}
    assert {task.status for task in manifest.tasks} == {"succeeded"}


@pytest.mark.slow
def test_run_time_is_the_scheduled_time_and_part_of_the_inputs(lab: Lab) -> None:
    deployment = flow(lab, (op("when", output="builtins:str"), call("when", at=RunTime())))
    first = lab.run(deployment, scheduled_time="2024-05-01T03:00:00Z")
    second = lab.run(deployment, scheduled_time="2024-05-02T03:00:00Z")

    assert lab.value(first.tasks[0]) == "2024-05-01T03:00:00+00:00"
    assert second.tasks[0].status == "succeeded"


@pytest.mark.slow
def test_cache_can_be_refused_and_a_named_task_forced(lab: Lab) -> None:
    lab.run(summing(lab, 2))
    refused = lab.run(summing(lab, 2), use_cache=False)
    forced = lab.run(summing(lab, 2), from_task="total")

    assert {task.status for task in refused.tasks} == {"succeeded"}
    statuses = {task.task: task.status for task in forced.tasks}
    assert statuses == {"numbers": "reused", "double": "reused", "total": "succeeded", "small": "succeeded"}


@pytest.mark.slow
def test_changed_code_runs_again_with_what_reads_it_only_if_its_output_changed(lab: Lab) -> None:
    lab.run(summing(lab, 2))
    changed = flow(
        lab,
        (op("numbers", fingerprint="2"), call("numbers", count=2)),
        (op("double"), call("double", values=TaskOutput("numbers"))),
    )
    manifest = lab.run(changed)

    assert {task.task: task.status for task in manifest.tasks} == {"numbers": "succeeded", "double": "reused"}


def test_value_without_a_serializer_names_op_output_type_and_what_to_do(lab: Lab) -> None:
    manifest = lab.run(flow(lab, (op("unknown"), call("unknown", n=1))))

    [task] = manifest.tasks
    assert task.status == "failed"
    for part in (
        "unserialisable artifact",
        "`value`",
        "op `unknown`",
        "TextIOWrapper",
        "register_serializer",
    ):
        assert part in task.error


@pytest.mark.rule("S1")
def test_secret_is_in_no_byte_of_the_store(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    canary = "canary-7f3a91'\"\\x"
    monkeypatch.setenv("DB_TOKEN", canary)
    deployment = flow(
        lab,
        (op("leaky", output="builtins:dict"), call("leaky", n=1)),
        secrets={"TOKEN": "env:DB_TOKEN"},
    )
    query = lab.trigger(lab.deploy(deployment))
    progress = lab.engine.wait(query, WAIT_S)

    assert progress.tasks[0].error == "RuntimeError: bad token ***"
    assert "token is ***" in [line.text for line in lab.engine.logs(query)["leaky"]]
    for file in (lab.project / ".unknot").rglob("*"):
        if file.is_file():
            assert b"canary" not in file.read_bytes(), file


@pytest.mark.rule("S1")
def test_secret_written_into_the_graph_is_refused_at_deploy(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DB_TOKEN", "canary-7f3a91")
    deployment = flow(
        lab,
        (op("numbers"), call("numbers", count="canary-7f3a91")),
        secrets={"TOKEN": "env:DB_TOKEN"},
    )
    with pytest.raises(EngineError, match="value of one of its secrets") as raised:
        lab.deploy(deployment)
    assert "canary" not in f"{raised.value} {raised.value.detail}"


@pytest.mark.rule("R2")
def test_scheduled_time_that_another_run_claimed_ends_as_superseded(lab: Lab) -> None:
    deployment = lab.deploy(summing(lab, 2))
    at = "2024-05-01T03:00:00Z"
    assert closing.claim(lab.store, lab.uid, "2024-05-01T05:00:00+02:00", "other")  # the same instant
    query = lab.trigger(deployment, scheduled_time=at)
    lab.engine.wait(query, WAIT_S)
    manifest = lab.manifest(query)

    assert manifest.status == "superseded"
    assert {task.reason for task in manifest.tasks} == {"run other has this scheduled time"}
    assert manifest.published == {}


@pytest.mark.rule("R2")
def test_of_two_claims_at_once_one_wins(lab: Lab) -> None:
    barrier = threading.Barrier(8)
    won: list[str] = []

    def claim(run: str) -> None:
        barrier.wait()
        if closing.claim(lab.store, lab.uid, "2024-05-01T03:00:00Z", run):
            won.append(run)

    threads = [threading.Thread(target=claim, args=(f"run-{n}",)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1
    assert closing.claimed_by(lab.store, lab.uid, "2024-05-01T03:00:00Z") == won[0]


@pytest.mark.rule("R1")
def test_manifest_is_sealed_once(lab: Lab) -> None:
    query = lab.trigger(lab.deploy(summing(lab, 2)))
    lab.engine.wait(query, WAIT_S)
    manifest = lab.manifest(query)
    started = record.read_started(lab.store, lab.uid, query.run)

    assert closing.seal(lab.store, started, (), status="lost") == manifest
    assert closing.seal_if_over(lab.store, lab.uid, query.run) == manifest
    assert lab.manifest(query) == manifest


@pytest.mark.slow
@pytest.mark.rule("R1")
def test_run_that_ended_is_seen_equal_by_another_engine_object(lab: Lab) -> None:
    query = lab.trigger(lab.deploy(summing(lab, 2)))
    mine = lab.engine.wait(query, WAIT_S)
    other = type(lab.engine)()

    assert other.status(query).status == mine.status
    assert [(task.task, task.status, task.metric) for task in other.status(query).tasks] == [
        (task.task, task.status, task.metric) for task in mine.tasks
    ]
    assert other.logs(query) == lab.engine.logs(query)


@pytest.mark.slow
def test_deploying_again_changes_nothing_and_undeploying_leaves_runs(lab: Lab) -> None:
    deployment = lab.deploy(summing(lab, 2))
    lab.deploy(deployment)
    query = RunQuery(lab.context, lab.uid, "")
    assert lab.engine.deployed(query) == deployment
    assert len(list(lab.store.list("deployments/"))) == 1

    renamed = msgspec.structs.replace(deployment, owner="other@example.com")
    lab.deploy(renamed)
    assert lab.engine.deployed(query) == renamed

    lab.run(renamed)
    lab.engine.undeploy(UndeployRequest(lab.context, lab.uid, lab.uid))
    lab.engine.undeploy(UndeployRequest(lab.context, lab.uid, lab.uid))
    assert lab.engine.deployed(query) is None
    assert list(lab.store.list("bundles/")) == []
    assert record.read_manifest(lab.store, lab.uid, "run-1") is not None


@pytest.mark.slow
def test_command_op_reads_and_writes_files(lab: Lab) -> None:
    (lab.project / "flow.py").write_text(
        CODE + "\nif __name__ == '__main__':\n"
        "    import json\n"
        "    values = json.load(open(sys.argv[1]))\n"
        "    json.dump([v + int(sys.argv[3]) for v in values], open(sys.argv[2], 'w'))\n"
        "    print('added')\n"
    )
    add = op("add", code=CommandCode(("python", "flow.py", "{values}", "{value}", "{by}"), ("flow.py",)))
    query = lab.trigger(
        lab.deploy(
            flow(
                lab,
                (op("numbers"), call("numbers", count=3)),
                (add, call("add", values=TaskOutput("numbers"), by=10)),
            )
        )
    )
    lab.engine.wait(query, WAIT_S)

    assert lab.value(by_id(lab.manifest(query))["add"]) == [10, 11, 12]
    assert [line.text for line in lab.engine.logs(query)["add"]] == ["added"]


@pytest.mark.slow
def test_workflow_input_follows_what_another_workflow_published(lab: Lab) -> None:
    lab.run(summing(lab, 2))
    publisher, lab.uid = lab.uid, Uid("fedcba98765432100000")
    reader = flow(
        lab,
        (op("double"), call("double", values=WorkflowInput("numbers"))),
        inputs_wanted=(InputSpec("numbers", "builtins:list"),),
        published_inputs={"numbers": (publisher, "doubled")},
    )
    manifest = lab.run(reader)

    assert lab.value(manifest.tasks[0]) == [0, 4]
    assert manifest.inputs["numbers"].run == "run-1"


@pytest.mark.slow
def test_fan_out_of_fifty_tasks(lab: Lab) -> None:
    spec = op("numbers")
    manifest = lab.run(flow(lab, *((spec, call("numbers", f"n{n}", count=n)) for n in range(50))))

    assert manifest.status == "succeeded"
    assert [len(lab.value(task)) for task in manifest.tasks] == list(range(50))


@pytest.mark.slow
def test_fan_out_over_fifty_elements_known_only_when_it_runs_and_fan_in(lab: Lab) -> None:
    manifest = lab.run(
        flow(
            lab,
            (op("tables"), call("tables", count=50)),
            (op("rows", output="builtins:int"), call("rows", part=Element(TaskOutput("tables")), more=1)),
            (op("gathered"), call("gathered", values=TaskOutput("rows"))),
            published={"rows": TaskOutput("rows")},
        )
    )

    tasks = by_id(manifest)
    assert manifest.status == "succeeded", tasks["rows"].error
    assert [lab.value(tasks[f"rows[{n}]"]) for n in range(50)] == list(range(2, 52))
    assert lab.value(tasks["rows"]) == list(range(2, 52))
    assert lab.value(tasks["gathered"])[0] == sum(range(2, 52))
    assert lab.value(tasks["tables"])[3].num_rows == 4
    parts = tasks["tables"].outputs["value"].items
    assert [tasks[f"rows[{n}]"].inputs["part"] for n in range(50)] == [part.hash for part in parts]
    assert [task.task for task in manifest.tasks][1:4] == ["rows", "rows[0]", "rows[1]"]
    assert manifest.published["rows"] == tasks["rows"].outputs["value"]


@pytest.mark.slow
def test_list_of_artifacts_is_one_input(lab: Lab) -> None:
    manifest = lab.run(
        flow(
            lab,
            (op("odd", output="builtins:bool"), call("odd", n=3)),
            (op("rows", output="builtins:int"), call("rows", part=Element(TaskOutput("tables")))),
            (op("tables"), call("tables", count=2)),
            (
                op("gathered"),
                call(
                    "gathered",
                    values=Gathered((LiteralValue(5), LiteralValue(6))),
                    extra=Gathered((TaskOutput("odd"), LiteralValue("x")), "tuple"),
                    both=Gathered((TaskOutput("odd"), TaskOutput("rows")), "dict", ("a", "b")),
                ),
            ),
            published={"both": Gathered((TaskOutput("odd"), LiteralValue(2)))},
        )
    )

    tasks = by_id(manifest)
    assert lab.value(tasks["gathered"]) == [11, (True, "x"), {"a": True, "b": [1, 2]}]
    assert tasks["gathered"].inputs["extra[0]"] == tasks["odd"].outputs["value"].hash
    assert tasks["gathered"].inputs["both[b]"] == tasks["rows"].outputs["value"].hash
    assert read_artifact(manifest.published["both"], lab.store, lab.project) == [True, 2]


@pytest.mark.slow
def test_each_over_an_empty_list_gives_an_empty_list(lab: Lab) -> None:
    manifest = lab.run(
        flow(
            lab,
            (op("numbers"), call("numbers", count=0)),
            (op("half", output="builtins:int"), call("half", n=Element(TaskOutput("numbers")))),
            (op("gathered"), call("gathered", values=TaskOutput("half"))),
        )
    )

    assert [(task.task, task.status) for task in manifest.tasks] == [
        ("numbers", "succeeded"),
        ("half", "succeeded"),
        ("gathered", "succeeded"),
    ]
    assert lab.value(by_id(manifest)["gathered"])[0] == 0


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


@pytest.mark.slow
def test_branch_that_is_not_taken_is_skipped_and_the_run_succeeds(lab: Lab) -> None:
    odd, even = lab.run(branching(lab, 1)), lab.run(branching(lab, 2))

    for manifest, done, skipped, value in ((odd, "half", "numbers", 4), (even, "numbers", "half", [0, 1, 2])):
        tasks = by_id(manifest)
        assert manifest.status == "succeeded"
        assert tasks[done].status == "succeeded"
        assert (tasks[skipped].status, tasks[skipped].reason) == ("skipped", NOT_TAKEN)
        assert lab.value(tasks["gathered"])[1] == value
    assert odd.published["chosen"] == by_id(odd)["half"].outputs["value"]
    assert read_artifact(even.published["chosen"], lab.store, lab.project) == "none"


@pytest.mark.slow
def test_branch_may_differ_from_element_to_element(lab: Lab) -> None:
    numbers, odd, half = (Element(TaskOutput(name)) for name in ("numbers", "odd", "half"))
    mapped = msgspec.structs.replace(call("half", n=numbers), when=(Condition(odd, False),))
    manifest = lab.run(
        flow(
            lab,
            (op("numbers"), call("numbers", count=6)),
            (op("odd", output="builtins:bool"), call("odd", n=numbers)),
            (op("half", output="builtins:int"), mapped),
            (op("gathered"), call("gathered", values=Mapped(Choice(odd, numbers, half)), extra=0)),
        )
    )

    tasks = by_id(manifest)
    assert manifest.status == "succeeded", tasks["half"].error
    assert [tasks[f"half[{n}]"].reason for n in range(6)] == ["", NOT_TAKEN] * 3
    assert lab.value(tasks["gathered"])[0] == 0 + 1 + 1 + 3 + 2 + 5


@pytest.mark.slow
def test_one_element_that_fails_fails_the_gathering_and_the_others_are_done(lab: Lab) -> None:
    manifest = lab.run(
        flow(
            lab,
            (op("numbers"), call("numbers", count=5)),
            (op("half", output="builtins:int"), call("half", n=Element(TaskOutput("numbers")))),
            (op("gathered"), call("gathered", values=TaskOutput("half"))),
        )
    )

    tasks = by_id(manifest)
    assert manifest.status == "failed"
    assert [tasks[f"half[{n}]"].status for n in range(5)] == [*["succeeded"] * 3, "failed", "succeeded"]
    assert tasks["half"].status == "failed"
    assert tasks["half"].error == "1 of 5 elements failed; `half[3]`: ValueError: three"
    assert (tasks["gathered"].status, tasks["gathered"].reason) == ("skipped", "skipped because of half")


@pytest.mark.slow
def test_retry_does_the_failed_element_alone(lab: Lab) -> None:
    marker = lab.project / "marker"
    deployment = flow(
        lab,
        (op("numbers"), call("numbers", count=5)),
        (
            op("mended", output="builtins:int"),
            call("mended", n=Element(TaskOutput("numbers")), marker=str(marker)),
        ),
    )
    first = lab.run(deployment)
    marker.touch()
    second = lab.run(deployment, retry_of="run-1", use_cache=False)

    assert first.status == "failed"
    assert second.status == "succeeded"
    statuses = {task.task: task.status for task in second.tasks}
    assert statuses == {
        "numbers": "reused",
        "mended": "succeeded",
        **{f"mended[{n}]": "succeeded" if n == 3 else "reused" for n in range(5)},
    }
    assert by_id(second)["mended"].reason == "5 elements, 4 reused"


@pytest.mark.slow
def test_run_from_one_element_does_it_and_what_follows(lab: Lab) -> None:
    folder = lab.project / "touched"
    folder.mkdir()
    deployment = flow(
        lab,
        (op("numbers"), call("numbers", count=3)),
        (
            op("touched", output="builtins:int"),
            call("touched", n=Element(TaskOutput("numbers")), folder=str(folder)),
        ),
        (op("gathered"), call("gathered", values=TaskOutput("touched"))),
    )
    lab.run(deployment)
    one = lab.run(deployment, from_task="touched[1]")
    lab.run(deployment, from_task="touched")

    assert by_id(one)["gathered"].status == "succeeded"
    assert by_id(one)["touched[0]"].status == "reused"
    assert {file.name: len(file.read_text()) for file in folder.iterdir()} == {"0": 2, "1": 3, "2": 2}


@pytest.mark.slow
def test_cancelled_run_stops_the_elements_that_run_and_begins_no_other(lab: Lab) -> None:
    signal_file = lab.project / "signal"
    query = lab.trigger(
        lab.deploy(
            flow(
                lab,
                (op("numbers"), call("numbers", count=20)),
                (
                    op("paused", output="builtins:int"),
                    call("paused", n=Element(TaskOutput("numbers")), signal=str(signal_file)),
                ),
                (op("gathered"), call("gathered", values=TaskOutput("paused"))),
            )
        )
    )
    wait_for(signal_file)
    lab.engine.cancel(query)
    lab.engine.wait(query, WAIT_S)

    manifest = lab.manifest(query)
    assert manifest.status == "cancelled"
    statuses = {task.task: task.status for task in manifest.tasks}
    assert len(statuses) == 23
    assert statuses.pop("numbers") == "succeeded"
    assert set(statuses.values()) == {"cancelled"}


@pytest.mark.slow
def test_what_a_condition_or_a_list_must_be_is_said_where_it_is_not(lab: Lab) -> None:
    number = msgspec.structs.replace(call("half", n=4), when=(Condition(TaskOutput("touched"), True),))
    manifest = lab.run(
        flow(
            lab,
            (op("touched", output="builtins:int"), call("touched", n=1, folder=str(lab.project))),
            (op("half", output="builtins:int"), number),
            (op("double"), call("double", values=Element(TaskOutput("touched")))),
        )
    )

    tasks = by_id(manifest)
    assert manifest.status == "failed"
    assert tasks["half"].error.startswith("`when` goes by `True` or `False`, and was given `int`")
    assert tasks["double"].error.startswith("`each` goes over a list, and was given `int`")


@pytest.mark.slow
def test_word_of_a_command_is_repeated_for_each_artifact_of_a_list(lab: Lab) -> None:
    show = op(
        "show",
        output="builtins:str",
        code=CommandCode(("sh", "-c", 'echo "$@"; cat "$@" > {value}', "-", "{parts}")),
        inputs={"parts": "builtins:list"},
    )
    manifest = lab.run(
        flow(
            lab,
            (op("numbers"), call("numbers", "one", count=1)),
            (op("numbers"), call("numbers", "two", count=2)),
            (show, call("show", parts=Gathered((TaskOutput("one"), TaskOutput("two"))))),
        )
    )

    assert manifest.status == "succeeded", manifest.tasks
    assert lab.value(by_id(manifest)["show"]) == "[0][0,1]"


@pytest.mark.slow
def test_large_artifact(lab: Lab) -> None:
    rows = 20_000_000
    manifest = lab.run(
        flow(
            lab,
            (op("big", output="numpy:ndarray"), call("big", rows=rows)),
            (op("length", output="builtins:int"), call("length", values=TaskOutput("big"))),
        )
    )

    tasks = by_id(manifest)
    assert tasks["big"].outputs["value"].size_bytes > 8 * rows
    assert lab.value(tasks["length"]) == rows


COORDINATOR = """
import sys, msgspec
from pathlib import Path
from unknot.providers.base import *
from unknot.providers.engine import *
from unknot.providers.registry import engine
from unknot.stacks.run import RunRequest
from unknot.stacks.target import Target
name, project = sys.argv[1], Path(sys.argv[2])
context = Context(project, "lineage", Target("here", engine=name))
request = msgspec.json.decode(sys.stdin.buffer.read(), type=RunRequest)
engine(name).trigger(TriggerRequest(context, request))
engine(name).wait(RunQuery(context, request.deployment.uid, request.run))
"""


@pytest.mark.slow
@pytest.mark.rule("R1")
def test_run_whose_coordinator_was_killed_is_lost_and_a_new_one_reuses_what_succeeded(lab: Lab) -> None:
    signal_file, gate = lab.project / "signal", lab.project / "gate"
    deployment = lab.deploy(
        flow(
            lab,
            (op("numbers"), call("numbers", count=3)),
            (op("double"), call("double", values=TaskOutput("numbers"))),
            (op("gated", output="builtins:int"), call("gated", signal=str(signal_file), gate=str(gate))),
        )
    )
    coordinator = subprocess.Popen(
        [sys.executable, "-P", "-c", COORDINATOR, lab.engine.name, str(lab.project)], stdin=subprocess.PIPE
    )
    assert coordinator.stdin is not None
    coordinator.stdin.write(msgspec.json.encode(RunRequest("killed", deployment)))
    coordinator.stdin.close()
    query = RunQuery(lab.context, lab.uid, "killed")
    wait_for(signal_file)
    deadline = time.monotonic() + WAIT_S
    while done(lab.engine.status(query)) < 2 and time.monotonic() < deadline:
        time.sleep(0.05)
    assert lab.engine.status(query).status == "running"
    coordinator.send_signal(signal.SIGKILL)
    coordinator.wait()

    assert lab.engine.status(query).status == "lost"
    while status_of(lab.engine.status(query), "gated") == "running" and time.monotonic() < deadline:
        time.sleep(0.05)
    assert status_of(lab.engine.status(query), "gated") == "lost"  # the task noticed and ended
    gate.touch()
    manifest = lab.run(deployment, retry_of="killed")
    assert {task.task: task.status for task in manifest.tasks} == {
        "numbers": "reused",
        "double": "reused",
        "gated": "succeeded",
    }
    assert closing.seal_lost(lab.store, lab.uid, "killed").status == "lost"


def done(progress: RunProgress) -> int:
    return sum(task.status == "succeeded" for task in progress.tasks)


def status_of(progress: RunProgress, task: str) -> str:
    found: TaskProgress = next(item for item in progress.tasks if item.task == task)
    return found.status
