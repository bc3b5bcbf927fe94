"""Load a user's file: run it, find its stack, call it with an environment. Every problem becomes a diagnostic.

The user's folder is put first on `sys.path` while this process lives, as `python stack.py` would do.
"""

import importlib.util
import inspect
import sys
import traceback
import typing
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType, TracebackType
from typing import TYPE_CHECKING, cast

import msgspec

from unknot.stacks.definition import Definition
from unknot.stacks.diagnostic import Diagnostic, Diagnostics, SourceLocation
from unknot.stacks.errors import DefinitionError, UnknotError
from unknot.stacks.project import DEFAULT_ENVIRONMENT, Project
from unknot.stacks.stack import Stack

if TYPE_CHECKING:
    from unknot.stacks.environment import Environment


class Loaded(msgspec.Struct, frozen=True):
    """What loading gives: the definition, and what there is to say about it."""

    definition: Definition
    diagnostics: Diagnostics
    stack: Stack


_roots: list[Path] = []


def load(
    project: Project,
    *,
    environment: str = DEFAULT_ENVIRONMENT,
    variables: Mapping[str, str] | None = None,
    variable_files: tuple[Path, ...] = (),
) -> Loaded:
    """Run the project's stack file. Raises DefinitionError when there is no stack to speak of.

    Problems of single resources are in the result's diagnostics, so that all are shown at once.
    """
    module = _run(project)
    made = _stack_of(module, project)
    if not isinstance(made, Stack):
        made = _call(made, project, environment, variables or {}, variable_files)
    elif variables:
        raise DefinitionError(
            [
                Diagnostic.error(
                    "`--var` was given, but the stack takes no environment",
                    detail="Define `def stack(env: Env) -> Stack:` with a class `Env(Environment)`.",
                    source=SourceLocation(str(project.stack_file), 1),
                )
            ]
        )
    definition = made.definition(environment, root=project.root, requirements=project.config.requirements)
    return Loaded(definition, made.diagnostics, made)


def _run(project: Project) -> ModuleType:
    file = project.stack_file
    if not file.is_file():
        raise DefinitionError(
            [
                Diagnostic.error(
                    f"the stack file `{project.config.stack}` does not exist",
                    detail=f"Looked in `{project.root}`. Make one with `unknot init`, or set `stack` in `unknot.toml`.",
                )
            ]
        )
    _forget_earlier_projects()
    _roots.append(project.root)
    for folder in (str(project.root), str(file.parent)):
        if folder not in sys.path:
            sys.path.insert(0, folder)
    importlib.invalidate_caches()
    name = file.stem if file.stem.isidentifier() else "stack"
    spec = importlib.util.spec_from_file_location(name, file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except UnknotError:
        raise
    except BaseException as problem:
        sys.modules.pop(name, None)
        if isinstance(problem, KeyboardInterrupt):
            raise
        raise DefinitionError([problem_of(problem, project.root)]) from problem
    return module


def _forget_earlier_projects() -> None:
    """Modules of a project loaded before in this process would shadow this one's (tests, `serve`)."""
    for root in _roots:
        for name, module in list(sys.modules.items()):
            file = getattr(module, "__file__", None)
            if (
                file
                and Path(file).is_relative_to(root)
                and ".venv" not in file
                and "site-packages" not in file
            ):
                del sys.modules[name]
        if str(root) in sys.path:
            sys.path.remove(str(root))
    _roots.clear()


def _stack_of(module: ModuleType, project: Project) -> Stack | Callable[..., Stack]:
    found = getattr(module, "stack", None)
    if isinstance(found, Stack):
        return found
    if callable(found):
        return cast(Callable[..., Stack], found)
    stacks = [name for name, value in vars(module).items() if isinstance(value, Stack)]
    hint = f"`{stacks[0]}` is a Stack: call it `stack`. " if stacks else ""
    raise DefinitionError(
        [
            Diagnostic.error(
                f"`{project.config.stack}` defines no stack",
                detail=f'{hint}Define `stack = Stack("name", owner=...)` or `def stack(env: Env) -> Stack:`.',
                source=SourceLocation(str(project.stack_file), 1),
            )
        ]
    )


def _call(
    function: Callable[..., Stack],
    project: Project,
    environment: str,
    variables: Mapping[str, str],
    variable_files: tuple[Path, ...],
) -> Stack:
    source = SourceLocation(str(project.stack_file), function.__code__.co_firstlineno)
    model = _environment_model(function) if inspect.signature(function).parameters else None
    try:
        if model is None:
            if variables:
                raise DefinitionError(
                    [Diagnostic.error("`--var` was given, but the stack takes no environment", source=source)]
                )
            made = function()
        else:
            from unknot.stacks.environment import environment_for

            made = function(environment_for(model, project.root, environment, variables, variable_files))
    except UnknotError:
        raise
    except Exception as problem:
        raise DefinitionError([problem_of(problem, project.root)]) from problem
    if not isinstance(made, Stack):
        raise DefinitionError(
            [
                Diagnostic.error(
                    f"`stack()` returned `{type(made).__name__}`, not a Stack",
                    detail="End it with `return s`, the Stack that it made.",
                    source=source,
                )
            ]
        )
    return made


def _environment_model(function: Callable[..., Stack]) -> "type[Environment] | None":
    from unknot.stacks.environment import Environment  # with pydantic: only for a stack that takes one

    parameters = list(inspect.signature(function).parameters)
    hint = typing.get_type_hints(function).get(parameters[0])
    return hint if isinstance(hint, type) and issubclass(hint, Environment) else None


def problem_of(problem: BaseException, root: Path) -> Diagnostic:
    """An exception from the user's code as a diagnostic that points at the user's own line."""
    found = getattr(problem, "diagnostic", None)
    if isinstance(found, Diagnostic):
        return found
    source = _user_line(problem.__traceback__, root)
    if isinstance(problem, SyntaxError):
        return Diagnostic.error(
            f"syntax error: {problem.msg}",
            detail=(problem.text or "").strip(),
            source=SourceLocation(problem.filename or str(root), problem.lineno or 1),
        )
    if isinstance(problem, ModuleNotFoundError):
        return Diagnostic.error(
            f"the module `{problem.name}` is not installed",
            detail="Install what provides it into this environment, or correct the name.",
            source=source,
        )
    if isinstance(problem, ImportError):
        return Diagnostic.error(f"an import failed: {problem.msg}", source=source)
    if isinstance(problem, SystemExit):
        return Diagnostic.error(
            "the stack file ended the interpreter", detail="Remove the call of exit.", source=source
        )
    text = "".join(traceback.format_exception_only(problem)).strip().splitlines()
    return Diagnostic.error(
        f"the stack raised {type(problem).__name__}", detail=text[0] if text else "", source=source
    )


def _user_line(trace: TracebackType | None, root: Path) -> SourceLocation | None:
    """The deepest frame in the user's own folder."""
    found: SourceLocation | None = None
    while trace is not None:
        file = trace.tb_frame.f_code.co_filename
        if file.startswith(str(root)) and "site-packages" not in file:
            found = SourceLocation(file, trace.tb_lineno)
        trace = trace.tb_next
    return found
