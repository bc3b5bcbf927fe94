"""The flights example as its user runs it: plan, apply, change, plan again. Each command is a process of its own."""

import re
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from unknot.stacks.run import RunManifest

SIZE = "small"
CHECKS = {"keys_are_sound", "weather_is_known", "beats_baseline", "error_is_usual"}

pytestmark = pytest.mark.slow


def unknot(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "unknot", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def manifests(folder: Path) -> dict[str, list[RunManifest]]:
    """Sealed runs by workflow, in order of time."""
    found: dict[str, list[RunManifest]] = {}
    for file in sorted((folder / ".unknot" / "store" / "runs").glob("*/*/sealed")):
        manifest = msgspec.json.decode(file.read_bytes(), type=RunManifest)
        found.setdefault(manifest.address, []).append(manifest)
    return found


def edit(file: Path, prior: str, desired: str) -> None:
    text = file.read_text()
    assert text.count(prior) == 1
    file.write_text(text.replace(prior, desired))


def test_first_apply_trains_and_scores_and_later_plans_say_what_a_change_means(flights: Path) -> None:
    applied = unknot(flights, "apply", "--env", SIZE, "--yes")
    assert applied.returncode == 0, applied.stdout + applied.stderr

    runs = manifests(flights)
    (train,), (score,) = runs["workflow.train"], runs["workflow.score"]
    assert (train.status, score.status) == ("succeeded", "succeeded")
    assert (train.owner, score.owner) == ("delays@airline.example", "operations@airline.example")

    metrics = {task.op: task.metric for task in (*train.tasks, *score.tasks) if task.metric is not None}
    assert 20 < metrics["rms_error"] < metrics["baseline_rms_error"] < 45
    assert 10 < metrics["mean_absolute_error"] < metrics["rms_error"]
    assert 500 < metrics["flights_scored"] < 1100
    assert -30 < metrics["mean_predicted_delay"] < 120
    assert {task.op for task in train.tasks if task.passed} == CHECKS
    assert set(train.published) == {"model", "error"}
    assert train.published["model"].serializer == "skops"
    assert score.inputs["model"].hash == train.published["model"].hash
    assert score.published["predictions"].rows == metrics["flights_scored"]

    again = unknot(flights, "plan", "--env", SIZE, "--detailed-exitcode")
    assert again.returncode == 0, again.stdout + again.stderr

    _a_comment_runs_nothing(flights)
    _a_changed_op_runs_with_what_depends_on_it(flights)


def _a_comment_runs_nothing(folder: Path) -> None:
    edit(
        folder / "delays" / "quality.py",
        "    return len(predictions)\n",
        "    return len(predictions)  # all\n",
    )
    planned = unknot(folder, "plan", "--env", SIZE)

    assert planned.returncode == 0, planned.stdout + planned.stderr
    assert "metadata only" in planned.stdout
    assert re.search(r"^\s+runs ", planned.stdout, re.MULTILINE) is None


def _a_changed_op_runs_with_what_depends_on_it(folder: Path) -> None:
    edit(folder / "delays" / "quality.py", "return error < 45", "return error < 44")
    applied = unknot(folder, "apply", "--env", SIZE, "--yes")
    assert applied.returncode == 0, applied.stdout + applied.stderr

    latest = manifests(folder)["workflow.train"][-1]
    statuses = {task.op: task.status for task in latest.tasks}
    assert statuses.pop("error_is_usual") == "succeeded"
    assert set(statuses.values()) == {"reused"}


def test_failed_check_keeps_the_model_from_being_published(flights: Path) -> None:
    edit(flights / "delays" / "quality.py", "return error < baseline", "return error < baseline / 100")
    applied = unknot(flights, "apply", "--env", SIZE, "--yes")
    runs = manifests(flights)

    assert applied.returncode == 1
    assert "delays@airline.example" in applied.stdout + applied.stderr, "who is to be asked is named"
    assert runs["workflow.train"][0].status == "failed"
    assert runs["workflow.train"][0].published == {}
    assert "workflow.score" not in runs, "there is no model to score with"


def test_users_own_tests_and_types_pass(flights: Path) -> None:
    for command in (["pytest", "-q"], ["mypy", "stack.py", "delays", "tests"]):
        done = subprocess.run(
            [sys.executable, "-m", *command], cwd=flights, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
