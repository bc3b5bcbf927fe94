"""The trace under way: turns each call of an op into a task, and gathers what is wrong with the calls.

A wrong call is reported and answered with placeholders all the same, so that one trace shows every
problem; only an op whose outputs cannot be known ends it.
"""

import inspect
import types
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeAlias, Union

import msgspec

from unknot.stacks.address import NAME_PATTERN
from unknot.stacks.diagnostic import Diagnostic, Diagnostics, SourceLocation
from unknot.stacks.errors import DefinitionError
from unknot.stacks.graph import (
    Binding,
    Choice,
    Condition,
    Element,
    Fingerprint,
    LiteralValue,
    Mapped,
    OpSpec,
    OutputSpec,
    RunTime,
    TaskOutput,
    TaskSpec,
    element_in,
)
from unknot.stacks.workflow.binding import Binder, Place, parts_of
from unknot.stacks.workflow.bodycheck import check_body
from unknot.stacks.workflow.definition import Workflow, argument_advice, argument_mismatch
from unknot.stacks.workflow.files import missing_files, with_project_files
from unknot.stacks.workflow.identity import TaskIds
from unknot.stacks.workflow.interface import Interface, InterfaceProblem
from unknot.stacks.workflow.ops import Op
from unknot.stacks.workflow.placeholder import Placeholder, TracedArtifact, artifact_of
from unknot.stacks.workflow.scheduled import SCHEDULED, ScheduledTime
from unknot.stacks.workflow.source import shown_path, user_location
from unknot.stacks.workflow.typenames import (
    UnstableName,
    element_type,
    is_collection,
    shown_type,
    strip,
    type_name,
)

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
        self._binder = Binder(self.report)
        self._under: tuple[Condition, ...] = ()
        """Of the branches of `when` that are being traced."""
        self._element: object = None
        """The call of `each` whose function is being traced."""
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
        place = self._place()
        interface = self._register(op, place.source)
        given = self._arguments(op.name, interface.signature, args, kwargs, place.source)
        inputs: dict[str, Binding] = {}
        for name, annotation in interface.inputs.items():
            if name in given:
                binding = self._binder.bind(f"`{op.name}` takes `{name}`", given[name], annotation, place)
                if binding is not None:
                    inputs[name] = binding
            elif interface.default_of(name) is SCHEDULED:
                inputs[name] = RunTime()
        task = TaskSpec(
            id=self._task_id(op, inputs, place),
            op=op.name,
            inputs=inputs,
            source=place.source,
            when=place.under,
        )
        self.tasks.append(task)

        def output(name: str, annotation: Any) -> Placeholder:
            made: Binding = TaskOutput(task.id, name)
            label = _label(op.name, interface, name)
            return self._placeholder(Element(made) if task.is_mapped else made, annotation, label)

        return interface.shape.make(output)

    def each(
        self,
        function: Callable[..., object],
        over: Placeholder,
        args: tuple[object, ...],
        kwargs: Mapping[str, object],
    ) -> Any:
        """`each` was called over an artifact: `function` is called once, with what stands for any element."""
        place = self._place()
        artifact = artifact_of(over)
        if not is_collection(artifact.type) and strip(artifact.type) is not Any:
            self._stop(
                f"`each` goes over a list, and `{artifact.label}` is a `{shown_type(artifact.type)}`",
                "Have an op return a list of the parts, and give that to `each`.",
                place,
            )
        if self._element is not None:
            self._stop(
                "`each` in a function that `each` calls goes over an artifact",
                "Lists of lists are not mapped. Have an op return one flat list, or do the inner part in an op.",
                place,
            )
        binding = self._binder.bind("`each` goes over a list", over, Any, place)
        if binding is None:
            raise TraceStopped(self.diagnostics.errors())
        self._element = object()
        try:
            label = f"an element of {artifact.label}"
            element = self._placeholder(Element(binding), element_type(artifact.type), label)
            result = function(element, *args, **kwargs)
            return self._mapped(result, self._place())
        finally:
            self._element = None

    def _mapped(self, result: object, place: Place) -> Placeholder:
        """The list of what `each` gives, from what its function gave for any element."""
        if result is None:
            return Placeholder(TracedArtifact(LiteralValue([]), list[None], "each()", place.under))
        binding = self._binder.bind("`each` gives a list", result, Any, place)
        if binding is None:
            raise TraceStopped(self.diagnostics.errors())
        if element_in(binding) is None:
            if self.diagnostics.has_errors:  # it may be for the call that was reported
                raise TraceStopped(self.diagnostics.errors())
            self._stop(
                "the function that `each` calls returns the same for every element",
                "Return what an op makes of the element, or call the op once, without `each`.",
                place,
            )
        gathered: Binding = binding.of if isinstance(binding, Element) else Mapped(binding)
        kind = types.GenericAlias(list, (_type_of(result),))
        return Placeholder(TracedArtifact(gathered, kind, "each()", place.under))

    def when(
        self, condition: Placeholder, then: Callable[[], object], otherwise: Callable[[], object]
    ) -> Any:
        """`when` was called with an artifact: both branches are traced, each under its condition."""
        place = self._place()
        binding = self._binder.bind("`when` goes by a condition", condition, bool, place)
        if binding is None:
            raise TraceStopped(self.diagnostics.errors())
        made = binding.of if isinstance(binding, Element) else binding
        if isinstance(made, TaskOutput):
            self._refuse_error_check(made.task, place)
        values: list[object] = []
        for holds, branch in ((True, then), (False, otherwise)):
            with self._branch(Condition(binding, holds)):
                values.append(branch())
        return self._choice(binding, values[0], values[1], place)

    @contextmanager
    def _branch(self, condition: Condition) -> Iterator[None]:
        outer = self._under
        self._under = (*outer, condition)
        try:
            yield
        finally:
            self._under = outer

    def _choice(self, condition: Binding, then: object, otherwise: object, place: Place) -> Any:
        """What stands for the value of the branch that is taken; of two bundles, a bundle of choices."""
        if then is None and otherwise is None:
            return None
        first, second = parts_of(then), parts_of(otherwise)
        if (
            first is not None
            and second is not None
            and type(then) is type(otherwise)
            and (first.kind == "bundle" or (first.kind == "tuple" and len(first.items) == len(second.items)))
        ):
            pairs = zip(first.items, second.items, strict=True)
            chosen = [self._choice(condition, *pair, place) for pair in pairs]
            return _made_again(then, dict(zip(first.keys or first.names, chosen, strict=True)))
        bound: list[Binding] = []
        for holds, value in ((True, then), (False, otherwise)):
            with self._branch(Condition(condition, holds)):
                binding = self._binder.bind("`when` gives what its branch gives", value, Any, self._place())
            if binding is None:
                raise TraceStopped(self.diagnostics.errors())
            bound.append(binding)
        kinds = [_type_of(value) for value in (then, otherwise)]
        kind = kinds[0] if kinds[0] == kinds[1] else Union[kinds[0], kinds[1]]  # noqa: UP007 - of values
        return self._placeholder(Choice(condition, bound[0], bound[1]), kind, "when()")

    def _refuse_error_check(self, task: str, place: Place) -> None:
        op = next((found.op for found in self.tasks if found.id == task), "")
        spec = self.specs.get(op)
        if spec is not None and spec.kind == "check" and spec.severity == "error":
            self.report(
                Diagnostic.error(
                    f"`when` goes by `{op}`, a check that fails the run when it does not pass",
                    detail='Its other branch would never be taken. Give the check `severity="warning"`, or make '
                    "it an op that returns a bool.",
                    source=place.source,
                )
            )

    def _placeholder(self, binding: Binding, annotation: Any, label: str) -> Placeholder:
        """What stands for a value that is made here."""
        element = self._element if element_in(binding) is not None else None
        return Placeholder(TracedArtifact(binding, annotation, label, self._under, element))

    def _place(self) -> Place:
        return Place(user_location(self.root), self._under, self._element)

    def _stop(self, summary: str, detail: str, place: Place) -> None:
        self.report(Diagnostic.error(summary, detail=detail, source=place.source))
        raise TraceStopped(self.diagnostics.errors())

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
        return self._binder.bind(what, value, annotation, Place(source))

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
            elements=_element_types(interface),
            requirements=op.requirements,
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

    def _task_id(self, op: Op[..., Any], inputs: Mapping[str, Binding], place: Place) -> str:
        if op.task_name is None:
            return self._ids.give(op.name, inputs, place.under)
        if NAME_PATTERN.fullmatch(op.task_name) is None:
            problem, advice = "cannot be the name of a task", "Use letters, digits, `_` and `-`."
        elif not self._ids.take(op.task_name):
            problem, advice = "is the name of two tasks", "Give each call in the workflow a name of its own."
        else:
            return op.task_name
        self.report(Diagnostic.error(f"`{op.task_name}` {problem}", detail=advice, source=place.source))
        return self._ids.give(op.name, inputs, place.under)


def run_time(name: str) -> Placeholder:
    """What stands for the run's time in a body."""
    return Placeholder(TracedArtifact(RunTime(), ScheduledTime, name))


def _label(op: str, interface: Interface, output: str) -> str:
    return f"{op}().{output}" if interface.shape.is_bundle else f"{op}()"


def _element_types(interface: Interface) -> dict[str, str]:
    """Of inputs that take a list or the like, the type of its elements, where it can be found by name."""
    found = {}
    for name, annotation in interface.inputs.items():
        if is_collection(annotation):
            try:
                kind = type_name(element_type(annotation))
            except UnstableName:
                continue  # an element is then read as the type that was written
            if kind != "typing:Any":
                found[name] = kind
    return found


def _type_of(value: object) -> Any:
    """The annotation that a value in a body would have."""
    return artifact_of(value).type if isinstance(value, Placeholder) else type(value)


def _made_again(bundle: object, values: Mapping[str, object]) -> object:
    """A bundle of the same class with other values."""
    if not isinstance(bundle, tuple):
        made = object.__new__(type(bundle))
        for name, value in values.items():
            object.__setattr__(made, name, value)
        return made
    if hasattr(bundle, "_make"):
        return bundle._make(values.values())
    return tuple(values.values())
