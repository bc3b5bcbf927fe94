"""`ps`: what is there, where, whether it worked, who is to be asked; what should be running; where it was before."""

import datetime as dt
from collections.abc import Mapping
from typing import Any, Literal, TypeAlias

import msgspec

from unknot.planner.record.looks import Look
from unknot.planner.record.opening import Record
from unknot.planner.record.times import ago_text, seconds_between
from unknot.planner.scheduling import next_time
from unknot.stacks.address import Address, Uid
from unknot.stacks.definition import WORKFLOW_TYPE, Desired
from unknot.stacks.errors import MissingExtra
from unknot.state.index import ResourceEntry, RunEntry, Stay
from unknot.state.index.liveness import moment

Should: TypeAlias = Literal[
    "as-wanted",
    "never-run",
    "out-of-date",
    "failing",
    "overdue",
    "drifted",
    "change-pending",
    "not-deployed",
    "to-be-removed",
    "unknown",
]
"""How what is there differs from what should be. `out-of-date`: the code that ran last is not what is deployed."""

LATENESS = dt.timedelta(minutes=5)
"""A scheduled time that passed longer ago without a run is overdue."""


class PsRow(msgspec.Struct, frozen=True):
    """One resource with the answers about it."""

    address: Address
    uid: Uid
    type: str
    stack: str
    environment: str
    target: str
    engine: str
    owner: str
    status: str
    """Of the last run, or `never run`; `deployed` for what does not run; `not deployed` for what is only wanted;
    `unknown` for what could not be read."""
    run: str
    started_at: str
    ended_at: str
    duration_s: float | None
    failed: str
    """The task or check that failed."""
    failed_kind: str
    failure: str
    warnings: tuple[str, ...]
    """Checks of severity warning that did not pass in the last run."""
    running: tuple[str, ...]
    """Runs that go on now."""
    last_success: str
    """When the last run that succeeded ended."""
    should: tuple[Should, ...]
    """What is not as it should be, the weightiest first; `as-wanted` alone if all is."""
    why: tuple[str, ...]
    """A sentence for each of them."""
    generation: int
    """Deployed."""
    ran_generation: int
    """Of the last run; 0 if there was none."""
    schedule: str
    next_due: str
    """RFC 3339; empty without a schedule of times, or where the scheduler's library is not installed."""
    before: tuple[Stay, ...]
    """Where it was, and under which address, oldest first; without where it is now."""
    withheld: str = ""
    """Why the last run was not to publish: it was somebody's experiment, and `should` goes by the one before."""
    unknown_since: str = ""
    """RFC 3339, with the status `unknown`: when it was last known. Empty: this machine has never seen it."""


def ps(
    record: Record,
    *,
    now: dt.datetime | None = None,
    desired: Mapping[Address, Desired] | None = None,
    everything: bool = False,
) -> list[PsRow]:
    """One row for each workflow by address; for every resource with `everything`.

    `desired` is what the stack's definition wants now, where that is known. Of drift the record knows what its last
    look found.
    """
    moment_now = now or dt.datetime.now(dt.UTC)
    index = record.index
    entries = index.resources(type=None if everything else WORKFLOW_TYPE)
    facts = _Facts(
        record,
        moment_now,
        desired,
        record.look,
        index.last_runs(),
        index.last_runs(counting=True),
        index.last_runs(statuses=("succeeded",), counting=True),
        _by_uid(index.runs(statuses=("running",))),
        index.all_stays(),
        {name: target.engine for name, target in index.targets().items()},
        {entry.uid: entry.address for entry in entries},
    )
    rows = [facts.row(entry) for entry in entries]
    known = {entry.address for entry in index.resources()}
    for address, wanted in (desired or {}).items():
        if address not in known and (everything or wanted.info.type == WORKFLOW_TYPE):
            rows.append(facts.wanted_only(wanted))
    return sorted(rows, key=lambda row: row.address)


def _by_uid(runs: list[RunEntry]) -> dict[Uid, list[RunEntry]]:
    found: dict[Uid, list[RunEntry]] = {}
    for run in runs:
        found.setdefault(run.uid, []).append(run)
    return found


class _Facts(msgspec.Struct, frozen=True):
    """What rows are made from, asked for once."""

    record: Record
    now: dt.datetime
    desired: Mapping[Address, Desired] | None
    look: Look | None
    last: Mapping[Uid, RunEntry]
    counting: Mapping[Uid, RunEntry]
    """The last run that is no experiment."""
    succeeded: Mapping[Uid, RunEntry]
    running: Mapping[Uid, list[RunEntry]]
    stays: Mapping[Uid, list[Stay]]
    engines: Mapping[str, str]
    addresses: Mapping[Uid, Address]

    def row(self, entry: ResourceEntry) -> PsRow:
        runs = entry.type == WORKFLOW_TYPE
        last = self.last.get(entry.uid)
        success = self.succeeded.get(entry.uid)
        counting = self.counting.get(entry.uid)
        due, next_due = self._due(entry, counting)
        found = self._should(entry, counting, success, due) if runs else self._standing(entry)
        status = "deployed" if not runs else "never run" if last is None else last.status
        return PsRow(
            address=entry.address,
            uid=entry.uid,
            type=entry.type,
            stack=self.record.stack,
            environment=self.record.environment,
            target=entry.target,
            engine=self.engines.get(entry.target, ""),
            owner=entry.owner,
            status=status,
            run="" if last is None else last.run,
            started_at="" if last is None else last.started_at,
            ended_at="" if last is None else last.ended_at,
            duration_s=None if last is None else seconds_between(last.started_at, self._end(last)),
            failed="" if last is None else last.failed,
            failed_kind="" if last is None else last.failed_kind,
            failure="" if last is None else last.failure,
            warnings=self._warnings(last),
            running=tuple(run.run for run in self.running.get(entry.uid, ())),
            last_success="" if success is None else success.ended_at,
            should=tuple(what for what, _ in found) or ("as-wanted",),
            why=tuple(why for _, why in found),
            generation=entry.generation,
            ran_generation=0 if last is None else last.generation,
            schedule=self._schedule_text(entry.schedule),
            next_due=next_due,
            before=tuple(stay for stay in self.stays.get(entry.uid, ()) if stay.until),
            withheld="" if last is None else last.withheld,
        )

    def wanted_only(self, wanted: Desired) -> PsRow:
        """A resource that the definition has and the ledger has not."""
        why = "the stack wants it, and it was never applied: `unknot apply`"
        target = wanted.target or ""
        return PsRow(
            address=wanted.address, uid=Uid(""), type=wanted.info.type, stack=self.record.stack,
            environment=self.record.environment, target=target, engine=self.engines.get(target, ""),
            owner=wanted.owner, status="not deployed", run="", started_at="", ended_at="", duration_s=None,
            failed="", failed_kind="", failure="", warnings=(), running=(), last_success="",
            should=("not-deployed",), why=(why,), generation=0, ran_generation=0,
            schedule=self._schedule_text(wanted.inputs.get("schedule")), next_due="", before=(),
        )  # fmt: skip

    def _end(self, run: RunEntry) -> str:
        if run.status == "running":
            return self.now.isoformat()
        return run.ended_at or run.last_sign

    def _warnings(self, last: RunEntry | None) -> tuple[str, ...]:
        if last is None:
            return ()
        checks = self.record.index.checks(last)
        return tuple(check.name for check in checks if not check.passed and check.severity == "warning")

    def _should(
        self, entry: ResourceEntry, last: RunEntry | None, success: RunEntry | None, overdue: str
    ) -> list[tuple[Should, str]]:
        found: list[tuple[Should, str]] = []
        if last is None:
            found.append(("never-run", "it is deployed and has never run"))
        elif last.status in ("failed", "lost", "cancelled"):
            what = f": {last.failed_kind} `{last.failed}`" if last.failed else ""
            found.append(
                ("failing", f"its last run {_ended(last.status)}{what}; ask {last.owner or entry.owner}")
            )
        if overdue:
            found.append(("overdue", f"it was due at {overdue} and has not run: is its scheduler up?"))
        newest = last if last is not None and last.status == "running" else success
        if newest is not None and entry.fingerprint and newest.fingerprint != entry.fingerprint:
            found.append(
                (
                    "out-of-date",
                    f"generation {newest.generation} ran last, with other code or inputs than is deployed now",
                )
            )
        return [*found, *self._standing(entry)]

    def _standing(self, entry: ResourceEntry) -> list[tuple[Should, str]]:
        """What a refresh and the definition say."""
        found: list[tuple[Should, str]] = []
        if self.look is not None and self.look.drifted.get(entry.address) == entry.serial:
            when = ago_text(self.look.at, self.now)
            found.append(
                ("drifted", f"it differed in the world from what is recorded {when}: `unknot plan` shows how")
            )
        if self.desired is not None:
            wanted = self.desired.get(entry.address)
            if wanted is None:
                found.append(("to-be-removed", "the stack does not have it any more: `unknot plan`"))
            elif _differs(entry, wanted):
                found.append(("change-pending", "the stack wants it otherwise: `unknot plan` shows how"))
        return found

    def _due(self, entry: ResourceEntry, last: RunEntry | None) -> tuple[str, str]:
        """The scheduled time that was missed, if one was, and the next one."""
        if not entry.schedule or "cron" not in entry.schedule:
            return "", ""
        since = (last.scheduled_time or last.started_at) if last is not None else ""
        if not since:
            writes = self.record.index.history(entry.uid)
            since = writes[-1].at if writes else ""
        try:
            upcoming = next_time(entry.schedule, self.now)
            begin = moment(since)
            missed = None if begin is None else next_time(entry.schedule, begin)
        except (MissingExtra, ValueError):
            return "", ""
        late = missed is not None and missed < self.now - LATENESS and not self.running.get(entry.uid)
        return (
            f"{missed:%Y-%m-%d %H:%M} UTC" if late and missed is not None else "",
            "" if upcoming is None else upcoming.isoformat().replace("+00:00", "Z"),
        )

    def _schedule_text(self, schedule: Mapping[str, Any] | None) -> str:
        if not schedule:
            return ""
        if "cron" in schedule:
            zone = schedule.get("tz", "UTC")
            return f"{schedule['cron']}{'' if zone == 'UTC' else f' {zone}'}"
        after = schedule.get("after", "")
        return f"after {self.addresses.get(Uid(str(after)), after)}"


def _ended(status: str) -> str:
    return {"lost": "was lost", "cancelled": "was cancelled"}.get(status, status)


def _differs(entry: ResourceEntry, wanted: Desired) -> bool:
    """As far as the index can tell: code and bindings, target, owner."""
    fingerprint = wanted.inputs.get("fingerprint", "")
    return (
        (isinstance(fingerprint, str) and fingerprint != entry.fingerprint)
        or (wanted.target or entry.target) != entry.target
        or wanted.owner != entry.owner
    )
