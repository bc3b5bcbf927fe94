import subprocess
import sys
import textwrap
from pathlib import Path

import msgspec
import pytest

from unknot.stacks.graph import Fingerprint, LiteralValue, TaskSpec, WorkflowGraph
from unknot.stacks.workflow.retracing import answer, disagreements, retrace

FLOW = """\
import sys
import enum

from unknot.stacks.workflow import SCHEDULED, ScheduledTime, op, workflow

print("imported, and talking", flush=True)


class Size(enum.Enum):
    SMALL = "small"
    FULL = "full"


@op
def fit(table: list[str], depth: int, size: Size) -> float: ...


@workflow
def steady(table: list[str], depths: tuple[int, ...] = (1, 2), size: Size = Size.SMALL,
           at: ScheduledTime = SCHEDULED) -> None:
    print("traced")
    for depth in depths:
        fit(table, depth, size)


@workflow
def shaky(table: list[str]) -> None:
    for name in {"alpha", "beta", "gamma", "delta"}:
        fit.named(name)(table, len(name), Size.FULL)


@workflow
def broken(table: list[str]) -> None:
    fit(table, dept=1)
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "flow.py").write_text(FLOW)
    return tmp_path


def graph_of(project: Path, qualname: str, seed: int, **parameters: object) -> WorkflowGraph:
    result = retrace("flow", qualname, parameters, ["table"], project, seed)
    assert result.diagnostics == ()
    assert result.graph is not None
    return result.graph


@pytest.mark.slow
@pytest.mark.rule("F1")
def test_two_interpreters_with_other_hash_seeds_agree(project: Path) -> None:
    first, second = (graph_of(project, "steady", seed) for seed in (1, 2))

    assert first == second
    assert disagreements(first, second) == ()
    assert [task.inputs["depth"] for task in first.tasks] == [LiteralValue(1), LiteralValue(2)]


@pytest.mark.slow
@pytest.mark.rule("F1")
def test_body_that_depends_on_the_hash_seed_is_found_out(project: Path) -> None:
    graphs = [graph_of(project, "shaky", seed) for seed in range(4)]

    found = [problem for graph in graphs[1:] for problem in disagreements(graphs[0], graph)]

    assert {problem.summary for problem in found} == {"two traces of workflow `shaky` differ"}
    assert "order of the calls" in found[0].detail or "Different" in found[0].detail
    assert found[0].source is not None
    assert found[0].source.file == "flow.py"


@pytest.mark.slow
def test_parameters_are_given_as_text_or_values(project: Path) -> None:
    graph = graph_of(project, "steady", 0, depths=(7,), size="full")

    assert [task.inputs["depth"] for task in graph.tasks] == [LiteralValue(7)]
    assert graph.tasks[0].inputs["size"] == LiteralValue({"$enum": "flow:Size.FULL"})


@pytest.mark.slow
def test_problems_of_the_second_trace_are_diagnostics(project: Path) -> None:
    result = retrace("flow", "broken", {}, ["table"], project, 0)

    assert result.graph is None
    assert result.diagnostics[0].summary.startswith("call of `fit`: it has no input `dept`")
    assert result.diagnostics[0].source is not None
    assert result.diagnostics[0].source.file == "flow.py"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("source", "summary"),
    [
        ("import nowhere", "`flow.steady` cannot be imported in a second interpreter"),
        ("raise SystemExit(3)", "tracing `flow.steady` again ended with code 3"),
        ("import os; os._exit(9)", "tracing `flow.steady` again ended with code 9"),
        ("steady = 3", "`flow.steady` is not a workflow in a second interpreter"),
        ("def steady(: pass", "`flow.steady` cannot be imported in a second interpreter"),
    ],
)
def test_interpreter_that_cannot_trace_is_a_diagnostic(source: str, summary: str, tmp_path: Path) -> None:
    (tmp_path / "flow.py").write_text(source)

    result = retrace("flow", "steady", {}, [], tmp_path, 0)

    assert [problem.summary for problem in result.diagnostics] == [summary]


@pytest.mark.slow
def test_interpreter_that_hangs_is_given_up(tmp_path: Path) -> None:
    (tmp_path / "flow.py").write_text("import threading; threading.Event().wait()")

    result = retrace("flow", "steady", {}, [], tmp_path, 0, timeout_s=2)

    assert result.diagnostics[0].summary == "tracing `flow.steady` again took over 2 s"


@pytest.mark.slow
def test_script_run_as_main_is_traced_by_its_own_name(tmp_path: Path) -> None:
    (tmp_path / "job.py").write_text(
        textwrap.dedent(
            """
            from unknot.stacks.workflow import op, trace, workflow

            class Model: ...

            @op
            def fit(depth: int) -> Model: ...

            @workflow
            def flow(depth: int = 3) -> Model:
                return fit(depth)

            if __name__ == "__main__":
                graph = trace(flow, {}, {}).graph
                print(graph.module, graph.ops["fit"].code.module, graph.ops["fit"].outputs[0].type)
            """
        )
    )

    done = subprocess.run(
        [sys.executable, "job.py"], cwd=tmp_path, capture_output=True, text=True, check=True
    )

    assert done.stdout.split() == ["job", "job", "job:Model"]


def test_unserialisable_parameter_is_a_diagnostic(tmp_path: Path) -> None:
    result = retrace("flow", "steady", {"size": object()}, [], tmp_path, 0)

    assert result.diagnostics[0].summary == "a parameter cannot be handed to a second interpreter"


def test_answer_without_module_is_a_diagnostic(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", list(sys.path))
    request = {
        "module": "no_such_module",
        "qualname": "flow",
        "parameters": {},
        "inputs": [],
        "root": str(tmp_path),
        "path": list(sys.path),
    }

    reply = msgspec.json.decode(answer(msgspec.json.encode(request)))

    assert reply["graph"] is None
    assert "no_such_module" in reply["diagnostics"][0]["summary"]


def test_fingerprints_do_not_count_as_disagreement() -> None:
    graph = WorkflowGraph(name="a", module="m", qualname="a", ops={}, tasks=())
    other = msgspec.structs.replace(graph, tasks=(TaskSpec("fit-a", "fit"),))

    assert disagreements(graph, graph) == ()
    assert "Only in the second: `fit-a`" in disagreements(graph, other)[0].detail
    assert Fingerprint("x", 1) != Fingerprint("y", 1)
