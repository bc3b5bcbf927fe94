"""Who is to be asked about what: owners, what each has, and what failed there last."""

import msgspec

from unknot.planner.record.opening import Record
from unknot.stacks.address import Address


class OwnerRow(msgspec.Struct, frozen=True):
    """One owner. An empty name: nobody owns these."""

    owner: str
    owns: tuple[Address, ...]
    failing: tuple[Address, ...]
    """Workflows whose last run did not succeed, apart from runs that only tried something out."""
    last_failure: str
    """The latest run that failed, of any of them; empty if none did."""
    last_failure_at: str
    last_failure_of: str
    """`workflow.train: check accurate_enough`."""
    unknown: tuple[Address, ...] = ()
    """What could not be read, so that nobody knows whether it fails."""


def owners(record: Record) -> list[OwnerRow]:
    """Every owner of a resource that is there now, by name."""
    index = record.index
    entries = index.resources()
    last = index.last_runs(counting=True)
    failures = index.last_runs(statuses=("failed", "lost"))
    rows = []
    for owner in sorted({entry.owner for entry in entries}):
        owned = [entry for entry in entries if entry.owner == owner]
        worst = max(
            (failures[entry.uid] for entry in owned if entry.uid in failures),
            key=lambda r: r.run,
            default=None,
        )
        what = (
            "" if worst is None else f"{worst.failed_kind} {worst.failed}" if worst.failed else worst.status
        )
        rows.append(
            OwnerRow(
                owner,
                tuple(entry.address for entry in owned),
                tuple(
                    entry.address
                    for entry in owned
                    if entry.uid in last and last[entry.uid].status in ("failed", "lost", "cancelled")
                ),
                "" if worst is None else worst.run,
                "" if worst is None else worst.ended_at or worst.last_sign,
                "" if worst is None else f"{worst.address}: {what}",
            )
        )
    return rows
