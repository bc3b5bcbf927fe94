"""Trace a workflow's body into a graph: call it once with placeholders for what is not known (rule F1).

Parameters are concrete in the body, so it may branch on them. Nothing of the user's ops runs.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from unknot.stacks.diagnostic import Diagnostic, Diagnostics, SourceLocation
from unknot.stacks.graph import (
    Binding,
    InputSpec,
    ParameterSpec,
    WorkflowGraph,
    WorkflowInput,
)
from unknot.stacks.output import Output
from unknot.stacks.workflow.context import tracing
from unknot.stacks.workflow.definition import Bound, Workflow, argument_advice
from unknot.stacks.workflow.interface import Interface, InterfaceProblem
from unknot.stacks.workflow.literal import Unserialisable, encode
from unknot.stacks.workflow.ops import Op
from unknot.stacks.workflow.parameter import (
    ParameterProblem,
    coerce,
    is_parameter_type,
    is_scheduled_time,
    specify,
)
from unknot.stacks.workflow.place import place_of
from unknot.stacks.workflow.placeholder import (
    ArtifactInput,
    Placeholder,
    PlaceholderMisuse,
    TracedArtifact,
    bound_artifact_of,
)
from unknot.stacks.workflow.recorder import Fingerprinter, Recorder, TraceStopped, run_time
from unknot.stacks.workflow.scheduled import SCHEDULED
from unknot.stacks.workflow.shape import ResultMismatch
from unknot.stacks.workflow.source import error_location, shown_path
from unknot.stacks.workflow.typenames import UnstableName, compatible, shown_type, type_name


class TraceResult(msgspec.Struct, frozen=True):
    """What tracing gives. There is a graph if and only if no diagnostic is an error."""

    graph: WorkflowGraph | None
    diagnostics: tuple[Diagnostic, ...]
    ops: Mapping[str, Op[..., Any]] = {}
    """The ops that the graph's names stand for; empty when traced in another interpreter."""


def trace_bound(
    bound: Bound[Any], *, root: Path | None = None, fingerprint: Fingerprinter | None = None
) -> TraceResult:
    """Trace a workflow with what a stack bound to it; problems of `bind` come first."""
    tracing_ = _Tracing(bound.workflow, root or Path.cwd(), bound.source, bound.diagnostics)
    return tracing_.run(bound.parameters, bound.inputs, fingerprint)


def trace(
    workflow: Workflow[..., Any],
    parameters: Mapping[str, object],
    inputs: Mapping[str, ArtifactInput | None],
    *,
    root: Path | None = None,
    fingerprint: Fingerprinter | None = None,
    source: SourceLocation | None = None,
) -> TraceResult:
    """The graph of `workflow`, or what keeps it from being one.

    `inputs` says which artifacts are bound, and to what (None: known elsewhere). Files in the graph are
    relative to `root`, the project's folder. `fingerprint` is asked once an op. `source` is where problems
    of parameters and inputs are shown.
    """
    return _Tracing(workflow, root or Path.cwd(), source, ()).run(parameters, inputs, fingerprint)


class _Tracing:
    """One trace: prepares the inputs, runs the body, builds the graph."""

    def __init__(
        self,
        workflow: Workflow[..., Any],
        root: Path,
        source: SourceLocation | None,
        misbound: tuple[Diagnostic, ...],
    ) -> None:
        self._workflow = workflow
        self._root = root
        self._source = source if source is not None else workflow.source
        self._early = Diagnostics(misbound)
        self._misbound = bool(misbound)
        """An input may be missing because its name is misspelt, which is reported already."""
        self._arguments: dict[str, object] = {}
        self._inputs: list[InputSpec] = []
        self._parameters: list[ParameterSpec] = []
        self._values: dict[str, Any] = {}
        """Encoded values of parameters, for the ids of tasks."""

    def run(
        self,
        parameters: Mapping[str, object],
        inputs: Mapping[str, ArtifactInput | None],
        fingerprint: Fingerprinter | None,
    ) -> TraceResult:
        module, qualname = self._place()
        try:
            interface = self._workflow.interface
        except InterfaceProblem as problem:
            self._early.add(
                Diagnostic.error(
                    f"workflow `{self._workflow.name}` {problem.summary}",
                    detail=problem.advice,
                    source=self._workflow.source,
                )
            )
            recorder = Recorder(self._root, {}, None)
            return self._result(None, recorder)
        self._prepare(interface, parameters, inputs)
        recorder = Recorder(self._root, self._values, fingerprint)
        published: dict[str, Binding] = {}
        if set(self._arguments) == set(interface.inputs):
            published = self._trace(interface, recorder)
        graph = WorkflowGraph(
            name=self._workflow.name,
            module=module,
            qualname=qualname,
            ops=recorder.specs,
            tasks=tuple(recorder.tasks),
            inputs=tuple(self._inputs),
            parameters=tuple(self._parameters),
            published=published,
            doc=self._workflow.function.__doc__ or "",
            source=self._shown(self._workflow.source),
        )
        return self._result(graph, recorder)

    def _result(self, graph: WorkflowGraph | None, recorder: Recorder) -> TraceResult:
        found = Recorder(self._root, {}, None)
        for diagnostic in (*self._early, *recorder.diagnostics):
            found.report(diagnostic)
        has_errors = found.diagnostics.has_errors
        return TraceResult(None if has_errors else graph, tuple(found.diagnostics), recorder.ops)

    def _shown(self, source: SourceLocation | None) -> SourceLocation | None:
        return SourceLocation(shown_path(source.file, self._root), source.line) if source else None

    def _place(self) -> tuple[str, str]:
        workflow = self._workflow
        if not workflow.has_good_name:
            self._error(
                f"`{workflow.name}` cannot be the name of a workflow",
                "Use letters, digits, `_` and `-`: `@workflow(name=...)`.",
                workflow.source,
            )
        try:
            return place_of(workflow.function)
        except UnstableName as problem:
            self._error(
                f"workflow `{workflow.name}` cannot be found again by its name",
                f"{str(problem)[:1].upper()}{str(problem)[1:]}. "
                "Define it at the top level of a module, with `def`.",
                workflow.source,
            )
            return "", workflow.name

    def _error(self, summary: str, detail: str, source: SourceLocation | None = None) -> None:
        self._early.add(Diagnostic.error(summary, detail=detail, source=source or self._source))

    def _prepare(
        self,
        interface: Interface,
        parameters: Mapping[str, object],
        inputs: Mapping[str, ArtifactInput | None],
    ) -> None:
        unknown = {name: None for name in (*parameters, *inputs) if name not in interface.inputs}
        if unknown:
            self._error(
                f"workflow `{self._workflow.name}` has no input `{'`, `'.join(unknown)}`",
                argument_advice(interface.signature, unknown),
            )
        for name, annotation in interface.inputs.items():
            if name in inputs:
                self._prepare_artifact(name, annotation, inputs[name])
            elif is_scheduled_time(annotation):
                self._arguments[name] = run_time(name)
                if name in parameters:
                    self._error(
                        f"`{name}` is the time of the run and cannot be bound",
                        "Leave it out; backfills set it.",
                    )
            elif is_parameter_type(annotation):
                self._prepare_parameter(name, annotation, interface, parameters)
            else:
                self._prepare_default(name, annotation, interface, parameters)

    def _prepare_artifact(self, name: str, annotation: Any, bound: ArtifactInput | None) -> None:
        if bound is not None:
            artifact = bound_artifact_of(bound)
            if not compatible(artifact.type, annotation):
                self._error(
                    f"`{name}` takes a `{shown_type(annotation)}`, not a `{shown_type(artifact.type)}`",
                    f"`{artifact.label}` is a `{shown_type(artifact.type)}`.",
                )
        try:
            self._inputs.append(InputSpec(name, type_name(annotation)))
        except UnstableName as problem:
            self._error(
                f"type of `{name}` of `{self._workflow.name}` cannot be found by name",
                f"{problem}. Define the class at the top level of a module.",
                self._workflow.source,
            )
        self._arguments[name] = Placeholder(TracedArtifact(WorkflowInput(name), annotation, name))

    def _prepare_parameter(
        self, name: str, annotation: Any, interface: Interface, parameters: Mapping[str, object]
    ) -> None:
        value = parameters.get(name, interface.default_of(name))
        if value is interface.signature.empty:
            self._error(
                f"parameter `{name}` of `{self._workflow.name}` has no value",
                f"Give it to `bind`, or give it a default in the workflow's signature (`{shown_type(annotation)}`).",
            )
            return
        if isinstance(value, (Output, Placeholder)) or value is SCHEDULED:
            self._error(f"parameter `{name}` takes a plain value", "Its value must be known when planning.")
            return
        try:
            concrete = coerce(annotation, value)
            self._parameters.append(specify(name, annotation, concrete))
            self._values[name] = encode(concrete)
        except ParameterProblem as problem:
            self._error(
                f"parameter `{name}` takes `{shown_type(annotation)}`: {problem}",
                f"Given: a `{type(value).__name__}`.",
            )
        except (UnstableName, Unserialisable) as problem:
            self._error(
                f"parameter `{name}` cannot be written down",
                f"{problem}. Define its type at the top level of a module.",
                self._workflow.source,
            )
        else:
            self._arguments[name] = concrete

    def _prepare_default(
        self, name: str, annotation: Any, interface: Interface, parameters: Mapping[str, object]
    ) -> None:
        """An artifact that is not bound: its default if it has one, such as None."""
        kind = shown_type(annotation)
        if name in parameters:
            self._error(
                f"`{name}` takes an artifact (`{kind}`), not a plain value",
                f"Given: a `{type(parameters[name]).__name__}`. Bind a dataset's `value`, or an output that "
                "another deployment publishes.",
            )
        elif interface.default_of(name) is not interface.signature.empty:
            self._arguments[name] = interface.default_of(name)
        elif self._misbound:
            self._prepare_artifact(name, annotation, None)
        else:
            self._error(
                f"input `{name}` of `{self._workflow.name}` is not bound",
                f"Give `bind` a `{kind}`: a dataset's `value`, or an output that another deployment publishes.",
            )

    def _trace(self, interface: Interface, recorder: Recorder) -> dict[str, Binding]:
        artifacts = [name for name, value in self._arguments.items() if isinstance(value, Placeholder)]
        recorder.check(self._workflow, artifacts)
        bound = interface.signature.bind_partial()
        bound.arguments.update(self._arguments)
        try:
            with tracing(recorder):
                result = self._workflow.function(*bound.args, **bound.kwargs)
        except (PlaceholderMisuse, TraceStopped):
            return {}  # reported where it happened
        except (Exception, SystemExit) as error:  # noqa: BLE001 - the user's code may raise anything
            recorder.report_misuse(
                Diagnostic.error(
                    f"the body of `{self._workflow.name}` raised `{type(error).__name__}`",
                    detail=f"{error}" if str(error) else "It has no message.",
                    source=error_location(error, self._root) or self._workflow.source,
                )
            )
            return {}
        return self._published(interface, result, recorder)

    def _published(self, interface: Interface, result: object, recorder: Recorder) -> dict[str, Binding]:
        name = self._workflow.name
        source = self._workflow.source
        shape = interface.shape
        try:
            values = shape.take(result) if not _is_placeholder_for_bundle(shape.is_bundle, result) else None
        except ResultMismatch as problem:
            recorder.report(Diagnostic.error(f"workflow `{name}` {problem}", source=source))
            return {}
        if values is None:
            recorder.report(
                Diagnostic.error(
                    f"workflow `{name}` must return a `{shown_type(shape.annotation)}`, not one artifact",
                    detail="Return a bundle with one artifact for each of its fields.",
                    source=source,
                )
            )
            return {}
        published: dict[str, Binding] = {}
        for output, value in values.items():
            what = f"`{name}` publishes `{output}`"
            binding = recorder.published(what, value, shape.fields[output], source)
            if binding is not None:
                published[output] = binding
        return published


def _is_placeholder_for_bundle(is_bundle: bool, result: object) -> bool:
    return is_bundle and isinstance(result, Placeholder)
