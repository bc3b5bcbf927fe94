import itertools
import sys
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unknot.planner.drawing.dot import dot
from unknot.planner.drawing.drawing import Drawing, Edge, Node, drawing_of_workflow
from unknot.planner.drawing.svg import svg
from unknot.planner.drawing.tree import tree
from unknot.stacks.errors import MissingExtra
from unknot.stacks.graph import (
    Choice,
    Condition,
    Element,
    Gathered,
    InputSpec,
    OpSpec,
    OutputSpec,
    PythonCode,
    TaskOutput,
    TaskSpec,
    WorkflowGraph,
    WorkflowInput,
)

SVG = "{http://www.w3.org/2000/svg}"


def op(name: str) -> OpSpec:
    return OpSpec(name, "op", PythonCode("train", name), (OutputSpec("value", "x"),))


def drawing(*edges: tuple[str, str]) -> Drawing:
    names = sorted({name for edge in edges for name in edge})
    return Drawing(
        "flights", "test", tuple(Node(n, n, "bucket") for n in names), tuple(Edge(a, b) for a, b in edges)
    )


@pytest.fixture
def workflow() -> WorkflowGraph:
    return WorkflowGraph(
        "train",
        "train",
        "train",
        {name: op(name) for name in ("split", "fit")},
        (
            TaskSpec("split", "split", {"table": WorkflowInput("flights")}),
            TaskSpec("fit", "fit", {"a": TaskOutput("split", "train"), "b": TaskOutput("split", "test")}),
        ),
        inputs=(InputSpec("flights", "x"),),
        published={"model": TaskOutput("fit")},
    )


def test_workflow_shows_inputs_tasks_and_what_it_publishes(workflow: WorkflowGraph) -> None:
    found = drawing_of_workflow(workflow)
    assert [node.id for node in found.nodes] == ["input:flights", "task:split", "task:fit", "output:model"]
    assert Edge("task:split", "task:fit", "test, train") in found.edges


def test_workflow_shows_what_is_done_for_each_element_and_under_which_condition() -> None:
    better = TaskOutput("better")
    graph = WorkflowGraph(
        "audit",
        "audit",
        "audit",
        {name: op(name) for name in ("parts", "better", "score", "fit", "all")},
        (
            TaskSpec("parts-1", "parts", {"table": WorkflowInput("flights")}),
            TaskSpec("score-1", "score", {"part": Element(TaskOutput("parts-1"))}),
            TaskSpec("better", "better", {"scores": TaskOutput("score-1")}),
            TaskSpec("fit-1", "fit", when=(Condition(better, False),)),
            TaskSpec("all-1", "all", {"x": Gathered((TaskOutput("score-1"), WorkflowInput("flights")))}),
        ),
        inputs=(InputSpec("flights", "x"),),
        published={"model": Choice(better, WorkflowInput("flights"), TaskOutput("fit-1"))},
    )
    found = drawing_of_workflow(graph)

    kinds = {node.label: node.kind for node in found.nodes}
    assert kinds == {
        "flights": "input",
        "parts": "op",
        "score": "each op",
        "better": "op",
        "fit": "op",
        "all": "op",
        "model": "published",
    }
    assert {
        Edge("task:parts-1", "task:score-1", "each"),
        Edge("task:better", "task:fit-1", "if not"),
        Edge("task:score-1", "task:all-1"),
        Edge("input:flights", "task:all-1", "x"),
        Edge("task:better", "output:model", "which"),
        Edge("input:flights", "output:model", "if"),
        Edge("task:fit-1", "output:model", "if not"),
    } <= set(found.edges)
    [fit] = [node for node in found.nodes if node.label == "fit"]
    assert fit.detail == "done if better is false"


def test_svg_has_words_for_those_who_do_not_see_it(workflow: WorkflowGraph) -> None:
    root = ET.fromstring(svg(drawing_of_workflow(workflow)))
    assert root.get("role") == "img"
    assert [root.findtext(f"{SVG}{name}") for name in ("title", "desc")] == [
        "train",
        "Tasks of the workflow: 4 nodes, 3 arrows",
    ]
    assert "prefers-color-scheme: dark" in (root.findtext(f"{SVG}style") or "")


def test_svg_without_its_library_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "grandalf.graphs", None)
    with pytest.raises(MissingExtra) as missing:
        svg(drawing(("a", "b")))
    assert "unknot[graph]" in missing.value.detail


def test_names_cannot_become_markup() -> None:
    evil = Node('"];x<script>', "<script>\x1b", "a&b")
    found = Drawing("<t>", "", (evil,), ())
    assert "<script>" not in svg(found)
    ET.fromstring(svg(found))
    assert '"\\"];x<script>"' in dot(found)
    assert "\x1b" not in tree(found)


def test_tree_unfolds_a_shared_node_once() -> None:
    assert tree(drawing(("a", "c"), ("b", "c"), ("c", "d"))) == (
        "flights\nbucket a\n└─ bucket c\n   └─ bucket d\nbucket b\n└─ bucket c (above)\n".replace(
            "bucket ", "bucket "
        )
    )


def test_chain_longer_than_the_stack_of_the_interpreter_is_shown() -> None:
    names = [f"n{i:05}" for i in range(3_000)]
    assert tree(drawing(*itertools.pairwise(names))).count("\n") == 3_001


def test_nothing_to_draw_is_drawn() -> None:
    empty = Drawing("flights", "", (), ())
    ET.fromstring(svg(empty))
    assert tree(empty) == "flights\n"


@settings(max_examples=40, deadline=None)
@given(st.sets(st.tuples(st.integers(0, 8), st.integers(0, 8)).filter(lambda e: e[0] != e[1]), max_size=16))
def test_every_node_is_drawn_inside_and_apart_from_others_even_in_a_ring(edges: set[tuple[int, int]]) -> None:
    found = drawing(*((f"n{a}", f"n{b}") for a, b in sorted(edges)))
    root = ET.fromstring(svg(found))
    size = [float(v) for v in root.attrib["viewBox"].split()]
    boxes = [
        tuple(float(r.attrib[k]) for k in ("x", "y", "width", "height")) for r in root.iter(f"{SVG}rect")
    ]
    assert len(boxes) == len(found.nodes)
    for x, y, w, h in boxes:
        assert x >= 0
        assert y >= 0
        assert x + w <= size[2] + 1
        assert y + h <= size[3] + 1
    for n, (x, y, w, h) in enumerate(boxes):
        for x2, y2, w2, h2 in boxes[n + 1 :]:
            assert x + w <= x2 or x2 + w2 <= x or y + h <= y2 or y2 + h2 <= y
    assert all(f"bucket {node.label}" in tree(found) for node in found.nodes)
