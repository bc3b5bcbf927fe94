"""What in the user's own code holds it to one cloud or one machine: by its syntax, only where its ops reach."""

import ast
import re
from collections.abc import Iterator

from unknot.planner.portability.workload import Workload
from unknot.providers.engine import Abilities
from unknot.providers.registry import traces
from unknot.stacks.diagnostic import Diagnostic, SourceLocation
from unknot.stacks.graph import CodePart

_PATH = re.compile(r"^(?:/(?:home|Users|mnt|data|srv|opt|var|tmp|scratch|root)(?:/|$)|~/|[A-Za-z]:\\)")
_HOST = re.compile(r"(?:^|//|@)(?:localhost|127\.0\.0\.1)(?::\d+)?(?:/|$)")


def held(work: Workload, abilities: Abilities) -> Iterator[Diagnostic]:
    """A warning for each place in the code that its ops reach that will not work, or not do the same, on the target."""
    for file, tree, nodes in _reached(work):
        for node in _imports(tree):
            yield from _imported(work, file, node)
        for place in nodes:
            yield from _Scan(work, abilities, file).run(place)


def _reached(work: Workload) -> Iterator[tuple[str, ast.Module, list[ast.AST]]]:
    """Files that ops reach, with the parts of them that they do."""
    by_file: dict[str, dict[int, CodePart]] = {}
    for op in work.graph.ops.values():
        for part in op.fingerprint.parts if op.fingerprint is not None else ():
            by_file.setdefault(part.file, {})[part.line] = part
    for file, parts in sorted(by_file.items()):
        source = work.contents.files.get(file)
        if source is None:
            continue
        try:
            tree = ast.parse(source)
        except (SyntaxError, ValueError):
            continue  # it was said when the stack was loaded
        found = [node for node in ast.walk(tree) if isinstance(node, ast.stmt) and node.lineno in parts]
        yield file, tree, [*found]


def _imports(tree: ast.Module) -> Iterator[ast.Import | ast.ImportFrom]:
    for node in ast.walk(tree):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            yield node


def _imported(work: Workload, file: str, node: ast.Import | ast.ImportFrom) -> Iterator[Diagnostic]:
    if isinstance(node, ast.ImportFrom):
        base = node.module or ""
        names = [base, *(f"{base}.{alias.name}" for alias in node.names)] if not node.level else []
    else:
        names = [alias.name for alias in node.names]
    for name in names:
        found = next(
            (
                (package, trace.provider)
                for trace in traces()
                for package in trace.packages
                if name == package or name.startswith(f"{package}.")
            ),
            None,
        )
        if found is not None and _is_other(work, found[1]):
            yield Diagnostic.warning(
                f"the code uses `{found[0]}`, which is for {found[1]}",
                detail=f"{_where(work)} Take what it reads and writes as inputs and outputs of ops, or as a `Dataset`.",
                address=work.address,
                source=SourceLocation(file, node.lineno),
            )
            return


def _is_other(work: Workload, provider: str) -> bool:
    return work.target.cloud != provider and work.target.engine != provider


def _where(work: Workload) -> str:
    cloud = f" on `{work.target.cloud}`" if work.target.cloud else ""
    return f"The target `{work.target.name}` is on the engine `{work.target.engine}`{cloud}."


class _Scan(ast.NodeVisitor):
    """One statement of the user's code."""

    def __init__(self, work: Workload, abilities: Abilities, file: str) -> None:
        self._work = work
        self._abilities = abilities
        self._file = file
        self._found: list[Diagnostic] = []
        self._documentation: set[int] = set()

    def run(self, node: ast.AST) -> list[Diagnostic]:
        self.visit(node)
        return self._found

    def visit(self, node: ast.AST) -> None:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Module)):
            first = node.body[0] if node.body else None
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                self._documentation.add(id(first.value))
        super().visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, str) and id(node) not in self._documentation:
            self._text(node.value, node)

    def visit_Global(self, node: ast.Global) -> None:
        names = ", ".join(f"`{name}`" for name in node.names)
        self._warn(
            node,
            f"the code keeps {names} in memory between calls",
            "Each task runs in a process of its own: what one keeps no other sees. Return it, and take it as an input.",
        )

    def visit_Subscript(self, node: ast.Subscript) -> None:
        if _dotted(node.value) == "os.environ":
            self._variable(node, node.slice)
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        if _dotted(node.func) in ("os.getenv", "os.environ.get") and node.args:
            self._variable(node, node.args[0])
        self.generic_visit(node)

    def _text(self, text: str, node: ast.Constant) -> None:
        for trace in traces():
            match = re.search(trace.names, text) if trace.names else None
            if match is not None and _is_other(self._work, trace.provider):
                self._warn(
                    node,
                    f"the code names `{match[0][:40]}`, which is of {trace.provider}",
                    f"{_where(self._work)} Bind it as a `Dataset`, or take the name from a resource's output.",
                )
                return
        if self._abilities.shares_files:
            return
        if _PATH.match(text):
            self._warn(
                node,
                f"the code names the path `{text[:40]}` of a machine",
                f"Workers of `{self._work.target.name}` have disks of their own. Bind what is there as a `Dataset`, or "
                "declare it with `files=`.",
            )
        elif _HOST.search(text):
            self._warn(
                node,
                f"the code names `{text[:40]}`: the machine that it runs on",
                f"On `{self._work.target.name}` that is the worker. Take the address as a parameter.",
            )

    def _variable(self, node: ast.expr, name: ast.expr) -> None:
        if self._abilities.shares_files or not isinstance(name, ast.Constant):
            return
        if isinstance(name.value, str) and name.value not in self._work.inputs.get("secrets", {}):
            self._warn(
                node,
                f"the code reads the environment variable `{name.value}`",
                f"Workers of `{self._work.target.name}` have it only if it is set there. Take it as a parameter, or, if it "
                "is a secret, name it in `secrets=`.",
            )

    def _warn(self, node: ast.stmt | ast.expr, summary: str, detail: str) -> None:
        source = SourceLocation(self._file, node.lineno)
        self._found.append(
            Diagnostic.warning(summary, detail=detail, address=self._work.address, source=source)
        )


def _dotted(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""
