"""Where boxes and arrows go: layers by Sugiyama's method, from the optional library grandalf (extra `graph`)."""

import importlib
from collections.abc import Mapping
from typing import Any

import msgspec

from unknot.planner.drawing.drawing import Drawing, Edge
from unknot.stacks.errors import MissingExtra

BOX_HEIGHT = 46.0
_GAP_ALONG = 64.0
_GAP_ACROSS = 22.0
MARGIN = 24.0

Point = tuple[float, float]


class Layout(msgspec.Struct, frozen=True):
    """Centres of boxes and courses of arrows, in pixels; the origin is at the top left."""

    width: float
    height: float
    centres: dict[str, Point]
    courses: dict[tuple[str, str], tuple[Point, ...]]
    """From centre to centre; in between, the places where an arrow passes a layer."""


def lay_out(drawing: Drawing, widths: Mapping[str, float]) -> Layout:
    """Place every node, from left to right; parts that are not joined are one below the other.

    Raises MissingExtra.
    """
    try:
        graphs: Any = importlib.import_module("grandalf.graphs")
        layouts: Any = importlib.import_module("grandalf.layouts")
    except ImportError as missing:
        raise MissingExtra("grandalf", extra="graph", needed_for="drawing a graph as SVG") from missing
    vertices = {node.id: graphs.Vertex(node.id) for node in drawing.nodes}
    for name, vertex in vertices.items():
        # Layers go down in the library and to the right here: a box's width is its height there.
        vertex.view = layouts.VertexViewer(w=BOX_HEIGHT, h=widths[name])
    edges = {
        (e.tail, e.head): graphs.Edge(vertices[e.tail], vertices[e.head]) for e in _without_rings(drawing)
    }
    graph = graphs.Graph(list(vertices.values()), list(edges.values()))
    centres: dict[str, Point] = {}
    courses: dict[tuple[str, str], tuple[Point, ...]] = {}
    top, right = MARGIN, 0.0
    for part in graph.C:
        sugiyama = layouts.SugiyamaLayout(part)
        sugiyama.xspace, sugiyama.yspace = _GAP_ACROSS, _GAP_ALONG
        sugiyama.init_all()
        sugiyama.draw(3)
        bends = {
            key: [sugiyama.ctrls[edge][rank].view.xy for rank in sorted(sugiyama.ctrls[edge])][1:-1]
            for key, edge in edges.items()
            if edge in sugiyama.ctrls
        }
        found = {v.data: (v.view.xy[1], v.view.xy[0]) for v in part.V()}
        left = min(x - widths[name] / 2 for name, (x, _) in found.items())
        passing = [y for bend in bends.values() for y, _ in bend]
        upper = min([y for _, y in found.values()] + passing) - BOX_HEIGHT / 2
        lower = max([y for _, y in found.values()] + passing) + BOX_HEIGHT / 2
        across, along = top - upper, MARGIN - left
        centres.update((name, (x + along, y + across)) for name, (x, y) in found.items())
        for key in edges:
            if key[0] in found:
                bend = tuple((y + along, x + across) for x, y in bends.get(key, ()))
                courses[key] = (centres[key[0]], *bend, centres[key[1]])
        top += lower - upper + 2 * _GAP_ACROSS
        right = max(right, *(centres[name][0] + widths[name] / 2 for name in found))
    height = top - 2 * _GAP_ACROSS + MARGIN if centres else 2 * MARGIN
    return Layout(right + MARGIN, height, centres, courses)


def _without_rings(drawing: Drawing) -> list[Edge]:
    """Edges that do not close a ring: a drawing of a bad stack is shown without what closes it."""
    below: dict[str, list[str]] = {}
    waiting = {node.id: 0 for node in drawing.nodes}
    for edge in drawing.edges:
        below.setdefault(edge.tail, []).append(edge.head)
        waiting[edge.head] += 1
    ready = [name for name, number in waiting.items() if number == 0]
    position: dict[str, int] = {}
    while ready:
        name = ready.pop()
        position[name] = len(position)
        for head in below.get(name, ()):
            waiting[head] -= 1
            if waiting[head] == 0:
                ready.append(head)
    for name in waiting:
        position.setdefault(name, len(position))
    return [edge for edge in drawing.edges if position[edge.tail] < position[edge.head]]
