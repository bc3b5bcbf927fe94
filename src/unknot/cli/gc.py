"""`unknot gc`: show artifacts and packed code past their retention, and delete them when told to."""

import datetime as dt
import re
import sys

import click
import msgspec

from unknot.cli import console, options
from unknot.cli.documents import GarbageDocument
from unknot.cli.record import opened
from unknot.cli.session import Session
from unknot.planner.retention import delete, find_garbage
from unknot.state.stores.base import Store
from unknot.state.stores.opening import open_store

SHOWN = 20
"""Largest objects that are listed by name; the rest is counted."""


@click.command("gc")
@options.environment
@click.option(
    "--older-than", default="30d", show_default=True, metavar="AGE", help="Retention of runs: 12h, 30d, 8w."
)
@click.option(
    "--destroyed-older-than",
    default="90d",
    show_default=True,
    metavar="AGE",
    help="Retention of the last good run of a workflow that was destroyed.",
)
@click.option("-y", "--yes", is_flag=True, help="Delete without asking.")
@options.json_output
def gc_command(
    environment: str | None, older_than: str, destroyed_older_than: str, yes: bool, as_json: bool
) -> int:
    """Show which artifacts and packed code nothing needs any more; delete them with --yes or after asking."""
    retention, retention_destroyed = _age(older_than), _age(destroyed_older_than)
    session = Session(environment)
    snapshot = session.recorded()

    def open_target(url: str) -> Store:
        return open_store(url, session.project.root)

    with opened(environment) as record:
        destroyed_at = record.index.destroyed()
    garbage = find_garbage(
        snapshot,
        open_target,
        retention=retention,
        now=dt.datetime.now(dt.UTC),
        retention_destroyed=retention_destroyed,
        destroyed_at=destroyed_at,
    )
    size = sum(item.size_bytes for item in garbage)
    if as_json:
        console.out_bytes(msgspec.json.encode(GarbageDocument(size, yes, garbage)))
    else:
        for item in sorted(garbage, key=lambda g: -g.size_bytes)[:SHOWN]:
            console.out(f"{item.size_bytes:>14,}  {item.key}")
        if len(garbage) > SHOWN:
            console.out(f"... and {len(garbage) - SHOWN} more")
        console.out(f"{len(garbage)} objects, {size:,} bytes")
    if not garbage or (as_json and not yes):
        return 0
    if not yes and not (sys.stdin.isatty() and click.confirm("Delete them?", err=True)):
        return 0
    console.say(f"Deleted {delete(garbage, open_target)} objects")
    return 0


def _age(text: str) -> dt.timedelta:
    found = re.fullmatch(r"(\d+)([hdw])", text)
    if found is None:
        raise click.UsageError(f"`{text}` is not an age: write 12h, 30d or 8w")
    number = int(found[1])
    return {"h": dt.timedelta(hours=number), "d": dt.timedelta(days=number), "w": dt.timedelta(weeks=number)}[
        found[2]
    ]
