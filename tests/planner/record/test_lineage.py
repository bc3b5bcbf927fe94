"""Lineage both ways, across runs, workflows and datasets."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from unknot.planner.drawing.svg import svg
from unknot.planner.drawing.tree import tree
from unknot.planner.record.lineage import LineageGraph, drawing_of_lineage, lineage
from unknot.planner.record.opening import Record, open_record
from unknot.planner.record.runs import NoSuchRecord

if TYPE_CHECKING:
    from tests.state.index.conftest import World

TRAIN, SCORE = "20240301T100000-t", "20240301T110000-s"


@pytest.fixture
def chain(world: "World") -> Iterator[Record]:
    """Flights are read by `train`, whose model is read by `score`."""
    flights = world.dataset("flights", "v1")
    train, score = world.deploy("train"), world.deploy("score", target="far")
    manifest = world.seal(train, TRAIN, raw=flights)
    world.seal(score, SCORE, target="far", raw=manifest.published["model"], error=9.0)
    with open_record(world.ledger, world.stores, None) as record:
        yield record


def tasks(graph: LineageGraph) -> set[str]:
    return {f"{node.address} {node.id.rpartition('/')[2]}" for node in graph.nodes if node.kind == "task"}


def test_downstream_crosses_workflows_and_targets(chain: Record) -> None:
    graph = lineage(chain, "dataset.flights", "down")
    assert {
        "workflow.train load",
        "workflow.train fit",
        "workflow.score load",
        "workflow.score fit",
    } <= tasks(graph)


def test_upstream_goes_back_to_the_dataset(chain: Record) -> None:
    graph = lineage(chain, "workflow.score.model", "up")
    assert [node.label for node in graph.nodes if node.kind == "dataset"] == ["dataset.flights"]
    assert "workflow.train fit" in tasks(graph)
    assert "workflow.train good" not in tasks(graph)


def test_artifact_in_the_middle_goes_both_ways(chain: Record) -> None:
    (model,) = chain.index.last_runs().values().__iter__().__next__().published.values()
    by_hash = lineage(chain, model[:10])
    assert {node.id for node in by_hash.nodes if node.start} == {model}
    assert by_hash.complete


@pytest.mark.parametrize("what", ["train", "workflow.train", "train.model", "workflow.train.model"])
def test_start_is_named_as_people_say_it(chain: Record, what: str) -> None:
    graph = lineage(chain, what)
    assert tasks(graph) >= {"workflow.train load", "workflow.score load"}


def test_equal_small_values_join_no_two_runs(world: "World") -> None:
    first, second = world.deploy("a"), world.deploy("b")
    world.seal(first, TRAIN, error=1.0, model="one")
    world.seal(second, SCORE, error=1.0, model="two")
    with open_record(world.ledger, world.stores, None) as record:
        graph = lineage(record, "workflow.a", "down")
        assert tasks(graph) == {"workflow.a error", "workflow.a good"}


def test_latest_reader_stands_for_all_of_its_kind(world: "World") -> None:
    raw = world.dataset("flights", "v1")
    uid = world.deploy("train")
    for n in range(5):
        world.seal(uid, f"20240301T10000{n}-t", raw=raw)
    with open_record(world.ledger, world.stores, None) as record:
        loads = [n for n in lineage(record, "dataset.flights").nodes if n.id.endswith("/load")]
        assert [node.run for node in loads] == ["20240301T100004-t"]


def test_edges_join_nodes_that_are_there(chain: Record) -> None:
    graph = lineage(chain, "train")
    ids = {node.id for node in graph.nodes}
    assert all(edge.tail in ids and edge.head in ids for edge in graph.edges)
    drawing = drawing_of_lineage(graph)
    assert "workflow.score fit" in tree(drawing)
    assert svg(drawing).lstrip().startswith("<")


@pytest.mark.parametrize("what", ["nothing", "workflow.train.nothing", "", "ffffffffff", "%"])
def test_unknown_start_says_what_may_be_asked(chain: Record, what: str) -> None:
    with pytest.raises(NoSuchRecord, match="nothing is known of") as caught:
        lineage(chain, what)
    assert "workflow.train" in caught.value.detail
