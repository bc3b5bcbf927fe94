"""One attempt in a warm worker: same stream, same commit, same redaction as in a process of its own."""

import os
from pathlib import Path

import pytest

from unknot.providers.runner.assignment import TaskAssignment, TaskOutcome
from unknot.providers.runner.execute import execute
from unknot.providers.runner.record import read_logs
from unknot.providers.runner.stream import StreamTaken, read_attempt
from unknot.stacks.address import Address, Uid
from unknot.stacks.bundle import pack
from unknot.stacks.graph import OpSpec, OutputSpec, PythonCode, WorkflowGraph
from unknot.stacks.run import AttemptEnded, AttemptStarted, MetricMeasured
from unknot.state.stores.memory import MemoryStore

CODE = """
import os

def loud(n: int) -> float:
    os.write(1, b"token " + os.environ["TOKEN"].encode() + b"\\n")
    return n / 2

def endless(n: int) -> float:
    return float("nan")

def pair(n: int) -> tuple[int, str]:
    return n, "two"
"""


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


@pytest.fixture
def assignment(tmp_path: Path, store: MemoryStore, request: pytest.FixtureRequest) -> TaskAssignment:
    module = f"flow_{request.node.name.partition('[')[0][-20:]}"  # a module of its own: imports are kept
    (tmp_path / f"{module}.py").write_text(CODE)
    bundle = pack(tmp_path, [f"{module}.py"], WorkflowGraph("f", module, "f", ops={}, tasks=()))
    store.put_if_absent(f"bundles/{bundle.hash}", bundle.data)
    return TaskAssignment(
        uid=Uid("u"),
        address=Address("workflow.f"),
        run="r",
        task="loud",
        attempt=1,
        op=OpSpec("loud", "metric", PythonCode(module, "loud"), (OutputSpec("value", "builtins:float"),)),
        values={"n": 3},
        bundle=bundle.hash,
        scratch=str(tmp_path / "scratch"),
    )


def of(assignment: TaskAssignment, name: str, *outputs: str) -> TaskAssignment:
    import msgspec

    code = assignment.op.code
    assert isinstance(code, PythonCode)
    op = msgspec.structs.replace(
        assignment.op,
        code=PythonCode(code.module, name),
        kind="op" if outputs else "metric",
        outputs=tuple(OutputSpec(output, "builtins:int") for output in outputs) or assignment.op.outputs,
    )
    return msgspec.structs.replace(assignment, op=op)


@pytest.mark.rule("R1")
@pytest.mark.rule("S1")
def test_attempt_is_recorded_in_its_stream_with_secrets_redacted(
    assignment: TaskAssignment, store: MemoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    import msgspec

    monkeypatch.setenv("DB_TOKEN", "canary-1")
    outcome = execute(msgspec.structs.replace(assignment, secrets={"TOKEN": "env:DB_TOKEN"}), store)

    assert outcome.record.metric == 1.5
    assert "TOKEN" not in os.environ
    assert [line.text for line in read_logs(store, "u", "r")["loud"]] == ["token ***"]
    kinds = {type(event) for event in read_attempt(store, "u", "r", "loud", 1)}
    assert {AttemptStarted, MetricMeasured, AttemptEnded} <= kinds


@pytest.mark.rule("R2")
def test_second_attempt_of_a_committed_task_does_not_win(
    assignment: TaskAssignment, store: MemoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    import msgspec

    monkeypatch.setenv("TOKEN", "x")
    first = execute(assignment, store)
    second = execute(msgspec.structs.replace(assignment, attempt=2, values={"n": 8}), store)

    assert second.record == first.record
    with pytest.raises(StreamTaken):  # and one attempt has one writer
        execute(assignment, store)


def test_metric_that_is_not_finite_fails(assignment: TaskAssignment, store: MemoryStore) -> None:
    outcome: TaskOutcome = execute(of(assignment, "endless"), store)
    assert outcome.record.error == "metric `endless` returned nan, which is not a finite number".replace(
        "endless", "loud"
    )


def test_bundle_of_outputs_is_taken_apart(assignment: TaskAssignment, store: MemoryStore) -> None:
    outcome = execute(of(assignment, "pair", "0", "1"), store)
    assert {name: store.get(ref.location) for name, ref in outcome.record.outputs.items()} == {
        "0": b"3",
        "1": b"two",
    }


def test_missing_bundle_is_said(assignment: TaskAssignment, store: MemoryStore) -> None:
    store.delete(f"bundles/{assignment.bundle}")
    assert "Apply the stack again" in execute(assignment, store).record.error


def test_missing_secret_is_said_by_its_reference(assignment: TaskAssignment, store: MemoryStore) -> None:
    import msgspec

    outcome = execute(msgspec.structs.replace(assignment, secrets={"TOKEN": "env:NOT_SET_HERE"}), store)
    assert "`env:NOT_SET_HERE` is not set" in outcome.record.error
