import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import pytest

from unknot.stacks.errors import UnknotError
from unknot.stacks.graph import (
    CommandCode,
    ContainerCode,
    LiteralValue,
    NotebookCode,
    OutputSpec,
    TaskOutput,
    WorkflowGraph,
)
from unknot.stacks.workflow import command, container, notebook, trace
from unknot.stacks.workflow.template import fill, names_in

Load = Callable[[str], ModuleType]

PYTHON = shlex.quote(sys.executable)
COPY = f"{PYTHON} -c 'import shutil, sys; shutil.copy(sys.argv[1], sys.argv[2])'"


def traced(load: Load, tmp_path: Path, source: str, body: str) -> WorkflowGraph:
    module = load(
        "from unknot.stacks.workflow import command, container, notebook\n"
        + source
        + f"\n\n@workflow\ndef flow(flights: Table) -> None:\n    {body}\n"
    )
    result = trace(module.flow, {}, {"flights": None}, root=tmp_path)
    assert result.diagnostics == ()
    assert result.graph is not None
    return result.graph


def test_command_is_an_op_with_inputs_and_outputs(load: Load, tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text("")
    graph = traced(
        load,
        tmp_path,
        "train = command('python train.py --in {flights} --depth {depth} --out {model}',\n"
        "                inputs={'flights': Table, 'depth': int}, outputs={'model': Model})",
        "error_of(train(features(flights), depth=3), flights)",
    )

    spec = graph.ops["train"]
    assert spec.code == CommandCode(
        ("python", "train.py", "--in", "{flights}", "--depth", "{depth}", "--out", "{model}"), ("train.py",)
    )
    assert spec.inputs == {"flights": "flow:Table", "depth": "builtins:int"}
    assert spec.outputs == (OutputSpec("model", "flow:Model"),)
    features, train, error = graph.tasks
    assert train.inputs == {"flights": TaskOutput(features.id), "depth": LiteralValue(3)}
    assert error.inputs["model"] == TaskOutput(train.id, "model")


def test_command_with_a_signature_takes_its_types_from_it(load: Load, tmp_path: Path) -> None:
    graph = traced(
        load,
        tmp_path,
        "def parts(table: Table) -> Split:\n    '''Cut a table in two.'''\n    raise NotImplementedError\n"
        "cut = command('cut {table} {train} {test}', signature=parts, files=('flow.py',))",
        "fit(cut(flights).train)",
    )

    assert graph.ops["cut"].outputs == (OutputSpec("train", "flow:Table"), OutputSpec("test", "flow:Table"))
    assert graph.ops["cut"].doc == "Cut a table in two."
    assert graph.ops["cut"].files == ("flow.py",)
    assert graph.ops["cut"].source is not None
    assert graph.tasks[1].inputs["table"] == TaskOutput(graph.tasks[0].id, "train")


def test_names_of_a_command_without_declarations_are_inputs_of_any_type(load: Load, tmp_path: Path) -> None:
    graph = traced(load, tmp_path, "push = command(['push', '{table}', '{where}'])", "push(flights, 'a b')")

    assert graph.ops["push"].inputs == {"table": "typing:Any", "where": "typing:Any"}
    assert graph.ops["push"].outputs == ()


def test_notebook_and_container_are_ops(load: Load, tmp_path: Path) -> None:
    (tmp_path / "explore.ipynb").write_text("{}")
    graph = traced(
        load,
        tmp_path,
        "explore = notebook('explore.ipynb', inputs={'table': Table}, outputs=Model)\n"
        "score = container('registry.example/score:1.2', 'score {model} {value}', outputs=Table)",
        "features(score(explore(flights)))",
    )

    assert graph.ops["explore"].code == NotebookCode("explore.ipynb")
    assert graph.ops["score"].code == ContainerCode(
        "registry.example/score:1.2", ("score", "{model}", "{value}")
    )


PROBLEMS = {
    "misspelt name": (
        "bad = command('x {flihgts} {model}', inputs={'flights': Table}, outputs={'model': Model})",
        ["`x` mentions `{flihgts}`, which is no input or output of it"],
        "Did you mean `{flights}`?",
    ),
    "output not mentioned": (
        "bad = command('x {flights}', outputs={'model': Model})",
        ["the command of `x` does not mention `{model}`"],
        "Without it",
    ),
    "two outputs in a mapping": (
        "bad = command('x {flights} {a} {b}', outputs={'a': Table, 'b': Table})",
        ["op `x` declares 2 outputs in a mapping"],
        "NamedTuple",
    ),
    "missing notebook": (
        "bad = notebook('x.ipynb', inputs={'flights': Table})",
        ["op `x`: the file `x.ipynb` does not exist"],
        "Looked in",
    ),
}


@pytest.mark.parametrize(("source", "summaries", "advice"), PROBLEMS.values(), ids=PROBLEMS.keys())
def test_wrong_command_is_a_diagnostic_where_it_is_made(
    source: str, summaries: list[str], advice: str, load: Load, tmp_path: Path, line_of: Callable[[str], int]
) -> None:
    module = load(
        "from unknot.stacks.workflow import command, notebook\n"
        + source
        + "  # HERE\n@workflow\ndef flow(flights: Table) -> None:\n    bad(flights=flights)\n"
    )

    result = trace(module.flow, {}, {"flights": None}, root=tmp_path)

    assert [d.summary for d in result.diagnostics][:1] == summaries
    assert advice in result.diagnostics[0].detail
    source_of = result.diagnostics[0].source
    assert source_of is not None
    assert (source_of.file, source_of.line) == ("flow.py", line_of("# HERE"))


def test_command_called_directly_runs_on_paths(tmp_path: Path) -> None:
    (tmp_path / "in put.txt").write_text("flights")
    copy = command(COPY + " {source} {value}", outputs=Path)

    copied = copy(tmp_path / "in put.txt")

    assert copied.read_text() == "flights"


def test_word_that_names_a_list_is_repeated_in_a_direct_call(tmp_path: Path) -> None:
    code = "import sys, pathlib; pathlib.Path(sys.argv[1]).write_text(' '.join(sys.argv[2:]))"
    show = command([sys.executable, "-c", code, "{value}", "--in={parts}", "{last}"], outputs=Path)
    parts = [Path("a b"), Path("c")]

    assert show(parts=parts, last="d").read_text() == "--in=a b --in=c d"


class Both(NamedTuple):
    left: Path
    right: Path


def test_command_called_directly_gives_a_bundle_of_paths(tmp_path: Path) -> None:
    code = "import sys, pathlib; [pathlib.Path(p).write_text(sys.argv[1]) for p in sys.argv[2:]]"
    write = command([sys.executable, "-c", code, "{text}", "{left}", "{right}"], outputs=Both)

    both = write(text="ünïcode")

    assert isinstance(both, Both)
    assert both.left.read_text() == both.right.read_text() == "ünïcode"


@pytest.mark.parametrize(
    ("line", "summary"),
    [
        (f"{PYTHON} -c 'raise SystemExit(3)' {{source}} {{value}}", "`python` ended with code 3"),
        (f"{PYTHON} -c pass {{source}} {{value}}", "`python` did not write its output `value`"),
        ("no-such-program {source} {value}", "`no-such-program` cannot be run"),
    ],
)
def test_command_that_fails_directly_says_how(line: str, summary: str) -> None:
    with pytest.raises(UnknotError) as caught:
        command(line, outputs=Path, name=summary.split("`")[1])("x")

    assert caught.value.summary == summary


def test_direct_call_refuses_what_needs_a_run(tmp_path: Path) -> None:
    with pytest.raises(UnknotError, match="with a `dict` as `table`"):
        command("x {table} {value}", outputs=Path)({})
    with pytest.raises(UnknotError, match="its output `value` is not a `Path`"):
        command("x {table} {value}", outputs=dict)("t")
    with pytest.raises(UnknotError, match="in a run of a workflow only"):
        container("image", "x {table}")("t")
    with pytest.raises(UnknotError, match="in a run of a workflow only"):
        notebook("x.ipynb")()


def test_only_names_in_braces_are_replaced() -> None:
    argv = ["--in", "{flights}", '{"json": 1}', "{{kept}}", "{a}-{a}", "{}", "{0}", '{{"b": {{"c": "{a}"}}}}']

    assert names_in(argv) == ("flights", "a")
    assert fill(argv, {"flights": "/x", "a": "é"}) == [
        "--in",
        "/x",
        '{"json": 1}',
        "{kept}",
        "é-é",
        "{}",
        "{0}",
        '{"b": {"c": "é"}}',
    ]


def test_named_task_of_a_command_stays_a_command() -> None:
    train = command("python train.py {table}")

    assert train.named("first").code == train.code
