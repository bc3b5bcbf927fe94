"""What the index holds after ledger and streams were read, and that reading again changes nothing."""

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest

from unknot.stacks.address import Address, Uid
from unknot.stacks.run import TaskCommit, TaskRecord
from unknot.state.index import Index, RunEntry, index_path
from unknot.state.ledger import Ledger
from unknot.state.stores.memory import MemoryStore

if TYPE_CHECKING:
    from tests.state.index.conftest import World

NOW = dt.datetime(2024, 3, 1, 12, 0, tzinfo=dt.UTC)


def only(index: Index) -> RunEntry:
    (run,) = index.runs()
    return run


def test_sealed_run_is_known_with_all_its_parts(world: "World", index: Index) -> None:
    raw = world.dataset("flights", "flights v1")
    uid = world.deploy("train")
    world.start(uid, "20240301T100000-a", raw=raw, scheduled_time="2024-03-01T10:00:00Z")
    manifest = world.seal(uid, "20240301T100000-a", raw=raw)
    world.update(index)
    run = only(index)
    assert (run.address, run.status, run.reading, run.absorbed) == (
        "workflow.train",
        "succeeded",
        "sealed",
        True,
    )
    assert run.owner == "team@example.org"
    assert run.published == {"model": manifest.published["model"].hash}
    assert [t.task for t in index.tasks(run)] == ["load", "fit", "error", "good"]
    assert [(m.name, m.value) for m in index.metrics(run)] == [("error", 20.0)]
    assert [(c.name, c.passed) for c in index.checks(run)] == [("good", True)]
    assert index.versions(run)["pandas"] == "2.2.0"
    assert index.parameters(run) == {"frac": 0.2}
    assert {(i.task, i.parameter, i.hash) for i in index.inputs(run)} >= {
        ("", "raw", raw.hash),
        ("load", "raw", raw.hash),
    }
    assert [(a.task, a.attempt, a.status) for a in index.attempts(run)] == [
        (task, 1, "succeeded") for task in ("error", "fit", "good", "load")
    ]
    code = index.code("fit@1")
    assert code is not None
    assert code.parts == {"ops:fit": "fit-1", "ops:shared": "shared"}


def test_dataset_is_the_producer_of_its_content(world: "World", index: Index) -> None:
    first = world.dataset("flights", "flights v1")
    second = world.dataset("flights", "flights v2")
    world.update(index)
    assert [c.artifact.hash for c in index.contents(Uid("uid-flights"))] == [second.hash, first.hash]
    (made,) = index.producers([first.hash])
    assert (made.address, made.run, made.artifact.rows) == ("dataset.flights", "", 100)


def test_second_update_reads_no_sealed_run_again(world: "World", index: Index) -> None:
    uid = world.deploy("train")
    world.seal(uid, "20240301T100000-a")
    assert world.update(index).runs_read == 1
    assert world.update(index).runs_read == 0
    world.seal(uid, "20240301T110000-b", absorb=False)
    assert world.update(index).runs_read == 1


def test_run_that_became_visible_late_is_still_found(world: "World", index: Index) -> None:
    uid = world.deploy("train")
    world.seal(uid, "20240301T100000-b")
    world.update(index)
    world.seal(uid, "20240301T090000-a", absorb=False)
    world.update(index)
    assert [run.run for run in index.runs()] == ["20240301T100000-b", "20240301T090000-a"]


def test_running_run_is_read_again_until_it_is_sealed(world: "World", index: Index) -> None:
    uid = world.deploy("train")
    run = "20240301T100000-a"
    world.start(uid, run)
    soon = dt.datetime(2024, 3, 1, 10, 0, 20, tzinfo=dt.UTC)
    world.update(index, soon)
    assert only(index).status == "running"
    assert {t.status for t in index.tasks(only(index))} == {"waiting"}
    world.attempt(uid, run, "load", world.stream()[:3])
    world.update(index, soon)
    (attempt,) = index.attempts(only(index))
    assert (attempt.status, attempt.pid, attempt.memory_bytes) == ("running", 7, 5_000_000)
    assert index.versions(only(index)) == {"pandas": "2.2.0"}
    world.seal(uid, run)
    world.update(index, soon)
    assert (only(index).status, only(index).reading) == ("succeeded", "sealed")


def test_committed_task_of_a_running_run_counts_as_committed(world: "World", index: Index) -> None:
    uid = world.deploy("train")
    run = "20240301T100000-a"
    world.start(uid, run)
    world.attempt(uid, run, "load", world.stream())
    record = TaskRecord("load", "load", "op", "succeeded", 1)
    world.put("near", f"runs/{uid}/{run}/commits/load", TaskCommit(run, 1, "", record))
    world.update(index, dt.datetime(2024, 3, 1, 10, 0, 20, tzinfo=dt.UTC))
    assert {t.task: t.status for t in index.tasks(only(index))}["load"] == "succeeded"


@pytest.mark.rule("R1")
def test_run_without_seal_and_heartbeat_is_lost(world: "World", index: Index) -> None:
    uid = world.deploy("train")
    world.start(uid, "20240301T100000-a")
    world.attempt(uid, "20240301T100000-a", "load", world.stream()[:3])
    world.update(index, NOW)
    assert only(index).status == "lost"
    assert only(index).failed == "load"
    (attempt,) = index.attempts(only(index))
    assert attempt.status == "lost"


@pytest.mark.rule("R1")
def test_run_that_no_unknot_saw_is_found_in_its_store(world: "World", index: Index) -> None:
    uid = world.deploy("train")
    world.seal(uid, "20240301T030000-a", absorb=False)
    world.update(index)
    assert (only(index).status, only(index).absorbed) == ("succeeded", False)


def test_attempts_of_a_retried_task_come_from_its_streams(world: "World", index: Index) -> None:
    uid = world.deploy("train")
    run = "20240301T100000-a"
    world.start(uid, run)
    world.attempt(uid, run, "fit", world.stream("failed", error="OSError: disk"), n=1)
    world.attempt(uid, run, "fit", world.stream(), n=2)
    world.seal(uid, run)
    world.update(index)
    tries = [(a.attempt, a.status, a.error) for a in index.attempts(only(index)) if a.task == "fit"]
    assert tries == [(1, "failed", "OSError: disk"), (2, "succeeded", "")]


def test_failure_names_the_task_in_one_line(world: "World", index: Index) -> None:
    uid = world.deploy("train")
    world.seal(uid, "20240301T100000-a", status="failed")
    world.update(index)
    run = only(index)
    assert (run.failed, run.failed_kind, run.failure) == ("fit", "task", "ValueError: no data")


def test_run_whose_store_is_empty_is_known_by_the_ledger(world: "World", index: Index) -> None:
    uid = world.deploy("train")
    manifest = world.seal(uid, "20240301T100000-a")
    world.places["memory:near"].delete(f"runs/{uid}/20240301T100000-a/sealed")
    world.update(index)
    run = only(index)
    assert (run.status, run.reading, run.published) == (
        "succeeded", "gone", {"model": manifest.published["model"].hash},
    )  # fmt: skip


def test_store_out_of_reach_is_noted_and_read_later(world: "World", index: Index) -> None:
    uid = world.deploy("train")
    world.seal(uid, "20240301T100000-a")
    world.out_of_reach.add("memory:near")
    (note,) = world.update(index).notes
    assert "`memory:near` cannot be read now" in note.summary
    assert only(index).reading == "pending"
    world.out_of_reach.clear()
    assert world.update(index).notes == ()
    assert only(index).reading == "sealed"


def test_damaged_seal_is_noted_and_hides_no_other_run(world: "World", index: Index) -> None:
    uid = world.deploy("train")
    world.places["memory:near"].put_if_absent(f"runs/{uid}/20240301T100000-a/sealed", b"\xff{")
    world.seal(uid, "20240301T110000-b")
    (note,) = world.update(index).notes
    assert "20240301T100000-a/sealed` cannot be read" in note.summary
    assert only(index).run == "20240301T110000-b"


@pytest.mark.rule("A5")
def test_history_goes_on_when_the_target_changes(world: "World", index: Index) -> None:
    uid = world.deploy("train", target="near", at="2024-01-01T00:00:00Z")
    world.seal(uid, "20240301T100000-a", target="near")
    world.update(index)
    world.deploy("train", uid=uid, target="far", generation=2, at="2024-02-01T00:00:00Z")
    world.seal(uid, "20240301T110000-b", target="far")
    world.update(index)
    assert [(run.target, run.run) for run in index.runs(uid=uid)] == [
        ("far", "20240301T110000-b"), ("near", "20240301T100000-a"),
    ]  # fmt: skip
    before, now = index.stays(uid)
    assert (before.target, before.until) == ("near", "2024-02-01T00:00:00Z")
    assert (now.target, now.until) == ("far", "")
    assert index.all_stays() == {uid: [before, now]}


@pytest.mark.rule("A5")
def test_renames_swap_addresses_and_keep_runs(world: "World", index: Index) -> None:
    a, b = world.deploy("a"), world.deploy("b")
    world.seal(a, "20240301T100000-a")
    world.update(index)
    world.rename({"a": "b", "b": "a"})
    world.update(index)
    (run,) = index.runs(uid=a)
    assert (run.address, run.ran_as) == ("workflow.b", "workflow.a")
    assert {r.address: r.uid for r in index.resources()} == {"workflow.a": b, "workflow.b": a}


def test_removed_resource_keeps_its_runs(world: "World", index: Index) -> None:
    uid = world.deploy("train")
    world.seal(uid, "20240301T100000-a")
    world.update(index)
    world.remove(uid)
    world.update(index)
    assert index.resources() == []
    (gone,) = index.resources(removed=True)
    assert (gone.removed, gone.address) == ("deleted", "workflow.train")
    assert only(index).address == "workflow.train"
    assert index.stays(uid)[-1].until


def test_new_uid_at_an_address_begins_a_new_history(world: "World", index: Index) -> None:
    first = world.deploy("train", uid="u1")
    world.seal(first, "20240301T100000-a")
    world.remove(first)
    second = world.deploy("train", uid="u2")
    world.update(index)
    assert index.runs(uid=second) == []
    found = index.resource(Address("workflow.train"))
    assert found is not None
    assert found.uid == second


def test_another_ledger_in_its_place_makes_the_index_anew(world: "World", tmp_path: Path) -> None:
    path = tmp_path / "index.sqlite"
    world.deploy("train")
    with Index.open(path) as index:
        world.update(index)
        other = Ledger.open(MemoryStore(), "flights/test")
        other.create("another lineage", "flights", "test")
        updated = index.update(other.reader(), world.stores, now=NOW)
        assert "not the one that it was made from" in updated.rebuilt
        assert index.resources() == []


def test_runs_are_found_by_a_part_of_their_id(world: "World", index: Index) -> None:
    uid = world.deploy("train")
    for run in ("20240301T100000-abc", "20240301T110000-def", "20240302T100000-%_x"):
        world.seal(uid, run)
    world.update(index)
    assert [r.run for r in index.runs_like("20240301")] == ["20240301T110000-def", "20240301T100000-abc"]
    assert [r.run for r in index.runs_like("abc")] == ["20240301T100000-abc"]
    assert [r.run for r in index.runs_like("%_x")] == ["20240302T100000-%_x"]
    assert index.runs_like("%") == []


def test_metric_that_is_no_number_is_kept_as_none(world: "World", index: Index) -> None:
    uid = world.deploy("train")
    record = TaskRecord("error", "error", "metric", "succeeded", metric=1.0)
    manifest = world.seal(uid, "20240301T100000-a", absorb=False)
    text = msgspec.json.encode(msgspec.structs.replace(manifest, run="20240301T110000-b", tasks=(record,)))
    world.places["memory:near"].put_if_absent(
        f"runs/{uid}/20240301T110000-b/sealed", text.replace(b'"metric":1.0', b'"metric":null')
    )
    world.update(index)
    assert index.metric_series(uid, "error") == [("20240301T100000-a", 20.0)]


def test_names_of_stacks_make_file_names(tmp_path: Path) -> None:
    assert index_path(tmp_path, "flights", "prod").name == "index-flights-prod.sqlite"
    assert index_path(tmp_path, "a/b", "é x").name == "index-a_b-é_x.sqlite"


def test_elements_of_a_running_run_come_after_their_task(world: "World", index: Index) -> None:
    uid = world.deploy("train")
    run = "20240301T100000-a"
    world.start(uid, run)
    world.attempt(uid, run, "fit%5B10%5D", world.stream()[:3])
    record = TaskRecord("fit[2]", "fit", "op", "succeeded", 1)
    world.put("near", f"runs/{uid}/{run}/commits/fit%5B2%5D", TaskCommit(run, 1, "", record))
    world.update(index, dt.datetime(2024, 3, 1, 10, 0, 20, tzinfo=dt.UTC))

    assert [(t.task, t.status) for t in index.tasks(only(index))] == [
        ("load", "waiting"),
        ("fit", "waiting"),
        ("fit[2]", "succeeded"),
        ("fit[10]", "running"),
        ("error", "waiting"),
        ("good", "waiting"),
    ]
