"""`unknot unlock`: end another operation's lease by force."""

import click

from unknot.cli import console, options
from unknot.cli.session import Session
from unknot.state.ledger.lease import default_holder


@click.command("unlock")
@click.argument("lease")
@options.environment
@click.option("--reason", default="", help="Recorded with it.")
def unlock_command(lease: str, environment: str | None, reason: str) -> int:
    """End the lease with the id LEASE, which the message of a held lease names.

    This does not stop calls that its holder has in flight: their results are taken in by the next apply.
    """
    session = Session(environment)
    session.recorded()
    session.ledger().break_lease(lease, default_holder(), reason)
    console.out(f"The lease `{lease}` is ended. Calls that its holder has in flight go on")
    return 0
