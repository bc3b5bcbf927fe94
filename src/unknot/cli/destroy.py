"""`unknot destroy`: plan the removal of everything, ask, and do it."""

from pathlib import Path

import click

from unknot.cli import options
from unknot.cli.apply import apply_saved
from unknot.cli.planned import plan_options, planned
from unknot.cli.session import Session
from unknot.planner.apply import ApplyOptions


@click.command("destroy")
@options.environment
@options.variables
@options.planning
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
@options.json_output
def destroy_command(
    environment: str | None,
    variables: tuple[str, ...],
    variable_files: tuple[Path, ...],
    yes: bool,
    as_json: bool,
    **shape: object,
) -> int:
    """Delete everything that is recorded for this stack and environment. Runs and artifacts stay readable."""
    session = Session(environment)
    saved = planned(
        session, plan_options(shape, "destroy"), variables=variables, variable_files=variable_files
    )
    return apply_saved(
        session,
        saved,
        ask=not yes,
        show=True,
        as_json=as_json,
        apply_options=ApplyOptions(parallelism=int(str(shape["parallelism"])), runs=False),
    )
