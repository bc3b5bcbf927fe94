"""Resource types: one diagnostic for each wrong input, with the user's own line."""

import subprocess
import sys
from typing import Annotated, Any, ClassVar

import pytest

from unknot.providers.file import Document
from unknot.providers.null import Node
from unknot.stacks.diagnostic import Diagnostic
from unknot.stacks.output import Input
from unknot.stacks.resource import Computed, Immutable, Resource, Sensitive, WriteOnly, computed


class Queue(Resource, type="test.queue", provider="test", resolve_by="token"):
    region: Annotated[Input[str], Immutable()]
    depth: Input[int] = 1
    password: Annotated[Input[str], Sensitive()] | None = None
    token: Annotated[str | None, WriteOnly()] = None
    url: ClassVar[Computed[str]] = computed()
    key: ClassVar[Computed[str]] = computed(sensitive=True)


def problems(model: Any, *given: Any, **inputs: Any) -> list[Diagnostic]:
    return list(model(*given, **inputs).problems)


def test_type_says_what_the_planner_must_know() -> None:
    info = Queue.type_info
    assert list(info.fields) == ["region", "depth", "password", "token"]
    assert info.fields["region"].immutable
    assert info.fields["password"].sensitive, "also inside a union"
    assert info.fields["token"].write_only
    assert {name: traits.sensitive for name, traits in info.computed.items()} == {"url": False, "key": True}


def test_subclass_with_other_defaults_is_of_the_same_type() -> None:
    class Small(Queue):
        region: Annotated[Input[str], Immutable()] = "eu-1"

    assert Small("a").address == "test.queue.a"
    assert Small.type_info.fields["region"].immutable


def test_one_diagnostic_for_an_input_of_several_types() -> None:
    found = problems(Node, "a", triggers=5)
    assert [d.summary for d in found] == ["`null.resource.a`: input `triggers` has a wrong value"]
    assert found[0].detail == "It should be a valid dictionary; what was given is of type `int`."


def test_wrong_values_are_located_and_not_shown() -> None:
    secret = ["hunter2"]
    found = problems(Queue, "a", region="eu", password=secret)
    assert len(found) == 1
    assert found[0].source is not None
    assert found[0].source.file == __file__
    assert "hunter2" not in found[0].summary + found[0].detail


def test_misspelt_input_suggests_the_nearest() -> None:
    (found,) = problems(Queue, "a", region="eu", dept=3)
    assert found.summary == "`test.queue.a` has no input `dept`"
    assert found.detail.startswith("Did you mean `depth`?")


def test_missing_input_is_named() -> None:
    (found,) = problems(Queue, "a")
    assert found.summary == "`test.queue.a` lacks the input `region`"


def test_output_where_only_a_value_is_taken() -> None:
    other = Queue("b", region="eu")
    (found,) = problems(Queue, "a", region="eu", token=other.url)
    assert "`test.queue.b.url` is known only after apply" in found.detail


def test_every_problem_of_a_resource_is_shown_at_once() -> None:
    found = problems(Queue, "no name", depth="x", dept=1, target="laptop")
    assert len(found) == 5


@pytest.mark.parametrize("name", ["", "a b", "-a", "é", "a.b", "x" * 129, "a\n"])
def test_name_that_cannot_be_is_refused(name: str) -> None:
    (found,) = problems(Node, name)
    assert "cannot be the name" in found.summary


@pytest.mark.parametrize("name", ["a", "_", "0", "a-b", "A_1-", "x" * 128])
def test_name_that_can_be(name: str) -> None:
    assert problems(Node, name) == []


def test_name_may_be_given_by_keyword() -> None:
    assert Node(name="a").address == "null.resource.a"


def test_mode_of_a_document_has_one_form() -> None:
    assert Document("a", path="x", content="", mode="600").mode == "0600"
    (found,) = problems(Document, "a", path="x", content="", mode="rw")
    assert "three octal digits" in found.detail


def test_reading_an_output_of_an_instance_gives_a_reference() -> None:
    output = Queue("a", region="eu").url
    assert (output.address, output.path) == ("test.queue.a", ("url",))


def test_importing_resources_imports_nothing_heavy() -> None:
    script = (
        "import sys, unknot.stacks.resource;"
        "print([m for m in ('rich', 'click', 'pyarrow', 'pandas', 'cryptography', 'unknot.providers') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
