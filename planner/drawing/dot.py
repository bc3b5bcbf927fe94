"""A drawing as DOT, for Graphviz and what reads its language."""

from unknot.planner.drawing.drawing import Drawing, Tone
from unknot.planner.render.style import clean

_FILLS: dict[Tone, str] = {
    "plain": "#f5f6f8",
    "create": "#dff3e4",
    "update": "#fdf0cd",
    "destroy": "#fbdfdd",
    "other": "#e2eefb",
    "input": "#e2eefb",
    "metric": "#efe6fb",
    "check": "#fdf0cd",
}


def dot(drawing: Drawing) -> str:
    """The drawing in the DOT language."""
    lines = [
        f"digraph {_quoted(drawing.title)} {{",
        "  rankdir=LR;",
        '  node [shape=box, style="rounded,filled", fontname="sans-serif"];',
    ]
    for node in drawing.nodes:
        label = f"{_inner(node.kind)}\\n{_inner(node.label)}"
        lines.append(
            f'  {_quoted(node.id)} [label="{label}", fillcolor="{_FILLS[node.tone]}", tooltip={_quoted(node.detail)}];'
        )
    for edge in drawing.edges:
        label = f" [label={_quoted(edge.label)}]" if edge.label else ""
        lines.append(f"  {_quoted(edge.tail)} -> {_quoted(edge.head)}{label};")
    return "\n".join((*lines, "}", ""))


def _quoted(text: str) -> str:
    return f'"{_inner(text)}"'


def _inner(text: str) -> str:
    return clean(text).replace("\\", "\\\\").replace('"', '\\"')
