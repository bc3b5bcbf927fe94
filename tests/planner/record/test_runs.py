"""Runs in full, which one is meant, logs, owners, comparisons."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

from unknot.planner.record.comparing import compare
from unknot.planner.record.comparison_text import comparison_text
from unknot.planner.record.logs import logs
from unknot.planner.record.opening import Record, open_record
from unknot.planner.record.owners import owners
from unknot.planner.record.runs import NoSuchRecord, find_run, run, runs
from unknot.planner.record.text import detail_text, logs_text, owners_text, run_text, runs_text
from unknot.stacks.errors import UnknotError
from unknot.stacks.run import AttemptStarted, LogWritten

if TYPE_CHECKING:
    from tests.state.index.conftest import World

A, B = "20240301T100000-aaa", "20240301T110000-bbb"


@pytest.fixture
def open_now(world: "World") -> Iterator[Callable[[], Record]]:
    """Opens the record of the world as it is when it is called."""
    opened = []

    def open_it() -> Record:
        manager = open_record(world.ledger, world.stores, None)
        opened.append(manager)
        return manager.__enter__()

    yield open_it
    for manager in opened:
        manager.__exit__(None, None, None)


def test_runs_of_one_workflow_newest_first(world: "World", open_now: Callable[[], Record]) -> None:
    train, score = world.deploy("train"), world.deploy("score")
    world.seal(train, A)
    world.seal(train, B, status="failed")
    world.seal(score, "20240301T120000-ccc")
    record = open_now()
    assert [r.run for r in runs(record, "train")] == [B, A]
    assert len(runs(record)) == 3
    assert len(runs(record, limit=1)) == 1
    assert "task fit" in runs_text(runs(record, "workflow.train"))
    with pytest.raises(NoSuchRecord, match="no workflow `nope`"):
        runs(record, "nope")


@pytest.mark.parametrize("which", [A, "20240301T10", "aaa", "score", "workflow.score"])
def test_run_is_found_as_people_say_it(world: "World", open_now: Callable[[], Record], which: str) -> None:
    world.seal(world.deploy("score"), A)
    world.seal(world.deploy("train"), B)
    assert find_run(open_now(), which).run == A


def test_unclear_run_is_an_error_that_helps(world: "World", open_now: Callable[[], Record]) -> None:
    uid = world.deploy("train")
    world.deploy("idle")
    world.seal(uid, A)
    world.seal(uid, B)
    record = open_now()
    with pytest.raises(NoSuchRecord, match="several") as several:
        find_run(record, "2024")
    assert A in several.value.detail
    with pytest.raises(NoSuchRecord, match="no run `zzz`") as none:
        find_run(record, "zzz")
    assert B in none.value.detail
    with pytest.raises(NoSuchRecord, match="has never run"):
        find_run(record, "idle")


def test_detail_has_every_part(world: "World", open_now: Callable[[], Record]) -> None:
    raw = world.dataset("flights", "v1")
    uid = world.deploy("train")
    world.seal(uid, A, raw=raw, reuse_load=True)
    detail = run(open_now(), A)
    assert detail.duration_s == 300.0
    assert detail.inputs == {"raw": raw.hash}
    assert {t.task: (t.status, t.reason) for t in detail.tasks}["load"] == ("reused", "unchanged")
    assert {p.task: p.reused for p in detail.artifacts} == {"load": True, "fit": False, "error": False}
    text = detail_text(detail)
    for part in ("frac = 0.2", "error = 20", "good: passed", "unchanged", "100 rows"):
        assert part in text


def test_manifest_is_shown_with_whom_to_ask(world: "World") -> None:
    uid = world.deploy("train", owner="delays@airline.example")
    text = run_text(world.seal(uid, A, status="failed"))
    assert "fit: ValueError: no data" in text
    assert "Ask delays@airline.example." in text
    assert "\x1b[" not in text
    assert "\x1b[" in run_text(world.seal(uid, B), color=True)


def test_logs_are_read_from_the_streams_alone(world: "World", open_now: Callable[[], Record]) -> None:
    uid = world.deploy("train")
    world.start(uid, A)
    at = "2024-03-01T10:00:00Z"
    pieces = [("stdout", "one li"), ("stderr", "warn"), ("stdout", "ne\ntwo\n"), ("stderr", "ing\n")]
    world.attempt(
        uid, A, "fit",
        [AttemptStarted(at, "x", 1, "3.11"), *(LogWritten(at, s, t) for s, t in pieces)],  # type: ignore[arg-type]
    )  # fmt: skip
    world.attempt(uid, A, "load", world.stream(text="loaded"))
    world.seal(uid, A)
    record = open_now()
    assert [(line.task, line.stream, line.text) for line in logs(record, A)] == [
        ("load", "stdout", "loaded"),
        ("fit", "stdout", "one line"),
        ("fit", "stderr", "warning"),
        ("fit", "stdout", "two"),
    ]
    assert [line.text for line in logs(record, "train", "load")] == ["loaded"]
    assert list(logs_text(logs(record, A, "load"))) == ["load | loaded\n"]
    with pytest.raises(NoSuchRecord, match="no task `nope`"):
        list(logs(record, A, "nope"))
    world.out_of_reach.add("memory:near")
    with pytest.raises(UnknotError, match="cannot be read"):
        list(logs(record, A))


def test_logs_of_a_run_whose_streams_are_gone_say_so(world: "World", open_now: Callable[[], Record]) -> None:
    uid = world.deploy("train")
    world.seal(uid, A)
    record = open_now()
    world.places["memory:near"].delete(f"runs/{uid}/{A}/sealed")
    with pytest.raises(NoSuchRecord, match="are gone"):
        list(logs(record, A))


def test_owners_have_what_they_own_and_what_failed_last(
    world: "World", open_now: Callable[[], Record]
) -> None:
    world.dataset("flights", "v1")
    uid = world.deploy("train", owner="delays@airline.example")
    world.seal(uid, A, status="failed")
    world.seal(uid, B)
    found = {row.owner: row for row in owners(open_now())}
    row = found["delays@airline.example"]
    assert (row.owns, row.failing, row.last_failure) == (("workflow.train",), (), A)
    assert row.last_failure_of == "workflow.train: task fit"
    assert found["data@example.org"].last_failure == ""
    assert "workflow.train: task fit" in owners_text(list(found.values()))


def test_comparison_names_what_differs_and_what_came_of_it(
    world: "World", open_now: Callable[[], Record]
) -> None:
    uid = world.deploy("train")
    first, second = world.dataset("flights", "v1"), world.dataset("flights", "v2")
    world.start(uid, A, raw=first)
    world.seal(uid, A, raw=first)
    world.start(uid, B, raw=second, version="2")
    world.seal(uid, B, raw=second, version="2", error=18.5, frac=0.3, pandas="2.3.0", passed=False)
    found = compare(open_now(), A, B)
    (code,) = found.code
    assert (code.op, code.changed, code.added, code.removed) == ("fit", ("ops:fit",), (), ())
    assert [(d.name, d.a, d.b) for d in found.inputs] == [("raw", first.hash, second.hash)]
    assert [(d.name, d.a, d.b) for d in found.parameters] == [("frac", 0.2, 0.3)]
    assert [(d.name, d.a, d.b) for d in found.versions] == [("pandas", "2.2.0", "2.3.0")]
    (metric,) = found.metrics
    assert (metric.name, metric.delta) == ("error", -1.5)
    assert [(d.name, d.a, d.b) for d in found.checks] == [("good", True, False)]
    text = comparison_text(found)
    for part in ("ops:fit changed", "2.3.0", "-1.5", "failed"):
        assert part in text


def test_equal_runs_differ_in_nothing(world: "World", open_now: Callable[[], Record]) -> None:
    uid = world.deploy("train")
    world.seal(uid, A)
    world.seal(uid, B)
    found = compare(open_now(), A, B)
    assert not found.explains_itself
    assert "are the same" in comparison_text(found)
