"""Fingerprints: what an op's behaviour depends on, by the meaning of its code and not by its text (rule F2).

Source files are parsed, never imported or run. What is done with a verdict is the planner's.
"""

from collections.abc import Callable, Sequence
from types import FunctionType

from unknot.stacks.errors import FingerprintError
from unknot.stacks.fingerprint.change import FingerprintChange, Verdict, compare, describe, is_wide
from unknot.stacks.fingerprint.closure import Closure
from unknot.stacks.fingerprint.encoding import FINGERPRINT_VERSION, part_digest
from unknot.stacks.fingerprint.environment import EnvironmentFacts
from unknot.stacks.fingerprint.files import fingerprint_files, fingerprint_notebook, of_parts
from unknot.stacks.fingerprint.installed import requirement_digests
from unknot.stacks.fingerprint.locate import Located, locate, unwrap
from unknot.stacks.fingerprint.project import Project
from unknot.stacks.graph import CodePart, Fingerprint

__all__ = [
    "FINGERPRINT_VERSION",
    "CodePart",
    "EnvironmentFacts",
    "Fingerprint",
    "FingerprintChange",
    "FingerprintError",
    "Project",
    "Verdict",
    "combine",
    "compare",
    "describe",
    "fingerprint_files",
    "fingerprint_function",
    "fingerprint_notebook",
    "is_wide",
]


def fingerprint_function(
    function: Callable[..., object], project: Project, *, environment: EnvironmentFacts
) -> Fingerprint:
    """The fingerprint of an op: its function, all that this reaches in the project, and the environment.

    unknot's own decorators and their arguments do not count. Raises FingerprintError if there is no source to read:
    a lambda, a function typed at a prompt, a file that is not Python.
    """
    plain, wrappers = unwrap(function)
    located = locate(plain, project.sources)
    if located is None:
        return of_parts([*_installed(plain.__module__, plain.__qualname__), *environment.parts()])
    closure = _walk(located, wrappers, project, documentation=False)
    if closure.reads_documentation:
        closure = _walk(located, wrappers, project, documentation=True)
    return of_parts([*closure.parts, *environment.parts()], closure.widened)


def combine(*fingerprints: Fingerprint) -> Fingerprint:
    """One fingerprint over the parts of several: a function's and those of the files that its op declares."""
    parts = {part.name: part for each in fingerprints for part in each.parts}
    widened = dict.fromkeys(text for each in fingerprints for text in each.widened)
    return of_parts(parts.values(), tuple(widened))


def _walk(
    located: Located, wrappers: Sequence[FunctionType], project: Project, *, documentation: bool
) -> Closure:
    analysis = project.analysis(documentation=documentation)
    closure = Closure(project.sources, analysis)
    # Decorators in the file are reached through it; only `op(twice(train))` leaves nothing there to see.
    is_shown = len(analysis.decorators(located.module, located.statement)) >= len(wrappers)
    closure.walk(located, () if is_shown else wrappers)
    return closure


def _installed(module: str, qualname: str) -> list[CodePart]:
    """An op from an installed package: its version stands for its code."""
    name = f"{module}:{qualname}"
    requirements = requirement_digests(module.partition(".")[0])
    return [
        CodePart(name, part_digest(name.encode()), "", 0),
        *(CodePart(f"requirement:{each}", pinned, "", 0) for each, pinned in requirements),
    ]
