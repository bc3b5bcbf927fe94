"""Stacks: problems are gathered with both lines, references are followed, order means nothing."""

import random
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from unknot.providers.null import Node
from unknot.stacks.diagnostic import Diagnostic
from unknot.stacks.output import Output
from unknot.stacks.resource_type import Lifecycle
from unknot.stacks.stack import Stack, other_stack
from unknot.stacks.target import Target


@pytest.fixture
def stack() -> Stack:
    return Stack("shop", owner="team@example.com")


def problems(stack: Stack) -> list[Diagnostic]:
    stack.definition()
    return list(stack.diagnostics)


def test_duplicate_address_names_both_lines(stack: Stack) -> None:
    first = stack.add(Node("a"))
    second = stack.add(Node("a"))
    (found,) = problems(stack)
    assert found.summary == "`null.resource.a` is defined twice"
    assert f"{__file__}:" in found.detail
    assert found.source is not None
    assert found.source.line == first_line(first) + 1 == first_line(second)


def first_line(node: Node) -> int:
    fresh = Stack("x", owner="o")
    fresh.add(node)
    return fresh.definition().resources[node.address].source.line


def test_unknown_reference_suggests_the_nearest(stack: Stack) -> None:
    stack.add(Node("bucket"))
    stack.add(Node("b", value=Node("buckt").output))
    stack.add(Node("c", depends_on=["null.resource.buckte"]))
    stack.output("url", Node("nothing").output)
    found = problems(stack)
    assert len(found) == 3
    assert all("which the stack does not define" in d.summary for d in found)
    assert "Did you mean `null.resource.bucket`?" in found[0].detail
    assert "Did you mean `null.resource.bucket`?" in found[1].detail


def test_broken_resource_still_counts_as_defined(stack: Stack) -> None:
    broken = stack.add(Node("a", valeu=1))  # type: ignore[call-arg]
    stack.add(Node("b", value=broken.output))
    (found,) = problems(stack)
    assert "valeu" in found.summary


def test_unrecordable_input_is_named_with_its_line(stack: Stack) -> None:
    stack.add(Node("a", value={"x": object()}))
    (found,) = problems(stack)
    assert found.summary == "`null.resource.a`: input `value` cannot be recorded"
    assert found.source is not None


def test_dependencies_come_from_inputs_and_by_name(stack: Stack) -> None:
    a, b, c = (stack.add(Node(name)) for name in "abc")
    stack.add(Node("d", value=[a.output, a.id], depends_on=[b, "null.resource.c"]))
    assert stack.definition().resources[Node("d").address].dependencies == (a.address, b.address, c.address)


@pytest.mark.parametrize("trigger", ["null.resource.a", "null.resource.a.value"])
def test_trigger_is_an_address_or_one_of_its_inputs(stack: Stack, trigger: str) -> None:
    b = stack.add(Node("b", lifecycle=Lifecycle(replace_triggered_by=(trigger,))))
    a = stack.add(Node("a"))
    assert problems(stack) == []
    assert stack.definition().resources[b.address].dependencies == (a.address,)


def test_trigger_that_is_nothing_is_a_problem(stack: Stack) -> None:
    stack.add(Node("b", lifecycle=Lifecycle(replace_triggered_by=("null.resource.b.valeu",))))
    assert "`null.resource.b.valeu`" in problems(stack)[0].summary


def test_ignored_input_must_exist(stack: Stack) -> None:
    stack.add(Node("a", lifecycle=Lifecycle(ignore_changes=("valu",))))
    (found,) = problems(stack)
    assert "Did you mean `value`?" in found.detail


def test_two_targets_of_one_name_must_be_equal(stack: Stack) -> None:
    stack.add(Node("a", target=Target("cluster")))
    stack.add(Node("b", target=Target("cluster")))
    assert problems(stack) == []
    stack.add(Node("c", target=Target("cluster", engine="ray")))
    (found,) = problems(stack)
    assert found.summary == "two targets are called `cluster`"


def test_owner_and_target_fall_back_to_the_stacks(stack: Stack) -> None:
    stack.add(Node("a"))
    stack.add(Node("b", owner="other@example.com", target=Target("cluster")))
    resources = stack.definition().resources
    assert [(d.owner, d.target) for d in resources.values()] == [
        ("team@example.com", "laptop"),
        ("other@example.com", "cluster"),
    ]


def test_addresses_of_rules_are_checked(stack: Stack) -> None:
    stack.moved("nonsense", "null.resource.a")
    stack.removed("more nonsense")
    stack.import_("null.resource.x", id="1")
    found = problems(stack)
    assert len(found) == 3
    assert all(d.source is not None and d.source.file == __file__ for d in found)


def test_output_of_another_stack_is_no_dependency(stack: Stack) -> None:
    stack.add(Node("a", value=other_stack("infra", "url", environment="prod")))
    desired = stack.definition().resources[Node("a").address]
    assert desired.dependencies == ()
    assert desired.inputs["value"] == {"$ref": ["", "url"], "stack": "infra/prod"}


@given(st.lists(st.integers(0, 9), min_size=1, max_size=12), st.randoms(use_true_random=False))
def test_order_of_definition_means_nothing(needs: list[int], shuffled: random.Random) -> None:
    """Each node refers to an earlier one; adding them in any order gives one definition."""

    def node(number: int) -> Node:
        value: Any = number
        if number:
            earlier: Output[Any] = Node(f"n{needs[number] % number}").output
            value = {"from": earlier, "number": number}
        return Node(f"n{number}", value=value)

    def defined(order: list[int]) -> bytes:
        stack = Stack("s", owner="o")
        for number in order:
            stack.add(node(number))
        resources = stack.definition().resources
        assert not stack.diagnostics.has_errors
        return msgspec.json.encode(resources, order="sorted")

    numbers = list(range(len(needs)))
    other = numbers.copy()
    shuffled.shuffle(other)
    assert defined(numbers) == defined(other)
