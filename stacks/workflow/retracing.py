"""Trace a workflow in a second interpreter: under another hash seed, or with other parameters (rule F1).

The child is `python -m unknot.stacks.workflow`: a request on its standard input, a reply on its standard
output. What the user's modules print goes to its standard error.
"""

import importlib
import os
import subprocess
import sys
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import msgspec

from unknot.stacks.diagnostic import Diagnostic
from unknot.stacks.graph import OpSpec, WorkflowGraph
from unknot.stacks.workflow.definition import Workflow
from unknot.stacks.workflow.literal import Unserialisable, decode, encode
from unknot.stacks.workflow.source import error_location
from unknot.stacks.workflow.tracing import TraceResult, trace


class _Request(msgspec.Struct):
    module: str
    qualname: str
    parameters: dict[str, Any]
    """Encoded literals."""
    inputs: list[str]
    root: str
    path: list[str]
    """`sys.path` of the caller, after the project's own folder."""


class _Reply(msgspec.Struct):
    graph: WorkflowGraph | None
    diagnostics: tuple[Diagnostic, ...]


def retrace(
    module: str,
    qualname: str,
    parameters: Mapping[str, object],
    inputs: Collection[str],
    project_root: Path,
    hash_seed: int,
    *,
    paths: Collection[str] = (".",),
    timeout_s: float = 300,
) -> TraceResult:
    """Trace `module:qualname` in another interpreter, which imports it from `project_root`.

    `parameters` are plain values or text; `inputs` are the names of the artifacts that are bound; `paths` are
    folders below `project_root` that modules are imported from. The graph has no fingerprints. Everything that
    fails, the interpreter included, is a diagnostic.
    """
    try:
        request = _Request(
            module,
            qualname,
            {name: encode(value, name) for name, value in parameters.items()},
            sorted(inputs),
            str(project_root),
            [*(str(project_root / entry) for entry in paths), *(entry for entry in sys.path if entry)],
        )
    except Unserialisable as problem:
        return _failed("a parameter cannot be handed to a second interpreter", str(problem))
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-m", "unknot.stacks.workflow"],
            input=msgspec.json.encode(request),
            capture_output=True,
            cwd=project_root,
            env={**os.environ, "PYTHONHASHSEED": str(hash_seed)},
            timeout=timeout_s,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return _failed(
            f"tracing `{module}.{qualname}` again took over {timeout_s:g} s",
            "Importing the module must not compute: move the work into an op.",
        )
    try:
        reply = msgspec.json.decode(done.stdout, type=_Reply)
    except msgspec.DecodeError:
        shown = done.stderr.decode(errors="replace").strip()[-2000:]
        return _failed(
            f"tracing `{module}.{qualname}` again ended with code {done.returncode}",
            shown or "It said nothing.",
        )
    return TraceResult(reply.graph, reply.diagnostics)


def answer(request_bytes: bytes) -> bytes:
    """The child's side: trace what the request names, in this interpreter."""
    request = msgspec.json.decode(request_bytes, type=_Request)
    root = Path(request.root)
    sys.path[:] = [request.root, *(entry for entry in request.path if entry != request.root)]
    try:
        found: object = importlib.import_module(request.module)
        for part in request.qualname.split("."):
            found = getattr(found, part)
    except Exception as error:  # noqa: BLE001 - importing the user's module may raise anything
        problem = Diagnostic.error(
            f"`{request.module}.{request.qualname}` cannot be imported in a second interpreter",
            detail=f"{type(error).__name__}: {error}",
            source=error_location(error, root),
        )
        return msgspec.json.encode(_Reply(None, (problem,)))
    if not isinstance(found, Workflow):
        problem = Diagnostic.error(
            f"`{request.module}.{request.qualname}` is not a workflow in a second interpreter",
            detail=f"It is a `{type(found).__name__}`.",
        )
        return msgspec.json.encode(_Reply(None, (problem,)))
    parameters = {name: decode(value) for name, value in request.parameters.items()}
    result = trace(found, parameters, dict.fromkeys(request.inputs), root=root)
    return msgspec.json.encode(_Reply(result.graph, result.diagnostics))


def disagreements(first: WorkflowGraph, second: WorkflowGraph) -> tuple[Diagnostic, ...]:
    """How two traces of one workflow differ, fingerprints aside; empty when they agree."""
    if _bare(first) == _bare(second):
        return ()
    tasks = [{task.id: task for task in graph.tasks} for graph in (first, second)]
    only = [sorted(tasks[0].keys() - tasks[1].keys()), sorted(tasks[1].keys() - tasks[0].keys())]
    changed = sorted(name for name in tasks[0].keys() & tasks[1].keys() if tasks[0][name] != tasks[1][name])
    parts = []
    for ordinal, names in zip(("first", "second"), only, strict=True):
        if names:
            parts.append(f"Only in the {ordinal}: {_listed(names)}.")
    if changed:
        parts.append(f"Different: {_listed(changed)}.")
    if not parts and [task.id for task in first.tasks] != [task.id for task in second.tasks]:
        parts.append("The order of the calls differs.")
    parts.append(
        "The body depends on something other than its parameters: the order of a set, the time, a random "
        "number, the environment. Sort what is iterated over, and make the rest a parameter."
    )
    return (
        Diagnostic.error(
            f"two traces of workflow `{first.name}` differ", detail=" ".join(parts), source=first.source
        ),
    )


def _bare(graph: WorkflowGraph) -> WorkflowGraph:
    ops: dict[str, OpSpec] = {
        name: msgspec.structs.replace(spec, fingerprint=None) for name, spec in graph.ops.items()
    }
    return msgspec.structs.replace(graph, ops=ops)


def _listed(names: list[str]) -> str:
    shown = ", ".join(f"`{name}`" for name in names[:5])
    return f"{shown} and {len(names) - 5} more" if len(names) > 5 else shown


def _failed(summary: str, detail: str) -> TraceResult:
    return TraceResult(None, (Diagnostic.error(summary, detail=detail),))
