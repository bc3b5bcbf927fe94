"""Ops, metrics and checks: Python functions that become tasks when a workflow is traced.

Called anywhere else they just run, so that users test them like any function. The decorators are in
`decorators.py`, ops that are not Python functions in `external.py`.
"""

import copy
import functools
import inspect
from collections.abc import Callable, Iterator
from typing import Any, Generic, Literal, ParamSpec, Self, TypeAlias, TypeVar

from unknot.stacks.address import NAME_PATTERN
from unknot.stacks.diagnostic import Diagnostic, SourceLocation
from unknot.stacks.graph import Code, OpKind, PythonCode, Resources
from unknot.stacks.workflow.context import current_trace
from unknot.stacks.workflow.interface import Interface, InterfaceProblem, interface_of
from unknot.stacks.workflow.place import function_name, place_of
from unknot.stacks.workflow.resources import resource_problems
from unknot.stacks.workflow.scheduled import SCHEDULED, now
from unknot.stacks.workflow.source import user_location
from unknot.stacks.workflow.typenames import UnstableName, shown_type, unwrap

P = ParamSpec("P")
R_co = TypeVar("R_co", covariant=True)

Severity: TypeAlias = Literal["error", "warning"]

UNLIMITED = Resources()


class Op(Generic[P, R_co]):
    """A function that can be a task of a workflow: same signature, and it runs when called directly."""

    def __init__(
        self,
        function: Callable[P, R_co],
        *,
        kind: OpKind = "op",
        name: str | None = None,
        resources: Resources = UNLIMITED,
        severity: Severity = "error",
        files: tuple[str, ...] = (),
        requirements: tuple[str, ...] = (),
    ) -> None:
        functools.update_wrapper(self, function)
        self.function = function
        """The plain function."""
        self.kind: OpKind = kind
        self.name = name if name is not None else function_name(function)
        self.resources = resources
        self.severity: Severity = severity
        self.files = files
        """Files of the project that it reads, relative to the project's root; part of its fingerprint."""
        self.requirements = requirements
        """What it needs in place of the workflow's requirements."""
        code = getattr(unwrap(function), "__code__", None)
        self._source = SourceLocation(code.co_filename, code.co_firstlineno) if code else user_location()
        self.task_name: str | None = None
        """Of the task that the next call makes; set by `named`."""

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R_co:
        trace = current_trace()
        if trace is not None:
            result: R_co = trace.call(self, args, kwargs)  # type: ignore[assignment]  # placeholders stand for it
            return result
        return self.run(*args, **kwargs)

    def run(self, *args: P.args, **kwargs: P.kwargs) -> R_co:
        """Run the function now, whether or not a workflow is being traced."""
        filled = time_filled(self.function, dict(kwargs), len(args))
        return self.function(*args, **filled)

    def named(self, task: str) -> Self:
        """The same op, whose next task is called `task`: `split.named("first")(table, 0.2)`."""
        other = copy.copy(self)
        other.task_name = task
        return other

    def __repr__(self) -> str:
        return f"<{self.kind} {self.name}>"

    @functools.cached_property
    def interface(self) -> Interface:
        """Inputs and outputs; raises InterfaceProblem."""
        return interface_of(self.function)

    @property
    def source(self) -> SourceLocation | None:
        """Where the function is defined, with an absolute path."""
        return self._source

    @property
    def doc(self) -> str:
        return inspect.getdoc(self.function) or ""

    @property
    def code(self) -> Code:
        """How a task finds what to run; raises UnstableName."""
        return PythonCode(*place_of(self.function))

    def problems(self) -> Iterator[Diagnostic]:
        """What is wrong with the definition itself, whoever calls it. Sources have absolute paths."""
        yield from definition_problems(self)
        try:
            yield from self._result_problems(self.interface)
        except InterfaceProblem as problem:
            yield self._problem(f"{self.kind} `{self.name}` {problem.summary}", problem.advice)
        try:
            _ = self.code
        except UnstableName as problem:
            yield self._problem(
                f"{self.kind} `{self.name}` cannot be found again by its name",
                f"{str(problem)[:1].upper()}{str(problem)[1:]}. A task imports its function in another process: "
                "define it at the top level of a module, with `def`, and pass what it needs as inputs.",
            )

    def _result_problems(self, interface: Interface) -> Iterator[Diagnostic]:
        annotation = interface.shape.annotation
        if self.kind == "metric" and annotation not in (int, float):
            yield self._problem(
                f"metric `{self.name}` returns `{shown_type(annotation)}`, not a number",
                "Annotate it `-> float` or `-> int`; use `@op` for what is not a number.",
            )
        if self.kind == "check" and annotation is not bool:
            yield self._problem(
                f"check `{self.name}` returns `{shown_type(annotation)}`, not `bool`",
                "Annotate it `-> bool`: True passes, False fails.",
            )

    def _problem(self, summary: str, detail: str) -> Diagnostic:
        return Diagnostic.error(summary, detail=detail, source=self.source)


def definition_problems(op: Op[..., Any]) -> Iterator[Diagnostic]:
    """What is wrong with an op's name and settings."""
    if NAME_PATTERN.fullmatch(op.name) is None:
        yield Diagnostic.error(
            f"`{op.name}` cannot be the name of an op",
            detail="Use letters, digits, `_` and `-`: `name=...`.",
            source=op.source,
        )
    for summary, advice in resource_problems(op.resources):
        yield Diagnostic.error(f"{op.kind} `{op.name}`: {summary}", detail=advice, source=op.source)


def time_filled(function: Callable[..., Any], kwargs: dict[str, Any], positional: int) -> dict[str, Any]:
    """`kwargs` with the present time for each parameter that is left at, or given as, SCHEDULED."""
    for n, (name, parameter) in enumerate(inspect.signature(function).parameters.items()):
        if n >= positional and kwargs.get(name, parameter.default) is SCHEDULED:
            kwargs[name] = now()
    return kwargs
