"""What a change of a workflow means: behaviour, settings, or metadata only (D7), and which function changed."""

from typing import Any

import msgspec

from unknot.planner.plan import Meaning
from unknot.stacks.definition import WORKFLOW_TYPE, Desired
from unknot.stacks.graph import (
    Binding,
    Choice,
    Element,
    Gathered,
    LiteralValue,
    Mapped,
    TaskOutput,
    TaskSpec,
    WorkflowGraph,
)
from unknot.state.snapshot import ResourceState

CODE_FIELDS = frozenset({"graph", "bundle", "fingerprint", "lock"})
"""Inputs of a deployment that change with the user's code, in text or in meaning."""


def meaning_of(desired: Desired, prior: ResourceState | None) -> tuple[Meaning, tuple[str, ...], str]:
    """The meaning, lines for the reader, and the reason to show instead of the list of fields."""
    if desired.info.type != WORKFLOW_TYPE or prior is None:
        return "", (), ""
    before, after = prior.inputs, desired.inputs
    changed = {name for name in {*before, *after} if before.get(name) != after.get(name)}
    if before.get("fingerprint") == after.get("fingerprint"):
        if changed and changed <= CODE_FIELDS:
            return "metadata", (), "metadata only: comments, formatting or places changed, no behaviour"
        return ("settings", (), "") if changed else ("", (), "")
    notes, certain = _differences(_graph(before), _graph(after), changed)
    if not certain:
        return "cannot-tell", notes, "its behaviour may have changed"
    return "behaviour", notes, "its behaviour changed"


def _graph(inputs: dict[str, Any]) -> WorkflowGraph:
    return msgspec.convert(inputs["graph"], WorkflowGraph)


def _differences(
    before: WorkflowGraph, after: WorkflowGraph, changed: set[str]
) -> tuple[tuple[str, ...], bool]:
    from unknot.stacks.fingerprint import compare  # only when a workflow's behaviour changed

    notes: list[str] = []
    certain = False
    for name, op in after.ops.items():
        earlier = before.ops.get(name)
        if earlier is None:
            notes.append(f"op `{name}` is new")
            certain = True
        elif earlier.fingerprint is not None and op.fingerprint is not None:
            if earlier.fingerprint.digest == op.fingerprint.digest:
                continue
            found = compare(earlier.fingerprint, op.fingerprint)
            certain = certain or found.verdict == "changed"
            notes.extend(f"op `{name}`: {sentence}" for sentence in found.sentences or (found.reason,))
    gone = [name for name in before.ops if name not in after.ops]
    notes.extend(f"op `{name}` is gone" for name in gone)
    if _shape(before, values=False) != _shape(after, values=False):
        notes.append("the workflow's body calls its ops differently")
        certain = True
    elif "parameters" not in changed and _shape(before, values=True) != _shape(after, values=True):
        notes.append("the workflow's body gives its ops other values")
        certain = True
    if "parameters" in changed:
        notes.append("its parameters changed")
        certain = True
    if "bindings" in changed:
        notes.append("its inputs are bound differently")
        certain = True
    return tuple(dict.fromkeys(notes)), certain or bool(gone)


def _shape(graph: WorkflowGraph, *, values: bool) -> list[Any]:
    """Which ops are called in which order on what; by places, as ids of tasks differ with the values they are given."""
    places = {task.id: place for place, task in enumerate(graph.tasks)}

    def bound(binding: Binding) -> Any:
        match binding:
            case TaskOutput(task, output):
                return (places.get(task), output)
            case LiteralValue(value):
                return value if values else "value"
            case Gathered(items, kind, keys, of):
                return (kind, keys, of, [bound(item) for item in items])
            case Choice(condition, then, otherwise):
                return ("choice", bound(condition), bound(then), bound(otherwise))
            case Element(of_list):
                return ("element", bound(of_list))
            case Mapped(item):
                return ("mapped", bound(item))
            case _:
                return binding

    def call(task: TaskSpec) -> Any:
        when = [(bound(condition.value), condition.holds) for condition in task.when]
        return (task.op, when, {name: bound(binding) for name, binding in task.inputs.items()})

    published = {name: bound(binding) for name, binding in graph.published.items()}
    return [*map(call, graph.tasks), published]
