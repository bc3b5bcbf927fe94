"""The trace under way: turns each call of an op into a task, and gathers what is wrong with the calls.

A wrong call is reported and answered with placeholders all the same, so that one trace shows every
problem; only an op whose outputs cannot be known ends it.
"""

import dataclasses
import inspect
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, TypeAlias

import msgspec

from unknot.stacks.address import NAME_PATTERN
from unknot.stacks.diagnostic import Diagnostic, Diagnostics, SourceLocation
from unknot.stacks.errors import DefinitionError
from unknot.stacks.graph import (
    Binding,
    Fingerprint,
    LiteralValue,
    OpSpec,
    OutputSpec,
    RunTime,
    TaskOutput,
    TaskSpec,
)
from unknot.stacks.output import Output
from unknot.stacks.workflow.bodycheck import check_body
from unknot.stacks.workflow.definition import Workflow, argument_advice, argument_mismatch
from unknot.stacks.workflow.files import missing_files, with_project_files
from unknot.stacks.workflow.identity import TaskIds
from unknot.stacks.workflow.interface import Interface, InterfaceProblem
from unknot.stacks.workflow.literal import Unserialisable, encode
from unknot.stacks.workflow.ops import Op
from unknot.stacks.workflow.placeholder import Placeholder, TracedArtifact, artifact_of
from unknot.stacks.workflow.scheduled import SCHEDULED, ScheduledTime
from unknot.stacks.workflow.source import shown_path, user_location
from unknot.stacks.workflow.typenames import UnstableName, compatible, shown_type, type_name, value_fits

Fingerprinter: TypeAlias = Callable[[Op[..., Any], OpSpec], Fingerprint | None]
"""Asked once for each op, with its spec as it will be but for the fingerprint."""


class TraceStopped(DefinitionError):
    """The rest of the body cannot be traced; why is among the diagnostics of the trace already."""


class Recorder:
    """Tasks and problems of one trace."""

    def __init__(self, root: Path, parameters: Mapping[str, Any], fingerprint: Fingerprinter | None) -> None:
        self.root = root
        self.diagnostics = Diagnostics()
        self.ops: dict[str, Op[..., Any]] = {}
        self.specs: dict[str, OpSpec] = {}
        self.tasks: list[TaskSpec] = []
        self._ids = TaskIds(parameters)
        self._fingerprint = fingerprint
        self._seen: set[tuple[str, SourceLocation | None]] = set()
        self._misused: set[SourceLocation] = set()
        """Lines with misuse that is reported, by the pass over the body or by a placeholder."""

    def report(self, diagnostic: Diagnostic) -> None:
        """Add a diagnostic once, its file relative to the project."""
        source = diagnostic.source
        if source is not None:
            source = SourceLocation(shown_path(source.file, self.root), source.line)
            diagnostic = msgspec.structs.replace(diagnostic, source=source)
        if (diagnostic.summary, source) not in self._seen:
            self._seen.add((diagnostic.summary, source))
            self.diagnostics.add(diagnostic)

    def report_misuse(self, diagnostic: Diagnostic) -> None:
        """Add what is found by running a line of the body, once a line: what follows is of the same cause."""
        if diagnostic.source is None or diagnostic.source not in self._misused:
            self.report(diagnostic)
        if diagnostic.source is not None:
            self._misused.add(diagnostic.source)

    def check(self, workflow: Workflow[..., Any], artifacts: Iterable[str]) -> None:
        """The pass over the body of `workflow`, whose inputs `artifacts` are not known."""
        for problem in check_body(workflow.function, frozenset(artifacts)):
            self.report(problem)
            if problem.source is not None:
                self._misused.add(
                    SourceLocation(shown_path(problem.source.file, self.root), problem.source.line)
                )

    def call(self, op: Op[..., Any], args: tuple[object, ...], kwargs: Mapping[str, object]) -> Any:
        """An op was called in the body: a task, and placeholders for what it will return."""
        source = user_location(self.root)
        interface = self._register(op, source)
        given = self._arguments(op.name, interface.signature, args, kwargs, source)
        inputs: dict[str, Binding] = {}
        for name, annotation in interface.inputs.items():
            if name in given:
                binding = self._binding(f"`{op.name}` takes `{name}`", given[name], annotation, source)
                if binding is not None:
                    inputs[name] = binding
            elif interface.default_of(name) is SCHEDULED:
                inputs[name] = RunTime()
        task = self._task_id(op, inputs, source)
        self.tasks.append(TaskSpec(id=task, op=op.name, inputs=inputs, source=source))
        return interface.shape.make(
            lambda name, annotation: Placeholder(
                TracedArtifact(TaskOutput(task, name), annotation, _label(op.name, interface, name))
            )
        )

    def enter(
        self, workflow: Workflow[..., Any], args: tuple[object, ...], kwargs: Mapping[str, object]
    ) -> Any:
        """A workflow was called in the body: its ops become tasks of this graph."""
        source = user_location(self.root)
        signature = inspect.signature(workflow.function)
        given = dict(self._arguments(workflow.name, signature, args, kwargs, source))
        for name, parameter in signature.parameters.items():
            if given.get(name, parameter.default) is SCHEDULED:
                given[name] = run_time(name)
        self.check(workflow, [name for name, value in given.items() if isinstance(value, Placeholder)])
        try:
            bound = signature.bind_partial()
            bound.arguments.update(given)
            bound.apply_defaults()
            return workflow.function(*bound.args, **bound.kwargs)
        except TypeError:
            if self.diagnostics.has_errors:
                raise TraceStopped(self.diagnostics.errors()) from None
            raise

    def published(
        self, what: str, value: object, annotation: Any, source: SourceLocation | None
    ) -> Binding | None:
        """The binding of a value that the workflow returns."""
        return self._binding(what, value, annotation, source)

    def _register(self, op: Op[..., Any], source: SourceLocation | None) -> Interface:
        known = self.ops.get(op.name)
        if known is not None and known.function is not op.function:
            self.report(
                Diagnostic.error(
                    f"two ops are called `{op.name}`",
                    detail=f"The other is defined at {known.source}. "
                    "Give one of them another name: `@op(name=...)`.",
                    source=source,
                )
            )
            return self._interface(op)
        interface = self._interface(op)
        if known is None:
            self.ops[op.name] = op
            for problem in op.problems():
                self.report(problem)
            spec = self._spec(op, interface)
            if spec is not None:
                self.specs[op.name] = spec
        return interface

    def _interface(self, op: Op[..., Any]) -> Interface:
        try:
            return op.interface
        except InterfaceProblem:
            for problem in op.problems():
                self.report(problem)
            raise TraceStopped(self.diagnostics.errors()) from None

    def _spec(self, op: Op[..., Any], interface: Interface) -> OpSpec | None:
        try:
            code = with_project_files(op.code, self.root)
        except UnstableName:
            return None  # `problems` has said so
        for summary, advice in missing_files(code, op.files, self.root):
            self.report(Diagnostic.error(f"op `{op.name}`: {summary}", detail=advice, source=op.source))
        names: dict[str, str] = {}
        for name, annotation in [*interface.inputs.items(), *interface.shape.fields.items()]:
            try:
                names[name] = type_name(annotation)
            except UnstableName as problem:
                self.report(
                    Diagnostic.error(
                        f"type of `{name}` of `{op.name}` cannot be found by name",
                        detail=f"{problem}. Artifacts are read in another process: "
                        "define the class at the top level of a module.",
                        source=op.source,
                    )
                )
                names[name] = "typing:Any"
        own = op.source
        spec = OpSpec(
            name=op.name,
            kind=op.kind,
            code=code,
            outputs=tuple(OutputSpec(name, names[name]) for name in interface.shape.fields),
            inputs={name: names[name] for name in interface.inputs},
            resources=op.resources,
            severity=op.severity,
            doc=op.doc,
            source=SourceLocation(shown_path(own.file, self.root), own.line) if own else None,
            files=op.files,
        )
        if self._fingerprint is None:
            return spec
        return msgspec.structs.replace(spec, fingerprint=self._fingerprint(op, spec))

    def _arguments(
        self,
        name: str,
        signature: inspect.Signature,
        args: tuple[object, ...],
        kwargs: Mapping[str, object],
        source: SourceLocation | None,
    ) -> Mapping[str, object]:
        try:
            return signature.bind(*args, **kwargs).arguments
        except TypeError as error:
            self.report(
                Diagnostic.error(
                    f"call of `{name}`: {argument_mismatch(signature, kwargs, error)}",
                    detail=argument_advice(signature, kwargs),
                    source=source,
                )
            )
        known = {key: value for key, value in kwargs.items() if key in signature.parameters}
        return {**dict(zip(signature.parameters, args, strict=False)), **known}

    def _task_id(self, op: Op[..., Any], inputs: Mapping[str, Binding], source: SourceLocation | None) -> str:
        if op.task_name is None:
            return self._ids.give(op.name, inputs)
        if NAME_PATTERN.fullmatch(op.task_name) is None:
            problem, advice = "cannot be the name of a task", "Use letters, digits, `_` and `-`."
        elif not self._ids.take(op.task_name):
            problem, advice = "is the name of two tasks", "Give each call in the workflow a name of its own."
        else:
            return op.task_name
        self.report(Diagnostic.error(f"`{op.task_name}` {problem}", detail=advice, source=source))
        return self._ids.give(op.name, inputs)

    def _binding(
        self, what: str, value: object, annotation: Any, source: SourceLocation | None
    ) -> Binding | None:
        problem: tuple[str, str]
        if isinstance(value, Placeholder):
            artifact = artifact_of(value)
            if not isinstance(artifact, TracedArtifact):
                problem = (
                    f"{what} and was given `{artifact.label}` from outside",
                    "Make it an input of the workflow, and give it to `bind` in the stack.",
                )
            elif not compatible(artifact.type, annotation):
                problem = (
                    f"{what}: `{shown_type(annotation)}`, not `{shown_type(artifact.type)}`",
                    f"`{artifact.label}` is a `{shown_type(artifact.type)}`.",
                )
            else:
                return artifact.binding
        elif value is SCHEDULED:
            return RunTime()
        elif isinstance(value, Output):
            problem = (
                f"{what} and was given a resource's output",
                "Make it an input of the workflow, and give it to `bind` in the stack.",
            )
        elif (parts := _parts(value)) is not None:
            problem = (
                f"{what}: `{shown_type(annotation)}`, not a bundle of artifacts",
                f"A `{type(value).__name__}` holds several artifacts ({parts}): pass one of them.",
            )
        else:
            return self._literal(what, value, annotation, source)
        self.report(Diagnostic.error(problem[0], detail=problem[1], source=source))
        return None

    def _literal(
        self, what: str, value: object, annotation: Any, source: SourceLocation | None
    ) -> Binding | None:
        try:
            encoded = encode(value)
        except Unserialisable as problem:
            self.report(
                Diagnostic.error(
                    f"{what} and was given an unserialisable artifact",
                    detail=f"It is {problem.reason}{f' at `{problem.where}`' if problem.where else ''}, which has no "
                    "plain form. Make it in an op and pass on what the op returns; plain values are text, "
                    "numbers, dates, paths, enums, and lists, tuples, sets and dicts of them.",
                    source=source,
                )
            )
            return None
        if not value_fits(value, annotation):
            self.report(
                Diagnostic.error(
                    f"{what}: `{shown_type(annotation)}`, not `{type(value).__name__}`",
                    detail=f"Given: `{value!r}`.",
                    source=source,
                )
            )
        return LiteralValue(encoded)


def run_time(name: str) -> Placeholder:
    """What stands for the run's time in a body."""
    return Placeholder(TracedArtifact(RunTime(), ScheduledTime, name))


def _label(op: str, interface: Interface, output: str) -> str:
    return f"{op}().{output}" if interface.shape.is_bundle else f"{op}()"


def _parts(value: object) -> str | None:
    """The names of the artifacts that a bundle or container holds; None for a plain value."""
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        items = [(f"`.{name}`", item) for name, item in zip(value._fields, value, strict=True)]
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        items = [
            (f"`.{field.name}`", getattr(value, field.name, None)) for field in dataclasses.fields(value)
        ]
    elif isinstance(value, (list, tuple)):
        items = [(f"`[{n}]`", item) for n, item in enumerate(value)]
    elif isinstance(value, dict):
        items = [(f"`[{key!r}]`", item) for key, item in value.items()]
    else:
        return None
    if not any(isinstance(item, Placeholder) or _parts(item) is not None for _, item in items):
        return None
    return ", ".join(name for name, _ in items)
