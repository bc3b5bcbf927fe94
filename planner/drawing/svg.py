"""A drawing as SVG: readable on light and dark pages, with words for those who do not see it."""

import itertools
from html import escape

from unknot.planner.drawing.drawing import Drawing, Node
from unknot.planner.drawing.layout import BOX_HEIGHT, Layout, Point, lay_out
from unknot.planner.render.style import clean

_CHARACTER = 7.6
"""Pixels of one character of a label: wide enough for the usual sans-serif faces at 13 px."""
_LONGEST = 36
"""Characters of a label; the whole of it is in the tooltip."""

_STYLE = """
svg { font-family: ui-sans-serif, system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; background: #ffffff; }
.box { fill: #f5f6f8; stroke: #8a93a0; stroke-width: 1.2; }
.create .box { fill: #dff3e4; stroke: #2c7a43; } .update .box { fill: #fdf0cd; stroke: #93690a; }
.destroy .box { fill: #fbdfdd; stroke: #b3261e; } .other .box, .input .box { fill: #e2eefb; stroke: #2a64a8; }
.metric .box { fill: #efe6fb; stroke: #6b3fa8; } .check .box { fill: #fdf0cd; stroke: #93690a; }
.input .box { stroke-dasharray: 4 3; }
.kind { font-size: 11px; fill: #55606e; } .label { font-size: 13px; font-weight: 600; fill: #1b222b; }
.edge { fill: none; stroke: #7a8491; stroke-width: 1.3; } .tip { fill: #7a8491; }
.on { font-size: 10.5px; fill: #55606e; } .halo { stroke: #ffffff; stroke-width: 3px; }
@media (prefers-color-scheme: dark) {
svg { background: #14181d; }
.box { fill: #222932; stroke: #7f8a98; }
.create .box { fill: #143321; stroke: #57b878; } .update .box, .check .box { fill: #3a2f10; stroke: #d6a83a; }
.destroy .box { fill: #401a18; stroke: #f0827a; } .other .box, .input .box { fill: #15304d; stroke: #6cabec; }
.metric .box { fill: #2d2145; stroke: #b08cec; }
.kind, .on { fill: #aab4c0; } .label { fill: #eef2f6; } .halo { stroke: #14181d; }
.edge { stroke: #8d98a6; } .tip { fill: #8d98a6; }
}
"""


_ROLE = 'role="img" aria-labelledby="title description"'
_TIP = (
    '<defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
    '<path class="tip" d="M0,0 L8,4 L0,8 z"/></marker></defs>'
)


def svg(drawing: Drawing) -> str:
    """The drawing as one SVG document. Raises MissingExtra without the extra `graph`."""
    widths = {node.id: _width(node) for node in drawing.nodes}
    layout = lay_out(drawing, widths)
    width = max(layout.width, 160.0)
    size = f"{width:.0f} {layout.height:.0f}"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size}" {_size(width, layout.height)} {_ROLE}>',
        f'<title id="title">{_text(drawing.title)}</title>',
        f'<desc id="description">{_text(drawing.description)}</desc>',
        f"<style>{_STYLE}</style>",
        _TIP,
    ]
    labels = {(edge.tail, edge.head): edge.label for edge in drawing.edges}
    for (tail, head), course in layout.courses.items():
        parts.append(_arrow(course, widths[tail], widths[head], labels[tail, head]))
    parts.extend(_box(node, layout, widths[node.id]) for node in drawing.nodes)
    return "\n".join((*parts, "</svg>", ""))


def _size(width: float, height: float) -> str:
    return f'width="{width:.0f}" height="{height:.0f}"'


def _width(node: Node) -> float:
    longest = max(len(_short(node.label)), len(_short(node.kind)) * 0.9)
    return max(84.0, longest * _CHARACTER + 28)


def _box(node: Node, layout: Layout, width: float) -> str:
    x, y = layout.centres[node.id]
    words = ": ".join(filter(None, (f"{node.kind} {node.label}", node.detail)))
    return (
        f'<g class="{node.tone}"><title>{_text(words)}</title>'
        f'<rect class="box" x="{x - width / 2:.1f}" y="{y - BOX_HEIGHT / 2:.1f}" width="{width:.1f}" '
        f'height="{BOX_HEIGHT:.1f}" rx="8"/>'
        f'<text class="kind" x="{x:.1f}" y="{y - 6:.1f}" text-anchor="middle">{_text(_short(node.kind))}</text>'
        f'<text class="label" x="{x:.1f}" y="{y + 12:.1f}" text-anchor="middle">{_text(_short(node.label))}</text></g>'
    )


def _arrow(course: tuple[Point, ...], tail_width: float, head_width: float, label: str) -> str:
    (x1, y1), *bends, (x2, y2) = course
    points = [(x1 + tail_width / 2, y1), *bends, (x2 - head_width / 2 - 1, y2)]
    path = f"M{points[0][0]:.1f},{points[0][1]:.1f}"
    for (ax, ay), (bx, by) in itertools.pairwise(points):
        middle = (ax + bx) / 2
        path += f" C{middle:.1f},{ay:.1f} {middle:.1f},{by:.1f} {bx:.1f},{by:.1f}"
    drawn = f'<path class="edge" d="{path}" marker-end="url(#tip)"/>'
    if label:
        (ax, ay), (bx, by) = points[-2], points[-1]
        at = f'x="{(ax + bx) / 2:.1f}" y="{(ay + by) / 2 - 4:.1f}" text-anchor="middle"'
        # Twice: not every renderer knows `paint-order`, and without it the halo would cover the words.
        for name in ("on halo", "on"):
            hidden = ' aria-hidden="true"' if "halo" in name else ""
            drawn += f'<text class="{name}" {at}{hidden}>{_text(_short(label))}</text>'
    return drawn


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."


def _text(text: str) -> str:
    return escape(clean(text))
