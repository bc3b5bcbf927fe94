"""The file that `unknot import --write` writes: a function `add_to(stack)`, to which each import adds one resource.

Nothing that is in the file is lost: lines are added, and a file of another form is refused.
"""

import ast
import os
from collections.abc import Iterable
from pathlib import Path

from unknot.stacks.errors import UnknotError

FUNCTION = "add_to"

_NEW = '''\
"""Objects that exist and that unknot was told to manage: written by `unknot import --write`, then yours to change."""

from unknot import Stack


def add_to(stack: Stack) -> None:
'''


class CannotWrite(UnknotError):
    """The file is not one that a resource can be added to."""


def add(file: Path, statement: str, imports: Iterable[str], address: str) -> None:
    """Add a statement, indented as it is to stand, at the end of `add_to`; make the file where there is none.

    Raises CannotWrite, and OSError when the file cannot be written; it is then as it was.
    """
    try:
        text = file.read_bytes().decode()
    except FileNotFoundError:
        text = _NEW
    except UnicodeDecodeError as problem:
        raise CannotWrite(f"`{file}` is not UTF-8", detail="Choose another file for `--write`.") from problem
    lines = text.rstrip().splitlines()
    if text != _NEW:
        _check(file, text, lines, address)
    lines += [f"    # {address}", statement]
    for line in sorted(imports, reverse=True):
        if line not in lines:
            lines.insert(_place(lines, line), line)
    written = "\n".join(lines) + "\n"
    compile(written, str(file), "exec", dont_inherit=True)
    file.parent.mkdir(parents=True, exist_ok=True)
    temporary = file.with_name(f".{file.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("wb") as handle:
            handle.write(written.encode())
            handle.flush()
            os.fsync(handle.fileno())
        if file.exists():
            temporary.chmod(file.stat().st_mode & 0o777)
        temporary.replace(file)
    finally:
        temporary.unlink(missing_ok=True)


def _check(file: Path, text: str, lines: list[str], address: str) -> None:
    try:
        last = ast.parse(text).body[-1:]
    except SyntaxError as problem:
        raise CannotWrite(
            f"`{file}` is not Python: line {problem.lineno}", detail="Mend it, or choose another file."
        ) from problem
    if not last or not isinstance(last[0], ast.FunctionDef) or last[0].name != FUNCTION:
        raise CannotWrite(
            f"`{file}` does not end with a function `{FUNCTION}`",
            detail="Only a file that `unknot import --write` made is added to. Choose another: `--write FILE`.",
        )
    if f"    # {address}" in lines:
        raise CannotWrite(
            f"`{address}` is in `{file}` already",
            detail=f"Add the file to the stack, and run `unknot import {address} ID` without `--write`.",
        )


def _place(lines: list[str], line: str) -> int:
    """Where an import goes: in order among those that are there, which always are `from unknot...`."""
    found = [number for number, each in enumerate(lines) if each.startswith("from unknot")]
    for number in found:
        if lines[number].split() > line.split():
            return number
    return found[-1] + 1 if found else next(n for n, each in enumerate(lines) if each.startswith("def "))
