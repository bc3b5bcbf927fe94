"""`ps`: the four questions, what should be running, and where it was."""

import datetime as dt
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from unknot.planner.record.looks import Look
from unknot.planner.record.opening import open_record
from unknot.planner.record.running import PsRow, ps
from unknot.planner.record.text import ps_text
from unknot.stacks.address import Address
from unknot.stacks.definition import Desired
from unknot.stacks.deployment import WORKFLOW_INFO
from unknot.stacks.diagnostic import SourceLocation

if TYPE_CHECKING:
    from tests.state.index.conftest import World

NOW = dt.datetime(2024, 3, 1, 12, 0, tzinfo=dt.UTC)


def rows(world: "World", **more: Any) -> dict[str, PsRow]:
    with open_record(world.ledger, world.stores, None) as record:
        return {row.address: row for row in ps(record, now=NOW, **more)}


def test_row_answers_what_where_whether_and_who(world: "World") -> None:
    uid = world.deploy("train", owner="delays@airline.example")
    world.seal(uid, "20240301T100000-a")
    row = rows(world)["workflow.train"]
    assert (row.stack, row.environment) == ("flights", "test")
    assert (row.target, row.engine) == ("near", "local")
    assert (row.status, row.run, row.duration_s) == ("succeeded", "20240301T100000-a", 300.0)
    assert row.owner == "delays@airline.example"
    assert row.should == ("as-wanted",)


def test_failure_names_task_and_owner(world: "World") -> None:
    uid = world.deploy("train", owner="delays@airline.example")
    world.seal(uid, "20240301T090000-a")
    world.seal(uid, "20240301T100000-b", status="failed")
    row = rows(world)["workflow.train"]
    assert (row.status, row.failed, row.failed_kind) == ("failed", "fit", "task")
    assert row.should == ("failing",)
    assert row.why == ("its last run failed: task `fit`; ask delays@airline.example",)
    assert row.last_success == "2024-03-01T10:05:00Z"


def test_workflow_without_runs_has_never_run(world: "World") -> None:
    world.deploy("train")
    row = rows(world)["workflow.train"]
    assert (row.status, row.should, row.ran_generation) == ("never run", ("never-run",), 0)


def test_code_that_ran_is_held_against_what_is_deployed(world: "World") -> None:
    uid = world.deploy("train", fingerprint="f1")
    world.seal(uid, "20240301T100000-a", version="1")
    world.deploy("train", uid=uid, fingerprint="f2", generation=2)
    row = rows(world)["workflow.train"]
    assert (row.should, row.generation, row.ran_generation) == (("out-of-date",), 2, 1)


@pytest.mark.rule("A5")
def test_row_says_where_it_was_before(world: "World") -> None:
    uid = world.deploy("train", target="near")
    world.deploy("train", uid=uid, target="far", generation=2)
    row = rows(world)["workflow.train"]
    assert row.target == "far"
    assert [stay.target for stay in row.before] == ["near"]


CRON = {"cron": "0 3 * * *", "tz": "UTC", "catch_up": False, "overlap": "skip"}


def test_schedule_shows_when_it_is_due_next(world: "World") -> None:
    uid = world.deploy("train", schedule=CRON)
    world.start(uid, "20240301T030001-a", scheduled_time="2024-03-01T03:00:00Z")
    world.seal(uid, "20240301T030001-a")
    row = rows(world)["workflow.train"]
    assert (row.schedule, row.next_due) == ("0 3 * * *", "2024-03-02T03:00:00Z")
    assert row.should == ("as-wanted",)


def test_scheduled_time_that_passed_without_a_run_is_overdue(world: "World") -> None:
    world.deploy("train", schedule=CRON, at="2024-02-28T12:00:00Z")
    row = rows(world)["workflow.train"]
    assert row.should == ("never-run", "overdue")
    assert "due at 2024-02-29 03:00 UTC" in row.why[1]


def test_schedule_after_another_workflow_names_it(world: "World") -> None:
    world.deploy("train")
    world.deploy("score", schedule={"after": "workflow.train"})
    assert rows(world)["workflow.score"].schedule == "after workflow.train"


def desired(name: str, **inputs: Any) -> Desired:
    return Desired(
        Address(f"workflow.{name}"), WORKFLOW_INFO, "engine:local", "near", inputs, (), "team@example.org",
        SourceLocation("stack.py", 1),
    )  # fmt: skip


def test_definition_shows_what_is_pending_missing_and_left_over(world: "World") -> None:
    for name in ("same", "changed", "gone"):
        world.seal(world.deploy(name), f"20240301T100000-{name}")
    wanted = [desired("same", fingerprint="f1"), desired("changed", fingerprint="f9"), desired("extra")]
    found = rows(world, desired={d.address: d for d in wanted})
    assert {address: row.should for address, row in found.items()} == {
        "workflow.same": ("as-wanted",),
        "workflow.changed": ("change-pending",),
        "workflow.gone": ("to-be-removed",),
        "workflow.extra": ("not-deployed",),
    }


def test_drift_is_shown_as_of_when_it_was_looked_for(world: "World") -> None:
    world.seal(world.deploy("train"), "20240301T100000-a")
    serial = world.ledger.reader().snapshot().resources[Address("workflow.train")].serial
    for seen, should in (
        (serial, ("drifted",)),
        (serial - 1, ("as-wanted",)),
    ):  # written since: another object
        look = Look("lineage", "2024-03-01T10:00:00Z", {Address("workflow.train"): seen})
        with open_record(world.ledger, world.stores, None) as record:
            (row,) = ps(msgspec.structs.replace(record, look=look), now=NOW)
        assert row.should == should


@pytest.mark.parametrize(
    ("looked_at", "said"),
    [("", "not looked for from this machine yet"), ("2024-03-01T10:00:00Z", "looked for 2 h ago")],
)
def test_table_says_when_drift_was_looked_for(world: "World", looked_at: str, said: str) -> None:
    world.deploy("train")
    shown = list(rows(world).values())
    assert f"\nDrift: {said}. `unknot plan` looks.\n" in ps_text(shown, now=NOW, looked_at=looked_at)
    assert "Drift" not in ps_text(shown, now=NOW)


def test_datasets_are_rows_only_when_everything_is_asked_for(world: "World") -> None:
    world.dataset("flights", "v1")
    assert rows(world) == {}
    assert rows(world, everything=True)["dataset.flights"].status == "deployed"


def test_text_answers_in_one_table(world: "World") -> None:
    uid = world.deploy("train", owner="a@b.example")
    world.seal(uid, "20240301T100000-a", status="failed")
    text = ps_text(list(rows(world).values()), now=NOW)
    head, line, _, why = text.splitlines()
    assert head.split() == ["WHAT", "DID", "IT", "WORK", "WHEN", "TOOK", "WHERE", "WHO", "SHOULD"]
    assert line.split() == [
        "workflow.train",
        "failed:",
        "task",
        "fit",
        "2",
        "h",
        "ago",
        "5",
        "min",
        "00",
        "s",
        "near",
        "(local)",
        "a@b.example",
        "failing",
    ]
    assert why == "workflow.train: its last run failed: task `fit`; ask a@b.example"


@pytest.mark.parametrize("width", [72, 80, 100])
def test_text_keeps_to_its_width(world: "World", width: int) -> None:
    for n in range(3):
        world.seal(world.deploy(f"a_workflow_with_a_long_name_{n}"), "20240301T100000-a", status="failed")
    text = ps_text(list(rows(world).values()), now=NOW, width=width)
    table = text.split("\n\n", maxsplit=1)[0]
    assert max(map(len, table.splitlines())) <= width


def test_text_carries_nothing_that_a_terminal_obeys(world: "World") -> None:
    world.deploy("train", owner="\x1b[31mred\u202e")
    text = ps_text(list(rows(world).values()), now=NOW)
    assert "\x1b" not in text
    assert "\u202e" not in text


def test_nothing_deployed_says_what_to_do() -> None:
    assert "unknot apply" in ps_text([])


def test_rows_are_documents(world: "World") -> None:
    from unknot.planner.record.documents import PsDocument, encoded

    world.seal(world.deploy("train"), "20240301T100000-a")
    document = PsDocument(tuple(rows(world).values()))
    assert msgspec.json.decode(encoded(document), type=PsDocument) == document
