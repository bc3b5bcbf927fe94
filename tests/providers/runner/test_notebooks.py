"""A notebook as an op: inputs become variables, variables become outputs."""

import json
from pathlib import Path

import pyarrow as pa
import pytest

from unknot.providers.runner.artifacts import read_artifact, write_artifact
from unknot.providers.runner.assignment import Assembly, TaskAssignment, TaskOutcome
from unknot.providers.runner.perform import perform
from unknot.stacks.address import Address, Uid
from unknot.stacks.bundle import pack
from unknot.stacks.graph import NotebookCode, OpSpec, OutputSpec, WorkflowGraph
from unknot.stacks.run import TaskEvent
from unknot.state.stores.local import LocalStore

pytestmark = pytest.mark.slow


def cell(source: str, *tags: str) -> dict[str, object]:
    return {
        "cell_type": "code",
        "execution_count": None,
        "id": f"c{len(source)}",
        "metadata": {"tags": list(tags)},
        "outputs": [],
        "source": source,
    }


def test_notebook_takes_inputs_and_gives_outputs(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    outcome, store = run(tmp_path, "answer = [value * factor for value in values]\nprint('done')")

    assert outcome.record.status == "succeeded", outcome
    assert read_artifact(outcome.record.outputs["answer"], store, tmp_path) == [3, 6]
    assert "done" in capfd.readouterr().out


def test_list_of_artifacts_is_a_list_in_the_notebook(tmp_path: Path) -> None:
    source = "answer = [type(tables).__name__, [t.num_rows for t in tables], [both[0].num_rows, both[1]]]"
    table = pa.table({"n": [1, 2, 3]})
    outcome, store = run(tmp_path, source, tables=[table, table.slice(1)], one=table)

    assert outcome.record.status == "succeeded", outcome
    assert read_artifact(outcome.record.outputs["answer"], store, tmp_path) == ["list", [3, 2], [3, 7]]


def test_failing_cell_is_the_tasks_error(tmp_path: Path) -> None:
    outcome, _ = run(tmp_path, "raise KeyError('no such column')")
    assert outcome.record.error == "KeyError: 'no such column'"
    assert "raise KeyError" in outcome.traceback


def run(tmp_path: Path, source: str, **artifacts: object) -> tuple[TaskOutcome, LocalStore]:
    """With `both`, made of the artifact `one` and 7, where that is given."""
    notebook = {
        "cells": [cell("factor = 1", "parameters"), cell(source)],
        "metadata": {},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    project = tmp_path / "project"
    project.mkdir()
    (project / "model.ipynb").write_text(json.dumps(notebook))
    bundle = pack(project, ["model.ipynb"], WorkflowGraph("f", "f", "f", ops={}, tasks=()))
    store = LocalStore(tmp_path / "store")
    store.put_if_absent(f"bundles/{bundle.hash}", bundle.data)
    events: list[TaskEvent] = []
    op = OpSpec(
        "model",
        "op",
        NotebookCode("model.ipynb"),
        (OutputSpec("answer", "builtins:list"),),
        {"values": "builtins:list"},
        elements={"tables": "pyarrow.lib:Table"},
    )
    (tmp_path / "in").mkdir()
    assignment = TaskAssignment(
        uid=Uid("u"),
        address=Address("workflow.f"),
        run="r",
        task="model",
        attempt=1,
        op=op,
        artifacts={
            "both[0]" if name == "one" else name: write_artifact(store, value, tmp_path / "in", name=name)
            for name, value in {"values": [1, 2], **artifacts}.items()
        },
        values={"factor": 3, **({"both[1]": 7} if "one" in artifacts else {})},
        assemblies={"both": Assembly(("both[0]", "both[1]"))} if "one" in artifacts else {},
        bundle=bundle.hash,
        scratch=str(tmp_path / "scratch"),
    )
    return perform(assignment, store, events.append, {}), store
