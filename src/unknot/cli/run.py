"""`unknot run`: run a workflow now, with other parameters, again in part, or for past scheduled times."""

import datetime as dt
import sys

import click
import msgspec

from unknot.cli import console, options
from unknot.cli.apply import stopping
from unknot.cli.documents import RunsDocument
from unknot.cli.progress import ApplyProgress
from unknot.cli.session import Session
from unknot.cli.state import NotRecorded
from unknot.planner.absorbing import absorb, absorb_sealed
from unknot.planner.parameters import with_parameters
from unknot.planner.running import RunOptions, deployed, retrying, run_deployment
from unknot.providers.engine import RunQuery
from unknot.stacks.address import Address
from unknot.stacks.definition import WORKFLOW_TYPE
from unknot.stacks.run import Deployment, RunManifest, RunRequest
from unknot.state.ledger.lease import default_holder
from unknot.state.snapshot import ResourceState, Snapshot
from unknot.state.stores.opening import open_store

GIVEN_BY_HAND = "parameters given by hand"
"""Why a run with `--param` publishes nothing: others would read what one person tried out."""


@click.command("run")
@click.argument("address")
@options.environment
@click.option(
    "--param",
    "parameters",
    multiple=True,
    metavar="NAME=VALUE",
    help="A parameter for this run, which then publishes nothing.",
)
@click.option("--publish", is_flag=True, help="Publish what a run with --param makes all the same.")
@click.option("--no-cache", is_flag=True, help="Reuse nothing.")
@click.option("--from-task", metavar="TASK", help="Run this task and what depends on it again.")
@click.option(
    "--retry",
    "retry_of",
    metavar="RUN",
    help="Run again only what failed in an earlier run, with its time, parameters and inputs.",
)
@click.option(
    "--backfill",
    nargs=2,
    metavar="START END",
    help="One run for each scheduled time from START to END (ISO 8601, UTC unless it says otherwise).",
)
@options.json_output
def run_command(
    address: str,
    environment: str | None,
    parameters: tuple[str, ...],
    publish: bool,
    no_cache: bool,
    from_task: str | None,
    retry_of: str | None,
    backfill: tuple[str, str] | None,
    as_json: bool,
) -> int:
    """Run the workflow ADDRESS as it is deployed, follow it, and record what became of it."""
    session = Session(environment)
    session.recorded()
    console.show_diagnostics(absorb_sealed(session.ledger(), session.services))
    snapshot = session.recorded()
    state = find_workflow(snapshot, address)
    deployment = deployed(state, snapshot, session.services)
    if retry_of is not None and backfill is not None:
        raise click.UsageError("`--retry` is for one run, and `--backfill` starts new ones")
    store = open_store(snapshot.targets[state.target].store, session.project.root)
    context = session.services.context(snapshot.lineage, snapshot.targets, state.target)
    earlier = None
    if retry_of is not None:
        query = RunQuery(context, state.uid, retry_of)
        earlier = retrying(session.services.engine(context.target.engine), query, store)
    given = {**_parameters_of(earlier, deployment), **options.pairs(parameters, "--param")}
    if given:
        deployment = with_parameters(deployment, given, store)
    base = RunOptions(
        use_cache=not no_cache,
        from_task=from_task,
        retry_of=retry_of,
        scheduled_time=None if earlier is None else earlier.scheduled_time,
        published={} if earlier is None else earlier.inputs,
        withheld="" if publish else _withheld(parameters, earlier),
        triggered_by=f"run by {default_holder()}",
    )
    due: list[str | None] = (
        [base.scheduled_time] if backfill is None else list(_due(deployment.schedule, backfill))
    )
    manifests: list[RunManifest] = []
    progress = ApplyProgress(quiet=as_json)
    with stopping() as stop, progress:
        for at in due:
            if stop.is_set():
                break
            manifest = run_deployment(
                deployment,
                state,
                session.recorded(),
                session.services,
                msgspec.structs.replace(base, scheduled_time=at),
                stop=stop,
                progress=progress.run,
            )
            absorb(session.ledger(), [manifest])
            manifests.append(manifest)
        interrupted = stop.is_set()
    if as_json:
        console.out_bytes(msgspec.json.encode(RunsDocument(tuple(manifests))))
    else:
        _show(manifests)
    if interrupted:
        return 130
    return 0 if all(m.status in ("succeeded", "superseded") for m in manifests) else 1


def find_workflow(snapshot: Snapshot, address: str) -> ResourceState:
    """The recorded workflow of that address, or of that bare name."""
    for name in (address, f"{WORKFLOW_TYPE}.{address}"):
        state = snapshot.resources.get(Address(name))
        if state is not None and state.type == WORKFLOW_TYPE:
            return state
    known = [s.address for s in snapshot.resources.values() if s.type == WORKFLOW_TYPE]
    raise NotRecorded(
        f"`{address}` is not a workflow that is deployed", detail=f"Deployed: {', '.join(known) or 'none'}."
    )


def _withheld(parameters: tuple[str, ...], earlier: RunRequest | None) -> str:
    """Why the run is not to publish: as it was for the one that it retries, or since it is an experiment."""
    if parameters:
        return GIVEN_BY_HAND
    return "" if earlier is None else earlier.withheld


def _parameters_of(earlier: RunRequest | None, deployment: Deployment) -> dict[str, object]:
    """Parameters of the run to retry that differ from the deployed ones, as far as there still are such."""
    if earlier is None:
        return {}
    deployed_ones = {p.name: p.value for p in deployment.graph.parameters}
    return {
        p.name: p.value
        for p in earlier.deployment.graph.parameters
        if p.name in deployed_ones and deployed_ones[p.name] != p.value
    }


def _due(schedule: dict[str, object] | None, backfill: tuple[str, str]) -> list[str]:
    from unknot.planner.scheduling import times

    if schedule is None:
        raise click.UsageError("`--backfill` is for workflows with a schedule, and this one has none")
    start, end = (_instant(text) for text in backfill)
    found = [time.isoformat() for time in times(schedule, start, end)]
    if not found:
        raise click.UsageError(f"there is no scheduled time from {start} to {end}")
    return found


def _instant(text: str) -> dt.datetime:
    try:
        found = dt.datetime.fromisoformat(text)
    except ValueError as invalid:
        raise click.UsageError(f"`{text}` is not a time: write 2024-01-31 or 2024-01-31T06:00") from invalid
    return found if found.tzinfo is not None else found.replace(tzinfo=dt.UTC)


def _show(manifests: list[RunManifest]) -> None:
    from unknot.planner.record.text import run_text

    for manifest in manifests:
        console.out(run_text(manifest, color=console.wants_color(sys.stdout)))
