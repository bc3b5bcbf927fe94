"""Everything that a function reaches, as parts of a fingerprint.

First what it reaches precisely; then, if a construct could not be resolved, the modules that this widens to, as parts
that are marked. A change in a marked part alone cannot be told from no change.
"""

from collections import deque
from collections.abc import Iterable, Sequence
from types import FunctionType, ModuleType

from unknot.stacks.errors import FingerprintError
from unknot.stacks.fingerprint.analysis import Analysis, Node
from unknot.stacks.fingerprint.constructs import Widening
from unknot.stacks.fingerprint.encoding import encode_value, part_digest
from unknot.stacks.fingerprint.installed import is_standard, requirement_digests
from unknot.stacks.fingerprint.locate import Located, locate
from unknot.stacks.fingerprint.module import UserModule
from unknot.stacks.fingerprint.resolve import Definition, External
from unknot.stacks.fingerprint.scope import Imported
from unknot.stacks.fingerprint.sources import Sources
from unknot.stacks.graph import CodePart

WIDE = "*"
"""After the colon of a part's name: it is there because a construct could not be resolved."""

_EFFECTS = "<import>"
"""The part of a module that stands for what it does when it is imported."""


class Closure:
    """Walks from one function. Use one for each function; the analysis behind it is shared."""

    def __init__(self, sources: Sources, analysis: Analysis) -> None:
        self._sources = sources
        self._analysis = analysis
        self._parts: dict[str, CodePart] = {}
        self._widened: dict[str, None] = {}
        self._todo: deque[Definition] = deque()
        self._seen: set[Definition] = set()
        self._loaded: dict[str, None] = {}
        self._functions: set[str] = set()
        self._wide = False
        self._wide_modules: dict[str, None] = {}
        self._wide_loaded = False
        self._wide_project = False
        self.reads_documentation = False
        """Something that was reached reads `__doc__` or annotations: they must count, so walk again with them."""

    @property
    def parts(self) -> tuple[CodePart, ...]:
        """In the order of their names."""
        return tuple(self._parts[name] for name in sorted(self._parts))

    @property
    def widened(self) -> tuple[str, ...]:
        return tuple(sorted(self._widened))

    def walk(self, root: Located, wrappers: Sequence[FunctionType] = ()) -> None:
        """Find all parts of the op. `wrappers` are the functions around it that no decorator in its file shows.

        Raises FingerprintError if a module that it imports is not Python.
        """
        self._load(root.module)
        self._function(root, signature=True)
        for wrapper in wrappers:
            located = locate(wrapper, self._sources)
            if located is not None:
                self._function(located, signature=False)
            else:
                self._require(str(wrapper.__globals__.get("__name__", "")).partition(".")[0])
        self._drain()
        self._wide = True
        while self._widen_further():
            self._drain()

    def _function(self, located: Located, *, signature: bool) -> None:
        if located.part in self._functions:
            return
        self._functions.add(located.part)
        outer: dict[str, Imported | None] = {}
        for name, value in located.free_values():
            outer[name] = self._free_value(located, name, value)
        module = located.module
        node = self._analysis.function(module, located.statement, signature=signature, outer=outer)
        digest = node.digest
        if located.is_top_level:
            self._seen.add(Definition(module.name, located.qualname))
            if len(module.bindings.get(located.qualname, ())) > 1:
                whole = self._analysis.definition(module, located.qualname)
                digest = part_digest(digest.encode(), whole.digest.encode())
                self._follow(whole)
        elif "<locals>" not in located.qualname:
            self._reach(Definition(module.name, located.qualname.partition(".")[0]))
        self._add(located.part, digest, module, located.statement.lineno)
        self._follow(node)

    def _free_value(self, located: Located, name: str, value: object) -> Imported | None:
        """A value of an enclosing function, as a part or as what an import statement would have given."""
        plain = encode_value(value)
        if plain is not None:
            line = located.statement.lineno
            self._add(f"{located.part}[{name}]", part_digest(plain), located.module, line)
            return None
        if isinstance(value, ModuleType):
            return Imported(value.__name__, None, 0)
        if isinstance(value, (FunctionType, type)) and "." not in value.__qualname__ and value.__module__:
            imported = Imported(value.__module__, value.__qualname__, 0)
            targets = self._analysis.resolver.resolve_import(located.module, imported)
            if any(isinstance(target, (Definition, External)) for target in targets):
                return imported
        if isinstance(value, FunctionType) and value.__name__ != "<lambda>":
            inner = locate(value, self._sources)
            if inner is not None:
                self._function(inner, signature=False)
                return None
        place = f"{located.module.shown}:{located.statement.lineno}"
        text = f"{place} `{name}` of an enclosing function is an object of type `{type(value).__name__}`"
        self._widen(Widening("module", located.module.name, text))
        return None

    def _drain(self) -> None:
        while self._todo:
            target = self._todo.popleft()
            module = self._sources.module(target.module)
            if module is None or target.name not in module.bindings:
                continue
            self._load(module)
            node = self._analysis.definition(module, target.name)
            self._add(self._part_name(module, target.name), node.digest, module, node.line)
            self._follow(node)

    def _follow(self, node: Node) -> None:
        self.reads_documentation |= node.reads_documentation
        for target in node.targets:
            if isinstance(target, Definition):
                self._reach(target)
            elif isinstance(target, External):
                self._require(target.top)
        for widening in node.widenings:
            self._widen(widening)
        for name in node.loads:
            loaded = self._sources.module(name)
            if loaded is not None:
                self._load(loaded)

    def _reach(self, target: Definition) -> None:
        if target not in self._seen:
            self._seen.add(target)
            self._todo.append(target)

    def _require(self, top: str) -> None:
        if is_standard(top) or top == "unknot" or f"requirement:{top}" in self._functions:
            return
        self._functions.add(f"requirement:{top}")
        for name, pinned in requirement_digests(top):
            self._parts[f"requirement:{name}"] = CodePart(f"requirement:{name}", pinned, "", 0)

    def _load(self, module: UserModule) -> None:
        """The module is imported on the way: with it the packages around it, and what it imports itself."""
        pending = [module]
        while pending:
            each = pending.pop()
            if each.name in self._loaded:
                continue
            self._loaded[each.name] = None
            if self._analysis.documentation and each.docstring is not None:
                digest = part_digest(each.docstring.encode("utf-8", "surrogatepass"))
                self._add(self._part_name(each, "__doc__"), digest, each, 1)
            node = self._analysis.effects(each)
            if node is not None:
                self._add(self._part_name(each, _EFFECTS), node.digest, each, node.line)
                self._follow(node)
            names = [
                loaded
                for imported, _ in each.imports
                for loaded in self._analysis.resolver.modules_loaded_by(each, imported)
            ]
            names += _packages_around(each.name)
            pending += [found for name in names if (found := self._sources.module(name)) is not None]

    def _widen(self, widening: Widening) -> None:
        self._widened[widening.text] = None
        match widening.reach:
            case "module":
                self._wide_modules[widening.module] = None
            case "loaded":
                self._wide_modules[widening.module] = None
                self._wide_loaded = True
            case "project":
                self._wide_project = True

    def _widen_further(self) -> bool:
        """Queue the definitions of modules that became wide; False when there are no more."""
        if self._wide_project:
            self._widen_to_files()
        if self._wide_loaded:
            self._wide_modules.update(self._loaded)
        for name in list(self._wide_modules):
            module = self._sources.module(name)
            if module is not None:
                self._load(module)
                for defined in module.bindings:
                    if not all(each.is_plain_import for each in module.bindings[defined]):
                        self._reach(Definition(name, defined))
        return bool(self._todo)

    def _widen_to_files(self) -> None:
        for file in self._sources.files:
            name = self._sources.module_name(file)
            try:
                self._sources.module(name)
            except FingerprintError:
                shown = self._sources.shown(file)
                digest = part_digest(file.read_bytes())
                self._parts[f"{shown}:{WIDE}"] = CodePart(f"{shown}:{WIDE}", digest, shown, 1)
                continue
            self._wide_modules[name] = None

    def _part_name(self, module: UserModule, name: str) -> str:
        return f"{module.name}:{WIDE}.{name}" if self._wide else f"{module.name}:{name}"

    def _add(self, name: str, digest: str, module: UserModule, line: int) -> None:
        self._parts[name] = CodePart(name, digest, module.shown, line)


def _packages_around(name: str) -> Iterable[str]:
    parts = name.split(".")
    return (".".join(parts[:depth]) for depth in range(1, len(parts)))
