"""Leave out of a syntax tree what has no meaning when it runs: docstrings, annotations, `pass`.

They are kept where something reads them: in class bodies, in an op's own signature, under decorators that may look
at what they decorate, and everywhere once the code asks for `__doc__` or `__annotations__`.
"""

import ast
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

_Node = TypeVar("_Node", bound=ast.AST)


@dataclass(frozen=True, slots=True)
class Keep:
    """What is kept besides the code itself, and how decorators are judged."""

    dropped: Callable[[ast.expr], bool]
    """True for a decorator that does not count: unknot's own."""
    transparent: Callable[[ast.expr], bool]
    """True for a decorator that reads neither docstring nor annotations, such as `property`."""
    documentation: bool = False
    """Docstrings and annotations everywhere: the code reads `__doc__` or `__annotations__`."""
    signature: bool = False
    """Annotations of the function itself: it is an op."""


def normalise(statement: ast.stmt, keep: Keep, *, in_class: bool = False) -> list[ast.stmt]:
    """The statement as far as it counts; an empty list if it does not count at all."""
    match statement:
        case ast.Pass():
            return []
        case ast.Expr(value=ast.Constant()) if not keep.documentation:
            return []
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            return [_function(statement, keep)]
        case ast.ClassDef():
            return [_class(statement, keep)]
        case ast.AnnAssign() if not (in_class or keep.documentation):
            return [_unannotated(statement)]
        case _:
            return [_compound(statement, replace(keep, signature=False), in_class=in_class)]


def normalise_all(statements: Sequence[ast.stmt], keep: Keep, *, in_class: bool = False) -> list[ast.stmt]:
    """Several statements, one after another."""
    return [kept for statement in statements for kept in normalise(statement, keep, in_class=in_class)]


def _function(node: "ast.FunctionDef | ast.AsyncFunctionDef", keep: Keep) -> ast.stmt:
    decorators = [each for each in node.decorator_list if not keep.dropped(each)]
    decorated = not all(keep.transparent(each) for each in decorators)
    inner = replace(keep, signature=False)
    kept = _copy(node)
    kept.decorator_list = decorators
    kept.body = normalise_all(node.body, inner)
    if decorated and not keep.documentation and ast.get_docstring(node, clean=False) is not None:
        kept.body.insert(0, node.body[0])
    if not (decorated or keep.signature or keep.documentation):
        kept.returns = None
        kept.args = _bare_arguments(node.args)
    return kept


def _class(node: ast.ClassDef, keep: Keep) -> ast.stmt:
    kept = _copy(node)
    kept.decorator_list = [each for each in node.decorator_list if not keep.dropped(each)]
    inner = replace(keep, signature=False)
    kept.body = normalise_all(node.body, inner, in_class=True)
    may_be_read = bool(kept.decorator_list or node.bases or node.keywords)
    if may_be_read and not keep.documentation and ast.get_docstring(node, clean=False) is not None:
        kept.body.insert(0, node.body[0])
    return kept


def _compound(statement: ast.stmt, keep: Keep, *, in_class: bool) -> ast.stmt:
    """A statement that may hold others: `if`, `for`, `while`, `with`, `try`, `match`."""
    kept: ast.stmt | None = None
    for field in ("body", "orelse", "finalbody"):
        block: object = getattr(statement, field, None)
        if isinstance(block, list) and block:
            kept = kept or _copy(statement)
            setattr(kept, field, normalise_all(block, keep, in_class=in_class))
    for field in ("handlers", "cases"):
        branches: object = getattr(statement, field, None)
        if isinstance(branches, list) and branches:
            kept = kept or _copy(statement)
            setattr(kept, field, [_branch(each, keep, in_class=in_class) for each in branches])
    return kept or statement


def _branch(
    node: "ast.ExceptHandler | ast.match_case", keep: Keep, *, in_class: bool
) -> "ast.ExceptHandler | ast.match_case":
    kept = _copy(node)
    kept.body = normalise_all(node.body, keep, in_class=in_class)
    return kept


def _unannotated(node: ast.AnnAssign) -> ast.stmt:
    """`x: int = 1` is `x = 1`; a bare `x: int` only makes the name local, so the target stays."""
    if node.value is not None:
        return ast.copy_location(ast.Assign(targets=[node.target], value=node.value), node)
    kept = _copy(node)
    kept.annotation = ast.copy_location(ast.Constant(None), node)
    return kept


def _bare_arguments(arguments: ast.arguments) -> ast.arguments:
    kept = _copy(arguments)
    kept.posonlyargs = [_bare(each) for each in arguments.posonlyargs]
    kept.args = [_bare(each) for each in arguments.args]
    kept.kwonlyargs = [_bare(each) for each in arguments.kwonlyargs]
    kept.vararg = _bare(arguments.vararg) if arguments.vararg else None
    kept.kwarg = _bare(arguments.kwarg) if arguments.kwarg else None
    return kept


def _bare(argument: ast.arg) -> ast.arg:
    return ast.copy_location(ast.arg(argument.arg, None), argument)


def _copy(node: _Node) -> _Node:
    """A copy of the one node; its children are shared. The constructor is not called: it warns of absent fields."""
    copied = type(node).__new__(type(node))
    copied.__dict__.update(node.__dict__)
    return copied
