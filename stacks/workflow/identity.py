"""Ids of tasks: the op's name and a short hash of the input lineage, or the name that the user gives (rule F1).

An id depends on the call alone and never on the calls around it, so an inserted call renames nothing:
that is why the hash is there even for the only call of an op. Two rules keep ids readable across runs:

- a literal that equals the workflow's parameter of the same name counts as that parameter, so a run with
  another value has the same tasks;
- calls with one lineage (the same op on the same inputs) are told apart by an ordinal, `-2`, which what
  reads them does not take into its own lineage.
"""

import base64
import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from unknot.stacks.graph import (
    Binding,
    Choice,
    Condition,
    Element,
    Gathered,
    LiteralValue,
    Mapped,
    RunTime,
    TaskOutput,
    WorkflowGraph,
    WorkflowInput,
    element_id,
    element_of,
)
from unknot.stacks.workflow.literal import canonical

_LENGTH = 6
"""Characters of base 32, 30 bits. Two lineages of one op that collide are told apart by an ordinal."""


class TaskIds:
    """Gives ids to the calls of one trace."""

    def __init__(self, parameters: Mapping[str, Any]) -> None:
        self._parameters = {name: canonical(value) for name, value in parameters.items()}
        self._lineage: dict[str, str] = {}
        """Task id to the id without its ordinal."""
        self._calls: Counter[str] = Counter()

    def give(self, op: str, inputs: Mapping[str, Binding], when: Sequence[Condition] = ()) -> str:
        """The id of a call that the user did not name, in the branches `when`."""
        steps = {name: self._step(name, binding) for name, binding in inputs.items()}
        lineage_of: list[Any] = [op, steps]
        if when:
            lineage_of.append([[self._step("", c.value), c.holds] for c in when])
        digest = hashlib.sha256(canonical(lineage_of).encode()).digest()
        lineage = f"{op}-{base64.b32encode(digest).decode().lower()[:_LENGTH]}"
        self._calls[lineage] += 1
        ordinal = self._calls[lineage]
        task = lineage if ordinal == 1 else f"{lineage}-{ordinal}"
        if task in self._lineage:  # the user gave this very name to another task
            return self.give(op, inputs, when)
        self._lineage[task] = lineage
        return task

    def take(self, name: str) -> bool:
        """Use a name that the user gave; False when it is taken."""
        if name in self._lineage:
            return False
        self._lineage[name] = name
        return True

    def _step(self, name: str, binding: Binding) -> list[Any]:
        match binding:
            case TaskOutput(task, output):
                return ["task", self._lineage.get(task, task), output]
            case WorkflowInput(source):
                return ["input", source]
            case RunTime():
                return ["time"]
            case LiteralValue(value):
                if self._parameters.get(name) == canonical(value):
                    return ["parameter", name]
                return ["literal", value]
            case Gathered(items, kind, keys, of):
                return ["gathered", kind, list(keys), of, [self._step("", item) for item in items]]
            case Choice(condition, then, otherwise):
                return ["choice", *(self._step("", part) for part in (condition, then, otherwise))]
            case Element(of_list):
                return ["element", self._step("", of_list)]
            case Mapped(item):
                return ["mapped", self._step("", item)]


def find_task(graph: WorkflowGraph, text: str) -> str | None:
    """The id of the task that the user means by its id, or by its op's name when that has one task only.

    `score[3]` is the task that does an element of a mapped one.
    """
    element = element_of(text)
    if element is not None:
        mapped = find_task(graph, element[0])
        is_one = mapped is not None and graph.task(mapped).is_mapped
        return element_id(mapped, element[1]) if mapped is not None and is_one else None
    ids = [task.id for task in graph.tasks]
    if text in ids:
        return text
    of_op = [task.id for task in graph.tasks if task.op == text]
    if len(of_op) == 1:
        return of_op[0]
    starting = [task for task in ids if task.startswith(text)]
    return starting[0] if len(starting) == 1 else None
