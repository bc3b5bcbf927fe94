"""One definition at a time: the digest of its own code, and what it reaches next.

A definition is analysed once for a project, however many ops reach it. Who reaches it is the matter of `closure.py`.
"""

import ast
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from unknot.stacks.fingerprint.constructs import Widening, constructs, constructs_of_value
from unknot.stacks.fingerprint.encoding import encode, part_digest
from unknot.stacks.fingerprint.module import UserModule
from unknot.stacks.fingerprint.normal import Keep, normalise_all
from unknot.stacks.fingerprint.resolve import Builtin, External, Missing, Resolver, Target, WholeModule
from unknot.stacks.fingerprint.scope import Imported, Names, chain_of, names_of
from unknot.stacks.fingerprint.sources import Sources

NOTHING: Mapping[str, Imported | None] = MappingProxyType({})

_TRANSPARENT = frozenset(
    {
        *("functools.wraps", "functools.lru_cache", "functools.cache", "functools.cached_property"),
        *("contextlib.contextmanager", "contextlib.asynccontextmanager", "abc.abstractmethod"),
        *("typing.override", "typing.final", "typing.overload", "typing_extensions.override"),
    }
)
_TRANSPARENT_BUILTINS = frozenset({"property", "staticmethod", "classmethod"})
_READS_DOCUMENTATION = frozenset(
    {
        *("inspect.signature", "inspect.getdoc", "inspect.getfullargspec", "inspect.get_annotations"),
        *("typing.get_type_hints", "typing_extensions.get_type_hints", "annotationlib.get_annotations"),
        *("pydantic.validate_call", "pydantic.create_model", "doctest.testmod", "inspect.getsource"),
    }
)


@dataclass(frozen=True, slots=True)
class Node:
    """What is known of one definition."""

    digest: str
    line: int
    targets: tuple[Target, ...]
    """What it reaches, one step on."""
    widenings: tuple[Widening, ...]
    loads: tuple[str, ...]
    """Modules of the user's that it imports when it runs."""
    reads_documentation: bool


class Analysis:
    """The nodes of one project, kept. `documentation`: docstrings and annotations count everywhere."""

    def __init__(self, sources: Sources, *, documentation: bool) -> None:
        self.resolver = Resolver(sources)
        self.documentation = documentation
        self._definitions: dict[tuple[UserModule, str], Node] = {}
        self._effects: dict[UserModule, Node | None] = {}

    def definition(self, module: UserModule, name: str) -> Node:
        """A top-level name of the module: all the statements that make its value."""
        key = (module, name)
        if key not in self._definitions:
            self._definitions[key] = self._of_name(module, name)
        return self._definitions[key]

    def effects(self, module: UserModule) -> Node | None:
        """What the module does on import besides binding its own names; None if nothing."""
        if module not in self._effects:
            found = [each.statement for each in module.effects if not self._declares(module, each.cause)]
            statements = list(dict.fromkeys(found))
            self._effects[module] = self._of_code(module, statements) if statements else None
        return self._effects[module]

    def function(
        self,
        module: UserModule,
        statement: ast.stmt,
        *,
        signature: bool,
        outer: Mapping[str, Imported | None] = NOTHING,
    ) -> Node:
        """A function wherever it stands. `signature`: it is an op. `outer`: names of the functions around it."""
        return self._of_code(module, [statement], signature=signature, outer=outer)

    def decorators(self, module: UserModule, statement: ast.stmt) -> list[ast.expr]:
        """Those that count: not unknot's own."""
        found: list[ast.expr] = getattr(statement, "decorator_list", [])
        return [each for each in found if not self.resolver.is_unknot(module, each)]

    def _of_name(self, module: UserModule, name: str) -> Node:
        bindings = module.bindings[name]
        statements = [each.statement for each in bindings]
        statements += [each.statement for each in module.mutations_of(name) if each.statement is not None]
        targets = [
            target
            for each in bindings
            if each.imported is not None
            for target in self.resolver.resolve_import(module, each.imported)
        ]
        extra = [str(target).encode() for target in targets]
        node = self._of_code(module, list(dict.fromkeys(statements)), extra=extra, targets=targets)
        values = [each.statement for each in bindings if each.kind == "value"]
        names = names_of(list(dict.fromkeys(values)), now=True)
        more = [*constructs_of_value(self.resolver, module, name, bindings, names)]
        more += [
            Widening(
                "module",
                target.module,
                f"{module.shown}:{node.line} {name} is a module that is imported on a condition",
            )
            for target in targets
            if isinstance(target, WholeModule)
        ]
        return replace(node, widenings=tuple(dict.fromkeys([*node.widenings, *more])))

    def _of_code(
        self,
        module: UserModule,
        statements: Sequence[ast.stmt],
        *,
        signature: bool = False,
        extra: Sequence[bytes] = (),
        targets: Iterable[Target] = (),
        outer: Mapping[str, Imported | None] = NOTHING,
    ) -> Node:
        keep = Keep(
            dropped=lambda each: self.resolver.is_unknot(module, each),
            transparent=lambda each: self._is_transparent(module, each),
            documentation=self.documentation,
            signature=signature,
        )
        trees = normalise_all(statements, keep)
        names = names_of(trees)
        if outer:
            names = names.rebound(outer)
        links, reached, reads_documentation = self._links(module, names)
        digest = part_digest(encode(trees), *links, *extra)
        loads = [
            loaded
            for imported, _ in names.imports
            for loaded in self.resolver.modules_loaded_by(module, imported)
        ]
        return Node(
            digest,
            statements[-1].lineno,
            tuple(dict.fromkeys([*targets, *reached])),
            tuple(dict.fromkeys([*self._missing(module, names), *constructs(self.resolver, module, names)])),
            tuple(dict.fromkeys(loads)),
            reads_documentation,
        )

    def _links(self, module: UserModule, names: Names) -> tuple[list[bytes], list[Target], bool]:
        """What each outer name in the code stands for. It is part of the digest: an import that swaps two names
        leaves every tree as it was."""
        links: set[str] = set()
        reached: list[Target] = []
        reads_documentation = names.reads_documentation
        named = [reference for reference, _, _ in names.named_attributes]
        quoted = set(names.quoted_reads)
        for reference in [*names.reads, *names.quoted_reads, *named]:
            targets = self.resolver.resolve(module, reference)
            if reference in quoted:
                targets = [each for each in targets if not isinstance(each, Missing)]
            reached += targets
            for target in targets:
                if isinstance(target, External) and target.path in _READS_DOCUMENTATION:
                    reads_documentation = True
            meaning = ", ".join(str(each) for each in targets if not isinstance(each, Builtin))
            if meaning:
                links.add(f"{'.'.join(reference.chain)} is {meaning}")
        return [each.encode() for each in sorted(links)], reached, reads_documentation

    def _missing(self, module: UserModule, names: Names) -> list[Widening]:
        return [
            Widening(
                "project",
                "",
                f"{module.shown}:{reference.line} {'.'.join(reference.chain)} is defined nowhere",
            )
            for reference in names.reads
            if any(isinstance(each, Missing) for each in self.resolver.resolve(module, reference))
        ]

    def _declares(self, module: UserModule, cause: ast.AST) -> bool:
        """A statement of the stack's definition: it says what is wanted and changes nothing in the code."""
        return self.resolver.is_unknot(module, cause)

    def _is_transparent(self, module: UserModule, decorator: ast.expr) -> bool:
        chain = chain_of(decorator.func if isinstance(decorator, ast.Call) else decorator)
        if chain is None:
            return False
        if len(chain) > 1 and chain[-1] in ("setter", "getter", "deleter"):
            return True
        targets = self.resolver.resolve_chain(module, chain)
        return bool(targets) and all(
            (isinstance(each, External) and each.path in _TRANSPARENT)
            or (isinstance(each, Builtin) and each.name in _TRANSPARENT_BUILTINS)
            for each in targets
        )
