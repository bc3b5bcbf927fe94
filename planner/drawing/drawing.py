"""What is drawn: nodes, edges and words for them, made from a definition, a plan or a workflow.

Knows nothing of how it is drawn. Nodes and edges are in an order that does not depend on the order of definition.
"""

from collections.abc import Iterable
from typing import Literal, TypeAlias

import msgspec

from unknot.planner.plan import Action, Plan
from unknot.planner.render.style import count
from unknot.planner.render.text import SYMBOLS
from unknot.stacks.address import name_of, type_of
from unknot.stacks.definition import Definition
from unknot.stacks.graph import TaskOutput, WorkflowGraph, WorkflowInput

Tone: TypeAlias = Literal["plain", "create", "update", "destroy", "other", "input", "metric", "check"]


class Node(msgspec.Struct, frozen=True):
    """One box."""

    id: str
    label: str
    kind: str
    """A short line above the label: the type, with the action's symbol in a plan, so that no meaning is in colour alone."""
    tone: Tone = "plain"
    detail: str = ""
    """A sentence for a tooltip and for a screen reader."""


class Edge(msgspec.Struct, frozen=True):
    """An arrow from what comes first to what needs it."""

    tail: str
    head: str
    label: str = ""


class Drawing(msgspec.Struct, frozen=True):
    """A graph to be drawn. Every edge joins two of the nodes."""

    title: str
    description: str
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]


_TONES: dict[Action, Tone] = {
    Action.CREATE: "create",
    Action.UPDATE: "update",
    Action.DELETE: "destroy",
    Action.CREATE_THEN_DELETE: "destroy",
    Action.DELETE_THEN_CREATE: "destroy",
}


def drawing_of_definition(definition: Definition) -> Drawing:
    """Everything that a stack wants, with what depends on what."""
    nodes = [
        Node(
            d.address,
            name_of(d.address),
            type_of(d.address),
            "plain",
            f"on {d.target}, owner {d.owner}, {d.source}",
        )
        for _, d in sorted(definition.resources.items())
    ]
    edges = [Edge(dep, d.address) for d in definition.resources.values() for dep in d.dependencies]
    name = f"{definition.stack}/{definition.environment}"
    return _drawing(name, "Resources of the stack", nodes, edges)


def drawing_of_plan(plan: Plan) -> Drawing:
    """What a plan changes, with what depends on what among that; unchanged addresses are left out."""
    nodes = [
        Node(
            c.address,
            name_of(c.address),
            f"{SYMBOLS[c.action][0]} {type_of(c.address)}",
            _TONES.get(c.action, "other"),
            f"{c.action.value}: {c.reason}" if c.reason else c.action.value,
        )
        for c in sorted(plan.changes, key=lambda c: c.address)
    ]
    edges = []
    for change in plan.changes:
        prior = change.prior.dependencies if change.prior is not None else ()
        edges += [Edge(dep, change.address) for dep in (change.dependencies or prior)]
    return _drawing(f"{plan.stack}/{plan.environment}", "Changes of the plan", nodes, edges)


def drawing_of_workflow(graph: WorkflowGraph) -> Drawing:
    """The tasks of a workflow, what it is given, and what it publishes."""
    nodes = [Node(f"input:{i.name}", i.name, "input", "input", i.type) for i in graph.inputs]
    edges: list[Edge] = []
    for task in graph.tasks:
        op = graph.ops[task.op]
        tone: Tone = "metric" if op.kind == "metric" else "check" if op.kind == "check" else "plain"
        nodes.append(Node(f"task:{task.id}", task.id, op.kind, tone, op.doc.strip().partition("\n")[0]))
        for name, binding in task.inputs.items():
            if isinstance(binding, TaskOutput):
                label = "" if binding.output == "value" else binding.output
                edges.append(Edge(f"task:{binding.task}", f"task:{task.id}", label))
            elif isinstance(binding, WorkflowInput):
                edges.append(
                    Edge(f"input:{binding.name}", f"task:{task.id}", "" if name == binding.name else name)
                )
    for name, binding in graph.published.items():
        if isinstance(binding, TaskOutput | WorkflowInput):
            nodes.append(Node(f"output:{name}", name, "published", "create", f"published as {name}"))
            tail = f"task:{binding.task}" if isinstance(binding, TaskOutput) else f"input:{binding.name}"
            edges.append(Edge(tail, f"output:{name}"))
    return _drawing(graph.name, "Tasks of the workflow", nodes, edges)


def _drawing(title: str, what: str, nodes: list[Node], edges: Iterable[Edge]) -> Drawing:
    known = {node.id for node in nodes}
    # Two edges between the same nodes (two outputs of one task) are one arrow with both labels.
    labels: dict[tuple[str, str], list[str]] = {}
    for edge in edges:
        if edge.tail in known and edge.head in known and edge.tail != edge.head:
            labels.setdefault((edge.tail, edge.head), []).append(edge.label)
    joined = tuple(
        Edge(tail, head, ", ".join(sorted({label for label in found if label})))
        for (tail, head), found in sorted(labels.items())
    )
    return Drawing(
        title, f"{what}: {count(len(nodes), 'node')}, {count(len(joined), 'arrow')}", tuple(nodes), joined
    )
