"""Which names a piece of code takes from its module: Python's own scoping rules, applied to a syntax tree.

What a name stands for is not known here; `resolve.py` finds that out.
"""

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple, TypeAlias

Chain: TypeAlias = tuple[str, ...]
"""A name and the attributes taken from it: `("pd", "DataFrame")`."""

_MUTATORS = frozenset(
    {
        *(
            "append",
            "appendleft",
            "extend",
            "extendleft",
            "insert",
            "add",
            "update",
            "setdefault",
            "pop",
            "popitem",
        ),
        *(
            "popleft",
            "remove",
            "discard",
            "clear",
            "sort",
            "reverse",
            "__setitem__",
            "__delitem__",
            "__setattr__",
        ),
    }
)
_BY_NAME = frozenset({("getattr",), ("hasattr",), ("setattr",), ("delattr",)})
_DOCUMENTATION_NAMES = frozenset({"__doc__", "__annotations__", "__annotate__", "__type_params__"})


class Imported(NamedTuple):
    """One name of an import statement: `module` itself, or `name` out of it."""

    module: str
    """As written; empty for `from . import x`."""
    name: str | None
    level: int
    """Leading dots of a relative import."""


class Reference(NamedTuple):
    """A use of something that is not local. If `imported` is set, the chain's first name is a local import of that."""

    chain: Chain
    line: int
    imported: Imported | None = None


class Call(NamedTuple):
    """A call of something that is not local."""

    target: Reference
    node: ast.Call


@dataclass(slots=True)
class Names:
    """All that a piece of code takes from outside itself, and what it does to it."""

    reads: list[Reference] = field(default_factory=list)
    quoted_reads: list[Reference] = field(default_factory=list)
    """Names inside the strings of annotations; some are only text, so one that stands for nothing is no problem."""
    calls: list[Call] = field(default_factory=list)
    mutations: list[tuple[Reference, ast.AST]] = field(default_factory=list)
    """The object that the chain stands for is changed in place: an item or attribute set, `.append()`."""
    attribute_writes: list[tuple[Reference, ast.AST]] = field(default_factory=list)
    """What the whole chain stands for is replaced: `features.clean = other`."""
    global_writes: list[tuple[str, ast.AST]] = field(default_factory=list)
    """Names that a function declares `global` and sets."""
    imports: list[tuple[Imported, int]] = field(default_factory=list)
    """Import statements, wherever they are."""
    named_attributes: list[tuple[Reference, str, ast.Call]] = field(default_factory=list)
    """`getattr` and the like with a name that is computed; the text is the function's name."""
    attributes: list[tuple[str, ast.AST]] = field(default_factory=list)
    """Attributes taken from anything at all, for the few that matter whatever they are taken from."""
    reads_documentation: bool = False

    def rebound(self, outer: "Mapping[str, Imported | None]") -> "Names":
        """The same, where some names belong to an enclosing function: None takes the name out, since it is neither
        the module's nor explained by an import."""

        def kept(reference: Reference) -> Reference | None:
            if reference.imported is not None or reference.chain[0] not in outer:
                return reference
            imported = outer[reference.chain[0]]
            return None if imported is None else reference._replace(imported=imported)

        def pairs(found: list[tuple[Reference, ast.AST]]) -> list[tuple[Reference, ast.AST]]:
            return [(new, node) for each, node in found if (new := kept(each)) is not None]

        return replace(
            self,
            reads=[new for each in self.reads if (new := kept(each)) is not None],
            quoted_reads=[new for each in self.quoted_reads if (new := kept(each)) is not None],
            calls=[Call(new, each.node) for each in self.calls if (new := kept(each.target)) is not None],
            mutations=pairs(self.mutations),
            attribute_writes=pairs(self.attribute_writes),
            named_attributes=[
                (new, text, node)
                for each, text, node in self.named_attributes
                if (new := kept(each)) is not None
            ],
        )


def names_of(nodes: Sequence[ast.AST], *, now: bool = False) -> Names:
    """Scan code that stands at the top level of a module. `now`: only what runs when the module is imported, which
    the bodies of functions do not."""
    return _Scan(now=now).run(nodes)


class _Scope:
    """A function, lambda, comprehension or class body. The module itself is None."""

    __slots__ = ("bound", "globals", "imports", "is_class", "parent")

    def __init__(self, parent: "_Scope | None", found: "_Bound", *, is_class: bool = False) -> None:
        self.parent = parent
        self.is_class = is_class
        self.globals = found.globals
        self.imports = found.imports
        self.bound = found.names


@dataclass(slots=True)
class _Bound:
    """The names that a body binds, each with the first line that does."""

    names: dict[str, int] = field(default_factory=dict)
    globals: set[str] = field(default_factory=set)
    nonlocals: set[str] = field(default_factory=set)
    imports: dict[str, list[Imported]] = field(default_factory=dict)

    def bind(self, name: str, line: int) -> None:
        self.names[name] = min(line, self.names.get(name, line))


def imported_names(node: "ast.Import | ast.ImportFrom") -> Iterator[tuple[str, Imported]]:
    """Each name that the statement binds, and what it is bound to; a star is bound as `*`."""
    for alias in node.names:
        if isinstance(node, ast.ImportFrom):
            yield alias.asname or alias.name, Imported(node.module or "", alias.name, node.level)
        elif alias.asname:
            yield alias.asname, Imported(alias.name, None, 0)
        else:
            top = alias.name.partition(".")[0]
            yield top, Imported(top, None, 0)


def _bound_in(body: Iterable[ast.AST]) -> _Bound:
    found = _Bound()
    pending: list[ast.AST] = list(body)
    while pending:
        node = pending.pop()
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                found.bind(node.name, node.lineno)
                pending += [*node.decorator_list, *_argument_defaults(node.args)]
            case ast.ClassDef():
                found.bind(node.name, node.lineno)
                pending += [*node.decorator_list, *node.bases, *node.keywords]
            case ast.Lambda():
                pending += _argument_defaults(node.args)
            case ast.ListComp() | ast.SetComp() | ast.GeneratorExp():
                pending += [node.elt, *_comprehension_parts(node.generators)]
            case ast.DictComp():
                pending += [node.key, node.value, *_comprehension_parts(node.generators)]
            case ast.Name():
                if not isinstance(node.ctx, ast.Load):
                    found.bind(node.id, node.lineno)
            case ast.Import() | ast.ImportFrom():
                for name, imported in imported_names(node):
                    found.bind(name, node.lineno)
                    found.imports.setdefault(name, []).append(imported)
            case ast.Global():
                found.globals.update(node.names)
            case ast.Nonlocal():
                found.nonlocals.update(node.names)
            case ast.ExceptHandler():
                if node.name:
                    found.bind(node.name, node.lineno)
                pending += ast.iter_child_nodes(node)
            case ast.MatchAs() | ast.MatchStar():
                if node.name:
                    found.bind(node.name, node.lineno)
                pending += ast.iter_child_nodes(node)
            case ast.MatchMapping():
                if node.rest:
                    found.bind(node.rest, node.lineno)
                pending += ast.iter_child_nodes(node)
            case _:
                pending += ast.iter_child_nodes(node)
    for name in found.globals | found.nonlocals:
        found.names.pop(name, None)
    return found


def _comprehension_parts(generators: list[ast.comprehension]) -> list[ast.expr]:
    """Where a walrus inside a comprehension can stand: its name belongs to the function around it."""
    return [part for each in generators for part in (each.iter, *each.ifs)]


def _argument_defaults(arguments: ast.arguments) -> list[ast.expr]:
    return [*arguments.defaults, *(each for each in arguments.kw_defaults if each is not None)]


def _all_arguments(arguments: ast.arguments) -> list[ast.arg]:
    rest = [each for each in (arguments.vararg, arguments.kwarg) if each is not None]
    return [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, *rest]


class _Scan:
    """Walks with a stack of its own, so that long expressions need no deep recursion."""

    def __init__(self, *, now: bool) -> None:
        self.found = Names()
        self._now = now
        self._pending: list[tuple[ast.AST, _Scope | None]] = []

    def run(self, nodes: Sequence[ast.AST]) -> Names:
        self._push(nodes, None)
        while self._pending:
            self._visit(*self._pending.pop())
        return self.found

    def _push(self, nodes: Iterable[ast.AST], scope: _Scope | None) -> None:
        self._pending.extend((node, scope) for node in reversed(list(nodes)))

    def _visit(self, node: ast.AST, scope: _Scope | None) -> None:
        match node:
            case ast.Name():
                self._name(node, scope)
            case ast.Attribute():
                self._attribute(node, scope)
            case ast.Subscript():
                if not isinstance(node.ctx, ast.Load):
                    self._mutation(node.value, node, scope)
                self._push((node.value, node.slice), scope)
            case ast.Call():
                self._call(node, scope)
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                self._push(node.decorator_list, scope)
                around = self._with_type_parameters(node, scope)
                if node.returns is not None:
                    self._annotation(node.returns, around)
                self._callable(node.args, node.body, scope, around)
            case ast.Lambda():
                self._callable(node.args, [node.body], scope, scope)
            case ast.ClassDef():
                self._push(node.decorator_list, scope)
                around = self._with_type_parameters(node, scope)
                self._push((*node.bases, *node.keywords), around)
                self._push(node.body, _Scope(around, _bound_in(node.body), is_class=True))
            case ast.ListComp() | ast.SetComp() | ast.GeneratorExp():
                self._comprehension([node.elt], node.generators, scope)
            case ast.DictComp():
                self._comprehension([node.key, node.value], node.generators, scope)
            case ast.AnnAssign():
                self._annotation(node.annotation, scope)
                self._push([node.target, *([node.value] if node.value else [])], scope)
            case ast.Import() | ast.ImportFrom():
                self._import(node)
            case _ if type(node).__name__ == "TypeAlias":
                around = self._with_type_parameters(node, scope)
                self._push(
                    [each for each in ast.iter_child_nodes(node) if not _is_type_parameter(each)], around
                )
            case _:
                self._push(ast.iter_child_nodes(node), scope)

    def _name(self, node: ast.Name, scope: _Scope | None) -> None:
        if node.id in _DOCUMENTATION_NAMES:
            self.found.reads_documentation = True
        if isinstance(node.ctx, ast.Load):
            self.found.reads += _resolve((node.id,), node.lineno, scope)
        elif scope is not None and node.id in scope.globals:
            self.found.global_writes.append((node.id, node))

    def _attribute(self, node: ast.Attribute, scope: _Scope | None) -> None:
        inner: ast.expr = node
        attributes: list[str] = []
        while isinstance(inner, ast.Attribute):
            attributes.append(inner.attr)
            self.found.attributes.append((inner.attr, inner))
            inner = inner.value
        if not _DOCUMENTATION_NAMES.isdisjoint(attributes):
            self.found.reads_documentation = True
        if not isinstance(inner, ast.Name):
            self._push((inner,), scope)
            return
        chain = (inner.id, *reversed(attributes))
        references = _resolve(chain, node.lineno, scope)
        if isinstance(node.ctx, ast.Load):
            self.found.reads += references
        else:
            self.found.attribute_writes += [(each, node) for each in references]
            self.found.reads += [each._replace(chain=each.chain[:-1]) for each in references]

    def _mutation(self, target: ast.expr, node: ast.AST, scope: _Scope | None) -> None:
        chain = chain_of(target)
        if chain is not None:
            self.found.mutations += [(each, node) for each in _resolve(chain, target.lineno, scope)]

    def _call(self, node: ast.Call, scope: _Scope | None) -> None:
        chain = chain_of(node.func)
        references = _resolve(chain, node.lineno, scope) if chain is not None else []
        self.found.calls += [Call(each, node) for each in references]
        if isinstance(node.func, ast.Attribute) and node.func.attr in _MUTATORS:
            self._mutation(node.func.value, node, scope)
        arguments: list[ast.expr] = node.args
        if chain is not None and chain in _BY_NAME and references and len(arguments) > 1:
            arguments = self._attribute_by_name(chain[0], node, scope)
        self._push((node.func, *arguments, *node.keywords), scope)

    def _attribute_by_name(self, function: str, node: ast.Call, scope: _Scope | None) -> list[ast.expr]:
        """`getattr(features, "clean")` reads `features.clean`; returns the arguments that remain to be scanned."""
        owner, name, *rest = node.args
        chain = chain_of(owner)
        references = _resolve(chain, node.lineno, scope) if chain is not None else []
        if not references:
            return node.args
        if isinstance(name, ast.Constant) and isinstance(name.value, str):
            named = [each._replace(chain=(*each.chain, name.value)) for each in references]
            if function in ("setattr", "delattr"):
                self.found.attribute_writes += [(each, node) for each in named]
                self.found.reads += references
            else:
                self.found.reads += named
                self.found.reads_documentation |= name.value in _DOCUMENTATION_NAMES
            return rest
        self.found.named_attributes += [(each, function, node) for each in references]
        return [name, *rest]

    def _callable(
        self, arguments: ast.arguments, body: Sequence[ast.AST], outside: _Scope | None, around: _Scope | None
    ) -> None:
        self._push(_argument_defaults(arguments), outside)
        found = _bound_in(body)
        for argument in _all_arguments(arguments):
            found.bind(argument.arg, argument.lineno)
            if argument.annotation is not None:
                self._annotation(argument.annotation, around)
        if not self._now:
            self._push(body, _Scope(around, found))

    def _comprehension(
        self, results: list[ast.expr], generators: list[ast.comprehension], scope: _Scope | None
    ) -> None:
        found = _Bound()
        for each in generators:
            for node in ast.walk(each.target):
                if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                    found.bind(node.id, 0)
        inner = _Scope(scope, found)
        self._push((generators[0].iter,), scope)
        self._push([part for each in generators for part in (each.target, *each.ifs)], inner)
        self._push([each.iter for each in generators[1:]], inner)
        self._push(results, inner)

    def _with_type_parameters(self, node: ast.AST, scope: _Scope | None) -> _Scope | None:
        """The scope of a PEP 695 parameter list, if the node has one."""
        parameters: list[ast.AST] = getattr(node, "type_params", [])
        if not parameters:
            return scope
        found = _Bound()
        for each in parameters:
            found.bind(str(getattr(each, "name", "")), 0)
        inner = _Scope(scope, found)
        self._push([part for each in parameters for part in ast.iter_child_nodes(each)], inner)
        return inner

    def _annotation(self, annotation: ast.expr, scope: _Scope | None) -> None:
        """An annotation, and what the strings in it name: `list["Row"]`."""
        self._push((annotation,), scope)
        for node in ast.walk(annotation):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.isascii():
                try:
                    quoted = ast.parse(node.value.strip(), mode="eval").body
                except (SyntaxError, ValueError):
                    continue
                for each in ast.walk(quoted):
                    chain = chain_of(each)
                    if chain is not None:
                        self.found.quoted_reads += _resolve(chain, node.lineno, scope)

    def _import(self, node: "ast.Import | ast.ImportFrom") -> None:
        if isinstance(node, ast.ImportFrom):
            self.found.imports += [(imported, node.lineno) for _, imported in imported_names(node)]
        else:
            self.found.imports += [(Imported(alias.name, None, 0), node.lineno) for alias in node.names]


def _is_type_parameter(node: ast.AST) -> bool:
    return type(node).__name__ in ("TypeVar", "ParamSpec", "TypeVarTuple")


def chain_of(node: ast.AST) -> Chain | None:
    """`a.b.c` as a chain; None for anything else."""
    attributes: list[str] = []
    while isinstance(node, ast.Attribute):
        attributes.append(node.attr)
        node = node.value
    return (node.id, *reversed(attributes)) if isinstance(node, ast.Name) else None


def _resolve(chain: Chain, line: int, scope: _Scope | None) -> list[Reference]:
    """The references that a chain makes from within the scope: none if its first name is local."""
    name, innermost = chain[0], scope
    while scope is not None:
        if name in scope.globals:
            break
        if name in scope.bound and (scope is innermost or not scope.is_class):
            imports = [Reference(chain, line, each) for each in scope.imports.get(name, [])]
            # A class body reads the module's name until it binds its own: `limit = limit`.
            before_binding = scope.is_class and line <= scope.bound[name]
            return [*imports, Reference(chain, line)] if before_binding else imports
        scope = scope.parent
    return [Reference(chain, line)]
