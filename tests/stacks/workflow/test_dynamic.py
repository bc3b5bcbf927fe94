"""`each`, `when`, and several artifacts as one input: what becomes of them in the graph, and what is refused."""

from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from unknot.stacks.diagnostic import SourceLocation
from unknot.stacks.graph import (
    Choice,
    Condition,
    Element,
    Gathered,
    LiteralValue,
    Mapped,
    TaskOutput,
    TaskSpec,
    WorkflowGraph,
    WorkflowInput,
)
from unknot.stacks.workflow import TraceResult, each, trace, when
from unknot.stacks.workflow.identity import find_task
from unknot.stacks.workflow.retracing import disagreements, retrace

Load = Callable[[str], ModuleType]

OPS = """
from collections.abc import Mapping, Sequence
from functools import partial
from unknot.stacks.workflow import each, when


@op
def parts(table: Table, number: int = 3) -> list[Table]: ...


@op
def score(part: Table, model: Model, depth: int = 1) -> float: ...


@op
def total(scores: Sequence[float]) -> float: ...


@op
def combine(tables: list[Table]) -> Table: ...


@op
def pair(both: tuple[Table, Model]) -> Table: ...


@op
def named(models: Mapping[str, Model]) -> Model: ...


@op
def nested(tables: list[list[Table]]) -> Table: ...


@op
def splits(splits: list[Split]) -> Table: ...


@op
def whole(split: Split) -> Table: ...


@op
def is_large(table: Table) -> bool: ...


@check(severity="warning")
def fine(error: float) -> bool: ...


@op
def told(part: Table) -> None: ...


@workflow
def per_part(part: Table, model: Model) -> float:
    return score(features(part), model)


"""

HEAD = """
@workflow(name="train")
def flow(flights: Table, weather: Table, old: Model, fast: bool = False, depths: tuple[int, ...] = (2, 3)) -> {}:
"""


@pytest.fixture
def trace_flow(load: Load, tmp_path: Path) -> Callable[..., TraceResult]:
    def trace_flow(body: str, returns: str = "object", **parameters: object) -> TraceResult:
        lines = "".join(f"    {line}\n" for line in body.splitlines())
        module = load(OPS + HEAD.format(returns) + lines)
        return trace(module.flow, parameters, dict.fromkeys(("flights", "weather", "old")), root=tmp_path)

    return trace_flow


def graph_of(result: TraceResult) -> WorkflowGraph:
    assert result.diagnostics == ()
    assert result.graph is not None
    return result.graph


def task(graph: WorkflowGraph, op: str) -> TaskSpec:
    [found] = [task for task in graph.tasks if task.op == op]
    return found


FLIGHTS, WEATHER, OLD = (WorkflowInput(name) for name in ("flights", "weather", "old"))

FAN_IN = {
    "list": ("combine([flights, weather])", "tables", Gathered((FLIGHTS, WEATHER))),
    "list of one": ("combine([flights])", "tables", Gathered((FLIGHTS,))),
    "tuple": ("pair((flights, old))", "both", Gathered((FLIGHTS, OLD), "tuple")),
    "mapping": ("named({'a': old, 'b': old})", "models", Gathered((OLD, OLD), "dict", ("a", "b"))),
    "lists in a list": (
        "nested([[flights, weather], [flights]])",
        "tables",
        Gathered((Gathered((FLIGHTS, WEATHER)), Gathered((FLIGHTS,)))),
    ),
    "with plain values": ("total([1.5, 2])", "scores", LiteralValue([1.5, 2])),
    "bundle": (
        "whole(Split(flights, weather))",
        "split",
        Gathered((FLIGHTS, WEATHER), "bundle", ("train", "test"), "flow:Split"),
    ),
}


@pytest.mark.parametrize(("body", "name", "binding"), FAN_IN.values(), ids=FAN_IN.keys())
def test_several_artifacts_are_one_input(
    trace_flow: Callable[..., TraceResult], body: str, name: str, binding: object
) -> None:
    graph = graph_of(trace_flow(f"return {body}"))

    assert graph.tasks[0].inputs == {name: binding}
    assert not graph.tasks[0].is_dynamic


def test_fan_in_waits_for_every_task_that_it_reads(trace_flow: Callable[..., TraceResult]) -> None:
    graph = graph_of(trace_flow("return named({str(d): fit(flights, d) for d in depths})"))

    assert task(graph, "named").upstream == tuple(t.id for t in graph.tasks if t.op == "fit")
    assert graph.ops["named"].elements == {"models": "flow:Model"}


def test_list_may_hold_artifacts_beside_plain_values(trace_flow: Callable[..., TraceResult]) -> None:
    graph = graph_of(trace_flow("return total([score(flights, old), 2.5])"))

    assert task(graph, "total").inputs["scores"] == Gathered(
        (TaskOutput(task(graph, "score").id), LiteralValue(2.5))
    )


def test_list_may_be_published(trace_flow: Callable[..., TraceResult]) -> None:
    graph = graph_of(trace_flow("return [flights, features(weather)]", "list[Table]"))

    assert graph.published == {"value": Gathered((FLIGHTS, TaskOutput(task(graph, "features").id)))}


def test_each_calls_a_function_for_each_element_of_a_list() -> None:
    assert each(lambda n, by: n * by, [1, 2, 3], by=10) == [10, 20, 30]
    assert each(str.upper, over=("a", "b")) == ["A", "B"]
    assert each(str.upper, over=[]) == []


def test_when_calls_one_of_its_functions() -> None:
    called: list[str] = []

    assert when(True, lambda: called.append("then"), lambda: called.append("otherwise")) is None
    assert called == ["then"]
    assert when(False, lambda: 1, lambda: 2) == 2
    assert when(False, lambda: 1) is None


def test_each_over_an_artifact_is_one_task_for_all_elements(trace_flow: Callable[..., TraceResult]) -> None:
    graph = graph_of(
        trace_flow(
            "found = parts(flights)\nscores = each(score, over=found, model=old, depth=4)\nreturn total(scores)"
        )
    )

    found, mapped, total = graph.tasks
    assert mapped.inputs == {
        "part": Element(TaskOutput(found.id)),
        "model": OLD,
        "depth": LiteralValue(4),
    }
    assert mapped.is_mapped
    assert mapped.upstream == (found.id,)
    assert total.inputs == {"scores": TaskOutput(mapped.id)}
    assert not total.is_mapped


def test_each_over_a_list_that_is_known_makes_a_task_for_each_element(
    trace_flow: Callable[..., TraceResult],
) -> None:
    graph = graph_of(trace_flow("return combine(each(features, over=[flights, weather]))"))

    assert [t.op for t in graph.tasks] == ["features", "features", "combine"]
    assert not any(t.is_dynamic for t in graph.tasks)
    assert graph.tasks[2].inputs["tables"] == Gathered(
        (TaskOutput(graph.tasks[0].id), TaskOutput(graph.tasks[1].id))
    )


def test_each_over_a_parameter_gives_a_list_that_a_body_may_use(
    trace_flow: Callable[..., TraceResult],
) -> None:
    graph = graph_of(trace_flow("models = each(lambda d: fit(flights, d), over=depths)\nreturn models[0]"))

    assert [t.inputs["depth"] for t in graph.tasks] == [LiteralValue(2), LiteralValue(3)]
    assert graph.published == {"value": TaskOutput(graph.tasks[0].id)}


@pytest.mark.parametrize(
    "call",
    [
        "each(per_part, over=parts(flights), model=old)",
        "each(lambda part: score(features(part), old), over=parts(flights))",
        "each(lambda part, model: per_part(part, model), parts(flights), old)",
    ],
)
def test_ops_of_a_function_given_to_each_are_mapped_one_by_one(
    trace_flow: Callable[..., TraceResult], call: str
) -> None:
    graph = graph_of(trace_flow(f"return total({call})"))

    found, first, second, total = graph.tasks
    assert first.inputs["table"] == Element(TaskOutput(found.id))
    assert second.inputs["part"] == Element(TaskOutput(first.id))
    assert total.inputs["scores"] == TaskOutput(second.id)


def test_op_in_each_that_takes_no_element_is_done_once(trace_flow: Callable[..., TraceResult]) -> None:
    graph = graph_of(trace_flow("return total(each(lambda p: score(p, fit(weather)), over=parts(flights)))"))

    assert not task(graph, "fit").is_mapped
    assert task(graph, "score").inputs["model"] == TaskOutput(task(graph, "fit").id)


def test_each_of_an_op_that_returns_a_bundle_gives_a_list_of_bundles(
    trace_flow: Callable[..., TraceResult],
) -> None:
    graph = graph_of(trace_flow("return splits(each(split, over=parts(flights)))"))

    mapped = task(graph, "split").id
    assert task(graph, "splits").inputs["splits"] == Mapped(
        Gathered(
            (Element(TaskOutput(mapped, "train")), Element(TaskOutput(mapped, "test"))),
            "bundle",
            ("train", "test"),
            "flow:Split",
        )
    )


def test_each_may_go_over_what_each_gave(trace_flow: Callable[..., TraceResult]) -> None:
    graph = graph_of(
        trace_flow("tables = each(features, over=parts(flights))\nreturn total(each(score, tables, old))")
    )

    assert task(graph, "score").inputs["part"] == Element(TaskOutput(task(graph, "features").id))


def test_when_puts_the_tasks_of_both_branches_under_its_condition(
    trace_flow: Callable[..., TraceResult],
) -> None:
    graph = graph_of(
        trace_flow(
            "large = is_large(flights)\n"
            "model = when(large, lambda: fit(flights, 9), lambda: fit(weather))\n"
            "return score(flights, model)"
        )
    )

    large, then, otherwise, scored = graph.tasks
    condition = TaskOutput(large.id)
    assert then.when == (Condition(condition, True),)
    assert otherwise.when == (Condition(condition, False),)
    assert scored.inputs["model"] == Choice(condition, TaskOutput(then.id), TaskOutput(otherwise.id))
    assert scored.upstream == (large.id, then.id, otherwise.id)
    assert then.upstream == (large.id,)
    assert then.is_dynamic
    assert scored.is_dynamic


def test_branch_may_give_what_was_there_before(trace_flow: Callable[..., TraceResult]) -> None:
    graph = graph_of(trace_flow("return when(fine(1.0), then=lambda: fit(flights), otherwise=lambda: old)"))

    fine, fitted = graph.tasks
    assert graph.published == {"value": Choice(TaskOutput(fine.id), TaskOutput(fitted.id), OLD)}


def test_when_without_otherwise_gives_none_instead(trace_flow: Callable[..., TraceResult]) -> None:
    graph = graph_of(trace_flow("return when(fine(1.0), lambda: fit(flights))"))

    published = graph.published["value"]
    assert isinstance(published, Choice)
    assert published.otherwise == LiteralValue(None)


def test_branches_that_return_a_bundle_give_a_bundle(trace_flow: Callable[..., TraceResult]) -> None:
    graph = graph_of(
        trace_flow(
            "both = when(is_large(flights), partial(split, flights), lambda: Split(flights, weather))\n"
            "return fit(both.train)"
        )
    )

    large, made, fitted = graph.tasks
    assert fitted.inputs["table"] == Choice(TaskOutput(large.id), TaskOutput(made.id, "train"), FLIGHTS)


def test_when_in_a_branch_is_under_both_conditions(trace_flow: Callable[..., TraceResult]) -> None:
    graph = graph_of(
        trace_flow(
            "def retrain():\n"
            "    table = features(flights)\n"
            "    return when(is_large(table), lambda: fit(table), lambda: old)\n"
            "return when(fine(1.0), retrain, lambda: old)"
        )
    )

    fine, large = task(graph, "fine").id, task(graph, "is_large").id
    assert task(graph, "features").when == (Condition(TaskOutput(fine), True),)
    assert task(graph, "fit").when == (
        Condition(TaskOutput(fine), True),
        Condition(TaskOutput(large), True),
    )


def test_when_may_differ_from_element_to_element(trace_flow: Callable[..., TraceResult]) -> None:
    graph = graph_of(
        trace_flow(
            "def one(part):\n"
            "    return when(is_large(part), lambda: features(part), lambda: part)\n"
            "return combine(each(one, over=parts(flights)))"
        )
    )

    found, large, made, combine = (task(graph, op) for op in ("parts", "is_large", "features", "combine"))
    condition = Element(TaskOutput(large.id))
    assert made.when == (Condition(condition, True),)
    assert combine.inputs["tables"] == Mapped(
        Choice(condition, Element(TaskOutput(made.id)), Element(TaskOutput(found.id)))
    )
    assert not combine.is_mapped


def test_parameter_decides_while_tracing(trace_flow: Callable[..., TraceResult]) -> None:
    body = "return when(fast, lambda: old, lambda: fit(flights))"

    assert [t.op for t in graph_of(trace_flow(body)).tasks] == ["fit"]
    assert graph_of(trace_flow(body, fast=True)).tasks == ()


@pytest.mark.rule("F1")
def test_branch_is_part_of_the_identity_of_a_task(trace_flow: Callable[..., TraceResult]) -> None:
    graph = graph_of(
        trace_flow("fit(flights)\nreturn when(fine(1.0), lambda: fit(flights), lambda: fit(flights))")
    )

    fits = [t.id for t in graph.tasks if t.op == "fit"]
    assert len({name.removesuffix("-2") for name in fits}) == 3


@pytest.mark.rule("F1")
def test_calls_inserted_above_rename_nothing(trace_flow: Callable[..., TraceResult]) -> None:
    body = (
        "scores = each(score, over=parts(flights), model=when(fine(1.0), lambda: fit(flights), lambda: old))\n"
        "return total(scores)"
    )
    before = {t.id for t in graph_of(trace_flow(body)).tasks}
    after = {t.id for t in graph_of(trace_flow(f"fit(weather)\nparts(weather)\n{body}")).tasks}

    assert before < after


@pytest.mark.slow
@pytest.mark.rule("F1")
def test_trace_in_a_second_interpreter_agrees(trace_flow: Callable[..., TraceResult], tmp_path: Path) -> None:
    graph = graph_of(
        trace_flow(
            "model = when(fine(1.0), lambda: fit(flights), lambda: old)\n"
            "splits(each(split, over=parts(flights)))\n"
            "return total(each(score, over=parts(flights), model=model))"
        )
    )

    again = retrace("flow", "flow", {}, ["flights", "weather", "old"], tmp_path, hash_seed=3)
    assert again.graph is not None
    assert disagreements(graph, again.graph) == ()


def test_element_is_named_by_its_place(trace_flow: Callable[..., TraceResult]) -> None:
    graph = graph_of(trace_flow("return total(each(score, over=parts(flights), model=old))"))

    assert find_task(graph, "score[3]") == f"{task(graph, 'score').id}[3]"
    assert find_task(graph, "parts[0]") is None  # done once
    assert find_task(graph, "fit[0]") is None


WRONG = {
    "each over a table": (
        "each(score, over=flights, model=old)  # HERE",
        "`each` goes over a list, and `flights` is a `Table`",
        "Have an op return a list",
    ),
    "each of the wrong element": (
        "each(fit, over=each(score, over=parts(flights), model=old))  # HERE",
        "`fit` takes `table`: `Table`, not `float`",
        "an element of each()",
    ),
    "misspelt argument": (
        "each(score, over=parts(flights), modle=old)  # HERE",
        "call of `score`: it has no input `modle`",
        "Did you mean `model`",
    ),
    "each in each": (
        "each(lambda part: combine(each(features, over=parts(part))), over=parts(flights))  # HERE",
        "`each` in a function that `each` calls goes over an artifact",
        "one flat list",
    ),
    "same for every element": (
        "each(lambda part: old, over=parts(flights))  # HERE",
        "the function that `each` calls returns the same for every element",
        "without `each`",
    ),
    "element that leaves": (
        (
            "kept = []\ndef one(part):\n    kept.append(features(part))\n    return score(part, old)\n"
            "each(one, over=parts(flights))\nfit(kept[0])  # HERE"
        ),
        "`fit` takes `table` and was given `features()`, which belongs to one element of `each`",
        "use the list that `each` returns",
    ),
    "list of nothing": (
        "total(each(told, over=parts(flights)))  # HERE",
        "`total` takes `scores` and was given a list of what returns nothing",
        "Have the op return",
    ),
    "when by a number": (
        "when(score(flights, old), lambda: old, lambda: old)  # HERE",
        "`when` goes by a condition: `bool`, not `float`",
        "`score()` is a `float`",
    ),
    "when by a check that fails the run": (
        "when(good(1.0), lambda: old, lambda: old)  # HERE",
        "`when` goes by `good`, a check that fails the run when it does not pass",
        'severity="warning"',
    ),
    "value that leaves its branch": (
        "kept = []\nwhen(fine(1.0), lambda: kept.append(fit(flights)), lambda: None)\nscore(flights, kept[0])  # HERE",
        "`score` takes `model` and was given `fit()`, which is made in one branch of `when` only",
        "Return it from that branch",
    ),
    "value of the other branch": (
        (
            "kept = []\nwhen(fine(1.0), lambda: kept.append(fit(flights)),\n"
            "     lambda: score(flights, kept[0]))  # HERE"
        ),
        "`score` takes `model` and was given `fit()`, which is made in one branch of `when` only",
        "Return it from that branch",
    ),
    "list for one": (
        "fit([flights])  # HERE",
        "`fit` takes `table`: `Table`, not a `list` of artifacts",
        "pass one of them",
    ),
    "wrong item": (
        "combine([flights, old])  # HERE",
        "`combine` takes `tables`, at `[1]`: `Table`, not `Model`",
        "`old` is a `Model`",
    ),
    "tuple that is too short": (
        "pair((flights,))  # HERE",
        "`pair` takes `both`: `tuple[flow.Table, flow.Model]`, not a `tuple` of artifacts",
        "holds several artifacts",
    ),
    "other bundle": (
        "whole(Report(old, 1.0))  # HERE",
        "`whole` takes `split`: `Split`, not a bundle of artifacts",
        "`.model`, `.error`",
    ),
}


@pytest.mark.parametrize(("body", "summary", "detail"), WRONG.values(), ids=WRONG.keys())
@pytest.mark.rule("F1")
def test_wrong_use_is_a_diagnostic_at_its_line(
    trace_flow: Callable[..., TraceResult],
    line_of: Callable[[str], int],
    body: str,
    summary: str,
    detail: str,
) -> None:
    result = trace_flow(body)

    assert result.graph is None
    [found] = result.diagnostics
    assert found.summary == summary
    assert detail in found.detail
    assert found.source == SourceLocation("flow.py", line_of("# HERE"))


MISUSED = {
    "element tested": "each(lambda part: score(part, old) if part else 1.0, over=parts(flights))  # HERE",
    "list iterated": "for found in each(features, over=parts(flights)): pass  # HERE",
    "list measured": "if len(each(features, over=parts(flights))) > 3: pass  # HERE",
    "choice tested": "if when(fine(1.0), lambda: old, lambda: old): pass  # HERE",
    "condition computed": "when(not fine(1.0), lambda: old, lambda: old)  # HERE",
    "choice compared": "found = when(fine(1.0), lambda: old, lambda: old) is None  # HERE",
}


@pytest.mark.parametrize("body", MISUSED.values(), ids=MISUSED.keys())
@pytest.mark.rule("F1")
def test_what_stands_for_several_values_cannot_be_computed_with(
    trace_flow: Callable[..., TraceResult], line_of: Callable[[str], int], body: str
) -> None:
    result = trace_flow(body)

    assert result.graph is None
    assert {found.source for found in result.diagnostics} == {SourceLocation("flow.py", line_of("# HERE"))}


def test_function_with_plain_elements_may_compute_with_them(trace_flow: Callable[..., TraceResult]) -> None:
    graph = graph_of(
        trace_flow("each(lambda d: fit(flights, d if d > 2 else 9), over=depths)\nreturn flights")
    )

    assert [t.inputs["depth"] for t in graph.tasks] == [LiteralValue(9), LiteralValue(3)]
