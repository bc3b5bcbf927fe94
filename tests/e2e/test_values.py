"""What ops can be and can return, through real runs: commands, notebooks, every serializer, limits and retries."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]
Write = Callable[[str, str], Path]

STACK = """\
from flows import w
from unknot import Stack


def stack() -> Stack:
    s = Stack("demo", owner="team@example.org")
    s.deploy(w.bind())
    return s
"""


@pytest.fixture
def run(unknot: Run, write: Write) -> Callable[[str], dict[str, Any]]:
    """Apply a project with these flows; the manifest of a run of `w` in which nothing is reused."""

    def go(flows: str) -> dict[str, Any]:
        write("flows.py", flows)
        write("stack.py", STACK)
        applied = unknot("apply", "--yes", "--no-runs")
        assert applied.code == 0, applied
        answer = unknot("run", "w", "--json")
        assert "runs" in answer.document, answer
        found: dict[str, Any] = answer.document["runs"][0]
        return found

    return go


def by_op(manifest: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {task["op"]: task for task in manifest["tasks"]}


def succeeded(manifest: dict[str, Any]) -> dict[str, dict[str, Any]]:
    assert manifest["status"] == "succeeded", manifest["tasks"]
    return by_op(manifest)


@pytest.mark.slow
def test_command_reads_and_writes_files(
    run: Callable[[str], dict[str, Any]], write: Write, unknot: Run
) -> None:
    write(
        "tools/upper.py",
        "import sys\nfrom pathlib import Path\n\n"
        "print('upper', sys.argv[3])\n"
        "Path(sys.argv[2]).write_text(Path(sys.argv[1]).read_text().upper() * int(sys.argv[3]))\n",
    )
    flows = (
        "from pathlib import Path\n\nfrom unknot import command, op, workflow\n\n\n"
        "@op\ndef written() -> Path:\n    Path('a.txt').write_text('abc')\n    return Path('a.txt')\n\n\n"
        "def signature(text: Path, times: int) -> Path: ...\n\n\n"
        "upper = command('python tools/upper.py {text} {value} {times}', signature=signature)\n\n\n"
        "@op\ndef length(text: Path) -> int:\n    return len(text.read_text())\n\n\n"
        "@workflow(name='w')\ndef w() -> int:\n    return length(upper(written(), 2))\n"
    )
    tasks = succeeded(run(flows))
    assert tasks["upper"]["outputs"]["value"]["size_bytes"] == 6
    assert "upper 2" in unknot("logs", "w").out
    write(
        "tools/upper.py",
        "import sys\nfrom pathlib import Path\n\n"
        "Path(sys.argv[2]).write_text(Path(sys.argv[1]).read_text() * int(sys.argv[3]))\n",
    )
    planned = unknot("plan")
    assert "`upper` changed" in planned.out, planned
    again = succeeded(run(flows))
    assert (again["written"]["status"], again["upper"]["status"]) == ("reused", "succeeded")


@pytest.mark.slow
def test_failing_command_says_its_code_and_keeps_its_output(
    run: Callable[[str], dict[str, Any]], write: Write, unknot: Run
) -> None:
    write("tools/bad.py", "import sys\n\nprint('about to fail', file=sys.stderr)\nsys.exit(3)\n")
    manifest = run(
        "from pathlib import Path\n\nfrom unknot import command, workflow\n\n"
        "bad = command('python tools/bad.py {value}', outputs=Path)\n\n\n"
        "@workflow(name='w')\ndef w() -> Path:\n    return bad()\n"
    )
    assert manifest["status"] == "failed"
    assert "3" in by_op(manifest)["bad"]["error"]
    assert "about to fail" in unknot("logs", "w").out


@pytest.mark.slow
def test_notebook_gets_inputs_and_gives_variables(run: Callable[[str], dict[str, Any]], write: Write) -> None:
    cell: dict[str, Any] = {
        "cell_type": "code",
        "execution_count": None,
        "metadata": {},
        "outputs": [],
        "id": "a",
    }
    notebook = {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
        "cells": [{**cell, "source": ["total = float(sum(values)) * factor\n", "print('total', total)"]}],
    }
    write("sums.ipynb", json.dumps(notebook))
    manifest = run(
        "from unknot import notebook, op, workflow\n\n\n"
        "@op\ndef numbers() -> list[int]:\n    return [1, 2, 3]\n\n\n"
        "def signature(values: list[int], factor: int) -> float: ...\n\n\n"
        "sums = notebook('sums.ipynb', inputs={'values': list[int], 'factor': int}, outputs={'total': float})\n\n\n"
        "@op\ndef shown(total: float) -> str:\n    return f'{total:.1f}'\n\n\n"
        "@workflow(name='w')\ndef w() -> str:\n    return shown(sums(values=numbers(), factor=2))\n"
    )
    tasks = succeeded(manifest)
    assert tasks["shown"]["outputs"]["value"]["size_bytes"] == len("12.0")


FRAMES = """\
import numpy as np
import pandas as pd
from sklearn.linear_model import LinearRegression

from unknot import op


@op
def frame() -> pd.DataFrame:
    return pd.DataFrame({"x": [1.0, 2.0, 3.0], "y": [2.0, 4.0, 6.0]})


@op
def fit(table: pd.DataFrame) -> LinearRegression:
    return LinearRegression().fit(table[["x"]], table["y"])


@op
def slope(model: LinearRegression, values: np.ndarray) -> float:
    return float(model.coef_[0] * values.sum())
"""

LAZY = """\
import polars as pl

from unknot import op


@op
def scanned() -> pl.LazyFrame:
    return pl.LazyFrame({"x": [1.0, 2.0, 3.0]})


@op
def filtered(table: pl.LazyFrame) -> pl.LazyFrame:
    assert isinstance(table, pl.LazyFrame)
    return table.filter(pl.col("x") > 1)


@op
def collected(table: pl.LazyFrame) -> pl.DataFrame:
    return table.collect()


@op
def counted(table: pl.DataFrame) -> int:
    return len(table)
"""

ARROW = """\
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.dataset as ds

from unknot import op


@op
def dataset() -> ds.Dataset:
    return ds.dataset(pa.table({"y": [2.0, 4.0, 6.0], "z": [0, 0, 0]}))


@op
def column(table: ds.Dataset) -> pa.Table:
    assert isinstance(table, ds.Dataset)
    return table.to_table(columns=["y"])


@op
def array(table: pa.Table) -> np.ndarray:
    return table.column("y").to_numpy()


@op
def report(slope: float, rows: int) -> Path:
    path = Path("report.txt")
    path.write_text(f"{slope:.1f} {rows}")
    return path


@op
def read(path: Path) -> str:
    return path.read_text()
"""

TABLES = """\
from arrows import array, column, dataset, read, report
from frames import fit, frame, slope
from lazy import collected, counted, filtered, scanned
from unknot import workflow


@workflow(name="w")
def w() -> str:
    rows = counted(collected(filtered(scanned())))
    return read(report(slope(fit(frame()), array(column(dataset()))), rows))
"""


@pytest.mark.slow
def test_each_kind_of_value_travels_from_task_to_task(
    run: Callable[[str], dict[str, Any]], write: Write, project: Path
) -> None:
    write("frames.py", FRAMES)
    write("lazy.py", LAZY)
    write("arrows.py", ARROW)
    manifest = run(TABLES)
    tasks = succeeded(manifest)
    outputs = {name: task["outputs"]["value"] for name, task in tasks.items()}
    assert (outputs["frame"]["rows"], outputs["filtered"]["rows"], outputs["column"]["rows"]) == (3, 2, 3)
    assert outputs["frame"]["schema"] == {"x": "double", "y": "double"}
    assert outputs["report"]["file_name"] == "report.txt"
    assert "pickle" not in {output["serializer"] for output in outputs.values()}
    value = manifest["published"]["value"]
    assert (project / ".unknot" / "store" / value["location"]).read_text() == "24.0 2"


@pytest.mark.slow
def test_task_over_its_memory_is_ended_with_a_clear_reason(run: Callable[[str], dict[str, Any]]) -> None:
    manifest = run(
        "from unknot import op, workflow\n\n\n"
        "@op(memory='300MiB')\ndef hungry() -> int:\n"
        "    return sum(len(b) for b in [bytearray(64 * 2**20) for _ in range(20)])\n\n\n"
        "@workflow(name='w')\ndef w() -> int:\n    return hungry()\n"
    )
    error = by_op(manifest)["hungry"]["error"]
    assert manifest["status"] == "failed"
    assert "memory" in error.lower(), error
    assert "300" in error or "MemoryError" in error, error


@pytest.mark.slow
def test_task_over_its_time_is_ended_with_a_clear_reason(run: Callable[[str], dict[str, Any]]) -> None:
    manifest = run(
        "import threading\n\nfrom unknot import op, workflow\n\n\n"
        "@op(timeout_s=0.5)\ndef slow() -> int:\n    threading.Event().wait(60)\n    return 1\n\n\n"
        "@workflow(name='w')\ndef w() -> int:\n    return slow()\n"
    )
    assert manifest["status"] == "failed"
    assert "0.5" in by_op(manifest)["slow"]["error"]


@pytest.mark.slow
def test_retries_are_recorded_as_attempts(
    run: Callable[[str], dict[str, Any]], tmp_path: Path, unknot: Run
) -> None:
    manifest = run(
        "from pathlib import Path\n\nfrom unknot import op, workflow\n\n\n"
        "@op(retries=2, retry_delay_s=0.05)\ndef flaky() -> int:\n"
        f"    marks = Path({str(tmp_path)!r}) / 'tries'\n"
        "    tries = len(marks.read_text()) if marks.exists() else 0\n"
        "    marks.write_text('x' * (tries + 1))\n"
        "    if tries < 2:\n        raise RuntimeError(f'try {tries + 1}')\n    return tries\n\n\n"
        "@workflow(name='w')\ndef w() -> int:\n    return flaky()\n"
    )
    assert succeeded(manifest)["flaky"]["attempts"] == 3
    attempts = unknot("runs", "show", "w", "--json").document["detail"]["attempts"]
    assert [a["status"] for a in attempts] == ["failed", "failed", "succeeded"]
    assert "try 1" in attempts[0]["error"]


@pytest.mark.slow
@pytest.mark.rule("F2")
@pytest.mark.parametrize("declared", ["words.txt", "data"])
def test_declared_file_travels_and_counts_as_code(
    run: Callable[[str], dict[str, Any]], write: Write, unknot: Run, declared: str
) -> None:
    file = "words.txt" if declared == "words.txt" else "data/words.txt"
    write(file, "one two")
    flows = (
        "from pathlib import Path\n\nfrom unknot import op, workflow\n\n\n"
        f"@op(files=[{declared!r}])\ndef count() -> int:\n    return len(Path({file!r}).read_text().split())\n\n\n"
        "@workflow(name='w')\ndef w() -> int:\n    return count()\n"
    )
    assert succeeded(run(flows))["count"]["status"] == "succeeded"
    write(file, "one two three")
    planned = unknot("plan").out
    assert "`count` changed" in planned
    assert f"`{file}`" in planned or file in planned
    assert succeeded(run(flows))["count"]["status"] == "succeeded"
