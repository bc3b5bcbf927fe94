"""A workflow deployment as a desired resource: traced, fingerprinted, packed, with everything an engine needs."""

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Generic, TypeVar

import msgspec

from unknot.stacks.address import NAME_PATTERN, Address
from unknot.stacks.bundle import import_paths, imported_files, pack
from unknot.stacks.bundle.requirements import Lock, check_requirements, lock_requirements, lock_stated
from unknot.stacks.definition import PUBLISHED, REF, SECRET, WORKFLOW_TYPE, Desired
from unknot.stacks.diagnostic import Diagnostic, Diagnostics, SourceLocation
from unknot.stacks.encoding import as_json, encode
from unknot.stacks.errors import DefinitionError, FingerprintError
from unknot.stacks.fingerprint import (
    EnvironmentFacts,
    Fingerprint,
    Project,
    combine,
    fingerprint_files,
    fingerprint_function,
    fingerprint_notebook,
)
from unknot.stacks.fingerprint.files import files_at
from unknot.stacks.graph import CommandCode, NotebookCode, OpSpec, PythonCode, Resources, WorkflowGraph
from unknot.stacks.resource_type import FieldTraits, Lifecycle, TypeInfo
from unknot.stacks.schedule import Schedule
from unknot.stacks.secret import Secret
from unknot.stacks.target import Target
from unknot.stacks.workflow import ArtifactInput, Bound, Op, bound_artifact_of, trace_bound
from unknot.stacks.workflow.interface import InterfaceProblem

R = TypeVar("R")

_OPAQUE = FieldTraits(opaque=True)
_PLAIN = FieldTraits()

WORKFLOW_INFO = TypeInfo(
    type=WORKFLOW_TYPE,
    provider="",
    fields={
        "graph": _OPAQUE,
        "bundle": _OPAQUE,
        "fingerprint": _OPAQUE,
        "lock": _OPAQUE,
        "bindings": _PLAIN,
        "parameters": _PLAIN,
        "schedule": _PLAIN,
        "overrides": _PLAIN,
        "secrets": _PLAIN,
        "channels": _PLAIN,
        "owner": _PLAIN,
        "run_on_apply": _PLAIN,
        "stack": _PLAIN,
        "environment": _PLAIN,
    },
    computed={"uid": _PLAIN},
    resolve_by="mark",
)


class Deployed(Generic[R]):
    """A workflow that a stack deploys: what other parts of the stack refer to."""

    def __init__(self, address: Address, published: R) -> None:
        self.address = address
        self.published = published
        """What its latest run published, one that passed its error checks: for `bind` of other workflows."""

    def __repr__(self) -> str:
        return f"<Deployed {self.address}>"


class Request(msgspec.Struct, frozen=True):
    """A call of `Stack.deploy`, to be traced when the definition is asked for."""

    bound: Bound[Any]
    address: Address
    target: Target
    owner: str
    source: SourceLocation
    schedule: Schedule | None
    overrides: Mapping[Op[..., Any], Resources]
    secrets: Mapping[str, Secret]
    channels: tuple[str, ...]
    run_on_apply: bool
    lifecycle: Lifecycle
    depends_on: tuple[Address, ...]


def published_of(bound: Bound[R], address: Address) -> R:
    """What stands for the workflow's published outputs. Raises DefinitionError when its signature cannot be read."""
    try:
        return bound.workflow.published_by(address)
    except InterfaceProblem as problem:
        raise DefinitionError(
            [
                Diagnostic.error(
                    f"the workflow `{bound.workflow.name}` {problem.summary}",
                    detail=problem.advice,
                    address=address,
                    source=bound.source,
                )
            ]
        ) from problem


class Tracer:
    """Traces, fingerprints and packs the deployments of one stack; reads each of the user's files once."""

    def __init__(
        self, stack: str, environment: str, root: Path, diagnostics: Diagnostics, requirements: str | None
    ) -> None:
        self.bundles: dict[str, bytes] = {}
        """Packed code by SHA-256."""
        self._stack = stack
        self._environment = environment
        self._root = root
        self._diagnostics = diagnostics
        self._project = Project(root)
        self._lock = lock_requirements(root, root / ".unknot" / "cache", requirements)
        diagnostics.extend(self._lock.diagnostics)
        self._op_locks: dict[tuple[str, ...], Lock] = {}

    def trace(self, request: Request) -> Desired | None:
        """One deployment as a desired resource; its problems go to the diagnostics, and None comes back with errors."""
        diagnostics = self._diagnostics
        if not _is_name(request, diagnostics):
            return None
        traced = trace_bound(request.bound, root=self._root, fingerprint=self._fingerprint)
        diagnostics.extend(traced.diagnostics)
        if request.schedule is not None:
            diagnostics.extend(request.schedule.problems())
        if traced.graph is None:
            return None
        try:
            graph = self._locked(traced.graph)
            bundle = self._pack(graph)
        except DefinitionError as problem:
            diagnostics.extend(problem.diagnostics())
            return None
        references: list[Address] = [*request.depends_on]
        inputs = self._inputs(request, graph, traced.ops, bundle, references)
        return Desired(
            address=request.address,
            info=WORKFLOW_INFO,
            provider=f"engine:{request.target.engine}",
            target=request.target.name,
            inputs=inputs,
            dependencies=tuple(dict.fromkeys(references)),
            owner=request.owner,
            source=request.source,
            lifecycle=request.lifecycle,
        )

    def _inputs(
        self,
        request: Request,
        graph: WorkflowGraph,
        ops: Mapping[str, Op[..., Any]],
        bundle: str,
        references: list[Address],
    ) -> dict[str, Any]:
        bindings = {name: _binding(value, references) for name, value in request.bound.inputs.items()}
        inputs: dict[str, Any] = {
            "stack": self._stack,
            "environment": self._environment,
            "graph": as_json(graph),
            "bundle": bundle,
            "fingerprint": workflow_fingerprint(graph, bindings),
            "bindings": bindings,
            "parameters": as_json({p.name: p.value for p in graph.parameters}),
            "owner": request.owner,
            "run_on_apply": request.run_on_apply,
        }
        optional = {
            "lock": self._lock.hash,
            "schedule": _schedule(request.schedule, references),
            "overrides": _overrides(request.overrides, graph, ops, self._diagnostics, request.source),
            "secrets": {name: encode(secret, references)[SECRET] for name, secret in request.secrets.items()},
            "channels": list(request.channels),
        }
        inputs.update((name, value) for name, value in optional.items() if value)
        return inputs

    def _fingerprint(self, op: Op[..., Any], spec: OpSpec) -> Fingerprint | None:
        try:
            files = fingerprint_files([self._root / file for file in _files_of(spec)], self._root)
            if isinstance(spec.code, PythonCode):
                facts = EnvironmentFacts.current(lock=self._lock_of(spec).hash)
                own = fingerprint_function(op.function, self._project, environment=facts)
            elif isinstance(spec.code, NotebookCode):
                own = fingerprint_notebook(self._root / spec.code.path)
            else:
                return files
            return combine(own, files) if files.parts else own
        except (DefinitionError, FingerprintError) as problem:
            self._diagnostics.extend(problem.diagnostics())
            return None

    def _lock_of(self, spec: OpSpec) -> Lock:
        """The lock that an op runs under. Raises DefinitionError."""
        if not spec.requirements:
            return self._lock
        stated = check_requirements(spec.requirements, spec.source)
        if stated not in self._op_locks:
            cache = self._root / ".unknot" / "cache"
            made = lock_stated(stated, cache, f"op `{spec.name}`", spec.source)
            self._diagnostics.extend(made.diagnostics)
            self._op_locks[stated] = made
        return self._op_locks[stated]

    def _locked(self, graph: WorkflowGraph) -> WorkflowGraph:
        """The graph whose ops name the locks of their own."""
        ops = {
            name: msgspec.structs.replace(spec, lock=self._lock_of(spec).hash) if spec.requirements else spec
            for name, spec in graph.ops.items()
        }
        return msgspec.structs.replace(graph, ops=ops)

    def _pack(self, graph: WorkflowGraph) -> str:
        files: list[Path | str] = [*imported_files(self._root), *_declared_files(graph, self._root)]
        locks = sorted({self._lock_of(spec).text for spec in graph.ops.values() if spec.requirements})
        bundle = pack(
            self._root, files, graph, self._lock.text, paths=import_paths(self._root), op_locks=locks
        )
        self.bundles[bundle.hash] = bundle.data
        return bundle.hash


def _declared_files(graph: WorkflowGraph, root: Path) -> Iterator[Path | str]:
    """Files that ops name besides the user's modules."""
    for op in graph.ops.values():
        if isinstance(op.code, NotebookCode):
            yield op.code.path
        for file in _files_of(op):
            yield from files_at(root / file, root) if (root / file).is_dir() else (file,)


def _files_of(op: OpSpec) -> tuple[str, ...]:
    """Files that an op declares, and words of its command that are files of the project."""
    return (*op.files, *op.code.files) if isinstance(op.code, CommandCode) else op.files


def _is_name(request: Request, diagnostics: Diagnostics) -> bool:
    if NAME_PATTERN.fullmatch(request.address.partition(".")[2]):
        return True
    diagnostics.add(
        Diagnostic.error(
            f"`{request.bound.workflow.name}` cannot be the name of a workflow",
            detail="A name has letters, digits, `_` and `-`.",
            source=request.source,
        )
    )
    return False


def workflow_fingerprint(graph: WorkflowGraph, bindings: Mapping[str, Any]) -> str:
    """Of everything that decides what a run computes: ops, calls, parameters, and where inputs come from."""
    data = (
        {name: _op_identity(graph, name) for name in sorted(graph.ops)},
        [
            (task.id, task.op, task.inputs, *([task.when] if task.when else []))
            for task in sorted(graph.tasks, key=lambda t: t.id)
        ],
        [(p.name, p.value) for p in graph.parameters],
        graph.published,
        bindings,
    )
    return hashlib.sha256(msgspec.json.Encoder(order="sorted").encode(data)).hexdigest()


def _op_identity(graph: WorkflowGraph, name: str) -> Any:
    op = graph.ops[name]
    code = op.code if not isinstance(op.code, PythonCode) else None
    return (op.kind, op.severity, None if op.fingerprint is None else op.fingerprint.digest, code)


def _binding(value: ArtifactInput, references: list[Address]) -> dict[str, Any]:
    artifact = bound_artifact_of(value)
    references.append(artifact.address)
    if artifact.path[:1] == ("published",):
        return {
            PUBLISHED: [artifact.address, artifact.path[1]],
            "uid": {REF: [artifact.address, "uid"]},
        }
    return {REF: [artifact.address, *artifact.path]}


def _schedule(schedule: Schedule | None, references: list[Address]) -> dict[str, Any] | None:
    encoded = None if schedule is None else schedule.to_json()
    if encoded is not None and "after" in encoded:
        address = Address(encoded["after"])
        references.append(address)
        return {**encoded, "uid": {REF: [address, "uid"]}}
    return encoded


def _overrides(
    overrides: Mapping[Op[..., Any], Resources],
    graph: WorkflowGraph,
    ops: Mapping[str, Op[..., Any]],
    diagnostics: Diagnostics,
    source: SourceLocation,
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    names = {id(op): name for name, op in ops.items()}
    for op, resources in overrides.items():
        name = names.get(id(op))
        if name is None:
            diagnostics.add(
                Diagnostic.error(
                    f"`overrides` names `{op.name}`, which `{graph.name}` does not call",
                    detail=f"Its ops: {', '.join(graph.ops)}.",
                    source=source,
                )
            )
        else:
            found[name] = as_json(resources)
    return found
