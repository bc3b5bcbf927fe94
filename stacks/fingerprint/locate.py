"""From a live function to its place in a source file, and the values that it closes over."""

import ast
import inspect
import linecache
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FunctionType, MethodType

from unknot.stacks.errors import FingerprintError
from unknot.stacks.fingerprint.module import UserModule
from unknot.stacks.fingerprint.sources import Sources


@dataclass(frozen=True, slots=True)
class Located:
    """A function of the user's, found in its file."""

    function: FunctionType
    module: UserModule
    statement: ast.stmt

    @property
    def qualname(self) -> str:
        """Of the code: `functools.wraps` gives a wrapper the name of what it wraps."""
        return self.function.__code__.co_qualname

    @property
    def is_top_level(self) -> bool:
        return "." not in self.qualname

    @property
    def part(self) -> str:
        """The name of its part."""
        return f"{self.module.name}:{self.qualname}"

    def free_values(self) -> Iterator[tuple[str, object]]:
        """Names of enclosing functions that it uses, with their values now; an unset one is left out."""
        cells = self.function.__closure__ or ()
        for name, cell in zip(self.function.__code__.co_freevars, cells, strict=True):
            try:
                yield name, cell.cell_contents
            except ValueError:
                continue


def unwrap(function: Callable[..., object]) -> tuple[FunctionType, list[FunctionType]]:
    """The user's function inside an op object, a method or decorators, and the functions that decorators put around it.

    Raises FingerprintError if there is no Python function inside.
    """
    found: object = function
    wrappers: list[FunctionType] = []
    seen: set[int] = set()
    while id(found) not in seen:
        seen.add(id(found))
        if isinstance(found, MethodType):
            found = found.__func__
            continue
        inner: object = getattr(found, "__wrapped__", None)
        if inner is None and not isinstance(found, FunctionType):
            inner = getattr(found, "function", None)
        if callable(inner):
            if isinstance(found, FunctionType):
                wrappers.append(found)
            found = inner
    if not isinstance(found, FunctionType):
        raise FingerprintError(
            f"`{_name(found)}` is not a Python function, so its source cannot be read",
            detail="Write a function with `def` in a file of the project that calls it, and make that the op.",
        )
    return found, wrappers


def locate(function: FunctionType, sources: Sources) -> Located | None:
    """Where the function is; None if it is not the user's own. Raises FingerprintError if it has no source."""
    name, line = function.__code__.co_qualname, function.__code__.co_firstlineno
    if name.rpartition(".")[2] == "<lambda>":
        raise FingerprintError(
            "a lambda cannot be an op: it has no name to know it by",
            detail="Write it as a function with `def` in a file of the project.",
            file=function.__code__.co_filename,
            line=line,
        )
    file = Path(function.__code__.co_filename)
    if file.is_file():
        if not sources.owns(file):
            return None
        module = sources.module_of_file(file, str(function.__globals__.get("__name__", "__main__")))
    else:
        module = _module_of_cell(function, sources)
    statement = _find(module.statements, name.split("."), line)
    if statement is None:
        raise FingerprintError(
            f"`{name}` is no longer in `{module.shown}`",
            detail="The file was changed after it was loaded, or the function is made under "
            "`if __name__ == ...`. Define it at the top level and load the stack again.",
            file=module.shown,
            line=line,
        )
    return Located(function, module, statement)


def first_line(statement: ast.stmt) -> int:
    """Where the code object says that it begins: at its first decorator."""
    decorators: Sequence[ast.expr] = getattr(statement, "decorator_list", ())
    return min([statement.lineno, *(each.lineno for each in decorators)])


def _module_of_cell(function: FunctionType, sources: Sources) -> UserModule:
    """A notebook keeps the source of its cells where tracebacks find it."""
    filename = function.__code__.co_filename
    text = "".join(linecache.getlines(filename, function.__globals__))
    if not text:
        raise FingerprintError(
            f"`{function.__qualname__}` has no source: it was typed at a prompt or made by `exec`",
            detail="Put it into a file of the project and import it from there.",
        )
    return sources.add_module("__main__", Path(Path(filename).name), text)


def _find(statements: Sequence[ast.stmt], path: list[str], line: int) -> ast.stmt | None:
    name, *rest = [each for each in path if each != "<locals>"]
    found = [each for each in _definitions(statements) if getattr(each, "name", None) == name]
    if rest:
        inner = [_find(getattr(each, "body", []), rest, line) for each in found]
        candidates = [each for each in inner if each is not None]
    else:
        candidates = [each for each in found if isinstance(each, (ast.FunctionDef, ast.AsyncFunctionDef))]
    exact = [each for each in candidates if first_line(each) == line]
    chosen = exact or candidates
    return chosen[-1] if chosen else None


def _definitions(statements: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    """Functions and classes at this level, also within `if`, `try`, `with` and the like."""
    for statement in statements:
        if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield statement
            continue
        for field in ("body", "orelse", "finalbody"):
            yield from _definitions(getattr(statement, field, []))
        for branch in (*getattr(statement, "handlers", ()), *getattr(statement, "cases", ())):
            yield from _definitions(branch.body)


def _name(found: object) -> str:
    return inspect.getattr_static(found, "__name__", None) or type(found).__name__
