"""Where a function can be found again: the module and name by which another process imports it."""

from collections.abc import Callable
from typing import Any

from unknot.stacks.workflow.literal import Unserialisable, encode
from unknot.stacks.workflow.typenames import UnstableName, find_by_name, importable_module, unwrap


def place_of(function: Callable[..., Any]) -> tuple[str, str]:
    """Module and qualified name of `function`; raises UnstableName for what a name does not lead to."""
    if not hasattr(function, "__qualname__"):
        raise UnstableName(f"it is a `{type(function).__qualname__}`, which has no name of its own")
    qualname: str = function.__qualname__
    if function.__name__ == "<lambda>":
        raise UnstableName("it is a lambda")
    if "<locals>" in qualname:
        held = unserialisable_cells(function)
        if held:
            raise UnstableName(f"it is a closure over {', '.join(held)}")
        raise UnstableName("it is defined inside another function")
    module = importable_module(function.__module__)
    found = find_by_name(function.__module__, qualname)
    if unwrap(found) is not unwrap(function):
        raise UnstableName(f"`{module}.{qualname}` is something else by now")
    return module, qualname


def function_name(function: Callable[..., Any]) -> str:
    """The name of a function, or of the kind of callable that has none, such as `partial`."""
    name: str = getattr(function, "__name__", type(function).__name__)
    return name


def unserialisable_cells(function: Callable[..., Any]) -> list[str]:
    """Free variables of a closure that are not plain values, as `name` (a `type`)."""
    held: list[str] = []
    code = getattr(function, "__code__", None)
    cells = getattr(function, "__closure__", None) or ()
    for name, cell in zip(code.co_freevars if code else (), cells, strict=True):
        try:
            encode(cell.cell_contents)
        except Unserialisable as problem:
            held.append(f"`{name}` ({problem.reason})")
        except ValueError:  # an empty cell
            held.append(f"`{name}` (not yet assigned)")
    return held
