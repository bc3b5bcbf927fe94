"""Run an op that is a Python function of the bundle."""

import importlib
import typing
from collections.abc import Callable
from pathlib import Path
from typing import Any

from unknot.providers.runner.produced import CodeFailed, Produced, Value, one_line, user_traceback
from unknot.stacks.errors import EngineError
from unknot.stacks.graph import OpSpec, PythonCode
from unknot.stacks.workflow.shape import ResultMismatch, Shape, shape_of


def run_function(code: PythonCode, op: OpSpec, inputs: dict[str, Any], folder: Path) -> dict[str, Produced]:
    """Import the function and call it. `folder` is the bundle's code, for the traceback. Raises CodeFailed."""
    try:
        target = found(code)
        result = target(**inputs)
    except (Exception, SystemExit, KeyboardInterrupt, GeneratorExit) as error:
        raise CodeFailed(_summary(error), traceback=user_traceback(error, folder)) from error
    return {name: Value(value) for name, value in _taken(target, op, result).items()}


def found(code: PythonCode) -> Callable[..., Any]:
    """The function, or the op that wraps it. Raises what importing it raises, or EngineError."""
    target: Any = importlib.import_module(code.module)
    for part in code.qualname.split("."):
        target = getattr(target, part, None)
    if not callable(target):
        raise EngineError(
            f"`{code.module}` in the bundle has no function `{code.qualname}`",
            detail="The module defines it only under a condition that does not hold in a task. Define it at the top level.",
        )
    return typing.cast("Callable[..., Any]", target)


def _taken(target: Callable[..., Any], op: OpSpec, result: Any) -> dict[str, Any]:
    """Output name to value, by the function's own annotation."""
    declared = [output.name for output in op.outputs]
    try:
        taken = _shape(target, declared).take(result)
    except ResultMismatch as error:
        raise EngineError(
            f"op `{op.name}` {error}",
            detail="Its return annotation says what it returns; correct one of them.",
        ) from error
    if list(taken) != declared:
        raise EngineError(
            f"op `{op.name}` has the outputs {', '.join(taken) or 'none'}, and the graph says {', '.join(declared) or 'none'}",
            detail="The bundle and the deployment do not belong together. Apply the stack again.",
        )
    return taken


def _shape(target: Callable[..., Any], declared: list[str]) -> Shape:
    interface = getattr(target, "interface", None)
    if interface is not None:
        shape: Shape = interface.shape
        return shape
    annotation = typing.get_type_hints(target).get("return", Any)
    return Shape("none", None, {}) if not declared and annotation is Any else shape_of(annotation)


def _summary(error: BaseException) -> str:
    if isinstance(error, SystemExit):
        return f"SystemExit: the op ended its process with `sys.exit({error.code!r})`"
    if isinstance(error, EngineError):
        return f"{error.summary}. {error.detail}"
    return one_line(error)
