"""`unknot import`: take an existing object under management, now."""

from pathlib import Path

import click
import msgspec

from unknot.cli import options
from unknot.cli.apply import apply_saved
from unknot.cli.planned import planned
from unknot.cli.session import Session
from unknot.cli.writing_import import DEFAULT_FILE, write_import
from unknot.planner.apply import ApplyOptions
from unknot.planner.plan import Action
from unknot.planner.planning import PlanOptions
from unknot.stacks.address import parse_address
from unknot.stacks.diagnostic import SourceLocation
from unknot.stacks.errors import UnknotError


class ImportRefused(UnknotError):
    """The address cannot be imported to."""


@click.command("import")
@click.argument("address")
@click.argument("id")
@options.environment
@options.variables
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
@click.option(
    "--write",
    "file",
    is_flag=False,
    flag_value=DEFAULT_FILE,
    metavar="[FILE]",
    help="ADDRESS is not in the stack yet: write its Python to FILE (imported.py) beside the stack, and record nothing.",
)
@click.option("--target", metavar="NAME", help="With `--write`: the target that the object is on.")
@options.json_output
def import_command(
    address: str,
    id: str,  # noqa: A002 - the argument's name in the help
    environment: str | None,
    variables: tuple[str, ...],
    variable_files: tuple[Path, ...],
    yes: bool,
    file: str | None,
    target: str | None,
    as_json: bool,
) -> int:
    """Record the object ID as ADDRESS, which the stack defines. Inputs that differ are updated with it.

    In a stack, `stack.import_(resource, id=...)` does the same with the next apply, and can be reviewed.
    """
    try:
        to = parse_address(address)
    except ValueError as invalid:
        raise ImportRefused(str(invalid)) from invalid
    session = Session(environment)
    if file is not None:
        if as_json or not Path(file).stem.isidentifier() or Path(file).suffix != ".py":
            raise click.UsageError(
                "`--write` comes last, takes a module's file such as imported.py, and no `--json`"
            )
        return write_import(session, to, id, file, target, variables, variable_files)
    if target is not None:
        raise click.UsageError("`--target` goes with `--write`: what the stack has says its target itself")
    saved = planned(
        session,
        PlanOptions(targets=(to,), runs=False),
        variables=variables,
        variable_files=variable_files,
        imports={to: (id, SourceLocation("<command line>", 1))},
    )
    plan = saved.plan
    family = tuple(c for c in plan.changes if to in (c.address, c.owned_by))
    if plan.can_apply and not any(c.action is Action.IMPORT for c in family):
        raise ImportRefused(f"`{to}` is recorded already", detail="`unknot state show` tells as what.")
    only = msgspec.structs.replace(plan, changes=family)
    return apply_saved(
        session,
        saved.of(only),
        ask=not yes,
        show=True,
        as_json=as_json,
        apply_options=ApplyOptions(runs=False),
    )
