"""What bindings come to in a run, by hand-made records."""

from typing import Any

import pytest

from unknot.providers.runner.assignment import Assembly
from unknot.providers.runner.gathering import Plain, Several, Time, stored
from unknot.providers.runner.resolving import Resolver, Skip
from unknot.stacks.address import Address, Uid
from unknot.stacks.errors import EngineError
from unknot.stacks.graph import (
    Binding,
    Choice,
    Condition,
    Element,
    Gathered,
    LiteralValue,
    Mapped,
    OpSpec,
    OutputSpec,
    PythonCode,
    RunTime,
    TaskOutput,
    TaskSpec,
    WorkflowGraph,
    WorkflowInput,
)
from unknot.stacks.run import NOT_TAKEN, ArtifactRef, Deployment, RunRequest, RunStarted, TaskRecord
from unknot.stacks.target import LAPTOP
from unknot.state.stores.memory import MemoryStore

AT = "2024-05-01T03:00:00+00:00"


class Case:
    """A run of hand-made tasks: `list` made `[10, 11, 12]`, `yes` true, `no` false, `bad` failed."""

    def __init__(self, *tasks: TaskSpec) -> None:
        self.store = MemoryStore()
        self.records: dict[str, TaskRecord] = {}
        known = [TaskSpec(name, name) for name in ("list", "yes", "no", "bad", "skipped")]
        self.graph = WorkflowGraph(
            "flow",
            "flow",
            "flow",
            {name: OpSpec(name, "op", PythonCode("flow", name), (OutputSpec("value", "x"),)) for name in "m"},
            (*known, *tasks),
        )
        self.put("list", [10, 11, 12])
        self.put("yes", True)
        self.put("no", False)
        self.records["bad"] = TaskRecord("bad", "bad", "op", "failed")
        self.records["skipped"] = TaskRecord("skipped", "skipped", "op", "skipped", reason=NOT_TAKEN)
        deployment = Deployment(
            Address("workflow.flow"), Uid("u"), 1, "s", "e", "l", "o", LAPTOP, self.graph, "b", "f"
        )
        request = RunRequest("run", deployment, inputs={"table": artifact(self.store, "table")})
        self.resolver = Resolver(self.store, RunStarted(request, AT, "host", 1), self.records)

    def put(self, task: str, value: Any) -> ArtifactRef:
        ref = artifact(self.store, value)
        self.records[task] = TaskRecord(task, task, "op", "succeeded", outputs={"value": ref})
        return ref


def artifact(store: MemoryStore, value: Any) -> ArtifactRef:
    return stored(store, Plain(value))


YES, NO, LIST, BAD = (TaskOutput(name) for name in ("yes", "no", "list", "bad"))


def test_leaves_come_to_artifacts_values_and_the_time() -> None:
    case = Case()

    assert case.resolver.resolve(LiteralValue(3)) == Plain(3)
    assert case.resolver.resolve(RunTime()) == Time(AT)
    assert case.resolver.resolve(WorkflowInput("table")) == artifact(case.store, "table")
    assert case.resolver.resolve(LIST) == case.records["list"].outputs["value"]


def test_choice_comes_to_the_branch_that_is_taken() -> None:
    case = Case()

    assert case.resolver.resolve(Choice(YES, LiteralValue(1), BAD)) == Plain(1)
    assert case.resolver.resolve(Choice(NO, BAD, LiteralValue(2))) == Plain(2)
    assert case.resolver.resolve(Choice(NO, BAD, Choice(YES, LiteralValue(3), BAD))) == Plain(3)


def test_element_of_a_plain_list_is_its_value_and_where_it_is_from() -> None:
    case = Case()
    ref = case.records["list"].outputs["value"]

    assert case.resolver.resolve(Element(LIST), 2) == Plain(12, ref.hash)
    inputs = case.resolver.inputs(TaskSpec("m", "m", {"n": Element(LIST)}), 1)
    assert inputs.values == {"n": 11}
    assert inputs.origins == {"each n": ref.hash}


def test_element_of_a_list_of_artifacts_is_an_artifact() -> None:
    case = Case()
    parts = (artifact(case.store, 1), artifact(case.store, 2))
    ref = stored(case.store, Several(parts))
    case.records["list"] = TaskRecord("list", "list", "op", "succeeded", outputs={"value": ref})

    assert case.resolver.resolve(Element(LIST), 1) == parts[1]
    # As it is recorded where elements are left out.
    bare = ArtifactRef(ref.hash, ref.type, ref.serializer, ref.size_bytes, ref.location)
    case.records["list"] = TaskRecord("list", "list", "op", "succeeded", outputs={"value": bare})
    assert case.resolver.resolve(Element(LIST), 1) == parts[1]


def test_elements_of_a_list_in_another_store_are_looked_for_there() -> None:
    case = Case()
    ref = stored(case.store, Several((artifact(case.store, 1),)))
    elsewhere = ArtifactRef(
        ref.hash, ref.type, ref.serializer, ref.size_bytes, ref.location, case.store.url, items=ref.items
    )
    case.records["list"] = TaskRecord("list", "list", "op", "succeeded", outputs={"value": elsewhere})

    found = case.resolver.resolve(Element(LIST), 0)
    assert isinstance(found, ArtifactRef)
    assert found.store == case.store.url


def test_element_of_a_mapped_task_is_what_the_task_of_that_element_made() -> None:
    mapped = TaskSpec("m", "m", {"n": Element(LIST)})
    case = Case(mapped)
    case.records["m"] = TaskRecord("m", "m", "op", "succeeded")
    made = [case.put(f"m[{n}]", n) for n in range(3)]

    assert case.resolver.count(mapped) == 3
    assert case.resolver.resolve(Element(TaskOutput("m")), 2) == made[2]
    assert case.resolver.resolve(Mapped(Gathered((Element(TaskOutput("m")), YES)))) == Several(
        tuple(Several((ref, case.records["yes"].outputs["value"])) for ref in made)
    )


LISTS: dict[str, tuple[Binding, int]] = {
    "list in the body": (Gathered((YES, NO)), 2),
    "list of a branch": (Choice(NO, Gathered((YES,)), LIST), 3),
    "list of bundles": (Mapped(Gathered((Element(LIST), YES))), 3),
    "plain list": (LiteralValue([1, 2, 3, 4]), 4),
    "plain tuple": (LiteralValue({"$tuple": [1]}), 1),
}


@pytest.mark.parametrize(("of", "number"), LISTS.values(), ids=LISTS.keys())
def test_any_list_has_a_length_and_elements(of: Binding, number: int) -> None:
    task = TaskSpec("m", "m", {"n": Element(of)})
    case = Case(task)

    assert case.resolver.count(task) == number
    assert len([case.resolver.resolve(Element(of), n) for n in range(number)]) == number


@pytest.mark.parametrize("of", [YES, LiteralValue({"a": 1}), LiteralValue("text")])
def test_what_is_no_list_has_no_elements(of: Binding) -> None:
    task = TaskSpec("m", "m", {"n": Element(of)})

    with pytest.raises(EngineError, match="`each` goes over a list"):
        Case(task).resolver.count(task)


@pytest.mark.parametrize("condition", [LIST, LiteralValue(1), LiteralValue(None), Gathered((YES,))])
def test_condition_must_be_a_bool(condition: Binding) -> None:
    with pytest.raises(EngineError, match="`when` goes by `True` or `False`"):
        Case().resolver.holds(condition)


def under(*conditions: tuple[Binding, bool], **inputs: Binding) -> TaskSpec:
    return TaskSpec("m", "m", inputs, when=tuple(Condition(value, holds) for value, holds in conditions))


SKIPS: dict[str, tuple[TaskSpec, Skip | None]] = {
    "done": (under((YES, True), (NO, False)), None),
    "not taken": (under((YES, False)), Skip("skipped", NOT_TAKEN)),
    "inner condition of a branch not taken": (
        under((NO, True), (TaskOutput("skipped"), True)),
        Skip("skipped", NOT_TAKEN),
    ),
    "condition that failed": (under((BAD, True)), Skip("skipped", "skipped because of bad")),
    "input that failed": (under(x=Gathered((YES, BAD))), Skip("skipped", "skipped because of bad")),
    "failed branch is taken": (
        under(x=Choice(YES, BAD, LIST)),
        Skip("skipped", "skipped because of bad"),
    ),
    "failed branch is not taken": (under(x=Choice(NO, BAD, LIST)), None),
    "other branch was skipped": (under(x=Choice(NO, TaskOutput("skipped"), LIST)), None),
    "list that failed": (under(x=Element(BAD)), Skip("skipped", "skipped because of bad")),
}


@pytest.mark.parametrize(("task", "skip"), SKIPS.values(), ids=SKIPS.keys())
def test_task_is_skipped_for_a_reason(task: TaskSpec, skip: Skip | None) -> None:
    assert Case(task).resolver.skipped(task) == skip


def test_what_waits_on_a_cancelled_task_is_cancelled() -> None:
    task = under(x=LIST)
    case = Case(task)
    case.records["list"] = TaskRecord("list", "list", "op", "cancelled")

    assert case.resolver.skipped(task) == Skip("cancelled", "")


def test_parts_of_an_input_are_named_by_their_place() -> None:
    case = Case()
    both = Gathered((YES, Gathered((LiteralValue(5), RunTime()), "dict", ("a", "b"))), "tuple")
    inputs = case.resolver.inputs(TaskSpec("m", "m", {"both": both}))

    assert inputs.artifacts == {"both[0]": case.records["yes"].outputs["value"]}
    assert inputs.values == {"both[1][a]": 5}
    assert inputs.times == {"both[1][b]": AT}
    assert inputs.assemblies == {
        "both": Assembly(("both[0]", Assembly(("both[1][a]", "both[1][b]"), "dict", ("a", "b"))), "tuple")
    }
