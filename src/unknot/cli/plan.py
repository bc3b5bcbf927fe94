"""`unknot plan`: show what apply would do, and save it if asked to. Writes nothing to any store."""

import sys
from pathlib import Path

import click

from unknot.cli import console, options
from unknot.cli.planned import EXPIRY_HOURS, plan_options, planned
from unknot.cli.session import Session
from unknot.planner.archive import SavedPlan, write
from unknot.planner.plan import Plan
from unknot.planner.stats import Meter, PlanStats


@click.command("plan")
@options.environment
@options.variables
@options.planning
@click.option("--destroy", is_flag=True, help="Plan the removal of everything.")
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="Save the plan for `unknot apply FILE`."
)
@click.option(
    "--expires",
    "expires_hours",
    type=float,
    default=EXPIRY_HOURS,
    show_default=True,
    help="Hours that a saved plan is good for.",
)
@click.option("--detailed-exitcode", is_flag=True, help="0: no changes, 1: error, 2: changes.")
@click.option("--stats", "with_stats", is_flag=True, help="Show what planning cost: time, requests, calls.")
@click.option("-v", "--verbose", is_flag=True, help="Show long values in full.")
@options.json_output
def plan_command(
    environment: str | None,
    variables: tuple[str, ...],
    variable_files: tuple[Path, ...],
    destroy: bool,
    out: Path | None,
    expires_hours: float,
    detailed_exitcode: bool,
    with_stats: bool,
    verbose: bool,
    as_json: bool,
    **shape: object,
) -> int:
    """Show what apply would do, in full, without doing any of it.

    The plan compares what the stack wants with what is recorded, and with the world unless --no-refresh.
    """
    session = Session(environment)
    meter = Meter()
    store = session.count_calls() if with_stats else None
    saved = planned(
        session,
        plan_options(shape, "destroy" if destroy else "normal"),
        variables=variables,
        variable_files=variable_files,
        saving=out is not None,
        expires_hours=expires_hours,
        meter=meter,
    )
    stats = None if store is None else meter.stats(dict(store.calls))
    show_plan(saved.plan, as_json=as_json, verbose=verbose, stats=stats)
    if not saved.plan.can_apply:
        return 1
    if out is not None:
        write(saved, out)
        console.say(f"Saved to `{out}` with hash {saved.hash}\nApply exactly this with: unknot apply {out}")
    return 2 if detailed_exitcode and not saved.plan.is_empty else 0


def show_plan(plan: Plan, *, as_json: bool, verbose: bool = False, stats: PlanStats | None = None) -> None:
    """The plan on stdout, and what it cost; its diagnostics on stderr."""
    if as_json:
        from unknot.planner.render.document import plan_document

        console.out_bytes(plan_document(plan, stats))
        return
    from unknot.planner.render.text import plan_text

    console.out(
        plan_text(
            plan,
            color=console.wants_color(sys.stdout),
            width=console.width(),
            verbose=verbose,
            root=console.root(),
        )
    )
    if stats is not None:
        from unknot.planner.render.stats import stats_text

        console.out(stats_text(stats, color=console.wants_color(sys.stdout)))
    console.show_diagnostics(plan.diagnostics)


def saved_from(path: Path) -> SavedPlan:
    """A plan file."""
    from unknot.planner.archive import read

    return read(path)
