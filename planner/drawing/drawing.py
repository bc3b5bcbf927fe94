"""What is drawn: nodes, edges and words for them, made from a definition, a plan or a workflow.

Knows nothing of how it is drawn. Nodes and edges are in an order that does not depend on the order of definition.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Literal, TypeAlias

import msgspec

from unknot.planner.plan import Action, Plan
from unknot.planner.render.style import count
from unknot.planner.render.text import SYMBOLS
from unknot.stacks.address import name_of, type_of
from unknot.stacks.definition import Definition
from unknot.stacks.graph import (
    Binding,
    Choice,
    Element,
    Gathered,
    Mapped,
    TaskOutput,
    TaskSpec,
    WorkflowGraph,
    WorkflowInput,
    leaves,
)

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
    labels = graph.labels()
    nodes = [Node(f"input:{i.name}", i.name, "input", "input", i.type) for i in graph.inputs]
    edges: list[Edge] = []
    for task in graph.tasks:
        op = graph.ops[task.op]
        tone: Tone = "metric" if op.kind == "metric" else "check" if op.kind == "check" else "plain"
        words = [op.doc.strip().partition("\n")[0], *_circumstances(task, labels)]
        kind = f"each {op.kind}" if task.is_mapped else op.kind
        node = f"task:{task.id}"
        nodes.append(Node(node, labels[task.id], kind, tone, ". ".join(filter(None, words))))
        for condition in task.when:
            edges += _arrows(condition.value, node, "if" if condition.holds else "if not")
        for name, binding in task.inputs.items():
            edges += _arrows(binding, node, "", name)
    for name, binding in graph.published.items():
        found = list(_arrows(binding, f"output:{name}", ""))
        if found:
            nodes.append(Node(f"output:{name}", name, "published", "create", f"published as {name}"))
            edges += found
    return _drawing(graph.name, "Tasks of the workflow", nodes, edges)


def _circumstances(task: TaskSpec, labels: Mapping[str, str]) -> Iterator[str]:
    """When, and how often, a task is done."""
    if task.is_mapped:
        yield "done for each element of a list"
    for condition in task.when:
        by = next((leaf.task for leaf in leaves(condition.value) if isinstance(leaf, TaskOutput)), "")
        yield f"done if {labels.get(by, 'its condition')} is {'true' if condition.holds else 'false'}"


def _arrows(binding: Binding, head: str, label: str, name: str = "") -> Iterator[Edge]:
    """From whatever a binding is made of. `name` is that of the input, which says nothing new if it is what it reads."""
    match binding:
        case TaskOutput(task, output):
            yield Edge(f"task:{task}", head, label or ("" if output == "value" else output))
        case WorkflowInput(source):
            yield Edge(f"input:{source}", head, label or ("" if name in ("", source) else name))
        case Element(of):
            yield from _arrows(of, head, label or "each", name)
        case Choice(condition, then, otherwise):
            yield from _arrows(condition, head, "which")
            yield from _arrows(then, head, "if", name)
            yield from _arrows(otherwise, head, "if not", name)
        case Gathered(items):
            for item in items:
                yield from _arrows(item, head, label, name)
        case Mapped(item):
            yield from _arrows(item, head, label, name)
        case _:
            return


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
