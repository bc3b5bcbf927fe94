"""What a target's engine cannot do, or not as much of, is said when planning (D8)."""

from pathlib import Path
from typing import Any, cast

import pytest

from unknot.planner.portability.report import planned_portability
from unknot.providers.engine import Abilities, Capability, Engine
from unknot.stacks.definition import Definition
from unknot.stacks.diagnostic import Diagnostic, Severity
from unknot.stacks.loading import load
from unknot.stacks.project import find_project
from unknot.stacks.target import Target

STACK = """
from unknot import Resources, Secret, Stack, command, op, workflow


@op(gpu=1, retries=2)
def fit(count: int) -> int:
    return count


@op
def plain(count: int) -> int:
    return count


tool = command("tool {count} {value}", inputs={"count": int}, outputs=bytes)


@workflow(name="train")
def train(count: int = 1) -> bytes:
    return tool(plain(fit(count)))


def stack() -> Stack:
    s = Stack("test", owner="me@example.org")
    s.deploy(
        train.bind(), overrides={plain: Resources(memory="1GiB")}, secrets={"TOKEN": Secret.env("TOKEN")}
    )
    return s
"""


DYNAMIC = """
from unknot import Stack, each, op, when, workflow


@op
def parts(count: int) -> list[int]: ...


@op
def odd(part: int) -> bool: ...


@op
def total(parts: list[int]) -> int: ...


@workflow(name="plain")
def plain() -> int:
    return total([total(parts(1)), 2])


@workflow(name="mapped")
def mapped() -> int:
    total([1])
    return total(each(total_of, over=parts(2)))


@op
def total_of(part: int) -> int: ...


@workflow(name="branched")
def branched() -> int:
    return when(odd(1), lambda: 2, lambda: 3)


def stack() -> Stack:
    s = Stack("test", owner="me@example.org")
    for flow in (plain, mapped, branched):
        s.deploy(flow.bind())
    return s
"""


class Able:
    """An engine that declares what it is told to."""

    def __init__(self, *capabilities: Capability, **limits: Any) -> None:
        self._abilities = Abilities(capabilities=frozenset(capabilities), **limits)

    def abilities(self, _target: Target) -> Abilities:
        return self._abilities


def said(definition: Definition, engine: Able, *severities: Severity) -> list[Diagnostic]:
    found = planned_portability(definition, {}, lambda _: cast(Engine, engine), Path("/nowhere"))
    return [problem for problem in found if problem.severity in (severities or (Severity.ERROR,))]


@pytest.fixture
def definition(tmp_path: Path) -> Definition:
    (tmp_path / "stack.py").write_text(STACK)
    loaded = load(find_project(tmp_path))
    assert not loaded.diagnostics.has_errors
    return loaded.definition


def needed(definition: Definition, engine: Able) -> list[str]:
    return [d.summary for d in said(definition, engine)]


def test_each_lack_is_named_with_who_needs_it(definition: Definition) -> None:
    assert sorted(needed(definition, Able())) == [
        "op `fit` with `gpu=1` needs `gpu`, which the engine `local` does not have",
        "op `fit` with `retries=2` needs `retries`, which the engine `local` does not have",
        "op `plain` with `memory=1GiB` needs `memory limit`, which the engine `local` does not have",
        "op `tool` needs `commands`, which the engine `local` does not have",
        "workflow `train` needs `secrets`, which the engine `local` does not have",
    ]


def test_the_line_is_that_of_the_op(definition: Definition) -> None:
    engine = Able(*(c for c in Capability if c is not Capability.GPU))
    (found,) = said(definition, engine)
    assert found.source is not None
    assert STACK.splitlines()[found.source.line - 1].startswith("@op(gpu=1")


def test_an_engine_that_can_do_all_of_it_is_content(definition: Definition) -> None:
    assert needed(definition, Able(*Capability)) == []


def test_how_it_is_there_instead_is_said(definition: Definition) -> None:
    engine = Able(
        *(c for c in Capability if c is not Capability.SECRETS),
        notes={Capability.SECRETS: "by its own vault"},
    )
    (found,) = said(definition, engine)
    assert "There: by its own vault." in found.detail


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        (
            {"memory_limit": "512MiB"},
            "op `plain` asks for `memory=1GiB`, and the engine `local` has at most 512MiB",
        ),
        ({"memory_limit": "1GiB"}, None),
        ({"bundle_limit": "100B"}, "the packed code is larger than the 100B that the engine `local` takes"),
    ],
)
def test_more_than_a_task_can_have_is_an_error(
    definition: Definition, limits: dict[str, Any], expected: str | None
) -> None:
    found = [problem.summary for problem in said(definition, Able(*Capability, **limits))]
    assert [text.partition(" for a task")[0] for text in found] == ([] if expected is None else [expected])


def test_shape_that_is_known_only_in_a_run_needs_an_engine_that_can(tmp_path: Path) -> None:
    (tmp_path / "stack.py").write_text(DYNAMIC)
    loaded = load(find_project(tmp_path))
    assert not loaded.diagnostics.has_errors
    engine = Able(*(c for c in Capability if c is not Capability.DYNAMIC))
    found = {str(d.address): d for d in said(loaded.definition, engine)}

    assert {address: d.summary.partition(" over")[0] for address, d in found.items()} == {
        "workflow.mapped": "`each`",
        "workflow.branched": "`when`",
    }
    assert "needs `dynamic shape`, which the engine `local` does not have" in found["workflow.mapped"].summary
    source = found["workflow.mapped"].source
    assert source is not None
    assert "each(total_of" in DYNAMIC.splitlines()[source.line - 1]
