"""`unknot show`: a saved plan, or what is recorded."""

from pathlib import Path

import click
import msgspec

from unknot.cli import console, options
from unknot.cli.plan import saved_from, show_plan
from unknot.cli.session import Session
from unknot.cli.state import fit_to_show, resource_lines
from unknot.planner.fields import shown
from unknot.state.snapshot import Snapshot


@click.command("show")
@click.argument("plan_file", required=False, type=click.Path(path_type=Path), metavar="[PLAN]")
@options.environment
@click.option("--at", type=int, metavar="SERIAL", help="What was recorded as of that serial.")
@click.option("-v", "--verbose", is_flag=True, help="Show long values in full.")
@options.json_output
def show_command(
    plan_file: Path | None, environment: str | None, at: int | None, verbose: bool, as_json: bool
) -> int:
    """Show a saved PLAN in full, or everything that is recorded."""
    if plan_file is not None:
        saved = saved_from(plan_file)
        show_plan(saved.plan, as_json=as_json, verbose=verbose)
        if not as_json:
            console.out(f"Hash: {saved.hash}")
        return 0
    snapshot = _fit_to_show(Session(environment).recorded(at))
    if as_json:
        console.out_bytes(msgspec.json.encode(snapshot))
        return 0
    console.out(f"{snapshot.stack}/{snapshot.environment} at serial {snapshot.serial}")
    for address in sorted(snapshot.resources):
        console.out("\n".join(resource_lines(snapshot.resources[address])))
    for name, value in sorted(snapshot.outputs.items()):
        console.out(f"output {name} = {msgspec.json.encode(value).decode()}")
    return 0


def _fit_to_show(snapshot: Snapshot) -> Snapshot:
    return msgspec.structs.replace(
        snapshot,
        resources={address: fit_to_show(state) for address, state in snapshot.resources.items()},
        outputs=shown(snapshot.outputs),
    )
