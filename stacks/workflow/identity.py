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
from collections.abc import Mapping
from typing import Any

from unknot.stacks.graph import Binding, LiteralValue, RunTime, TaskOutput, WorkflowGraph, WorkflowInput
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

    def give(self, op: str, inputs: Mapping[str, Binding]) -> str:
        """The id of a call that the user did not name."""
        steps = {name: self._step(name, binding) for name, binding in inputs.items()}
        digest = hashlib.sha256(canonical([op, steps]).encode()).digest()
        lineage = f"{op}-{base64.b32encode(digest).decode().lower()[:_LENGTH]}"
        self._calls[lineage] += 1
        ordinal = self._calls[lineage]
        task = lineage if ordinal == 1 else f"{lineage}-{ordinal}"
        if task in self._lineage:  # the user gave this very name to another task
            return self.give(op, inputs)
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


def find_task(graph: WorkflowGraph, text: str) -> str | None:
    """The id of the task that the user means by its id, or by its op's name when that has one task only."""
    ids = [task.id for task in graph.tasks]
    if text in ids:
        return text
    of_op = [task.id for task in graph.tasks if task.op == text]
    if len(of_op) == 1:
        return of_op[0]
    starting = [task for task in ids if task.startswith(text)]
    return starting[0] if len(starting) == 1 else None
