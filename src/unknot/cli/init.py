"""`unknot init`: a project to begin with, which plans and applies as it is."""

from pathlib import Path

import click

from unknot.cli import console
from unknot.stacks.diagnostic import Diagnostic
from unknot.stacks.errors import DefinitionError

CONFIG = """\
# Every setting has a default; these are the two that a project changes first.
stack = "stack.py"
backend = "file:.unknot/ledger"
"""

STACK = '''\
"""The stack: everything that should exist, and who is to be asked about it."""

from unknot import Environment, Stack, check, metric, op, workflow


@op
def numbers(count: int) -> list[int]:
    return [n * n for n in range(count)]


@metric
def mean(values: list[int]) -> float:
    return sum(values) / len(values)


@check(severity="error")
def plausible(mean: float) -> bool:
    return mean < 1000


@workflow(name="squares")
def squares(count: int = 10) -> list[int]:
    values = numbers(count)
    plausible(mean(values))
    return values


class Env(Environment):
    count: int = 10


def stack(env: Env) -> Stack:
    s = Stack("{name}", owner="{owner}")
    s.deploy(squares.bind(count=env.count))
    return s
'''

GITIGNORE = ".unknot/\n__pycache__/\n"


@click.command("init")
@click.argument("folder", required=False, default=".", type=click.Path(file_okay=False, path_type=Path))
@click.option("--name", help="Of the stack; the folder's when left out.")
@click.option("--owner", default="me@example.org", show_default=True, help="Who is to be asked about it.")
def init_command(folder: Path, name: str | None, owner: str) -> int:
    """Make a project in FOLDER: unknot.toml, a first stack.py, .gitignore. Overwrites nothing."""
    files = {
        "unknot.toml": CONFIG,
        "stack.py": STACK.replace("{name}", name or _name_of(folder)).replace("{owner}", owner),
    }
    there = [file for file in files if (folder / file).exists()]
    if there:
        raise DefinitionError(
            [
                Diagnostic.error(
                    f"`{folder / there[0]}` exists already",
                    detail="This is a project. Go on with `unknot plan`, or choose another folder.",
                )
            ]
        )
    folder.mkdir(parents=True, exist_ok=True)
    for file, text in files.items():
        (folder / file).write_text(text)
        console.out(f"Wrote {folder / file}")
    ignore = folder / ".gitignore"
    if not ignore.exists():
        ignore.write_text(GITIGNORE)
        console.out(f"Wrote {ignore}")
    console.out("Next: `unknot plan` shows what would be made, `unknot apply` makes it")
    return 0


def _name_of(folder: Path) -> str:
    name = "".join(c if c.isascii() and (c.isalnum() or c in "_-") else "-" for c in folder.resolve().name)
    return name.strip("-") or "stack"
