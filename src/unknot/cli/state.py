"""`unknot state`: list, show, rename, remove, pull and read the history of what is recorded."""

import sys

import click
import msgspec

from unknot.cli import console, options
from unknot.cli.documents import (
    AddressDocument,
    EntryDocument,
    HistoryDocument,
    ResourceDocument,
    StateDocument,
)
from unknot.cli.migrate import migrate_command
from unknot.cli.session import Session
from unknot.planner.fields import shown
from unknot.planner.renames import with_parts_renamed
from unknot.planner.secrecy import Vaults
from unknot.stacks.address import Address, parse_address, type_of
from unknot.stacks.diagnostic import nearest
from unknot.stacks.errors import UnknotError
from unknot.stacks.portable.words import PARTS, PORTABLE
from unknot.state.events import Event, IntentClosed, ResourceRemoved, ResourcesRenamed
from unknot.state.ledger import HistoryEntry
from unknot.state.snapshot import ResourceState, Snapshot


class NotRecorded(UnknotError):
    """An address that the ledger does not have."""


@click.group("state")
def state_command() -> None:
    """List, show, rename, remove and read what is recorded."""


state_command.add_command(migrate_command)


@state_command.command("list")
@options.environment
@click.option("--at", type=int, metavar="SERIAL", help="As of that serial.")
@options.json_output
def list_command(environment: str | None, at: int | None, as_json: bool) -> int:
    """List the addresses that are recorded."""
    snapshot = Session(environment).recorded(at)
    if as_json:
        rows = tuple(
            AddressDocument(s.address, s.uid, s.type, s.target, s.owner, s.serial)
            for s in snapshot.resources.values()
        )
        console.out_bytes(msgspec.json.encode(StateDocument(snapshot.serial, rows)))
        return 0
    for address in sorted(snapshot.resources):
        console.out(address)
    for intent in snapshot.intents.values():
        console.say(f"{intent.address} may exist: its {intent.action} was interrupted")
    return 0


@state_command.command("show")
@click.argument("address")
@options.environment
@click.option("--at", type=int, metavar="SERIAL", help="As of that serial.")
@click.option("--reveal", is_flag=True, help="Show sensitive values.")
@options.json_output
def show_command(address: str, environment: str | None, at: int | None, reveal: bool, as_json: bool) -> int:
    """Show everything that is recorded of ADDRESS."""
    session = Session(environment)
    state = _find(session.recorded(at), address)
    state = revealed(state, session) if reveal else fit_to_show(state)
    if as_json:
        console.out_bytes(msgspec.json.encode(ResourceDocument(state)))
    else:
        console.out("\n".join(resource_lines(state)))
    return 0


@state_command.command("mv")
@click.argument("prior")
@click.argument("address")
@options.environment
def mv_command(prior: str, address: str, environment: str | None) -> int:
    """Give what is recorded as PRIOR the name ADDRESS. The object itself stays as it is."""
    session = Session(environment)
    snapshot = session.recorded()
    state = _find(snapshot, prior)
    to = _address(address)
    if to in snapshot.resources:
        raise NotRecorded(f"`{to}` is recorded already", detail="Rename or remove that one first.")
    if type_of(to) != type_of(state.address):
        raise NotRecorded(
            f"`{prior}` cannot become `{to}`: their types differ", detail="A rename keeps the type."
        )
    renames = with_parts_renamed({state.address: to}, snapshot.resources)
    _append(session, f"state mv {prior} {address}", [ResourcesRenamed(renames=renames)])
    console.out(f"`{prior}` is `{to}` now")
    return 0


@state_command.command("rm")
@click.argument("addresses", nargs=-1, required=True)
@options.environment
def rm_command(addresses: tuple[str, ...], environment: str | None) -> int:
    """Forget ADDRESSES. Their objects live on, no longer under management.

    For an address whose creation was interrupted, says that the object is not there.
    """
    session = Session(environment)
    snapshot = session.recorded()
    events: list[Event] = []
    for name in addresses:
        address = _address(name)
        open_intents = [i for i in snapshot.intents.values() if i.address == address]
        events.extend(IntentClosed(intent=i.id, outcome="abandoned", error="by hand") for i in open_intents)
        if address in snapshot.resources:
            whole = [s for s in snapshot.resources.values() if address in (s.address, s.owned_by)]
            events.extend(ResourceRemoved(address=s.address, uid=s.uid, how="forgotten") for s in whole)
        elif not open_intents:
            _find(snapshot, name)
    _append(session, f"state rm {' '.join(addresses)}", events)
    console.out(f"Forgot {', '.join(f'`{a}`' for a in addresses)}")
    return 0


@state_command.command("pull")
@options.environment
@click.option("--at", type=int, metavar="SERIAL", help="As of that serial.")
def pull_command(environment: str | None, at: int | None) -> int:
    """Write the whole snapshot as JSON to stdout."""
    console.out_bytes(msgspec.json.format(msgspec.json.encode(Session(environment).recorded(at)), indent=2))
    return 0


@state_command.command("history")
@options.environment
@click.option("--limit", type=int, default=20, show_default=True, help="Latest entries to show.")
@options.json_output
def history_command(environment: str | None, limit: int, as_json: bool) -> int:
    """Show what was recorded when, the latest last. Any serial can be read with `--at`."""
    session = Session(environment)
    session.recorded()
    reader = session.ledger().reader()
    last = reader.head().serial
    begins = reader.begins()
    entries = list(reader.history(max(begins, last - limit + 1)))
    if begins > 1:
        console.say(f"History begins at serial {begins}: what was recorded before was pruned")
    if as_json:
        rows = tuple(EntryDocument(e.serial, e.hash, e.at, e.lease, e.epoch, e.events) for e in entries)
        console.out_bytes(msgspec.json.encode(HistoryDocument(rows)))
        return 0
    for entry in entries:
        console.out(f"{entry.serial:>6}  {entry.at}  {_summary(entry)}")
    return 0


@state_command.command("rotate-key")
@click.option(
    "--to",
    "references",
    multiple=True,
    metavar="REFERENCE",
    help="`env:NAME` or `file:PATH` of the key that opens the ledger from now on; the first one in unknot.toml when left "
    "out. Of several, each opens it by itself.",
)
@options.environment
def rotate_key_command(references: tuple[str, ...], environment: str | None) -> int:
    """Seal what is recorded from now on with a new data key, for a new key of yours.

    Earlier data keys are wrapped for the new key too, so that history stays readable with it. A ledger that is not
    encrypted gets its first key.
    """
    session = Session(environment)
    ledger = session.ledger()
    ledger.allow_plain()
    session.recorded()
    chosen = references or session.project.keys[:1]
    if not chosen:
        raise click.UsageError("no key is named: give `--to env:NAME`, or name one in `unknot.toml`")
    with ledger.take_lease(operation="state rotate-key") as lease:
        was_plain = not lease.is_encrypted
        number = lease.rotate_key(chosen)
        serial = ledger.reader().head().serial
    names = " or ".join(f"`{reference}`" for reference in chosen)
    console.out(f"From serial {serial} on, data key {number} seals the ledger. {names} opens all of it")
    if was_plain:
        console.say(
            f"What was recorded up to serial {serial} stays in clear in the store, until `unknot state prune "
            "--delete-history` takes it away"
        )
    if tuple(chosen) != session.project.keys:
        console.say(
            "Name only the new key under `[encryption]` in `unknot.toml` now, wherever this ledger is used"
        )
    return 0


@state_command.command("prune")
@click.option(
    "--delete-history", is_flag=True, help="Delete what was recorded before. It cannot be brought back."
)
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
@click.option(
    "--lease-wait", type=float, default=0.0, metavar="SECONDS", help="Wait for another operation to end."
)
@options.environment
def prune_command(delete_history: bool, yes: bool, lease_wait: float, environment: str | None) -> int:
    """Begin the log anew with the state as it is, so that what came before is no longer needed.

    Earlier serials are kept, and can be read with `--at`, until --delete-history. Runs and artifacts are not touched.
    """
    session = Session(environment)
    snapshot = session.recorded()
    ledger = session.ledger()
    if delete_history and not yes and not _may_delete(ledger.where):
        return 1
    pruned = ledger.prune(wait_s=lease_wait)
    if pruned is None:
        console.out(f"Nothing was recorded since the last prune, up to serial {snapshot.serial}")
    else:
        console.out(f"The log of `{ledger.where}` begins anew at serial {pruned.first}, in `{pruned.where}`")
    if delete_history:
        deleted = ledger.delete_history(
            waiting=lambda seconds: console.say(
                f"Waiting {seconds:g} s: so long may whoever was ended by `unknot unlock` think that the lease is theirs"
            )
        )
        console.out(f"Deleted {deleted} objects: history begins at serial {ledger.reader().begins()}")
    elif pruned is not None:
        console.say("What was recorded before is kept; `unknot state prune --delete-history` deletes it")
    return 0


def _may_delete(where: str) -> bool:
    if not sys.stdin.isatty():
        raise click.UsageError("there is no terminal to ask on: give `--yes`")
    answer = click.prompt(
        f"Delete the history of `{where}` for ever? Only `yes` goes on",
        default="",
        show_default=False,
        err=True,
    )
    if answer != "yes":
        console.say("Nothing was done")
    return str(answer) == "yes"


def fit_to_show(state: ResourceState) -> ResourceState:
    """`state` with a mask in the place of everything sealed."""
    resolved = None if state.resolved is None else shown(state.resolved)
    return msgspec.structs.replace(
        state, inputs=shown(state.inputs), resolved=resolved, outputs=shown(state.outputs), macs={}
    )


def revealed(state: ResourceState, session: Session) -> ResourceState:
    """`state` with everything sealed in clear. Raises LedgerError."""
    vaults = Vaults(session.ledger().vault())
    resolved = None if state.resolved is None else vaults.opened(state.resolved)
    return msgspec.structs.replace(
        state,
        inputs=vaults.opened(state.inputs),
        resolved=resolved,
        outputs=vaults.opened(state.outputs),
        macs={},
    )


def resource_lines(state: ResourceState) -> list[str]:
    """An address in readable lines."""
    where = f"{state.target} ({state.provider})"
    lines = [
        f"{state.address}",
        f"  uid      {state.uid}",
        f"  where    {where}",
        f"  owner    {state.owner}",
    ]
    if state.owned_by is not None:
        lines.append(f"  part of  {state.owned_by}")
    lines += [f"  serial   {state.serial}"]
    if state.source is not None:
        lines.append(f"  defined  {state.source}")
    lines += [f"  object   {i.id} ({i.role}, generation {i.generation})" for i in state.instances]
    values = state.resolved_inputs
    if state.provider == PORTABLE:
        values = {name: value for name, value in values.items() if name != PARTS}
    lines += [f"  {name} = {_short(value)}" for name, value in sorted(values.items())]
    lines += [f"  -> {name} = {_short(value)}" for name, value in sorted(state.outputs.items())]
    return lines


def _short(value: object) -> str:
    text = msgspec.json.encode(value).decode()
    return text if len(text) <= 120 else f"{text[:100]}... ({len(text)} characters)"


def _summary(entry: HistoryEntry) -> str:
    counts: dict[str, int] = {}
    single: dict[str, str] = {}
    for event in entry.events:
        kind = type(event).__struct_config__.tag
        counts[str(kind)] = counts.get(str(kind), 0) + 1
        single[str(kind)] = _subject(event)
    return ", ".join(
        f"{kind} {single[kind]}".strip() if count == 1 else f"{count} {kind}"
        for kind, count in counts.items()
    )


def _subject(event: Event) -> str:
    for name in ("resource", "intent", "run"):
        value = getattr(event, name, None)
        found = getattr(value, "address", None)
        if found is not None:
            return str(found)
    found = getattr(event, "address", None) or getattr(event, "operation", None)
    return str(found) if found else ""


def _address(name: str) -> Address:
    try:
        return parse_address(name)
    except ValueError as invalid:
        raise NotRecorded(str(invalid)) from invalid


def _find(snapshot: Snapshot, name: str) -> ResourceState:
    state = snapshot.resources.get(_address(name))
    if state is None:
        raise NotRecorded(
            f"`{name}` is not recorded",
            detail=f"{nearest(name, snapshot.resources)}`unknot state list` shows what is.",
        )
    return state


def _append(session: Session, operation: str, events: list[Event]) -> None:
    with session.ledger().take_lease(operation=operation) as lease:
        lease.writer.append(events)
