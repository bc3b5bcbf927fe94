"""`unknot serve`: keep the schedules of engines that keep none, such as the local one."""

import click

from unknot.cli import console, options
from unknot.cli.apply import stopping
from unknot.cli.session import Session
from unknot.planner.scheduling import require_scheduler
from unknot.planner.serving import Server


@click.command("serve")
@options.environment
@click.option(
    "--workers", type=click.IntRange(1, 64), default=4, show_default=True, help="Most runs at once."
)
def serve_command(environment: str | None, workers: int) -> int:
    """Run what is due, until ctrl-C. Reads what is deployed again and again: an apply needs no restart."""
    session = Session(environment)
    session.recorded()
    require_scheduler()
    console.say(f"Serving the schedules of {session.stack_name()}/{session.environment}; ctrl-C ends it")
    server = Server(
        session.ledger(),
        session.services,
        lambda served: console.say(f"{served.address}: {served.text}"),
        workers=workers,
    )
    with stopping() as stop:
        server.run(stop)
    return 0
