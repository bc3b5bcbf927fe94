"""The questions of `ps` and `owners` asked of many ledgers. What could not be read is unknown, and says since when."""

import datetime as dt

import msgspec

from unknot.planner.record.estate import Estate, unqualified
from unknot.planner.record.ledgers import LedgerReading
from unknot.planner.record.owners import OwnerRow, owners
from unknot.planner.record.running import PsRow, ps
from unknot.planner.record.sightings import Known
from unknot.stacks.address import Address, Uid
from unknot.stacks.definition import WORKFLOW_TYPE


def ps_all(estate: Estate, *, now: dt.datetime, everything: bool = False) -> list[PsRow]:
    """One row for each workflow, or with `everything` each resource, by ledger and address.

    A ledger that could not be read has a row for each that was there when it was seen last, or one for itself.
    """
    rows = [_local(row, estate) for row in ps(estate.record, now=now, everything=everything)]
    for reading in estate.ledgers:
        if reading.entry.status == "unknown":
            known = [k for k in reading.known if everything or k.type == WORKFLOW_TYPE]
            rows.extend(_unknown(reading, resource) for resource in known or [Known(Address(""), "")])
    return sorted(rows, key=lambda row: (row.stack, row.environment, row.address))


def _local(row: PsRow, estate: Estate) -> PsRow:
    """A row with its ledger apart; without a status where the runs could not be read."""
    ledger, address = unqualified(row.address)
    stack, _, environment = ledger.partition("/")
    row = msgspec.structs.replace(
        row,
        address=Address(address),
        stack=stack,
        environment=environment,
        target=unqualified(row.target)[1],
        before=(),
    )
    if row.uid not in estate.unseen:
        return row
    return msgspec.structs.replace(
        row,
        status="unknown",
        unknown_since=row.ended_at or row.started_at,
        run="",
        started_at="",
        ended_at="",
        duration_s=None,
        failed="",
        failed_kind="",
        failure="",
        warnings=(),
        running=(),
        ran_generation=0,
        withheld="",
        should=("unknown",),
        why=(f"its runs cannot be read from here: {estate.unseen[row.uid]}",),
    )


def _unknown(reading: LedgerReading, known: Known) -> PsRow:
    entry = reading.entry
    return PsRow(
        address=known.address, uid=Uid(""), type=known.type, stack=entry.stack, environment=entry.environment,
        target=known.target, engine="", owner=known.owner, status="unknown", run="", started_at="", ended_at="",
        duration_s=None, failed="", failed_kind="", failure="", warnings=(), running=(), last_success="",
        should=("unknown",), why=(), generation=0, ran_generation=0, schedule="", next_due="", before=(),
        unknown_since=entry.unknown_since,
    )  # fmt: skip


def owners_all(estate: Estate) -> list[OwnerRow]:
    """Every owner in any of the ledgers, by name; addresses begin with their ledger."""
    unknown: dict[str, list[Address]] = {}
    addresses = estate.record.index.addresses()
    for entry in estate.record.index.resources(type=WORKFLOW_TYPE):
        if entry.uid in estate.unseen:
            unknown.setdefault(entry.owner, []).append(addresses[entry.uid])
    unread: dict[str, list[Address]] = {}
    for reading in estate.ledgers:
        for known in reading.known:
            address = Address(f"{reading.entry.name}:{known.address}")
            unread.setdefault(known.owner, []).append(address)
    rows = {row.owner: row for row in owners(estate.record)}
    for owner in {*rows, *unread}:
        row = rows.get(owner) or OwnerRow(owner, (), (), "", "", "")
        hidden = (*unknown.get(owner, ()), *unread.get(owner, ()))
        rows[owner] = msgspec.structs.replace(
            row,
            owns=tuple(sorted((*row.owns, *unread.get(owner, ())))),
            failing=tuple(address for address in row.failing if address not in hidden),
            unknown=tuple(sorted(hidden)),
        )
    return [rows[owner] for owner in sorted(rows)]
