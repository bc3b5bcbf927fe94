"""Find a user's function by module and qualname: from the modules loaded with the stack, or from a plan's bundle."""

import importlib
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeAlias, cast

import msgspec

from unknot.stacks.errors import UnknotError

Load: TypeAlias = Callable[[str, str], Callable[..., object]]
"""The function of a module and qualname. Raises FunctionMissing."""


class FunctionMissing(UnknotError):
    """A policy or condition names a function that is not there."""


def function_of(module: str, qualname: str) -> Callable[..., object]:
    """The function, imported if need be. Raises FunctionMissing."""
    try:
        found: object = sys.modules.get(module) or importlib.import_module(module)
        for part in qualname.split("."):
            found = getattr(found, part)
    except Exception as problem:
        raise FunctionMissing(
            f"the function `{module}:{qualname}` cannot be found",
            detail=f"{problem}. Policies and conditions must be functions at the top of a module, not lambdas.",
        ) from problem
    return cast(Callable[..., object], found)


@contextmanager
def from_bundle(bundle: bytes) -> Iterator[Load]:
    """Functions as they were packed with a plan, whatever the working tree holds now (rule P1).

    Modules of the same names that are imported already are set aside meanwhile. For one thread at a time.
    """
    from unknot.stacks.bundle import unpack
    from unknot.stacks.bundle.archive import ABOUT, CODE, About

    with tempfile.TemporaryDirectory(prefix="unknot-code-") as temporary:
        folder = Path(temporary) / "bundle"
        unpack(bundle, folder)
        about = msgspec.json.decode((folder / ABOUT).read_bytes(), type=About)
        roots = [folder / CODE / path for path in about.paths]
        packed = {
            entry.name.removesuffix(".py") for root in roots if root.is_dir() for entry in root.iterdir()
        }
        packed.discard("unknot")
        aside = {name: m for name, m in sys.modules.items() if name.partition(".")[0] in packed}
        paths = list(sys.path)
        for name in aside:
            del sys.modules[name]
        sys.path[:0] = map(str, roots)
        importlib.invalidate_caches()
        try:
            yield function_of
        finally:
            sys.path[:] = paths
            for name in [n for n in sys.modules if n.partition(".")[0] in packed]:
                del sys.modules[name]
            sys.modules.update(aside)
