"""Run an op that is a command line, with paths of inputs and outputs in the place of `{name}`.

A plain value stands for itself; an artifact for the path of its file; an output for the path to write.
"""

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from unknot.providers.runner.produced import CodeFailed, File, Produced, Several
from unknot.providers.runner.serializers import name_for_type, serializer_named
from unknot.providers.runner.workspace import Workspace
from unknot.stacks.errors import EngineError
from unknot.stacks.graph import CommandCode, OpSpec

_FIELD = re.compile(r"\{\{|\}\}|\{([A-Za-z_][A-Za-z0-9_]*)\}")


def run_command(
    code: CommandCode, op: OpSpec, inputs: dict[str, Any], place: Workspace
) -> dict[str, Produced]:
    """Run the command in the working folder; raises CodeFailed when it ends with another code than 0."""
    outputs = output_files(op, place.outputs)
    argv = filled(
        code.argv, {**shown(inputs), **{name: str(file.path) for name, file in outputs.items()}}, op
    )
    try:
        done = subprocess.run(
            argv, cwd=place.work, env=_environment(place), stdin=subprocess.DEVNULL, check=False
        )
    except OSError as error:
        raise CodeFailed(f"`{argv[0]}` cannot be run: {error.strerror or error}") from error
    if done.returncode != 0:
        raise CodeFailed(ended_badly(argv[0], done.returncode))
    return written(op, outputs)


def output_files(op: OpSpec, folder: Path) -> dict[str, File]:
    """Where each output is to be written, and in what format its type says."""
    files = {}
    for output in op.outputs:
        name = name_for_type(output.type)
        serializer = serializer_named(name)
        suffix = serializer.suffix if serializer is not None else ""
        files[output.name] = File(folder / f"{output.name}{suffix}", output.type, name)
    return files


def written(op: OpSpec, outputs: dict[str, File]) -> dict[str, Produced]:
    """The outputs, all of which must be there; a folder where a file is expected becomes a folder artifact."""
    made: dict[str, Produced] = {}
    for name, file in outputs.items():
        if not file.path.exists():
            raise CodeFailed(
                f"op `{op.name}` did not write its output `{name}` to the path that it was given"
            )
        made[name] = file
    return made


def shown(inputs: dict[str, Any]) -> dict[str, str | list[str]]:
    """Inputs as they stand in a command line; of a list of artifacts, one for each."""
    return {
        name: [_shown(item) for item in value] if isinstance(value, Several) else _shown(value)
        for name, value in inputs.items()
    }


def filled(argv: tuple[str, ...], values: Mapping[str, str | list[str]], op: OpSpec) -> list[str]:
    """`argv` with `{name}` replaced; `{{` and `}}` stand for braces. Raises EngineError for an unknown name.

    A word that names a list is repeated for each of its values.
    """
    words: list[str] = []
    for word in argv:
        lists = {
            name: value
            for name in _FIELD.findall(word)
            if name and isinstance(value := values.get(name), list)
        }
        if len(lists) > 1:
            raise EngineError(
                f"a word of the command of op `{op.name}` names two lists: `{word}`",
                detail="A word is repeated for each value of one list. Write one word for each list.",
            )
        for name, several in lists.items():
            words += [_filled(word, {**values, name: value}, op) for value in several]
        if not lists:
            words.append(_filled(word, values, op))
    return words


def _filled(word: str, values: Mapping[str, str | list[str]], op: OpSpec) -> str:
    def replace(match: re.Match[str]) -> str:
        name = match.group(1)
        if name is None:
            return match.group(0)[0]
        if name not in values:
            raise EngineError(
                f"the command of op `{op.name}` names `{{{name}}}`, which is no input or output of it",
                detail=f"It has: {', '.join(sorted(values)) or 'none'}. Write `{{{{` for a plain brace.",
            )
        return str(values[name])

    return _FIELD.sub(replace, word)


def ended_badly(program: str, code: int) -> str:
    """How a process ended, in words."""
    if code < 0:
        import signal

        try:
            name = signal.Signals(-code).name
        except ValueError:
            name = f"signal {-code}"
        return f"`{program}` was killed by {name}"
    return f"`{program}` ended with exit code {code}"


def _shown(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _environment(place: Workspace) -> dict[str, str]:
    """The task's environment, with this interpreter first on the path and the bundle's modules importable."""
    environment = dict(os.environ)
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environment.get('PATH', os.defpath)}"
    paths = [str(folder) for folder in place.imports]
    if "PYTHONPATH" in environment:
        paths.append(environment["PYTHONPATH"])
    environment["PYTHONPATH"] = os.pathsep.join(paths)
    return environment
