"""A deployed workflow with other parameters: traced again from its bundle, never from the user's folder."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from unknot.planner.parameters import with_parameters
from unknot.planner.runs import graph_of
from unknot.stacks.address import Address, Uid
from unknot.stacks.errors import DefinitionError, EngineError
from unknot.stacks.loading import load
from unknot.stacks.project import find_project
from unknot.stacks.run import Deployment
from unknot.stacks.target import LAPTOP
from unknot.state.stores.base import Store
from unknot.state.stores.memory import MemoryStore

STACK = """\
from typing import Literal

from unknot import Stack, op, workflow


@op
def numbers(count: int) -> list[int]:
    return list(range(count))


@op
def doubled(values: list[int]) -> list[int]:
    return [2 * value for value in values]


@workflow(name="w")
def w(count: int = 3, how: Literal["plain", "twice"] = "plain", share: float | None = None) -> list[int]:
    values = numbers(count)
    return doubled(values) if how == "twice" else values


def stack() -> Stack:
    s = Stack("demo", owner="team@example.org")
    s.deploy(w.bind())
    return s
"""

Deployed = tuple[Deployment, Store]


@pytest.fixture
def deployed(tmp_path: Path) -> Callable[[], Deployed]:
    """The workflow as it is deployed, its code gone from the user's folder."""

    def deploy() -> Deployed:
        (tmp_path / "stack.py").write_text(STACK)
        definition = load(find_project(tmp_path)).definition
        inputs = definition.resources[Address("workflow.w")].inputs
        store = MemoryStore()
        for name, data in definition.bundles.items():
            assert hashlib.sha256(data).hexdigest() == name
            store.put_if_absent(f"bundles/{name}", data)
        (tmp_path / "stack.py").unlink()
        deployment = Deployment(
            address=Address("workflow.w"),
            uid=Uid("u"),
            generation=1,
            stack="demo",
            environment="test",
            lineage="lineage",
            owner="team@example.org",
            target=LAPTOP,
            graph=graph_of(inputs),
            bundle=inputs["bundle"],
            fingerprint=inputs["fingerprint"],
        )
        return deployment, store

    return deploy


@pytest.mark.slow
def test_given_parameter_is_read_as_its_type_and_the_others_stay(deployed: Callable[[], Deployed]) -> None:
    deployment, store = deployed()
    changed = with_parameters(deployment, {"count": "5", "share": "0.5"}, store)
    assert {p.name: p.value for p in changed.graph.parameters} == {"count": 5, "how": "plain", "share": 0.5}
    assert changed.fingerprint != deployment.fingerprint
    assert {t.id for t in changed.graph.tasks} == {t.id for t in deployment.graph.tasks}
    assert changed.graph.ops["numbers"].fingerprint == deployment.graph.ops["numbers"].fingerprint


@pytest.mark.slow
def test_same_parameters_are_the_same_deployment(deployed: Callable[[], Deployed]) -> None:
    deployment, store = deployed()
    assert with_parameters(deployment, {"count": "3"}, store).fingerprint == deployment.fingerprint


@pytest.mark.slow
def test_op_that_only_other_parameters_reach_is_run_and_never_reused(
    deployed: Callable[[], Deployed],
) -> None:
    deployment, store = deployed()
    changed = with_parameters(deployment, {"how": "twice"}, store)
    assert [task.op for task in changed.graph.tasks] == ["numbers", "doubled"]
    assert changed.graph.ops["doubled"].fingerprint is None


@pytest.mark.slow
@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"cuont": "5"}, ["cuont", "count"]),
        ({"count": "five"}, ["`count`", "`int`"]),
        ({"how": "thrice"}, ["`how`", "twice"]),
    ],
)
def test_wrong_parameter_is_a_diagnostic(
    deployed: Callable[[], Deployed], given: dict[str, str], words: list[str]
) -> None:
    deployment, store = deployed()
    with pytest.raises(DefinitionError) as refused:
        with_parameters(deployment, given, store)
    said = "".join(f"{d.summary} {d.detail}" for d in refused.value.diagnostics())
    assert all(word in said for word in words), said


def test_code_that_is_gone_is_told(deployed: Callable[[], Deployed]) -> None:
    deployment, store = deployed()
    gone = msgspec.structs.replace(deployment, bundle="0" * 64)
    with pytest.raises(EngineError, match="packed code"):
        with_parameters(gone, {"count": "5"}, store)
