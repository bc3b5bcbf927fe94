"""What a name in a user's module stands for: a definition of the user's, a whole module, or somebody else's code.

Imports are followed through the user's modules, packages and re-exports, to where the name is defined.
"""

import ast
import builtins
from collections.abc import Iterator
from typing import NamedTuple, TypeAlias

from unknot.stacks.fingerprint.module import Binding, UserModule
from unknot.stacks.fingerprint.scope import Chain, Imported, Reference, chain_of
from unknot.stacks.fingerprint.sources import Sources

_MODULE_NAMES = frozenset(
    {
        *(
            "__name__",
            "__file__",
            "__doc__",
            "__package__",
            "__spec__",
            "__loader__",
            "__path__",
            "__annotations__",
        ),
        *("__builtins__", "__class__", "__debug__", "__module__", "__qualname__", "WindowsError"),
    }
)
_BUILTIN_NAMES = frozenset(dir(builtins)) | _MODULE_NAMES


class Definition(NamedTuple):
    """A top-level name of one of the user's modules."""

    module: str
    name: str

    def __str__(self) -> str:
        return f"{self.module}:{self.name}"


class WholeModule(NamedTuple):
    """One of the user's modules, used as a value."""

    module: str

    def __str__(self) -> str:
        return f"{self.module}:"


class External(NamedTuple):
    """Code that is not the user's, by its full dotted name."""

    path: str

    @property
    def top(self) -> str:
        return self.path.partition(".")[0]

    def __str__(self) -> str:
        return f"external {self.path}"


class Builtin(NamedTuple):
    """A name that every module has."""

    name: str

    def __str__(self) -> str:
        return f"builtin {self.name}"


class StarImport(NamedTuple):
    """The name came through a star import from this module of the user's, so another could come that way too."""

    module: str
    shown: str
    line: int

    def __str__(self) -> str:
        return f"{self.module}:*"


class Missing(NamedTuple):
    """A name that no source file explains."""

    name: str

    def __str__(self) -> str:
        return f"missing {self.name}"


Target: TypeAlias = Definition | WholeModule | External | Builtin | StarImport | Missing


class Resolver:
    """Resolves names of one project. Holds nothing but the project, which holds the parsed files."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources

    def module(self, name: str) -> UserModule | None:
        """The user's module of that name."""
        return self._sources.module(name)

    def resolve(self, module: UserModule, reference: Reference) -> list[Target]:
        """What the reference stands for; more than one if different branches of the code bind it."""
        if reference.imported is not None:
            return self.resolve_import(module, reference.imported, reference.chain[1:])
        return self._top_level(module, reference.chain, frozenset())

    def resolve_chain(self, module: UserModule, chain: Chain) -> list[Target]:
        """The same for a chain that stands at the top level of the module."""
        return self._top_level(module, chain, frozenset())

    def resolve_import(self, module: UserModule, imported: Imported, rest: Chain = ()) -> list[Target]:
        """What an import statement of the module binds, and the attributes taken from that."""
        return self._imported(module, imported, rest, frozenset())

    def modules_loaded_by(self, module: UserModule, imported: Imported) -> Iterator[str]:
        """Names of the user's modules that run when this is imported, without the packages around them."""
        dotted = _absolute(module, imported)
        if self._sources.module(dotted) is not None:
            yield dotted
            if imported.name is not None and self._sources.module(f"{dotted}.{imported.name}") is not None:
                yield f"{dotted}.{imported.name}"
        elif "." in dotted:
            yield from self.modules_loaded_by(module, Imported(dotted.rpartition(".")[0], None, 0))

    def attribute(self, dotted: str, chain: Chain) -> list[Target]:
        """What an attribute of a module stands for; the module itself if the chain is empty."""
        return self._attribute(dotted, chain, frozenset())

    def is_unknot(self, module: UserModule, node: ast.AST) -> bool:
        """True for what unknot itself provides, called or not, and for objects that the user made by calling it."""
        return self._is_unknot(module, node, frozenset())

    def _is_unknot(self, module: UserModule, node: ast.AST, seen: frozenset[Target]) -> bool:
        chain = chain_of(node.func if isinstance(node, ast.Call) else node)
        if chain is None:
            inner = node.func if isinstance(node, ast.Call) else node
            while isinstance(inner, ast.Attribute):
                inner = inner.value
            return isinstance(inner, ast.Call) and self._is_unknot(module, inner, seen)
        targets = self.resolve_chain(module, chain)
        return bool(targets) and all(self._is_unknot_target(target, seen) for target in targets)

    def _is_unknot_target(self, target: Target, seen: frozenset[Target]) -> bool:
        if isinstance(target, External):
            return target.top == "unknot"
        if not isinstance(target, Definition) or target in seen:
            return False
        module = self._sources.module(target.module)
        bindings = module.bindings.get(target.name, []) if module is not None else []
        values = [_made_by_call(each) for each in bindings]
        if module is None or not values:
            return False
        seen |= {target}
        return all(value is not None and self._is_unknot(module, value, seen) for value in values)

    def _top_level(self, module: UserModule, chain: Chain, seen: frozenset[tuple[str, str]]) -> list[Target]:
        name, rest = chain[0], chain[1:]
        step = (module.name, name)
        if step in seen:
            return [Missing(name)]
        seen |= {step}
        bindings = module.bindings.get(name)
        if bindings and all(each.is_plain_import for each in bindings):
            # A later import of the same name wins, but which one ran is not for us to say: all of them count.
            return [
                target
                for each in bindings
                if each.imported is not None
                for target in self._imported(module, each.imported, rest, seen)
            ]
        if bindings:
            return [Definition(module.name, name)]
        found = self._through_stars(module, chain, seen)
        if found:
            return found
        return [Builtin(name) if name in _BUILTIN_NAMES else Missing(name)]

    def _through_stars(
        self, module: UserModule, chain: Chain, seen: frozenset[tuple[str, str]]
    ) -> list[Target]:
        found: list[Target] = []
        for star, line in module.stars:
            dotted = _absolute(module, star)
            if self._sources.module(dotted) is None:
                found.append(External(".".join((dotted, *chain))))
                continue
            inner = [
                each
                for each in self._attribute(dotted, chain, seen)
                if not isinstance(each, (Missing, Builtin))
            ]
            if inner:
                found += [*inner, StarImport(dotted, module.shown, line)]
        if any(isinstance(each, (Definition, WholeModule)) for each in found):
            found = [each for each in found if not isinstance(each, External)]
        return found

    def _imported(
        self, module: UserModule, imported: Imported, rest: Chain, seen: frozenset[tuple[str, str]]
    ) -> list[Target]:
        dotted = _absolute(module, imported)
        chain = rest if imported.name is None else (imported.name, *rest)
        return self._attribute(dotted, chain, seen)

    def _attribute(self, dotted: str, chain: Chain, seen: frozenset[tuple[str, str]]) -> list[Target]:
        module = self._sources.module(dotted)
        if module is None:
            if self._sources.module(dotted.partition(".")[0]) is not None:
                return [Missing(dotted)]
            return [External(".".join((dotted, *chain)))]
        if not chain:
            return [WholeModule(dotted)]
        name = chain[0]
        if name in module.bindings:
            return self._top_level(module, chain, seen)
        if self._sources.module(f"{dotted}.{name}") is not None:
            return self._attribute(f"{dotted}.{name}", chain[1:], seen)
        if name in _MODULE_NAMES:
            return [Builtin(name)]
        if found := self._through_stars(module, chain, seen):
            return found
        if "__getattr__" in module.bindings:
            return [Definition(dotted, "__getattr__"), WholeModule(dotted)]
        return [Missing(f"{dotted}.{name}")]


def _absolute(module: UserModule, imported: Imported) -> str:
    if imported.level == 0:
        return imported.module
    package = module.package.split(".")
    package = package[: len(package) - (imported.level - 1)]
    return ".".join([*package, imported.module] if imported.module else package)


def _made_by_call(binding: Binding) -> ast.Call | None:
    statement = binding.statement
    value = statement.value if isinstance(statement, (ast.Assign, ast.AnnAssign)) else None
    return value if isinstance(value, ast.Call) else None
