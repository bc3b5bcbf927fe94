"""A task's inputs as its code wants them: values for a function, paths and plain values for other code."""

from typing import Any

import msgspec

from unknot.providers.runner import clock
from unknot.providers.runner.artifacts import fetch_artifact, field_types, read_artifact
from unknot.providers.runner.assignment import Assembly, TaskAssignment
from unknot.providers.runner.gathering import COLLECTION, assembled, elements, read_collection
from unknot.providers.runner.produced import Several
from unknot.providers.runner.serializers import UnserialisableArtifact, serializer_named
from unknot.providers.runner.workspace import Workspace
from unknot.stacks.errors import EngineError
from unknot.stacks.graph import PythonCode
from unknot.stacks.run import ArtifactRef
from unknot.stacks.secret import SecretReference
from unknot.state.stores.base import Store


def read_values(assignment: TaskAssignment, store: Store, place: Workspace) -> dict[str, Any]:
    """Inputs for a Python function, read as the types that it annotates."""
    task = unfolded(assignment, store)
    op = task.op
    if any(serializer_named(ref.serializer) is None for ref in task.artifacts.values()):
        import_user_code(task)
    plain = _plain(task)

    def value(name: str, wanted: str) -> Any:
        if name not in task.artifacts:
            return plain[name]
        try:
            return read_artifact(task.artifacts[name], store, place.inputs, wanted=wanted, name=name)
        except UnserialisableArtifact as error:
            raise UnserialisableArtifact(
                f"op `{op.name}` cannot read its input `{name}`: {error.summary}", detail=error.detail
            ) from error

    def built(part: Assembly | str, wanted: str, element: str) -> Any:
        if isinstance(part, str):
            return value(part, wanted)
        of_items = [element] * len(part.items)
        if part.kind == "bundle":
            of_items = field_types(part.type, part.keys)
        values = [built(item, kind, "") for item, kind in zip(part.items, of_items, strict=True)]
        return assembled(part.kind, values, part.keys, part.type)

    return {
        name: built(part, op.inputs.get(name, ""), op.elements.get(name, ""))
        for name, part in parts_of_inputs(task).items()
    }


def fetch_paths(assignment: TaskAssignment, store: Store, place: Workspace) -> dict[str, Any]:
    """Inputs for a command: artifacts as paths of their files, secrets never in the command line."""
    task, values = fetch_files(assignment, store, place)

    def leaves(part: Assembly | str) -> list[Any]:
        return (
            [values[part]]
            if isinstance(part, str)
            else [leaf for item in part.items for leaf in leaves(item)]
        )

    return {
        name: values[part] if isinstance(part, str) else Several(leaves(part))
        for name, part in parts_of_inputs(task).items()
    }


def fetch_files(
    assignment: TaskAssignment, store: Store, place: Workspace
) -> tuple[TaskAssignment, dict[str, Any]]:
    """The assignment with each of its artifacts one file, and by their names the plain values and the paths."""
    task = unfolded(assignment, store)
    values = _plain(task)
    for name, value in values.items():
        if isinstance(value, SecretReference):
            raise EngineError(
                f"op `{task.op.name}` takes the secret `{name}` on its command line",
                detail="Command lines can be seen by others. Give the secret through the deployment's `secrets`, "
                "which puts it into the environment.",
            )
    for name, ref in task.artifacts.items():
        path = fetch_artifact(ref, store, place.inputs, name=name)
        if ref.serializer == "folder":
            serializer = serializer_named("folder")
            path = serializer.read(path, "") if serializer is not None else path
        values[name] = path
    return task, values


def unfolded(assignment: TaskAssignment, store: Store) -> TaskAssignment:
    """The assignment with its artifacts that are lists or the like as their elements."""
    if all(ref.serializer != COLLECTION for ref in assignment.artifacts.values()):
        return assignment
    artifacts: dict[str, ArtifactRef] = {}
    made: dict[str, Assembly | str] = {}

    def unfold(name: str, ref: ArtifactRef) -> Assembly | str:
        if ref.serializer != COLLECTION:
            artifacts[name] = ref
            return name
        collection = read_collection(ref, store)
        labels = collection.keys or tuple(map(str, range(len(collection.items))))
        items = tuple(
            unfold(f"{name}[{label}]", item)
            for label, item in zip(labels, elements(ref, collection), strict=True)
        )
        return Assembly(items, collection.kind, collection.keys, collection.type)

    def replaced(part: Assembly | str) -> Assembly | str:
        if isinstance(part, str):
            return made.get(part, part)
        return msgspec.structs.replace(part, items=tuple(replaced(item) for item in part.items))

    for name, ref in assignment.artifacts.items():
        made[name] = unfold(name, ref)
    assemblies = {name: replaced(part) for name, part in assignment.assemblies.items()}
    assemblies |= {name: part for name, part in made.items() if parts_of_inputs(assignment).get(name) == name}
    return msgspec.structs.replace(
        assignment,
        artifacts=artifacts,
        assemblies={name: part for name, part in assemblies.items() if isinstance(part, Assembly)},
    )


def parts_of_inputs(task: TaskAssignment) -> dict[str, Assembly | str]:
    """Each input by its own name: what it is made of, or itself."""
    inside: set[str] = set()

    def note(part: Assembly | str) -> None:
        if isinstance(part, str):
            inside.add(part)
        else:
            for item in part.items:
                note(item)

    for part in task.assemblies.values():
        note(part)
    found: dict[str, Assembly | str] = {
        name: name for name in (*task.values, *task.times, *task.artifacts) if name not in inside
    }
    return {**found, **task.assemblies}


def import_user_code(assignment: TaskAssignment) -> None:
    """Import the modules in which the user may have registered a serializer."""
    import importlib

    modules = [assignment.module] if assignment.module else []
    if isinstance(assignment.op.code, PythonCode):
        modules.insert(0, assignment.op.code.module)
    for module in modules:
        importlib.import_module(module)


def _plain(assignment: TaskAssignment) -> dict[str, Any]:
    """Inputs that are no artifacts."""
    from unknot.stacks.workflow.literal import decode
    from unknot.stacks.workflow.scheduled import ScheduledTime

    plain: dict[str, Any] = {name: decode(value) for name, value in assignment.values.items()}
    plain |= {name: ScheduledTime.of(clock.parse(time)) for name, time in assignment.times.items()}
    return plain
