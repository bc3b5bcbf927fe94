"""`unknot apply`: do what a plan says. First ctrl-C finishes what is in flight, the second stops at once."""

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import click

from unknot.cli import console, options
from unknot.cli.plan import show_plan
from unknot.cli.planned import plan_options, planned
from unknot.cli.progress import ApplyProgress
from unknot.cli.session import Session
from unknot.planner.apply import ApplyOptions, ApplyReport, apply
from unknot.planner.archive import SavedPlan, read, require_reviewed
from unknot.planner.planning import definition_hash
from unknot.stacks.errors import PlanRefused


@click.command("apply")
@click.argument("plan_file", required=False, type=click.Path(path_type=Path), metavar="[PLAN]")
@options.environment
@options.variables
@options.planning
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
@click.option("--resume", is_flag=True, help="Go on with a saved plan that was started and not finished.")
@click.option("--plan-hash", metavar="HASH", help="Refuse unless the saved plan is this, the reviewed one.")
@click.option(
    "--same-tree", is_flag=True, help="Refuse unless the stack here is what the saved plan was made from."
)
@click.option(
    "--lease-wait", type=float, default=0.0, metavar="SECONDS", help="Wait for another operation to end."
)
@options.json_output
def apply_command(
    plan_file: Path | None,
    environment: str | None,
    variables: tuple[str, ...],
    variable_files: tuple[Path, ...],
    yes: bool,
    resume: bool,
    plan_hash: str | None,
    same_tree: bool,
    lease_wait: float,
    as_json: bool,
    **shape: object,
) -> int:
    """Plan, ask, and do what the plan says; or do exactly what a saved PLAN says.

    Exit codes: 0 all done, 1 something failed or was refused, 130 interrupted.
    """
    session = Session(environment)
    if plan_file is not None:
        saved = read(plan_file)
        session.environment = saved.plan.environment
        tree = None
        if same_tree:
            definition = session.load(options.pairs(variables, "--var"), variable_files).definition
            ledger = session.ledger(definition.stack)
            vault = ledger.vault()
            if vault is not None and saved.plan.first:
                vault.propose(saved.plan.lineage)
            elif vault is not None and ledger.exists:
                ledger.reader().snapshot()
            tree = definition_hash(definition, vault, saved.plan.definition_hash)
        require_reviewed(saved, expected_hash=plan_hash, definition_hash=tree)
    elif plan_hash or same_tree or resume:
        raise click.UsageError("`--plan-hash`, `--same-tree` and `--resume` are for a saved PLAN")
    else:
        saved = planned(
            session,
            plan_options(shape, "normal"),
            variables=variables,
            variable_files=variable_files,
            absorbing=True,
        )
    return apply_saved(
        session,
        saved,
        ask=not yes and plan_file is None,
        show=plan_file is None,
        as_json=as_json,
        apply_options=ApplyOptions(
            parallelism=int(str(shape["parallelism"])),
            resume=resume,
            lease_wait_s=lease_wait,
            runs=not shape["no_runs"],
        ),
    )


def apply_saved(
    session: Session, saved: SavedPlan, *, ask: bool, show: bool, as_json: bool, apply_options: ApplyOptions
) -> int:
    """Show, ask, apply, report: what apply and destroy have in common."""
    plan = saved.plan
    if show and not as_json:
        show_plan(plan, as_json=False)
    if not plan.can_apply:
        if as_json or not show:
            console.show_diagnostics(plan.diagnostics)
        raise PlanRefused("the plan cannot be applied", detail="Mend the errors above and plan again.")
    if plan.is_empty:
        if as_json:
            _document(ApplyReport(stack=plan.stack, environment=plan.environment, serial=plan.serial))
        return 0
    if ask and not _confirmed(saved):
        return 1
    progress = ApplyProgress(quiet=as_json)
    with stopping() as stop, progress:
        report = apply(
            plan,
            saved.hash,
            session.ledger(plan.stack, plan.environment),
            session.services,
            options=apply_options,
            bundles=saved,
            stop=stop,
            progress=progress.step,
            run_progress=progress.run,
        )
    if as_json:
        _document(report)
    else:
        from unknot.planner.render.text import report_text

        console.out(report_text(report, color=console.wants_color(sys.stdout)))
    console.show_diagnostics(report.diagnostics)
    return report.exit_code


def _document(report: ApplyReport) -> None:
    from unknot.planner.render.document import report_document

    console.out_bytes(report_document(report))


def _confirmed(saved: SavedPlan) -> bool:
    if not sys.stdin.isatty():
        raise click.UsageError("there is no terminal to ask on: give `--yes`, or apply a saved plan")
    target = f"{saved.plan.stack}/{saved.plan.environment}"
    answer = click.prompt(
        f"Apply this to {target}? Only `yes` goes on", default="", show_default=False, err=True
    )
    if answer != "yes":
        console.say("Nothing was done")
        return False
    return True


@contextmanager
def stopping() -> Iterator[threading.Event]:
    """An event that the first ctrl-C (or SIGTERM) sets; the second ends this process at once.

    At once means as `kill -9` would: nothing waits for calls in flight, and nothing is released that they still
    need. Their intents are recorded, so that the next plan knows of them; the lease ends by itself.
    """
    stop = threading.Event()

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        # Written past the buffers, which the interrupted code may be in the middle of.
        if stop.is_set():
            os.write(2, b"Stopped. What was in flight is open in the record: plan again to see it\n")
            os._exit(130)
        stop.set()
        os.write(2, b"Finishing what is in flight and recording it; again to stop at once\n")

    earlier = {number: signal.signal(number, on_signal) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in earlier.items():
            signal.signal(number, handler)
