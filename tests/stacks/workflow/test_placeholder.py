import math
from collections.abc import Callable
from typing import Any

import pytest

from unknot.stacks.address import Address
from unknot.stacks.workflow import ArtifactInput, PlaceholderMisuse, TraceResult, bound_artifact_of

Trace = Callable[[str], TraceResult]

# The pass over the body stays silent about these: only the placeholder itself sees them.
MISUSES = {
    "attribute": "table.shape",
    "attribute that the placeholder could have itself": "table.type",
    "setting an attribute": "table.name = 1",
    "deleting an attribute": "del table.name",
    "index": "table[0]",
    "assigning to an index": "table[0] = 1",
    "deleting an index": "del table[0]",
    "iteration": "list(table)",
    "reversed": "reversed(table)",
    "unpacking": "a, b = table",
    "length": "len(table)",
    "truth": "bool(table)",
    "hash": "{table}",
    "key": "{table: 1}",
    "text": "str(table)",
    "format": "format(table)",
    "percent": "'%s' % table",
    "print": "print(table)",
    "path": "Path(table)",
    "open": "open(table)",
    "bytes": "bytes(table)",
    "int": "int(table)",
    "float": "float(table)",
    "complex": "complex(table)",
    "round": "round(table)",
    "abs": "abs(table)",
    "negative": "-table",
    "index of a list": "[1, 2][table]",
    "addition": "table + 1",
    "reflected addition": "1 + table",
    "in-place addition": "table += 1",
    "matrix product": "table @ table",
    "power": "2 ** table",
    "divmod": "divmod(table, 2)",
    "and": "table & 1",
    "comparison of a copy": "[table].index(3)",
    "membership in a list": "3 in [table]",
    "sorting": "sorted([table, table])",
    "maximum": "max(table, 1)",
    "call": "table()",
    "with": "with table: pass",
    "copy": "import copy; copy.deepcopy(table)",
    "pickle": "import pickle; pickle.dumps(table)",
    "hasattr": "hasattr(vars(), 'x') or getattr(table, 'x', None)",
}


@pytest.mark.rule("F1")
@pytest.mark.parametrize("misuse", MISUSES.values(), ids=MISUSES.keys())
def test_misuse_of_an_artifact_is_a_diagnostic_at_its_line(
    misuse: str, trace_body: Trace, line_of: Callable[[str], int]
) -> None:
    result = trace_body(f"table = features(flights)\n{misuse}  # HERE\n")

    assert result.graph is None
    [diagnostic] = result.diagnostics
    assert "artifact" in diagnostic.summary
    assert "cannot be" in diagnostic.summary
    assert len(diagnostic.summary) < 80
    assert diagnostic.source is not None
    assert (diagnostic.source.file, diagnostic.source.line) == ("flow.py", line_of("# HERE"))


@pytest.mark.rule("F1")
def test_misuse_that_the_body_catches_is_reported_all_the_same(trace_body: Trace) -> None:
    result = trace_body(
        """
        import contextlib
        table = flights
        with contextlib.suppress(Exception):
            len(table)
        features(table)
        """
    )

    assert result.graph is None
    [diagnostic] = result.diagnostics
    assert diagnostic.summary == "artifact `flights` cannot be measured with `len`"


@pytest.mark.rule("F1")
def test_the_time_of_the_run_is_not_known_in_a_body(trace_body: Trace) -> None:
    result = trace_body("stamp(at.replace(hour=3))")

    assert [d.summary for d in result.diagnostics] == ["artifact `at` cannot be asked for `.replace`"]


@pytest.mark.rule("F1")
@pytest.mark.parametrize(
    "use",
    [
        bool,
        len,
        str,
        hash,
        list,
        math.floor,
        lambda v: v == 1,
        lambda v: v.columns,
        lambda v: f"{v}",
        lambda v: v + 1,
    ],
)
def test_a_bound_value_cannot_be_computed_with_in_a_stack(use: Callable[[Any], object]) -> None:
    value = ArtifactInput(Address("dataset.flights"), ("value",), list)

    with pytest.raises(PlaceholderMisuse) as caught:
        use(value)

    [diagnostic] = caught.value.diagnostics()
    assert "`dataset.flights.value`" in diagnostic.summary
    assert diagnostic.source is not None
    assert diagnostic.source.file == __file__


def test_a_bound_value_says_what_it_stands_for() -> None:
    value = ArtifactInput(Address("workflow.train"), ("published", "model"), dict, "other/prod")

    artifact = bound_artifact_of(value)

    assert artifact.address == "workflow.train"
    assert artifact.path == ("published", "model")
    assert artifact.type is dict
    assert artifact.stack == "other/prod"
    assert repr(value) == "<artifact workflow.train.published.model>"
