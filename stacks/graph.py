"""A workflow as data: what tracing makes of a workflow's body, and what engines and the runner read.

Nothing here runs anything or imports user code. Every struct encodes to JSON; a graph in a bundle is the
only thing an engine needs to know a workflow by.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
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


GatheredKind: TypeAlias = Literal["list", "tuple", "dict", "bundle"]


class Gathered(msgspec.Struct, frozen=True, omit_defaults=True, tag="gathered", tag_field="from"):
    """Several values as one: the artifacts of a list that a body gives to an op (fan-in)."""

    items: tuple["Binding", ...]
    kind: GatheredKind = "list"
    keys: tuple[str, ...] = ()
    """Of a dict and of a bundle, one for each item."""
    type: str = ""
    """Of a bundle: `module:qualname` of its class."""


class Choice(msgspec.Struct, frozen=True, tag="choice", tag_field="from"):
    """The value of one of two branches, by a bool that is known when the workflow runs (`when`)."""

    condition: "Binding"
    then: "Binding"
    otherwise: "Binding"


class Element(msgspec.Struct, frozen=True, tag="element", tag_field="from"):
    """One element of a list that is known when the workflow runs (`each`).

    A task that reads one is done once for each element, each time with the element of that place.
    """

    of: "Binding"


class Mapped(msgspec.Struct, frozen=True, tag="mapped", tag_field="from"):
    """A list with one value for each element that `item` is made of."""

    item: "Binding"


Binding: TypeAlias = (
    LiteralValue | TaskOutput | WorkflowInput | RunTime | Gathered | Choice | Element | Mapped
)


class Condition(msgspec.Struct, frozen=True):
    """What must hold for a task to be done: that it is in the branch that is taken (`when`)."""

    value: Binding
    holds: bool
    """What `value` must be."""


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
    elements: dict[str, str] = {}
    """Of inputs that take a list or the like: the annotated type of its elements, where it is one."""
    requirements: tuple[str, ...] = ()
    """What the op asks for in place of the workflow's requirements; it then runs in an environment of its own."""
    lock: str = ""
    """SHA-256 of the lock of its own requirements, which the bundle holds under that name."""


class TaskSpec(msgspec.Struct, frozen=True, omit_defaults=True):
    """One call of an op in a workflow's body."""

    id: str
    """From the op's name and its input lineage, or the name the user gave; stable when calls are inserted above."""
    op: str
    inputs: dict[str, Binding] = {}
    source: SourceLocation | None = None
    when: tuple[Condition, ...] = ()
    """Conditions of the branches that the call is in, the outermost first: all must hold."""

    @property
    def bindings(self) -> tuple[Binding, ...]:
        """All that the task goes by: its conditions and its inputs."""
        return (*(condition.value for condition in self.when), *self.inputs.values())

    @property
    def upstream(self) -> tuple[str, ...]:
        """Ids of the tasks whose outputs this one may read."""
        found = (leaf.task for b in self.bindings for leaf in leaves(b) if isinstance(leaf, TaskOutput))
        return tuple(dict.fromkeys(found))

    @property
    def is_mapped(self) -> bool:
        """Whether it is done once for each element of a list. Its own record is then that of gathering them."""
        return any(element_in(binding) is not None for binding in self.bindings)

    @property
    def is_dynamic(self) -> bool:
        """Whether what is done depends on values that are known only when the workflow runs."""
        return any(is_dynamic(binding) for binding in self.bindings) or bool(self.when)


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


def leaves(binding: Binding) -> Iterator[LiteralValue | TaskOutput | WorkflowInput | RunTime]:
    """What a binding is made of in the end, of a choice both branches and what it goes by."""
    match binding:
        case Gathered():
            for item in binding.items:
                yield from leaves(item)
        case Choice():
            for part in (binding.condition, binding.then, binding.otherwise):
                yield from leaves(part)
        case Element():
            yield from leaves(binding.of)
        case Mapped():
            yield from leaves(binding.item)
        case _:
            yield binding


def element_in(binding: Binding) -> Element | None:
    """The first element of a list that a binding reads; None if it is one value, whatever the lists."""
    match binding:
        case Element():
            return binding
        case Gathered():
            parts: tuple[Binding, ...] = binding.items
        case Choice():
            parts = (binding.condition, binding.then, binding.otherwise)
        case _:
            return None  # what is in a `Mapped` belongs to its own elements
    return next((found for part in parts if (found := element_in(part)) is not None), None)


def is_dynamic(binding: Binding) -> bool:
    """Whether the shape of a value is known only when the workflow runs."""
    match binding:
        case Choice() | Element() | Mapped():
            return True
        case Gathered():
            return any(is_dynamic(item) for item in binding.items)
        case _:
            return False


_ELEMENT = re.compile(r"(.+)\[(\d+)\]")


def element_id(task: str, place: int) -> str:
    """The id of the task that does the element at `place`, from 0, of a mapped task."""
    return f"{task}[{place}]"


def element_of(task: str) -> tuple[str, int] | None:
    """The mapped task and the place of an element's task; None for any other. No other id has brackets."""
    match = _ELEMENT.fullmatch(task)
    return None if match is None else (match[1], int(match[2]))


def task_labels(tasks: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Task id to what people call it: the op's name where one task alone calls that op, else the id."""
    ops = dict(tasks)
    whole = {task: op for task, op in ops.items() if element_of(task) is None}
    calls = Counter(whole.values())
    labels = {
        task: op if calls[op] == 1 and (op == task or op not in whole) else task for task, op in whole.items()
    }
    return {task: labels[task] if task in labels else label_of(labels, task) for task in ops}


def label_of(labels: Mapping[str, str], task: str) -> str:
    """What people call a task, given labels of the graph's tasks: those of elements are not in the graph."""
    if task in labels:
        return labels[task]
    element = element_of(task)
    return task if element is None else element_id(labels.get(element[0], element[0]), element[1])
