"""What a graph tells of itself: what a task waits for, whether it is mapped, what people call it."""

import msgspec

from unknot.stacks.graph import (
    Binding,
    Choice,
    Condition,
    Element,
    Gathered,
    LiteralValue,
    Mapped,
    TaskOutput,
    TaskSpec,
    WorkflowInput,
    element_of,
    label_of,
    task_labels,
)

A, B, C, D = (TaskOutput(name) for name in "abcd")
DEEP: Binding = Gathered((A, Choice(B, WorkflowInput("w"), Mapped(Element(C))), LiteralValue(1)))


def test_task_waits_for_all_that_it_may_read() -> None:
    task = TaskSpec("t", "t", {"x": DEEP, "y": D}, when=(Condition(TaskOutput("q"), True),))

    assert task.upstream == ("q", "a", "b", "c", "d")


def test_task_is_mapped_if_it_reads_an_element_that_is_not_of_a_list_of_its_own() -> None:
    assert TaskSpec("t", "t", {"x": Element(A)}).is_mapped
    assert TaskSpec("t", "t", {"x": Gathered((B, Element(A)))}).is_mapped
    assert TaskSpec("t", "t", when=(Condition(Element(A), False),)).is_mapped
    assert not TaskSpec("t", "t", {"x": Mapped(Element(A))}).is_mapped
    assert not TaskSpec("t", "t", {"x": Gathered((A, B))}).is_dynamic


def test_graph_is_the_same_after_json() -> None:
    task = TaskSpec("t", "t", {"x": DEEP}, when=(Condition(A, True),))

    assert msgspec.json.decode(msgspec.json.encode(task), type=TaskSpec) == task
    assert msgspec.convert(msgspec.to_builtins(task), TaskSpec) == task


def test_task_without_lists_and_branches_is_written_as_it_always_was() -> None:
    assert msgspec.json.encode(TaskSpec("t", "t", {"x": A})) == (
        b'{"id":"t","op":"t","inputs":{"x":{"from":"task","task":"a","output":"value"}}}'
    )


def test_elements_are_called_by_their_task_and_place() -> None:
    tasks = [("s-1", "s"), ("s-1[0]", "s"), ("s-1[10]", "s"), ("t-1", "t"), ("t-2", "t"), ("t-2[1]", "t")]

    assert list(task_labels(tasks).values()) == ["s", "s[0]", "s[10]", "t-1", "t-2", "t-2[1]"]
    assert label_of({"s-1": "s"}, "s-1[3]") == "s[3]"
    assert label_of({}, "s-1") == "s-1"
    assert element_of("s-1[10]") == ("s-1", 10)
    assert element_of("s-1") is None
