"""A pass over a workflow body's syntax tree: finds what placeholders cannot see (rule F1).

`x is None`, `isinstance(x, ...)` and `try` around an op raise nothing at run time and would mislead;
comparisons, `if`, `match` and f-strings are found here too, so that all are reported at once.
The data flow is simple on purpose: names assigned from calls of ops, and from what holds them.
"""

import ast
import enum
import inspect
import textwrap
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from unknot.stacks.diagnostic import Diagnostic, SourceLocation
from unknot.stacks.workflow.definition import Workflow
from unknot.stacks.workflow.dynamic import each, when
from unknot.stacks.workflow.ops import Op
from unknot.stacks.workflow.typenames import unwrap

_ADVICE = "The artifact does not exist until the workflow runs. Do this inside an op, or branch on a parameter instead."
_TYPE_TESTS = frozenset({"isinstance", "issubclass", "type", "id", "hasattr", "callable"})


class _Holds(enum.IntEnum):
    """What an expression gives."""

    PLAIN = 0
    CONTAINER = 1
    """A list, tuple or dict made in the body, with artifacts in it."""
    ARTIFACT = 2


def check_body(function: Callable[..., Any], artifacts: frozenset[str]) -> list[Diagnostic]:
    """Uses of artifact-valued names that the body of a workflow cannot have.

    `artifacts` are the inputs that are not known. Empty when the source cannot be read.
    """
    plain = unwrap(function)
    if not inspect.isfunction(plain):
        return []
    try:
        lines, first = inspect.getsourcelines(plain)
        tree = ast.parse(textwrap.dedent("".join(lines)))
    except (OSError, SyntaxError, TypeError):
        return []
    body = tree.body[0]
    if not isinstance(body, ast.FunctionDef):
        return []  # a lambda or a coroutine: refused elsewhere
    ast.increment_lineno(tree, first - 1)
    names = dict(inspect.getclosurevars(plain).builtins)
    names.update(plain.__globals__)
    names.update(inspect.getclosurevars(plain).nonlocals)
    pass_ = _BodyPass(plain.__code__.co_filename, artifacts, names)
    pass_.run(body.body)
    return pass_.found


class _BodyPass(ast.NodeVisitor):
    """Visits statements in order, keeping what each name holds."""

    def __init__(self, file: str, artifacts: frozenset[str], outside: Mapping[str, object]) -> None:
        self.found: list[Diagnostic] = []
        self._file = file
        self._outside = outside
        self._names: dict[str, _Holds] = dict.fromkeys(artifacts, _Holds.ARTIFACT)
        self._traced: dict[ast.AST | str, ast.expr | None] = {}
        """Lambdas, and names of inner functions, that `each` and `when` call while the body is traced.

        With what `each` goes over.
        """

    def run(self, statements: list[ast.stmt]) -> None:
        for statement in statements:
            for node in ast.walk(statement):
                if isinstance(node, ast.Call) and self._is_dynamic(node):
                    over = self._goes_by(node) if self._outside_value(node.func) is each else None
                    for argument in (*node.args, *(keyword.value for keyword in node.keywords)):
                        self._traced[argument.id if isinstance(argument, ast.Name) else argument] = over
        for statement in statements:
            self.visit(statement)

    # What an expression gives

    def _holds(self, node: ast.expr | None) -> _Holds:
        match node:
            case ast.Name():
                return self._names.get(node.id, _Holds.PLAIN)
            case ast.Attribute() | ast.Starred():
                return self._holds(node.value)
            case ast.Subscript():
                return _Holds.ARTIFACT if self._holds(node.value) else _Holds.PLAIN
            case ast.NamedExpr():
                return self._holds(node.value)
            case ast.IfExp():
                return max(self._holds(node.body), self._holds(node.orelse))
            case ast.Call():
                return self._call_holds(node)
            case ast.List() | ast.Tuple() | ast.Set():
                return self._container(node.elts)
            case ast.Dict():
                return self._container(node.values)
            case ast.ListComp() | ast.SetComp() | ast.GeneratorExp():
                return self._container([node.elt])
            case ast.DictComp():
                return self._container([node.value])
            case _:
                return _Holds.PLAIN

    def _container(self, items: list[ast.expr]) -> _Holds:
        return _Holds.CONTAINER if any(self._holds(item) for item in items) else _Holds.PLAIN

    def _call_holds(self, node: ast.Call) -> _Holds:
        arguments = [*node.args, *(keyword.value for keyword in node.keywords)]
        if self._is_dynamic(node):
            return self._dynamic_holds(node, arguments)
        if self._is_op(node.func):
            return _Holds.ARTIFACT
        given = any(self._holds(argument) for argument in arguments)
        match node.func:
            case ast.Name(id="list" | "tuple" | "dict" | "zip" | "enumerate" | "sorted" | "reversed"):
                return _Holds.CONTAINER if given else _Holds.PLAIN
            case ast.Attribute(attr="values" | "items" | "copy"):
                return min(self._holds(node.func.value), _Holds.CONTAINER)
            case ast.Attribute(attr="pop" | "get"):
                return _Holds.ARTIFACT if self._holds(node.func.value) else _Holds.PLAIN
        # A class of the user's, made of artifacts, is a bundle of them.
        made = self._outside_value(node.func)
        return _Holds.ARTIFACT if isinstance(made, type) and given else _Holds.PLAIN

    def _is_dynamic(self, node: ast.Call) -> bool:
        found = self._outside_value(node.func)
        return found is each or found is when

    def _goes_by(self, node: ast.Call) -> ast.expr | None:
        """The list of `each`, the condition of `when`."""
        place, name = (1, "over") if self._outside_value(node.func) is each else (0, "condition")
        named = (keyword.value for keyword in node.keywords if keyword.arg == name)
        return next(named, node.args[place] if len(node.args) > place else None)

    def _dynamic_holds(self, node: ast.Call, arguments: list[ast.expr]) -> _Holds:
        """Of `each` and `when`: an artifact if what they go by is one, else what the functions give."""
        if self._holds(self._goes_by(node)) is _Holds.ARTIFACT:
            return _Holds.ARTIFACT
        if self._outside_value(node.func) is each:
            return _Holds.CONTAINER
        bodies = [argument.body for argument in arguments if isinstance(argument, ast.Lambda)]
        return max((self._holds(body) for body in bodies), default=_Holds.ARTIFACT)

    def _is_op(self, node: ast.expr) -> bool:
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "named":
            return self._is_op(node.func.value)
        found = self._outside_value(node)
        while not isinstance(found, (Op, Workflow)) and hasattr(found, "__wrapped__"):
            found = found.__wrapped__  # an op under a decorator of the user's
        return isinstance(found, (Op, Workflow))

    def _outside_value(self, node: ast.expr) -> object:
        """The module-level object that a name or dotted name means; None if unknown."""
        match node:
            case ast.Name():
                return None if node.id in self._names else self._outside.get(node.id)
            case ast.Attribute():
                owner = self._outside_value(node.value)
                # Only of modules: another object's attribute may compute.
                return vars(owner).get(node.attr) if inspect.ismodule(owner) else None
        return None

    # What it assigns

    def _assign(self, target: ast.expr, holds: _Holds) -> None:
        match target:
            case ast.Name():
                self._names[target.id] = holds
            case ast.Tuple() | ast.List():
                for item in target.elts:
                    self._assign(item, _Holds.ARTIFACT if holds else _Holds.PLAIN)
            case ast.Starred():
                self._assign(target.value, min(holds, _Holds.CONTAINER))
            case ast.Subscript(value=ast.Name(id=name)) if holds:
                self._names[name] = max(self._names.get(name, _Holds.PLAIN), _Holds.CONTAINER)

    def visit_Assign(self, node: ast.Assign) -> None:
        self.visit(node.value)
        for target in node.targets:
            self._assign(target, self._holds(node.value))

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.visit(node.value)
            self._assign(node.target, self._holds(node.value))

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        self.visit(node.value)
        self._assign(node.target, self._holds(node.value))

    def visit_For(self, node: ast.For) -> None:
        self.visit(node.iter)
        if self._holds(node.iter) is _Holds.ARTIFACT:
            self._problem(node.iter, "iterated over")
        self._assign(node.target, _Holds.ARTIFACT if self._holds(node.iter) else _Holds.PLAIN)
        self.run([*node.body, *node.orelse])

    def visit_comprehension(self, node: ast.comprehension) -> None:
        self.visit(node.iter)
        self._assign(node.target, _Holds.ARTIFACT if self._holds(node.iter) else _Holds.PLAIN)
        for condition in node.ifs:
            self.visit(condition)
            self._truth(condition, "if")

    def _visit_comprehension(
        self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp
    ) -> None:
        # The element comes first in the tree but after its loops in meaning.
        for generator in node.generators:
            self.visit(generator)
        for part in (node.key, node.value) if isinstance(node, ast.DictComp) else (node.elt,):
            self.visit(part)

    visit_ListComp = visit_SetComp = visit_GeneratorExp = visit_DictComp = _visit_comprehension  # noqa: N815

    def visit_Call(self, node: ast.Call) -> None:
        self.generic_visit(node)
        match node.func:
            case ast.Name(id=name) if name in _TYPE_TESTS and node.args:
                if self._holds(node.args[0]) is _Holds.ARTIFACT:
                    self._problem(node, f"tested with `{name}`")
            case ast.Attribute(value=ast.Name(id=name), attr="append" | "add" | "insert" | "extend"):
                if any(self._holds(argument) for argument in node.args):
                    self._names[name] = max(self._names.get(name, _Holds.PLAIN), _Holds.CONTAINER)

    # What it must not do

    def visit_If(self, node: ast.If) -> None:
        self._truth(node.test, "if")
        self.generic_visit(node)

    def visit_While(self, node: ast.While) -> None:
        self._truth(node.test, "while")
        self.generic_visit(node)

    def visit_Assert(self, node: ast.Assert) -> None:
        self._truth(node.test, "assert")
        self.generic_visit(node)

    def visit_IfExp(self, node: ast.IfExp) -> None:
        self._truth(node.test, "if")
        self.generic_visit(node)

    def visit_BoolOp(self, node: ast.BoolOp) -> None:
        for value in node.values:
            self._truth(value, "and` or `or")
        self.generic_visit(node)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> None:
        if isinstance(node.op, ast.Not):
            self._truth(node.operand, "not")
        self.generic_visit(node)

    def visit_Compare(self, node: ast.Compare) -> None:
        operands = [node.left, *node.comparators]
        for position, operator in enumerate(node.ops):
            pair = operands[position : position + 2]
            # An artifact in a list compares as `==` does; a list itself does not.
            if any(self._holds(operand) is _Holds.ARTIFACT for operand in pair) or (
                isinstance(operator, (ast.In, ast.NotIn)) and self._holds(pair[1])
            ):
                self._problem(node, f"compared (`{_OPERATORS[type(operator)]}`)")
        self.generic_visit(node)

    def visit_FormattedValue(self, node: ast.FormattedValue) -> None:
        if self._holds(node.value):
            self._problem(node, "put into an f-string")
        self.generic_visit(node)

    def visit_Match(self, node: ast.Match) -> None:
        if self._holds(node.subject):
            self._problem(node, "matched")
        self.generic_visit(node)

    def visit_Try(self, node: ast.Try | ast.TryStar) -> None:
        if self._has_artifacts(node.body):
            self._problem(
                node,
                "guarded by `try`",
                "The op runs later and elsewhere, so nothing is caught here. Handle the error inside the op, "
                "or give the op `retries=`.",
            )
        self.generic_visit(node)

    def visit_TryStar(self, node: ast.TryStar) -> None:
        self.visit_Try(node)

    def visit_Lambda(self, node: ast.Lambda) -> None:
        if node in self._traced:
            with self._inside(node.args, self._traced[node]):
                self.visit(node.body)
            return
        self._captured(node, {argument.arg for argument in _arguments(node.args)}, [node.body])

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        if node.name in self._traced:
            with self._inside(node.args, self._traced[node.name]):
                self.run(node.body)
            return
        self._captured(node, {argument.arg for argument in _arguments(node.args)}, node.body)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        self._captured(node, {argument.arg for argument in _arguments(node.args)}, node.body)

    @contextmanager
    def _inside(self, arguments: ast.arguments, over: ast.expr | None) -> Iterator[None]:
        """The body of a function that is called while tracing, with elements of `over`."""
        outer = dict(self._names)
        given = _Holds.ARTIFACT if self._holds(over) else _Holds.PLAIN
        for argument in _arguments(arguments):
            self._names[argument.arg] = given
        yield
        self._names = outer

    def _captured(self, node: ast.AST, own: set[str], body: list[Any]) -> None:
        for name in _loaded_names(body):
            if name not in own and self._names.get(name, _Holds.PLAIN):
                self._problem(
                    node,
                    f"captured by an inner function (`{name}`)",
                    "Write the calls out in the workflow's body, pass the artifact as an argument, or give the function to `each` or `when`.",
                )
                return

    def _has_artifacts(self, statements: list[ast.stmt]) -> bool:
        for statement in statements:
            for node in ast.walk(statement):
                if isinstance(node, ast.Call) and (self._is_op(node.func) or self._is_dynamic(node)):
                    return True
                if isinstance(node, ast.Name) and self._names.get(node.id, _Holds.PLAIN):
                    return True
        return False

    def _truth(self, node: ast.expr, word: str) -> None:
        if self._holds(node) is _Holds.ARTIFACT:
            self._problem(node, f"tested for truth (`{word}`)")

    def _problem(self, node: ast.AST, how: str, advice: str = _ADVICE) -> None:
        source = SourceLocation(self._file, getattr(node, "lineno", 1))
        self.found.append(
            Diagnostic.error(
                f"an artifact cannot be {how} in a workflow's body", detail=advice, source=source
            )
        )


_OPERATORS: dict[type[ast.cmpop], str] = {
    ast.Is: "is",
    ast.IsNot: "is not",
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.In: "in",
    ast.NotIn: "not in",
}


def _arguments(arguments: ast.arguments) -> Iterator[ast.arg]:
    yield from (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)
    yield from (argument for argument in (arguments.vararg, arguments.kwarg) if argument is not None)


def _loaded_names(body: list[Any]) -> Iterator[str]:
    for part in body:
        for node in ast.walk(part):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
                yield node.id
