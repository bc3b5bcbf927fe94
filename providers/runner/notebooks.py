"""Run an op that is a notebook: inputs as variables of a first cell, outputs as variables at the end.

The cell goes after the one tagged `parameters`, so that a notebook's own defaults give way to it. An artifact
is read in the notebook's process as the type that was declared, or given as a path.
"""

import importlib
import json
import sys
from pathlib import Path
from typing import Any

from unknot.providers.runner.assignment import Assembly, TaskAssignment
from unknot.providers.runner.gathering import assembled
from unknot.providers.runner.inputs import parts_of_inputs
from unknot.providers.runner.produced import CodeFailed, File, Produced
from unknot.providers.runner.serializers import serializer_for, serializer_named, type_of
from unknot.providers.runner.workspace import Workspace
from unknot.stacks.errors import EngineError, MissingExtra
from unknot.stacks.graph import GatheredKind, NotebookCode
from unknot.stacks.workflow.literal import encode

_MODULE = __name__


def run_notebook(
    code: NotebookCode, assignment: TaskAssignment, inputs: dict[str, Any], place: Workspace
) -> dict[str, Produced]:
    """Execute the notebook in the working folder; raises CodeFailed with the failing cell's error.

    `inputs` are plain values and paths by the names of the assignment, whose artifacts are one file each.
    """
    try:
        import nbclient
        from jupyter_client.manager import AsyncKernelManager
    except ImportError as error:
        raise MissingExtra(error.name or "nbclient", extra="notebook", needed_for="a notebook op") from None
    path = place.work / code.path
    if not path.is_file():
        raise EngineError(
            f"the notebook `{code.path}` is not in the bundle", detail="It must be in the project's folder."
        )
    nbformat: Any = importlib.import_module("nbformat")  # its functions are not typed
    notebook = nbformat.read(path, as_version=4)
    report = place.outputs / "report.json"
    cells = nbformat.v4
    notebook.cells.insert(
        _place_of_inputs(notebook), cells.new_code_cell(_first_cell(assignment, inputs, place))
    )
    names = [output.name for output in assignment.op.outputs]
    notebook.cells.append(
        cells.new_code_cell(
            f"from {_MODULE} import write_outputs as _write\n"
            f"_write({str(place.outputs)!r}, {str(report)!r}, {names!r}, globals())"
        )
    )

    class Kernel(AsyncKernelManager):
        """The interpreter of the task, whatever kernels the user has registered."""

        def format_kernel_cmd(self, extra_arguments: list[str] | None = None) -> list[str]:
            command = [sys.executable, "-m", "ipykernel_launcher", "-f", self.connection_file]
            return [*command, *(extra_arguments or ())]

    client = nbclient.NotebookClient(
        notebook,
        kernel_manager_class=Kernel,
        kernel_name="python3",
        timeout=None,
        resources={"metadata": {"path": str(place.work)}},
    )
    try:
        client.execute()
    except nbclient.exceptions.CellExecutionError as error:
        raise CodeFailed(f"{error.ename}: {error.evalue}", traceback=_plain_text(str(error))) from error
    except nbclient.exceptions.DeadKernelError as error:
        raise CodeFailed(f"the notebook `{code.path}` ended: its kernel died") from error
    finally:
        _print_outputs(notebook)
    written = json.loads(report.read_text(encoding="utf-8"))
    return {name: File(Path(file), kind, serializer) for name, (file, kind, serializer) in written.items()}


def read_input(serializer: str, path: str, wanted: str) -> Any:
    """An artifact's value; called by the first cell, in the notebook's process."""
    reader = serializer_named(serializer)
    if reader is None:
        return Path(path)
    return reader.read(Path(path), wanted)


def assembled_input(kind: GatheredKind, values: list[Any], keys: list[str], type_: str) -> Any:
    """An input that is made of others; called by the first cell."""
    return assembled(kind, values, tuple(keys), type_)


def plain_input(encoded: str) -> Any:
    """A plain value; called by the first cell."""
    from unknot.stacks.workflow.literal import decode

    return decode(json.loads(encoded))


def write_outputs(folder: str, report: str, names: list[str], variables: dict[str, Any]) -> None:
    """Serialise the output variables; called by the last cell. Raises EngineError naming one that is missing."""
    written = {}
    for name in names:
        if name not in variables:
            raise EngineError(
                f"the notebook sets no variable `{name}`, which is an output of it",
                detail="Assign it in any cell.",
            )
        value = variables[name]
        serializer = serializer_for(value)
        if serializer is None:
            raise EngineError(
                f"the notebook's output `{name}` is a `{type_of(value)}`, which has no serializer",
                detail="Give a table, an array, a model, plain values or a path.",
            )
        path = Path(folder) / f"{name}{serializer.suffix}"
        serializer.write(value, path)
        written[name] = [str(path), type_of(value), serializer.name]
    Path(report).write_text(json.dumps(written), encoding="utf-8")


def _first_cell(assignment: TaskAssignment, inputs: dict[str, Any], place: Workspace) -> str:
    lines = [
        "import sys as _sys",
        f"_sys.path[:0] = {[str(folder) for folder in place.imports]!r}",
        f"from {_MODULE} import assembled_input as _assembled, plain_input as _plain, read_input as _read",
    ]
    for name, part in parts_of_inputs(assignment).items():
        element = assignment.op.elements.get(name, "")
        lines.append(f"{name} = {_expression(part, name, element, assignment, inputs)}")
    return "\n".join(lines)


def _expression(
    part: Assembly | str, name: str, element: str, assignment: TaskAssignment, inputs: dict[str, Any]
) -> str:
    """Python that gives an input."""
    if isinstance(part, Assembly):
        items = [_expression(item, name, element, assignment, inputs) for item in part.items]
        return f"_assembled({part.kind!r}, [{', '.join(items)}], {list(part.keys)!r}, {part.type!r})"
    ref = assignment.artifacts.get(part)
    if ref is None:
        return f"_plain({json.dumps(encode(inputs[part]))!r})"
    wanted = (assignment.op.inputs.get(name) if part == name else element) or ref.type
    serializer = "file" if ref.serializer == "folder" else ref.serializer
    return f"_read({serializer!r}, {str(inputs[part])!r}, {wanted!r})"


def _place_of_inputs(notebook: Any) -> int:
    for n, cell in enumerate(notebook.cells):
        if "parameters" in cell.get("metadata", {}).get("tags", ()):
            return n + 1
    return 0


def _print_outputs(notebook: Any) -> None:
    """What the cells printed, into the task's log."""
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            if output.get("output_type") == "stream":
                stream = sys.stderr if output.get("name") == "stderr" else sys.stdout
                stream.write(output.get("text", ""))


def _plain_text(text: str) -> str:
    """Without the colours of IPython's traceback."""
    import re

    return re.sub(r"\x1b\[[0-9;]*m", "", text)
