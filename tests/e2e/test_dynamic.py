"""A workflow whose shape is known only when it runs, from the command line."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]
Write = Callable[[str, str], Path]
Edit = Callable[[str, str, str], None]

FLOW = """\
import pandas as pd
from unknot import each, op, when, workflow


@op
def table(rows: int) -> pd.DataFrame:
    return pd.DataFrame({"n": range(rows)})


@op
def parts(table: pd.DataFrame) -> list[pd.DataFrame]:
    return [part for _, part in table.groupby(table.n % 3)]


@op
def score(part: pd.DataFrame, by: int) -> int:
    print("rows", len(part))
    return int(part.n.sum()) * by


@op
def is_large(scores: list[int]) -> bool:
    return sum(scores) > 1000


@op
def report(scores: list[int]) -> dict[str, int]:
    return {"total": sum(scores)}


@workflow(name="audit")
def audit(rows: int = 9) -> dict[str, int]:
    scores = each(score, over=parts(table(rows)), by=2)
    return when(is_large(scores), then=lambda: {"total": -1}, otherwise=lambda: report(scores))
"""

STACK = """\
from flow import audit
from unknot import Stack


def stack() -> Stack:
    s = Stack("demo", owner="team@example.org")
    s.deploy(audit.bind())
    return s
"""


@pytest.fixture
def flow(write: Write) -> None:
    write("flow.py", FLOW)
    write("stack.py", STACK)


def rows_of(shown: str) -> dict[str, str]:
    """Lines of a run's table by the task that they are about."""
    return {line.split()[0]: line for line in shown.splitlines() if " op " in line}


@pytest.mark.slow
@pytest.mark.usefixtures("flow")
def test_elements_are_run_reused_and_told_one_by_one(unknot: Run, edit: Edit) -> None:
    valid = unknot("validate")
    assert valid.code == 0, valid  # traced again under another hash seed
    applied = unknot("apply", "--yes")
    assert applied.code == 0, applied
    assert "score[2]  ok" in applied.err

    assert unknot("logs", "audit", "score[1]").out == "score[1] | rows 3\n"
    lineage = unknot("lineage", "workflow.audit").out
    for task in ("table", "parts", "score[0]", "score", "report"):
        assert f"workflow.audit {task}\n" in lineage
    graph = unknot("graph", "audit").out
    assert "each op score" in graph
    assert unknot("plan", "--detailed-exitcode").code == 0

    forced = rows_of(unknot("run", "audit", "--from-task", "score[1]").out)
    assert "succeeded" in forced["score[1]"]
    assert "reused" in forced["score[0]"]

    edit("flow.py", "range(rows)})", "[0, 1, 2, 3, 4, 5, 6, 7, 80]})")
    unknot("apply", "--yes")
    rows = rows_of(unknot("runs", "show", "audit").out)
    assert "reused" in rows["score[0]"]
    assert "succeeded" in rows["score[2]"]
    assert "3 elements, 2 reused" in rows["score"]
    assert "report" in rows

    edit("flow.py", "> 1000", "> 10")
    unknot("apply", "--yes")
    assert "branch not taken" in rows_of(unknot("runs", "show", "audit").out)["report"]
