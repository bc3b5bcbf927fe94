"""Code whose meaning its source alone does not show: dynamic imports, names that are computed, patches, registries.

Each such construct widens what counts (rule F2) and is named to the user with file and line.
"""

import ast
from collections.abc import Iterator
from typing import Literal, NamedTuple, TypeAlias

from unknot.stacks.fingerprint.module import Binding, UserModule, short_text
from unknot.stacks.fingerprint.resolve import (
    Builtin,
    Definition,
    External,
    Resolver,
    StarImport,
    Target,
    WholeModule,
)
from unknot.stacks.fingerprint.scope import Call, Imported, Names, Reference, chain_of

Reach: TypeAlias = Literal["module", "loaded", "project"]
"""How far: one module; every module that is imported along the way; every module of the project."""


class Widening(NamedTuple):
    """One construct and how far it widens what counts."""

    reach: Reach
    module: str
    """For `module`: which one."""
    text: str
    """File, line and code."""


_RUNS_TEXT = frozenset({"eval", "exec"})
_IMPORTERS = frozenset({"importlib.import_module", "importlib.__import__"})
_NAMESPACES = frozenset({"globals"})
_FINDERS = ("runpy.", "pkgutil.", "importlib.util.", "importlib.machinery.", "imp.")
_FAR_ATTRIBUTES = frozenset({"__subclasses__", "__globals__", "f_globals", "f_builtins"})

_READS_OUTSIDE = (
    *("os.environ", "os.getenv", "os.environb", "os.getcwd", "os.listdir", "os.scandir", "os.urandom"),
    *(
        "time.time",
        "time.monotonic",
        "time.perf_counter",
        "random.",
        "secrets.",
        "uuid.",
        "socket.",
        "subprocess.",
    ),
    *("datetime.datetime.now", "datetime.datetime.today", "datetime.datetime.utcnow", "datetime.date.today"),
    *("json.load", "pickle.load", "joblib.load", "yaml.safe_load", "yaml.load", "tomllib.load", "toml.load"),
    *(
        "numpy.load",
        "numpy.random.",
        "numpy.genfromtxt",
        "pandas.read_",
        "polars.read_",
        "polars.scan_",
        "io.open",
    ),
    *("pathlib.Path.cwd", "pathlib.Path.home", "glob.", "requests.", "httpx.", "urllib.request.", "sys.argv"),
)
"""Values that are not in the code: of files, the environment, the clock or chance."""
_READS_OUTSIDE_METHODS = frozenset({"read_text", "read_bytes", "read", "open", "iterdir", "glob", "rglob"})
_PLAIN_CLASS_BASES = frozenset(
    {
        "typing.NamedTuple",
        "enum.Enum",
        "enum.IntEnum",
        "enum.StrEnum",
        "pydantic.BaseModel",
        "typing.Protocol",
    }
)


def constructs(resolver: Resolver, module: UserModule, names: Names) -> Iterator[Widening]:
    """The constructs in a piece of code of that module."""
    for call in names.calls:
        for target in resolver.resolve(module, call.target):
            yield from _of_call(resolver, module, call, target)
    for reference, _, lookup in names.named_attributes:
        for target in resolver.resolve(module, reference):
            if isinstance(target, (WholeModule, StarImport)):
                yield Widening("module", target.module, _text(module, lookup))
    for reference, node in names.attribute_writes:
        owner = reference._replace(chain=reference.chain[:-1])
        if len(reference.chain) > 1:
            yield from _of_patch(resolver, module, owner, node)
    for reference, node in names.mutations:
        yield from _of_patch(resolver, module, reference, node)
    for attribute, node in names.attributes:
        if attribute in _FAR_ATTRIBUTES:
            yield Widening("project", "", _text(module, node))
    for reference in names.reads:
        for target in resolver.resolve(module, reference):
            shown = f"{module.shown}:{reference.line} {'.'.join(reference.chain)}"
            if isinstance(target, External) and _is_at_or_below(target.path, "sys.modules"):
                yield Widening("project", "", shown)
            elif isinstance(target, WholeModule):
                yield Widening("module", target.module, f"{shown} is a module used as a value")
            elif isinstance(target, StarImport):
                yield Widening(
                    "module", target.module, f"{target.shown}:{target.line} from {target.module} import *"
                )


def constructs_of_value(
    resolver: Resolver, module: UserModule, name: str, bindings: list[Binding], names: Names
) -> Iterator[Widening]:
    """What makes a top-level name's value more than its expression shows. `names` are of what runs on import."""
    statements = list(dict.fromkeys(each.statement for each in bindings))
    if len(statements) > 1 and any(each.kind in ("value", "import") for each in bindings):
        last = statements[-1]
        yield Widening("module", module.name, f"{module.shown}:{last.lineno} {name} is set more than once")
    for mutation in module.mutations_of(name):
        reach: Reach = "loaded" if mutation.statement is None else "module"
        yield Widening(reach, module.name, f"{module.shown}:{mutation.line} {mutation.text}")
    if any(each.kind == "value" for each in bindings) and (found := _computed_by(resolver, module, names)):
        line, text = found
        yield Widening("module", module.name, f"{module.shown}:{line} {name} is computed on import by {text}")


def _of_call(resolver: Resolver, module: UserModule, call: Call, target: Target) -> Iterator[Widening]:
    text = _text(module, call.node)
    match target:
        case Builtin(name) if name in _RUNS_TEXT:
            yield Widening("project", "", text)
        case Builtin(name) if name in _NAMESPACES:
            yield Widening("module", module.name, text)
        case Builtin("__import__"):
            yield from _of_import(resolver, module, call, text)
        case External(path) if path in _IMPORTERS:
            yield from _of_import(resolver, module, call, text)
        case External(path) if path.startswith(_FINDERS):
            yield Widening("project", "", text)
        case _:
            pass


def _of_import(resolver: Resolver, module: UserModule, call: Call, text: str) -> Iterator[Widening]:
    """A dynamic import. With the name written out, only that module can be meant, but any part of it."""
    match call.node.args:
        case [ast.Constant(value=str(name))] if name and not name.startswith("."):
            loaded = list(resolver.modules_loaded_by(module, Imported(name, None, 0)))
            for each in loaded:
                yield Widening("module", each, text)
        case _:
            yield Widening("project", "", text)


def _of_patch(resolver: Resolver, module: UserModule, owner: Reference, node: ast.AST) -> Iterator[Widening]:
    """An object that the code changes in place, if it is a module, class, function or value of the user's."""
    for target in resolver.resolve(module, owner):
        if isinstance(target, (Definition, WholeModule)):
            yield Widening("module", target.module, _text(module, node))


def _computed_by(resolver: Resolver, module: UserModule, names: Names) -> tuple[int, str] | None:
    """What code of the user's, or what outside of the code, a value is computed by when the module is imported."""
    for call in names.calls:
        for target in resolver.resolve(module, call.target):
            text = f"{short_text(call.node.func)}(...)"
            if isinstance(target, Definition) and not _makes_plain_object(resolver, module, call, target):
                return call.node.lineno, text
            if isinstance(target, Builtin) and target.name in ("open", "input", "id", "hash"):
                return call.node.lineno, text
    for attribute, node in names.attributes:
        if attribute in _READS_OUTSIDE_METHODS:
            return getattr(node, "lineno", 1), short_text(node)
    for reference in names.reads:
        for target in resolver.resolve(module, reference):
            if isinstance(target, External) and _reads_outside(target.path):
                return reference.line, ".".join(reference.chain)
    return None


def _makes_plain_object(resolver: Resolver, module: UserModule, call: Call, target: Definition) -> bool:
    """`Params(rate=1)` with a plain class; not `Params.read()`, which runs a method of it."""
    owner = call.target._replace(chain=call.target.chain[:-1])
    is_method = len(call.target.chain) > 1 and target in resolver.resolve(module, owner)
    return not is_method and _is_plain_class(resolver, target)


def _is_plain_class(resolver: Resolver, target: Definition) -> bool:
    """A class whose making runs no code of the user's, such as a dataclass: its values are what the call shows."""
    module = resolver.module(target.module)
    for binding in module.bindings.get(target.name, ()) if module is not None else ():
        statement = binding.statement
        if module is None or not isinstance(statement, ast.ClassDef) or statement.keywords:
            return False
        for base in statement.bases:
            chain = chain_of(base)
            bases = resolver.resolve_chain(module, chain) if chain is not None else []
            if not any(isinstance(each, External) and each.path in _PLAIN_CLASS_BASES for each in bases):
                return False
        for node in statement.body:
            special = isinstance(node, ast.FunctionDef) and (
                node.decorator_list
                or node.name in ("__init__", "__new__", "__post_init__", "model_post_init")
            )
            if special:
                return False
    return True


def _reads_outside(path: str) -> bool:
    return any(
        path.startswith(each) if each.endswith((".", "_")) else _is_at_or_below(path, each)
        for each in _READS_OUTSIDE
    )


def _is_at_or_below(path: str, name: str) -> bool:
    return path == name or path.startswith(f"{name}.")


def _text(module: UserModule, node: ast.AST) -> str:
    return f"{module.shown}:{getattr(node, 'lineno', 1)} {short_text(node)}"
