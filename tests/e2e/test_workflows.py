"""The life of a workflow on the local engine: deployed, run, changed, failed, mended, run again in part."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]
Write = Callable[[str, str], Path]
Edit = Callable[[str, str, str], None]

HELPERS = """\
def scale(value: int) -> int:
    return value * 2
"""

FLOWS = """\
from typing import NamedTuple

from helpers import scale
from unknot import SCHEDULED, ScheduledTime, check, metric, op, workflow


class Made(NamedTuple):
    numbers: list[int]
    total: float


@op
def numbers(count: int) -> list[int]:
    return list(range(count))


@op
def scaled(values: list[int]) -> list[int]:
    return [scale(value) for value in values]


@metric
def total(values: list[int]) -> float:
    return float(sum(values))


@check(severity="error")
def plausible(total: float) -> bool:
    return total < 100


@check(severity="warning")
def small(total: float) -> bool:
    return total < 50


@workflow(name="make")
def make(count: int = 4) -> Made:
    values = scaled(numbers(count))
    found = total(values)
    plausible(found)
    small(found)
    return Made(values, found)


@op
def described(values: list[int]) -> str:
    return f"{len(values)} values up to {max(values)}"


@workflow(name="use")
def use(values: list[int]) -> str:
    return described(values)


@op
def stamped(at: ScheduledTime) -> str:
    return at.isoformat()


@workflow(name="nightly")
def nightly(at: ScheduledTime = SCHEDULED) -> str:
    return stamped(at)
"""

STACK = """\
from flows import make, nightly, use
from unknot import After, Cron, Environment, Stack


class Env(Environment):
    count: int = 4


def stack(env: Env) -> Stack:
    s = Stack("demo", owner="team@example.org")
    made = s.deploy(make.bind(count=env.count), owner="makers@example.org")
    s.deploy(use.bind(values=made.published.numbers), schedule=After(made))
    s.deploy(nightly.bind(), schedule=Cron("0 3 * * *"), run_on_apply=False)
    return s
"""


@pytest.fixture
def flows(write: Write) -> None:
    write("helpers.py", HELPERS)
    write("flows.py", FLOWS)
    write("stack.py", STACK)


def tasks(manifest: dict[str, Any]) -> dict[str, str]:
    return {task["op"]: task["status"] for task in manifest["tasks"]}


def last_run(unknot: Run, workflow: str) -> dict[str, Any]:
    found: dict[str, Any] = unknot("runs", "show", workflow, "--json").document["detail"]["run"]
    return found


def by_address(unknot: Run) -> dict[str, dict[str, Any]]:
    return {row["address"]: row for row in unknot("ps", "--json").document["resources"]}


def tasks_of(unknot: Run, workflow: str) -> dict[str, str]:
    return tasks(unknot("runs", "show", workflow, "--json").document["detail"])


@pytest.mark.slow
@pytest.mark.usefixtures("flows")
def test_apply_runs_each_workflow_once_in_order_and_the_record_answers(unknot: Run) -> None:
    applied = unknot("apply", "--yes")
    assert applied.code == 0, applied
    rows = by_address(unknot)
    assert rows["workflow.make"]["status"] == "succeeded"
    assert rows["workflow.use"]["status"] == "succeeded"
    assert rows["workflow.nightly"]["status"] == "never run"
    assert rows["workflow.make"]["owner"] == "makers@example.org"
    again = unknot("plan", "--detailed-exitcode")
    assert again.code == 0, again


@pytest.mark.slow
@pytest.mark.rule("F2")
@pytest.mark.usefixtures("flows")
def test_comment_is_metadata_only_and_leaves_the_cache_valid(unknot: Run, edit: Edit) -> None:
    unknot("apply", "--yes")
    first = last_run(unknot, "make")["run"]
    edit("flows.py", "    return list(range(count))", "    # from zero\n    return list( range(count) )")
    planned = unknot("plan")
    assert "metadata only" in planned.out
    assert "runs" not in planned.out.split("Plan:")[1]
    assert unknot("apply", "--yes").code == 0
    assert last_run(unknot, "make")["run"] == first
    assert unknot("run", "make").code == 0
    assert set(tasks_of(unknot, "make").values()) == {"reused"}


@pytest.mark.slow
@pytest.mark.usefixtures("flows")
def test_changed_op_and_what_follows_run_again_and_the_rest_is_reused(unknot: Run, edit: Edit) -> None:
    unknot("apply", "--yes")
    edit("flows.py", "float(sum(values))", "float(sum(values)) + 1")
    planned = unknot("plan")
    assert "`total`" in planned.out, planned
    applied = unknot("apply", "--yes", "--json")
    assert applied.code == 0, applied
    assert tasks_of(unknot, "make") == {
        "numbers": "reused",
        "scaled": "reused",
        "total": "succeeded",
        "plausible": "succeeded",
        "small": "succeeded",
    }
    shown = unknot("runs", "show", "make").out
    assert "inputs and code unchanged since run" in shown


@pytest.mark.slow
@pytest.mark.usefixtures("flows")
def test_changed_helper_of_another_module_is_named(unknot: Run, edit: Edit) -> None:
    unknot("apply", "--yes")
    edit("helpers.py", "value * 2", "value * 3")
    planned = unknot("plan").out
    assert "helpers" in planned
    assert "scale" in planned
    assert unknot("apply", "--yes").code == 0
    assert tasks_of(unknot, "make")["numbers"] == "reused"
    assert tasks_of(unknot, "make")["scaled"] == "succeeded"


@pytest.mark.slow
@pytest.mark.rule("F1")
@pytest.mark.usefixtures("flows")
def test_failed_error_check_publishes_nothing_and_stops_what_follows(unknot: Run, edit: Edit) -> None:
    applied = unknot("apply", "--yes", "--var", "count=20")
    assert applied.code == 1
    assert "plausible" in applied.out + applied.err
    assert "makers@example.org" in applied.out + applied.err
    assert "because of `workflow.make`" in applied.out + applied.err
    run = last_run(unknot, "make")
    assert run["status"] == "failed"
    refused = unknot("run", "use")
    assert refused.code == 1
    assert "has published none" in refused.err
    rows = by_address(unknot)
    assert (rows["workflow.make"]["failed"], rows["workflow.make"]["failed_kind"]) == ("plausible", "check")
    again = unknot("plan", "--var", "count=20", "--detailed-exitcode")
    assert again.code == 2
    assert "its last run failed" in again.out
    mended = unknot("apply", "--yes")
    assert mended.code == 0, mended
    assert unknot("plan", "--detailed-exitcode").code == 0


@pytest.mark.slow
@pytest.mark.usefixtures("flows")
def test_failed_warning_check_only_warns(unknot: Run) -> None:
    assert unknot("apply", "--yes", "--var", "count=9").code == 0  # a total of 72
    rows = by_address(unknot)
    assert rows["workflow.make"]["status"] == "succeeded"
    assert rows["workflow.make"]["warnings"] == ["small"]
    assert rows["workflow.use"]["status"] == "succeeded"


@pytest.mark.slow
@pytest.mark.usefixtures("flows")
def test_retry_runs_only_what_failed(unknot: Run, edit: Edit, project: Path) -> None:
    flag = project.parent / "mended"
    edit(
        "flows.py",
        "    return [scale(value) for value in values]",
        f"    if not __import__('os').path.exists({str(flag)!r}):\n        raise RuntimeError('not yet')\n"
        "    return [scale(value) for value in values]",
    )
    applied = unknot("apply", "--yes")
    assert (applied.code, "ask makers@example.org" in applied.out) == (1, True), applied
    ran = unknot("run", "make", "--no-cache")
    assert (ran.code, "makers@example.org" in ran.out + ran.err) == (1, True), ran
    failed = last_run(unknot, "make")["run"]
    assert tasks_of(unknot, "make") == {
        "numbers": "succeeded",
        "scaled": "failed",
        "total": "skipped",
        "plausible": "skipped",
        "small": "skipped",
    }
    flag.touch()
    retried = unknot("run", "make", "--retry", failed, "--no-cache", "--json")
    assert retried.code == 0, retried
    assert tasks(retried.document["runs"][0])["numbers"] == "reused"
    assert tasks(retried.document["runs"][0])["scaled"] == "succeeded"
    both = unknot("run", "nightly", "--retry", failed, "--backfill", "2024-01-01", "2024-01-02")
    assert (both.code, "--backfill" in both.err) == (1, True)
    unknown = unknot("run", "make", "--retry", "20240101T000000-abcdef")
    assert unknown.code == 1
    assert "20240101T000000-abcdef" in unknown.err


@pytest.mark.slow
@pytest.mark.usefixtures("flows")
def test_run_from_a_task_and_without_the_cache(unknot: Run) -> None:
    unknot("apply", "--yes")
    part = unknot("run", "make", "--from-task", "total", "--json").document["runs"][0]
    assert tasks(part) == {
        "numbers": "reused",
        "scaled": "reused",
        "total": "succeeded",
        "plausible": "succeeded",
        "small": "succeeded",
    }
    whole = unknot("run", "make", "--no-cache", "--json").document["runs"][0]
    assert set(tasks(whole).values()) == {"succeeded"}
    wrong = unknot("run", "make", "--from-task", "totl")
    assert (wrong.code, "Did you mean `total`?" in wrong.err) == (1, True)


@pytest.mark.slow
@pytest.mark.usefixtures("flows")
def test_parameters_of_one_run_are_typed_and_do_not_stay(unknot: Run) -> None:
    unknot("apply", "--yes")
    other = unknot("run", "make", "--param", "count=5", "--json")
    assert other.code == 0, other
    assert other.document["runs"][0]["parameters"] == {"count": 5}
    metric = next(t for t in other.document["runs"][0]["tasks"] if t["op"] == "total")
    assert metric["metric"] == 20.0
    misspelt = unknot("run", "make", "--param", "cuont=5")
    assert (misspelt.code, "`count`" in misspelt.err) == (1, True), misspelt
    wrong = unknot("run", "make", "--param", "count=five")
    assert wrong.code == 1
    assert "count" in wrong.err
    assert "Traceback" not in wrong.err
    assert unknot("run", "make", "--json").document["runs"][0]["parameters"] == {"count": 4}


@pytest.mark.slow
@pytest.mark.usefixtures("flows")
def test_run_with_parameters_given_by_hand_is_an_experiment(unknot: Run) -> None:
    unknot("apply", "--yes")
    deployed = unknot("run", "make", "--json").document["runs"][0]
    tried = unknot("run", "make", "--param", "count=6")
    assert "Not published: parameters given by hand." in tried.out
    detail = unknot("runs", "show", "make", "--json").document["detail"]["run"]
    assert (detail["published"], detail["withheld"]) == ({}, "parameters given by hand")
    used = unknot("run", "use", "--json").document["runs"][0]
    assert used["inputs"]["values"]["hash"] == deployed["published"]["numbers"]["hash"]
    row = next(r for r in unknot("ps", "--json").document["resources"] if r["address"] == "workflow.make")
    assert (row["withheld"], row["should"]) == ("parameters given by hand", ["as-wanted"])
    assert "No changes" in unknot("plan").out
    assert unknot("run", "make", "--param", "count=20").code == 1
    assert "No changes" in unknot("plan").out
    retried = unknot("run", "make", "--retry", detail["run"], "--json").document["runs"][0]
    assert retried["withheld"] == "parameters given by hand"
    assert unknot("run", "make", "--retry", detail["run"], "--publish", "--json").document["runs"][0][
        "published"
    ]


@pytest.mark.slow
@pytest.mark.rule("R2")
@pytest.mark.usefixtures("flows")
def test_backfilled_times_are_run_once(unknot: Run) -> None:
    unknot("apply", "--yes")
    first = unknot("run", "nightly", "--backfill", "2024-01-01", "2024-01-02T12:00", "--json")
    assert first.code == 0, first
    runs = first.document["runs"]
    assert [run["scheduled_time"] for run in runs] == [
        "2024-01-01T03:00:00+00:00",
        "2024-01-02T03:00:00+00:00",
    ]
    assert {run["status"] for run in runs} == {"succeeded"}
    second = unknot("run", "nightly", "--backfill", "2024-01-01", "2024-01-03T12:00", "--json")
    assert second.code == 0
    assert [run["status"] for run in second.document["runs"]] == ["superseded", "superseded", "succeeded"]
    backwards = unknot("run", "nightly", "--backfill", "2024-01-03", "2024-01-01")
    assert backwards.code == 1
    without = unknot("run", "make", "--backfill", "2024-01-01", "2024-01-02")
    assert (without.code, "schedule" in without.err) == (1, True)


@pytest.mark.slow
@pytest.mark.usefixtures("flows")
def test_what_follows_reads_the_latest_good_run(unknot: Run) -> None:
    unknot("apply", "--yes")
    good = unknot("run", "make", "--param", "count=6", "--publish", "--json").document["runs"][0]
    bad = unknot("run", "make", "--param", "count=20", "--json")
    assert bad.code == 1
    used = unknot("run", "use", "--json").document["runs"][0]
    assert used["inputs"]["values"]["hash"] == good["published"]["numbers"]["hash"]


@pytest.mark.slow
def test_init_project_goes_through_plan_apply_and_ps(
    unknot: Run, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert unknot("init", "first", "--name", "first").code == 0
    monkeypatch.chdir(project / "first")
    assert unknot("plan").code == 0
    assert unknot("apply", "--yes").code == 0
    assert by_address(unknot)["workflow.squares"]["status"] == "succeeded"


@pytest.mark.slow
@pytest.mark.usefixtures("flows")
def test_meaning_tells_parameters_values_and_calls_apart(unknot: Run, edit: Edit) -> None:
    unknot("apply", "--yes", "--no-runs")
    other = unknot("plan", "--var", "count=5").out
    assert "its parameters changed" in other
    assert "the workflow's body" not in other
    edit("flows.py", "scaled(numbers(count))", "scaled(numbers(7))")
    assert "the workflow's body gives its ops other values" in unknot("plan").out
    edit("flows.py", "scaled(numbers(7))", "scaled(scaled(numbers(count)))")
    assert "the workflow's body calls its ops differently" in unknot("plan").out


@pytest.mark.slow
@pytest.mark.usefixtures("flows")
def test_retry_keeps_the_parameters_and_inputs_of_the_run(unknot: Run) -> None:
    unknot("apply", "--yes")
    failed = unknot("run", "make", "--param", "count=20", "--json").document["runs"][0]
    assert failed["status"] == "failed"
    again = unknot("run", "make", "--retry", failed["run"], "--no-cache", "--json").document["runs"][0]
    assert again["parameters"] == {"count": 20}
    assert tasks(again)["numbers"] == "reused"
    used = unknot("run", "use", "--json").document["runs"][0]
    assert unknot("run", "make", "--param", "count=6", "--publish").code == 0
    retried = unknot("run", "use", "--retry", used["run"], "--json").document["runs"][0]
    assert retried["inputs"] == used["inputs"]
    assert unknot("run", "use", "--json").document["runs"][0]["inputs"] != used["inputs"]


@pytest.mark.slow
@pytest.mark.rule("R2")
@pytest.mark.usefixtures("flows")
def test_retry_of_a_scheduled_run_keeps_its_time_and_its_claim(unknot: Run, edit: Edit) -> None:
    edit("flows.py", "    return at.isoformat()", "    return at.nosuch()")
    unknot("apply", "--yes", "--no-runs")
    failed = unknot("run", "nightly", "--backfill", "2024-01-01", "2024-01-02", "--json").document["runs"][0]
    assert failed["status"] == "failed"
    edit("flows.py", "    return at.nosuch()", "    return at.isoformat()")
    unknot("apply", "--yes", "--no-runs")
    retried = unknot("run", "nightly", "--retry", failed["run"], "--json").document["runs"][0]
    assert (retried["status"], retried["scheduled_time"]) == ("succeeded", failed["scheduled_time"])
    later = unknot("run", "nightly", "--backfill", "2024-01-01", "2024-01-02", "--json").document["runs"][0]
    assert later["status"] == "superseded"
