import datetime as dt
import inspect
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import pytest

from unknot.stacks.graph import Resources
from unknot.stacks.workflow import (
    SCHEDULED,
    ScheduledTime,
    TraceResult,
    check,
    metric,
    op,
    trace,
    workflow,
)

Load = Callable[[str], ModuleType]


class Pair(NamedTuple):
    low: int
    high: int


@op
def spread(values: list[int], *, by: int = 1) -> Pair:
    """Lowest and highest."""
    return Pair(min(values) - by, max(values) + by)


@metric(name="width", cpu=0.5)
def width_of(low: int, high: int) -> int:
    return high - low


@check(severity="warning")
def narrow(width: int) -> bool:
    return width < 10


@op
def hour_of(at: ScheduledTime = SCHEDULED) -> ScheduledTime:
    return at


@workflow
def measure(values: list[int], at: ScheduledTime = SCHEDULED) -> tuple[bool, ScheduledTime]:
    pair = spread(values, by=2)
    return narrow(width_of(pair.low, pair.high)), at


def test_direct_calls_just_run() -> None:
    assert spread([3, 5]) == Pair(2, 6)
    assert width_of(1, high=3) == 2
    assert narrow(3) is True
    assert spread.named("first")([1]) == Pair(0, 2)


def test_workflow_called_directly_runs_its_body_now() -> None:
    before = dt.datetime.now(dt.UTC)
    is_narrow, at = measure([1, 2])

    assert is_narrow is True
    assert before <= at <= dt.datetime.now(dt.UTC)


def test_time_of_a_direct_call_is_the_present_unless_given() -> None:
    given = ScheduledTime.of(dt.datetime(2024, 1, 2, 3))

    assert hour_of(given) is given
    assert hour_of(at=given) is given
    assert hour_of() > given
    assert given.tzinfo is dt.UTC


def test_scheduled_time_is_in_utc() -> None:
    zurich = dt.datetime(2024, 1, 2, 3, tzinfo=dt.timezone(dt.timedelta(hours=1)))

    assert ScheduledTime.of(zurich).isoformat() == "2024-01-02T02:00:00+00:00"


def test_op_shows_what_it_wraps() -> None:
    assert spread.name == "spread"
    assert spread.__wrapped__ is spread.function  # type: ignore[attr-defined]
    assert spread.doc == "Lowest and highest."
    assert inspect.signature(spread) == inspect.signature(spread.function)
    assert (width_of.name, width_of.kind, width_of.resources) == ("width", "metric", Resources(cpu=0.5))
    assert (narrow.kind, narrow.severity) == ("check", "warning")
    assert repr(width_of) == "<metric width>"


def test_renaming_the_function_keeps_the_workflows_name() -> None:
    @workflow(name="train")
    def anything() -> None: ...

    assert anything.name == "train"
    assert measure.name == "measure"


PROBLEMS = {
    "metric of text": (
        "@metric\ndef bad(a: int) -> str: return ''",
        "metric `bad` returns `str`, not a number",
    ),
    "metric that may be nothing": (
        "@metric\ndef bad(a: int) -> float | None: return 1.0",
        "metric `bad` returns `float | None`, not a number",
    ),
    "check of a number": (
        "@check\ndef bad(a: int) -> int: return 1",
        "check `bad` returns `int`, not `bool`",
    ),
    "no result annotation": ("@op\ndef bad(a: int): ...", "op `bad` does not annotate what it returns"),
    "no input annotation": ("@op\ndef bad(a) -> int: ...", "op `bad` does not annotate `a`"),
    "unknown annotation": (
        "@op\ndef bad(a: int) -> 'Tabel': ...",
        "op `bad` has an annotation that cannot be resolved: name 'Tabel' is not defined",
    ),
    "broken annotation": (
        "@op\ndef bad(a: 'int |') -> int: ...",
        "op `bad` has an annotation that cannot be read",
    ),
    "any number of inputs": ("@op\ndef bad(*a: int) -> int: ...", "op `bad` takes `*a`"),
    "coroutine": ("@op\nasync def bad(a: int) -> int: ...", "op `bad` is a coroutine (`async def`)"),
    "generator": ("@op\ndef bad(a: int) -> list[int]: yield 1", "op `bad` is a generator (it uses `yield`)"),
    "nested bundle": (
        "class Outer(NamedTuple):\n    inner: Split\n@op\ndef bad(a: int) -> Outer: ...",
        "op `bad` returns a bundle inside a bundle (`inner`)",
    ),
    "memory without unit": (
        "@op(memory='8')\ndef bad(a: int) -> int: ...",
        "op `bad`: `memory='8'` is not a size",
    ),
    "no cores": ("@op(cpu=0)\ndef bad(a: int) -> int: ...", "op `bad`: `cpu=0` is not above 0"),
    "negative retries": (
        "@op(retries=-1)\ndef bad(a: int) -> int: ...",
        "op `bad`: `retries=-1` is below 0",
    ),
    "name": ("@op(name='a b')\ndef bad(a: int) -> int: ...", "`a b` cannot be the name of an op"),
    "missing file": (
        "@op(files=('rates.csv',))\ndef bad(a: int) -> int: ...",
        "op `bad`: the file `rates.csv` does not exist",
    ),
    "file outside": (
        "@op(files=('../rates.csv',))\ndef bad(a: int) -> int: ...",
        "op `bad`: `../rates.csv` is not a file of the project",
    ),
    "lambda": ("bad = op(name='bad')(lambda a: a)", "op `bad` does not annotate `a`"),
    "partial": (
        "import functools\nbad = op(name='bad')(functools.partial(split.function, frac=0.1))",
        "op `bad` is a `partial`, not a function",
    ),
    "written in C": ("bad = op(name='bad')(max)", "op `bad` has no signature"),
    "local function": (
        "def make():\n    @op\n    def bad(a: int) -> int: ...\n    return bad\nbad = make()",
        "op `bad` cannot be found again by its name",
    ),
    "local type": (
        "def make():\n    class Local: ...\n    return Local\nLocal = make()\n@op\ndef bad(a: int) -> Local: ...",
        "type of `value` of `bad` cannot be found by name",
    ),
    "name taken over": (
        "@op\ndef bad(a: int) -> int: ...\nbad.function.__qualname__ = 'Table'",
        "op `bad` cannot be found again by its name",
    ),
}


@pytest.mark.parametrize(("source", "summary"), PROBLEMS.values(), ids=PROBLEMS.keys())
def test_wrong_op_is_a_diagnostic_where_it_is_defined(
    source: str, summary: str, load: Load, tmp_path: Path
) -> None:
    module = load(source + "\n\n@workflow\ndef flow() -> None:\n    bad(1)\n")

    result = trace(module.flow, {}, {}, root=tmp_path)

    assert result.graph is None
    diagnostic = result.diagnostics[0]
    assert diagnostic.summary.startswith(summary)
    assert diagnostic.detail
    assert diagnostic.source is not None
    assert diagnostic.source.file == "flow.py"
    defined = (tmp_path / "flow.py").read_text().splitlines()[diagnostic.source.line - 1]
    assert defined.lstrip().startswith(("@", "bad ="))


def problem_of(result: TraceResult) -> tuple[str, str]:
    [diagnostic] = result.diagnostics
    return diagnostic.summary, diagnostic.detail


def test_closure_over_state_names_what_it_holds(load: Load, tmp_path: Path) -> None:
    module = load(
        """
        def make(connection, factor):
            @op
            def bad(a: int) -> int:
                return connection.read(a) * factor
            return bad

        bad = make(Table(), 3)

        @workflow
        def flow() -> None:
            bad(1)
        """
    )

    summary, detail = problem_of(trace(module.flow, {}, {}, root=tmp_path))

    assert summary == "op `bad` cannot be found again by its name"
    assert detail.startswith("It is a closure over `connection` (a `flow.Table`).")
    assert "pass what it needs as inputs" in detail


def test_lambda_as_op_is_refused_with_advice(load: Load, tmp_path: Path) -> None:
    module = load(
        """
        double = lambda a: a
        double.__annotations__ = {"a": int, "return": int}
        bad = op(name="bad")(double)

        @workflow
        def flow() -> None:
            bad(1)
        """
    )

    summary, detail = problem_of(trace(module.flow, {}, {}, root=tmp_path))

    assert summary == "op `bad` cannot be found again by its name"
    assert "It is a lambda." in detail
    assert "with `def`" in detail


def test_workflow_inside_a_function_is_a_diagnostic(tmp_path: Path) -> None:
    @workflow
    def inner() -> None: ...

    summary, detail = problem_of(trace(inner, {}, {}, root=tmp_path))

    assert summary == "workflow `inner` cannot be found again by its name"
    assert "top level" in detail


def test_op_in_a_notebook_is_a_diagnostic_and_in_a_script_works(
    load: Load, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = load("@workflow\ndef flow() -> None:\n    stamp(dt.datetime(2024, 1, 1))\n")
    monkeypatch.setitem(sys.modules, "__main__", module)
    monkeypatch.setattr(module, "__spec__", None)
    for function in (module.flow.function, module.stamp.function):
        monkeypatch.setattr(function, "__module__", "__main__")

    as_script = trace(module.flow, {}, {}, root=tmp_path)
    monkeypatch.delattr(module, "__file__")
    in_notebook = trace(module.flow, {}, {}, root=tmp_path)

    assert as_script.graph is not None
    assert as_script.graph.module == "flow"
    assert [d.summary for d in in_notebook.diagnostics] == [
        "workflow `flow` cannot be found again by its name",
        "op `stamp` cannot be found again by its name",
    ]
    assert "notebook" in in_notebook.diagnostics[1].detail
