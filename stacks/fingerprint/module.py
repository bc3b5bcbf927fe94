"""One parsed file of the user's: what its top-level names are bound to, and what it does when it is imported.

Nothing is imported or run to find this out.
"""

import ast
import warnings
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Literal, NamedTuple, TypeAlias

from unknot.stacks.errors import FingerprintError
from unknot.stacks.fingerprint.scope import Imported, chain_of, imported_names, names_of

BindingKind: TypeAlias = Literal["function", "class", "value", "import"]


class Binding(NamedTuple):
    """One way in which a top-level name gets what it stands for."""

    kind: BindingKind
    statement: ast.stmt
    """The top-level statement; a whole `if` or `try` if the name is bound somewhere inside it."""
    imported: Imported | None = None

    @property
    def is_plain_import(self) -> bool:
        return self.kind == "import" and isinstance(self.statement, (ast.Import, ast.ImportFrom))


class Mutation(NamedTuple):
    """A place where a top-level name's value is changed after it was set."""

    line: int
    text: str
    statement: ast.stmt | None
    """At the top level; None if a function does it: then who calls that function, and when, is not known."""


class Effect(NamedTuple):
    """What a module does when it is imported, other than to bind its own names."""

    statement: ast.stmt
    """The top-level statement."""
    cause: ast.AST
    """What in it has the effect."""


@dataclass(eq=False)
class UserModule:
    """A module of the user's own, as it was when it was read."""

    name: str
    file: Path
    shown: str
    """The file's path as messages give it: from the project's root, with slashes."""
    is_package: bool
    docstring: str | None = None
    statements: list[ast.stmt] = field(default_factory=list)
    bindings: dict[str, list[Binding]] = field(default_factory=dict)
    stars: list[tuple[Imported, int]] = field(default_factory=list)
    effects: list[Effect] = field(default_factory=list)
    top_level_mutations: dict[str, list[Mutation]] = field(default_factory=dict)

    @property
    def package(self) -> str:
        """What relative imports in it start from."""
        return self.name if self.is_package else self.name.rpartition(".")[0]

    @cached_property
    def imports(self) -> list[tuple[Imported, int]]:
        """What importing this module imports; what only functions import is left to those who reach them."""
        found: list[tuple[Imported, int]] = []
        pending: list[ast.AST] = list(self.statements)
        while pending:
            node = pending.pop()
            if isinstance(node, ast.ImportFrom):
                found += [(imported, node.lineno) for _, imported in imported_names(node)]
            elif isinstance(node, ast.Import):
                found += [(Imported(alias.name, None, 0), node.lineno) for alias in node.names]
            elif isinstance(node, ast.If) and is_type_checking(node.test):
                pending += node.orelse
            elif isinstance(node, ast.stmt) and not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                pending += ast.iter_child_nodes(node)
            elif isinstance(node, (ast.ExceptHandler, ast.match_case)):
                pending += node.body
        return found

    def mutations_of(self, name: str) -> list[Mutation]:
        """Where the value of the name is changed, set again or written by functions of this module."""
        return [*self.top_level_mutations.get(name, ()), *self._mutations_in_functions.get(name, ())]

    @cached_property
    def _mutations_in_functions(self) -> dict[str, list[Mutation]]:
        found: dict[str, list[Mutation]] = {}
        bodies = [each for each in self.statements if isinstance(each, _DEFINITIONS)]
        names = names_of(bodies)
        places = [(name, node) for name, node in names.global_writes]
        places += [(ref.chain[0], node) for ref, node in names.mutations if ref.imported is None]
        places += [(ref.chain[0], node) for ref, node in names.attribute_writes if ref.imported is None]
        for name, node in places:
            mutation = Mutation(getattr(node, "lineno", 1), short_text(node), None)
            found.setdefault(name, []).append(mutation)
        return found


_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def parse_module(name: str, file: Path, shown: str, source: str | bytes) -> UserModule:
    """Read a module's source; raises FingerprintError with the line if it is not Python."""
    try:
        with warnings.catch_warnings():
            # An odd escape sequence is for the interpreter to complain of, when it runs the file.
            warnings.simplefilter("ignore")
            tree = ast.parse(source)
    except (SyntaxError, ValueError) as exc:
        line = getattr(exc, "lineno", None) or 1
        raise FingerprintError(
            f"`{shown}` line {line} is not valid Python: {getattr(exc, 'msg', exc)}",
            detail="Correct the file, or keep it out of what your ops import.",
            file=shown,
            line=line,
        ) from exc
    module = UserModule(name, file, shown, is_package=file.name == "__init__.py")
    module.docstring = ast.get_docstring(tree, clean=False)
    module.statements = [each for each in tree.body if not (_is_main_guard(each) or _is_constant(each))]
    for statement in module.statements:
        _Top(module, statement).read()
    return module


class _Top:
    """Sorts one top-level statement into bindings, mutations and effects."""

    def __init__(self, module: UserModule, statement: ast.stmt) -> None:
        self._module = module
        self._statement = statement

    def read(self) -> None:
        self._block([self._statement])

    def _effect(self, cause: ast.AST) -> None:
        self._module.effects.append(Effect(self._statement, cause))

    def _block(self, statements: list[ast.stmt]) -> None:
        for each in statements:
            self._one(each)

    def _one(self, node: ast.stmt) -> None:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                self._bind(node.name, "function")
            case ast.ClassDef():
                self._bind(node.name, "class")
            case ast.Import() | ast.ImportFrom():
                for name, imported in imported_names(node):
                    if name == "*":
                        self._module.stars.append((imported, node.lineno))
                    else:
                        self._bind(name, "import", imported)
            case ast.Assign():
                for target in node.targets:
                    self._target(target, node)
                self._walruses(node.value)
            case ast.AnnAssign():
                if node.value is not None:
                    self._target(node.target, node)
                    self._walruses(node.value)
            case ast.AugAssign():
                self._change(node.target, node)
            case ast.Delete():
                for target in node.targets:
                    self._change(target, node)
            case ast.Expr():
                self._expression(node)
            case ast.If() | ast.While():
                self._walruses(node.test)
                if _calls_something(node.test):
                    self._effect(node.test)
                self._block(node.body)
                self._block(node.orelse)
            case ast.For() | ast.AsyncFor():
                self._target(node.target, node)
                self._block(node.body)
                self._block(node.orelse)
            case ast.With() | ast.AsyncWith():
                for item in node.items:
                    if item.optional_vars is not None:
                        self._target(item.optional_vars, node)
                self._block(node.body)
            case ast.Try() | ast.TryStar():
                self._block(node.body)
                for handler in node.handlers:
                    self._block(handler.body)
                self._block(node.orelse)
                self._block(node.finalbody)
            case ast.Match():
                for case in node.cases:
                    self._block(case.body)
            case ast.Pass() | ast.Global() | ast.Nonlocal() | ast.Raise():
                pass
            case _ if type(node).__name__ == "TypeAlias":
                self._target(getattr(node, "name"), node)  # noqa: B009 - unknown to the stubs of 3.11
            case _:
                self._effect(node)

    def _bind(self, name: str, kind: BindingKind, imported: Imported | None = None) -> None:
        self._module.bindings.setdefault(name, []).append(Binding(kind, self._statement, imported))

    def _target(self, target: ast.expr, node: ast.stmt) -> None:
        match target:
            case ast.Name():
                self._bind(target.id, "value")
            case ast.Tuple() | ast.List():
                for each in target.elts:
                    self._target(each, node)
            case ast.Starred():
                self._target(target.value, node)
            case _:
                self._change(target, node)

    def _change(self, target: ast.expr, node: ast.stmt) -> None:
        """An object changed in place: of this module's own, it belongs to that name; another's is an effect."""
        root = target.value if isinstance(target, (ast.Attribute, ast.Subscript)) else target
        while isinstance(root, (ast.Attribute, ast.Subscript)):
            root = root.value
        if isinstance(root, ast.Name) and self._owns(root.id):
            self._mutate(root.id, node)
        else:
            self._effect(node)

    def _expression(self, node: ast.Expr) -> None:
        self._walruses(node.value)
        if isinstance(node.value, ast.Constant):
            return
        chain = chain_of(node.value.func) if isinstance(node.value, ast.Call) else None
        if chain is not None and len(chain) > 1 and self._owns(chain[0]):
            self._mutate(chain[0], node)
        else:
            self._effect(node.value)

    def _owns(self, name: str) -> bool:
        return any(each.kind != "import" for each in self._module.bindings.get(name, ()))

    def _mutate(self, name: str, node: ast.stmt) -> None:
        found = self._module.top_level_mutations.setdefault(name, [])
        found.append(Mutation(node.lineno, short_text(node), self._statement))

    def _walruses(self, expression: ast.expr) -> None:
        for node in ast.walk(expression):
            if isinstance(node, ast.NamedExpr):
                self._bind(node.target.id, "value")


def short_text(node: ast.AST) -> str:
    """The node's code on one line, for messages."""
    text = " ".join(ast.unparse(node).split())
    return text if len(text) <= 80 else f"{text[:77]}..."


def _is_constant(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _is_main_guard(node: ast.stmt) -> bool:
    """`if __name__ == "__main__":` does not run when a worker imports the module."""
    match node:
        case ast.If(
            test=ast.Compare(
                left=ast.Name(id="__name__"), ops=[ast.Eq()], comparators=[ast.Constant(value="__main__")]
            )
        ):
            return not node.orelse
        case _:
            return False


def is_type_checking(test: ast.expr) -> bool:
    chain = chain_of(test)
    return chain is not None and chain[-1] == "TYPE_CHECKING"


def _calls_something(expression: ast.expr) -> bool:
    return any(isinstance(node, (ast.Call, ast.Await)) for node in ast.walk(expression))
