"""Options that several commands share, each written once."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])


def environment(function: F) -> F:
    return click.option(
        "--env",
        "environment",
        metavar="NAME",
        help="Environment: its values are in envs/NAME.toml; each has its own ledger.",
    )(function)


def variables(function: F) -> F:
    """`--var` and `--var-file`."""
    one = click.option(
        "--var", "variables", multiple=True, metavar="KEY=VALUE", help="A value of the environment."
    )
    file = click.option(
        "--var-file",
        "variable_files",
        multiple=True,
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        help="A .toml or .tfvars file with values.",
    )
    return one(file(function))


def json_output(function: F) -> F:
    return click.option("--json", "as_json", is_flag=True, help="Write a JSON document (docs/schemas).")(
        function
    )


def all_ledgers(function: F) -> F:
    """`--all`, `--backend` and `--key`."""
    for option in reversed(
        (
            click.option(
                "--all",
                "everywhere",
                is_flag=True,
                help="Of every ledger in the backend; exit code 3 if one could not be read.",
            ),
            click.option(
                "--backend",
                metavar="URL",
                help="With --all: another backend than the project's; needs no project.",
            ),
            click.option(
                "--key",
                "keys",
                multiple=True,
                metavar="REF",
                help="With --all: opens encrypted ledgers; env:NAME or file:PATH.",
            ),
        )
    ):
        function = option(function)
    return function


def planning(function: F) -> F:
    """Everything that shapes a plan."""
    for option in reversed(
        (
            click.option(
                "--target",
                "targets",
                multiple=True,
                metavar="ADDRESS",
                help="Only this, and what it depends on.",
            ),
            click.option(
                "--exclude", multiple=True, metavar="ADDRESS", help="Not this, nor what depends on it."
            ),
            click.option(
                "--replace", multiple=True, metavar="ADDRESS", help="Make this anew even if it could stay."
            ),
            click.option(
                "--rollback",
                metavar="MOVE",
                default="",
                help="Take a move back, and nothing else: `move-7`, as `unknot moves` lists it.",
            ),
            click.option(
                "--clean-up",
                multiple=True,
                metavar="MOVE",
                help="Delete what a move left at its source; `expired`: all whose retention is over.",
            ),
            click.option("--refresh-only", is_flag=True, help="Only record what differs in the world."),
            click.option("--no-refresh", is_flag=True, help="Do not look at the world; trust the record."),
            click.option("--no-runs", is_flag=True, help="Deploy workflows without running them."),
            click.option(
                "--parallelism",
                type=click.IntRange(1, 1000),
                default=10,
                show_default=True,
                help="Most calls at once.",
            ),
            click.option(
                "--override",
                "overrides",
                multiple=True,
                metavar="POLICY=REASON",
                help="Apply against a mandatory policy; the reason is recorded.",
            ),
        )
    ):
        function = option(function)
    return function


def pairs(values: tuple[str, ...], flag: str) -> dict[str, str]:
    """`KEY=VALUE` texts as a mapping."""
    found = {}
    for value in values:
        key, separator, rest = value.partition("=")
        if not separator or not key:
            raise click.UsageError(f"`{flag} {value}`: expected KEY=VALUE")
        found[key] = rest
    return found
