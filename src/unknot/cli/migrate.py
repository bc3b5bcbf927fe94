"""`unknot state migrate`: move the project's ledgers to another store, verified."""

import click

from unknot.cli import console
from unknot.cli.session import NothingRecorded, Session
from unknot.stacks.errors import UnknotError
from unknot.state.ledger import TERM_S, Ledger
from unknot.state.stores.base import Store
from unknot.state.stores.opening import open_store


class SamePlace(UnknotError):
    """The ledgers are to be moved to where they are."""


@click.command("migrate")
@click.argument("to", metavar="URL")
@click.option(
    "--from", "source", metavar="URL", help="Where the ledgers are; the project's backend when left out."
)
@click.option(
    "--env",
    "environment",
    metavar="NAME",
    help="Only that environment's ledger; all of the stack's when left out.",
)
@click.option("--dry-run", is_flag=True, help="Show what would be copied.")
@click.option(
    "--lease-wait",
    type=float,
    default=1.5 * TERM_S,
    show_default=True,
    metavar="SECONDS",
    help="Wait for another operation to end; an interrupted migrate is waited for as well.",
)
def migrate_command(
    to: str, source: str | None, environment: str | None, dry_run: bool, lease_wait: float
) -> int:
    """Move the stack's ledgers to the store at URL, verify every byte there, and end them where they were.

    Whoever still uses the old place is told of the new one. Interrupted, it goes on when it is called again.
    """
    session = Session(environment)
    root = session.project.root
    begin = session.backend if source is None else open_store(source, root)
    end = open_store(to, root)
    if begin.url == end.url:
        raise SamePlace(f"the ledgers are in `{end.url}` already", detail="Name another store.")
    places = _places(session, begin, environment)
    for place in places:
        old, new = session.ledger_in(begin, place), session.ledger_in(end, place)
        if dry_run:
            _show(place, old, new)
        else:
            _move(place, old, new, end.url, lease_wait)
    if not dry_run:
        console.say(_next_step(session, to, begin))
    return 0


def _places(session: Session, store: Store, environment: str | None) -> list[str]:
    from unknot.planner.record.ledgers import discover

    stack = session.stack_name()
    wanted = f"{stack}/{environment}" if environment else f"{stack}/"
    found = [p for p in discover(store) if (p == wanted if environment else p.startswith(wanted))]
    if not found:
        raise NothingRecorded(
            f"there is no ledger `{wanted}` in `{store.url}`",
            detail="Nothing is to be moved: change `backend` in unknot.toml, and the first apply begins one there. If "
            "the ledgers are elsewhere, name that store with `--from`.",
        )
    return found


def _show(place: str, old: Ledger, new: Ledger) -> None:
    from unknot.state.ledger.moving import survey

    found = survey(old, new)
    console.out(f"{place}: {found.missing} of {found.objects} objects would be copied to `{new.where}`")
    lease = old.reader().look(lambda folding: folding.lease)
    if lease is not None:
        console.say(f"{place}: {lease.holder} on {lease.host} holds the lease (`{lease.operation}`)")


def _move(place: str, old: Ledger, new: Ledger, to: str, wait_s: float) -> None:
    from unknot.state.ledger.moving import move_ledger

    shown = -1

    def tell(done: int, of: int) -> None:
        nonlocal shown
        if done * 10 // max(of, 1) > shown:
            shown = done * 10 // max(of, 1)
            console.say(f"{place}: {done} of {of} objects are there and verified")

    moved = move_ledger(old, new, to, wait_s=wait_s, tell=tell)
    console.out(
        f"{place}: moved to `{new.where}`, {moved.objects} objects with {moved.size_bytes:,} bytes copied; the log is whole "
        f"to serial {moved.head.serial}"
    )


def _next_step(session: Session, to: str, begin: Store) -> str:
    """Which line is to be changed."""
    root = session.project.root
    for name in ("unknot.toml", "pyproject.toml"):
        file = root / name
        lines = file.read_text().splitlines() if file.is_file() else []
        for number, line in enumerate(lines, start=1):
            if line.partition("=")[0].strip() == "backend":
                return f'Now change line {number} of {name} to `backend = "{to}"`, and commit it; `{begin.url}` is read only'
    return f'Now put `backend = "{to}"` into unknot.toml, and commit it; `{begin.url}` is read only'
