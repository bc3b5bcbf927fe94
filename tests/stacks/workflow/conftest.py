"""Small user projects for tests of the language: a module of ops, and a workflow body put below them."""

import importlib
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

from unknot.stacks.address import Address
from unknot.stacks.workflow import ArtifactInput, TraceResult, trace

OPS = """\
import dataclasses
import datetime as dt
import enum
from pathlib import Path
from typing import Any, Literal, NamedTuple

from unknot.stacks.workflow import SCHEDULED, ScheduledTime, check, metric, op, workflow


class Table: ...


class Model: ...


class Split(NamedTuple):
    train: Table
    test: Table


@dataclasses.dataclass(frozen=True)
class Report:
    model: Model
    error: float

    def __post_init__(self) -> None:
        assert self.error < 100


@op
def features(table: Table, columns: list[str] | None = None) -> Table:
    return table


@op(cpu=1, memory="1GiB", retries=2)
def split(table: Table, frac: float = 0.2) -> Split:
    return Split(table, table)


@op
def fit(table: Table, depth: int = 3) -> Model:
    return Model()


@op
def evaluate(model: Model) -> Report:
    return Report(model, 1.0)


@op
def halves(table: Table) -> tuple[Table, Model]:
    return table, Model()


@op
def stamp(at: dt.datetime) -> None: ...


@metric
def error_of(model: Model, table: Table) -> float:
    return 1.5


@check
def good(error: float) -> bool:
    return error < 25
"""


@pytest.fixture
def load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], ModuleType]]:
    """Write `flow.py` into an empty project, the ops above and the given text, and import it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    loaded: list[str] = []

    def load(source: str, name: str = "flow") -> ModuleType:
        (tmp_path / f"{name}.py").write_text(OPS + textwrap.dedent(source))
        sys.modules.pop(name, None)
        importlib.invalidate_caches()
        loaded.append(name)
        # Two loads within a second have one time stamp, by which Python takes its cached bytecode.
        monkeypatch.setattr(sys, "dont_write_bytecode", True)
        return importlib.import_module(name)

    yield load
    for name in loaded:
        sys.modules.pop(name, None)


@pytest.fixture
def trace_body(load: Callable[[str], ModuleType], tmp_path: Path) -> Callable[[str], TraceResult]:
    """Trace a workflow with that body, over a table `flights`, a table `weather` and some parameters."""

    def trace_body(body: str, returns: str = "None") -> TraceResult:
        module = load(
            "\n\n@workflow(name='train')\n"
            "def flow(flights: Table, weather: Table, at: ScheduledTime = SCHEDULED, frac: float = 0.2,\n"
            f"         fast: bool = False, depths: tuple[int, ...] = (2, 3)) -> {returns}:\n"
            + textwrap.indent(textwrap.dedent(body), "    ")
        )
        dataset = Address("dataset.flights")
        inputs = {name: ArtifactInput(dataset, (name,), module.Table) for name in ("flights", "weather")}
        return trace(module.flow, {}, inputs, root=tmp_path)

    return trace_body


@pytest.fixture
def line_of(tmp_path: Path) -> Callable[[str], int]:
    """The number of the only line of `flow.py` that holds a text."""

    def line_of(text: str) -> int:
        lines = (tmp_path / "flow.py").read_text().splitlines()
        [found] = [number for number, line in enumerate(lines, start=1) if text in line]
        return found

    return line_of
