"""A drawing as a plain tree: what comes first at the left, what needs it below."""

from unknot.planner.drawing.drawing import Drawing
from unknot.planner.render.style import clean


def tree(drawing: Drawing) -> str:
    """The drawing as text. A node that several others lead to is unfolded once; elsewhere it ends in `(above)`."""
    kinds = {node.id: node for node in drawing.nodes}
    below: dict[str, list[str]] = {}
    for edge in drawing.edges:
        below.setdefault(edge.tail, []).append(edge.head)
    heads = {edge.head for edge in drawing.edges}
    lines = [clean(drawing.title)]
    seen: set[str] = set()
    roots = [node.id for node in drawing.nodes if node.id not in heads]
    # A ring has no root; a drawing of bad input is still shown whole.
    for root in (*roots, *kinds):
        if root in seen:
            continue
        # Without recursion: a chain may be longer than the interpreter's stack.
        stack: list[tuple[str, str, str]] = [(root, "", "")]
        while stack:
            node_id, margin, branch = stack.pop()
            node = kinds[node_id]
            repeated = node_id in seen and bool(below.get(node_id))
            seen.add(node_id)
            lines.append(
                f"{margin}{branch}{clean(node.kind)} {clean(node.label)}{' (above)' if repeated else ''}"
            )
            if repeated:
                continue
            inner = margin + ("" if not branch else "   " if branch.startswith("└") else "│  ")
            children = below.get(node_id, [])
            stack.extend(
                (child, inner, "└─ " if position == len(children) - 1 else "├─ ")
                for position, child in reversed(list(enumerate(children)))
            )
    return "\n".join(lines) + "\n"
