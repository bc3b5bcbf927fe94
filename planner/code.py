"""Find a user's function by module and qualname: from the modules loaded with the stack, or from a bundle."""

import importlib
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import cast

from unknot.stacks.errors import UnknotError


class FunctionMissing(UnknotError):
    """A policy or condition names a function that is not there."""


def function_of(module: str, qualname: str) -> Callable[..., object]:
    """The function, imported if need be. Raises FunctionMissing."""
    try:
        found: object = sys.modules.get(module) or importlib.import_module(module)
        for part in qualname.split("."):
            found = getattr(found, part)
    except (ImportError, AttributeError) as problem:
        raise FunctionMissing(
            f"the function `{module}:{qualname}` cannot be found",
            detail=f"{problem}. Policies and conditions must be functions at the top of a module, not lambdas.",
        ) from problem
    return cast(Callable[..., object], found)


@contextmanager
def unpacked(folder: Path) -> Iterator[None]:
    """Import from an unpacked bundle for a while; what was imported from it is forgotten afterwards."""
    sys.path.insert(0, str(folder))
    try:
        yield
    finally:
        sys.path.remove(str(folder))
        for name, module in list(sys.modules.items()):
            file = getattr(module, "__file__", None)
            if file is not None and Path(file).is_relative_to(folder):
                del sys.modules[name]
