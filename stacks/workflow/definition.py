"""Workflows: ordinary functions whose body calls ops, and their binding to a stack's resources.

A direct call runs the body. `bind` is what a stack deploys; `tracing.py` makes the graph of it.
"""

import dataclasses
import difflib
import functools
import inspect
from collections.abc import Callable, Mapping
from typing import Any, Generic, ParamSpec, TypeVar, overload

from unknot.stacks.address import NAME_PATTERN, Address
from unknot.stacks.diagnostic import Diagnostic, SourceLocation
from unknot.stacks.workflow.context import current_trace
from unknot.stacks.workflow.interface import Interface, interface_of
from unknot.stacks.workflow.ops import time_filled
from unknot.stacks.workflow.place import function_name
from unknot.stacks.workflow.placeholder import ArtifactInput
from unknot.stacks.workflow.scheduled import SCHEDULED
from unknot.stacks.workflow.source import user_location
from unknot.stacks.workflow.typenames import unwrap

P = ParamSpec("P")
R = TypeVar("R")
R_co = TypeVar("R_co", covariant=True)


class Workflow(Generic[P, R_co]):
    """A function that calls ops. Same signature; called directly, it just runs."""

    def __init__(self, function: Callable[P, R_co], *, name: str | None = None) -> None:
        functools.update_wrapper(self, function)
        self.function = function
        self.name = name if name is not None else function_name(function)
        """The name in the address `workflow.<name>`: renaming the function changes nothing."""

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R_co:
        trace = current_trace()
        if trace is not None:
            result: R_co = trace.enter(self, args, kwargs)  # type: ignore[assignment]  # placeholders stand for it
            return result
        filled = time_filled(self.function, dict(kwargs), len(args))
        return self.function(*args, **filled)

    def bind(self, *args: P.args, **kwargs: P.kwargs) -> "Bound[R_co]":
        """Give the workflow its inputs: values of resources, and plain values for parameters.

        Problems are kept in the result and reported when it is traced, together with all others.
        """
        return _bind(self, args, kwargs)

    def __repr__(self) -> str:
        return f"<workflow {self.name}>"

    @functools.cached_property
    def interface(self) -> Interface:
        """Inputs and outputs; raises InterfaceProblem."""
        return interface_of(self.function)

    @property
    def source(self) -> SourceLocation | None:
        """Where the function is defined, with an absolute path."""
        code = getattr(unwrap(self.function), "__code__", None)
        return SourceLocation(code.co_filename, code.co_firstlineno) if code else None

    @property
    def has_good_name(self) -> bool:
        return NAME_PATTERN.fullmatch(self.name) is not None

    def published_by(self, address: Address) -> R_co:
        """What the deployment at `address` publishes: the workflow's result, whose fields are placeholders.

        Raises InterfaceProblem when the signature cannot be read.
        """
        published: R_co = self.interface.shape.make(
            lambda name, annotation: ArtifactInput(address, ("published", name), annotation)
        )
        return published


@dataclasses.dataclass(frozen=True, eq=False)
class Bound(Generic[R_co]):
    """A workflow with its inputs: what a stack deploys."""

    workflow: Workflow[..., R_co]
    inputs: Mapping[str, ArtifactInput]
    """Values that resources hold."""
    parameters: Mapping[str, object]
    """Plain values, as given; checked when traced. Those left at their default are not here."""
    diagnostics: tuple[Diagnostic, ...]
    """What is wrong with the call of `bind` itself."""
    source: SourceLocation | None
    """The line of `bind`, with an absolute path."""


def _bind(workflow: Workflow[..., R], args: tuple[object, ...], kwargs: Mapping[str, object]) -> Bound[R]:
    source = user_location()
    signature = inspect.signature(workflow.function)
    found: list[Diagnostic] = []
    try:
        given = signature.bind_partial(*args, **kwargs).arguments
    except TypeError as error:
        found.append(
            Diagnostic.error(
                f"`{workflow.name}.bind`: {argument_mismatch(signature, kwargs, error)}",
                detail=argument_advice(signature, kwargs),
                source=source,
            )
        )
        given = {name: value for name, value in kwargs.items() if name in signature.parameters}
    inputs = {name: value for name, value in given.items() if isinstance(value, ArtifactInput)}
    parameters = {
        name: value for name, value in given.items() if name not in inputs and value is not SCHEDULED
    }
    return Bound(workflow, inputs, parameters, tuple(found), source)


def argument_mismatch(signature: inspect.Signature, kwargs: Mapping[str, object], error: TypeError) -> str:
    """How arguments do not fit: the misspelt name rather than the missing one that comes of it."""
    unknown = [name for name in kwargs if name not in signature.parameters]
    return f"it has no input `{'`, `'.join(unknown)}`" if unknown else str(error)


def argument_advice(signature: inspect.Signature, kwargs: Mapping[str, object]) -> str:
    """What to write instead of arguments that do not fit: the nearest names, and all there are."""
    known = list(signature.parameters)
    lines = []
    for name in kwargs:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            if near:
                lines.append(f"Did you mean `{near[0]}` instead of `{name}`?")
    lines.append(f"It takes: {', '.join(known) or 'nothing'}.")
    return " ".join(lines)


@dataclasses.dataclass(frozen=True)
class WorkflowDecorator:
    """`@workflow(...)` before it is given its function."""

    name: str | None

    def __call__(self, function: Callable[P, R], /) -> Workflow[P, R]:
        return Workflow(function, name=self.name)


@overload
def workflow(function: Callable[P, R], /) -> Workflow[P, R]: ...
@overload
def workflow(*, name: str | None = None) -> WorkflowDecorator: ...
def workflow(
    function: Callable[..., Any] | None = None, /, *, name: str | None = None
) -> Workflow[..., Any] | WorkflowDecorator:
    """Make a function a workflow. `name` is its address's, and stays when the function is renamed."""
    decorator = WorkflowDecorator(name)
    return decorator if function is None else decorator(function)
