"""Which tasks a plan says will run again, and why; and that a run with other parameters finds the code."""

from collections.abc import Callable
from pathlib import Path

import pytest

from unknot.planner.meaning import meaning_of
from unknot.planner.parameters import with_parameters
from unknot.planner.runs import graph_of, planned_runs
from unknot.stacks.address import Address, Uid
from unknot.stacks.definition import Definition
from unknot.stacks.errors import DefinitionError
from unknot.stacks.loading import load
from unknot.stacks.project import find_project
from unknot.stacks.run import Deployment
from unknot.stacks.target import LAPTOP
from unknot.state.snapshot import ResourceState, RunRecord, Snapshot
from unknot.state.stores.memory import MemoryStore

TRAIN = Address("workflow.train")
UID = Uid("0123456789abcdef0123")

STACK = """
from flow import train
from unknot import Environment, Stack


class Env(Environment):
    depth: int = 3


def stack(env: Env) -> Stack:
    s = Stack("test", owner="me@example.org")
    s.deploy(train.bind(depth=env.depth))
    return s
"""

FLOW = """
from unknot import op, workflow


@op
def numbers(count: int) -> list[int]:
    return list(range(count))


@op
def fit(values: list[int], depth: int) -> int:
    return depth


@op
def told(model: int) -> str:
    return str(model)


@workflow(name="train")
def train(depth: int = 3) -> str:
    return told(fit(numbers(10), depth))
"""


Defined = Callable[..., Definition]


@pytest.fixture
def defined(tmp_path: Path) -> Defined:
    def define(flow: str = FLOW, **variables: str) -> Definition:
        (tmp_path / "stack.py").write_text(STACK)
        (tmp_path / "flow.py").write_text(flow)
        loaded = load(find_project(tmp_path), variables=variables)
        assert not loaded.diagnostics.has_errors
        return loaded.definition

    return define


def reasons(before: Definition, after: Definition) -> dict[str, str]:
    """Why each task of the plan runs; empty for one that is reused. Everything ran once as it was before."""
    inputs = before.resources[TRAIN].inputs
    state = ResourceState(TRAIN, UID, "workflow", "engine:local", "laptop", inputs)
    ops = {name: op.fingerprint.digest for name, op in graph_of(inputs).ops.items() if op.fingerprint}
    last = RunRecord("run", UID, TRAIN, "succeeded", "hash", inputs["fingerprint"], ops)
    snapshot = Snapshot(lineage="l", stack="test", environment="default", runs={UID: (last,)})
    planned = planned_runs(after.resources, {}, {TRAIN: state}, snapshot)
    return {task.task: task.because if task.runs else "" for run in planned for task in run.tasks}


def test_run_with_other_parameters_is_no_change_of_behaviour(defined: Defined) -> None:
    wanted, tried = defined().resources[TRAIN], defined(depth="4").resources[TRAIN]
    state = ResourceState(TRAIN, UID, "workflow", "engine:local", "laptop", wanted.inputs)
    last = RunRecord("run", UID, TRAIN, "succeeded", "hash", tried.inputs["fingerprint"])
    snapshot = Snapshot(lineage="l", stack="test", environment="default", runs={UID: (last,)})
    (run,) = planned_runs({TRAIN: wanted}, {}, {TRAIN: state}, snapshot)
    assert run.reason == "its last run had other parameters or code"


def test_run_that_was_withheld_says_nothing_of_what_is_deployed(defined: Defined) -> None:
    wanted, tried = defined().resources[TRAIN], defined(depth="4").resources[TRAIN]
    state = ResourceState(TRAIN, UID, "workflow", "engine:local", "laptop", wanted.inputs)
    good = RunRecord("a", UID, TRAIN, "succeeded", "hash", wanted.inputs["fingerprint"])
    experiment = RunRecord(
        "b", UID, TRAIN, "failed", "hash", tried.inputs["fingerprint"], withheld="parameters given by hand"
    )
    snapshot = Snapshot(lineage="l", stack="test", environment="default", runs={UID: (good, experiment)})
    assert planned_runs({TRAIN: wanted}, {}, {TRAIN: state}, snapshot) == ()


def test_nothing_runs_when_nothing_changed(defined: Defined) -> None:
    assert reasons(defined(), defined()) == {}


def test_changed_argument_runs_its_task_and_what_follows(defined: Defined) -> None:
    assert reasons(defined(), defined(depth="4")) == {
        "numbers": "",
        "fit": "its argument `depth` changed",
        "told": "after `fit`",
    }


def test_changed_op_runs_and_what_follows(defined: Defined) -> None:
    before = defined()
    assert reasons(before, defined(FLOW.replace("return depth", "return depth + 1"))) == {
        "numbers": "",
        "fit": "`fit` changed",
        "told": "after `fit`",
    }


def test_new_call_of_a_known_op_runs(defined: Defined) -> None:
    before = defined()
    found = reasons(before, defined(FLOW.replace("return told(fit", "told(depth)\n    return told(fit")))
    assert sorted(found.values()) == ["", "", "", "this call of it is new"]


DYNAMIC = """
from unknot import each, op, when, workflow


@op
def parts(depth: int) -> list[int]:
    return list(range(depth))


@op
def doubled(part: int) -> int:
    return part * 2


@op
def is_long(parts: list[int]) -> bool:
    return len(parts) > 3


@op
def total(values: list[int]) -> int:
    return sum(values)


@workflow(name="train")
def train(depth: int = 3) -> int:
    found = parts(depth)
    values = each(doubled, over=found)
    return when(is_long(found), lambda: total(values), lambda: 0)
"""


def test_tasks_of_elements_and_branches_run_again_after_what_they_go_by(defined: Defined) -> None:
    before = defined(DYNAMIC)

    assert reasons(before, defined(DYNAMIC, depth="4")) == {
        "parts": "its argument `depth` changed",
        "doubled": "after `parts`",
        "is_long": "after `parts`",
        "total": "after `is_long`; if its branch is taken",
    }
    assert reasons(before, defined(DYNAMIC.replace("part * 2", "part * 3"))) == {
        "parts": "",
        "doubled": "`doubled` changed",
        "is_long": "",
        "total": "after `doubled`; if its branch is taken",
    }


@pytest.mark.parametrize(
    ("edit", "says"),
    [
        (("each(doubled, over=found)", "found"), "calls its ops differently"),
        (
            ("lambda: total(values), lambda: 0", "lambda: 0, lambda: total(values)"),
            "calls its ops differently",
        ),
        (("lambda: 0)", "lambda: 1)"), "gives its ops other values"),
    ],
)
def test_other_shape_is_a_change_of_behaviour(defined: Defined, edit: tuple[str, str], says: str) -> None:
    before = defined(DYNAMIC).resources[TRAIN]
    after = defined(DYNAMIC.replace(*edit)).resources[TRAIN]
    state = ResourceState(TRAIN, UID, "workflow", "engine:local", "laptop", before.inputs)

    meaning, notes, _ = meaning_of(after, state)
    assert meaning == "behaviour"
    assert any(says in note for note in notes), notes


@pytest.fixture
def deployment(defined: Defined) -> tuple[Deployment, MemoryStore]:
    definition = defined()
    inputs = definition.resources[TRAIN].inputs
    store = MemoryStore()
    for sha256, data in definition.bundles.items():
        store.put_if_absent(f"bundles/{sha256}", data)
    return (
        Deployment(
            address=TRAIN,
            uid=UID,
            generation=1,
            stack="test",
            environment="default",
            lineage="l",
            owner="me@example.org",
            target=LAPTOP,
            graph=graph_of(inputs),
            bundle=inputs["bundle"],
            fingerprint=inputs["fingerprint"],
        ),
        store,
    )


def test_other_parameters_keep_tasks_and_fingerprints(deployment: tuple[Deployment, MemoryStore]) -> None:
    before, store = deployment
    after = with_parameters(before, {"depth": "4"}, store)
    assert [p.value for p in after.graph.parameters] == [4]
    assert [t.id for t in after.graph.tasks] == [t.id for t in before.graph.tasks]
    assert after.graph.ops == before.graph.ops
    assert after.fingerprint != before.fingerprint


def test_wrong_parameter_is_named(deployment: tuple[Deployment, MemoryStore]) -> None:
    with pytest.raises(DefinitionError, match="dpeth"):
        with_parameters(deployment[0], {"dpeth": "4"}, deployment[1])
