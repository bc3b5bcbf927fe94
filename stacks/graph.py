"""A workflow as data: what tracing makes of a workflow's body, and what engines and the runner read.

Nothing here runs anything or imports user code. Every struct encodes to JSON; a graph in a bundle is the
only thing an engine needs to know a workflow by.
"""

from collections import Counter
from collections.abc import Iterable
from typing import Any, Literal, TypeAlias

import msgspec

from unknot.stacks.diagnostic import SourceLocation

OpKind: TypeAlias = Literal["op", "metric", "check"]


class LiteralValue(msgspec.Struct, frozen=True, tag="literal", tag_field="from"):
    """A plain JSON value that was in the workflow's body or came from a parameter."""

    value: Any


class TaskOutput(msgspec.Struct, frozen=True, tag="task", tag_field="from"):
    """What another task of the same graph wrote."""

    task: str
    output: str = "value"


class WorkflowInput(msgspec.Struct, frozen=True, tag="input", tag_field="from"):
    """An artifact that the deployment binds: a dataset's value, another workflow's published output."""

    name: str


class RunTime(msgspec.Struct, frozen=True, tag="scheduled-time", tag_field="from"):
    """The time a run is for: the scheduled time, or the time it was triggered."""


Binding: TypeAlias = LiteralValue | TaskOutput | WorkflowInput | RunTime


class OutputSpec(msgspec.Struct, frozen=True, omit_defaults=True):
    """One value that an op writes. `type` is `module:qualname` of its annotation, for the serializer."""

    name: str
    type: str


class Resources(msgspec.Struct, frozen=True, omit_defaults=True):
    """What one task may use. None leaves it to the engine."""

    cpu: float | None = None
    """Cores."""
    memory: str | None = None
    """With a unit: `512MiB`, `8GiB`."""
    gpu: int | None = None
    timeout_s: float | None = None
    """Wall seconds for one attempt."""
    retries: int | None = None
    """Further attempts after the first one failed."""
    retry_delay_s: float | None = None
    """Seconds before the first retry; doubles with each."""


class PythonCode(msgspec.Struct, frozen=True, tag="python", tag_field="is"):
    """A function in the bundle."""

    module: str
    qualname: str


class CommandCode(msgspec.Struct, frozen=True, tag="command", tag_field="is"):
    """A command line; `{name}` stands for the path of an input or an output."""

    argv: tuple[str, ...]
    files: tuple[str, ...] = ()
    """Files of the project that it needs, relative to the bundle's root."""


class NotebookCode(msgspec.Struct, frozen=True, tag="notebook", tag_field="is"):
    """A notebook in the bundle, run from top to bottom with its inputs as parameters."""

    path: str


class ContainerCode(msgspec.Struct, frozen=True, tag="container", tag_field="is"):
    """A command in a container image."""

    image: str
    argv: tuple[str, ...] = ()


Code: TypeAlias = PythonCode | CommandCode | NotebookCode | ContainerCode


class CodePart(msgspec.Struct, frozen=True, omit_defaults=True):
    """One function, class or constant that an op reaches, with its own digest, so that a plan can name it."""

    name: str
    """`module:qualname`."""
    digest: str
    file: str
    line: int


class Fingerprint(msgspec.Struct, frozen=True, omit_defaults=True):
    """What an op's behaviour depends on, by meaning and not by text (rule F2)."""

    digest: str
    """Over all parts, in the canonical encoding of `version`."""
    version: int
    parts: tuple[CodePart, ...] = ()
    widened: tuple[str, ...] = ()
    """Constructs that could not be resolved, each with file and line; they made the closure wider."""


class OpSpec(msgspec.Struct, frozen=True, omit_defaults=True):
    """One op of a workflow."""

    name: str
    kind: OpKind
    code: Code
    outputs: tuple[OutputSpec, ...]
    inputs: dict[str, str] = {}
    """Parameter name to its annotated type, `module:qualname`."""
    fingerprint: Fingerprint | None = None
    resources: Resources = Resources()
    severity: Literal["warning", "error"] = "error"
    """Of a check: an error keeps the workflow's outputs from being published (rule F1)."""
    doc: str = ""
    source: SourceLocation | None = None
    files: tuple[str, ...] = ()
    """Files of the project that the op declares, relative to the bundle's root; part of its fingerprint (rule F2)."""


class TaskSpec(msgspec.Struct, frozen=True, omit_defaults=True):
    """One call of an op in a workflow's body."""

    id: str
    """From the op's name and its input lineage, or the name the user gave; stable when calls are inserted above."""
    op: str
    inputs: dict[str, Binding] = {}
    source: SourceLocation | None = None

    @property
    def upstream(self) -> tuple[str, ...]:
        """Ids of the tasks whose outputs this one reads."""
        return tuple(dict.fromkeys(b.task for b in self.inputs.values() if isinstance(b, TaskOutput)))


class InputSpec(msgspec.Struct, frozen=True, omit_defaults=True):
    """An artifact that must be bound when the workflow is deployed."""

    name: str
    type: str


class ParameterSpec(msgspec.Struct, frozen=True, omit_defaults=True):
    """A plain value that a run may set. `schema` is the JSON Schema that it must satisfy."""

    name: str
    type: str
    value: Any
    schema: dict[str, Any] = {}


class WorkflowGraph(msgspec.Struct, frozen=True, omit_defaults=True):
    """A whole workflow as data."""

    name: str
    module: str
    """Where the workflow function is, to trace it again with other parameters."""
    qualname: str
    ops: dict[str, OpSpec]
    tasks: tuple[TaskSpec, ...]
    """In an order in which each comes after what it reads."""
    inputs: tuple[InputSpec, ...] = ()
    parameters: tuple[ParameterSpec, ...] = ()
    published: dict[str, Binding] = {}
    """Names of what the workflow returns, and where it comes from. One unnamed value is called `value`."""
    doc: str = ""
    source: SourceLocation | None = None

    def task(self, task_id: str) -> TaskSpec:
        """The task of that id; raises KeyError."""
        for task in self.tasks:
            if task.id == task_id:
                return task
        raise KeyError(task_id)

    def labels(self) -> dict[str, str]:
        """Task id to what people call it."""
        return task_labels((task.id, task.op) for task in self.tasks)


def task_labels(tasks: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Task id to what people call it: the op's name where one task alone calls that op, else the id."""
    ops = dict(tasks)
    calls = Counter(ops.values())
    return {
        task: op if calls[op] == 1 and (op == task or op not in ops) else task for task, op in ops.items()
    }
