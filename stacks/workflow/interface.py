"""What a function takes and returns, from its signature: inputs with their types, and the outputs' shape.

Annotations are resolved when first needed, since a decorated function may name what is defined below it.
"""

import dataclasses
import inspect
import typing
from collections.abc import Callable, Mapping
from typing import Any

from unknot.stacks.workflow.shape import Shape, shape_of


class InterfaceProblem(Exception):
    """A signature that cannot be used; `summary` ends a sentence that begins with the function's name."""

    def __init__(self, summary: str, advice: str) -> None:
        super().__init__(summary)
        self.summary = summary
        self.advice = advice


@dataclasses.dataclass(frozen=True)
class Interface:
    """Signature with resolved annotations."""

    signature: inspect.Signature
    inputs: Mapping[str, Any]
    """Name to annotation."""
    shape: Shape

    def default_of(self, name: str) -> object:
        """The default of an input, or `inspect.Parameter.empty`."""
        return self.signature.parameters[name].default


def interface_of(function: Callable[..., Any]) -> Interface:
    """Read the interface of `function`; raises InterfaceProblem."""
    _check_kind(function)
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):  # written in C
        raise InterfaceProblem("has no signature", "Call it from a function of your own.") from None
    hints = _hints(function)
    inputs: dict[str, Any] = {}
    for name, parameter in signature.parameters.items():
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            raise InterfaceProblem(
                f"takes `*{name}`",
                "Each input needs a name of its own: write the inputs out, or take one list.",
            )
        if name not in hints:
            raise InterfaceProblem(
                f"does not annotate `{name}`", f"Write its type: `{name}: pd.DataFrame`, for instance."
            )
        inputs[name] = hints[name]
    if "return" not in hints:
        raise InterfaceProblem(
            "does not annotate what it returns", "Write `-> ...`, or `-> None` when it returns nothing."
        )
    shape = shape_of(hints["return"])
    _check_outputs(shape)
    return Interface(signature, inputs, shape)


def _check_kind(function: Callable[..., Any]) -> None:
    if not inspect.isroutine(function):
        raise InterfaceProblem(
            f"is a `{type(function).__name__}`, not a function", "Write a function with `def` that calls it."
        )
    if inspect.iscoroutinefunction(function):
        raise InterfaceProblem("is a coroutine (`async def`)", "Make it a plain `def`.")
    if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
        raise InterfaceProblem(
            "is a generator (it uses `yield`)", "Return the whole value, or a lazy table, instead."
        )


def _hints(function: Callable[..., Any]) -> dict[str, Any]:
    try:
        return typing.get_type_hints(function, include_extras=True)
    except NameError as error:
        raise InterfaceProblem(
            f"has an annotation that cannot be resolved: {error}",
            "Import the type at the top of the module, not under `if TYPE_CHECKING:`.",
        ) from None
    except (TypeError, SyntaxError, AttributeError) as error:
        raise InterfaceProblem(
            f"has an annotation that cannot be read: {error}", "Correct the annotation."
        ) from None


def _check_outputs(shape: Shape) -> None:
    if not shape.is_bundle:
        return
    for name, annotation in shape.fields.items():
        if shape_of(annotation).kind in ("namedtuple", "dataclass"):
            raise InterfaceProblem(
                f"returns a bundle inside a bundle (`{name}`)", "Return its fields in the outer one."
            )
