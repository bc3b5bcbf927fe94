from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from unknot.stacks.diagnostic import SourceLocation
from unknot.stacks.graph import PythonCode
from unknot.stacks.workflow import TraceResult, trace

Trace = Callable[[str], TraceResult]

REJECTED = {
    "is": ("x = flights is None  # HERE", "compared (`is`)"),
    "is not": ("x = features(flights)\nif x is not None: pass  # HERE", "compared (`is not`)"),
    "equality": ("x = fit(flights) == 1  # HERE", "compared (`==`)"),
    "order": ("m = fit(flights)\ne = error_of(m, flights)\nok = 3 < e  # HERE", "compared (`<`)"),
    "in": ("m = [fit(flights)]\nok = 3 in m  # HERE", "compared (`in`)"),
    "isinstance": ("x = isinstance(flights, Table)  # HERE", "tested with `isinstance`"),
    "type": ("x = type(features(flights))  # HERE", "tested with `type`"),
    "if": ("e = error_of(fit(flights), flights)\nif e: pass  # HERE", "tested for truth (`if`)"),
    "if on a check": ("if good(1.0): pass  # HERE", "tested for truth (`if`)"),
    "conditional expression": ("x = 1 if flights else 2  # HERE", "tested for truth (`if`)"),
    "while": ("while flights: break  # HERE", "tested for truth (`while`)"),
    "assert": ("assert good(1.0)  # HERE", "tested for truth (`assert`)"),
    "not": ("x = not flights  # HERE", "tested for truth (`not`)"),
    "or": ("x = flights or weather  # HERE", "tested for truth (`and` or `or`)"),
    "filter": ("x = [t for t in [flights, weather] if t]  # HERE", "tested for truth (`if`)"),
    "f-string": ("x = f'{flights}'  # HERE", "put into an f-string"),
    "f-string of repr": ("x = f'{fit(flights)!r}'  # HERE", "put into an f-string"),
    "match": ("match features(flights):  # HERE\n    case _: pass", "matched"),
    "match on a bundle": ("p = split(flights)\nmatch p:  # HERE\n    case (a, b): fit(a)", "matched"),
    "try": ("try:  # HERE\n    fit(flights)\nexcept ValueError: pass", "guarded by `try`"),
    "loop": ("for row in features(flights): pass  # HERE", "iterated over"),
    "lambda": (
        "m = fit(flights)\nf = lambda: error_of(m, flights)  # HERE",
        "captured by an inner function (`m`)",
    ),
    "inner function": (
        "m = fit(flights)\ndef inner():  # HERE\n    return error_of(m, weather)\ninner()",
        "captured by an inner function (`m`)",
    ),
    "unpacked": ("a, b = split(flights)\nx = b is None  # HERE", "compared (`is`)"),
    "attribute": ("p = split(flights)\nx = p.train is None  # HERE", "compared (`is`)"),
    "walrus": ("x = (t := features(flights)) is None  # HERE", "compared (`is`)"),
    "named call": ("t = fit.named('first')(flights)\nx = t is None  # HERE", "compared (`is`)"),
    "loop variable": (
        "for m in [fit(flights, d) for d in depths]:\n    x = m is None  # HERE",
        "compared (`is`)",
    ),
    "appended": (
        "ms = []\nfor d in depths: ms.append(fit(flights, d))\nx = ms[0] is None  # HERE",
        "compared (`is`)",
    ),
    "dictionary": ("ms = {}\nms['a'] = fit(flights)\nx = ms['a'] is None  # HERE", "compared (`is`)"),
    "second branch": ("if fast:\n    pass\nelse:\n    x = flights is None  # HERE", "compared (`is`)"),
}


@pytest.mark.rule("F1")
@pytest.mark.parametrize(("body", "how"), REJECTED.values(), ids=REJECTED.keys())
def test_what_a_placeholder_cannot_see_is_found_in_the_syntax_tree(
    body: str, how: str, trace_body: Trace, line_of: Callable[[str], int]
) -> None:
    result = trace_body(body)

    assert result.graph is None
    [diagnostic] = [d for d in result.diagnostics if d.source and d.source.line == line_of("# HERE")]
    assert diagnostic.summary == f"an artifact cannot be {how} in a workflow's body"
    assert diagnostic.source is not None
    assert diagnostic.source.file == "flow.py"


ALLOWED = {
    "branch on a parameter": "if fast and frac < 0.5 and isinstance(frac, float):\n    fit(flights)\nelse:\n    fit(weather)",
    "loop over a parameter": "for depth in depths:\n    fit(flights, depth)",
    "count of artifacts": "ms = [fit(flights, d) for d in depths]\nif ms and len(ms) > 1 and ms is not None: error_of(ms[0], flights)",
    "match on a parameter": "match fast:\n    case True: fit(flights)\n    case _: fit(weather)",
    "try without artifacts": "try:\n    n = int('3')\nexcept ValueError:\n    n = 2\nfit(flights, n)",
    "f-string of a parameter": "fit.named(f'fit_{depths[0]}')(flights)",
    "helper that takes artifacts": "def helper(t, d):\n    return fit(t, d)\nhelper(flights, 2)",
    "lambda over plain values": "double = lambda n: n * 2\nfit(flights, double(depths[0]))",
    "name reused": "x = fit(flights)\nx = 3\nif x == 3: fit(weather, x)",
}


@pytest.mark.rule("F1")
@pytest.mark.parametrize("body", ALLOWED.values(), ids=ALLOWED.keys())
def test_a_body_may_compute_with_parameters(body: str, trace_body: Trace) -> None:
    result = trace_body(body)

    assert result.diagnostics == ()
    assert result.graph is not None
    assert any(task.op == "fit" for task in result.graph.tasks)


@pytest.mark.rule("F1")
def test_op_under_a_decorator_of_the_users_is_an_op(
    load: Callable[[str], ModuleType], tmp_path: Path, line_of: Callable[[str], int]
) -> None:
    module = load(
        """
        import functools

        def logged(function):
            @functools.wraps(function)
            def call(*args, **kwargs):
                return function(*args, **kwargs)
            return call

        @logged
        @op
        def clean(table: Table) -> Table:
            return table

        @workflow
        def flow(flights: Table) -> None:
            table = clean(flights)
            if table is None:  # HERE
                fit(table)
        """
    )

    result = trace(module.flow, {}, {"flights": None}, root=tmp_path)

    assert [d.summary for d in result.diagnostics] == [
        "an artifact cannot be compared (`is`) in a workflow's body"
    ]
    assert result.diagnostics[0].source == SourceLocation("flow.py", line_of("# HERE"))
    assert result.ops["clean"].code == PythonCode("flow", "clean")


@pytest.mark.rule("F1")
def test_every_problem_of_a_body_is_shown_at_once(trace_body: Trace) -> None:
    result = trace_body(
        """
        if flights is None:
            pass
        fit(flights, deph=3)
        x = f"{weather}"
        """
    )

    assert [d.summary for d in result.diagnostics] == [
        "an artifact cannot be compared (`is`) in a workflow's body",
        "an artifact cannot be put into an f-string in a workflow's body",
        "call of `fit`: it has no input `deph`",
    ]
