"""Ops that are not Python functions: a command, a notebook, a container.

They are tasks like any other: same inputs, artifacts, logs and fingerprints. The runner runs them; a direct
call runs a command on paths and plain values, and refuses the rest.
"""

import difflib
import functools
import inspect
import shlex
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path, PurePath
from typing import Any, Generic, ParamSpec, TypeVar, overload

from unknot.stacks.diagnostic import Diagnostic
from unknot.stacks.errors import UnknotError
from unknot.stacks.graph import Code, CommandCode, ContainerCode, NotebookCode, Resources
from unknot.stacks.workflow.interface import Interface, InterfaceProblem, interface_of
from unknot.stacks.workflow.ops import UNLIMITED, Op, definition_problems
from unknot.stacks.workflow.shape import Shape, shape_of, single
from unknot.stacks.workflow.source import user_location
from unknot.stacks.workflow.template import fill, names_in
from unknot.stacks.workflow.typenames import compatible, strip

P = ParamSpec("P")
R = TypeVar("R")
R_co = TypeVar("R_co", covariant=True)


class ExternalOp(Op[P, R_co], Generic[P, R_co]):
    """An op whose code is not a Python function. Made by `command`, `notebook` and `container`."""

    def __init__(
        self,
        code: Code,
        *,
        name: str,
        inputs: Mapping[str, Any] | None,
        outputs: Any,
        signature: Callable[..., Any] | None,
        resources: Resources,
        files: tuple[str, ...],
    ) -> None:
        self._code = code
        self._inputs = inputs
        self._outputs = outputs
        self._signature = signature

        def run(*args: Any, **kwargs: Any) -> Any:
            return _run(self, args, kwargs)

        super().__init__(run, name=name, resources=resources, files=files)
        self._source = user_location()
        functools.update_wrapper(self, signature or run)

    @property
    def code(self) -> Code:
        return self._code

    @property
    def doc(self) -> str:
        return inspect.getdoc(self._signature) or "" if self._signature is not None else ""

    @functools.cached_property
    def interface(self) -> Interface:
        if self._signature is not None:
            return interface_of(self._signature)
        shape = _shape(self._outputs)
        inputs = self._inputs
        if inputs is None:
            inputs = {name: Any for name in self._mentioned() if name not in shape.fields}
        return Interface(
            inspect.Signature(
                [
                    inspect.Parameter(name, inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=annotation)
                    for name, annotation in inputs.items()
                ]
            ),
            inputs,
            shape,
        )

    def problems(self) -> Iterator[Diagnostic]:
        yield from definition_problems(self)
        try:
            interface = self.interface
        except InterfaceProblem as problem:
            yield Diagnostic.error(
                f"op `{self.name}` {problem.summary}", detail=problem.advice, source=self.source
            )
            return
        if isinstance(self._code, NotebookCode):
            return
        known = [*interface.inputs, *interface.shape.fields]
        mentioned = self._mentioned()
        for name in mentioned:
            if name not in known:
                near = difflib.get_close_matches(name, known, n=1)
                yield Diagnostic.error(
                    f"`{self.name}` mentions `{{{name}}}`, which is no input or output of it",
                    detail=(f"Did you mean `{{{near[0]}}}`? " if near else "")
                    + f"It has: {', '.join(known) or 'none'}.",
                    source=self.source,
                )
        for name in known:
            if name not in mentioned:
                yield Diagnostic.error(
                    f"the command of `{self.name}` does not mention `{{{name}}}`",
                    detail="Without it the command cannot know the path. Add it, or leave the name out.",
                    source=self.source,
                )

    def _mentioned(self) -> tuple[str, ...]:
        return names_in(self._code.argv) if isinstance(self._code, (CommandCode, ContainerCode)) else ()


@overload
def command(
    line: str | Sequence[str],
    *,
    signature: Callable[P, R],
    name: str | None = None,
    resources: Resources = ...,
    files: Iterable[str] = (),
) -> Op[P, R]: ...
@overload
def command(
    line: str | Sequence[str],
    *,
    outputs: type[R] | Mapping[str, type[R]],
    inputs: Mapping[str, Any] | None = None,
    name: str | None = None,
    resources: Resources = ...,
    files: Iterable[str] = (),
) -> Op[..., R]: ...
@overload
def command(
    line: str | Sequence[str],
    *,
    inputs: Mapping[str, Any] | None = None,
    name: str | None = None,
    resources: Resources = ...,
    files: Iterable[str] = (),
) -> Op[..., None]: ...
def command(
    line: str | Sequence[str],
    *,
    signature: Callable[..., Any] | None = None,
    outputs: Any = None,
    inputs: Mapping[str, Any] | None = None,
    name: str | None = None,
    resources: Resources = UNLIMITED,
    files: Iterable[str] = (),
) -> Op[..., Any]:
    """An op that runs a command, without a shell: `command("python fit.py {flights} {model}", outputs=...)`.

    `{name}` stands for the path of an input or output, or for a plain value. `inputs` gives names and types
    (left out: every name that is not an output, of any type); a word that names a list is repeated for each of its
    elements. `outputs` is a type (its path is `{value}`), one name and type (`{"model": Path}`), or a NamedTuple or
    dataclass with a field for each.
    `signature`, a function that is never called, says all of it and is checked by mypy.
    Words of the command that are files of the project travel with it; `files` names others.
    """
    argv = tuple(shlex.split(line) if isinstance(line, str) else line)
    return ExternalOp(
        CommandCode(argv),
        name=name or _command_name(argv),
        inputs=inputs,
        outputs=outputs,
        signature=signature,
        resources=resources,
        files=tuple(files),
    )


@overload
def notebook(
    path: str,
    *,
    signature: Callable[P, R],
    name: str | None = None,
    resources: Resources = ...,
    files: Iterable[str] = (),
) -> Op[P, R]: ...
@overload
def notebook(
    path: str,
    *,
    outputs: type[R] | Mapping[str, type[R]],
    inputs: Mapping[str, Any] | None = None,
    name: str | None = None,
    resources: Resources = ...,
    files: Iterable[str] = (),
) -> Op[..., R]: ...
@overload
def notebook(
    path: str,
    *,
    inputs: Mapping[str, Any] | None = None,
    name: str | None = None,
    resources: Resources = ...,
    files: Iterable[str] = (),
) -> Op[..., None]: ...
def notebook(
    path: str,
    *,
    signature: Callable[..., Any] | None = None,
    outputs: Any = None,
    inputs: Mapping[str, Any] | None = None,
    name: str | None = None,
    resources: Resources = UNLIMITED,
    files: Iterable[str] = (),
) -> Op[..., Any]:
    """An op that runs a notebook of the project from top to bottom, its inputs set as variables.

    `inputs`, `outputs` and `signature` are as for `command`; an output is the variable of its name at the end.
    """
    return ExternalOp(
        NotebookCode(path),
        name=name or PurePath(path).stem,
        inputs=inputs or {},
        outputs=outputs,
        signature=signature,
        resources=resources,
        files=tuple(files),
    )


@overload
def container(
    image: str,
    line: str | Sequence[str] = (),
    *,
    signature: Callable[P, R],
    name: str | None = None,
    resources: Resources = ...,
    files: Iterable[str] = (),
) -> Op[P, R]: ...
@overload
def container(
    image: str,
    line: str | Sequence[str] = (),
    *,
    outputs: type[R] | Mapping[str, type[R]],
    inputs: Mapping[str, Any] | None = None,
    name: str | None = None,
    resources: Resources = ...,
    files: Iterable[str] = (),
) -> Op[..., R]: ...
@overload
def container(
    image: str,
    line: str | Sequence[str] = (),
    *,
    inputs: Mapping[str, Any] | None = None,
    name: str | None = None,
    resources: Resources = ...,
    files: Iterable[str] = (),
) -> Op[..., None]: ...
def container(
    image: str,
    line: str | Sequence[str] = (),
    *,
    signature: Callable[..., Any] | None = None,
    outputs: Any = None,
    inputs: Mapping[str, Any] | None = None,
    name: str | None = None,
    resources: Resources = UNLIMITED,
    files: Iterable[str] = (),
) -> Op[..., Any]:
    """An op that runs a command in a container image; the rest is as for `command`."""
    argv = tuple(shlex.split(line) if isinstance(line, str) else line)
    return ExternalOp(
        ContainerCode(image, argv),
        name=name or _word(image.rpartition("/")[2].split(":")[0].split("@")[0]),
        inputs=inputs,
        outputs=outputs,
        signature=signature,
        resources=resources,
        files=tuple(files),
    )


def _shape(outputs: Any) -> Shape:
    if isinstance(outputs, Mapping):
        if len(outputs) != 1:
            raise InterfaceProblem(
                f"declares {len(outputs)} outputs in a mapping",
                "A mapping names one output; for several, give a NamedTuple class.",
            )
        [(name, annotation)] = outputs.items()
        return single(annotation, name)
    return shape_of(outputs)


def _command_name(argv: Sequence[str]) -> str:
    """The script's name if there is one, else the program's."""
    scripts = [word for word in argv if PurePath(word).suffix in (".py", ".sh", ".R", ".jl")]
    return _word(PurePath((scripts or list(argv) or [""])[0]).stem)


def _word(text: str) -> str:
    return "".join(char if char.isascii() and (char.isalnum() or char in "_-") else "_" for char in text)


def _run(op: ExternalOp[..., Any], args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
    """A direct call: a command runs in the current folder, each output in a new temporary one."""
    code, interface = op.code, op.interface
    for problem in op.problems():
        raise UnknotError(problem.summary, detail=problem.detail)
    if not isinstance(code, CommandCode):
        raise UnknotError(
            f"`{op.name}` runs in a run of a workflow only",
            detail="A notebook or a container cannot be called directly. Test its own code instead.",
        )
    values = {name: _text(op.name, name, value) for name, value in _given(interface, args, kwargs).items()}
    for name, annotation in interface.shape.fields.items():
        if not compatible(Path, strip(annotation)):
            raise UnknotError(
                f"`{op.name}` cannot be called directly: its output `{name}` is not a `Path`",
                detail="A direct call reads no artifacts. Declare the output as a `Path`, or test in a run.",
            )
    folder = Path(tempfile.mkdtemp(prefix=f"{op.name}-"))
    paths = {name: folder / name for name in interface.shape.fields}
    argv = fill(code.argv, values | {name: str(path) for name, path in paths.items()})
    try:
        done = subprocess.run(argv, check=False)
    except OSError as error:
        raise UnknotError(f"`{argv[0]}` cannot be run", detail=error.strerror or "") from error
    if done.returncode != 0:
        raise UnknotError(
            f"`{op.name}` ended with code {done.returncode}", detail=f"Command: {shlex.join(argv)}"
        )
    for name, path in paths.items():
        if not path.exists():
            raise UnknotError(f"`{op.name}` did not write its output `{name}`", detail=f"Expected: {path}")
    return interface.shape.make(lambda name, _: paths[name])


def _given(interface: Interface, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> dict[str, Any]:
    bound = interface.signature.bind(*args, **kwargs)
    bound.apply_defaults()
    return bound.arguments


def _text(op: str, name: str, value: object) -> str | list[str]:
    """As it stands in the command; of a list of paths, each."""
    if isinstance(value, (str, int, float, PurePath)):
        return str(value)
    if isinstance(value, (list, tuple)) and value and all(isinstance(item, PurePath) for item in value):
        return [str(item) for item in value]
    raise UnknotError(
        f"`{op}` cannot be called directly with a `{type(value).__name__}` as `{name}`",
        detail="A direct call writes no artifacts. Give a path or a plain value, or test in a run.",
    )
