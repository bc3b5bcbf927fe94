from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import msgspec
import pytest

from unknot.stacks.address import Address
from unknot.stacks.diagnostic import SourceLocation
from unknot.stacks.graph import (
    Fingerprint,
    InputSpec,
    LiteralValue,
    OpSpec,
    OutputSpec,
    PythonCode,
    RunTime,
    TaskOutput,
    WorkflowGraph,
    WorkflowInput,
)
from unknot.stacks.output import Output
from unknot.stacks.workflow import ArtifactInput, Op, TraceResult, trace, trace_bound

Trace = Callable[..., TraceResult]
Load = Callable[[str], ModuleType]

TRAIN = """
class Trained(NamedTuple):
    model: Model
    error: float


@workflow(name="train")
def flow(flights: Table, at: ScheduledTime = SCHEDULED, frac: float = 0.2) -> Trained:
    \"\"\"Train the delay model.\"\"\"
    parts = split(features(flights), frac)
    model = fit(parts.train)
    error = error_of(model, parts.test)
    good(error)
    stamp(at)
    return Trained(model, error)
"""


def graph_of(result: TraceResult) -> WorkflowGraph:
    assert result.diagnostics == ()
    assert result.graph is not None
    return result.graph


def task_of(graph: WorkflowGraph, op: str) -> str:
    [found] = [task.id for task in graph.tasks if task.op == op]
    return found


def bound_table(module: ModuleType) -> ArtifactInput:
    return ArtifactInput(Address("dataset.flights"), ("value",), module.Table)


def test_body_becomes_tasks_bound_to_each_other(load: Load, tmp_path: Path) -> None:
    module = load(TRAIN)
    graph = graph_of(trace(module.flow, {}, {"flights": bound_table(module)}, root=tmp_path))

    assert (graph.name, graph.module, graph.qualname) == ("train", "flow", "flow")
    assert graph.doc == "Train the delay model."
    assert [task.op for task in graph.tasks] == ["features", "split", "fit", "error_of", "good", "stamp"]
    features, split, fit, error_of, good, stamp = graph.tasks
    assert features.inputs == {"table": WorkflowInput("flights")}
    assert split.inputs == {"table": TaskOutput(features.id), "frac": LiteralValue(0.2)}
    assert fit.inputs == {"table": TaskOutput(split.id, "train")}
    assert error_of.inputs == {"model": TaskOutput(fit.id), "table": TaskOutput(split.id, "test")}
    assert good.inputs == {"error": TaskOutput(error_of.id)}
    assert stamp.inputs == {"at": RunTime()}
    assert graph.published == {"model": TaskOutput(fit.id), "error": TaskOutput(error_of.id)}
    assert graph.inputs == (InputSpec("flights", "flow:Table"),)


def test_graph_knows_every_op_with_types_settings_and_place(load: Load, tmp_path: Path) -> None:
    module = load(TRAIN)
    graph = graph_of(trace(module.flow, {}, {"flights": bound_table(module)}, root=tmp_path))

    split = graph.ops["split"]
    assert split.code == PythonCode("flow", "split")
    assert split.outputs == (OutputSpec("train", "flow:Table"), OutputSpec("test", "flow:Table"))
    assert split.inputs == {"table": "flow:Table", "frac": "builtins:float"}
    assert (split.resources.cpu, split.resources.memory, split.resources.retries) == (1, "1GiB", 2)
    assert split.source is not None
    assert split.source.file == "flow.py"
    assert graph.ops["features"].inputs["columns"] == "builtins:list | builtins:None"
    assert graph.ops["stamp"].outputs == ()
    assert (graph.ops["error_of"].kind, graph.ops["good"].kind) == ("metric", "check")
    assert graph.ops["good"].severity == "error"


def test_graph_survives_json(load: Load, tmp_path: Path) -> None:
    module = load(TRAIN)
    graph = graph_of(trace(module.flow, {}, {"flights": bound_table(module)}, root=tmp_path))

    assert msgspec.json.decode(msgspec.json.encode(graph), type=WorkflowGraph) == graph


def test_tasks_know_the_line_of_their_call(trace_body: Trace, line_of: Callable[[str], int]) -> None:
    graph = graph_of(trace_body("fit(\n    flights,\n)\nfit(weather)  # HERE"))

    assert graph.tasks[1].source == SourceLocation("flow.py", line_of("# HERE"))


@pytest.mark.rule("F1")
def test_a_body_branches_and_loops_on_parameters(load: Load, tmp_path: Path) -> None:
    module = load(
        """
        @workflow
        def flow(flights: Table, fast: bool = False, depths: tuple[int, ...] = (2, 3)) -> None:
            if not fast:
                flights = features(flights)
            for depth in depths:
                fit(flights, depth)
        """
    )
    inputs = {"flights": bound_table(module)}

    slow = graph_of(trace(module.flow, {}, inputs, root=tmp_path))
    fast = graph_of(trace(module.flow, {"fast": "true", "depths": [4]}, inputs, root=tmp_path))

    assert [task.op for task in slow.tasks] == ["features", "fit", "fit"]
    assert [task.op for task in fast.tasks] == ["fit"]
    assert fast.tasks[0].inputs["depth"] == LiteralValue(4)
    assert {parameter.name: parameter.value for parameter in fast.parameters} == {
        "fast": True,
        "depths": [4],
    }
    assert fast.parameters[0].schema == {"type": "boolean"}


@pytest.mark.rule("F1")
def test_dataclass_result_is_a_real_one_made_without_running_its_init(trace_body: Trace) -> None:
    graph = graph_of(
        trace_body(
            """
            report = evaluate(fit(flights))
            good(report.error)
            """
        )
    )

    assert graph.ops["evaluate"].outputs == (
        OutputSpec("model", "flow:Model"),
        OutputSpec("error", "builtins:float"),
    )
    assert graph.tasks[2].inputs == {"error": TaskOutput(graph.tasks[1].id, "error")}


@pytest.mark.rule("F1")
def test_tuple_result_unpacks_into_numbered_outputs(trace_body: Trace) -> None:
    graph = graph_of(trace_body("table, model = halves(flights)\nerror_of(model, table)"))

    assert graph.ops["halves"].outputs == (OutputSpec("0", "flow:Table"), OutputSpec("1", "flow:Model"))
    halves = graph.tasks[0].id
    assert graph.tasks[1].inputs == {"model": TaskOutput(halves, "1"), "table": TaskOutput(halves, "0")}


@pytest.mark.parametrize(
    ("returns", "value", "published"),
    [
        ("Model", "fit(flights)", ["value"]),
        ("Split", "split(flights)", ["train", "test"]),
        ("Report", "evaluate(fit(flights))", ["model", "error"]),
        ("tuple[Table, Model]", "halves(flights)", ["0", "1"]),
        ("Table", "flights", ["value"]),
        ("float", "frac", ["value"]),
        ("None", "None", []),
    ],
)
def test_a_workflow_publishes_what_it_returns(
    returns: str, value: str, published: list[str], trace_body: Trace
) -> None:
    assert list(graph_of(trace_body(f"return {value}", returns)).published) == published


def test_a_workflow_calls_another(load: Load, tmp_path: Path) -> None:
    module = load(
        """
        @workflow
        def inner(table: Table, at: ScheduledTime = SCHEDULED, depth: int = 3) -> Model:
            stamp(at)
            return fit(table, depth)

        @workflow
        def flow(flights: Table) -> Model:
            return inner(features(flights), depth=4)
        """
    )
    graph = graph_of(trace(module.flow, {}, {"flights": bound_table(module)}, root=tmp_path))

    assert [task.op for task in graph.tasks] == ["features", "stamp", "fit"]
    assert graph.tasks[2].inputs == {"table": TaskOutput(graph.tasks[0].id), "depth": LiteralValue(4)}
    assert graph.published == {"value": TaskOutput(graph.tasks[2].id)}


def test_an_artifact_may_be_bound_where_a_plain_value_could_be(load: Load, tmp_path: Path) -> None:
    module = load("@workflow\ndef flow(error: float) -> None:\n    good(error)\n")
    published = ArtifactInput(Address("workflow.train"), ("published", "error"), float)

    graph = graph_of(trace_bound(module.flow.bind(published), root=tmp_path))

    assert graph.inputs == (InputSpec("error", "builtins:float"),)
    assert graph.parameters == ()
    assert graph.tasks[0].inputs == {"error": WorkflowInput("error")}


def test_an_optional_artifact_left_unbound_is_its_default(load: Load, tmp_path: Path) -> None:
    module = load(
        """
        @workflow
        def flow(flights: Table, extra: Table | None = None) -> None:
            if extra is not None:
                features(extra)
            features(flights)
        """
    )

    graph = graph_of(trace(module.flow, {}, {"flights": bound_table(module)}, root=tmp_path))

    assert len(graph.tasks) == 1
    assert graph.inputs == (InputSpec("flights", "flow:Table"),)


def test_what_a_deployment_publishes_has_the_workflows_result_type(load: Load) -> None:
    module = load(TRAIN)

    published = module.flow.published_by(Address("workflow.train"))

    assert type(published) is module.Trained
    assert repr(published.model) == "<artifact workflow.train.published.model>"


def test_each_op_is_fingerprinted_once(load: Load, tmp_path: Path) -> None:
    module = load("@workflow\ndef flow(a: Table) -> None:\n    fit(a, 2)\n    fit(a, 3)\n")
    asked: list[str] = []

    def fingerprint(op: Op[..., object], spec: OpSpec) -> Fingerprint:
        asked.append(op.name)
        return Fingerprint(digest=spec.name.upper(), version=1)

    inputs = {"a": bound_table(module)}
    graph = graph_of(trace(module.flow, {}, inputs, root=tmp_path, fingerprint=fingerprint))

    assert asked == ["fit"]
    assert graph.ops["fit"].fingerprint == Fingerprint(digest="FIT", version=1)


@pytest.mark.rule("F1")
def test_nothing_is_traced_after_a_trace(load: Load, tmp_path: Path) -> None:
    module = load(TRAIN)
    trace(module.flow, {}, {"flights": bound_table(module)}, root=tmp_path)
    trace(module.flow, {"frac": "much"}, {}, root=tmp_path)

    assert module.good(3.0) is True


CALLS = {
    "misspelt input": (
        "fit(flights, deph=3)",
        "call of `fit`: it has no input `deph`",
        "Did you mean `depth` instead of `deph`?",
    ),
    "too many": (
        "fit(flights, 3, 4)",
        "call of `fit`: too many positional arguments",
        "It takes: table, depth.",
    ),
    "too few": (
        "error_of(fit(flights))",
        "call of `error_of`: missing a required argument: 'table'",
        "It takes",
    ),
    "bundle": (
        "fit(split(flights))",
        "`fit` takes `table`: `Table`, not a bundle of artifacts",
        "`.train`, `.test`",
    ),
    "list of artifacts": (
        "features(flights, [flights])",
        "`features` takes `columns`, at `[0]`: `str`, not `Table`",
        "`flights` is a `Table`",
    ),
    "wrong type": (
        "fit(fit(flights))",
        "`fit` takes `table`: `Table`, not `Model`",
        "`fit()` is a `Model`",
    ),
    "wrong plain value": (
        "fit(flights, 'deep')",
        "`fit` takes `depth`: `int`, not `str`",
        "Given: `'deep'`.",
    ),
    "unserialisable": (
        "fit(Table())",
        "`fit` takes `table` and was given an unserialisable artifact",
        "It is a `flow.Table`, which has no plain form. Make it in an op",
    ),
    "resource output": (
        "from unknot.stacks.output import Output\nfit(Output('bucket.raw', ('name',)))",
        "`fit` takes `table` and was given a resource's output",
        "Make it an input of the workflow",
    ),
    "value of a stack": (
        "from unknot.stacks.workflow import ArtifactInput\nfit(ArtifactInput('dataset.x', ('value',), Table))",
        "`fit` takes `table` and was given `dataset.x.value` from outside",
        "Make it an input of the workflow",
    ),
    "bad task name": (
        "fit.named('a task')(flights)",
        "`a task` cannot be the name of a task",
        "Use letters",
    ),
    "name used twice": (
        "fit.named('first')(flights)\nfit.named('first')(weather)",
        "`first` is the name of two tasks",
        "a name of its own",
    ),
}


@pytest.mark.parametrize(("body", "summary", "advice"), CALLS.values(), ids=CALLS.keys())
def test_wrong_call_is_a_diagnostic_at_its_line(
    body: str, summary: str, advice: str, trace_body: Trace, tmp_path: Path
) -> None:
    result = trace_body(body)

    assert result.graph is None
    [diagnostic] = result.diagnostics
    assert diagnostic.summary == summary
    assert advice in diagnostic.detail
    lines = (tmp_path / "flow.py").read_text().splitlines()
    assert diagnostic.source == SourceLocation("flow.py", len(lines))


def test_two_ops_of_one_name_are_a_diagnostic(load: Load, tmp_path: Path) -> None:
    module = load(
        """
        @op(name="fit")
        def fit_again(table: Table) -> Model:
            return Model()

        @workflow
        def flow(a: Table) -> None:
            fit(a)
            fit_again(a)
        """
    )

    result = trace(module.flow, {}, {"a": bound_table(module)}, root=tmp_path)

    assert [d.summary for d in result.diagnostics] == ["two ops are called `fit`"]
    assert f"{tmp_path / 'flow.py'}:" in result.diagnostics[0].detail


BINDINGS = {
    "misspelt": (
        {"flight": "TABLE"},
        "`flow.bind`: it has no input `flight`",
        "Did you mean `flights`",
    ),
    "missing": ({}, "input `flights` of `flow` is not bound", "Give `bind` a `Table`"),
    "plain value for an artifact": (
        {"flights": 3},
        "`flights` takes an artifact (`Table`), not a plain value",
        "Given: a `int`.",
    ),
    "artifact of another type": (
        {"flights": "MODEL"},
        "`flights` takes a `Table`, not a `Model`",
        "`dataset.flights.value` is a `Model`.",
    ),
    "wrong parameter": (
        {"flights": "TABLE", "frac": "much"},
        "parameter `frac` takes `float`: Input should be a valid number, unable to parse string as a number",
        "Given: a `str`.",
    ),
    "time of the run": (
        {"flights": "TABLE", "at": "2024-01-01"},
        "`at` is the time of the run and cannot be bound",
        "Leave it out",
    ),
    "output of a resource": (
        {"flights": "TABLE", "frac": Output(Address("bucket.raw"), ("size",))},
        "parameter `frac` takes a plain value",
        "known when planning",
    ),
}


@pytest.mark.parametrize(("given", "summary", "advice"), BINDINGS.values(), ids=BINDINGS.keys())
def test_wrong_binding_is_a_diagnostic_at_the_line_of_bind(
    given: dict[str, object], summary: str, advice: str, load: Load, tmp_path: Path
) -> None:
    module = load(TRAIN.replace('(name="train")', ""))
    address = Address("dataset.flights")
    artifacts = {
        "TABLE": ArtifactInput(address, ("value",), module.Table),
        "MODEL": ArtifactInput(address, ("value",), module.Model),
    }
    values = {
        name: artifacts.get(value, value) if isinstance(value, str) else value
        for name, value in given.items()
    }

    result = trace_bound(module.flow.bind(**values), root=tmp_path)

    assert result.graph is None
    [diagnostic] = result.diagnostics
    assert diagnostic.summary == summary
    assert advice in diagnostic.detail
    assert diagnostic.source is not None
    assert diagnostic.source.file == __file__


BODIES = {
    "exception": ("raise ValueError('no such column')", "None", "the body of `train` raised `ValueError`"),
    "exit": ("raise SystemExit(2)", "None", "the body of `train` raised `SystemExit`"),
    "exception in a library": ("dt.date(1, 2, 3333)", "None", "the body of `train` raised `ValueError`"),
    "nothing returned": ("fit(flights)", "Model", "`train` publishes `value`: `Model`, not `NoneType`"),
    "wrong type returned": (
        "return fit(flights)",
        "Table",
        "`train` publishes `value`: `Table`, not `Model`",
    ),
    "artifact for a bundle": (
        "return fit(flights)",
        "Split",
        "workflow `train` must return a `Split`, not one artifact",
    ),
    "another bundle": (
        "return split(flights)",
        "Report",
        "workflow `train` must return a `Report`, not a `Split`",
    ),
    "bundle for an artifact": (
        "return split(flights)",
        "Table",
        "`train` publishes `value`: `Table`, not a bundle of artifacts",
    ),
    "unannounced": (
        "return fit(flights)",
        "None",
        "workflow `train` returned a `Placeholder` and is annotated `None`",
    ),
}


@pytest.mark.parametrize(("body", "returns", "summary"), BODIES.values(), ids=BODIES.keys())
def test_body_that_fails_or_returns_the_wrong_thing_is_a_diagnostic(
    body: str, returns: str, summary: str, trace_body: Trace
) -> None:
    result = trace_body(body, returns)

    assert result.graph is None
    [diagnostic] = result.diagnostics
    assert diagnostic.summary == summary
    assert diagnostic.source is not None
    assert diagnostic.source.file == "flow.py"


def test_exception_is_shown_at_the_users_line(trace_body: Trace, line_of: Callable[[str], int]) -> None:
    result = trace_body("x = 1\nint('many')  # HERE")

    assert result.diagnostics[0].source == SourceLocation("flow.py", line_of("# HERE"))
    assert "many" in result.diagnostics[0].detail


def test_unknown_parameter_is_a_diagnostic(load: Load, tmp_path: Path) -> None:
    module = load(TRAIN)

    result = trace(module.flow, {"fra": "0.3"}, {"flights": None}, root=tmp_path)

    assert [d.summary for d in result.diagnostics] == ["workflow `train` has no input `fra`"]
    assert "Did you mean `frac`" in result.diagnostics[0].detail


def test_parameter_without_value_is_a_diagnostic(load: Load, tmp_path: Path) -> None:
    module = load("@workflow\ndef flow(depth: int) -> None: ...\n")

    result = trace(module.flow, {}, {}, root=tmp_path)

    assert [d.summary for d in result.diagnostics] == ["parameter `depth` of `flow` has no value"]


def test_workflow_without_annotation_is_a_diagnostic(load: Load, tmp_path: Path) -> None:
    module = load("@workflow\ndef flow(depth) -> None: ...\n")

    result = trace(module.flow, {}, {}, root=tmp_path)

    assert [d.summary for d in result.diagnostics] == ["workflow `flow` does not annotate `depth`"]
