"""What the bindings of a graph come to while a run goes on: which artifacts a task gets, which branch is taken, how
many elements there are.

Reads records and small artifacts; decides nothing about when. Nothing of the user's is imported.
"""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec

from unknot.providers.runner.assignment import Assembly
from unknot.providers.runner.gathering import (
    COLLECTION,
    Plain,
    Resolved,
    Several,
    Time,
    elements,
    read_bytes,
    read_collection,
)
from unknot.stacks.errors import EngineError
from unknot.stacks.graph import (
    Binding,
    Choice,
    Element,
    Gathered,
    LiteralValue,
    Mapped,
    RunTime,
    TaskOutput,
    TaskSpec,
    WorkflowInput,
    element_id,
    element_in,
)
from unknot.stacks.run import NOT_TAKEN, ArtifactRef, RunStarted, TaskRecord, TaskStatus
from unknot.state.stores.base import Store


class Skip(NamedTuple):
    """Why a task is not done."""

    status: TaskStatus
    reason: str


class Inputs(msgspec.Struct):
    """What a task is given, by the names of `TaskAssignment`."""

    artifacts: dict[str, ArtifactRef] = {}
    values: dict[str, Any] = {}
    times: dict[str, str] = {}
    assemblies: dict[str, Assembly] = {}
    origins: dict[str, str] = {}


class Resolver:
    """Resolves the bindings of one run. `records` is looked at anew each time; threads may share a resolver."""

    def __init__(self, store: Store, started: RunStarted, records: Mapping[str, TaskRecord]) -> None:
        self._store = store
        self._request = started.request
        self._time = started.request.scheduled_time or started.at
        self._records = records
        self._mapped = {task.id for task in started.request.deployment.graph.tasks if task.is_mapped}
        self._labels = started.request.deployment.graph.labels()
        self._read: dict[str, Any] = {}
        """Hash of a small artifact to what it holds."""

    def skipped(self, task: TaskSpec, place: int | None = None) -> Skip | None:
        """Why a task is not done: its branch is not taken, or something that it needs ended badly. None: it is done.

        `place` is that of the element; None for the whole of a mapped task. Raises EngineError for a condition that
        is no bool.
        """
        for condition in task.when:
            bad = self._bad(condition.value)
            if bad is not None:
                return self._because(bad)
            if place is None and element_in(condition.value) is not None:
                continue
            if self.holds(condition.value, place) != condition.holds:
                return Skip("skipped", NOT_TAKEN)
        for binding in task.inputs.values():
            bad = self._bad(binding)
            if bad is not None:
                return self._because(bad)
        return None

    def count(self, task: TaskSpec) -> int:
        """How many elements a mapped task has. Raises EngineError if what it goes over is no list."""
        element = next(found for b in task.bindings if (found := element_in(b)) is not None)
        return self._length(element.of)

    def lists(self, task: TaskSpec) -> dict[str, str]:
        """Hashes of the artifacts that a mapped task goes over, by the names of its inputs."""
        found = {}
        for name, binding in task.inputs.items():
            if isinstance(binding, Element) and isinstance(binding.of, (TaskOutput, WorkflowInput)):
                record = self._records[binding.of.task] if isinstance(binding.of, TaskOutput) else None
                if record is None or (
                    isinstance(binding.of, TaskOutput) and binding.of.output in record.outputs
                ):
                    value = self.resolve(binding.of)
                    if isinstance(value, ArtifactRef):
                        found[name] = value.hash
        return found

    def inputs(self, task: TaskSpec, place: int | None = None) -> Inputs:
        """What a task is given, or the task of one element. Raises EngineError."""
        found = Inputs({}, {}, {}, {}, {})
        for name, binding in task.inputs.items():
            _flatten(found, name, self.resolve(binding, place))
        return found

    def holds(self, condition: Binding, place: int | None = None) -> bool:
        """Whether a condition is true. Raises EngineError if it is no bool."""
        value = self.resolve(condition, place)
        if isinstance(value, ArtifactRef) and value.serializer == "json":
            value = Plain(self._json(value))
        if isinstance(value, Plain) and isinstance(value.value, bool):
            return value.value
        kind = value.type.rpartition(":")[2] if isinstance(value, ArtifactRef) else "list"
        kind = type(value.value).__name__ if isinstance(value, Plain) else kind
        raise EngineError(
            f"`when` goes by `True` or `False`, and was given `{kind}`",
            detail="The op that it goes by must return a bool.",
        )

    def resolve(self, binding: Binding, place: int | None = None) -> Resolved:
        """What a binding comes to; `place` is that of the element in a mapped task. Raises EngineError."""
        match binding:
            case LiteralValue(value):
                return Plain(value)
            case RunTime():
                return Time(self._time)
            case WorkflowInput(name):
                return self._request.inputs[name]
            case TaskOutput(task, output):
                return self._output(task, output)
            case Gathered(items, kind, keys, of):
                return Several(tuple(self.resolve(item, place) for item in items), kind, keys, of)
            case Choice():
                return self.resolve(self._chosen(binding, place), place)
            case Mapped(item):
                element = element_in(item)
                number = 0 if element is None else self._length(element.of)
                return Several(tuple(self.resolve(item, n) for n in range(number)))
            case Element(of):
                if place is None:
                    raise EngineError("an element of `each` is needed where there is no element")
                return self._element(of, place)

    def _output(self, task: str, output: str) -> ArtifactRef:
        record = self._records[task]
        if output not in record.outputs:
            raise EngineError(
                f"`{self._labels.get(task, task)}` has no output `{output}`: {record.reason or record.status}"
            )
        return record.outputs[output]

    def _chosen(self, choice: Choice, place: int | None = None) -> Binding:
        return choice.then if self.holds(choice.condition, place) else choice.otherwise

    def _element(self, of: Binding, place: int) -> Resolved:
        match of:
            case TaskOutput(task, output) if task in self._mapped:
                return self._output(element_id(task, place), output)
            case Mapped(item):
                return self.resolve(item, place)
            case Gathered(items):
                return self.resolve(items[place])
            case Choice():
                return self._element(self._chosen(of), place)
            case _:
                return self._items(self.resolve(of))[place]

    def _length(self, of: Binding) -> int:
        match of:
            case TaskOutput(task) if task in self._mapped:
                place = 0
                while element_id(task, place) in self._records:
                    place += 1
                return place
            case Mapped(item):
                element = element_in(item)
                return 0 if element is None else self._length(element.of)
            case Gathered(items):
                return len(items)
            case Choice():
                return self._length(self._chosen(of))
            case _:
                return len(self._items(self.resolve(of)))

    def _items(self, value: Resolved) -> tuple[Resolved, ...]:
        """The elements of a list. Raises EngineError for what is none."""
        found: Any = value
        origin = ""
        if isinstance(value, ArtifactRef):
            origin = value.hash
            if value.serializer == COLLECTION:
                if value.hash not in self._read:
                    self._read[value.hash] = read_collection(value, self._store)
                collection = self._read[value.hash]
                if collection.kind in ("list", "tuple"):
                    return elements(value, collection)
            elif value.serializer == "json":
                found = self._json(value)
        elif isinstance(value, Plain):
            found = value.value
        if isinstance(found, dict) and found.keys() == {"$tuple"}:
            found = found["$tuple"]
        if isinstance(found, list):
            return tuple(Plain(item, origin) for item in found)
        kind = value.type if isinstance(value, ArtifactRef) else type(found).__name__
        raise EngineError(
            f"`each` goes over a list, and was given `{kind.rpartition(':')[2]}`",
            detail="The op that makes it must return a list or a tuple.",
        )

    def _json(self, ref: ArtifactRef) -> Any:
        if ref.hash not in self._read:
            text = read_bytes(ref, self._store).decode("utf-8", "surrogatepass")
            self._read[ref.hash] = json.loads(text)
        return self._read[ref.hash]

    def _bad(self, binding: Binding) -> str | None:
        """A task that ended badly of those that a binding needs."""
        match binding:
            case TaskOutput(task):
                record = self._records.get(task)
                return task if record is not None and record.ended_badly else None
            case Gathered(items):
                parts: tuple[Binding, ...] = items
            case Choice(condition, then, otherwise):
                bad = self._bad(condition)
                if bad is not None:
                    return bad
                by_element = element_in(condition) is not None
                parts = (then, otherwise) if by_element else (self._chosen(binding),)
            case Element(of):
                parts = (of,)
            case Mapped(item):
                parts = (item,)
            case _:
                return None
        return next((bad for part in parts if (bad := self._bad(part)) is not None), None)

    def _because(self, task: str) -> Skip:
        if self._records[task].status == "cancelled":
            return Skip("cancelled", "")
        return Skip("skipped", f"skipped because of {self._labels.get(task, task)}")


def _flatten(found: Inputs, name: str, value: Resolved) -> Assembly | str:
    match value:
        case ArtifactRef():
            found.artifacts[name] = value
        case Time():
            found.times[name] = value.at
        case Plain():
            found.values[name] = value.value
            if value.origin:
                found.origins[f"each {name}"] = value.origin
        case Several():
            labels = value.keys or tuple(map(str, range(len(value.items))))
            items = tuple(
                _flatten(found, f"{name}[{label}]", item)
                for label, item in zip(labels, value.items, strict=True)
            )
            assembly = Assembly(items, value.kind, value.keys, value.type)
            if "[" not in name:
                found.assemblies[name] = assembly
            return assembly
    return name
