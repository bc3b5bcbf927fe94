import random
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unknot.stacks.graph import Binding, LiteralValue, TaskOutput, WorkflowGraph, WorkflowInput
from unknot.stacks.workflow import TraceResult, trace
from unknot.stacks.workflow.identity import TaskIds, find_task

Trace = Callable[[str], TraceResult]


def ids_of(result: TraceResult) -> list[str]:
    assert result.graph is not None, result.diagnostics
    return [task.id for task in result.graph.tasks]


PIPELINE = """
table = features(flights)
parts = split(table, frac)
model = fit(parts.train)
error_of(model, parts.test)
"""


@pytest.mark.rule("F1")
@pytest.mark.parametrize(
    "inserted",
    ["fit(weather)", "features(weather)", "split(flights, 0.5)", "features(flights)", "x = fit(flights, 9)"],
)
def test_call_inserted_above_renames_nothing(inserted: str, trace_body: Trace) -> None:
    before = ids_of(trace_body(PIPELINE))
    after = ids_of(trace_body(inserted + "\n" + PIPELINE))

    assert set(before) <= set(after)
    assert len(after) == len(before) + 1


@pytest.mark.rule("F1")
def test_id_is_the_ops_name_and_its_lineage(trace_body: Trace) -> None:
    ids = ids_of(trace_body(PIPELINE))

    assert [task.rpartition("-")[0] for task in ids] == ["features", "split", "fit", "error_of"]


@pytest.mark.rule("F1")
def test_calls_differ_by_plain_values_and_by_what_is_upstream(trace_body: Trace) -> None:
    ids = ids_of(trace_body("fit(flights, 2)\nfit(flights, 3)\nfit(weather, 2)\nfit(features(flights), 2)"))

    assert len(set(ids)) == 5


@pytest.mark.rule("F1")
def test_same_calls_get_an_ordinal_that_what_follows_does_not_inherit(trace_body: Trace) -> None:
    once = ids_of(trace_body("fit(features(flights))"))
    twice = ids_of(trace_body("fit(features(flights))\nfit(features(flights))"))

    assert twice == [*once, f"{once[0]}-2", f"{once[1]}-2"]


@pytest.mark.rule("F1")
def test_name_given_to_a_task_is_its_id_and_that_of_its_lineage(trace_body: Trace) -> None:
    first = ids_of(trace_body("fit(features.named('clean')(flights))"))
    moved = ids_of(trace_body("fit(features.named('clean')(weather))"))

    assert first[0] == "clean"
    assert first == moved


@pytest.mark.rule("F1")
def test_run_with_another_parameter_has_the_same_tasks(
    load: Callable[[str], ModuleType], tmp_path: Path
) -> None:
    module = load(
        "@workflow\ndef flow(flights: Table, frac: float = 0.2) -> None:\n    fit(split(flights, frac).train)\n"
    )

    usual, other = (
        ids_of(trace(module.flow, {"frac": frac}, {"flights": None}, root=tmp_path)) for frac in (0.2, 0.3)
    )

    assert usual == other


@pytest.mark.rule("F1")
def test_name_given_by_the_user_never_merges_with_a_made_one(trace_body: Trace) -> None:
    [made] = ids_of(trace_body("fit(flights)"))

    ids = ids_of(trace_body(f"fit.named({made!r})(weather)\nfit(flights)"))

    assert ids == [made, f"{made}-2"]


Call = tuple[str, list[int]]

CALLS = st.lists(
    st.tuples(st.sampled_from(["fit", "split", "join"]), st.lists(st.integers(0, 30), max_size=2)),
    max_size=12,
)


def name_calls(calls: list[tuple[int, Call]]) -> dict[int, str]:
    """Ids by a key of each call; a call reads earlier calls, or an input where there is none."""
    ids = TaskIds({})
    given: dict[int, str] = {}
    for key, (op, reads) in calls:
        inputs: dict[str, Binding] = {
            str(n): TaskOutput(given[read]) if read in given else WorkflowInput(f"in{read % 3}")
            for n, read in enumerate(reads)
        }
        given[key] = ids.give(op, inputs)
    return given


@pytest.mark.rule("F1")
@settings(deadline=None)
@given(
    CALLS, st.sampled_from(["fit", "split", "join"]), st.lists(st.integers(0, 30), max_size=2), st.integers(0)
)
def test_any_call_inserted_anywhere_keeps_all_ids(
    calls: list[Call], op: str, reads: list[int], position: int
) -> None:
    numbered = list(enumerate(calls))
    before = name_calls(numbered)
    at = position % (len(calls) + 1)
    inserted = (1000, (op, [read for read in reads if read not in before or read < at]))

    after = name_calls([*numbered[:at], inserted, *numbered[at:]])

    assert set(before.values()) <= set(after.values())
    assert len(set(after.values())) == len(after)


@pytest.mark.rule("F1")
@given(st.randoms(use_true_random=False))
def test_order_of_independent_calls_does_not_matter(order: random.Random) -> None:
    calls: list[tuple[int, Call]] = [(n, ("fit" if n % 2 else "split", [20 + n % 3])) for n in range(12)]
    shuffled = calls.copy()
    order.shuffle(shuffled)

    assert set(name_calls(calls).values()) == set(name_calls(shuffled).values())


def test_task_is_found_by_id_by_prefix_and_by_the_name_of_its_op(trace_body: Trace) -> None:
    result = trace_body("fit(flights, 2)\nfit(flights, 3)\nsplit(flights)")
    assert result.graph is not None
    graph: WorkflowGraph = result.graph
    first, _, split = (task.id for task in graph.tasks)

    assert find_task(graph, first) == first
    assert find_task(graph, "split") == split
    assert find_task(graph, first[:-2]) == first
    assert find_task(graph, "fit") is None
    assert find_task(graph, "nothing") is None


def test_literals_that_json_cannot_tell_apart_make_different_ids() -> None:
    ids = TaskIds({})

    given = {
        ids.give("fit", {"x": LiteralValue(value)})
        for value in (1, 1.0, True, "1", None, [1], {"$tuple": [1]})
    }

    assert len(given) == 7
